package sim_test

import (
	"container/heap"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"bandeau/acd"
	"bandeau/acd/acdtest"
	"bandeau/journal"
)

// due is something that happens at an instant; of two the one thought of first.
type due struct {
	at      acd.Instant
	n       int
	command acd.Command
}

type agenda []due

func (a *agenda) Len() int { return len(*a) }
func (a *agenda) Less(i, j int) bool {
	x, y := (*a)[i], (*a)[j]
	return x.at < y.at || x.at == y.at && x.n < y.n
}
func (a *agenda) Swap(i, j int) { (*a)[i], (*a)[j] = (*a)[j], (*a)[i] }
func (a *agenda) Push(x any)    { *a = append(*a, x.(due)) } //nolint:forcetypeassert // only those
func (a *agenda) Pop() any {
	last := (*a)[len(*a)-1]
	*a = (*a)[:len(*a)-1]
	return last
}

// day is a centre on a busy day: nothing fails, and a great many call.
type day struct {
	t       *testing.T
	chance  *rand.Rand
	state   *acd.State
	journal *journal.Journal
	agenda  agenda
	now     acd.Instant
	n       int
	calls   int
}

func (d *day) in(after time.Duration, c acd.Command) {
	d.n++
	heap.Push(&d.agenda, due{at: d.now.Add(after), n: d.n, command: c})
}

// about returns a time by chance, exponential, with a mean.
func (d *day) about(mean time.Duration) time.Duration {
	return time.Duration(d.chance.ExpFloat64() * float64(mean))
}

func (d *day) step(c acd.Command) {
	events, effects, err := d.state.Step(d.now, c)
	if err != nil {
		return // what has been overtaken
	}
	var facts []acd.Recorded
	for i, e := range events {
		facts = append(facts, acd.Recorded{Seq: d.journal.Seq() + uint64(i) + 1, At: d.state.Now(), Event: e}) //nolint:gosec // small
	}
	if err := d.journal.Append(d.t.Context(), facts); err != nil {
		d.t.Fatal(err)
	}
	for _, e := range effects {
		d.answer(e)
	}
}

// answer has phones and people do what they do.
func (d *day) answer(effect acd.Effect) {
	switch e := effect.(type) { //nolint:gochecksumtype // the others are heard, not answered
	case acd.PlaceLeg:
		switch n := d.chance.IntN(100); {
		case n < 6: // lets it ring
		case n < 8:
			d.in(2*time.Second, acd.LegFailed{Call: e.Call, Leg: e.Leg, Cause: acd.FailBusy, Status: 486})
		default:
			d.in(time.Second+d.about(3*time.Second), acd.LegAnswered{Call: e.Call, Leg: e.Leg})
		}
	case acd.JoinLegs:
		if v, ok := d.state.Call(e.Call); ok && d.chance.IntN(100) < 12 {
			to := acd.Destination{Kind: acd.ToGroup, Group: acd.GroupID(fmt.Sprintf("g%d", d.chance.IntN(3)))}
			if d.chance.IntN(2) == 0 {
				to = acd.Destination{Kind: acd.ToOperator, Operator: operatorName(d.chance.IntN(60))}
			}
			d.in(d.about(30*time.Second), acd.Transfer{Call: e.Call, Operator: v.Operator, To: to})
		}
		d.in(d.about(70*time.Second), acd.LegEnded{Call: e.Call, Leg: 1, Cause: acd.EndHungUp})
	case acd.StopRecording:
		d.in(time.Second, acd.RecordingStored{Call: e.Call})
	}
}

func operatorName(i int) acd.OperatorID { return acd.OperatorID(fmt.Sprintf("op%02d", i)) }

