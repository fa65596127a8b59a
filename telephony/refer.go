package telephony

import (
	"context"
	"net/http"
	"strings"

	"bandeau/acd"
	"bandeau/media"
	"bandeau/telephony/sipua"
)

// What phones do for their operators with the keys of their own: a REFER gives a
// call away (RFC 3515); a second call of a phone whose operator talks is a
// consultation, which a REFER with Replaces (RFC 3891) or the end of the first
// call completes.

// refer is a transfer that a phone has asked for and is to be told about.
type refer struct {
	dialog   *sipua.Dialog
	status   int // that of its failure, should it fail
	customer *leg
	waits    bool // it is to a group: nobody has to answer
}

// onReferred accepts what operators' phones ask for; whether it can be done is
// told them later. It runs in the dialog's goroutine.
func onReferred(e sipua.Referred) {
	if e.Dialog.Peer().Kind == sipua.PeerPhone {
		e.Dialog.RespondRefer(http.StatusAccepted)
	}
}

// referred carries out a REFER.
func (l *leg) referred(b *branch, e sipua.Referred) {
	if e.Dialog.Peer().Kind != sipua.PeerPhone {
		return // declined
	}
	status := http.StatusForbidden
	switch {
	case l.who == "" || l.state != legUp:
	case e.Replaces != "":
		status = l.replaces(b, e.Replaces)
	case l.second != nil || l.refer != nil:
		status = 491
	default:
		status = l.giveAway(e)
	}
	if status != 0 {
		e.Dialog.ReferProgress(status)
	}
}

// giveAway asks the core for a transfer and returns the status of its refusal, 0
// when it is under way.
func (l *leg) giveAway(e sipua.Referred) (status int) {
	to, status := l.call.target(l.who, e.To.User)
	if status != 0 {
		return status
	}
	if err := l.call.do(acd.Transfer{Call: l.call.id, Operator: l.who, To: to}); err != nil {
		return refusalStatus(err)
	}
	l.refer = &refer{e.Dialog, 480, l.call.customer(), to.Kind == acd.ToGroup}
	return 0
}

// replaces completes a consultation: the dialog that is to be replaced is the
// phone's other one.
func (l *leg) replaces(b *branch, value string) (status int) {
	id, _, _ := strings.Cut(value, ";")
	if l.second == nil || !l.hasDialog(strings.TrimSpace(id), b) {
		return http.StatusNotFound
	}
	if err := l.call.do(acd.Complete{Call: l.call.id, Operator: l.who}); err != nil {
		return refusalStatus(err)
	}
	return http.StatusOK
}

func (l *leg) hasDialog(callID string, but *branch) bool {
	for _, b := range l.branches {
		if b != but && !b.over && b.dialog != nil && b.dialog.CallID() == callID {
			return true
		}
	}
	return false
}

// referStatus is what to say of a transfer that has come back.
func (l *leg) referStatus() int {
	if l.refer == nil {
		return 0
	}
	return l.refer.status
}

// leaveStatus is what to say of a transfer whose operator is taken out of the call:
// it is done when somebody else has the customer.
func (l *leg) leaveStatus() int {
	switch {
	case l.refer == nil:
		return 0
	case l.refer.customer == nil || l.refer.customer.state != legUp:
		return 487 // he has given up
	case l.refer.waits:
		return http.StatusOK
	}
	for _, other := range l.call.legs {
		if other != l && other != l.refer.customer && other.place.User == "" && other.state == legUp {
			return http.StatusOK
		}
	}
	return l.refer.status
}

// customer is the call's party outside, nil when he has gone.
func (c *call) customer() (first *leg) {
	for _, l := range c.legs {
		if l.who == "" && l.place.User == "" && l.state == legUp && (first == nil || l.id < first.id) {
			first = l
		}
	}
	return first
}

// referEnds tells the phone what became of its transfer.
func (l *leg) referEnds(status int) {
	if l.refer != nil {
		l.refer.dialog.ReferProgress(status)
		l.refer = nil
	}
}

// do asks the core.
func (c *call) do(command acd.Command) error {
	ctx, cancel := context.WithTimeout(c.sw.ctx, arriveTimeout)
	defer cancel()
	return c.core.Do(ctx, command)
}

// target reads whom an operator has dialled to give a call to. The status is that
// of its refusal, 0 for none.
func (c *call) target(operator acd.OperatorID, digits string) (to acd.Destination, status int) {
	to, account, emergency, err := c.sw.cfg.Directory.Target(c.centre, operator, digits)
	switch {
	case emergency:
		return to, http.StatusForbidden
	case err != nil:
		return to, http.StatusNotFound
	case account == "":
		return to, 0
	}
	ctx, cancel := context.WithTimeout(c.sw.ctx, arriveTimeout)
	defer cancel()
	err = c.core.Ask(ctx, func(s *acd.State) {
		if whose, ok := s.AccountOperator(account); ok {
			to = acd.Destination{Kind: acd.ToOperator, Operator: whose}
		}
	})
	if err != nil {
		return to, http.StatusServiceUnavailable
	}
	return to, 0
}

