package directory

import (
	"fmt"
	"net/url"
	"strings"
	"testing"

	"bandeau/internal/proof"
)

func TestSuggestLogin(t *testing.T) {
	proof.Of(t, "OP-01")
	for name, want := range map[string]string{
		"Jean Dupont":                        "jdupont",
		"  jean   DUPONT ":                   "jdupont",
		"Élodie Müller":                      "emuller",
		"Jean-Pierre Dupont-Martin":          "jdupont-martin",
		"Charles de Gaulle":                  "cdegaulle",
		"Ludwig van Beethoven":               "lvanbeethoven",
		"Valéry Marie Giscard d’Estaing":     "vdestaing",
		"María del Carmen López":             "mlopez",
		"Łukasz Błaszczykowski":              "lblaszczykowski",
		"Søren Kierkegaard":                  "skierkegaard",
		"Zoë Cœur":                           "zcoeur",
		"Günther Groß":                       "ggross",
		"Madonna":                            "madonna",
		"Ольга Иванова":                      "operator",
		"王小明":                                "operator",
		"":                                   "operator",
		"- -":                                "operator",
		"Anna " + strings.Repeat("long", 20): "a" + strings.Repeat("long", 8)[:31],
	} {
		got := SuggestLogin(name, func(string) bool { return false })
		if got != want {
			t.Errorf("SuggestLogin(%q) = %q, want %q", name, got, want)
		}
		if problems := (Operator{Login: got}).Validate(newWorld()); len(problems) > 0 && problems[0].Field == "login" {
			t.Errorf("SuggestLogin(%q) = %q, which is refused: %s", name, got, problems[0].Rule)
		}
	}
}

func TestSuggestLoginTaken(t *testing.T) {
	taken := map[string]bool{"jdupont": true}
	for n := 2; n <= 12; n++ {
		got := SuggestLogin("Jean Dupont", func(login string) bool { return taken[login] })
		if want := fmt.Sprintf("jdupont%d", n); got != want {
			t.Fatalf("suggestion %q, want %q", got, want)
		}
		taken[got] = true
	}
	long := strings.Repeat("x", 40)
	got := SuggestLogin(long, func(login string) bool { return login == strings.Repeat("x", 32) })
	if got != strings.Repeat("x", 31)+"2" {
		t.Errorf("suggestion %q does not keep within 32 characters", got)
	}
	if got := SuggestLogin("Jean Dupont", func(string) bool { return true }); got == "" {
		t.Error("no suggestion when all are taken")
	}
}

func TestCheckURLTemplate(t *testing.T) {
	proof.Of(t, "OP-22", "OP-23")
	all := "https://crm.example/{" + strings.Join(Placeholders(), "}/{") + "}"
	if len(Placeholders()) != 12 {
		t.Errorf("%d placeholders, want 12", len(Placeholders()))
	}
	for template, ok := range map[string]bool{
		"":                                   true,
		all:                                  true,
		"https://crm.example":                true,
		"HTTP://crm.example/?n={caller}":     true,
		"http://localhost:3000/#/{callId}":   true,
		"https://[2001:db8::1]/{caller}":     true,
		"https://crm.example?n={caller}":     true,
		"https://crm.example/é":              true,
		"javascript:alert(1)":                false,
		"javascript://crm.example/%0aalert":  false,
		"data:text/html,x":                   false,
		"//crm.example/":                     false,
		"/path":                              false,
		"crm.example":                        false,
		"ftp://crm.example/":                 false,
		"{caller}://crm.example/":            false,
		"https://":                           false,
		"https:///path":                      false,
		"https://:80/":                       false,
		"https://{caller}/":                  false,
		"https://crm.example{caller}":        false,
		"https://{operatorLogin}.example/":   false,
		"https://crm.example/{pin}":          false,
		"https://crm.example/{Caller}":       false,
		"https://crm.example/{}":             false,
		"https://crm.example/{caller":        false,
		"https://crm.example/caller}":        false,
		"https://crm.example/{{caller}}":     false,
		"https://crm.example/a b":            false,
		"https://crm.example/\r\nX: y":       false,
		"https://crm.example/\x00":           false,
		`https://crm.example\@evil.example/`: false,
		"https://crm.example/%zz":            false,
		" https://crm.example/":              false,
		"https://crm.example/" + strings.Repeat("a", maxURL-20): true,
		"https://crm.example/" + strings.Repeat("a", maxURL-19): false,
	} {
		if err := CheckURLTemplate(template); (err == nil) != ok {
			t.Errorf("CheckURLTemplate(%.60q) = %v, want accepted %v", template, err, ok)
		}
	}
}

func TestExpandURL(t *testing.T) {
	proof.Of(t, "OP-22", "OP-23")
	values := map[string]string{"caller": "+33170200200", "operatorName": "Anna & Cie ?#/=%\r\n{caller}", "callId": "c 1"}
	for template, want := range map[string]string{
		"": "",
		"https://crm.example/?n={caller}&id={callId}": "https://crm.example/?n=%2B33170200200&id=c%201",
		"https://crm.example/{operatorName}":          "https://crm.example/Anna%20%26%20Cie%20%3F%23%2F%3D%25%0D%0A%7Bcaller%7D",
		"https://crm.example/?g={groupName}&x=1":      "https://crm.example/?g=&x=1",
		"javascript:{caller}":                         "",
		"https://crm.example/{unknown}":               "",
	} {
		if got := ExpandURL(template, values); got != want {
			t.Errorf("ExpandURL(%q) = %q, want %q", template, got, want)
		}
	}
}

func FuzzURLTemplate(f *testing.F) {
	f.Add("https://crm.example/?n={caller}&g={groupName}", "+33&x=<\"'>")
	f.Add("https://a@b/{caller}#{callId}", "../..")
	f.Add("http://h?{caller}={callId}", "&a=b")
	f.Fuzz(func(t *testing.T, template, value string) {
		if template == "" || len(value) > 200 || CheckURLTemplate(template) != nil {
			return
		}
		values, plain := map[string]string{}, map[string]string{}
		for _, name := range Placeholders() {
			values[name], plain[name] = value, "x"
		}
		got, err := url.Parse(ExpandURL(template, values))
		if err != nil {
			t.Fatalf("%q with %q: %v", template, value, err)
		}
		want, err := url.Parse(ExpandURL(template, plain))
		if err != nil {
			t.Fatal(err)
		}
		if got.Scheme != want.Scheme || got.Host != want.Host || (got.Scheme != "http" && got.Scheme != "https") {
			t.Fatalf("%q with %q goes to %s://%s, want %s://%s", template, value, got.Scheme, got.Host, want.Scheme, want.Host)
		}
		if a, b := strings.Count(got.RawQuery, "&"), strings.Count(want.RawQuery, "&"); a != b {
			t.Fatalf("%q with %q has %d parameters, want %d", template, value, a+1, b+1)
		}
		if a, b := strings.Count(got.EscapedPath(), "/"), strings.Count(want.EscapedPath(), "/"); a != b {
			t.Fatalf("%q with %q has %d path segments, want %d", template, value, a, b)
		}
	})
}
