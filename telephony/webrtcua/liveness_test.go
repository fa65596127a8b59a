package webrtcua

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"runtime"
	"testing"
	"time"

	"github.com/pion/webrtc/v4"
)

// nextPing waits for the page's next ping.
func (b *browser) nextPing() uint64 {
	b.t.Helper()
	select {
	case n := <-b.pings:
		return n
	case <-time.After(10 * time.Second):
		b.t.Fatal("no ping")
		return 0
	}
}

// silentBrowser is connected on a clock turned by hand, and answers pings only
// when the test does.
func silentBrowser(t *testing.T) (*rig, *manualClock, *browser) {
	t.Helper()
	clock := newManualClock()
	r := newRig(t, clock)
	b := r.newBrowser(Owner{"acme", "anna"}, "s1")
	b.mute = true
	b.connect()
	return r, clock, b
}

// A page that stops answering is unreachable within six seconds, and reachable
// again with its first answer.
func TestMissingPongs(t *testing.T) {
	r, clock, b := silentBrowser(t)
	n := b.nextPing() // at once, not at the next second
	if r.Reachable(b.owner) {
		t.Error("connected alone is not reachable")
	}
	r.Pong(b.owner, "other", n)
	r.Pong(Owner{"acme", "bert"}, b.id, n)
	r.Pong(b.owner, b.id, n+1) // made up
	if r.Reachable(b.owner) {
		t.Error("somebody else's answer counts")
	}
	r.Pong(b.owner, b.id, n)
	r.wantChange(b.owner, true)
	for second := 1; second <= 4; second++ {
		clock.advance(time.Second)
		b.nextPing()
		if !r.Reachable(b.owner) {
			t.Errorf("unreachable after %d s", second)
		}
	}
	r.wantNoChange()
	clock.advance(time.Second)
	n = b.nextPing()
	r.wantChange(b.owner, false) // by itself, 5 s after the last answer
	r.Pong(b.owner, b.id, 1)     // an answer that was given already
	if r.Reachable(b.owner) {
		t.Error("an old answer counts")
	}
	r.Pong(b.owner, b.id, n)
	r.wantChange(b.owner, true)
	for range 20 {
		clock.advance(time.Second)
		r.Pong(b.owner, b.id, b.nextPing())
	}
	r.wantNoChange()
	clock.advance(4501 * time.Millisecond)
	if r.Reachable(b.owner) {
		t.Error("reachable on the strength of an old answer")
	}
	r.wantChange(b.owner, false)
}

func TestDrop(t *testing.T) {
	r, _, b := silentBrowser(t)
	r.Pong(b.owner, b.id, b.nextPing())
	r.wantChange(b.owner, true)
	r.Drop(b.owner, "other")
	if !r.Reachable(b.owner) {
		t.Error("dropped by another session's end")
	}
	r.Drop(b.owner, b.id)
	if r.Reachable(b.owner) {
		t.Error("still reachable")
	}
	r.wantChange(b.owner, false)
	r.Drop(b.owner, b.id)
	r.Pong(b.owner, b.id, 1)
	r.wantNoChange()
	if lines, sessions := r.left(); lines != 0 || sessions != 0 {
		t.Errorf("%d lines and %d sessions are left", lines, sessions)
	}
}

// A browser that ends its connection in good order is unreachable at once.
func TestBrowserCloses(t *testing.T) {
	r, _, b := silentBrowser(t)
	r.Pong(b.owner, b.id, b.nextPing())
	r.wantChange(b.owner, true)
	b.close()
	r.wantChange(b.owner, false)
}

// A page that answers though its audio cannot pass is not reachable, and is again
// when the path is back.
func TestPathLost(t *testing.T) {
	r := newRig(t, nil)
	b := r.newBrowser(Owner{"acme", "anna"}, "s1")
	b.connect()
	r.wantChange(b.owner, true)
	b.net.cut.Store(true)
	r.wantChange(b.owner, false)
	b.net.cut.Store(false)
	r.wantChange(b.owner, true)
}

// Who offers and never connects is given up.
func TestNeverConnected(t *testing.T) {
	clock := newManualClock()
	r := newRig(t, clock)
	b := r.newBrowser(Owner{"acme", "anna"}, "s1")
	if _, err := r.Offer(t.Context(), b.owner, b.id, b, b.offer()); err != nil {
		t.Fatal(err)
	}
	clock.advance(connectWithin + 2*time.Second)
	eventually(t, "the session is given up", func() bool {
		lines, sessions := r.left()
		return lines+sessions == 0
	})
	r.wantNoChange()
}

