package sipua

import (
	"slices"
	"strings"
	"testing"
	"time"
)

func TestInboundRecognition(t *testing.T) {
	r := newRig(t, nil)
	p, q := newPeer(t, r), newPeer(t, r)
	r.u.SetTrunks([]Trunk{
		{Centre: "c1", ID: "wide", Host: "192.0.2.1", Enabled: true, Sources: []Source{{Prefix: mustPrefix("127.0.0.0/8")}}},
		{Centre: "c2", ID: "port", Host: "192.0.2.1", Enabled: true, Sources: []Source{{mustPrefix("127.0.0.0/8"), q.addr.Port()}}},
		{Centre: "c3", ID: "off", Host: "192.0.2.1", Sources: []Source{{Prefix: mustPrefix("127.0.0.1/32")}}},
	})
	for _, c := range []struct {
		from *peer
		id   string
	}{{p, "wide"}, {q, "port"}} {
		c.from.send(c.from.invite(sdpA))
		d := r.call()
		if d.Peer().ID != c.id {
			t.Fatalf("%+v", d.Peer())
		}
		d.Reject(404, "")
		c.from.response(404, "INVITE")
	}
	r.u.SetTrunks([]Trunk{
		{Centre: "c1", ID: "wide", Host: "192.0.2.1", Enabled: true, Sources: []Source{{mustPrefix("127.0.0.0/8"), q.addr.Port()}}},
		{Centre: "c2", ID: "long", Host: "192.0.2.1", Enabled: true, Sources: []Source{{Prefix: mustPrefix("127.0.0.1/32")}}},
	})
	q.send(q.invite(sdpA))
	if d := r.call(); d.Peer().ID != "long" {
		t.Fatalf("%+v", d.Peer())
	}
}

// One carrier serves two centres from one address: the number called says whose call it is.
func TestSharedSource(t *testing.T) {
	r := newRig(t, func(c *Config) {
		c.Serves = func(centre, number string) bool {
			return centre == "c1" && number == "+33170200200" || centre == "c2" && number == "0170300300"
		}
	})
	p := newPeer(t, r)
	shared := []Source{{Prefix: mustPrefix("127.0.0.1/32")}}
	r.u.SetTrunks([]Trunk{
		{Centre: "c1", ID: "b", Host: "192.0.2.1", Enabled: true, Sources: shared},
		{Centre: "c2", ID: "a", Host: "192.0.2.1", Enabled: true, Sources: shared},
		{Centre: "c1", ID: "0", Host: "192.0.2.1", Enabled: true, Sources: []Source{{Prefix: mustPrefix("127.0.0.0/8")}}},
	})
	for number, trunk := range map[string]string{
		"+33170200200": "b", "+33170200200;npdi": "b", "0170300300": "a", "+33199999999": "a",
	} {
		inv := p.invite(sdpA)
		inv.uri = "sip:" + number + "@127.0.0.1"
		p.send(inv)
		d := r.call()
		if d.Peer().ID != trunk {
			t.Fatalf("%s: %+v", number, d.Peer())
		}
		d.Reject(404, "")
		p.response(404, "INVITE")
	}
}

// Carriers add parameters to numbers, and give the number in either of two identities.
func TestCarrierIdentities(t *testing.T) {
	r, p := trunkRig(t, nil)
	for _, c := range []struct{ uri, from, pai, called, caller, asserted string }{
		{"sip:+33170200200;npdi;rn=+33999@x", "<sip:0611111111;phone-context=+33@x>", "", "+33170200200", "0611111111", ""},
		{"sip:a;b=c@x", "<sip:j;d@x>", "<sip:bob@x>, <tel:+33677777777;ext=1>", "a;b=c", "j;d", "+33677777777"},
		{"sip:0170200200@x", "<sip:bob@x>", "<sip:bob@x>, <sip:ann@x>", "0170200200", "bob", "bob"},
	} {
		inv := p.invite(sdpA)
		inv.uri = c.uri
		inv.set("From", c.from+";tag=1")
		if c.pai != "" {
			inv.set("P-Asserted-Identity", c.pai)
		}
		p.send(inv)
		d := r.call()
		if i := d.Invite(); i.RequestUser != c.called || i.From.User != c.caller || i.AssertedIdentity.User != c.asserted {
			t.Fatalf("%+v", i)
		}
		d.Reject(404, "")
		p.response(404, "INVITE")
	}
}

func TestTrunkByDigest(t *testing.T) {
	r := newRig(t, nil)
	p := newPeer(t, r)
	r.u.SetTrunks([]Trunk{{Centre: "c1", ID: "t1", Host: "192.0.2.1", Enabled: true, Username: "carrier", Password: "pw", Digest: SHA256}})
	inv := p.invite(sdpA)
	p.send(inv) // a stranger
	p.silent(5*t1(), func(*message) bool { return true })
	inv.set("Authorization", `Digest username="carrier", realm="bandeau", nonce="x", uri="sip:x", response="y"`)
	p.send(inv)
	res := p.response(401, "INVITE")
	if !strings.Contains(res.get("WWW-Authenticate"), "SHA-256") {
		t.Fatal("not the trunk's algorithm")
	}
	p.send(p.authorize(inv, res, "carrier", "pw"))
	if d := r.call(); d.Peer().ID != "t1" || d.Peer().Kind != PeerTrunk {
		t.Fatalf("%+v", d.Peer())
	}
}

