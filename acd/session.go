package acd

import (
	"maps"
	"slices"
	"time"
)

func (c Login) decide(t *step) error {
	o, err := t.operator(c.Operator)
	if err != nil {
		return err
	}
	if o.Removed || !o.Config.Enabled {
		return refuse(ErrDisabled, "operator %s is disabled", c.Operator)
	}
	if o.LoggedInAt != 0 {
		t.takeOver(o, c)
		return nil
	}
	t.emit(LoggedIn{Operator: c.Operator, Name: o.Config.Name, Session: c.Session, LogoutAt: c.LogoutAt, By: c.By})
	e := present(o, "login", c.By)
	e.Presence, e.PauseType, e.Forced = Available, "", false
	if rule := t.loginPause(o); rule != "" {
		e.Presence, e.PauseType, e.Forced, e.Cause = Paused, t.loginPauseType(), true, rule
	}
	t.emit(e)
	return nil
}

// takeOver re-attaches a login to the running floor session: the older banner's
// cookie dies, and everything else goes on. A logout that his own going away
// had brought about is taken back.
func (t *step) takeOver(o *operator, c Login) {
	if o.Session == c.Session {
		return
	}
	old := o.Session
	t.emit(TakenOver{Operator: c.Operator, Old: old, New: c.Session, LogoutAt: c.LogoutAt})
	if o.Pending.logsOut() && o.mayCancelPending(his(o)) {
		t.emit(PendingSet{Operator: c.Operator, None: true, By: c.By})
	}
	t.do(EndSession{Operator: c.Operator, Session: old})
}

// loginPause returns the rule that leaves an operator paused at login, empty
// when none does. OP-26 comes last: it is left by his own click only.
func (t *step) loginPause(o *operator) string {
	phone := t.s.phoneState(o)
	switch {
	case o.Config.PauseAtLogin:
		return "OP-26"
	case phone == PhoneInUse:
		return "phone_in_use"
	case phone == PhoneMissing && o.Config.AskPhoneAtLogin:
		return "OP-13"
	case phone == PhoneMissing:
		return "phone_missing"
	}
	return ""
}

// loginPauseType returns the pause type of login pauses, empty when there is
// none.
func (t *step) loginPauseType() PauseTypeID {
	for _, id := range slices.Sorted(maps.Keys(t.s.pauseTypes)) {
		if t.s.pauseTypes[id].Login {
			return id
		}
	}
	return ""
}

// phoneSettled ends or begins the forced pauses that hang on an operator's
// phone, after the phone or who it serves has changed.
func (t *step) phoneSettled(o *operator, by Actor) {
	if o.LoggedInAt == 0 {
		return
	}
	phone := t.s.phoneState(o)
	usable := phone == PhoneReachable || phone == PhoneUnreachable
	rule := Actor{Kind: ByRule, ID: "phone"}
	if by.Kind == 0 {
		by = rule
	}
	switch {
	case usable && o.Presence == Paused && o.Forced && o.ForcedCause != "OP-26":
		t.setPresence(o, Available, "", "phone_given", by)
	case phone == PhoneInUse && o.Presence == Available && o.Activity == Idle:
		e := present(o, "phone_in_use", rule)
		e.Presence, e.PauseType, e.Forced = Paused, t.loginPauseType(), true
		t.emit(e)
	}
}

// nextInLine lets the operator have whom an account now serves.
func (t *step) nextInLine(left Phone) {
	if left.Kind != PhoneCentrex {
		return
	}
	if id, ok := t.s.AccountOperator(left.Account); ok {
		t.phoneSettled(t.s.operators.get(id), Actor{})
	}
}

func (c Logout) decide(t *step) error {
	o, err := t.session(c.Operator)
	if err != nil {
		return err
	}
	if c.Reason < LogoutManual || c.Reason > LogoutDisabled {
		return refuse(ErrOutOfRange, "a logout has a reason")
	}
	t.logout(o, c.Reason, c.By)
	return nil
}

// logout follows the table of what a logout does in each activity: during a
// call it waits for its end.
func (t *step) logout(o *operator, reason LogoutReason, by Actor) {
	switch o.Activity {
	case Dialing, Talking, Held:
		t.setPending(o, PendingSet{Presence: LoggedOut, Reason: reason, By: by})
		return
	case Ringing:
		t.withdraw(o)
	case Idle, WrappingUp:
	}
	t.endSession(o, reason, by)
}

