package acd

import "slices"

// What a second conversation leads to. The table of who may leave when:
//
//	                 operator leaves          target leaves        customer leaves
//	transfer         it goes on without him   he has him back      the call ends
//	consult, rings   it becomes a transfer    he has him back      the call ends
//	consult          customer and target talk he has him back      the call ends
//	conference       customer and target talk the others talk      the call ends
//
// A transfer that fails gives the customer back: to who made it, if he is still
// there, or idle or in wrap-up; else to the group he came from, with his first
// arrival; else he is hung up.

// ownerOf finds a connected call and the operator whose call it is.
func (t *step) ownerOf(id CallID, op OperatorID) (*call, *operator, error) {
	c, o, err := t.ownCall(id, op)
	if err != nil {
		return nil, nil, err
	}
	if c.Operator != op || !c.talking() {
		return nil, nil, refuse(ErrWrongState, "call %s is not that of operator %s just now", id, op)
	}
	return c, o, nil
}

// mayBegin finds a call that may get a second conversation.
func (t *step) mayBegin(id CallID, op OperatorID) (*call, *operator, error) {
	c, o, err := t.ownerOf(id, op)
	switch {
	case err != nil:
		return nil, nil, err
	case c.sided():
		return nil, nil, refuse(ErrWrongState, "call %s is being transferred or has a consultation", id)
	case c.NoticeUntil != 0:
		return nil, nil, refuse(ErrWrongState, "call %s hears the notice", id)
	}
	return c, o, nil
}

func (c Transfer) decide(t *step) error {
	call, o, err := t.mayBegin(c.Call, c.Operator)
	if err != nil {
		return err
	}
	if c.To.Kind == ToGroup {
		g := t.s.groups.get(c.To.Group)
		if g == nil {
			return refuse(ErrUnknownGroup, "no group %q", c.To.Group)
		}
		if err = t.takes(g, call); err != nil {
			return err
		}
		t.partEnds(call, o, "transferred")
		t.toQueue(call, g, "transfer")
		return nil
	}
	side, err := t.side(o, call, c.To)
	if err != nil {
		return err
	}
	side.Kind = SideTransfer
	before := call.topology()
	t.begin(call, side)
	if o.Activity != Held {
		t.becomeHeld(o, call, "transfer")
	}
	t.arrange(call, before)
	t.placeTarget(call)
	return nil
}

// takes refuses a group that would only hang up on a customer: closed, full or with
// nobody there, and with no other place to send him to.
func (t *step) takes(g *group, c *call) error {
	id, cause := g.Config.ID, g.enter()
	if cause == "" && g.full(c) {
		cause = "full"
	}
	if cause == "" {
		return nil
	}
	if exit := g.exit(cause); exit.Kind == ExitGroup || exit.Kind == ExitNumber {
		return nil
	}
	if cause == "full" {
		return refuse(ErrTargetBusy, "as many wait in group %s as may", id)
	}
	return refuse(ErrTargetAway, "group %s takes no calls just now", id)
}

func (c Consult) decide(t *step) error {
	call, o, err := t.mayBegin(c.Call, c.Operator)
	if err != nil {
		return err
	}
	side, err := t.side(o, call, c.To)
	if err != nil {
		return err
	}
	side.Kind, side.Front = SideConsult, true
	before := call.topology()
	t.begin(call, side)
	if o.Activity != Talking {
		t.becomeTalking(o, call, "consult", his(o))
	}
	t.arrange(call, before)
	t.placeTarget(call)
	return nil
}

func (t *step) begin(c *call, side Side) {
	t.emit(SideStarted{Call: c.ID, Operator: side.By, Side: side})
}

