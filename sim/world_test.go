// Package sim_test lives in a whole world: the real engine, journal and rows, and
// around them people and phones that are made up, with a time that is made up as
// well.
package sim_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"io"
	"log/slog"
	"math/rand/v2"
	"reflect"
	"slices"
	"time"

	"github.com/google/go-cmp/cmp"

	"bandeau/acd"
	"bandeau/acd/acdtest"
	"bandeau/engine"
	"bandeau/internal/clock"
	"bandeau/journal"
)

// worldTime is the time of a world. Whoever waits for it lets it pass: there is
// one goroutine. The engine's clock is wrong by skew.
type worldTime struct {
	now  acd.Instant
	skew time.Duration
}

func (t *worldTime) core() acd.Instant { return t.now.Add(t.skew) }

// Now implements [clock.Clock].
func (t *worldTime) Now() time.Time { return t.core().Time() }

// NewTimer implements [clock.Clock].
func (t *worldTime) NewTimer(d time.Duration) clock.Timer {
	t.now = t.now.Add(max(d, 0))
	fired := make(chan time.Time, 1)
	fired <- t.Now()
	return firedTimer(fired)
}

type firedTimer chan time.Time

func (t firedTimer) C() <-chan time.Time { return t }
func (t firedTimer) Stop()               {}

// happening is something that is to happen in the world.
type happening struct {
	at acd.Instant
	do func()
}

// request is a command on its way to the engine.
type request struct {
	command  acd.Command
	answered func(error)
}

// world is a centre and all that is around it.
type world struct {
	seed   uint64
	dice   *rand.Rand
	work   *acdtest.Workload
	time   *worldTime
	agenda []happening // by time, then as they were entered
	inbox  []request
	lines  map[acd.CallID]*line
	known  map[acd.CallID]bool // all there ever were

	store   *memstore
	journal *journal.Journal
	engine  *engine.Engine
	live    *acd.State // the engine's
	first   bool       // the engine has not taken a turn
	given   []acd.Effect
	dies    bool // at the next effects

	// core is a second core, which takes the steps of the first once they are kept:
	// it is what the world knows of the truth.
	core    *acd.State
	checker *acdtest.Checker
	codec   *journal.Codec
	done    []acdtest.Stepped

	unchecked bool // the second time only the bytes matter
	closing   bool // the day is over: nobody calls, nothing fails
	turns     int
	counts    map[string]int
	// sabotage is what a test breaks to see that it is noticed.
	sabotage func(*world)
}

func newWorld(seed uint64) *world {
	w := &world{
		seed: seed, dice: rand.New(rand.NewPCG(seed, 77)), work: acdtest.NewWorkload(seed),
		time: &worldTime{now: acdtest.Epoch}, lines: map[acd.CallID]*line{}, store: newMemstore(), known: map[acd.CallID]bool{},
		core: acd.New(seed), codec: journal.NewCodec(), counts: map[string]int{},
	}
	w.work.Restarts, w.work.NewIDs = 0, true
	w.checker = acdtest.NewChecker(w.core)
	w.checker.HashEvery = 25
	w.store.next = w.fault
	return w
}

func (w *world) pick(n int) int          { return w.dice.IntN(n) }
func (w *world) chance(percent int) bool { return w.dice.IntN(100) < percent }
func (w *world) count(what string)       { w.counts[what]++ }

// seconds is a time between two numbers of seconds.
func (w *world) seconds(from, to int) time.Duration {
	return time.Duration(from*1000+w.pick((to-from)*1000+1)) * time.Millisecond
}

// later has something happen after a time.
func (w *world) later(after time.Duration, do func()) {
	at := w.time.now.Add(after)
	i, _ := slices.BinarySearchFunc(w.agenda, at, func(h happening, at acd.Instant) int {
		if h.at <= at {
			return -1
		}
		return 1
	})
	w.agenda = slices.Insert(w.agenda, i, happening{at, do})
}

// tell puts a command into the inbox.
func (w *world) tell(c acd.Command) { w.inbox = append(w.inbox, request{command: c}) }

// fault is drawn for each append.
func (w *world) fault() fault {
	if w.closing {
		return noFault
	}
	f := noFault
	switch n := w.pick(1_000); {
	case n < 10:
		f = failBefore
	case n < 20:
		f = failAfter
	case n < 22:
		f = crashBefore
	case n < 24:
		f = crashAfter
	case n < 26:
		w.dies = true
	}
	if f != noFault {
		w.count([]string{"", "append failed", "answer lost", "crash before the journal", "crash after the journal"}[f])
	}
	return f
}

