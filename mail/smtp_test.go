package mail

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/mail"
	"slices"
	"strings"
	"testing"
	"time"

	"bandeau/directory"
	"bandeau/internal/clock"
)

const secret = "Abcdefgh23456789"

func start() time.Time { return time.Date(2026, 11, 22, 20, 0, 0, 0, time.UTC) }

func passwordFor(language directory.Language, name string) Password {
	centre := directory.NewCentre("Support & Cie")
	centre.ID = "c1"
	return Password{
		Centre: centre, Language: language, About: "op1", Role: directory.RoleOperator,
		Name: name, To: "anna@example.org", Login: "aalba", Password: secret, Page: "https://bandeau.example/",
	}
}

func newMail(t *testing.T, id directory.ID, p Password) directory.Mail {
	t.Helper()
	m, err := NewPasswordMail(p, start())
	if err != nil {
		t.Fatal(err)
	}
	m.ID = id
	return m
}

func newSMTP(t *testing.T, url string) *SMTP {
	t.Helper()
	config, err := ParseURL(url)
	if err != nil {
		t.Fatal(err)
	}
	return NewSMTP(config, clock.NewManual(start()))
}

// read is a mail as its reader's program shows it.
type read struct {
	header     mail.Header
	subject    string
	text, html string
}

func readMail(t *testing.T, data string) read {
	t.Helper()
	message, err := mail.ReadMessage(strings.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	var decoder mime.WordDecoder
	subject, err := decoder.DecodeHeader(message.Header.Get("Subject"))
	if err != nil {
		t.Fatal(err)
	}
	got := read{header: message.Header, subject: subject}
	kind, params, err := mime.ParseMediaType(message.Header.Get("Content-Type"))
	if err != nil || kind != "multipart/alternative" {
		t.Fatalf("content type %s, %v", kind, err)
	}
	parts := multipart.NewReader(message.Body, params["boundary"])
	for _, want := range []struct {
		kind string
		to   *string
	}{{"text/plain", &got.text}, {"text/html", &got.html}} {
		part, err := parts.NextRawPart()
		if err != nil {
			t.Fatal(err)
		}
		kind, params, err := mime.ParseMediaType(part.Header.Get("Content-Type"))
		if err != nil || kind != want.kind || !strings.EqualFold(params["charset"], "utf-8") || part.Header.Get("Content-Transfer-Encoding") != "quoted-printable" {
			t.Fatalf("part %v, %v, want %s", part.Header, err, want.kind)
		}
		body, err := io.ReadAll(quotedprintable.NewReader(part))
		if err != nil {
			t.Fatal(err)
		}
		*want.to = string(body)
	}
	if _, err := parts.NextRawPart(); !errors.Is(err, io.EOF) {
		t.Errorf("more than two parts: %v", err)
	}
	return got
}

func TestDeliveredInEachLanguage(t *testing.T) {
	words := map[directory.Language][4]string{ // subject, renewed subject, a phrase, a phrase of the renewed one
		directory.French:  {"Votre accès à Support & Cie", "Votre nouveau mot de passe pour Support & Cie", "Mot de passe :", "L'ancien ne fonctionne plus."},
		directory.English: {"Your access to Support & Cie", "Your new password for Support & Cie", "Password:", "The old one no longer works."},
		directory.Italian: {"Il suo accesso a Support & Cie", "La sua nuova password per Support & Cie", "Nome utente:", "La precedente non funziona più."},
		directory.Spanish: {"Su acceso a Support & Cie", "Su nueva contraseña para Support & Cie", "Contraseña:", "La anterior ya no funciona."},
	}
	for _, language := range directory.Languages() {
		for _, renewed := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s renewed %v", language, renewed), func(t *testing.T) {
				server := startServer(t)
				p := passwordFor(language, "Anna Åström")
				p.Renewed = renewed
				if err := newSMTP(t, server.url("")).Deliver(t.Context(), newMail(t, "m1", p)); err != nil {
					t.Fatal(err)
				}
				mails := server.received()
				if len(mails) != 1 || mails[0].From != "MAIL FROM:<bandeau@example.org> BODY=8BITMIME" || mails[0].To != "RCPT TO:<anna@example.org>" {
					t.Fatalf("mails %+v", mails)
				}
				got := readMail(t, mails[0].Data)
				want := words[language]
				subject := want[0]
				if renewed {
					subject = want[1]
				}
				if got.subject != subject {
					t.Errorf("subject %q, want %q", got.subject, subject)
				}
				if !strings.Contains(got.text, want[2]) || strings.Contains(got.text, want[3]) != renewed {
					t.Errorf("text:\n%s", got.text)
				}
				lines := strings.Split(got.text, "\r\n")
				if !slices.Contains(lines, secret) {
					t.Errorf("the password does not stand alone on its line:\n%s", got.text)
				}
				// As a program finds it: the one line of 16 letters and digits.
				found := slices.DeleteFunc(lines, func(line string) bool {
					return len(line) != 16 || strings.Trim(line, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789") != ""
				})
				if len(found) != 1 {
					t.Errorf("lines that look like the password: %q", found)
				}
				if !strings.Contains(mails[0].Data, "\r\n"+secret+"\r\n") {
					t.Error("the encoding breaks the line of the password")
				}
				for _, part := range []string{"Anna Åström", "aalba", "https://bandeau.example/"} {
					if !strings.Contains(got.text, part) || !strings.Contains(got.html, part) {
						t.Errorf("%q is missing in\n%s\n%s", part, got.text, got.html)
					}
				}
				if !strings.Contains(got.html, "Support &amp; Cie") || !strings.Contains(got.html, `lang="`+string(language)+`"`) || !strings.Contains(got.html, ">"+secret+"<") {
					t.Errorf("html:\n%s", got.html)
				}
				checkHeader(t, got.header)
			})
		}
	}
}

