package media

import (
	"net/netip"
	"testing"
	"time"
)

// stranger is a socket that is not the far side's.
func (r *rig) stranger(victim *phone) *phone {
	other := r.phone(PCMA, 0)
	return &phone{t: r.t, rig: r, conn: other.conn, leg: victim.leg, codec: PCMA, Header: victim.Header}
}

// An attacker who knows our port gets nothing in and nothing out, before or
// after the far side's first packet.
func TestStrangersAreRefused(t *testing.T) {
	r := newRig(t)
	a, b := r.phone(PCMA, 0), r.phone(PCMA, 0)
	_ = r.p.Bridge(a.leg, b.leg)
	attacker := r.stranger(a)
	attack := func() {
		t.Helper()
		for range 10 {
			attacker.raw(attacker.speech(2000, FrameSamples))
		}
	}
	attack()
	a.raw(a.speech(500, FrameSamples)) // sockets keep the order
	wantTone(t, hear(b.next()), 500, 2000)
	attack()
	a.raw(a.speech(500, FrameSamples))
	wantTone(t, hear(b.next()), 500, 2000)
	b.silent()

	b.raw(b.speech(900, FrameSamples))
	a.next()
	attacker.silent()
	if s := a.leg.Stats(); s.Refused != 20 || s.PacketsReceived != 2 || s.Lost != 0 {
		t.Errorf("stats %+v, want 20 refused, 2 received", s)
	}
}

func TestUnconfiguredLegTakesNothing(t *testing.T) {
	r := newRig(t)
	a := r.phone(PCMA, 0)
	l, err := r.p.Bind(Options{IP: loopback()})
	if err != nil {
		t.Fatal(err)
	}
	a.leg = l.(*leg)
	a.inject(a.speech(500, FrameSamples))
	a.leg.Play(toneSource(500))
	a.leg.SendDigits("1")
	r.step(2)
	if s := l.Stats(); s.Refused != 1 || s.PacketsReceived != 0 || s.PacketsSent != 0 {
		t.Errorf("stats %+v", s)
	}
}

// On a new answer the far side may have moved: the old address is a stranger's.
func TestConfigureMovesTheFarSide(t *testing.T) {
	r := newRig(t)
	a, b := r.phone(PCMA, 0), r.phone(PCMA, 0)
	_ = r.p.Bridge(a.leg, b.leg)
	moved := r.stranger(a)
	a.leg.Configure(Remote{Addr: addrPort(moved.conn), Codec: PCMU, Send: true, Receive: true})
	a.inject(a.speech(500, FrameSamples))
	b.silent()
	b.inject(b.speech(900, FrameSamples))
	if p := moved.next(); p.PayloadType != uint8(PCMU) {
		t.Errorf("sent as %d, want the new codec", p.PayloadType)
	}
	a.silent()
}

func TestIPv4MappedAddressesMatch(t *testing.T) {
	r := newRig(t)
	a, b := r.phone(PCMA, 0), r.phone(PCMA, 0)
	_ = r.p.Bridge(a.leg, b.leg)
	addr := addrPort(a.conn)
	mapped := netip.AddrPortFrom(netip.AddrFrom16(addr.Addr().As16()), addr.Port())
	a.leg.Configure(Remote{Addr: mapped, Codec: PCMA, Send: true, Receive: true})
	a.raw(a.speech(500, FrameSamples))
	b.next()
	b.raw(b.speech(500, FrameSamples))
	a.next()
}

func TestLatchOnce(t *testing.T) {
	r := newRig(t)
	a, b := r.phone(PCMA, 101), r.phone(PCMA, 0)
	_ = r.p.Bridge(a.leg, b.leg)
	private := netip.MustParseAddrPort("127.0.0.1:9") // what the SDP behind the NAT says
	remote := Remote{Addr: private, Codec: PCMA, DTMF: 101, Send: true, Receive: true, LatchAny: true}
	a.leg.Configure(remote)
	attacker := r.stranger(a)

	attacker.raw([]byte("not rtp at all, though it came first"))
	attacker.raw(attacker.datagram(96, make([]byte, 20), 0)) // nothing negotiated
	a.raw(a.speech(500, FrameSamples))
	b.next()
	attacker.raw(attacker.speech(2000, FrameSamples))
	a.raw(a.speech(500, FrameSamples))
	wantTone(t, hear(b.next()), 500, 2000)
	b.raw(b.speech(900, FrameSamples))
	a.next() // answers go where the audio comes from
	attacker.silent()

	a.leg.Configure(remote) // an offer that changes nothing does not open the latch
	b.raw(b.speech(900, FrameSamples))
	a.next()
	attacker.raw(attacker.speech(2000, FrameSamples))
	a.raw(a.speech(500, FrameSamples))
	wantTone(t, hear(b.next()), 500, 2000)

	remote.Addr = netip.MustParseAddrPort("127.0.0.1:11")
	a.leg.Configure(remote) // another address does
	moved := attacker
	moved.raw(moved.speech(2000, FrameSamples))
	wantTone(t, hear(b.next()), 2000, 500)
}

