package directory

import (
	"slices"
	"strconv"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// maxSuggestions bounds the search; the suggestion is advice, and the one
// returned is checked again on saving.
const maxSuggestions = 10_000

// SuggestLogin proposes a login for a name: the first letter of the first
// name and the surname without accents (jdupont), then with a number
// (jdupont2) while taken says so. A name without Latin letters gives
// "operator".
func SuggestLogin(fullName string, taken func(login string) bool) string {
	base := loginOf(fullName)
	if base == "" {
		base = "operator"
	}
	base = cut(base, maxLogin)
	login := base
	for n := 2; n <= maxSuggestions && taken(login); n++ {
		suffix := strconv.Itoa(n)
		login = cut(base, maxLogin-len(suffix)) + suffix
	}
	return login
}

func loginOf(fullName string) string {
	var words []string
	for word := range strings.FieldsSeq(fullName) {
		if folded := foldLogin(word); folded != "" {
			words = append(words, folded)
		}
	}
	if len(words) == 0 {
		return ""
	}
	if len(words) == 1 {
		return words[0]
	}
	// The surname is the last word with the particles that lead to it.
	first := len(words) - 1
	for first > 1 && isParticle(words[first-1]) {
		first--
	}
	return words[0][:1] + strings.Join(words[first:], "")
}

func isParticle(word string) bool {
	return slices.Contains([]string{
		"d", "da", "dal", "de", "del", "della", "delle", "den", "der", "des", "di", "do", "dos", "du", "el", "la",
		"las", "le", "les", "lo", "los", "mac", "mc", "saint", "san", "st", "ten", "ter", "van", "von", "y", "zu",
	}, word)
}

// foldLogin writes a word in the characters of a login: small letters,
// digits and inner hyphens.
func foldLogin(word string) string {
	var b strings.Builder
	for _, r := range norm.NFKD.String(strings.ToLower(word)) {
		switch {
		case r < unicode.MaxASCII && (unicode.IsLetter(r) || unicode.IsDigit(r) || r == '-'):
			b.WriteRune(r)
		default:
			b.WriteString(latin(r))
		}
	}
	return strings.Trim(b.String(), "-")
}

// latin spells the letters that do not decompose into a base and a mark.
func latin(r rune) string {
	switch r {
	case 'æ':
		return "ae"
	case 'œ':
		return "oe"
	case 'ß':
		return "ss"
	case 'þ':
		return "th"
	case 'ø':
		return "o"
	case 'ł':
		return "l"
	case 'đ', 'ð':
		return "d"
	case 'ħ':
		return "h"
	case 'ı':
		return "i"
	case '‐', '‑': // hyphens that are not the ASCII one
		return "-"
	}
	return ""
}

func cut(s string, n int) string { return s[:min(n, len(s))] }