func checkHeader(t *testing.T, header mail.Header) {
	t.Helper()
	from, err := header.AddressList("From")
	if err != nil || len(from) != 1 || *from[0] != (mail.Address{Name: "Bandeau", Address: "bandeau@example.org"}) {
		t.Errorf("from %v, %v", from, err)
	}
	to, err := header.AddressList("To")
	if err != nil || len(to) != 1 || *to[0] != (mail.Address{Name: "Anna Åström", Address: "anna@example.org"}) {
		t.Errorf("to %v, %v", to, err)
	}
	if date, err := header.Date(); err != nil || !date.Equal(start()) {
		t.Errorf("date %v, %v", date, err)
	}
	if id := header.Get("Message-Id"); id != "<m1@example.org>" {
		t.Errorf("message id %s", id)
	}
	if header.Get("Auto-Submitted") != "auto-generated" {
		t.Error("not marked as automatic")
	}
}

func TestNamesAreText(t *testing.T) {
	server := startServer(t)
	p := passwordFor(directory.English, "\"><img src=x onerror=alert(1)>\r\nBcc: evil@example.org\r\n\r\nbody")
	p.Centre.Name = "A\r\nX-Injected: yes"
	p.Login = "<b>aalba</b>"
	p.Page = "javascript:alert(1)"
	if err := newSMTP(t, server.url("")).Deliver(t.Context(), newMail(t, "m1", p)); err != nil {
		t.Fatal(err)
	}
	mails := server.received()
	if len(mails) != 1 || strings.Count(server.commands(), "RCPT") != 1 {
		t.Fatalf("%d mails, commands %s", len(mails), server.commands())
	}
	got := readMail(t, mails[0].Data)
	if got.header.Get("Bcc") != "" || got.header.Get("X-Injected") != "" {
		t.Errorf("injected header: %v", got.header)
	}
	if to, err := got.header.AddressList("To"); err != nil || len(to) != 1 || to[0].Address != "anna@example.org" {
		t.Errorf("to %v, %v", to, err)
	}
	for _, markup := range []string{"<img", "<b>", `href="javascript:`} {
		if strings.Contains(got.html, markup) {
			t.Errorf("html holds %s:\n%s", markup, got.html)
		}
	}
	if !slices.Contains(strings.Split(got.text, "\r\n"), secret) {
		t.Errorf("text:\n%s", got.text)
	}
	// A name cannot put a line of its own where the password is looked for.
	p.Name = "Anna\r\n0123456789abcdef\r\n"
	if text := newMail(t, "m2", p).Text.Reveal(); slices.Contains(strings.Split(text, "\r\n"), "0123456789abcdef") {
		t.Errorf("text:\n%s", text)
	}
}

