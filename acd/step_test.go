package acd_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"bandeau/acd"
	"bandeau/acd/acdtest"
)

const start = acdtest.Epoch

// must steps a command that is not refused.
func must(tb testing.TB, s *acd.State, at acd.Instant, c acd.Command) ([]acd.Event, []acd.Effect) {
	tb.Helper()
	events, effects, err := s.Step(at, c)
	if err != nil {
		tb.Fatalf("%T: %v", c, err)
	}
	return events, effects
}

func operatorConfig(id string) acd.OperatorConfig {
	return acd.OperatorConfig{
		ID: acd.OperatorID(id), Name: id, Enabled: true, RingSeconds: 25, RetrySeconds: 30, AllowOutgoing: true,
		Phone:    acd.Phone{Kind: acd.PhoneExternal, Number: "+33600000001"},
		CallerID: acd.Presentation{Number: "+33170200200"},
	}
}

// centre returns a centre with anna and ben logged in, members of sales.
func centre(tb testing.TB) *acd.State {
	tb.Helper()
	s := acd.New(1)
	group := acd.GroupConfig{ID: "sales", Name: "Sales", Strategy: acd.LongestIdle, Priority: 50}
	for i, id := range []string{"anna", "ben"} {
		must(tb, s, start, acd.ConfigureOperator{Config: operatorConfig(id)})
		must(tb, s, start, acd.Login{Operator: acd.OperatorID(id), Session: acd.SessionID(id)})
		group.Members = append(group.Members, acd.Member{Operator: acd.OperatorID(id), Order: i + 1, Level: 1})
	}
	must(tb, s, start, acd.ConfigureGroup{Config: group})
	s.TakeChanges()
	return s
}

func toSales(id string) acd.CallArrived {
	return acd.CallArrived{
		Call: acd.CallID(id), Caller: "+33611111111", Called: "+33170200200",
		Destination: acd.Destination{Kind: acd.ToGroup, Group: "sales"},
	}
}

// TestTimeNeverGoesBack: an instant before the last event's is taken as the last
// event's, so that no order changes.
func TestTimeNeverGoesBack(t *testing.T) {
	s := centre(t)
	for _, id := range []acd.OperatorID{"anna", "ben"} {
		must(t, s, start, acd.Logout{Operator: id, Reason: acd.LogoutManual})
	}
	must(t, s, start+10_000, toSales("first"))
	must(t, s, start+2_000, toSales("second"))
	if s.Now() != start+10_000 {
		t.Errorf("time is %s", acdtest.Clock(s.Now()))
	}
	events, _ := must(t, s, start+3_000, acd.Login{Operator: "anna", Session: "x"})
	i := slices.IndexFunc(events, func(e acd.Event) bool { _, ok := e.(acd.OfferMade); return ok })
	if made := events[i].(acd.OfferMade); made.Call != "first" || made.Until != start+35_000 {
		t.Errorf("offered: %s", acdtest.Describe(made))
	}
}

