package sim_test

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"iter"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"bandeau/acd"
	"bandeau/acd/acdtest"
	"bandeau/journal"
	"bandeau/report"
)

var (
	seedsFlag = flag.Int("seeds", 12, "how many worlds TestWorlds lives through")
	fromFlag  = flag.Uint64("from", 0, "the first seed of TestWorlds")
	turnsFlag = flag.Int("turns", 600, "how many turns a world of TestWorlds has")
	seedFlag  = flag.Uint64("seed", 0, "the seed that TestSeed runs")
	stepsFlag = flag.Int("steps", 0, "how many turns TestSeed takes; 0: it is left out")
)

func keys[K comparable, V any](m map[K]V) iter.Seq[K] { return maps.Keys(m) }

// reconcile compares, at the end of a day, all that was kept with all there is.
func (w *world) reconcile(ctx context.Context) error {
	fresh := func() *acd.State { return acd.New(w.seed) }
	folded, kinds := fresh(), map[string]int{}
	for _, entry := range w.store.entries {
		kinds[entry.Type]++
		r, err := w.codec.Decode(entry)
		if err != nil {
			return err
		}
		folded.Apply(r.At, r.Event)
	}
	if folded.Hash() != w.live.Hash() {
		return errors.New("the whole journal gives another state than the live one")
	}
	rows := [3]int{len(w.store.calls), len(w.store.visits), len(w.store.sessions)}
	if facts := [3]int{kinds["call_started"], kinds["enqueued"], kinds["logged_in"]}; rows != facts {
		return fmt.Errorf("%v rows for %v calls, visits and sessions", rows, facts)
	}
	for _, c := range w.store.calls {
		if c.Open || c.Outcome == acd.OutcomeNone || c.EndedAt == 0 {
			return fmt.Errorf("the row of call %s is open at the end of the day: %+v", c.ID, c)
		}
	}
	for _, v := range w.store.visits {
		if v.To == 0 || v.How == 0 {
			return fmt.Errorf("a visit of call %s has no end: %+v", v.Call, v)
		}
	}
	for _, p := range w.store.parts {
		if p.EndedAt == 0 {
			return fmt.Errorf("a part in call %s has no end: %+v", p.Call, p)
		}
	}
	var live []acd.GroupView
	for _, id := range w.live.GroupIDs() {
		v, _ := w.live.Group(id)
		live = append(live, v)
	}
	if wrong := report.Reconcile(report.CountVisits(slices.Collect(maps.Values(w.store.visits))), live); len(wrong) > 0 {
		return errors.Join(wrong...)
	}
	taken, err := journal.Take(ctx, w.store, centreID, fresh, 0, 0, nil)
	switch {
	case err != nil:
		return err
	case len(taken.Differences) > 0:
		return fmt.Errorf("taken again, a decision is another one: %+v", taken.Differences[0])
	case taken.Compared != taken.Offers || taken.Hash != w.live.Hash():
		return fmt.Errorf("taken again: %+v", taken)
	}
	w.counts["offers"] += taken.Offers
	return nil
}

// live lives through a world and says how to see it again if it fails.
func live(ctx context.Context, seed uint64, turns int) (*world, error) {
	w := newWorld(seed)
	if err := w.run(ctx, turns); err != nil {
		return w, fmt.Errorf("seed %d turn %d at %s: %w\nmake sim SEED=%d STEPS=%d", seed, w.turns, acdtest.Clock(w.time.now), err, seed, turns)
	}
	again := newWorld(seed)
	again.unchecked = true
	if err := again.run(ctx, turns); err != nil || again.bytes() != w.bytes() {
		return w, fmt.Errorf("seed %d gave other bytes the second time: %w\nmake sim SEED=%d STEPS=%d", seed, err, seed, turns)
	}
	return w, nil
}

