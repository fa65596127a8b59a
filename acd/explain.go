package acd

import (
	"cmp"
	"slices"
)

// NextOffers returns what the dispatcher does in this state at an instant: the
// offers of one call, each as it is recorded, nil when there is none to make. It
// changes nothing, and is what the dispatcher itself goes by, so that a decision
// can be taken again from the facts alone.
func (s *State) NextOffers(at Instant) []OfferMade {
	p, ok := s.propose(at)
	if !ok {
		return nil
	}
	offers := make([]OfferMade, len(p.chosen))
	for i := range p.chosen {
		offers[i] = p.offer(i, at)
	}
	return offers
}

// proposal is one decision of the dispatcher: whom a call is offered to, and
// what is recorded of it. It holds until the next one is made.
type proposal struct {
	call     *call
	group    *group
	chosen   []choice
	firstLeg LegID
	eligible int // members, before any of them rings
	skipped  []Skip
	passed   []SkipCount
}

func (s *State) propose(at Instant) (proposal, bool) {
	g, ok := s.ready.first()
	if !ok || g.head.waited(at) {
		return proposal{}, false
	}
	c := g.head
	p := proposal{call: c, group: g, chosen: s.choose(g, c, s.room[:0]), firstLeg: c.NextLeg, eligible: g.eligible.len()}
	p.skipped, p.passed = s.explain(c, g, p.chosen)
	return p, true
}

// offer returns one of the proposed offers as it is recorded.
func (p *proposal) offer(i int, at Instant) OfferMade {
	one, g := p.chosen[i], p.group
	o := one.member.op
	e := OfferMade{
		Call: p.call.ID, Leg: p.firstLeg + LegID(i), Operator: o.Config.ID, Name: o.Config.Name, Group: g.Config.ID,
		Phone: o.rings(), Until: at.Add(ringTime(o)), Strategy: g.Config.Strategy,
		Rank: one.rank, Eligible: p.eligible, Skipped: p.skipped, Passed: p.passed,
	}
	switch g.Config.Strategy {
	case LongestIdle:
		e.IdleSince = o.IdleSince
	case FewestCalls:
		e.IdleSince, e.Answered = o.IdleSince, o.Answered
	case Skill:
		e.IdleSince, e.Level = o.IdleSince, one.member.level
	case Fixed, Random, Rotating, Everyone:
	}
	return e
}

// Explain says which members of a group would not be offered a call now, and
// why, in member order. An empty call asks about any call.
func (s *State) Explain(id CallID, groupID GroupID) []Skip {
	g := s.groups.get(groupID)
	if g == nil {
		return nil
	}
	c := s.calls.get(id)
	var chosen []choice
	if g.eligible.len() > 0 {
		if c == nil {
			c = &call{}
		}
		chosen = s.choose(g, c, nil)
	}
	return s.skips(c, g, chosen)
}

// explain says of an offer who was passed over and why: member by member in a
// group small enough, else those who had let the call ring, and the others
// counted by reason.
func (s *State) explain(c *call, g *group, chosen []choice) ([]Skip, []SkipCount) {
	if len(g.members) <= maxSkipped {
		return s.skips(c, g, chosen), nil
	}
	var tried []Skip
	if !c.tried(chosen[0].member.id) {
		for _, id := range c.Tried {
			if m := s.member(id, g.Config.ID); m != nil && m.listed {
				tried = append(tried, Skip{Operator: id, Reason: SkipTried})
			}
		}
	}
	return tried, g.passedOver()
}

