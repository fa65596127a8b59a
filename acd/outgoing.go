package acd

func (c Dial) decide(t *step) error {
	o, err := t.session(c.Operator)
	if err != nil {
		return err
	}
	if err = t.mayStart(c.Call); err != nil {
		return err
	}
	if c.Number == "" {
		return refuse(ErrOutOfRange, "a call needs a number")
	}
	if c.Emergency && t.s.member(c.Operator, c.Group) == nil {
		c.Group = "" // an emergency call is not refused for its group
	}
	present, err := t.mayDial(o, c)
	if err != nil {
		return err
	}
	if c.Emergency && c.FromPhone && o.inCall() {
		// A second line of his phone: the call he is in goes on.
		t.startOutgoing(c, "", present)
		t.placeCalled(t.s.calls.get(c.Call))
		return nil
	}
	if o.Activity == Ringing {
		t.withdraw(o) // only for an emergency
	}
	t.endIgnored(o) // OP-16 ends when he makes a call
	call := t.startOutgoing(c, c.Operator, present)
	t.becomeDialing(o, call)
	if c.FromPhone {
		t.placeCalled(call)
		return nil
	}
	e := LegPlaced{
		Call: c.Call, Leg: call.NextLeg, Role: RoleOwnPhone, Phone: o.rings(), Number: o.rings().Number,
		Until: t.now.Add(ringTime(o)),
	}
	t.emit(e)
	place := PlaceLeg{
		Call: c.Call, Leg: e.Leg, Operator: c.Operator, Phone: e.Phone,
		Present: Presentation{Number: c.Number}, Until: e.Until,
	}
	if c.NumberHidden {
		// His own phone shows what the called party sees, under the group's name.
		place.Present = Presentation{Number: present.Number, Anonymous: present.Number == ""}
	}
	if g := t.s.groups.get(c.Group); g != nil {
		place.GroupName = g.Config.Name
	}
	t.do(place)
	return nil
}

// mayDial says whether an operator may place a call, and what it presents. An
// emergency call is never refused for a right, a group or a caller ID.
func (t *step) mayDial(o *operator, c Dial) (Presentation, error) {
	id := o.Config.ID
	if c.Group != "" {
		if t.s.groups.get(c.Group) == nil {
			return Presentation{}, refuse(ErrUnknownGroup, "no group %q", c.Group)
		}
		if t.s.member(id, c.Group) == nil {
			return Presentation{}, refuse(ErrNotMember, "operator %s is not in group %s", id, c.Group)
		}
	}
	show := t.presentation(o, c.Group)
	if c.Emergency {
		number := o.Config.EmergencyNumber
		if number == "" {
			number = t.s.centre.MainNumber
		}
		show = Presentation{Number: number}
	} else {
		switch {
		case !o.Config.AllowOutgoing: // OP-20
			return show, refuse(ErrOutgoingNotAllowed, "operator %s may not place calls", id)
		case len(t.s.memberships[id]) == 0:
			return show, refuse(ErrNoGroup, "operator %s is in no group", id)
		case show.Number == "": // OP-05
			return show, refuse(ErrNoCallerID, "operator %s has no number to present", id)
		}
	}
	free := o.Activity == Idle || o.Activity == WrappingUp
	if c.Emergency && (o.Activity == Ringing || c.FromPhone) {
		free = true
	}
	if !free {
		return show, refuse(ErrNotIdle, "operator %s is not idle", id)
	}
	if c.FromPhone {
		return show, nil
	}
	switch t.s.phoneState(o) {
	case PhoneMissing:
		return show, refuse(ErrPhoneRequired, "operator %s has given no phone yet", id)
	case PhoneInUse:
		return show, refuse(ErrPhoneInUse, "phone %s serves another operator", o.Phone.Account)
	case PhoneUnreachable:
		if o.Phone.Kind == PhoneBrowser {
			return show, refuse(ErrPhoneUnreachable, "the browser phone of operator %s cannot be reached", id)
		}
		return show, refuse(ErrPhoneUnreachable, "phone %s is not registered", o.Phone.Account)
	case PhoneReachable:
	}
	return show, nil
}

// presentation is what a called party sees: the chosen group's number if it has
// one, else what the operator's record says (OP-05).
func (t *step) presentation(o *operator, id GroupID) Presentation {
	if g := t.s.groups.get(id); g != nil && g.Config.OutgoingNumber != "" {
		return Presentation{Number: g.Config.OutgoingNumber}
	}
	return o.Config.CallerID
}

// member returns an operator's place in a group, nil when he has none.
func (s *State) member(o OperatorID, g GroupID) *member {
	for _, m := range s.memberships[o] {
		if m.group.Config.ID == g {
			return m
		}
	}
	return nil
}

