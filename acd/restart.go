package acd

import "slices"

// decide ends what a process took with it: every live call, by the system, its
// figures kept right; operators stay logged in and those who talked wrap up. Of
// the effects only those on sessions are left: the legs are gone.
func (Restarted) decide(t *step) error { //nolint:unparam // it is never refused
	for _, id := range t.s.CallIDs() {
		c := t.s.calls[id]
		if c == nil || c.State >= CallWrapUp {
			continue
		}
		end := ending{outcome: OutcomeAbandoned, by: EndedBySystem, cause: "restart"}
		switch {
		case c.talking():
			end.outcome = OutcomeAnswered
		case c.Direction == Outbound:
			end.outcome = OutcomeFailed
		}
		t.endCall(c, end)
	}
	for _, id := range t.s.OperatorIDs() {
		o := t.s.operators[id]
		if o.Streams > 0 {
			t.emit(StreamChanged{Operator: id, EndsAt: o.WindowEndsAt})
		}
	}
	t.effects = slices.DeleteFunc(t.effects, func(e Effect) bool {
		_, session := e.(EndSession)
		return !session
	})
	return nil
}
