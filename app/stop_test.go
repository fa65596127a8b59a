package app

import (
	"io"
	"log/slog"
	"sync"
	"testing"
	"time"

	"bandeau/acd"
	"bandeau/internal/clock"
)

// TestStopWithoutJournal stops a node whose journal takes nothing any more while
// calls wait to report to the core, and the core for its journal. The node ends
// all the same, and says that something is lost.
func TestStopWithoutJournal(t *testing.T) {
	t.Parallel()
	ctx := testContext(t)
	n, err := open(ctx, quietOptions(t), io.Discard, slog.New(slog.DiscardHandler), clock.System{})
	must(t, err)
	must(t, n.Start(ctx))
	centres, err := n.store.Centres().List(ctx)
	must(t, err)
	centre := string(centres[0].ID)
	e, _ := n.engine(centre)
	must(t, n.store.Close())
	var reports sync.WaitGroup
	for range 2 { // more than the core's mailbox holds
		reports.Go(func() {
			for i := range 4096 {
				e.Post(acd.SetReachable{Account: "a1", Reachable: i%2 == 0})
			}
		})
	}
	for e.Healthy() {
		time.Sleep(poll)
	}
	n.sw.Execute(centre, []acd.Effect{acd.PlaceLeg{Call: "c1", Leg: 2}}) // fails at once, and says so
	stopped := make(chan error, 1)
	go func() { stopped <- n.Stop() }()
	select {
	case err := <-stopped:
		if err == nil {
			t.Error("no word of the events that are lost")
		}
	case <-time.After(15 * time.Second):
		t.Error("the node does not stop")
		n.engineRuns.cancel()
	}
	reports.Wait()
}
