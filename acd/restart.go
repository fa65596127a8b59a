package acd

import "slices"

// decide ends what a process took with it: every live call, by the system, its
// figures kept right; operators stay logged in and those who talked wrap up. Of
// the effects only those on sessions are left: the legs are gone.
func (Restarted) decide(t *step) error { //nolint:unparam // it is never refused
	t.setRules()
	for _, id := range t.s.CallIDs() {
		c := t.s.calls.get(id)
		if c == nil || c.State >= CallWrapUp {
			continue
		}
		end := ending{outcome: OutcomeAbandoned, by: EndedBySystem, cause: "restart"}
		if c.Direction == Outbound {
			end.outcome = OutcomeFailed
		}
		t.endCall(c, end)
	}
	for _, id := range t.s.OperatorIDs() {
		t.forgiveAbsence(t.s.operators.get(id))
		if t.s.operators.get(id).Browser { // its session was with the process before
			t.emit(BrowserChanged{Operator: id})
		}
	}
	t.effects = slices.DeleteFunc(t.effects, func(e Effect) bool {
		_, session := e.(EndSession)
		return !session
	})
	return nil
}

// forgiveAbsence has the rules that count a banner's silence begin anew: while
// no process ran no banner could be heard, and a restart ends no session.
func (t *step) forgiveAbsence(o *operator) {
	id := o.Config.ID
	switch {
	case o.WindowEndsAt != 0:
		t.emit(StreamChanged{Operator: id, EndsAt: t.now.Add(windowGrace)})
	case o.Streams > 0:
		t.emit(StreamChanged{Operator: id})
	}
	if o.Config.SilenceLogout && o.AliveAt != 0 {
		t.emit(WasAlive{Operator: id})
	}
	if o.Config.IdleLogoutMinutes != nil && o.WaitingSince != 0 {
		t.emit(WasActive{Operator: id})
	}
}
