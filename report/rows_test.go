package report_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"bandeau/acd"
	"bandeau/report"
)

// record numbers events that happen at the seconds given.
func record(after uint64, steps ...any) []acd.Recorded {
	var events []acd.Recorded
	at := acd.Instant(0)
	for _, s := range steps {
		switch s := s.(type) {
		case int:
			at = acd.Instant(s * 1000)
		case acd.Event:
			after++
			events = append(events, acd.Recorded{Seq: after, At: at, Event: s})
		}
	}
	return events
}

// day is one call: it rings out at anna, is answered by ben, put on hold,
// ended by the caller, tagged in wrap-up; its file is stored at the end.
func day() []acd.Recorded {
	by := acd.Actor{Kind: acd.ByOperator, ID: "ben"}
	changed := func(presence acd.Presence, activity acd.Activity, call acd.CallID, cause string) acd.OperatorChanged {
		e := acd.OperatorChanged{Operator: "ben", Presence: presence, Activity: activity, Call: call, Cause: cause, By: by}
		if call != "" {
			e.Group = "sales"
		}
		if activity == acd.WrappingUp {
			e.WrapUpUntil = 70_000
		}
		return e
	}
	return record(0,
		1, acd.GroupConfigured{Config: acd.GroupConfig{ID: "sales", Name: "Sales", ServiceLevelSeconds: 20}},
		2, acd.LoggedIn{Operator: "ben", Name: "Ben Bo", Session: "s1", By: by},
		changed(acd.Available, acd.Idle, "", "login"),
		10, acd.CallStarted{
			Call: "c1", Direction: acd.Inbound, Caller: "+33612345678", CallerName: "Zoé", Called: "+33170200200", Service: "n1",
		},
		acd.Enqueued{Call: "c1", Group: "sales", Seq: 1, FirstArrival: 10_000, Cause: "arrival"},
		acd.OfferMade{
			Call: "c1", Leg: 2, Operator: "anna", Name: "Anna A", Group: "sales", Strategy: acd.LongestIdle, Rank: 1, Eligible: 2,
			Until: 15_000, Skipped: []acd.Skip{{Operator: "carl", Reason: acd.SkipPaused}},
		},
		15, acd.OfferEnded{Call: "c1", Leg: 2, Operator: "anna", Group: "sales", Outcome: acd.OfferNoAnswer},
		acd.OfferMade{Call: "c1", Leg: 3, Operator: "ben", Name: "Ben Bo", Group: "sales", Strategy: acd.LongestIdle, Rank: 1, Eligible: 1},
		changed(acd.Available, acd.Ringing, "c1", "offer"),
		22, acd.LegWasAnswered{Call: "c1", Leg: 3},
		acd.OfferEnded{Call: "c1", Leg: 3, Operator: "ben", Group: "sales", Outcome: acd.OfferAnswered},
		acd.Dequeued{Call: "c1", Group: "sales", How: acd.LeftAnswered, Cause: "answered"},
		acd.Connected{Call: "c1", Operator: "ben", Name: "Ben Bo", Group: "sales", Leg: 3, Other: 1},
		changed(acd.Available, acd.Talking, "c1", "answer"),
		acd.RecordingStarted{Call: "c1", Reason: "group"},
		30, acd.HeldChanged{Call: "c1", Operator: "ben", Held: true},
		changed(acd.Available, acd.Held, "c1", "hold"),
		40, acd.HeldChanged{Call: "c1", Operator: "ben"},
		changed(acd.Available, acd.Talking, "c1", "resume"),
		60, acd.LegGone{Call: "c1", Leg: 1, Cause: "hangup"},
		acd.LegGone{Call: "c1", Leg: 3, Cause: "hangup"},
		acd.RecordingEnded{Call: "c1"},
		acd.CallEnded{Call: "c1", Outcome: acd.OutcomeAnswered, EndedBy: acd.EndedByCaller, Cause: "hangup"},
		changed(acd.Available, acd.WrappingUp, "c1", "hangup"),
		65, acd.Tagged{Call: "c1", Operator: "ben", Tags: []string{"sale"}},
		70, acd.WrapUpEnded{Call: "c1", Operator: "ben", Cause: "wrap_up_over"},
		changed(acd.Available, acd.Idle, "", "wrap_up_over"),
		71, acd.RecordingKept{Call: "c1"},
		80, changed(acd.LoggedOut, acd.Idle, "", "logout"),
		acd.LoggedOutOf{Operator: "ben", Session: "s1", Reason: acd.LogoutManual, By: by},
	)
}

