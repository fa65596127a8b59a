package storetest

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"bandeau/acd"
	"bandeau/journal"
	"bandeau/report"
	"bandeau/store"
)

func entry(seq uint64, call acd.CallID) journal.Entry {
	return journal.Entry{
		Seq: seq, At: acd.Instant(seq * 10), Type: "noted", Version: 1, Call: call, Operator: "anna", Data: []byte(`{"Text":"x"}`),
	}
}

func testEvents(f *fixture) {
	t := f.t
	ctx := t.Context()
	equal(t, "last of none", must(f.LastSeq(ctx, "main"))(t), uint64(0))
	first := []journal.Entry{entry(1, "c1"), entry(2, ""), entry(3, "c1")}
	for what, wrong := range map[string][]journal.Entry{
		"begins late": {entry(2, "")}, "gap": {entry(1, ""), entry(3, "")}, "twice": {entry(1, ""), entry(1, "")}, "zero": {entry(0, "")},
	} {
		wantError(t, what, f.AppendEvents(ctx, "main", wrong, report.Rows{}), journal.ErrSequence)
	}
	if err := f.AppendEvents(ctx, "main", nil, report.Rows{}); err == nil {
		t.Error("an empty append is no error")
	}
	ok(t, f.AppendEvents(ctx, "main", first, report.Rows{}))
	rows := report.Rows{Calls: []report.Call{{ID: "stray"}}}
	for what, wrong := range map[string][]journal.Entry{
		"again": first, "gap": {entry(5, "")}, "overlap": {entry(3, ""), entry(4, "")},
	} {
		wantError(t, what, f.AppendEvents(ctx, "main", wrong, rows), journal.ErrSequence)
	}
	_, err := f.Call(ctx, "main", "stray")
	wantError(t, "row of a refused append", err, store.ErrNotFound)
	ok(t, f.AppendEvents(ctx, "main", []journal.Entry{entry(4, "c2")}, report.Rows{}))
	ok(t, f.AppendEvents(ctx, "second", []journal.Entry{entry(1, "c1")}, report.Rows{}))
	equal(t, "last", must(f.LastSeq(ctx, "main"))(t), uint64(4))
	equal(t, "last of the other centre", must(f.LastSeq(ctx, "second"))(t), uint64(1))
	equal(t, "read", must(f.ReadEvents(ctx, "main", 1, 2))(t), []journal.Entry{entry(2, ""), entry(3, "c1")})
	equal(t, "read at the end", len(must(f.ReadEvents(ctx, "main", 4, 10))(t)), 0)
	equal(t, "of a call", must(f.CallEvents(ctx, "main", "c1"))(t), []journal.Entry{entry(1, "c1"), entry(3, "c1")})
}

func testCheckpoints(f *fixture) {
	t := f.t
	ctx := t.Context()
	_, _, err := f.LatestCheckpoint(ctx, "main", 100)
	wantError(t, "none", err, journal.ErrNoCheckpoint)
	for _, seq := range []uint64{10, 20, 20, 30} {
		ok(t, f.SaveCheckpoint(ctx, "main", seq, []byte(fmt.Sprint("state ", seq))))
	}
	ok(t, f.SaveCheckpoint(ctx, "second", 5, []byte("theirs")))
	for atMost, want := range map[uint64]uint64{1 << 63: 30, 30: 30, 29: 20, 20: 20, 19: 10} {
		seq, data, readErr := f.LatestCheckpoint(ctx, "main", atMost)
		if readErr != nil || seq != want || string(data) != fmt.Sprint("state ", want) {
			t.Errorf("at most %d: %d %q %v", atMost, seq, data, readErr)
		}
	}
	_, _, err = f.LatestCheckpoint(ctx, "main", 9)
	wantError(t, "before the first", err, journal.ErrNoCheckpoint)
	for seq := uint64(40); seq < 200; seq += 10 {
		ok(t, f.SaveCheckpoint(ctx, "main", seq, []byte("state")))
	}
	_, _, err = f.LatestCheckpoint(ctx, "main", 100)
	wantError(t, "forgotten", err, journal.ErrNoCheckpoint)
	_, _, err = f.LatestCheckpoint(ctx, "main", 180)
	ok(t, err)
	_, _, err = f.LatestCheckpoint(ctx, "second", 100)
	ok(t, err)
}

