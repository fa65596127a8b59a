package storetest

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"bandeau/acd"
	"bandeau/journal"
	"bandeau/report"
	"bandeau/store"
)

// keep writes rows with the next event.
func (f *fixture) keep(t *testing.T, rows report.Rows) {
	t.Helper()
	last := must(f.LastSeq(t.Context(), "main"))(t)
	ok(t, f.AppendEvents(t.Context(), "main", []journal.Entry{entry(last+1, "")}, rows))
}

func testRows(f *fixture) {
	t := f.t
	ctx := t.Context()
	by := acd.Actor{Kind: acd.BySupervisor, ID: "boss"}
	call := report.Call{
		ID: "c1", Direction: acd.Outbound, State: acd.CallWrapUp, Caller: "+331", CallerName: "Zoé", Called: "+332", Service: "n1",
		Group: "g1", GroupName: "Sales", Operator: "anna", OperatorName: "Anna A", ArrivedAt: 1, AnsweredAt: 2, EndedAt: 3,
		Outcome: acd.OutcomeBusy, EndedBy: acd.EndedBySystem, Cause: "busy", Recording: acd.RecordingLost,
		RecordingReason: "group+number", Tags: []string{"a", "é"}, Note: "n", Emergency: true, Open: true,
	}
	visit := report.Visit{
		Seq: 1, Call: "c1", Group: "g1", Name: "Sales", From: 1, To: 2, How: acd.LeftOverflowed, EntryCause: "arrival",
		ExitCause: "full", LevelSeconds: 20, InLevel: true,
	}
	part := report.Part{
		Seq: 2, Call: "c1", Leg: 3, Operator: "anna", Name: "Anna A", Group: "g1", Mine: report.MineMissed, OfferedAt: 1,
		AnsweredAt: 2, EndedAt: 3, Outcome: acd.OfferNoAnswer, Status: 480,
	}
	session := report.Session{Seq: 3, Session: "s1", Operator: "anna", Name: "Anna A", From: 1, Reason: acd.LogoutClock, By: by}
	interval := report.Interval{
		Seq: 4, Login: 3, Operator: "anna", Name: "Anna A", Presence: acd.Paused, PauseType: "lunch", Activity: acd.Held,
		Call: "c1", Group: "g1", From: 1, Cause: "asked", By: by,
	}
	group := report.Group{ID: "g1", Name: "Sales", ServiceLevelSeconds: 20}
	f.keep(t, report.Rows{
		Calls: []report.Call{call}, Visits: []report.Visit{visit}, Parts: []report.Part{part},
		Sessions: []report.Session{session}, Intervals: []report.Interval{interval}, Groups: []report.Group{group},
	})
	open := report.OpenRows{
		Calls: []report.Call{call}, Visits: []report.Visit{visit}, Parts: []report.Part{part},
		Sessions: []report.Session{session}, Intervals: []report.Interval{interval}, Groups: []report.Group{group},
	}
	equal(t, "open rows", must(f.OpenRows(ctx, "main"))(t), open)
	equal(t, "call", must(f.Call(ctx, "main", "c1"))(t), call)
	_, err := f.Call(ctx, "second", "c1")
	wantError(t, "call of another centre", err, store.ErrNotFound)
	equal(t, "open rows of another centre", must(f.OpenRows(ctx, "second"))(t), report.OpenRows{})

	call.Open, call.Tags, call.State = false, nil, acd.CallOver
	session.To, interval.To, group.Removed = 9, 9, true
	part.Mine, visit.InLevel = report.MineNone, false
	f.keep(t, report.Rows{
		Calls: []report.Call{call}, Visits: []report.Visit{visit}, Parts: []report.Part{part},
		Sessions: []report.Session{session}, Intervals: []report.Interval{interval}, Groups: []report.Group{group},
	})
	equal(t, "replaced call", must(f.Call(ctx, "main", "c1"))(t), call)
	equal(t, "replaced part", must(f.CallParts(ctx, "main", "c1"))(t), []report.Part{part})
	equal(t, "replaced visit", must(f.CallVisits(ctx, "main", "c1"))(t), []report.Visit{visit})
	equal(t, "nothing open", must(f.OpenRows(ctx, "main"))(t), report.OpenRows{})
	equal(t, "session in its time", len(must(f.Sessions(ctx, "main", "anna", 8, 20))(t)), 1)
	equal(t, "session after its time", len(must(f.Sessions(ctx, "main", "anna", 9, 20))(t)), 0)
	equal(t, "interval before its time", len(must(f.Intervals(ctx, "main", "", 0, 1))(t)), 0)
	equal(t, "interval in its time", must(f.Intervals(ctx, "main", "", 0, 2))(t), []report.Interval{interval})
	equal(t, "interval of another", len(must(f.Intervals(ctx, "main", "ben", 0, 99))(t)), 0)
	for seq := range uint64(5) { // one after the other, the last without end
		next := report.Interval{Seq: 30 + seq, Operator: "carl", From: acd.Instant(100 + 10*seq), To: acd.Instant(110 + 10*seq)}
		if seq == 4 {
			next.To = 0
		}
		f.keep(t, report.Rows{Intervals: []report.Interval{next}})
	}
	for _, tc := range []struct {
		from, to acd.Instant
		want     []uint64
	}{
		{0, 101, []uint64{30}},
		{0, 100, nil},
		{105, 106, []uint64{30}},
		{110, 121, []uint64{31, 32}},
		{115, 999, []uint64{31, 32, 33, 34}},
		{500, 999, []uint64{34}},
	} {
		var got []uint64
		for _, i := range must(f.Intervals(ctx, "main", "carl", tc.from, tc.to))(t) {
			got = append(got, i.Seq)
		}
		equal(t, fmt.Sprintf("intervals from %d to %d", tc.from, tc.to), got, tc.want)
	}
}