// Two trunks with one digest user name: the password says which it is, and with one password too, the number called.
func TestTrunksThatShareAUserName(t *testing.T) {
	r := newRig(t, func(c *Config) {
		c.Serves = func(centre, number string) bool { return centre == "c3" && number == "+33170200200" }
		c.Limits.StrangerRate, c.Limits.StrangerBurst = 1e6, 1e6
	})
	p := newPeer(t, r)
	trunk := func(centre, id, password string, alg Algorithm) Trunk {
		return Trunk{Centre: centre, ID: id, Host: "192.0.2.1", Enabled: true, Username: "carrier", Password: password, Digest: alg}
	}
	r.u.SetTrunks([]Trunk{trunk("c3", "t3", "two", MD5), trunk("c1", "t1", "one", SHA256), trunk("c2", "t2", "two", MD5)})
	try := func(password, number string) {
		inv := p.build("INVITE", "sip:"+number+"@"+p.ua.String(), Header{"Authorization", `Digest username="carrier", realm="bandeau", nonce="x"`})
		p.send(inv.withSDP([]byte(sdpA)))
		res := p.response(401, "INVITE")
		if !strings.Contains(res.get("WWW-Authenticate"), "SHA-256") {
			t.Fatal("not the algorithm of the first trunk")
		}
		p.send(p.authorize(inv, res, "carrier", password))
	}
	for range 5 { // a table without order would be right now and then
		for _, c := range []struct{ password, number, id string }{
			{"one", "+33170200200", "t1"}, {"two", "+33170200200", "t3"}, {"two", "+33999", "t2"},
		} {
			try(c.password, c.number)
			d := r.call()
			if d.Peer().ID != c.id {
				t.Fatalf("%+v: %+v", c, d.Peer())
			}
			d.Reject(404, "")
			p.response(404, "INVITE")
		}
	}
	try("three", "+33170200200")
	p.response(401, "INVITE")
}

func TestKeepaliveAndOrder(t *testing.T) {
	r := newRig(t, nil)
	p := newPeer(t, r)
	first := Trunk{Centre: "c1", ID: "t1", Host: "127.0.0.1", Port: p.addr.Port(), Enabled: true, Priority: 1, Keepalive: 60 * time.Millisecond}
	r.u.SetTrunks([]Trunk{
		first,
		{Centre: "c1", ID: "t2", Host: "127.0.0.1", Port: 9, Enabled: true, Priority: 2},
		{Centre: "c1", ID: "t3", Host: "127.0.0.1", Port: 9, Priority: 0},
		{Centre: "c2", ID: "t4", Host: "127.0.0.1", Port: 9, Enabled: true},
	})
	if got := r.u.TrunkOrder("c1"); !slices.Equal(got, []string{"t1", "t2"}) {
		t.Fatal(got)
	}
	answer := true
	state := func(want string) {
		t.Helper()
		eventually(t, want, func() bool {
			if m := p.read(5 * time.Millisecond); m != nil && m.method == "OPTIONS" && answer {
				p.reply(m, 404, "", "")
			}
			return r.u.TrunkState("t1") == want && len(r.states) > 0
		})
		for s := range slices.Values([]string{<-r.states}) {
			if s != "t1 "+want && !strings.HasPrefix(s, "t3") {
				t.Fatal(s)
			}
		}
	}
	if s := <-r.states; s != "t3 disabled" {
		t.Fatal(s)
	}
	answer = false
	state(TrunkSilent)
	if got := r.u.TrunkOrder("c1"); !slices.Equal(got, []string{"t2", "t1"}) {
		t.Fatal(got)
	}
	answer = true
	state(TrunkUp) // a 404 is an answer, and any answer is life
	r.u.SetTrunks(nil)
	if got := r.u.TrunkState("t1"); got != TrunkDisabled {
		t.Fatal(got)
	}
}

func TestOutgoingRegistration(t *testing.T) {
	r := newRig(t, func(c *Config) { c.Limits.RegisterRetry = 50 * time.Millisecond })
	p := newPeer(t, r)
	r.trunkFor(p, func(t *Trunk) { t.Register, t.Username, t.Password = true, "user", "pw" })
	m := p.request("REGISTER")
	if m.uri != "sip:"+p.addr.String() || party(m.get("To")).User != "user" || party(m.get("Contact")).User != "user" || m.get("Expires") != "3600" {
		t.Fatalf("REGISTER\n%s", m.encode())
	}
	p.reply(m, 401, "x", "", Header{"WWW-Authenticate", `Digest realm="x", nonce="n", qop="auth"`})
	second := p.request("REGISTER")
	if second.callID() != m.callID() || parseDigest(second.get("Authorization"))["username"] != "user" {
		t.Fatalf("REGISTER\n%s", second.encode())
	}
	p.reply(second, 200, "x", "", Header{"Contact", m.get("Contact") + ";expires=1"})
	third := p.request("REGISTER") // the refresh, before the second is over
	p.reply(third, 403, "x", "")
	eventually(t, "down", func() bool { return r.u.TrunkState("t1") == TrunkDown })
	if got := r.u.TrunkOrder("c1"); !slices.Equal(got, []string{"t1"}) {
		t.Fatal("a trunk that is down is skipped")
	}
	p.reply(p.request("REGISTER"), 200, "x", "")
	eventually(t, "up", func() bool { return r.u.TrunkState("t1") == TrunkUp })
}

