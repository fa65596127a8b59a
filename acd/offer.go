package acd

import "time"

// endOffer gives an offer its outcome and lets the operator bear what follows
// from it (OP-16, OP-18). The caller takes him off the call.
func (t *step) endOffer(c *call, l LegCheckpoint, outcome OfferOutcome, status int) {
	group := c.Queue
	if c.talking() && l.ID != c.side().Leg { // another has answered
		group = c.Group
	}
	t.emit(OfferEnded{
		Call: c.ID, Leg: l.ID, Operator: l.Operator, Group: group,
		Outcome: outcome, Status: status,
	})
	o := t.s.operators.get(l.Operator)
	switch outcome {
	case OfferNoAnswer:
		t.ignore(o, l)
		t.emit(MissedCounted{Operator: o.Config.ID, Count: o.Missed + 1})
	case OfferRejected, OfferBusy, OfferUnreachable:
		t.ignore(o, l)
	case OfferAnswered:
		if o.Missed > 0 {
			t.emit(MissedCounted{Operator: o.Config.ID})
		}
	case OfferCallerLeft, OfferWithdrawn:
	}
}

// ignore opens the OP-16 window of an operator after a failed offer.
func (t *step) ignore(o *operator, l LegCheckpoint) {
	retry := time.Duration(o.Config.RetrySeconds) * time.Second
	if retry == 0 && t.now.Sub(l.PlacedAt) < failedAtOnce {
		retry = leastRetry
	}
	if retry > 0 {
		t.emit(Ignored{Operator: o.Config.ID, Until: t.now.Add(retry)})
	}
}

// offerFailed ends an offer by the operator's side: he is free again, or logged
// out when he has missed too many, and the call goes back to its place.
func (t *step) offerFailed(c *call, l LegCheckpoint, outcome OfferOutcome, status int) {
	t.endOffer(c, l, outcome, status)
	o := t.s.operators.get(l.Operator)
	if limit := o.Config.MissedLogoutCount; outcome == OfferNoAnswer && limit != nil && o.Missed > *limit {
		t.becomeIdle(o, outcome.cause(), Actor{})
		t.endSession(o, LogoutMissed, Actor{Kind: ByRule, ID: "OP-18"})
	} else {
		t.becomeIdle(o, outcome.cause(), Actor{})
	}
	t.unanswered(c, outcome)
}

// withdraw takes back the offer that rings at an operator. It is nobody's
// failure. The caller of withdraw takes him off the call.
func (t *step) withdraw(o *operator) {
	c := t.s.calls.get(o.Call)
	l := *c.offer(o.Config.ID)
	t.hangUpLeg(c, l.ID)
	t.endOffer(c, l, OfferWithdrawn, 0)
	t.unanswered(c, OfferWithdrawn)
}

// unanswered goes on with a call whose offer ended without an answer. In a group
// it keeps the place its arrival gives it, unless its wait is over.
func (t *step) unanswered(c *call, outcome OfferOutcome) {
	if c.sided() {
		t.sideFailed(c, outcome.cause())
		return
	}
	if c.offer("") != nil {
		return // it still rings elsewhere
	}
	g := t.s.groups.get(c.Queue)
	switch {
	case g == nil:
		t.directFailed(c, outcome)
	case c.waited(t.now):
		t.overflow(c, g, "max_wait")
	case g.away() != "":
		t.overflow(c, g, g.away())
	}
}

// cause is the outcome's name where it is the cause of something else.
func (o OfferOutcome) cause() string {
	switch o {
	case OfferAnswered:
		return "answer"
	case OfferNoAnswer:
		return "no_answer"
	case OfferRejected:
		return "rejected"
	case OfferBusy:
		return "busy"
	case OfferUnreachable:
		return "unreachable"
	case OfferCallerLeft:
		return "caller_left"
	case OfferWithdrawn:
		return "withdrawn"
	}
	return ""
}

// askToConfirm has whoever answered an operator's external phone press 1, so
// that a voicemail takes no caller (OP-12). Until he does the phone still rings,
// as far as everybody else is concerned.
func (t *step) askToConfirm(c *call, l LegCheckpoint) {
	t.emit(ConfirmationAsked{Call: c.ID, Leg: l.ID, Operator: l.Operator, Until: t.now.Add(confirmTime)})
	language := t.s.centre.Language
	if o := t.s.operators.get(l.Operator); o != nil {
		language = o.Config.Language
	}
	t.do(PlayPrompt{Call: c.ID, Legs: []LegID{l.ID}, Prompt: PromptConfirm, Language: language})
}

func (r LegPressed) decide(t *step) error { //nolint:unparam // it is never refused
	c, l, ok := t.reported(r.Call, r.Leg)
	switch {
	case !ok || l.State != LegAsked || r.Digit != '1':
	case l.Role == RoleObserver:
		t.observerAnswered(c, l)
	default:
		t.offerAnswered(c, l)
	}
	return nil
}

// offerAnswered connects the caller with the operator who answered first. They
// are joined before any other phone stops ringing.
func (t *step) offerAnswered(c *call, l LegCheckpoint) {
	o := t.s.operators.get(l.Operator)
	if c.sided() {
		before := c.topology()
		t.emit(LegWasAnswered{Call: c.ID, Leg: l.ID})
		t.endOffer(c, l, OfferAnswered, 0)
		t.targetAnswered(c, before)
		return
	}
	group := c.Queue // empty: a call to the operator himself
	t.emit(LegWasAnswered{Call: c.ID, Leg: l.ID})
	t.answerCaller(c)
	t.endOffer(c, l, OfferAnswered, 0)
	if c.Queue != "" {
		t.emit(Dequeued{Call: c.ID, Group: c.Queue, How: LeftAnswered, Cause: "answered"})
	}
	t.emit(Connected{
		Call: c.ID, Operator: o.Config.ID, Name: o.Config.Name, Group: group,
		Leg: l.ID, Other: c.customer(), WrapUpSeconds: t.wrapUpSeconds(o, group),
	})
	t.becomeTalking(o, c, "answer", Actor{})
	reason := t.join(c, topology{}, t.recordReason(c, o, recordsInbound(t.s.groups.get(group))))
	for other := c.offer(""); other != nil; other = c.offer("") {
		loser := t.s.operators.get(other.Operator)
		t.hangUpLeg(c, other.ID)
		t.endOffer(c, *other, OfferWithdrawn, 0)
		t.becomeIdle(loser, OfferWithdrawn.cause(), Actor{})
	}
	t.recordOn(c, reason)
}

func recordsInbound(g *group) bool { return g != nil && g.Config.RecordInbound }

// wrapUpSeconds returns the wrap-up that follows a conversation: the operator's
// own if he has one, 0 included (OP-14), else the group's, else none.
func (t *step) wrapUpSeconds(o *operator, id GroupID) int {
	if own := o.Config.WrapUpSeconds; own != nil {
		return *own
	}
	if g := t.s.groups.get(id); g != nil {
		return g.Config.WrapUpSeconds
	}
	return 0
}

// answerCaller answers the caller if he has not been.
func (t *step) answerCaller(c *call) {
	if l := c.leg(c.customer()); l.State != LegUp {
		t.emit(LegWasAnswered{Call: c.ID, Leg: l.ID})
		t.do(AnswerLeg{Call: c.ID, Leg: l.ID})
	}
}
