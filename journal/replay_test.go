package journal_test

import (
	"bytes"
	"context"
	"strings"
	"testing"

	"bandeau/acd"
	"bandeau/acd/acdtest"
	"bandeau/journal"
)

// keepDay writes a random life of a centre into a journal: all strategies, hours,
// restarts, records that change at any moment.
func keepDay(t *testing.T, s journal.Store, seed uint64, steps int) *acd.State {
	t.Helper()
	j, r := openJournal(t, s)
	state, w := r.State, acdtest.NewWorkload(seed)
	step := func(now acd.Instant, c acd.Command) {
		events, _, err := state.Step(now, c)
		if err != nil {
			return // what the core refuses is no part of the day
		}
		var all []acd.Recorded
		for i, e := range events {
			all = append(all, acd.Recorded{Seq: j.Seq() + uint64(i) + 1, At: state.Now(), Event: e})
		}
		if err := j.Append(t.Context(), all); err != nil {
			t.Fatal(err)
		}
	}
	step(acdtest.Epoch, acd.ConfigureCentre{Config: acd.CentreConfig{MainNumber: "+33170200200"}})
	for i := range steps {
		step(w.Next(state))
		if i == steps/2 {
			if err := j.Checkpoint(t.Context(), j.Seq(), state.Checkpoint()); err != nil {
				t.Fatal(err)
			}
		}
	}
	return state
}

func take(t *testing.T, s journal.Store, first, last uint64) journal.Replay {
	t.Helper()
	r, err := journal.Take(t.Context(), s, "main", fresh, first, last, nil)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// TestDecisionsTakenAgainAreTheSame takes every decision of a random life again,
// from the facts alone.
func TestDecisionsTakenAgainAreTheSame(t *testing.T) {
	for seed := range uint64(3) {
		s := openStore(t)
		state := keepDay(t, s, seed, 6_000)
		r := take(t, s, 0, 0)
		if len(r.Differences) > 0 {
			t.Fatalf("seed %d: %d differences, the first %+v", seed, len(r.Differences), r.Differences[0])
		}
		if r.Compared < 200 || r.Compared != r.Offers || r.Exits < 50 || r.First != 1 || r.Last != uint64(r.Events) { //nolint:gosec // never negative
			t.Errorf("seed %d: %+v", seed, r)
		}
		if r.Hash != state.Hash() {
			t.Errorf("seed %d: the state is another one", seed)
		}
		// From the middle it begins with the checkpoint.
		if half := take(t, s, r.Last*3/4, 0); len(half.Differences) > 0 || half.Compared == 0 || half.Hash != r.Hash {
			t.Errorf("seed %d: from the middle %+v", seed, half)
		}
		if part := take(t, s, 1, 500); part.Last != 500 || part.Events != 500 {
			t.Errorf("seed %d: a part ends at %d", seed, part.Last)
		}
	}
}

// forged is a store in which one event reads as another.
type forged struct {
	journal.Store
	forge func(*journal.Entry) bool
	done  *bool
}

func (f forged) ReadEvents(ctx context.Context, centre string, after uint64, limit int) ([]journal.Entry, error) {
	entries, err := f.Store.ReadEvents(ctx, centre, after, limit)
	for i := range entries {
		if !*f.done && f.forge(&entries[i]) {
			*f.done = true
		}
	}
	return entries, err
}

// TestAnotherDecisionIsFound changes one recorded decision: the replay names its
// event.
func TestAnotherDecisionIsFound(t *testing.T) {
	s := openStore(t)
	keepDay(t, s, 1, 3_000)
	replace := func(kind, from, to string, nth int) func(*journal.Entry) bool {
		return func(e *journal.Entry) bool {
			if e.Type != kind || !bytes.Contains(e.Data, []byte(from)) {
				return false
			}
			nth--
			e.Data = bytes.Replace(e.Data, []byte(from), []byte(to), 1)
			return nth < 0
		}
	}
	for name, forge := range map[string]func(*journal.Entry) bool{
		"a rank":  replace("offer_made", `"Rank":1`, `"Rank":2`, 0),
		"an exit": replace("dequeued", `"Cause":"max_wait"`, `"Cause":"full"`, 0),
	} {
		done := false
		r := take(t, forged{Store: s, forge: forge, done: &done}, 0, 0)
		if !done || len(r.Differences) == 0 || r.Differences[0].Seq == 0 {
			t.Errorf("%s: changed %t, found %+v", name, done, r.Differences)
			continue
		}
		d := r.Differences[0]
		entries, err := s.ReadEvents(t.Context(), "main", d.Seq-1, 1)
		if err != nil || len(entries) != 1 || entries[0].Call != d.Call || strings.TrimSpace(d.Recorded) == d.Expected {
			t.Errorf("%s: %+v is no difference of %+v (%v)", name, d, entries, err)
		}
	}
}

// TestOtherRulesAreNotCompared leaves decisions alone that were made before rules
// were numbered.
func TestOtherRulesAreNotCompared(t *testing.T) {
	s := openStore(t)
	keepDay(t, s, 2, 1_000)
	done := false
	older := forged{Store: s, done: &done, forge: func(e *journal.Entry) bool {
		if e.Type == "rules_set" {
			e.Data = []byte(`{"Version":0}`)
		}
		return false
	}}
	r := take(t, older, 0, 0)
	if r.Offers == 0 || r.Compared != 0 || len(r.Differences) > 0 {
		t.Errorf("%+v", r)
	}
}