func (d *day) open() {
	d.step(acd.ConfigureCentre{Config: acd.CentreConfig{MainNumber: "+33170200200"}})
	members := make([][]acd.Member, 3)
	for i := range 60 {
		d.step(acd.ConfigureOperator{Config: acd.OperatorConfig{
			ID: operatorName(i), Name: "x", Enabled: true, RingSeconds: 20, RetrySeconds: 30, AllowOutgoing: true,
			Phone: acd.Phone{Kind: acd.PhoneExternal, Number: fmt.Sprintf("+336000000%02d", i)},
		}})
		for _, g := range []int{i % 3, (i / 2) % 3} {
			if n := len(members[g]); n == 0 || members[g][n-1].Operator != operatorName(i) {
				members[g] = append(members[g], acd.Member{Operator: operatorName(i), Order: n, Level: 1 + i%4})
			}
		}
	}
	wait := 300
	for i, strategy := range []acd.Strategy{acd.LongestIdle, acd.Skill, acd.Rotating} {
		d.step(acd.ConfigureGroup{Config: acd.GroupConfig{
			ID: acd.GroupID(fmt.Sprintf("g%d", i)), Name: "x", Strategy: strategy, Priority: 10 * (i + 1), WrapUpSeconds: 10, Members: members[i],
			RecordInbound: i == 1, MaxWaitSeconds: &wait, Overflow: acd.Exit{Kind: acd.ExitGroup, Group: acd.GroupID(fmt.Sprintf("g%d", (i+1)%3))},
		}})
	}
	for i := range 60 {
		d.step(acd.Login{Operator: operatorName(i), Session: "s"})
	}
}

// live lets so many call, and the last of them leave.
func (d *day) live(calls int) {
	next := d.now
	for {
		if at, ok := d.state.Deadline(); ok && (len(d.agenda) == 0 || at <= d.agenda[0].at) && (d.calls == calls || at <= next) {
			d.now = max(d.now, at)
			d.step(acd.Tick{})
			continue
		}
		switch {
		case d.calls < calls && (len(d.agenda) == 0 || next <= d.agenda[0].at):
			d.now = next
			d.calls++
			id := acd.CallID(fmt.Sprintf("c%06d", d.calls))
			d.step(acd.CallArrived{Call: id, Caller: "+33611111111", Called: "+33170200200", Destination: acd.Destination{
				Kind: acd.ToGroup, Group: acd.GroupID(fmt.Sprintf("g%d", d.chance.IntN(3))),
			}})
			d.in(30*time.Second+d.about(5*time.Minute), acd.LegEnded{Call: id, Leg: 1, Cause: acd.EndHungUp})
			next = d.now.Add(d.about(1500 * time.Millisecond))
		case len(d.agenda) > 0:
			what := heap.Pop(&d.agenda).(due) //nolint:forcetypeassert // only those
			d.now = max(d.now, what.at)
			d.step(what.command)
		default:
			return
		}
	}
}

// TestDayTakenAgain takes every decision of a whole day again, from what was kept
// of it alone: each is the same, and so is the state they lead to.
func TestDayTakenAgain(t *testing.T) {
	calls := 20_000
	if raceEnabled || testing.Short() {
		calls = 1_000
	}
	store := newMemstore()
	fresh := func() *acd.State { return acd.New(7) }
	j, back, err := journal.Open(t.Context(), store, centreID, fresh)
	if err != nil {
		t.Fatal(err)
	}
	d := &day{t: t, chance: rand.New(rand.NewPCG(1, 2)), state: back.State, journal: j, now: acdtest.Epoch}
	d.open()
	d.live(calls)
	taken, err := journal.Take(t.Context(), store, centreID, fresh, 0, 0, nil)
	if err != nil {
		t.Fatal(err)
	}
	if len(taken.Differences) > 0 {
		t.Fatalf("%d decisions are others, the first %+v", len(taken.Differences), taken.Differences[0])
	}
	if taken.Compared < calls || taken.Compared != taken.Offers || taken.Hash != d.state.Hash() {
		t.Errorf("of %d calls taken again: %+v", calls, taken)
	}
	t.Logf("%d calls in %s, %d events, %d decisions taken again", calls, d.now.Sub(acdtest.Epoch).Round(time.Minute), taken.Events, taken.Compared)
}
