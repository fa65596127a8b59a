package app

import (
	"context"
	"fmt"
	"hash/fnv"
	"time"

	"bandeau/acd"
	"bandeau/directory"
	"bandeau/engine"
	"bandeau/journal"
)

// openCentre recovers a centre's state from its journal and starts its engine.
// What a crash left behind is settled before anything else reaches the core.
func (n *Node) openCentre(ctx context.Context, id directory.ID) error {
	centre := string(id)
	if _, running := n.engine(centre); running {
		return nil
	}
	record, err := n.store.Centres().Get(ctx, id)
	if err != nil {
		return fmt.Errorf("read centre %s: %w", centre, err)
	}
	zone, err := time.LoadLocation(record.TimeZone)
	if err != nil {
		return fmt.Errorf("time zone of centre %s: %w", centre, err)
	}
	f := newFigures(n.store, centre, zone, n.clock, n.log)
	if err = f.load(ctx); err != nil {
		return fmt.Errorf("figures of centre %s: %w", centre, err)
	}
	j, recovered, err := journal.Open(ctx, f, centre, func() *acd.State { return acd.New(seedOf(centre)) })
	if err != nil {
		return fmt.Errorf("journal of centre %s: %w", centre, err)
	}
	for _, reason := range recovered.Passed {
		n.log.WarnContext(ctx, "checkpoint passed over", "centre", centre, "error", reason)
	}
	e := engine.New(engine.Config{
		State: recovered.State, Seq: recovered.Seq, Journal: j, Clock: n.clock,
		Log:     n.log.With("centre", centre),
		First:   acd.Restarted{}, // the legs of the process before are gone
		Effects: func(effects []acd.Effect) { n.carryOut(centre, effects) },
	})
	n.mu.Lock()
	n.engines[centre], n.figures[centre] = e, f
	n.mu.Unlock()
	n.engineRuns.start(n, "figures", f.run)
	n.engineRuns.start(n, "engine", e.Run)
	return n.settle(ctx, e, centre)
}

// settle waits until the calls that the last process left behind have ended,
// and says what has become of the recordings it had not stored: one that was
// running is complete up to the last second.
func (n *Node) settle(ctx context.Context, e *engine.Engine, centre string) error {
	var recorded []acd.CallID
	if err := e.Ask(ctx, func(s *acd.State) { recorded = s.Unstored() }); err != nil {
		return fmt.Errorf("settle centre %s: %w", centre, err)
	}
	for _, call := range recorded {
		row, err := n.store.Call(ctx, centre, call)
		if err != nil {
			return fmt.Errorf("settle recording %s: %w", call, err)
		}
		file, err := openTake(n.library, centre, row)
		if err == nil {
			err = file.Close()
		}
		lost := err != nil
		if err = e.Do(ctx, acd.RecordingStored{Call: call, Lost: lost}); err != nil {
			return fmt.Errorf("settle recording %s: %w", call, err)
		}
	}
	return nil
}

// seedOf gives a new centre's state its chances; afterwards they are part of
// the state.
func seedOf(centre string) uint64 {
	h := fnv.New64a()
	_, _ = h.Write([]byte(centre)) // a hash never fails
	return h.Sum64()
}

// carryOut gives effects to those who carry them out. It runs in the engine's
// goroutine and does not block.
func (n *Node) carryOut(centre string, effects []acd.Effect) {
	for _, effect := range effects {
		switch e := effect.(type) { //nolint:gochecksumtype // call control has the others
		case acd.EndSession:
			n.sessionEnds.Put(endedSession{directory.ID(centre), e})
		case acd.ForgetCall:
			n.browsers.forget(e.Call)
		}
	}
	n.sw.Execute(centre, effects)
}

// endedSession is a floor session that ended in a centre.
type endedSession struct {
	centre directory.ID
	acd.EndSession
}

func (n *Node) engine(centre string) (*engine.Engine, bool) {
	n.mu.RLock()
	defer n.mu.RUnlock()
	e, ok := n.engines[centre]
	return e, ok
}

// figuresOf returns the figures of a centre's day; a centre has them as long as
// its engine.
func (n *Node) figuresOf(centre string) *figures {
	n.mu.RLock()
	defer n.mu.RUnlock()
	return n.figures[centre]
}