// skips lists the members not eligible, those passed over because they let the
// call ring, and those that were more than ring together.
func (s *State) skips(c *call, g *group, chosen []choice) []Skip {
	everyone := g.Config.Strategy == Everyone
	fresh := len(chosen) > 0 && len(c.Tried) > 0 && !c.tried(chosen[0].member.id)
	n := len(g.members) - g.eligible.len()
	if fresh {
		n += len(c.Tried)
	}
	if everyone {
		n += max(0, g.eligible.len()-len(chosen))
	}
	if n == 0 {
		return nil
	}
	list := make([]Skip, 0, n)
	for _, m := range g.members {
		reason := m.reason
		switch {
		case reason != 0:
		case fresh && c.tried(m.id):
			reason = SkipTried
		case everyone && len(chosen) > 0 && byMemberOrder(m, chosen[len(chosen)-1].member) > 0:
			reason = SkipNotOfTen
		default:
			continue
		}
		list = append(list, Skip{Operator: m.id, Reason: reason})
	}
	if len(list) == 0 {
		return nil
	}
	return list
}

// passedOver counts the members who are not eligible, by reason.
func (g *group) passedOver() []SkipCount {
	if len(g.members) == g.eligible.len() {
		return nil
	}
	kinds := 0
	for _, n := range g.passed[1:] {
		kinds += min(n, 1)
	}
	list := make([]SkipCount, 0, kinds)
	for reason := SkipReason(1); reason < skipReasons; reason++ {
		if n := g.passed[reason]; n > 0 {
			list = append(list, SkipCount{Reason: reason, Count: n})
		}
	}
	return list
}

// Candidate is a member of a group as its strategy sees him just now.
type Candidate struct {
	Operator  OperatorID
	Name      string
	Rank      int        // place among the eligible, from 1; 0: not eligible
	Reason    SkipReason // why not; of the eleventh to ring together as well
	Order     int
	Level     int
	IdleSince Instant // zero when he is logged out
	Answered  int     // calls of groups answered in the day
}

// Preview says who would be offered the next call of a group with this record,
// which need not be saved: the eligible as its strategy ranks them, then the
// others in member order. Where chance decides, all the eligible have the same
// prospect and stand in member order.
func (s *State) Preview(config GroupConfig) []Candidate {
	draft := newGroup(config.ID)
	draft.Config = config
	if old := s.groups.get(config.ID); old != nil {
		draft.Last, draft.LastOrder = old.Last, old.LastOrder
	}
	draft.eligible.less = config.Strategy.ranking()
	var passed []*member
	for _, cm := range config.Members {
		m := &member{
			id: cm.Operator, group: draft, op: s.operators.get(cm.Operator), order: cm.Order, level: cm.Level, suspended: cm.Suspended,
		}
		if m.reason = s.skipReason(m); m.reason == 0 {
			draft.eligible.put(m)
		} else {
			passed = append(passed, m)
		}
	}
	slices.SortFunc(passed, byMemberOrder)
	list := make([]Candidate, 0, len(config.Members))
	for m := draft.firstInRank(config.Members); len(list) < draft.eligible.len(); m = draft.eligible.next(m) {
		if m == nil {
			m = draft.eligible.first()
		}
		reason := SkipReason(0)
		if config.Strategy == Everyone && len(list) >= atOnce {
			reason = SkipNotOfTen
		}
		list = append(list, m.candidate(len(list)+1, reason))
	}
	for _, m := range passed {
		list = append(list, m.candidate(0, m.reason))
	}
	return list
}

// firstInRank returns the eligible member of a draft who is ranked first.
func (g *group) firstInRank(members []Member) *member {
	if g.Config.Strategy != Rotating {
		return g.eligible.first()
	}
	last := member{id: g.Last, order: g.LastOrder}
	if i := slices.IndexFunc(members, func(m Member) bool { return m.Operator == g.Last }); i >= 0 {
		last.order = members[i].Order
	}
	_, m := g.eligible.split(func(m *member) bool { return byMemberOrder(m, &last) <= 0 })
	return cmp.Or(m, g.eligible.first())
}

func (m *member) candidate(rank int, reason SkipReason) Candidate {
	c := Candidate{Operator: m.id, Rank: rank, Reason: reason, Order: m.order, Level: m.level}
	if m.op != nil {
		c.Name, c.Answered = m.op.Config.Name, m.op.Answered
		if m.op.LoggedInAt != 0 {
			c.IdleSince = m.op.IdleSince
		}
	}
	return c
}
