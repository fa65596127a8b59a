package acd

import "slices"

func (c ConfigureCentre) decide(t *step) error { //nolint:unparam // it is never refused
	t.setRules()
	if t.s.centre != c.Config {
		t.emit(CentreConfigured(c))
	}
	return nil
}

func (c ConfigureOperator) decide(t *step) error {
	id := c.Config.ID
	switch {
	case id == "":
		return refuse(ErrOutOfRange, "an operator needs an id")
	case c.Config.RingSeconds < 1:
		return refuse(ErrOutOfRange, "the ring time of operator %s is %d seconds", id, c.Config.RingSeconds)
	case t.s.operators.get(id) == nil && t.s.operators.len() >= maxOperators:
		return refuse(ErrLimit, "%d operators are the most a centre has", maxOperators)
	}
	o := t.s.operators.get(id)
	if o != nil && !o.Removed && sameOperator(o.Config, c.Config) &&
		(o.LoggedInAt == 0 || o.LogoutAt == c.LogoutAt || o.Pending.logsOut()) {
		return nil
	}
	config := c.Config.clone()
	var left Phone
	if o != nil {
		left = o.Phone
	}
	t.emit(OperatorConfigured{Config: config, LogoutAt: c.LogoutAt})
	o = t.s.operators.get(id)
	if o.LoggedInAt == 0 {
		return nil
	}
	if !config.Enabled {
		t.logout(o, LogoutDisabled, Actor{})
		return nil
	}
	if o.Pending.Reason == LogoutDisabled { // enabled again before the call has ended
		t.clearPending(o)
	}
	if o.Phone != left {
		t.phoneSettled(o, Actor{})
		t.nextInLine(left)
	}
	return nil
}

func (c RemoveOperator) decide(t *step) error {
	o, err := t.operator(c.Operator)
	if err != nil {
		return err
	}
	if o.Removed {
		return refuse(ErrUnknownOperator, "operator %s is removed already", c.Operator)
	}
	if o.LoggedInAt != 0 {
		t.logout(o, LogoutDisabled, c.By)
	}
	t.emit(OperatorRemoved{Operator: c.Operator})
	return nil
}

func (c ConfigureGroup) decide(t *step) error {
	id := c.Config.ID
	g := t.s.groups.get(id)
	switch {
	case id == "":
		return refuse(ErrOutOfRange, "a group needs an id")
	case !c.Config.Strategy.known():
		return refuse(ErrOutOfRange, "group %s has no strategy %d", id, c.Config.Strategy)
	case g == nil && t.s.groups.len() >= maxGroups:
		return refuse(ErrLimit, "%d groups are the most a centre has", maxGroups)
	case g != nil && sameGroup(g.Config, c.Config):
		return nil
	}
	seen := make(map[OperatorID]bool, len(c.Config.Members))
	for _, m := range c.Config.Members {
		if seen[m.Operator] {
			return refuse(ErrDuplicate, "operator %s is in group %s twice", m.Operator, id)
		}
		seen[m.Operator] = true
	}
	t.emit(GroupConfigured{Config: c.Config.clone()})
	return nil
}

func (c RemoveGroup) decide(t *step) error {
	g := t.s.groups.get(c.Group)
	if g == nil {
		return refuse(ErrUnknownGroup, "no group %q", c.Group)
	}
	for g.queued.len() > 0 {
		call := g.queued.first()
		for l := call.offer(""); l != nil; l = call.offer("") {
			o := t.s.operators.get(l.Operator)
			t.hangUpLeg(call, l.ID)
			t.endOffer(call, *l, OfferWithdrawn, 0)
			t.becomeIdle(o, OfferWithdrawn.cause(), Actor{})
		}
		t.overflow(call, g, "group_removed")
	}
	t.emit(GroupRemoved(c))
	return nil
}

func (c ConfigurePauseType) decide(t *step) error {
	old, known := t.s.pauseTypes[c.Config.ID]
	switch {
	case c.Config.ID == "":
		return refuse(ErrOutOfRange, "a pause type needs an id")
	case !known && len(t.s.pauseTypes) >= maxPauseTypes:
		return refuse(ErrLimit, "%d pause types are the most a centre has", maxPauseTypes)
	case known && samePauseType(old, c.Config):
		return nil
	}
	t.emit(PauseTypeConfigured{Config: c.Config.clone()})
	return nil
}

