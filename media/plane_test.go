package media

import (
	"errors"
	"net"
	"net/netip"
	"testing"
	"time"
)

// evenBase finds the beginning of a range of free ports.
func evenBase(t *testing.T, pairs int) uint16 {
	t.Helper()
	for base := uint16(31000); base < 60000; base += 200 {
		var open []*net.UDPConn
		for i := range uint16(2 * pairs) {
			conn, err := bindOne(loopback(), base+i)
			if err != nil {
				break
			}
			open = append(open, conn)
		}
		for _, conn := range open {
			_ = conn.Close()
		}
		if len(open) == 2*pairs {
			return base
		}
	}
	t.Fatal("no free ports")
	return 0
}

func TestPortsGoRound(t *testing.T) {
	base := evenBase(t, 4)
	p, err := NewPlane(PlaneConfig{PortMin: base - 1, PortMax: base + 8}) // 4 whole pairs
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = p.Close() }()
	bind := func() Leg {
		t.Helper()
		l, err := p.Bind(Options{IP: loopback()})
		if err != nil {
			t.Fatal(err)
		}
		return l
	}
	want := func(l Leg, n uint16) {
		t.Helper()
		if got := l.LocalAddr(); got != netip.AddrPortFrom(loopback(), base+2*n) {
			t.Fatalf("bound %s, want port %d", got, base+2*n)
		}
		if conn, err := bindOne(loopback(), base+2*n+1); err == nil {
			_ = conn.Close()
			t.Errorf("the RTCP port %d is free", base+2*n+1)
		}
	}
	first := bind()
	want(first, 0)
	first.Close()
	want(bind(), 1) // the released pair rests
	second := bind()
	want(second, 2)
	want(bind(), 3)
	second.Close()
	want(bind(), 0)
	want(bind(), 2)
	if _, err := p.Bind(Options{IP: loopback()}); !errors.Is(err, ErrNoPorts) {
		t.Errorf("used up: %v", err)
	}
}

func TestPortsOfOthersAreLeftOut(t *testing.T) {
	base := evenBase(t, 3)
	for _, taken := range []uint16{base, base + 3} { // an RTP and an RTCP port
		conn, err := bindOne(loopback(), taken)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = conn.Close() }()
	}
	p, err := NewPlane(PlaneConfig{PortMin: base, PortMax: base + 5})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = p.Close() }()
	l, err := p.Bind(Options{IP: loopback()})
	if err != nil || l.LocalAddr().Port() != base+4 {
		t.Fatalf("%v, %v", l, err)
	}
	if _, err = p.Bind(Options{IP: loopback()}); !errors.Is(err, ErrNoPorts) {
		t.Errorf("%v", err)
	}
}

func TestBadRanges(t *testing.T) {
	for _, r := range [][2]uint16{{20001, 20002}, {20000, 20000}, {30000, 20000}, {0, 10}} {
		if p, err := NewPlane(PlaneConfig{PortMin: r[0], PortMax: r[1]}); err == nil {
			_ = p.Close()
			t.Errorf("range %v accepted", r)
		}
	}
	if p, err := NewPlane(PlaneConfig{PortMin: 65534, PortMax: 65535}); err != nil {
		t.Error(err)
	} else {
		_ = p.Close()
	}
}

func TestBindNeedsALocalAddress(t *testing.T) {
	r := newRig(t)
	if _, err := r.p.Bind(Options{}); err == nil {
		t.Error("bound nowhere")
	}
	if _, err := r.p.Bind(Options{IP: netip.MustParseAddr("192.0.2.1")}); err == nil {
		t.Error("bound an address that is not ours")
	}
	_ = r.p.Close()
	if _, err := r.p.Bind(Options{IP: loopback()}); !errors.Is(err, ErrClosed) {
		t.Error(err)
	}
	if _, err := r.p.Record(nil, nil, &discard{}); !errors.Is(err, ErrClosed) {
		t.Error(err)
	}
}

func TestIPv6(t *testing.T) {
	r := newRig(t)
	l, err := r.p.Bind(Options{IP: netip.IPv6Loopback()})
	if err != nil {
		t.Skip("no IPv6 here:", err)
	}
	a := r.phone(PCMA, 0)
	conn, err := net.ListenUDP("udp6", &net.UDPAddr{IP: net.IPv6loopback})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	b := &phone{t: t, rig: r, conn: conn, leg: l.(*leg), codec: PCMA}
	b.Version, b.SSRC = 2, 7
	l.Configure(Remote{Addr: addrPort(conn), Codec: PCMA, Send: true, Receive: true})
	_ = r.p.Bridge(a.leg, l)
	atA, atB := converse(t, a, b, 500, 1300, 10)
	wantTone(t, atA, 1300, 500)
	wantTone(t, atB, 500, 1300)
}

