package telephony

import (
	"context"
	"errors"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"bandeau/acd"
	"bandeau/media"
	"bandeau/telephony/sdp"
	"bandeau/telephony/sipua"
)

// arriveTimeout bounds the wait for the core's word on a new call; the caller's
// network repeats its INVITE meanwhile.
const arriveTimeout = 5 * time.Second

// BindingChanged implements sipua.Handler.
func (s *Switch) BindingChanged(centre, account string, contacts int) {
	if core, ok := s.cfg.Core(centre); ok {
		core.Post(acd.SetReachable{Account: acd.AccountID(account), Reachable: contacts > 0})
	}
}

// TrunkChanged implements sipua.Handler. Nothing follows from it: a trunk's state
// is asked for when a call is to be placed.
func (s *Switch) TrunkChanged(_, _, _ string) {}

// Incoming implements sipua.Handler: a trunk or a phone calls.
func (s *Switch) Incoming(d *sipua.Dialog) {
	peer := d.Peer()
	first := (*call).fromTrunk
	if peer.Kind == sipua.PeerPhone {
		first = (*call).fromPhone
	}
	id := acd.CallID(s.cfg.NewID())
	if s.start(peer.Centre, id, func(c *call) { first(c, d) }) == nil {
		refuse(d, 503)
	}
}

// refuse rejects a call that gets no leg.
func refuse(d *sipua.Dialog, status int) {
	d.Bind(func(sipua.Event) {})
	reject(d, status)
}

// reject refuses an unanswered caller. Where it may be otherwise in a moment, it
// says so.
func reject(d *sipua.Dialog, status int) {
	var headers []sipua.Header
	if status == 486 || status == 503 {
		headers = append(headers, sipua.Header{Name: "Retry-After", Value: "5"})
	}
	d.Reject(status, "", headers...)
}

// turnAway refuses a call the core has not heard of.
func (c *call) turnAway(d *sipua.Dialog, status int) {
	refuse(d, status)
	c.over.Store(true)
}

// fromTrunk takes an inbound call.
func (c *call) fromTrunk(d *sipua.Dialog) {
	if c.sw.Draining() {
		c.turnAway(d, 503)
		return
	}
	peer, invite := d.Peer(), d.Invite()
	route, ok := c.sw.cfg.Directory.Route(c.centre, invite.RequestUser)
	if !ok {
		c.turnAway(d, 404)
		return
	}
	record, ok := c.sw.cfg.Directory.Trunk(peer.ID)
	if !ok {
		c.turnAway(d, 404)
		return
	}
	if !c.sw.take(peer.ID, false) {
		c.turnAway(d, 486)
		return
	}
	if !c.addIncoming(d, peer.ID, record.Codecs) {
		c.sw.giveBack(peer.ID)
		return
	}
	caller, name := c.identify(invite)
	c.announce(acd.CallArrived{
		Call: c.id, Caller: caller, CallerName: name, Called: route.Number,
		Service: route.Service, Record: route.Record, Overflow: route.Overflow,
		Destination: route.Destination, OnOperator: route.OnOperator,
		Closed: route.Closed, ClosedExit: route.ClosedExit,
	})
}

// fromPhone takes a call dialled on a Centrex phone.
func (c *call) fromPhone(d *sipua.Dialog) {
	account := acd.AccountID(d.Peer().ID)
	var operator acd.OperatorID
	var talks *call // in another call
	ctx, cancel := context.WithTimeout(c.sw.ctx, arriveTimeout)
	defer cancel()
	err := c.core.Ask(ctx, func(s *acd.State) {
		operator, _ = s.AccountOperator(account)
		if view, ok := s.Operator(operator); ok && (view.Activity == acd.Talking || view.Activity == acd.Held) {
			talks = c.sw.find(view.Call)
		}
	})
	if err != nil {
		c.turnAway(d, 503)
		return
	}
	number, emergency, err := c.sw.cfg.Directory.Dialled(c.centre, operator, d.Invite().RequestUser)
	switch {
	case c.sw.Draining() && !emergency:
		c.turnAway(d, 503)
		return
	case operator == "" && !emergency:
		c.turnAway(d, 403) // nobody is logged in at this phone
		return
	case err != nil:
		c.turnAway(d, 404)
		return
	case talks != nil && !emergency:
		digits := d.Invite().RequestUser
		talks.post(func() { talks.consult(d, operator, digits) })
		c.over.Store(true)
		return
	}
	if !c.addIncoming(d, "", []media.Codec{media.PCMA, media.PCMU}) {
		return
	}
	c.legs[1].operator, c.legs[1].who = true, operator
	if operator == "" {
		c.announce(acd.DialEmergency{Call: c.id, Account: account, Number: number})
		return
	}
	c.announce(acd.Dial{
		Call: c.id, Operator: operator, Number: number, Emergency: emergency, FromPhone: true,
	})
}

