package sipua

import (
	"bytes"
	"errors"
	"net/netip"
	"slices"
	"strconv"
	"strings"
)

// message is a SIP message as this package reads and writes it: header fields in order, long names, unfolded
// values. It is read from the network before the SIP library sees anything, so that what the library is given is
// always in one plain form.
type message struct {
	method  string // of a request, as on the wire: methods are case-sensitive (RFC 3261 §7.1)
	uri     string
	version string
	status  int // of a response
	reason  string
	fields  []Header
	body    []byte

	source    netip.AddrPort
	local     netip.AddrPort
	transport string
}

var errNotSIP = errors.New("not a SIP message")

// syntaxError is a fault in a message that is otherwise recognisable enough to be refused with a status.
type syntaxError struct{ text string }

func (e *syntaxError) Error() string { return "malformed message: " + e.text }

// longName returns the canonical spelling of a header name: compact forms are spelled out (RFC 3261 §7.3.3 and
// the registry), known names get their usual capitals, others stay as they are.
func longName(name string) string {
	switch strings.ToLower(name) {
	case "v", "via":
		return "Via"
	case "f", "from":
		return "From"
	case "t", "to":
		return "To"
	case "i", "call-id":
		return "Call-ID"
	case "cseq":
		return "CSeq"
	case "max-forwards":
		return "Max-Forwards"
	case "l", "content-length":
		return "Content-Length"
	case "c", "content-type":
		return "Content-Type"
	case "e", "content-encoding":
		return "Content-Encoding"
	case "m", "contact":
		return "Contact"
	case "k", "supported":
		return "Supported"
	case "u", "allow-events":
		return "Allow-Events"
	case "o", "event":
		return "Event"
	case "r", "refer-to":
		return "Refer-To"
	case "b", "referred-by":
		return "Referred-By"
	case "s", "subject":
		return "Subject"
	case "x", "session-expires":
		return "Session-Expires"
	case "d", "request-disposition":
		return "Request-Disposition"
	case "y", "identity":
		return "Identity"
	}
	return name
}

// parseMessage reads one message. A nil message means that the bytes cannot be answered; a message with an error,
// that they are a request with a fault.
func parseMessage(raw []byte, l *Limits) (*message, error) {
	before, after, ok := bytes.Cut(raw, []byte("\r\n\r\n"))
	complete := ok
	head := raw
	if complete {
		head = before
	}
	lines := strings.Split(string(head), "\r\n")
	m := &message{}
	if !m.parseStartLine(lines[0]) {
		return nil, errNotSIP
	}
	fault := m.parseFields(lines[1:], l)
	if !complete {
		return m, &syntaxError{"no end of the header section"}
	}
	body := after
	if err := m.takeBody(body); err != nil && fault == nil {
		fault = err
	}
	if fault != nil {
		return m, fault
	}
	return m, m.tidy()
}

// parseStartLine reads a request or status line; RFC 3261 §7.1 and §7.2 allow exactly one space between the parts.
func (m *message) parseStartLine(line string) bool {
	if rest, ok := strings.CutPrefix(line, "SIP/2.0 "); ok {
		code, reason, _ := strings.Cut(rest, " ")
		n, err := strconv.Atoi(code)
		if err != nil || n < 100 || n > 699 || len(code) != 3 {
			return false
		}
		m.status, m.reason, m.version = n, reason, "SIP/2.0"
		return true
	}
	parts := strings.Split(line, " ")
	if len(parts) < 3 || !isToken(parts[0]) {
		return false
	}
	m.method, m.version = parts[0], parts[len(parts)-1]
	m.uri = strings.Join(parts[1:len(parts)-1], " ")
	return len(m.version) > 4 && strings.EqualFold(m.version[:4], "SIP/")
}

func isToken(s string) bool {
	if s == "" {
		return false
	}
	for i := range len(s) {
		c := s[i]
		switch {
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c >= '0' && c <= '9':
		case strings.IndexByte("-.!%*_+`'~", c) >= 0:
		default:
			return false
		}
	}
	return true
}