func TestRowsOfACall(t *testing.T) {
	b := newBook()
	p := report.NewProjector()
	b.keep(p.Stage(day()))
	p.Commit()

	want := report.Call{
		ID: "c1", Direction: acd.Inbound, State: acd.CallOver, Caller: "+33612345678", CallerName: "Zoé",
		Called: "+33170200200", Service: "n1", Group: "sales", GroupName: "Sales", Operator: "ben", OperatorName: "Ben Bo",
		ArrivedAt: 10_000, AnsweredAt: 22_000, EndedAt: 60_000, Outcome: acd.OutcomeAnswered, EndedBy: acd.EndedByCaller,
		Cause: "hangup", Recording: acd.RecordingReady, RecordingReason: "group", Tags: []string{"sale"},
	}
	if diff := cmp.Diff(want, b.calls["c1"]); diff != "" {
		t.Errorf("call (-want +got):\n%s", diff)
	}
	if wait, talk := want.Wait(0), want.Talk(0); wait != 12*time.Second || talk != 38*time.Second {
		t.Errorf("wait %v, talk %v", wait, talk)
	}
	wantParts := map[uint64]report.Part{
		6: {
			Seq: 6, Call: "c1", Leg: 2, Operator: "anna", Name: "Anna A", Group: "sales", Mine: report.MineMissed,
			OfferedAt: 10_000, EndedAt: 15_000, Outcome: acd.OfferNoAnswer,
		},
		8: {
			Seq: 8, Call: "c1", Leg: 3, Operator: "ben", Name: "Ben Bo", Group: "sales", Mine: report.MineAnswered,
			OfferedAt: 15_000, AnsweredAt: 22_000, EndedAt: 60_000, Outcome: acd.OfferAnswered,
		},
	}
	if diff := cmp.Diff(wantParts, b.parts); diff != "" {
		t.Errorf("parts (-want +got):\n%s", diff)
	}
	wantVisits := map[uint64]report.Visit{5: {
		Seq: 5, Call: "c1", Group: "sales", Name: "Sales", From: 10_000, To: 22_000, How: acd.LeftAnswered,
		EntryCause: "arrival", ExitCause: "answered", LevelSeconds: 20, InLevel: true,
	}}
	if diff := cmp.Diff(wantVisits, b.visits); diff != "" {
		t.Errorf("visits (-want +got):\n%s", diff)
	}
	var spans []string
	for seq := range uint64(40) {
		if i, ok := b.intervals[seq]; ok {
			spans = append(spans, i.From.Time().Format("05")+"-"+i.To.Time().Format("05")+" "+i.Cause)
		}
	}
	wantSpans := []string{
		"02-15 login", "15-22 offer", "22-30 answer", "30-40 hold", "40-00 resume", "00-10 hangup", "10-20 wrap_up_over",
	}
	if diff := cmp.Diff(wantSpans, spans); diff != "" {
		t.Errorf("intervals (-want +got):\n%s", diff)
	}
	by := acd.Actor{Kind: acd.ByOperator, ID: "ben"}
	wantSession := report.Session{
		Seq: 2, Session: "s1", Operator: "ben", Name: "Ben Bo", From: 2000, To: 80_000, Reason: acd.LogoutManual, By: by,
	}
	if diff := cmp.Diff(wantSession, b.sessions[2]); diff != "" {
		t.Errorf("session (-want +got):\n%s", diff)
	}
	if open := p.Open(); len(open.Calls)+len(open.Intervals)+len(open.Sessions) != 0 || len(open.Groups) != 1 {
		t.Errorf("still open: %+v", open)
	}
}

// TestCallStaysOpen follows a call through its stages, one event at a time: it
// closes only when nobody wraps it up and its recording is stored.
func TestCallStaysOpen(t *testing.T) {
	p := report.NewProjector()
	b := newBook()
	for _, e := range day() {
		b.keep(p.Stage([]acd.Recorded{e}))
		p.Commit()
		row := b.calls["c1"]
		switch e.At / 1000 {
		case 60, 65:
			if ended, ok := e.Event.(acd.OperatorChanged); ok && ended.Activity == acd.WrappingUp && row.State != acd.CallWrapUp {
				t.Errorf("state %d in wrap-up", row.State)
			}
		case 70:
			if _, changed := e.Event.(acd.OperatorChanged); changed && (!row.Open || row.State != acd.CallOver) {
				t.Errorf("after wrap-up, before the file is stored: %+v", row)
			}
		case 71:
			if row.Open {
				t.Error("open after everything")
			}
		}
	}
	if got := b.calls["c1"].Tags; len(got) != 1 {
		t.Errorf("tags of wrap-up: %v", got)
	}
}

