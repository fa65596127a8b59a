package engine

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync/atomic"
	"time"

	"bandeau/acd"
	"bandeau/internal/clock"
)

// ErrStopped is returned for a command that the engine no longer takes.
var ErrStopped = errors.New("engine: stopped")

// ErrOverloaded is returned for a new call when too many commands are waiting.
var ErrOverloaded = errors.New("engine: overloaded")

// Journal makes events durable.
type Journal interface {
	// Append writes the events, in order and without gaps, in one transaction.
	// When it fails nothing was written.
	Append(ctx context.Context, events []acd.Recorded) error
	// Checkpoint keeps the state as it is after event seq. It is called by one
	// goroutine at a time, but while Append is called by another.
	Checkpoint(ctx context.Context, seq uint64, state acd.Checkpoint) error
}

// Config is what an engine needs.
type Config struct {
	State   *acd.State // as recovered from the journal
	Seq     uint64     // the last event in it
	Journal Journal
	Clock   clock.Clock
	Log     *slog.Logger
	// First, when there is one, is decided before all else, also before what
	// came due while nothing ran: a ring that the process before took with it
	// is nobody's missed call, and rings nowhere else.
	First acd.Command
	// Effects carries out a step's effects. It must not block and must not call
	// the engine.
	Effects func([]acd.Effect)
}

// Engine owns a centre's live state. Make one with New and start Run, or drive it
// with Turn.
type Engine struct {
	cfg     Config
	mailbox chan request
	stopped chan struct{}
	failing atomic.Bool
	floor   *floor

	// Owned by Run, or by who calls Turn.
	seq        uint64
	checkpoint uint64 // the event whose checkpoint was taken last
	saver      *saver
}

// request is one entry of the mailbox: a command or a question.
type request struct {
	command acd.Command
	ask     func(*acd.State)
	reply   chan error // nil when nobody waits
}

// New returns an engine that has not started.
func New(cfg Config) *Engine {
	e := &Engine{
		cfg:        cfg,
		mailbox:    make(chan request, mailboxLength),
		stopped:    make(chan struct{}),
		floor:      newFloor(),
		seq:        cfg.Seq,
		checkpoint: cfg.Seq,
		saver:      newSaver(cfg.Journal, cfg.Log),
	}
	e.floor.publish(cfg.Seq, cfg.State, everything(cfg.State))
	return e
}

// Do asks the core and returns when its answer is durable. A refusal is an
// [*acd.Error].
func (e *Engine) Do(ctx context.Context, c acd.Command) error {
	return e.send(ctx, request{command: c, reply: make(chan error, 1)})
}

// Arrive is Do for a new call: it is refused with ErrOverloaded, instead of
// waiting, when the engine has too much to do.
func (e *Engine) Arrive(ctx context.Context, c acd.Command) error {
	if len(e.mailbox) > newCallMark || e.failing.Load() {
		return ErrOverloaded
	}
	return e.Do(ctx, c)
}

// Ask lets f read the state, between two steps; f must not keep it. What f saw
// is durable when Ask returns.
func (e *Engine) Ask(ctx context.Context, f func(*acd.State)) error {
	return e.send(ctx, request{ask: f, reply: make(chan error, 1)})
}

// Post hands over a report that needs no answer. It waits for room in the
// mailbox; after the end of the engine it does nothing.
func (e *Engine) Post(c acd.Command) {
	select {
	case e.mailbox <- request{command: c}:
	case <-e.stopped:
	}
}

// Healthy reports whether the journal takes what is written to it.
func (e *Engine) Healthy() bool { return !e.failing.Load() }

func (e *Engine) send(ctx context.Context, r request) error {
	select {
	case e.mailbox <- r:
	case <-e.stopped:
		return ErrStopped
	case <-ctx.Done():
		return ctx.Err()
	}
	select {
	case err := <-r.reply:
		return err
	case <-ctx.Done():
		return ctx.Err()
	case <-e.stopped:
		// The last batch may have answered just before the end.
		select {
		case err := <-r.reply:
			return err
		default:
			return ErrStopped
		}
	}
}

// Run owns the state until ctx ends, then writes a checkpoint. It returns nil
// when it was told to end.
func (e *Engine) Run(ctx context.Context) error {
	defer e.floor.close()
	defer close(e.stopped)
	// A checkpoint that is being written is not worth losing to the end.
	go e.saver.run(context.WithoutCancel(ctx))
	defer e.saver.close()
	if e.cfg.First != nil {
		if err := e.turn(ctx, []request{{command: e.cfg.First}}); err != nil {
			return err
		}
	}
	for {
		batch, ok := e.gather(ctx)
		if !ok {
			e.takeCheckpoint()
			return nil
		}
		if err := e.turn(ctx, batch); err != nil {
			return err
		}
		if e.checkpointDue() && e.saver.idle() {
			e.takeCheckpoint()
		}
	}
}

