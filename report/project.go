package report

import (
	"slices"
	"time"

	"bandeau/acd"
)

// project changes the staged batch by one event.
func (p *Projector) project(r acd.Recorded) {
	switch e := r.Event.(type) {
	case acd.GroupConfigured:
		g := Group{ID: e.Config.ID, Name: e.Config.Name, ServiceLevelSeconds: e.Config.ServiceLevelSeconds}
		if p.group(g.ID) != g {
			p.staged.groups[g.ID] = g
		}
	case acd.GroupRemoved:
		g := p.group(e.Group)
		g.ID, g.Removed = e.Group, true
		p.staged.groups[e.Group] = g
	case acd.OperatorConfigured:
		p.rename(e.Config.ID, e.Config.Name)
	case acd.LoggedIn:
		p.login(r, e)
	case acd.TakenOver:
		o := p.operator(e.Operator)
		o.session.Session = e.New
		p.keepSession(o)
	case acd.LoggedOutOf:
		p.logout(r.At, e)
	case acd.OperatorChanged:
		p.change(r, e)
	case acd.CallStarted:
		p.start(r, e)
	case acd.Enqueued, acd.Dequeued, acd.OfferMade, acd.OfferEnded, acd.LegPlaced,
		acd.LegGone, acd.Connected, acd.HeldChanged, acd.CallEnded:
		p.callProgress(r)
	case acd.SideStarted, acd.SideChanged, acd.SideEnded, acd.OperatorLeft:
		p.sideProgress(r)
	case acd.RecordingStarted, acd.RecordingKept, acd.Tagged, acd.Noted:
		p.callNotes(r)
	case acd.CentreConfigured, acd.OperatorRemoved, acd.PauseTypeConfigured, acd.PauseTypeRemoved,
		acd.MemberSuspended, acd.PendingSet, acd.PhoneGiven, acd.ReachabilityChanged, acd.Ignored,
		acd.MissedCounted, acd.PauseOverran, acd.WrapUpEnded, acd.WasActive, acd.WasAlive, acd.StreamChanged, acd.LegRang,
		acd.LegWasAnswered, acd.ConfirmationAsked, acd.NoticeStarted, acd.NoticeEnded, acd.MuteChanged, acd.RecordingEnded, acd.Overflowed,
		acd.RulesSet, acd.DaysSet, acd.DayBegan, acd.HoursSet, acd.HoursChanged, acd.AnnouncementStarted, acd.AnnouncementEnded,
		acd.BrowserChanged, acd.LegLost, acd.LegRecovered, acd.PickedUp, acd.RecordingPaused, acd.RecordingMarked, acd.ObserverPlaced, acd.ObserverChanged:
		// Nothing of these stands in a row. A recording goes on for its row
		// until the file is kept.
	}
}

// login opens a floor session.
func (p *Projector) login(r acd.Recorded, e acd.LoggedIn) {
	o := p.operator(e.Operator)
	o.session = Session{Seq: r.Seq, Session: e.Session, Operator: e.Operator, Name: e.Name, From: r.At}
	p.keepSession(o)
	if o.interval.Seq != 0 && o.interval.Login == 0 { // his state was told before the login
		o.interval.Login, o.interval.Name = r.Seq, e.Name
		p.keepInterval(o)
	}
}

// logout closes the floor session.
func (p *Projector) logout(at acd.Instant, e acd.LoggedOutOf) {
	o := p.operator(e.Operator)
	p.closeInterval(o, at)
	if o.session.Seq == 0 {
		return
	}
	o.session.To, o.session.Reason, o.session.By = at, e.Reason, e.By
	p.keepSession(o)
	o.session = Session{}
}

// rename gives a logged-in operator his new name from now on.
func (p *Projector) rename(id acd.OperatorID, name string) {
	o := p.operator(id)
	if o.session.Seq != 0 && o.session.Name != name {
		o.session.Name = name
		p.keepSession(o)
	}
}

