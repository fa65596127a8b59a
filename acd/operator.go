package acd

import (
	"fmt"
	"time"
)

// An operator's activity is entered through one of the becomes below and left
// only along these arrows:
//
//	idle     → ringing (offer), dialing (he dials)
//	ringing  → talking (he answers), idle (any other outcome), dialing (an emergency)
//	dialing  → talking (the called party answers), idle (the call fails)
//	talking  ⇄ held
//	talking, held → wrap_up, idle (the call ends)
//	wrap_up  → idle (over, finished, paused), dialing (he dials)
//
// A session ends from idle, or in the step that takes him to idle.

// mayFollow says whether there is an arrow from one activity to another.
func mayFollow(from, to Activity) bool {
	switch from {
	case Idle:
		return to == Ringing || to == Dialing
	case Ringing:
		return to == Idle || to == Talking || to == Dialing
	case Dialing:
		return to == Idle || to == Talking
	case Talking:
		return to == Held || to == WrappingUp || to == Idle
	case Held:
		return to == Talking || to == WrappingUp || to == Idle
	case WrappingUp:
		return to == Idle || to == Dialing
	}
	return false
}

// present returns the operator's present state as a fact, to be changed and
// emitted.
func present(o *operator, cause string, by Actor) OperatorChanged {
	return OperatorChanged{
		Operator: o.Config.ID, Presence: o.Presence, PauseType: o.PauseType, Forced: o.Forced,
		Activity: o.Activity, Call: o.Call, Group: o.Group, WrapUpUntil: o.WrapUpUntil, Cause: cause, By: by,
	}
}

func (t *step) become(o *operator, e OperatorChanged) {
	if e.Activity != o.Activity && !mayFollow(o.Activity, e.Activity) {
		panic(fmt.Sprintf("acd: operator %s: %d does not follow %d (%s)", o.Config.ID, e.Activity, o.Activity, e.Cause))
	}
	if o.Activity == WrappingUp && e.Activity != WrappingUp {
		t.emit(WrapUpEnded{Call: o.Call, Operator: o.Config.ID, Cause: e.Cause})
	}
	t.emit(e)
}

func (t *step) becomeRinging(o *operator, c *call, g GroupID) {
	e := present(o, "offer", Actor{})
	e.Activity, e.Call, e.Group = Ringing, c.ID, g
	t.become(o, e)
}

func (t *step) becomeDialing(o *operator, c *call) {
	e := present(o, "dial", his(o))
	e.Activity, e.Call, e.Group, e.WrapUpUntil = Dialing, c.ID, c.Group, 0
	t.become(o, e)
}

func (t *step) becomeTalking(o *operator, c *call, cause string, by Actor) {
	e := present(o, cause, by)
	e.Activity, e.Call, e.Group = Talking, c.ID, c.Group
	t.become(o, e)
}

func (t *step) becomeHeld(o *operator, c *call, cause string) {
	e := present(o, cause, his(o))
	e.Activity, e.Call = Held, c.ID
	t.become(o, e)
}

func (t *step) becomeWrapUp(o *operator, seconds int, cause string, by Actor) {
	e := present(o, cause, by)
	e.Activity = WrappingUp
	e.WrapUpUntil = t.now.Add(time.Duration(seconds) * time.Second)
	t.become(o, e)
}

// becomeIdle frees an operator of whatever he does, at the presence he chose.
func (t *step) becomeIdle(o *operator, cause string, by Actor) {
	e := idle(present(o, cause, by))
	if pending := o.Pending; pending.Presence == Paused {
		e.Presence, e.PauseType, e.Forced = Paused, pending.PauseType, false
		e.By = o.PendingBy
		t.endIgnored(o)
	}
	t.become(o, e)
	t.clearPending(o)
	t.phoneSettled(o, Actor{}) // his record may have got a phone that serves another
}

// idle takes the activity out of a fact.
func idle(e OperatorChanged) OperatorChanged {
	e.Activity, e.Call, e.Group, e.WrapUpUntil = Idle, "", "", 0
	return e
}

