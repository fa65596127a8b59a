package acd_test

import (
	"testing"

	"bandeau/acd"
)

// TestLastPhone: the phone of a session is known in the next one, before any is
// given there (OP-13), also across a restart of ours.
func TestLastPhone(t *testing.T) {
	s := centre(t)
	anna := operatorConfig("anna")
	anna.AllowPhoneChange = true
	must(t, s, start, acd.ConfigureOperator{Config: anna})
	last := func() acd.Phone {
		v, _ := s.Operator("anna")
		return v.LastPhone
	}
	if got := last(); got != (acd.Phone{}) {
		t.Errorf("in the first session %v", got)
	}
	given := acd.Phone{Kind: acd.PhoneCentrex, Account: "desk"}
	must(t, s, start, acd.SetPhone{Operator: "anna", Phone: given})
	must(t, s, start, acd.Logout{Operator: "anna", Reason: acd.LogoutManual})
	anna.AskPhoneAtLogin = true
	must(t, s, start, acd.ConfigureOperator{Config: anna})
	s = acd.Restore(s.Checkpoint())
	// A session in which none was given changes nothing.
	for _, session := range []acd.SessionID{"second", "third"} {
		must(t, s, start, acd.Login{Operator: "anna", Session: session})
		if v, _ := s.Operator("anna"); v.LastPhone != given || v.PhoneState != acd.PhoneMissing {
			t.Errorf("in the %s session %v, phone state %d", session, v.LastPhone, v.PhoneState)
		}
		must(t, s, start, acd.Logout{Operator: "anna", Reason: acd.LogoutManual})
	}
}

// TestPhoneRings follows the phone of an operator's outgoing call, and of one
// that is offered to him.
func TestPhoneRings(t *testing.T) {
	s := centre(t)
	rings := func(id acd.CallID, want bool) {
		t.Helper()
		if v, ok := s.Call(id); !ok || v.PhoneRings != want {
			t.Errorf("%s: there %v, rings %v, want %v", id, ok, v.PhoneRings, want)
		}
	}
	must(t, s, start, acd.Dial{Call: "out", Operator: "anna", Number: "+33142000000"})
	rings("out", true)
	must(t, s, start, acd.LegAnswered{Call: "out", Leg: 1})
	rings("out", false) // the called party's rings
	must(t, s, start, toSales("in"))
	rings("in", true)
	must(t, s, start, acd.LegAnswered{Call: "in", Leg: 2})
	rings("in", false)
	must(t, s, start, acd.LegEnded{Call: "out", Leg: 1, Cause: acd.EndHungUp})
	// Dialled on his phone itself: it rings nowhere but at the other end.
	must(t, s, start, acd.Dial{Call: "from", Operator: "anna", Number: "+33142000000", FromPhone: true})
	rings("from", false)
}