func testCallQueries(f *fixture) {
	t := f.t
	ctx := t.Context()
	var rows report.Rows
	for i := range 9 {
		c := report.Call{
			ID: acd.CallID(fmt.Sprint("c", i)), Direction: acd.Inbound, ArrivedAt: acd.Instant(100 + i/2), Caller: fmt.Sprint("+33", i),
			Called: "+3390", Outcome: acd.OutcomeAnswered, Operator: "anna",
		}
		if i%3 == 0 {
			c.Direction, c.Outcome, c.Operator, c.Called, c.Group = acd.Outbound, acd.OutcomeBusy, "ben", "+335", "g2"
			rows.Parts = append(rows.Parts, report.Part{Seq: uint64(10 + i), Call: c.ID, Operator: "ben", Mine: report.MineOut})
		} else {
			rows.Parts = append(rows.Parts, report.Part{Seq: uint64(10 + i), Call: c.ID, Operator: "anna", Mine: report.MineAnswered})
			rows.Visits = append(rows.Visits, report.Visit{Seq: uint64(i), Call: c.ID, Group: acd.GroupID(fmt.Sprint("g", i%3))})
		}
		rows.Calls = append(rows.Calls, c)
	}
	rows.Parts = append(rows.Parts,
		report.Part{Seq: 20, Call: "c1", Operator: "carl", Mine: report.MineMissed}, report.Part{Seq: 21, Call: "c2", Operator: "carl"},
		report.Part{Seq: 22, Call: "c7", Operator: "dora"}, report.Part{Seq: 23, Call: "c8", Operator: "dora"})
	rows.Calls[8].Operator, rows.Calls[8].Open = "dora", true // rings at her
	f.keep(t, rows)
	ids := func(q report.CallQuery) []acd.CallID {
		t.Helper()
		var got []acd.CallID
		for {
			page := must(f.Calls(ctx, "main", q))(t)
			for _, c := range page.Calls {
				got = append(got, c.ID)
			}
			if q.Cursor = page.Next; q.Cursor == "" {
				return got
			}
		}
	}
	all := []acd.CallID{"c8", "c7", "c6", "c5", "c4", "c3", "c2", "c1", "c0"}
	for _, limit := range []int{0, 1, 2, 3, 8, 9, 10, 999} {
		equal(t, "newest first", ids(report.CallQuery{Limit: limit}), all)
	}
	for what, c := range map[string]struct {
		query report.CallQuery
		want  []acd.CallID
	}{
		"from":               {report.CallQuery{From: 103}, []acd.CallID{"c8", "c7", "c6"}},
		"to":                 {report.CallQuery{To: 101}, []acd.CallID{"c1", "c0"}},
		"direction":          {report.CallQuery{Direction: acd.Outbound}, []acd.CallID{"c6", "c3", "c0"}},
		"outcome":            {report.CallQuery{Outcome: acd.OutcomeBusy}, []acd.CallID{"c6", "c3", "c0"}},
		"caller":             {report.CallQuery{Number: "+334"}, []acd.CallID{"c4"}},
		"caller or called":   {report.CallQuery{Number: "+335"}, []acd.CallID{"c6", "c5", "c3", "c0"}},
		"operator":           {report.CallQuery{Operator: "ben"}, []acd.CallID{"c6", "c3", "c0"}},
		"operator by a part": {report.CallQuery{Operator: "carl"}, []acd.CallID{"c1"}},
		"operator offered":   {report.CallQuery{Operator: "dora"}, []acd.CallID{"c8"}},
		"caller and called":  {report.CallQuery{Number: "+337", Operator: "anna"}, []acd.CallID{"c7"}},
		"group visited":      {report.CallQuery{Group: "g1"}, []acd.CallID{"c7", "c4", "c1"}},
		"group chosen":       {report.CallQuery{Group: "g2"}, []acd.CallID{"c8", "c6", "c5", "c3", "c2", "c0"}},
		"allowed groups":     {report.CallQuery{Groups: []acd.GroupID{"g1", "g9"}}, []acd.CallID{"c7", "c4", "c1"}},
		"both":               {report.CallQuery{Group: "g2", Groups: []acd.GroupID{"g1"}}, nil},
		"no group allowed":   {report.CallQuery{Groups: []acd.GroupID{}}, nil},
		"together": {
			report.CallQuery{From: 101, To: 104, Direction: acd.Inbound, Group: "g2", Operator: "anna", Number: "+3390"}, []acd.CallID{"c5", "c2"},
		},
	} {
		c.query.Limit = 2
		equal(t, what, ids(c.query), c.want)
	}
	for _, cursor := range []string{"!", "e30", "bm8"} {
		_, err := f.Calls(ctx, "main", report.CallQuery{Cursor: cursor})
		wantError(t, "cursor "+cursor, err, store.ErrBadCursor)
	}
	equal(t, "groups of a call", must(f.CallGroups(ctx, "main", "c2"))(t), []acd.GroupID{"g2"})
	equal(t, "group of an outgoing call", must(f.CallGroups(ctx, "main", "c3"))(t), []acd.GroupID{"g2"})
	equal(t, "groups of no call", len(must(f.CallGroups(ctx, "main", "c99"))(t)), 0)
}

