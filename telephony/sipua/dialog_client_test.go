package sipua

import (
	"net/netip"
	"strings"
	"testing"
	"time"
)

func outbound(e *events) Outbound {
	return Outbound{
		Target: Target{Trunk: "t1", Number: "+33612345678"}, From: Party{User: "+33170200200", Display: `Ann "A"`},
		SDP: []byte(sdpA), Sink: e.sink, Header: []Header{{"X-Bandeau-Call", "abc\r\nEvil: 1"}},
	}
}

func TestPlacedCall(t *testing.T) {
	r, p := trunkRig(t, nil)
	e := listen(t, nil)
	o := outbound(e)
	o.AssertedIdentity = &Party{User: "+33170200200"}
	if got := r.u.LocalFor(o.Target); got != r.addr.Addr() {
		t.Fatal(got)
	}
	d := r.u.Invite(o)
	inv := p.request("INVITE")
	if inv.source != r.addr {
		t.Fatalf("left from %v, not from the listening socket", inv.source)
	}
	if !strings.HasPrefix(inv.uri, "sip:+33612345678@127.0.0.1:") || inv.get("X-Bandeau-Call") != "abcEvil: 1" || inv.has("Evil") ||
		party(inv.get("From")).Display != `Ann "A"` || party(inv.get("P-Asserted-Identity")).User != "+33170200200" ||
		!strings.Contains(contactOf(inv), r.addr.String()) || string(inv.body) != sdpA {
		t.Fatalf("INVITE\n%s", inv.encode())
	}
	p.reply(inv, 100, "", "")
	p.reply(inv, 180, "x", "")
	if ev := want[Progressed](e); ev.Status != 180 || ev.SDP != nil || ev.Reliable {
		t.Fatalf("%+v", ev)
	}
	p.reply(inv, 183, "x", sdpB)
	if ev := want[Progressed](e); string(ev.SDP) != sdpB {
		t.Fatalf("%+v", ev)
	}
	ok := p.reply(inv, 200, "x", sdpB)
	ack := p.request("ACK")
	if ack.uri != contactOf(ok) || ack.branch() == inv.branch() || ack.toTag() != "x" {
		t.Fatalf("ACK\n%s", ack.encode())
	}
	want[Answered](e)
	p.send(ok) // its ACK was lost
	p.request("ACK")
	e.none(2 * t1())
	d.HangUp(HangUpNormal)
	bye := p.request("BYE")
	p.reply(bye, 200, "", "")
	if got := want[Ended](e); got.By != ByLocal || got.Cause != EndBye {
		t.Fatalf("%+v", got)
	}
}

func TestPrivacy(t *testing.T) {
	r, p := trunkRig(t, nil)
	e := listen(t, nil)
	o := outbound(e)
	o.Privacy, o.AssertedIdentity = true, &Party{User: "+33170200200"}
	d := r.u.Invite(o)
	inv := p.request("INVITE")
	if f := party(inv.get("From")); f.User != "anonymous" || f.Host != "anonymous.invalid" || inv.get("Privacy") != "id" ||
		party(inv.get("P-Asserted-Identity")).User != "+33170200200" {
		t.Fatalf("INVITE\n%s", inv.encode())
	}
	d.HangUp(HangUpNormal)
}

// The library gives up after ten provisional responses and lets the phone ring on.
func TestManyProvisionalsThenCancel(t *testing.T) {
	r, p := trunkRig(t, nil)
	e := listen(t, nil)
	d := r.u.Invite(outbound(e))
	inv := p.request("INVITE")
	for range 40 {
		p.reply(inv, 180, "x", "")
		want[Progressed](e)
	}
	d.HangUp(HangUpElsewhere)
	c := p.request("CANCEL")
	if c.branch() != inv.branch() || !strings.Contains(c.get("Reason"), "cause=200") || c.toTag() != "" {
		t.Fatalf("CANCEL\n%s", c.encode())
	}
	p.reply(c, 200, "x", "")
	p.reply(inv, 487, "x", "")
	p.request("ACK")
	if got := want[Ended](e); got.By != ByLocal || got.Cause != EndCancel {
		t.Fatalf("%+v", got)
	}
}

