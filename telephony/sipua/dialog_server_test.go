package sipua

import (
	"strconv"
	"testing"
	"time"
)

func trunkRig(t *testing.T, change func(*Config)) (*rig, *peer) {
	t.Helper()
	r := newRig(t, change)
	p := newPeer(t, r)
	r.trunkFor(p, nil)
	return r, p
}

func TestIncomingCallAnsweredAndHungUpByPeer(t *testing.T) {
	r, p := trunkRig(t, nil)
	inv := p.invite(sdpA, Header{"P-Asserted-Identity", `"Doe, J" <sip:+33612345678@carrier>, <tel:+33612345678>`})
	p.send(inv)
	d := r.call()
	i := d.Invite()
	if i.RequestUser != "+33170200200" || i.From.User != "+33170200201" || i.AssertedIdentity.User != "+33612345678" ||
		i.AssertedIdentity.Display != "Doe, J" || string(i.SDP) != sdpA || i.Privacy || i.Local != r.addr.Addr() {
		t.Fatalf("invite %+v", i)
	}
	if p := d.Peer(); p.Kind != PeerTrunk || p.ID != "t1" || p.Centre != "c1" {
		t.Fatalf("peer %+v", p)
	}
	e := listen(t, d)
	d.Progress(180, nil)
	ringing := p.response(180, "INVITE")
	d.Accept([]byte(sdpB))
	ok := p.response(200, "INVITE")
	if ringing.toTag() != ok.toTag() || ok.toTag() == "" || string(ok.body) != sdpB {
		t.Fatalf("200\n%s", ok.encode())
	}
	p.ack(inv, ok, "")
	if c := want[Confirmed](e); c.SDP != nil {
		t.Fatal("answer out of nowhere")
	}
	p.send(p.inside("BYE", inv, ok, 10))
	p.response(200, "BYE")
	if got := want[Ended](e); got.By != ByRemote || got.Cause != EndBye {
		t.Fatalf("%+v", got)
	}
	e.none(3 * t1())
	eventually(t, "dialog forgotten", func() bool { c := r.u.Counters(); return c.DialogsEnded == 1 && c.DialogsOpened == 1 })
}

func TestOfferlessInvite(t *testing.T) {
	r, p := trunkRig(t, nil)
	inv := p.invite("")
	p.send(inv)
	d := r.call()
	e := listen(t, d)
	if d.Invite().SDP != nil {
		t.Fatal("offer out of nowhere")
	}
	d.Accept([]byte(sdpB))
	ok := p.response(200, "INVITE")
	p.ack(inv, ok, sdpA)
	if c := want[Confirmed](e); string(c.SDP) != sdpA {
		t.Fatalf("answer %q", c.SDP)
	}
}

func TestRetransmittedInviteIsAbsorbed(t *testing.T) {
	r, p := trunkRig(t, nil)
	inv := p.invite(sdpA)
	p.send(inv)
	p.send(inv)
	p.send(inv)
	d := r.call()
	d.Bind(func(Event) {})
	d.Accept([]byte(sdpB))
	ok := p.response(200, "INVITE")
	p.send(inv)
	p.ack(inv, ok, "")
	select {
	case <-r.incoming:
		t.Fatal("one INVITE, two calls")
	case <-time.After(5 * t1()):
	}
}

func TestMergedRequest482(t *testing.T) {
	r, p := trunkRig(t, nil)
	inv := p.invite(sdpA)
	p.send(inv)
	r.call().Bind(func(Event) {})
	second := *inv
	second.fields = append([]Header(nil), inv.fields...)
	second.set("Via", "SIP/2.0/UDP "+p.addr.String()+";branch=z9hG4bKother")
	p.send(&second)
	p.response(482, "INVITE")
}

// RFC 3261 §13.3.1.4; the library ends such a call silently.
func TestLostAckEndsWithBye(t *testing.T) {
	r, p := trunkRig(t, nil)
	p.send(p.invite(sdpA))
	d := r.call()
	e := listen(t, d)
	d.Accept([]byte(sdpB))
	first := p.response(200, "INVITE")
	again := p.response(200, "INVITE")
	if first.toTag() != again.toTag() {
		t.Fatal("another tag in the retransmission")
	}
	p.reply(p.request("BYE"), 200, "", "")
	if got := want[Ended](e); got.Cause != EndNoAck || got.By != BySystem {
		t.Fatalf("%+v", got)
	}
}