// Nothing of many offers remains but the last session.
func TestManyOffers(t *testing.T) {
	r := newRig(t, nil)
	b := r.newBrowser(Owner{"acme", "anna"}, "s1")
	offer := b.offer()
	before := runtime.NumGoroutine()
	for range 200 {
		if _, err := r.Offer(t.Context(), b.owner, b.id, b, offer); err != nil {
			t.Fatal(err)
		}
	}
	if _, sessions := r.left(); sessions != 1 {
		t.Errorf("%d sessions", sessions)
	}
	r.Drop(b.owner, b.id)
	eventually(t, "the goroutines end", func() bool { return runtime.NumGoroutine() <= before })
	if lines, sessions := r.left(); lines != 0 || sessions != 0 {
		t.Errorf("%d lines and %d sessions are left", lines, sessions)
	}
}

func TestFull(t *testing.T) {
	r := newRig(t, nil)
	b := r.newBrowser(Owner{"acme", "anna"}, "s1")
	offer := b.offer()
	if _, err := r.Offer(t.Context(), b.owner, b.id, b, offer); err != nil {
		t.Fatal(err)
	}
	r.mu.Lock()
	r.sessions += maxSessions - 1
	r.mu.Unlock()
	var refused *Refused
	_, err := r.Offer(t.Context(), Owner{"acme", "bert"}, "s1", b, offer)
	if !errors.As(err, &refused) || refused.Code != Full {
		t.Errorf("one too many: %v", err)
	}
	if _, err = r.Offer(t.Context(), b.owner, "s2", b, offer); err != nil {
		t.Errorf("who has a session already: %v", err)
	}
	r.mu.Lock()
	r.sessions -= maxSessions - 1
	r.mu.Unlock()
}

func TestClosed(t *testing.T) {
	r, _, b := silentBrowser(t)
	r.Pong(b.owner, b.id, b.nextPing())
	r.wantChange(b.owner, true)
	other := r.newBrowser(Owner{"acme", "bert"}, "s1")
	offer := other.offer()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := r.Offer(ctx, other.owner, other.id, other, offer); err != nil && !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
	if err := r.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := r.Offer(t.Context(), other.owner, other.id, other, offer); !errors.Is(err, ErrClosed) {
		t.Errorf("offer to a closed agent: %v", err)
	}
	r.Drop(b.owner, b.id)
	r.wantNoChange()
}

// The addresses that an offer names get nothing, not even a look-up: the browser
// checks us, never we the browser.
func TestNamedAddressesGetNothing(t *testing.T) {
	r := newRig(t, nil)
	victim, err := net.ListenUDP("udp4", net.UDPAddrFromAddrPort(netip.MustParseAddrPort("127.0.0.1:0")))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = victim.Close() }()
	b := r.newBrowser(Owner{"acme", "anna"}, "s1")
	port := victim.LocalAddr().(*net.UDPAddr).Port
	offer := b.offer() +
		"a=candidate:1 1 udp 2130706431 127.0.0.1 " + itoa(port) + " typ host\r\n" +
		"a=candidate:2 1 udp 2130706431 3c0f1a5e-52c0-4a51-9d1b-9f3c8a6d2b11.local 5000 typ host\r\n"
	connected := make(chan struct{}, 1)
	b.pc.OnConnectionStateChange(func(s webrtc.PeerConnectionState) {
		if s == webrtc.PeerConnectionStateConnected {
			connected <- struct{}{}
		}
	})
	answer, err := r.Offer(t.Context(), b.owner, b.id, b, offer)
	if err != nil {
		t.Fatal(err)
	}
	b.take(answer)
	<-connected
	r.wantChange(b.owner, true)
	c := r.newCall(b.owner)
	c.leg.Play(toneSource(700))
	eventually(t, "audio at the browser", func() bool { return len(b.packets()) > 10 })
	if err = victim.SetReadDeadline(time.Now().Add(10 * time.Millisecond)); err != nil {
		t.Fatal(err)
	}
	if n, err := victim.Read(make([]byte, 1500)); err == nil {
		t.Errorf("%d octets to an address that was only named", n)
	}
}

func TestListen(t *testing.T) {
	for _, c := range []struct{ listen, advertise, want string }{
		{"127.0.0.1:0", "", "127.0.0.1"},
		{"0.0.0.0:0", "127.0.0.1", "127.0.0.1"},
		{"127.0.0.1:0", "192.0.2.7", "192.0.2.7"},
		{"0.0.0.0:0", "", ""},
		{"127.0.0.1:0", "224.0.0.1", ""},
		{"192.0.2.7:0", "", ""}, // not ours
	} {
		var advertise netip.Addr
		if c.advertise != "" {
			advertise = netip.MustParseAddr(c.advertise)
		}
		u, err := New(Config{Listen: netip.MustParseAddrPort(c.listen), Advertise: advertise, Handler: &rig{}})
		switch {
		case c.want == "" && err == nil:
			t.Errorf("%s as %q: accepted", c.listen, c.advertise)
		case c.want != "" && err != nil:
			t.Errorf("%s as %q: %v", c.listen, c.advertise, err)
		case c.want != "" && u.Addr().Addr().String() != c.want:
			t.Errorf("%s as %q: %s", c.listen, c.advertise, u.Addr())
		}
		if u != nil {
			_ = u.Close(t.Context())
		}
	}
}
