package siptest

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"
)

// DialOptions change the INVITE of an outgoing call. The zero value places an
// ordinary one.
type DialOptions struct {
	// To is where the INVITE is sent; by default the server, or without one
	// the address in the URI.
	To netip.AddrPort
	// FromUser and FromDisplay replace the user of the configuration and its
	// missing display name.
	FromUser, FromDisplay string
	// FromURI replaces the whole URI of From, as in
	// "sip:anonymous@anonymous.invalid".
	FromURI string
	// PAI is the user, or the whole URI, of P-Asserted-Identity.
	PAI string
	// Privacy is the value of the Privacy header, as in "id".
	Privacy string
	// Headers are added as they are.
	Headers []Header
	// AuthUser and Password replace the credentials of the configuration.
	AuthUser, Password string
	// Offerless leaves the offer to the other side; our answer is in the ACK.
	Offerless bool
	// SDP replaces our session description byte by byte.
	SDP []byte
	// NoAck leaves every 200 to the INVITE without an ACK.
	NoAck bool
	// Codecs replaces the codecs of the configuration.
	Codecs []string
	// Supported and Require are option tags such as "100rel" and "timer".
	Supported, Require []string
	// SessionExpires asks for a session timer of that many seconds (RFC 4028);
	// Supported should then hold "timer". Refresher is "uac", "uas" or "".
	SessionExpires int
	Refresher      string
	// NoRefresh never refreshes the session, although we agreed to.
	NoRefresh bool
}

// Dial places a call to a SIP URI, or to a number or name at the server, and
// returns at once; the call's state tells what becomes of it. An error means
// that nothing was sent. A call outlives the context of Dial.
func (a *agent) Dial(ctx context.Context, to string, o DialOptions) (*Call, error) {
	uri := to
	if !strings.HasPrefix(to, "sip:") && !strings.HasPrefix(to, "tel:") {
		if !a.server.IsValid() && !o.To.IsValid() {
			return nil, errors.New("siptest: a number needs a server")
		}
		host := a.server
		if o.To.IsValid() {
			host = o.To
		}
		uri = "sip:" + to + "@" + host.String()
	}
	destination := o.To
	if !destination.IsValid() {
		destination = a.server
	}
	if !destination.IsValid() {
		var err error
		if destination, err = hostPort(uri); err != nil {
			return nil, err
		}
	}
	ours := a.codecs
	if o.Codecs != nil {
		var err error
		if ours, err = configuredCodecs(o.Codecs); err != nil {
			return nil, err
		}
	}
	l, err := a.connect(ctx, a.transport, destination)
	if err != nil {
		return nil, err
	}
	c, err := newCall(a, l)
	if err != nil {
		return nil, err
	}
	c.outgoing, c.options, c.ours = true, o, ours
	c.callID = newToken() + "@" + a.addr.Addr().String()
	c.target = uri
	c.local, c.remote = a.fromHeader(o), "<"+uri+">"
	c.prepareInvite()
	a.addCall(c)
	if !a.spawn(c.media.read) || !a.spawn(c.place) {
		c.end(ByLocal, 0, "closed")
		return nil, ErrClosed
	}
	return c, nil
}

func (a *agent) fromHeader(o DialOptions) string {
	uri := o.FromURI
	if uri == "" {
		user := o.FromUser
		if user == "" {
			user = a.user
		}
		uri = fmt.Sprintf("sip:%s@%s", user, a.addr)
	}
	if o.FromDisplay != "" {
		return quote(o.FromDisplay) + " <" + uri + ">"
	}
	return "<" + uri + ">"
}

// prepareInvite builds the INVITE with what the options ask for.
func (c *Call) prepareInvite() {
	o := c.options
	m := c.buildRequest("INVITE", c.seq)
	m.Add("Allow", allowed)
	supported := o.Supported
	if supported == nil {
		supported = []string{"replaces"}
	}
	m.Add("Supported", strings.Join(supported, ", "))
	if len(o.Require) > 0 {
		m.Add("Require", strings.Join(o.Require, ", "))
	}
	if o.PAI != "" {
		pai := o.PAI
		if !strings.Contains(pai, ":") {
			pai = fmt.Sprintf("sip:%s@%s", pai, c.agent.addr)
		}
		m.Add("P-Asserted-Identity", "<"+pai+">")
	}
	if o.Privacy != "" {
		m.Add("Privacy", o.Privacy)
	}
	if o.SessionExpires > 0 {
		value := strconv.Itoa(o.SessionExpires)
		if o.Refresher != "" {
			value += ";refresher=" + o.Refresher
		}
		m.Add("Session-Expires", value)
	}
	m.Headers = append(m.Headers, o.Headers...)
	if !o.Offerless {
		m.Body = o.SDP
		if m.Body == nil {
			m.Body = c.describe(c.ours, c.direction)
		}
		c.offered = true
		c.media.offer(c.ours)
		m.Add("Content-Type", "application/sdp")
	}
	c.invite = m
}