func (m *message) parseFields(lines []string, l *Limits) error {
	var fault error
	for i := 0; i < len(lines); {
		line := lines[i]
		i++
		for i < len(lines) && len(lines[i]) > 0 && (lines[i][0] == ' ' || lines[i][0] == '\t') {
			line = strings.TrimRight(line, " \t") + " " + strings.TrimLeft(lines[i], " \t")
			i++
		}
		name, value, ok := strings.Cut(line, ":")
		name = strings.TrimSpace(name)
		switch {
		case !ok || !isToken(name):
			fault = &syntaxError{"header field without name"}
			continue
		case len(line) > l.HeaderLine:
			fault = &syntaxError{"header field too long"}
			continue
		case len(m.fields) >= l.Headers:
			return &syntaxError{"too many header fields"}
		case strings.Count(line, ";") > l.HeaderParams*(1+strings.Count(line, ",")):
			fault = &syntaxError{"too many parameters"}
			continue
		}
		name, value = longName(name), strings.TrimSpace(value)
		if strings.ContainsAny(value, "\r\n") || strings.Contains(value, "\x00") && name != "From" && name != "To" {
			fault = &syntaxError{"control character in a header field"} // escaped NUL may be in a display name; tidy drops it
			continue
		}
		switch name {
		case "Via", "Record-Route", "Route", "Contact":
			for _, v := range splitList(value) {
				m.fields = append(m.fields, Header{name, v})
			}
		default:
			m.fields = append(m.fields, Header{name, value})
		}
	}
	return fault
}

// takeBody applies Content-Length (RFC 3261 §18.3): bytes after it are ignored, fewer are a fault.
func (m *message) takeBody(body []byte) error {
	lengths := m.all("Content-Length")
	m.drop("Content-Length")
	m.body = body
	for i, v := range lengths {
		n, err := strconv.ParseUint(v, 10, 24)
		if err != nil {
			return &syntaxError{"content length is no number"}
		}
		if i > 0 && v != lengths[0] {
			return &syntaxError{"content length twice"}
		}
		if int(n) > len(body) {
			return &syntaxError{"body shorter than its length"}
		}
		m.body = body[:n]
	}
	if len(m.body) == 0 {
		m.body = nil
	}
	return nil
}

// tidy rewrites the header fields that the SIP library interprets into their plain form, so that white space and
// quoting tricks (RFC 4475 §3.1.1.1) are read here and nowhere else.
func (m *message) tidy() error {
	for i := range m.fields {
		f := &m.fields[i]
		switch f.Name {
		case "Via":
			v, err := parseVia(f.Value)
			if err != nil {
				return err
			}
			f.Value = v.String()
		case "From", "To":
			a, err := parseNameAddr(f.Value)
			if err != nil {
				return err
			}
			f.Value = a.String()
		case "CSeq":
			n, method, ok := parseCSeq(f.Value)
			if !ok {
				return &syntaxError{"CSeq"}
			}
			f.Value = strconv.FormatUint(uint64(n), 10) + " " + method
		case "Max-Forwards":
			n, err := strconv.ParseUint(f.Value, 10, 8)
			if err != nil {
				return &syntaxError{"Max-Forwards is not 0–255"}
			}
			f.Value = strconv.FormatUint(n, 10)
		}
	}
	return nil
}

// parseCSeq reads "number method"; numbers go up to 2^31-1 (RFC 3261 §8.1.1.5).
func parseCSeq(v string) (n uint32, method string, ok bool) {
	parts := strings.Fields(v)
	if len(parts) != 2 || !isToken(parts[1]) {
		return 0, "", false
	}
	u, err := strconv.ParseUint(parts[0], 10, 31)
	return uint32(u), parts[1], err == nil
}

// get returns the first value of a header field, "" without one.
func (m *message) get(name string) string {
	for i := range m.fields {
		if strings.EqualFold(m.fields[i].Name, name) {
			return m.fields[i].Value
		}
	}
	return ""
}

func (m *message) has(name string) bool {
	return slices.ContainsFunc(m.fields, func(f Header) bool { return strings.EqualFold(f.Name, name) })
}

func (m *message) all(name string) []string {
	var out []string
	for i := range m.fields {
		if strings.EqualFold(m.fields[i].Name, name) {
			out = append(out, m.fields[i].Value)
		}
	}
	return out
}

// tokens returns the comma-separated tokens of every field of a name.
func (m *message) tokens(name string) []string {
	var out []string
	for _, v := range m.all(name) {
		for t := range strings.SplitSeq(v, ",") {
			if t = strings.TrimSpace(t); t != "" {
				out = append(out, t)
			}
		}
	}
	return out
}

func (m *message) hasToken(name, token string) bool {
	return slices.ContainsFunc(m.tokens(name), func(t string) bool { return strings.EqualFold(t, token) })
}

func (m *message) add(name, value string) { m.fields = append(m.fields, Header{name, value}) }

