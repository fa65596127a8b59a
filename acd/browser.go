package acd

import (
	"slices"
	"time"
)

// The browser phone. Whether it can take a call is measured at every moment by
// the edges and told here. One that is lost in a call keeps its leg for a while:
// the customer hears music, and when it is back they talk on.

// keepLost is how long a call waits for its operator's browser (a reload, a
// laptop asleep, another network).
const keepLost = 20 * time.Second

type (
	// SetBrowser says whether the browser phone of an operator's session proves
	// that it could take a call.
	SetBrowser struct {
		Operator  OperatorID
		Reachable bool
	}
	// BrowserChanged says that a browser phone can be reached, or no longer.
	BrowserChanged struct {
		Operator  OperatorID
		Reachable bool
	}
	// LegLost says that the browser of an operator in a call is gone. If it is not
	// back by Until, his part in the call ends.
	LegLost struct {
		Call     CallID
		Leg      LegID
		Operator OperatorID
		Until    Instant
	}
	// LegRecovered says that it is back.
	LegRecovered struct {
		Call     CallID
		Leg      LegID
		Operator OperatorID
	}
)

func (SetBrowser) command()   {}
func (BrowserChanged) event() {}
func (LegLost) event()        {}
func (LegRecovered) event()   {}

func (c SetBrowser) decide(t *step) error { //nolint:unparam // it is never refused
	o := t.s.operators.get(c.Operator)
	if o == nil || o.Browser == c.Reachable {
		return nil
	}
	t.emit(BrowserChanged(c))
	call := t.s.calls.get(o.Call)
	if call == nil {
		return nil
	}
	i := slices.IndexFunc(call.Legs, func(l LegCheckpoint) bool { return l.Operator == c.Operator && l.Browser })
	if i < 0 {
		return nil
	}
	l, before := call.Legs[i], call.topology()
	switch {
	case c.Reachable:
		t.emit(LegRecovered{Call: call.ID, Leg: l.ID, Operator: c.Operator})
		t.arrange(call, before)
	case l.State == LegUp:
		t.emit(LegLost{Call: call.ID, Leg: l.ID, Operator: c.Operator, Until: t.now.Add(keepLost)})
		t.arrange(call, before)
	case l.Role == RoleOffer:
		// Nobody's failure: a page that is loaded again is back in a second.
		t.withdraw(o)
		t.becomeIdle(o, "browser_lost", Actor{})
	default:
		t.hangUpLeg(call, l.ID)
		t.legFailed(call, l, FailUnreachable, 0)
	}
	return nil
}

// lostOver gives a browser up that has not come back. The customer of a group
// goes back there, to the place of his first arrival; any other call ends. Who
// is consulted leaves, and who has begun a consultation leaves it to the others.
func (t *step) lostOver(c *call, l LegCheckpoint) {
	o, g := t.s.operators.get(c.Operator), t.s.groups.get(c.Group)
	switch {
	case c.sided() && l.ID == c.side().Leg:
		t.targetLeaves(c)
	case c.sided() && l.ID == c.Joined[0]:
		t.ownerLeaves(c)
	case !c.talking():
		t.endCall(c, ending{outcome: OutcomeFailed, by: EndedBySystem, cause: "phone_lost", status: 480})
	case c.Direction == Inbound && g != nil && o != nil:
		t.partEnds(c, o, "lost")
		t.toQueue(c, g, "operator_lost")
	default:
		t.endCall(c, ending{outcome: OutcomeAnswered, by: EndedBySystem, cause: "phone_lost", tone: true})
	}
}

// rings returns the phone that is rung for an operator now: his own, or instead
// of a browser that cannot be reached the number he has named for that.
func (o *operator) rings() Phone {
	if o.Phone.Kind == PhoneBrowser && !o.Browser && o.Phone.Fallback != "" {
		return Phone{Kind: PhoneExternal, Number: o.Phone.Fallback, Confirm: o.Phone.Confirm}
	}
	return o.Phone
}

func (e BrowserChanged) fold(s *State, _ Instant) {
	if o := s.operators.get(e.Operator); o != nil {
		o.Browser = e.Reachable
		s.refresh(o)
	}
}

func (e LegLost) fold(s *State, _ Instant) { s.setLost(e.Call, e.Leg, e.Until) }

func (e LegRecovered) fold(s *State, _ Instant) { s.setLost(e.Call, e.Leg, 0) }

func (s *State) setLost(id CallID, leg LegID, until Instant) {
	if c := s.calls.get(id); c != nil {
		if l := c.leg(leg); l != nil {
			l.LostUntil = until
			s.refreshCall(c)
		}
	}
}
