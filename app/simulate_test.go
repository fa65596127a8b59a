package app

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"bandeau/acd"
	"bandeau/directory"
	"bandeau/internal/clock"
	"bandeau/journal"
	"bandeau/store"
	"bandeau/whatif"
)

// pastDays keeps days of a centre in Paris in a store, as a node does: the core
// decides them and the journal projects them.
type pastDays struct {
	t       *testing.T
	store   store.Store
	centre  directory.ID
	zone    *time.Location
	day     string
	core    *acd.State
	journal *journal.Journal
	ringing map[acd.CallID]acd.LegID // the leg placed last
}

// newPastDays opens an empty store with a centre, two operators who may be added
// to, and two groups: sales takes wrap-up, support gives its callers a minute
// before they come to sales.
func newPastDays(t *testing.T) *pastDays {
	t.Helper()
	d := &pastDays{t: t, store: openTestStore(t), centre: "main", core: acd.New(1), ringing: map[acd.CallID]acd.LegID{}}
	var err error
	d.zone, err = time.LoadLocation("Europe/Paris")
	must(t, err)
	meta := func(id directory.ID) directory.Meta {
		created := time.Date(2026, 3, 1, 0, 0, 0, 0, d.zone)
		return directory.Meta{ID: id, Centre: d.centre, CreatedAt: created, UpdatedAt: created}
	}
	centre := directory.Centre{
		Meta: meta(d.centre), Name: "Paris", Language: "fr", TimeZone: "Europe/Paris", DialCountry: "FR",
	}
	centre.Centre = ""
	_, err = d.store.Centres().Create(t.Context(), centre)
	must(t, err)
	d.journal, _, err = journal.Open(t.Context(), d.store, string(d.centre), func() *acd.State { return d.core })
	must(t, err)
	d.day = "2026-03-01"
	d.do("00:00:00", acd.ConfigurePauseType{Config: acd.PauseTypeConfig{ID: "lunch"}})
	for i, name := range []string{"anna", "ben", "carl"} {
		o := directory.Operator{
			Meta: meta(directory.ID(name)), Login: name, FullName: name, Language: "fr", Enabled: true,
			Email: name + "@example.com", RingSeconds: 20, RetrySeconds: 60, AllowOutgoing: true, DialCountry: "FR",
			Phone:    directory.PhoneChoice{Kind: directory.PhoneExternal, Number: "+3360000000" + string(rune('1'+i))},
			CallerID: directory.CallerID{Mode: directory.CallerIDCustom, Number: "+33170200200"},
		}
		d.do("00:00:00", acd.ConfigureOperator{Config: operatorConfig(o, centre)})
		if name != "carl" { // he has been deleted since
			_, err = d.store.Operators().Create(t.Context(), o)
			must(t, err)
		}
	}
	minute := 60
	for _, g := range []directory.Group{
		{
			Meta: meta("sales"), WrapUpSeconds: 30,
			Members: []directory.Member{{Operator: "anna", Order: 1, Level: 1}, {Operator: "ben", Order: 2, Level: 1}},
		},
		{
			Meta: meta("support"), MaxWaitSeconds: &minute, Overflow: directory.Destination{Type: directory.ToGroup, ID: "sales"},
			Members: []directory.Member{{Operator: "ben", Order: 1, Level: 1}},
		},
		{Meta: meta("old"), Members: []directory.Member{{Operator: "carl", Order: 1, Level: 1}}},
	} {
		g.Name, g.Colour, g.Strategy, g.Priority = string(g.ID), "#336699", directory.StrategyFixed, 50
		g.ServiceLevel, g.WhenNobody = directory.ServiceLevel{Seconds: 20, Percent: 80}, directory.NobodyWait
		g.Announcements.EverySeconds = 60
		if g.Overflow.Type == "" {
			g.Overflow.Type = directory.ToHangup
		}
		d.do("00:00:00", acd.ConfigureGroup{Config: groupConfig(g)})
		if g.ID != "old" { // it has been deleted since
			_, err = d.store.Groups().Create(t.Context(), g)
			must(t, err)
		}
	}
	return d
}

// at is an instant of the day, as clocks show it.
func (d *pastDays) at(hhmmss string) acd.Instant {
	d.t.Helper()
	at, err := time.ParseInLocation(time.DateTime, d.day+" "+hhmmss, d.zone)
	must(d.t, err)
	return acd.At(at)
}

// reach lets happen what is due before an instant of the day.
func (d *pastDays) reach(hhmmss string) acd.Instant {
	d.t.Helper()
	at := d.at(hhmmss)
	for due, ok := d.core.Deadline(); ok && due < at; due, ok = d.core.Deadline() {
		d.step(due, acd.Tick{})
	}
	return at
}