func TestOnHoldNothingIsTaken(t *testing.T) {
	r := newRig(t)
	a, b := r.phone(PCMA, 0), r.phone(PCMA, 0)
	_ = r.p.Bridge(a.leg, b.leg)
	a.leg.Configure(Remote{Addr: addrPort(a.conn), Codec: PCMA, Send: true})
	a.inject(a.speech(500, FrameSamples))
	b.silent()
}

func TestTimeout(t *testing.T) {
	r := newRig(t)
	var got events
	a := r.phone(PCMA, 0, got.on, func(o *Options, _ *Remote) { o.Timeout = time.Second })
	count := func(want int, when string) {
		t.Helper()
		if all := got.all(); len(all) != want || want > 0 && all[want-1].Kind != Timeout {
			t.Fatalf("%s: events %v, want %d timeouts", when, all, want)
		}
	}
	r.step(200)
	count(0, "never sent anything")
	a.inject(a.speech(500, FrameSamples))
	r.step(49)
	count(0, "just before")
	r.step(1)
	count(1, "after a second")
	r.step(200)
	count(1, "long after")
	a.inject(a.speech(500, FrameSamples))
	r.step(50)
	count(2, "another silence")

	a.inject(a.speech(500, FrameSamples))
	r.step(25)
	a.leg.Configure(Remote{Addr: addrPort(a.conn), Codec: PCMA, Send: true})
	r.step(500)
	count(2, "on hold")
	// The hold key of a phone says sendonly, and most then send nothing.
	a.leg.Configure(Remote{Addr: addrPort(a.conn), Codec: PCMA, Receive: true})
	r.step(500)
	count(2, "held by the far side")
	a.leg.Configure(Remote{Addr: addrPort(a.conn), Codec: PCMA, Send: true, Receive: true})
	r.step(49)
	count(2, "just taken off hold")
	r.step(1)
	count(3, "silent though off hold")
}

func TestNoTimeoutByDefault(t *testing.T) {
	r := newRig(t)
	var got events
	a := r.phone(PCMA, 0, got.on)
	a.inject(a.speech(500, FrameSamples))
	r.step(5000)
	if all := got.all(); len(all) != 0 {
		t.Errorf("events %v", all)
	}
}

// The path of a packet through a bridge, transcoded and recorded, allocates
// nothing; neither does the clock.
func TestNoAllocationPerPacket(t *testing.T) {
	r := newRig(t)
	a, b, c := r.phone(PCMA, 101), r.phone(PCMU, 96), r.phone(PCMA, 0)
	_ = r.p.Bridge(a.leg, b.leg)
	sink := discard{}
	if _, err := r.p.Record(a.leg, b.leg, &sink); err != nil {
		t.Fatal(err)
	}
	c.leg.Play(Music())
	raw, from := a.speech(500, FrameSamples), canonical(addrPort(a.conn))
	stranger := netip.AddrPortFrom(from.Addr(), 9)
	if n := testing.AllocsPerRun(500, func() {
		raw[3]++
		a.leg.receive(raw, from, r.p.elapsed())
		a.leg.receive(raw, stranger, r.p.elapsed())
	}); n != 0 {
		t.Errorf("%v allocations for a packet", n)
	}
	if n := testing.AllocsPerRun(500, func() {
		r.clock.now = r.clock.now.Add(FrameTime)
		r.ticks++
		r.p.tick(r.ticks)
	}); n != 0 {
		t.Errorf("%v allocations for a tick", n)
	}
	if c.leg.Stats().PacketsSent < 500 {
		t.Error("no music was sent")
	}
}

type discard struct{ frames int }

func (d *discard) WriteFrame([]int16) error { d.frames++; return nil }
func (d *discard) Close() error             { return nil }

// A leg that is closed while its peer sends and the clock ticks ends quietly.
func TestCloseInUse(t *testing.T) {
	p, err := NewPlane(PlaneConfig{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = p.Close() }()
	for range 20 {
		var legs [2]Leg
		for i := range legs {
			if legs[i], err = p.Bind(Options{IP: loopback()}); err != nil {
				t.Fatal(err)
			}
		}
		for i := range legs {
			legs[i].Configure(Remote{Addr: legs[1-i].LocalAddr(), Codec: PCMA, Send: true, Receive: true})
			legs[i].Play(Silence())
		}
		_ = p.Bridge(legs[0], legs[1])
		if _, err = p.Record(legs[0], legs[1], &discard{}); err != nil {
			t.Fatal(err)
		}
		deadline := time.Now().Add(5 * time.Second)
		for legs[0].Stats().PacketsReceived == 0 && time.Now().Before(deadline) {
			time.Sleep(time.Millisecond)
		}
		if legs[0].Stats().PacketsReceived == 0 {
			t.Fatal("the shared clock sends nothing")
		}
		legs[0].Close()
		legs[1].Play(nil)
		legs[1].SendDigits("1")
		legs[1].Close()
		legs[1].Play(Silence())
		legs[1].Configure(Remote{})
	}
}
