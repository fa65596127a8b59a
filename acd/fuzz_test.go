package acd_test

import (
	"fmt"
	"slices"
	"testing"

	"bandeau/acd"
	"bandeau/acd/acdtest"
)

// mostFuzzed bounds the steps of one input, so that a fuzzer that adds bytes does
// not only get slower.
const mostFuzzed = 1_500

// FuzzWorkload lets bytes choose what happens in a small centre, and checks it
// after each step.
func FuzzWorkload(f *testing.F) {
	for seed := range uint64(6) {
		f.Add(noise(seed, 1_200))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		bytes := acdtest.NewBytes(data)
		c := newLife(1, acdtest.NewWorkloadFrom(bytes))
		for i := 0; i < mostFuzzed && bytes.Left() > 0; i++ {
			if err := c.step(); err != nil {
				t.Fatalf("%v; as a scenario:\n%s", err, acdtest.Script(1, acdtest.Shrink(c.done, broken(1))))
			}
		}
	})
}

// noise returns bytes that look like chance.
func noise(seed uint64, n int) []byte {
	out := make([]byte, n)
	for i := range out {
		seed = seed*6364136223846793005 + 1442695040888963407
		out[i] = byte(seed >> 56)
	}
	return out
}

// calendar is the obvious calendar: after a tick, what was told last holds, and
// of the changes it told of the last one that is over.
type calendar struct {
	open    bool
	cause   string
	changes []acd.HoursChange
	began   acd.Instant
	days    []acd.Instant
}

func (c *calendar) tick(now acd.Instant) {
	for len(c.changes) > 0 && c.changes[0].At <= now {
		c.open, c.cause, c.changes = c.changes[0].Open, c.changes[0].Cause, c.changes[1:]
	}
	for len(c.days) > 0 && c.days[0] <= now {
		c.began, c.days = c.days[0], c.days[1:]
	}
}

// FuzzHours tells a group of hours and the centre of days, in any order and of
// any time, lets time pass and calls arrive: the group is open when the obvious
// calendar says so, and a closed one takes nobody in.
func FuzzHours(f *testing.F) {
	for seed := range uint64(10) {
		f.Add(noise(seed+100, 400))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		choose := acdtest.NewBytes(data)
		s := acd.New(1)
		checker := acdtest.NewChecker(s)
		now := acdtest.Epoch
		do := func(c acd.Command) error {
			events, effects, err := s.Step(now, c)
			if wrong := checker.Observe(now, c, events, effects, err); wrong != nil {
				t.Fatal(wrong)
			}
			return err
		}
		_ = do(acd.ConfigureGroup{Config: acd.GroupConfig{ID: "g", Name: "x", Strategy: acd.LongestIdle, Priority: 1}})
		want := calendar{open: true}
		for i := 0; i < 300 && choose.Left() > 0; i++ {
			switch choose.IntN(4) {
			case 0:
				c := acd.SetHours{Group: "g", Open: choose.IntN(2) == 0, Cause: fmt.Sprint(i)}
				at := now - 5_000
				for range choose.IntN(5) {
					at += acd.Instant(choose.IntN(60_000)) - 1_000
					c.Changes = append(c.Changes, acd.HoursChange{At: at, Open: choose.IntN(2) == 0, Cause: fmt.Sprint(i, at)})
				}
				if do(c) == nil {
					want.open, want.cause, want.changes = c.Open, c.Cause, c.Changes
				}
			case 1:
				c := acd.SetDays{Began: now - acd.Instant(choose.IntN(60_000))}
				at := c.Began
				for range choose.IntN(5) {
					at += acd.Instant(choose.IntN(60_000))
					c.Next = append(c.Next, at)
				}
				if do(c) == nil {
					want.began, want.days = c.Began, c.Next
				}
			case 2:
				if n := len(want.changes); n > 0 && choose.IntN(2) == 0 { // to the very instant, past others
					now = max(now, want.changes[choose.IntN(n)].At)
					break
				}
				now += acd.Instant(choose.IntN(90_000)) + 1
			default:
				call := acd.CallID(fmt.Sprintf("c%03d", i))
				_ = do(acd.Tick{})
				want.tick(now)
				_ = do(acd.CallArrived{Call: call, Destination: acd.Destination{Kind: acd.ToGroup, Group: "g"}})
				if v, there := s.Call(call); there && v.State == acd.CallQueued != want.open {
					t.Fatalf("at %s a call is in state %d, the group open: %t", acdtest.Clock(now), v.State, want.open)
				}
			}
			_ = do(acd.Tick{})
			want.tick(now)
			cp := s.Checkpoint()
			g := cp.Groups[0]
			if g.Closed == want.open || g.HoursCause != want.cause || !slices.Equal(g.Hours, want.changes) {
				t.Fatalf("at %s the group is %+v, want %+v", acdtest.Clock(now), g, want)
			}
			if cp.Days.Began != want.began || !slices.Equal(cp.Days.Next, want.days) {
				t.Fatalf("at %s the days are %+v, want %+v", acdtest.Clock(now), cp.Days, want)
			}
		}
	})
}
