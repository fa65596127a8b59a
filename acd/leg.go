package acd

// Reports about legs. Those about a leg or a call that is no longer known are
// late and mean nothing, but that a leg answered late is hung up again.

// reported finds the leg a report is about.
func (t *step) reported(id CallID, leg LegID) (*call, LegCheckpoint, bool) {
	c := t.s.calls.get(id)
	if c == nil {
		return nil, LegCheckpoint{}, false
	}
	l := c.leg(leg)
	if l == nil {
		return nil, LegCheckpoint{}, false
	}
	return c, *l, true
}

// incoming says whether a leg came to us; the others were placed by us.
func (c *call) incoming(l LegCheckpoint) bool {
	return l.Role == RoleCaller || l.Role == RoleOwnPhone && c.FromPhone
}

func (r LegProgressed) decide(t *step) error { //nolint:unparam // it is never refused
	c, l, ok := t.reported(r.Call, r.Leg)
	if !ok || c.incoming(l) || l.State >= LegEarly || l.State == LegRinging && !r.Early {
		return nil
	}
	t.emit(LegRang(r))
	if l.Role == RoleCalled {
		t.calledProgressed(c, l, r.Early)
	}
	return nil
}

func (r LegAnswered) decide(t *step) error { //nolint:unparam // it is never refused
	c, l, ok := t.reported(r.Call, r.Leg)
	if !ok {
		t.do(HangUpLeg{Call: r.Call, Leg: r.Leg})
		return nil
	}
	if l.State >= LegUp || c.incoming(l) {
		return nil
	}
	switch l.Role {
	case RoleOffer:
		if l.Confirm {
			t.askToConfirm(c, l)
			return nil
		}
		t.offerAnswered(c, l)
	case RoleForwarded:
		t.forwardAnswered(c, l)
	case RoleOwnPhone:
		t.emit(LegWasAnswered(r))
		t.placeCalled(c)
	case RoleCalled:
		t.calledAnswered(c, l)
	case RoleTarget:
		before := c.topology()
		t.emit(LegWasAnswered(r))
		t.targetAnswered(c, before)
	case RoleObserver:
		t.observerAnswered(c, l)
	case RoleCaller:
	}
	return nil
}

func (r LegFailed) decide(t *step) error { //nolint:unparam // it is never refused
	c, l, ok := t.reported(r.Call, r.Leg)
	switch {
	case !ok:
	case l.State == LegUp || c.incoming(l):
		t.legEnded(c, l, EndSessionLost)
	default:
		t.legFailed(c, l, r.Cause, r.Status)
	}
	return nil
}

func (r LegEnded) decide(t *step) error { //nolint:unparam // it is never refused
	c, l, ok := t.reported(r.Call, r.Leg)
	switch {
	case !ok:
	case l.State == LegUp || c.incoming(l):
		t.legEnded(c, l, r.Cause)
	case l.State == LegAsked && r.Cause == EndHungUp:
		t.legFailed(c, l, FailRejected, 0) // he heard whom it is for, and hung up
	default:
		t.legFailed(c, l, FailUnreachable, 0)
	}
	return nil
}

func (r LegHeld) decide(t *step) error { //nolint:unparam // it is never refused
	c, l, ok := t.reported(r.Call, r.Leg)
	switch {
	case !ok || l.ID != c.Joined[0] || c.sided(): // the other side's hold is the other side's affair
	case r.Held && c.State == CallTalking:
		t.hold(c, true)
	case !r.Held && c.State == CallHeld && c.HeldByPhone:
		t.resume(c, true)
	}
	return nil
}

// legFailed goes on after a placed leg that will not be answered.
func (t *step) legFailed(c *call, l LegCheckpoint, cause FailCause, status int) {
	if l.Role == RoleOffer {
		t.offerFailed(c, l, cause.offerOutcome(), status)
		return
	}
	before := c.topology()
	t.emit(LegGone{Call: c.ID, Leg: l.ID, Cause: cause.name(), Status: status})
	switch l.Role {
	case RoleTarget:
		t.sideFailed(c, cause.name())
	case RoleObserver:
		t.arrange(c, before)
	case RoleForwarded:
		t.forwardFailed(c, cause)
	case RoleOwnPhone:
		t.ownPhoneFailed(c, cause)
	case RoleCalled:
		t.calledFailed(c, cause, status)
	case RoleCaller, RoleOffer:
	}
}

// forwardFailed goes on with a call that a number did not take.
func (t *step) forwardFailed(c *call, cause FailCause) {
	outcome, status := OutcomeFailed, 480
	switch cause {
	case FailBusy:
		outcome, status = OutcomeBusy, 486
	case FailRejected:
		outcome, status = OutcomeRefused, 486
	case FailNoAnswer:
		outcome = OutcomeNoAnswer
	case FailUnreachable, FailRedirected:
	}
	t.notTaken(c, cause.name(), outcome, status)
}

// legEnded ends the call one of whose legs has gone.
func (t *step) legEnded(c *call, l LegCheckpoint, cause EndCause) {
	switch {
	case l.Role == RoleObserver:
		t.observerGone(c, l, cause.name())
		return
	case c.sided() && l.ID == c.side().Leg:
		t.targetLeaves(c)
		return
	case c.sided() && l.ID == c.Joined[0]:
		t.ownerLeaves(c)
		return
	}
	t.emit(LegGone{Call: c.ID, Leg: l.ID, Cause: cause.name()})
	end := ending{outcome: OutcomeAnswered, by: EndedBySystem, cause: cause.name()}
	if cause == EndHungUp {
		end.by = EndedByOperator
		if l.Role == RoleCaller || l.Role == RoleCalled {
			end.by, end.actor = EndedByCaller, Actor{Kind: ByCaller}
		} else if l.Operator != "" {
			end.actor = Actor{Kind: ByOperator, ID: string(l.Operator)}
		}
	}
	if !c.talking() {
		switch {
		case c.AnsweredAt != 0: // an operator before has answered it
			if cause == EndHungUp {
				end.cause = "caller_left"
			}
		case c.Direction == Outbound && cause == EndHungUp:
			end.outcome, end.cause = OutcomeNoAnswer, "cancelled"
		case c.Direction == Outbound:
			end.outcome = OutcomeFailed
		case cause == EndRefused && c.Queue == "":
			end.outcome = OutcomeFailed
		default:
			end.outcome = OutcomeAbandoned
			if cause == EndHungUp {
				end.cause = "caller_left"
			}
		}
	}
	t.endCall(c, end)
}

// offerOutcome is the outcome of an offer whose leg failed for this cause.
func (f FailCause) offerOutcome() OfferOutcome {
	switch f {
	case FailBusy:
		return OfferBusy
	case FailRejected:
		return OfferRejected
	case FailNoAnswer:
		return OfferNoAnswer
	case FailUnreachable, FailRedirected:
		return OfferUnreachable
	}
	return OfferUnreachable
}

func (f FailCause) name() string {
	switch f {
	case FailBusy:
		return "busy"
	case FailRejected:
		return "rejected"
	case FailUnreachable:
		return "unreachable"
	case FailRedirected:
		return "redirected"
	case FailNoAnswer:
		return "no_answer"
	}
	return "unknown"
}

func (e EndCause) name() string {
	switch e {
	case EndHungUp:
		return "hangup"
	case EndMediaLost:
		return "media_lost"
	case EndTooLong:
		return "too_long"
	case EndSessionLost:
		return "session_lost"
	case EndRefused:
		return "refused"
	}
	return "unknown"
}
