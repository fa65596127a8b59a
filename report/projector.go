package report

import (
	"cmp"
	"maps"
	"slices"

	"bandeau/acd"
)

// Projector turns events into rows. It remembers only what later events may
// still change: open calls, running sessions and the groups. It works in two
// strokes, so that it can not run ahead of the store: Stage gives the rows of
// a batch, then Commit or Discard says whether they were kept.
//
// It is not safe for concurrent use.
type Projector struct {
	calls     map[acd.CallID]*openCall
	operators map[acd.OperatorID]*operator
	groups    map[acd.GroupID]Group
	staged    *batch
}

// batch is what a staged batch has changed so far. Whatever it touches is
// copied first; the projector's own maps change in Commit only.
type batch struct {
	calls     map[acd.CallID]*openCall
	operators map[acd.OperatorID]*operator
	groups    map[acd.GroupID]Group
	sessions  map[uint64]Session
	intervals map[uint64]Interval
	strays    int
}

// openCall is a call that may still change, with all its visits and parts.
type openCall struct {
	row    Call
	visits []Visit
	parts  []Part
	// attached counts the operators whose running interval is about the call,
	// wrapping those of them who wrap it up.
	attached, wrapping int
	dirty              bool
	dirtyVisits        map[uint64]bool
	dirtyParts         map[uint64]bool
}

// operator is a logged-in operator.
type operator struct {
	session  Session  // Seq 0 when there is none
	interval Interval // Seq 0 when there is none
}

// NewProjector returns the projector of a centre without events.
func NewProjector() *Projector {
	return &Projector{
		calls:     map[acd.CallID]*openCall{},
		operators: map[acd.OperatorID]*operator{},
		groups:    map[acd.GroupID]Group{},
	}
}

// Restore returns the projector whose open rows these are.
func Restore(rows OpenRows) *Projector {
	p := NewProjector()
	for _, row := range rows.Calls {
		p.calls[row.ID] = &openCall{row: row}
	}
	for _, v := range rows.Visits {
		if c := p.calls[v.Call]; c != nil {
			c.visits = append(c.visits, v)
		}
	}
	for _, part := range rows.Parts {
		if c := p.calls[part.Call]; c != nil {
			c.parts = append(c.parts, part)
		}
	}
	for _, s := range rows.Sessions {
		p.operators[s.Operator] = &operator{session: s}
	}
	for _, i := range rows.Intervals {
		o := p.operators[i.Operator]
		if o == nil {
			o = &operator{}
			p.operators[i.Operator] = o
		}
		o.interval = i
		if c := p.calls[i.Call]; c != nil {
			c.attach(i, 1)
		}
	}
	for _, g := range rows.Groups {
		p.groups[g.ID] = g
	}
	return p
}

// Stage projects a batch of events and returns the rows it changes. The batch
// before must have been committed or discarded.
func (p *Projector) Stage(events []acd.Recorded) Rows {
	if p.staged != nil {
		panic("report: a batch is still staged")
	}
	p.staged = &batch{
		calls:     map[acd.CallID]*openCall{},
		operators: map[acd.OperatorID]*operator{},
		groups:    map[acd.GroupID]Group{},
		sessions:  map[uint64]Session{},
		intervals: map[uint64]Interval{},
	}
	for _, e := range events {
		p.project(e)
	}
	for _, c := range p.staged.calls {
		c.settle()
	}
	return p.staged.rows()
}

// Strays counts the staged events about calls the projector does not know. A
// sound journal has none.
func (p *Projector) Strays() int {
	if p.staged == nil {
		return 0
	}
	return p.staged.strays
}

// Commit takes the staged batch over: its rows are kept.
func (p *Projector) Commit() {
	for id, c := range p.staged.calls {
		c.dirty, c.dirtyVisits, c.dirtyParts = false, nil, nil
		p.calls[id] = c
		if !c.row.Open {
			delete(p.calls, id)
		}
	}
	for id, o := range p.staged.operators {
		p.operators[id] = o
		if o.session.Seq == 0 && o.interval.Seq == 0 {
			delete(p.operators, id)
		}
	}
	for id, g := range p.staged.groups {
		p.groups[id] = g
		if g.Removed {
			delete(p.groups, id)
		}
	}
	p.staged = nil
}

// Discard forgets the staged batch: its rows were not kept.
func (p *Projector) Discard() { p.staged = nil }

// Open returns the rows that later events may still change.
func (p *Projector) Open() OpenRows {
	var rows OpenRows
	for _, id := range slices.Sorted(maps.Keys(p.calls)) {
		c := p.calls[id]
		rows.Calls = append(rows.Calls, c.row)
		rows.Visits = append(rows.Visits, c.visits...)
		rows.Parts = append(rows.Parts, c.parts...)
	}
	for _, o := range p.operators {
		if o.session.Seq != 0 {
			rows.Sessions = append(rows.Sessions, o.session)
		}
		if o.interval.Seq != 0 {
			rows.Intervals = append(rows.Intervals, o.interval)
		}
	}
	for _, id := range slices.Sorted(maps.Keys(p.groups)) {
		rows.Groups = append(rows.Groups, p.groups[id])
	}
	Rows(rows).sort()
	return rows
}

