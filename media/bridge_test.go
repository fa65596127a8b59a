package media

import (
	"errors"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/pion/rtp"
)

// converse lets both phones speak n packets and returns what each heard.
func converse(t *testing.T, a, b *phone, fa, fb float64, n int) (heardA, heardB []int16) {
	t.Helper()
	for range n {
		a.rig.clock.advance(FrameTime)
		a.raw(a.speech(fa, FrameSamples))
		heardB = append(heardB, hear(b.next())...)
		b.raw(b.speech(fb, FrameSamples))
		heardA = append(heardA, hear(a.next())...)
	}
	return heardA, heardB
}

func TestBridgeIsHeardBothWays(t *testing.T) {
	for _, c := range []struct {
		name string
		a, b Codec
	}{{"alike", PCMA, PCMA}, {"alike µ", PCMU, PCMU}, {"a to µ", PCMA, PCMU}, {"µ to a", PCMU, PCMA}} {
		t.Run(c.name, func(t *testing.T) {
			r := newRig(t)
			a, b := r.phone(c.a, 0), r.phone(c.b, 0)
			if err := r.p.Bridge(a.leg, b.leg); err != nil {
				t.Fatal(err)
			}
			atA, atB := converse(t, a, b, 500, 1300, 25)
			wantTone(t, atB, 500, 1300)
			wantTone(t, atA, 1300, 500)
			// A packet is counted once it is on its way: it may be heard before that.
			eventually(t, "the last packet to be counted", func() bool { return a.leg.Stats().PacketsSent == 25 })
			if s := a.leg.Stats(); s.PacketsReceived != 25 || s.Lost != 0 {
				t.Errorf("stats %+v", s)
			}
		})
	}
}

// A far side may send the other codec than it receives (RFC 3264 §6.1).
func TestReceivedByItsOwnPayloadType(t *testing.T) {
	r := newRig(t)
	a, b := r.phone(PCMA, 0), r.phone(PCMA, 0)
	_ = r.p.Bridge(a.leg, b.leg)
	a.codec = PCMU
	_, atB := converse(t, a, b, 500, 1300, 25)
	wantTone(t, atB, 500)
}

func TestMusicUntilBridged(t *testing.T) {
	r := newRig(t)
	a, b := r.phone(PCMA, 0), r.phone(PCMA, 0)
	a.leg.Play(toneSource(700))
	_ = r.p.Bridge(a.leg, b.leg)
	var music []int16
	for range 25 {
		r.step(1)
		b.inject(b.speech(1300, FrameSamples))
		music = append(music, hear(a.next())...)
	}
	wantTone(t, music, 700, 1300)
	a.leg.Play(nil)
	var peer []int16
	for range 25 {
		r.step(1)
		b.inject(b.speech(1300, FrameSamples))
		peer = append(peer, hear(a.next())...)
	}
	wantTone(t, peer, 1300, 700)
	a.silent()
}

func TestUnbridgedHearsNothing(t *testing.T) {
	r := newRig(t)
	a, b, c := r.phone(PCMA, 0), r.phone(PCMA, 0), r.phone(PCMA, 0)
	_ = r.p.Bridge(a.leg, b.leg)
	_ = r.p.Bridge(c.leg, a.leg) // takes a away from b
	b.inject(b.speech(500, FrameSamples))
	a.inject(a.speech(500, FrameSamples))
	c.next()
	a.silent()
	b.silent()
	r.p.Unbridge(b.leg, c.leg) // not a bridge
	r.p.Unbridge(b.leg, a.leg) // no longer one
	a.inject(a.speech(500, FrameSamples))
	c.next()
	r.p.Unbridge(a.leg, c.leg)
	a.inject(a.speech(500, FrameSamples))
	c.silent()
}

func TestBridgeRefuses(t *testing.T) {
	r, other := newRig(t), newRig(t)
	a, b, x := r.phone(PCMA, 0), r.phone(PCMA, 0), other.phone(PCMA, 0)
	if err := r.p.Bridge(a.leg, x.leg); !errors.Is(err, ErrForeign) {
		t.Errorf("foreign leg: %v", err)
	}
	if err := r.p.Bridge(a.leg, a.leg); err == nil {
		t.Error("bridged with itself")
	}
	b.leg.Close()
	b.leg.Close()
	if err := r.p.Bridge(a.leg, b.leg); !errors.Is(err, ErrClosed) {
		t.Errorf("closed leg: %v", err)
	}
}

