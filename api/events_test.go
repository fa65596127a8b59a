package api_test

import (
	"encoding/json"
	"reflect"
	"testing"
	"time"

	"bandeau/acd"
	"bandeau/api"
	"bandeau/report"
)

// TestEventsComeAtOnceThenOnceASecond: what happens after a quiet time is told
// within 100 ms; then no two deltas are less than 900 ms apart.
func TestEventsComeAtOnceThenOnceASecond(t *testing.T) {
	r := newRig(t)
	s := r.as("administrator").events("")
	s.next("snapshot")
	change := func(waiting int) {
		r.floor.change(api.Rows{Groups: []acd.GroupView{{ID: "g-sales", Name: "sales", Waiting: waiting}}})
	}
	waiting := func(e event) any { return e.data["groups"].([]any)[0].(map[string]any)["waiting"] }
	gathers := func() { until(t, "the stream gathers", func() bool { return r.clock.Timers() == 2 }) }

	change(1)
	gathers()
	r.clock.Advance(100 * time.Millisecond)
	if got := waiting(s.next("delta")); got != 1.0 {
		t.Fatalf("%v wait", got)
	}
	change(2)
	gathers()
	r.clock.Advance(899 * time.Millisecond)
	if n := r.clock.Timers(); n != 2 {
		t.Fatal("the second delta came too early")
	}
	r.clock.Advance(time.Millisecond)
	if got := waiting(s.next("delta")); got != 2.0 {
		t.Fatalf("%v wait", got)
	}
	r.clock.Advance(850 * time.Millisecond)
	change(3)
	gathers()
	r.clock.Advance(99 * time.Millisecond)
	if n := r.clock.Timers(); n != 2 {
		t.Fatal("what happens at once was not gathered")
	}
	r.clock.Advance(time.Millisecond)
	if got := waiting(s.next("delta")); got != 3.0 {
		t.Fatalf("%v wait", got)
	}
}

// TestSignsOfLifeAreNoNews: what changes of an operator and is not shown wakes
// nobody's page.
func TestSignsOfLifeAreNoNews(t *testing.T) {
	r := newRig(t)
	s := r.as("administrator").events("")
	s.next("snapshot")
	view, _ := r.floor.Operator("op-anna")
	view.LogoutAt = acd.At(r.clock.Now().Add(time.Hour))
	r.floor.change(api.Rows{Operators: []acd.OperatorView{view}})
	r.settle(2)
	for range 2 { // after the second the stream has surely looked at what was due
		r.clock.Advance(15 * time.Second)
		s.next("ping")
	}
	view.Activity = acd.Talking
	r.floor.change(api.Rows{Operators: []acd.OperatorView{view}})
	r.settle(2)
	if e := s.next("delta"); e.data["operators"].([]any)[0].(map[string]any)["activity"] != "talking" {
		t.Errorf("told %v", e.data)
	}
}

// TestFiguresAreToldWithoutAnEvent: at midnight nothing happens on the floor.
func TestFiguresAreToldWithoutAnEvent(t *testing.T) {
	r := newRig(t)
	sales, help := r.as("supervisor").events(""), r.as("administrator").events("")
	sales.next("snapshot")
	help.next("snapshot")
	r.floor.today.set("op-anna", report.OperatorCounts{In: 3, Out: 2, Missed: 1, Talk: 90500 * time.Millisecond, Talked: 4},
		"g-help", report.GroupCounts{
			Offered: 9, Answered: 4, Abandoned: 2, Overflowed: 1, Waiting: 2, InLevel: 3,
			Wait: 42 * time.Second, Talk: 100 * time.Second, Talked: 3,
		})
	r.settle(4)
	e := help.next("delta")
	if e.data["seq"] != 1.0 || e.id != "1" {
		t.Errorf("seq %v, id %s", e.data["seq"], e.id)
	}
	equalJSON(t, e.data["operators"].([]any)[0].(map[string]any)["today"],
		`{"answered":3,"out":2,"missed":1,"talkSeconds":90,"averageTalkSeconds":22}`)
	equalJSON(t, e.data["groups"].([]any)[0].(map[string]any)["today"],
		`{"offered":9,"answered":4,"abandoned":2,"overflowed":1,"inLevel":3,"serviceLevelPercent":50,
			"averageWaitSeconds":10,"averageTalkSeconds":33}`)
	if e = sales.next("delta"); len(rowsOf(e, "operators")) != 1 || len(rowsOf(e, "groups")) != 0 {
		t.Errorf("the supervisor of sales is told %v", e.data)
	}
}

// equalJSON compares an answer's member with what is expected of it.
func equalJSON(t *testing.T, got any, want string) {
	t.Helper()
	var wanted any
	if err := json.Unmarshal([]byte(want), &wanted); err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(got, wanted) {
		t.Errorf("got %v, want %v", got, wanted)
	}
}
