package engine_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"bandeau/acd"
	"bandeau/engine"
	"bandeau/internal/clock"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// fakeJournal keeps events in memory. It can be made to fail or to hang.
type fakeJournal struct {
	mu          sync.Mutex
	events      []acd.Recorded
	appends     int
	fail        error
	attempts    int
	hold        chan struct{} // when set, Append waits for it
	entered     chan struct{} // told of each Append that waits
	checkpoints []uint64
	saving      int           // Checkpoint calls under way
	holdSave    chan struct{} // when set, Checkpoint waits for it
	saved       []acd.Checkpoint
}

func (j *fakeJournal) Append(ctx context.Context, events []acd.Recorded) error {
	j.mu.Lock()
	hold, fail := j.hold, j.fail
	j.attempts++
	j.mu.Unlock()
	if hold != nil {
		j.entered <- struct{}{}
		select {
		case <-hold:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	if fail != nil {
		return fail
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	j.events = append(j.events, events...)
	j.appends++
	return nil
}

func (j *fakeJournal) Checkpoint(_ context.Context, seq uint64, state acd.Checkpoint) error {
	j.mu.Lock()
	j.saving++
	hold := j.holdSave
	j.mu.Unlock()
	if hold != nil {
		<-hold
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	j.saving--
	j.checkpoints, j.saved = append(j.checkpoints, seq), append(j.saved, state)
	return nil
}

func (j *fakeJournal) set(f func(*fakeJournal)) {
	j.mu.Lock()
	defer j.mu.Unlock()
	f(j)
}

func (j *fakeJournal) recorded() []acd.Recorded {
	j.mu.Lock()
	defer j.mu.Unlock()
	return slices.Clone(j.events)
}

// rig is a running engine.
type rig struct {
	*engine.Engine
	t       *testing.T
	journal *fakeJournal
	clock   *clock.Manual
	mu      sync.Mutex
	effects []acd.Effect
	stop    func()
}

func start(t *testing.T) *rig {
	t.Helper()
	r := &rig{t: t, journal: &fakeJournal{}, clock: clock.NewManual(time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC))}
	r.Engine = engine.New(engine.Config{
		State: acd.New(1), Journal: r.journal, Clock: r.clock, Log: slog.New(slog.DiscardHandler),
		Effects: func(effects []acd.Effect) {
			r.mu.Lock()
			defer r.mu.Unlock()
			r.effects = append(r.effects, effects...)
		},
	})
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- r.Run(ctx) }()
	r.stop = sync.OnceFunc(func() {
		cancel()
		if err := <-done; err != nil {
			t.Errorf("engine ended with %v", err)
		}
	})
	t.Cleanup(r.stop)
	return r
}

// centre configures one operator, available on an external phone, in one group.
func (r *rig) centre() {
	r.t.Helper()
	for _, c := range []acd.Command{
		acd.ConfigureOperator{Config: acd.OperatorConfig{
			ID: "anna", Name: "Anna", Enabled: true, RingSeconds: 20, RetrySeconds: 30,
			Phone: acd.Phone{Kind: acd.PhoneExternal, Number: "+33170200299"},
		}},
		acd.ConfigureGroup{Config: acd.GroupConfig{
			ID: "sales", Name: "Sales", Strategy: acd.LongestIdle, Priority: 50, WrapUpSeconds: 10,
			Members: []acd.Member{{Operator: "anna", Order: 1, Level: 1}},
		}},
		acd.ConfigurePauseType{Config: acd.PauseTypeConfig{ID: "lunch"}},
		acd.Login{Operator: "anna", Session: "s1"},
	} {
		if err := r.Do(r.t.Context(), c); err != nil {
			r.t.Fatalf("%T: %v", c, err)
		}
	}
}

func arrival(id string) acd.CallArrived {
	return acd.CallArrived{
		Call: acd.CallID(id), Caller: "+33612345678", Called: "+33170200200", Service: "n1",
		Destination: acd.Destination{Kind: acd.ToGroup, Group: "sales"},
	}
}

func (r *rig) placed() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	n := 0
	for _, e := range r.effects {
		if _, ok := e.(acd.PlaceLeg); ok {
			n++
		}
	}
	return n
}

// until waits for a condition that another goroutine brings about.
func (r *rig) until(what string, ok func() bool) {
	r.t.Helper()
	deadline := time.Now().Add(10 * time.Second)
	for !ok() {
		if time.Now().After(deadline) {
			r.t.Fatalf("never came: %s", what)
		}
		time.Sleep(time.Millisecond)
	}
}

// TestDurableBeforeVisible: while the journal has not said that it has the
// events, no phone rings, no row changes and nobody gets an answer.
func TestDurableBeforeVisible(t *testing.T) {
	r := start(t)
	r.centre()
	hold := make(chan struct{})
	r.journal.set(func(j *fakeJournal) { j.hold, j.entered = hold, make(chan struct{}, 1) })
	_, changes, cancel := r.Subscribe()
	defer cancel()
	answered := make(chan error, 1)
	go func() { answered <- r.Do(t.Context(), arrival("c1")) }()
	<-r.journal.entered
	if n := r.placed(); n != 0 {
		t.Errorf("%d phones ring before the offer is durable", n)
	}
	if _, ok := r.Call("c1"); ok {
		t.Error("the call is on the floor before it is durable")
	}
	select {
	case rows := <-changes:
		t.Errorf("a reader was told of %+v", rows)
	case err := <-answered:
		t.Errorf("answered %v before it is durable", err)
	default:
	}
	r.journal.set(func(j *fakeJournal) { j.hold = nil })
	close(hold)
	if err := <-answered; err != nil {
		t.Fatal(err)
	}
	if n := r.placed(); n != 1 {
		t.Errorf("%d phones ring, want 1", n)
	}
	if v, ok := r.Call("c1"); !ok || v.State != acd.CallRinging || v.Operator != "anna" {
		t.Errorf("the floor shows %+v, %v", v, ok)
	}
	if rows := <-changes; len(rows.Calls) != 1 || rows.Seq != r.Snapshot().Seq {
		t.Errorf("the reader was told of %+v", rows)
	}
}

// TestGroupCommit: what comes in during one transaction shares the next.
func TestGroupCommit(t *testing.T) {
	r := start(t)
	r.centre()
	hold := make(chan struct{})
	r.journal.set(func(j *fakeJournal) { j.hold, j.entered = hold, make(chan struct{}, 2) })
	var wg sync.WaitGroup
	wg.Go(func() { _ = r.Do(t.Context(), arrival("c0")) })
	<-r.journal.entered
	before := len(r.journal.recorded())
	const n = 100
	for i := range n {
		r.Post(arrival(fmt.Sprintf("d%d", i)))
	}
	appends := 0
	r.journal.set(func(j *fakeJournal) { j.hold, appends = nil, j.appends })
	close(hold)
	wg.Wait()
	if err := r.Ask(t.Context(), func(*acd.State) {}); err != nil {
		t.Fatal(err)
	}
	r.journal.set(func(j *fakeJournal) { appends = j.appends - appends })
	if appends > 3 {
		t.Errorf("%d transactions for %d calls", appends, n)
	}
	if got := len(r.journal.recorded()); got < before+n {
		t.Errorf("%d events", got)
	}
	if g, _ := r.Group("sales"); g.Waiting != n+1 {
		t.Errorf("%d waiting, want %d", g.Waiting, n+1)
	}
}

// TestSequence: events are numbered from 1 without a gap, whoever asked.
func TestSequence(t *testing.T) {
	r := start(t)
	r.centre()
	var wg sync.WaitGroup
	for i := range 20 {
		wg.Go(func() {
			id := fmt.Sprintf("c%d", i)
			if err := r.Do(t.Context(), arrival(id)); err != nil {
				t.Error(err)
			}
			r.Post(acd.LegEnded{Call: acd.CallID(id), Leg: 1, Cause: acd.EndHungUp})
		})
	}
	wg.Wait()
	r.until("all calls over", func() bool { return len(r.Snapshot().Calls) == 0 })
	for i, e := range r.journal.recorded() {
		if e.Seq != uint64(i)+1 {
			t.Fatalf("event %d has number %d", i+1, e.Seq)
		}
	}
}

// TestRefusal: a refused command leaves no trace.
func TestRefusal(t *testing.T) {
	r := start(t)
	r.centre()
	before := len(r.journal.recorded())
	err := r.Do(t.Context(), acd.SetPresence{Operator: "nobody", Presence: acd.Paused})
	refused, ok := errors.AsType[*acd.Error](err)
	if !ok || refused.Code != acd.ErrUnknownOperator {
		t.Errorf("got %v", err)
	}
	if after := len(r.journal.recorded()); after != before {
		t.Errorf("%d events of a refused command", after-before)
	}
}

// TestDeadline: time alone makes things happen, at the core's deadline.
func TestDeadline(t *testing.T) {
	r := start(t)
	r.centre()
	if err := r.Do(t.Context(), arrival("c1")); err != nil {
		t.Fatal(err)
	}
	r.until("a timer", func() bool { return r.clock.Timers() == 1 })
	for range 20 { // the ring time, in the steps in which the engine looks at the clock
		r.clock.Advance(time.Second)
		r.until("a timer", func() bool { return r.clock.Timers() == 1 })
	}
	r.until("no answer", func() bool {
		v, _ := r.Operator("anna")
		return v.Activity == acd.Idle && v.IgnoredUntil != 0
	})
	found := slices.ContainsFunc(r.journal.recorded(), func(e acd.Recorded) bool {
		ended, ok := e.Event.(acd.OfferEnded)
		return ok && ended.Outcome == acd.OfferNoAnswer
	})
	if !found {
		t.Error("no offer ended unanswered")
	}
}

// TestFirst: what came due while no process ran is not decided before the end
// of the calls that the last process took with it: a ring among them is nobody's
// missed call and goes on nowhere.
func TestFirst(t *testing.T) {
	r := start(t)
	r.centre()
	if err := r.Do(t.Context(), arrival("c1")); err != nil {
		t.Fatal(err)
	}
	r.stop() // as a crash leaves it: the call rings
	state := acd.New(1)
	for _, e := range r.journal.recorded() {
		state.Apply(e.At, e.Event)
	}
	r.clock.Advance(time.Hour)
	again := engine.New(engine.Config{
		State: state, Seq: uint64(len(r.journal.recorded())), Journal: r.journal, Clock: r.clock,
		Log: slog.New(slog.DiscardHandler), First: acd.Restarted{},
		Effects: func(effects []acd.Effect) { t.Errorf("effects %+v", effects) },
	})
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- again.Run(ctx) }()
	if err := again.Ask(t.Context(), func(*acd.State) {}); err != nil {
		t.Fatal(err)
	}
	if v, _ := again.Operator("anna"); v.Missed != 0 || v.IgnoredUntil != 0 || v.Activity != acd.Idle {
		t.Errorf("the operator it rang at is %+v", v)
	}
	if _, ok := again.Call("c1"); ok {
		t.Error("the call goes on")
	}
	cancel()
	if err := <-done; err != nil {
		t.Error(err)
	}
}

