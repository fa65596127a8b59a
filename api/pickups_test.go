package api_test

import (
	"net/http"
	"slices"
	"testing"
	"time"

	"bandeau/acd"
	"bandeau/api"
)

// pickUpRig is a centre where Anna may take the calls of sales, and could.
func pickUpRig(t *testing.T) *rig {
	t.Helper()
	r := newRig(t)
	g, _ := r.records.groups.Get(t.Context(), centreID, "g-sales")
	g.PickUp = true
	_, _ = r.records.groups.Update(t.Context(), g)
	anna := r.floor.operators["op-anna"]
	anna.PhoneState = acd.PhoneReachable
	r.floor.operators["op-anna"] = anna
	return r
}

// waiting is a call of a group that came so many seconds ago.
func waiting(id acd.CallID, group acd.GroupID, ago time.Duration) acd.CallView {
	return acd.CallView{
		ID: id, Direction: acd.Inbound, State: acd.CallQueued, Caller: "+33612345678", CallerName: "Zoe", Called: "+33170200200",
		Group: group, ArrivedAt: acd.At(start.Add(-ago)), Pickable: true,
	}
}

func ringingAt(c acd.CallView, operator acd.OperatorID) acd.CallView {
	c.State, c.Operator = acd.CallRinging, operator
	return c
}

func pickUpIDs(me map[string]any) []string {
	ids := []string{}
	list, _ := me["pickUps"].([]any)
	for _, item := range list {
		id, _ := item.(map[string]any)["id"].(string)
		ids = append(ids, id)
	}
	return ids
}

func is(t *testing.T, what string, got []string, want ...string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("%s: %v, want %v", what, got, want)
	}
}

func TestPickUpsAreTheCallsHeCouldTake(t *testing.T) {
	r := pickUpRig(t)
	anna := r.as("anna")
	r.floor.change(api.Rows{Calls: []acd.CallView{
		ringingAt(waiting("young", "g-sales", 2*time.Second), "op-carla"),
		waiting("old", "g-sales", 9*time.Second),
		waiting("theirs", "g-help", 10*time.Second),
		{ID: "told", State: acd.CallQueued, Group: "g-sales", ArrivedAt: acd.At(start)}, // hears the notice
	}})
	shown := func() []string { return pickUpIDs(anna.do("GET", "/me", nil).is(http.StatusOK).json()) }
	is(t, "shown", shown(), "old", "young")
	items := anna.do("GET", "/me/pick-ups", nil).is(http.StatusOK).at("items").([]any)
	if len(items) != 2 {
		t.Fatalf("listed %v", items)
	}
	first, second := items[0].(map[string]any), items[1].(map[string]any)
	if first["state"] != "queued" || first["ringsAt"] != nil || first["caller"] != "+33612345678" || first["callerName"] != "Zoe" || first["group"] != "g-sales" {
		t.Errorf("the call that waits: %v", first)
	}
	if at, _ := second["ringsAt"].(map[string]any); second["state"] != "ringing" || at["id"] != "op-carla" || at["name"] != "op-carla" {
		t.Errorf("the call that rings: %v", second)
	}
	anew := r.floor.operators["op-anna"]
	for name, change := range map[string]func(*acd.OperatorView){
		"paused":        func(o *acd.OperatorView) { o.Presence = acd.Paused },
		"in a call":     func(o *acd.OperatorView) { o.Activity = acd.Talking },
		"rung":          func(o *acd.OperatorView) { o.Activity = acd.Ringing },
		"unreachable":   func(o *acd.OperatorView) { o.PhoneState = acd.PhoneUnreachable },
		"suspended":     func(o *acd.OperatorView) { o.Suspended = []acd.GroupID{"g-sales"} },
		"in no group":   func(o *acd.OperatorView) { o.Groups = nil },
		"another group": func(o *acd.OperatorView) { o.Groups = []acd.GroupID{"g-help"} },
	} {
		o := anew
		change(&o)
		r.floor.change(api.Rows{Operators: []acd.OperatorView{o}})
		is(t, name, shown())
	}
	anew.Activity = acd.WrappingUp
	r.floor.change(api.Rows{Operators: []acd.OperatorView{anew}})
	is(t, "in wrap-up", shown(), "old", "young")
	record, _ := r.records.operators.Get(t.Context(), centreID, "op-anna")
	record.ShowWaiting, record.AlwaysConnected = false, true
	_, _ = r.records.operators.Update(t.Context(), record)
	is(t, "who waits is not shown to him", shown(), "young")
	anew.Presence, anew.Activity = acd.Paused, acd.Idle
	r.floor.change(api.Rows{Operators: []acd.OperatorView{anew}})
	is(t, "always connected, paused", shown(), "young")
}

