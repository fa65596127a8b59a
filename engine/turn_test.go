package engine_test

import (
	"log/slog"
	"testing"
	"time"

	"bandeau/acd"
	"bandeau/engine"
	"bandeau/internal/clock"
)

// TestTurn drives an engine by hand: the first command comes before all, then what
// is due, then what was asked, all of it in one transaction and done on return.
func TestTurn(t *testing.T) {
	hands := clock.NewManual(time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC))
	j := &fakeJournal{}
	var effects []acd.Effect
	e := engine.New(engine.Config{
		State: acd.New(1), Journal: j, Clock: hands, Log: slog.New(slog.DiscardHandler), First: acd.Restarted{},
		Effects: func(f []acd.Effect) { effects = append(effects, f...) },
	})
	answers, err := e.Turn(
		t.Context(),
		acd.ConfigureOperator{Config: acd.OperatorConfig{
			ID: "anna", Enabled: true, RingSeconds: 10, RetrySeconds: 30,
			Phone: acd.Phone{Kind: acd.PhoneExternal, Number: "+33600000000"},
		}},
		acd.ConfigureGroup{Config: acd.GroupConfig{
			ID: "sales", Name: "Sales", Strategy: acd.Fixed, Priority: 1, Members: []acd.Member{{Operator: "anna", Level: 1}},
		}},
		acd.Login{Operator: "anna", Session: "s"},
		acd.Login{Operator: "nobody", Session: "s"},
	)
	if err != nil || len(answers) != 4 || answers[2] != nil || acd.CodeOf(answers[3]) != acd.ErrUnknownOperator {
		t.Fatalf("%v, %v", answers, err)
	}
	events := j.recorded()
	if _, ok := events[0].Event.(acd.RulesSet); !ok || j.appends != 1 {
		t.Errorf("the first of %d events in %d transactions is %T", len(events), j.appends, events[0].Event)
	}
	if _, err = e.Turn(
		t.Context(), acd.SetPresence{Operator: "anna", Presence: acd.Available},
		acd.CallArrived{Call: "c1", Destination: acd.Destination{Kind: acd.ToGroup, Group: "sales"}},
	); err != nil || j.appends != 2 || len(effects) == 0 {
		t.Fatalf("%v, %d transactions, effects %v", err, j.appends, effects)
	}
	if v, _ := e.Operator("anna"); v.Activity != acd.Ringing {
		t.Errorf("the floor shows %+v", v)
	}
	hands.Advance(10 * time.Second)
	if _, err = e.Turn(t.Context()); err != nil {
		t.Fatal(err)
	}
	if v, _ := e.Call("c1"); v.State != acd.CallQueued {
		t.Errorf("after the ring time: %+v", v)
	}
}

// TestTurnTakesCheckpoints has them written at once.
func TestTurnTakesCheckpoints(t *testing.T) {
	j := &fakeJournal{}
	e := engine.New(engine.Config{
		State: acd.New(1), Journal: j, Clock: clock.NewManual(time.Unix(0, 0)), Log: slog.New(slog.DiscardHandler),
		Effects: func([]acd.Effect) {},
	})
	for i := range 10_000 {
		config := acd.CentreConfig{MainNumber: "+33170200200", Notice: i%2 == 0}
		if _, err := e.Turn(t.Context(), acd.ConfigureCentre{Config: config}); err != nil {
			t.Fatal(err)
		}
	}
	if len(j.checkpoints) != 1 || j.checkpoints[0] != 10_000 {
		t.Errorf("checkpoints %v after %d events", j.checkpoints, len(j.recorded()))
	}
}