// registered makes a peer a trunk that holds our registration, and returns the REGISTER.
func (r *rig) registered(p *peer, change func(*Trunk)) *message {
	r.t.Helper()
	r.trunkFor(p, func(t *Trunk) {
		t.Register, t.Username, t.Password = true, "user", "pw"
		if change != nil {
			change(t)
		}
	})
	m := p.request("REGISTER")
	p.reply(m, 200, "x", "")
	eventually(r.t, "idle", func() bool { return p.read(4*t1()) == nil })
	return m
}

// withdrawn waits for the withdrawal of a registration, leaving it unanswered.
func (p *peer) withdrawn(reg *message) *message {
	p.t.Helper()
	m := p.request("REGISTER")
	was, _ := reg.cseq()
	is, _ := m.cseq()
	if m.callID() != reg.callID() || m.get("Expires") != "0" || m.get("Contact") != reg.get("Contact") || is <= was {
		p.t.Fatalf("REGISTER\n%s", m.encode())
	}
	return m
}

func TestRegistrationIsWithdrawn(t *testing.T) {
	t.Run("trunk removed", func(t *testing.T) {
		r := newRig(t, nil)
		p := newPeer(t, r)
		reg := r.registered(p, nil)
		r.u.SetTrunks(nil)
		m := p.withdrawn(reg)
		p.reply(m, 401, "x", "", Header{"WWW-Authenticate", `Digest realm="x", nonce="n", qop="auth"`})
		m = p.withdrawn(m)
		if parseDigest(m.get("Authorization"))["username"] != "user" {
			t.Fatal("challenge not answered")
		}
		p.reply(m, 200, "x", "")
		p.silent(10*t1(), isRequest("REGISTER"))
	})
	t.Run("trunk disabled", func(t *testing.T) {
		r := newRig(t, nil)
		p := newPeer(t, r)
		reg := r.registered(p, nil)
		r.trunkFor(p, func(t *Trunk) { t.Register, t.Username, t.Password, t.Enabled = true, "user", "pw", false })
		p.reply(p.withdrawn(reg), 200, "x", "")
		p.silent(10*t1(), isRequest("REGISTER"))
	})
	t.Run("trunk changed", func(t *testing.T) {
		r := newRig(t, nil)
		p := newPeer(t, r)
		reg := r.registered(p, nil)
		for i := range 3 { // the new one waits until the old one has gone: they name the same contact
			r.trunkFor(p, func(t *Trunk) { t.Register, t.Username, t.Password, t.Priority = true, "user", "pw", 5+i })
		}
		gone := p.withdrawn(reg)
		p.silent(2*t1(), func(m *message) bool { return m.method == "REGISTER" && m.callID() != reg.callID() })
		p.reply(gone, 200, "x", "")
		var m *message
		eventually(t, "registered anew", func() bool {
			m = p.request("REGISTER")
			return m.callID() != reg.callID()
		})
		if m.get("Expires") != "3600" {
			t.Fatalf("REGISTER\n%s", m.encode())
		}
		p.reply(m, 200, "x", "")
	})
	t.Run("refused", func(t *testing.T) {
		r := newRig(t, nil)
		p := newPeer(t, r)
		r.trunkFor(p, func(t *Trunk) { t.Register, t.Username, t.Password = true, "user", "pw" })
		p.reply(p.request("REGISTER"), 403, "x", "")
		eventually(t, "down", func() bool { return r.u.TrunkState("t1") == TrunkDown })
		r.u.SetTrunks(nil) // there is nothing to withdraw
		p.silent(10*t1(), isRequest("REGISTER"))
	})
}

func TestRegistrationIsWithdrawnAtTheEnd(t *testing.T) {
	for _, answers := range []bool{true, false} {
		r := newRig(t, nil)
		p := newPeer(t, r)
		reg := r.registered(p, nil)
		start := time.Now()
		r.u.Close()
		m := p.withdrawn(reg)
		p.send(p.invite(sdpA)) // too late
		if answers {
			p.reply(m, 200, "x", "")
		}
		select {
		case <-r.u.ctx.Done():
		case <-time.After(patience):
			t.Fatal("the end waits for a carrier")
		}
		if d := time.Since(start); d > time.Second {
			t.Fatalf("the end took %v", d)
		}
		if len(r.incoming) > 0 {
			t.Fatal("a call after Close")
		}
	}
}
