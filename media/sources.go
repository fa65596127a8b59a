package media

import (
	"math"
	"sync"
)

// clip is audio encoded beforehand in both codecs, whole frames of it.
type clip struct {
	mu, a  []byte
	frames uint64
	loop   bool
}

// Frame implements Source.
func (c *clip) Frame(codec Codec, index uint64) ([]byte, bool) {
	if c.loop {
		index %= c.frames
	} else if index >= c.frames {
		return nil, false
	}
	octets := c.a
	if codec == PCMU {
		octets = c.mu
	}
	return octets[index*FrameSamples : (index+1)*FrameSamples], true
}

// FromPCM encodes samples at 8 kHz as a source that plays once or for ever. A
// last frame that is not full is filled with silence.
func FromPCM(pcm []int16, loop bool) Source {
	frames := (len(pcm) + FrameSamples - 1) / FrameSamples
	if frames == 0 {
		frames = 1
	}
	whole := make([]int16, frames*FrameSamples)
	copy(whole, pcm)
	c := &clip{mu: make([]byte, len(whole)), a: make([]byte, len(whole)), frames: uint64(frames), loop: loop}
	EncodeMu(c.mu, whole)
	EncodeA(c.a, whole)
	return c
}

// Once returns a source that plays the first n frames of another (20 ms each)
// and ends.
func Once(src Source, n uint64) Source { return once{src, n} }

type once struct {
	src Source
	n   uint64
}

func (o once) Frame(codec Codec, index uint64) ([]byte, bool) {
	if index >= o.n {
		return nil, false
	}
	return o.src.Frame(codec, index)
}

// shelf holds the sources that are the same for everybody.
type shelf struct {
	music, silence, busy   Source
	ringFR, ringGB, ringUS Source
}

// stock is computed at the first use and never changes.
var stock = sync.OnceValue(newShelf) //nolint:gochecknoglobals // a constant that is too long to write down

func newShelf() *shelf {
	const s, ms = SampleRate, SampleRate / 1000
	return &shelf{
		music:   FromPCM(composeMusic(), true),
		silence: FromPCM(make([]int16, FrameSamples), true),
		busy:    FromPCM(cadence([]float64{440}, s/2, s/2), true),
		ringFR:  FromPCM(cadence([]float64{440}, 3*s/2, 7*s/2), true),
		ringGB:  FromPCM(cadence([]float64{400, 450}, 400*ms, 200*ms, 400*ms, 2*s), true),
		ringUS:  FromPCM(cadence([]float64{440, 480}, 2*s, 4*s), true),
	}
}

// Music returns the hold music: a calm loop of 32 s. It is composed at the first
// call, which takes some tens of milliseconds, and shared by all.
func Music() Source { return stock().music }

// Silence returns comfort silence without end.
func Silence() Source { return stock().silence }

// Ringback returns the ringing tone of a country (ISO 3166-1 alpha-2, upper
// case), without end: "GB", "US" and "CA" have their own, all others get the
// tone of France and most of Europe, 440 Hz for 1.5 s every 5 s (ITU-T E.180).
func Ringback(country string) Source {
	switch country {
	case "GB":
		return stock().ringGB
	case "US", "CA":
		return stock().ringUS
	default:
		return stock().ringFR
	}
}

// Busy returns the busy tone, without end: 440 Hz, 0.5 s on and off.
func Busy() Source { return stock().busy }

// BusyOnce returns three seconds of busy tone, for a caller who is then hung up
// on.
func BusyOnce() Source { return Once(Busy(), uint64(3*SampleRate/FrameSamples)) }

// cadence makes one period of a tone: alternating lengths of tone and silence, in
// samples. Edges of 5 ms keep it from clicking.
func cadence(frequencies []float64, lengths ...int) []int16 {
	const edge, peak = 5 * SampleRate / 1000, 4000.0
	var pcm []int16
	for i, n := range lengths {
		if i%2 == 1 {
			pcm = append(pcm, make([]int16, n)...)
			continue
		}
		for k := range n {
			v := 0.0
			for _, f := range frequencies {
				v += math.Sin(2 * math.Pi * f * float64(k) / SampleRate)
			}
			v *= min(1, float64(k)/edge, float64(n-k)/edge)
			pcm = append(pcm, int16(v*peak/float64(len(frequencies))))
		}
	}
	return pcm
}
