package acd_test

import (
	"fmt"
	"reflect"
	"testing"

	"bandeau/acd"
	"bandeau/acd/acdtest"
)

// callsOf returns the calls of a state by their ids.
func callsOf(s *acd.State) map[acd.CallID]acd.CallCheckpoint {
	calls := map[acd.CallID]acd.CallCheckpoint{}
	for _, c := range s.Checkpoint().Calls {
		calls[c.ID] = c
	}
	return calls
}

// TestAnnouncementsDecideNothing leads a centre and its twin, whose groups say
// nothing, through the same days: every offer, answer, overflow and end is the
// same, at the same instant.
func TestAnnouncementsDecideNothing(t *testing.T) {
	steps, said := 4_000, 0
	if testing.Short() || raceEnabled {
		steps = 1_000
	}
	for seed := range uint64(4) {
		w, s, twin := acdtest.NewWorkload(seed), acd.New(seed), acd.New(seed)
		for i := range steps {
			now, cmd := w.Next(s)
			other, same := forTwin(cmd, s, twin)
			now = max(now, s.Now()) // the twin's clock stands where this one's does
			events, _, err := s.Step(now, cmd)
			if !same {
				continue
			}
			twins, _, twinsErr := twin.Step(now, other)
			if (err == nil) != (twinsErr == nil) {
				t.Fatalf("seed %d step %d: %+v: %v, and the twin %v", seed, i, cmd, err, twinsErr)
			}
			got, n := decided(events)
			said += n
			if want, _ := decided(twins); !reflect.DeepEqual(got, want) {
				t.Fatalf("seed %d step %d: %+v:\n%v\nand the twin\n%v", seed, i, cmd, got, want)
			}
		}
	}
	if said < steps/40 {
		t.Errorf("only %d announcements were made", said)
	}
}

// forTwin turns a command into the one for a centre without announcements; there
// is none for the end of an announcement.
func forTwin(cmd acd.Command, s, twin *acd.State) (other acd.Command, some bool) {
	switch c := cmd.(type) { //nolint:gochecksumtype // the others are the same
	case acd.ConfigureGroup:
		c.Config.HoldMusic, c.Config.Announce = "", acd.Announcements{}
		return c, true
	case acd.PromptEnded:
		call := callsOf(s)[c.Call]
		if call.NoticeUntil == 0 || c.Prompt != call.Prompts {
			return nil, false
		}
		c.Prompt = callsOf(twin)[c.Call].Prompts // it has said less
		return c, true
	}
	return cmd, true
}

// decided leaves out of events what is said, and counts it.
func decided(events []acd.Event) (of []acd.Event, said int) {
	for _, e := range events {
		switch e := e.(type) { //nolint:gochecksumtype // the others decide something
		case acd.AnnouncementStarted:
			said++
		case acd.AnnouncementEnded, acd.GroupConfigured:
		case acd.NoticeStarted:
			e.Prompt = 0
			of = append(of, e)
		default:
			of = append(of, e)
		}
	}
	return of, said
}

// TestNobodyWaitsInSilence follows what each caller hears: an announcement while
// the core believes so, and else music as long as he waits.
func TestNobodyWaitsInSilence(t *testing.T) {
	steps := 4_000
	if testing.Short() || raceEnabled {
		steps = 1_000
	}
	for seed := range uint64(4) {
		w, s, hears := acdtest.NewWorkload(seed), acd.New(seed), map[acd.CallID]string{}
		for i := range steps {
			now, cmd := w.Next(s)
			_, effects, err := s.Step(now, cmd)
			if err != nil {
				continue
			}
			for _, e := range effects {
				hear(hears, e)
			}
			for id, c := range callsOf(s) {
				if err := waitsWell(c, hears[id]); err != nil {
					t.Fatalf("seed %d step %d: %+v: call %s: %v", seed, i, cmd, id, err)
				}
			}
		}
	}
}

// hear notes what leg 1 of a call hears from an effect on.
func hear(hears map[acd.CallID]string, e acd.Effect) {
	switch e := e.(type) { //nolint:gochecksumtype // the others are not heard
	case acd.PlayLeg:
		if e.Leg == 1 {
			hears[e.Call] = "music"
		}
	case acd.Announce:
		hears[e.Call] = "announcement"
		if e.Leg != 1 || len(e.Says) == 0 {
			hears[e.Call] = "nothing"
		}
	case acd.PlayPrompt:
		for _, leg := range e.Legs {
			if leg == 1 {
				hears[e.Call] = "notice"
			}
		}
	case acd.JoinLegs:
		hears[e.Call] = "the other side"
	}
}

// waitsWell holds a call against what its first leg hears.
func waitsWell(c acd.CallCheckpoint, hears string) error {
	if c.SayingUntil != 0 && (c.NoticeUntil != 0 || c.State >= acd.CallTalking || hears != "announcement") {
		return fmt.Errorf("something is said until %d, in state %d, and it hears %s", c.SayingUntil, c.State, hears)
	}
	if c.AnnounceAt != 0 && (c.Queue == "" || c.SayingUntil != 0) {
		return fmt.Errorf("something will be said at %d, in group %q, while something is until %d", c.AnnounceAt, c.Queue, c.SayingUntil)
	}
	if c.Queue == "" {
		return nil
	}
	want := "music"
	switch {
	case c.NoticeUntil != 0:
		want = "notice"
	case c.SayingUntil != 0:
		want = "announcement"
	}
	if hears != want {
		return fmt.Errorf("it hears %s instead of %s", hears, want)
	}
	return nil
}

// TestWaitsAreSaidInMinutes rounds up, and ends at an hour.
func TestWaitsAreSaidInMinutes(t *testing.T) {
	for seconds, want := range map[int]int{1: 0, 59: 0, 60: 1, 61: 2, 120: 2, 3541: 60, 3600: 60, 3601: 61, 90_000: 61} {
		if got := acd.SpokenMinutes(seconds); got != want {
			t.Errorf("%d s are said as %d minutes, want %d", seconds, got, want)
		}
	}
}
