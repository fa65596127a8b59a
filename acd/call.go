package acd

import "slices"

func (c CallArrived) decide(t *step) error {
	if err := t.mayStart(c.Call); err != nil {
		return err
	}
	dest := c.Destination
	g, o := t.s.groups.get(dest.Group), t.s.operators.get(dest.Operator)
	switch dest.Kind {
	case ToGroup:
		if g == nil {
			return refuse(ErrUnknownGroup, "no group %q", dest.Group)
		}
	case ToOperator:
		if o == nil {
			return refuse(ErrUnknownOperator, "no operator %q", dest.Operator)
		}
	case ToNumber, ToHangUp:
	default:
		return refuse(ErrOutOfRange, "a call needs a destination")
	}
	t.emit(CallStarted{
		Call: c.Call, Direction: Inbound, Caller: c.Caller, CallerName: c.CallerName, Called: c.Called,
		Service: c.Service, Record: c.Record, OnOperator: c.OnOperator, Overflow: c.Overflow, Closed: c.Closed,
	})
	call := t.s.calls.get(c.Call)
	if c.Closed != "" {
		t.numberClosed(call, c.ClosedExit)
		return nil
	}
	switch dest.Kind {
	case ToGroup:
		t.enqueue(call, g, "arrival")
	case ToOperator:
		t.toOperator(call, o)
	case ToNumber:
		t.forward(call, dest.Number)
	case ToHangUp:
		t.endCall(call, ending{outcome: OutcomeRefused, by: EndedBySystem, cause: "hang_up", status: 486})
	}
	return nil
}

// numberClosed sends a call to a number that is closed where its hours say, or
// refuses it.
func (t *step) numberClosed(c *call, exit Exit) {
	end := ending{outcome: OutcomeRefused, by: EndedBySystem, cause: "closed", status: 480}
	if exit.Kind == ExitNone || exit.Kind == ExitHangUp {
		t.endCall(c, end)
		return
	}
	t.takeExit(c, "", exit, "closed", end)
}

// mayStart says whether a call may begin.
func (t *step) mayStart(id CallID) error {
	switch {
	case id == "":
		return refuse(ErrOutOfRange, "a call needs an id")
	case t.s.calls.get(id) != nil || t.s.unstored[id]:
		return refuse(ErrDuplicate, "call %s exists", id)
	case t.s.calls.len() >= maxCalls:
		return refuse(ErrLimit, "%d calls are the most a centre has at once", maxCalls)
	}
	return nil
}

// toOperator rings an operator for a call to himself, if he is free: logged in,
// reachable, idle, and available or paused with OP-10. OP-16 does not hide him.
func (t *step) toOperator(c *call, o *operator) {
	switch {
	case !o.here() || t.s.phoneState(o) != PhoneReachable:
		t.notTaken(c, "operator_away", OutcomeRefused, 480)
	case o.Activity != Idle:
		t.notTaken(c, "operator_busy", OutcomeBusy, 486)
	default:
		t.progress(c)
		t.ring(c, o, c.NextLeg, "")
	}
}

// here says whether he takes calls to himself, as far as he has chosen.
func (o *operator) here() bool {
	return o.Presence == Available || o.Presence == Paused && o.Config.AlwaysConnected
}

// directFailed goes on with a call to an operator who did not answer it.
func (t *step) directFailed(c *call, outcome OfferOutcome) {
	switch outcome {
	case OfferBusy:
		t.notTaken(c, outcome.cause(), OutcomeBusy, 486)
	case OfferRejected:
		t.notTaken(c, outcome.cause(), OutcomeRefused, 486)
	case OfferUnreachable:
		t.notTaken(c, outcome.cause(), OutcomeFailed, 480)
	case OfferNoAnswer, OfferWithdrawn, OfferAnswered, OfferCallerLeft:
		t.notTaken(c, outcome.cause(), OutcomeNoAnswer, 480)
	}
}

