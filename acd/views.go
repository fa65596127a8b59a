package acd

import (
	"maps"
	"slices"
)

// Operator returns an operator as the floor shows him.
func (s *State) Operator(id OperatorID) (OperatorView, bool) {
	o := s.operators.get(id)
	if o == nil {
		return OperatorView{}, false
	}
	rules := s.logoutRules(o)
	v := OperatorView{
		ID: id, Name: o.Config.Name, Session: o.Session, LoggedInSince: o.LoggedInAt,
		Presence: o.Presence, PauseType: o.PauseType, PresenceSince: o.PresenceSince,
		PauseOverran: o.PauseOverran, LogoutAt: soonest(rules[0].at, rules[2].at),
		Activity: o.Activity, ActivitySince: o.ActivitySince, Call: o.Call, Group: o.Group,
		IgnoredUntil: o.IgnoredUntil, WrapUpUntil: o.WrapUpUntil,
		Phone: o.Phone, Browser: o.Browser, PhoneState: s.phoneState(o), PhoneGiven: o.PhoneGiven, LastPhone: o.LastPhone, Missed: o.Missed,
	}
	if o.Presence == Paused {
		v.PauseUntil = s.pauseLimit(o)
	}
	if o.Pending != (Pending{}) {
		pending := o.Pending
		v.Pending = &pending
	}
	for _, m := range s.memberships[id] {
		v.Groups = append(v.Groups, m.group.Config.ID)
		if m.suspended {
			v.Suspended = append(v.Suspended, m.group.Config.ID)
		}
	}
	return v, true
}

// Group returns a group as the floor shows it.
func (s *State) Group(id GroupID) (GroupView, bool) {
	g := s.groups.get(id)
	if g == nil {
		return GroupView{}, false
	}
	v := GroupView{
		ID: id, Name: g.Config.Name, Waiting: g.queued.len(),
		LoggedIn: g.loggedIn(), Available: g.count[available], InCall: g.count[inCall],
		WrapUp: g.count[wrappingUp], Paused: g.count[pausing],
		Offered: g.Offered, Answered: g.Answered, Abandoned: g.Abandoned, Overflowed: g.Overflowed,
	}
	if c := g.queued.first(); c != nil {
		v.OldestArrival = c.ArrivedAt
	}
	v.Closed, v.HoursCause, v.HoursChangeAt, v.EstimatedWait = g.Closed, g.HoursCause, g.deadline(), -1
	if seconds, known := s.EstimateWait(id, g.queued.len()+1); known {
		v.EstimatedWait = seconds
	}
	return v, true
}

// Call returns a live call, or one its operator still wraps up.
func (s *State) Call(id CallID) (CallView, bool) {
	c := s.calls.get(id)
	if c == nil {
		return CallView{}, false
	}
	v := CallView{
		ID: id, Direction: c.Direction, State: c.State, Caller: c.Caller, CallerName: c.CallerName,
		Called: c.Called, NumberHidden: c.NumberHidden, Service: c.Service, Group: c.Group, Operator: c.Operator,
		ArrivedAt: c.ArrivedAt, AnsweredAt: c.AnsweredAt, EndedAt: c.EndedAt,
		Outcome: c.Outcome, EndedBy: c.EndedBy, Recording: c.Recording,
		Tags: slices.Clone(c.Tags), Note: c.Note, Muted: c.Muted,
	}
	for _, l := range c.Legs {
		side := c.sided() && l.ID == c.side().Leg && c.Joined[0] != 0 // another's, while he has the call
		if (l.Role == RoleOffer && (l.State == LegUp || !c.talking()) || l.Role == RoleOwnPhone) && !side {
			v.OperatorLeg, v.OfferedAt = l.ID, l.PlacedAt
			v.PhoneRings = l.State < LegUp && !c.incoming(l)
			v.LostUntil = l.LostUntil
		}
		if l.Role == RoleOffer && l.State != LegUp && (!c.talking() || side) {
			v.Offers = append(v.Offers, OfferView{
				Operator: l.Operator, Leg: l.ID, OfferedAt: l.PlacedAt, RingUntil: l.Until, PhoneRings: l.State < LegUp,
			})
		}
		if l.Role != RoleCaller && l.Role != RoleObserver {
			v.RingUntil = soonest(v.RingUntil, l.Until)
		}
	}
	if c.sided() {
		side := c.side().clone()
		v.Side = &side
		if o := s.operators.get(side.Operator); o != nil {
			v.SideName = o.Config.Name
		}
	}
	v.Attached, v.Observers, v.RecordingPaused = slices.Clone(c.attached), slices.Clone(c.Observers), c.RecordingPaused
	v.KeepRecording, v.Pickable = c.KeepRecording, c.Queue != "" && c.NoticeUntil == 0
	return v, true
}

// Unstored returns the calls whose recording has ended and whose file is not
// reported yet, in ascending order.
func (s *State) Unstored() []CallID { return slices.Sorted(maps.Keys(s.unstored)) }
