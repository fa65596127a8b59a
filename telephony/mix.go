package telephony

import (
	"slices"

	"bandeau/acd"
	"bandeau/media"
)

// party is a leg of a mix and whom it hears.
type party struct {
	leg   *leg
	hears []*leg
}

// mixLegs lets legs hear each other as the core says, in place of what they were
// joined with or played.
func (c *call) mixLegs(e acd.MixLegs) {
	var parties []party
	for _, said := range e.Parties {
		l := c.legs[said.Leg]
		if l == nil || l.state == legGone || l.state == legClosing {
			continue
		}
		if l.peer != nil {
			l.peer.peer, l.peer = nil, nil // the mix takes them out of their bridge
		}
		if l.state == legIncoming {
			l.progress(true)
		}
		l.silence()
		l.referEnds(l.referStatus())
		p := party{leg: l}
		for _, id := range said.Hears {
			if heard := c.legs[id]; heard != nil {
				p.hears = append(p.hears, heard)
			}
		}
		parties = append(parties, p)
	}
	c.mix = parties
	for i := range c.mix { // who is not of the mix is heard by nobody in it
		c.mix[i].hears = slices.DeleteFunc(c.mix[i].hears, func(heard *leg) bool { return !c.mixed(heard) })
	}
	c.remix()
	c.rearranged()
}

// remix carries out the mix as far as its legs have audio.
func (c *call) remix() {
	var parties []media.Party
	for _, p := range c.mix {
		if a := p.leg.audio(); a != nil {
			parties = append(parties, media.Party{Leg: a, Hears: audios(p.hears)})
		}
	}
	if r := c.recording; r != nil && r.ear != nil {
		parties = append(parties, media.Party{Leg: r.ear, Hears: audios(c.heardBy(r.customer))})
	}
	if len(parties) == 0 {
		return
	}
	if err := c.sw.cfg.Plane.Mix(parties); err != nil {
		c.log.Error("legs not mixed", "error", err)
	}
}

func audios(legs []*leg) []media.Leg {
	var list []media.Leg
	for _, l := range legs {
		if a := l.audio(); a != nil {
			list = append(list, a)
		}
	}
	return list
}

// mixed reports whether a leg is in the mix.
func (c *call) mixed(l *leg) bool {
	return slices.ContainsFunc(c.mix, func(p party) bool { return p.leg == l })
}

// unmix takes a leg out of what is known of the mix; its audio has left it, or
// leaves it with what comes now.
func (c *call) unmix(l *leg) {
	if !c.mixed(l) {
		return
	}
	c.mix = slices.DeleteFunc(c.mix, func(p party) bool { return p.leg == l })
	for i := range c.mix {
		c.mix[i].hears = slices.DeleteFunc(c.mix[i].hears, func(heard *leg) bool { return heard == l })
	}
	c.rearranged()
}

// heardBy returns whom a leg hears.
func (c *call) heardBy(l *leg) []*leg {
	if l.peer != nil {
		return []*leg{l.peer}
	}
	for _, p := range c.mix {
		if p.leg == l {
			return p.hears
		}
	}
	return nil
}

// listeners are those who hear a leg.
func (l *leg) listeners() []*leg {
	if l.peer != nil {
		return []*leg{l.peer}
	}
	var list []*leg
	for _, p := range l.call.mix {
		if slices.Contains(p.hears, l) {
			list = append(list, p.leg)
		}
	}
	return list
}
