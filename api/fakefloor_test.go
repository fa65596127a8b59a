package api_test

import (
	"cmp"
	"context"
	"slices"
	"sync"

	"bandeau/acd"
	"bandeau/api"
	"bandeau/directory"
	"bandeau/report"
)

// floor is a floor that keeps rows and notes what it is asked.
type floor struct {
	mu        sync.Mutex
	seq       uint64
	operators map[acd.OperatorID]acd.OperatorView
	groups    map[acd.GroupID]acd.GroupView
	calls     map[acd.CallID]acd.CallView
	commands  []acd.Command
	refuse    error
	readers   map[*reader]struct{}
	ended     func(acd.OperatorID, acd.SessionID, acd.LogoutReason)
	now       func() acd.Instant
	today     *figures
}

type reader struct {
	f *floor
	c chan api.Rows
}

func newFloor(now func() acd.Instant) *floor {
	return &floor{
		operators: map[acd.OperatorID]acd.OperatorView{}, groups: map[acd.GroupID]acd.GroupView{},
		calls: map[acd.CallID]acd.CallView{}, readers: map[*reader]struct{}{}, now: now, seq: 1, today: newFigures(),
	}
}

// Preview ranks the members in their order; the last is paused.
func (f *floor) Preview(_ context.Context, g directory.Group) ([]acd.Candidate, error) {
	var list []acd.Candidate
	for i, m := range g.Ordered() {
		c := acd.Candidate{
			Operator: acd.OperatorID(m.Operator), Name: "Name of " + string(m.Operator), Rank: i + 1, Order: m.Order, Level: m.Level,
			IdleSince: f.now(), Answered: 3,
		}
		if i > 0 && i == len(g.Members)-1 {
			c.Rank, c.Reason, c.IdleSince = 0, acd.SkipPaused, 0
		}
		list = append(list, c)
	}
	return list, nil
}

func (f *floor) Floor(directory.ID) (api.Floor, bool) { return f, true }

func (f *floor) Do(_ context.Context, c acd.Command) error {
	f.mu.Lock()
	f.commands = append(f.commands, c)
	switch any(c).(type) {
	case acd.Alive, acd.Active, acd.StreamOpened, acd.StreamClosed:
		f.mu.Unlock()
		return nil
	}
	if err := f.refuse; err != nil {
		f.mu.Unlock()
		return err
	}
	var old acd.SessionID
	var rows api.Rows
	var who acd.OperatorID
	switch c := any(c).(type) {
	case acd.Login:
		v := f.operators[c.Operator]
		if v.Presence != acd.LoggedOut {
			old = v.Session
		}
		v.ID, v.Presence, v.Session, v.PresenceSince = c.Operator, acd.Available, c.Session, f.now()
		rows.Operators, who = []acd.OperatorView{v}, c.Operator
	case acd.Logout:
		v := f.operators[c.Operator]
		if v.Call != "" {
			v.Pending = &acd.Pending{Presence: acd.LoggedOut, Reason: c.Reason}
		} else {
			v.Presence = acd.LoggedOut
		}
		rows.Operators = []acd.OperatorView{v}
	case acd.SetPresence:
		v := f.operators[c.Operator]
		v.Presence, v.PauseType = c.Presence, c.PauseType
		rows.Operators = []acd.OperatorView{v}
	case acd.SetPhone:
		v := f.operators[c.Operator]
		v.Phone, v.PhoneGiven, v.PhoneState = c.Phone, true, acd.PhoneReachable
		rows.Operators = []acd.OperatorView{v}
	case acd.Dial:
		v := f.operators[c.Operator]
		v.Call, v.Activity = c.Call, acd.Dialing
		rows.Operators = []acd.OperatorView{v}
		rows.Calls = []acd.CallView{{
			ID: c.Call, Direction: acd.Outbound, State: acd.CallDialing, Called: c.Number, Operator: c.Operator,
			Group: c.Group, ArrivedAt: f.now(), OfferedAt: f.now(), NumberHidden: c.NumberHidden,
		}}
	case acd.HangUp:
		if v := f.calls[c.Call]; v.State == acd.CallDialing {
			rows.RemovedCalls = []acd.CallID{c.Call}
		}
	case acd.Tag:
		v := f.calls[c.Call]
		v.Tags = c.Tags
		rows.Calls = []acd.CallView{v}
	}
	f.publish(rows)
	f.mu.Unlock()
	if old != "" && f.ended != nil {
		f.ended(who, old, 0)
	}
	return nil
}

