package api_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"bandeau/acd"
	"bandeau/directory"
	"bandeau/report"
)

// ago is an instant before now, which is ten o'clock and 123 ms in Paris.
func ago(d time.Duration) acd.Instant { return acd.At(start.Add(-d)) }

// dayRig is a centre with a morning behind it.
func dayRig(t *testing.T) *rig {
	t.Helper()
	r := newRig(t)
	anna := acd.OperatorID("op-anna")
	himself := acd.Actor{Kind: acd.ByOperator, ID: "op-anna"}
	r.history.sessions = []report.Session{
		{Operator: anna, From: ago(30 * time.Hour), To: ago(20 * time.Hour), Reason: acd.LogoutManual}, // yesterday
		{Operator: anna, From: ago(11 * time.Hour), To: ago(9 * time.Hour), Reason: acd.LogoutClock, By: acd.Actor{Kind: acd.ByRule, ID: "OP-24"}},
		{Operator: anna, From: ago(time.Hour)},
		{Operator: "op-ben", From: ago(2 * time.Hour)},
	}
	r.history.intervals = []report.Interval{
		{Operator: anna, From: ago(11 * time.Hour), To: ago(9 * time.Hour), Presence: acd.Paused, PauseType: "p-lunch", Activity: acd.Idle, Cause: "login", By: himself},
		{Operator: anna, From: ago(time.Hour), To: ago(30 * time.Minute), Presence: acd.Available, Activity: acd.Idle, Cause: "supervisor", By: acd.Actor{Kind: acd.BySupervisor, ID: "u-administrator"}},
		{Operator: anna, From: ago(30 * time.Minute), To: ago(20 * time.Minute), Presence: acd.Available, Activity: acd.Talking, Call: "c1", Group: "g-sales", Cause: "answer"},
		{Operator: anna, From: ago(20 * time.Minute), To: ago(10 * time.Minute), Presence: acd.Available, Activity: acd.Ringing, Call: "c2", Group: "g-help", Cause: "offer"},
		{Operator: anna, From: ago(10 * time.Minute), Presence: acd.Paused, PauseType: "p-lunch", Activity: acd.Idle, Cause: "pause", By: acd.Actor{Kind: acd.BySupervisor, ID: "u-gone"}},
	}
	part := func(call acd.CallID, group acd.GroupID, mine report.Mine, at acd.Instant) report.HistoryItem {
		return report.HistoryItem{
			Call: report.Call{ID: call, Direction: acd.Inbound, State: acd.CallOver, Group: group, Caller: "+33612345678", ArrivedAt: at},
			Part: report.Part{Call: call, Operator: anna, Group: group, Mine: mine, OfferedAt: at, AnsweredAt: at, EndedAt: at.Add(90 * time.Second)},
		}
	}
	r.history.mine = []report.HistoryItem{
		part("c3", "", report.MineOut, ago(5*time.Minute)),
		part("c2", "g-help", report.MineMissed, ago(20*time.Minute)),
		part("c1", "g-sales", report.MineAnswered, ago(30*time.Minute)),
		part("c0", "g-sales", report.MineAnswered, ago(12*time.Hour)), // yesterday
	}
	r.floor.today.set(anna, report.OperatorCounts{In: 1, Missed: 1, Out: 1, Talk: 90 * time.Second, Talked: 1}, "g-sales", report.GroupCounts{})
	return r
}

func TestTheDayOfAnOperator(t *testing.T) {
	r := dayRig(t)
	a := r.as("administrator").do("GET", "/floor/operators/op-anna/day", nil).is(http.StatusOK)
	equalJSON(t, a.at("operator"), `{"id":"op-anna","name":"op-anna"}`)
	a.has("2026-03-01T23:00:00.000Z", "from").has("2026-03-02T09:00:00.123Z", "to")
	equalJSON(t, a.at("intervals"), `[
		{"from":"2026-03-01T23:00:00.000Z","to":"2026-03-02T00:00:00.123Z","presence":"paused","pauseType":"p-lunch","activity":"idle",
			"call":null,"group":null,"cause":"login","by":{"kind":"operator","name":"Anna"}},
		{"from":"2026-03-02T08:00:00.123Z","to":"2026-03-02T08:30:00.123Z","presence":"available","pauseType":null,"activity":"idle",
			"call":null,"group":null,"cause":"supervisor","by":{"kind":"supervisor","name":"administrator"}},
		{"from":"2026-03-02T08:30:00.123Z","to":"2026-03-02T08:40:00.123Z","presence":"available","pauseType":null,"activity":"talking",
			"call":"c1","group":"g-sales","cause":"answer","by":{"kind":"system","name":null}},
		{"from":"2026-03-02T08:40:00.123Z","to":"2026-03-02T08:50:00.123Z","presence":"available","pauseType":null,"activity":"ringing",
			"call":"c2","group":"g-help","cause":"offer","by":{"kind":"system","name":null}},
		{"from":"2026-03-02T08:50:00.123Z","to":null,"presence":"paused","pauseType":"p-lunch","activity":"idle",
			"call":null,"group":null,"cause":"pause","by":{"kind":"supervisor","name":null}}]`)
	equalJSON(t, a.at("sessions"), `[
		{"from":"2026-03-01T22:00:00.123Z","to":"2026-03-02T00:00:00.123Z","reason":"clock","by":{"kind":"rule","name":"OP-24"}},
		{"from":"2026-03-02T08:00:00.123Z","to":null,"reason":null,"by":{"kind":"system","name":null}}]`)
	equalJSON(t, a.at("totals"), `{"loggedIn":7200,"available":1800,"paused":4200,"ringing":600,"talking":600,"wrapUp":0}`)
	equalJSON(t, a.at("today"), `{"answered":1,"out":1,"missed":1,"talkSeconds":90,"averageTalkSeconds":90}`)
	calls, _ := a.at("calls").([]any)
	if len(calls) != 3 {
		t.Fatalf("calls %v", calls)
	}
	for i, want := range []struct{ mine, id string }{{"out", "c3"}, {"missed", "c2"}, {"answered", "c1"}} {
		line, _ := calls[i].(map[string]any)
		call, _ := line["call"].(map[string]any)
		if line["mine"] != want.mine || call["id"] != want.id || call["caller"] != "+33612345678" || line["talkSeconds"] != 90.0 {
			t.Errorf("call %d is %v", i, line)
		}
	}
}

