package siptest

import (
	"bytes"
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Header is one header line of a SIP message.
type Header struct {
	// Name is the long form of the name, as in RFC 3261 §20.
	Name string
	// Value is the text behind the colon, unfolded and trimmed.
	Value string
}

// Message is a SIP request or response, RFC 3261 §7. It keeps its headers as
// text in the order they came in, so that tests see what was really sent.
type Message struct {
	// Method is the request's method; it is empty in a response.
	Method string
	// URI is the Request-URI as written.
	URI string
	// Status is the response's code, 100 to 699; it is 0 in a request.
	Status int
	// Reason is the reason phrase of a response.
	Reason string
	// Headers holds all the headers in order.
	Headers []Header
	// Body is the content, nil when there is none.
	Body []byte

	// Source is where a received message came from.
	Source netip.AddrPort
	// Transport is "udp" or "tcp" in a received message.
	Transport string
	// At is when the message was received.
	At time.Time
}

var errMalformed = errors.New("siptest: malformed message")

// ParseMessage reads one whole message, as a datagram carries it. A
// Content-Length shorter than the body cuts the body; without one the body
// is the rest of the data (RFC 3261 §18.3).
func ParseMessage(data []byte) (*Message, error) {
	head, body, found := bytes.Cut(data, []byte("\r\n\r\n"))
	if !found {
		return nil, fmt.Errorf("%w: no empty line after the headers", errMalformed)
	}
	lines := strings.Split(string(head), "\r\n")
	m := &Message{}
	if err := m.parseStart(lines[0]); err != nil {
		return nil, err
	}
	for _, line := range lines[1:] {
		if line != "" && (line[0] == ' ' || line[0] == '\t') && len(m.Headers) > 0 {
			last := &m.Headers[len(m.Headers)-1]
			last.Value += " " + strings.TrimSpace(line)
			continue
		}
		name, value, ok := strings.Cut(line, ":")
		if !ok {
			return nil, fmt.Errorf("%w: header without a colon: %q", errMalformed, line)
		}
		m.Headers = append(m.Headers, Header{longName(strings.TrimSpace(name)), strings.TrimSpace(value)})
	}
	if text := m.Get("Content-Length"); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil || n < 0 || n > len(body) {
			return nil, fmt.Errorf("%w: content length %q with %d bytes", errMalformed, text, len(body))
		}
		body = body[:n]
	}
	if len(body) > 0 {
		m.Body = bytes.Clone(body)
	}
	return m, nil
}

func (m *Message) parseStart(line string) error {
	parts := strings.SplitN(line, " ", 3)
	if len(parts) < 2 {
		return fmt.Errorf("%w: first line %q", errMalformed, line)
	}
	if parts[0] == "SIP/2.0" {
		status, err := strconv.Atoi(parts[1])
		if err != nil || status < 100 || status > 699 {
			return fmt.Errorf("%w: status %q", errMalformed, parts[1])
		}
		m.Status = status
		if len(parts) == 3 {
			m.Reason = parts[2]
		}
		return nil
	}
	if len(parts) != 3 || parts[2] != "SIP/2.0" {
		return fmt.Errorf("%w: first line %q", errMalformed, line)
	}
	m.Method, m.URI = parts[0], parts[1]
	return nil
}

// longName undoes the compact forms of RFC 3261 §7.3.3 and its extensions.
func longName(name string) string {
	if len(name) != 1 {
		return name
	}
	switch name[0] | 0x20 {
	case 'i':
		return "Call-ID"
	case 'm':
		return "Contact"
	case 'l':
		return "Content-Length"
	case 'c':
		return "Content-Type"
	case 'f':
		return "From"
	case 'k':
		return "Supported"
	case 't':
		return "To"
	case 'v':
		return "Via"
	case 'x':
		return "Session-Expires"
	case 'o':
		return "Event"
	case 'r':
		return "Refer-To"
	case 'b':
		return "Referred-By"
	}
	return name
}

// Bytes writes the message as it goes onto the wire, with the Content-Length
// of its body.
func (m *Message) Bytes() []byte {
	var b bytes.Buffer
	if m.Method != "" {
		fmt.Fprintf(&b, "%s %s SIP/2.0\r\n", m.Method, m.URI)
	} else {
		fmt.Fprintf(&b, "SIP/2.0 %d %s\r\n", m.Status, m.Reason)
	}
	for _, h := range m.Headers {
		if !strings.EqualFold(h.Name, "Content-Length") {
			fmt.Fprintf(&b, "%s: %s\r\n", h.Name, h.Value)
		}
	}
	fmt.Fprintf(&b, "Content-Length: %d\r\n\r\n", len(m.Body))
	b.Write(m.Body)
	return b.Bytes()
}

// Get returns the value of the first header of that name, or "".
func (m *Message) Get(name string) string {
	for _, h := range m.Headers {
		if strings.EqualFold(h.Name, name) {
			return h.Value
		}
	}
	return ""
}

// Values returns the values of all headers of that name, in order.
func (m *Message) Values(name string) []string {
	var values []string
	for _, h := range m.Headers {
		if strings.EqualFold(h.Name, name) {
			values = append(values, h.Value)
		}
	}
	return values
}

// Lists reports whether a comma-separated header such as Supported, Require
// or Allow-Events holds the token, in any letter case.
func (m *Message) Lists(name, token string) bool {
	for _, value := range m.Values(name) {
		for item := range strings.SplitSeq(value, ",") {
			if strings.EqualFold(strings.TrimSpace(item), token) {
				return true
			}
		}
	}
	return false
}

