package journal

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"

	"bandeau/acd"
)

// foldBatch is how many events are read at a time in recovery.
const foldBatch = 2000

// checkpointFormat is the version of the envelope below.
const checkpointFormat = 1

// checkpoint is the envelope a state is kept in.
type checkpoint struct {
	Format int
	// Hash is the state's, in hexadecimal; the state restored must have it too.
	Hash  string
	State json.RawMessage
}

// Checkpoint keeps the state as it is after event seq.
func (j *Journal) Checkpoint(ctx context.Context, seq uint64, state *acd.State) error {
	if seq > j.seq {
		return fmt.Errorf("journal: checkpoint of event %d before it is kept", seq)
	}
	data, err := encodeCheckpoint(state)
	if err != nil {
		return err
	}
	if err := j.store.SaveCheckpoint(ctx, j.centre, seq, data); err != nil {
		return fmt.Errorf("journal: save checkpoint: %w", err)
	}
	return nil
}

func encodeCheckpoint(state *acd.State) ([]byte, error) {
	inner, err := json.Marshal(state.Checkpoint())
	if err != nil {
		return nil, fmt.Errorf("journal: encode checkpoint: %w", err)
	}
	data, err := json.Marshal(checkpoint{Format: checkpointFormat, Hash: hashText(state), State: inner})
	if err != nil {
		return nil, fmt.Errorf("journal: encode checkpoint: %w", err)
	}
	return data, nil
}

// decodeCheckpoint gives the state back, or says why it can not be trusted. A
// checkpoint of an older program may make the core panic; that is a reason too.
func decodeCheckpoint(data []byte) (state *acd.State, err error) {
	var envelope checkpoint
	if err = json.Unmarshal(data, &envelope); err != nil {
		return nil, err
	}
	if envelope.Format != checkpointFormat {
		return nil, fmt.Errorf("format %d, not %d", envelope.Format, checkpointFormat)
	}
	var inner acd.Checkpoint
	if err = decodeStrictly(envelope.State, &inner); err != nil {
		return nil, err
	}
	defer func() {
		if r := recover(); r != nil {
			state, err = nil, fmt.Errorf("the core refuses it: %v", r)
		}
	}()
	state = acd.Restore(inner)
	if got := hashText(state); got != envelope.Hash {
		return nil, fmt.Errorf("gives a state of hash %s, not %s", got, envelope.Hash)
	}
	return state, nil
}

func hashText(state *acd.State) string { return strconv.FormatUint(state.Hash(), 16) }

// recoverState restores the newest checkpoint that can be trusted and folds the
// events after it.
func (j *Journal) recoverState(ctx context.Context, fresh func() *acd.State) (Recovered, error) {
	last, err := j.store.LastSeq(ctx, j.centre)
	if err != nil {
		return Recovered{}, fmt.Errorf("journal: read the last sequence number: %w", err)
	}
	var r Recovered
	for atMost := last; atMost > 0 && r.State == nil; {
		seq, data, err := j.store.LatestCheckpoint(ctx, j.centre, atMost)
		if errors.Is(err, ErrNoCheckpoint) {
			break
		}
		if err != nil {
			return Recovered{}, fmt.Errorf("journal: read checkpoint: %w", err)
		}
		state, err := decodeCheckpoint(data)
		if err != nil {
			r.Passed = append(r.Passed, fmt.Errorf("checkpoint of event %d: %w", seq, err))
			atMost = seq - 1
			continue
		}
		r.State, r.Seq, r.Checkpoint = state, seq, seq
	}
	if r.State == nil {
		r.State = fresh()
	}
	return r, j.fold(ctx, &r, last)
}

// fold applies the events from r.Seq to last.
func (j *Journal) fold(ctx context.Context, r *Recovered, last uint64) error {
	for r.Seq < last {
		events, err := j.Read(ctx, r.Seq, foldBatch)
		if err != nil {
			return err
		}
		if len(events) == 0 {
			return fmt.Errorf("%w: events end at %d, %d is the last", ErrSequence, r.Seq, last)
		}
		for _, e := range events {
			if e.Seq != r.Seq+1 {
				return fmt.Errorf("%w: event %d follows %d", ErrSequence, e.Seq, r.Seq)
			}
			r.State.Apply(e.At, e.Event)
			r.Seq = e.Seq
			r.Folded++
		}
	}
	return nil
}
