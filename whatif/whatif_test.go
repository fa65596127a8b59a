package whatif

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"bandeau/acd"
	"bandeau/report"
)

// nine is nine o'clock of the days in here.
const nine = acd.Instant(1_767_603_600_000)

func at(minutes, seconds int) acd.Instant {
	return nine.Add(time.Duration(minutes)*time.Minute + time.Duration(seconds)*time.Second)
}

func run(t *testing.T, d Day, seed uint64) Result {
	t.Helper()
	r, err := Run(context.Background(), d, seed)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// hour is an hour of one operator, who takes ten seconds to pick up and a minute
// to wrap up.
func hour(arrivals ...Arrival) Day {
	for i := range arrivals {
		arrivals[i].Group = "sales"
	}
	return Day{
		From: nine, To: at(60, 0), Arrivals: arrivals,
		Setting: Setting{
			Groups: []acd.GroupConfig{{
				ID: "sales", Strategy: acd.LongestIdle, Priority: 50, WrapUpSeconds: 60, ServiceLevelSeconds: 20,
				Members: []acd.Member{{Operator: "anna", Order: 1, Level: 1}},
			}},
			Operators: []acd.OperatorConfig{{ID: "anna", RingSeconds: 20}},
			Shifts:    []Shift{{Operator: "anna", From: nine, To: at(60, 0)}},
			PickUp:    Dist{Kind: Constant, Mean: 10 * time.Second},
		},
	}
}

// TestADayByHand follows callers whose fate can be told on paper.
func TestADayByHand(t *testing.T) {
	d := hour(
		Arrival{At: at(5, 0), Talk: 4 * time.Minute},                           // answered 5:10, over 9:10, wrapped up 10:10
		Arrival{At: at(6, 0), Talk: time.Minute, Patience: 2 * time.Minute},    // gives up 8:00
		Arrival{At: at(7, 0), Talk: 21 * time.Minute},                          // rings 10:10, answered 10:20, over 31:20
		Arrival{At: at(29, 0), Talk: 2 * time.Minute, Patience: 5 * time.Hour}, // rings 32:20, answered 32:30, over 34:30
		Arrival{At: at(59, 55), Talk: time.Minute},                             // still rings at the end
	)
	d.Setting.Shifts[0].Pauses = []Span{{at(40, 0), at(50, 0)}}
	first := Counts{
		Offered: 4, Answered: 3, Abandoned: 1, InLevel: 1, Wait: 10*time.Second + 200*time.Second + 210*time.Second,
		Busy: 5*time.Minute + 19*time.Minute + 40*time.Second, Staffed: 30 * time.Minute,
	}
	second := Counts{
		Offered: 1, Waiting: 1, Busy: 2*time.Minute + 20*time.Second + 3*time.Minute, Staffed: 20 * time.Minute,
	}
	want := Result{From: nine, To: at(60, 0), HalfHours: []Counts{first, second}, Whole: first}
	want.Whole.add(second)
	got := run(t, d, 1)
	for i := range got.HalfHours { // the core's affair
		c := &got.HalfHours[i]
		c.Estimated, c.Near, c.Off, c.OffBy = 0, 0, 0, 0
	}
	got.Whole.Estimated, got.Whole.Near, got.Whole.Off, got.Whole.OffBy = 0, 0, 0, 0
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}

	// Nobody who misses every call answers one.
	d.Setting.Miss = 1
	if got := run(t, d, 1).Whole; got.Answered != 0 || got.Abandoned != 1 || got.Waiting != 4 {
		t.Errorf("everything missed: %+v", got)
	}
	// A limit sends the two away who wait behind the long call; without wrap-up the
	// others are served at once.
	d = hour(d.Arrivals...)
	two, none := 120, 0
	d.change(Query{Groups: []GroupChange{{MaxWaitSeconds: &two, WrapUpSeconds: &none}}})
	if got := run(t, d, 1).Whole; got.Overflowed != 2 || got.Answered != 2 || got.Wait != 20*time.Second {
		t.Errorf("with a limit: %+v", got)
	}
}