func (m *message) set(name, value string) {
	for i := range m.fields {
		if strings.EqualFold(m.fields[i].Name, name) {
			m.fields[i].Value = value
			return
		}
	}
	m.add(name, value)
}

func (m *message) drop(name string) {
	m.fields = slices.DeleteFunc(m.fields, func(f Header) bool { return strings.EqualFold(f.Name, name) })
}

func (m *message) callID() string { return m.get("Call-ID") }

func (m *message) cseq() (uint32, string) {
	n, method, _ := parseCSeq(m.get("CSeq"))
	return n, method
}

func (m *message) fromTag() string { return tagOf(m.get("From")) }
func (m *message) toTag() string   { return tagOf(m.get("To")) }

func tagOf(v string) string {
	a, err := parseNameAddr(v)
	if err != nil {
		return ""
	}
	tag, _ := a.params.get("tag")
	return tag
}

func (m *message) branch() string {
	v, err := parseVia(m.get("Via"))
	if err != nil {
		return ""
	}
	b, _ := v.params.get("branch")
	return b
}

// encode writes the message for the wire.
func (m *message) encode() []byte {
	var b bytes.Buffer
	b.Grow(512 + len(m.body))
	if m.status != 0 {
		b.WriteString("SIP/2.0 " + strconv.Itoa(m.status) + " " + m.reason)
	} else {
		b.WriteString(m.method + " " + m.uri + " SIP/2.0")
	}
	b.WriteString("\r\n")
	for _, f := range m.fields {
		b.WriteString(f.Name)
		b.WriteString(": ")
		b.WriteString(f.Value)
		b.WriteString("\r\n")
	}
	b.WriteString("Content-Length: " + strconv.Itoa(len(m.body)) + "\r\n\r\n")
	b.Write(m.body)
	return b.Bytes()
}

// respond builds the response to a request (RFC 3261 §8.2.6). The top Via tells the sender what its address looks
// like from here (RFC 3581 §4). A tag is put into To unless it has one or tag is empty.
func (m *message) respond(status int, tag string, extra ...Header) *message {
	r := &message{
		status: status, reason: phrase(status), version: "SIP/2.0",
		source: m.source, local: m.local, transport: m.transport,
	}
	r.fields = make([]Header, 0, 8+len(extra))
	first := true
	for _, f := range m.fields {
		switch f.Name {
		case "Via":
			if first {
				f.Value = viaAsSeen(f.Value, m.source)
				first = false
			}
			r.fields = append(r.fields, f)
		case "To":
			if tag != "" && tagOf(f.Value) == "" {
				f.Value += ";tag=" + tag
			}
			r.fields = append(r.fields, f)
		case "From", "Call-ID", "CSeq":
			r.fields = append(r.fields, f)
		case "Timestamp":
			if status == 100 {
				r.fields = append(r.fields, f)
			}
		case "Record-Route":
			if m.method == "INVITE" && status > 100 && status < 300 {
				r.fields = append(r.fields, f)
			}
		}
	}
	r.fields = append(r.fields, extra...)
	return r
}

// sdp returns the session description of the body, looking into multipart/mixed; ok is false when there is a body
// that holds none.
func (m *message) sdp() (sdp []byte, ok bool) {
	if len(m.body) == 0 {
		return nil, true
	}
	if enc := m.get("Content-Encoding"); enc != "" && !strings.EqualFold(enc, "identity") {
		return nil, false
	}
	return sdpPart(m.get("Content-Type"), m.body, 0)
}

func sdpPart(contentType string, body []byte, depth int) ([]byte, bool) {
	kind, params := splitParams(contentType)
	switch kind = strings.ToLower(kind); {
	case kind == "application/sdp" || kind == "":
		return body, true
	case !strings.HasPrefix(kind, "multipart/") || depth > 2:
		return nil, false
	}
	boundary, _ := params.get("boundary")
	boundary = unquote(boundary)
	if boundary == "" {
		return nil, false
	}
	for part := range bytes.SplitSeq(body, []byte("--"+boundary)) {
		head, content, found := bytes.Cut(part, []byte("\r\n\r\n"))
		if !found {
			continue
		}
		for line := range strings.SplitSeq(string(head), "\r\n") {
			name, value, _ := strings.Cut(line, ":")
			if longName(strings.TrimSpace(name)) != "Content-Type" {
				continue
			}
			if sdp, ok := sdpPart(strings.TrimSpace(value), bytes.TrimSuffix(content, []byte("\r\n")), depth+1); ok {
				return sdp, true
			}
		}
	}
	return nil, false
}
