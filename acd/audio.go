package acd

import (
	"maps"
	"slices"
)

// topology says who hears whom in a call whose customer has been connected. It
// follows from the call's state alone; arrange tells call control what is
// different from before.
type topology struct {
	talk []Party // who hears somebody
	wait []LegID // hear music
	ring LegID   // hears that it rings
}

// sided says whether the call has a second conversation.
func (c *call) sided() bool { return len(c.Side) > 0 }

// side returns the second conversation, the zero value when there is none.
func (c *call) side() Side {
	if len(c.Side) == 0 {
		return Side{}
	}
	return c.Side[0]
}

// target says whether an operator is the target of the second conversation, and
// the call another's.
func (c *call) target(o *operator) bool {
	return c.sided() && c.side().Operator == o.Config.ID && c.side().Kind != SideReturn && c.Operator != o.Config.ID
}

func (c *call) observer(leg LegID) int {
	return slices.IndexFunc(c.Observers, func(o Observer) bool { return o.Leg == leg })
}

// here says whether somebody is on a leg: it is up, and no browser that is gone.
func (c *call) here(id LegID) bool {
	l := c.leg(id)
	return l != nil && l.State == LegUp && l.LostUntil == 0
}

// topology returns who hears whom now.
func (c *call) topology() topology {
	owner, customer, side := c.Joined[0], c.Joined[1], c.side()
	var circle []LegID // who talk with each other
	var t topology
	switch {
	case c.NoticeUntil != 0 || customer == 0 || c.Queue != "" || c.EndedAt != 0:
		return t // they hear something else
	case side.Kind == SideTransfer || side.Kind == SideReturn:
		t.ring = customer
	case side.Kind == SideConference:
		circle = []LegID{owner, customer, side.Leg}
	case side.Kind == SideConsult && !side.Front:
		circle = []LegID{owner, customer}
		if side.Up {
			t.wait = []LegID{side.Leg}
		}
	case side.Kind == SideConsult && !side.Up:
		t.wait, t.ring = []LegID{customer}, owner
	case side.Kind == SideConsult:
		circle, t.wait = []LegID{owner, side.Leg}, []LegID{customer}
	case c.State == CallTalking:
		circle = []LegID{owner, customer}
	case c.State == CallHeld:
		t.wait = []LegID{customer}
	}
	away := func(id LegID) bool { return !c.here(id) }
	circle, t.wait = slices.DeleteFunc(circle, away), slices.DeleteFunc(t.wait, away)
	if away(t.ring) {
		t.ring = 0
	}
	t.talk = c.hearing(circle)
	if len(circle) == 1 && len(t.talk) == 0 {
		t.wait = append(t.wait, circle[0]) // until the browser of the other is back
	}
	// A sound would drown a supervisor who speaks to one who waits.
	spoken := func(id LegID) bool {
		return slices.ContainsFunc(t.talk, func(p Party) bool { return p.Leg == id && len(p.Hears) > 0 })
	}
	t.wait = slices.DeleteFunc(t.wait, spoken)
	if spoken(t.ring) {
		t.ring = 0
	}
	return t
}

// hearing gives each of a circle whom he hears, supervisors included.
func (c *call) hearing(circle []LegID) []Party {
	hears := map[LegID][]LegID{}
	hear := func(who, whom LegID) {
		if who != whom && !slices.Contains(hears[who], whom) {
			hears[who] = append(hears[who], whom)
			if _, known := hears[whom]; !known { // who is only heard is a party as well
				hears[whom] = nil
			}
		}
	}
	for _, a := range circle {
		for _, b := range circle {
			hear(a, b)
		}
	}
	for _, o := range c.Observers {
		at, around := c.around(o, circle)
		for _, id := range around {
			hear(o.Leg, id)
			if o.Mode == Barge || o.Mode == Whisper && id == at {
				hear(id, o.Leg)
			}
		}
		for _, other := range c.Observers { // who speaks to everybody is heard by those who listen too
			if _, theirs := c.around(other, circle); other.Mode == Barge && slices.Contains(theirs, at) {
				hear(o.Leg, other.Leg)
			}
		}
	}
	var talk []Party
	for _, id := range slices.Sorted(maps.Keys(hears)) {
		whom := hears[id]
		slices.Sort(whom)
		talk = append(talk, Party{Leg: id, Hears: whom})
	}
	return talk
}