// change ends the operator's running interval and begins the next.
func (p *Projector) change(r acd.Recorded, e acd.OperatorChanged) {
	o := p.operator(e.Operator)
	if e.Presence == acd.LoggedOut {
		p.closeInterval(o, r.At)
		return
	}
	next := Interval{
		Seq: r.Seq, Login: o.session.Seq, Operator: e.Operator, Name: o.session.Name,
		Presence: e.Presence, PauseType: e.PauseType, Activity: e.Activity,
		Call: e.Call, Group: e.Group, From: r.At, Cause: e.Cause, By: e.By,
	}
	running := o.interval
	switch {
	case running.Seq == 0:
	case running.sameState(next):
		return
	case running.From == r.At: // left in the instant it was entered
		next.Seq = running.Seq
		p.attach(running, -1)
	default:
		p.closeInterval(o, r.At)
	}
	o.interval = next
	p.attach(next, 1)
	p.keepInterval(o)
}

// sameState reports whether two intervals differ in nothing a report counts.
func (i Interval) sameState(j Interval) bool {
	return i.Presence == j.Presence && i.PauseType == j.PauseType && i.Activity == j.Activity &&
		i.Call == j.Call && i.Group == j.Group && i.Login == j.Login
}

func (p *Projector) closeInterval(o *operator, at acd.Instant) {
	if o.interval.Seq == 0 {
		return
	}
	p.attach(o.interval, -1)
	o.interval.To = at
	p.keepInterval(o)
	o.interval = Interval{}
}

// attach tells the interval's call that it begins or, with -1, ends.
func (p *Projector) attach(i Interval, n int) {
	if i.Call == "" {
		return
	}
	if c := p.call(i.Call); c != nil {
		c.attach(i, n)
	}
}

func (p *Projector) keepSession(o *operator) {
	if o.session.Seq != 0 {
		p.staged.sessions[o.session.Seq] = o.session
	}
}

func (p *Projector) keepInterval(o *operator) { p.staged.intervals[o.interval.Seq] = o.interval }

// start opens a call.
func (p *Projector) start(r acd.Recorded, e acd.CallStarted) {
	c := &openCall{dirty: true, row: Call{
		ID: e.Call, Direction: e.Direction, State: acd.CallRinging, Caller: e.Caller,
		CallerName: e.CallerName, Called: e.Called, Service: e.Service, Group: e.Group,
		GroupName: p.group(e.Group).Name, ArrivedAt: r.At, Emergency: e.Emergency, Open: true,
	}}
	p.staged.calls[e.Call] = c
	// In the same batch an operator may have been told of it first.
	for _, o := range p.staged.operators {
		if o.interval.Seq != 0 && o.interval.Call == e.Call {
			c.attach(o.interval, 1)
		}
	}
	if e.Direction != acd.Outbound {
		return
	}
	c.row.State = acd.CallDialing
	if e.Operator == "" { // an emergency call from a phone nobody is logged in on
		return
	}
	name := p.operator(e.Operator).session.Name
	c.row.Operator, c.row.OperatorName = e.Operator, name
	part := Part{
		Seq: r.Seq, Call: e.Call, Operator: e.Operator, Name: name, Group: e.Group,
		Mine: MineOut, OfferedAt: r.At,
	}
	if e.FromPhone {
		part.Leg = 1
	}
	c.addPart(part)
}

// callProgress changes a call by what happens to it; project says which events
// come here.
func (p *Projector) callProgress(r acd.Recorded) {
	switch e := any(r.Event).(type) {
	case acd.Enqueued:
		p.withCall(e.Call, func(c *openCall) { c.enqueue(r, e, p.group(e.Group)) })
	case acd.Dequeued:
		p.withCall(e.Call, func(c *openCall) { c.dequeue(r.At, e) })
	case acd.OfferMade:
		p.withCall(e.Call, func(c *openCall) { c.offer(r, e) })
	case acd.OfferEnded:
		p.withCall(e.Call, func(c *openCall) { c.offerEnded(r.At, e) })
	case acd.LegPlaced:
		p.withCall(e.Call, func(c *openCall) { c.place(e) })
	case acd.LegGone:
		p.withCall(e.Call, func(c *openCall) { c.legGone(r.At, e) })
	case acd.Connected:
		p.withCall(e.Call, func(c *openCall) { c.connect(r.At, e, p.group(e.Group)) })
	case acd.HeldChanged:
		p.withCall(e.Call, func(c *openCall) {
			c.row.State, c.dirty = acd.CallTalking, true
			if e.Held {
				c.row.State = acd.CallHeld
			}
		})
	case acd.CallEnded:
		p.withCall(e.Call, func(c *openCall) { c.end(r.At, e) })
	}
}

