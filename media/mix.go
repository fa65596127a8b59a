package media

import (
	"errors"
	"fmt"
	"slices"
	"sync"
)

// mix is several legs of which each hears the sum of some others. Each voice is
// collected on the time line of the plane's clock, as a recording is; at every
// tick the frame that lies mixDelay behind is added up for each of them.
type mix struct {
	mu     sync.Mutex // the clock's at each tick, control's between two
	voices []*voice
	read   int64 // next position, in samples of the plane's clock

	sum [FrameSamples]int32
	pcm [FrameSamples]int16
}

// voice is one leg's part in a mix. A new one is made each time a leg enters.
type voice struct {
	mix   *mix
	leg   *leg
	tap   tap // what it says
	hears []hearing
	gone  bool // it has left: it hears nothing, and fades out where it was heard

	pcm   [FrameSamples]int16 // this tick's frame of the tap
	quiet bool                // which holds nothing but silence
}

// hearing is one voice in the sum of another.
type hearing struct {
	of   *voice
	ramp ramp
}

// ramp is how a voice goes into a sum at the coming tick.
type ramp uint8

const (
	steady ramp = iota
	rising
	falling
)

// Mix implements Plane.
func (p *plane) Mix(parties []Party) error {
	legs, err := p.ownParties(parties)
	if err != nil || len(legs) == 0 {
		return err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		return ErrClosed
	}
	for _, l := range legs {
		if l.closed.Load() {
			return fmt.Errorf("mix: %w", ErrClosed)
		}
	}
	m := p.mixOf(legs)
	for _, l := range m.members() {
		if !slices.Contains(legs, l) {
			p.leaveMix(l)
		}
	}
	for _, l := range legs {
		p.enterMix(l, m)
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	for i, party := range parties {
		v := legs[i].voice.Load()
		heard := make([]*voice, len(party.Hears))
		for j, h := range party.Hears {
			l, _ := p.own(h)
			heard[j] = l.voice.Load()
		}
		v.listenTo(heard)
	}
	return nil
}

// ownParties checks what is asked of Mix and returns the parties' legs.
func (p *plane) ownParties(parties []Party) ([]*leg, error) {
	if len(parties) > maxParties {
		return nil, fmt.Errorf("media: mix of %d legs, at most %d", len(parties), maxParties)
	}
	legs := make([]*leg, len(parties))
	for i, party := range parties {
		l, err := p.own(party.Leg)
		if err != nil {
			return nil, err
		}
		if slices.Contains(legs, l) {
			return nil, errors.New("media: mix names a leg twice")
		}
		legs[i] = l
	}
	for i, party := range parties {
		for j, h := range party.Hears {
			l, err := p.own(h)
			switch {
			case err != nil:
				return nil, err
			case l == legs[i]:
				return nil, errors.New("media: mix lets a leg hear itself")
			case !slices.Contains(legs, l):
				return nil, errors.New("media: mix lets a leg hear one that is not in it")
			case slices.Contains(party.Hears[:j], h):
				return nil, errors.New("media: mix lets a leg hear another twice")
			}
		}
	}
	return legs, nil
}

// mixOf returns the mix that the first of the legs to be in one is in, or a new
// one. The plane is locked.
func (p *plane) mixOf(legs []*leg) *mix {
	for _, l := range legs {
		if v := l.voice.Load(); v != nil {
			return v.mix
		}
	}
	m := &mix{read: samples(p.elapsed())/FrameSamples*FrameSamples - mixDelay}
	mixes := append(slices.Clone(*p.mixes.Load()), m)
	p.mixes.Store(&mixes)
	return m
}

// members returns the legs of a mix.
func (m *mix) members() []*leg {
	m.mu.Lock()
	defer m.mu.Unlock()
	var legs []*leg
	for _, v := range m.voices {
		if !v.gone {
			legs = append(legs, v.leg)
		}
	}
	return legs
}

// enterMix makes a leg a voice of a mix, if it is none already. The plane is
// locked.
func (p *plane) enterMix(l *leg, m *mix) {
	if v := l.voice.Load(); v != nil && v.mix == m {
		return
	}
	p.separate(l)
	v := &voice{mix: m, leg: l}
	v.tap.tables, v.tap.span, v.tap.edge, v.tap.owner = p.tables, FrameSamples, fadeSamples, l
	m.mu.Lock()
	v.tap.base = m.read
	m.voices = append(m.voices, v)
	m.mu.Unlock()
	l.setVoice(v)
	l.addTap(&v.tap)
}

// leaveMix takes a leg out of its mix. What of it is still to be heard goes out
// softly. The plane is locked.
func (p *plane) leaveMix(l *leg) {
	v := l.voice.Load()
	if v == nil {
		return
	}
	l.setVoice(nil)
	l.removeTap(&v.tap)
	v.tap.assign(nil)
	m := v.mix
	m.mu.Lock()
	v.gone, v.hears = true, nil
	for _, other := range m.voices {
		other.dismiss(v)
	}
	over := !slices.ContainsFunc(m.voices, func(v *voice) bool { return !v.gone })
	m.mu.Unlock()
	if over {
		mixes := slices.DeleteFunc(slices.Clone(*p.mixes.Load()), func(x *mix) bool { return x == m })
		p.mixes.Store(&mixes)
	}
}

// listenTo says whom a voice hears from now on. The mix is locked.
func (v *voice) listenTo(heard []*voice) {
	for _, h := range slices.Clone(v.hears) {
		if !slices.Contains(heard, h.of) {
			v.dismiss(h.of)
		}
	}
	for _, of := range heard {
		i := slices.IndexFunc(v.hears, func(h hearing) bool { return h.of == of })
		switch {
		case i < 0:
			v.hears = append(v.hears, hearing{of, rising})
		case v.hears[i].ramp == falling: // it has not begun to fall yet
			v.hears[i].ramp = steady
		}
	}
}

// dismiss lets a voice hear another no longer, after a last ramp if it has begun
// to. The mix is locked.
func (v *voice) dismiss(of *voice) {
	i := slices.IndexFunc(v.hears, func(h hearing) bool { return h.of == of })
	switch {
	case i < 0:
	case v.hears[i].ramp == rising:
		v.hears = slices.Delete(v.hears, i, i+1)
	default:
		v.hears[i].ramp = falling
	}
}

// pass sends a digit that a voice pressed to everyone who hears it.
func (m *mix) pass(from *voice, digit byte) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, v := range m.voices {
		if slices.ContainsFunc(v.hears, func(h hearing) bool { return h.of == from && h.ramp != falling }) {
			v.leg.SendDigits(string(rune(digit)))
		}
	}
}

