package siptest

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"
)

var errNoDialog = errors.New("siptest: the call has no dialog")

// HangUp ends the call with what its state needs: CANCEL for an outgoing call
// not answered, 603 for an incoming one, BYE for an established one.
func (c *Call) HangUp() {
	c.mu.Lock()
	established := c.state == Established
	c.mu.Unlock()
	switch {
	case established:
		c.bye()
	case c.outgoing:
		c.Cancel()
	default:
		c.Reject(603)
	}
}

// Cancel gives up an outgoing call that is not answered yet. The CANCEL goes
// out when the first provisional response has come (RFC 3261 §9.1); a 200 that
// crosses it is acknowledged and followed by BYE.
func (c *Call) Cancel() {
	send := false
	c.update(func() {
		if !c.outgoing || c.state >= Established || c.cancelled {
			return
		}
		c.cancelled = true
		send = c.provision && c.status == 0
	})
	if send {
		c.sendCancel()
	}
}

func (c *Call) sendCancel() {
	invite := c.Invite()
	number, _ := invite.CSeq()
	m := &Message{Method: "CANCEL", URI: invite.URI}
	m.Add("Via", invite.Get("Via"))
	for _, route := range invite.Values("Route") {
		m.Add("Route", route)
	}
	m.Add("From", invite.Get("From"))
	m.Add("To", invite.Get("To"))
	m.Add("Call-ID", c.callID)
	m.Add("CSeq", fmt.Sprintf("%d CANCEL", number))
	m.Add("Max-Forwards", "70")
	c.agent.spawn(func() {
		if _, err := c.agent.transact(c.agent.ctx, c.link, m, nil); err != nil {
			c.agent.log.Debug("cancelling", "error", err)
		}
		// A final response to the INVITE must follow; RFC 3261 §9.1 lets us
		// give up without one after 64*T1.
		if pause(c.ctx, 64*c.agent.t1) {
			c.end(ByLocal, 408, "no final response after CANCEL")
		}
	})
}

// bye ends an established call at once; the BYE is repeated in the background
// until it is answered.
func (c *Call) bye() {
	req := c.newRequest("BYE")
	if !c.end(ByLocal, 0, "") {
		return
	}
	c.agent.spawn(func() {
		if _, err := c.request(c.agent.ctx, req); err != nil {
			c.agent.log.Debug("sending BYE", "error", err)
		}
	})
}

// request sends a request of the dialog and answers a challenge to it.
func (c *Call) request(ctx context.Context, req *Message) (*Message, error) {
	user, password := c.credentials()
	return c.agent.converse(ctx, exchange{
		link: c.link, req: req, user: user, password: password, nextSeq: c.nextSeq,
	})
}

// Send sends a request of any method within the dialog, with the headers and
// the body given, and returns the final response.
func (c *Call) Send(ctx context.Context, method string, body []byte, headers ...Header) (*Message, error) {
	c.mu.Lock()
	dialog := c.remoteTag != ""
	c.mu.Unlock()
	if !dialog {
		return nil, errNoDialog
	}
	req := c.newRequest(method)
	req.Headers = append(req.Headers, headers...)
	req.Body = body
	return c.request(ctx, req)
}

func (c *Call) sendForStatus(ctx context.Context, method string, body []byte, headers ...Header) (int, error) {
	m, err := c.Send(ctx, method, body, headers...)
	if err != nil {
		return 0, err
	}
	return m.Status, nil
}

// Offer is a new offer within a call.
type Offer struct {
	// Direction is what we want from now on; "" keeps what was.
	Direction string
	// Codecs replaces the codecs from now on; nil keeps them.
	Codecs []string
	// SDP replaces the session description byte by byte.
	SDP []byte
	// Offerless sends a re-INVITE without a session description.
	Offerless bool
}

// Reinvite sends a re-INVITE and returns the status of its final response. A
// 491 is returned, not tried again.
func (c *Call) Reinvite(ctx context.Context, o Offer) (int, error) {
	return c.reoffer(ctx, "INVITE", o)
}