// testRandomDay keeps a random day of the core through the journal, reopens it
// as after a crash at many boundaries, and compares the rows with a fold of
// everything.
func testRandomDay(f *fixture) {
	t := f.t
	ctx := t.Context()
	fresh := func() *acd.State { return acd.New(Seed) }
	h := NewHistory(11)
	h.Step(400)
	j, _, err := journal.Open(ctx, f, "main", fresh)
	ok(t, err)
	live := fresh()
	for at, n := 0, 1; at < len(h.Events); n++ {
		batch := h.Events[at:min(at+n*7%23+1, len(h.Events))]
		ok(t, j.Append(ctx, batch))
		for _, e := range batch {
			live.Apply(e.At, e.Event)
		}
		at += len(batch)
		if n%5 == 0 {
			ok(t, j.Checkpoint(ctx, j.Seq(), live.Checkpoint()))
		}
		if n%7 == 0 { // the process dies here
			var back journal.Recovered
			j, back, err = journal.Open(ctx, f, "main", fresh)
			ok(t, err)
			if back.Seq != uint64(at) || back.State.Hash() != live.Hash() || len(back.Passed) != 0 {
				t.Fatalf("after event %d: recovered %d with hash %x, live %x; passed over %v", at, back.Seq, back.State.Hash(), live.Hash(), back.Passed)
			}
		}
	}
	compareRows(f, h.Events)
}

// compareRows compares what is kept with the rows of a fold of everything.
func compareRows(f *fixture, events []acd.Recorded) {
	t, ctx := f.t, f.t.Context()
	whole := report.NewProjector()
	rows := whole.Stage(events)
	whole.Commit()
	equal(t, "open rows", must(f.OpenRows(ctx, "main"))(t), whole.Open())

	var calls []report.Call
	for q := (report.CallQuery{Limit: 50}); ; {
		page := must(f.Calls(ctx, "main", q))(t)
		calls = append(calls, page.Calls...)
		if q.Cursor = page.Next; q.Cursor == "" {
			break
		}
	}
	slices.SortFunc(calls, func(a, b report.Call) int { return cmp.Compare(a.ID, b.ID) })
	equal(t, "calls", calls, rows.Calls)
	equal(t, "intervals", must(f.Intervals(ctx, "main", "", 0, 1<<60))(t), rows.Intervals)
	equal(t, "sessions", must(f.Sessions(ctx, "main", "", 0, 1<<60))(t), rows.Sessions)
	var parts []report.Part
	var visits []report.Visit
	for _, c := range calls {
		parts = append(parts, must(f.CallParts(ctx, "main", c.ID))(t)...)
		visits = append(visits, must(f.CallVisits(ctx, "main", c.ID))(t)...)
	}
	slices.SortFunc(parts, func(a, b report.Part) int { return cmp.Compare(a.Seq, b.Seq) })
	slices.SortFunc(visits, func(a, b report.Visit) int { return cmp.Compare(a.Seq, b.Seq) })
	equal(t, "parts", parts, rows.Parts)
	equal(t, "visits", visits, rows.Visits)

	counts := must(f.GroupCounts(ctx, "main", 0, 1<<60))(t)
	for id, want := range report.CountVisits(visits) {
		got := counts[id]
		got.Talk, got.Talked = 0, 0
		equal(t, "counts of "+string(id), got, want)
		if !got.Balanced() {
			t.Errorf("group %s does not balance: %+v", id, got)
		}
	}
}

// testConcurrency reads while batches are written: a reader sees an append
// whole or not at all.
func testConcurrency(f *fixture) {
	t := f.t
	ctx := t.Context()
	const batches, size = 10, 200
	var readers sync.WaitGroup
	done := make(chan struct{})
	problems := make(chan error, 8)
	for range 2 {
		readers.Go(func() {
			for {
				select {
				case <-done:
					return
				default:
				}
				last, err := f.LastSeq(ctx, "main")
				if err == nil && last%size != 0 {
					err = fmt.Errorf("half a batch: event %d is the last", last)
				}
				if err == nil && last > 0 {
					_, err = f.Call(ctx, "main", acd.CallID(fmt.Sprint("c", last)))
				}
				if err != nil {
					select {
					case problems <- err:
					default:
					}
					return
				}
			}
		})
	}
	began := time.Now()
	for b := range batches {
		entries := make([]journal.Entry, size)
		for i := range entries {
			entries[i] = entry(uint64(b*size+i+1), "c")
		}
		last := entries[size-1].Seq
		ok(t, f.AppendEvents(ctx, "main", entries, report.Rows{Calls: []report.Call{{ID: acd.CallID(fmt.Sprint("c", last))}}}))
	}
	t.Logf("%d events in batches of %d took %v", batches*size, size, time.Since(began))
	close(done)
	readers.Wait()
	close(problems)
	var all []error
	for err := range problems {
		all = append(all, err)
	}
	ok(t, errors.Join(all...))
}
