package acd

import (
	"fmt"
	"testing"
)

// crowd returns a centre whose groups have so many eligible operators, each in two
// of them, and so many waiting calls, as they stand in the middle of a step.
func crowd(tb testing.TB, strategy Strategy, operators, groups, waiting int) *State {
	tb.Helper()
	s := New(1)
	members := make([][]Member, groups)
	for i := range operators {
		id := OperatorID(fmt.Sprintf("op%05d", i))
		OperatorConfigured{Config: OperatorConfig{
			ID: id, Name: "x", Enabled: true, Phone: Phone{Kind: PhoneExternal, Number: "+33600000000"},
		}}.fold(s, 1)
		LoggedIn{Operator: id, Session: "s"}.fold(s, Instant(i))
		OperatorChanged{Operator: id, Presence: Available}.fold(s, Instant(i))
		for _, g := range []int{i % groups, (i*7/3 + 1) % groups} {
			if n := len(members[g]); n == 0 || members[g][n-1].Operator != id {
				members[g] = append(members[g], Member{Operator: id, Order: n, Level: 1 + i%9})
			}
		}
	}
	for g, m := range members {
		GroupConfigured{Config: GroupConfig{
			ID: GroupID(fmt.Sprintf("g%03d", g)), Name: "x", Strategy: strategy, Priority: 1 + g%5, Members: m,
		}}.fold(s, 1)
	}
	for i := range waiting {
		id := CallID(fmt.Sprintf("c%06d", i))
		CallStarted{Call: id, Direction: Inbound}.fold(s, Instant(i))
		Enqueued{Call: id, Group: GroupID(fmt.Sprintf("g%03d", i%groups)), Seq: uint64(i) + 1, FirstArrival: Instant(i)}.fold(s, Instant(i)) //nolint:gosec // small
	}
	s.TakeChanges()
	return s
}

// match is what the matcher does in a decision, without the events: the group
// whose call comes first is found, that call taken out and another put in, the
// operator for it chosen, taken out of all his groups, and put back as the one
// who is idle from now.
func (s *State) match(now Instant) {
	g, _ := s.ready.first()
	c := g.waiting.first()
	g.waiting.drop(c)
	s.refreshReady(g)
	o := s.choose(g, c, s.room[:0])[0].member.op
	o.IgnoredUntil = 1
	for _, m := range s.memberships[o.Config.ID] {
		s.refreshMember(m)
	}
	o.IgnoredUntil, o.IdleSince = 0, now
	for _, m := range s.memberships[o.Config.ID] {
		s.refreshMember(m)
	}
	c.ArrivedAt = now
	g.waiting.put(c)
	s.refreshReady(g)
}

// BenchmarkMatch times the matcher alone: it allocates nothing, and its cost
// hardly depends on the size of the centre.
func BenchmarkMatch(b *testing.B) {
	for _, size := range []struct{ operators, groups, waiting int }{
		{10, 1, 1_000}, {100, 50, 1_000}, {1_000, 50, 1_000}, {1_000, 200, 100_000}, {10_000, 1, 100_000}, {10_000, 200, 100_000},
	} {
		b.Run(fmt.Sprintf("ops=%d/waiting=%d/groups=%d", size.operators, size.waiting, size.groups), func(b *testing.B) {
			s := crowd(b, LongestIdle, size.operators, size.groups, size.waiting)
			b.ReportAllocs()
			now := Instant(1_000_000)
			for b.Loop() {
				now++
				s.match(now)
			}
		})
	}
}

// TestMatcherAllocatesNothing keeps the steady state of the matcher free of
// garbage, with each strategy.
func TestMatcherAllocatesNothing(t *testing.T) {
	for strategy := LongestIdle; strategy.known(); strategy++ {
		s := crowd(t, strategy, 300, 20, 2_000)
		now := Instant(1_000_000)
		if n := testing.AllocsPerRun(500, func() {
			now++
			s.match(now)
		}); n > 0 {
			t.Errorf("strategy %d: %.1f allocations in a match", strategy, n)
		}
	}
}
