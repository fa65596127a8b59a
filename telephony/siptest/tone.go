package siptest

import (
	"math"
	"math/cmplx"
	"slices"
)

const (
	// silenceLevel is the root mean square below which audio counts as silent,
	// of 32767; the idle code of G.711 decodes to 8 at most.
	silenceLevel = 50
	// fftSize is the length of one spectrum in samples, a power of two.
	fftSize = 2048
)

// Level returns the root mean square of samples, 0 to 32767.
func Level(samples []int16) float64 {
	if len(samples) == 0 {
		return 0
	}
	sum := 0.0
	for _, s := range samples {
		sum += float64(s) * float64(s)
	}
	return math.Sqrt(sum / float64(len(samples)))
}

// Tone returns which share of the power of samples lies at freq hertz, from 0
// to about 1; a pure tone gives 1, two equal tones give 0.5 each, silence 0.
// Rate is in samples per second. Power is summed over blocks of a tenth of a
// second (a resolution of 10 Hz), so that a lost packet or the seam of two
// segments of a recording does not hide a tone that is there.
func Tone(samples []int16, rate int, freq float64) float64 {
	block := rate / 10
	if block <= 0 || len(samples) == 0 {
		return 0
	}
	if len(samples) < block {
		block = len(samples)
	}
	at, total := 0.0, 0.0
	for start := 0; start+block <= len(samples); start += block {
		power, energy := goertzel(samples[start:start+block], rate, freq)
		at += power
		total += energy
	}
	if total == 0 {
		return 0
	}
	return at / total
}

// goertzel returns the energy at freq and the whole energy of one block, in
// the same unit, the mean removed.
func goertzel(block []int16, rate int, freq float64) (power, energy float64) {
	mean := 0.0
	for _, s := range block {
		mean += float64(s)
	}
	mean /= float64(len(block))
	omega := 2 * math.Pi * freq / float64(rate)
	c := 2 * math.Cos(omega)
	s1, s2 := 0.0, 0.0
	for _, s := range block {
		x := float64(s) - mean
		energy += x * x
		s1, s2 = x+c*s1-s2, s1
	}
	power = s1*s1 + s2*s2 - c*s1*s2
	return power * 2 / float64(len(block)), energy
}

// DominantTone returns the strongest frequency in hertz and its share of the
// power as Tone gives it. Silence gives 0, 0. It is meant for recordings of
// any length at 8000 samples per second or more.
func DominantTone(samples []int16, rate int) (freq, strength float64) {
	if Level(samples) < silenceLevel || rate <= 0 {
		return 0, 0
	}
	spectrum := powerSpectrum(samples)
	best := 1
	for bin := 2; bin < len(spectrum)-1; bin++ {
		if spectrum[bin] > spectrum[best] {
			best = bin
		}
	}
	// The peak of a parabola through the logarithms of three neighbours.
	position := float64(best)
	a, b, c := spectrum[best-1], spectrum[best], spectrum[best+1]
	if a > 0 && b > 0 && c > 0 {
		a, b, c = math.Log(a), math.Log(b), math.Log(c)
		if curve := a - 2*b + c; curve < 0 {
			position += (a - c) / (2 * curve)
		}
	}
	freq = position * float64(rate) / fftSize
	return freq, Tone(samples, rate, freq)
}

// musical reports whether samples hold more than one tone and are not noise:
// the strongest frequency has not all the power, and yet few frequencies have
// a good part of it.
func musical(samples []int16, rate int) bool {
	if Level(samples) < 2*silenceLevel || !lasting(samples, rate) {
		return false
	}
	freq, strength := DominantTone(samples, rate)
	if freq == 0 || strength > 0.75 {
		return false
	}
	spectrum := powerSpectrum(samples)
	total := 0.0
	for _, p := range spectrum {
		total += p
	}
	// A tone that comes and goes, as ringing does, has its power in one place
	// all the same.
	const aside = 6 // bins, about 23 Hz: less than a semitone at 440 Hz
	peak := slices.Index(spectrum, slices.Max(spectrum))
	near := 0.0
	for _, p := range spectrum[max(0, peak-aside):min(len(spectrum), peak+aside+1)] {
		near += p
	}
	if near > 0.75*total {
		return false
	}
	slices.Sort(spectrum)
	top := 0.0
	// Noise spreads evenly over the 1025 bins: its top 40 hold about a sixth at
	// the averaging used; a few notes and their harmonics hold most.
	for _, p := range spectrum[len(spectrum)-40:] {
		top += p
	}
	return top > 0.4*total
}

// lasting reports whether something is heard most of the time: music pauses, but
// is not the last moment of a tone before a long silence.
func lasting(samples []int16, rate int) bool {
	parts, heard := 0, 0
	for part := rate / 10; len(samples) >= part; samples = samples[part:] {
		parts++
		if Level(samples[:part]) >= silenceLevel {
			heard++
		}
	}
	return 4*heard >= 3*parts
}

// powerSpectrum averages the spectra of half-overlapping windows of samples,
// padded with zeros to one window at least.
func powerSpectrum(samples []int16) []float64 {
	sum := make([]float64, fftSize/2+1)
	buffer := make([]complex128, fftSize)
	for start := 0; start == 0 || start+fftSize <= len(samples); start += fftSize / 2 {
		for i := range buffer {
			buffer[i] = 0
			if start+i < len(samples) {
				hann := 0.5 - 0.5*math.Cos(2*math.Pi*float64(i)/fftSize)
				buffer[i] = complex(float64(samples[start+i])*hann, 0)
			}
		}
		fft(buffer)
		for i := range sum {
			m := cmplx.Abs(buffer[i])
			sum[i] += m * m
		}
	}
	sum[0] = 0 // an offset is not a tone
	return sum
}

// fft transforms in place; the length must be a power of two.
func fft(x []complex128) {
	n := len(x)
	for i, j := 1, 0; i < n; i++ {
		bit := n >> 1
		for ; j&bit != 0; bit >>= 1 {
			j ^= bit
		}
		j ^= bit
		if i < j {
			x[i], x[j] = x[j], x[i]
		}
	}
	for size := 2; size <= n; size <<= 1 {
		step := cmplx.Rect(1, -2*math.Pi/float64(size))
		for start := 0; start < n; start += size {
			w := complex(1, 0)
			for k := start; k < start+size/2; k++ {
				odd := x[k+size/2] * w
				x[k], x[k+size/2] = x[k]+odd, x[k]-odd
				w *= step
			}
		}
	}
}