// buildRequest builds a request of the dialog; the lock is held or the call
// not yet shared.
func (c *Call) buildRequest(method string, number uint32) *Message {
	m := &Message{Method: method, URI: c.target}
	m.Add("Via", c.agent.via(c.link))
	for _, route := range c.routes {
		m.Add("Route", route)
	}
	m.Add("From", c.local+";tag="+c.localTag)
	to := c.remote
	if c.remoteTag != "" {
		to += ";tag=" + c.remoteTag
	}
	m.Add("To", to)
	m.Add("Call-ID", c.callID)
	m.Add("CSeq", fmt.Sprintf("%d %s", number, method))
	m.Add("Max-Forwards", "70")
	if method != "CANCEL" && method != "BYE" {
		m.Add("Contact", c.agent.contact(c.link))
	}
	if c.agent.name != "" {
		m.Add("User-Agent", c.agent.name)
	}
	return m
}

func (c *Call) newRequest(method string) *Message {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.seq++
	return c.buildRequest(method, c.seq)
}

func (c *Call) nextSeq() uint32 {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.seq++
	return c.seq
}

func (c *Call) credentials() (user, password string) {
	if c.options.AuthUser != "" {
		return c.options.AuthUser, c.options.Password
	}
	return c.agent.authUser, c.agent.password
}

// place sends the INVITE and follows it to its final response.
func (c *Call) place() {
	user, password := c.credentials()
	for attempt := 0; ; attempt++ {
		m, err := c.agent.converse(c.ctx, exchange{
			link: c.link, req: c.invite, user: user, password: password,
			anticipate: attempt == 0, nextSeq: c.nextSeq, provisional: c.onProvisional,
			sending: func(req *Message) { c.update(func() { c.invite = req }) },
		})
		if err == nil && m.Status == 422 && attempt == 0 && c.raiseTimer(m) {
			continue
		}
		if err != nil {
			c.end(c.endUnanswered(ByTimeout), 408, err.Error())
			return
		}
		c.onFinal(m)
		return
	}
}

// raiseTimer takes the Min-SE of a 422, RFC 4028 §7.3.
func (c *Call) raiseTimer(m *Message) bool {
	minimum := m.Get("Min-SE")
	if minimum == "" {
		return false
	}
	number := c.nextSeq()
	c.update(func() {
		req := c.invite.Clone()
		req.Set("Via", c.agent.via(c.link))
		req.Set("CSeq", fmt.Sprintf("%d INVITE", number))
		_, params, given := strings.Cut(req.Get("Session-Expires"), ";")
		value := minimum
		if given {
			value += ";" + params
		}
		req.Set("Session-Expires", value)
		req.Set("Min-SE", minimum)
		c.invite = req
	})
	return true
}

func (c *Call) onProvisional(m *Message) {
	var cancelNow, prack bool
	number, err := strconv.ParseUint(m.Get("RSeq"), 10, 32)
	c.update(func() {
		cancelNow = c.cancelled && !c.provision
		c.provision = true
		if m.Status > 100 {
			c.learn(m)
		}
		if err == nil && m.Lists("Require", "100rel") && uint32(number) != c.prackSeen {
			prack, c.prackSeen = true, uint32(number)
		}
	})
	if cancelNow {
		c.sendCancel()
	}
	var answer []byte
	if m.Body != nil {
		answer = c.takeDescription(m)
		c.advance(Early)
	} else if m.Status == 180 {
		c.advance(Ringing)
	}
	if prack {
		c.agent.spawn(func() { c.acknowledgeReliably(m, uint32(number), answer) })
	}
}

// learn takes the dialog's remote side from a response; the lock is held.
func (c *Call) learn(m *Message) {
	c.remoteTag = m.To().Tag
	if contact := m.Get("Contact"); contact != "" {
		c.target = ParseAddress(contact).URI
	}
	routes := splitRoutes(m.Values("Record-Route"))
	slices.Reverse(routes) // RFC 3261 §12.1.2
	c.routes = routes
}

