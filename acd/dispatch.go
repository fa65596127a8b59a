package acd

import (
	"fmt"
	"time"
)

// Dispatch happens in the step that makes it possible. State.ready holds the
// groups where a call waits and an operator is eligible; as long as there is
// one, the first call of the one total order is offered to whom its group's
// strategy ranks first. An operator who has just become free is thereby given
// the call that comes first among those waiting in his groups.

// offer rings an operator's phone for a call.
func (t *step) offer(c *call, o *operator, e OfferMade) {
	if o.Activity != Idle {
		panic(fmt.Sprintf("acd: call %s is offered to operator %s, who is not idle but %d", c.ID, o.Config.ID, o.Activity))
	}
	t.emit(e)
	t.becomeRinging(o, c, e.Group)
	place := PlaceLeg{
		Call: c.ID, Leg: e.Leg, Operator: o.Config.ID, Phone: e.Phone,
		Present: c.outside(), Caller: c.caller(), Service: c.service(), Until: e.Until,
	}
	group := e.Group
	if c.sided() {
		group = c.Group // given on by an operator of that group
	}
	if g := t.s.groups.get(group); g != nil {
		place.GroupName = g.Config.Name
		if e.Phone.Kind == PhoneExternal && g.Config.TransferNumber != "" {
			place.Present = Presentation{Number: g.Config.TransferNumber}
		}
	}
	t.do(place)
}

// ring offers a call to the one operator it is for, whatever his group ranks. The
// group is that in which it waits, if it does.
func (t *step) ring(c *call, o *operator, leg LegID, g GroupID) {
	t.offer(c, o, OfferMade{
		Call: c.ID, Leg: leg, Operator: o.Config.ID, Name: o.Config.Name, Group: g, Phone: o.rings(),
		Until: t.now.Add(ringTime(o)), Rank: 1, Eligible: 1,
	})
}

// outside is how the outside party of a call is shown to an operator.
func (c *call) outside() Presentation {
	if c.Direction == Outbound {
		return Presentation{Number: c.Called, Anonymous: c.NumberHidden}
	}
	return Presentation{Number: c.Caller, Name: c.CallerName, Anonymous: c.Caller == ""}
}

// enqueue offers a call to a group: it waits there until an operator answers.
// A group that is full, or has nobody logged in and is not to be waited in,
// passes it on at once; it counts there all the same.
func (t *step) enqueue(c *call, g *group, cause string) {
	seq := c.Seq
	if seq == 0 {
		seq = t.s.arrivals + 1
	}
	full, away := g.full(c), g.enter()
	e := Enqueued{
		Call: c.ID, Group: g.Config.ID, Seq: seq, FirstArrival: c.ArrivedAt,
		WaitEndsAt: waitEnds(g, c, t.now), Cause: cause, Eligible: g.eligible.len(),
	}
	place, _ := g.queued.split(func(other *call) bool {
		return other.ArrivedAt < c.ArrivedAt || other.ArrivedAt == c.ArrivedAt && other.Seq < seq
	})
	e.Position = place + 1
	if e.Eligible == 0 {
		e.Passed = g.passedOver()
	}
	music := t.s.holdMusic(c)
	if t.hears != nil {
		music = *t.hears
	}
	t.emit(e)
	if away == "" && full {
		away = "full"
	}
	if away != "" {
		t.hears = &music
		t.overflow(c, g, away)
		t.hears = nil
		return
	}
	first := t.receive(c, g)
	t.entered(c, g, first || t.s.holdMusic(c) != music)
}

// waitEnds returns when the group's maximum wait is over for a call that entered
// it at an instant, zero when it has none. Where nobody may wait, it is still
// offered to who is free at that instant, and to hear a notice is not to wait.
func waitEnds(g *group, c *call, entered Instant) Instant {
	switch most := g.Config.MaxWaitSeconds; {
	case most == nil:
		return 0
	case *most == 0:
		return max(entered, c.NoticeUntil).Add(time.Millisecond)
	default:
		return entered.Add(time.Duration(*most) * time.Second)
	}
}

// noWait sets when a call has to leave a group anew, where nobody may wait: its
// notice has begun or ended.
func (s *State) noWait(c *call, at Instant) {
	if g := s.groups.get(c.Queue); g != nil && g.Config.MaxWaitSeconds != nil && *g.Config.MaxWaitSeconds == 0 {
		c.WaitEndsAt = waitEnds(g, c, at)
	}
}

// receive answers a caller who is to wait, or keeps him in early media, and says
// whether he hears something from now on for the first time. He hears the
// notice, if one is due and he is answered.
func (t *step) receive(c *call, g *group) (first bool) {
	l := c.leg(c.customer())
	inform := t.informsWaiting(c, g)
	switch {
	case c.NoticeUntil != 0:
		return false // he hears it since the group before
	case l.State == LegUp && inform:
	case l.State == LegUp:
		return t.parted // else he hears music since he entered his first group
	case !c.OnOperator:
		t.emit(LegWasAnswered{Call: c.ID, Leg: l.ID})
		t.do(AnswerLeg{Call: c.ID, Leg: l.ID})
	case l.State == LegEarly:
		return false
	default:
		t.emit(LegRang{Call: c.ID, Leg: l.ID, Early: true})
		t.do(ProgressLeg{Call: c.ID, Leg: l.ID, Early: true})
	}
	if inform {
		t.startNotice(c, NoticeStarted{Leg: l.ID}, topology{})
	}
	return true
}

// overflow takes a call out of a group by the group's exit. Without one the call
// is hung up, as it is after its fifth exit.
func (t *step) overflow(c *call, g *group, cause string) {
	leave := Dequeued{Call: c.ID, Group: g.Config.ID, How: LeftOverflowed, Cause: cause}
	if c.Overflows >= maxOverflows {
		leave.Cause = "too_many_overflows"
		t.emit(leave)
		t.endCall(c, ending{outcome: OutcomeOverflowed, by: EndedBySystem, cause: leave.Cause, status: 486, tone: true})
		return
	}
	t.emit(leave)
	end := ending{outcome: OutcomeOverflowed, by: EndedBySystem, cause: cause, status: 486, tone: true}
	if cause == "closed" {
		end.status = 480
	}
	t.takeExit(c, g.Config.ID, g.exit(cause), cause, end)
}

// takeExit sends a call where an exit leads; where it leads nowhere the call
// ends.
func (t *step) takeExit(c *call, from GroupID, exit Exit, cause string, end ending) {
	t.emit(Overflowed{Call: c.ID, From: from, Exit: exit, Cause: cause, Count: c.Overflows + 1})
	switch exit.Kind {
	case ExitGroup:
		if g := t.s.groups.get(exit.Group); g != nil {
			t.enqueue(c, g, "overflow")
			return
		}
	case ExitNumber:
		t.forward(c, exit.Number)
		return
	case ExitNone, ExitHangUp:
	}
	t.endCall(c, end)
}

// overflowDeserted sends away the callers of a group none of whose members is
// logged in any more, if the group says so or is closed. A ring is not
// interrupted.
func (t *step) overflowDeserted(g *group) {
	cause := g.away()
	if t.s.groups.get(g.Config.ID) != g || cause == "" {
		return
	}
	for _, c := range g.listening() {
		t.overflow(c, g, cause)
	}
	for c := g.waiting.first(); c != nil; c = g.waiting.first() {
		t.overflow(c, g, cause)
	}
}