// do carries a command out and keeps what comes of it.
func (d *pastDays) do(hhmmss string, c acd.Command) {
	d.t.Helper()
	d.step(d.reach(hhmmss), c)
}

func (d *pastDays) step(at acd.Instant, c acd.Command) {
	d.t.Helper()
	events, effects, err := d.core.Step(at, c)
	must(d.t, err)
	var recorded []acd.Recorded
	for i, e := range events {
		recorded = append(recorded, acd.Recorded{Seq: d.journal.Seq() + uint64(i) + 1, At: at, Event: e})
	}
	must(d.t, d.journal.Append(d.t.Context(), recorded))
	for _, e := range effects {
		if placed, ok := e.(acd.PlaceLeg); ok {
			d.ringing[placed.Call] = placed.Leg
		}
	}
}

func (d *pastDays) login(hhmmss string, o acd.OperatorID) {
	d.t.Helper()
	d.do(hhmmss, acd.Login{Operator: o, Session: acd.SessionID(d.day) + acd.SessionID(o)})
}

func (d *pastDays) arrives(hhmmss string, call acd.CallID, group acd.GroupID) {
	d.t.Helper()
	d.do(hhmmss, acd.CallArrived{
		Call: call, Caller: callerNumber, Called: serviceNumber, Destination: acd.Destination{Kind: acd.ToGroup, Group: group},
	})
}

func (d *pastDays) answered(hhmmss string, call acd.CallID) {
	d.t.Helper()
	at := d.reach(hhmmss)
	d.step(at, acd.LegAnswered{Call: call, Leg: d.ringing[call]})
}

func (d *pastDays) hangsUp(hhmmss string, call acd.CallID) {
	d.t.Helper()
	d.do(hhmmss, acd.LegEnded{Call: call, Leg: 1, Cause: acd.EndHungUp})
}

// monday is a day with something of everything: 5 calls of groups there are, of
// which one comes to another group by overflow, a call that was placed, a pause,
// a ring nobody answers, callers who give up, one of them after midnight.
func (d *pastDays) monday() {
	d.t.Helper()
	d.day = "2026-03-02"
	d.login("08:00:00", "anna")
	d.login("08:30:00", "ben")
	d.login("08:45:00", "carl")
	d.arrives("09:00:00", "a", "sales") // rings at anna
	d.answered("09:00:10", "a")
	d.arrives("09:01:00", "b", "sales") // rings at ben for 20 s, and again a minute later
	d.do("09:01:10", acd.Hold{Call: "a", Operator: "anna"})
	d.do("09:01:30", acd.Resume{Call: "a", Operator: "anna"})
	d.arrives("09:02:00", "c", "sales") // waits behind b
	d.answered("09:02:25", "b")
	d.hangsUp("09:02:40", "c")
	d.hangsUp("09:03:10", "a")
	d.hangsUp("09:04:25", "b")
	d.do("09:35:00", acd.SetPresence{Operator: "ben", Presence: acd.Paused, PauseType: "lunch"})
	d.arrives("09:50:30", "d", "support") // rings at anna at 09:51:30
	d.answered("09:51:35", "d")
	d.hangsUp("09:52:35", "d")
	d.arrives("09:55:00", "e", "old")
	d.hangsUp("09:56:00", "e")
	d.do("10:05:00", acd.SetPresence{Operator: "ben", Presence: acd.Available})
	d.do("11:00:00", acd.Dial{Call: "out", Operator: "anna", Number: "+33142000000"})
	d.answered("11:00:05", "out")
	d.answered("11:00:15", "out")
	d.hangsUp("11:02:00", "out")
	for _, o := range []acd.OperatorID{"anna", "ben", "carl"} {
		d.do("18:00:00", acd.Logout{Operator: o, Reason: acd.LogoutManual})
	}
	d.arrives("23:59:40", "f", "sales")
	d.day = "2026-03-03"
	d.hangsUp("00:00:20", "f")
}

// springDay has one call, and 23 hours.
func (d *pastDays) springDay() {
	d.t.Helper()
	d.day = "2026-03-29"
	d.login("09:00:00", "ben")
	d.arrives("10:00:00", "g", "support")
	d.answered("10:00:05", "g")
	d.hangsUp("10:01:05", "g")
}

// simulator reads the store at an instant of the day.
func (d *pastDays) simulator(hhmmss string) simulator {
	d.t.Helper()
	return simulator{d.store, clock.NewManual(d.at(hhmmss).Time())}
}

