package acd_test

import (
	"slices"
	"testing"

	"bandeau/acd"
)

// TestRestartEndsNoSession: while no process ran no banner could be heard. None
// of the rules that count its silence ends a session for that; they count anew.
func TestRestartEndsNoSession(t *testing.T) {
	const minute, hour = 60_000, 60 * 60_000
	s := centre(t)
	limit := 10
	anna, ben := operatorConfig("anna"), operatorConfig("ben")
	anna.SilenceLogout, anna.IdleLogoutMinutes = true, &limit
	must(t, s, start, acd.ConfigureOperator{Config: anna})
	must(t, s, start, acd.ConfigureOperator{Config: ben})
	must(t, s, start, acd.StreamOpened{Operator: "ben", Session: "ben"})
	must(t, s, start, acd.StreamClosed{Operator: "ben", Session: "ben", InOrder: true})
	back := start + hour
	must(t, s, back, acd.Restarted{})
	presence := func(id acd.OperatorID) acd.Presence {
		v, _ := s.Operator(id)
		return v.Presence
	}
	must(t, s, back+29_000, acd.Tick{})
	if a, b := presence("anna"), presence("ben"); a != acd.Available || b != acd.Available {
		t.Errorf("anna %d and ben %d after the restart", a, b)
	}
	must(t, s, back+30_000, acd.Tick{})
	if presence("ben") != acd.LoggedOut {
		t.Error("a closed window is forgotten by a restart")
	}
	must(t, s, back+11*minute, acd.Tick{})
	if presence("anna") != acd.LoggedOut {
		t.Error("OP-17 is forgotten by a restart")
	}
}

// TestUnstored: a recording is waited for from its end to the report of its
// file, also once its call is gone, and across a restart.
func TestUnstored(t *testing.T) {
	s := centre(t)
	anna := operatorConfig("anna")
	anna.Record = true
	must(t, s, start, acd.ConfigureOperator{Config: anna})
	for _, id := range []acd.CallID{"c1", "c2"} {
		must(t, s, start, acd.CallArrived{
			Call: id, Caller: "+33611111111", Called: "+33170200299",
			Destination: acd.Destination{Kind: acd.ToOperator, Operator: "anna"},
		})
		must(t, s, start, acd.LegAnswered{Call: id, Leg: 2})
		if id == "c1" {
			must(t, s, start, acd.LegEnded{Call: id, Leg: 1, Cause: acd.EndHungUp})
		}
	}
	want := func(ids ...acd.CallID) {
		t.Helper()
		if got := s.Unstored(); !slices.Equal(got, ids) {
			t.Errorf("unstored %v, want %v", got, ids)
		}
	}
	want("c1")
	s = acd.Restore(s.Checkpoint())
	must(t, s, start+1, acd.Restarted{})
	want("c1", "c2")
	must(t, s, start+2, acd.RecordingStored{Call: "c1"})
	must(t, s, start+2, acd.RecordingStored{Call: "c2", Lost: true})
	want()
}
