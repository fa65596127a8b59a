package sipua

import (
	"strings"
	"testing"
	"time"
)

func TestReinviteFromPeer(t *testing.T) {
	r, p := trunkRig(t, nil)
	inv, ok, d, e := p.established(r)
	re := p.inside("INVITE", inv, ok, 10, Header{"Contact", "<sip:moved@" + p.addr.String() + ">"}).withSDP([]byte(sdpB))
	p.send(re)
	if o := want[RemoteOffer](e); string(o.SDP) != sdpB || o.Update {
		t.Fatalf("%+v", o)
	}
	d.AnswerOffer([]byte(sdpA))
	res := p.response(200, "INVITE")
	if string(res.body) != sdpA || res.toTag() != ok.toTag() {
		t.Fatalf("200\n%s", res.encode())
	}
	p.response(200, "INVITE") // repeated until the ACK
	p.ack(re, res, "")
	p.read(10 * t1())
	d.HangUp(HangUpNormal)
	if bye := p.request("BYE"); !strings.HasPrefix(bye.uri, "sip:moved@") {
		t.Fatal("target not refreshed")
	}
}

func TestReinviteWithoutOffer(t *testing.T) {
	r, p := trunkRig(t, nil)
	inv, ok, d, e := p.established(r)
	re := p.inside("INVITE", inv, ok, 10)
	p.send(re)
	if o := want[RemoteOffer](e); o.SDP != nil {
		t.Fatalf("%+v", o)
	}
	d.AnswerOffer([]byte(sdpA))
	res := p.response(200, "INVITE")
	p.ack(re, res, sdpB)
	if a := want[RemoteAnswer](e); string(a.SDP) != sdpB {
		t.Fatalf("%+v", a)
	}
}

func TestReinviteRefusedAndCancelled(t *testing.T) {
	r, p := trunkRig(t, nil)
	inv, ok, d, e := p.established(r)
	re := p.inside("INVITE", inv, ok, 10).withSDP([]byte(sdpB))
	p.send(re)
	want[RemoteOffer](e)
	d.RefuseOffer(488)
	p.ack(re, p.response(488, "INVITE"), "")
	re = p.inside("INVITE", inv, ok, 11).withSDP([]byte(sdpB))
	p.send(re)
	want[RemoteOffer](e)
	p.send(cancelOf(p, re))
	p.response(200, "CANCEL")
	p.ack(re, p.response(487, "INVITE"), "")
	d.AnswerOffer([]byte(sdpA)) // too late, and harmless
	e.none(3 * t1())
	p.send(p.inside("BYE", inv, ok, 12))
	p.response(200, "BYE")
	want[Ended](e)
}

func TestReinviteWithoutAckEnds(t *testing.T) {
	r, p := trunkRig(t, nil)
	inv, ok, d, e := p.established(r)
	p.send(p.inside("INVITE", inv, ok, 10).withSDP([]byte(sdpB)))
	want[RemoteOffer](e)
	d.AnswerOffer([]byte(sdpA))
	p.reply(p.request("BYE"), 200, "", "")
	if got := want[Ended](e); got.Cause != EndNoAck {
		t.Fatalf("%+v", got)
	}
}

func TestOfferByReinvite(t *testing.T) {
	r, p := trunkRig(t, nil)
	_, _, d, e := p.placed(r)
	if err := d.Offer([]byte(sdpB)); err != nil {
		t.Fatal(err)
	}
	re := p.request("INVITE")
	ok := p.reply(re, 200, "", sdpA)
	ack := p.request("ACK")
	n, _ := ack.cseq()
	m, _ := re.cseq()
	if n != m || string(re.body) != sdpB {
		t.Fatal("wrong ACK or offer")
	}
	if a := want[RemoteAnswer](e); string(a.SDP) != sdpA {
		t.Fatalf("%+v", a)
	}
	p.send(ok) // the ACK was lost
	p.request("ACK")
	if err := d.Offer([]byte(sdpA)); err != nil {
		t.Fatal(err)
	}
	p.reply(p.request("INVITE"), 488, "", "")
	p.request("ACK")
	if f := want[OfferRefused](e); f.Status != 488 {
		t.Fatalf("%+v", f)
	}
	d.HangUp(HangUpNormal)
	p.reply(p.request("BYE"), 200, "", "")
	want[Ended](e)
	if d.Offer([]byte(sdpA)) == nil {
		t.Fatal("offer in an ended dialog")
	}
}

// RFC 3261 §14.1: each side refuses the other's and tries again later.
func TestGlare(t *testing.T) {
	r, p := trunkRig(t, nil)
	inv, ok, d, e := p.placed(r)
	_ = d.Offer([]byte(sdpB))
	ours := p.request("INVITE")
	theirs := p.inverse("INVITE", inv, ok, 30).withSDP([]byte(sdpA))
	p.send(theirs)
	p.ack(theirs, p.response(491, "INVITE"), "")
	p.reply(ours, 491, "", "")
	p.request("ACK")
	start := time.Now()
	again := p.request("INVITE")
	if wait := time.Since(start); wait < 200*t1()/50 {
		t.Fatalf("tried again after %v", wait)
	}
	p.reply(again, 200, "", sdpA)
	p.request("ACK")
	want[RemoteAnswer](e)
	e.none(2 * t1())
}

