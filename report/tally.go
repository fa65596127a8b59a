package report

import (
	"maps"
	"slices"
	"time"

	"bandeau/acd"
)

// Tally keeps the figures of one day as its rows change. It is given the rows
// that are stored, and then says what the store would count: it remembers each
// row of an open call as it was last counted, and counts the changed one in its
// place. The rows of a call that is no longer open change no more and are
// forgotten.
//
// It is not safe for concurrent use.
type Tally struct {
	day       Day
	operators map[acd.OperatorID]OperatorCounts
	groups    map[acd.GroupID]GroupCounts
	open      map[acd.CallID]*counted
}

// counted are the rows of an open call that are in the figures.
type counted struct {
	parts  map[uint64]Part
	visits map[uint64]Visit
}

// Tallied names the operators and groups whose figures have changed, in order.
type Tallied struct {
	Operators []acd.OperatorID
	Groups    []acd.GroupID
}

// NewTally begins a day: with nothing, or with what the store has counted of it
// and the rows that were open then.
func NewTally(
	day Day, operators map[acd.OperatorID]OperatorCounts, groups map[acd.GroupID]GroupCounts, open OpenRows,
) *Tally {
	t := &Tally{
		day: day, operators: map[acd.OperatorID]OperatorCounts{}, groups: map[acd.GroupID]GroupCounts{},
		open: map[acd.CallID]*counted{},
	}
	maps.Copy(t.operators, operators)
	maps.Copy(t.groups, groups)
	for _, p := range open.Parts {
		if t.counts(p.OfferedAt) {
			t.of(p.Call).parts[p.Seq] = p
		}
	}
	for _, v := range open.Visits {
		if t.counts(v.From) {
			t.of(v.Call).visits[v.Seq] = v
		}
	}
	return t
}

// Day returns the day that is counted.
func (t *Tally) Day() Day { return t.day }

// Operator returns an operator's figures.
func (t *Tally) Operator(id acd.OperatorID) OperatorCounts { return t.operators[id] }

// Group returns a group's figures.
func (t *Tally) Group(id acd.GroupID) GroupCounts { return t.groups[id] }

// All names everyone who has figures.
func (t *Tally) All() Tallied {
	return Tallied{Operators: slices.Sorted(maps.Keys(t.operators)), Groups: slices.Sorted(maps.Keys(t.groups))}
}

// Take counts rows as they are now.
func (t *Tally) Take(rows Rows) Tallied {
	operators, groups := map[acd.OperatorID]OperatorCounts{}, map[acd.GroupID]GroupCounts{}
	note := func(operator acd.OperatorID, group acd.GroupID) {
		if _, noted := operators[operator]; !noted && operator != "" {
			operators[operator] = t.operators[operator]
		}
		if _, noted := groups[group]; !noted && group != "" {
			groups[group] = t.groups[group]
		}
	}
	for _, p := range rows.Parts {
		if !t.counts(p.OfferedAt) {
			continue
		}
		kept := t.of(p.Call).parts
		note(p.Operator, p.Group)
		if before, ok := kept[p.Seq]; ok {
			note(before.Operator, before.Group)
			t.part(before, -1)
		}
		t.part(p, 1)
		kept[p.Seq] = p
	}
	for _, v := range rows.Visits {
		if !t.counts(v.From) {
			continue
		}
		kept := t.of(v.Call).visits
		note("", v.Group)
		if before, ok := kept[v.Seq]; ok {
			note("", before.Group)
			t.visit(before, -1)
		}
		t.visit(v, 1)
		kept[v.Seq] = v
	}
	for _, c := range rows.Calls {
		if !c.Open {
			delete(t.open, c.ID)
		}
	}
	return Tallied{Operators: changed(operators, t.operators), Groups: changed(groups, t.groups)}
}

// changed names the rows that are not as they were.
func changed[K ~string, C comparable](before, now map[K]C) []K {
	var ids []K
	for id, counts := range before {
		if now[id] != counts {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	return ids
}

// counts reports whether what began at an instant belongs to the day.
func (t *Tally) counts(at acd.Instant) bool { return t.day.From <= at && at < t.day.To }

func (t *Tally) of(call acd.CallID) *counted {
	c := t.open[call]
	if c == nil {
		c = &counted{parts: map[uint64]Part{}, visits: map[uint64]Visit{}}
		t.open[call] = c
	}
	return c
}

// part counts a part, or with -1 no longer counts it.
func (t *Tally) part(p Part, n int) {
	o := t.operators[p.Operator]
	switch p.Mine {
	case MineAnswered:
		o.In += n
	case MineOut:
		o.Out += n
	case MineMissed:
		o.Missed += n
	case MineNone:
	}
	if p.AnsweredAt > 0 && p.EndedAt > 0 {
		talk := p.EndedAt.Sub(p.AnsweredAt) * time.Duration(n)
		o.Talk, o.Talked = o.Talk+talk, o.Talked+n
		if p.Group != "" && p.Mine == MineAnswered {
			g := t.groups[p.Group]
			g.Talk, g.Talked = g.Talk+talk, g.Talked+n
			t.groups[p.Group] = g
		}
	}
	t.operators[p.Operator] = o
}

// visit counts a visit, or with -1 no longer counts it.
func (t *Tally) visit(v Visit, n int) {
	g := t.groups[v.Group]
	g.Offered += n
	switch v.How {
	case 0:
		g.Waiting += n
	case acd.LeftAnswered:
		g.Answered += n
		g.Wait += v.To.Sub(v.From) * time.Duration(n)
	case acd.LeftAbandoned:
		g.Abandoned += n
	case acd.LeftOverflowed:
		g.Overflowed += n
	}
	if v.InLevel {
		g.InLevel += n
	}
	t.groups[v.Group] = g
}
