package app

import (
	"strings"
	"testing"

	"bandeau/telephony/siptest"
)

// ringsAt waits until exactly one of the operators is offered a call, and returns
// him.
func (s *stage) ringsAt(operators ...*operator) *operator {
	s.t.Helper()
	var found *operator
	s.until("a phone to ring", func() bool {
		found = nil
		for _, o := range operators {
			if o.is("available ringing") {
				found = o
			}
		}
		return found != nil
	})
	return found
}

// TestChainEveryone rings all phones together: each banner shows its own, the one
// who answers there talks, the others fall silent and have missed nothing.
func TestChainEveryone(t *testing.T) {
	t.Parallel()
	s := newStage(t, nil)
	anna, bob, carl := s.newOperator("anna", nil), s.newOperator("bob", nil), s.newOperator("carl", nil)
	s.admin.patch("/groups/"+s.group, fields{"strategy": "everyone"})
	s.members(s.group, anna, bob, carl)

	caller := s.call(serviceNumber, siptest.DialOptions{})
	var rings []*siptest.Call
	for _, o := range []*operator{anna, bob, carl} {
		rings = append(rings, s.rings(o.phone))
		s.until(o.name+"'s banner to show that his phone rings", func() bool {
			me := o.me()
			return me.Activity == "ringing" && len(me.Calls) == 1 && me.Calls[0].Operator != nil && me.Calls[0].Operator.ID == o.id
		})
	}
	id := rings[0].Invite().Get("X-Bandeau-Call")
	equal(t, "call of carl's phone", rings[2].Invite().Get("X-Bandeau-Call"), id)

	// His desk phone takes the call when he clicks in the banner.
	s.until("bob's phone to be answerable", func() bool { return bob.me().Calls[0].Answerable })
	bob.act(id, "answer", nil)
	must(t, rings[1].WaitTalk(s.ctx))
	rings[1].SendTone(700)
	caller.SendTone(450)
	rings[1].Answer()
	must(t, caller.HearsOnly(s.ctx, 700))
	must(t, rings[1].HearsOnly(s.ctx, 450))
	for i, o := range []*operator{anna, carl} {
		must(t, rings[2*i].WaitState(s.ctx, siptest.Ended))
		equal(t, o.name+"'s phone was cancelled", rings[2*i].Cancelled(), true)
		s.until(o.name+" to be free", func() bool { return o.is("available idle") })
		equal(t, "calls "+o.name+" has missed", len(o.history()), 0)
	}
	caller.HangUp()
	s.over(id, "answered", "caller")
	s.tells(id, "queued", "offered anna", "offered bob", "offered carl", "connected bob", "ended answered")

	// One refuses, the others ring on.
	caller = s.call(serviceNumber, siptest.DialOptions{})
	for i, o := range []*operator{anna, bob, carl} {
		rings[i] = s.rings(o.phone)
	}
	rings[0].Reject(486)
	s.until("anna to be free", func() bool { return anna.is("available idle") })
	equal(t, "bob's phone rings", bob.is("available ringing"), true)
	caller.HangUp()
	for _, ring := range rings[1:] {
		must(t, ring.WaitState(s.ctx, siptest.Ended))
	}
	s.until("everyone to be free", func() bool { return bob.is("available idle") && carl.is("available idle") })
	s.reconciles()
}

// TestChainStrategies has real phones rung in the order of each strategy, and
// takes all decisions again at the end, on the running node.
func TestChainStrategies(t *testing.T) {
	t.Parallel()
	s := newStage(t, nil)
	anna, bob, carl := s.newOperator("anna", nil), s.newOperator("bob", nil), s.newOperator("carl", nil)
	group := func(strategy string, levels ...int) {
		members := []fields{}
		for i, o := range []*operator{anna, bob, carl} {
			members = append(members, fields{"operator": o.id, "level": levels[i]})
		}
		s.admin.patch("/groups/"+s.group, fields{"strategy": strategy, "members": members})
	}
	// next places a call, returns who is rung, and has it answered or given up.
	next := func(answered bool) *operator {
		caller := s.call(serviceNumber, siptest.DialOptions{})
		o := s.ringsAt(anna, bob, carl)
		ring := s.rings(o.phone)
		if answered {
			ring.Answer()
			s.until(o.name+" to talk", func() bool { return o.is("available talking") })
		}
		caller.HangUp()
		must(t, ring.WaitState(s.ctx, siptest.Ended))
		s.until(o.name+" to be free", func() bool { return o.is("available idle") })
		return o
	}
	order := func(n int, answered bool) string {
		var names []string
		for range n {
			names = append(names, next(answered).name)
		}
		return strings.Join(names, " ")
	}
	group("fixed", 1, 1, 1)
	equal(t, "fixed", order(2, false), "anna anna")
	group("rotating", 1, 1, 1)
	equal(t, "rotating", order(4, false), "bob carl anna bob")
	group("fewest_calls", 1, 1, 1)
	equal(t, "fewest calls", order(4, true), "anna bob carl anna")
	group("longest_idle", 1, 1, 1)
	equal(t, "longest idle", order(3, true), "bob carl anna")
	group("skill", 3, 2, 1)
	equal(t, "skill", order(2, true), "carl carl")
	group("random", 1, 1, 1)
	next(true)
	s.reconciles()

	admin, release, err := OpenAdmin(s.ctx, s.opts, false, testLog(t))
	must(t, err)
	defer func() { must(t, release()) }()
	last := s.calls("")[0].ID
	again, err := admin.Replay(s.ctx, ReplayQuery{Call: last})
	must(t, err)
	if len(again.Differences) > 0 || again.Compared < 16 || again.Compared != again.Offers || len(again.Explained) != 1 {
		t.Fatalf("taken again: %+v", again)
	}
	if one := again.Explained[0]; one.Strategy != "random" || one.Eligible != 3 || one.Group != "Sales" || len(one.PassedOver) != 0 {
		t.Errorf("the last offer is explained as %+v", one)
	}
	if _, err := admin.Replay(s.ctx, ReplayQuery{First: 9, Last: 3}); ExitStatus(err) != 2 {
		t.Errorf("a range that runs backwards gave %v", err)
	}
}