// sideProgress changes a call by what happens to the second conversation of its
// operator, and by operators who leave it; project says which events come here.
func (p *Projector) sideProgress(r acd.Recorded) {
	switch e := any(r.Event).(type) {
	case acd.SideStarted:
		p.withCall(e.Call, func(c *openCall) { c.talksTo(acd.CallHeld) })
	case acd.SideChanged:
		p.withCall(e.Call, func(c *openCall) {
			c.talksTo(acd.CallHeld)
			if e.Kind == acd.SideConference || e.Kind == acd.SideConsult && !e.Front {
				c.talksTo(acd.CallTalking)
			}
		})
	case acd.SideEnded:
		p.withCall(e.Call, func(c *openCall) { c.talksTo(acd.CallTalking) })
	case acd.OperatorLeft:
		p.withCall(e.Call, func(c *openCall) { c.left(r.At, e) })
	}
}

// talksTo says whether the operator of a connected call talks to its customer.
func (c *openCall) talksTo(state acd.CallState) {
	if c.row.State == acd.CallTalking || c.row.State == acd.CallHeld {
		c.row.State, c.dirty = state, true
	}
}

// left ends an operator's part in a call that goes on.
func (c *openCall) left(at acd.Instant, e acd.OperatorLeft) {
	if part := c.part(e.Leg); part != nil {
		part.EndedAt = at
	}
	if c.row.Operator == e.Operator && c.row.State != acd.CallRinging {
		c.row.State, c.dirty = acd.CallRinging, true
		c.unring()
	}
}

// callNotes changes a call by what is noted about it; project says which events
// come here.
func (p *Projector) callNotes(r acd.Recorded) {
	switch e := any(r.Event).(type) {
	case acd.RecordingStarted:
		p.withCall(e.Call, func(c *openCall) {
			c.row.Recording, c.row.RecordingReason, c.dirty = acd.RecordingRunning, e.Reason, true
		})
	case acd.RecordingKept:
		p.withCall(e.Call, func(c *openCall) {
			c.row.Recording, c.dirty = acd.RecordingReady, true
			if e.Lost {
				c.row.Recording = acd.RecordingLost
			}
		})
	case acd.Tagged:
		p.withCall(e.Call, func(c *openCall) { c.row.Tags, c.dirty = tagList(e.Tags), true })
	case acd.Noted:
		p.withCall(e.Call, func(c *openCall) { c.row.Note, c.dirty = e.Text, true })
	}
}

// tagList copies tags; none is nil, as a store gives it back.
func tagList(tags []string) []string {
	if len(tags) == 0 {
		return nil
	}
	return slices.Clone(tags)
}

func (p *Projector) withCall(id acd.CallID, f func(*openCall)) {
	if c := p.call(id); c != nil {
		f(c)
		return
	}
	p.staged.strays++
}

func (c *openCall) enqueue(r acd.Recorded, e acd.Enqueued, g Group) {
	c.visits = append(c.visits, Visit{
		Seq: r.Seq, Call: e.Call, Group: e.Group, Name: g.Name, From: r.At,
		EntryCause: e.Cause, LevelSeconds: g.ServiceLevelSeconds,
	})
	c.dirtyVisit(r.Seq)
	c.row.Group, c.row.GroupName, c.row.State, c.dirty = e.Group, g.Name, acd.CallQueued, true
}