// Set replaces all headers of that name by one.
func (m *Message) Set(name, value string) {
	at := slices.IndexFunc(m.Headers, func(h Header) bool { return strings.EqualFold(h.Name, name) })
	if at < 0 {
		m.Add(name, value)
		return
	}
	m.Headers[at].Value = value
	rest := slices.DeleteFunc(m.Headers[at+1:], func(h Header) bool { return strings.EqualFold(h.Name, name) })
	m.Headers = m.Headers[:at+1+len(rest)]
}

// Add appends a header.
func (m *Message) Add(name, value string) {
	m.Headers = append(m.Headers, Header{name, value})
}

// Clone returns a copy that shares nothing with the original.
func (m *Message) Clone() *Message {
	c := *m
	c.Headers = slices.Clone(m.Headers)
	c.Body = bytes.Clone(m.Body)
	return &c
}

// CallID returns the Call-ID.
func (m *Message) CallID() string { return m.Get("Call-ID") }

// Branch returns the branch parameter of the topmost Via.
func (m *Message) Branch() string { return headerParam(m.Get("Via"), "branch") }

// From returns the parsed From header.
func (m *Message) From() Address { return ParseAddress(m.Get("From")) }

// To returns the parsed To header.
func (m *Message) To() Address { return ParseAddress(m.Get("To")) }

// AssertedIdentity returns the parsed P-Asserted-Identity, zero when absent.
func (m *Message) AssertedIdentity() Address { return ParseAddress(m.Get("P-Asserted-Identity")) }

// CSeq returns the number and the method of the CSeq header.
func (m *Message) CSeq() (number uint32, method string) {
	text, method, _ := strings.Cut(m.Get("CSeq"), " ")
	n, err := strconv.ParseUint(text, 10, 32)
	if err != nil {
		return 0, ""
	}
	return uint32(n), strings.TrimSpace(method)
}

// Address is what From, To, Contact and P-Asserted-Identity hold.
type Address struct {
	// Display is the display name without its quotes.
	Display string
	// URI is the whole URI with its parameters.
	URI string
	// User is the user part of the URI, unescaped characters as they came.
	User string
	// Host is the host and, where given, the port of the URI.
	Host string
	// Tag is the tag parameter.
	Tag string
}

// ParseAddress reads a name-addr or addr-spec of RFC 3261 §25.1.
func ParseAddress(text string) Address {
	var a Address
	text = strings.TrimSpace(text)
	rest := text
	if strings.HasPrefix(text, `"`) {
		end := closingQuote(text)
		a.Display = unquote(text[1:end])
		rest = text[min(end+1, len(text)):]
	}
	params := ""
	if open := strings.IndexByte(rest, '<'); open >= 0 {
		if a.Display == "" {
			a.Display = strings.TrimSpace(rest[:open])
		}
		a.URI, params, _ = strings.Cut(rest[open+1:], ">")
	} else {
		// Without angle brackets the parameters are the header's.
		a.URI, params, _ = strings.Cut(strings.TrimSpace(rest), ";")
		params = ";" + params
	}
	a.Tag = headerParam(params, "tag")
	a.User, a.Host = splitURI(a.URI)
	return a
}

func closingQuote(text string) int {
	for i := 1; i < len(text); i++ {
		switch text[i] {
		case '\\':
			i++
		case '"':
			return i
		}
	}
	return len(text)
}

func unquote(text string) string {
	if !strings.Contains(text, `\`) {
		return text
	}
	var b strings.Builder
	for i := 0; i < len(text); i++ {
		if text[i] == '\\' && i+1 < len(text) {
			i++
		}
		b.WriteByte(text[i])
	}
	return b.String()
}

func quote(text string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(text) + `"`
}

func splitURI(uri string) (user, host string) {
	_, rest, ok := strings.Cut(uri, ":")
	if !ok {
		return "", ""
	}
	if strings.HasPrefix(strings.ToLower(uri), "tel:") {
		user, _, _ = strings.Cut(rest, ";")
		return user, ""
	}
	rest, _, _ = strings.Cut(rest, "?")
	if at := strings.LastIndexByte(rest, '@'); at >= 0 {
		user, rest = rest[:at], rest[at+1:]
	}
	host, _, _ = strings.Cut(rest, ";")
	return user, host
}

// headerParam finds ;name=value in a header's value. It is used for Via, tags
// and Session-Expires, none of which quote semicolons.
func headerParam(value, name string) string {
	for part := range strings.SplitSeq(value, ";") {
		key, val, _ := strings.Cut(part, "=")
		if strings.EqualFold(strings.TrimSpace(key), name) {
			return strings.TrimSpace(val)
		}
	}
	return ""
}

// reasonPhrase returns the customary words for a status of RFC 3261 §21.
func reasonPhrase(status int) string {
	phrases := map[int]string{
		100: "Trying", 180: "Ringing", 183: "Session Progress", 200: "OK", 202: "Accepted",
		301: "Moved Permanently", 302: "Moved Temporarily", 400: "Bad Request", 401: "Unauthorized",
		403: "Forbidden", 404: "Not Found", 405: "Method Not Allowed", 407: "Proxy Authentication Required",
		408: "Request Timeout", 420: "Bad Extension", 421: "Extension Required", 423: "Interval Too Brief",
		480: "Temporarily Unavailable", 481: "Call/Transaction Does Not Exist", 486: "Busy Here",
		487: "Request Terminated", 488: "Not Acceptable Here", 491: "Request Pending",
		500: "Server Internal Error", 503: "Service Unavailable", 600: "Busy Everywhere", 603: "Decline",
	}
	if phrase := phrases[status]; phrase != "" {
		return phrase
	}
	return "Status " + strconv.Itoa(status)
}