func TestRenamedOperator(t *testing.T) {
	by := acd.Actor{}
	events := record(0,
		1, acd.LoggedIn{Operator: "ben", Name: "Ben", Session: "s1", By: by},
		acd.OperatorChanged{Operator: "ben", Presence: acd.Available},
		2, acd.OperatorConfigured{Config: acd.OperatorConfig{ID: "ben", Name: "Benjamin"}},
		3, acd.OperatorChanged{Operator: "ben", Presence: acd.Available, Activity: acd.Dialing, Call: "c1"},
		acd.CallStarted{Call: "c1", Direction: acd.Outbound, Operator: "ben", Called: "+33140000000", FromPhone: true},
		4, acd.LegGone{Call: "c1", Leg: 1, Cause: "hangup"},
		acd.CallEnded{Call: "c1", Outcome: acd.OutcomeNoAnswer, EndedBy: acd.EndedByOperator},
		acd.TakenOver{Operator: "ben", Old: "s1", New: "s2"},
		acd.OperatorChanged{Operator: "ben", Presence: acd.Available},
	)
	b := newBook()
	p := report.NewProjector()
	b.keep(p.Stage(events))
	if p.Strays() != 0 {
		t.Error("strays")
	}
	p.Commit()
	if b.intervals[2].Name != "Ben" || b.intervals[4].Name != "Benjamin" || b.parts[5].Name != "Benjamin" {
		t.Errorf("names: %+v %+v", b.intervals, b.parts)
	}
	if s := b.sessions[1]; s.Name != "Benjamin" || s.Session != "s2" || s.To != 0 {
		t.Errorf("session: %+v", s)
	}
	if part := b.parts[5]; part.Mine != report.MineOut || part.AnsweredAt != 0 || part.EndedAt != 4000 || part.Leg != 1 {
		t.Errorf("outgoing part: %+v", part)
	}
	if c := b.calls["c1"]; c.Open || c.OperatorName != "Benjamin" || c.Wait(0) != time.Second || c.Talk(9000) != 0 {
		t.Errorf("call: %+v", c)
	}
}

func TestStrays(t *testing.T) {
	p := report.NewProjector()
	p.Stage(record(0, 1, acd.CallEnded{Call: "none"}, acd.Noted{Call: "none"}))
	if p.Strays() != 2 {
		t.Errorf("%d strays", p.Strays())
	}
}

// TestTimelineOfPrompts tells who was asked for a key, and who was told of the
// recording.
func TestTimelineOfPrompts(t *testing.T) {
	steps := report.Timeline(record(0, 1,
		acd.OfferMade{Call: "c1", Leg: 2, Operator: "anna", Name: "Anna A"},
		acd.ConfirmationAsked{Call: "c1", Leg: 2, Operator: "anna", Until: 9_000},
		acd.NoticeStarted{Call: "c1", Leg: 1, Other: 2, Prompt: 1, Until: 31_000, Recording: "group"},
		acd.NoticeEnded{Call: "c1"},
	))
	want := []report.Step{
		{Kind: "confirm_asked", Leg: 2, Operator: "anna", OperatorName: "Anna A", Until: 9_000},
		{Kind: "notice_started", Leg: 1, Reason: "group"},
		{Kind: "notice_ended"},
	}
	for i := range want {
		want[i].Seq, want[i].At = uint64(2+i), 1_000
	}
	if diff := cmp.Diff(want, steps[1:]); diff != "" {
		t.Errorf("steps (-want +got):\n%s", diff)
	}
}

func TestTimeline(t *testing.T) {
	var about []acd.Recorded
	for _, e := range day() {
		if e.Seq >= 4 && e.Seq != 9 { // as the store's index of the call gives them
			about = append(about, e)
		}
	}
	steps := report.Timeline(about)
	var kinds []report.StepKind
	for _, s := range steps {
		kinds = append(kinds, s.Kind)
	}
	want := []report.StepKind{
		"arrived", "queued", "offered", "offer_ended", "offered", "leg_answered", "offer_ended", "left_queue", "connected",
		"recording_started", "held", "resumed", "leg_ended", "leg_ended", "recording_ended", "ended", "wrap_up", "tagged", "wrapped_up",
		"recording_ready",
	}
	if diff := cmp.Diff(want, kinds); diff != "" {
		t.Fatalf("steps (-want +got):\n%s", diff)
	}
	offer := report.Step{
		Seq: 6, At: 10_000, Kind: "offered", Reason: "longest_idle", Leg: 2, Operator: "anna", OperatorName: "Anna A",
		Group: "sales", Until: 15_000, Strategy: "longest_idle", Rank: 1, Eligible: 2,
		Skipped: []report.SkippedMember{{Operator: "carl", Reason: "paused"}},
	}
	if diff := cmp.Diff(offer, steps[2]); diff != "" {
		t.Errorf("offer (-want +got):\n%s", diff)
	}
	if s := steps[3]; s.OperatorName != "Anna A" || s.Reason != "no_answer" {
		t.Errorf("end of the offer: %+v", s)
	}
	if s := steps[15]; s.Outcome != "answered" || s.EndedBy != "caller" || s.Reason != "hangup" {
		t.Errorf("end: %+v", s)
	}
	if s := steps[16]; s.OperatorName != "Ben Bo" || s.Until != 70_000 {
		t.Errorf("wrap-up: %+v", s)
	}
	if s := steps[18]; s.OperatorName != "Ben Bo" || s.At != 70_000 || s.Reason != "wrap_up_over" {
		t.Errorf("end of wrap-up: %+v", s)
	}
}

// TestReconcileFindsDifferences proves that the check can fail.
func TestReconcileFindsDifferences(t *testing.T) {
	counts := map[acd.GroupID]report.GroupCounts{"a": {Offered: 3, Answered: 1, Abandoned: 1}, "gone": {Offered: 1, Waiting: 1}}
	if wrong := report.Reconcile(counts, []acd.GroupView{{ID: "a", Offered: 3, Answered: 2, Abandoned: 1}}); len(wrong) != 3 {
		t.Errorf("found %v", wrong)
	}
}