// his names an operator as the one who did something.
func his(o *operator) Actor { return Actor{Kind: ByOperator, ID: string(o.Config.ID)} }

// logsOut says whether a logout is what he asked for.
func (p Pending) logsOut() bool { return p.Presence == LoggedOut && p.Reason != 0 }

// inCall says whether he dials or is in a call, which nothing interrupts.
func (o *operator) inCall() bool {
	return o.Activity == Dialing || o.Activity == Talking || o.Activity == Held
}

// afterCall takes an operator off a call that has ended, or in which his part
// has: what he asked for meanwhile comes first, then so many seconds of wrap-up.
//
//	pending logout                logged out, no wrap-up
//	pending pause                 paused, no wrap-up
//	pending pause with OP-10      wrap-up, then paused
//	nothing pending               wrap-up of the conversation, if there was one
func (t *step) afterCall(o *operator, wrapUp int, cause string, by Actor) {
	switch {
	case o.Pending.logsOut():
		t.endSession(o, o.Pending.Reason, o.PendingBy)
	case wrapUp > 0 && (o.Pending.Presence != Paused || o.Config.AlwaysConnected):
		t.becomeWrapUp(o, wrapUp, cause, by)
	default:
		t.becomeIdle(o, cause, by)
	}
}

func (t *step) endWrapUp(o *operator, cause string, by Actor) { t.becomeIdle(o, cause, by) }

func (c FinishWrapUp) decide(t *step) error {
	o, err := t.session(c.Operator)
	if err != nil {
		return err
	}
	if o.Activity != WrappingUp {
		return refuse(ErrNotWrappingUp, "operator %s is not in wrap-up", c.Operator)
	}
	t.endWrapUp(o, "finished", c.By)
	return nil
}

func (c ExtendWrapUp) decide(t *step) error {
	o, err := t.session(c.Operator)
	if err != nil {
		return err
	}
	if o.Activity != WrappingUp {
		return refuse(ErrNotWrappingUp, "operator %s is not in wrap-up", c.Operator)
	}
	if c.Seconds < 1 || c.Seconds > maxExtendSeconds {
		return refuse(ErrOutOfRange, "wrap-up is extended by 1 to %d seconds, not %d", maxExtendSeconds, c.Seconds)
	}
	e := present(o, "extended", c.By)
	e.WrapUpUntil = o.WrapUpUntil.Add(time.Duration(c.Seconds) * time.Second)
	if e.WrapUpUntil > t.now.Add(maxWrapUpAhead) {
		return refuse(ErrLimit, "wrap-up may end %s from now at most", maxWrapUpAhead)
	}
	t.become(o, e)
	return nil
}

func (c SetPresence) decide(t *step) error {
	o, err := t.session(c.Operator)
	if err != nil {
		return err
	}
	switch c.Presence {
	case Available:
		return t.makeAvailable(o, c)
	case Paused:
		if _, ok := t.s.pauseTypes[c.PauseType]; !ok {
			return refuse(ErrUnknownPauseType, "no pause type %q", c.PauseType)
		}
		t.pause(o, c)
		return nil
	case LoggedOut:
	}
	return refuse(ErrOutOfRange, "presence is available or paused")
}

func (t *step) makeAvailable(o *operator, c SetPresence) error {
	by := c.By
	switch t.s.phoneState(o) {
	case PhoneMissing:
		return refuse(ErrPhoneRequired, "operator %s has given no phone yet", o.Config.ID)
	case PhoneInUse:
		return refuse(ErrPhoneInUse, "phone %s serves another operator", o.Phone.Account)
	case PhoneReachable, PhoneUnreachable:
	}
	if o.mayCancelPending(by) {
		t.emit(PendingSet{Operator: o.Config.ID, None: true, LogoutAt: o.nextLogout(c.LogoutAt), By: by})
	}
	if o.Activity == WrappingUp {
		t.leaveWrapUp(o, Available, "", "available", by)
	} else {
		t.setPresence(o, Available, "", "available", by)
	}
	if by.Kind == ByOperator {
		t.endIgnored(o)
		if o.Missed > 0 {
			t.emit(MissedCounted{Operator: o.Config.ID})
		}
	}
	return nil
}

