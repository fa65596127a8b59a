package demo

import (
	"math"
	"math/rand/v2"
)

const (
	// sampleRate is that of G.711.
	sampleRate = 8000
	// loudness is the amplitude of a voice, of 32767.
	loudness = 7000
	// attack is the time in which a note swells, so that it does not click.
	attack = 0.008
)

// timbre is what makes a voice sound like a caller or like a colleague.
type timbre struct {
	low    float64   // hertz of the lowest keynote
	notes  [2]int    // fewest and most of a melody
	beat   float64   // seconds of a short note, at its slowest
	decay  float64   // seconds in which a note fades to a third
	others []float64 // share of the further harmonics
}

// callerTimbre is plucked, high and quick.
func callerTimbre() timbre {
	return timbre{low: 392, notes: [2]int{6, 10}, beat: 0.2, decay: 0.16, others: []float64{0.35, 0.1}}
}

// operatorTimbre is blown, low and calm.
func operatorTimbre() timbre {
	return timbre{low: 147, notes: [2]int{4, 6}, beat: 0.34, decay: 0.9, others: []float64{0, 0.45, 0, 0.2}}
}

// melody is what somebody says: a phrase that is repeated as long as he talks.
type melody struct {
	notes   []float64 // the frequencies in hertz, without the rests
	samples []int16   // at 8000 a second
}

// sing makes up a melody: its own key, its own tempo, its own rhythm. A phrase
// is followed by a rest, as people leave one another room.
func sing(r *rand.Rand, t timbre) melody {
	scale := []int{0, 2, 4, 7, 9, 12} // pentatonic: no two notes of it quarrel
	key := t.low * math.Pow(2, float64(r.IntN(10))/12)
	beat := t.beat * (0.7 + 0.3*r.Float64())
	var m melody
	count := t.notes[0] + r.IntN(t.notes[1]-t.notes[0]+1)
	step := r.IntN(len(scale))
	for i := range count {
		step = min(max(step+r.IntN(5)-2, 0), len(scale)-1)
		length := beat * float64(1+r.IntN(2))
		if i == count-1 {
			length = 3 * beat
		}
		freq := key * math.Pow(2, float64(scale[step])/12)
		m.notes = append(m.notes, freq)
		m.samples = append(m.samples, t.play(freq, length)...)
	}
	rest := 0.4 + 1.2*r.Float64()
	m.samples = append(m.samples, make([]int16, int(rest*sampleRate))...)
	return m
}

// play renders one note.
func (t timbre) play(freq, seconds float64) []int16 {
	samples := make([]int16, int(seconds*sampleRate))
	whole := 1.0
	for _, share := range t.others {
		whole += share
	}
	for i := range samples {
		at := float64(i) / sampleRate
		wave := math.Sin(2 * math.Pi * freq * at)
		for n, share := range t.others {
			wave += share * math.Sin(2*math.Pi*freq*float64(n+2)*at)
		}
		swell := math.Min(1, math.Min(at, seconds-at)/attack)
		samples[i] = int16(loudness * wave / whole * swell * math.Exp(-at/t.decay))
	}
	return samples
}