func (c RemovePauseType) decide(t *step) error {
	if _, ok := t.s.pauseTypes[c.PauseType]; !ok {
		return refuse(ErrUnknownPauseType, "no pause type %q", c.PauseType)
	}
	t.emit(PauseTypeRemoved(c))
	return nil
}

func (c Suspend) decide(t *step) error {
	if _, err := t.operator(c.Operator); err != nil {
		return err
	}
	if t.s.groups.get(c.Group) == nil {
		return refuse(ErrUnknownGroup, "no group %q", c.Group)
	}
	m := t.s.member(c.Operator, c.Group)
	if m == nil {
		return refuse(ErrNotMember, "operator %s is not in group %s", c.Operator, c.Group)
	}
	if m.suspended != c.Suspended {
		t.emit(MemberSuspended(c))
	}
	return nil
}

func sameOperator(a, b OperatorConfig) bool {
	if !sameInt(a.WrapUpSeconds, b.WrapUpSeconds) || !sameInt(a.IdleLogoutMinutes, b.IdleLogoutMinutes) ||
		!sameInt(a.MissedLogoutCount, b.MissedLogoutCount) {
		return false
	}
	b.WrapUpSeconds, b.IdleLogoutMinutes, b.MissedLogoutCount = a.WrapUpSeconds, a.IdleLogoutMinutes, a.MissedLogoutCount
	return a == b
}

func sameGroup(a, b GroupConfig) bool {
	return a.ID == b.ID && a.Name == b.Name && a.Strategy == b.Strategy && a.Priority == b.Priority &&
		a.WrapUpSeconds == b.WrapUpSeconds && a.OutgoingNumber == b.OutgoingNumber &&
		a.TransferNumber == b.TransferNumber && a.RecordInbound == b.RecordInbound &&
		a.RecordOutbound == b.RecordOutbound && sameInt(a.MaxWaiting, b.MaxWaiting) &&
		sameInt(a.MaxWaitSeconds, b.MaxWaitSeconds) && a.Overflow == b.Overflow &&
		a.OverflowWhenNobody == b.OverflowWhenNobody && a.ServiceLevelSeconds == b.ServiceLevelSeconds &&
		a.HoldMusic == b.HoldMusic && a.Announce == b.Announce && a.HoursExit == b.HoursExit &&
		a.PickUp == b.PickUp && a.MayStopRecording == b.MayStopRecording &&
		a.MayKeepRecording == b.MayKeepRecording &&
		slices.Equal(a.Members, b.Members)
}

func samePauseType(a, b PauseTypeConfig) bool {
	if !sameInt(a.MaxMinutes, b.MaxMinutes) {
		return false
	}
	b.MaxMinutes = a.MaxMinutes
	return a == b
}

func sameInt(a, b *int) bool {
	if a == nil || b == nil {
		return a == b
	}
	return *a == *b
}

// clone returns a record that shares no memory with this one.
func (c OperatorConfig) clone() OperatorConfig {
	c.WrapUpSeconds = cloneInt(c.WrapUpSeconds)
	c.IdleLogoutMinutes = cloneInt(c.IdleLogoutMinutes)
	c.MissedLogoutCount = cloneInt(c.MissedLogoutCount)
	return c
}

// clone returns a record that shares no memory with this one.
func (c GroupConfig) clone() GroupConfig {
	c.Members = slices.Clone(c.Members)
	c.MaxWaiting, c.MaxWaitSeconds = cloneInt(c.MaxWaiting), cloneInt(c.MaxWaitSeconds)
	return c
}

// clone returns a record that shares no memory with this one.
func (c PauseTypeConfig) clone() PauseTypeConfig {
	c.MaxMinutes = cloneInt(c.MaxMinutes)
	return c
}

func cloneInt(p *int) *int {
	if p == nil {
		return nil
	}
	v := *p
	return &v
}