// A supervisor sees that an operator of his was busy with others, and no more.
func TestTheDayAsASupervisorOfOneGroupSeesIt(t *testing.T) {
	r := dayRig(t)
	c := r.as("supervisor")
	a := c.do("GET", "/floor/operators/op-anna/day", nil).is(http.StatusOK)
	intervals, _ := a.at("intervals").([]any)
	if len(intervals) != 5 {
		t.Fatalf("intervals %v", intervals)
	}
	for i, want := range []any{nil, nil, "c1", nil, nil} {
		row, _ := intervals[i].(map[string]any)
		if row["call"] != want || (row["group"] == nil) != (want == nil) {
			t.Errorf("interval %d is %v", i, row)
		}
	}
	calls, _ := a.at("calls").([]any)
	for i, shown := range []bool{false, false, true} {
		line, _ := calls[i].(map[string]any)
		if (line["call"] != nil) != shown || line["mine"] == "" {
			t.Errorf("call %d is %v", i, line)
		}
	}
	if strings.Contains(string(a.body), "g-help") {
		t.Errorf("the other group is named: %s", a.body)
	}
	// What visited a group of his he may read, as under /calls.
	r.history.groups["c2"] = []acd.GroupID{"g-help", "g-sales"}
	calls, _ = c.do("GET", "/floor/operators/op-anna/day", nil).is(http.StatusOK).at("calls").([]any)
	if line, _ := calls[1].(map[string]any); line["call"] == nil {
		t.Errorf("a call that visited his group is hidden: %v", line)
	}

	c.do("GET", "/floor/operators/op-ben/day", nil).is(http.StatusNotFound)
	c.do("GET", "/floor/operators/nobody/day", nil).is(http.StatusNotFound)
	r.as("administrator").do("PATCH", "/users/u-supervisor", `{"rights":{"operatorDetail":false}}`).is(http.StatusOK)
	c.do("GET", "/floor/operators/op-anna/day", nil).is(http.StatusForbidden)
}

func TestQuarters(t *testing.T) {
	r := newRig(t)
	r.history.visits = []report.Visit{
		{Group: "g-sales", From: ago(12 * time.Hour), To: ago(11 * time.Hour), How: acd.LeftAnswered}, // yesterday
		{Group: "g-sales", From: ago(20 * time.Minute), To: ago(19 * time.Minute), How: acd.LeftAnswered},
		{Group: "g-sales", From: ago(0)},
		{Group: "g-help", From: ago(20 * time.Minute), To: ago(10 * time.Minute), How: acd.LeftAbandoned},
	}
	items := func(who, query string) []any {
		t.Helper()
		a := r.as(who).do("GET", "/floor/quarters"+query, nil).is(http.StatusOK).has("2026-03-01T23:00:00.000Z", "from")
		list, _ := a.at("items").([]any)
		if len(list) != 41 {
			t.Fatalf("%d quarters at ten o'clock", len(list))
		}
		return list
	}
	sales := `{"from":"2026-03-02T08:30:00.000Z","offered":1,"answered":1,"abandoned":0,"overflowed":0,"waiting":0}`
	all := `{"from":"2026-03-02T08:30:00.000Z","offered":2,"answered":1,"abandoned":1,"overflowed":0,"waiting":1}`
	equalJSON(t, items("administrator", "")[38], all)
	equalJSON(t, items("administrator", "?group=g-sales")[38], sales)
	equalJSON(t, items("supervisor", "")[38], sales)
	r.as("supervisor").do("GET", "/floor/quarters?group=g-help", nil).is(http.StatusNotFound)
	r.as("administrator").do("GET", "/floor/quarters?group=none", nil).is(http.StatusNotFound)
}