// TestJournalFails: the engine holds back what it cannot write, refuses new
// calls, and goes on where it was once the journal does.
func TestJournalFails(t *testing.T) {
	r := start(t)
	r.centre()
	r.journal.set(func(j *fakeJournal) { j.fail, j.attempts = errors.New("disk full"), 0 })
	answered := make(chan error, 1)
	go func() { answered <- r.Do(t.Context(), arrival("c1")) }()
	r.until("unhealthy", func() bool { return !r.Healthy() })
	if err := r.Arrive(t.Context(), arrival("c2")); !errors.Is(err, engine.ErrOverloaded) {
		t.Errorf("a new call gets %v", err)
	}
	if r.placed() != 0 {
		t.Error("a phone rings for an offer that is not written down")
	}
	r.journal.set(func(j *fakeJournal) { j.fail = nil })
	r.until("the retry", func() bool {
		r.clock.Advance(time.Second)
		return r.Healthy()
	})
	if err := <-answered; err != nil {
		t.Errorf("the call that waited got %v", err)
	}
	if r.placed() != 1 {
		t.Errorf("%d phones ring, want 1", r.placed())
	}
}

// TestSlowReader: a reader that does not read is cut off and starts again.
func TestSlowReader(t *testing.T) {
	r := start(t)
	r.centre()
	_, changes, cancel := r.Subscribe()
	defer cancel()
	for i := range 300 {
		change := acd.SetPresence{Operator: "anna", Presence: acd.Available}
		if i%2 == 0 {
			change.Presence, change.PauseType = acd.Paused, "lunch"
		}
		if err := r.Do(t.Context(), change); err != nil {
			t.Fatal(err)
		}
	}
	n := 0
	for range changes {
		n++
	}
	if n == 0 || n >= 300 {
		t.Errorf("the slow reader got %d deltas and was never cut off", n)
	}
	if snapshot, _, again := r.Subscribe(); snapshot.Seq != uint64(len(r.journal.recorded())) {
		t.Errorf("the new snapshot is at %d", snapshot.Seq)
	} else {
		again()
	}
}