// One stream through every change: the same SSRC, sequence numbers without a
// hole, timestamps that follow the time, the marker on the first of each stretch.
func TestOneStreamThroughEverySwitch(t *testing.T) {
	r := newRig(t)
	a, b, c := r.phone(PCMA, 101), r.phone(PCMU, 96), r.phone(PCMA, 0)
	var last *rtp.Packet
	stretch := func(name string, n int, feed func() bool) {
		t.Helper()
		for i := range n {
			r.step(1)
			if !feed() {
				continue
			}
			p := a.next()
			if last != nil {
				if p.SSRC != last.SSRC {
					t.Fatalf("%s %d: another ssrc", name, i)
				}
				if p.SequenceNumber != last.SequenceNumber+1 {
					t.Fatalf("%s %d: sequence %d after %d", name, i, p.SequenceNumber, last.SequenceNumber)
				}
				if d := p.Timestamp - last.Timestamp; d != FrameSamples {
					t.Fatalf("%s %d: timestamp goes on by %d", name, i, d)
				}
			}
			if p.Marker != (i == 0) {
				t.Fatalf("%s %d: marker %v", name, i, p.Marker)
			}
			last = p
		}
		a.silent()
	}
	clocked := func() bool { return true }
	from := func(ph *phone) func() bool {
		return func() bool { ph.inject(ph.speech(900, FrameSamples)); return true }
	}
	a.leg.Play(toneSource(500))
	stretch("music", 5, clocked)
	a.leg.Play(toneSource(600))
	stretch("other music", 3, clocked)
	a.leg.Play(nil)
	_ = r.p.Bridge(a.leg, b.leg)
	stretch("b", 5, from(b))
	a.leg.Play(toneSource(500))
	stretch("hold", 5, clocked)
	a.leg.Play(nil)
	stretch("b again", 5, from(b))
	_ = r.p.Bridge(a.leg, c.leg)
	stretch("c", 5, from(c))
	c.SSRC++ // the far side starts another stream with everything new
	c.SequenceNumber += 20000
	c.Timestamp += 1 << 30
	stretch("c, new stream", 5, from(c))
	c.SSRC++ // or says no more than that
	stretch("c, new ssrc", 5, from(c))
	c.Timestamp -= 1 << 29 // or only jumps
	stretch("c, new timestamps", 5, from(c))
}

// A pause in what is sent shows in the timestamps, not in the sequence numbers.
func TestPauseShowsInTimestamps(t *testing.T) {
	r := newRig(t)
	a := r.phone(PCMA, 0)
	a.leg.Play(toneSource(500))
	r.step(1)
	first := a.next()
	a.leg.Play(nil)
	r.step(49)
	a.leg.Play(toneSource(500))
	r.step(1)
	second := a.next()
	if second.SequenceNumber != first.SequenceNumber+1 || second.Timestamp != first.Timestamp+50*FrameSamples {
		t.Errorf("after a second: %v, %v", first.Header, second.Header)
	}
}

// What the sender lost or had reordered stays so behind us, for as long as the
// stream lasts.
func TestLossAndReorderingPass(t *testing.T) {
	s := &stream{sequence: 65000, end: 1 << 31}
	rng := rand.New(rand.NewPCG(1, 2))
	const first = 40000
	var offset uint16
	send := func(n int) (uint16, bool) {
		p := &packet{ssrc: 1, sequence: uint16(first + n), timestamp: uint32(n) * FrameSamples}
		sequence, timestamp, marker, ok := s.mapPacket(p, true, int64(n)*FrameSamples)
		if !ok {
			return 0, false
		}
		if n > 0 && marker {
			t.Fatalf("marker at %d", n)
		}
		if timestamp != 1<<31+uint32(n)*FrameSamples {
			t.Fatalf("timestamp %d at %d", timestamp, n)
		}
		s.note(sequence, timestamp, FrameSamples, int64(n)*FrameSamples)
		return sequence - p.sequence, true
	}
	offset, _ = send(0)
	for n := 1; n < 200_000; n++ { // sequence numbers go round three times
		if rng.IntN(50) == 0 {
			continue // lost
		}
		if rng.IntN(50) == 0 {
			if got, ok := send(n + 1); !ok || got != offset {
				t.Fatalf("ahead at %d: %d, %v", n, got, ok)
			}
		}
		if got, ok := send(n); !ok || got != offset {
			t.Fatalf("at %d: %d, %v", n, got, ok)
		}
	}
}

// A packet from before a switch may arrive after it; its number is taken.
func TestLatePacketFromBeforeTheSwitch(t *testing.T) {
	r := newRig(t)
	a, b := r.phone(PCMA, 0), r.phone(PCMA, 0)
	late := b.speech(500, FrameSamples)
	r.step(1)
	_ = r.p.Bridge(a.leg, b.leg)
	b.inject(b.speech(500, FrameSamples))
	first := a.next()
	b.inject(late)
	r.step(1)
	b.inject(b.speech(500, FrameSamples))
	if second := a.next(); second.SequenceNumber != first.SequenceNumber+1 {
		t.Errorf("sequence %d after %d", second.SequenceNumber, first.SequenceNumber)
	}
}