// side works out whom a second conversation is with.
func (t *step) side(by *operator, c *call, to Destination) (Side, error) {
	side := Side{To: to, By: by.Config.ID, Leg: c.NextLeg, Group: c.Group}
	switch to.Kind {
	case ToOperator:
		o := t.s.operators.get(to.Operator)
		if o == nil {
			return side, refuse(ErrUnknownOperator, "no operator %q", to.Operator)
		}
		side.Operator = to.Operator
		return side, t.free(by, o)
	case ToGroup:
		g := t.s.groups.get(to.Group)
		if g == nil {
			return side, refuse(ErrUnknownGroup, "no group %q", to.Group)
		}
		if side.Operator = t.nextOf(g, by.Config.ID, nil); side.Operator == "" {
			return side, refuse(ErrNobodyFree, "nobody is free in group %s", to.Group)
		}
		return side, nil
	case ToNumber:
		if to.Number == "" {
			return side, refuse(ErrOutOfRange, "a number is needed")
		}
		return side, nil
	case ToHangUp:
	}
	return side, refuse(ErrOutOfRange, "a call is given to an operator, a group or a number")
}

// free says whether an operator can be rung for another's call: as for a call to
// himself.
func (t *step) free(by, o *operator) error {
	id := o.Config.ID
	switch {
	case o == by:
		return refuse(ErrTransferToSelf, "it is his own call")
	case !o.here():
		return refuse(ErrTargetAway, "operator %s is logged out or paused", id)
	case t.s.phoneState(o) != PhoneReachable:
		return refuse(ErrTargetUnreachable, "the phone of operator %s cannot be reached", id)
	case o.Activity != Idle:
		return refuse(ErrTargetBusy, "operator %s is busy", id)
	}
	return nil
}

// nextOf returns who of a group is rung for a consultation: the first in the
// order of its strategy (for chance and for turns, in that of its members) who
// has not been. Empty: nobody.
func (t *step) nextOf(g *group, by OperatorID, tried []OperatorID) OperatorID {
	for m := g.eligible.first(); m != nil; m = g.eligible.next(m) {
		if _, found := slices.BinarySearch(tried, m.id); !found && m.id != by {
			return m.id
		}
	}
	return ""
}

// placeTarget rings the target of the second conversation.
func (t *step) placeTarget(c *call) {
	if o := t.s.operators.get(c.side().Operator); o != nil {
		t.ring(c, o, c.side().Leg, "")
		return
	}
	e := LegPlaced{
		Call: c.ID, Leg: c.side().Leg, Role: RoleTarget, Phone: Phone{Kind: PhoneExternal, Number: c.side().To.Number},
		Number: c.side().To.Number, Until: t.now.Add(calledRing),
	}
	t.emit(e)
	place := PlaceLeg{
		Call: c.ID, Leg: e.Leg, Phone: e.Phone, Present: c.shown(), Caller: c.caller(), Service: c.service(), Until: e.Until,
	}
	if g := t.s.groups.get(c.Group); g != nil && g.Config.TransferNumber != "" {
		place.Present = Presentation{Number: g.Config.TransferNumber}
	}
	t.do(place)
}

// targetAnswered goes on when the target has answered. before is who heard whom
// until then.
func (t *step) targetAnswered(c *call, before topology) {
	if c.side().Kind != SideConsult {
		t.complete(c, before)
		return
	}
	if o := t.s.operators.get(c.side().Operator); o != nil {
		t.becomeTalking(o, c, "consulted", Actor{})
	}
	t.arrange(c, before)
}

// complete gives the customer to the target, who is up.
func (t *step) complete(c *call, before topology) {
	side, o := c.side(), t.s.operators.get(c.side().Operator)
	if by := t.s.operators.get(side.By); by != nil && c.Joined[0] != 0 && c.Operator == side.By {
		t.partEnds(c, by, "transferred")
	}
	t.emit(SideEnded{Call: c.ID, Operator: side.By, Kind: side.Kind, Target: side.Operator, Cause: "completed"})
	e := Connected{Call: c.ID, Operator: side.Operator, Group: c.Group, Leg: side.Leg, Other: c.customer()}
	if o != nil {
		e.Name, e.WrapUpSeconds = o.Config.Name, t.wrapUpSeconds(o, c.Group)
	}
	t.emit(e)
	if o != nil && o.Activity != Talking {
		t.becomeTalking(o, c, "answer", Actor{})
	}
	g := t.s.groups.get(c.Group)
	records := recordsInbound(g)
	if c.Direction == Outbound {
		records = g != nil && g.Config.RecordOutbound
	}
	t.recordOn(c, t.join(c, before, t.recordReason(c, o, records)))
}

