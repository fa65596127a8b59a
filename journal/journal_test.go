package journal_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"bandeau/acd"
	"bandeau/journal"
	"bandeau/report"
	"bandeau/store"
	"bandeau/store/sqlite"
	"bandeau/store/storetest"
)

func fresh() *acd.State { return acd.New(storetest.Seed) }

// flaky is a store whose next append fails, before or after it was kept.
type flaky struct {
	journal.Store
	before, after bool
}

var errFlaky = errors.New("the answer was lost")

func (f *flaky) AppendEvents(ctx context.Context, centre string, entries []journal.Entry, rows report.Rows) error {
	before, after := f.before, f.after
	f.before, f.after = false, false
	if before {
		return errFlaky
	}
	if err := f.Store.AppendEvents(ctx, centre, entries, rows); err != nil {
		return err
	}
	if after {
		return errFlaky
	}
	return nil
}

// damaged is a store that changes its newest checkpoints.
type damaged struct {
	journal.Store
	from   uint64
	damage func([]byte) []byte
}

func (d damaged) LatestCheckpoint(ctx context.Context, centre string, atMost uint64) (uint64, []byte, error) {
	seq, data, err := d.Store.LatestCheckpoint(ctx, centre, atMost)
	if err == nil && seq >= d.from {
		data = d.damage(data)
	}
	return seq, data, err
}

func openStore(t *testing.T) journal.Store {
	t.Helper()
	box, err := store.NewBox(make([]byte, 32))
	if err != nil {
		t.Fatal(err)
	}
	db, err := sqlite.Open(t.Context(), sqlite.Options{Path: filepath.Join(t.TempDir(), "x.db"), Box: box})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return db
}

func openJournal(t *testing.T, s journal.Store) (*journal.Journal, journal.Recovered) {
	t.Helper()
	j, back, err := journal.Open(t.Context(), s, "main", fresh)
	if err != nil {
		t.Fatal(err)
	}
	return j, back
}

func TestAppendChecksTheSequence(t *testing.T) {
	j, _ := openJournal(t, openStore(t))
	h := storetest.NewHistory(1)
	h.Step(50)
	for what, events := range map[string][]acd.Recorded{
		"begins late": h.Events[1:3],
		"gap":         {h.Events[0], h.Events[2]},
		"duplicate":   {h.Events[0], h.Events[0]},
	} {
		if err := j.Append(t.Context(), events); !errors.Is(err, journal.ErrSequence) {
			t.Errorf("%s: %v", what, err)
		}
	}
	if err := j.Append(t.Context(), h.Events[:10]); err != nil {
		t.Fatal(err)
	}
	if err := j.Append(t.Context(), h.Events[:10]); !errors.Is(err, journal.ErrSequence) {
		t.Errorf("again: %v", err)
	}
	if err := j.Append(t.Context(), nil); err != nil || j.Seq() != 10 {
		t.Errorf("nothing: %v, at %d", err, j.Seq())
	}
}

// TestTwoWriters lets a second journal of the same centre go on: the first,
// who does not know, can write nothing more.
func TestTwoWriters(t *testing.T) {
	s := openStore(t)
	h := storetest.NewHistory(1)
	h.Step(50)
	old, _ := openJournal(t, s)
	if err := old.Append(t.Context(), h.Events[:5]); err != nil {
		t.Fatal(err)
	}
	next, _ := openJournal(t, s)
	if err := next.Append(t.Context(), h.Events[5:9]); err != nil {
		t.Fatal(err)
	}
	if err := old.Append(t.Context(), h.Events[5:7]); !errors.Is(err, journal.ErrSequence) {
		t.Errorf("the old writer: %v", err)
	}
	if err := old.Append(t.Context(), h.Events[5:7]); !errors.Is(err, journal.ErrSequence) {
		t.Errorf("the old writer, again: %v", err)
	}
}

// TestRepeatedAppend repeats an append that failed: whether it had been kept or
// not, the events are kept once and the rows are those of the whole.
func TestRepeatedAppend(t *testing.T) {
	s := &flaky{Store: openStore(t)}
	j, _ := openJournal(t, s)
	h := storetest.NewHistory(2)
	h.Step(300)
	for at, n := 0, 0; at < len(h.Events); n++ {
		batch := h.Events[at:min(at+20, len(h.Events))]
		s.before, s.after = n%3 == 0, n%3 == 1
		err := j.Append(t.Context(), batch)
		if n%3 != 2 {
			if !errors.Is(err, errFlaky) {
				t.Fatalf("flaky append: %v", err)
			}
			err = j.Append(t.Context(), batch)
		}
		if err != nil {
			t.Fatal(err)
		}
		at += len(batch)
	}
	kept, err := j.Read(t.Context(), 0, len(h.Events)+1)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(h.Events, kept); diff != "" {
		t.Errorf("events (-happened +kept):\n%.1000s", diff)
	}
	p := report.NewProjector()
	p.Stage(h.Events)
	p.Commit()
	open, err := s.OpenRows(t.Context(), "main")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(p.Open(), open); diff != "" {
		t.Errorf("open rows:\n%.1000s", diff)
	}
}

// TestRepeatedAppendMustBeTheSame does not take other events for those kept.
func TestRepeatedAppendMustBeTheSame(t *testing.T) {
	s := &flaky{Store: openStore(t), after: true}
	j, _ := openJournal(t, s)
	h := storetest.NewHistory(2)
	if err := j.Append(t.Context(), h.Events[:2]); !errors.Is(err, errFlaky) {
		t.Fatal(err)
	}
	other := []acd.Recorded{h.Events[0], {Seq: 2, At: h.Events[1].At, Event: acd.Noted{Text: "other"}}}
	if err := j.Append(t.Context(), other); !errors.Is(err, journal.ErrSequence) {
		t.Errorf("other events: %v", err)
	}
}

