package media

import (
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/pion/rtp"
)

// carrier is somebody else's transport.
type carrier struct {
	t    testing.TB
	fail error

	mu   sync.Mutex
	sent []*rtp.Packet
}

func (c *carrier) Send(b []byte) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	p := new(rtp.Packet)
	if err := p.Unmarshal(append([]byte(nil), b...)); err != nil {
		c.t.Error(err)
	}
	c.sent = append(c.sent, p)
	return c.fail
}

// take returns what was sent and forgets it.
func (c *carrier) take() []*rtp.Packet {
	c.mu.Lock()
	defer c.mu.Unlock()
	sent := c.sent
	c.sent = nil
	return sent
}

func (c *carrier) pcm() (pcm []int16) {
	for _, p := range c.take() {
		pcm = append(pcm, hear(p)...)
	}
	return pcm
}

// onWire is a leg on a wire, and a phone that makes its packets.
func (r *rig) onWire(opts Options) (WireLeg, *carrier, *phone) {
	r.t.Helper()
	l, err := r.p.Attach(opts)
	if err != nil {
		r.t.Fatal(err)
	}
	c := &carrier{t: r.t}
	l.Connect(c)
	l.Configure(Remote{Codec: PCMA, DTMF: 126, Send: true, Receive: true})
	ph := &phone{t: r.t, rig: r, codec: PCMA, Header: rtp.Header{Version: 2, SSRC: 99, SequenceNumber: 65530}}
	return l, c, ph
}

func TestWireBridgedAndRecorded(t *testing.T) {
	r := newRig(t)
	l, c, browser := r.onWire(Options{})
	a := r.phone(PCMU, 101)
	if l.LocalAddr().IsValid() {
		t.Errorf("a wire has the address %s", l.LocalAddr())
	}
	if err := r.p.Bridge(l, a.leg); err != nil {
		t.Fatal(err)
	}
	sink := &sinkMemory{}
	stop, err := r.p.Record(a.leg, l, sink)
	if err != nil {
		t.Fatal(err)
	}
	var heard []int16
	for range 50 {
		r.step(1)
		l.Deliver(browser.speech(700, FrameSamples))
		a.inject(a.speech(500, FrameSamples))
		heard = append(heard, hear(a.next())...)
	}
	stop()
	wantTone(t, heard, 700, 500)
	wantTone(t, c.pcm(), 500, 700)
	wantTone(t, sink.channel(0), 500, 700)
	wantTone(t, sink.channel(1), 700, 500)
	if s := l.Stats(); s.PacketsReceived != 50 || s.PacketsSent != 50 || s.Lost != 0 || s.Refused != 0 {
		t.Errorf("stats %+v", s)
	}
}

// A wire leg does what a leg with sockets does: plays, mutes, dials, tells of
// digits and of silence, refuses what is malformed.
func TestWireIsALeg(t *testing.T) {
	r := newRig(t)
	var got events
	opts := Options{Timeout: time.Second}
	got.on(&opts, nil)
	l, c, browser := r.onWire(opts)
	l.Play(toneSource(700))
	r.step(25)
	wantTone(t, c.pcm(), 700)
	l.Play(nil)

	l.SendDigits("5")
	r.step(digitFrames)
	if sent := c.take(); len(sent) != eventFrames+eventRepeats || sent[0].PayloadType != 126 || sent[0].Payload[0] != 5 {
		t.Errorf("digit sent as %v", sent)
	}

	b := make([]byte, eventLen)
	putEvent(b, 9, true, 800)
	l.Deliver(browser.datagram(126, b, 0))
	l.Deliver([]byte{1, 2, 3})
	r.step(50)
	if all := got.all(); len(all) != 2 || all[0].Digit != '9' || all[1].Kind != Timeout {
		t.Errorf("events %v", all)
	}
	if s := l.Stats(); s.Malformed != 1 || s.PacketsReceived != 1 {
		t.Errorf("stats %+v", s)
	}

	a := r.phone(PCMA, 0)
	_ = r.p.Bridge(l, a.leg)
	l.Mute(true)
	l.Deliver(browser.speech(700, FrameSamples))
	for _, s := range hear(a.next()) {
		if s > maxQuiet || s < -maxQuiet {
			t.Fatal("a muted wire is heard")
		}
	}
}