// recordOn records a part of a call after another, or pauses what was running
// where this part is not to be recorded.
func (t *step) recordOn(c *call, reason string) {
	if reason == "" && c.NoticeUntil == 0 {
		t.pauseRecording(c, true)
	}
	t.record(c, reason)
}

// partEnds takes the operator whose call it is out of it, while it goes on.
func (t *step) partEnds(c *call, o *operator, cause string) {
	leg, wrapUp := c.Joined[0], c.WrapUpSeconds
	t.dismiss(c, o, cause)
	t.hangUpLeg(c, leg)
	t.emit(OperatorLeft{Call: c.ID, Operator: o.Config.ID, Leg: leg, Cause: cause})
	t.afterCall(o, wrapUp, cause, Actor{})
}

// dismiss sends away the supervisors who listen to an operator whose part is over.
func (t *step) dismiss(c *call, o *operator, cause string) {
	for _, ob := range slices.Clone(c.Observers) {
		if ob.Operator == o.Config.ID {
			t.hangUpLeg(c, ob.Leg)
			t.emit(LegGone{Call: c.ID, Leg: ob.Leg, Cause: cause})
		}
	}
}

// toQueue gives a customer who has just been parted from an operator to a group.
func (t *step) toQueue(c *call, g *group, cause string) {
	t.pauseRecording(c, true) // who waits is not recorded
	t.parted = true
	t.enqueue(c, g, cause)
	t.parted = false
}

// sideFailed goes on with a call whose target has not answered: the next of a
// consulted group is rung, or the customer is given back.
func (t *step) sideFailed(c *call, cause string) {
	side, before := c.side(), c.topology()
	if g := t.s.groups.get(side.To.Group); side.Kind == SideConsult && side.To.Kind == ToGroup && g != nil {
		next := side.clone()
		at, _ := slices.BinarySearch(next.Tried, side.Operator)
		next.Tried = slices.Insert(next.Tried, at, side.Operator)
		if next.Operator = t.nextOf(g, side.By, next.Tried); next.Operator != "" {
			next.Leg = c.NextLeg
			t.begin(c, next)
			t.arrange(c, before)
			t.placeTarget(c)
			return
		}
	}
	t.sideOver(c, before, cause)
}

// sideOver ends a second conversation whose target is out of the call: the
// customer is given back.
func (t *step) sideOver(c *call, before topology, cause string) {
	side := c.side()
	t.emit(SideEnded{Call: c.ID, Operator: side.By, Kind: side.Kind, Target: side.Operator, Cause: cause})
	if c.Joined[0] != 0 {
		if o := t.s.operators.get(c.Operator); o != nil && o.Activity == Held {
			t.becomeTalking(o, c, cause, Actor{})
		}
		t.arrange(c, before)
		return
	}
	t.giveBack(c, side)
}

// giveBack returns a customer whom nobody has taken.
func (t *step) giveBack(c *call, side Side) {
	if o := t.s.operators.get(side.By); side.Kind != SideReturn && t.takesBack(o) {
		if o.Activity == WrappingUp {
			t.endWrapUp(o, "returned", Actor{})
		}
		t.begin(c, Side{
			Kind: SideReturn, To: side.To, By: side.By, Operator: side.By, Leg: c.NextLeg, Group: side.Group,
		})
		t.placeTarget(c)
		return
	}
	if g := t.s.groups.get(side.Group); g != nil {
		t.toQueue(c, g, "transfer_failed")
		return
	}
	t.endCall(c, ending{outcome: OutcomeAnswered, by: EndedBySystem, cause: "transfer_failed", tone: true})
}