// around returns the leg of the operator whom a supervisor listens to, and who
// talks there; nobody while one of the two is not there.
func (c *call) around(o Observer, circle []LegID) (at LegID, talk []LegID) {
	at = c.operatorLeg(o.Operator)
	switch {
	case !o.Up || !c.here(at):
		return 0, nil
	case slices.Contains(circle, at):
		return at, circle
	}
	return at, []LegID{at}
}

// operatorLeg returns the leg an operator talks on, 0 when he talks on none.
func (c *call) operatorLeg(id OperatorID) LegID {
	switch {
	case id == "":
		return 0
	case c.Operator == id:
		return c.Joined[0]
	case c.side().Operator == id && c.side().Up:
		return c.side().Leg
	}
	return 0
}

// pair returns the two legs that hear each other and nobody else.
func (t topology) pair() (a, b LegID, ok bool) {
	if len(t.talk) != 2 || !slices.Equal(t.talk[0].Hears, []LegID{t.talk[1].Leg}) ||
		!slices.Equal(t.talk[1].Hears, []LegID{t.talk[0].Leg}) {
		return 0, 0, false
	}
	return t.talk[0].Leg, t.talk[1].Leg, true
}

// arrange lets everybody hear whom he is to hear, where that is different from
// before.
func (t *step) arrange(c *call, before topology) {
	now := c.topology()
	same := slices.EqualFunc(before.talk, now.talk, func(a, b Party) bool {
		return a.Leg == b.Leg && slices.Equal(a.Hears, b.Hears)
	})
	if !same {
		t.connect(c, before, now)
	}
	if now.ring != 0 && now.ring != before.ring {
		t.do(PlayLeg{Call: c.ID, Leg: now.ring, Sound: SoundRingback})
	}
	for _, id := range now.wait {
		if !slices.Contains(before.wait, id) {
			t.playMusic(c, id)
		}
	}
}

// connect tells call control who talks now, and who talked and hears nobody now.
func (t *step) connect(c *call, before, now topology) {
	a, b, pair := now.pair()
	x, y, paired := before.pair()
	if pair {
		t.do(JoinLegs{Call: c.ID, A: c.outer(a, b), B: c.inner(a, b)})
	}
	if paired && (pair || len(now.talk) == 0) {
		if !pair && c.leg(x) != nil && c.leg(y) != nil { // else one of them has gone from the other
			t.do(PartLegs{Call: c.ID, A: c.outer(x, y), B: c.inner(x, y)})
		}
		return
	}
	var parties []Party
	if !pair {
		parties = now.talk
	}
	for _, p := range before.talk {
		talks := slices.ContainsFunc(now.talk, func(q Party) bool { return q.Leg == p.Leg })
		if !talks && c.here(p.Leg) {
			parties = append(parties, Party{Leg: p.Leg})
		}
	}
	if len(parties) > 0 {
		slices.SortFunc(parties, func(a, b Party) int { return int(a.Leg - b.Leg) })
		t.do(MixLegs{Call: c.ID, Parties: parties})
	}
}

// inner returns which of two legs is the operator's whose call it is, or the
// greater; outer the other one.
func (c *call) inner(a, b LegID) LegID {
	if a == c.Joined[0] || b != c.Joined[0] && a > b {
		return a
	}
	return b
}

func (c *call) outer(a, b LegID) LegID {
	if c.inner(a, b) == a {
		return b
	}
	return a
}