// Update sends an UPDATE (RFC 3311) and returns the status of its final
// response. Before the call is established it needs the early dialog.
func (c *Call) Update(ctx context.Context, o Offer) (int, error) {
	return c.reoffer(ctx, "UPDATE", o)
}

// Hold puts the other side on hold by a re-INVITE with sendonly: our audio
// goes on, theirs is not heard.
func (c *Call) Hold(ctx context.Context) (int, error) {
	return c.Reinvite(ctx, Offer{Direction: SendOnly})
}

// Resume takes the other side back by a re-INVITE with sendrecv.
func (c *Call) Resume(ctx context.Context) (int, error) {
	return c.Reinvite(ctx, Offer{Direction: SendRecv})
}

func (c *Call) reoffer(ctx context.Context, method string, o Offer) (int, error) {
	var codecs []Codec
	if o.Codecs != nil {
		var err error
		if codecs, err = configuredCodecs(o.Codecs); err != nil {
			return 0, err
		}
	}
	c.mu.Lock()
	if c.remoteTag == "" || c.state == Ended {
		c.mu.Unlock()
		return 0, errNoDialog
	}
	oldDirection, oldCodecs := c.direction, c.ours
	if o.Direction != "" {
		c.direction = o.Direction
	}
	if codecs != nil {
		c.ours = codecs
	}
	c.seq++
	req := c.buildRequest(method, c.seq)
	if !o.Offerless {
		req.Body = o.SDP
		if req.Body == nil {
			req.Body = c.describe(c.ours, c.direction)
		}
		req.Add("Content-Type", "application/sdp")
		c.media.offer(c.ours)
	}
	c.reoffering = true
	c.mu.Unlock()

	m, err := c.request(ctx, req)
	accepted := err == nil && m.Status < 300
	c.update(func() {
		c.reoffering = false
		if !accepted {
			c.direction, c.ours = oldDirection, oldCodecs
		}
	})
	if err != nil {
		return 0, err
	}
	if accepted {
		err = c.onReoffered(method, m, o.Offerless)
	}
	return m.Status, err
}

// onReoffered takes the 200 to our re-INVITE or UPDATE.
func (c *Call) onReoffered(method string, m *Message, offerless bool) error {
	var answer []byte
	var err error
	switch {
	case m.Body != nil && offerless:
		answer = c.answerOffer(m.Body)
	case m.Body != nil:
		err = c.takeAnswer(m.Body)
	case !offerless:
		err = errors.New("siptest: the offer was accepted without an answer")
	}
	if contact := m.Get("Contact"); contact != "" {
		c.update(func() { c.target = ParseAddress(contact).URI })
	}
	if method == "INVITE" {
		c.sendACK(m, answer)
	}
	return err
}

// Refer asks the other side to call a URI (RFC 3515) and returns the status of
// the final response. To is a URI, or a whole Refer-To value in angle brackets.
// The NOTIFYs about its progress are among Requests.
func (c *Call) Refer(ctx context.Context, to string) (int, error) {
	if !strings.HasPrefix(to, "<") {
		to = "<" + to + ">"
	}
	return c.sendForStatus(ctx, "REFER", nil, Header{"Refer-To", to}, Header{"Referred-By", c.local})
}

// Notify sends a NOTIFY with an Event such as talk or hold and returns the
// status of its final response.
func (c *Call) Notify(ctx context.Context, event string) (int, error) {
	return c.sendForStatus(ctx, "NOTIFY", nil,
		Header{"Event", event}, Header{"Subscription-State", "active"})
}

// SendInfoDTMF sends one digit by INFO with application/dtmf-relay and returns
// the status of its final response.
func (c *Call) SendInfoDTMF(ctx context.Context, digit byte) (int, error) {
	body := fmt.Sprintf("Signal=%c\r\nDuration=%d\r\n", digit, 160*time.Millisecond/time.Millisecond)
	return c.sendForStatus(ctx, "INFO", []byte(body), Header{"Content-Type", "application/dtmf-relay"})
}
