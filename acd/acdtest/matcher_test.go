package acdtest_test

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"bandeau/acd"
	"bandeau/acd/acdtest"
)

// crowd is a large centre made of facts alone: operators in all states, groups
// that share them, calls that wait, some of them after several operators let them
// ring. No step has settled it.
type crowd struct {
	dice      *rand.Rand
	state     *acd.State
	operators int
}

func (c *crowd) pick(n int) int          { return c.dice.IntN(n) }
func (c *crowd) chance(percent int) bool { return c.dice.IntN(100) < percent }

func (c *crowd) apply(at int, e acd.Event) { c.state.Apply(acdtest.Epoch+acd.Instant(at), e) }

func operatorOf(i int) acd.OperatorID { return acd.OperatorID(fmt.Sprintf("op%03d", i)) }

func newCrowd(seed uint64, strategy acd.Strategy) *crowd {
	c := &crowd{dice: rand.New(rand.NewPCG(seed, 5)), state: acd.New(seed)}
	c.operators = 1 + c.pick(300)
	groups, waiting := 1+c.pick(30), 1+c.pick(500)
	for i := range c.operators {
		c.operator(i)
	}
	for g := range groups {
		config := acd.GroupConfig{ID: acd.GroupID(fmt.Sprintf("g%02d", g)), Name: "x", Strategy: strategy, Priority: 1 + c.pick(4)}
		if c.chance(20) {
			config.Strategy = acd.Strategy(1 + c.pick(7)) //nolint:gosec // small
		}
		share := 1 + c.pick(60)
		for i := range c.operators {
			if c.chance(share) {
				config.Members = append(config.Members, acd.Member{
					Operator: operatorOf(i), Order: c.pick(1 + c.operators/2), Level: 1 + c.pick(9), Suspended: c.chance(5),
				})
			}
		}
		c.apply(0, acd.GroupConfigured{Config: config})
		if c.chance(70) { // somebody was offered a call before, who may be gone
			c.offered(config.ID)
		}
	}
	for i := range waiting {
		c.call(i, acd.GroupID(fmt.Sprintf("g%02d", c.pick(groups))))
	}
	return c
}

func (c *crowd) operator(i int) {
	id := operatorOf(i)
	phone := acd.Phone{Kind: acd.PhoneExternal, Number: "+33600000000"}
	if c.chance(40) {
		desk := acd.AccountID(fmt.Sprintf("desk%d", c.pick(c.operators)))
		phone = acd.Phone{Kind: acd.PhoneCentrex, Account: desk}
		c.apply(0, acd.ReachabilityChanged{Account: desk, Reachable: c.chance(85)})
	}
	c.apply(0, acd.OperatorConfigured{Config: acd.OperatorConfig{
		ID: id, Name: "x", Enabled: c.chance(97), AlwaysConnected: c.chance(20), Phone: phone,
	}})
	if c.chance(10) {
		return
	}
	// Many at the same instant, so that ties are common.
	c.apply(c.pick(20), acd.LoggedIn{Operator: id, Session: "s"})
	presence := acd.Available
	if c.chance(20) {
		presence = acd.Paused
	}
	c.apply(20, acd.OperatorChanged{Operator: id, Presence: presence})
	for n := range c.pick(4) { // calls answered today
		call := acd.CallID(fmt.Sprintf("old%03d.%d", i, n))
		c.apply(20+n, acd.CallStarted{Call: call, Direction: acd.Inbound})
		c.apply(20+n, acd.Connected{Call: call, Operator: id, Group: "g00", Leg: 2, Other: 1})
		c.apply(20+n, acd.OperatorChanged{Operator: id, Presence: presence, Activity: acd.Talking, Call: call})
		c.apply(20+n+c.pick(3), acd.CallEnded{Call: call, Outcome: acd.OutcomeAnswered})
		c.apply(30+n, acd.OperatorChanged{Operator: id, Presence: presence})
	}
	if c.chance(10) {
		c.apply(30, acd.Ignored{Operator: id, Until: acdtest.Epoch + 1_000_000})
	}
}

// offered makes an offer of the group that is over.
func (c *crowd) offered(g acd.GroupID) {
	call := acd.CallID("before-" + string(g))
	c.apply(40, acd.CallStarted{Call: call, Direction: acd.Inbound})
	c.apply(40, acd.OfferMade{Call: call, Leg: 2, Operator: operatorOf(c.pick(c.operators)), Group: g})
	c.apply(40, acd.CallEnded{Call: call, Outcome: acd.OutcomeAbandoned})
}

func (c *crowd) call(i int, g acd.GroupID) {
	id, at := acd.CallID(fmt.Sprintf("c%03d", i)), 50+c.pick(30)
	c.apply(50, acd.CallStarted{Call: id, Direction: acd.Inbound})
	first := acdtest.Epoch + acd.Instant(at)
	c.apply(50, acd.Enqueued{Call: id, Group: g, Seq: uint64(i) + 1, FirstArrival: first}) //nolint:gosec // small
	tried := c.pick(4)
	if c.chance(10) {
		tried = c.operators
	}
	for n := range tried {
		leg, op := acd.LegID(n+2), operatorOf((i+n*7)%c.operators)
		c.apply(50, acd.OfferMade{Call: id, Leg: leg, Operator: op, Group: g})
		c.apply(50, acd.OfferEnded{Call: id, Leg: leg, Operator: op, Group: g, Outcome: acd.OfferNoAnswer})
	}
}

// TestFastMatcherIsTheObviousOne compares the two, in large centres, offer by offer
// until nothing is left to offer, and on the way back: operators become free again,
// with other ranks.
func TestFastMatcherIsTheObviousOne(t *testing.T) {
	made := 0
	for strategy := acd.LongestIdle; strategy <= acd.Skill; strategy++ {
		for seed := range uint64(3) {
			c := newCrowd(seed*100+uint64(strategy), strategy)
			for range 40 {
				n := c.compare(t)
				made += n
				if n == 0 {
					break
				}
			}
			if t.Failed() {
				t.Fatalf("strategy %d, seed %d", strategy, seed)
			}
		}
	}
	if made < 400 {
		t.Errorf("only %d offers were compared", made)
	}
}

// compare takes one decision twice, and carries it out.
func (c *crowd) compare(t *testing.T) int {
	t.Helper()
	fast, obvious := c.state.NextOffers(acdtest.Epoch+100), acdtest.NextOffers(c.state.Checkpoint())
	if len(fast) != len(obvious) {
		t.Errorf("fast %+v, obvious %+v", fast, obvious)
		return 0
	}
	for i, made := range fast {
		got := acdtest.Offer{Call: made.Call, Operator: made.Operator, Rank: made.Rank, Eligible: made.Eligible}
		if got != obvious[i] {
			t.Errorf("offer %d of %d: fast %+v, obvious %+v", i, len(fast), got, obvious[i])
		}
	}
	for _, made := range fast {
		c.apply(100, made)
		c.apply(100, acd.OperatorChanged{
			Operator: made.Operator, Presence: acd.Available, Activity: acd.Ringing, Call: made.Call, Group: made.Group,
		})
	}
	for _, made := range fast { // half of them are rung in vain and free at once
		if c.chance(50) {
			c.apply(100, acd.OfferEnded{Call: made.Call, Leg: made.Leg, Operator: made.Operator, Group: made.Group, Outcome: acd.OfferNoAnswer})
			c.apply(100, acd.OperatorChanged{Operator: made.Operator, Presence: acd.Available})
		}
	}
	return len(fast)
}
