package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"testing"
	"time"

	"bandeau/acd"
	"bandeau/internal/clock"
	"bandeau/journal"
	"bandeau/report"
	"bandeau/store"
	"bandeau/store/sqlite"
	"bandeau/store/storetest"
)

// faulty is a store whose appends fail when told to, before they are kept or
// after.
type faulty struct {
	store.Store

	before, after bool
}

func (f *faulty) AppendEvents(ctx context.Context, centre string, entries []journal.Entry, rows report.Rows) error {
	before, after := f.before, f.after
	f.before, f.after = false, false
	if before {
		return errors.New("the disk is full")
	}
	if err := f.Store.AppendEvents(ctx, centre, entries, rows); err != nil {
		return err
	}
	if after {
		return errors.New("the answer was lost")
	}
	return nil
}

// figuresRig keeps a random day of the core and watches its figures.
type figuresRig struct {
	t       *testing.T
	clock   *clock.Manual
	zone    *time.Location
	store   *faulty
	figures *figures
	journal *journal.Journal
	history *storetest.History
	// seen is what a reader has, who asks only for what has changed.
	mark      uint64
	operators map[acd.OperatorID]report.OperatorCounts
	groups    map[acd.GroupID]report.GroupCounts
}

// newFiguresRig begins so long before midnight in its zone.
func newFiguresRig(t *testing.T, seed uint64, untilMidnight time.Duration) *figuresRig {
	t.Helper()
	dir := t.TempDir()
	box, err := store.OpenBox(dir)
	if err != nil {
		t.Fatal(err)
	}
	db, err := sqlite.Open(t.Context(), sqlite.Options{Path: dir + "/store", Box: box})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	r := &figuresRig{t: t, history: storetest.NewHistory(seed), store: &faulty{Store: db}}
	start := r.history.Events[0].At.Time()
	r.clock = clock.NewManual(start)
	r.zone = r.zoneBefore(untilMidnight)
	r.open()
	return r
}

// zoneBefore is a time zone in which midnight comes in so long.
func (r *figuresRig) zoneBefore(untilMidnight time.Duration) *time.Location {
	now := r.clock.Now().UTC()
	passed := now.Sub(now.Truncate(24 * time.Hour))
	return time.FixedZone("before "+untilMidnight.String(), int((24*time.Hour-untilMidnight-passed)/time.Second))
}

// open starts as a process does.
func (r *figuresRig) open() {
	r.t.Helper()
	r.operators, r.groups, r.mark = map[acd.OperatorID]report.OperatorCounts{}, map[acd.GroupID]report.GroupCounts{}, 0
	r.figures = newFigures(r.store, "main", r.zone, r.clock, slog.New(slog.DiscardHandler))
	if err := r.figures.load(r.t.Context()); err != nil {
		r.t.Fatal(err)
	}
	var err error
	r.journal, _, err = journal.Open(r.t.Context(), r.figures, "main", func() *acd.State { return acd.New(storetest.Seed) })
	if err != nil {
		r.t.Fatal(err)
	}
}

// check compares the figures with what the store counts, and with what a reader
// has who was told of the changes only.
func (r *figuresRig) check(what string) {
	r.t.Helper()
	ctx, day := r.t.Context(), report.DayOf(r.clock.Now(), r.zone)
	operators, err := r.store.OperatorCounts(ctx, "main", day.From, day.To)
	if err != nil {
		r.t.Fatal(err)
	}
	groups, err := r.store.GroupCounts(ctx, "main", day.From, day.To)
	if err != nil {
		r.t.Fatal(err)
	}
	changed := r.figures.Since(r.mark)
	r.mark = changed.Mark
	for _, id := range changed.Operators {
		r.operators[id] = r.figures.Operator(id)
	}
	for _, id := range changed.Groups {
		r.groups[id] = r.figures.Group(id)
	}
	for i := range 20 {
		operator, group := acd.OperatorID(fmt.Sprintf("op%d", i)), acd.GroupID(fmt.Sprintf("g%d", i))
		if got, want := r.figures.Operator(operator), operators[operator]; got != want || r.operators[operator] != want {
			r.t.Fatalf("%s: operator %s: %+v, told %+v, the store counts %+v", what, operator, got, r.operators[operator], want)
		}
		if got, want := r.figures.Group(group), groups[group]; got != want || r.groups[group] != want {
			r.t.Fatalf("%s: group %s: %+v, told %+v, the store counts %+v", what, group, got, r.groups[group], want)
		}
	}
}