// Turn carries out commands in one transaction at once, as Run's loop does, and
// returns the answer to each. An engine is driven by Run or by Turn, never by
// both; Turn is for who owns the time as well, and has everything done when it
// returns.
func (e *Engine) Turn(ctx context.Context, commands ...acd.Command) ([]error, error) {
	var batch []request
	if e.cfg.First != nil {
		batch = append(batch, request{command: e.cfg.First})
		e.cfg.First = nil
	}
	batch = append(batch, request{command: acd.Tick{}})
	before := len(batch)
	for _, c := range commands {
		batch = append(batch, request{command: c, reply: make(chan error, 1)})
	}
	if err := e.turn(ctx, batch); err != nil {
		return nil, err
	}
	if e.checkpointDue() {
		e.saver.write(ctx, saving{e.seq, e.cfg.State.Checkpoint()})
		e.checkpoint = e.seq
	}
	answers := make([]error, len(commands))
	for i := range answers {
		answers[i] = <-batch[before+i].reply
	}
	return answers, nil
}

// gather waits for a command or a deadline and takes what else is there. Time
// comes first, so that a command never finds a timer that has run out but has
// not been noticed; a tick with nothing due does nothing.
func (e *Engine) gather(ctx context.Context) ([]request, bool) {
	timer := e.cfg.Clock.NewTimer(e.untilDeadline())
	defer timer.Stop()
	batch := []request{{command: acd.Tick{}}}
	select {
	case <-ctx.Done():
		if len(e.mailbox) == 0 { // what was reported before the end still counts
			return nil, false
		}
	case r := <-e.mailbox:
		batch = append(batch, r)
	case <-timer.C():
	}
	for len(batch) < batchLength {
		select {
		case r := <-e.mailbox:
			batch = append(batch, r)
		default:
			return batch, true
		}
	}
	return batch, true
}

func (e *Engine) untilDeadline() time.Duration {
	deadline, ok := e.cfg.State.Deadline()
	if !ok {
		return longestSleep
	}
	return min(deadline.Sub(e.now()), longestSleep)
}

func (e *Engine) now() acd.Instant { return acd.At(e.cfg.Clock.Now()) }

// turn decides, writes, and only then shows.
func (e *Engine) turn(ctx context.Context, batch []request) error {
	now := e.now()
	answers := make([]error, len(batch))
	var events []acd.Recorded
	var effects []acd.Effect
	step := func(c acd.Command) error {
		evs, effs, err := e.cfg.State.Step(now, c)
		if err != nil {
			return err
		}
		for _, ev := range evs {
			e.seq++
			events = append(events, acd.Recorded{Seq: e.seq, At: e.cfg.State.Now(), Event: ev})
		}
		effects = append(effects, effs...)
		return nil
	}
	for i, r := range batch {
		switch {
		case r.ask != nil:
			r.ask(e.cfg.State)
		default:
			answers[i] = step(r.command)
		}
	}
	if err := e.write(ctx, events); err != nil {
		return err
	}
	e.floor.publish(e.seq, e.cfg.State, e.cfg.State.TakeChanges())
	if len(effects) > 0 {
		e.cfg.Effects(effects)
	}
	e.answer(ctx, batch, answers)
	return nil
}

func (e *Engine) checkpointDue() bool { return e.seq-e.checkpoint >= checkpointEvery }

func (e *Engine) answer(ctx context.Context, batch []request, answers []error) {
	for i, r := range batch {
		switch {
		case r.reply != nil:
			r.reply <- answers[i]
		case answers[i] != nil:
			e.cfg.Log.DebugContext(ctx, "report refused",
				"command", fmt.Sprintf("%T", r.command), "error", answers[i])
		}
	}
}

// write makes the events durable, however often it has to try: the state is
// already ahead of the journal, so there is no other way on. It gives up only
// when the engine is to end.
func (e *Engine) write(ctx context.Context, events []acd.Recorded) error {
	if len(events) == 0 {
		return nil
	}
	for pause := retryFirst; ; pause = min(2*pause, retryMost) {
		err := e.cfg.Journal.Append(ctx, events)
		if err == nil {
			e.failing.Store(false)
			return nil
		}
		if ctx.Err() != nil {
			// One more time, free of the context that has just ended.
			if err = e.cfg.Journal.Append(context.WithoutCancel(ctx), events); err != nil {
				return fmt.Errorf("engine: last events lost: %w", err)
			}
			return nil
		}
		if !e.failing.Swap(true) {
			e.cfg.Log.ErrorContext(ctx, "journal does not take events", "error", err, "events", len(events))
		}
		timer := e.cfg.Clock.NewTimer(pause)
		select {
		case <-ctx.Done():
		case <-timer.C():
		}
		timer.Stop()
	}
}

// takeCheckpoint copies the state, which takes a fraction of the time, and
// leaves the rest to the saver.
func (e *Engine) takeCheckpoint() {
	if e.seq == e.checkpoint {
		return
	}
	e.saver.save(e.seq, e.cfg.State.Checkpoint())
	e.checkpoint = e.seq
}
