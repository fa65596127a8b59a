package telephony

import (
	"strings"
	"testing"
	"unicode/utf8"
)

// TestReadable: a name from the network is text of one line, and comes back from
// the journal as it went in.
func TestReadable(t *testing.T) {
	for in, want := range map[string]string{
		"Anna Müller":                      "Anna Müller",
		"bell\a and\r\nline":               "bell andline",
		"half \xc3 rune":                   "half  rune",
		"right\u202eto left":               "rightto left",
		`"><img src=x onerror=alert(1)>`:   `"><img src=x onerror=alert(1)>`,
		"  padded ":                        "padded",
		strings.Repeat("é", maxName+1):     strings.Repeat("é", maxName),
		strings.Repeat("\x00", 4096) + "x": "x",
	} {
		got := readable(in)
		if got != want || !utf8.ValidString(got) {
			t.Errorf("%q: got %q, want %q", in, got, want)
		}
	}
}