func TestHangUpBetween200AndAckWaitsForAck(t *testing.T) {
	r, p := trunkRig(t, nil)
	inv := p.invite(sdpA)
	p.send(inv)
	d := r.call()
	e := listen(t, d)
	d.Accept([]byte(sdpB))
	ok := p.response(200, "INVITE")
	d.HangUp(HangUpNormal)
	p.silent(4*t1(), isRequest("BYE"))
	p.ack(inv, ok, "")
	p.reply(p.request("BYE"), 200, "", "")
	want[Confirmed](e)
	if got := want[Ended](e); got.By != ByLocal || got.Cause != EndBye {
		t.Fatalf("%+v", got)
	}
}

func cancelOf(p *peer, inv *message) *message {
	n, _ := inv.cseq()
	c := p.build("CANCEL", inv.uri, Header{"Via", inv.get("Via")}, Header{"From", inv.get("From")}, Header{"To", inv.get("To")},
		Header{"Call-ID", inv.callID()}, Header{"CSeq", strconv.Itoa(int(n)) + " CANCEL"},
		Header{"Reason", "SIP;cause=200"})
	c.drop("Contact")
	return c
}

// The library reports a CANCEL 5 s late; here the call ends at once, with one To tag in all responses.
func TestCancelEndsAtOnce(t *testing.T) {
	r, p := trunkRig(t, nil)
	inv := p.invite(sdpA)
	p.send(inv)
	d := r.call()
	e := listen(t, d)
	d.Progress(180, nil)
	ringing := p.response(180, "INVITE")
	start := time.Now()
	p.send(cancelOf(p, inv))
	p.response(200, "CANCEL")
	gone := p.response(487, "INVITE")
	p.ack(inv, gone, "")
	got := want[Ended](e)
	if got.By != ByRemote || got.Cause != EndCancel || got.Reason != "SIP;cause=200" || time.Since(start) > time.Second {
		t.Fatalf("%+v after %v", got, time.Since(start))
	}
	if gone.toTag() != ringing.toTag() {
		t.Fatal("487 with another tag than 180")
	}
}

func TestCancelRightBehindInvite(t *testing.T) {
	r, p := trunkRig(t, nil)
	for range 50 {
		inv := p.invite(sdpA)
		p.send(inv)
		p.send(cancelOf(p, inv))
		p.ack(inv, p.response(487, "INVITE"), "")
	}
	eventually(t, "all ended", func() bool { c := r.u.Counters(); return c.DialogsOpened == c.DialogsEnded })
}

func TestCancelAfter200ChangesNothing(t *testing.T) {
	r, p := trunkRig(t, nil)
	inv := p.invite(sdpA)
	p.send(inv)
	d := r.call()
	e := listen(t, d)
	d.Accept([]byte(sdpB))
	ok := p.response(200, "INVITE")
	p.send(cancelOf(p, inv))
	p.response(200, "CANCEL")
	p.ack(inv, ok, "")
	want[Confirmed](e)
	e.none(3 * t1())
}

func TestThirdPartyCannotCancelOrHangUp(t *testing.T) {
	r := newRig(t, nil)
	p, q := newPeer(t, r), newPeer(t, r)
	r.u.SetTrunks([]Trunk{
		{Centre: "c1", ID: "t1", Host: "127.0.0.1", Port: p.addr.Port(), Enabled: true, Sources: []Source{{mustPrefix("127.0.0.1/32"), p.addr.Port()}}},
		{Centre: "c2", ID: "t2", Host: "127.0.0.1", Port: q.addr.Port(), Enabled: true, Sources: []Source{{mustPrefix("127.0.0.1/32"), q.addr.Port()}}},
	})
	inv := p.invite(sdpA)
	p.send(inv)
	d := r.call()
	e := listen(t, d)
	q.send(cancelOf(q, inv))
	q.response(481, "CANCEL")
	d.Accept([]byte(sdpB))
	ok := p.response(200, "INVITE")
	p.ack(inv, ok, "")
	want[Confirmed](e)
	wrong := q.inside("BYE", inv, ok, 10)
	wrong.set("To", "<sip:x@y>;tag=wrong")
	q.send(wrong)
	q.response(481, "BYE")
	wrong = p.inside("BYE", inv, ok, 11)
	wrong.set("From", "<sip:x@y>;tag=wrong")
	p.send(wrong)
	p.response(481, "BYE")
	e.none(3 * t1())
}

func TestRejectAndHangUpBeforeAnswer(t *testing.T) {
	r, p := trunkRig(t, nil)
	for status, end := range map[int]func(*Dialog){
		486: func(d *Dialog) { d.Reject(486, "", Header{"Retry-After", "5"}) },
		480: func(d *Dialog) { d.HangUp(HangUpNormal) },
		603: func(d *Dialog) { d.HangUp(HangUpDecline) },
	} {
		inv := p.invite(sdpA)
		p.send(inv)
		d := r.call()
		e := listen(t, d)
		end(d)
		end(d)
		res := p.response(status, "INVITE")
		if status == 486 && res.get("Retry-After") != "5" {
			t.Fatal("no Retry-After")
		}
		p.ack(inv, res, "")
		if got := want[Ended](e); got.Cause != EndRejected || got.By != ByLocal {
			t.Fatalf("%+v", got)
		}
		e.none(2 * t1())
	}
}

