package media

import (
	"math"
	"math/cmplx"
	"testing"
)

// play decodes the first n frames of a source.
func play(t *testing.T, src Source, codec Codec, n int) []int16 {
	t.Helper()
	var out []int16
	for i := range n {
		frame, ok := src.Frame(codec, uint64(i))
		if !ok {
			break
		}
		if len(frame) != FrameSamples {
			t.Fatalf("frame of %d octets", len(frame))
		}
		pcm := make([]int16, FrameSamples)
		if codec == PCMA {
			DecodeA(pcm, frame)
		} else {
			DecodeMu(pcm, frame)
		}
		out = append(out, pcm...)
	}
	return out
}

// spectrum is the power at each multiple of 8000/len Hz, for powers of two.
func spectrum(pcm []float64) []float64 {
	n := len(pcm)
	x := make([]complex128, n)
	for i, j := 0, 0; i < n; i++ {
		x[j] = complex(pcm[i]*(0.5-0.5*math.Cos(2*math.Pi*float64(i)/float64(n))), 0)
		bit := n >> 1
		for ; j&bit != 0; bit >>= 1 {
			j ^= bit
		}
		j |= bit
	}
	for size := 2; size <= n; size *= 2 {
		turn := cmplx.Rect(1, -2*math.Pi/float64(size))
		for start := 0; start < n; start += size {
			w := complex(1, 0)
			for k := range size / 2 {
				a, b := x[start+k], x[start+k+size/2]*w
				x[start+k], x[start+k+size/2] = a+b, a-b
				w *= turn
			}
		}
	}
	power := make([]float64, n/2)
	for i := range power {
		power[i] = real(x[i])*real(x[i]) + imag(x[i])*imag(x[i])
	}
	return power
}

func TestMusicIsMusic(t *testing.T) {
	const frames = musicBars * musicBar / FrameSamples
	for _, codec := range []Codec{PCMA, PCMU} {
		pcm := play(t, Music(), codec, 2*frames)
		loop := len(pcm) / 2
		if loop < 16*SampleRate {
			t.Fatalf("repeats after %d s", loop/SampleRate)
		}
		peak := 0.0
		for i, v := range pcm {
			peak = max(peak, math.Abs(float64(v)))
			if v != pcm[i%loop] {
				t.Fatal("the second time is not the first")
			}
		}
		if db := 20 * math.Log10(peak/32768); db < -13 || db > -11 {
			t.Errorf("%s: peak %.1f dBFS, want about -12", codec, db)
		}
	}
}

func TestMusicChangesAndNeverStops(t *testing.T) {
	pcm := composeMusic()
	const block = 4096 // about half a second
	seen := map[int]int{}
	blocks, changes, last := 0, 0, -1
	var inBand, all float64
	for start := 0; start+block <= len(pcm); start += block {
		x := make([]float64, block)
		rms := 0.0
		for i := range x {
			x[i] = float64(pcm[start+i])
			rms += x[i] * x[i]
		}
		if rms = math.Sqrt(rms / block); rms < 300 || rms > 4000 {
			t.Errorf("level %.0f at %.1f s", rms, float64(start)/SampleRate)
		}
		power := spectrum(x)
		best := 0
		for i, p := range power {
			if p > power[best] {
				best = i
			}
			all += p
			if f := float64(i) * SampleRate / block; f >= 300 && f <= 3400 {
				inBand += p
			}
		}
		blocks++
		seen[best]++
		if last >= 0 && best != last {
			changes++
		}
		last = best
	}
	if inBand/all < 0.999 {
		t.Errorf("%.2f%% of the power is within 300-3400 Hz", 100*inBand/all)
	}
	if len(seen) < 6 || changes < blocks/4 {
		t.Errorf("%d different strongest notes, %d changes in %d blocks: not a melody", len(seen), changes, blocks)
	}
	for f, n := range seen {
		if n > blocks/2 {
			t.Errorf("%.0f Hz is strongest most of the time", float64(f)*SampleRate/block)
		}
	}
	// No click: the step over the join, and its change, are no larger than elsewhere.
	n := len(pcm)
	largest := 0.0
	for i := 2; i < n; i++ {
		largest = max(largest, math.Abs(float64(pcm[i])-2*float64(pcm[i-1])+float64(pcm[i-2])))
	}
	for _, at := range []int{0, 1} {
		v := math.Abs(float64(pcm[at]) - 2*float64(pcm[(at-1+n)%n]) + float64(pcm[(at-2+n)%n]))
		if v > largest {
			t.Errorf("a click of %.0f at the join, at most %.0f elsewhere", v, largest)
		}
	}
}

// onOff returns the lengths of tone and silence in 20 ms frames.
func onOff(pcm []int16) (lengths []int) {
	on := true
	run := 0
	for start := 0; start+FrameSamples <= len(pcm); start += FrameSamples {
		loud := false
		for _, v := range pcm[start : start+FrameSamples] {
			loud = loud || v > 500
		}
		if loud != on {
			lengths = append(lengths, run)
			on, run = loud, 0
		}
		run++
	}
	return append(lengths, run)
}

func TestTones(t *testing.T) {
	for _, c := range []struct {
		name        string
		src         Source
		frequencies []float64
		lengths     []int
	}{
		{"FR", Ringback("FR"), []float64{440}, []int{75, 175, 75, 175}},
		{"unknown", Ringback(""), []float64{440}, []int{75, 175, 75, 175}},
		{"GB", Ringback("GB"), []float64{400, 450}, []int{20, 10, 20, 100, 20, 10, 20, 100}},
		{"US", Ringback("US"), []float64{440, 480}, []int{100, 200, 100, 200}},
		{"busy", Busy(), []float64{440}, []int{25, 25, 25, 25}},
	} {
		t.Run(c.name, func(t *testing.T) {
			total := 0
			for _, n := range c.lengths {
				total += n
			}
			pcm := play(t, c.src, PCMA, total)
			got := onOff(pcm)
			if len(got) != len(c.lengths) {
				t.Fatalf("cadence %v, want %v", got, c.lengths)
			}
			for i := range got {
				if got[i] != c.lengths[i] {
					t.Fatalf("cadence %v, want %v", got, c.lengths)
				}
			}
			first := pcm[:c.lengths[0]*FrameSamples]
			for _, f := range c.frequencies {
				if a := tone(first, f); a < 3000/float64(len(c.frequencies)) {
					t.Errorf("%.0f Hz has amplitude %.0f", f, a)
				}
			}
			if a := tone(first, 1000); a > 100 {
				t.Errorf("1000 Hz has amplitude %.0f", a)
			}
		})
	}
}

func TestFiniteSources(t *testing.T) {
	if n := len(play(t, BusyOnce(), PCMU, 1000)); n != 3*SampleRate {
		t.Errorf("busy tone of %d samples, want 3 s", n)
	}
	pcm := make([]int16, 161)
	pcm[160] = 5000
	got := play(t, FromPCM(pcm, false), PCMU, 1000)
	if len(got) != 2*FrameSamples || got[160] < 4800 || got[161] != 0 {
		t.Errorf("%d samples", len(got))
	}
	if n := len(play(t, FromPCM(pcm, true), PCMA, 1000)); n != 1000*FrameSamples {
		t.Errorf("loop of %d samples", n)
	}
	if n := len(play(t, FromPCM(nil, true), PCMA, 10)); n != 10*FrameSamples {
		t.Errorf("empty loop of %d samples", n)
	}
	for _, v := range play(t, Silence(), PCMU, 3) {
		if v != 0 {
			t.Error("silence is heard")
		}
	}
}
