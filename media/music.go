package media

import (
	"math"
	"math/cmplx"
)

// The hold music: eight bars in D major at 60 beats a minute, four beats each.
// Every bar lays a soft chord under an arpeggio that rises and falls through the
// chord's notes, with a slow melody above. All of it is computed on a ring as
// long as the loop, so that notes struck at the end ring on over its beginning
// and no join can be heard.

const (
	musicBars = 8
	musicBeat = SampleRate // samples: 60 beats a minute
	musicBar  = 4 * musicBeat
	musicPeak = 8230 // -12 dBFS
)

// bar is one bar of the music; notes are semitones from A4, 440 Hz.
type bar struct {
	chord   [4]int // low to high
	melody  [2]int // a half note each; rest = none
	arpFlip bool   // the arpeggio falls first
}

// rest is no note.
const rest = -100

// score is D, A, Bm, F#m, G, D, Em7, A: one turn through the key that wants to
// begin again. Every note lies between 330 Hz and 1 kHz, where a telephone
// carries the fundamental.
func score() [musicBars]bar {
	const (
		e4, fs4, g4, a4, b4, cs5, d5, e5 = -5, -3, -2, 0, 2, 4, 5, 7
		fs5, g5, a5, b5                  = 9, 10, 12, 14
	)
	return [musicBars]bar{
		{chord: [4]int{fs4, a4, d5, fs5}, melody: [2]int{a5, rest}},
		{chord: [4]int{e4, a4, cs5, e5}, melody: [2]int{e5, a5}, arpFlip: true},
		{chord: [4]int{fs4, b4, d5, fs5}, melody: [2]int{b5, rest}},
		{chord: [4]int{fs4, a4, cs5, fs5}, melody: [2]int{a5, fs5}, arpFlip: true},
		{chord: [4]int{g4, b4, d5, g5}, melody: [2]int{g5, rest}},
		{chord: [4]int{fs4, a4, d5, fs5}, melody: [2]int{fs5, a5}, arpFlip: true},
		{chord: [4]int{e4, g4, b4, e5}, melody: [2]int{g5, fs5}},
		{chord: [4]int{e4, a4, cs5, e5}, melody: [2]int{e5, rest}, arpFlip: true},
	}
}

// composeMusic renders the score.
func composeMusic() []int16 {
	mix := make([]float64, musicBars*musicBar)
	for i, b := range score() {
		start := i * musicBar
		for voice, note := range b.chord {
			// A pad that swells over the bar and fades into the next one; the
			// voices enter one after the other.
			pad(mix, start+voice*musicBeat/8, note, 0.16)
		}
		for step := range 8 { // eighth notes: up and down, or down and up
			order := [8]int{0, 1, 2, 3, 2, 3, 2, 1}
			if b.arpFlip {
				order = [8]int{3, 2, 1, 0, 1, 2, 3, 2}
			}
			level := 0.34
			if step%4 != 0 {
				level = 0.26
			}
			pluck(mix, start+step*musicBeat/2, b.chord[order[step]], level)
		}
		for half, note := range b.melody {
			if note != rest {
				pluck(mix, start+half*2*musicBeat, note, 0.42)
			}
		}
	}
	return normalise(mix)
}

// pad adds a held note with soft edges: 1 s in, 1.5 s out.
func pad(mix []float64, start, note int, level float64) {
	const in, out = musicBeat, 3 * musicBeat / 2
	// Two strings a little apart beat slowly, which keeps the tone alive.
	first, second := newPartial(note, 1, level, 0), newPartial(note, 1.0012, 0.8*level, 0)
	octave := newPartial(note, 2, 0.25*level, 0)
	length := musicBar + musicBeat
	for k := range length {
		v := first.next() + second.next() + octave.next()
		mix[(start+k)%len(mix)] += fade(k, in) * fade(length-k, out) * v
	}
}

// pluck adds a struck note that dies away, its overtones first, as on a harp.
func pluck(mix []float64, start, note int, level float64) {
	const attack = 12 * SampleRate / 1000
	first, second := newPartial(note, 1, level, 2.2), newPartial(note, 2, 0.30*level, 4)
	third := newPartial(note, 3, 0.10*level, 7)
	length := 5 * musicBeat / 2
	for k := range length {
		v := first.next() + second.next() + third.next()
		mix[(start+k)%len(mix)] += fade(k, attack) * fade(length-k, musicBeat/4) * v
	}
}

// partial is a sine that may die away: a vector turned, and shortened, by every
// sample.
type partial struct{ now, turn complex128 }

// newPartial makes a partial of a note; decay is in nepers a second.
func newPartial(note int, ratio, level, decay float64) partial {
	frequency := 440 * ratio * math.Exp2(float64(note)/12)
	return partial{
		now:  complex(level, 0),
		turn: cmplx.Rect(math.Exp(-decay/SampleRate), 2*math.Pi*frequency/SampleRate),
	}
}

func (p *partial) next() float64 {
	v := imag(p.now)
	p.now *= p.turn
	return v
}

// fade is a raised cosine from 0 to 1 over n samples.
func fade(k, n int) float64 {
	if k >= n {
		return 1
	}
	return 0.5 - 0.5*math.Cos(math.Pi*float64(k)/float64(n))
}

// normalise brings the highest peak to musicPeak.
func normalise(mix []float64) []int16 {
	peak := 0.0
	for _, v := range mix {
		peak = max(peak, math.Abs(v))
	}
	pcm := make([]int16, len(mix))
	for i, v := range mix {
		pcm[i] = int16(math.Round(v * musicPeak / peak))
	}
	return pcm
}
