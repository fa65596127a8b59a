package acd

import "slices"

// The folds of calls' facts. A fact about a call that is not known, which only
// a damaged journal could hold, is passed over.

func (e CallStarted) fold(s *State, at Instant) {
	c := &call{CallCheckpoint: CallCheckpoint{
		ID: e.Call, Direction: e.Direction, State: CallRinging,
		Caller: e.Caller, CallerName: e.CallerName, Called: e.Called, Service: e.Service,
		NumberRecords: e.Record, Exit: e.Overflow, OnOperator: e.OnOperator, FromPhone: e.FromPhone,
		Emergency: e.Emergency, NumberHidden: e.NumberHidden, Present: e.Present, Group: e.Group, Operator: e.Operator,
		ArrivedAt: at, NextLeg: 1,
	}}
	switch {
	case e.Direction == Inbound:
		c.addLeg(LegCheckpoint{ID: 1, Role: RoleCaller, PlacedAt: at})
	case e.FromPhone:
		c.State = CallDialing
		c.addLeg(LegCheckpoint{ID: 1, Role: RoleOwnPhone, Operator: e.Operator, PlacedAt: at})
	default:
		c.State = CallDialing
	}
	s.addCall(c)
}

func (c *call) addLeg(l LegCheckpoint) {
	l.State = LegCalling
	c.Legs = append(c.Legs, l)
	c.NextLeg = l.ID + 1
}

func (e Enqueued) fold(s *State, at Instant) {
	c, g := s.calls.get(e.Call), s.groups.get(e.Group)
	if c == nil || g == nil {
		return
	}
	c.Group, c.Queue, c.State = e.Group, e.Group, CallQueued
	c.Seq, c.ArrivedAt, c.QueuedAt, c.WaitEndsAt = e.Seq, e.FirstArrival, at, e.WaitEndsAt
	c.AnnounceAt = s.nextAnnouncement(c, at)
	s.arrivals = max(s.arrivals, e.Seq)
	g.Offered++
	s.refreshCall(c)
}

func (e Dequeued) fold(s *State, at Instant) {
	c, g := s.calls.get(e.Call), s.groups.get(e.Group)
	if c == nil || g == nil {
		return
	}
	switch e.How {
	case LeftAnswered:
		g.Answered++
	case LeftAbandoned:
		g.Abandoned++
	case LeftOverflowed:
		g.Overflowed++
	}
	s.unqueue(g, c)
	g.noteLeft(e.How, at)
	c.Queue, c.State, c.WaitEndsAt, c.AnnounceAt = "", CallRinging, 0, 0
	s.refreshCall(c)
}

func (e Overflowed) fold(s *State, _ Instant) {
	if c := s.calls.get(e.Call); c != nil {
		c.Overflows = e.Count
		if e.From == "" {
			c.Exit = Exit{}
		}
		s.refreshCall(c)
	}
}

func (e OfferMade) fold(s *State, at Instant) {
	c := s.calls.get(e.Call)
	if c == nil {
		return
	}
	s.offers++
	if c.tried(e.Operator) {
		c.Tried = nil // nobody else was eligible: a new round begins
	}
	c.addLeg(LegCheckpoint{
		ID: e.Leg, Role: RoleOffer, Operator: e.Operator, PlacedAt: at, Until: e.Until,
		Confirm: e.Phone.Confirm && e.Phone.Kind == PhoneExternal, Browser: e.Phone.Kind == PhoneBrowser,
	})
	if !c.talking() { // of a consultation it is another's call
		c.State, c.Operator = CallRinging, e.Operator
	}
	if g := s.groups.get(e.Group); g != nil {
		g.Last, g.LastOrder = e.Operator, 0
		if m := s.member(e.Operator, e.Group); m != nil {
			g.LastOrder = m.order
		}
	}
	s.refreshCall(c)
}

func (e OfferEnded) fold(s *State, _ Instant) {
	c := s.calls.get(e.Call)
	if c == nil {
		return
	}
	switch e.Outcome {
	case OfferNoAnswer, OfferRejected, OfferBusy, OfferUnreachable:
		c.try(e.Operator)
	case OfferAnswered, OfferCallerLeft, OfferWithdrawn:
	}
	if e.Outcome != OfferAnswered {
		c.dropLeg(e.Leg)
		switch next := c.offer(""); {
		case c.talking(): // another has answered
		case next != nil:
			c.Operator = next.Operator
		default:
			c.Operator = ""
			if c.Queue != "" {
				c.State = CallQueued
			}
		}
	}
	s.refreshCall(c)
}

// try notes that an operator was given the call, or offered it, in vain.
func (c *call) try(id OperatorID) {
	if at, found := slices.BinarySearch(c.Tried, id); !found {
		c.Tried = slices.Insert(c.Tried, at, id)
	}
}

// tried says whether an operator has let the call ring before.
func (c *call) tried(id OperatorID) bool {
	_, found := slices.BinarySearch(c.Tried, id)
	return found
}

func (e LegPlaced) fold(s *State, at Instant) {
	c := s.calls.get(e.Call)
	if c == nil {
		return
	}
	l := LegCheckpoint{ID: e.Leg, Role: e.Role, PlacedAt: at, Until: e.Until}
	if e.Role == RoleOwnPhone {
		l.Operator, l.Browser = c.Operator, e.Phone.Kind == PhoneBrowser
	}
	c.addLeg(l)
	s.refreshCall(c)
}

func (e LegRang) fold(s *State, _ Instant) {
	if c := s.calls.get(e.Call); c != nil {
		if l := c.leg(e.Leg); l != nil {
			l.State = LegRinging
			if e.Early {
				l.State = LegEarly
			}
			s.refreshCall(c)
		}
	}
}

