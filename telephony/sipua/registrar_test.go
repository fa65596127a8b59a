package sipua

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// clock is a clock that tests move.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) add(d time.Duration) {
	c.mu.Lock()
	c.now = c.now.Add(d)
	c.mu.Unlock()
}

// memStore is a BindingStore.
type memStore struct {
	mu sync.Mutex
	m  map[string]Binding
}

func (s *memStore) Load(context.Context) ([]Binding, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []Binding
	for _, b := range s.m {
		out = append(out, b)
	}
	return out, nil
}

func (s *memStore) Save(_ context.Context, b Binding) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.m[b.Account+" "+b.Contact] = b
	return nil
}

func (s *memStore) Delete(_ context.Context, account, contact string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.m, account+" "+contact)
	return nil
}

func (s *memStore) size() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.m)
}

func phoneRig(t *testing.T, change func(*Config)) (*rig, *peer, *clock) {
	t.Helper()
	c := &clock{now: time.Unix(1_800_000_000, 0)}
	r := newRig(t, func(cfg *Config) {
		cfg.Now = c.Now
		if change != nil {
			change(cfg)
		}
	})
	r.u.SetAccounts([]Account{
		{Centre: "c1", ID: "a1", Username: "anna", Password: "secret", Enabled: true},
		{Centre: "c1", ID: "a2", Username: "off", Password: "secret"},
	})
	return r, newPeer(t, r), c
}

// authorize answers the challenge of a 401 in a copy of the request.
func (p *peer) authorize(m, res *message, user, password string) *message {
	p.t.Helper()
	h, _, ok := answerChallenge(res, m.method, m.uri, nil, user, password)
	if !ok {
		p.t.Fatalf("no challenge in\n%s", res.encode())
	}
	p.n++
	next := *m
	next.fields = append([]Header(nil), m.fields...)
	next.set("CSeq", strconv.Itoa(p.n)+" "+m.method)
	next.set("Via", fmt.Sprintf("SIP/2.0/UDP %s;branch=z9hG4bK%s", p.addr, token(6)))
	next.set(h.Name, h.Value)
	return &next
}

func (p *peer) registerMsg(user string, fields ...Header) *message {
	m := p.build("REGISTER", "sip:"+p.ua.String(), Header{"To", "<sip:" + escapeUser(user) + "@bandeau>"}, Header{"From", "<sip:" + escapeUser(user) + "@bandeau>;tag=1"})
	m.drop("Contact")
	m.fields = append(m.fields, fields...)
	return m
}

// register registers and returns the final answer.
func (p *peer) register(user, password string, status int, fields ...Header) *message {
	p.t.Helper()
	m := p.registerMsg(user, fields...)
	p.send(m)
	p.send(p.authorize(m, p.response(401, "REGISTER"), user, password))
	return p.response(status, "REGISTER")
}

func (p *peer) contact() Header { return Header{"Contact", "<sip:anna@" + p.addr.String() + ">"} }

func TestRegisterAndRing(t *testing.T) {
	r, p, c := phoneRig(t, nil)
	res := p.register("anna", "secret", 200, Header{"Contact", "<sip:anna@192.0.2.7:5060;line=1>;q=0.5"}, Header{"Expires", "120"},
		Header{"Allow-Events", "talk, hold"}, Header{"User-Agent", "Phone 1"}, Header{"Path", "<sip:proxy;lr>"})
	if v := res.get("Contact"); !strings.HasSuffix(v, ";expires=120") {
		t.Fatal(v)
	}
	if got := <-r.bindings; got != "a1 1" {
		t.Fatal(got)
	}
	list := r.u.Contacts("a1")
	if len(list) != 1 || list[0].Source != p.addr || !list[0].AllowTalk || list[0].UserAgent != "Phone 1" || !list[0].Expires.Equal(c.Now().Add(2*time.Minute)) {
		t.Fatalf("%+v", list)
	}
	// It rings where it registered from, under the contact it gave.
	e := listen(t, nil)
	d := r.u.Invite(Outbound{Target: Target{Account: "a1", Contact: list[0]}, SDP: []byte(sdpA), Sink: e.sink})
	if err := d.Notify("talk"); err != nil { // before anything came back: it is asked once it rings
		t.Fatal(err)
	}
	inv := p.request("INVITE")
	if inv.uri != "sip:anna@192.0.2.7:5060;line=1" {
		t.Fatal(inv.uri)
	}
	p.reply(inv, 180, "x", "", Header{"Contact", "<sip:anna@192.0.2.7>"})
	want[Progressed](e)
	p.reply(p.request("NOTIFY"), 200, "", "")
	p.reply(inv, 200, "x", sdpB, Header{"Contact", "<sip:anna@192.0.2.7>"})
	p.request("ACK") // to the source again, not to the contact
	want[Answered](e)
	ok := &message{fields: []Header{{"To", inv.get("To") + ";tag=x"}}}
	p.send(p.inverse("BYE", inv, ok, 7))
	p.response(200, "BYE")
	want[Ended](e)
}