// consult takes the second call of a phone whose operator is in a conversation
// here: whom it is for is asked, and the operator talks with him on it.
func (c *call) consult(d *sipua.Dialog, operator acd.OperatorID, digits string) {
	l := c.legOf(operator)
	if l == nil || l.second != nil {
		refuse(d, http.StatusNotAcceptable)
		return
	}
	to, status := c.target(operator, digits)
	if status != 0 {
		refuse(d, status)
		return
	}
	b, err := l.newBranch(d.Invite().Local, []media.Codec{media.PCMA, media.PCMU})
	if err != nil {
		c.log.Error("consultation refused", "error", err)
		refuse(d, http.StatusServiceUnavailable)
		return
	}
	b.ride(d)
	d.Bind(b.sink)
	if err := b.accept(d.Invite().SDP); err != nil {
		b.turnDown(http.StatusNotAcceptable)
		return
	}
	if err := c.do(acd.Consult{Call: c.id, Operator: operator, To: to}); err != nil {
		b.turnDown(refusalStatus(err))
		return
	}
	l.first, l.second = l.current, b
	l.switchTo(b)
	d.Accept(b.description())
}

// turnDown refuses a second call; its last event takes it off the leg.
func (b *branch) turnDown(status int) {
	b.closed = true
	reject(b.dialog, status)
	b.closeMedia()
}

// legOf is the leg of an operator who is in a conversation.
func (c *call) legOf(operator acd.OperatorID) *leg {
	for _, l := range c.legs {
		if l.who == operator && l.state == legUp {
			return l
		}
	}
	return nil
}

// switchTo moves the operator's conversation to the other dialog of his phone.
func (l *leg) switchTo(b *branch) {
	if l.current == b {
		return
	}
	if old := l.audio(); old != nil {
		if l.peer != nil && l.peer.audio() != nil {
			l.call.sw.cfg.Plane.Unbridge(old, l.peer.audio())
		}
		old.Play(nil)
	}
	l.adopt(b)
}

// picked: of a phone with two dialogs, one is no longer on hold. The operator
// talks there from now on, once there is somebody to change to: while the target
// rings he waits with it.
func (l *leg) picked(b *branch) {
	if b.remote.OnHold() || l.current == b {
		return
	}
	if l.call.do(acd.TalkTo{Call: l.call.id, Operator: l.who, Target: b == l.second}) != nil {
		if side, _ := l.call.side(); side.Kind == acd.SideConsult {
			return
		}
	}
	l.switchTo(b)
}

// side asks the core for the second conversation of the call, the zero value when
// there is none. It reports whether the core has answered.
func (c *call) side() (side acd.Side, ok bool) {
	ctx, cancel := context.WithTimeout(c.sw.ctx, arriveTimeout)
	defer cancel()
	err := c.core.Ask(ctx, func(s *acd.State) {
		if view, found := s.Call(c.id); found && view.Side != nil {
			side = *view.Side
		}
	})
	return side, err == nil
}

// dialogEnded: one of the two dialogs of a phone is over. It reports whether that
// was all there is to say about it.
func (l *leg) dialogEnded(b *branch) bool {
	if l.second == nil || l.state != legUp {
		return false
	}
	switch b {
	case l.second:
		l.call.core.Post(acd.CancelSide{Call: l.call.id, Operator: l.who})
		l.oneDialog()
	case l.first:
		l.switchTo(l.second)
		l.first, l.second = nil, nil // the core hangs up the other
		l.call.core.Post(acd.Complete{Call: l.call.id, Operator: l.who})
	default:
		return false
	}
	return true
}

// oneDialog: the second dialog of a phone is over, or is to end.
func (l *leg) oneDialog() {
	second := l.second
	if second == nil {
		return
	}
	first := l.first
	l.first, l.second = nil, nil
	l.switchTo(first)
	second.hangUp(sipua.HangUpNormal)
	if l.held = first.remote.OnHold(); l.held { // by the phone, until its key is pressed
		l.call.core.Post(acd.LegHeld{Call: l.call.id, Leg: l.id, Held: true})
	}
}

// changed has phones with two dialogs follow what the core has made of the call.
func (c *call) changed() {
	for _, l := range c.legs {
		if l.second != nil {
			c.post(c.follow)
			return
		}
	}
}

// follow keeps phones with two dialogs in step with the core: the second one ends
// with the second conversation, and one that was picked too early counts now.
func (c *call) follow() {
	for _, l := range c.legs {
		if l.second == nil || l.state != legUp {
			continue
		}
		side, ok := c.side()
		switch {
		case !ok:
		case side.Kind != acd.SideConsult && side.Kind != acd.SideConference:
			l.oneDialog()
		case l.current == l.first && l.first.remote.OnHold():
			l.picked(l.second)
		case l.current == l.second && l.second.remote.OnHold():
			l.picked(l.first)
		}
	}
}

// rests says whether an operator has put both calls of his phone on hold. His
// phone plays nothing then, and the core knows of no hold.
func (l *leg) rests() bool {
	return l.second != nil && l.current != nil && l.current.remote.OnHold()
}

// comfort plays music to who would hear nothing, as the only one he hears rests,
// until he is heard again.
func (c *call) comfort() {
	for _, l := range c.legs {
		heard := c.heardBy(l)
		alone := l.state == legUp && len(heard) == 1 && heard[0].rests()
		switch {
		case alone == l.comforted:
		case alone:
			l.hear(c.sw.sounds.played(c.centre, acd.PlayLeg{Sound: acd.SoundMusic, Music: c.music}))
			l.comforted = true
		default:
			l.silence()
		}
	}
}
