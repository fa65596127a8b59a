package acd

import (
	"cmp"
	"fmt"
	"strings"
	"time"
)

// timer is the next deadline of one operator, of one call, of a group's hours or
// of the day. There is one for each, moved in the heap as the deadline moves, so
// none is ever stale.
type timer struct {
	at       Instant
	kind     timerKind
	group    GroupID
	call     CallID
	operator OperatorID
	place    int
}

// timerKind says whose deadline it is, in the order in which what is due at one
// instant happens: the day turns and groups close before anybody acts, and a
// ring that ends is not cut short by a logout.
type timerKind uint8

const (
	timerDay timerKind = iota
	timerHours
	timerCall
	timerOperator
)

func newTimer(t timer) *timer {
	t.place = -1
	return &t
}

// before orders timers by instant, then by kind, then by id.
func (t *timer) before(u *timer) bool {
	if t.at != u.at {
		return t.at < u.at
	}
	return cmp.Or(
		cmp.Compare(t.kind, u.kind),
		strings.Compare(string(t.group), string(u.group)),
		strings.Compare(string(t.call), string(u.call)),
		strings.Compare(string(t.operator), string(u.operator)),
	) < 0
}

func (s *State) setTimer(t *timer, at Instant) {
	if at == 0 {
		s.timers.drop(t)
		t.at = 0
		return
	}
	if t.at != at || t.place < 0 {
		t.at = at
		s.timers.put(t)
	}
}

// Deadline returns when the next [Tick] is due. Until that tick is given time
// does not pass: an offer whose ring time is over still takes an answer.
func (s *State) Deadline() (Instant, bool) {
	t, ok := s.timers.first()
	if !ok {
		return 0, false
	}
	return t.at, true
}

// soonest returns the lesser of two instants, zero meaning never.
func soonest(a, b Instant) Instant {
	switch {
	case a == 0:
		return b
	case b == 0:
		return a
	}
	return min(a, b)
}

// deadline returns when something is due for the call, zero when nothing is.
func (c *call) deadline() Instant {
	var at Instant
	for i := range c.Legs {
		at = soonest(soonest(at, c.Legs[i].Until), c.Legs[i].LostUntil)
	}
	at = soonest(soonest(at, c.NoticeUntil), c.announceDeadline())
	if c.State == CallQueued {
		at = soonest(at, c.WaitEndsAt)
	}
	return at
}

// operatorDeadline returns when something is due for the operator, zero when
// nothing is.
func (s *State) operatorDeadline(o *operator) Instant {
	if o.LoggedInAt == 0 {
		return 0
	}
	at := soonest(o.WrapUpUntil, o.IgnoredUntil)
	at = soonest(at, s.pauseEnds(o))
	for _, rule := range s.logoutRules(o) {
		at = soonest(at, rule.at)
	}
	return at
}

// pauseEnds returns when the operator's pause reaches its limit, zero when it
// has none or that has been dealt with.
func (s *State) pauseEnds(o *operator) Instant {
	if o.Presence != Paused || o.PauseOverran {
		return 0
	}
	return s.pauseLimit(o)
}

// pauseLimit returns when a pause begun with the operator's presence reaches the
// limit of its type, zero when that has none.
func (s *State) pauseLimit(o *operator) Instant {
	p := s.pauseTypes[o.PauseType]
	if p.MaxMinutes == nil {
		return 0
	}
	return o.PresenceSince.Add(time.Duration(*p.MaxMinutes) * time.Minute)
}

// logoutRule is an automatic logout and when it is due; zero is never.
type logoutRule struct {
	at     Instant
	reason LogoutReason
	name   string
}

