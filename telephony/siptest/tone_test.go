package siptest

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// sines adds up tones of the same amplitude.
func sines(rate, n int, amplitude float64, freqs ...float64) []int16 {
	samples := make([]int16, n)
	for i := range samples {
		v := 0.0
		for _, f := range freqs {
			v += amplitude * math.Sin(2*math.Pi*f*float64(i)/float64(rate))
		}
		samples[i] = int16(v)
	}
	return samples
}

func TestDominantTone(t *testing.T) {
	for _, rate := range []int{8000, 16000, 48000} {
		for _, freq := range []float64{200, 440, 620.5, 1004, 3100} {
			got, strength := DominantTone(sines(rate, 2*rate, 8000, freq), rate)
			if math.Abs(got-freq) > 2 || strength < 0.97 {
				t.Errorf("%g Hz at %d: %.1f Hz, %.2f", freq, rate, got, strength)
			}
		}
	}
	if freq, strength := DominantTone(make([]int16, 8000), 8000); freq != 0 || strength != 0 {
		t.Errorf("silence: %g, %g", freq, strength)
	}
	if freq, strength := DominantTone(nil, 8000); freq != 0 || strength != 0 {
		t.Errorf("nothing: %g, %g", freq, strength)
	}
	// A long recording with a seam, a gap and a second, weaker voice.
	long := sines(8000, 80000, 8000, 440)
	copy(long[20000:], make([]int16, 1600))
	long = append(long[:50007], long[53011:]...)
	for i, s := range sines(8000, len(long), 800, 1000) {
		long[i] += s
	}
	if freq, strength := DominantTone(long, 8000); math.Abs(freq-440) > 2 || strength < 0.9 {
		t.Errorf("recording: %.1f Hz, %.2f", freq, strength)
	}
}

func TestToneShares(t *testing.T) {
	mix := sines(8000, 2400, 4000, 440, 620)
	for _, freq := range []float64{440, 620} {
		if got := Tone(mix, 8000, freq); got < 0.45 || got > 0.55 {
			t.Errorf("%g Hz has %.2f of a mix of two", freq, got)
		}
	}
	if got := Tone(mix, 8000, 900); got > 0.02 {
		t.Errorf("900 Hz has %.2f", got)
	}
	if Tone(nil, 8000, 440) != 0 || Tone(make([]int16, 800), 8000, 440) != 0 {
		t.Error("silence has a tone")
	}
}

func TestMusical(t *testing.T) {
	noise := make([]int16, 12000)
	random := rand.New(rand.NewPCG(1, 2))
	for i := range noise {
		noise[i] = int16(random.IntN(16000) - 8000)
	}
	melody := append(sines(8000, 6000, 6000, 440), sines(8000, 6000, 6000, 660)...)
	tone, quiet := sines(8000, 12000, 8000, 440), make([]int16, 16000)
	for name, test := range map[string]struct {
		samples []int16
		want    bool
	}{
		"ringing begins":       {slices.Concat(quiet[:4000], tone[:8000]), false},
		"ringing ends":         {slices.Concat(tone[:9000], quiet[:3000]), false},
		"ringing has ended":    {slices.Concat(tone[:160], quiet), false},
		"busy":                 {slices.Concat(tone[:4000], quiet[:4000], tone[:4000], quiet[:4000]), false},
		"a chord that stopped": {slices.Concat(sines(8000, 2000, 3000, 262, 330, 392), quiet), false},
		"chord":                {sines(8000, 12000, 3000, 262, 330, 392), true},
		"melody":               {melody, true},
		"one tone":             {sines(8000, 12000, 8000, 440), false},
		"noise":                {noise, false},
		"silence":              {make([]int16, 12000), false},
		"hum":                  {sines(8000, 12000, 60, 262, 330), false},
	} {
		if got := musical(test.samples, 8000); got != test.want {
			t.Errorf("%s: musical %v", name, got)
		}
	}
}

// TestG711 checks the codecs against points of the tables of ITU-T G.711 and
// against each other.
func TestG711(t *testing.T) {
	for code, want := range map[byte]int16{0xd5: 8, 0x55: -8, 0x80: 5504, 0xaa: 32256, 0x2a: -32256} {
		if got := decodeALaw(code); got != want {
			t.Errorf("A-law %#x: %d, want %d", code, got, want)
		}
	}
	for code, want := range map[byte]int16{0xff: 0, 0x7f: 0, 0x80: 32124, 0x00: -32124, 0xfe: 8} {
		if got := decodeMuLaw(code); got != want {
			t.Errorf("mu-law %#x: %d, want %d", code, got, want)
		}
	}
	for _, codec := range []string{PCMA, PCMU} {
		for code := range 256 {
			sample := decodeG711(codec, []byte{byte(code)})
			back := decodeG711(codec, encodeG711(codec, sample))
			if back[0] != sample[0] {
				t.Errorf("%s %#x: %d becomes %d", codec, code, sample[0], back[0])
			}
		}
		for v := math.MinInt16; v <= math.MaxInt16; v += 7 {
			got := int(decodeG711(codec, encodeG711(codec, []int16{int16(v)}))[0])
			if diff := math.Abs(float64(got - v)); diff > 16+math.Abs(float64(v))/25 {
				t.Fatalf("%s: %d becomes %d", codec, v, got)
			}
		}
		tone := sines(8000, 8000, 4000, 440)
		if got := Tone(decodeG711(codec, encodeG711(codec, tone)), 8000, 440); got < 0.99 {
			t.Errorf("%s: a tone keeps %.3f", codec, got)
		}
	}
}

func TestAnswerDirection(t *testing.T) {
	all := []string{SendRecv, SendOnly, RecvOnly, Inactive}
	// Rows: what we want; columns: what the offer says, RFC 3264 §6.1.
	want := [4][4]string{
		{SendRecv, RecvOnly, SendOnly, Inactive},
		{SendOnly, Inactive, SendOnly, Inactive},
		{RecvOnly, RecvOnly, Inactive, Inactive},
		{Inactive, Inactive, Inactive, Inactive},
	}
	for i, local := range all {
		for j, remote := range all {
			if got := answerDirection(local, remote); got != want[i][j] {
				t.Errorf("%s, offered %s: %s, want %s", local, remote, got, want[i][j])
			}
		}
	}
}
