package journal

import (
	"context"
	"errors"

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