// mayCancelPending says whether somebody may take back what waits for the end
// of the call: the operator what he asked for himself, a supervisor everything
// but the end of a record.
func (o *operator) mayCancelPending(by Actor) bool {
	switch {
	case o.Pending == (Pending{}) || o.Pending.Reason == LogoutDisabled:
		return false
	case by.Kind == ByOperator && o.Pending.logsOut():
		return o.Pending.Reason == LogoutManual || o.Pending.Reason == LogoutWindow || o.Pending.Reason == LogoutSilence
	}
	return true
}

// nextLogout returns the daily logout that follows one that is taken back, zero
// when none is. Only this one has come: the rule is daily, so the next stays.
// When that is hangs on the centre's time zone and its changes of the clock,
// which the core does not know; so it comes with the command that takes the
// logout back, as it comes with a login and with a record, and is durable in the
// same fact.
func (o *operator) nextLogout(next Instant) Instant {
	if o.Pending.Reason != LogoutClock {
		return 0
	}
	return next
}

// setPresence changes the presence at once and leaves the activity alone.
func (t *step) setPresence(o *operator, p Presence, pauseType PauseTypeID, cause string, by Actor) {
	e := present(o, cause, by)
	e.Presence, e.PauseType, e.Forced = p, pauseType, false
	if e == present(o, cause, by) {
		return
	}
	t.endIgnored(o) // OP-16 ends when he changes status
	t.become(o, e)
}

// leaveWrapUp ends wrap-up with a presence.
func (t *step) leaveWrapUp(o *operator, p Presence, pauseType PauseTypeID, cause string, by Actor) {
	e := idle(present(o, cause, by))
	e.Presence, e.PauseType, e.Forced = p, pauseType, false
	t.endIgnored(o)
	t.become(o, e)
}

// endIgnored ends an OP-16 window early.
func (t *step) endIgnored(o *operator) {
	if o.IgnoredUntil != 0 {
		t.emit(Ignored{Operator: o.Config.ID})
	}
}

// pause follows the table of what a pause does in each activity.
func (t *step) pause(o *operator, c SetPresence) {
	pauseType, by, always := c.PauseType, c.By, o.Config.AlwaysConnected
	pending := PendingSet{Presence: Paused, PauseType: pauseType, LogoutAt: o.nextLogout(c.LogoutAt), By: by}
	switch o.Activity {
	case Idle:
		t.setPresence(o, Paused, pauseType, "pause", by)
	case Ringing:
		if !always {
			t.withdraw(o)
			e := idle(present(o, "pause", by))
			e.Presence, e.PauseType, e.Forced = Paused, pauseType, false
			t.endIgnored(o)
			t.become(o, e)
			return
		}
		t.setPresence(o, Paused, pauseType, "pause", by)
	case WrappingUp:
		if !always {
			t.clearPending(o)
			t.leaveWrapUp(o, Paused, pauseType, "pause", by)
			return
		}
		t.setPending(o, pending)
	case Dialing, Talking, Held:
		t.setPending(o, pending)
	}
}

func (t *step) clearPending(o *operator) {
	if o.Pending != (Pending{}) {
		t.emit(PendingSet{Operator: o.Config.ID, None: true})
	}
}

// setPending notes what is to be done when the call has ended. A pause does not
// take the place of a logout that he may not cancel, nor a logout that of one
// noted before it, but that of a record's end.
func (t *step) setPending(o *operator, e PendingSet) {
	e.Operator = o.Config.ID
	wanted := Pending{Presence: e.Presence, PauseType: e.PauseType, Reason: e.Reason}
	switch {
	case wanted == o.Pending:
		return
	case o.Pending.logsOut() && wanted.logsOut() && e.Reason != LogoutDisabled:
		return
	case o.Pending.logsOut() && !wanted.logsOut() && !o.mayCancelPending(e.By):
		return
	}
	t.emit(e)
}

// lastPhone is the phone he uses, else the one of the session before.
func (o *operator) lastPhone() Phone {
	if o.Phone != (Phone{}) {
		return o.Phone
	}
	return o.LastPhone
}
