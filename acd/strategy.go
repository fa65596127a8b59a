package acd

import (
	"cmp"
	"math/bits"
	"slices"
	"strings"
)

// atOnce is how many phones the strategy Everyone rings together.
const atOnce = 10

// ranking returns the order of a strategy over the eligible members of a group,
// best first. Whatever it compares may change only while an operator is not
// eligible: the lists are kept sorted by it. Every final tie is member order,
// then id.
func (st Strategy) ranking() func(a, b *member) bool {
	switch st {
	case LongestIdle:
		return func(a, b *member) bool { return byLongestIdle(a, b) < 0 }
	case FewestCalls:
		return func(a, b *member) bool {
			return cmp.Or(cmp.Compare(a.op.Answered, b.op.Answered), byLongestIdle(a, b)) < 0
		}
	case Skill:
		return func(a, b *member) bool { return cmp.Or(cmp.Compare(a.level, b.level), byLongestIdle(a, b)) < 0 }
	case Fixed, Random, Rotating, Everyone:
	}
	return func(a, b *member) bool { return byMemberOrder(a, b) < 0 }
}

// byLongestIdle puts first who has been available for the longest time: since
// the end of his last handled call, wrap-up included, or since login.
func byLongestIdle(a, b *member) int {
	return cmp.Or(cmp.Compare(a.op.IdleSince, b.op.IdleSince), byMemberOrder(a, b))
}

func byMemberOrder(a, b *member) int {
	return cmp.Or(cmp.Compare(a.order, b.order), strings.Compare(string(a.id), string(b.id)))
}

// choice is a member a call is to be offered to, and his place among the
// eligible, from 1, as his group's strategy ranks them.
type choice struct {
	member *member
	rank   int
}

// choose returns whom a call of a group is offered to: the best ranked of those
// who have not let it ring before, and when all have, of all of them. There is
// one, but for Everyone. Somebody must be eligible.
func (s *State) choose(g *group, c *call, into []choice) []choice {
	again := s.triedHere(g, c) == g.eligible.len()
	switch g.Config.Strategy {
	case Random:
		return append(into, s.draw(g, c, again))
	case Rotating:
		return append(into, s.nextInTurn(g, c, again))
	case Everyone:
		for m, rank := g.eligible.first(), 1; m != nil && len(into) < atOnce; m, rank = g.eligible.next(m), rank+1 {
			if again || !c.tried(m.id) {
				into = append(into, choice{m, rank})
			}
		}
		return into
	case LongestIdle, Fixed, FewestCalls, Skill:
	}
	rank := 1
	for m := g.eligible.first(); ; m, rank = g.eligible.next(m), rank+1 {
		if again || !c.tried(m.id) {
			return append(into, choice{m, rank})
		}
	}
}

// triedHere counts the eligible members who have let a call ring before.
func (s *State) triedHere(g *group, c *call) int {
	n := 0
	if c != nil {
		for _, id := range c.Tried {
			if m := s.member(id, g.Config.ID); m != nil && m.listed {
				n++
			}
		}
	}
	return n
}

// draw takes one of the candidates by chance. What is drawn follows from the
// seed of the centre and the number of offers ever made, so that the same events
// draw the same.
func (s *State) draw(g *group, c *call, again bool) choice {
	var tried []int // places of those who are no candidates, ascending
	if !again {
		for _, id := range c.Tried {
			if m := s.member(id, g.Config.ID); m != nil && m.listed {
				tried = append(tried, g.eligible.rank(m))
			}
		}
		slices.Sort(tried)
	}
	hi, _ := bits.Mul64(mix64(s.seed+(s.offers+1)*0x9e3779b97f4a7c15), uint64(g.eligible.len()-len(tried))) //nolint:gosec // never negative
	k := int(hi)                                                                                            //nolint:gosec // less than the number of members
	for _, at := range tried {
		if at <= k {
			k++
		}
	}
	return choice{g.eligible.at(k), k + 1}
}

// nextInTurn takes the first candidate after the one a call of the group was
// offered last, and begins again after the last in the order.
func (s *State) nextInTurn(g *group, c *call, again bool) choice {
	m := s.afterLast(g)
	for rank := 1; ; rank++ {
		if m == nil {
			m = g.eligible.first()
		}
		if again || !c.tried(m.id) {
			return choice{m, rank}
		}
		m = g.eligible.next(m)
	}
}

// afterLast returns the eligible member whose turn follows that of the last one,
// nil when the turn begins again.
func (s *State) afterLast(g *group) *member {
	last := member{id: g.Last, order: g.LastOrder}
	if m := s.member(g.Last, g.Config.ID); m != nil {
		last.order = m.order
	}
	_, m := g.eligible.split(func(m *member) bool { return byMemberOrder(m, &last) <= 0 })
	return m
}

// dayBegan lets what is counted by day start from nothing. It is the only change
// of what a strategy compares while operators are eligible.
func (s *State) dayBegan(from Instant) {
	for _, id := range s.OperatorIDs() {
		o := s.operators.get(id)
		if o.Answered == 0 || o.AnsweredAt >= from {
			continue
		}
		for _, m := range s.memberships[id] {
			m.group.eligible.drop(m)
		}
		o.Answered = 0
		for _, m := range s.memberships[id] {
			if m.listed {
				m.group.eligible.put(m)
			}
		}
		s.touchOperator(o)
	}
}

// skipReason says why a member cannot be offered a call of the group; 0 means
// he is eligible.
func (s *State) skipReason(m *member) SkipReason {
	o := m.op
	switch {
	case o == nil || o.Removed || !o.Config.Enabled:
		return SkipDisabled
	case o.Presence == LoggedOut:
		return SkipLoggedOut
	case m.suspended:
		return SkipSuspended
	case o.Activity == WrappingUp:
		return SkipWrapUp
	case o.Activity != Idle:
		return SkipBusy
	case o.Presence == Paused && !o.Config.AlwaysConnected: // OP-10
		return SkipPaused
	}
	switch s.phoneState(o) {
	case PhoneMissing:
		return SkipNoPhone
	case PhoneInUse:
		return SkipPhoneInUse
	case PhoneUnreachable:
		return SkipUnreachable
	case PhoneReachable:
	}
	if o.IgnoredUntil != 0 { // OP-16
		return SkipIgnored
	}
	return 0
}

// phoneState says whether an operator can be reached on his phone.
func (s *State) phoneState(o *operator) PhoneState {
	switch o.Phone.Kind {
	case PhoneNone:
		return PhoneMissing
	case PhoneExternal:
		return PhoneReachable
	case PhoneCentrex:
		acc := s.accounts[o.Phone.Account]
		switch {
		case acc != nil && len(acc.Operators) > 0 && acc.Operators[0] != o.Config.ID:
			return PhoneInUse
		case acc == nil || !acc.Reachable:
			return PhoneUnreachable
		}
		return PhoneReachable
	case PhoneBrowser:
		if !o.Browser && o.Phone.Fallback == "" {
			return PhoneUnreachable
		}
		return PhoneReachable
	}
	panic("acd: phone of an unknown kind of operator " + string(o.Config.ID))
}
