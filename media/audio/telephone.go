package audio

import (
	"math"

	"bandeau/media"
)

// The band of a telephone line, and what its filters take to leave it, in Hz.
// Nothing above half the sampling rate comes through, since it would come back
// as another tone; nothing at the frequencies of a mains hum does either.
const (
	lowStop, lowPass   = 150, 300
	highPass, highStop = 3400, 4000
	// stopband is how far down the rest is, in decibels.
	stopband = 70
)

// linePeak is the highest sample that goes onto the line, 3 dB below full scale:
// what a person says into a telephone is never louder.
const linePeak = 23197

// Telephone turns the audio into what a telephone line carries: one channel at
// 8 kHz, from 300 to 3400 Hz. It keeps the level, unless there is a peak that
// the line would not take: then the whole is made softer by as much.
func (p PCM) Telephone() []int16 {
	down := resample(p.mono(), p.Rate)
	lows := lowPassKernel((lowStop+lowPass)/2, lowPass-lowStop, media.SampleRate)
	out := make([]float64, len(down))
	for i, v := range down {
		out[i] = v - convolve(down, lows, i)
	}
	peak := 0.0
	for _, v := range out {
		peak = max(peak, math.Abs(v))
	}
	gain := 1.0
	if peak > linePeak {
		gain = linePeak / peak
	}
	pcm := make([]int16, len(out))
	for i, v := range out {
		pcm[i] = int16(math.Round(v * gain))
	}
	return pcm
}

// mono mixes the channels.
func (p PCM) mono() []float32 {
	mix := make([]float32, len(p.Samples)/p.Channels)
	for i := range mix {
		for _, s := range p.Samples[i*p.Channels : (i+1)*p.Channels] {
			mix[i] += float32(s)
		}
		mix[i] /= float32(p.Channels)
	}
	return mix
}

// maxPhases bounds the filters made for one pair of rates. Rates whose samples
// fall together more rarely take the nearest, which is less than a thousandth of
// a sample away.
const maxPhases = 640

// resample brings samples to 8 kHz without what lies above the line's band. One
// filter does both: it is laid anew around the time of each new sample, and as
// the two rates have a common divisor the same few positions come again.
func resample(in []float32, rate int) []float64 {
	divisor := gcd(rate, media.SampleRate)
	phases, step := media.SampleRate/divisor, rate/divisor
	made := min(phases, maxPhases)
	half := kernelHalf(highStop-highPass, rate)
	kernels := make([][]float64, made+1)
	out := make([]float64, (len(in)*media.SampleRate+rate-1)/rate)
	for n := range out {
		position := (n*step%phases*made + phases/2) / phases
		if kernels[position] == nil {
			kernels[position] = lowPassAt(float64(position)/float64(made), half, (highPass+highStop)/2, rate)
		}
		kernel, first, sum := kernels[position], n*step/phases-half, 0.0
		for k := max(0, -first); k < len(kernel) && first+k < len(in); k++ {
			sum += kernel[k] * float64(in[first+k])
		}
		out[n] = sum
	}
	return out
}

// convolve returns the filtered sample at i.
func convolve(in, kernel []float64, i int) float64 {
	sum := 0.0
	first := i - len(kernel)/2 + 1 // see lowPassAt
	for k := max(0, -first); k < len(kernel) && first+k < len(in); k++ {
		sum += kernel[k] * in[first+k]
	}
	return sum
}

// lowPassKernel is a filter that keeps what is below a frequency.
func lowPassKernel(cut, transition float64, rate int) []float64 {
	return lowPassAt(0, kernelHalf(transition, rate), cut, rate)
}

// kernelHalf is how many samples a filter needs on each side (Kaiser).
func kernelHalf(transition float64, rate int) int {
	width := 2 * math.Pi * transition / float64(rate)
	return int(math.Ceil((stopband - 8) / (2.285 * width) / 2))
}

// lowPassAt is a filter around a point that lies a part of a sample after its
// middle one: a windowed sinc that leaves a constant as it is.
func lowPassAt(offset float64, half int, cut float64, rate int) []float64 {
	const beta = 0.1102 * (stopband - 8.7)
	kernel := make([]float64, 2*half+2)
	turn, sum := 2*math.Pi*cut/float64(rate), 0.0
	for k := range kernel {
		t := float64(k-half) - offset
		edge := t / float64(half+1)
		if edge <= -1 || edge >= 1 {
			continue
		}
		v := turn
		if t != 0 {
			v = math.Sin(turn*t) / t
		}
		kernel[k] = v * bessel(beta*math.Sqrt(1-edge*edge))
		sum += kernel[k]
	}
	for k := range kernel {
		kernel[k] /= sum
	}
	return kernel
}

// bessel is the modified Bessel function of order zero.
func bessel(x float64) float64 {
	sum, term := 1.0, 1.0
	for k := 1.0; term > 1e-12*sum; k++ {
		term *= (x / (2 * k)) * (x / (2 * k))
		sum += term
	}
	return sum
}

func gcd(a, b int) int {
	for b != 0 {
		a, b = b, a%b
	}
	return a
}
