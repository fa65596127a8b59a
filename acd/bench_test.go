package acd_test

import (
	"fmt"
	"runtime"
	"slices"
	"testing"
	"time"

	"bandeau/acd"
)

// large returns a centre of 10 000 operators in 200 groups.
func large(b *testing.B, waiting int) *acd.State {
	b.Helper()
	return sized(b, 10_000, 200, waiting)
}

// sized returns a centre where each operator is in two groups and callers wait, or
// ring at as many operators as there are.
func sized(tb testing.TB, operators, groups, waiting int) *acd.State {
	tb.Helper()
	s, wrapUp := acd.New(1), 30
	members := make([][]acd.Member, groups)
	for i := range operators {
		id := acd.OperatorID(fmt.Sprintf("op%05d", i))
		c := operatorConfig(string(id))
		c.WrapUpSeconds = &wrapUp
		must(tb, s, start, acd.ConfigureOperator{Config: c})
		for _, g := range []int{i % groups, (i * 7 / 3) % groups} {
			if n := len(members[g]); n == 0 || members[g][n-1].Operator != id {
				members[g] = append(members[g], acd.Member{Operator: id, Order: n, Level: 1})
			}
		}
	}
	for g, m := range members {
		must(tb, s, start, acd.ConfigureGroup{Config: acd.GroupConfig{
			ID: group(g), Name: "x", Strategy: acd.LongestIdle, Priority: 1 + g%5, Members: m,
		}})
	}
	for i := range waiting {
		must(tb, s, start+acd.Instant(i), acd.CallArrived{
			Call:        acd.CallID(fmt.Sprintf("w%06d", i)),
			Destination: acd.Destination{Kind: acd.ToGroup, Group: group(i % groups)},
		})
	}
	for i := range operators {
		id := acd.OperatorID(fmt.Sprintf("op%05d", i))
		must(tb, s, start+200_000, acd.Login{Operator: id, Session: "s"})
	}
	s.TakeChanges()
	return s
}

func group(i int) acd.GroupID { return acd.GroupID(fmt.Sprintf("g%03d", i)) }

// loaded is a centre under load for the benchmarks: each operator is in two
// groups, as many callers as waiting wait, and every operator has one.
type loaded struct {
	*acd.State

	operators, groups, waiting int
	arrived                    int
	took                       []time.Duration // of the last decisions
	decided                    int
	spent                      time.Duration
}

// newLoaded fills a centre. Everybody is idle when nobody waits.
func newLoaded(tb testing.TB, operators, groups, waiting int) *loaded {
	tb.Helper()
	c := &loaded{
		State: sized(tb, operators, groups, 0), operators: operators, groups: groups, waiting: waiting,
		took: make([]time.Duration, 0, 1<<16),
	}
	if waiting > 0 {
		for range operators*2 + waiting { // some groups have more callers than operators, until each operator has one
			c.arrive(tb)
		}
	}
	return c
}

func (c *loaded) step(tb testing.TB, cmd acd.Command) []acd.Event {
	tb.Helper()
	events, _, err := c.Step(start+300_000+acd.Instant(c.arrived), cmd)
	if err != nil {
		tb.Fatal(err)
	}
	return events
}

// decide carries out a command that leads to one offer, and notes how long the
// core took.
func (c *loaded) decide(tb testing.TB, cmd acd.Command) acd.OfferMade {
	tb.Helper()
	at := start + 300_000 + acd.Instant(c.arrived)
	began := time.Now()
	events, _, err := c.Step(at, cmd)
	took := time.Since(began)
	if err != nil {
		tb.Fatal(err)
	}
	if len(c.took) < cap(c.took) {
		c.took = append(c.took, took)
	} else {
		c.took[c.decided%cap(c.took)] = took
	}
	c.decided++
	c.spent += took
	for _, e := range events {
		if made, ok := e.(acd.OfferMade); ok {
			return made
		}
	}
	tb.Fatalf("%T leads to no offer", cmd)
	return acd.OfferMade{}
}

func (c *loaded) arrival() acd.CallArrived {
	c.arrived++
	return acd.CallArrived{
		Call:        acd.CallID(fmt.Sprintf("c%08d", c.arrived)),
		Destination: acd.Destination{Kind: acd.ToGroup, Group: group(c.arrived % c.groups)},
	}
}

func (c *loaded) arrive(tb testing.TB) {
	tb.Helper()
	c.step(tb, c.arrival())
}

func (c *loaded) arriveIn(tb testing.TB, g acd.GroupID) {
	tb.Helper()
	arrival := c.arrival()
	arrival.Destination.Group = g
	c.step(tb, arrival)
}

func (c *loaded) report(b *testing.B) {
	b.Helper()
	slices.Sort(c.took)
	b.ReportMetric(float64(c.took[len(c.took)/2]), "p50-ns")
	b.ReportMetric(float64(c.took[len(c.took)*99/100]), "p99-ns")
	b.ReportMetric(float64(c.decided)/c.spent.Seconds(), "decisions/s")
}

// BenchmarkDecision times decisions: a step of the core, events and effects
// included, that leads to exactly one offer. Where callers wait it is that of an
// operator who ends his wrap-up and is given the next one; where none does, that
// of a caller who comes and is given an operator. p50-ns, p99-ns and decisions/s
// are of that step alone; ns/op is of a whole call around it, from arrival to the
// end of wrap-up.
func BenchmarkDecision(b *testing.B) {
	for _, operators := range []int{10, 100, 1_000, 10_000} {
		for _, waiting := range []int{0, 1_000, 100_000} {
			for _, groups := range []int{1, 50, 200} {
				b.Run(fmt.Sprintf("ops=%d/waiting=%d/groups=%d", operators, waiting, groups), func(b *testing.B) {
					decisions(b, newLoaded(b, operators, min(groups, operators), waiting))
				})
			}
		}
	}
}

func decisions(b *testing.B, c *loaded) {
	b.Helper()
	b.ReportAllocs()
	turn := 0
	for b.Loop() {
		if c.waiting == 0 {
			made := c.decide(b, c.arrival())
			c.step(b, acd.LegEnded{Call: made.Call, Leg: 1, Cause: acd.EndHungUp})
			c.TakeChanges()
			continue
		}
		turn++
		id := acd.OperatorID(fmt.Sprintf("op%05d", turn*37%c.operators))
		v, _ := c.Operator(id)
		call, _ := c.Call(v.Call)
		if call.OperatorLeg == 0 {
			continue
		}
		c.step(b, acd.LegAnswered{Call: v.Call, Leg: call.OperatorLeg})
		c.step(b, acd.LegEnded{Call: v.Call, Leg: 1, Cause: acd.EndHungUp})
		made := c.decide(b, acd.FinishWrapUp{Operator: id})
		c.arriveIn(b, made.Group) // so that as many wait in each group as before
		c.TakeChanges()
	}
	c.report(b)
}

// TestWaitingCallsAreSmall holds a waiting call to a kilobyte of the core's
// memory, whatever the number of them.
func TestWaitingCallsAreSmall(t *testing.T) {
	const calls = 50_000
	heap := func() uint64 {
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return m.HeapAlloc
	}
	c := newLoaded(t, 0, 50, 0)
	before := heap()
	for range calls {
		c.arrive(t)
		c.TakeChanges()
	}
	each := (heap() - before) / calls
	t.Logf("%d bytes for a waiting call", each)
	if each > 1024 {
		t.Errorf("a waiting call takes %d bytes, more than 1024", each)
	}
	runtime.KeepAlive(c)
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
