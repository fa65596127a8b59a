package sipua

import (
	"crypto/hmac"
	"crypto/md5" //nolint:gosec // RFC 3261 digest: the algorithm phones have
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"hash"
	"net/netip"
	"strconv"
	"strings"
	"sync"
	"time"
)

// newHash returns the hash of an algorithm, nil for one we do not speak.
func (a Algorithm) newHash() hash.Hash {
	switch a {
	case MD5:
		return md5.New() //nolint:gosec // see the import
	case SHA256:
		return sha256.New()
	}
	return nil
}

func (a Algorithm) sum(parts ...string) string {
	h := a.newHash()
	h.Write([]byte(strings.Join(parts, ":")))
	return hex.EncodeToString(h.Sum(nil))
}

// HA1 returns the hex digest H(user:realm:password) that Account.HA1 holds (RFC 8760 §2).
func HA1(a Algorithm, user, realm, password string) string { return a.sum(user, realm, password) }

// credentials is a parsed Authorization or challenge header: the parameters of a Digest scheme.
type credentials map[string]string

// parseDigest reads "Digest a=b, c="d"" (RFC 7616 §3); nil for another scheme.
func parseDigest(v string) credentials {
	scheme, rest, ok := strings.Cut(strings.TrimSpace(v), " ")
	if !ok || !strings.EqualFold(scheme, "Digest") {
		return nil
	}
	c := credentials{}
	for _, item := range splitList(rest) {
		name, value, _ := strings.Cut(item, "=")
		c[strings.ToLower(strings.TrimSpace(name))] = unquote(strings.TrimSpace(value))
	}
	return c
}

// ours returns the credentials a request carries for a realm, nil without.
func (m *message) credentialsFor(realm string) credentials {
	for _, f := range m.fields {
		if !strings.EqualFold(f.Name, "Authorization") && !strings.EqualFold(f.Name, "Proxy-Authorization") {
			continue
		}
		if c := parseDigest(f.Value); c != nil && c["realm"] == realm {
			return c
		}
	}
	return nil
}

// nonceState is what a nonce turned out to be.
type nonceState int

const (
	nonceInvalid nonceState = iota // not made here, or for another address
	nonceStale                     // ours, but too old or used before
	nonceGood
)

// authenticator makes nonces, checks answers to them and locks those who guess.
//
// A nonce is time, random bytes and an HMAC over both and the address it was sent to: a captured answer is of no
// use from elsewhere, and nothing is stored for a challenge. What is stored, bounded, is the highest count used
// with a nonce, after a correct answer only.
type authenticator struct {
	realm  string
	limits *Limits
	secret [32]byte

	mu     sync.Mutex
	counts map[string]nonceUse
	fails  map[failKey]*failures
	swept  time.Time
}

type nonceUse struct {
	nc uint64
	at time.Time
}

type failKey struct {
	user string
	addr netip.Addr
}

type failures struct {
	first  time.Time
	n      int
	locked time.Time
}

const maxAuthTable = 65536

func newAuthenticator(realm string, l *Limits) *authenticator {
	a := &authenticator{realm: realm, limits: l, counts: map[string]nonceUse{}, fails: map[failKey]*failures{}}
	_, _ = rand.Read(a.secret[:])
	return a
}

func (a *authenticator) mac(head []byte, addr netip.Addr) []byte {
	h := hmac.New(sha256.New, a.secret[:])
	h.Write(head)
	b := addr.Unmap().As16()
	h.Write(b[:])
	return h.Sum(nil)[:16]
}

func (a *authenticator) nonce(now time.Time, addr netip.Addr) string {
	var b [32]byte
	binary.BigEndian.PutUint64(b[:8], uint64(now.UnixMilli()))
	_, _ = rand.Read(b[8:16])
	copy(b[16:], a.mac(b[:16], addr))
	return base64.RawURLEncoding.EncodeToString(b[:])
}

func (a *authenticator) nonceState(now time.Time, nonce string, addr netip.Addr) nonceState {
	b, err := base64.RawURLEncoding.DecodeString(nonce)
	if err != nil || len(b) != 32 || !hmac.Equal(b[16:], a.mac(b[:16], addr)) {
		return nonceInvalid
	}
	age := now.Sub(time.UnixMilli(int64(binary.BigEndian.Uint64(b[:8]))))
	if age < -time.Second || age > a.limits.NonceLife {
		return nonceStale
	}
	return nonceGood
}

// challenge returns the one WWW-Authenticate header of a 401.
func (a *authenticator) challenge(now time.Time, addr netip.Addr, alg Algorithm, stale bool) Header {
	v := fmt.Sprintf(`Digest realm=%s, nonce="%s", algorithm=%s, qop="auth"`, quote(a.realm), a.nonce(now, addr), alg)
	if stale {
		v += ", stale=true"
	}
	return Header{"WWW-Authenticate", v}
}

