package mail

import (
	"net/mail"
	"strings"
	"testing"

	gomail "github.com/wneessen/go-mail"
)

func TestParseURL(t *testing.T) {
	for raw, want := range map[string]Config{
		"smtp://user:pass@host.example:2525?from=a@example.org": {
			Host: "host.example", Port: 2525, Username: "user", Password: "pass", From: mail.Address{Address: "a@example.org"},
		},
		"smtp://host?from=a@example.org": {Host: "host", Port: 587, From: mail.Address{Address: "a@example.org"}},
		"smtps://me%40example.org:p%40%3A%23@host": {
			Host: "host", Port: 465, ImplicitTLS: true, Username: "me@example.org", Password: "p@:#", From: mail.Address{Address: "me@example.org"},
		},
		"smtp://[::1]:25/?from=Service%20Client%20<a@example.org>": {
			Host: "::1", Port: 25, From: mail.Address{Name: "Service Client", Address: "a@example.org"},
		},
		"smtp://127.0.0.1:25?from=a%2Bb@example.org": {Host: "127.0.0.1", Port: 25, From: mail.Address{Address: "a+b@example.org"}},
		"smtp://127.0.0.1:26?from=a+b@example.org":   {Host: "127.0.0.1", Port: 26, From: mail.Address{Address: "a+b@example.org"}},
	} {
		got, err := ParseURL(raw)
		if err != nil || got != want {
			t.Errorf("ParseURL(%q) = %+v (password %q), %v", raw, got, got.Password.Reveal(), err)
		}
	}
}

func TestParseURLNamesTheWrongPart(t *testing.T) {
	for raw, part := range map[string]string{
		"":                                  "scheme",
		"host:587":                          "scheme",
		"http://u:hunter2@h?from=a@b.c":     "scheme",
		"smtp://u:hunter2@?from=a@b.c":      "host",
		"smtp://u:hunter2@h:0?from=a@b.c":   "port",
		"smtp://u:hunter2@h:99999?from=a@b": "port",
		"smtp://u:hunter2@h:x?from=a@b.c":   "read",
		"smtp://u:hun#ter2@h?from=a@b.c":    "read",
		"smtp://u:hunter2%zz@h?from=a@b.c":  "read",
		"smtp://u:hunter2@h/x?from=a@b.c":   "port",
		"smtp://u@h?from=a@b.c":             "password",
		"smtp://:hunter2@h?from=a@b.c":      "user name",
		"smtp://u:@h?from=a@b.c":            "password",
		"smtp://u:hunter2@h":                "from",
		"smtp://h":                          "from",
		"smtp://h?from=nobody":              "from",
		"smtp://h?from=a@b.c%0d%0aBcc:d@e":  "from",
		"smtp://u:hunter2@h?from=a@b.c&x=1": `"x"`,
		"smtp://u:hunter2@h?from=%zz":       "?",
	} {
		_, err := ParseURL(raw)
		if err == nil || !strings.Contains(err.Error(), part) {
			t.Errorf("ParseURL(%q): %v, want an error naming %s", raw, err, part)
			continue
		}
		if strings.Contains(err.Error(), "hun") {
			t.Errorf("ParseURL(%q) shows the password: %v", raw, err)
		}
	}
}

func TestSecurity(t *testing.T) {
	for name, tt := range map[string]struct {
		config     Config
		policy     gomail.TLSPolicy
		unverified bool
	}{
		"log-in elsewhere":    {Config{Host: "mx.example", Username: "u"}, gomail.TLSMandatory, false},
		"no log-in elsewhere": {Config{Host: "mx.example"}, gomail.TLSOpportunistic, true},
		"smtps elsewhere":     {Config{Host: "mx.example", ImplicitTLS: true}, gomail.TLSOpportunistic, false},
		"log-in here":         {Config{Host: "127.0.0.1", Username: "u"}, gomail.TLSOpportunistic, true},
		"log-in here, IPv6":   {Config{Host: "::1", Username: "u"}, gomail.TLSOpportunistic, true},
		"log-in on localhost": {Config{Host: "LocalHost", Username: "u"}, gomail.TLSOpportunistic, true},
		"a name like ours":    {Config{Host: "localhost.example", Username: "u"}, gomail.TLSMandatory, false},
	} {
		config, policy := NewSMTP(tt.config, nil).security()
		if policy != tt.policy || config.InsecureSkipVerify != tt.unverified || config.ServerName != tt.config.Host {
			t.Errorf("%s: policy %v, unverified %v, name %s", name, policy, config.InsecureSkipVerify, config.ServerName)
		}
	}
}