// notTaken sends a call that is in no group to its number's exit, or refuses it.
func (t *step) notTaken(c *call, cause string, outcome Outcome, status int) {
	end := ending{outcome: outcome, by: EndedBySystem, cause: cause, status: status, tone: true}
	if c.Exit.Kind == ExitNone || c.Group != "" {
		if c.Group != "" {
			end.outcome = OutcomeOverflowed // it left a group for a number that did not take it
		}
		t.endCall(c, end)
		return
	}
	t.takeExit(c, "", c.Exit, cause, end)
}

// progress tells an unanswered caller that it rings.
func (t *step) progress(c *call) {
	if l := c.leg(c.customer()); l.State == LegCalling {
		t.emit(LegRang{Call: c.ID, Leg: l.ID})
		t.do(ProgressLeg{Call: c.ID, Leg: l.ID})
	}
}

// forward rings a number for an inbound call. A caller who hears music goes on
// hearing it, another hears it ring.
func (t *step) forward(c *call, number string) {
	t.progress(c)
	e := LegPlaced{
		Call: c.ID, Leg: c.NextLeg, Role: RoleForwarded, Phone: Phone{Kind: PhoneExternal, Number: number},
		Number: number, Until: t.now.Add(calledRing),
	}
	t.emit(e)
	t.do(PlaceLeg{
		Call: c.ID, Leg: e.Leg, Phone: e.Phone,
		Present: c.shown(), Caller: c.caller(), Service: c.service(), Until: e.Until,
	})
	if t.parted {
		t.playMusic(c, c.customer())
	}
}

// shown is the number a party outside sees that a call is given to: the caller's,
// or for a call of ours the number that presented it.
func (c *call) shown() Presentation {
	if c.Direction == Outbound {
		return c.Present
	}
	return c.outside()
}

// caller is the real caller of an inbound call, as far as he is known.
func (c *call) caller() string {
	if c.Direction == Outbound {
		return ""
	}
	return c.Caller
}

// service is the number of the centre that an inbound call was for.
func (c *call) service() string {
	if c.Direction == Outbound {
		return ""
	}
	return c.Called
}

// forwardAnswered connects the caller with the number that took his call.
func (t *step) forwardAnswered(c *call, l LegCheckpoint) {
	t.emit(LegWasAnswered{Call: c.ID, Leg: l.ID})
	t.answerCaller(c)
	t.emit(Connected{Call: c.ID, Group: c.Group, Leg: l.ID, Other: c.customer()})
	t.recordOn(c, t.join(c, topology{}, t.recordReason(c, nil, false)))
}

// recordReason returns why a conversation is to be recorded: the operator, the
// group or the service number asks for it. Empty: it is not.
func (t *step) recordReason(c *call, o *operator, group bool) string {
	if c.Emergency && t.s.centre.Notice {
		return "" // help is not kept waiting by a notice, and nobody is recorded untold
	}
	reason := ""
	for _, r := range []struct {
		due  bool
		name string
	}{{o != nil && o.Config.Record, "operator"}, {group, "group"}, {c.NumberRecords, "number"}} {
		switch {
		case r.due && reason == "":
			reason = r.name
		case r.due:
			reason += "+" + r.name
		}
	}
	return reason
}

// record starts the recording of a connected call, for a reason.
//
// One that runs since an operator before goes on in the same file, with silence
// for a part that is not to be recorded.
func (t *step) record(c *call, reason string) {
	if reason == "" {
		return
	}
	t.emit(RecordingStarted{Call: c.ID, Reason: reason})
	t.do(StartRecording{Call: c.ID, Customer: c.Joined[1], Operator: c.Joined[0]})
	t.pauseRecording(c, false)
}

// pauseRecording pauses a running recording, or lets it go on.
func (t *step) pauseRecording(c *call, on bool) {
	if c.Recording == RecordingRunning && c.RecordingPaused != on {
		t.emit(RecordingPaused{Call: c.ID, Operator: c.Operator, On: on})
		t.do(PauseRecording{Call: c.ID, On: on})
	}
}

// ending is how a call ends.
type ending struct {
	outcome  Outcome
	by       EndedBy
	cause    string
	status   int  // SIP status for a first leg not yet answered
	tone     bool // busy tone for a first leg that was
	noWrapUp bool
	actor    Actor // who freed the operator by it
}