func TestRecovery(t *testing.T) {
	s := openStore(t)
	j, back := openJournal(t, s)
	if back.Seq != 0 || back.State.Hash() != fresh().Hash() {
		t.Errorf("a new centre: %+v", back)
	}
	h := storetest.NewHistory(4)
	h.Step(400)
	state := fresh()
	marks := []int{len(h.Events) / 3, len(h.Events) / 2, len(h.Events)}
	at := 0
	for i, mark := range marks {
		if err := j.Append(t.Context(), h.Events[at:mark]); err != nil {
			t.Fatal(err)
		}
		for _, e := range h.Events[at:mark] {
			state.Apply(e.At, e.Event)
		}
		at = mark
		if i < 2 {
			if err := j.Checkpoint(t.Context(), j.Seq(), state.Checkpoint()); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := j.Checkpoint(t.Context(), j.Seq()+1, state.Checkpoint()); err == nil {
		t.Error("a checkpoint of an event that is not kept")
	}
	flip := func(at int) func([]byte) []byte {
		return func(data []byte) []byte {
			data = bytes.Clone(data)
			data[(at+len(data))%len(data)] ^= 1
			return data
		}
	}
	older := func([]byte) []byte { return enveloped(`{}`) }
	// Whole, and not in the order that a state is written in.
	disordered := func([]byte) []byte {
		return enveloped(`{"Version":1,"Operators":[{"Config":{"ID":"b"}},{"Config":{"ID":"a"}}]}`)
	}
	for what, c := range map[string]struct {
		store      journal.Store
		checkpoint int
		passed     int
	}{
		"newest":          {s, marks[1], 0},
		"newest is short": {damaged{s, uint64(marks[1]), func(b []byte) []byte { return b[:len(b)/2] }}, marks[0], 1},
		"newest differs":  {damaged{s, uint64(marks[1]), flip(len(h.Events))}, marks[0], 1},
		"its digest does": {damaged{s, uint64(marks[1]), flip(len(`{"Format":2,"Digest":"`))}, marks[0], 1},
		"a lost bracket":  {damaged{s, uint64(marks[1]), flip(-1)}, marks[0], 1},
		"unknown format":  {damaged{s, 0, func([]byte) []byte { return []byte(`{"Format":99}`) }}, 0, 2},
		"empty state":     {damaged{s, 0, older}, 0, 2},
		"another state":   {damaged{s, 0, disordered}, 0, 2},
	} {
		_, back := openJournal(t, c.store)
		if back.Seq != uint64(len(h.Events)) || back.State.Hash() != state.Hash() {
			t.Errorf("%s: recovered %d with hash %x, not %x", what, back.Seq, back.State.Hash(), state.Hash())
		}
		if back.Checkpoint != uint64(c.checkpoint) || back.Folded != len(h.Events)-c.checkpoint || len(back.Passed) != c.passed {
			t.Errorf("%s: from checkpoint %d, folded %d, passed over %v", what, back.Checkpoint, back.Folded, back.Passed)
		}
	}
}

// enveloped puts an encoded state into an envelope whose digest is right.
func enveloped(state string) []byte {
	return fmt.Appendf(nil, `{"Format":2,"Digest":"%x","State":%s}`, sha256.Sum256([]byte(state)), state)
}

// TestCheckpointBesideAppends writes a checkpoint while events are appended, as
// the engine does, and recovers from it.
func TestCheckpointBesideAppends(t *testing.T) {
	s := openStore(t)
	j, _ := openJournal(t, s)
	h := storetest.NewHistory(9)
	h.Step(400)
	half := len(h.Events) / 2
	if err := j.Append(t.Context(), h.Events[:half]); err != nil {
		t.Fatal(err)
	}
	state := fresh()
	for _, e := range h.Events[:half] {
		state.Apply(e.At, e.Event)
	}
	written, taken := make(chan error, 1), state.Checkpoint()
	go func() { written <- j.Checkpoint(t.Context(), uint64(half), taken) }()
	for _, e := range h.Events[half:] {
		state.Apply(e.At, e.Event)
		if err := j.Append(t.Context(), []acd.Recorded{e}); err != nil {
			t.Fatal(err)
		}
	}
	if err := <-written; err != nil {
		t.Fatal(err)
	}
	_, back := openJournal(t, s)
	if back.Checkpoint != uint64(half) || back.State.Hash() != state.Hash() {
		t.Errorf("recovered from checkpoint %d with hash %x, not %d with %x; passed over %v",
			back.Checkpoint, back.State.Hash(), half, state.Hash(), back.Passed)
	}
}

func TestCallEvents(t *testing.T) {
	j, _ := openJournal(t, openStore(t))
	h := storetest.NewHistory(6)
	h.Step(300)
	if err := j.Append(t.Context(), h.Events); err != nil {
		t.Fatal(err)
	}
	var call acd.CallID
	for _, e := range h.Events {
		if c, ok := e.Event.(acd.Connected); ok {
			call = c.Call
			break
		}
	}
	events, err := j.Call(t.Context(), call)
	if err != nil {
		t.Fatal(err)
	}
	steps := report.Timeline(events)
	for _, kind := range []report.StepKind{report.StepOffered, report.StepOfferEnded, report.StepConnected} {
		if !slices.ContainsFunc(steps, func(s report.Step) bool { return s.Kind == kind }) {
			t.Errorf("the timeline of call %s has no %s: %v", call, kind, steps)
		}
	}
	if none, err := j.Call(t.Context(), "none"); err != nil || len(none) != 0 {
		t.Errorf("an unknown call: %v, %v", none, err)
	}
}
