package siptest

import (
	"context"
	"fmt"
	"log/slog"
	"net/netip"
	"strconv"
	"strings"
	"sync"
	"time"
)

// TrunkConfig is the configuration of a carrier.
type TrunkConfig struct {
	// Server is where inbound calls are placed to: the system under test.
	Server netip.AddrPort
	// Transport is "udp", the default, or "tcp", for the calls it places.
	Transport string
	// Local is where the carrier listens, by default 127.0.0.1 at a free port.
	Local netip.AddrPort
	// Codecs are offered and accepted in this order, by default PCMA, PCMU and
	// telephone-event.
	Codecs []string
	// Number is the caller of calls it places without another one.
	Number string
	// Username and Password, when set, are asked for from who calls or
	// registers, by a challenge with Algorithm (MD5 by default, SHA256) and
	// Realm ("carrier" by default); Proxy asks with 407 instead of 401.
	Username, Password, Algorithm, Realm string
	Proxy                                bool
	// Register makes it take registrations. Expires is what it grants in
	// seconds, by default what is asked for.
	Register bool
	Expires  int
	// T1 is the round-trip estimate of RFC 3261 §17, by default 500 ms.
	T1 time.Duration
	// Log takes what goes wrong unseen; nil discards it.
	Log *slog.Logger
}

// Registration is one REGISTER that a carrier accepted.
type Registration struct {
	// Contact is the URI registered.
	Contact string
	// User is the user of the address of record.
	User string
	// Expires is the time granted in seconds; 0 unregisters.
	Expires int
	// Source is where the request came from.
	Source netip.AddrPort
	// At is when it came.
	At time.Time
}

// Trunk is a carrier: it takes the calls sent to it and places calls.
type Trunk struct {
	*agent
	config TrunkConfig

	guarded        sync.Mutex
	nonces         map[string]bool
	registrations  []Registration
	registerStatus int
}

// NewTrunk starts a carrier. It answers every call at once until OnCall or
// OnNumber says otherwise, answers OPTIONS, and ends with the context or
// Close.
func NewTrunk(ctx context.Context, config TrunkConfig) (*Trunk, error) {
	if config.Algorithm == "" {
		config.Algorithm = MD5
	}
	if config.Realm == "" {
		config.Realm = "carrier"
	}
	a, err := newAgent(ctx, agentConfig{
		local: config.Local, log: config.Log, t1: config.T1, codecs: config.Codecs,
		server: config.Server, transport: config.Transport, user: config.Number, name: "siptest trunk",
		authUser: config.Username, password: config.Password,
	})
	if err != nil {
		return nil, err
	}
	t := &Trunk{agent: a, config: config, nonces: make(map[string]bool)}
	a.admit = t.admitInvite
	if config.Register {
		a.register = t.takeRegister
	}
	a.start()
	return t, nil
}

// OnCall sets what calls to numbers without a behaviour of their own get from
// now on.
func (t *Trunk) OnCall(b Behaviour) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.any = b
}

// OnNumber sets what calls to one number get from now on; the number is the
// user part of the Request-URI, letter by letter.
func (t *Trunk) OnNumber(number string, b Behaviour) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.byNumber[number] = b
}

// Call places a call to a number at the server and returns at once.
func (t *Trunk) Call(ctx context.Context, called string, o DialOptions) (*Call, error) {
	return t.Dial(ctx, called, o)
}

// Registrations returns the registrations accepted, in order.
func (t *Trunk) Registrations() []Registration {
	t.guarded.Lock()
	defer t.guarded.Unlock()
	return append([]Registration(nil), t.registrations...)
}

// RefuseRegister answers further registrations with a status, after a correct
// answer to the challenge; 0 accepts them again.
func (t *Trunk) RefuseRegister(status int) {
	t.guarded.Lock()
	defer t.guarded.Unlock()
	t.registerStatus = status
}

// ForgetNonces makes every nonce given out stale.
func (t *Trunk) ForgetNonces() {
	t.guarded.Lock()
	defer t.guarded.Unlock()
	t.nonces = make(map[string]bool)
}

func (t *Trunk) knowsNonce(nonce string) bool {
	t.guarded.Lock()
	defer t.guarded.Unlock()
	return t.nonces[nonce]
}

func (t *Trunk) admitInvite(s *serverTx) bool { return t.authenticated(s, t.config.Proxy) }

// authenticated checks credentials, where any are asked for, and challenges a
// request without good ones.
func (t *Trunk) authenticated(s *serverTx, proxy bool) bool {
	if t.config.Username == "" {
		return true
	}
	if verifyDigest(s.req, proxy, t.config.Algorithm, t.config.Realm, t.config.Username, t.config.Password, t.knowsNonce) {
		return true
	}
	status, name, given := 401, "WWW-Authenticate", "Authorization"
	if proxy {
		status, name, given = 407, "Proxy-Authenticate", "Proxy-Authorization"
	}
	nonce := newToken()
	t.guarded.Lock()
	t.nonces[nonce] = true
	t.guarded.Unlock()
	value := fmt.Sprintf(`Digest realm=%s, nonce="%s", algorithm=%s, qop="auth"`,
		quote(t.config.Realm), nonce, t.config.Algorithm)
	if params, ok := authParams(s.req.Get(given)); ok && !t.knowsNonce(params["nonce"]) {
		value += ", stale=true"
	}
	s.reply(status, Header{name, value})
	return false
}

// takeRegister answers a REGISTER; a registrar asks with 401 always.
func (t *Trunk) takeRegister(s *serverTx) {
	if !t.authenticated(s, false) {
		return
	}
	contact := s.req.Get("Contact")
	_, params, _ := strings.Cut(contact, ">")
	asked, err := strconv.Atoi(headerParam(params, "expires"))
	if err != nil {
		if asked, err = strconv.Atoi(s.req.Get("Expires")); err != nil {
			asked = 3600
		}
	}
	if t.config.Expires > 0 && asked > 0 {
		asked = t.config.Expires
	}
	uri := ParseAddress(contact).URI
	t.guarded.Lock()
	refused := t.registerStatus
	if refused == 0 {
		t.registrations = append(t.registrations, Registration{
			Contact: uri, User: s.req.To().User, Expires: asked, Source: s.req.Source, At: s.req.At,
		})
	}
	t.guarded.Unlock()
	if refused != 0 {
		s.reply(refused)
		return
	}
	s.reply(200, Header{"Contact", fmt.Sprintf("<%s>;expires=%d", uri, asked)})
}
