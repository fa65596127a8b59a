package acd

import (
	"slices"
	"strings"
)

// earlier is the order of waiting calls within a priority: first arrival, then
// the sequence of arrivals.
func earlier(a, b *call) bool {
	if a.ArrivedAt != b.ArrivedAt {
		return a.ArrivedAt < b.ArrivedAt
	}
	return a.Seq < b.Seq
}

// comesFirst is the one total order over groups whose next call is to be
// offered: priority number, then the order of their first calls.
func comesFirst(a, b *group) bool {
	if a.Config.Priority != b.Config.Priority {
		return a.Config.Priority < b.Config.Priority
	}
	return earlier(a.waiting.first(), b.waiting.first())
}

// refreshReady puts the group among those that can make an offer, or takes it
// out. It follows every change of its first waiting call and of its eligible
// operators.
func (s *State) refreshReady(g *group) {
	head := g.waiting.first()
	if g.eligible.len() == 0 {
		head = nil
	}
	if head == g.head {
		return
	}
	g.head = head
	if head != nil {
		s.ready.put(g)
		return
	}
	s.ready.drop(g)
}

// addCall puts a call into the state and its indexes.
func (s *State) addCall(c *call) {
	c.timer = newTimer(timer{kind: timerCall, call: c.ID})
	s.calls.put(c.ID, c)
	s.refreshCall(c)
}

// removeCall takes a call out of the state and its indexes.
func (s *State) removeCall(c *call) {
	if g := s.groups.get(c.Queue); g != nil {
		s.unqueue(g, c)
	}
	s.timers.drop(c.timer)
	s.calls.drop(c.ID)
	c.gone = true
	s.changed.removedCalls = append(s.changed.removedCalls, c.ID)
}

// refreshCall brings a call's indexes in step with it.
func (s *State) refreshCall(c *call) {
	s.touchCall(c)
	if g := s.groups.get(c.Queue); g != nil {
		if !g.queued.has(c) {
			g.queued.put(c)
		}
		switch {
		case c.offerable() && !g.waiting.has(c):
			g.waiting.put(c)
		case !c.offerable():
			g.waiting.drop(c)
		}
		if informs := c.State == CallQueued && c.NoticeUntil != 0; informs != c.informs {
			c.informs = informs
			g.informed += count(informs)
		}
		s.refreshReady(g)
		s.touchGroup(g)
	}
	s.setTimer(c.timer, c.deadline())
}

func (s *State) unqueue(g *group, c *call) {
	g.queued.drop(c)
	g.waiting.drop(c)
	if c.informs {
		c.informs = false
		g.informed--
	}
	s.refreshReady(g)
	s.touchGroup(g)
}

// leg returns a leg of the call, nil when it has none of that number.
func (c *call) leg(id LegID) *LegCheckpoint {
	for i := range c.Legs {
		if c.Legs[i].ID == id {
			return &c.Legs[i]
		}
	}
	return nil
}

// customer returns the leg of the outside party: the caller, or whom an operator
// called, once he has answered.
func (c *call) customer() LegID {
	if c.Joined[1] != 0 {
		return c.Joined[1]
	}
	return 1
}

func (c *call) dropLeg(id LegID) {
	c.Legs = slices.DeleteFunc(c.Legs, func(l LegCheckpoint) bool { return l.ID == id })
}

// offerable says whether the call may be offered: it waits, and its caller does
// not hear the notice.
func (c *call) offerable() bool { return c.State == CallQueued && c.NoticeUntil == 0 }

// waited says whether the call has waited in its group as long as it may.
func (c *call) waited(now Instant) bool { return c.WaitEndsAt != 0 && c.WaitEndsAt <= now }

// attach and detach follow which operators the call is the call of.
func (c *call) attach(id OperatorID) {
	if c.attached == nil {
		c.attached = c.alone[:0]
	}
	at, found := slices.BinarySearch(c.attached, id)
	if !found {
		c.attached = slices.Insert(c.attached, at, id)
	}
}

func (c *call) detach(id OperatorID) {
	if at, found := slices.BinarySearch(c.attached, id); found {
		if c.attached = slices.Delete(c.attached, at, at+1); len(c.attached) == 0 {
			c.attached = nil
		}
	}
}

// offer returns the leg of the offer being made to an operator, nil when there
// is none; an empty operator means anybody.
func (c *call) offer(op OperatorID) *LegCheckpoint {
	for i := range c.Legs {
		l := &c.Legs[i]
		if l.Role == RoleOffer && l.State != LegUp && (op == "" || l.Operator == op) {
			return l
		}
	}
	return nil
}

// talking says whether operator and outside party are connected.
func (c *call) talking() bool { return c.State == CallTalking || c.State == CallHeld }