func (t *step) startOutgoing(c Dial, o OperatorID, show Presentation) *call {
	t.emit(CallStarted{
		Call: c.Call, Direction: Outbound, Caller: show.Number, Called: c.Number, Group: c.Group,
		Operator: o, FromPhone: c.FromPhone, Emergency: c.Emergency,
		NumberHidden: c.NumberHidden, Present: show,
	})
	return t.s.calls.get(c.Call)
}

func (c DialEmergency) decide(t *step) error {
	if err := t.mayStart(c.Call); err != nil {
		return err
	}
	if c.Number == "" {
		return refuse(ErrOutOfRange, "a call needs a number")
	}
	call := t.startOutgoing(Dial{Call: c.Call, Number: c.Number, Emergency: true, FromPhone: true}, "",
		Presentation{Number: t.s.centre.MainNumber})
	t.placeCalled(call)
	return nil
}

// placeCalled rings the called party of an outgoing call. The operator, when he
// has answered his own phone, hears it ring.
func (t *step) placeCalled(c *call) {
	e := LegPlaced{
		Call: c.ID, Leg: c.NextLeg, Role: RoleCalled, Phone: Phone{Kind: PhoneExternal, Number: c.Called},
		Number: c.Called, Until: t.now.Add(calledRing),
	}
	t.emit(e)
	t.do(PlaceLeg{
		Call: c.ID, Leg: e.Leg, Phone: e.Phone, Present: c.Present, Emergency: c.Emergency, Until: e.Until,
	})
	if l := c.leg(1); l.State == LegUp {
		t.do(PlayLeg{Call: c.ID, Leg: 1, Sound: SoundRingback})
	}
}

// calledProgressed lets the operator hear how the called party is reached.
func (t *step) calledProgressed(c *call, l LegCheckpoint, early bool) {
	if own := c.leg(1); own.State < LegEarly && (early || own.State < LegRinging) {
		t.emit(LegRang{Call: c.ID, Leg: 1, Early: early})
		t.do(ProgressLeg{Call: c.ID, Leg: 1, Early: early})
	}
	if early {
		t.do(JoinLegs{Call: c.ID, A: l.ID, B: 1})
	}
}

// calledAnswered connects the operator with the party he called.
func (t *step) calledAnswered(c *call, l LegCheckpoint) {
	t.emit(LegWasAnswered{Call: c.ID, Leg: l.ID})
	t.answerCaller(c) // his own phone, if it was he who dialled on it
	o, g := t.s.operators.get(c.Operator), t.s.groups.get(c.Group)
	e := Connected{Call: c.ID, Operator: c.Operator, Group: c.Group, Leg: 1, Other: l.ID}
	if o != nil {
		e.Name, e.WrapUpSeconds = o.Config.Name, t.wrapUpSeconds(o, c.Group)
	}
	t.emit(e)
	if o != nil {
		t.becomeTalking(o, c, "answer", Actor{})
	}
	reason := t.recordReason(c, o, g != nil && g.Config.RecordOutbound)
	if l.State == LegEarly && t.informs(c, reason) {
		t.do(PartLegs{Call: c.ID, A: l.ID, B: 1}) // joined since his phone sent audio
	}
	t.record(c, t.join(c, topology{}, reason))
}

// ownPhoneFailed ends an outgoing call whose own phone was not answered. It is
// no missed call and opens no OP-16 window.
func (t *step) ownPhoneFailed(c *call, cause FailCause) {
	end := ending{outcome: OutcomeFailed, by: EndedBySystem, cause: "own_phone_" + cause.name()}
	switch cause {
	case FailNoAnswer:
		end.cause = "no_answer_own_phone"
	case FailRejected:
		end.by = EndedByOperator
	case FailBusy, FailUnreachable, FailRedirected:
	}
	t.endCall(c, end)
}

// calledFailed ends an outgoing call that was not answered.
func (t *step) calledFailed(c *call, cause FailCause, status int) {
	end := ending{outcome: OutcomeFailed, by: EndedBySystem, cause: cause.name(), status: status, tone: true}
	switch cause {
	case FailBusy:
		end.outcome, end.by = OutcomeBusy, EndedByCaller
	case FailRejected:
		end.outcome, end.by = OutcomeRefused, EndedByCaller
	case FailNoAnswer:
		end.outcome = OutcomeNoAnswer
	case FailUnreachable, FailRedirected:
	}
	if end.status < 400 {
		end.status = 480
		if cause == FailBusy {
			end.status = 486
		}
	}
	t.endCall(c, end)
}