// addIncoming makes leg 1 of a caller's dialog, or refuses it.
func (c *call) addIncoming(d *sipua.Dialog, trunk string, codecs []media.Codec) bool {
	invite := d.Invite()
	l := &leg{call: c, id: 1, state: legIncoming}
	b, err := l.newBranch(invite.Local, codecs)
	if err != nil {
		c.log.Error("call refused", "error", err)
		c.turnAway(d, 503)
		return false
	}
	b.ride(d)
	err = b.accept(invite.SDP)
	if err == nil && b.hasRemote && b.remote.Addr.Addr().IsUnspecified() {
		err = sdp.ErrAddress // a call that begins on hold would be answered into silence
	}
	if err != nil {
		b.refuseFirst(err)
		return false
	}
	b.trunk, l.current = trunk, b
	c.legs[1] = l
	d.Bind(b.sink)
	return true
}

// refuseFirst refuses a caller whose offer we cannot take.
func (b *branch) refuseFirst(err error) {
	c := b.leg.call
	c.log.Info("call refused", "error", err, "source", b.dialog.Peer().Source.String())
	b.closeMedia()
	c.turnAway(b.dialog, 488)
}

// identify returns the caller's number and name as far as he lets them be known.
func (c *call) identify(invite *sipua.Invite) (number, name string) {
	if invite.Privacy {
		return "", ""
	}
	party := invite.AssertedIdentity
	if party.User == "" {
		party = invite.From
	}
	number = c.sw.cfg.Directory.Caller(c.centre, party.User)
	name = invite.From.Display
	if name == "" {
		name = party.Display
	}
	if name == "" && number == "" && !strings.EqualFold(party.User, "anonymous") {
		name = party.User
	}
	return number, readable(name)
}

// readable makes a text from the network fit to be kept and shown: valid UTF-8
// (the journal would replace the rest, and the fold differ), nothing that is no
// character of a line, and not longer than a name may be.
func readable(text string) string {
	text = strings.Map(func(r rune) rune {
		if !unicode.IsGraphic(r) || r == utf8.RuneError {
			return -1
		}
		return r
	}, strings.ToValidUTF8(text, ""))
	if runes := []rune(text); len(runes) > maxName {
		text = string(runes[:maxName])
	}
	return strings.TrimSpace(text)
}

// announce asks the core to take the call and refuses it when the core does.
func (c *call) announce(command acd.Command) {
	ctx, cancel := context.WithTimeout(c.sw.ctx, arriveTimeout)
	defer cancel()
	err := c.core.Arrive(ctx, command)
	if err == nil {
		return
	}
	if errors.Is(err, context.DeadlineExceeded) {
		// Its word was not waited for: it may yet take the call, and must not keep
		// a caller who is gone.
		c.core.Post(acd.LegEnded{Call: c.id, Leg: 1, Cause: acd.EndSessionLost})
	}
	l := c.legs[1]
	if l == nil {
		return
	}
	l.hangUp(refusalStatus(err), 0)
	c.forget()
}

// refusalStatus maps a refusal of the core to a SIP status. It is the one table
// of its kind.
func refusalStatus(err error) int {
	var refused *acd.Error
	if !errors.As(err, &refused) {
		return 503
	}
	switch refused.Code {
	case acd.ErrUnknownOperator, acd.ErrUnknownGroup, acd.ErrUnknownCall, acd.ErrUnknownPauseType:
		return 404
	case acd.ErrNotIdle, acd.ErrInCall, acd.ErrTransferToSelf, acd.ErrTargetBusy:
		return 486
	case acd.ErrOutgoingNotAllowed, acd.ErrNoCallerID, acd.ErrNoGroup, acd.ErrNotMember, acd.ErrDisabled,
		acd.ErrRecordingNotYours, acd.ErrPickUpNotAllowed:
		return 403
	case acd.ErrLoggedOut, acd.ErrPhoneRequired, acd.ErrPhoneInUse, acd.ErrPhoneUnreachable,
		acd.ErrPhoneChange, acd.ErrNotWrappingUp, acd.ErrWrongState, acd.ErrOutOfRange,
		acd.ErrTargetAway, acd.ErrTargetUnreachable, acd.ErrNobodyFree:
		return 480
	case acd.ErrDuplicate, acd.ErrLimit:
		return 503
	}
	return 503
}
