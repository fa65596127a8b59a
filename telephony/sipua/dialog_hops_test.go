package sipua

import (
	"net/netip"
	"testing"
	"time"
)

// addresses gives the rig's trunk several addresses, as its name would.
func (r *rig) addresses(peers ...*peer) {
	tr := r.u.trunks.byID("t1")
	r.u.trunks.mu.Lock()
	defer r.u.trunks.mu.Unlock()
	tr.addrs = []netip.AddrPort{}
	for _, p := range peers {
		tr.addrs = append(tr.addrs, p.addr)
	}
}

// overSilence places a call whose first address, dead's, says nothing and whose second, p's, takes it.
func overSilence(t *testing.T) (p, dead *peer, lost, inv *message, d *Dialog, e *events) {
	t.Helper()
	r, p := trunkRig(t, nil)
	dead = newPeer(t, r)
	r.addresses(dead, p)
	e = listen(t, nil)
	start := time.Now()
	d = r.u.Invite(outbound(e))
	lost = dead.request("INVITE")
	inv = p.request("INVITE")
	if wait := time.Since(start); wait < hopPatience*t1() || wait >= 64*t1() {
		t.Fatalf("next address after %v", wait)
	}
	if inv.callID() != lost.callID() || inv.branch() == lost.branch() {
		t.Fatalf("INVITE\n%s", inv.encode())
	}
	p.reply(inv, 200, "x", sdpB)
	p.request("ACK")
	want[Answered](e)
	return p, dead, lost, inv, d, e
}

// cancelled waits for the CANCEL of an INVITE that was given up, and carries it out.
func (p *peer) cancelled(lost *message) {
	p.t.Helper()
	c := p.request("CANCEL")
	if c.branch() != lost.branch() || c.uri != lost.uri {
		p.t.Fatalf("CANCEL\n%s", c.encode())
	}
	p.reply(c, 200, "", "")
	p.reply(lost, 487, "late", "")
	if ack := p.request("ACK"); ack.branch() != lost.branch() {
		p.t.Fatalf("ACK\n%s", ack.encode())
	}
}

// hungUp waits for ACK and BYE of a late 2xx.
func (p *peer) hungUp(lost *message) {
	p.t.Helper()
	n, _ := lost.cseq()
	ack := p.request("ACK")
	if is, _ := ack.cseq(); is != n || ack.toTag() != "late" {
		p.t.Fatalf("ACK\n%s", ack.encode())
	}
	bye := p.request("BYE")
	if bye.toTag() != "late" || bye.callID() != lost.callID() {
		p.t.Fatalf("BYE\n%s", bye.encode())
	}
	p.reply(bye, 200, "", "")
}

func TestSilentAddress(t *testing.T) {
	ends := func(p *peer, d *Dialog, e *events) {
		t.Helper()
		d.HangUp(HangUpNormal)
		bye := p.request("BYE")
		if bye.toTag() != "x" {
			t.Fatalf("BYE\n%s", bye.encode())
		}
		p.reply(bye, 200, "", "")
		want[Ended](e)
	}
	t.Run("rings late", func(t *testing.T) {
		p, dead, lost, _, d, e := overSilence(t)
		dead.reply(lost, 100, "", "")
		dead.reply(lost, 180, "late", "") // one CANCEL for both
		dead.cancelled(lost)
		dead.silent(3*t1(), isRequest("CANCEL"))
		e.none(t1())
		ends(p, d, e)
	})
	t.Run("rings after the call", func(t *testing.T) {
		p, dead, lost, _, d, e := overSilence(t)
		ends(p, d, e)
		dead.reply(lost, 180, "late", "")
		dead.cancelled(lost)
	})
	t.Run("never ends what was cancelled", func(t *testing.T) { // goleak finds what waits for it
		p, dead, lost, _, d, e := overSilence(t)
		dead.reply(lost, 180, "late", "")
		dead.request("CANCEL")
		ends(p, d, e)
	})
	t.Run("answers late", func(t *testing.T) {
		p, dead, lost, _, d, e := overSilence(t)
		dead.reply(lost, 200, "late", sdpB)
		dead.hungUp(lost)
		e.none(3 * t1())
		ends(p, d, e)
	})
	t.Run("answers when its transaction has gone", func(t *testing.T) {
		p, dead, lost, _, d, e := overSilence(t)
		dead.silent(70*t1(), isRequest("BYE"))
		dead.reply(lost, 200, "late", sdpB)
		dead.hungUp(lost)
		e.none(3 * t1())
		ends(p, d, e)
	})
	t.Run("answers the CANCEL of the call with a 200", func(t *testing.T) {
		r, p := trunkRig(t, nil)
		dead := newPeer(t, r)
		r.addresses(dead, p)
		e := listen(t, nil)
		d := r.u.Invite(outbound(e))
		lost, inv := dead.request("INVITE"), p.request("INVITE")
		p.reply(inv, 180, "x", "")
		want[Progressed](e)
		d.HangUp(HangUpNormal)
		p.reply(p.request("CANCEL"), 200, "", "")
		dead.reply(lost, 200, "late", sdpB)
		dead.hungUp(lost)
		e.none(t1())
		p.reply(inv, 487, "x", "")
		want[Ended](e)
	})
}

// An address that has said anything at all is waited for.
func TestSlowAddressIsNotLeft(t *testing.T) {
	r, p := trunkRig(t, nil)
	slow := newPeer(t, r)
	r.addresses(slow, p)
	e := listen(t, nil)
	r.u.Invite(outbound(e))
	inv := slow.request("INVITE")
	slow.reply(inv, 100, "", "")
	p.silent(3*hopPatience*t1(), isRequest("INVITE"))
	slow.reply(inv, 200, "x", sdpB)
	want[Answered](e)
}

func TestKeepaliveOfSeveralAddresses(t *testing.T) {
	r := newRig(t, nil)
	p, dead := newPeer(t, r), newPeer(t, r)
	r.trunkFor(dead, func(t *Trunk) { t.Keepalive = 3 * t1() })
	r.addresses(dead, p)
	eventually(t, "up", func() bool { // the first may have been sent before there were two
		p.reply(p.request("OPTIONS"), 404, "x", "")
		return r.u.TrunkState("t1") == TrunkUp
	})
	for range 6 {
		p.reply(p.request("OPTIONS"), 404, "x", "")
		dead.request("OPTIONS")
		if s := r.u.TrunkState("t1"); s != TrunkUp {
			t.Fatal(s)
		}
	}
	eventually(t, "silent", func() bool { return r.u.TrunkState("t1") == TrunkSilent })
}