func TestOverlappingReinvites500(t *testing.T) {
	r, p := trunkRig(t, nil)
	inv, ok, d, e := p.established(r)
	p.send(p.inside("INVITE", inv, ok, 10).withSDP([]byte(sdpB)))
	want[RemoteOffer](e)
	p.send(p.inside("INVITE", inv, ok, 11).withSDP([]byte(sdpB)))
	if res := p.response(500, "INVITE"); !res.has("Retry-After") {
		t.Fatal("no Retry-After")
	}
	// A request that is older than one already seen is refused (RFC 3261 §12.2.2).
	p.send(p.inside("INFO", inv, ok, 9))
	p.response(500, "INFO")
	d.HangUp(HangUpNormal)
}

func TestReinvite481EndsDialog(t *testing.T) {
	r, p := trunkRig(t, nil)
	_, _, d, e := p.placed(r)
	_ = d.Offer([]byte(sdpB))
	p.reply(p.request("INVITE"), 481, "", "")
	p.request("ACK")
	want[OfferRefused](e)
	p.reply(p.request("BYE"), 481, "", "")
	if got := want[Ended](e); got.Cause != EndRefused {
		t.Fatalf("%+v", got)
	}
}

func TestUpdateBothWays(t *testing.T) {
	r, p := trunkRig(t, nil)
	inv, ok, d, e := p.established(r)
	p.send(p.inside("UPDATE", inv, ok, 10))
	if res := p.response(200, "UPDATE"); res.body != nil || !res.has("Contact") {
		t.Fatalf("200\n%s", res.encode())
	}
	p.send(p.inside("UPDATE", inv, ok, 11).withSDP([]byte(sdpB)))
	want[RemoteOffer](e)
	d.AnswerOffer([]byte(sdpA))
	if res := p.response(200, "UPDATE"); string(res.body) != sdpA {
		t.Fatal("no answer")
	}
	p.send(p.inside("UPDATE", inv, ok, 12).withSDP([]byte(sdpB)))
	want[RemoteOffer](e)
	d.RefuseOffer(0)
	p.response(488, "UPDATE")
}

func TestSessionTimerRefreshAndExpiry(t *testing.T) {
	short := func(c *Config) { c.Limits.MinSE, c.Limits.SessionExpires = time.Second, 2*time.Second }
	t.Run("too small", func(t *testing.T) {
		r, p := trunkRig(t, nil)
		inv := p.invite(sdpA, Header{"Session-Expires", "30"}, Header{"Supported", "timer"})
		p.send(inv)
		res := p.response(422, "INVITE")
		if res.get("Min-SE") != "90" {
			t.Fatal("no Min-SE")
		}
		p.ack(inv, res, "")
		_ = r
	})
	t.Run("we ask and are told more", func(t *testing.T) {
		r, p := trunkRig(t, nil)
		e := listen(t, nil)
		r.u.Invite(outbound(e))
		inv := p.request("INVITE")
		if inv.get("Session-Expires") != "1800" || inv.get("Min-SE") != "90" {
			t.Fatalf("INVITE\n%s", inv.encode())
		}
		p.reply(inv, 422, "x", "", Header{"Min-SE", "3600"})
		p.request("ACK")
		if inv = p.request("INVITE"); inv.get("Session-Expires") != "3600" || inv.get("Min-SE") != "3600" {
			t.Fatalf("INVITE\n%s", inv.encode())
		}
		p.reply(inv, 486, "x", "")
		want[Failed](e)
	})
	t.Run("we refresh by UPDATE", func(t *testing.T) {
		r, p := trunkRig(t, short)
		_, _, _, e := p.placed(r, Header{"Session-Expires", "1;refresher=uac"}, Header{"Allow", "UPDATE, BYE"})
		for range 2 {
			up := p.request("UPDATE")
			if up.body != nil || !strings.Contains(up.get("Session-Expires"), "refresher=uac") {
				t.Fatalf("UPDATE\n%s", up.encode())
			}
			p.reply(up, 200, "", "", Header{"Session-Expires", "1;refresher=uac"})
		}
		e.none(t1())
	})
	t.Run("we refresh by re-INVITE", func(t *testing.T) {
		r, p := trunkRig(t, short)
		_, _, _, e := p.placed(r, Header{"Session-Expires", "1;refresher=uac"}, Header{"Allow", "INVITE, BYE"})
		re := p.request("INVITE")
		if string(re.body) != sdpA {
			t.Fatal("refreshed with something new")
		}
		p.reply(re, 200, "", sdpB, Header{"Session-Expires", "1;refresher=uac"})
		p.request("ACK")
		p.reply(p.request("INVITE"), 481, "", "")
		p.reply(p.request("BYE"), 200, "", "")
		if got := want[Ended](e); got.Cause != EndRefused {
			t.Fatalf("%+v", got)
		}
	})
	t.Run("the peer does not refresh", func(t *testing.T) {
		r, p := trunkRig(t, short)
		inv, ok, _, e := p.established(r, Header{"Session-Expires", "1;refresher=uac"}, Header{"Supported", "timer"})
		if !strings.Contains(ok.get("Session-Expires"), "refresher=uac") || !ok.hasToken("Require", "timer") {
			t.Fatalf("200\n%s", ok.encode())
		}
		_ = inv
		p.reply(p.request("BYE"), 200, "", "")
		if got := want[Ended](e); got.Cause != EndSessionExpired || got.By != BySystem {
			t.Fatalf("%+v", got)
		}
	})
	t.Run("a peer without timer is refreshed by us", func(t *testing.T) {
		r, p := trunkRig(t, short)
		_, ok, _, _ := p.established(r, Header{"Allow", "UPDATE"})
		if !strings.Contains(ok.get("Session-Expires"), "refresher=uas") || ok.hasToken("Require", "timer") {
			t.Fatalf("200\n%s", ok.encode())
		}
		p.request("UPDATE")
	})
}