func TestCancelWaitsForProvisional(t *testing.T) {
	r, p := trunkRig(t, nil)
	e := listen(t, nil)
	d := r.u.Invite(outbound(e))
	inv := p.request("INVITE")
	d.HangUp(HangUpNormal)
	p.silent(5*t1(), isRequest("CANCEL"))
	p.reply(inv, 100, "", "")
	p.reply(p.request("CANCEL"), 200, "", "")
	p.reply(inv, 487, "x", "")
	want[Ended](e)
}

// The library sends neither ACK nor BYE when a 200 crosses the CANCEL.
func TestCancelCrossing200(t *testing.T) {
	r, p := trunkRig(t, nil)
	for range 20 {
		e := listen(t, nil)
		d := r.u.Invite(outbound(e))
		inv := p.request("INVITE")
		p.reply(inv, 180, "x", "")
		want[Progressed](e)
		d.HangUp(HangUpNormal)
		p.request("CANCEL")
		p.reply(inv, 200, "x", sdpB)
		p.request("ACK")
		p.reply(p.request("BYE"), 200, "", "")
		if got := want[Ended](e); got.Cause != EndCancel {
			t.Fatalf("%+v", got)
		}
	}
	eventually(t, "no dialog left", func() bool { c := r.u.Counters(); return c.DialogsOpened == c.DialogsEnded })
}

func TestForkedSecond200(t *testing.T) {
	r, p := trunkRig(t, nil)
	inv, _, d, e := p.placed(r)
	p.reply(inv, 200, "peer2", sdpB)
	var acked, hungUp bool
	for !acked || !hungUp {
		m := p.read(patience)
		if m == nil {
			t.Fatal("the second branch was not hung up")
		}
		if m.toTag() == "peer2" {
			acked = acked || m.method == "ACK"
			if m.method == "BYE" {
				hungUp = true
				p.reply(m, 200, "", "")
			}
		}
	}
	e.none(3 * t1())
	d.HangUp(HangUpNormal)
	if m := p.request("BYE"); m.toTag() != "peer1" {
		t.Fatal("wrong branch hung up")
	}
}

func TestLate200AfterTimeout(t *testing.T) {
	r, p := trunkRig(t, nil)
	e := listen(t, nil)
	r.u.Invite(outbound(e))
	inv := p.request("INVITE")
	f := want[Failed](e)
	if f.Cause != CauseTimeout || !f.Local || !f.FailOver() {
		t.Fatalf("%+v", f)
	}
	p.reply(inv, 200, "x", sdpB)
	p.request("ACK")
	p.reply(p.request("BYE"), 200, "", "")
}

func TestFinalStatuses(t *testing.T) {
	r, p := trunkRig(t, nil)
	for _, c := range []struct {
		status int
		cause  FailCause
		over   bool
	}{
		{486, CauseBusy, false},
		{600, CauseBusy, false},
		{603, CauseRejected, false},
		{403, CauseRejected, false},
		{404, CauseUnreachable, false},
		{480, CauseUnreachable, false},
		{500, CauseUnreachable, true},
		{503, CauseUnreachable, true},
		{302, CauseRedirected, false},
		{488, CauseUnreachable, false},
	} {
		e := listen(t, nil)
		r.u.Invite(outbound(e))
		inv := p.request("INVITE")
		p.reply(inv, c.status, "x", "", Header{"Retry-After", "7 (soon)"}, Header{"Contact", "<sip:elsewhere@192.0.2.1>"})
		p.request("ACK")
		f := want[Failed](e)
		if f.Status != c.status || f.Cause != c.cause || f.Local || f.RetryAfter != 7*time.Second || f.FailOver() != c.over {
			t.Errorf("%d: %+v", c.status, f)
		}
	}
}

func TestUnknownTargetsFail(t *testing.T) {
	r, _ := trunkRig(t, nil)
	for _, target := range []Target{{Trunk: "none"}, {Account: "none"}, {}} {
		e := listen(t, nil)
		r.u.Invite(Outbound{Target: target, Sink: e.sink})
		if f := want[Failed](e); !f.Local {
			t.Fatalf("%+v", f)
		}
	}
}