func TestLongAndDottedText(t *testing.T) {
	server := startServer(t)
	m := newMail(t, "m1", passwordFor(directory.French, strings.Repeat("é", 100)))
	m.Text = ".\r\n..\r\n" + m.Text
	if err := newSMTP(t, server.url("")).Deliver(t.Context(), m); err != nil {
		t.Fatal(err)
	}
	data := server.received()[0].Data
	if got := readMail(t, data); got.text != m.Text.Reveal() || got.html == "" {
		t.Errorf("text %q, want %q", got.text, m.Text.Reveal())
	}
	for line := range strings.SplitSeq(data, "\r\n") {
		if len(line) > 998 {
			t.Errorf("a line of %d bytes (RFC 5322 §2.1.1)", len(line))
		}
	}
}

func TestLogIn(t *testing.T) {
	for name, tt := range map[string]struct {
		options   func(t *testing.T) []serverOption
		encrypted bool
	}{
		"in clear on this machine": {func(*testing.T) []serverOption { return nil }, false},
		"after STARTTLS":           {func(t *testing.T) []serverOption { t.Helper(); return []serverOption{withTLS(t, false)} }, true},
		"over smtps":               {func(t *testing.T) []serverOption { t.Helper(); return []serverOption{withTLS(t, true)} }, true},
	} {
		t.Run(name, func(t *testing.T) {
			server := startServer(t, append(tt.options(t), withLogin("bandeau:s3cret"))...)
			if err := newSMTP(t, server.url("bandeau:s3cret")).Deliver(t.Context(), newMail(t, "m1", passwordFor(directory.French, "Anna"))); err != nil {
				t.Fatal(err)
			}
			mails := server.received()
			if len(mails) != 1 || mails[0].User != "bandeau" || mails[0].Encrypted != tt.encrypted {
				t.Errorf("mails %+v", mails)
			}
			eventually(t, "connection closed", func() bool { return server.openConnections() == 0 })
		})
	}
}

func TestWrongLogInIsTemporaryAndHidden(t *testing.T) {
	server := startServer(t, withLogin("bandeau:s3cret"))
	err := newSMTP(t, server.url("bandeau:wr0ng")).Deliver(t.Context(), newMail(t, "m1", passwordFor(directory.French, "Anna")))
	failure, ok := errors.AsType[*DeliveryError](err)
	if !ok || failure.Permanent {
		t.Fatalf("error %v, want one that passes", err)
	}
	// The test server repeats what it was sent, as careless ones do.
	if strings.Contains(err.Error(), "wr0ng") || !strings.Contains(err.Error(), "535") {
		t.Errorf("error %v", err)
	}
	if len(server.received()) != 0 {
		t.Error("delivered without log-in")
	}
	eventually(t, "connection closed", func() bool { return server.openConnections() == 0 })
}

