package mail

import (
	"errors"
	"fmt"
	"net/mail"
	"net/netip"
	"net/url"
	"strconv"
	"strings"

	"bandeau/directory"
)

// Config is the mail server and the sender.
type Config struct {
	Host string
	Port int // 1–65535
	// ImplicitTLS is true for smtps: TLS from the first byte (RFC 8314 §3).
	ImplicitTLS bool
	Username    string
	Password    directory.Secret
	// From is the sender of every mail.
	From mail.Address
}

// ParseURL reads smtp://user:password@host:587?from=address, or smtps. The
// port is 587 if it is missing, 465 for smtps. Without from the user name must
// be an address. An error names the part that is wrong and never shows the
// password.
func ParseURL(raw string) (Config, error) {
	parsed, err := url.Parse(raw)
	if err != nil {
		// The cause quotes the text around the fault, which may be the password.
		return Config{}, errors.New("smtp url: cannot be read; in the user name and the password @ : / ? # and % must be percent-encoded")
	}
	cfg := Config{Host: parsed.Hostname(), Port: 587}
	switch parsed.Scheme {
	case "smtp":
	case "smtps":
		cfg.ImplicitTLS, cfg.Port = true, 465
	default:
		return Config{}, errors.New("smtp url: scheme must be smtp or smtps")
	}
	if cfg.Host == "" {
		return Config{}, errors.New("smtp url: host is missing")
	}
	if text := parsed.Port(); text != "" {
		port, err := strconv.ParseUint(text, 10, 16)
		if err != nil || port == 0 {
			return Config{}, errors.New("smtp url: port must be from 1 to 65535")
		}
		cfg.Port = int(port)
	}
	if parsed.Path != "" && parsed.Path != "/" || parsed.Fragment != "" {
		return Config{}, errors.New("smtp url: nothing but ?from= may follow the port")
	}
	if parsed.User != nil {
		password, given := parsed.User.Password()
		cfg.Username, cfg.Password = parsed.User.Username(), directory.Secret(password)
		if cfg.Username == "" || !given || password == "" {
			return Config{}, errors.New("smtp url: user name and password must be given together")
		}
	}
	if err := cfg.sender(parsed.RawQuery); err != nil {
		return Config{}, err
	}
	return cfg, nil
}

// sender reads the query of the URL.
func (c *Config) sender(query string) error {
	// A plus sign is a character of addresses; as a space it would be of no use.
	values, err := url.ParseQuery(strings.ReplaceAll(query, "+", "%2B"))
	if err != nil {
		return errors.New("smtp url: what follows ? cannot be read")
	}
	for key := range values {
		if key != "from" {
			return fmt.Errorf("smtp url: unknown parameter %q", key)
		}
	}
	from := values.Get("from")
	if from == "" {
		from = c.Username
	}
	address, err := mail.ParseAddress(from)
	if err != nil {
		return errors.New("smtp url: from must be an e-mail address")
	}
	c.From = *address
	return nil
}

// loopback reports whether the server is on this machine.
func (c *Config) loopback() bool {
	if strings.EqualFold(strings.TrimSuffix(c.Host, "."), "localhost") {
		return true
	}
	addr, err := netip.ParseAddr(c.Host)
	return err == nil && addr.IsLoopback()
}