// endCall ends a call wherever it stands: what rings stops, it leaves its group,
// its recording and its legs end, and its operator goes on to wrap-up, all in
// this step.
func (t *step) endCall(c *call, end ending) {
	if c.AnsweredAt != 0 {
		end.outcome = OutcomeAnswered // whatever became of it since
	}
	for l := c.offer(""); l != nil; l = c.offer("") {
		t.hangUpLeg(c, l.ID)
		o, outcome := t.s.operators.get(l.Operator), OfferWithdrawn
		if end.by == EndedByCaller {
			outcome = OfferCallerLeft
		}
		t.endOffer(c, *l, outcome, 0)
		if o.Call == c.ID {
			t.becomeIdle(o, outcome.cause(), end.actor)
		}
	}
	if c.Queue != "" {
		t.emit(Dequeued{Call: c.ID, Group: c.Queue, How: LeftAbandoned, Cause: end.cause})
	}
	if c.Recording == RecordingRunning {
		t.emit(RecordingEnded{Call: c.ID})
		t.do(StopRecording{Call: c.ID})
	}
	for _, l := range c.Legs {
		hangUp := HangUpLeg{Call: c.ID, Leg: l.ID}
		switch {
		case l.State == LegUp && end.tone && l.ID == c.customer():
			hangUp.After = SoundBusy
		case l.ID != 1:
		case l.State != LegUp && (l.Role == RoleCaller || c.FromPhone):
			hangUp.Status = end.status
			if hangUp.Status == 0 {
				hangUp.Status = 480
			}
		}
		t.do(hangUp)
	}
	o, wrapUp, target := t.s.operators.get(c.Operator), 0, t.s.operators.get(c.side().Operator)
	if c.talking() && !end.noWrapUp {
		wrapUp = c.WrapUpSeconds
	}
	conferred := c.side().Kind == SideConference && !end.noWrapUp
	if c.sided() {
		t.emit(SideEnded{Call: c.ID, Operator: c.side().By, Kind: c.side().Kind, Target: c.side().Operator, Cause: "call_ended"})
	}
	t.emit(CallEnded{Call: c.ID, Outcome: end.outcome, EndedBy: end.by, Cause: end.cause})
	t.do(ForgetCall{Call: c.ID})
	if o != nil && o.Call == c.ID && o.Activity != WrappingUp {
		t.afterCall(o, wrapUp, end.cause, end.actor)
	}
	if target != nil && target != o && target.Call == c.ID && target.Activity != WrappingUp {
		seconds := 0
		if conferred {
			seconds = t.wrapUpSeconds(target, c.Group)
		}
		t.afterCall(target, seconds, end.cause, end.actor)
	}
}

func (t *step) hangUpLeg(c *call, l LegID) { t.do(HangUpLeg{Call: c.ID, Leg: l}) }

// ownCall finds the call an operator is offered, in, or wraps up.
func (t *step) ownCall(id CallID, op OperatorID) (*call, *operator, error) {
	o, err := t.operator(op)
	if err != nil {
		return nil, nil, err
	}
	c := t.s.calls.get(id)
	if c == nil || o.Call != id {
		return nil, nil, refuse(ErrUnknownCall, "operator %s has no call %q", op, id)
	}
	return c, o, nil
}

func (c HangUp) decide(t *step) error {
	call, o, err := t.ownCall(c.Call, c.Operator)
	if err != nil {
		return err
	}
	switch {
	case call.target(o) && o.Activity == Talking:
		t.targetLeaves(call)
		return nil
	case call.sided() && o.inCall():
		t.ownerLeaves(call)
		return nil
	}
	switch o.Activity {
	case Ringing:
		t.reject(call, o)
	case Dialing:
		t.endCall(call, ending{outcome: OutcomeNoAnswer, by: EndedByOperator, cause: "cancelled", actor: c.By})
	case Talking, Held:
		t.endCall(call, ending{outcome: OutcomeAnswered, by: EndedByOperator, cause: "hangup", actor: c.By})
	case Idle, WrappingUp:
		return refuse(ErrWrongState, "call %s is over", c.Call)
	}
	return nil
}