// boot starts the process: what the journal gives must be what was kept.
func (w *world) boot(ctx context.Context) error {
	j, r, err := journal.Open(ctx, w.store, centreID, func() *acd.State { return acd.New(w.seed) })
	if err != nil {
		return err
	}
	if r.State.Hash() != w.core.Hash() || r.Seq != uint64(len(w.store.entries)) || len(r.Passed) > 0 {
		return fmt.Errorf("recovered another state, at %d of %d events: %w", r.Seq, len(w.store.entries), errors.Join(r.Passed...))
	}
	w.journal, w.live, w.first = j, r.State, true
	w.engine = engine.New(engine.Config{
		State: r.State, Seq: r.Seq, Journal: j, Clock: w.time, Log: slog.New(slog.DiscardHandler),
		First: acd.Restarted{}, Effects: w.effects,
	})
	// The legs are gone, and those who report on them mostly too.
	w.lines, w.inbox = map[acd.CallID]*line{}, nil
	for i := range w.agenda {
		if w.chance(60) {
			w.agenda[i].do = func() {}
		}
	}
	w.morning(ctx)
	return nil
}

// morning has life go on after a start.
func (w *world) morning(ctx context.Context) {
	var arrivals, office func()
	booted := w.engine
	arrivals = func() {
		if w.closing || w.engine != booted {
			return
		}
		if len(w.lines) < 30 {
			w.arrive()
		}
		w.later(w.seconds(0, 12), arrivals)
	}
	office = func() {
		if w.closing || w.engine != booted {
			return
		}
		w.tell(w.work.Office(w.time.core(), w.core))
		if w.chance(2) {
			w.count("clock jumps")
			w.time.skew = w.seconds(0, 10) - 5*time.Second
		}
		if w.chance(2) {
			if err := w.journal.Checkpoint(ctx, w.journal.Seq(), w.core.Checkpoint()); err == nil {
				w.count("checkpoint")
			}
		}
		w.later(w.seconds(0, 6), office)
	}
	w.later(0, arrivals)
	w.later(0, office)
}

// effects carries out what the core asks for, unless the process dies meanwhile.
func (w *world) effects(effects []acd.Effect) {
	w.given = append(w.given, effects...)
	for i, f := range effects {
		if w.dies && i == len(effects)/2 {
			w.count("crash among the effects")
			panic(crash{kept: true})
		}
		w.carryOut(f)
	}
}

// turn gives the engine what is in the inbox and checks what it did.
func (w *world) turn(ctx context.Context) error {
	w.turns++
	batch := w.inbox
	if n := 1 + w.pick(4); len(batch) > n {
		batch = batch[:n]
	}
	w.inbox = w.inbox[len(batch):]
	steps := []acd.Command{acd.Tick{}}
	if w.first {
		steps = []acd.Command{acd.Restarted{}, acd.Tick{}}
	}
	extra := len(steps)
	for _, r := range batch {
		w.heard(r.command)
		steps = append(steps, r.command)
	}
	w.given, w.dies = nil, false
	now, before := w.time.core(), len(w.store.entries)
	answers, died, err := w.drive(ctx, steps[extra:])
	if err != nil {
		return err
	}
	booted := w.first
	w.first = false
	if died == nil || died.kept {
		if err := w.follow(now, steps, before, answers, died); err != nil {
			return err
		}
	}
	if died != nil {
		return w.boot(ctx)
	}
	if booted { // the files of the process before are looked after
		for _, id := range w.core.Unstored() {
			w.later(w.seconds(0, 2), func() { w.tell(acd.RecordingStored{Call: id}) })
		}
	}
	for i, r := range batch {
		if r.answered != nil {
			r.answered(answers[i])
		}
	}
	return w.compare()
}

// drive takes the engine's turn and says of what it died.
func (w *world) drive(ctx context.Context, commands []acd.Command) (answers []error, died *crash, err error) {
	defer func() {
		switch r := recover().(type) {
		case nil:
		case crash:
			died = &r
		default:
			err = fmt.Errorf("panic: %v", r)
			for _, c := range commands {
				w.done = append(w.done, acdtest.Stepped{At: w.time.core(), Command: c})
			}
		}
	}()
	answers, err = w.engine.Turn(ctx, commands...)
	return answers, nil, err
}

// follow has the second core take the steps of the engine's: it must come to the
// same events, effects and answers.
func (w *world) follow(now acd.Instant, steps []acd.Command, before int, answers []error, died *crash) error {
	var entries []journal.Entry
	var effects []acd.Effect
	for i, c := range steps {
		w.done = append(w.done, acdtest.Stepped{At: now, Command: c})
		evs, effs, refused := w.core.Step(now, c)
		if !w.unchecked {
			if err := w.checker.Observe(now, c, evs, effs, refused); err != nil {
				return fmt.Errorf("%+v: %w", c, err)
			}
		}
		if j := i - (len(steps) - len(answers)); j >= 0 && fmt.Sprint(answers[j]) != fmt.Sprint(refused) {
			return fmt.Errorf("%+v is answered %v, not %v", c, answers[j], refused) //nolint:errorlint // it is only shown
		}
		for _, e := range evs {
			entry, err := w.codec.Encode(acd.Recorded{Seq: uint64(before+len(entries)) + 1, At: w.core.Now(), Event: e})
			if err != nil {
				return err
			}
			entries = append(entries, entry)
		}
		effects = append(effects, effs...)
	}
	w.core.TakeChanges()
	same := func(a, b journal.Entry) bool {
		data := bytes.Equal(a.Data, b.Data)
		a.Data, b.Data = nil, nil
		return data && reflect.DeepEqual(a, b)
	}
	if kept := w.store.entries[before:]; !slices.EqualFunc(kept, entries, same) {
		return fmt.Errorf("the same steps gave other events: %s", cmp.Diff(kept, entries))
	}
	if died == nil && fmt.Sprint(w.given) != fmt.Sprint(effects) {
		return fmt.Errorf("the same steps gave other effects: %s", cmp.Diff(w.given, effects))
	}
	return nil
}

