package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"bandeau/acd"
	"bandeau/api"
	"bandeau/internal/clock"
	"bandeau/journal"
	"bandeau/report"
	"bandeau/store"
)

// figures keep the figures of a centre's day up to date. They stand between the
// journal and the store: whatever rows are stored are counted at once, so that
// no reader asks the store, and they are there before the floor shows what
// changed them. What is read from the store is read while nothing is appended;
// that happens on start, when the time zone changes, and after an append of
// which it is not known whether it was kept.
type figures struct {
	journal.Store

	centre  string
	reports store.Reports
	clock   clock.Clock
	log     *slog.Logger
	// appending is held while rows are stored, or read to be counted.
	appending sync.Mutex
	// again holds a token when the store must be read, or the day is another.
	again chan struct{}

	mu    sync.RWMutex
	zone  *time.Location
	tally *report.Tally
	// stale means that the store may hold what is not counted.
	stale bool
	// mark counts the changes; operators and groups have that of their last one.
	mark      uint64
	operators map[acd.OperatorID]uint64
	groups    map[acd.GroupID]uint64
	more      chan struct{}
}

func newFigures(s store.Store, centre string, zone *time.Location, c clock.Clock, log *slog.Logger) *figures {
	return &figures{
		Store: s, centre: centre, reports: s, clock: c, log: log.With("centre", centre), again: make(chan struct{}, 1),
		zone: zone, tally: report.NewTally(report.DayOf(c.Now(), zone), nil, nil, report.OpenRows{}),
		operators: map[acd.OperatorID]uint64{}, groups: map[acd.GroupID]uint64{}, more: make(chan struct{}),
	}
}

// AppendEvents implements journal.Store: it counts what it stores.
func (f *figures) AppendEvents(ctx context.Context, centre string, entries []journal.Entry, rows report.Rows) error {
	f.appending.Lock()
	defer f.appending.Unlock()
	err := f.Store.AppendEvents(ctx, centre, entries, rows)
	f.mu.Lock()
	defer f.mu.Unlock()
	if err != nil {
		f.stale = true
		f.wake()
		return err
	}
	if at := latest(rows); at >= f.tally.Day().To {
		f.begin(report.DayOf(at.Time(), f.zone))
	}
	f.tell(f.tally.Take(rows))
	return nil
}

// latest is when the youngest of the counted rows began.
func latest(rows report.Rows) acd.Instant {
	var at acd.Instant
	for _, p := range rows.Parts {
		at = max(at, p.OfferedAt)
	}
	for _, v := range rows.Visits {
		at = max(at, v.From)
	}
	return at
}

// begin begins a day of which nothing is stored yet.
func (f *figures) begin(day report.Day) {
	before := f.tally.All()
	f.tally = report.NewTally(day, nil, nil, report.OpenRows{})
	f.tell(before)
}

// tell notes changes and wakes who waits for them.
func (f *figures) tell(changed report.Tallied) {
	if len(changed.Operators)+len(changed.Groups) == 0 {
		return
	}
	f.mark++
	for _, id := range changed.Operators {
		f.operators[id] = f.mark
	}
	for _, id := range changed.Groups {
		f.groups[id] = f.mark
	}
	close(f.more)
	f.more = make(chan struct{})
}

func (f *figures) wake() {
	select {
	case f.again <- struct{}{}:
	default: // it will look anyway
	}
}

// load counts the day anew from the store.
func (f *figures) load(ctx context.Context) error {
	f.appending.Lock()
	defer f.appending.Unlock()
	f.mu.RLock()
	zone := f.zone
	f.mu.RUnlock()
	day := report.DayOf(f.clock.Now(), zone)
	operators, err := f.reports.OperatorCounts(ctx, f.centre, day.From, day.To)
	if err != nil {
		return fmt.Errorf("count operators: %w", err)
	}
	groups, err := f.reports.GroupCounts(ctx, f.centre, day.From, day.To)
	if err != nil {
		return fmt.Errorf("count groups: %w", err)
	}
	open, err := f.OpenRows(ctx, f.centre)
	if err != nil {
		return fmt.Errorf("read open rows: %w", err)
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	before := f.tally.All()
	f.tally, f.stale = report.NewTally(day, operators, groups, open), f.zone != zone
	f.tell(before)
	f.tell(f.tally.All())
	return nil
}

// setZone takes the centre's time zone over: with it the day may be another.
func (f *figures) setZone(zone *time.Location) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.zone.String() == zone.String() {
		return
	}
	f.zone, f.stale = zone, true
	f.wake()
}

// reloadAfter is how long after a failure the store is asked again.
const reloadAfter = time.Second

// run begins each new day, and counts anew when that is needed.
func (f *figures) run(ctx context.Context) error {
	for {
		timer := f.clock.NewTimer(f.due())
		select {
		case <-ctx.Done():
			timer.Stop()
			return nil
		case <-f.again:
			timer.Stop()
		case <-timer.C():
		}
		if err := f.catchUp(ctx); err != nil && !errors.Is(err, context.Canceled) {
			f.log.WarnContext(ctx, "figures of the day not counted", "error", err)
		}
	}
}

// due is how long there is nothing to do but for what wakes it.
func (f *figures) due() time.Duration {
	f.mu.RLock()
	defer f.mu.RUnlock()
	if f.stale {
		return reloadAfter
	}
	return max(f.tally.Day().To.Time().Sub(f.clock.Now()), 0)
}

func (f *figures) catchUp(ctx context.Context) error {
	f.mu.Lock()
	stale := f.stale
	if !stale && acd.At(f.clock.Now()) >= f.tally.Day().To {
		f.begin(report.DayOf(f.clock.Now(), f.zone))
	}
	f.mu.Unlock()
	if !stale {
		return nil
	}
	return f.load(ctx)
}

var _ api.Figures = (*figures)(nil)

// Operator implements api.Figures.
func (f *figures) Operator(id acd.OperatorID) report.OperatorCounts {
	f.mu.RLock()
	defer f.mu.RUnlock()
	return f.tally.Operator(id)
}

// Group implements api.Figures.
func (f *figures) Group(id acd.GroupID) report.GroupCounts {
	f.mu.RLock()
	defer f.mu.RUnlock()
	return f.tally.Group(id)
}

// Since implements api.Figures.
func (f *figures) Since(mark uint64) api.FiguresChanged {
	f.mu.RLock()
	defer f.mu.RUnlock()
	changed := api.FiguresChanged{Mark: f.mark, More: f.more}
	if mark == f.mark {
		return changed
	}
	for id, at := range f.operators {
		if at > mark {
			changed.Operators = append(changed.Operators, id)
		}
	}
	for id, at := range f.groups {
		if at > mark {
			changed.Groups = append(changed.Groups, id)
		}
	}
	return changed
}