// takesBack says whether an operator can be rung for a call he has given away.
func (t *step) takesBack(o *operator) bool {
	return o != nil && o.LoggedInAt != 0 && (o.Activity == Idle || o.Activity == WrappingUp) &&
		t.s.phoneState(o) == PhoneReachable
}

// ownerLeaves goes on when the operator whose call it is has gone, or hangs up,
// while a second conversation is under way.
func (t *step) ownerLeaves(c *call) {
	o, before := t.s.operators.get(c.Operator), c.topology()
	if c.side().Up {
		t.complete(c, before)
		return
	}
	if c.side().Kind != SideTransfer {
		t.emit(SideChanged{Call: c.ID, Operator: c.Operator, Kind: SideTransfer})
	}
	t.partEnds(c, o, "transferred")
	t.arrange(c, before)
}

// targetLeaves goes on when the target of the second conversation has gone, or
// hangs up, after it answered.
func (t *step) targetLeaves(c *call) {
	side, before := c.side(), c.topology()
	t.hangUpLeg(c, side.Leg)
	t.targetGone(c, "consulted")
	t.sideOver(c, before, "target_left")
}

// targetGone takes the target's leg, which is up, out of the call.
func (t *step) targetGone(c *call, cause string) {
	side := c.side()
	o := t.s.operators.get(side.Operator)
	if o == nil {
		t.emit(LegGone{Call: c.ID, Leg: side.Leg, Cause: cause})
		return
	}
	t.dismiss(c, o, cause)
	t.emit(OperatorLeft{Call: c.ID, Operator: side.Operator, Leg: side.Leg, Cause: cause})
	seconds := 0
	if side.Kind == SideConference { // he has talked with the customer
		seconds = t.wrapUpSeconds(o, c.Group)
	}
	t.afterCall(o, seconds, cause, Actor{})
}

func (c Swap) decide(t *step) error {
	call, o, err := t.ownerOf(c.Call, c.Operator)
	if err != nil {
		return err
	}
	if call.side().Kind != SideConsult || !call.side().Up {
		return refuse(ErrWrongState, "call %s has no consultation to swap with", c.Call)
	}
	before := call.topology()
	t.emit(SideChanged{Call: c.Call, Operator: o.Config.ID, Kind: SideConsult, Front: !call.side().Front})
	t.arrange(call, before)
	return nil
}

func (c TalkTo) decide(t *step) error {
	call, _, err := t.ownerOf(c.Call, c.Operator)
	if err != nil {
		return err
	}
	if side := call.side(); side.Kind == SideConsult && side.Up && side.Front == c.Target {
		return nil
	}
	return Swap{Call: c.Call, Operator: c.Operator}.decide(t)
}

func (c Conference) decide(t *step) error {
	call, o, err := t.ownerOf(c.Call, c.Operator)
	if err != nil {
		return err
	}
	if call.side().Kind != SideConsult || !call.side().Up {
		return refuse(ErrWrongState, "call %s has no consultation to talk with together", c.Call)
	}
	before := call.topology()
	t.emit(SideChanged{Call: c.Call, Operator: o.Config.ID, Kind: SideConference})
	t.arrange(call, before)
	return nil
}

func (c Complete) decide(t *step) error {
	call, _, err := t.ownerOf(c.Call, c.Operator)
	if err != nil {
		return err
	}
	if call.side().Kind != SideConsult && call.side().Kind != SideConference {
		return refuse(ErrWrongState, "call %s has no consultation to complete", c.Call)
	}
	t.ownerLeaves(call)
	return nil
}