// endSession ends the floor session of an operator who is in no call.
func (t *step) endSession(o *operator, reason LogoutReason, by Actor) {
	id, session, phone := o.Config.ID, o.Session, o.Phone
	e := idle(present(o, "logout", by))
	e.Presence, e.PauseType, e.Forced = LoggedOut, "", false
	t.become(o, e)
	t.clearPending(o)
	t.emit(LoggedOutOf{Operator: id, Session: session, Reason: reason, By: by})
	t.do(EndSession{Operator: id, Session: session, Reason: reason})
	t.nextInLine(phone)
}

func (c SetPhone) decide(t *step) error {
	o, err := t.session(c.Operator)
	if err != nil {
		return err
	}
	asked := o.Config.AskPhoneAtLogin && !o.PhoneGiven
	switch {
	case !o.Config.AllowPhoneChange && !asked:
		return refuse(ErrPhoneChange, "operator %s may not change his phone", c.Operator)
	case o.inCall() || o.Activity == Ringing:
		return refuse(ErrInCall, "the phone is not changed during a call")
	case c.Phone.Kind == PhoneExternal && c.Phone.Number != "" && c.Phone.Account == "":
	case c.Phone.Kind == PhoneBrowser && c.Phone.Number == "" && c.Phone.Account == "":
	case c.Phone.Kind == PhoneCentrex && c.Phone.Account != "" && c.Phone.Number == "":
		if holder, ok := t.s.AccountOperator(c.Phone.Account); ok && holder != c.Operator {
			return refuse(ErrPhoneInUse, "phone %s serves another operator", c.Phone.Account)
		}
	default:
		return refuse(ErrPhoneRequired, "a phone is a number, a Centrex account or the browser")
	}
	if c.Phone == o.Phone && !asked {
		return nil
	}
	left := o.Phone
	t.emit(PhoneGiven(c))
	t.phoneSettled(o, c.By)
	if left != c.Phone {
		t.nextInLine(left)
	}
	return nil
}

func (c SetReachable) decide(t *step) error { //nolint:unparam // it is never refused
	if acc := t.s.accounts[c.Account]; c.Account == "" || (acc != nil && acc.Reachable) == c.Reachable {
		return nil
	}
	t.emit(ReachabilityChanged(c))
	return nil
}

func (c Active) decide(t *step) error {
	o, err := t.session(c.Operator)
	if err != nil {
		return err
	}
	if o.Config.IdleLogoutMinutes != nil && o.WaitingSince != 0 && t.now >= o.ActiveAt.Add(activeEvery) {
		t.emit(WasActive(c))
	}
	return nil
}

func (c Alive) decide(t *step) error {
	o, err := t.session(c.Operator)
	if err != nil {
		return err
	}
	if o.Config.SilenceLogout && t.now >= o.AliveAt.Add(aliveEvery) {
		t.emit(WasAlive(c))
	}
	return nil
}

func (c StreamOpened) decide(t *step) error {
	o, err := t.session(c.Operator)
	if err != nil {
		return err
	}
	if o.Session == c.Session { // a stream of a session taken over is nothing to us
		t.emit(StreamChanged{Operator: c.Operator, Streams: o.Streams + 1})
	}
	return nil
}

func (c StreamClosed) decide(t *step) error {
	o, err := t.session(c.Operator)
	if err != nil {
		return err
	}
	if o.Session != c.Session || o.Streams == 0 {
		return nil
	}
	e := StreamChanged{Operator: c.Operator, Streams: o.Streams - 1}
	if e.Streams == 0 && c.InOrder && !o.Config.PersistentSession {
		e.EndsAt = t.now.Add(windowGrace)
	}
	t.emit(e)
	return nil
}

func (c Release) decide(t *step) error {
	o, err := t.operator(c.Operator)
	if err != nil {
		return err
	}
	t.endIgnored(o)
	switch o.Activity {
	case Idle:
	case Ringing:
		t.withdraw(o)
		t.becomeIdle(o, "released", c.By)
	case Dialing, Talking, Held:
		call := t.s.calls.get(o.Call)
		if call.target(o) {
			t.targetLeaves(call)
			return nil
		}
		t.endCall(call, ending{outcome: released(call), by: EndedBySystem, cause: "released", noWrapUp: true, actor: c.By})
	case WrappingUp:
		t.endWrapUp(o, "released", c.By)
	}
	return nil
}

// released is the outcome of a call that a supervisor cut.
func released(c *call) Outcome {
	if c.talking() {
		return OutcomeAnswered
	}
	return OutcomeFailed
}

// ringTime returns how long an operator's phone is rung (OP-15).
func ringTime(o *operator) time.Duration { return time.Duration(o.Config.RingSeconds) * time.Second }
