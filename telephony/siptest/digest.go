package siptest

import (
	"crypto/md5"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
)

// The digest algorithms of RFC 7616 and of the phones in the field.
const (
	MD5    = "MD5"
	SHA256 = "SHA-256"
)

// challenge is one WWW-Authenticate or Proxy-Authenticate header.
type challenge struct {
	realm, nonce, opaque, algorithm string
	qop                             bool // auth is offered
	proxy                           bool // came with a 407
}

// parseChallenges reads the challenges of a 401 or 407 that we can answer.
func parseChallenges(m *Message) []challenge {
	name, proxy := "WWW-Authenticate", false
	if m.Status == 407 {
		name, proxy = "Proxy-Authenticate", true
	}
	var all []challenge
	for _, value := range m.Values(name) {
		params, ok := authParams(value)
		if !ok || params["nonce"] == "" {
			continue
		}
		c := challenge{
			realm: params["realm"], nonce: params["nonce"], opaque: params["opaque"],
			algorithm: strings.ToUpper(params["algorithm"]), proxy: proxy,
		}
		if c.algorithm == "" {
			c.algorithm = MD5
		}
		for q := range strings.SplitSeq(params["qop"], ",") {
			c.qop = c.qop || strings.TrimSpace(q) == "auth"
		}
		if c.algorithm == MD5 || c.algorithm == SHA256 {
			all = append(all, c)
		}
	}
	return all
}

// strongest picks SHA-256 before MD5, else the first.
func strongest(all []challenge) (challenge, bool) {
	for _, c := range all {
		if c.algorithm == SHA256 {
			return c, true
		}
	}
	if len(all) == 0 {
		return challenge{}, false
	}
	return all[0], true
}

// authParams reads the parameters behind the word Digest.
func authParams(value string) (map[string]string, bool) {
	scheme, rest, _ := strings.Cut(strings.TrimSpace(value), " ")
	if !strings.EqualFold(scheme, "Digest") {
		return nil, false
	}
	params := make(map[string]string)
	for rest = strings.TrimSpace(rest); rest != ""; {
		key, after, ok := strings.Cut(rest, "=")
		if !ok {
			break
		}
		after = strings.TrimSpace(after)
		var val string
		if strings.HasPrefix(after, `"`) {
			end := closingQuote(after)
			val, after = unquote(after[1:end]), after[min(end+1, len(after)):]
			_, after, _ = strings.Cut(after, ",")
		} else {
			val, after, _ = strings.Cut(after, ",")
			val = strings.TrimSpace(val)
		}
		params[strings.ToLower(strings.TrimSpace(key))] = val
		rest = strings.TrimSpace(after)
	}
	return params, true
}

func digestHash(algorithm, text string) string {
	if algorithm == SHA256 {
		sum := sha256.Sum256([]byte(text))
		return hex.EncodeToString(sum[:])
	}
	sum := md5.Sum([]byte(text))
	return hex.EncodeToString(sum[:])
}

// digestResponse computes the response of RFC 7616 §3.4.1; nc and cnonce are
// empty when the challenge had no qop.
func digestResponse(algorithm, user, realm, password, method, uri, nonce, nc, cnonce string) string {
	ha1 := digestHash(algorithm, user+":"+realm+":"+password)
	ha2 := digestHash(algorithm, method+":"+uri)
	if cnonce == "" {
		return digestHash(algorithm, ha1+":"+nonce+":"+ha2)
	}
	return digestHash(algorithm, strings.Join([]string{ha1, nonce, nc, cnonce, "auth", ha2}, ":"))
}

// authorize answers the challenge on a request; count is how often its nonce
// has been used, from 1.
func (c challenge) authorize(req *Message, user, password string, count int) {
	name := "Authorization"
	if c.proxy {
		name = "Proxy-Authorization"
	}
	nc, cnonce := "", ""
	if c.qop {
		nc, cnonce = fmt.Sprintf("%08x", count), newToken()
	}
	response := digestResponse(c.algorithm, user, c.realm, password, req.Method, req.URI, c.nonce, nc, cnonce)
	var b strings.Builder
	fmt.Fprintf(&b, `Digest username=%s, realm=%s, nonce=%s, uri=%s, response="%s", algorithm=%s`,
		quote(user), quote(c.realm), quote(c.nonce), quote(req.URI), response, c.algorithm)
	if c.qop {
		fmt.Fprintf(&b, `, qop=auth, nc=%s, cnonce="%s"`, nc, cnonce)
	}
	if c.opaque != "" {
		fmt.Fprintf(&b, `, opaque=%s`, quote(c.opaque))
	}
	req.Set(name, b.String())
}

// verifyDigest checks a request's credentials against a challenge we made.
func verifyDigest(req *Message, proxy bool, algorithm, realm, user, password string, known func(nonce string) bool) bool {
	name := "Authorization"
	if proxy {
		name = "Proxy-Authorization"
	}
	p, ok := authParams(req.Get(name))
	if !ok || p["username"] != user || p["realm"] != realm || !known(p["nonce"]) {
		return false
	}
	if given := strings.ToUpper(p["algorithm"]); given != algorithm && (given != "" || algorithm != MD5) {
		return false
	}
	// The digest covers the URI named in it, so that one must be the request's.
	if p["uri"] != req.URI || p["qop"] != "auth" || p["nc"] == "" || p["cnonce"] == "" {
		return false
	}
	want := digestResponse(algorithm, user, realm, password, req.Method, p["uri"], p["nonce"], p["nc"], p["cnonce"])
	return p["response"] == want
}