func (c Reject) decide(t *step) error {
	call, o, err := t.ownCall(c.Call, c.Operator)
	if err != nil {
		return err
	}
	if o.Activity != Ringing {
		return refuse(ErrWrongState, "call %s does not ring", c.Call)
	}
	t.reject(call, o)
	return nil
}

func (t *step) reject(c *call, o *operator) {
	l := *c.offer(o.Config.ID)
	t.hangUpLeg(c, l.ID)
	t.offerFailed(c, l, OfferRejected, 0)
}

func (c Hold) decide(t *step) error {
	call, _, err := t.ownerOf(c.Call, c.Operator)
	if err != nil {
		return err
	}
	if call.State != CallTalking || call.sided() {
		return refuse(ErrWrongState, "call %s is not talking", c.Call)
	}
	t.hold(call, false)
	return nil
}

func (c Resume) decide(t *step) error {
	call, _, err := t.ownerOf(c.Call, c.Operator)
	if err != nil {
		return err
	}
	if call.State != CallHeld || call.sided() {
		return refuse(ErrWrongState, "call %s is not held", c.Call)
	}
	t.resume(call, false)
	return nil
}

// hold parts the legs and plays music to the other side; a recording goes on.
// While both hear the notice they are not joined yet.
func (t *step) hold(c *call, byPhone bool) {
	before := c.topology()
	t.emit(HeldChanged{Call: c.ID, Operator: c.Operator, Held: true, ByPhone: byPhone})
	if o := t.s.operators.get(c.Operator); o != nil {
		t.becomeHeld(o, c, "hold")
	}
	t.arrange(c, before)
}

func (t *step) resume(c *call, byPhone bool) {
	before := c.topology()
	t.emit(HeldChanged{Call: c.ID, Operator: c.Operator, ByPhone: byPhone})
	if o := t.s.operators.get(c.Operator); o != nil {
		t.becomeTalking(o, c, "resume", his(o))
	}
	t.arrange(c, before)
}

func (c Mute) decide(t *step) error {
	call, o, err := t.ownCall(c.Call, c.Operator)
	if err != nil {
		return err
	}
	if !call.talking() {
		return refuse(ErrWrongState, "call %s is not talking", c.Call)
	}
	muted, leg := call.Muted, call.Joined[0]
	if o.Activity != Talking && o.Activity != Held {
		return refuse(ErrWrongState, "call %s is over for operator %s", c.Call, c.Operator)
	}
	if call.target(o) {
		muted, leg = call.side().Muted, call.side().Leg
	}
	if muted != c.On {
		t.emit(MuteChanged(c))
		t.do(MuteLeg{Call: c.Call, Leg: leg, On: c.On})
	}
	return nil
}

// noted finds a call that an operator may write something about.
func (t *step) noted(id CallID, op OperatorID) (*call, error) {
	c, o, err := t.ownCall(id, op)
	if err != nil {
		return nil, err
	}
	if o.Activity == Ringing {
		return nil, refuse(ErrWrongState, "call %s still rings", id)
	}
	return c, nil
}

func (c Tag) decide(t *step) error {
	call, err := t.noted(c.Call, c.Operator)
	if err != nil {
		return err
	}
	if len(c.Tags) > maxTags {
		return refuse(ErrLimit, "a call has %d tags at most", maxTags)
	}
	for _, tag := range c.Tags {
		if tag == "" || len(tag) > maxTagLength {
			return refuse(ErrLimit, "a tag has 1 to %d bytes", maxTagLength)
		}
	}
	if !slices.Equal(call.Tags, c.Tags) {
		c.Tags = slices.Clone(c.Tags)
		t.emit(Tagged(c))
	}
	return nil
}

func (c Note) decide(t *step) error {
	call, err := t.noted(c.Call, c.Operator)
	if err != nil {
		return err
	}
	if len(c.Text) > maxNoteLength {
		return refuse(ErrLimit, "a note has %d bytes at most", maxNoteLength)
	}
	if call.Note != c.Text {
		t.emit(Noted(c))
	}
	return nil
}

func (c RecordingStored) decide(t *step) error { //nolint:unparam // it is never refused
	if t.s.unstored[c.Call] {
		t.emit(RecordingKept(c))
	}
	return nil
}