// TestTheBannerIsToldWhatComes: the limit of a pause, the next logout, and
// whether the phone that rings can be answered from here.
func TestTheBannerIsToldWhatComes(t *testing.T) {
	r := newRig(t)
	c := r.as("anna")
	v := r.floor.operators["op-anna"]
	v.Presence, v.PauseType, v.PauseUntil, v.LogoutAt = acd.Paused, "p-lunch", ago(-5*time.Minute), ago(-time.Hour)
	r.floor.operators["op-anna"] = v
	me := c.do("GET", "/me", nil).is(http.StatusOK)
	me.has("2026-03-02T09:05:00.123Z", "pauseUntil").has(false, "pauseOverran").has("2026-03-02T10:00:00.123Z", "logoutAt")
	equalJSON(t, me.at("centre"), `{"name":"main","timeZone":"Europe/Paris"}`)

	v.Presence, v.PauseType, v.Call, v.Activity = acd.Available, "", "c1", acd.Ringing
	v.Phone, v.PhoneState = acd.Phone{Kind: acd.PhoneCentrex, Account: "ph-1"}, acd.PhoneReachable
	r.floor.operators["op-anna"] = v
	ringing := acd.CallView{ID: "c1", Direction: acd.Inbound, State: acd.CallRinging, Group: "g-sales", Operator: "op-anna", OperatorLeg: 2}
	answerable := func(call acd.CallView, able bool) any {
		t.Helper()
		r.floor.calls["c1"] = call
		r.calls.answerable = map[acd.AccountID]bool{"ph-1": able}
		calls, _ := c.do("GET", "/me", nil).is(http.StatusOK).at("calls").([]any)
		return calls[0].(map[string]any)["answerable"]
	}
	if got := answerable(ringing, true); got != true {
		t.Errorf("a phone that takes it: %v", got)
	}
	if got := answerable(ringing, false); got != false {
		t.Errorf("a phone that does not: %v", got)
	}
	talking := ringing
	talking.State = acd.CallTalking
	if got := answerable(talking, true); got != false {
		t.Errorf("a call that does not ring: %v", got)
	}
	v.Phone = acd.Phone{Kind: acd.PhoneExternal, Number: "+33612345678"}
	r.floor.operators["op-anna"] = v
	if got := answerable(ringing, true); got != false {
		t.Errorf("an external phone: %v", got)
	}
}

func TestUsersKnowTheirCentreAndRights(t *testing.T) {
	r := newRig(t)
	me := r.as("supervisor").do("GET", "/me", nil).is(http.StatusOK)
	equalJSON(t, me.at("groups"), `["g-sales"]`)
	equalJSON(t, me.at("rights"), `{"operatorDetail":true,"listen":false}`)
	equalJSON(t, me.at("centre"), `{"name":"main","timeZone":"Europe/Paris"}`)
	if got := r.as("technical").do("GET", "/me", nil).is(http.StatusOK).json(); got["groups"] != nil {
		t.Errorf("groups of one who sees all: %v", got["groups"])
	}
}

// The floor shows groups in their colours and with their targets, and says when
// it was asked. A changed record is told without an event.
func TestGroupsLookAsTheirRecordsSay(t *testing.T) {
	r := newRig(t)
	c := r.as("administrator")
	s := c.events("")
	row := func(e event) map[string]any {
		t.Helper()
		if e.data["at"] != "2026-03-02T09:00:00.123Z" {
			t.Errorf("at %v", e.data["at"])
		}
		for _, g := range e.data["groups"].([]any) {
			if g := g.(map[string]any); g["id"] == "g-sales" {
				return g
			}
		}
		t.Fatal("the group is not shown")
		return nil
	}
	g := row(s.next("snapshot"))
	equalJSON(t, g["serviceLevel"], `{"seconds":20,"percent":80}`)
	if g["colour"] != directory.NewGroup(directory.Centre{}).Colour {
		t.Errorf("colour %v", g["colour"])
	}
	equalJSON(t, g["today"], `{"offered":0,"answered":0,"abandoned":0,"overflowed":0,"inLevel":0,"serviceLevelPercent":null,
		"averageWaitSeconds":0,"averageTalkSeconds":0}`)
	c.do("PATCH", "/groups/g-sales", `{"colour":"#112233","serviceLevel":{"seconds":30,"percent":90}}`).is(http.StatusOK)
	g = row(s.next("snapshot"))
	equalJSON(t, g["serviceLevel"], `{"seconds":30,"percent":90}`)
	if g["colour"] != "#112233" {
		t.Errorf("colour %v", g["colour"])
	}
}
