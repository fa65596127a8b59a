package mail

import (
	"fmt"
	"html/template"
	"strings"
	"time"
	"unicode"

	"bandeau/directory"
)

// Password is what a password mail is written from.
type Password struct {
	Centre   directory.Centre
	Language directory.Language
	// About is the operator or the user, and Role which of the two.
	About directory.ID
	Role  directory.Role
	// Name and To are the person's name and address.
	Name string
	To   string
	// Login and Password are what he logs in with.
	Login    string
	Password directory.Secret
	// Renewed is true for a password that replaces an earlier one.
	Renewed bool
	// Page is the address of the login page, empty to leave it out.
	Page string
}

// NewPasswordMail returns the mail that brings a person his password, ready
// for the outbox and due at once. In its plain text the password stands alone
// on its line.
func NewPasswordMail(p Password, now time.Time) (directory.Mail, error) {
	words := phrasesIn(p.Language)
	subject, intro := words.Subject, words.Intro
	if p.Renewed {
		subject, intro = words.SubjectRenewed, words.Renewed
	}
	content := content{
		Language:   string(p.Language),
		Greeting:   fmt.Sprintf(words.Greeting, oneLine(p.Name)),
		Intro:      fmt.Sprintf(intro, oneLine(p.Centre.Name)),
		Login:      words.Login,
		LoginValue: oneLine(p.Login),
		Password:   words.Password,
		Secret:     p.Password.Reveal(),
		Change:     words.Change,
		Open:       words.Open,
		Page:       p.Page,
		Unexpected: words.Unexpected,
	}
	content.Subject = fmt.Sprintf(subject, oneLine(p.Centre.Name))
	html, err := content.html()
	if err != nil {
		return directory.Mail{}, fmt.Errorf("write password mail: %w", err)
	}
	return directory.Mail{
		Meta:        directory.Meta{Centre: p.Centre.ID, CreatedAt: now, UpdatedAt: now},
		About:       p.About,
		AboutRole:   p.Role,
		To:          p.To,
		ToName:      oneLine(p.Name),
		Subject:     content.Subject,
		Text:        directory.Secret(content.text()),
		HTML:        directory.Secret(html),
		State:       directory.MailWaiting,
		NextAttempt: now,
	}, nil
}

// content is a mail with its words chosen. It holds a password: it is written
// to bodies only.
type content struct {
	Language, Subject, Greeting, Intro string
	Login, LoginValue                  string
	Password, Secret                   string
	Change, Open, Page, Unexpected     string
}

func (c content) text() string {
	lines := []string{c.Greeting, "", c.Intro, "", c.Login + " " + c.LoginValue, c.Password, "", c.Secret, "", c.Change}
	if c.Page != "" {
		lines = append(lines, "", c.Open+" "+c.Page)
	}
	lines = append(lines, "", c.Unexpected, "")
	return strings.Join(lines, "\r\n")
}

// html writes what people read: the names are escaped by html/template. The
// styles stand in the elements because mail programs drop style sheets.
func (c content) html() (string, error) {
	page, err := template.New("password").Parse(`<!DOCTYPE html>
<html lang="{{.Language}}">
<head><meta charset="utf-8"><title>{{.Subject}}</title></head>
<body style="margin:0;padding:24px;background:#f8fafc;color:#0f172a;font:16px/1.5 system-ui,sans-serif">
<div style="max-width:560px;margin:0 auto;padding:24px;background:#ffffff;border:1px solid #cbd5e1;border-radius:8px">
<p>{{.Greeting}}</p>
<p>{{.Intro}}</p>
<p>{{.Login}} <strong>{{.LoginValue}}</strong></p>
<p>{{.Password}}<br>
<code style="font:20px/2 ui-monospace,monospace">{{.Secret}}</code></p>
<p>{{.Change}}</p>
{{- if .Page}}
<p>{{.Open}} <a href="{{.Page}}">{{.Page}}</a></p>
{{- end}}
<p style="color:#475569;font-size:14px">{{.Unexpected}}</p>
</div>
</body>
</html>
`)
	if err != nil {
		return "", fmt.Errorf("parse template: %w", err)
	}
	var b strings.Builder
	if err := page.Execute(&b, c); err != nil {
		return "", fmt.Errorf("execute template: %w", err)
	}
	return b.String(), nil
}

// oneLine makes a text from outside safe for a header and for a line of the
// body: every control character and line separator becomes a space.
func oneLine(text string) string {
	return strings.TrimSpace(strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || r == '\u2028' || r == '\u2029' {
			return ' '
		}
		return r
	}, text))
}
