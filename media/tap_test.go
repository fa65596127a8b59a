package media

import (
	"errors"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"
)

func TestRecordingHoldsEachOnItsSide(t *testing.T) {
	r := newRig(t)
	a, b := r.phone(PCMA, 0), r.phone(PCMU, 0)
	_ = r.p.Bridge(a.leg, b.leg)
	sink := &sinkMemory{}
	stop, err := r.p.Record(a.leg, b.leg, sink)
	if err != nil {
		t.Fatal(err)
	}
	for range 100 {
		r.step(1)
		a.inject(a.speech(500, FrameSamples))
		b.inject(b.speech(1300, FrameSamples))
	}
	stop()
	stop()
	left, right := sink.channel(0), sink.channel(1)
	if len(left) != 100*FrameSamples {
		t.Fatalf("%d samples recorded, want two seconds to the last frame", len(left))
	}
	wantTone(t, left, 500, 1300)
	wantTone(t, right, 1300, 500)
	r.step(20)
	if got := len(sink.channel(0)); got != len(left) {
		t.Error("frames after stop")
	}
}

// onsets returns where a channel rises out of silence, in samples.
func onsets(pcm []int16) []int {
	var out []int
	quiet := SampleRate
	for i, v := range pcm {
		if v > 1000 || v < -1000 {
			if quiet > SampleRate/10 {
				out = append(out, i)
			}
			quiet = 0
		} else {
			quiet++
		}
	}
	return out
}

// sender is a far side with its own crystal, jitter and frame length that
// speaks a beep each time the true time passes a multiple of period.
type sender struct {
	ph      *phone
	rng     *rand.Rand
	ppm     float64
	jitter  time.Duration
	samples int
	loss    float64

	sent     int64 // samples on its own crystal
	next     time.Duration
	nextWire []byte
}

// until lets the sender's packets arrive up to a time since the start.
func (s *sender) until(now, period time.Duration) {
	for {
		if s.nextWire == nil {
			octets, pcm := make([]byte, s.samples), make([]int16, s.samples)
			for i := range pcm {
				at := float64(s.sent+int64(i)) / SampleRate / (1 + s.ppm/1e6) // true time
				if math.Mod(at, period.Seconds()) < 0.040 && at > 1 {
					pcm[i] = 8000
				}
			}
			encode(s.ph.codec, octets, pcm)
			s.sent += int64(s.samples)
			spoken := float64(s.sent) / SampleRate / (1 + s.ppm/1e6)
			s.next = time.Duration(spoken * float64(time.Second))
			if s.jitter > 0 {
				s.next += time.Duration(s.rng.Int64N(int64(s.jitter)))
			}
			s.nextWire = s.ph.datagram(uint8(s.ph.codec), octets, s.samples)
		}
		if s.next > now {
			return
		}
		if s.loss == 0 || s.rng.Float64() >= s.loss {
			// Arrival is at its own time, between two ticks of the clock.
			from := canonical(addrPort(s.ph.conn))
			s.ph.leg.receive(s.nextWire, from, s.next)
		}
		s.nextWire = nil
	}
}

// The two channels stay aligned over minutes though the senders' crystals
// run apart, packets jitter and have different lengths.
func TestRecordingStaysAligned(t *testing.T) {
	for _, c := range []struct {
		name          string
		left, right   sender
		length, beeps time.Duration
	}{
		{"crystals", sender{ppm: 200, samples: 160}, sender{ppm: -200, samples: 160}, 5 * time.Minute, 20 * time.Second},
		{"jitter", sender{jitter: 60 * time.Millisecond, samples: 160}, sender{samples: 160}, time.Minute, 5 * time.Second},
		{"jitter and crystals", sender{jitter: 40 * time.Millisecond, samples: 160, ppm: -200}, sender{ppm: 150, samples: 240}, 90 * time.Second, 5 * time.Second},
		{"frame lengths", sender{samples: 80}, sender{samples: 480}, time.Minute, 5 * time.Second},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := newRig(t)
			c.left.ph, c.right.ph = r.phone(PCMA, 0), r.phone(PCMU, 0)
			c.left.rng, c.right.rng = rand.New(rand.NewPCG(1, 1)), rand.New(rand.NewPCG(2, 2))
			sink := &sinkMemory{}
			stop, err := r.p.Record(c.left.ph.leg, c.right.ph.leg, sink)
			if err != nil {
				t.Fatal(err)
			}
			for now := FrameTime; now <= c.length; now += FrameTime {
				c.left.until(now, c.beeps)
				c.right.until(now, c.beeps)
				r.step(1)
			}
			stop()
			left, right := onsets(sink.channel(0)), onsets(sink.channel(1))
			if want := int(c.length/c.beeps) - 1; len(left) < want || len(right) != len(left) {
				t.Fatalf("%d and %d beeps, want at least %d on both sides", len(left), len(right), want)
			}
			for i := range left {
				if d := left[i] - right[i]; d > 2*FrameSamples || d < -2*FrameSamples {
					t.Errorf("beep %d: channels are %v apart", i, time.Duration(d)*sampleTime)
				}
				truth := int(time.Duration(i+1) * c.beeps / sampleTime)
				if d := left[i] - truth; d > 2*FrameSamples || d < -2*FrameSamples {
					t.Errorf("beep %d: %v from its true time", i, time.Duration(d)*sampleTime)
				}
			}
		})
	}
}

