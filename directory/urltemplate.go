package directory

import (
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
)

const maxURL = 2048 // bytes of a template

// Placeholders returns the names a URL template may hold between braces.
func Placeholders() []string {
	return []string{
		"caller", "called", "service", "callId", "direction", "operatorId", "operatorLogin", "operatorName",
		"groupId", "groupName", "language", "waitSeconds",
	}
}

// CheckURLTemplate returns nil for a template that may be saved: an http or
// https address whose placeholders are all known and stand behind the host.
// Empty is accepted: it opens nothing.
func CheckURLTemplate(template string) error {
	if template == "" {
		return nil
	}
	if len(template) > maxURL {
		return fmt.Errorf("must have at most %d bytes", maxURL)
	}
	if strings.ContainsFunc(template, func(r rune) bool { return unsafeInText(r) || r == ' ' || r == '\\' }) {
		return errors.New("must not hold spaces, backslashes or control characters")
	}
	scheme, rest, found := strings.Cut(template, "://")
	if !found || (!strings.EqualFold(scheme, "http") && !strings.EqualFold(scheme, "https")) {
		return errors.New("must begin with https:// or http://")
	}
	authority := rest
	if end := strings.IndexAny(rest, "/?#"); end >= 0 {
		authority = rest[:end]
	}
	if strings.ContainsAny(authority, "{}") {
		// A caller must not choose which host his number is sent to.
		return errors.New("must not hold a placeholder before the path")
	}
	sample, err := expand(template, func(name string) (string, bool) {
		return "x", slices.Contains(Placeholders(), name)
	})
	if err != nil {
		return err
	}
	parsed, err := url.Parse(sample)
	if err != nil || parsed.Hostname() == "" {
		return errors.New("must be a complete address with a host")
	}
	return nil
}

// ExpandURL replaces the placeholders of a checked template by the values,
// percent-encoded so that no value can add a parameter or a path. A name
// without a value becomes empty, as does the address of a template that would
// be refused.
func ExpandURL(template string, values map[string]string) string {
	if template == "" || CheckURLTemplate(template) != nil {
		return ""
	}
	expanded, err := expand(template, func(name string) (string, bool) {
		// QueryEscape escapes all but the unreserved characters of RFC 3986
		// §2.3; the space is the one it writes for forms only.
		return strings.ReplaceAll(url.QueryEscape(values[name]), "+", "%20"), true
	})
	if err != nil {
		return ""
	}
	return expanded
}

// expand replaces each {name} by what value returns.
func expand(template string, value func(name string) (string, bool)) (string, error) {
	var b strings.Builder
	for template != "" {
		brace := strings.IndexAny(template, "{}")
		if brace < 0 {
			b.WriteString(template)
			break
		}
		b.WriteString(template[:brace])
		name, rest, closed := strings.Cut(template[brace+1:], "}")
		if template[brace] == '}' || !closed {
			return "", errors.New("must close every { with a } and hold no other")
		}
		text, known := value(name)
		if !known {
			return "", fmt.Errorf("must hold no other placeholders than {%s}", strings.Join(Placeholders(), "} {"))
		}
		b.WriteString(text)
		template = rest
	}
	return b.String(), nil
}

func (c *checker) urlTemplate(field, template string) {
	if err := CheckURLTemplate(template); err != nil {
		c.invalid(field, "%s", err.Error())
	}
}