func TestInviteDigest(t *testing.T) {
	for _, c := range []struct {
		name      string
		status    int
		challenge []string
		alg       Algorithm
		qop       string
	}{
		{"plain", 401, []string{`Digest realm="x", nonce="n1"`}, MD5, ""},
		{"proxy, strongest", 407, []string{
			`Digest realm="x", nonce="n1", algorithm=MD5, qop="auth"`,
			`Digest realm="x", nonce="n2", algorithm=SHA-256, qop="auth,auth-int"`,
			`Digest realm="x", nonce="n3", algorithm=SHA-512-256, qop="auth"`,
		}, SHA256, "auth"},
		{"auth-int", 401, []string{`Digest realm="x", nonce="n1", qop="auth-int", opaque="o"`}, MD5, "auth-int"},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := newRig(t, nil)
			p := newPeer(t, r)
			r.trunkFor(p, func(t *Trunk) { t.Username, t.Password = "user", "secret" })
			e := listen(t, nil)
			r.u.Invite(outbound(e))
			inv := p.request("INVITE")
			var hs []Header
			name, answer := "WWW-Authenticate", "Authorization"
			if c.status == 407 {
				name, answer = "Proxy-Authenticate", "Proxy-Authorization"
			}
			for _, ch := range c.challenge {
				hs = append(hs, Header{name, ch})
			}
			p.reply(inv, c.status, "x", "", hs...)
			p.request("ACK")
			second := p.request("INVITE")
			a := parseDigest(second.get(answer))
			n1, _ := inv.cseq()
			n2, _ := second.cseq()
			if a["username"] != "user" || a["qop"] != c.qop || n2 != n1+1 || second.branch() == inv.branch() || second.callID() != inv.callID() {
				t.Fatalf("INVITE\n%s", second.encode())
			}
			ha1 := HA1(c.alg, "user", "x", "secret")
			ha2 := c.alg.sum("INVITE", second.uri)
			if c.qop == "auth-int" {
				ha2 = c.alg.sum("INVITE", second.uri, c.alg.sum(sdpA))
			}
			wanted := c.alg.sum(ha1, a["nonce"], a["nc"], a["cnonce"], a["qop"], ha2)
			if c.qop == "" {
				wanted = c.alg.sum(ha1, a["nonce"], ha2)
			}
			if a["response"] != wanted {
				t.Fatalf("wrong response in %v", a)
			}
			// Refused again: one retry is all.
			p.reply(second, c.status, "x", "", hs...)
			p.request("ACK")
			if f := want[Failed](e); f.Cause != CauseAuth {
				t.Fatalf("%+v", f)
			}
		})
	}
}

func TestStaleNonceIsRetried(t *testing.T) {
	r := newRig(t, nil)
	p := newPeer(t, r)
	r.trunkFor(p, func(t *Trunk) { t.Username, t.Password = "user", "secret" })
	e := listen(t, nil)
	r.u.Invite(outbound(e))
	p.reply(p.request("INVITE"), 401, "x", "", Header{"WWW-Authenticate", `Digest realm="x", nonce="a"`})
	p.request("ACK")
	p.reply(p.request("INVITE"), 401, "x", "", Header{"WWW-Authenticate", `Digest realm="x", nonce="b", stale=true`})
	p.request("ACK")
	inv := p.request("INVITE")
	if parseDigest(inv.get("Authorization"))["nonce"] != "b" {
		t.Fatal("old nonce")
	}
	p.reply(inv, 200, "x", sdpB)
	want[Answered](e)
}

func TestPrackOfReliableProvisional(t *testing.T) {
	r, p := trunkRig(t, nil)
	e := listen(t, nil)
	r.u.Invite(outbound(e))
	inv := p.request("INVITE")
	rel := p.reply(inv, 183, "x", sdpB, Header{"Require", "100rel"}, Header{"RSeq", "7"}, Header{"Allow", "UPDATE, INVITE"})
	prack := p.request("PRACK")
	if !strings.HasPrefix(prack.get("RAck"), "7 ") || !strings.HasSuffix(prack.get("RAck"), " INVITE") || prack.toTag() != "x" {
		t.Fatalf("PRACK\n%s", prack.encode())
	}
	p.reply(prack, 200, "", "")
	if ev := want[Progressed](e); !ev.Reliable || string(ev.SDP) != sdpB {
		t.Fatalf("%+v", ev)
	}
	p.send(rel)                                                                  // a retransmission gives no second event
	p.reply(inv, 180, "x", "", Header{"Require", "100rel"}, Header{"RSeq", "9"}) // out of order
	e.none(3 * t1())
	p.reply(inv, 180, "x", "", Header{"Require", "100rel"}, Header{"RSeq", "8"})
	p.reply(p.request("PRACK"), 200, "", "")
	want[Progressed](e)
	p.reply(inv, 200, "x", "")
	p.request("ACK")
	if a := want[Answered](e); a.SDP != nil {
		t.Fatalf("%+v", a)
	}
}

