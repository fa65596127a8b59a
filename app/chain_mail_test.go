package app

import (
	"bufio"
	"encoding/base64"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net"
	"net/http"
	"net/mail"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"bandeau/directory"
	"bandeau/internal/clock"
	"bandeau/internal/proof"
	"bandeau/telephony/siptest"
)

// letter is a mail as the post office took it.
type letter struct {
	to, subject, text string
}

// postOffice is a mail server on loopback.
type postOffice struct {
	listener net.Listener
	wg       sync.WaitGroup

	mu      sync.Mutex
	open    bool
	letters []letter
	refused int
}

func newPostOffice(t *testing.T) *postOffice {
	t.Helper()
	config := net.ListenConfig{}
	listener, err := config.Listen(t.Context(), "tcp", "127.0.0.1:0")
	must(t, err)
	p := &postOffice{listener: listener, open: true}
	p.wg.Go(func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			p.wg.Go(func() { p.serve(conn) })
		}
	})
	t.Cleanup(func() {
		_ = listener.Close()
		p.wg.Wait()
	})
	return p
}

func (p *postOffice) url() directory.Secret {
	return directory.Secret("smtp://" + p.listener.Addr().String() + "?from=bandeau@example.org")
}

// setOpen opens or closes it; closed, it refuses everybody.
func (p *postOffice) setOpen(open bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.open = open
}

func (p *postOffice) turnedAway() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.refused
}

// lettersTo counts the letters to an address.
func (p *postOffice) lettersTo(to string) (n int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, l := range p.letters {
		if l.to == to {
			n++
		}
	}
	return n
}

// letterTo returns the last letter to an address, false while there is none.
func (p *postOffice) letterTo(to string) (letter, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, l := range slices.Backward(p.letters) {
		if l.to == to {
			return l, true
		}
	}
	return letter{}, false
}

// serve speaks as much of RFC 5321 as a client needs.
func (p *postOffice) serve(conn net.Conn) {
	defer func() { _ = conn.Close() }()
	say := func(line string) { _, _ = fmt.Fprintf(conn, "%s\r\n", line) }
	p.mu.Lock()
	open := p.open
	if !open {
		p.refused++
	}
	p.mu.Unlock()
	if !open {
		say("421 closed")
		return
	}
	say("220 post office")
	in := bufio.NewReader(conn)
	for {
		line, err := in.ReadString('\n')
		if err != nil {
			return
		}
		switch verb, _, _ := strings.Cut(strings.ToUpper(strings.TrimSpace(line)), " "); verb {
		case "EHLO":
			say("250-post office\r\n250 8BITMIME")
		case "DATA":
			say("354 go on")
			var content strings.Builder
			for line, err = in.ReadString('\n'); err == nil && line != ".\r\n"; line, err = in.ReadString('\n') {
				content.WriteString(strings.TrimPrefix(line, "."))
			}
			l, readErr := readLetter(content.String())
			if err != nil || readErr != nil {
				say("554 not a mail")
				return
			}
			p.mu.Lock()
			p.letters = append(p.letters, l)
			p.mu.Unlock()
			say("250 accepted")
		case "QUIT":
			say("221 bye")
			return
		default:
			say("250 ok")
		}
	}
}

// readLetter reads the plain text of a mail.
func readLetter(content string) (l letter, err error) {
	m, err := mail.ReadMessage(strings.NewReader(content))
	if err != nil {
		return l, err
	}
	to, err := m.Header.AddressList("To")
	if err != nil {
		return l, err
	}
	l.to = to[0].Address
	if l.subject, err = new(mime.WordDecoder).DecodeHeader(m.Header.Get("Subject")); err != nil {
		return l, err
	}
	_, params, err := mime.ParseMediaType(m.Header.Get("Content-Type"))
	if err != nil {
		return l, err
	}
	for parts := multipart.NewReader(m.Body, params["boundary"]); ; {
		part, err := parts.NextRawPart()
		if err != nil {
			return l, fmt.Errorf("no plain text: %w", err)
		}
		if !strings.HasPrefix(part.Header.Get("Content-Type"), "text/plain") {
			continue
		}
		var body io.Reader = part
		switch strings.ToLower(part.Header.Get("Content-Transfer-Encoding")) {
		case "quoted-printable":
			body = quotedprintable.NewReader(part)
		case "base64":
			body = base64.NewDecoder(base64.StdEncoding, part)
		}
		text, err := io.ReadAll(body)
		l.text = string(text)
		return l, err
	}
}

