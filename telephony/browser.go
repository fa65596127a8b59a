package telephony

import (
	"fmt"
	"net/http"

	"bandeau/acd"
	"bandeau/media"
	"bandeau/telephony/sipua"
)

// carrier is what carries a branch besides its audio: a SIP dialog, or the
// browser of somebody.
type carrier interface {
	// talk asks the ringing phone to answer.
	talk() error
	// digit tells the far side a digit that its audio does not carry.
	digit(d byte) error
	// hangUp ends it, in whatever state it is.
	hangUp(cause sipua.HangUpCause)
}

// dialog is a carrier of SIP.
type dialog struct{ *sipua.Dialog }

func (d dialog) talk() error                    { return d.Notify("talk") }
func (d dialog) digit(digit byte) error         { return d.SendInfoDigit(digit, infoDigitTime) }
func (d dialog) hangUp(cause sipua.HangUpCause) { d.HangUp(cause) }

// browser is the browser phone of an operator or a supervisor. Its page shows
// that it rings, and has it answered through [Switch.Talk]: no word of signalling
// goes to it. Its audio is that of the page's session, whichever that is: a leg
// whose page is gone keeps it for the next one.
type browser struct {
	branch *branch
	owner  string
	wire   media.WireLeg
	detach func() // of an answered one
}

// BrowserOwner names whose browser phone it is: an operator's, or else a user's.
func BrowserOwner(operator acd.OperatorID, user acd.UserID) string {
	if operator == "" {
		return "user:" + string(user)
	}
	return string(operator)
}

// ringBrowser rings a browser phone. One's own phone in a call of one's own, and
// a supervisor's, is answered by whoever asked for the call: at once.
func (l *leg) ringBrowser() {
	sw := l.call.sw
	owner := BrowserOwner(l.place.Operator, l.place.User)
	if sw.cfg.Browsers == nil || !sw.cfg.Browsers.Reachable(l.call.centre, owner) {
		l.failed(failure{acd.FailUnreachable, http.StatusServiceUnavailable})
		return
	}
	b := &branch{leg: l, codecs: []media.Codec{media.PCMA}}
	// Whether the page is there is known otherwise: no silence ends the call.
	wire, err := sw.cfg.Plane.Attach(media.Options{OnEvent: b.onMedia})
	if err != nil {
		l.call.log.Error("leg not placed", "leg", int(l.id), "error", err)
		l.failed(failure{acd.FailUnreachable, http.StatusServiceUnavailable})
		return
	}
	wire.Configure(media.Remote{Codec: media.PCMA, Send: true, Receive: true})
	phone := &browser{branch: b, owner: owner, wire: wire}
	b.media, b.carrier = wire, phone
	l.branches = append(l.branches, b)
	l.ringing(b, false)
	if l.place.User != "" || l.id == 1 {
		phone.answer()
	}
}

// answer connects the audio.
func (p *browser) answer() {
	l := p.branch.leg
	p.detach = l.call.sw.cfg.Browsers.Attach(l.call.centre, p.owner, p.wire)
	l.answered(p.branch)
}

func (p *browser) talk() error {
	if !p.branch.leg.call.sw.cfg.Browsers.Reachable(p.branch.leg.call.centre, p.owner) {
		return fmt.Errorf("%w: the browser cannot be reached", ErrNotAllowed)
	}
	p.answer()
	return nil
}

// digit: a page has no use for digits.
func (p *browser) digit(byte) error { return nil }

func (p *browser) hangUp(sipua.HangUpCause) {
	if p.detach != nil {
		p.detach()
	}
	p.branch.end()
}