// TestSnapshotAndDeltas: a snapshot and the deltas after it make the rows of now.
func TestSnapshotAndDeltas(t *testing.T) {
	r := start(t)
	r.centre()
	snapshot, changes, cancel := r.Subscribe()
	defer cancel()
	for i := range 10 {
		id := acd.CallID(fmt.Sprintf("c%d", i))
		if err := r.Do(t.Context(), arrival(string(id))); err != nil {
			t.Fatal(err)
		}
		if i%3 == 0 {
			if err := r.Do(t.Context(), acd.LegEnded{Call: id, Leg: 1, Cause: acd.EndHungUp}); err != nil {
				t.Fatal(err)
			}
		}
	}
	live := make(map[acd.CallID]acd.CallView)
	for _, v := range snapshot.Calls {
		live[v.ID] = v
	}
	last, now := snapshot.Seq, r.Snapshot()
	for last < now.Seq {
		rows := <-changes
		if rows.Seq <= last {
			t.Fatalf("delta %d after %d", rows.Seq, last)
		}
		last = rows.Seq
		for _, v := range rows.Calls {
			live[v.ID] = v
		}
		for _, id := range rows.RemovedCalls {
			delete(live, id)
		}
	}
	if len(live) != len(now.Calls) {
		t.Fatalf("%d calls by deltas, %d in the snapshot", len(live), len(now.Calls))
	}
	for _, v := range now.Calls {
		if got := live[v.ID]; got.State != v.State || got.Operator != v.Operator {
			t.Errorf("call %s: %+v by deltas, %+v in the snapshot", v.ID, got, v)
		}
	}
}