// TestARecordedDayIsRead: what is read of a stored day are its arrivals, how long
// its callers waited and were talked to, who was there and how phones rang.
func TestARecordedDayIsRead(t *testing.T) {
	d := newPastDays(t)
	d.monday()
	d.springDay()
	h, err := d.simulator("12:00:00").history(t.Context(), d.centre, "2026-03-02")
	must(t, err)
	d.day = "2026-03-02"
	if h.From != d.at("00:00:00") || h.To.Sub(h.From) != 24*time.Hour || len(h.Operators) != 2 || len(h.Groups) != 2 {
		t.Fatalf("from %v to %v, %d operators, %d groups", h.From.Time(), h.To.Time(), len(h.Operators), len(h.Groups))
	}
	recording := whatif.Recorded(h, "")
	day := recording.Day(1)

	var patience []time.Duration
	for i := range day.Arrivals {
		patience = append(patience, day.Arrivals[i].Patience)
		day.Arrivals[i].Patience = 0
	}
	const second = time.Second
	want := []whatif.Arrival{ // that of e is of a group that is gone
		{At: d.at("09:00:00"), Group: "sales", Talk: 180 * second},
		{At: d.at("09:01:00"), Group: "sales", Talk: 120 * second},
		{At: d.at("09:02:00"), Group: "sales", Talk: day.Arrivals[2].Talk}, // drawn
		{At: d.at("09:50:30"), Group: "support", Talk: 60 * second},
		{At: d.at("23:59:40"), Group: "sales", Talk: day.Arrivals[4].Talk},
	}
	if diff := cmp.Diff(want, day.Arrivals); diff != "" {
		t.Errorf("arrivals (-want +got):\n%s", diff)
	}
	for _, i := range []int{2, 4} {
		if got := day.Arrivals[i].Talk; got != 180*second && got != 120*second {
			t.Errorf("caller %d would have talked %v, which nobody of sales did", i, got)
		}
	}
	// Those who gave up waited 40 s and, on that day, 20 s. The others would have
	// waited longer than they did.
	if patience[2] != 40*second || patience[4] != 20*second {
		t.Errorf("patience %v", patience)
	}
	for i, waited := range map[int]time.Duration{0: 10 * second, 1: 85 * second, 3: 65 * second} {
		if patience[i] <= waited {
			t.Errorf("caller %d waited %v and is given %v", i, waited, patience[i])
		}
	}

	shifts := []whatif.Shift{
		{Operator: "anna", From: d.at("08:00:00"), To: d.at("18:00:00"), Pauses: []whatif.Span{{From: d.at("11:00:00"), To: d.at("11:02:00")}}},
		{Operator: "ben", From: d.at("08:30:00"), To: d.at("18:00:00"), Pauses: []whatif.Span{{From: d.at("09:35:00"), To: d.at("10:05:00")}}},
	}
	if diff := cmp.Diff(shifts, day.Setting.Shifts); diff != "" {
		t.Errorf("shifts (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]time.Duration{10 * second, 5 * second, 5 * second}, day.Setting.PickUp.Samples); diff != "" {
		t.Errorf("phones rang (-want +got):\n%s", diff)
	}
	if day.Setting.Miss != 0.25 {
		t.Errorf("%v of the rings were not answered, want one of four", day.Setting.Miss)
	}
	// 220 s were waited in all by five callers, of whom two gave up.
	notes := []whatif.Note{
		{Code: whatif.NoteSettings},
		{Code: whatif.NoteGroupsGone, Count: 1},
		{Code: whatif.NoteOperatorsGone, Count: 1},
		{Code: whatif.NoteOtherCalls, Count: 1},
		{Code: whatif.NoteFitted, Count: 110},
		{Code: whatif.NoteTalkDrawn, Count: 2},
	}
	if diff := cmp.Diff(notes, recording.Notes()); diff != "" {
		t.Errorf("notes (-want +got):\n%s", diff)
	}
}

// TestWhatARecordedDayWouldHaveComeTo asks as the command line does: by names, of
// one group or all, with the day's own figures beside.
func TestWhatARecordedDayWouldHaveComeTo(t *testing.T) {
	d := newPastDays(t)
	d.monday()
	a := &admin{store: d.store, clock: d.simulator("12:00:00").clock}
	ask := func(group string, change func(*whatif.Query)) (was, now whatif.Figures) {
		t.Helper()
		q := whatif.Query{Day: "2026-03-02", Runs: 20, Seed: 1}
		change(&q)
		got, err := a.Simulate(t.Context(), SimulateQuery{Group: group, Query: q})
		must(t, err)
		equal(t, "the zone", got.TimeZone, "Europe/Paris")
		equal(t, "half hours", len(got.Answer.Simulated.HalfHours), 48)
		return got.Answer.AsRecorded.Whole, got.Answer.Simulated.Whole
	}
	as := func(*whatif.Query) {}

	was, now := ask("", as)
	// a was answered after 10 s, b after 85, d after 5 in sales, for which the minute
	// in support counts as a visit of its own.
	equal(t, "offered, answered, abandoned, overflowed", [4]float64{was.Offered.Mean, was.Answered.Mean, was.Abandoned.Mean, was.Overflowed.Mean},
		[4]float64{6, 3, 2, 1})
	equal(t, "seconds to an answer", was.AnswerSeconds.Mean, 100.0/3)
	equal(t, "service level", was.ServiceLevel.Mean, 2.0/5)
	// Talking and wrapping up: 210, 150 and 90 s, of 19.5 h less half an hour for
	// lunch and two minutes of a call he placed.
	equal(t, "occupancy", was.Occupancy.Mean, 450.0/(19.5*3600-1800-120))
	if now.Offered.Mean < 5 || now.Answered.Mean < 2.5 || now.Abandoned.Mean < 1 {
		t.Errorf("the same day again: %+v", now)
	}
	was, now = ask("support", as)
	equal(t, "support was offered and overflowed", [2]float64{was.Offered.Mean, was.Overflowed.Mean}, [2]float64{1, 1})
	equal(t, "support is offered and overflows", [2]float64{now.Offered.Mean, now.Overflowed.Mean}, [2]float64{1, 1})
	// One more of support, and hardly a call leaves it, for phones are let ring; what
	// it was stays as it was.
	was, now = ask("support", func(q *whatif.Query) { q.Staff = []whatif.StaffChange{{Add: 1}} })
	equal(t, "support was offered and overflowed", [2]float64{was.Offered.Mean, was.Overflowed.Mean}, [2]float64{1, 1})
	if now.Offered.Mean != 1 || now.Overflowed.Mean > 0.1 {
		t.Errorf("with one more: %+v", now)
	}
	if _, err := a.Simulate(t.Context(), SimulateQuery{Group: "old", Query: whatif.Query{Day: "2026-03-02", Runs: 2}}); err == nil ||
		err.Error() != `no group is called "old"` {
		t.Errorf("of a group that is gone: %v", err)
	}
}

// TestDaysWithLittle: a day with one call, of 23 hours; one that is not over; and
// those nothing can be said of, each with its reason.
func TestDaysWithLittle(t *testing.T) {
	d := newPastDays(t)
	empty := d.simulator("12:00:00")
	refused := func(s simulator, date, reason string) {
		t.Helper()
		_, err := s.Simulate(t.Context(), d.centre, whatif.Query{Day: date, Runs: 2})
		if err == nil || err.Error() != reason {
			t.Errorf("%s: %v, want %s", date, err, reason)
		}
	}
	refused(empty, "2026-03-01", "day has no calls of groups")
	d.monday()
	d.springDay()

	s := d.simulator("23:59:00")
	one, err := s.Simulate(t.Context(), d.centre, whatif.Query{Day: "2026-03-29", Runs: 2})
	must(t, err)
	was, now := one.AsRecorded.Whole, one.Simulated.Whole
	equal(t, "half hours", len(one.Simulated.HalfHours), 46)
	equal(t, "recorded", [3]float64{was.Offered.Mean, was.Answered.Mean, was.AnswerSeconds.Mean}, [3]float64{1, 1, 5})
	equal(t, "simulated", [3]float64{now.Offered.Mean, now.Answered.Mean, now.AnswerSeconds.Mean}, [3]float64{1, 1, 5})
	equal(t, "occupancy", now.Occupancy.Mean, was.Occupancy.Mean)
	equal(t, "at nine in summer", one.Simulated.HalfHours[18].Offered.Mean, 1) // ten o'clock; two to three was left out
	if !slices.Contains(one.Notes, whatif.Note{Code: whatif.NotePatient}) {
		t.Errorf("nobody gave up: %+v", one.Notes)
	}

	// While the caller talks the day is nine hours and 25 seconds old, for one was left out.
	young, err := d.simulator("10:00:25").history(t.Context(), d.centre, "2026-03-29")
	must(t, err)
	if got := young.To.Sub(young.From); got != 9*time.Hour+25*time.Second {
		t.Errorf("the day is %v old", got)
	}

	refused(s, "2026-03-30", "day has not begun yet")
	refused(s, "2026-02-30", "day must be a date such as 2026-03-31")
	refused(s, "2026-03-28", "day has no calls of groups")
	// A caller of the evening before gave up after midnight: he came on Monday.
	refused(s, "2026-03-03", "day has no calls of groups")
	// Another centre's calls are its own.
	other, err := d.store.Centres().Get(t.Context(), d.centre)
	must(t, err)
	other.ID, other.Name = "rome", "Rome"
	_, err = d.store.Centres().Create(t.Context(), other)
	must(t, err)
	if _, err = s.history(t.Context(), "rome", "2026-03-29"); err == nil || !strings.Contains(err.Error(), "no calls of groups") {
		t.Errorf("of another centre: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err = s.history(ctx, d.centre, "2026-03-29"); err == nil {
		t.Error("nobody wants it any more, and it is read")
	}
}
