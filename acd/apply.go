package acd

import "slices"

// The folds of configuration facts. A fold never refuses and never decides: it
// only writes down what has happened.

func (e CentreConfigured) fold(s *State, _ Instant) { s.centre = e.Config }

func (e OperatorConfigured) fold(s *State, at Instant) {
	o := s.operators.get(e.Config.ID)
	if o == nil {
		o = &operator{timer: newTimer(timer{kind: timerOperator, operator: e.Config.ID})}
		o.PresenceSince, o.ActivitySince = at, at
		s.operators.put(e.Config.ID, o)
	}
	old := o.Config
	o.Config, o.Removed = e.Config, false
	if o.LoggedInAt != 0 {
		o.LogoutAt = e.LogoutAt
		// A phone given in the session (OP-13) outlives a change of the record's.
		ruleDropped := old.AskPhoneAtLogin && o.Phone.Kind == PhoneNone
		if !o.Config.AskPhoneAtLogin && (old.Phone != o.Config.Phone || ruleDropped) {
			s.setPhone(o, o.Config.Phone)
		}
		// A rule switched on counts from now, not from before it existed.
		if old.IdleLogoutMinutes == nil && o.Config.IdleLogoutMinutes != nil {
			o.ActiveAt = at
		}
		if !old.SilenceLogout && o.Config.SilenceLogout {
			o.AliveAt = at
		}
		o.noteWaiting(at)
	}
	s.refresh(o)
}

func (e OperatorRemoved) fold(s *State, _ Instant) {
	o := s.operators.get(e.Operator)
	if o == nil {
		return
	}
	if o.LoggedInAt == 0 {
		s.dropOperator(o)
		return
	}
	o.Removed = true
	s.refresh(o)
}

// dropOperator forgets an operator. His places in groups stay, as the groups'
// records have them, until those change.
func (s *State) dropOperator(o *operator) {
	id := o.Config.ID
	for _, m := range s.memberships[id] {
		s.refreshMember(m) // logged out: takes him off the lists and counts
		m.group.setReason(m, SkipDisabled)
		if m.records {
			m.records = false
			m.group.recorded--
		}
		m.op = nil
		s.touchGroup(m.group)
	}
	s.timers.drop(o.timer)
	s.operators.drop(id)
	s.changed.removedOperators = append(s.changed.removedOperators, id)
}

func (e GroupConfigured) fold(s *State, _ Instant) {
	g := s.groups.get(e.Config.ID)
	if g == nil {
		g = newGroup(e.Config.ID)
		s.groups.put(e.Config.ID, g)
	}
	old := g.Config
	s.setMembers(g, e.Config, g.suspendedUnder(e.Config))
	if !sameInt(old.MaxWaitSeconds, e.Config.MaxWaitSeconds) {
		for c := g.queued.first(); c != nil; c = g.queued.next(c) {
			c.WaitEndsAt = waitEnds(g, c, c.QueuedAt)
			s.setTimer(c.timer, c.deadline())
		}
	}
}

// suspendedUnder returns who is suspended in the group once its record is this:
// a suspension made or lifted on the floor lasts until the record's own mark of
// that member changes.
func (g *group) suspendedUnder(config GroupConfig) []OperatorID {
	type marks struct{ record, floor bool }
	was := make(map[OperatorID]marks, len(g.members))
	for _, m := range g.Config.Members {
		was[m.Operator] = marks{record: m.Suspended}
	}
	for _, m := range g.members {
		was[m.id] = marks{record: was[m.id].record, floor: m.suspended}
	}
	var ids []OperatorID
	for _, m := range config.Members {
		old, known := was[m.Operator]
		suspended := m.Suspended
		if known && old.record == m.Suspended {
			suspended = old.floor
		}
		if suspended {
			ids = append(ids, m.Operator)
		}
	}
	return ids
}

func (e GroupRemoved) fold(s *State, _ Instant) {
	g := s.groups.get(e.Group)
	if g == nil {
		return
	}
	s.dropMembers(g)
	s.ready.drop(g)
	s.timers.drop(g.timer)
	s.groups.drop(e.Group)
	s.changed.removedGroups = append(s.changed.removedGroups, e.Group)
}

func (e PauseTypeConfigured) fold(s *State, at Instant) {
	s.pauseTypes[e.Config.ID] = e.Config
	s.retimePauses(e.Config.ID, at)
}

func (e PauseTypeRemoved) fold(s *State, at Instant) {
	delete(s.pauseTypes, e.PauseType)
	s.retimePauses(e.PauseType, at)
}

// retimePauses follows a changed limit of a pause type: a pause that had overrun
// the old one and has not reached the new one runs again.
func (s *State) retimePauses(id PauseTypeID, at Instant) {
	for _, op := range s.OperatorIDs() {
		if o := s.operators.get(op); o.Presence == Paused && o.PauseType == id {
			if limit := s.pauseLimit(o); limit == 0 || limit > at {
				o.PauseOverran = false
			}
			s.refresh(o)
		}
	}
}

func (e MemberSuspended) fold(s *State, _ Instant) {
	for _, m := range s.memberships[e.Operator] {
		if m.group.Config.ID == e.Group {
			m.suspended = e.Suspended
			if m.op != nil {
				s.refreshMember(m)
				s.touchOperator(m.op)
			}
			s.touchGroup(m.group)
		}
	}
}

func (e ReachabilityChanged) fold(s *State, _ Instant) {
	acc := s.account(e.Account)
	acc.Reachable = e.Reachable
	for _, id := range acc.Operators {
		s.refresh(s.operators.get(id))
	}
}

// account returns what is known of a Centrex phone, which may be nothing yet.
func (s *State) account(id AccountID) *AccountCheckpoint {
	acc := s.accounts[id]
	if acc == nil {
		acc = &AccountCheckpoint{ID: id}
		s.accounts[id] = acc
	}
	return acc
}

// setPhone gives an operator's session a phone, and its account, or the account
// he leaves, to who is next. It leaves the operator himself to be refreshed.
func (s *State) setPhone(o *operator, p Phone) {
	id := o.Config.ID
	if o.Phone == p {
		return
	}
	if o.Phone.Kind == PhoneCentrex {
		left := s.account(o.Phone.Account)
		left.Operators = slices.DeleteFunc(left.Operators, func(x OperatorID) bool { return x == id })
		if len(left.Operators) > 0 {
			defer s.refresh(s.operators.get(left.Operators[0]))
		}
	}
	o.Phone = p
	if p.Kind == PhoneCentrex {
		taken := s.account(p.Account)
		taken.Operators = append(taken.Operators, id)
	}
}