// tick sends everybody the frame that is due. Like everything on the clock it
// allocates nothing.
func (m *mix) tick(tick, now int64) {
	m.mu.Lock()
	defer m.mu.Unlock()
	due := false
	for until := tick*FrameSamples - mixDelay; m.read+FrameSamples <= until; m.read += FrameSamples {
		for _, v := range m.voices {
			v.say(m.read) // after a stall of the clock the last frame only
		}
		due = true
	}
	if !due {
		return
	}
	for _, v := range m.voices {
		if !v.gone {
			m.add(v)
			v.leg.sendMix(v, &m.pcm, tick, now)
		}
	}
	m.voices = slices.DeleteFunc(m.voices, func(v *voice) bool { return v.gone })
}

// say takes a voice's frame out of its tap. The smallest magnitude of A-law is
// not 0, and silences added up would be a hum: they count for nothing.
func (v *voice) say(at int64) {
	v.tap.read(at, v.pcm[:], 1)
	v.quiet = true
	for _, s := range v.pcm {
		if s > maxQuiet || s < -maxQuiet {
			v.quiet = false
			return
		}
	}
}

// add makes what a voice hears at this tick, and settles who was coming or
// going.
func (m *mix) add(v *voice) {
	clear(m.sum[:])
	for i := range v.hears {
		h := &v.hears[i]
		if !h.of.quiet {
			h.ramp.add(&m.sum, &h.of.pcm)
		}
		if h.ramp == rising {
			h.ramp = steady
		}
	}
	v.hears = slices.DeleteFunc(v.hears, func(h hearing) bool { return h.ramp == falling })
	for i, s := range m.sum {
		m.pcm[i] = int16(min(max(s, -1<<15), 1<<15-1))
	}
}

// add adds a frame to a sum.
func (r ramp) add(sum *[FrameSamples]int32, pcm *[FrameSamples]int16) {
	switch r {
	case steady:
		for i, s := range pcm {
			sum[i] += int32(s)
		}
	case rising:
		for i, s := range pcm {
			sum[i] += int32(s) * int32(min(i, fadeSamples)) / fadeSamples
		}
	case falling:
		for i, s := range pcm[:fadeSamples] {
			sum[i] += int32(s) * int32(fadeSamples-i) / fadeSamples
		}
	}
}
