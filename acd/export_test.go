package acd

import (
	"fmt"
	"slices"
)

// CheckIndexes compares every index with what it is an index of, in a state at
// rest.
func (s *State) CheckIndexes() error {
	if s.ready.len() > 0 {
		return fmt.Errorf("groups can make an offer and did not")
	}
	return s.CheckFold()
}

// CheckFold compares every index with what it is an index of, also between the
// events of a step.
func (s *State) CheckFold() error {
	timers := 0
	if s.dayTimer.at != s.dayDeadline() {
		return fmt.Errorf("the day is due at %d, its timer at %d", s.dayDeadline(), s.dayTimer.at)
	}
	timers += s.timed(s.dayTimer)
	for _, id := range s.OperatorIDs() {
		o := s.operators.get(id)
		if want := s.operatorDeadline(o); want != o.timer.at || (want != 0) != s.timers.has(o.timer) {
			return fmt.Errorf("operator %s is due at %d, his timer at %d", id, want, o.timer.at)
		}
		if o.timer.at != 0 {
			timers++
		}
	}
	for _, id := range s.CallIDs() {
		c := s.calls.get(id)
		if want := c.deadline(); want != c.timer.at || (want != 0) != s.timers.has(c.timer) {
			return fmt.Errorf("call %s is due at %d, its timer at %d", id, want, c.timer.at)
		}
		if c.timer.at != 0 {
			timers++
		}
		if c.gone || (c.queued.size > 0) != (c.Queue != "") || (c.waiting.size > 0) != (c.offerable() && c.Queue != "") {
			return fmt.Errorf("call %s has places %d and %d in group %q", id, c.queued.size, c.waiting.size, c.Queue)
		}
	}
	places := 0
	for _, id := range s.GroupIDs() {
		g := s.groups.get(id)
		places += len(g.members)
		timers += s.timed(g.timer)
		if g.timer.at != g.deadline() {
			return fmt.Errorf("group %s is due at %d, its timer at %d", id, g.deadline(), g.timer.at)
		}
		if err := g.checkOrders(s); err != nil {
			return fmt.Errorf("group %s: %w", id, err)
		}
		for _, m := range g.members {
			if m.op != s.operators.get(m.id) || m.group != g {
				return fmt.Errorf("member %s of group %s is linked wrongly", m.id, id)
			}
			want := m.op != nil && s.skipReason(m) == 0
			if m.listed != want || g.eligible.has(m) != want || m.reason != s.skipReason(m) {
				return fmt.Errorf("member %s of group %s is eligible: %t, listed: %t", m.id, id, want, m.listed)
			}
			if !slices.Contains(s.memberships[m.id], m) {
				return fmt.Errorf("member %s of group %s is in no membership", m.id, id)
			}
		}
	}
	for _, list := range s.memberships {
		places -= len(list)
	}
	if places != 0 {
		return fmt.Errorf("%d memberships too few", places)
	}
	if timers != s.timers.len() {
		return fmt.Errorf("%d timers for %d deadlines", s.timers.len(), timers)
	}
	return nil
}

func (s *State) timed(t *timer) int {
	if s.timers.has(t) {
		return 1
	}
	return 0
}

// checkOrders compares a group's orders and counters with what they follow from.
func (g *group) checkOrders(s *State) error {
	var passed [skipReasons]int
	recorded, informed := 0, 0
	for _, m := range g.members {
		passed[m.reason]++
		if o := m.op; o != nil && o.Config.Record && o.Config.Enabled && !o.Removed {
			recorded++
		}
	}
	if passed != g.passed || passed[0] != g.eligible.len() || recorded != g.recorded {
		return fmt.Errorf("members by reason %v and recorded %d, counted %v and %d", passed, recorded, g.passed, g.recorded)
	}
	for _, c := range s.calls.byID {
		if c.Queue == g.Config.ID && c.State == CallQueued && c.NoticeUntil != 0 {
			informed++
		}
	}
	if informed != g.informed {
		return fmt.Errorf("%d hear the notice, counted %d", informed, g.informed)
	}
	if err := g.eligible.check(); err != nil {
		return fmt.Errorf("eligible: %w", err)
	}
	if err := g.waiting.check(); err != nil {
		return fmt.Errorf("waiting: %w", err)
	}
	if err := g.queued.check(); err != nil {
		return fmt.Errorf("queued: %w", err)
	}
	return nil
}

// check verifies that the items are in order, that each knows its place, and that
// the tree is one.
func (o *order[T]) check() error {
	n := 0
	var last *T
	for x := o.first(); x != nil; x = o.next(x) {
		if last != nil && o.less(x, last) {
			return fmt.Errorf("item %d is out of order", n)
		}
		if o.rank(x) != n || o.at(n) != x {
			return fmt.Errorf("item %d has rank %d", n, o.rank(x))
		}
		l := o.links(x)
		for _, below := range []*T{l.left, l.right} {
			if below != nil && (o.links(below).parent != x || o.links(below).weight > l.weight) {
				return fmt.Errorf("item %d hangs wrongly", n)
			}
		}
		last = x
		n++
	}
	if n != o.len() || last != o.tail {
		return fmt.Errorf("%d items are counted as %d", n, o.len())
	}
	return nil
}
