package sim_test

import (
	"cmp"
	"context"
	"errors"
	"maps"
	"slices"

	"bandeau/acd"
	"bandeau/journal"
	"bandeau/report"
)

// centreID is the one centre's.
const centreID = "main"

// fault is what befalls an append.
type fault int

const (
	noFault     fault = iota
	failBefore        // nothing is kept, and the answer says so
	failAfter         // all is kept, and the answer is lost
	crashBefore       // the process dies, nothing is kept
	crashAfter        // the process dies, all is kept
)

var errStore = errors.New("the disk does not answer")

// crash is what the process dies of.
type crash struct{ kept bool }

// memstore keeps a centre's journal and rows in memory, as [journal.Store] wants
// them.
type memstore struct {
	entries     []journal.Entry
	checkpoints map[uint64][]byte
	calls       map[acd.CallID]report.Call
	visits      map[uint64]report.Visit
	parts       map[uint64]report.Part
	sessions    map[uint64]report.Session
	intervals   map[uint64]report.Interval
	groups      map[acd.GroupID]report.Group

	// next is the fault that befalls the next append.
	next func() fault
}

func newMemstore() *memstore {
	return &memstore{
		checkpoints: map[uint64][]byte{}, calls: map[acd.CallID]report.Call{}, visits: map[uint64]report.Visit{},
		parts: map[uint64]report.Part{}, sessions: map[uint64]report.Session{}, intervals: map[uint64]report.Interval{},
		groups: map[acd.GroupID]report.Group{}, next: func() fault { return noFault },
	}
}

func (s *memstore) AppendEvents(_ context.Context, _ string, entries []journal.Entry, rows report.Rows) error {
	f := s.next()
	switch f {
	case failBefore:
		return errStore
	case crashBefore:
		panic(crash{})
	case noFault, failAfter, crashAfter:
	}
	for i, e := range entries {
		if e.Seq != uint64(len(s.entries)+i)+1 {
			return journal.ErrSequence
		}
	}
	s.entries = append(s.entries, entries...)
	for _, r := range rows.Calls {
		s.calls[r.ID] = r
	}
	for _, r := range rows.Visits {
		s.visits[r.Seq] = r
	}
	for _, r := range rows.Parts {
		s.parts[r.Seq] = r
	}
	for _, r := range rows.Sessions {
		s.sessions[r.Seq] = r
	}
	for _, r := range rows.Intervals {
		s.intervals[r.Seq] = r
	}
	for _, r := range rows.Groups {
		s.groups[r.ID] = r
	}
	switch f {
	case failAfter:
		return errStore
	case crashAfter:
		panic(crash{kept: true})
	case noFault, failBefore, crashBefore:
	}
	return nil
}

func (s *memstore) LastSeq(context.Context, string) (uint64, error) {
	return uint64(len(s.entries)), nil
}

func (s *memstore) ReadEvents(_ context.Context, _ string, after uint64, limit int) ([]journal.Entry, error) {
	from := min(int(after), len(s.entries)) //nolint:gosec // small
	return slices.Clone(s.entries[from:min(from+limit, len(s.entries))]), nil
}

func (s *memstore) CallEvents(_ context.Context, _ string, call acd.CallID) ([]journal.Entry, error) {
	var out []journal.Entry
	for _, e := range s.entries {
		if e.Call == call {
			out = append(out, e)
		}
	}
	return out, nil
}

func (s *memstore) SaveCheckpoint(_ context.Context, _ string, seq uint64, data []byte) error {
	s.checkpoints[seq] = data
	return nil
}

func (s *memstore) LatestCheckpoint(_ context.Context, _ string, atMost uint64) (uint64, []byte, error) {
	seqs := slices.Sorted(maps.Keys(s.checkpoints))
	for _, seq := range slices.Backward(seqs) {
		if seq <= atMost {
			return seq, s.checkpoints[seq], nil
		}
	}
	return 0, nil, journal.ErrNoCheckpoint
}

// rowsOf are the rows that a condition holds for, in the order of their keys.
func rowsOf[K cmp.Ordered, R any](rows map[K]R, keep func(R) bool) []R {
	var out []R
	for _, k := range slices.Sorted(maps.Keys(rows)) {
		if keep(rows[k]) {
			out = append(out, rows[k])
		}
	}
	return out
}

func (s *memstore) OpenRows(context.Context, string) (report.OpenRows, error) {
	return report.OpenRows{
		Calls:     rowsOf(s.calls, func(r report.Call) bool { return r.Open }),
		Visits:    rowsOf(s.visits, func(r report.Visit) bool { return s.calls[r.Call].Open }),
		Parts:     rowsOf(s.parts, func(r report.Part) bool { return s.calls[r.Call].Open }),
		Sessions:  rowsOf(s.sessions, func(r report.Session) bool { return r.To == 0 }),
		Intervals: rowsOf(s.intervals, func(r report.Interval) bool { return r.To == 0 }),
		Groups:    rowsOf(s.groups, func(r report.Group) bool { return !r.Removed }),
	}, nil
}