// TestRefusalChangesNothing: a refused command leaves no event, no effect, no
// change and the same digest.
func TestRefusalChangesNothing(t *testing.T) {
	s := centre(t)
	must(t, s, start, toSales("c1"))
	s.TakeChanges()
	before := s.Hash()
	for _, tc := range []struct {
		want acd.Code
		c    acd.Command
	}{
		{acd.ErrDuplicate, toSales("c1")},
		{acd.ErrUnknownGroup, acd.CallArrived{Call: "c2", Destination: acd.Destination{Kind: acd.ToGroup, Group: "x"}}},
		{acd.ErrUnknownOperator, acd.Login{Operator: "nobody"}},
		{acd.ErrUnknownCall, acd.HangUp{Call: "c1", Operator: "ben"}},
		{acd.ErrUnknownPauseType, acd.SetPresence{Operator: "ben", Presence: acd.Paused, PauseType: "x"}},
		{acd.ErrOutOfRange, acd.SetPresence{Operator: "ben", Presence: acd.LoggedOut}},
		{acd.ErrNotWrappingUp, acd.FinishWrapUp{Operator: "ben"}},
		{acd.ErrNotIdle, acd.Dial{Call: "c3", Operator: "anna", Number: "+33142000000"}},
		{acd.ErrWrongState, acd.Hold{Call: "c1", Operator: "anna"}},
		{acd.ErrPhoneChange, acd.SetPhone{Operator: "ben", Phone: acd.Phone{Kind: acd.PhoneExternal, Number: "+33600000002"}}},
	} {
		want, c := tc.want, tc.c
		events, effects, err := s.Step(start+5_000, c)
		var refusal *acd.Error
		if !errors.As(err, &refusal) || refusal.Code != want || acd.CodeOf(err) != want {
			t.Errorf("%T gave %v, want %s", c, err, want)
		}
		if len(events)+len(effects) > 0 || s.Hash() != before || s.Now() != start {
			t.Errorf("%T was refused and changed something", c)
		}
	}
	if acd.CodeOf(errors.New("another")) != "" {
		t.Error("an error of another kind has a code")
	}
	if got := s.TakeChanges(); !cmp.Equal(got, acd.Changes{}) {
		t.Errorf("changes of refused commands: %+v", got)
	}
}

// TestConfigurationIsIdempotent: a record as it is already yields nothing.
func TestConfigurationIsIdempotent(t *testing.T) {
	limit := 5
	for _, c := range []acd.Command{
		acd.ConfigureCentre{Config: acd.CentreConfig{MainNumber: "+33170200200"}},
		acd.ConfigureOperator{Config: acd.OperatorConfig{ID: "o", RingSeconds: 25, WrapUpSeconds: &limit, IdleLogoutMinutes: &limit}},
		acd.ConfigureGroup{Config: acd.GroupConfig{ID: "g", Strategy: acd.Fixed, MaxWaiting: &limit, Members: []acd.Member{{Operator: "o"}}}},
		acd.ConfigurePauseType{Config: acd.PauseTypeConfig{ID: "p", MaxMinutes: &limit}},
	} {
		s := acd.New(1)
		must(t, s, start, acd.ConfigureCentre{}) // says by which rules
		if events, _ := must(t, s, start, c); len(events) != 1 {
			t.Errorf("%T gave %d events", c, len(events))
		}
		if events, _ := must(t, s, start, c); len(events) != 0 {
			t.Errorf("%T again gave %s", c, acdtest.Describe(events[0]))
		}
		before := s.Hash()
		limit++ // what the caller does to its record later is nothing to the core
		if s.Hash() != before {
			t.Errorf("%T shares memory with the state", c)
		}
		limit--
	}
}

// TestChanges: what a step touched is told once, sorted, and what went is told
// apart.
func TestChanges(t *testing.T) {
	s := centre(t)
	must(t, s, start, toSales("c1"))
	want := acd.Changes{Operators: []acd.OperatorID{"anna"}, Groups: []acd.GroupID{"sales"}, Calls: []acd.CallID{"c1"}}
	if diff := cmp.Diff(want, s.TakeChanges()); diff != "" {
		t.Error(diff)
	}
	must(t, s, start, acd.LegEnded{Call: "c1", Leg: 1, Cause: acd.EndHungUp})
	must(t, s, start, acd.RemoveOperator{Operator: "ben"})
	want = acd.Changes{
		Operators: []acd.OperatorID{"anna"}, Groups: []acd.GroupID{"sales"},
		RemovedOperators: []acd.OperatorID{"ben"}, RemovedCalls: []acd.CallID{"c1"},
	}
	if diff := cmp.Diff(want, s.TakeChanges()); diff != "" {
		t.Error(diff)
	}
	must(t, s, start, acd.RemoveGroup{Group: "sales"})
	want = acd.Changes{Operators: []acd.OperatorID{"anna"}, RemovedGroups: []acd.GroupID{"sales"}}
	if diff := cmp.Diff(want, s.TakeChanges()); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(acd.Changes{}, s.TakeChanges()); diff != "" {
		t.Error(diff)
	}
}