func (c *openCall) dequeue(at acd.Instant, e acd.Dequeued) {
	i := slices.IndexFunc(c.visits, func(v Visit) bool { return v.How == 0 && v.Group == e.Group })
	if i < 0 {
		return
	}
	v := &c.visits[i]
	v.To, v.How, v.ExitCause = at, e.How, e.Cause
	v.InLevel = e.How == acd.LeftAnswered && at.Sub(v.From) <= time.Duration(v.LevelSeconds)*time.Second
	c.dirtyVisit(v.Seq)
	c.row.State, c.dirty = acd.CallRinging, true
}

func (c *openCall) offer(r acd.Recorded, e acd.OfferMade) {
	c.addPart(Part{
		Seq: r.Seq, Call: e.Call, Leg: e.Leg, Operator: e.Operator, Name: e.Name,
		Group: e.Group, OfferedAt: r.At,
	})
	if c.row.State != acd.CallTalking && c.row.State != acd.CallHeld { // of a consultation it is another's call
		c.row.Operator, c.row.OperatorName, c.row.State, c.dirty = e.Operator, e.Name, acd.CallRinging, true
	}
}

func (c *openCall) offerEnded(at acd.Instant, e acd.OfferEnded) {
	part := c.part(e.Leg)
	if part == nil {
		return
	}
	part.Outcome, part.Status = e.Outcome, e.Status
	switch e.Outcome {
	case acd.OfferAnswered:
		part.Mine = MineAnswered
		return
	case acd.OfferNoAnswer:
		part.Mine = MineMissed
	case acd.OfferRejected, acd.OfferBusy, acd.OfferUnreachable, acd.OfferCallerLeft, acd.OfferWithdrawn:
	}
	part.EndedAt = at
	c.unring()
}

// unring shows the call as it is once an offer has failed: ringing elsewhere,
// or nobody's, unless an operator has it.
func (c *openCall) unring() {
	if c.row.State != acd.CallRinging {
		return
	}
	c.dirty = true
	for _, part := range c.parts {
		if part.Outcome == 0 && part.Mine != MineOut {
			c.row.Operator, c.row.OperatorName = part.Operator, part.Name
			return
		}
	}
	c.row.Operator, c.row.OperatorName = "", ""
	if slices.ContainsFunc(c.visits, func(v Visit) bool { return v.How == 0 }) {
		c.row.State = acd.CallQueued
	}
}

func (c *openCall) place(e acd.LegPlaced) {
	switch e.Role {
	case acd.RoleOwnPhone:
		if part := c.placed(); part != nil {
			part.Leg = e.Leg
		}
	case acd.RoleCaller, acd.RoleOffer, acd.RoleCalled, acd.RoleForwarded, acd.RoleTarget, acd.RoleObserver:
	}
}

// legGone ends the part whose phone has gone; a ringing offer ends with its
// own event.
func (c *openCall) legGone(at acd.Instant, e acd.LegGone) {
	i := slices.IndexFunc(c.parts, func(p Part) bool { return p.Leg == e.Leg && p.EndedAt == 0 })
	if i < 0 || (c.parts[i].Mine == MineNone && c.parts[i].AnsweredAt == 0) {
		return
	}
	part := c.touch(i)
	part.EndedAt, part.Status = at, e.Status
}

func (c *openCall) connect(at acd.Instant, e acd.Connected, group Group) {
	c.row.State, c.dirty = acd.CallTalking, true
	if c.row.AnsweredAt == 0 {
		c.row.AnsweredAt = at
	}
	c.row.Operator, c.row.OperatorName = e.Operator, e.Name
	if c.row.Group != e.Group {
		c.row.Group, c.row.GroupName = e.Group, group.Name
	}
	part := c.part(e.Leg)
	if part == nil {
		if part = c.placed(); part == nil || part.Leg != 0 {
			return
		}
		part.Leg = e.Leg
	}
	if part.AnsweredAt == 0 {
		part.AnsweredAt = at
	}
}

func (c *openCall) end(at acd.Instant, e acd.CallEnded) {
	c.row.EndedAt, c.row.Outcome, c.row.EndedBy, c.row.Cause, c.dirty = at, e.Outcome, e.EndedBy, e.Cause, true
	for i := range c.parts {
		if c.parts[i].EndedAt == 0 {
			c.touch(i).EndedAt = at
		}
	}
}
