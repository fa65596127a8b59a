package acd_test

import (
	"fmt"
	"testing"

	"bandeau/acd"
)

// large returns a centre of 10 000 operators in 200 groups.
func large(b *testing.B, waiting int) *acd.State {
	b.Helper()
	return sized(b, 10_000, 200, waiting)
}

// sized returns a centre where each operator is in two groups and callers wait, or
// ring at as many operators as there are.
func sized(b *testing.B, operators, groups, waiting int) *acd.State {
	b.Helper()
	s := acd.New(1)
	members := make([][]acd.Member, groups)
	for i := range operators {
		id := acd.OperatorID(fmt.Sprintf("op%05d", i))
		c := operatorConfig(string(id))
		must(b, s, start, acd.ConfigureOperator{Config: c})
		for _, g := range []int{i % groups, (i * 7 / 3) % groups} {
			if n := len(members[g]); n == 0 || members[g][n-1].Operator != id {
				members[g] = append(members[g], acd.Member{Operator: id, Order: n, Level: 1})
			}
		}
	}
	for g, m := range members {
		must(b, s, start, acd.ConfigureGroup{Config: acd.GroupConfig{
			ID: group(g), Name: "x", Strategy: acd.LongestIdle, Priority: 1 + g%5, Members: m,
		}})
	}
	for i := range waiting {
		must(b, s, start+acd.Instant(i), acd.CallArrived{
			Call:        acd.CallID(fmt.Sprintf("w%06d", i)),
			Destination: acd.Destination{Kind: acd.ToGroup, Group: group(i % groups)},
		})
	}
	for i := range operators {
		id := acd.OperatorID(fmt.Sprintf("op%05d", i))
		must(b, s, start+200_000, acd.Login{Operator: id, Session: "s"})
	}
	s.TakeChanges()
	return s
}

func group(i int) acd.GroupID { return acd.GroupID(fmt.Sprintf("g%03d", i)) }

// BenchmarkDecision is an operator who becomes free among 100 000 waiting
// callers and is offered the next: he refuses, and with OP-16 ended by a
// supervisor is free again.
func BenchmarkDecision(b *testing.B) {
	s := large(b, 100_000)
	b.ReportAllocs()
	i := 0
	for b.Loop() {
		id := acd.OperatorID(fmt.Sprintf("op%05d", i*37%10_000))
		i++
		if _, _, err := s.Step(start+300_000, acd.Release{Operator: id}); err != nil {
			b.Fatal(err)
		}
		s.TakeChanges()
	}
}

// BenchmarkCheckpoint copies a centre of 500 operators and 2000 calls, which is
// all that a checkpoint costs the goroutine that owns the state.
func BenchmarkCheckpoint(b *testing.B) {
	s := sized(b, 500, 20, 2_000)
	b.ReportAllocs()
	for b.Loop() {
		if c := s.Checkpoint(); len(c.Operators) != 500 || len(c.Calls) != 2_000 {
			b.Fatal(len(c.Operators), len(c.Calls))
		}
	}
}

// BenchmarkArrival is a caller who arrives where operators are free, is offered
// to one of them, and gives up.
func BenchmarkArrival(b *testing.B) {
	s := large(b, 0)
	b.ReportAllocs()
	i := 0
	for b.Loop() {
		id := acd.CallID(fmt.Sprintf("c%08d", i))
		if _, _, err := s.Step(start+300_000, acd.CallArrived{
			Call: id, Destination: acd.Destination{Kind: acd.ToGroup, Group: group(i % 200)},
		}); err != nil {
			b.Fatal(err)
		}
		if _, _, err := s.Step(start+300_000, acd.LegEnded{Call: id, Leg: 1, Cause: acd.EndHungUp}); err != nil {
			b.Fatal(err)
		}
		i++
		s.TakeChanges()
	}
}