// verify checks an answer against the secrets (HA1) of all who have the user name, and returns the indexes of those it
// proves. Without a secret, or with an empty one, the same work is done, and all are tried whichever is right. While a
// user name is locked for an address every answer is wrong, right ones included, and looks no different.
func (a *authenticator) verify(now time.Time, m *message, c credentials, alg Algorithm, secrets ...string) (proven []int, stale bool) {
	state := a.nonceState(now, c["nonce"], m.source.Addr())
	if len(secrets) == 0 {
		secrets = []string{""}
	}
	ha2 := alg.sum(m.method, c["uri"])
	response := []byte(strings.ToLower(c["response"]))
	for i, ha1 := range secrets {
		absent := ha1 == ""
		if absent {
			ha1 = alg.sum("nobody", a.realm, "-")
		}
		want := alg.sum(ha1, c["nonce"], c["nc"], c["cnonce"], c["qop"], ha2)
		if subtle.ConstantTimeCompare([]byte(want), response) == 1 && !absent {
			proven = append(proven, i)
		}
	}
	named := c["algorithm"]
	formal := c["qop"] == "auth" && c["cnonce"] != "" && (strings.EqualFold(named, string(alg)) || named == "" && alg == MD5)
	nc, err := strconv.ParseUint(c["nc"], 16, 32)
	formal = formal && err == nil && sameTarget(c["uri"], m.uri)

	a.mu.Lock()
	defer a.mu.Unlock()
	a.sweep(now)
	key := failKey{c["username"], m.source.Addr()}
	f := a.fails[key]
	locked := f != nil && now.Before(f.locked)
	switch {
	case state == nonceInvalid:
		return nil, false
	case len(proven) == 0 || !formal || locked:
		if !locked {
			a.countFailure(now, key, f)
		}
		return nil, false
	case state == nonceStale:
		return nil, true
	}
	if use, seen := a.counts[c["nonce"]]; seen && nc <= use.nc || !seen && len(a.counts) >= maxAuthTable {
		return nil, true
	}
	a.counts[c["nonce"]] = nonceUse{nc, now}
	delete(a.fails, key)
	return proven, false
}

// sameTarget compares the digest's uri with the Request-URI. Phones and test tools differ in what they put into the
// one or the other (RFC 7616 §3.4.6 leaves the equivalence to the server): a user part, if there, must be the same,
// so that an answer cannot be used to call somebody else.
func sameTarget(a, b string) bool {
	x, err := parseURI(a)
	y, err2 := parseURI(b)
	return err == nil && err2 == nil && (x.user == "" || x.user == y.user)
}

func (a *authenticator) countFailure(now time.Time, key failKey, f *failures) {
	if f == nil || now.Sub(f.first) > a.limits.AuthWindow {
		if len(a.fails) >= maxAuthTable {
			return
		}
		f = &failures{first: now}
		a.fails[key] = f
	}
	f.n++
	if f.n >= a.limits.AuthFailures {
		f.locked = now.Add(a.limits.AuthWindow)
	}
}

func (a *authenticator) sweep(now time.Time) {
	if now.Sub(a.swept) < 10*time.Second {
		return
	}
	a.swept = now
	for k, u := range a.counts {
		if now.Sub(u.at) > 2*a.limits.NonceLife {
			delete(a.counts, k)
		}
	}
	for k, f := range a.fails {
		if now.Sub(f.first) > a.limits.AuthWindow && !now.Before(f.locked) {
			delete(a.fails, k)
		}
	}
}

// answerChallenge builds the Authorization or Proxy-Authorization header that answers a 401 or 407: the strongest
// challenge offered in an algorithm we speak (RFC 8760 §2.4). stale says that the server called our nonce old.
func answerChallenge(res *message, method, uri string, body []byte, user, password string) (h Header, stale, ok bool) {
	name, answer := "WWW-Authenticate", "Authorization"
	if res.status == 407 {
		name, answer = "Proxy-Authenticate", "Proxy-Authorization"
	}
	var best credentials
	var bestAlg Algorithm
	for _, v := range res.all(name) {
		c := parseDigest(v)
		if c == nil || c["nonce"] == "" {
			continue
		}
		alg := Algorithm(strings.ToUpper(c["algorithm"]))
		if alg == "" {
			alg = MD5
		}
		if alg.newHash() != nil && (best == nil || alg == SHA256 && bestAlg == MD5) {
			best, bestAlg = c, alg
		}
	}
	if best == nil || user == "" {
		return Header{}, false, false
	}
	ha1 := HA1(bestAlg, user, best["realm"], password)
	ha2 := bestAlg.sum(method, uri)
	qop := ""
	for q := range strings.SplitSeq(best["qop"], ",") {
		switch strings.ToLower(strings.TrimSpace(q)) {
		case "auth":
			qop = "auth"
		case "auth-int":
			if qop == "" {
				qop = "auth-int"
			}
		}
	}
	if qop == "auth-int" {
		ha2 = bestAlg.sum(method, uri, bestAlg.sum(string(body)))
	}
	v := fmt.Sprintf(`Digest username=%s, realm=%s, nonce=%s, uri=%s, algorithm=%s`,
		quote(user), quote(best["realm"]), quote(best["nonce"]), quote(uri), bestAlg)
	if qop == "" {
		v += `, response="` + bestAlg.sum(ha1, best["nonce"], ha2) + `"`
	} else {
		cnonce := token(8)
		v += fmt.Sprintf(`, qop=%s, nc=00000001, cnonce="%s", response="%s"`, qop, cnonce,
			bestAlg.sum(ha1, best["nonce"], "00000001", cnonce, qop, ha2))
	}
	if opaque, has := best["opaque"]; has {
		v += ", opaque=" + quote(opaque)
	}
	return Header{answer, v}, strings.EqualFold(best["stale"], "true"), true
}

// token returns n random bytes in hex.
func token(n int) string {
	b := make([]byte, n)
	_, _ = rand.Read(b)
	return hex.EncodeToString(b)
}
