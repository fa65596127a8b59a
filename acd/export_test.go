package acd

import (
	"fmt"
	"slices"
)

// CheckIndexes compares every index with what it is an index of.
func (s *State) CheckIndexes() error {
	if s.ready.len() > 0 {
		return fmt.Errorf("groups can make an offer and did not")
	}
	timers := 0
	for _, id := range s.OperatorIDs() {
		o := s.operators[id]
		if want := s.operatorDeadline(o); want != o.timer.at || (want != 0) != s.timers.has(o.timer) {
			return fmt.Errorf("operator %s is due at %d, his timer at %d", id, want, o.timer.at)
		}
		if o.timer.at != 0 {
			timers++
		}
	}
	for _, id := range s.CallIDs() {
		c := s.calls[id]
		if want := c.deadline(); want != c.timer.at || (want != 0) != s.timers.has(c.timer) {
			return fmt.Errorf("call %s is due at %d, its timer at %d", id, want, c.timer.at)
		}
		if c.timer.at != 0 {
			timers++
		}
		if c.gone || (c.queued >= 0) != (c.Queue != "") || (c.waiting >= 0) != c.offerable() {
			return fmt.Errorf("call %s has places %d and %d in group %q", id, c.queued, c.waiting, c.Queue)
		}
	}
	if timers != s.timers.len() {
		return fmt.Errorf("%d timers for %d deadlines", s.timers.len(), timers)
	}
	places := 0
	for _, id := range s.GroupIDs() {
		g := s.groups[id]
		places += len(g.members)
		rank := g.Config.Strategy.ranking()
		if !slices.IsSortedFunc(g.eligible, rank) {
			return fmt.Errorf("the eligible of group %s are out of order", id)
		}
		for _, m := range g.members {
			if m.op != s.operators[m.id] || m.group != g {
				return fmt.Errorf("member %s of group %s is linked wrongly", m.id, id)
			}
			want := m.op != nil && s.skipReason(m) == 0
			if m.listed != want || slices.Contains(g.eligible, m) != want {
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
	return nil
}
