package sipua

import (
	"net/netip"
	"strconv"
	"strings"
)

// param is one ;name=value parameter; the name is in lower case, the value as written.
type param struct {
	name, value string
	flag        bool // no "=" was there
}

type params []param

func (p params) get(name string) (string, bool) {
	for _, q := range p {
		if q.name == name {
			return q.value, true
		}
	}
	return "", false
}

func (p params) set(name, value string) params {
	for i := range p {
		if p[i].name == name {
			p[i].value, p[i].flag = value, false
			return p
		}
	}
	return append(p, param{name: name, value: value})
}

func (p params) without(name string) params {
	out := make(params, 0, len(p))
	for _, q := range p {
		if q.name != name {
			out = append(out, q)
		}
	}
	return out
}

func (p params) String() string {
	var b strings.Builder
	for _, q := range p {
		b.WriteString(";" + q.name)
		if !q.flag {
			b.WriteString("=" + q.value)
		}
	}
	return b.String()
}

// cutOutside cuts s at the first sep that stands outside of quotes and angle brackets.
func cutOutside(s string, sep byte) (before, after string, found bool) {
	quoted, angle := false, false
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case quoted && c == '\\':
			i++
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == sep && !angle:
			return s[:i], s[i+1:], true
		case c == '<':
			angle = true
		case c == '>':
			angle = false
		}
	}
	return s, "", false
}

// splitList splits a header value at its commas (RFC 3261 §7.3.1).
func splitList(s string) []string {
	var out []string
	for {
		item, rest, more := cutOutside(s, ',')
		if item = strings.TrimSpace(item); item != "" {
			out = append(out, item)
		}
		if !more {
			return out
		}
		s = rest
	}
}

// splitParams splits "value;a=b;c" into the value and its parameters.
func splitParams(s string) (string, params) {
	value, rest, more := cutOutside(s, ';')
	var out params
	for more {
		var item string
		item, rest, more = cutOutside(rest, ';')
		name, v, hasValue := strings.Cut(item, "=")
		name = strings.ToLower(strings.TrimSpace(name))
		if name == "" {
			continue
		}
		out = append(out, param{name: name, value: strings.TrimSpace(v), flag: !hasValue})
	}
	return strings.TrimSpace(value), out
}