func TestRegisterRules(t *testing.T) {
	_, p, _ := phoneRig(t, nil)
	two := []Header{{"Contact", "<sip:a@192.0.2.1>;expires=600, <sip:b@192.0.2.1>;q=0.1"}}
	res := p.register("anna", "secret", 200, two...)
	if got := res.all("Contact"); len(got) != 2 || !strings.HasSuffix(got[0], "expires=600") || !strings.HasSuffix(got[1], "expires=3600") {
		t.Fatal(got)
	}
	if res := p.register("anna", "secret", 423, p.contact(), Header{"Expires", "59"}); res.get("Min-Expires") != "60" {
		t.Fatal("no Min-Expires")
	}
	p.register("anna", "secret", 400, Header{"Contact", "*"})
	p.register("anna", "secret", 400, Header{"Contact", "*"}, Header{"Expires", "10"})
	other := p.registerMsg("someone else", p.contact())
	p.send(other)
	p.send(p.authorize(other, p.response(401, "REGISTER"), "anna", "secret"))
	p.response(403, "REGISTER")
}

func TestRegisterRemovalExpiryAndOrder(t *testing.T) {
	r, p, c := phoneRig(t, nil)
	p.register("anna", "secret", 200, Header{"Contact", "<sip:a@192.0.2.1>;expires=600"}, Header{"Contact", "<sip:b@192.0.2.1>"})
	if res := p.register("anna", "secret", 200); len(res.all("Contact")) != 2 {
		t.Fatal("a query changed something")
	}
	// The same Call-ID with a CSeq that is not newer changes nothing (RFC 3261 §10.3).
	m := p.registerMsg("anna", Header{"Contact", "<sip:a@192.0.2.1>;expires=0"})
	r.u.reg.mu.Lock()
	m.set("Call-ID", r.u.reg.bindings["a1"][0].CallID)
	r.u.reg.mu.Unlock()
	p.send(m)
	old := p.authorize(m, p.response(401, "REGISTER"), "anna", "secret")
	old.set("CSeq", "1 REGISTER")
	p.send(old)
	p.response(500, "REGISTER")
	p.register("anna", "secret", 200, Header{"Contact", "<sip:b@192.0.2.1>;expires=0"})
	if n := len(r.u.Contacts("a1")); n != 1 {
		t.Fatal(n)
	}
	c.add(601 * time.Second)
	eventually(t, "expired", func() bool {
		r.u.reg.mu.Lock()
		defer r.u.reg.mu.Unlock()
		return len(r.u.reg.bindings) == 0 && len(r.u.reg.sources) == 0
	})
	p.register("anna", "secret", 200, Header{"Contact", "<sip:a@192.0.2.1>"})
	p.register("anna", "secret", 200, Header{"Contact", "*"}, Header{"Expires", "0"})
	if n := len(r.u.Contacts("a1")); n != 0 {
		t.Fatal(n)
	}
	for i := range 12 {
		c.add(time.Second)
		p.register("anna", "secret", 200, Header{"Contact", fmt.Sprintf("<sip:n%d@192.0.2.1>", i)})
	}
	if list := r.u.Contacts("a1"); len(list) != 10 || list[0].URI != "sip:n11@192.0.2.1" {
		t.Fatalf("%+v", list)
	}
	r.u.SetAccounts(nil)
	if n := len(r.u.Contacts("a1")); n != 0 {
		t.Fatal("bindings of a removed account")
	}
	last := ""
	eventually(t, "told", func() bool {
		for len(r.bindings) > 0 {
			last = <-r.bindings
		}
		return last == "a1 0"
	})
}