// logoutRules returns the automatic logouts that run for an operator. None runs
// once a logout is pending.
func (s *State) logoutRules(o *operator) [4]logoutRule {
	var rules [4]logoutRule
	if o.LoggedInAt == 0 || o.Pending.logsOut() {
		return rules
	}
	rules[0] = logoutRule{o.LogoutAt, LogoutClock, "OP-24"}
	rules[1] = logoutRule{o.WindowEndsAt, LogoutWindow, "OP-25"}
	if minutes := o.Config.IdleLogoutMinutes; minutes != nil && o.WaitingSince != 0 {
		since := o.WaitingSince
		if o.ActiveAt != 0 {
			since = max(since, o.ActiveAt.Add(activeEvery))
		}
		rules[2] = logoutRule{since.Add(time.Duration(*minutes) * time.Minute), LogoutIdle, "OP-17"}
	}
	if o.Config.SilenceLogout && !o.Config.PersistentSession && o.AliveAt != 0 {
		rules[3] = logoutRule{o.AliveAt.Add(silenceLimit + aliveEvery), LogoutSilence, "OP-19"}
	}
	return rules
}

// decide lets everything happen that is due, in the order of the deadlines. What
// is due at one instant is settled before the next, as if its tick had come in
// time.
func (Tick) decide(t *step) error { //nolint:unparam // it is never refused
	var at Instant
	for {
		next, ok := t.s.timers.first()
		if !ok || next.at > t.now {
			return nil
		}
		// What was put off and is overdue belongs to the instant that let it go.
		made := len(t.events)
		at = max(at, next.at)
		switch next.kind {
		case timerDay:
			t.dayDue()
		case timerHours:
			t.hoursDue(t.s.groups.get(next.group))
		case timerCall:
			t.callDue(t.s.calls.get(next.call), at)
		case timerOperator:
			t.operatorDue(t.s.operators.get(next.operator))
		}
		if len(t.events) == made {
			panic(fmt.Sprintf("acd: a deadline leads to nothing: %+v", *next))
		}
		if after, more := t.s.timers.first(); !more || after.at > at {
			t.settle()
		}
	}
}

// callDue carries out the first thing that is due for a call at an instant, which
// is in the past when its tick comes late.
func (t *step) callDue(c *call, at Instant) {
	for i := range c.Legs {
		if l := c.Legs[i]; l.Until != 0 && l.Until <= at {
			t.hangUpLeg(c, l.ID)
			t.legFailed(c, l, FailNoAnswer, 0)
			return
		}
		if l := c.Legs[i]; l.LostUntil != 0 && l.LostUntil <= at {
			t.lostOver(c, l)
			return
		}
	}
	if g := t.s.groups.get(c.Queue); g != nil && c.State == CallQueued && c.waited(at) {
		t.overflow(c, g, "max_wait")
		return
	}
	if c.NoticeUntil != 0 && c.NoticeUntil <= at {
		t.noticeHeard(c)
		return
	}
	t.announceDue(c)
}

// operatorDue carries out the first thing that is due for an operator.
func (t *step) operatorDue(o *operator) {
	due := func(at Instant) bool { return at != 0 && at <= t.now }
	switch {
	case due(o.WrapUpUntil):
		t.endWrapUp(o, "wrap_up_over", Actor{Kind: ByRule, ID: "wrap_up"})
		return
	case due(o.IgnoredUntil):
		t.emit(Ignored{Operator: o.Config.ID})
		return
	case due(t.s.pauseEnds(o)):
		t.pauseOver(o)
		return
	}
	for _, rule := range t.s.logoutRules(o) {
		if !due(rule.at) {
			continue
		}
		if rule.reason == LogoutWindow && o.Config.PersistentSession {
			// The record was made persistent since the window was closed.
			t.emit(StreamChanged{Operator: o.Config.ID, Streams: o.Streams})
			return
		}
		t.logout(o, rule.reason, Actor{Kind: ByRule, ID: rule.name})
		return
	}
}

// pauseOver returns an operator to available when his pause has reached its
// limit, unless a rule keeps him paused.
func (t *step) pauseOver(o *operator) {
	away := o.Streams == 0 && !o.Config.PersistentSession
	phone := t.s.phoneState(o)
	if o.Forced || away || phone == PhoneMissing || phone == PhoneInUse {
		t.emit(PauseOverran{Operator: o.Config.ID, PauseType: o.PauseType})
		return
	}
	t.setPresence(o, Available, "", "pause_over", Actor{Kind: ByRule, ID: "max_minutes"})
}