// password finds the line on which the password stands alone.
func (l letter) password(t *testing.T) string {
	t.Helper()
	found := regexp.MustCompile(`(?m)^([A-Za-z0-9]{16})\r?$`).FindAllStringSubmatch(l.text, -1)
	if len(found) != 1 {
		t.Fatalf("%d passwords in the mail:\n%s", len(found), l.text)
	}
	return found[0][1]
}

// TestChainFirstPassword has the password come by mail in each language, log
// its reader in, and be replaced before anything else is allowed.
func TestChainFirstPassword(t *testing.T) {
	t.Parallel()
	proof.Of(t, "OP-02", "OP-03", "OP-09")
	post := newPostOffice(t)
	s := newStage(t, func(o *Options) { o.SMTP = post.url() })
	subjects := map[string]bool{}
	for _, language := range []string{"fr", "en", "it", "es"} {
		account, _ := s.newPhone(language, siptest.PhoneConfig{})
		id := s.admin.create("/operators", fields{
			"login": "op-" + language, "fullName": "Opérateur " + language, "email": language + "@example.org",
			"language": language, "phone": fields{"kind": "centrex", "account": account},
		})
		var l letter
		s.until("the mail", func() (ok bool) { l, ok = post.letterTo(language + "@example.org"); return ok })
		subjects[l.subject] = true
		if !strings.Contains(l.text, "op-"+language) || !strings.Contains(l.text, s.node.URL()) {
			t.Errorf("mail without login or address:\n%s", l.text)
		}
		s.until("the delivery to be noted", func() bool { return s.passwordState(id) == "delivered" })
		first := l.password(t)
		who := &operator{visitor: s.visit(), id: id, name: "op-" + language}
		var answer struct{ MustChangePassword bool }
		who.send(http.MethodPost, "/login", fields{"login": "OP-" + language, "password": first}, http.StatusOK, &answer)
		equal(t, "must change", answer.MustChangePassword, true)
		equal(t, "presence before", s.floorOperator(who).Presence, "logged_out")
		who.refused(http.MethodGet, "/me/history", nil, http.StatusForbidden, "password_change_required")
		who.send(http.MethodGet, "/me", nil, http.StatusOK, nil)
		who.send(http.MethodPost, "/password", fields{"current": first, "new": first}, http.StatusUnprocessableEntity, nil)
		who.send(http.MethodPost, "/password", fields{"current": first, "new": operatorPassword}, http.StatusNoContent, nil)
		equal(t, "presence after", who.me().Presence, "available")
		equal(t, "state of the password", s.passwordState(id), "set")
		again := s.visit()
		again.refused(http.MethodPost, "/login", fields{"login": "op-" + language, "password": first},
			http.StatusUnauthorized, "login_refused")
		again.login("op-"+language, operatorPassword)
	}
	equal(t, "different subjects", len(subjects), 4)
}

func (s *stage) passwordState(id string) string {
	s.t.Helper()
	var record struct{ PasswordState string }
	s.admin.get("/operators/"+id, &record)
	return record.PasswordState
}

