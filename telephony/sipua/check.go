package sipua

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"
)

// knownMethods returns whether a method is one of SIP, and whether this user agent carries it out.
func knownMethods(method string) (known, served bool) {
	switch method {
	case "INVITE", "ACK", "BYE", "CANCEL", "OPTIONS", "REGISTER", "PRACK", "UPDATE", "INFO", "REFER", "NOTIFY":
		return true, true
	case "MESSAGE", "SUBSCRIBE", "PUBLISH":
		return true, false
	}
	return false, false
}

// What this user agent states about itself.
const (
	allowValue     = "INVITE, ACK, CANCEL, BYE, OPTIONS, PRACK, UPDATE, INFO, REFER, NOTIFY"
	supportedValue = "100rel, timer"
	acceptValue    = "application/sdp"
)

// check applies the rules every request has to meet before anything else looks at it, and returns the status that
// refuses it, 0 for none. fault is what parseMessage found.
func check(m *message, fault error) (status int, extra []Header) {
	if m.version != "SIP/2.0" && strings.HasPrefix(strings.ToUpper(m.version), "SIP/") && !strings.EqualFold(m.version, "SIP/2.0") {
		return 505, nil
	}
	if fault != nil {
		return 400, nil
	}
	for _, name := range []string{"From", "To", "Call-ID", "CSeq"} {
		if len(m.all(name)) != 1 {
			return 400, nil
		}
	}
	for _, name := range []string{"Max-Forwards", "Content-Type", "Expires", "Event", "Session-Expires", "Min-SE"} {
		if len(m.all(name)) > 1 {
			return 400, nil
		}
	}
	if m.callID() == "" || len(m.callID()) > 256 || strings.ContainsAny(m.callID(), " \t") {
		return 400, nil
	}
	if !m.has("Via") {
		return 400, nil
	}
	if _, method := m.cseq(); method != m.method {
		return 400, nil
	}
	if m.method == "REGISTER" {
		for _, c := range m.all("Contact") {
			if c == "*" {
				continue
			}
			if _, err := parseNameAddr(c); err != nil {
				return 400, nil
			}
		}
	}
	u, err := parseURI(m.uri)
	switch {
	case err != nil:
		return 400, nil
	case u.scheme != "sip" && u.scheme != "sips" && u.scheme != "tel":
		return 416, nil
	case u.headers != "": // RFC 3261 §19.1.1: none in a Request-URI
		return 400, nil
	case u.params != nil && hasMethodParam(u.params):
		return 400, nil
	}
	if known, served := knownMethods(m.method); !known {
		return 501, []Header{{"Allow", allowValue}}
	} else if !served {
		return 405, []Header{{"Allow", allowValue}}
	}
	return checkBody(m)
}

func hasMethodParam(p params) bool {
	_, ok := p.get("method")
	return ok
}

// checkBody refuses extensions (RFC 3261 §8.2.2.3), hops (§16.3) and bodies (§8.2.3) that we cannot take.
func checkBody(m *message) (status int, extra []Header) {
	if m.method == "ACK" || m.method == "CANCEL" {
		return 0, nil
	}
	var unsupported []string
	for _, t := range m.tokens("Require") {
		if !strings.EqualFold(t, "100rel") && !strings.EqualFold(t, "timer") {
			unsupported = append(unsupported, t)
		}
	}
	if len(unsupported) > 0 {
		return 420, []Header{{"Unsupported", strings.Join(unsupported, ", ")}}
	}
	switch m.method {
	case "INVITE", "UPDATE", "PRACK":
		if m.method == "INVITE" && m.get("Max-Forwards") == "0" {
			return 483, nil
		}
		if _, ok := m.sdp(); !ok {
			return 415, []Header{{"Accept", acceptValue}, {"Accept-Encoding", "identity"}}
		}
	}
	return 0, nil
}

// ensureBranch gives a request of an RFC 2543 client, whose Via has no usable branch, one that is the same for all
// its retransmissions (RFC 3261 §17.2.3 lists what identifies them).
func ensureBranch(m *message) {
	v, err := parseVia(m.get("Via"))
	if err != nil {
		return
	}
	const magic = "z9hG4bK"
	if b, _ := v.params.get("branch"); strings.HasPrefix(b, magic) && len(b) > len(magic) {
		return
	}
	n, _, _ := strings.Cut(m.get("CSeq"), " ")
	sum := sha256.Sum256([]byte(v.String() + "\x00" + m.fromTag() + "\x00" + m.callID() + "\x00" + n + "\x00" + m.uri))
	v.params = v.params.set("branch", magic+"-2543-"+hex.EncodeToString(sum[:8]))
	m.set("Via", v.String())
}