func TestBindingsSurviveRestart(t *testing.T) {
	s := &memStore{m: map[string]Binding{}}
	r, p, c := phoneRig(t, func(cfg *Config) { cfg.Bindings = s })
	p.register("anna", "secret", 200, p.contact())
	eventually(t, "stored", func() bool { return s.size() == 1 })
	r.u.Close()
	if s.size() != 1 {
		t.Fatal("shutdown unbinds")
	}
	again := newRig(t, func(cfg *Config) { cfg.Bindings, cfg.Now = s, c.Now })
	again.u.SetAccounts([]Account{{Centre: "c1", ID: "a1", Username: "anna", Password: "secret", Enabled: true}})
	eventually(t, "restored", func() bool { return len(again.u.Contacts("a1")) == 1 })
	if b := again.u.Contacts("a1")[0]; b.Source != p.addr {
		t.Fatalf("%+v", b)
	}
	c.add(2 * time.Hour)
	eventually(t, "deleted", func() bool { return s.size() == 0 })
}

// The handler is told that an account can be reached or no longer, not of each refresh, and whatever it does meanwhile,
// phones get their answers.
func TestOnlyReachabilityIsTold(t *testing.T) {
	s := &memStore{m: map[string]Binding{}}
	c := &clock{now: time.Unix(1_800_000_000, 0)}
	h := &busyHandler{told: make(chan string), free: make(chan struct{})}
	start := func() *rig {
		r := newRig(t, func(cfg *Config) { cfg.Handler, cfg.Bindings, cfg.Now = h, s, c.Now })
		t.Cleanup(h.release)
		return r
	}
	accounts := func(r *rig, centre string) {
		r.u.SetAccounts([]Account{{Centre: centre, ID: "a1", Username: "anna", Password: "secret", Enabled: true}})
	}
	told := func(want string) {
		t.Helper()
		select {
		case got := <-h.told:
			if got != want {
				t.Fatalf("told %s, want %s", got, want)
			}
		case <-time.After(patience):
			t.Fatalf("not told %s", want)
		}
	}
	r := start()
	accounts(r, "c1")
	p := newPeer(t, r)
	two := Header{"Contact", "<sip:b@192.0.2.1>"}
	for range 3 { // while the handler is stuck in its first call
		p.register("anna", "secret", 200, p.contact())
		p.register("anna", "secret", 200, two)
	}
	told("c1 a1 true")
	c.add(10 * time.Minute)
	p.register("anna", "secret", 200, p.contact())
	p.register("anna", "secret", 200, Header{"Contact", "<sip:b@192.0.2.1>;expires=0"})
	p.register("anna", "secret", 200, Header{"Contact", "*"}, Header{"Expires", "0"})
	told("c1 a1 false") // and nothing in between
	p.register("anna", "secret", 200, p.contact())
	told("c1 a1 true")
	accounts(r, "c2")
	told("c1 a1 false")
	accounts(r, "c1")
	p.register("anna", "secret", 200, p.contact())
	told("c1 a1 true")
	eventually(t, "stored", func() bool { return s.size() == 1 })
	r.u.Close()

	r = start() // the accounts come before the stored bindings or after them
	eventually(t, "loaded", func() bool { return r.u.reg.bound(p.addr) })
	accounts(r, "c1")
	told("c1 a1 true")
	c.add(2 * time.Hour)
	told("c1 a1 false")
}