// TestFiguresAreWhatTheStoreCounts keeps random days over midnight, with appends
// that fail, restarts and a change of the time zone, and compares the figures
// with the store's after each batch.
func TestFiguresAreWhatTheStoreCounts(t *testing.T) {
	for seed := range uint64(2) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			r := newFiguresRig(t, seed, 2*time.Minute)
			ctx := t.Context()
			r.history.Step(350)
			midnights, counted := 0, 0
			for at, n := 0, 1; at < len(r.history.Events); n++ {
				batch := r.history.Events[at:min(at+n*7%13+1, len(r.history.Events))]
				at += len(batch)
				before := r.figures.tally.Day()
				r.clock.Advance(max(batch[len(batch)-1].At.Time().Sub(r.clock.Now()), 0))
				r.store.before, r.store.after = n%17 == 0, n%19 == 0
				failed := r.journal.Append(ctx, batch) != nil
				if failed {
					if err := r.journal.Append(ctx, batch); err != nil {
						t.Fatal(err)
					}
				}
				if acd.At(r.clock.Now()) >= before.To {
					midnights++
				}
				if failed || acd.At(r.clock.Now()) >= r.figures.tally.Day().To {
					if err := r.figures.catchUp(ctx); err != nil {
						t.Fatal(err)
					}
				}
				r.check(fmt.Sprintf("after event %d", at))
				counted += r.figures.Group("g0").Offered
				if n%23 == 0 {
					r.open()
					r.check(fmt.Sprintf("restarted after event %d", at))
				}
				if n%31 == 0 {
					r.zone = r.zoneBefore(time.Duration(n) * time.Second)
					r.figures.setZone(r.zone)
					if err := r.figures.catchUp(ctx); err != nil {
						t.Fatal(err)
					}
					r.check(fmt.Sprintf("in another zone after event %d", at))
				}
			}
			if midnights == 0 || counted == 0 {
				t.Errorf("%d midnights, %d calls: nothing was tried", midnights, counted)
			}
		})
	}
}

// TestTheDayEndsByItself: at midnight nobody does anything, and the figures
// begin anew all the same.
func TestTheDayEndsByItself(t *testing.T) {
	r := newFiguresRig(t, 1, 6*time.Hour)
	r.history.Step(200)
	events := r.history.Events
	r.clock.Advance(events[len(events)-1].At.Time().Sub(r.clock.Now()))
	if err := r.journal.Append(t.Context(), events); err != nil {
		t.Fatal(err)
	}
	r.check("before midnight")
	changed := r.figures.Since(r.mark)
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- r.figures.run(ctx) }()
	for r.clock.Timers() == 0 {
		time.Sleep(time.Millisecond)
	}
	day := report.DayOf(r.clock.Now(), r.zone)
	r.clock.Advance(day.To.Time().Sub(r.clock.Now()))
	<-changed.More
	if after := r.figures.Since(changed.Mark); len(after.Operators) == 0 || len(after.Groups) == 0 {
		t.Errorf("told %+v", after)
	}
	if got := r.figures.Group("g0"); got.Answered != 0 {
		t.Errorf("at midnight: %+v", got)
	}
	r.check("at midnight")
	cancel()
	if err := <-ended; err != nil {
		t.Error(err)
	}
}