// rows returns what the batch changed.
func (b *batch) rows() Rows {
	var rows Rows
	for _, c := range b.calls {
		if c.dirty {
			rows.Calls = append(rows.Calls, c.row)
		}
		for _, v := range c.visits {
			if c.dirtyVisits[v.Seq] {
				rows.Visits = append(rows.Visits, v)
			}
		}
		for _, part := range c.parts {
			if c.dirtyParts[part.Seq] {
				rows.Parts = append(rows.Parts, part)
			}
		}
	}
	rows.Sessions = slices.Collect(maps.Values(b.sessions))
	rows.Intervals = slices.Collect(maps.Values(b.intervals))
	rows.Groups = slices.Collect(maps.Values(b.groups))
	rows.sort()
	return rows
}

// sort orders the rows by their keys.
func (r Rows) sort() {
	slices.SortFunc(r.Calls, func(a, b Call) int { return cmp.Compare(a.ID, b.ID) })
	slices.SortFunc(r.Visits, func(a, b Visit) int { return cmp.Compare(a.Seq, b.Seq) })
	slices.SortFunc(r.Parts, func(a, b Part) int { return cmp.Compare(a.Seq, b.Seq) })
	slices.SortFunc(r.Sessions, func(a, b Session) int { return cmp.Compare(a.Seq, b.Seq) })
	slices.SortFunc(r.Intervals, func(a, b Interval) int { return cmp.Compare(a.Seq, b.Seq) })
	slices.SortFunc(r.Groups, func(a, b Group) int { return cmp.Compare(a.ID, b.ID) })
}

// call returns the call to be changed by this batch, nil for an unknown one.
func (p *Projector) call(id acd.CallID) *openCall {
	if c := p.staged.calls[id]; c != nil {
		return c
	}
	kept := p.calls[id]
	if kept == nil {
		return nil
	}
	c := &openCall{
		row: kept.row, visits: slices.Clone(kept.visits), parts: slices.Clone(kept.parts),
		attached: kept.attached, wrapping: kept.wrapping,
	}
	p.staged.calls[id] = c
	return c
}

// operator returns the operator to be changed by this batch.
func (p *Projector) operator(id acd.OperatorID) *operator {
	if o := p.staged.operators[id]; o != nil {
		return o
	}
	o := &operator{}
	if kept := p.operators[id]; kept != nil {
		*o = *kept
	}
	p.staged.operators[id] = o
	return o
}

// group returns what is known of a group; the zero value for an unknown one.
func (p *Projector) group(id acd.GroupID) Group {
	if g, ok := p.staged.groups[id]; ok {
		return g
	}
	return p.groups[id]
}

// settle brings what follows from the rest of the call up to date.
func (c *openCall) settle() {
	state := c.row.State
	if c.row.EndedAt != 0 {
		state = acd.CallOver
		if c.wrapping > 0 {
			state = acd.CallWrapUp
		}
	}
	open := c.row.EndedAt == 0 || c.attached > 0 || c.row.Recording == acd.RecordingRunning
	if state != c.row.State || open != c.row.Open {
		c.row.State, c.row.Open, c.dirty = state, open, true
	}
}

// attach counts an operator's running interval, or with -1 no longer counts it.
func (c *openCall) attach(i Interval, n int) {
	c.attached += n
	if i.Activity == acd.WrappingUp {
		c.wrapping += n
	}
}

// part returns a part to be changed, by leg; nil when there is none.
func (c *openCall) part(leg acd.LegID) *Part {
	for i := range c.parts {
		if c.parts[i].Leg == leg {
			return c.touch(i)
		}
	}
	return nil
}

// placed returns the part of the operator who placed the call, to be changed.
func (c *openCall) placed() *Part {
	for i := range c.parts {
		if c.parts[i].Mine == MineOut {
			return c.touch(i)
		}
	}
	return nil
}

func (c *openCall) touch(i int) *Part {
	if c.dirtyParts == nil {
		c.dirtyParts = map[uint64]bool{}
	}
	c.dirtyParts[c.parts[i].Seq] = true
	return &c.parts[i]
}

func (c *openCall) addPart(part Part) {
	c.parts = append(c.parts, part)
	c.touch(len(c.parts) - 1)
}

func (c *openCall) dirtyVisit(seq uint64) {
	if c.dirtyVisits == nil {
		c.dirtyVisits = map[uint64]bool{}
	}
	c.dirtyVisits[seq] = true
}