// full says whether an arriving call finds no place in the group: as many wait
// as may, and nobody could take it at once. Whoever is eligible takes those that
// came before it in the same step first.
//
// The call itself does not count if it is there already.
func (g *group) full(c *call) bool {
	takes, queued, waiting := g.eligible.len(), g.queued.len(), g.waiting.len()+g.informed
	if g.queued.has(c) {
		queued, waiting = queued-1, waiting-1
	}
	if g.Config.Strategy == Everyone {
		takes = (takes + atOnce - 1) / atOnce
	}
	return g.Config.MaxWaiting != nil && queued >= *g.Config.MaxWaiting && takes <= waiting
}

// listening returns the group's calls whose callers hear the notice, in their
// order.
func (g *group) listening() []*call {
	var calls []*call
	for c := g.queued.first(); c != nil && len(calls) < g.informed; c = g.queued.next(c) {
		if c.informs {
			calls = append(calls, c)
		}
	}
	return calls
}

func (g *group) loggedIn() int {
	n := 0
	for c := available; c < categories; c++ {
		n += g.count[c]
	}
	return n
}

// setMembers makes a configuration the group's own: its members, those of them
// that are suspended now, and every index that follows from it.
func (s *State) setMembers(g *group, config GroupConfig, suspended []OperatorID) {
	s.ready.drop(g) // its key may change
	g.head = nil
	s.dropMembers(g)
	g.Config = config
	g.eligible.less = config.Strategy.ranking()
	for _, cm := range config.Members {
		m := &member{
			id: cm.Operator, group: g, op: s.operators.get(cm.Operator), order: cm.Order, level: cm.Level,
			suspended: slices.Contains(suspended, cm.Operator), reason: SkipDisabled,
		}
		g.passed[m.reason]++
		g.members = append(g.members, m)
		places := s.memberships[cm.Operator]
		at, _ := slices.BinarySearchFunc(places, g.Config.ID, func(x *member, id GroupID) int {
			return strings.Compare(string(x.group.Config.ID), string(id))
		})
		s.memberships[cm.Operator] = slices.Insert(places, at, m)
	}
	slices.SortFunc(g.members, byMemberOrder)
	for _, m := range g.members {
		if m.op != nil {
			s.refreshMember(m)
			s.touchOperator(m.op)
		}
	}
	s.refreshReady(g)
	s.touchGroup(g)
	s.markEmptied(g)
}

// dropMembers takes all members out of a group.
func (s *State) dropMembers(g *group) {
	for _, m := range g.members {
		s.memberships[m.id] = slices.DeleteFunc(s.memberships[m.id], func(x *member) bool { return x == m })
		if len(s.memberships[m.id]) == 0 {
			delete(s.memberships, m.id)
		}
		if m.op != nil {
			s.touchOperator(m.op)
		}
	}
	for m := g.eligible.first(); m != nil; m = g.eligible.first() {
		g.eligible.drop(m)
	}
	g.members, g.count, g.passed, g.recorded = nil, [categories]int{}, [skipReasons]int{}, 0
}

// refresh brings every index in step with an operator.
func (s *State) refresh(o *operator) {
	s.touchOperator(o)
	for _, m := range s.memberships[o.Config.ID] {
		m.op = o
		s.refreshMember(m)
	}
	s.setTimer(o.timer, s.operatorDeadline(o))
}

func (s *State) refreshMember(m *member) {
	g := m.group
	if now := s.categorize(m); now != m.category {
		had, worked := g.loggedIn(), g.atWork() > 0
		if m.category != absent {
			g.count[m.category]--
		}
		if now != absent {
			g.count[now]++
		}
		m.category = now
		if had > 0 && g.loggedIn() == 0 {
			s.markEmptied(g)
		}
		if worked && g.atWork() == 0 {
			g.BusySince = 0
		}
		s.touchGroup(g)
	}
	if records := m.op.Config.Record && m.op.Config.Enabled && !m.op.Removed; records != m.records {
		m.records = records
		g.recorded += count(records)
	}
	reason := s.skipReason(m)
	g.setReason(m, reason)
	if want := reason == 0; want != m.listed {
		if want {
			g.eligible.put(m)
		} else {
			g.eligible.drop(m)
		}
		m.listed = want
		s.refreshReady(g)
		s.touchGroup(g)
	}
}

func (g *group) setReason(m *member, reason SkipReason) {
	g.passed[m.reason]--
	g.passed[reason]++
	m.reason = reason
}

// count is what a counter moves by when something begins or ceases to be counted.
func count(in bool) int {
	if in {
		return 1
	}
	return -1
}

func (s *State) categorize(m *member) category {
	o := m.op
	switch {
	case o.Presence == LoggedOut:
		return absent
	case o.Activity == WrappingUp:
		return wrappingUp
	case o.Activity != Idle:
		return inCall
	case o.Presence == Paused:
		return pausing
	case m.suspended:
		return unavailable
	}
	return available
}