func (e LegWasAnswered) fold(s *State, _ Instant) {
	if c := s.calls.get(e.Call); c != nil {
		if l := c.leg(e.Leg); l != nil {
			l.State, l.Until = LegUp, 0
			if c.sided() && c.side().Leg == e.Leg {
				c.Side[0].Up = true
			}
			if i := c.observer(e.Leg); i >= 0 {
				c.Observers[i].Up = true
			}
			s.refreshCall(c)
		}
	}
}

func (e LegGone) fold(s *State, _ Instant) {
	if c := s.calls.get(e.Call); c != nil {
		c.dropLeg(e.Leg)
		if i := c.observer(e.Leg); i >= 0 {
			delete(s.observed, c.Observers[i].User)
			if c.Observers = slices.Delete(c.Observers, i, i+1); len(c.Observers) == 0 {
				c.Observers = nil
			}
		}
		s.refreshCall(c)
	}
}

func (e Connected) fold(s *State, at Instant) {
	c := s.calls.get(e.Call)
	if c == nil {
		return
	}
	c.State = CallTalking
	if c.AnsweredAt == 0 {
		c.AnsweredAt = at
	}
	c.Operator, c.Group, c.WrapUpSeconds = e.Operator, e.Group, e.WrapUpSeconds
	c.Joined, c.Overflows = [2]LegID{e.Leg, e.Other}, 0
	c.NoticeUntil, c.SayingUntil = 0, 0
	if o := s.operators.get(e.Operator); o != nil {
		o.Handling = c.Direction == Inbound
		c.attach(e.Operator)
		if o.Handling && e.Group != "" {
			o.Answered, o.AnsweredAt = o.Answered+1, at
		}
		s.touchOperator(o)
	}
	s.refreshCall(c)
}

func (e ConfirmationAsked) fold(s *State, _ Instant) {
	if c := s.calls.get(e.Call); c != nil {
		if l := c.leg(e.Leg); l != nil {
			l.State, l.Until = LegAsked, e.Until
			s.refreshCall(c)
		}
	}
}

func (e NoticeStarted) fold(s *State, at Instant) {
	if c := s.calls.get(e.Call); c != nil {
		c.Prompts, c.NoticeUntil, c.NoticeReason = e.Prompt, e.Until, e.Recording
		s.noWait(c, at)
		s.refreshCall(c)
	}
}

func (e NoticeEnded) fold(s *State, at Instant) {
	if c := s.calls.get(e.Call); c != nil {
		c.NoticeUntil, c.Informed = 0, true
		s.noWait(c, at)
		s.refreshCall(c)
	}
}

func (e HeldChanged) fold(s *State, _ Instant) {
	if c := s.calls.get(e.Call); c != nil {
		c.State, c.HeldByPhone = CallTalking, false
		if e.Held {
			c.State, c.HeldByPhone = CallHeld, e.ByPhone
		}
		s.refreshCall(c)
	}
}

func (e MuteChanged) fold(s *State, _ Instant) {
	if c := s.calls.get(e.Call); c != nil {
		if c.side().Up && c.side().Operator == e.Operator && c.Operator != e.Operator {
			c.Side[0].Muted = e.On
		} else {
			c.Muted = e.On
		}
		s.refreshCall(c)
	}
}

func (e RecordingStarted) fold(s *State, _ Instant) {
	if c := s.calls.get(e.Call); c != nil {
		c.Recording = RecordingRunning
		s.refreshCall(c)
	}
}

func (e RecordingEnded) fold(s *State, _ Instant) { s.unstored[e.Call] = true }

func (e RecordingMarked) fold(s *State, _ Instant) {
	if c := s.calls.get(e.Call); c != nil {
		c.KeepRecording = e.Keep
		s.refreshCall(c)
	}
}

func (e RecordingPaused) fold(s *State, _ Instant) {
	if c := s.calls.get(e.Call); c != nil {
		c.RecordingPaused = e.On
		s.refreshCall(c)
	}
}

func (e RecordingKept) fold(s *State, _ Instant) {
	delete(s.unstored, e.Call)
	if c := s.calls.get(e.Call); c != nil {
		c.Recording = RecordingReady
		if e.Lost {
			c.Recording = RecordingLost
		}
		s.refreshCall(c)
	}
}

func (e Tagged) fold(s *State, _ Instant) {
	if c := s.calls.get(e.Call); c != nil {
		c.Tags = e.Tags
		s.refreshCall(c)
	}
}

func (e Noted) fold(s *State, _ Instant) {
	if c := s.calls.get(e.Call); c != nil {
		c.Note = e.Text
		s.refreshCall(c)
	}
}

func (e CallEnded) fold(s *State, at Instant) {
	c := s.calls.get(e.Call)
	if c == nil {
		return
	}
	c.State, c.EndedAt, c.Outcome, c.EndedBy = CallOver, at, e.Outcome, e.EndedBy
	c.Legs, c.NoticeUntil, c.SayingUntil, c.AnnounceAt = nil, 0, 0, 0
	for _, o := range c.Observers {
		delete(s.observed, o.User)
	}
	c.Observers = nil
	// Its operators may tag it while they wrap up; the fact that takes the last of
	// them off the call takes it away.
	if len(c.attached) > 0 {
		if o := s.operators.get(c.Operator); o == nil || o.Call != c.ID {
			c.State = CallWrapUp // of who had it before
		}
		s.refreshCall(c)
		return
	}
	s.removeCall(c)
}