func TestUpdateInEarlyDialog(t *testing.T) {
	r, p := trunkRig(t, nil)
	e := listen(t, nil)
	d := r.u.Invite(outbound(e))
	inv := p.request("INVITE")
	p.reply(inv, 183, "x", sdpB, Header{"Require", "100rel"}, Header{"RSeq", "7"}, Header{"Allow", "UPDATE, INVITE"})
	p.reply(p.request("PRACK"), 200, "", "")
	want[Progressed](e)
	if err := d.Offer([]byte(sdpA)); err != nil {
		t.Fatal(err)
	}
	p.reply(p.request("UPDATE"), 200, "", sdpB)
	want[RemoteAnswer](e)
	res := &message{fields: []Header{{"To", inv.get("To") + ";tag=x"}}}
	p.send(p.inverse("UPDATE", inv, res, 5).withSDP([]byte(sdpA)))
	if o := want[RemoteOffer](e); !o.Update || string(o.SDP) != sdpA {
		t.Fatalf("%+v", o)
	}
	d.AnswerOffer([]byte(sdpB))
	if ok := p.response(200, "UPDATE"); string(ok.body) != sdpB {
		t.Fatal("no answer")
	}
	d.HangUp(HangUpNormal)
	p.reply(p.request("CANCEL"), 200, "", "")
	p.reply(inv, 487, "x", "")
	want[Ended](e)
}

func TestOfferlessOutbound(t *testing.T) {
	r, p := trunkRig(t, nil)
	e := listen(t, nil)
	o := outbound(e)
	o.SDP = nil
	d := r.u.Invite(o)
	inv := p.request("INVITE")
	if inv.body != nil || inv.hasToken("Supported", "100rel") {
		t.Fatalf("INVITE\n%s", inv.encode())
	}
	p.reply(inv, 200, "x", sdpB)
	if a := want[Answered](e); string(a.SDP) != sdpB {
		t.Fatalf("%+v", a)
	}
	p.silent(2*t1(), isRequest("ACK"))
	d.AckWith([]byte(sdpA))
	if ack := p.request("ACK"); string(ack.body) != sdpA {
		t.Fatal("ACK without answer")
	}
}

func TestRouteSetAndRemoteTarget(t *testing.T) {
	r, p := trunkRig(t, nil)
	q := newPeer(t, r) // where the route set leads
	e := listen(t, nil)
	d := r.u.Invite(outbound(e))
	inv := p.request("INVITE")
	rr1, rr2 := "<sip:"+p.addr.String()+";lr>", "<sip:"+q.addr.String()+";lr>"
	p.reply(inv, 200, "x", sdpB, Header{"Record-Route", rr1}, Header{"Record-Route", rr2}, Header{"Contact", "<sip:final@192.0.2.9>"})
	ack := q.request("ACK")
	if ack.uri != "sip:final@192.0.2.9" || strings.Join(ack.all("Route"), ",") != rr2+","+rr1 {
		t.Fatalf("ACK\n%s", ack.encode())
	}
	want[Answered](e)
	d.HangUp(HangUpNormal)
	q.reply(q.request("BYE"), 200, "", "")
	want[Ended](e)
}

func TestSRVStyleFailoverToNextAddress(t *testing.T) {
	r, p := trunkRig(t, nil)
	q := newPeer(t, r)
	tr := r.u.trunks.byID("t1")
	r.u.trunks.mu.Lock()
	tr.addrs = []netip.AddrPort{q.addr, p.addr}
	r.u.trunks.mu.Unlock()
	e := listen(t, nil)
	r.u.Invite(outbound(e))
	q.reply(q.request("INVITE"), 503, "x", "")
	p.reply(p.request("INVITE"), 200, "x", sdpB)
	want[Answered](e)
}

// Messages over 1300 bytes go by UDP all the same; the library refuses them until told otherwise.
func TestLargeInviteByUDP(t *testing.T) {
	r, p := trunkRig(t, nil)
	e := listen(t, nil)
	o := outbound(e)
	o.SDP = []byte(sdpA + strings.Repeat("a=x-padding:0123456789\r\n", 200))
	r.u.Invite(o)
	if inv := p.request("INVITE"); len(inv.body) != len(o.SDP) {
		t.Fatal("cut")
	}
	p.t.Log(len(o.SDP))
}
