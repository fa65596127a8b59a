package journal

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"

	"bandeau/acd"
)

// foldBatch is how many events are read at a time in recovery.
const foldBatch = 2000

// checkpointFormat is the version of the envelope below.
const checkpointFormat = 2

// checkpoint is the envelope a state is kept in.
type checkpoint struct {
	Format int
	// Digest is the SHA-256 of State's bytes, in hexadecimal.
	Digest string
	State  json.RawMessage
}

// Checkpoint keeps the state as it is after event seq. It may be called while
// another goroutine appends what came after that event.
func (j *Journal) Checkpoint(ctx context.Context, seq uint64, state acd.Checkpoint) error {
	if seq > j.seq.Load() {
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

func encodeCheckpoint(state acd.Checkpoint) ([]byte, error) {
	inner, err := json.Marshal(state)
	if err != nil {
		return nil, fmt.Errorf("journal: encode checkpoint: %w", err)
	}
	data, err := json.Marshal(checkpoint{Format: checkpointFormat, Digest: digest(inner), State: inner})
	if err != nil {
		return nil, fmt.Errorf("journal: encode checkpoint: %w", err)
	}
	return data, nil
}

// decodeCheckpoint gives the state back, or says why it can not be trusted. The
// digest finds the bytes that are not those written. A checkpoint of an older
// program is whole and may still give another state than the events do, or make
// the core panic: what is restored must encode to the bytes it came from.
func decodeCheckpoint(data []byte) (state *acd.State, err error) {
	var envelope checkpoint
	if err = json.Unmarshal(data, &envelope); err != nil {
		return nil, err
	}
	if envelope.Format != checkpointFormat {
		return nil, fmt.Errorf("format %d, not %d", envelope.Format, checkpointFormat)
	}
	if got := digest(envelope.State); got != envelope.Digest {
		return nil, fmt.Errorf("damaged: has digest %s, not %s", got, envelope.Digest)
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
	again, err := json.Marshal(state.Checkpoint())
	if err != nil {
		return nil, err
	}
	if !bytes.Equal(again, envelope.State) {
		return nil, errors.New("gives another state than it was taken of")
	}
	return state, nil
}

func digest(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}

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