// The stream goes on over a change of wire, and over a time without one.
func TestWireReplaced(t *testing.T) {
	r := newRig(t)
	l, first, _ := r.onWire(Options{})
	l.Play(Music())
	r.step(10)
	l.Connect(nil)
	r.step(10)
	second := &carrier{t: t}
	l.Connect(second)
	r.step(10)
	before, after := first.take(), second.take()
	if len(before) != 10 || len(after) != 10 {
		t.Fatalf("%d and %d packets", len(before), len(after))
	}
	x, y := before[9], after[0]
	if y.SSRC != x.SSRC || y.SequenceNumber != x.SequenceNumber+11 || y.Timestamp != x.Timestamp+11*FrameSamples {
		t.Errorf("%v after %v", y, x)
	}
	if s := l.Stats(); s.PacketsSent != 20 {
		t.Errorf("%d packets counted, 20 were carried", s.PacketsSent)
	}
	second.fail = errors.New("full")
	r.step(5)
	if s := l.Stats(); s.PacketsSent != 20 {
		t.Errorf("%d packets counted, 20 were carried", s.PacketsSent)
	}
}

func TestWireClosed(t *testing.T) {
	r := newRig(t)
	l, c, browser := r.onWire(Options{})
	a := r.phone(PCMA, 0)
	_ = r.p.Bridge(l, a.leg)
	l.Close()
	l.Close()
	l.Connect(c)
	l.Deliver(browser.speech(700, FrameSamples))
	l.Play(Music())
	r.step(5)
	a.silent()
	if s := l.Stats(); s.PacketsReceived != 0 {
		t.Errorf("%d packets taken by a closed leg", s.PacketsReceived)
	}
	if n := len(c.take()); n != 0 {
		t.Errorf("%d packets of a closed leg", n)
	}
	_ = r.p.Close()
	if _, err := r.p.Attach(Options{}); !errors.Is(err, ErrClosed) {
		t.Errorf("attached to a closed plane: %v", err)
	}
}

// A browser in a conference, with the others on sockets.
func TestWireInAMix(t *testing.T) {
	r := newRig(t)
	l, c, browser := r.onWire(Options{})
	a, b := r.phone(PCMA, 0), r.phone(PCMU, 0)
	r.mix([]Party{{l, []Leg{a.leg, b.leg}}, {a.leg, []Leg{l, b.leg}}, {b.leg, []Leg{l, a.leg}}})
	var atA []int16
	for n := range 60 {
		l.Deliver(browser.speech(700, FrameSamples))
		a.inject(a.speech(500, FrameSamples))
		b.inject(b.speech(1300, FrameSamples))
		r.step(1)
		if n >= 10 {
			atA = append(atA, hear(a.next())...)
			continue
		}
		a.next()
		c.take()
	}
	wantTone(t, atA, 700, 500)
	wantTone(t, atA, 1300, 500)
	heard := c.pcm()
	wantTone(t, heard, 500, 700)
	wantTone(t, heard, 1300, 700)
}

func TestWireAllocatesNothing(t *testing.T) {
	r := newRig(t)
	l, _, browser := r.onWire(Options{})
	l.Connect(discardWire{})
	a := r.phone(PCMU, 0)
	_ = r.p.Bridge(l, a.leg)
	raw, back, from := browser.speech(700, FrameSamples), a.speech(500, FrameSamples), canonical(addrPort(a.conn))
	if n := testing.AllocsPerRun(500, func() {
		raw[3]++
		back[3]++
		l.Deliver(raw)
		a.leg.receive(back, from, r.p.elapsed())
	}); n != 0 {
		t.Errorf("%v allocations for two packets", n)
	}
}

type discardWire struct{}

func (discardWire) Send([]byte) error { return nil }