// TestChainMailServerDown keeps the operator flagged while his mail cannot be
// delivered, and tries again by itself.
func TestChainMailServerDown(t *testing.T) {
	t.Parallel()
	proof.Of(t, "OP-02")
	post := newPostOffice(t)
	post.setOpen(false)
	opts := quietOptions(t)
	opts.SMTP = post.url()
	clk := clock.NewManual(time.Now())
	s := &stage{t: t, ctx: testContext(t), opts: opts}
	s.node = startNode(s.ctx, t, opts, clk)
	s.admin = s.visit()
	s.admin.login("admin", adminPassword)
	id := s.admin.create("/operators", fields{
		"login": "anna", "fullName": "Anna Test", "email": "anna@example.org", "askPhoneAtLogin": true,
	})
	s.until("the failure to show", func() bool { return s.passwordState(id) == "failed" })
	equal(t, "attempts", post.turnedAway(), 1)
	var box struct {
		Items []struct {
			To, State, LastError string
			Attempts             int
		}
	}
	status, data := s.admin.request(http.MethodGet, "/outbox", nil)
	equal(t, "status of the outbox", status, http.StatusOK)
	s.admin.get("/outbox", &box)
	equal(t, "mails", len(box.Items), 1)
	equal(t, "attempts in the outbox", box.Items[0].Attempts, 1)
	if box.Items[0].LastError == "" || strings.Contains(strings.ToLower(string(data)), "\"text\"") {
		t.Errorf("outbox: %s", data)
	}
	// It tries again by itself, in its own time.
	s.until("a second attempt", func() bool {
		clk.Advance(31 * time.Second)
		return post.turnedAway() >= 2
	})
	post.setOpen(true)
	s.until("the delivery to be noted", func() bool {
		clk.Advance(time.Minute)
		return s.passwordState(id) == "delivered"
	})
	l, _ := post.letterTo("anna@example.org")

	// A new one replaces it at once.
	s.admin.send(http.MethodPost, "/operators/"+id+"/password", nil, http.StatusOK, nil)
	s.until("the second mail", func() bool {
		renewed, _ := post.letterTo("anna@example.org")
		return renewed.text != l.text
	})
	renewed, _ := post.letterTo("anna@example.org")
	anna := s.visit()
	anna.refused(http.MethodPost, "/login", fields{"login": "anna", "password": l.password(t)},
		http.StatusUnauthorized, "login_refused")
	anna.login("anna", renewed.password(t))

	// One that never left is not sent any more when another takes its place: of
	// two passwords nobody could tell which is good.
	post.setOpen(false)
	id = s.admin.create("/operators", fields{
		"login": "bob", "fullName": "Bob Test", "email": "bob@example.org", "askPhoneAtLogin": true,
	})
	s.until("the failure to show", func() bool { return s.passwordState(id) == "failed" })
	s.admin.send(http.MethodPost, "/operators/"+id+"/password", nil, http.StatusOK, nil)
	post.setOpen(true)
	s.until("no mail to wait any more", func() bool {
		clk.Advance(time.Minute)
		s.admin.get("/outbox", &box)
		for _, m := range box.Items {
			if m.State == "waiting" {
				return false
			}
		}
		return s.passwordState(id) == "delivered"
	})
	equal(t, "mails that arrived", post.lettersTo("bob@example.org"), 1)
	last, _ := post.letterTo("bob@example.org")
	s.visit().login("bob", last.password(t))
}

// TestChainUserPassword mails users new passwords: who has the old one is out,
// with his open stream; who asks for his own stays.
func TestChainUserPassword(t *testing.T) {
	t.Parallel()
	post := newPostOffice(t)
	s := newStage(t, func(o *Options) { o.SMTP = post.url() })
	id := s.admin.create("/users", fields{
		"login": "sofia", "name": "Sofia Test", "email": "sofia@example.org", "role": "administrator",
	})
	var l letter
	s.until("the mail", func() (ok bool) { l, ok = post.letterTo("sofia@example.org"); return ok })
	office, home := s.visit(), s.visit()
	office.login("sofia", l.password(t))
	office.send(http.MethodPost, "/password", fields{"current": l.password(t), "new": operatorPassword}, http.StatusNoContent, nil)
	home.login("sofia", operatorPassword)
	events := home.watch("")

	// He mails it to himself: the browser he asks from stays.
	office.send(http.MethodPost, "/users/"+id+"/password", nil, http.StatusOK, nil)
	office.send(http.MethodGet, "/operators", nil, http.StatusOK, nil)
	home.refused(http.MethodGet, "/operators", nil, http.StatusUnauthorized, "not_logged_in")
	for events.Scan() { // until the stream has ended
	}
	must(t, events.Err())

	s.admin.send(http.MethodPost, "/users/"+id+"/password", nil, http.StatusOK, nil)
	office.refused(http.MethodGet, "/operators", nil, http.StatusUnauthorized, "not_logged_in")
	home.refused(http.MethodPost, "/login", fields{"login": "sofia", "password": operatorPassword},
		http.StatusUnauthorized, "login_refused")
	s.until("the third mail", func() bool { return post.lettersTo("sofia@example.org") == 3 })
	newest, _ := post.letterTo("sofia@example.org")
	home.login("sofia", newest.password(t))
}