// Comfort noise (RFC 3389) and payload types never negotiated are not sent on
// and leave no hole that would count as loss.
func TestUnknownPayloadTypesLeaveNoHole(t *testing.T) {
	r := newRig(t)
	a, b := r.phone(PCMA, 101), r.phone(PCMA, 0)
	_ = r.p.Bridge(a.leg, b.leg)
	a.inject(a.speech(500, FrameSamples))
	first := b.next()
	a.inject(a.datagram(13, []byte{60}, FrameSamples))
	a.inject(a.datagram(111, make([]byte, 50), FrameSamples))
	a.inject(a.datagram(8, nil, 0))
	a.inject(a.datagram(101, []byte{1, 10, 0, 160}, 0)) // b takes no events
	r.step(2)
	a.inject(a.speech(500, FrameSamples))
	second := b.next()
	if second.PayloadType != 8 || second.SequenceNumber != first.SequenceNumber+1 ||
		second.Timestamp != first.Timestamp+3*FrameSamples {
		t.Errorf("%v then %v", first.Header, second.Header)
	}
	b.silent()
	if got := a.leg.Stats().PacketsReceived; got != 6 {
		t.Errorf("%d received, want all 6", got)
	}
}

// Once a hole has been closed, what comes late from before it has lost its number.
func TestLatePacketFromBeforeAHole(t *testing.T) {
	r := newRig(t)
	a, b := r.phone(PCMA, 0), r.phone(PCMA, 0)
	_ = r.p.Bridge(a.leg, b.leg)
	again := a.speech(500, FrameSamples)
	a.inject(again)
	first := b.next()
	a.inject(a.datagram(13, []byte{60}, FrameSamples))
	a.inject(again)
	a.inject(a.speech(500, FrameSamples))
	if second := b.next(); second.SequenceNumber != first.SequenceNumber+1 || second.Timestamp == first.Timestamp {
		t.Errorf("%v then %v", first.Header, second.Header)
	}
}

// A sender may be ahead of the time; what follows it begins where it ended.
func TestSwitchAfterALongPacket(t *testing.T) {
	r := newRig(t)
	a, b := r.phone(PCMA, 0), r.phone(PCMA, 0)
	_ = r.p.Bridge(a.leg, b.leg)
	a.inject(a.speech(500, 3*FrameSamples))
	last := b.next()
	b.leg.Play(toneSource(500))
	r.step(1)
	if p := b.next(); p.Timestamp != last.Timestamp+3*FrameSamples {
		t.Errorf("music begins at %d, the audio before it ended at %d", p.Timestamp, last.Timestamp+3*FrameSamples)
	}
}

// A packet that was on its way when the bridge ended is not heard.
func TestPacketOfAnEarlierPeer(t *testing.T) {
	r := newRig(t)
	a, b, c := r.phone(PCMA, 0), r.phone(PCMA, 0), r.phone(PCMA, 0)
	_ = r.p.Bridge(a.leg, b.leg)
	var p packet
	if !p.parse(c.speech(500, FrameSamples)) {
		t.Fatal("not a packet")
	}
	a.leg.relay(c.leg, &p, kindAudio, 0)
	a.silent()
	b.leg.Close()
	if a.leg.bridged.Load() != nil || a.leg.out.peer != nil {
		t.Error("still bridged with a closed leg")
	}
}

// RFC 3550 §5.1: padding, CSRCs and a header extension are legal and not audio.
func TestUnusualHeaders(t *testing.T) {
	r := newRig(t)
	a, b := r.phone(PCMA, 0), r.phone(PCMA, 0)
	_ = r.p.Bridge(a.leg, b.leg)
	payload := []byte{1, 2, 3, 4, 5, 6, 7, 8}
	for _, change := range []func(*rtp.Packet){
		func(*rtp.Packet) {},
		func(p *rtp.Packet) { p.CSRC = []uint32{1, 2, 3} },
		func(p *rtp.Packet) { _ = p.SetExtension(1, []byte{9, 9, 9, 9, 9}) },
		func(p *rtp.Packet) { p.Padding, p.PaddingSize = true, 7 },
	} {
		ph := rtp.Packet{Header: a.Header, Payload: payload}
		ph.PayloadType = 8
		change(&ph)
		raw, err := ph.Marshal()
		if err != nil {
			t.Fatal(err)
		}
		a.SequenceNumber++
		a.inject(raw)
		got := b.next()
		if string(got.Payload) != string(payload) || len(got.CSRC) != 0 || got.Extension || got.Padding {
			t.Errorf("forwarded as %v", got)
		}
	}
}