// TestWorlds lives through worlds, each twice.
func TestWorlds(t *testing.T) {
	seeds := *seedsFlag
	if testing.Short() {
		seeds = min(seeds, 4)
	}
	counts := map[string]int{}
	for i := range uint64(seeds) { //nolint:gosec // small
		w, err := live(t.Context(), *fromFlag+i, *turnsFlag)
		if err != nil {
			t.Fatal(err)
		}
		for what, n := range w.counts {
			counts[what] += n
		}
		counts["turn"] += w.turns
		counts["step"] += len(w.done)
		counts["event"] += len(w.store.entries)
	}
	t.Logf("in %d worlds: %v", seeds, counts)
	if seeds < 10 {
		return
	}
	for _, what := range []string{
		"call", "offers", "rings for ever", "silent", "vanished", "late 200", "report lost", "report twice", "clock jumps", "checkpoint",
		"append failed", "answer lost", "crash before the journal", "crash after the journal", "crash among the effects",
	} {
		if counts[what] == 0 {
			t.Errorf("never: %s", what)
		}
	}
}

// TestSeed runs one seed again, as the message of a failure asks for. If the core
// alone fails by the same steps, the shortest run that does becomes a scenario.
func TestSeed(t *testing.T) {
	if *stepsFlag == 0 {
		t.Skip("make sim SEED=1 STEPS=1000 runs it")
	}
	w, err := live(t.Context(), *seedFlag, *stepsFlag)
	if err == nil {
		return
	}
	fails := func(steps []acdtest.Stepped) bool { return coreFails(*seedFlag, steps) }
	if fails(w.done) {
		short := acdtest.Shrink(w.done, fails)
		path := filepath.Join("..", "acd", "testdata", fmt.Sprintf("seed_%d.txt", *seedFlag))
		if failed := os.WriteFile(path, []byte(acdtest.Script(*seedFlag, short)), 0o600); failed != nil {
			t.Error(failed)
		}
		t.Logf("%s has the same in %d steps", path, len(short))
	}
	t.Fatal(err)
}

// coreFails says whether steps break an invariant of the core by itself.
func coreFails(seed uint64, steps []acdtest.Stepped) (failed bool) {
	defer func() { failed = failed || recover() != nil }()
	s := acd.New(seed)
	c := acdtest.NewChecker(s)
	for _, step := range steps {
		events, effects, refused := s.Step(step.At, step.Command)
		if c.Observe(step.At, step.Command, events, effects, refused) != nil {
			return true
		}
	}
	return false
}

// TestWorldsNotice breaks something behind the back of a world: it must be
// noticed.
func TestWorldsNotice(t *testing.T) {
	at := func(turn int, do func(*world)) func(*world) {
		return func(w *world) {
			if w.turns == turn {
				do(w)
			}
		}
	}
	for what, sabotage := range map[string]func(*world){
		"a row is lost": at(300, func(w *world) {
			for _, seq := range slices.Sorted(keys(w.store.visits))[:1] {
				delete(w.store.visits, seq)
			}
		}),
		"an event is forged": at(300, func(w *world) {
			for i, e := range w.store.entries {
				if e.Type == "offer_made" {
					w.store.entries[i].Data = []byte(string(e.Data[:len(e.Data)-1]) + `,"Name":"y"}`)
					return
				}
			}
		}),
		"the engine's state changes by itself": at(300, func(w *world) {
			w.live.Apply(w.live.Now(), acd.CentreConfigured{Config: acd.CentreConfig{MainNumber: "x"}})
		}),
		"a phone that nobody rang": at(300, func(w *world) { w.connect("stray", 1) }),
		"a report that is not about a leg is believed": func(w *world) {
			for _, l := range w.lines {
				for _, p := range l.phones {
					if w.turns > 300 && p.up && !p.gone {
						p.gone = true // it has gone and nobody is told
						return
					}
				}
			}
		},
	} {
		w := newWorld(3)
		w.sabotage = sabotage
		if err := w.run(t.Context(), 600); err == nil {
			t.Errorf("%s, and nobody noticed", what)
		}
	}
}