// TestEstimatesAreHeldToWaits: how far off the core's estimate was is counted.
func TestEstimatesAreHeldToWaits(t *testing.T) {
	b := newBook(hour())
	for _, seconds := range []int{30, 200, -1} {
		b.left(visit{group: "sales", counts: &b.result.HalfHours[0], from: nine, estimate: seconds}, acd.LeftAnswered, at(0, 90))
	}
	c := b.result.HalfHours[0]
	if c.Answered != 3 || c.Estimated != 2 || c.Near != 1 || c.Off != 50*time.Second || c.OffBy != 170*time.Second {
		t.Errorf("counted %+v", c)
	}
}

func busy() Generator {
	return Generator{
		From: nine, Hours: 2, CallsPerHour: []int{60, 150, 90, 40}, Operators: 6, Strategy: acd.LongestIdle,
		Talk: Dist{Kind: Lognormal, Mean: 150 * time.Second, Spread: 0.8}, Patience: Dist{Kind: Exponential, Mean: 2 * time.Minute},
		PickUp: Dist{Kind: Exponential, Mean: 4 * time.Second}, Miss: 0.05,
		RingSeconds: 15, WrapUpSeconds: 20, ServiceLevelSeconds: 20,
	}
}

func ask(t *testing.T, q Query) Answer {
	t.Helper()
	a, err := Ask(context.Background(), q, nil)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// TestQuestionsHaveOneAnswer: the seed decides everything, whatever the strategy;
// with every strategy each caller leaves in one way.
func TestQuestionsHaveOneAnswer(t *testing.T) {
	g := busy()
	for strategy := acd.LongestIdle; strategy <= acd.Skill; strategy++ {
		q := Query{Generate: &g, Runs: 2, Seed: 7, Groups: []GroupChange{{Strategy: strategy}}}
		once, again := ask(t, q), ask(t, q)
		if diff := cmp.Diff(once, again); diff != "" {
			t.Errorf("strategy %d: another answer:\n%s", strategy, diff)
		}
		w := once.Simulated.Whole
		if w.Offered.Mean != w.Answered.Mean+w.Abandoned.Mean+w.Overflowed.Mean+w.Waiting.Mean || w.Answered.Mean == 0 {
			t.Errorf("strategy %d: %+v", strategy, w)
		}
		q.Seed = 8
		if cmp.Equal(once.Simulated, ask(t, q).Simulated) {
			t.Errorf("strategy %d: another seed, the same answer", strategy)
		}
	}
}

// TestMoreOperatorsServeBetter: what the question changes has its effect, where it
// is asked for.
func TestMoreOperatorsServeBetter(t *testing.T) {
	g := busy()
	g.Operators = 4
	level := func(changes ...StaffChange) []float64 {
		a := ask(t, Query{Generate: &g, Runs: 4, Seed: 1, Staff: changes})
		var out []float64
		for _, h := range append(a.Simulated.HalfHours, a.Simulated.Whole) {
			out = append(out, h.ServiceLevel.Mean)
		}
		return out
	}
	as, more, fewer := level(), level(StaffChange{Add: 3}), level(StaffChange{Add: -2})
	if whole := len(as) - 1; !(fewer[whole]+0.1 < as[whole] && as[whole]+0.1 < more[whole]) {
		t.Errorf("service levels %.2f, %.2f, %.2f with fewer, as many, more", fewer[whole], as[whole], more[whole])
	}
	late := level(StaffChange{From: 9*time.Hour + HalfHour, To: 10 * time.Hour, Add: 4})
	if late[0] != as[0] || late[1] < as[1]+0.2 {
		t.Errorf("four more in the second half hour: %.2f, without them %.2f", late, as)
	}
	a := ask(t, Query{Generate: &g, Runs: 2, Seed: 1, Staff: []StaffChange{{Add: -6}}})
	if !slices.Contains(a.Notes, Note{Code: NoteNotRemoved, Count: 2}) || a.Simulated.Whole.Occupancy != nil || a.Simulated.Whole.Answered.Mean != 0 {
		t.Errorf("six of four taken away: %+v", a.Notes)
	}
}

// TestStaffIsCut: a shift loses the time that is taken away, and no other.
func TestStaffIsCut(t *testing.T) {
	d := hour()
	d.Setting.Shifts[0].Pauses = []Span{{at(5, 0), at(35, 0)}}
	if missing := d.dismiss(StaffChange{Add: -1}, Span{at(10, 0), at(30, 0)}); missing != 0 {
		t.Errorf("%d missing", missing)
	}
	want := []Shift{
		{Operator: "anna", From: nine, To: at(10, 0), Pauses: []Span{{at(5, 0), at(10, 0)}}},
		{Operator: "anna", From: at(30, 0), To: at(60, 0), Pauses: []Span{{at(30, 0), at(35, 0)}}},
	}
	if diff := cmp.Diff(want, d.Setting.Shifts); diff != "" {
		t.Error(diff)
	}
}

// TestTheoryStandsBesideWhereItApplies and nowhere else.
func TestTheoryStandsBesideWhereItApplies(t *testing.T) {
	plain := Generator{
		From: nine, Hours: 4, CallsPerHour: []int{120}, Operators: 8, Strategy: acd.Random,
		Talk: Dist{Kind: Exponential, Mean: 3 * time.Minute}, Patience: Dist{Kind: Exponential, Mean: 90 * time.Second},
		PickUp: Dist{Kind: Constant}, RingSeconds: 20, ServiceLevelSeconds: 20,
	}
	a := ask(t, Query{Generate: &plain, Runs: 20, Seed: 1})
	if a.Theory == nil || a.Theory.Model != "A" {
		t.Fatalf("no theory: %+v", a.Notes)
	}
	if w := a.Simulated.Whole; !w.ServiceLevel.Holds(a.Theory.ServiceLevel) || !w.Occupancy.Holds(a.Theory.Occupancy) {
		t.Errorf("the theory says %+v, the simulation %+v %+v", *a.Theory, *w.ServiceLevel, *w.Occupancy)
	}
	ten := 10
	for name, q := range map[string]Query{
		"wrap-up": {Groups: []GroupChange{{WrapUpSeconds: &ten}}},
		"a limit": {Groups: []GroupChange{{MaxWaiting: &ten}}},
		"a time":  {Staff: []StaffChange{{From: HalfHour, Add: 1}}},
		"no end":  {Staff: []StaffChange{{Add: 1}}},
	} {
		g := plain
		if name == "no end" {
			g.Patience, g.CallsPerHour = Dist{Kind: Exponential}, []int{220}
		}
		q.Generate, q.Runs = &g, 2
		if a := ask(t, q); a.Theory != nil || !slices.Contains(a.Notes, Note{Code: NoteNoTheory}) {
			t.Errorf("%s: the theory is told: %+v", name, a.Theory)
		}
	}
	q := Query{Generate: &plain, Runs: 2, Staff: []StaffChange{{Add: 2}}}
	if a := ask(t, q); a.Theory == nil || a.Theory.Occupancy >= 0.75 {
		t.Errorf("of ten operators the theory says %+v", a.Theory)
	}
}

// TestARecordedDayHappensAgain: a simulated day is stored as a real one is. What
// is read of it is what happened, and when it happens again its figures are near.
func TestARecordedDayHappensAgain(t *testing.T) {
	g := busy()
	g.Hours, g.CallsPerHour = 10, []int{100}
	d := g.Day(3)
	d.Arrivals = slices.DeleteFunc(d.Arrivals, func(a Arrival) bool { return a.At < d.From })
	d.From, d.Until = d.From.Add(-time.Hour), d.To.Add(time.Hour)
	d.To = d.Until
	for i := range d.Setting.Shifts {
		d.Setting.Shifts[i].From, d.Setting.Shifts[i].To = d.From.Add(time.Minute), d.To.Add(-time.Minute)
		d.Setting.Shifts[i].Pauses = []Span{{nine.Add(time.Duration(i) * time.Hour), nine.Add(time.Duration(i)*time.Hour + 20*time.Minute)}}
	}
	w, p, h := newWorld(d, 3), report.NewProjector(), History{From: d.From, To: d.To, Groups: d.Setting.Groups, Operators: d.Setting.Operators}
	visits, sessions, intervals := map[uint64]report.Visit{}, map[uint64]report.Session{}, map[uint64]report.Interval{}
	seq := uint64(0)
	w.heard = func(at acd.Instant, events []acd.Event) {
		var recorded []acd.Recorded
		for _, e := range events {
			seq++
			recorded = append(recorded, acd.Recorded{Seq: seq, At: at, Event: e})
		}
		rows := p.Stage(recorded)
		p.Commit()
		for _, v := range rows.Visits {
			visits[v.Seq] = v
		}
		for _, s := range rows.Sessions {
			sessions[s.Seq] = s
		}
		for _, i := range rows.Intervals {
			intervals[i.Seq] = i
		}
	}
	happened, err := w.run(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	for s := range seq + 1 {
		if v, ok := visits[s]; ok {
			h.Visits = append(h.Visits, v)
		}
		if v, ok := sessions[s]; ok {
			h.Sessions = append(h.Sessions, v)
		}
		if v, ok := intervals[s]; ok {
			h.Intervals = append(h.Intervals, v)
		}
	}
	// A call to an operator himself, an operator and a group that are gone, and a
	// call to closed doors.
	h.Visits = append(h.Visits,
		report.Visit{Seq: seq + 1, Call: "x", Group: "gone", From: nine, To: nine + 1000, EntryCause: "arrival", How: acd.LeftAbandoned},
		report.Visit{Seq: seq + 2, Call: "y", Group: generated, From: nine, To: nine, EntryCause: "arrival", ExitCause: "closed", How: acd.LeftOverflowed})
	h.Sessions = append(h.Sessions, report.Session{Seq: seq + 3, Operator: "gone", From: nine})

	r := Recorded(h, "")
	clear := func(c Counts) Counts {
		c.Estimated, c.Near, c.Off, c.OffBy = 0, 0, 0, 0
		return c
	}
	if diff := cmp.Diff(clear(happened.Whole), clear(r.counts.Whole)); diff != "" {
		t.Errorf("the day is read as another (-happened +read):\n%s", diff)
	}
	for _, want := range []Note{{NoteGroupsGone, 1}, {NoteOperatorsGone, 1}, {NoteClosed, 1}, {NoteSettings, 0}} {
		if !slices.Contains(r.notes, want) {
			t.Errorf("%+v is not told: %+v", want, r.notes)
		}
	}
	if mean := r.patience.Seconds(); mean < 80 || mean > 180 {
		t.Errorf("patience of %.0f s was made, %.0f s are found", g.Patience.Mean.Seconds(), mean)
	}
	if miss := r.day.Setting.Miss; miss < 0.02 || miss > 0.1 {
		t.Errorf("%.3f of the offers are missed", miss)
	}
	if len(r.day.Setting.Shifts) != g.Operators || len(r.day.Setting.Shifts[0].Pauses) == 0 {
		t.Errorf("shifts: %+v", r.day.Setting.Shifts)
	}
	a, err := Ask(context.Background(), Query{Day: "2026-01-05", Runs: 8, Seed: 1}, &h)
	if err != nil {
		t.Fatal(err)
	}
	was, now := a.AsRecorded.Whole, a.Simulated.Whole
	if off := was.ServiceLevel.Mean - now.ServiceLevel.Mean; off < -0.08 || off > 0.08 {
		t.Errorf("service level was %.3f and is simulated as %.3f", was.ServiceLevel.Mean, now.ServiceLevel.Mean)
	}
	if off := was.Occupancy.Mean - now.Occupancy.Mean; off < -0.05 || off > 0.05 {
		t.Errorf("occupancy was %.3f and is simulated as %.3f", was.Occupancy.Mean, now.Occupancy.Mean)
	}
}

// TestBadQuestions: each is refused with the field and the rule.
func TestBadQuestions(t *testing.T) {
	many := 100_000_000
	for field, spoil := range map[string]func(*Query){
		"generate":                              func(q *Query) { q.Day = "2026-01-05" },
		"day":                                   func(q *Query) { q.Day, q.Generate = "31.3.2026", nil },
		"runs":                                  func(q *Query) { q.Runs = 1 },
		"group":                                 func(q *Query) { q.Focus = "nowhere" },
		"generate.hours":                        func(q *Query) { q.Generate.Hours = 25 },
		"generate.callsPerHour":                 func(q *Query) { q.Generate.CallsPerHour = []int{1, 2} },
		"generate.callsPerHour[0]":              func(q *Query) { q.Generate.CallsPerHour[0] = -1 },
		"generate.talk.seconds":                 func(q *Query) { q.Generate.Talk.Mean = 0 },
		"generate.talk.kind":                    func(q *Query) { q.Generate.Talk.Kind = "gamma" },
		"generate.patience.seconds":             func(q *Query) { q.Generate.Patience.Mean = -1 },
		"generate.patience.spreadPercent":       func(q *Query) { q.Generate.Patience.Spread = 11 },
		"generate.missPercent":                  func(q *Query) { q.Generate.Miss = 1.5 },
		"generate.operators":                    func(q *Query) { q.Generate.Operators = 0 },
		"generate.strategy":                     func(q *Query) { q.Generate.Strategy = 8 },
		"generate.ringSeconds":                  func(q *Query) { q.Generate.RingSeconds = 4 },
		"generate.wrapUpSeconds":                func(q *Query) { q.Generate.WrapUpSeconds = -1 },
		"generate.serviceLevelSeconds":          func(q *Query) { q.Generate.ServiceLevelSeconds = 3601 },
		"changes.groups[0].group":               func(q *Query) { q.Groups = []GroupChange{{Group: "nowhere"}} },
		"changes.groups[0].strategy":            func(q *Query) { q.Groups = []GroupChange{{Strategy: 9}} },
		"changes.groups[0].priority":            func(q *Query) { q.Groups = []GroupChange{{Priority: 101}} },
		"changes.groups[0].maxWaiting":          func(q *Query) { q.Groups = []GroupChange{{MaxWaiting: &many}} },
		"changes.groups[0].maxWaitSeconds":      func(q *Query) { q.Groups = []GroupChange{{MaxWaitSeconds: &many}} },
		"changes.groups[0].wrapUpSeconds":       func(q *Query) { q.Groups = []GroupChange{{WrapUpSeconds: &many}} },
		"changes.groups[0].serviceLevelSeconds": func(q *Query) { q.Groups = []GroupChange{{ServiceLevelSeconds: &many}} },
		"changes.operators[0].group":            func(q *Query) { q.Staff = []StaffChange{{Group: "nowhere"}} },
		"changes.operators[0].add":              func(q *Query) { q.Staff = []StaffChange{{Add: 1001}} },
		"changes.operators[0].from":             func(q *Query) { q.Staff = []StaffChange{{From: time.Minute}} },
		"changes.operators[0].to":               func(q *Query) { q.Staff = []StaffChange{{From: HalfHour, To: HalfHour}} },
		"changes.operators":                     func(q *Query) { q.Staff = make([]StaffChange, 101) },
		"changes.groups":                        func(q *Query) { q.Groups = make([]GroupChange, 101) },
	} {
		g := busy()
		q := Query{Generate: &g, Runs: 2}
		if problems := q.Check(nil); len(problems) > 0 {
			t.Fatalf("a good question is refused: %v", problems)
		}
		spoil(&q)
		_, err := Ask(context.Background(), q, nil)
		var refused *ProblemsError
		if !errors.As(err, &refused) || refused.Problems[0].Field != field || refused.Problems[0].Message == "" {
			t.Errorf("%s: %v", field, err)
		}
	}
	g := busy()
	g.Hours, g.CallsPerHour = 24, []int{10_000}
	_, err := Ask(context.Background(), Query{Generate: &g, Runs: 200}, nil)
	if err == nil || !strings.Contains(err.Error(), "more than 2000000") {
		t.Errorf("fifty million calls: %v", err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	g = busy()
	if _, err = Ask(ctx, Query{Generate: &g, Runs: 2}, nil); !errors.Is(err, context.Canceled) {
		t.Errorf("nobody wants it any more: %v", err)
	}
}
