package journal

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"

	"bandeau/acd"
	"bandeau/report"
)

// ErrSequence is returned for events that do not follow the last one kept.
var ErrSequence = errors.New("journal: events out of sequence")

// ErrNoCheckpoint is returned by a store that has no checkpoint to give.
var ErrNoCheckpoint = errors.New("journal: no checkpoint")

// Entry is an event as it is kept.
type Entry struct {
	Seq      uint64 // from 1, without gaps
	At       acd.Instant
	Type     string         // name in the codec's table
	Version  int            // of the type's fields, from 1
	Call     acd.CallID     // the call it is about, empty when none
	Operator acd.OperatorID // the operator it is about, empty when none
	Data     []byte         // JSON object
}

// Store is what the journal needs of a database.
type Store interface {
	// AppendEvents writes entries and rows in one transaction. It returns
	// ErrSequence, and writes nothing, unless the first entry follows the last
	// one kept and each the one before it.
	AppendEvents(ctx context.Context, centre string, entries []Entry, rows report.Rows) error
	// LastSeq returns the sequence number of the last entry, 0 when there is none.
	LastSeq(ctx context.Context, centre string) (uint64, error)
	// ReadEvents returns up to limit entries that follow after, in order.
	ReadEvents(ctx context.Context, centre string, after uint64, limit int) ([]Entry, error)
	// CallEvents returns the entries about a call, in order.
	CallEvents(ctx context.Context, centre string, call acd.CallID) ([]Entry, error)
	// SaveCheckpoint keeps the state after event seq and may forget all but the
	// last few.
	SaveCheckpoint(ctx context.Context, centre string, seq uint64, data []byte) error
	// LatestCheckpoint returns the newest checkpoint at or before seq atMost,
	// else ErrNoCheckpoint.
	LatestCheckpoint(ctx context.Context, centre string, atMost uint64) (seq uint64, data []byte, err error)
	// OpenRows returns the rows that later events may still change.
	OpenRows(ctx context.Context, centre string) (report.OpenRows, error)
}

// Journal appends the events of one centre. One goroutine appends; the other
// methods may be called from any.
type Journal struct {
	store     Store
	centre    string
	codec     *Codec
	projector *report.Projector
	seq       atomic.Uint64 // of the last event kept; only the one who appends moves it
	// unsure is set when an append failed, so that it is not known whether its
	// transaction was kept.
	unsure bool
}

// Recovered is the state that a journal gave back.
type Recovered struct {
	State *acd.State
	Seq   uint64 // of the last event in it, 0 for a new centre
	// Checkpoint is the event whose checkpoint the fold began with, 0 when it
	// began with nothing, and Folded the number of events folded since.
	Checkpoint uint64
	Folded     int
	// Passed holds why newer checkpoints were passed over; for the log.
	Passed []error
}

// Open recovers a centre: the newest good checkpoint, or else an empty state as
// fresh makes it, and the fold of what came after it.
func Open(ctx context.Context, store Store, centre string, fresh func() *acd.State) (*Journal, Recovered, error) {
	j := &Journal{store: store, centre: centre, codec: NewCodec()}
	recovered, err := j.recoverState(ctx, fresh)
	if err != nil {
		return nil, Recovered{}, err
	}
	j.seq.Store(recovered.Seq)
	rows, err := store.OpenRows(ctx, centre)
	if err != nil {
		return nil, Recovered{}, fmt.Errorf("journal: read open rows: %w", err)
	}
	j.projector = report.Restore(rows)
	return j, recovered, nil
}

// Seq returns the sequence number of the last event kept.
func (j *Journal) Seq() uint64 { return j.seq.Load() }

// Append keeps the events, and the rows they change, in one transaction. When
// it fails nothing was kept, or the next Append finds out that it was.
func (j *Journal) Append(ctx context.Context, events []acd.Recorded) error {
	if len(events) == 0 {
		return nil
	}
	entries, err := j.encode(events)
	if err != nil {
		return err
	}
	rows := j.projector.Stage(events)
	if j.unsure {
		kept, err := j.keptAlready(ctx, entries)
		if err != nil {
			j.projector.Discard()
			return err
		}
		j.unsure = false
		if kept {
			j.commit(entries)
			return nil
		}
	}
	if err := j.store.AppendEvents(ctx, j.centre, entries, rows); err != nil {
		j.projector.Discard()
		j.unsure = true
		return fmt.Errorf("journal: append events %d to %d: %w", entries[0].Seq, entries[len(entries)-1].Seq, err)
	}
	j.commit(entries)
	return nil
}

func (j *Journal) commit(entries []Entry) {
	j.projector.Commit()
	j.seq.Store(entries[len(entries)-1].Seq)
}

// encode checks that the events follow the last one and encodes them.
func (j *Journal) encode(events []acd.Recorded) ([]Entry, error) {
	entries, last := make([]Entry, len(events)), j.Seq()
	for i, r := range events {
		if want := last + uint64(i) + 1; r.Seq != want {
			return nil, fmt.Errorf("%w: event %d where %d is due", ErrSequence, r.Seq, want)
		}
		entry, err := j.codec.Encode(r)
		if err != nil {
			return nil, err
		}
		entries[i] = entry
	}
	return entries, nil
}

// keptAlready finds out whether the append that failed was kept all the same:
// the answer to a commit may be lost on its way. The engine repeats a failed
// append with exactly the same events before it appends any other, so the store
// holds all of them or none; anything else is out of sequence.
func (j *Journal) keptAlready(ctx context.Context, entries []Entry) (bool, error) {
	last, err := j.store.LastSeq(ctx, j.centre)
	if err != nil {
		return false, fmt.Errorf("journal: read the last sequence number: %w", err)
	}
	if last == j.Seq() {
		return false, nil
	}
	if last != entries[len(entries)-1].Seq {
		return false, fmt.Errorf("%w: the store ends at %d", ErrSequence, last)
	}
	kept, err := j.store.ReadEvents(ctx, j.centre, j.Seq(), len(entries))
	if err != nil {
		return false, fmt.Errorf("journal: read events: %w", err)
	}
	for i := range entries {
		if i >= len(kept) || kept[i].Type != entries[i].Type || string(kept[i].Data) != string(entries[i].Data) {
			return false, fmt.Errorf("%w: event %d is kept and differs", ErrSequence, entries[i].Seq)
		}
	}
	return true, nil
}

// Read returns up to limit events that follow after.
func (j *Journal) Read(ctx context.Context, after uint64, limit int) ([]acd.Recorded, error) {
	entries, err := j.store.ReadEvents(ctx, j.centre, after, limit)
	if err != nil {
		return nil, fmt.Errorf("journal: read events: %w", err)
	}
	return j.decode(entries)
}

// Call returns the events about a call, none for an unknown one.
func (j *Journal) Call(ctx context.Context, call acd.CallID) ([]acd.Recorded, error) {
	entries, err := j.store.CallEvents(ctx, j.centre, call)
	if err != nil {
		return nil, fmt.Errorf("journal: read the events of a call: %w", err)
	}
	return j.decode(entries)
}

func (j *Journal) decode(entries []Entry) ([]acd.Recorded, error) {
	events := make([]acd.Recorded, len(entries))
	for i, entry := range entries {
		r, err := j.codec.Decode(entry)
		if err != nil {
			return nil, err
		}
		events[i] = r
	}
	return events, nil
}
