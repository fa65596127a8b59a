package acd

// The folds of operators' facts.

func (e LoggedIn) fold(s *State, at Instant) {
	o := s.operators.get(e.Operator)
	if o == nil {
		return
	}
	o.Session, o.LoggedInAt, o.LogoutAt = e.Session, at, e.LogoutAt
	o.IdleSince, o.AliveAt, o.ActiveAt = at, at, 0
	o.Missed, o.Streams, o.WindowEndsAt = 0, 0, 0
	o.PhoneGiven = false
	if !o.Config.AskPhoneAtLogin {
		s.setPhone(o, o.Config.Phone)
	}
	// Until the fact that gives him his presence follows he is paused, so that he
	// is at no moment offered a call a rule would keep from him.
	o.Presence, o.PauseType, o.PresenceSince, o.Forced, o.ForcedCause = Paused, "", at, false, ""
	o.Activity, o.ActivitySince = Idle, at
	s.refresh(o)
}

func (e TakenOver) fold(s *State, at Instant) {
	o := s.operators.get(e.Operator)
	if o == nil {
		return
	}
	o.Session, o.LogoutAt, o.AliveAt = e.New, e.LogoutAt, at
	o.Streams, o.WindowEndsAt = 0, 0
	o.acted(at)
	s.refresh(o)
}

func (e LoggedOutOf) fold(s *State, at Instant) {
	o := s.operators.get(e.Operator)
	if o == nil {
		return
	}
	last := o.lastPhone()
	s.setPhone(o, Phone{})
	kept := OperatorCheckpoint{
		Config: o.Config, Removed: o.Removed, LastPhone: last,
		Presence: LoggedOut, PresenceSince: at, Activity: Idle, ActivitySince: at,
		Answered: o.Answered, AnsweredAt: o.AnsweredAt, // the day's, not the session's
		Browser: o.Browser, // the page's, which may be there before the session
	}
	if o.Presence == LoggedOut {
		kept.PresenceSince, kept.ActivitySince = o.PresenceSince, o.ActivitySince
	}
	o.OperatorCheckpoint = kept
	s.refresh(o)
	if o.Removed {
		s.dropOperator(o)
	}
}

func (e OperatorChanged) fold(s *State, at Instant) {
	o := s.operators.get(e.Operator)
	if o == nil {
		return
	}
	if o.Presence != e.Presence || o.PauseType != e.PauseType {
		o.PresenceSince, o.PauseOverran = at, false
	}
	if o.Activity != e.Activity || o.Call != e.Call {
		o.ActivitySince = at
	}
	handling := o.Handling
	o.Handling = handling && (e.Activity == Talking || e.Activity == Held || e.Activity == WrappingUp)
	if handling && !o.Handling {
		o.IdleSince = at
		s.noteHandled(o, at)
	}
	left := o.Call
	o.Presence, o.PauseType, o.Activity = e.Presence, e.PauseType, e.Activity
	switch {
	case !e.Forced:
		o.ForcedCause = ""
	case !o.Forced:
		o.ForcedCause = e.Cause
	}
	o.Forced = e.Forced
	o.Call, o.Group, o.WrapUpUntil = e.Call, e.Group, e.WrapUpUntil
	if e.By.Kind == ByOperator {
		o.acted(at)
	}
	o.noteWaiting(at)
	s.refresh(o)
	if c := s.calls.get(left); c != nil && left != e.Call {
		c.detach(e.Operator)
		switch {
		case c.EndedAt == 0:
			s.touchCall(c) // it is another's, or nobody's
		case len(c.attached) == 0:
			s.removeCall(c) // over, and now wrapped up
		default:
			c.State = CallWrapUp // of another
			s.refreshCall(c)
		}
	}
	if c := s.calls.get(e.Call); c != nil {
		c.attach(e.Operator)
		if e.Activity == WrappingUp && c.EndedAt != 0 {
			c.State = CallWrapUp
		}
		s.refreshCall(c)
	}
}

// fold changes nothing: the OperatorChanged that follows takes him off the call.
func (WrapUpEnded) fold(*State, Instant) {}

// noteWaiting follows whether the operator waits for calls, which is when OP-17
// runs.
func (o *operator) noteWaiting(at Instant) {
	reachable := o.Presence == Available || o.Presence == Paused && o.Config.AlwaysConnected
	switch {
	case o.LoggedInAt == 0 || o.Activity != Idle || !reachable:
		o.WaitingSince = 0
	case o.WaitingSince == 0:
		o.WaitingSince = at
	}
}

// acted notes something the operator did himself.
func (o *operator) acted(at Instant) {
	o.AliveAt = at
	if o.WaitingSince != 0 && at > o.WaitingSince {
		o.ActiveAt = at
	}
}

func (e PendingSet) fold(s *State, at Instant) {
	o := s.operators.get(e.Operator)
	if o == nil {
		return
	}
	o.Pending, o.PendingBy = Pending{}, Actor{}
	if !e.None {
		o.Pending = Pending{Presence: e.Presence, PauseType: e.PauseType, Reason: e.Reason}
		o.PendingBy = e.By
	}
	// The rule has done its work, also if the logout is cancelled later on.
	switch e.Reason {
	case LogoutClock:
		o.LogoutAt = 0
	case LogoutWindow:
		o.WindowEndsAt = 0
	case LogoutSilence:
		o.AliveAt = 0
	case LogoutManual, LogoutIdle, LogoutMissed, LogoutSupervisor, LogoutDisabled:
	}
	if e.LogoutAt != 0 {
		o.LogoutAt = e.LogoutAt
	}
	if e.By.Kind == ByOperator {
		o.acted(at)
	}
	s.refresh(o)
}

func (e PhoneGiven) fold(s *State, at Instant) {
	o := s.operators.get(e.Operator)
	if o == nil {
		return
	}
	o.PhoneGiven = true
	s.setPhone(o, e.Phone)
	if e.By.Kind == ByOperator {
		o.acted(at)
	}
	s.refresh(o)
}

func (e Ignored) fold(s *State, _ Instant) {
	if o := s.operators.get(e.Operator); o != nil {
		o.IgnoredUntil = e.Until
		s.refresh(o)
	}
}

func (e MissedCounted) fold(s *State, _ Instant) {
	if o := s.operators.get(e.Operator); o != nil {
		o.Missed = e.Count
		s.refresh(o)
	}
}

func (e PauseOverran) fold(s *State, _ Instant) {
	if o := s.operators.get(e.Operator); o != nil {
		o.PauseOverran = true
		s.refresh(o)
	}
}

func (e WasActive) fold(s *State, at Instant) {
	if o := s.operators.get(e.Operator); o != nil {
		o.ActiveAt = at
		s.refresh(o)
	}
}

func (e WasAlive) fold(s *State, at Instant) {
	if o := s.operators.get(e.Operator); o != nil {
		o.AliveAt = at
		s.refresh(o)
	}
}

func (e StreamChanged) fold(s *State, _ Instant) {
	if o := s.operators.get(e.Operator); o != nil {
		o.Streams, o.WindowEndsAt = e.Streams, e.EndsAt
		s.refresh(o)
	}
}