// TestExplain: why not that one, asked at any time.
func TestExplain(t *testing.T) {
	s := centre(t)
	must(t, s, start, acd.ConfigureOperator{Config: func() acd.OperatorConfig {
		c := operatorConfig("anna")
		c.RetrySeconds = 0
		return c
	}()})
	must(t, s, start, toSales("c1"))
	deadline, _ := s.Deadline()
	must(t, s, deadline, acd.Tick{}) // anna lets it ring; ben has it now
	want := []acd.Skip{{Operator: "ben", Reason: acd.SkipBusy}}
	if diff := cmp.Diff(want, s.Explain("", "sales")); diff != "" {
		t.Error(diff)
	}
	must(t, s, deadline, acd.Logout{Operator: "ben", Reason: acd.LogoutManual}) // a new round: anna again
	want = []acd.Skip{{Operator: "anna", Reason: acd.SkipBusy}, {Operator: "ben", Reason: acd.SkipLoggedOut}}
	if diff := cmp.Diff(want, s.Explain("c1", "sales")); diff != "" {
		t.Error(diff)
	}
	if s.Explain("c1", "nowhere") != nil {
		t.Error("a group that is not there was explained")
	}
}

// TestJoinComesFirst: the winner's audio is joined before anything
// else of the call is touched, the caller being answered first if he was not.
func TestJoinComesFirst(t *testing.T) {
	s := centre(t)
	must(t, s, start, acd.CallArrived{
		Call: "c1", Record: true, Destination: acd.Destination{Kind: acd.ToOperator, Operator: "anna"},
	})
	_, effects := must(t, s, start, acd.LegAnswered{Call: "c1", Leg: 2})
	want := []acd.Effect{
		acd.AnswerLeg{Call: "c1", Leg: 1},
		acd.JoinLegs{Call: "c1", A: 1, B: 2},
		acd.StartRecording{Call: "c1", Customer: 1, Operator: 2},
	}
	if diff := cmp.Diff(want, effects); diff != "" {
		t.Error(diff)
	}
}

// TestAccountOperator: whom a Centrex phone serves.
func TestAccountOperator(t *testing.T) {
	s := acd.New(1)
	for _, id := range []string{"anna", "ben"} {
		c := operatorConfig(id)
		c.Phone = acd.Phone{Kind: acd.PhoneCentrex, Account: "desk"}
		must(t, s, start, acd.ConfigureOperator{Config: c})
	}
	if id, ok := s.AccountOperator("desk"); ok {
		t.Errorf("desk serves %s, who is logged out", id)
	}
	for i, want := range []acd.OperatorID{"anna", "anna", "ben"} {
		switch i {
		case 0, 1:
			must(t, s, start, acd.Login{Operator: []acd.OperatorID{"anna", "ben"}[i], Session: "s"})
		case 2:
			must(t, s, start, acd.Logout{Operator: "anna", Reason: acd.LogoutManual})
		}
		if id, _ := s.AccountOperator("desk"); id != want {
			t.Errorf("after step %d desk serves %s, not %s", i, id, want)
		}
	}
}

// TestLimits: what is too much is refused.
func TestLimits(t *testing.T) {
	s := centre(t)
	must(t, s, start, toSales("c1"))
	must(t, s, start, acd.LegAnswered{Call: "c1", Leg: 2})
	tags := make([]string, 21)
	for i := range tags {
		tags[i] = fmt.Sprint(i)
	}
	long := make([]byte, 8_001)
	for _, c := range []acd.Command{
		acd.Tag{Call: "c1", Operator: "anna", Tags: tags},
		acd.Tag{Call: "c1", Operator: "anna", Tags: []string{""}},
		acd.Tag{Call: "c1", Operator: "anna", Tags: []string{string(long[:101])}},
		acd.Note{Call: "c1", Operator: "anna", Text: string(long)},
	} {
		if _, _, err := s.Step(start, c); acd.CodeOf(err) != acd.ErrLimit {
			t.Errorf("%T gave %v", c, err)
		}
	}
}
