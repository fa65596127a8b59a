package app

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"time"

	"bandeau/acd"
	"bandeau/store"
	"bandeau/store/sqlite"
)

// openStore takes the data directory for this process and opens what is in it.
func (n *Node) openStore(ctx context.Context) error {
	lock, err := store.Lock(n.opts.Data)
	if err != nil {
		return err
	}
	n.unlock = lock.Release
	box, err := store.OpenBox(n.opts.Data)
	if err != nil {
		return err
	}
	db, err := sqlite.Open(ctx, sqlite.Options{Path: n.opts.DatabaseFile(), Box: box})
	if err != nil {
		return err
	}
	n.store = db
	return nil
}

// endSessions ends the web sessions of floor sessions that are over.
func (n *Node) endSessions(ctx context.Context) error {
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-n.sessionEnds.Wake():
		}
		for _, s := range n.sessionEnds.Take() {
			if err := n.api.EndSession(ctx, s.centre, s.Operator, s.Session, s.Reason); err != nil {
				n.log.ErrorContext(ctx, "web session not ended", "operator", string(s.Operator), "error", err)
			}
		}
	}
}

// housekeepingInterval is how often what has run out is removed.
const housekeepingInterval = 10 * time.Minute

// Web sessions without a request for so long are removed.
const (
	operatorSessionLife = 14 * time.Hour
	userSessionLife     = 12 * time.Hour
)

// keepHouse removes web sessions nobody uses any more.
func (n *Node) keepHouse(ctx context.Context) error {
	for {
		now := n.clock.Now()
		err := n.store.WebSessions().DeleteIdle(ctx, now.Add(-operatorSessionLife), now.Add(-userSessionLife))
		if err != nil && !errors.Is(err, context.Canceled) {
			n.log.ErrorContext(ctx, "old web sessions not removed", "error", err)
		}
		timer := n.clock.NewTimer(housekeepingInterval)
		select {
		case <-ctx.Done():
			timer.Stop()
			return nil
		case <-timer.C():
		}
	}
}

// forgetReachability makes every Centrex phone unreachable in the cores: those
// that are still registered say so when their bindings are read.
func (n *Node) forgetReachability(ctx context.Context) error {
	phones, err := n.store.Phones().Accounts(ctx)
	if err != nil {
		return fmt.Errorf("read phones: %w", err)
	}
	for _, p := range phones {
		if e, ok := n.engine(string(p.Phone.Centre)); ok {
			e.Post(acd.SetReachable{Account: acd.AccountID(p.Phone.ID)})
		}
	}
	return nil
}

// commit returns the commit the program was built from, if the build knows it.
func commit() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return ""
	}
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" {
			return s.Value
		}
	}
	return ""
}