// takeDescription takes the answer to our offer from a response, or makes our
// answer to the offer in it.
func (c *Call) takeDescription(m *Message) (answer []byte) {
	c.mu.Lock()
	answered := !c.offered && c.remoteSDP != nil
	offered := c.offered
	c.mu.Unlock()
	if answered {
		return nil // the 200 repeats the answer of the 183
	}
	if offered {
		if err := c.takeAnswer(m.Body); err != nil {
			c.agent.log.Debug("unusable answer", "status", m.Status, "error", err)
		}
		return nil
	}
	return c.answerOffer(m.Body)
}

// answerOffer makes our answer to an offer that came in a response.
func (c *Call) answerOffer(body []byte) (answer []byte) {
	offer, err := ParseSDP(body)
	if err != nil {
		c.agent.log.Debug("unusable offer", "error", err)
		return nil
	}
	c.update(func() {
		c.remoteSDP, c.remoteInfo = body, offer
		answer = c.options.SDP
		if answer == nil {
			answer = c.answerTo(offer)
		}
	})
	return answer
}

// acknowledgeReliably sends the PRACK of a reliable response, RFC 3262 §4.
func (c *Call) acknowledgeReliably(m *Message, number uint32, answer []byte) {
	seq, _ := m.CSeq()
	req := c.newRequest("PRACK")
	req.Add("RAck", fmt.Sprintf("%d %d INVITE", number, seq))
	if answer != nil {
		req.Body = answer
		req.Add("Content-Type", "application/sdp")
	}
	if _, err := c.request(c.ctx, req); err != nil {
		c.agent.log.Debug("sending PRACK", "error", err)
	}
}

// endUnanswered says what ended a call that was not answered: the given end,
// or ourselves when we had cancelled it.
func (c *Call) endUnanswered(by EndedBy) EndedBy {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.cancelled {
		return ByLocal
	}
	return by
}

// onFinal takes the final response to the INVITE.
func (c *Call) onFinal(m *Message) {
	if m.Status >= 300 {
		c.end(c.endUnanswered(ByFailure), m.Status, m.Reason)
		return
	}
	var answer []byte
	c.update(func() {
		c.learn(m)
		c.status = m.Status
	})
	if m.Body != nil {
		answer = c.takeDescription(m)
	}
	if c.options.NoAck {
		c.advance(Established)
		return
	}
	c.sendACK(m, answer)
	cancelled := false
	c.update(func() {
		cancelled = c.cancelled
		if !cancelled && c.state < Established {
			c.state, c.reached = Established, Established
		}
	})
	if cancelled {
		c.bye() // the 200 crossed our CANCEL
		return
	}
	if value := m.Get("Session-Expires"); value != "" && headerParam(value, "refresher") == "uac" {
		seconds, _, _ := strings.Cut(value, ";")
		c.refresh(seconds)
	}
}

// sendACK acknowledges a 200 to an INVITE (RFC 3261 §13.2.2.4).
func (c *Call) sendACK(m *Message, answer []byte) {
	number, _ := m.CSeq()
	var raw []byte
	c.update(func() {
		ack := c.buildRequest("ACK", number)
		if answer != nil {
			ack.Body = answer
			ack.Add("Content-Type", "application/sdp")
		}
		raw = ack.Bytes()
		c.acks[number] = raw
	})
	c.agent.sendLogged(c.link, raw)
}

// onLateResponse takes a response whose transaction is over: a 200 repeated
// because our ACK was lost gets it again.
func (c *Call) onLateResponse(m *Message) {
	number, method := m.CSeq()
	if method != "INVITE" || m.Status < 200 || m.Status >= 300 {
		return
	}
	c.mu.Lock()
	raw := c.acks[number]
	c.mu.Unlock()
	if raw != nil {
		c.agent.sendLogged(c.link, raw)
	}
}

// refresh keeps a session timer alive at half its time, RFC 4028 §10.
func (c *Call) refresh(seconds string) {
	n, err := strconv.Atoi(seconds)
	if err != nil || n <= 0 || c.options.NoRefresh {
		return
	}
	c.mu.Lock()
	running := c.refreshing
	c.refreshing = true
	c.mu.Unlock()
	if running {
		return
	}
	c.agent.spawn(func() {
		for pause(c.ctx, time.Duration(n)*time.Second/2) {
			req := c.newRequest("UPDATE")
			req.Add("Supported", "timer")
			req.Add("Session-Expires", seconds+";refresher=uac")
			if _, err := c.request(c.ctx, req); err != nil {
				c.agent.log.Debug("refreshing a session", "error", err)
			}
		}
	})
}