// TestStop: the end writes a checkpoint, and later requests are told.
func TestStop(t *testing.T) {
	r := start(t)
	r.centre()
	r.stop()
	if got := r.journal.checkpoints; len(got) != 1 || got[0] != uint64(len(r.journal.recorded())) {
		t.Errorf("checkpoints at %v", got)
	}
	if err := r.Do(t.Context(), arrival("c1")); !errors.Is(err, engine.ErrStopped) {
		t.Errorf("got %v", err)
	}
	r.Post(arrival("c2")) // must not block
	if _, changes, cancel := r.Subscribe(); changes != nil {
		if _, ok := <-changes; ok {
			t.Error("a stopped engine sends deltas")
		}
		cancel()
	}
}

// What was reported before the engine was told to end is still recorded.
func TestReportsBeforeTheEnd(t *testing.T) {
	for range 20 { // which of the two it notices first is chance
		r := start(t)
		hold := make(chan struct{})
		r.journal.set(func(j *fakeJournal) { j.hold, j.entered = hold, make(chan struct{}, 1) })
		r.Post(acd.ConfigurePauseType{Config: acd.PauseTypeConfig{ID: "first"}})
		<-r.journal.entered
		r.Post(acd.ConfigurePauseType{Config: acd.PauseTypeConfig{ID: "last"}})
		r.journal.set(func(j *fakeJournal) { j.hold = nil })
		r.stop()
		if n := len(r.journal.recorded()); n != 2 {
			t.Fatalf("%d events, want 2", n)
		}
	}
}