// compare holds the phones and the floor to the core.
func (w *world) compare() error {
	if w.sabotage != nil {
		w.sabotage(w)
	}
	w.forget()
	if w.unchecked {
		return nil
	}
	if wrong := w.phonesAgree(w.core.Checkpoint()); wrong != "" {
		return errors.New(wrong)
	}
	if w.turns%10 == 0 {
		return w.floorIsLive()
	}
	return nil
}

// floorIsLive compares the rows that readers see with the live state.
func (w *world) floorIsLive() error {
	floor, want := w.engine.Snapshot(), engine.Rows{Seq: uint64(len(w.store.entries))}
	for _, id := range w.core.OperatorIDs() {
		v, _ := w.core.Operator(id)
		want.Operators = append(want.Operators, v)
	}
	for _, id := range w.core.GroupIDs() {
		v, _ := w.core.Group(id)
		want.Groups = append(want.Groups, v)
	}
	for _, id := range w.core.CallIDs() {
		v, _ := w.core.Call(id)
		want.Calls = append(want.Calls, v)
	}
	if !cmp.Equal(floor, want) {
		return fmt.Errorf("the floor shows something else: %s", cmp.Diff(want, floor))
	}
	if w.live.Hash() != w.core.Hash() {
		return errors.New("the engine's state is another one")
	}
	return nil
}

// run lives so many turns, then lets the day end.
func (w *world) run(ctx context.Context, turns int) error {
	if err := w.boot(ctx); err != nil {
		return err
	}
	w.closing = true // nothing fails before there is anything
	for _, c := range w.work.Opening() {
		w.tell(c)
	}
	for len(w.inbox) > 0 {
		if err := w.turn(ctx); err != nil {
			return err
		}
	}
	w.closing = false
	w.morning(ctx)
	for w.turns < turns {
		if err := w.next(ctx); err != nil {
			return err
		}
	}
	return w.evening(ctx)
}

// next lets time pass to what comes next: something in the world, or a deadline of
// the core.
func (w *world) next(ctx context.Context) error {
	if len(w.inbox) == 0 {
		due, ok := w.core.Deadline()
		due = due.Add(-w.time.skew)
		if len(w.agenda) > 0 && (!ok || w.agenda[0].at < due) {
			due, ok = w.agenda[0].at, true
		}
		if !ok {
			return errors.New("nothing will ever happen again")
		}
		w.time.now = max(w.time.now, due)
		for len(w.agenda) > 0 && w.agenda[0].at <= w.time.now {
			do := w.agenda[0].do
			w.agenda = slices.Delete(w.agenda, 0, 1)
			do()
		}
		if len(w.inbox) == 0 {
			if at, ok := w.core.Deadline(); !ok || at > w.time.core() {
				return nil // it came to nothing
			}
		}
	}
	return w.turn(ctx)
}

// evening lets the day end: nobody calls any more, and every call comes to its end
// by itself.
func (w *world) evening(ctx context.Context) error {
	w.closing = true
	for i := 0; len(w.agenda)+len(w.inbox)+len(w.core.CallIDs()) > 0; i++ {
		if i > 20_000 {
			return fmt.Errorf("calls that never end: %+v", w.core.Checkpoint().Calls)
		}
		if err := w.next(ctx); err != nil {
			return err
		}
	}
	if w.unchecked {
		return nil
	}
	if unstored := w.core.Unstored(); len(unstored) > 0 {
		return fmt.Errorf("recordings %v were never stored", unstored)
	}
	return w.reconcile(ctx)
}

// bytes is a digest of all that the world has kept and is.
func (w *world) bytes() uint64 {
	h := fnv.New64a()
	for _, e := range w.store.entries {
		_, _ = fmt.Fprintln(h, e.Seq, e.At, e.Type, e.Version)
		_, _ = io.Copy(h, bytes.NewReader(e.Data))
	}
	_, _ = fmt.Fprintln(h, w.core.Hash(), w.turns, w.time.now)
	return h.Sum64()
}
