package journal

import (
	"context"
	"errors"
	"fmt"

	"bandeau/acd"
)

// Replay is what taking the recorded decisions again came to.
type Replay struct {
	// First and Last are the events that were looked at.
	First, Last uint64
	Events      int
	// Offers is how many offers of groups there were, Compared those that were
	// taken again by the same rules; offers of other rules are only counted.
	Offers, Compared int
	// Exits is how many times a call left a group by a rule, each of which was
	// held to it.
	Exits       int
	Differences []Difference
	// Hash is the digest of the state after the last event.
	Hash uint64
}

// Difference is a decision that would now be another.
type Difference struct {
	Seq                uint64
	Call               acd.CallID
	Recorded, Expected string
}

// maxDifferences bounds what is kept of a journal that has gone wrong.
const maxDifferences = 100

// Take reads a centre's events from first to last, 0 meaning from the first or
// to the last there is, and takes each decision again from the state before it:
// the offers must be the same to the byte, and a call that left a group by a rule
// must have met it. The state comes from the newest checkpoint before first, or
// from nothing. Each, if it is not nil, is shown every event in the range with
// the state before it, which it must not change.
func Take(
	ctx context.Context, store Store, centre string, fresh func() *acd.State, first, last uint64,
	each func(before *acd.State, r acd.Recorded),
) (Replay, error) {
	j := &Journal{store: store, centre: centre, codec: NewCodec()}
	end, err := store.LastSeq(ctx, centre)
	if err != nil {
		return Replay{}, fmt.Errorf("journal: read the last sequence number: %w", err)
	}
	if last == 0 || last > end {
		last = end
	}
	first = max(first, 1)
	state, seq, err := j.before(ctx, first, fresh)
	if err != nil {
		return Replay{}, err
	}
	t := take{codec: j.codec, state: state, each: each}
	t.First = first
	for seq < last {
		events, err := j.Read(ctx, seq, foldBatch)
		if err != nil {
			return Replay{}, err
		}
		if len(events) == 0 {
			break
		}
		for _, r := range events {
			if r.Seq > last {
				break
			}
			if r.Seq >= first {
				if err := t.look(r); err != nil {
					return Replay{}, err
				}
			}
			state.Apply(r.At, r.Event)
			seq = r.Seq
		}
		if events[len(events)-1].Seq > last {
			break
		}
	}
	t.Last, t.Hash = seq, state.Hash()
	return t.Replay, nil
}

// before gives the state before an event.
func (j *Journal) before(ctx context.Context, first uint64, fresh func() *acd.State) (*acd.State, uint64, error) {
	for atMost := first - 1; atMost > 0; {
		seq, data, err := j.store.LatestCheckpoint(ctx, j.centre, atMost)
		if errors.Is(err, ErrNoCheckpoint) {
			break
		}
		if err != nil {
			return nil, 0, fmt.Errorf("journal: read checkpoint: %w", err)
		}
		if state, err := decodeCheckpoint(data); err == nil {
			return state, seq, nil
		}
		atMost = seq - 1
	}
	return fresh(), 0, nil
}

// take goes through the events.
type take struct {
	Replay

	codec *Codec
	state *acd.State
	each  func(*acd.State, acd.Recorded)
	// together are offers of one call that were decided in one and are still to
	// come; others stand between them.
	together []acd.OfferMade
	at       acd.Instant // of the event before
}

func (t *take) look(r acd.Recorded) error {
	if t.each != nil {
		t.each(t.state, r)
	}
	// Everything that a step did stands at one instant: at the next one nothing
	// may be left to do.
	if t.Events > 0 && r.At != t.at && t.state.Rules() == acd.RulesVersion {
		if left := t.state.NextOffers(t.at); len(left) > 0 {
			t.differ(r.Seq-1, left[0].Call, "no offer", fmt.Sprintf("an offer to %s", left[0].Operator))
		}
	}
	t.Events, t.at = t.Events+1, r.At
	switch e := r.Event.(type) { //nolint:gochecksumtype // the others are no decisions of routing
	case acd.OfferMade:
		if e.Strategy != 0 { // else a call to the operator himself, or one he picked up
			return t.offer(r, e)
		}
	case acd.Dequeued:
		if e.How == acd.LeftOverflowed {
			t.Exits++
			if !t.state.Overflows(e.Call, e.Cause, r.At) {
				t.differ(r.Seq, e.Call, "left group "+string(e.Group)+" by "+e.Cause, "it stays")
			}
		}
	}
	return nil
}

// offer compares a recorded offer with the one the state leads to.
func (t *take) offer(r acd.Recorded, e acd.OfferMade) error {
	t.Offers++
	if t.state.Rules() != acd.RulesVersion {
		return nil
	}
	t.Compared++
	if len(t.together) == 0 {
		t.together = t.state.NextOffers(r.At)
	}
	recorded, err := t.codec.Encode(r)
	if err != nil {
		return err
	}
	if len(t.together) == 0 {
		t.differ(r.Seq, e.Call, string(recorded.Data), "no offer")
		return nil
	}
	expected, err := t.codec.Encode(acd.Recorded{Seq: r.Seq, At: r.At, Event: t.together[0]})
	if err != nil {
		return err
	}
	if t.together = t.together[1:]; string(recorded.Data) != string(expected.Data) {
		t.differ(r.Seq, e.Call, string(recorded.Data), string(expected.Data))
		t.together = nil
	}
	return nil
}

func (t *take) differ(seq uint64, call acd.CallID, recorded, expected string) {
	if len(t.Differences) < maxDifferences {
		t.Differences = append(t.Differences, Difference{Seq: seq, Call: call, Recorded: recorded, Expected: expected})
	}
}
