package mail

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/mail"
	"strings"
	"time"

	gomail "github.com/wneessen/go-mail"

	"bandeau/directory"
	"bandeau/internal/clock"
)

const (
	dialTimeout    = 10 * time.Second
	sessionTimeout = 30 * time.Second
	maxErrorText   = 300 // characters of a server's answer that are kept
)

// DeliveryError is a delivery that did not succeed. Its text is fit to be
// shown and logged: it holds neither credentials nor the body.
type DeliveryError struct {
	// Permanent is true when trying again is of no use: the server refused
	// this mail with a 5xx reply, or it cannot be written.
	Permanent bool
	// Code is the server's reply, 0 if there was none.
	Code int
	text string
	err  error
}

// Error returns one line.
func (e *DeliveryError) Error() string { return e.text }

// Unwrap returns the cause, whose text may hold anything: it is for errors.Is.
func (e *DeliveryError) Unwrap() error { return e.err }

// SMTP delivers mails to one server, each over a connection of its own.
type SMTP struct {
	config Config
	clock  clock.Clock
}

// NewSMTP returns a deliverer for a server. Nothing is opened before the
// first mail.
func NewSMTP(config Config, clk clock.Clock) *SMTP {
	return &SMTP{config: config, clock: clk}
}

// Deliver hands a mail to the server and returns nil once it has been
// accepted, else a *DeliveryError.
func (s *SMTP) Deliver(ctx context.Context, m directory.Mail) error {
	ctx, cancel := context.WithTimeout(ctx, sessionTimeout)
	defer cancel()
	message, err := s.message(m)
	if err != nil {
		return &DeliveryError{Permanent: true, text: s.publicText(err), err: err}
	}
	client, hangUp, err := s.client(ctx)
	if err != nil {
		return &DeliveryError{text: s.publicText(err), err: err}
	}
	defer hangUp()
	err = client.DialAndSendWithContext(ctx, message)
	if err == nil || message.IsDelivered() {
		// What goes wrong after the server's 250 (QUIT, a lost connection) does
		// not take the mail back.
		return nil
	}
	failure := &DeliveryError{text: s.publicText(err), err: err}
	if refused, ok := errors.AsType[*gomail.SendError](err); ok {
		// A 5xx to a log-in is not here: that is the setting's fault, not the
		// mail's, and may be mended while the mail waits.
		failure.Code = refused.ErrorCode()
		failure.Permanent = failure.Code/100 == 5
	}
	return failure
}

// message writes a mail in the form of RFC 5322 with both bodies.
func (s *SMTP) message(m directory.Mail) (*gomail.Msg, error) {
	message := gomail.NewMsg(gomail.WithNoDefaultUserAgent(), gomail.WithCharset(gomail.CharsetUTF8), gomail.WithEncoding(gomail.EncodingQP))
	from := s.config.From
	message.FromMailAddress(&from)
	to, err := mail.ParseAddress(m.To)
	if err != nil || to.Address != m.To {
		return nil, errors.New("recipient is no e-mail address")
	}
	message.ToMailAddress(&mail.Address{Name: oneLine(m.ToName), Address: m.To})
	message.Subject(oneLine(m.Subject))
	message.SetDateWithValue(s.clock.Now())
	_, domain, _ := strings.Cut(from.Address, "@")
	message.SetMessageIDWithValue(string(m.ID) + "@" + domain)
	// RFC 3834 §5: absence notes and the like shall not answer.
	message.SetGenHeader("Auto-Submitted", "auto-generated")
	message.SetBodyString(gomail.TypeTextPlain, m.Text.Reveal())
	message.AddAlternativeString(gomail.TypeTextHTML, m.HTML.Reveal())
	return message, nil
}

// client returns a client for one mail and what closes its connection, which
// the library leaves open after some failures.
func (s *SMTP) client(ctx context.Context) (*gomail.Client, func(), error) {
	security, policy := s.security()
	hangUp := func() {}
	dial := func(dialCtx context.Context, network, address string) (net.Conn, error) {
		conn, err := s.dial(dialCtx, network, address, security)
		if err != nil {
			return nil, err
		}
		// The library looks at the context while it dials only.
		unwatch := context.AfterFunc(ctx, func() { _ = conn.Close() })
		hangUp = func() {
			unwatch()
			_ = conn.Close()
		}
		return conn, nil
	}
	options := []gomail.Option{
		gomail.WithPort(s.config.Port),
		gomail.WithTimeout(sessionTimeout),
		gomail.WithTLSConfig(security),
		gomail.WithDialContextFunc(dial),
		gomail.WithoutNoop(),
		gomail.WithoutRset(),
	}
	if s.config.ImplicitTLS {
		options = append(options, gomail.WithSSL())
	} else {
		options = append(options, gomail.WithTLSPolicy(policy))
	}
	if s.config.Username != "" {
		plain, login := gomail.SMTPAuthPlain, gomail.SMTPAuthLogin
		if s.config.loopback() {
			// Nobody listens between two programs of one machine.
			plain, login = gomail.SMTPAuthPlainNoEnc, gomail.SMTPAuthLoginNoEnc
		}
		options = append(options, gomail.WithUsername(s.config.Username), gomail.WithPassword(s.config.Password.Reveal()),
			gomail.WithOpportunisticSMTPAuth(gomail.SMTPAuthSCRAMSHA256, plain, login))
	}
	client, err := gomail.NewClient(s.config.Host, options...)
	if err != nil {
		return nil, nil, fmt.Errorf("set up client: %w", err)
	}
	return client, func() { hangUp() }, nil
}

func (s *SMTP) dial(ctx context.Context, network, address string, security *tls.Config) (net.Conn, error) {
	dialer := &net.Dialer{Timeout: dialTimeout}
	if s.config.ImplicitTLS {
		return (&tls.Dialer{NetDialer: dialer, Config: security}).DialContext(ctx, network, address)
	}
	return dialer.DialContext(ctx, network, address)
}

// security chooses what is asked of TLS. Credentials never travel in clear,
// nor to a server that cannot prove its name; without them TLS is taken where
// it is offered, unproven as between mail servers (RFC 7435), because the
// alternative is no TLS at all. A server of this machine is trusted.
func (s *SMTP) security() (*tls.Config, gomail.TLSPolicy) {
	config := &tls.Config{MinVersion: tls.VersionTLS12, ServerName: s.config.Host}
	if s.config.loopback() {
		config.InsecureSkipVerify = true
		return config, gomail.TLSOpportunistic
	}
	if s.config.Username != "" {
		return config, gomail.TLSMandatory
	}
	config.InsecureSkipVerify = !s.config.ImplicitTLS
	return config, gomail.TLSOpportunistic
}

// publicText is the first line's worth of an error, without the password
// should the server repeat it.
func (s *SMTP) publicText(err error) string {
	text := oneLine(err.Error())
	if password := s.config.Password.Reveal(); password != "" {
		text = strings.ReplaceAll(text, password, "[hidden]")
	}
	if runes := []rune(text); len(runes) > maxErrorText {
		text = string(runes[:maxErrorText])
	}
	return text
}