func TestMalformed(t *testing.T) {
	r := newRig(t)
	a := r.phone(PCMA, 0)
	good := a.speech(500, 4)
	bad := [][]byte{
		{},
		{0x80},
		good[:11],
		append([]byte{0x40}, good[1:]...), // version 1
		append([]byte{0x8F}, good[1:]...), // 15 CSRCs
		append([]byte{0x90}, good[1:]...), // extension longer than the packet
		append([]byte{0xA0}, append(good[1:15], 200)...),     // more padding than packet
		append([]byte{0xA0}, append(good[1:15:15], 0)...),    // padding of nothing
		append([]byte{0x90}, append(good[1:12:12], 1, 2)...), // cut in the extension
	}
	for _, b := range bad {
		a.inject(b)
	}
	if s := a.leg.Stats(); s.Malformed != uint64(len(bad)) || s.PacketsReceived != 0 {
		t.Errorf("stats %+v, want %d malformed", s, len(bad))
	}
}

func TestMutedPeerHearsSilence(t *testing.T) {
	for _, codec := range []Codec{PCMA, PCMU} {
		r := newRig(t)
		a, b := r.phone(PCMA, 0), r.phone(codec, 0)
		_ = r.p.Bridge(a.leg, b.leg)
		sink := &sinkMemory{}
		stop, err := r.p.Record(a.leg, nil, sink)
		if err != nil {
			t.Fatal(err)
		}
		a.leg.Mute(true)
		for range 10 {
			r.step(1)
			a.inject(a.speech(500, FrameSamples))
			p := b.next()
			for _, v := range hear(p) {
				if v > 8 || v < -8 {
					t.Fatalf("%s: sample %d while muted", codec, v)
				}
			}
		}
		stop()
		for _, v := range sink.channel(0) {
			if v != 0 {
				t.Fatal("muted audio was recorded")
			}
		}
		a.leg.Mute(false)
		r.step(1)
		a.inject(a.speech(500, FrameSamples))
		wantTone(t, hear(b.next()), 500)
	}
}

func TestNotSendableGetsNothing(t *testing.T) {
	for name, change := range map[string]func(*Remote){
		"sendonly":  func(r *Remote) { r.Send = false },
		"no addr":   func(r *Remote) { r.Addr = Remote{}.Addr },
		"port zero": func(r *Remote) { r.Addr = addrPortZero(r) },
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t)
			a, b := r.phone(PCMA, 0, func(_ *Options, rm *Remote) { change(rm) }), r.phone(PCMA, 0)
			_ = r.p.Bridge(a.leg, b.leg)
			b.inject(b.speech(500, FrameSamples))
			a.leg.Play(toneSource(500))
			r.step(3)
			a.silent()
			if s := a.leg.Stats(); s.PacketsSent != 0 {
				t.Errorf("%d packets sent", s.PacketsSent)
			}
		})
	}
}

func TestPlayThen(t *testing.T) {
	r := newRig(t)
	a := r.phone(PCMA, 0)
	var ended []string
	a.leg.PlayThen(Once(Busy(), 3), func() { ended = append(ended, "replaced") })
	r.step(2)
	a.leg.PlayThen(Once(Busy(), 3), func() {
		ended = append(ended, "first")
		a.leg.PlayThen(Once(Busy(), 2), func() { ended = append(ended, "second") })
	})
	r.step(10)
	if len(ended) != 2 || ended[0] != "first" || ended[1] != "second" {
		t.Errorf("ended %v", ended)
	}
	if got := a.leg.Stats().PacketsSent; got != 2+3+2 {
		t.Errorf("%d packets, want 7", got)
	}
}

func TestStatsCountLossAndJitter(t *testing.T) {
	r := newRig(t)
	a := r.phone(PCMA, 0)
	for n := range 100 {
		r.step(1)
		b := a.speech(500, FrameSamples)
		if n%10 == 5 {
			continue
		}
		a.inject(b)
	}
	s := a.leg.Stats()
	if s.Lost != 10 || s.PacketsReceived != 90 || s.Jitter != 0 {
		t.Errorf("stats %+v, want 10 lost, 90 received, no jitter", s)
	}
	if !s.LastReceived.Equal(r.clock.Now()) {
		t.Errorf("last received %v, want %v", s.LastReceived, r.clock.Now())
	}
	x, y := a.speech(500, FrameSamples), a.speech(500, FrameSamples)
	r.step(1)
	a.inject(y)
	a.inject(x) // late, not lost
	if s := a.leg.Stats(); s.Lost != 10 || s.Jitter < time.Millisecond {
		t.Errorf("stats %+v, want 10 lost and some jitter", s)
	}
}