// A caller may wait in early media for as long as call control lets him.
func TestEarlyMediaHasNoEnd(t *testing.T) {
	r, p := trunkRig(t, func(c *Config) { c.Limits.FinalAnswer = 2 * t1() })
	p.send(p.invite(sdpA))
	d := r.call()
	e := listen(t, d)
	d.Progress(183, []byte(sdpB))
	p.response(183, "INVITE")
	p.silent(10*t1(), func(m *message) bool { return m.status >= 200 })
	e.none(t1())
	d.Reject(480, "")
	p.response(480, "INVITE")
}

func TestNoFinalAnswerBecomes500(t *testing.T) {
	r, p := trunkRig(t, func(c *Config) { c.Limits.FinalAnswer = 100 * time.Millisecond })
	inv := p.invite(sdpA)
	p.send(inv)
	e := listen(t, r.call())
	p.ack(inv, p.response(500, "INVITE"), "")
	want[Ended](e)
}

func TestReliableProvisional(t *testing.T) {
	r, p := trunkRig(t, nil)
	inv := p.invite(sdpA, Header{"Require", "100rel"})
	p.send(inv)
	d := r.call()
	e := listen(t, d)
	d.Progress(183, []byte(sdpB))
	d.Progress(180, nil)
	d.Accept([]byte(sdpB))
	first := p.response(183, "INVITE")
	again := p.response(183, "INVITE") // repeated, and nothing overtakes it
	if first.get("RSeq") == "" || first.get("RSeq") != again.get("RSeq") || !first.hasToken("Require", "100rel") {
		t.Fatalf("183\n%s", first.encode())
	}
	p.send(p.inside("PRACK", inv, first, 50, Header{"RAck", "1 1 INVITE"}))
	p.response(481, "PRACK")
	n, _ := inv.cseq()
	p.send(p.inside("PRACK", inv, first, 51, Header{"RAck", first.get("RSeq") + " " + strconv.Itoa(int(n)) + " INVITE"}))
	p.response(200, "PRACK")
	ok := p.response(200, "INVITE")
	if ok.body != nil {
		t.Fatal("a second answer in the 200")
	}
	p.ack(inv, ok, "")
	want[Confirmed](e)
}

func TestMissingPrackEndsCall(t *testing.T) {
	r, p := trunkRig(t, nil)
	inv := p.invite(sdpA, Header{"Require", "100rel"})
	p.send(inv)
	d := r.call()
	e := listen(t, d)
	d.Progress(180, nil)
	p.ack(inv, p.response(504, "INVITE"), "")
	if got := want[Ended](e); got.By != BySystem {
		t.Fatalf("%+v", got)
	}
}

func TestByeCrossing(t *testing.T) {
	r, p := trunkRig(t, nil)
	inv, ok, d, e := p.established(r)
	d.HangUp(HangUpNormal)
	bye := p.request("BYE")
	p.send(p.inside("BYE", inv, ok, 20))
	p.response(200, "BYE")
	p.reply(bye, 200, "", "")
	want[Ended](e)
	e.none(3 * t1())
}

func TestUnansweredByeEnds(t *testing.T) {
	r, p := trunkRig(t, nil)
	_, _, d, e := p.established(r)
	d.HangUp(HangUpNormal)
	p.request("BYE")
	p.request("BYE") // repeated by the transaction
	if got := want[Ended](e); got.By != ByLocal {
		t.Fatalf("%+v", got)
	}
}

func TestRetransmittedBye(t *testing.T) {
	r, p := trunkRig(t, nil)
	inv, ok, _, e := p.established(r)
	bye := p.inside("BYE", inv, ok, 20)
	p.send(bye)
	p.response(200, "BYE")
	want[Ended](e)
	p.send(bye)
	if m := p.read(patience); m == nil || m.status != 481 && m.status != 200 {
		t.Fatal("no answer to the repeated BYE")
	}
}

func TestHandlerPanicBecomes500(t *testing.T) {
	r, p := trunkRig(t, func(c *Config) { c.Handler.(*rig).onCall = func(*Dialog) { panic("planned") } })
	inv := p.invite(sdpA)
	p.send(inv)
	p.ack(inv, p.response(500, "INVITE"), "")
	if n := r.u.Counters().Panics; n != 1 {
		t.Fatalf("%d panics counted", n)
	}
	r.u.counters.panics.Store(0)
	p.send(p.build("OPTIONS", "sip:"+p.ua.String()))
	p.response(200, "OPTIONS")
}