// publish stores rows and sends them to the readers.
func (f *floor) publish(rows api.Rows) {
	f.seq++
	rows.Seq = f.seq
	for _, v := range rows.Operators {
		f.operators[v.ID] = v
	}
	for _, v := range rows.Groups {
		f.groups[v.ID] = v
	}
	for _, v := range rows.Calls {
		f.calls[v.ID] = v
	}
	for _, id := range rows.RemovedCalls {
		delete(f.calls, id)
	}
	for r := range f.readers {
		select {
		case r.c <- rows:
		default:
			close(r.c)
			delete(f.readers, r)
		}
	}
}

func (f *floor) change(rows api.Rows) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.publish(rows)
}

// dropReaders treats every reader as too slow.
func (f *floor) dropReaders() {
	f.mu.Lock()
	defer f.mu.Unlock()
	for r := range f.readers {
		close(r.c)
		delete(f.readers, r)
	}
}

func (f *floor) readerCount() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return len(f.readers)
}

func (f *floor) did() []acd.Command {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.commands)
}

func (f *floor) refusing(err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.refuse = err
}

func (f *floor) Snapshot() api.Rows {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.snapshot()
}

func (f *floor) snapshot() api.Rows {
	rows := api.Rows{Seq: f.seq}
	for _, v := range f.operators {
		rows.Operators = append(rows.Operators, v)
	}
	for _, v := range f.groups {
		rows.Groups = append(rows.Groups, v)
	}
	for _, v := range f.calls {
		rows.Calls = append(rows.Calls, v)
	}
	slices.SortFunc(rows.Operators, func(a, b acd.OperatorView) int { return cmp.Compare(a.ID, b.ID) })
	slices.SortFunc(rows.Groups, func(a, b acd.GroupView) int { return cmp.Compare(a.ID, b.ID) })
	slices.SortFunc(rows.Calls, func(a, b acd.CallView) int { return cmp.Compare(a.ID, b.ID) })
	return rows
}

func (f *floor) Operator(id acd.OperatorID) (acd.OperatorView, bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	v, ok := f.operators[id]
	return v, ok
}

func (f *floor) Today() api.Figures { return f.today }

func (f *floor) Group(id acd.GroupID) (acd.GroupView, bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	v, ok := f.groups[id]
	return v, ok
}

func (f *floor) Call(id acd.CallID) (acd.CallView, bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	v, ok := f.calls[id]
	return v, ok
}

func (f *floor) Subscribe() (api.Rows, api.Changes) {
	f.mu.Lock()
	defer f.mu.Unlock()
	r := &reader{f: f, c: make(chan api.Rows, 64)}
	f.readers[r] = struct{}{}
	return f.snapshot(), r
}

func (r *reader) Next(ctx context.Context) (api.Rows, error) {
	select {
	case rows, ok := <-r.c:
		if !ok {
			return rows, api.ErrBehind
		}
		return rows, nil
	case <-ctx.Done():
		return api.Rows{}, ctx.Err()
	}
}

func (r *reader) Close() {
	r.f.mu.Lock()
	defer r.f.mu.Unlock()
	delete(r.f.readers, r)
}

// figures are a day's figures that tests set.
type figures struct {
	mu        sync.Mutex
	operators map[acd.OperatorID]report.OperatorCounts
	groups    map[acd.GroupID]report.GroupCounts
	changed   api.FiguresChanged
	more      chan struct{}
}

func newFigures() *figures {
	return &figures{
		operators: map[acd.OperatorID]report.OperatorCounts{}, groups: map[acd.GroupID]report.GroupCounts{},
		more: make(chan struct{}),
	}
}

func (f *figures) Operator(id acd.OperatorID) report.OperatorCounts {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.operators[id]
}

func (f *figures) Group(id acd.GroupID) report.GroupCounts {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.groups[id]
}

func (f *figures) Since(mark uint64) api.FiguresChanged {
	f.mu.Lock()
	defer f.mu.Unlock()
	if mark == f.changed.Mark {
		return api.FiguresChanged{Mark: mark, More: f.more}
	}
	changed := f.changed
	changed.More = f.more
	return changed
}

// set gives an operator and a group new figures.
func (f *figures) set(operator acd.OperatorID, o report.OperatorCounts, group acd.GroupID, g report.GroupCounts) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.operators[operator], f.groups[group] = o, g
	f.changed = api.FiguresChanged{
		Operators: []acd.OperatorID{operator}, Groups: []acd.GroupID{group}, Mark: f.changed.Mark + 1,
	}
	close(f.more)
	f.more = make(chan struct{})
}
