package acdtest

import "bandeau/acd"

// Hears is the obvious answer to who hears whom in a call at rest: the rules of
// conversations and of supervisors, written down a second time.
func Hears(c acd.CallCheckpoint, who, whom acd.LegID) bool {
	if who == whom || c.NoticeUntil != 0 || !here(c, who) || !here(c, whom) {
		return early(c, who, whom)
	}
	a, aObserves := observerOf(c, who)
	b, bObserves := observerOf(c, whom)
	switch {
	case aObserves && bObserves:
		return b.Mode == acd.Barge && together(c, heeds(c, a), heeds(c, b))
	case aObserves:
		return together(c, heeds(c, a), whom)
	case bObserves:
		return b.Mode == acd.Barge && together(c, heeds(c, b), who) || b.Mode == acd.Whisper && heeds(c, b) == who
	}
	return together(c, who, whom)
}

// early: the called party's phone is heard before it is answered.
func early(c acd.CallCheckpoint, who, whom acd.LegID) bool {
	a, b := legOf(c, who), legOf(c, whom)
	return who != whom && c.State == acd.CallDialing &&
		(a.Role == acd.RoleCalled && a.State == acd.LegEarly || b.Role == acd.RoleCalled && b.State == acd.LegEarly)
}

// here says whether somebody is on a leg who can be talked to.
func here(c acd.CallCheckpoint, id acd.LegID) bool {
	l := legOf(c, id)
	return l.State == acd.LegUp && l.LostUntil == 0
}

func legOf(c acd.CallCheckpoint, id acd.LegID) acd.LegCheckpoint {
	for _, l := range c.Legs {
		if l.ID == id {
			return l
		}
	}
	return acd.LegCheckpoint{}
}

func observerOf(c acd.CallCheckpoint, id acd.LegID) (acd.Observer, bool) {
	for _, o := range c.Observers {
		if o.Leg == id {
			return o, true
		}
	}
	return acd.Observer{}, false
}

// heeds is the leg of the operator a supervisor listens to, 0 when there is none
// to be heard.
func heeds(c acd.CallCheckpoint, o acd.Observer) acd.LegID {
	leg := acd.LegID(0)
	switch {
	case o.Operator == c.Operator:
		leg = c.Joined[0]
	case len(c.Side) > 0 && c.Side[0].Operator == o.Operator && c.Side[0].Up:
		leg = c.Side[0].Leg
	}
	if !here(c, leg) {
		return 0
	}
	return leg
}

// together says whether two legs are in the same conversation, or are one.
func together(c acd.CallCheckpoint, a, b acd.LegID) bool {
	if a == 0 || b == 0 {
		return false
	}
	return a == b || talks(c, a) && talks(c, b)
}

// talks says whether a leg is in the conversation that is going on.
func talks(c acd.CallCheckpoint, id acd.LegID) bool {
	owner, customer := id == c.Joined[0], id == c.Joined[1]
	if len(c.Side) == 0 {
		return c.State == acd.CallTalking && (owner || customer)
	}
	side := c.Side[0]
	target := id == side.Leg && side.Up
	switch side.Kind {
	case acd.SideConference:
		return owner || customer || target
	case acd.SideConsult:
		return owner && (side.Up || !side.Front) || side.Front && target || !side.Front && customer
	case acd.SideNone, acd.SideTransfer, acd.SideReturn:
	}
	return false
}