func testCounts(f *fixture) {
	t := f.t
	ctx := t.Context()
	var rows report.Rows
	for i := range 60 {
		id := acd.CallID(fmt.Sprintf("c%02d", i))
		rows.Calls = append(rows.Calls, report.Call{ID: id, Note: string(id)})
		part := report.Part{Seq: uint64(100 + i), Call: id, Operator: "anna", Group: "g1", OfferedAt: acd.Instant(1000 + i), EndedAt: 9000}
		switch i % 4 {
		case 0:
			part.Mine, part.AnsweredAt = report.MineAnswered, 8000
		case 1:
			part.Mine = report.MineMissed
		case 2:
			part.Mine, part.AnsweredAt = report.MineOut, 7000
		}
		rows.Parts = append(rows.Parts, part)
	}
	rows.Parts = append(rows.Parts,
		report.Part{Seq: 200, Call: "c00", Operator: "ben", Mine: report.MineAnswered, OfferedAt: 1000, AnsweredAt: 1500}, // talking
		report.Part{Seq: 201, Call: "c01", Operator: "ben", Group: "g1", OfferedAt: 1000})                                 // ringing
	rows.Visits = []report.Visit{
		{Seq: 1, Group: "g1", From: 1000, To: 5000, How: acd.LeftAnswered, InLevel: true},
		{Seq: 2, Group: "g1", From: 1000, To: 31_000, How: acd.LeftAnswered},
		{Seq: 3, Group: "g1", From: 1000, To: 2000, How: acd.LeftAbandoned},
		{Seq: 4, Group: "g1", From: 1999, To: 2000, How: acd.LeftOverflowed},
		{Seq: 5, Group: "g1", From: 1999},
		{Seq: 6, Group: "g1", From: 2000},
		{Seq: 7, Group: "g2", From: 1000},
	}
	f.keep(t, rows)

	operators := must(f.OperatorCounts(ctx, "main", 1000, 1040))(t)
	equal(t, "anna", operators["anna"], report.OperatorCounts{In: 10, Out: 10, Missed: 10, Talk: 30 * time.Second, Talked: 20})
	equal(t, "average", operators["anna"].AverageTalk(), 1500*time.Millisecond)
	equal(t, "ben", operators["ben"], report.OperatorCounts{In: 1})
	groups := must(f.GroupCounts(ctx, "main", 1000, 2000))(t)
	equal(t, "g1", groups["g1"], report.GroupCounts{
		Offered: 5, Answered: 2, Abandoned: 1, Overflowed: 1, Waiting: 1, InLevel: 1, Wait: 34 * time.Second,
		Talk: 15 * time.Second, Talked: 15,
	})
	equal(t, "g2", groups["g2"], report.GroupCounts{Offered: 1, Waiting: 1})
	equal(t, "no counts", len(must(f.GroupCounts(ctx, "main", 5000, 6000))(t)), 0)
	equal(t, "no counts", len(must(f.OperatorCounts(ctx, "main", 5000, 6000))(t)), 0)

	visits := func(groups []acd.GroupID, from, to acd.Instant) []uint64 {
		t.Helper()
		var keys []uint64
		for _, v := range must(f.Visits(ctx, "main", groups, from, to))(t) {
			keys = append(keys, v.Seq)
		}
		return keys
	}
	equal(t, "visits that begin in a time, or reach into it", visits(nil, 2000, 2001), []uint64{1, 2, 5, 6, 7})
	equal(t, "visits before a time", visits(nil, 1000, 1999), []uint64{1, 2, 3, 7})
	equal(t, "visits to a group", visits([]acd.GroupID{"g2", "g3"}, 1000, 9000), []uint64{7})
	equal(t, "visits to no group", len(visits([]acd.GroupID{}, 1000, 9000)), 0)
	equal(t, "a visit as it is kept", must(f.Visits(ctx, "main", nil, 1000, 9000))(t)[0], rows.Visits[0])

	history := must(f.History(ctx, "main", "anna", 50))(t)
	if len(history) != 45 || history[0].Call.ID != "c58" || history[0].Part.Mine != report.MineOut || history[0].Call.Note != "c58" {
		t.Errorf("history of %d, first %+v", len(history), history[0])
	}
	equal(t, "limited history", len(must(f.History(ctx, "main", "anna", 7))(t)), 7)
	if !slices.IsSortedFunc(history, func(a, b report.HistoryItem) int { return int(b.Part.Seq) - int(a.Part.Seq) }) {
		t.Error("history is not newest first")
	}
}