// waits returns the instants the clock was asked to wait for.
func (c *manualClock) waits() []time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return append([]time.Time(nil), c.asked...)
}

// eventually waits for the plane's own goroutines.
func eventually(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for deadline := time.Now().Add(5 * time.Second); !ok(); {
		if time.Now().After(deadline) {
			t.Fatal("never happened: " + what)
		}
		time.Sleep(time.Millisecond)
	}
}

// The clock sleeps while there is nothing to do, keeps to its absolute schedule
// however late it wakes up, catches up after a short stall and leaves out what a
// long one has cost.
func TestClockSchedule(t *testing.T) {
	clock := newManualClock()
	epoch := clock.Now()
	p, err := NewPlane(PlaneConfig{Clock: clock})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = p.Close() }()
	clock.advance(time.Hour)
	if n := len(clock.waits()); n != 0 {
		t.Errorf("%d waits of an idle clock", n)
	}
	l, err := p.Bind(Options{IP: loopback()})
	if err != nil {
		t.Fatal(err)
	}
	l.Configure(Remote{Addr: netip.MustParseAddrPort("127.0.0.1:9"), Codec: PCMA, Send: true})
	next := func(sent uint64, at time.Duration) {
		t.Helper()
		eventually(t, "the next wait", func() bool {
			waits := clock.waits()
			return len(waits) > 0 && waits[len(waits)-1].Equal(epoch.Add(at))
		})
		if got := l.Stats().PacketsSent; got != sent {
			t.Fatalf("%d frames sent, want %d", got, sent)
		}
	}
	next(0, time.Hour+FrameTime)
	l.Play(Silence())
	clock.advance(27 * time.Millisecond) // wakes up 7 ms late
	next(1, time.Hour+2*FrameTime)
	clock.advance(13 * time.Millisecond)
	next(2, time.Hour+3*FrameTime)
	clock.advance(100 * time.Millisecond) // a stall of five frames
	next(7, time.Hour+8*FrameTime)
	clock.advance(10 * time.Second) // the machine slept: the one due and one for now
	next(9, time.Hour+10*time.Second+8*FrameTime)
	l.Close()
	clock.advance(FrameTime)
	n := len(clock.waits())
	clock.advance(time.Minute)
	if m := len(clock.waits()); m > n+1 {
		t.Errorf("%d waits without a leg", m-n)
	}
}

func FuzzReceive(f *testing.F) {
	clock := newManualClock()
	p, err := newPlane(PlaneConfig{Clock: clock})
	if err != nil {
		f.Fatal(err)
	}
	f.Cleanup(func() { _ = p.Close() })
	var legs [2]*leg
	for i := range legs {
		l, bindErr := p.Bind(Options{IP: loopback(), OnEvent: func(Event) {}})
		if bindErr != nil {
			f.Fatal(bindErr)
		}
		legs[i] = l.(*leg)
	}
	far := netip.MustParseAddrPort("127.0.0.1:9")
	for i, l := range legs {
		l.Configure(Remote{Addr: far, Codec: []Codec{PCMA, PCMU}[i], DTMF: uint8(101 - i), Send: true, Receive: true})
	}
	if err = p.Bridge(legs[0], legs[1]); err != nil {
		f.Fatal(err)
	}
	if _, err = p.Record(legs[0], legs[1], &discard{}); err != nil {
		f.Fatal(err)
	}
	header := []byte{0x80, 8, 0, 1, 0, 0, 0, 160, 1, 2, 3, 4}
	f.Add(append(header[:12:12], make([]byte, 160)...), uint16(20))
	f.Add([]byte{0xBF, 0x88, 0, 1, 0, 0, 0, 160, 1, 2, 3, 4, 0xBE, 0xDE, 0, 1, 1, 1, 1, 1, 9}, uint16(0))
	f.Add([]byte{0x80, 101, 0, 1, 0, 0, 0, 160, 1, 2, 3, 4, 5, 0x8A, 3, 0x20}, uint16(60000))
	f.Add(header, uint16(1))
	f.Add([]byte{0x80, 201, 0, 1, 0, 0, 0, 160}, uint16(1)) // RTCP
	tick := int64(0)
	f.Fuzz(func(t *testing.T, b []byte, wait uint16) {
		clock.advance(time.Duration(wait) * time.Millisecond)
		before := legs[0].Stats()
		for _, cut := range []int{len(b), len(b) / 2} {
			legs[0].receive(b[:cut], far, p.elapsed())
		}
		tick++
		p.tick(tick)
		after := legs[0].Stats()
		counted := after.PacketsReceived + after.Malformed - before.PacketsReceived - before.Malformed
		if counted != 2 || after.Lost < before.Lost && after.Lost > 1<<40 || after.Jitter < 0 {
			t.Errorf("stats %+v after %+v", after, before)
		}
	})
}
