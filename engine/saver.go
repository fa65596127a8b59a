package engine

import (
	"context"
	"log/slog"
	"sync/atomic"

	"bandeau/acd"
)

// saver encodes and writes checkpoints beside the engine's loop, which must not
// wait for them: no phone rings and nobody gets an answer while it does.
type saver struct {
	journal Journal
	log     *slog.Logger
	jobs    chan saving
	busy    atomic.Bool // from save until the checkpoint is written
	done    chan struct{}
}

// saving is a checkpoint on its way to the journal.
type saving struct {
	seq   uint64
	state acd.Checkpoint
}

func newSaver(j Journal, log *slog.Logger) *saver {
	return &saver{journal: j, log: log, jobs: make(chan saving), done: make(chan struct{})}
}

// run writes what save is given until close.
func (s *saver) run(ctx context.Context) {
	defer close(s.done)
	for job := range s.jobs {
		s.write(ctx, job)
		s.busy.Store(false)
	}
}

func (s *saver) write(ctx context.Context, job saving) {
	if err := s.journal.Checkpoint(ctx, job.seq, job.state); err != nil {
		// The journal alone is enough to recover; a missing checkpoint only costs time.
		s.log.WarnContext(ctx, "checkpoint not written", "error", err)
	}
}

// idle says whether save would not wait.
func (s *saver) idle() bool { return !s.busy.Load() }

// save hands over a checkpoint. It waits for the one before it, so that there is
// never more than one on its way; the state must be the saver's alone.
func (s *saver) save(seq uint64, state acd.Checkpoint) {
	s.busy.Store(true)
	s.jobs <- saving{seq, state}
}

// close waits until all is written.
func (s *saver) close() {
	close(s.jobs)
	<-s.done
}