func TestInfoDigits(t *testing.T) {
	r, p := trunkRig(t, nil)
	inv, ok, d, e := p.established(r)
	for i, c := range []struct {
		kind, body string
		digit      byte
		ms         int
	}{
		{"application/dtmf-relay", "Signal=5\r\nDuration=160\r\n", '5', 160},
		{"application/dtmf", "#", '#', 0},
		{"application/dtmf-relay", "signal = 10\n", '*', 0},
	} {
		m := p.inside("INFO", inv, ok, 10+i, Header{"Content-Type", c.kind})
		m.body = []byte(c.body)
		p.send(m)
		p.response(200, "INFO")
		if g := want[InfoDigit](e); g.Digit != c.digit || g.Duration != time.Duration(c.ms)*time.Millisecond {
			t.Fatalf("%+v", g)
		}
	}
	bad := p.inside("INFO", inv, ok, 20, Header{"Content-Type", "text/plain"})
	bad.body = []byte("5")
	p.send(bad)
	p.response(415, "INFO")
	if err := d.SendInfoDigit('7', 100*time.Millisecond); err != nil {
		t.Fatal(err)
	}
	if m := p.request("INFO"); string(m.body) != "Signal=7\r\nDuration=100\r\n" {
		t.Fatalf("%q", m.body)
	}
}

func TestNotifyTalkNeedsThePeersWord(t *testing.T) {
	r, p := trunkRig(t, nil)
	_, _, d, _ := p.placed(r)
	if d.Notify("talk") == nil {
		t.Fatal("allowed without Allow-Events")
	}
	e := listen(t, nil)
	d = r.u.Invite(outbound(e))
	inv := p.request("INVITE")
	p.reply(inv, 180, "x", "", Header{"Allow-Events", "talk, hold"})
	want[Progressed](e)
	if err := d.Notify("talk"); err != nil {
		t.Fatal(err)
	}
	if m := p.request("NOTIFY"); m.get("Event") != "talk" || m.toTag() != "x" {
		t.Fatalf("NOTIFY\n%s", m.encode())
	}
}

func TestRefer(t *testing.T) {
	r, p := trunkRig(t, nil)
	inv, ok, d, e := p.established(r)
	p.send(p.inside("REFER", inv, ok, 10, Header{"Refer-To", "<sip:+33199@x>"}))
	want[Referred](e)
	p.response(603, "REFER") // nobody answered in time
	d.Bind(func(ev Event) {
		if f, is := ev.(Referred); is {
			if f.To.User != "2001" || f.Replaces != "abc@h;to-tag=1;from-tag=2" {
				t.Errorf("%+v", f)
			}
			d.RespondRefer(202)
		}
	})
	p.send(p.inside("REFER", inv, ok, 11, Header{"Refer-To", "<sip:2001@x?Replaces=abc%40h%3Bto-tag%3D1%3Bfrom-tag%3D2>"}))
	p.response(202, "REFER")
	n := p.request("NOTIFY")
	if n.get("Event") != "refer;id=11" || !strings.HasPrefix(string(n.body), "SIP/2.0 100") {
		t.Fatalf("NOTIFY\n%s", n.encode())
	}
	p.reply(n, 200, "", "")
	again := p.inside("REFER", inv, ok, 12, Header{"Refer-To", "<sip:2001@x?Replaces=abc%40h%3Bto-tag%3D1%3Bfrom-tag%3D2>"})
	p.send(again)
	p.response(491, "REFER") // the first is not over
	d.ReferProgress(200)
	if n = p.request("NOTIFY"); n.get("Event") != "refer;id=11" || !strings.HasPrefix(n.get("Subscription-State"), "terminated") {
		t.Fatal("subscription goes on")
	}
}