func TestLossBecomesSilenceInPlace(t *testing.T) {
	r := newRig(t)
	a := r.phone(PCMA, 0)
	sink := &sinkMemory{}
	stop, err := r.p.Record(a.leg, nil, sink)
	if err != nil {
		t.Fatal(err)
	}
	var held []byte
	for n := range 50 {
		r.step(1)
		b := a.speech(500, FrameSamples)
		switch n {
		case 10: // lost
		case 20, 21: // comes 40 ms late: in time
			if n == 20 {
				held = b
			} else {
				a.inject(b)
			}
		case 22:
			a.inject(held)
			a.inject(b)
		case 30:
			held = b
		case 45:
			a.inject(held) // comes 300 ms late: too late
			a.inject(b)
		default:
			a.inject(b)
		}
	}
	stop()
	left := sink.channel(0)
	for n := range 50 {
		frame := left[n*FrameSamples : (n+1)*FrameSamples]
		silent := tone(frame, 500) < 10
		if want := n == 10 || n == 30; silent != want {
			t.Errorf("frame %d: silent %v, want %v", n, silent, want)
		}
	}
}

// A far side that starts a new stream, or jumps within one, is back in its place
// after a few packets.
func TestRecordingFollowsNewStreams(t *testing.T) {
	r := newRig(t)
	a := r.phone(PCMA, 0)
	sink := &sinkMemory{}
	stop, _ := r.p.Record(a.leg, nil, sink)
	for n := range 150 {
		r.step(1)
		switch n {
		case 50:
			a.SSRC++
			a.Timestamp += 1 << 31
		case 100:
			a.Timestamp -= 1 << 30
		}
		a.inject(a.speech(500, FrameSamples))
	}
	stop()
	left := sink.channel(0)
	for n := range 150 {
		frame := left[n*FrameSamples : (n+1)*FrameSamples]
		silent := tone(frame, 500) < 10
		if want := n >= 100 && n < 100+tapOutliers-1; silent != want {
			t.Errorf("frame %d: silent %v, want %v", n, silent, want)
		}
	}
}

// Another operator takes the call: the same recording goes on with his leg.
func TestRecordAgainReplacesLegs(t *testing.T) {
	r := newRig(t)
	a, b, c := r.phone(PCMA, 0), r.phone(PCMA, 0), r.phone(PCMA, 0)
	sink := &sinkMemory{}
	if _, err := r.p.Record(a.leg, b.leg, sink); err != nil {
		t.Fatal(err)
	}
	speak := func(n int) {
		for range n {
			r.step(1)
			a.inject(a.speech(500, FrameSamples))
			b.inject(b.speech(1300, FrameSamples))
			c.inject(c.speech(2000, FrameSamples))
		}
	}
	speak(50)
	if _, err := r.p.Record(a.leg, nil, sink); err != nil {
		t.Fatal(err)
	}
	speak(50)
	stop, err := r.p.Record(a.leg, c.leg, sink)
	if err != nil {
		t.Fatal(err)
	}
	speak(50)
	c.leg.Close()
	speak(20)
	stop()
	left, right := sink.channel(0), sink.channel(1)
	if len(left) != 170*FrameSamples {
		t.Fatalf("%d samples", len(left))
	}
	wantTone(t, left, 500, 1300, 2000)
	part := func(from, to int) []int16 { return right[from*FrameSamples : to*FrameSamples] }
	wantTone(t, part(1, 49), 1300, 500, 2000)
	if silent := part(51, 99); slices.Max(silent) != 0 || slices.Min(silent) != 0 {
		t.Error("audio without an operator")
	}
	wantTone(t, part(101, 149), 2000, 500, 1300)
	if silent := part(151, 170); slices.Max(silent) != 0 || slices.Min(silent) != 0 {
		t.Error("audio after the leg was closed")
	}
	if n := len(*a.leg.taps.Load()) + len(*b.leg.taps.Load()); n != 0 {
		t.Errorf("%d taps left", n)
	}
}

// Two recordings of one leg do not disturb each other.
func TestTwoRecordingsOfOneLeg(t *testing.T) {
	r := newRig(t)
	a := r.phone(PCMA, 0)
	first, second := &sinkMemory{}, &sinkMemory{fail: errors.New("disk full")}
	stopFirst, _ := r.p.Record(a.leg, nil, first)
	stopSecond, _ := r.p.Record(nil, a.leg, second)
	for n := range 60 {
		r.step(1)
		a.inject(a.speech(500, FrameSamples))
		if n == 29 {
			stopFirst()
		}
	}
	stopSecond()
	wantTone(t, first.channel(0), 500)
	wantTone(t, second.channel(1), 500)
	if len(first.channel(0)) != 30*FrameSamples || len(second.channel(0)) != 60*FrameSamples {
		t.Error("lengths", len(first.channel(0)), len(second.channel(0)))
	}
}

type sinkValue []int

func (sinkValue) WriteFrame([]int16) error { return nil }
func (sinkValue) Close() error             { return nil }

func TestRecordRefuses(t *testing.T) {
	r, other := newRig(t), newRig(t)
	if _, err := r.p.Record(nil, nil, nil); err == nil {
		t.Error("no sink")
	}
	if _, err := r.p.Record(nil, nil, sinkValue{}); err == nil {
		t.Error("a sink that cannot be compared")
	}
	if _, err := r.p.Record(other.phone(PCMA, 0).leg, nil, &discard{}); !errors.Is(err, ErrForeign) {
		t.Error(err)
	}
}