// busyHandler is stuck in BindingChanged until somebody listens.
type busyHandler struct {
	rig

	told chan string
	free chan struct{}
	once sync.Once
}

func (h *busyHandler) BindingChanged(centre, account string, n int) {
	select {
	case h.told <- fmt.Sprintf("%s %s %t", centre, account, n > 0):
	case <-h.free:
	}
}

func (h *busyHandler) release() { h.once.Do(func() { close(h.free) }) }

// A binding that expired while nothing ran is not kept for ever.
func TestBindingsExpireWhileStopped(t *testing.T) {
	s := &memStore{m: map[string]Binding{}}
	r, p, c := phoneRig(t, func(cfg *Config) { cfg.Bindings = s })
	p.register("anna", "secret", 200, p.contact())
	eventually(t, "stored", func() bool { return s.size() == 1 })
	r.u.Close()
	c.add(2 * time.Hour)
	again := newRig(t, func(cfg *Config) { cfg.Bindings, cfg.Now = s, c.Now })
	again.u.SetAccounts([]Account{{Centre: "c1", ID: "a1", Username: "anna", Password: "secret", Enabled: true}})
	eventually(t, "deleted", func() bool { return s.size() == 0 })
}

// What a stranger learns must not depend on whether an account exists.
func TestAbsentAndExistingAccountsLookTheSame(t *testing.T) {
	_, p, _ := phoneRig(t, nil)
	shape := func(user string) string {
		m := p.registerMsg(user, p.contact())
		p.send(m)
		first := p.response(401, "REGISTER")
		if len(first.all("WWW-Authenticate")) != 1 {
			t.Fatal("not exactly one challenge")
		}
		p.send(p.authorize(m, first, user, "wrong"))
		second := p.response(401, "REGISTER")
		var b strings.Builder
		for _, res := range []*message{first, second} {
			for _, f := range res.fields {
				switch f.Name {
				case "Via", "From", "To", "Call-ID", "CSeq":
					b.WriteString(f.Name + "\n")
				case "WWW-Authenticate":
					c := parseDigest(f.Value)
					fmt.Fprintf(&b, "%s %s %s %s %d\n", c["realm"], c["algorithm"], c["qop"], c["stale"], len(c["nonce"]))
				default:
					b.WriteString(f.Name + ": " + f.Value + "\n")
				}
			}
		}
		return b.String()
	}
	if a, b, c := shape("anna"), shape("nobody"), shape("off"); a != b || a != c {
		t.Fatalf("existing:\n%s\nabsent:\n%s\ndisabled:\n%s", a, b, c)
	}
}

