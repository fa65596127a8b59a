package engine_test

import (
	"fmt"
	"testing"

	"bandeau/acd"
)

// busy makes at least n events happen.
func (r *rig) busy(n int) {
	r.t.Helper()
	target := len(r.journal.recorded()) + n
	for i := 0; len(r.journal.recorded()) < target; i++ {
		for k := range 500 {
			minutes := 1 + (i+k)%2
			r.Post(acd.ConfigurePauseType{Config: acd.PauseTypeConfig{ID: "lunch", MaxMinutes: &minutes}})
		}
		if err := r.Do(r.t.Context(), acd.ConfigurePauseType{Config: acd.PauseTypeConfig{ID: "lunch"}}); err != nil {
			r.t.Fatal(err)
		}
	}
}

// folded returns the hash of the state that the first events make.
func (r *rig) folded(seq uint64) uint64 {
	s := acd.New(1)
	for _, e := range r.journal.recorded()[:seq] {
		s.Apply(e.At, e.Event)
	}
	return s.Hash()
}

// TestCheckpointBesideTheLoop: while a checkpoint is being written the engine
// goes on; it takes no second one before that is done, waits for it at the end,
// and what is written is the state as it was, whatever came after.
func TestCheckpointBesideTheLoop(t *testing.T) {
	r := start(t)
	r.centre()
	hold := make(chan struct{})
	r.journal.set(func(j *fakeJournal) { j.holdSave = hold })
	r.busy(10_000)
	r.until("a checkpoint", func() (saving bool) {
		r.journal.set(func(j *fakeJournal) { saving = j.saving == 1 })
		return saving
	})
	for i := range 20 { // the state moves on, calls and all
		if err := r.Do(t.Context(), arrival(fmt.Sprintf("c%d", i))); err != nil {
			t.Fatal(err)
		}
	}
	r.busy(10_000)
	r.journal.set(func(j *fakeJournal) {
		if j.saving != 1 || len(j.checkpoints) != 0 {
			t.Errorf("%d checkpoints are being written, %d are", j.saving, len(j.checkpoints))
		}
	})
	stopped := make(chan struct{})
	go func() { defer close(stopped); r.stop() }()
	select {
	case <-stopped:
		t.Error("the engine ended before its checkpoint was written")
	default:
	}
	close(hold)
	<-stopped
	end := uint64(len(r.journal.recorded()))
	if got := r.journal.checkpoints; len(got) != 2 || got[0] < 10_000 || got[0] > 11_000 || got[1] != end {
		t.Fatalf("checkpoints of events %v, the last is %d", got, end)
	}
	for i, seq := range r.journal.checkpoints {
		if got, want := acd.Restore(r.journal.saved[i]).Hash(), r.folded(seq); got != want {
			t.Errorf("the checkpoint of event %d has hash %x, the events make %x", seq, got, want)
		}
	}
}

// TestCheckpointAgain: the next is taken once the one before is written.
func TestCheckpointAgain(t *testing.T) {
	r := start(t)
	r.centre()
	for n := range 2 {
		r.busy(10_000)
		r.until("a checkpoint", func() (saved bool) {
			r.journal.set(func(j *fakeJournal) { saved = len(j.checkpoints) == n+1 })
			return saved
		})
	}
}