func TestRefusals(t *testing.T) {
	for name, tt := range map[string]struct {
		command, reply string
		permanent      bool
		code           int
		delivered      bool
	}{
		"unknown recipient":      {"RCPT", "550 5.1.1 no such user", true, 550, false},
		"greylisting":            {"RCPT", "451 4.7.1 come back later", false, 451, false},
		"sender refused":         {"MAIL", "553 5.7.1 not you", true, 553, false},
		"DATA refused":           {"DATA", "554 5.5.1 no", true, 554, false},
		"content refused":        {"END", "554 5.7.1 spam", true, 554, false},
		"mailbox full for now":   {"END", "452 4.2.2 full", false, 452, false},
		"busy on connection":     {"CONNECT", "421 busy", false, 0, false},
		"hangs up at once":       {"CONNECT", "", false, 0, false},
		"hangs up in the middle": {"RCPT", "", false, 0, false},
		"hangs up before the 250": {
			"END", "", false, 0, false,
		},
		"hangs up after the 250": {"QUIT", "", false, 0, true},
		"QUIT refused":           {"QUIT", "500 what", false, 0, true},
	} {
		t.Run(name, func(t *testing.T) {
			server := startServer(t)
			server.reply(tt.command, tt.reply)
			err := newSMTP(t, server.url("")).Deliver(t.Context(), newMail(t, "m1", passwordFor(directory.French, "Anna")))
			if tt.delivered {
				if err != nil || len(server.received()) != 1 {
					t.Fatalf("error %v, %d mails", err, len(server.received()))
				}
				return
			}
			failure, ok := errors.AsType[*DeliveryError](err)
			if !ok || failure.Permanent != tt.permanent || failure.Code != tt.code {
				t.Fatalf("error %+v (%v), want permanent %v, code %d", failure, err, tt.permanent, tt.code)
			}
			if text := failure.Error(); text == "" || len(text) > 4*maxErrorText || strings.ContainsAny(text, "\r\n") || strings.Contains(text, secret) {
				t.Errorf("text %q", text)
			}
			eventually(t, "connection closed", func() bool { return server.openConnections() == 0 })
		})
	}
}

func TestServerDown(t *testing.T) {
	server := startServer(t)
	server.close()
	err := newSMTP(t, server.url("")).Deliver(t.Context(), newMail(t, "m1", passwordFor(directory.French, "Anna")))
	if failure, ok := errors.AsType[*DeliveryError](err); !ok || failure.Permanent || !strings.Contains(failure.Error(), "refused") {
		t.Errorf("error %v", err)
	}
}

func TestImpossibleRecipientIsPermanent(t *testing.T) {
	for _, to := range []string{"", "nobody", "a@b.c\r\nRCPT TO:<evil@example.org>", "Anna <a@b.c>", "a@b.c, d@e.f"} {
		server := startServer(t)
		m := newMail(t, "m1", passwordFor(directory.French, "Anna"))
		m.To = to
		err := newSMTP(t, server.url("")).Deliver(t.Context(), m)
		if failure, ok := errors.AsType[*DeliveryError](err); !ok || !failure.Permanent {
			t.Errorf("to %q: %v", to, err)
		}
		if got := server.commands(); got != "" {
			t.Errorf("to %q: the server was told %s", to, got)
		}
	}
}

// A server that stops answering holds the sender no longer than the context.
func TestStalledServerEndsWithTheContext(t *testing.T) {
	server := startServer(t)
	server.reply("DATA", "stall")
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		<-server.stalled
		cancel()
	}()
	err := newSMTP(t, server.url("")).Deliver(ctx, newMail(t, "m1", passwordFor(directory.French, "Anna")))
	if failure, ok := errors.AsType[*DeliveryError](err); !ok || failure.Permanent {
		t.Errorf("error %v", err)
	}
	eventually(t, "connection closed", func() bool { return server.openConnections() == 0 })
}

func TestMailRecord(t *testing.T) {
	m := newMail(t, "m1", passwordFor(directory.French, "Anna"))
	if m.State != directory.MailWaiting || !m.NextAttempt.Equal(start()) || m.About != "op1" || m.AboutRole != directory.RoleOperator ||
		m.Centre != "c1" || m.To != "anna@example.org" || !m.CreatedAt.Equal(start()) || m.Attempts != 0 {
		t.Errorf("mail %+v", m)
	}
	encoded, err := json.Marshal(m)
	if err != nil || strings.Contains(string(encoded)+fmt.Sprintf("%+v %#v", m, m), secret) {
		t.Errorf("the password shows: %s, %v", encoded, err)
	}
	if strings.Contains(m.Subject, secret) {
		t.Error("the password is in the subject")
	}
	p := passwordFor(directory.French, "Anna")
	p.Page = ""
	if m := newMail(t, "m2", p); strings.Contains(m.Text.Reveal()+m.HTML.Reveal(), "Se connecter") {
		t.Error("a login page where none is known")
	}
}