func TestPickUpsAreFive(t *testing.T) {
	r := pickUpRig(t)
	anna := r.as("anna")
	var calls []acd.CallView
	for i, id := range []acd.CallID{"a", "b", "c", "d", "e", "f", "g"} {
		calls = append(calls, waiting(id, "g-sales", time.Duration(i)*time.Second))
	}
	r.floor.change(api.Rows{Calls: calls})
	is(t, "shown", pickUpIDs(anna.do("GET", "/me", nil).is(http.StatusOK).json()), "g", "f", "e", "d", "c")
}

// TestPickUpsOnTheStream: a banner is told of the calls he may take as they come and
// go, of nothing else with them, and not of others.
func TestPickUpsOnTheStream(t *testing.T) {
	r := pickUpRig(t)
	r.floor.change(api.Rows{Calls: []acd.CallView{waiting("before", "g-sales", 20*time.Second)}})
	b := r.as("anna").stream()
	me, _ := b.next("snapshot")["me"].(map[string]any)
	is(t, "in the snapshot", pickUpIDs(me), "before")
	next := func(what string, want ...string) {
		t.Helper()
		me, _ := b.next("delta")["me"].(map[string]any)
		is(t, what, pickUpIDs(me), want...)
		if len(me) != 1 {
			t.Errorf("%s: told %v", what, me)
		}
	}
	call := waiting("c1", "g-sales", 5*time.Second)
	r.floor.change(api.Rows{Calls: []acd.CallView{waiting("theirs", "g-help", 9*time.Second)}})
	r.floor.change(api.Rows{Calls: []acd.CallView{call}})
	next("a call that came", "before", "c1")
	r.floor.change(api.Rows{Calls: []acd.CallView{ringingAt(call, "op-carla")}})
	next("rings at a colleague", "before", "c1")
	note := ringingAt(call, "op-carla")
	note.Note = "seen by nobody here"
	r.floor.change(api.Rows{Calls: []acd.CallView{note}}) // looks the same
	answered := ringingAt(call, "op-carla")
	answered.State, answered.Pickable = acd.CallTalking, false
	r.floor.change(api.Rows{Calls: []acd.CallView{answered}})
	next("was answered", "before")
	r.floor.change(api.Rows{RemovedCalls: []acd.CallID{"before"}})
	next("has gone")
	// He pauses: what he could take is shown to him when he is back.
	r.floor.change(api.Rows{Calls: []acd.CallView{call}})
	next("another", "c1")
	told := func(what string, want ...string) {
		t.Helper()
		me, _ := b.next("delta")["me"].(map[string]any)
		if _, told := me["pickUps"]; !told {
			t.Errorf("%s: told %v", what, me)
		}
		is(t, what, pickUpIDs(me), want...)
	}
	anew, _ := r.floor.Operator("op-anna")
	anew.Presence = acd.Paused
	r.floor.change(api.Rows{Operators: []acd.OperatorView{anew}})
	told("paused")
	anew.Presence = acd.Available
	r.floor.change(api.Rows{Operators: []acd.OperatorView{anew}, Calls: []acd.CallView{waiting("c2", "g-sales", time.Second)}})
	told("available", "c1", "c2")
	// The administration lets nobody take them any more.
	administrator := r.as("administrator")
	administrator.do("PATCH", "/groups/g-sales", `{"pickUp":false}`).is(http.StatusOK)
	told("not allowed")
	administrator.do("PATCH", "/groups/g-sales", `{"pickUp":true}`).is(http.StatusOK)
	told("allowed again", "c1", "c2")
}
