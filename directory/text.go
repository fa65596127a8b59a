package directory

import (
	"net/mail"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/nyaruka/phonenumbers"
)

const (
	maxText  = 100 // characters of a name or a label
	maxEmail = 254 // RFC 5321 §4.5.3.1.3, less the angle brackets
	maxLogin = 32
	maxUser  = 64  // characters of a SIP user name
	maxPass  = 128 // characters of any password
)

// unsafeInText reports characters that have no place in a name: controls,
// line and paragraph separators, and the marks that reorder the text around
// them and so let a name forge what stands beside it.
func unsafeInText(r rune) bool {
	switch {
	case unicode.IsControl(r), r == '\u2028', r == '\u2029', r == utf8.RuneError:
		return true
	case r >= '\u202a' && r <= '\u202e', r >= '\u2066' && r <= '\u2069':
		return true
	}
	return false
}

// text checks a line of text of low to high characters.
func (c *checker) text(field, value string, low, high int) {
	if strings.ContainsFunc(value, unsafeInText) || !utf8.ValidString(value) {
		c.invalid(field, "must be one line of text without control characters")
	}
	if strings.TrimSpace(value) != value {
		c.invalid(field, "must not begin or end with a space")
	}
	switch n := utf8.RuneCountInString(value); {
	case n == 0 && low > 0:
		c.invalid(field, "is required")
	case n < low || n > high:
		c.invalid(field, "must have from %d to %d characters", low, high)
	}
}

// login checks OP-01 and the login of a user.
func (c *checker) login(value string) {
	if value == "" {
		c.invalid("login", "is required")
		return
	}
	if len(value) > maxLogin || strings.ContainsFunc(value, notInLogin) {
		c.invalid("login", "must have from 1 to %d characters of a-z, 0-9, dot, hyphen and underscore", maxLogin)
		return
	}
	c.unique(UniqueLogin, "login", value, "is already the login of a user or an operator of this centre")
}

func notInLogin(r rune) bool {
	return (r < 'a' || r > 'z') && (r < '0' || r > '9') && r != '.' && r != '_' && r != '-'
}

// email checks an address; an empty one is accepted unless it is required.
func (c *checker) email(value string, required bool) bool {
	if value == "" {
		if required {
			c.invalid("email", "is required")
		}
		return false
	}
	address, err := mail.ParseAddress(value)
	if err != nil || address.Address != value || len(value) > maxEmail || strings.ContainsFunc(value, notInEmail) {
		c.invalid("email", "must be an e-mail address of at most %d plain characters, such as name@example.org", maxEmail)
		return false
	}
	return true
}

func notInEmail(r rune) bool {
	return r <= ' ' || r >= unicode.MaxASCII || strings.ContainsRune(`"(),:;<>[\]`, r)
}

func normalEmail(value string) string {
	value = strings.TrimSpace(value)
	if at := strings.LastIndexByte(value, '@'); at >= 0 {
		// Only the domain is without case by RFC 5321 §2.4.
		return value[:at] + strings.ToLower(value[at:])
	}
	return value
}

func (c *checker) language(field string, value Language) { oneOf(c, field, value, Languages()) }

// country checks an ISO 3166 alpha-2 code that has a dialling plan.
func (c *checker) country(field, value string) {
	if !knownCountry(value) {
		c.invalid(field, "must be a country as two capital letters (ISO 3166), such as FR")
	}
}

func knownCountry(value string) bool {
	return len(value) == 2 && phonenumbers.GetSupportedRegions()[value]
}

func (c *checker) colour(field, value string) {
	digits, hash := strings.CutPrefix(value, "#")
	if !hash || len(digits) != 6 || strings.Trim(digits, "0123456789abcdef") != "" {
		c.invalid(field, "must be a colour written #rrggbb")
	}
}

func (c *checker) timeZone(field, value string) {
	// "Local" and the empty name would mean the machine's zone or UTC.
	if value == "" || value == "Local" {
		c.invalid(field, "must be a time zone, such as Europe/Paris")
		return
	}
	if _, err := time.LoadLocation(value); err != nil {
		c.invalid(field, "must be a time zone, such as Europe/Paris")
	}
}

func trim(values ...*string) {
	for _, v := range values {
		*v = strings.TrimSpace(*v)
	}
}

func lower(values ...*string) {
	for _, v := range values {
		*v = strings.ToLower(strings.TrimSpace(*v))
	}
}

func upper(values ...*string) {
	for _, v := range values {
		*v = strings.ToUpper(strings.TrimSpace(*v))
	}
}