func unquote(s string) string {
	if len(s) < 2 || s[0] != '"' || s[len(s)-1] != '"' {
		return s
	}
	s = s[1 : len(s)-1]
	if !strings.Contains(s, `\`) {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] == '\\' && i+1 < len(s) {
			i++
		}
		b.WriteByte(s[i])
	}
	return b.String()
}

// quote makes a quoted string; control characters, which no display name needs, are dropped.
func quote(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range s {
		switch {
		case r < ' ' || r == 0x7f:
		case r == '"' || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		default:
			b.WriteRune(r)
		}
	}
	b.WriteByte('"')
	return b.String()
}

// nameAddr is a name-addr or addr-spec with its header parameters (RFC 3261 §20.10).
type nameAddr struct {
	display string // unquoted
	uri     string
	params  params
}

func (a nameAddr) String() string {
	s := "<" + a.uri + ">" + a.params.String()
	if a.display != "" {
		s = quote(a.display) + " " + s
	}
	return s
}

// parseNameAddr reads a From, To, Contact or Route value. Without angle brackets everything after the first
// semicolon belongs to the header, and a comma, question mark or space makes it invalid (RFC 3261 §20).
func parseNameAddr(s string) (nameAddr, error) {
	value, ps := splitParams(s)
	a := nameAddr{params: ps}
	lt := -1
	if before, _, found := cutAngle(value); found {
		lt = len(before)
	}
	if lt < 0 {
		if value == "" || strings.ContainsAny(value, " \t\"<>?,") || !strings.Contains(value, ":") {
			return a, &syntaxError{"address"}
		}
		a.uri = value
		return a, nil
	}
	gt := strings.LastIndexByte(value, '>')
	if gt < lt || strings.TrimSpace(value[gt+1:]) != "" {
		return a, &syntaxError{"address without end"}
	}
	a.uri = value[lt+1 : gt]
	if a.uri == "" || strings.ContainsAny(a.uri, " \t<>\"") || !strings.Contains(a.uri, ":") {
		return a, &syntaxError{"URI in brackets"}
	}
	display := strings.TrimSpace(value[:lt])
	switch {
	case display == "":
	case display[0] == '"':
		if len(display) < 2 || !closedQuote(display) {
			return a, &syntaxError{"display name without closing quote"}
		}
		a.display = unquote(display)
	default:
		for word := range strings.FieldsSeq(display) {
			if !isToken(word) && !isUTF8Word(word) {
				return a, &syntaxError{"display name"}
			}
		}
		a.display = strings.Join(strings.Fields(display), " ")
	}
	return a, nil
}

// isUTF8Word lets names with letters outside of ASCII pass unquoted: phones send them and nobody is confused.
func isUTF8Word(s string) bool {
	for i := range len(s) {
		if s[i] < 0x80 && !isToken(s[i:i+1]) {
			return false
		}
	}
	return true
}

// closedQuote reports whether the quoted string that begins s ends exactly with s.
func closedQuote(s string) bool {
	for i := 1; i < len(s); i++ {
		switch s[i] {
		case '\\':
			i++
		case '"':
			return i == len(s)-1
		}
	}
	return false
}

// cutAngle cuts at the first "<" outside of quotes.
func cutAngle(s string) (before, after string, found bool) {
	quoted := false
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case quoted && c == '\\':
			i++
		case c == '"':
			quoted = !quoted
		case c == '<' && !quoted:
			return s[:i], s[i+1:], true
		}
	}
	return s, "", false
}

// sipURI is a SIP, SIPS or TEL URI taken apart (RFC 3261 §19.1, RFC 3966).
type sipURI struct {
	scheme  string // lower case
	user    string // escaped, with user parameters
	host    string // without brackets
	port    int    // 0 when absent
	params  params
	headers string
}

func parseURI(s string) (sipURI, error) {
	scheme, rest, ok := strings.Cut(s, ":")
	u := sipURI{scheme: strings.ToLower(scheme)}
	if !ok || !isToken(scheme) || rest == "" || strings.ContainsAny(s, " \t<>\"\r\n\x00") {
		return u, &syntaxError{"URI"}
	}
	switch u.scheme {
	case "sip", "sips":
	case "tel":
		u.user, u.params = splitParams(rest)
		return u, nil
	default:
		return u, nil
	}
	if at := strings.LastIndexByte(rest, '@'); at >= 0 { // a user part may hold "?" and ";", headers no bare "@"
		user, _, _ := strings.Cut(rest[:at], ":")
		u.user, rest = user, rest[at+1:]
		if !escapesOK(u.user) || u.user == "" {
			return u, &syntaxError{"user part"}
		}
	}
	rest, u.headers, _ = strings.Cut(rest, "?")
	rest, u.params = splitParams(rest)
	host, port, ok := splitHostPort(rest)
	if !ok {
		return u, &syntaxError{"host part"}
	}
	u.host, u.port = host, port
	return u, nil
}

// splitHostPort reads host, host:port or [v6]:port.
func splitHostPort(s string) (host string, port int, ok bool) {
	portText := ""
	if strings.HasPrefix(s, "[") {
		end := strings.IndexByte(s, ']')
		if end < 0 {
			return "", 0, false
		}
		host = s[1:end]
		if a, err := netip.ParseAddr(host); err != nil || !a.Is6() {
			return "", 0, false
		}
		rest := s[end+1:]
		if rest != "" && rest[0] != ':' {
			return "", 0, false
		}
		portText = strings.TrimPrefix(rest, ":")
		if rest == ":" {
			return "", 0, false
		}
	} else {
		var hasPort bool
		host, portText, hasPort = strings.Cut(s, ":")
		host = strings.TrimSpace(host)
		if host == "" || hasPort && strings.TrimSpace(portText) == "" {
			return "", 0, false
		}
		for i := range len(host) {
			switch c := host[i]; {
			case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c >= '0' && c <= '9', c == '-', c == '.', c == '_':
			default:
				return "", 0, false
			}
		}
	}
	if portText == "" {
		return host, 0, true
	}
	n, err := strconv.ParseUint(strings.TrimSpace(portText), 10, 16)
	return host, int(n), err == nil && n > 0
}

func escapesOK(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] == '%' {
			if i+2 >= len(s) {
				return false
			}
			if _, err := strconv.ParseUint(s[i+1:i+3], 16, 8); err != nil {
				return false
			}
			i += 2
		}
	}
	return true
}

// unescape resolves %xx; a broken escape stays as it is.
func unescape(s string) string {
	if !strings.Contains(s, "%") {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] == '%' && i+2 < len(s) {
			if n, err := strconv.ParseUint(s[i+1:i+3], 16, 8); err == nil {
				b.WriteByte(byte(n))
				i += 2
				continue
			}
		}
		b.WriteByte(s[i])
	}
	return b.String()
}

// escapeUser escapes a user part: unreserved and user-unreserved stay (RFC 3261 §25.1) but for ";", "?" and "/",
// which other software reads as structure.
func escapeUser(s string) string {
	var b strings.Builder
	for i := range len(s) {
		c := s[i]
		switch {
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c >= '0' && c <= '9', strings.IndexByte("-_.!~*'()&=+$,", c) >= 0:
			b.WriteByte(c)
		default:
			const hex = "0123456789ABCDEF"
			b.Write([]byte{'%', hex[c>>4], hex[c&15]})
		}
	}
	return b.String()
}

// hostText returns an address as the host part of a URI or Via.
func hostText(a netip.Addr) string {
	if a.Is6() && !a.Is4In6() {
		return "[" + a.WithZone("").String() + "]"
	}
	return a.Unmap().String()
}

// party reads the identity in a From, To or P-Asserted-Identity value.
func party(v string) Party {
	a, err := parseNameAddr(v)
	if err != nil {
		return Party{}
	}
	p := Party{Display: a.display}
	if u, err := parseURI(a.uri); err == nil {
		p.User, p.Host = subscriber(unescape(u.user)), u.host
	}
	return p
}

// subscriber takes the parameters off a user part that is a telephone number:
// carriers write "+33170200200;npdi" or ";phone-context=+33" there (RFC 3261
// §19.1.1, RFC 4694). Another user part may hold a semicolon of its own.
func subscriber(user string) string {
	if number, _, ok := strings.Cut(user, ";"); ok && isNumber(number) {
		return number
	}
	return user
}

// isNumber reports whether a user part is written as a telephone number (RFC 3966 §3).
func isNumber(user string) bool {
	return strings.ContainsAny(user, "0123456789") && strings.Trim(user, "+0123456789-.()*#") == ""
}

// via is one Via value (RFC 3261 §20.42).
type via struct {
	transport string // upper case
	host      string // with brackets if it had some
	port      int
	params    params
}

func parseVia(s string) (via, error) {
	value, ps := splitParams(s)
	name, rest, ok := strings.Cut(value, "/")
	version, rest, ok2 := strings.Cut(rest, "/")
	transport, sentBy, ok3 := strings.Cut(strings.TrimSpace(rest), " ")
	if !ok || !ok2 || !ok3 || !strings.EqualFold(strings.TrimSpace(name), "SIP") || strings.TrimSpace(version) != "2.0" || !isToken(transport) {
		return via{}, &syntaxError{"Via"}
	}
	sentBy = strings.ReplaceAll(sentBy, " ", "")
	host, port, ok := splitHostPort(sentBy)
	if !ok {
		return via{}, &syntaxError{"Via sent-by"}
	}
	if strings.Contains(host, ":") {
		host = "[" + host + "]"
	}
	return via{transport: strings.ToUpper(transport), host: host, port: port, params: ps}, nil
}

func (v via) String() string {
	s := "SIP/2.0/" + v.transport + " " + v.host
	if v.port > 0 {
		s += ":" + strconv.Itoa(v.port)
	}
	return s + v.params.String()
}

// viaAsSeen fills received and rport of a Via (RFC 3261 §18.2.1, RFC 3581 §4).
func viaAsSeen(value string, source netip.AddrPort) string {
	v, err := parseVia(value)
	if err != nil || !source.IsValid() {
		return value
	}
	rport, asked := v.params.get("rport")
	ip := source.Addr().Unmap()
	if asked && rport == "" {
		v.params = v.params.set("rport", strconv.Itoa(int(source.Port())))
		v.params = v.params.set("received", ip.String())
	} else if strings.Trim(v.host, "[]") != ip.String() {
		v.params = v.params.set("received", ip.String())
	}
	return v.String()
}