func (c CancelSide) decide(t *step) error {
	call, _, err := t.ownerOf(c.Call, c.Operator)
	if err != nil {
		return err
	}
	if !call.sided() {
		return refuse(ErrWrongState, "call %s has nothing to cancel", c.Call)
	}
	before, side := call.topology(), call.side()
	t.hangUpLeg(call, side.Leg)
	switch l := call.leg(side.Leg); {
	case side.Up:
		t.targetGone(call, "cancelled")
	case side.Operator != "":
		o := t.s.operators.get(side.Operator)
		t.endOffer(call, *l, OfferWithdrawn, 0)
		t.becomeIdle(o, OfferWithdrawn.cause(), Actor{})
	default:
		t.emit(LegGone{Call: call.ID, Leg: side.Leg, Cause: "cancelled"})
	}
	t.sideOver(call, before, "cancelled")
	return nil
}

// PickUp and the recording.

func (c PickUp) decide(t *step) error {
	o, err := t.session(c.Operator)
	if err != nil {
		return err
	}
	call := t.s.calls.get(c.Call)
	if call == nil {
		return refuse(ErrUnknownCall, "no call %q", c.Call)
	}
	g := t.s.groups.get(call.Queue)
	switch {
	case o.Activity != Idle && o.Activity != WrappingUp:
		return refuse(ErrNotIdle, "operator %s is not idle", c.Operator)
	case g == nil || call.NoticeUntil != 0 || call.waited(t.now):
		return refuse(ErrWrongState, "call %s neither waits nor rings in a group", c.Call)
	case !t.serves(c.Operator, call.Queue):
		return refuse(ErrNotMember, "operator %s is not in group %s", c.Operator, call.Queue)
	case !g.Config.PickUp:
		return refuse(ErrPickUpNotAllowed, "group %s does not let its members pick calls up", call.Queue)
	case !o.here():
		return refuse(ErrWrongState, "operator %s is paused", c.Operator)
	case t.s.phoneState(o) != PhoneReachable:
		return refuse(ErrPhoneUnreachable, "the phone of operator %s cannot be reached", c.Operator)
	}
	e := PickedUp{Call: c.Call, Operator: c.Operator, Group: call.Queue}
	if l := call.offer(""); l != nil {
		e.From = l.Operator
	}
	t.emit(e)
	for l := call.offer(""); l != nil; l = call.offer("") {
		other := t.s.operators.get(l.Operator)
		t.hangUpLeg(call, l.ID)
		t.endOffer(call, *l, OfferWithdrawn, 0)
		t.becomeIdle(other, "picked_up", Actor{})
	}
	if o.Activity == WrappingUp {
		t.endWrapUp(o, "pick_up", his(o))
	}
	t.endIgnored(o)
	t.ring(call, o, call.NextLeg, call.Queue)
	return nil
}

// serves says whether an operator is a member of a group who may take its calls.
func (t *step) serves(o OperatorID, g GroupID) bool {
	m := t.s.member(o, g)
	return m != nil && !m.suspended
}

func (c PauseRecord) decide(t *step) error {
	call, _, err := t.ownerOf(c.Call, c.Operator)
	if err != nil {
		return err
	}
	g := t.s.groups.get(call.Group)
	switch {
	case call.Recording != RecordingRunning:
		return refuse(ErrWrongState, "call %s is not recorded", c.Call)
	case g == nil || !g.Config.MayStopRecording:
		return refuse(ErrRecordingNotYours, "the group does not let its operators pause a recording")
	}
	t.pauseRecording(call, c.On)
	return nil
}

func (c KeepRecord) decide(t *step) error {
	call, err := t.noted(c.Call, c.Operator)
	if err != nil {
		return err
	}
	g := t.s.groups.get(call.Group)
	switch {
	case call.Recording != RecordingRunning && call.Recording != RecordingReady:
		return refuse(ErrWrongState, "call %s is not recorded", c.Call)
	case g == nil || !g.Config.MayKeepRecording:
		return refuse(ErrRecordingNotYours, "the group does not let its operators keep a recording")
	}
	if call.KeepRecording != c.Keep {
		t.emit(RecordingMarked(c))
	}
	return nil
}