func TestDigestRules(t *testing.T) {
	t.Run("replay", func(t *testing.T) {
		_, p, _ := phoneRig(t, nil)
		m := p.registerMsg("anna", p.contact())
		p.send(m)
		good := p.authorize(m, p.response(401, "REGISTER"), "anna", "secret")
		p.send(good)
		p.response(200, "REGISTER")
		p.send(good) // a retransmission gets its answer again
		p.response(200, "REGISTER")
		good.set("Via", fmt.Sprintf("SIP/2.0/UDP %s;branch=z9hG4bKreplay", p.addr))
		good.set("CSeq", "77 REGISTER")
		p.send(good)
		if c := parseDigest(p.response(401, "REGISTER").get("WWW-Authenticate")); c["stale"] != "true" {
			t.Fatal("replay not called stale")
		}
	})
	t.Run("old nonce", func(t *testing.T) {
		_, p, c := phoneRig(t, nil)
		m := p.registerMsg("anna", p.contact())
		p.send(m)
		good := p.authorize(m, p.response(401, "REGISTER"), "anna", "secret")
		c.add(6 * time.Minute)
		p.send(good)
		res := p.response(401, "REGISTER")
		if parseDigest(res.get("WWW-Authenticate"))["stale"] != "true" {
			t.Fatal("old nonce not called stale")
		}
		p.send(p.authorize(m, res, "anna", "secret"))
		p.response(200, "REGISTER")
	})
	t.Run("another algorithm, or no qop", func(t *testing.T) {
		r, p, _ := phoneRig(t, func(c *Config) { c.PhoneDigest = SHA256 })
		for _, cut := range []string{"algorithm=MD5", "no qop"} {
			m := p.registerMsg("anna", p.contact())
			p.send(m)
			res := p.response(401, "REGISTER")
			ch := res.get("WWW-Authenticate")
			if !strings.Contains(ch, "algorithm=SHA-256") {
				t.Fatal(ch)
			}
			if cut == "no qop" {
				ch = strings.Replace(ch, `, qop="auth"`, "", 1)
			} else {
				ch = strings.Replace(ch, "algorithm=SHA-256", cut, 1)
			}
			res.set("WWW-Authenticate", ch)
			p.send(p.authorize(m, res, "anna", "secret"))
			p.response(401, "REGISTER")
		}
		p.register("anna", "secret", 200, p.contact())
		if len(r.u.Contacts("a1")) != 1 {
			t.Fatal("not registered")
		}
	})
	t.Run("lock", func(t *testing.T) {
		_, p, c := phoneRig(t, func(c *Config) { c.Limits.StrangerRate, c.Limits.StrangerBurst = 1e6, 1e6 })
		for range 10 {
			p.register("anna", "wrong", 401, p.contact())
		}
		p.register("anna", "secret", 401, p.contact())
		c.add(16 * time.Minute)
		p.register("anna", "secret", 200, p.contact())
	})
	t.Run("HA1 in place of a password", func(t *testing.T) {
		r, p, _ := phoneRig(t, nil)
		r.u.SetAccounts([]Account{{Centre: "c1", ID: "a1", Username: "anna", Enabled: true, HA1: map[Algorithm]string{MD5: HA1(MD5, "anna", "bandeau", "secret"), SHA256: ""}}})
		p.register("anna", "secret", 200, p.contact())
	})
	t.Run("nonce of another address", func(t *testing.T) {
		a := newAuthenticator("bandeau", &Limits{NonceLife: time.Minute})
		now := time.Unix(1_800_000_000, 0)
		n := a.nonce(now, mustPrefix("192.0.2.1/32").Addr())
		if a.nonceState(now, n, mustPrefix("192.0.2.1/32").Addr()) != nonceGood || a.nonceState(now, n, mustPrefix("192.0.2.2/32").Addr()) != nonceInvalid {
			t.Fatal("nonce is not bound to its address")
		}
	})
}

func TestPhoneInviteIsChallenged(t *testing.T) {
	r, p, _ := phoneRig(t, nil)
	p.register("anna", "secret", 200, p.contact())
	inv := p.invite(sdpA, p.contact())
	p.send(inv)
	first := p.response(401, "INVITE")
	p.ack(inv, first, "")
	second := p.authorize(inv, first, "anna", "secret")
	p.send(second)
	d := r.call()
	if got := d.Peer(); got.Kind != PeerPhone || got.ID != "a1" || got.Centre != "c1" || got.Source != p.addr {
		t.Fatalf("%+v", got)
	}
	d.Bind(func(Event) {})
	d.Reject(404, "")
	p.ack(second, p.response(404, "INVITE"), "")
	p.send(p.build("OPTIONS", "sip:"+p.ua.String()))
	if res := p.response(200, "OPTIONS"); res.get("Allow") != allowValue || res.get("Supported") != supportedValue {
		t.Fatal("OPTIONS says too little")
	}
}

// RFC 8760 §2 and RFC 7616 §3.9.1 publish these values.
func TestDigestVectors(t *testing.T) {
	for alg, wanted := range map[Algorithm]string{
		MD5:    "8ca523f5e9506fed4657c9700eebdbec",
		SHA256: "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1",
	} {
		ha1 := HA1(alg, "Mufasa", "http-auth@example.org", "Circle of Life")
		got := alg.sum(ha1, "7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", "00000001",
			"f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ", "auth", alg.sum("GET", "/dir/index.html"))
		if got != wanted {
			t.Errorf("%s: %s", alg, got)
		}
	}
}
