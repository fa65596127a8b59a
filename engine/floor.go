package engine

import (
	"maps"
	"slices"
	"sync"

	"bandeau/acd"
)

// Rows are the floor's rows: everything in a snapshot, what changed in a delta.
type Rows struct {
	Seq       uint64 // of the last event they show
	Operators []acd.OperatorView
	Groups    []acd.GroupView
	Calls     []acd.CallView

	RemovedOperators []acd.OperatorID
	RemovedGroups    []acd.GroupID
	RemovedCalls     []acd.CallID
}

// floor holds the published rows and tells readers of changes. Only the engine
// writes; readers never wait for it and it never waits for them.
type floor struct {
	mu        sync.RWMutex
	seq       uint64
	operators map[acd.OperatorID]acd.OperatorView
	groups    map[acd.GroupID]acd.GroupView
	calls     map[acd.CallID]acd.CallView
	readers   map[chan Rows]struct{}
	closed    bool
}

func newFloor() *floor {
	return &floor{
		operators: make(map[acd.OperatorID]acd.OperatorView),
		groups:    make(map[acd.GroupID]acd.GroupView),
		calls:     make(map[acd.CallID]acd.CallView),
		readers:   make(map[chan Rows]struct{}),
	}
}

// everything lists all rows of a state as changed.
func everything(s *acd.State) acd.Changes {
	s.TakeChanges()
	return acd.Changes{Operators: s.OperatorIDs(), Groups: s.GroupIDs(), Calls: s.CallIDs()}
}

// publish reads the changed rows from the state and sends them on.
func (f *floor) publish(seq uint64, s *acd.State, ch acd.Changes) {
	rows := Rows{
		Seq: seq, RemovedOperators: ch.RemovedOperators,
		RemovedGroups: ch.RemovedGroups, RemovedCalls: ch.RemovedCalls,
	}
	for _, id := range ch.Operators {
		if v, ok := s.Operator(id); ok {
			rows.Operators = append(rows.Operators, v)
		}
	}
	for _, id := range ch.Groups {
		if v, ok := s.Group(id); ok {
			rows.Groups = append(rows.Groups, v)
		}
	}
	for _, id := range ch.Calls {
		if v, ok := s.Call(id); ok {
			rows.Calls = append(rows.Calls, v)
		}
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.seq = seq
	f.store(rows)
	if rows.empty() {
		return
	}
	for c := range f.readers {
		select {
		case c <- rows:
		default: // it fell behind: it starts again from a snapshot
			delete(f.readers, c)
			close(c)
		}
	}
}

func (f *floor) store(rows Rows) {
	for _, v := range rows.Operators {
		f.operators[v.ID] = v
	}
	for _, v := range rows.Groups {
		f.groups[v.ID] = v
	}
	for _, v := range rows.Calls {
		f.calls[v.ID] = v
	}
	for _, id := range rows.RemovedOperators {
		delete(f.operators, id)
	}
	for _, id := range rows.RemovedGroups {
		delete(f.groups, id)
	}
	for _, id := range rows.RemovedCalls {
		delete(f.calls, id)
	}
}

func (r Rows) empty() bool {
	return len(r.Operators)+len(r.Groups)+len(r.Calls)+
		len(r.RemovedOperators)+len(r.RemovedGroups)+len(r.RemovedCalls) == 0
}

func (f *floor) snapshot() Rows {
	rows := Rows{Seq: f.seq}
	for _, id := range slices.Sorted(maps.Keys(f.operators)) {
		rows.Operators = append(rows.Operators, f.operators[id])
	}
	for _, id := range slices.Sorted(maps.Keys(f.groups)) {
		rows.Groups = append(rows.Groups, f.groups[id])
	}
	for _, id := range slices.Sorted(maps.Keys(f.calls)) {
		rows.Calls = append(rows.Calls, f.calls[id])
	}
	return rows
}

func (f *floor) close() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.closed = true
	for c := range f.readers {
		close(c)
	}
	clear(f.readers)
}

// Snapshot returns every row of the floor.
func (e *Engine) Snapshot() Rows {
	e.floor.mu.RLock()
	defer e.floor.mu.RUnlock()
	return e.floor.snapshot()
}

// Operator returns one operator's row.
func (e *Engine) Operator(id acd.OperatorID) (acd.OperatorView, bool) {
	e.floor.mu.RLock()
	defer e.floor.mu.RUnlock()
	v, ok := e.floor.operators[id]
	return v, ok
}

// Group returns one group's row.
func (e *Engine) Group(id acd.GroupID) (acd.GroupView, bool) {
	e.floor.mu.RLock()
	defer e.floor.mu.RUnlock()
	v, ok := e.floor.groups[id]
	return v, ok
}

// Call returns one live call's row.
func (e *Engine) Call(id acd.CallID) (acd.CallView, bool) {
	e.floor.mu.RLock()
	defer e.floor.mu.RUnlock()
	v, ok := e.floor.calls[id]
	return v, ok
}

// Subscribe returns a snapshot and the changes after it, without a gap. The
// channel is closed when the reader falls behind or the engine ends; cancel
// frees it.
func (e *Engine) Subscribe() (snapshot Rows, changes <-chan Rows, cancel func()) {
	f := e.floor
	f.mu.Lock()
	defer f.mu.Unlock()
	c := make(chan Rows, subscriberLength)
	if f.closed {
		close(c)
		return f.snapshot(), c, func() {}
	}
	f.readers[c] = struct{}{}
	return f.snapshot(), c, func() {
		f.mu.Lock()
		defer f.mu.Unlock()
		if _, ok := f.readers[c]; ok {
			delete(f.readers, c)
			close(c)
		}
	}
}
