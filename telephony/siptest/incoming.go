package siptest

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// newIncoming makes the call of an INVITE received. It fails when the offer
// has nothing we could answer.
func newIncoming(a *agent, s *serverTx, b Behaviour) (*Call, error) {
	var offer Session
	if s.req.Body != nil {
		var err error
		if offer, err = ParseSDP(s.req.Body); err != nil {
			return nil, err
		}
		if _, err = answerCodecs(a.codecs, offer); err != nil {
			return nil, err
		}
	}
	c, err := newCall(a, s.link)
	if err != nil {
		return nil, err
	}
	m := s.req
	from := m.From()
	c.server, c.behaviour, c.callID, c.localTag = s, b, m.CallID(), s.tag
	c.local, c.remote, c.remoteTag = m.Get("To"), withoutTag(m.Get("From")), from.Tag
	c.target = ParseAddress(m.Get("Contact")).URI
	c.routes = splitRoutes(m.Values("Record-Route"))
	c.remoteSeq, _ = m.CSeq()
	c.invite, c.requests = m, []*Message{m}
	c.remoteSDP, c.remoteInfo = m.Body, offer
	c.awaiting[c.remoteSeq] = s
	return c, nil
}

// withoutTag cuts the tag and what follows off a From or To.
func withoutTag(value string) string {
	close := strings.LastIndexByte(value, '>')
	if at := strings.IndexByte(value[close+1:], ';'); at >= 0 {
		return value[:close+1+at]
	}
	return value
}

func splitRoutes(values []string) []string {
	var routes []string
	for _, value := range values {
		for route := range strings.SplitSeq(value, ",") {
			routes = append(routes, strings.TrimSpace(route))
		}
	}
	return routes
}

// description returns our session description for a response to the INVITE:
// the answer to its offer, or an offer when it had none. It is made once, for
// a 183 and the 200 must say the same (RFC 3261 §13.2.1).
func (c *Call) description() []byte {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.localSDP != nil {
		return c.localSDP
	}
	if c.remoteSDP == nil {
		c.offered = true
		c.media.offer(c.ours)
		return c.describe(c.ours, c.direction)
	}
	return c.answerTo(c.remoteInfo)
}

// describe writes our description with a new version; the lock is held.
func (c *Call) describe(codecs []Codec, direction string) []byte {
	c.sdpVersion++
	c.localSDP = buildSDP(c.media.addr, c.sdpID, c.sdpVersion, codecs, direction)
	return c.localSDP
}

// answerTo answers an offer that has a codec in common and lets the audio
// follow it; the lock is held.
func (c *Call) answerTo(offer Session) []byte {
	agreed, err := answerCodecs(c.ours, offer)
	if err != nil {
		return nil
	}
	direction := answerDirection(c.direction, offer.Direction)
	c.media.configure(offer.Remote, agreed, direction)
	return c.describe(agreed, direction)
}

// takeAnswer lets the audio follow an answer to our offer.
func (c *Call) takeAnswer(body []byte) error {
	answer, err := ParseSDP(body)
	if err != nil {
		return err
	}
	agreed, err := answerCodecs(c.ours, answer)
	if err != nil {
		return err
	}
	// The order of preference is the answerer's now.
	ordered := make([]Codec, 0, len(agreed))
	for _, theirs := range answer.Codecs {
		for _, codec := range agreed {
			if codec == theirs {
				ordered = append(ordered, codec)
			}
		}
	}
	c.update(func() {
		c.offered = false
		c.remoteSDP, c.remoteInfo = body, answer
		c.media.configure(answer.Remote, ordered, answerDirection(c.direction, answer.Direction))
	})
	return nil
}

// Ring sends 180 without a session description.
func (c *Call) Ring() {
	if c.outgoing {
		return
	}
	c.advance(Ringing)
	c.server.respond(c.withContact(c.server.response(180)))
}

// Progress sends a provisional response with our session description, from
// which on our audio is sent.
func (c *Call) Progress(status int) {
	if c.outgoing {
		return
	}
	c.advance(Early)
	c.respondWithSDP(status)
}

// Answer accepts an incoming call with 200. It does nothing in a call that was
// answered or refused before.
func (c *Call) Answer() {
	c.mu.Lock()
	refused := c.outgoing || c.status != 0 || c.state == Ended
	if !refused {
		c.status = 200
	}
	c.mu.Unlock()
	if refused {
		return
	}
	c.advance(Established) // before the 200 goes out, for a BYE may be quick
	c.respondWithSDP(200)
}

func (c *Call) respondWithSDP(status int) {
	m := c.withContact(c.server.response(status))
	m.Body = c.description()
	m.Add("Content-Type", "application/sdp")
	if status == 200 {
		c.acceptTimer(c.server.req, m)
	}
	c.server.respond(m)
}

func (c *Call) withContact(m *Message) *Message {
	m.Add("Contact", c.agent.contact(c.link))
	m.Add("Allow", allowed)
	m.Add("Supported", "100rel, timer")
	if c.agent.talk {
		m.Add("Allow-Events", "talk, hold")
	}
	if c.agent.name != "" {
		m.Add("User-Agent", c.agent.name)
	}
	return m
}

// acceptTimer agrees to a session timer that the request asks for and leaves
// the refreshing to its sender, RFC 4028 §9.
func (c *Call) acceptTimer(req, m *Message) {
	value := req.Get("Session-Expires")
	if value == "" || !req.Lists("Supported", "timer") {
		return
	}
	seconds, _, _ := strings.Cut(value, ";")
	refresher := headerParam(value, "refresher")
	if refresher == "" {
		refresher = "uac"
	}
	m.Add("Require", "timer")
	m.Add("Session-Expires", seconds+";refresher="+refresher)
	if refresher == "uas" {
		c.refresh(seconds)
	}
}

// Reject refuses an incoming call with a status of 300 to 699 and further
// headers.
func (c *Call) Reject(status int, headers ...Header) {
	c.mu.Lock()
	done := c.outgoing || c.status != 0 || c.state == Ended
	if !done {
		c.status = status
	}
	c.mu.Unlock()
	if done {
		return
	}
	c.server.reply(status, headers...)
	c.end(ByLocal, status, "")
}

// onCancel takes a CANCEL, RFC 3261 §9.2.
func (c *Call) onCancel(m *Message) {
	c.update(func() { c.cancelled = true })
	if c.behaviour.lateAnswer {
		c.Answer()
		return
	}
	c.mu.Lock()
	answered := c.status != 0
	if !answered {
		c.status = 487
	}
	c.mu.Unlock()
	if answered {
		return // too late, the final response is on its way
	}
	c.server.reply(487)
	c.end(ByRemoteCancel, 487, m.Get("Reason"))
}

// progressReliably sends a provisional response that asks for PRACK, repeats
// it until that comes (RFC 3262 §3) and reports whether it came.
func (c *Call) progressReliably(ctx context.Context, status int, withSDP bool) bool {
	m := c.withContact(c.server.response(status))
	if withSDP {
		m.Body = c.description()
		m.Add("Content-Type", "application/sdp")
	}
	c.mu.Lock()
	c.reliable++
	number := c.reliable
	c.mu.Unlock()
	m.Add("Require", "100rel")
	m.Add("RSeq", strconv.FormatUint(uint64(number), 10))
	if withSDP {
		c.advance(Early)
	} else {
		c.advance(Ringing)
	}
	interval := c.agent.t1
	deadline := time.Now().Add(64 * c.agent.t1)
	for time.Now().Before(deadline) {
		c.server.respond(m)
		turn, stop := context.WithTimeout(ctx, interval)
		err := c.wait(turn, "PRACK", func() (bool, error) { return c.pracks[number], nil })
		stop()
		if err == nil {
			return true
		}
		if ctx.Err() != nil {
			return false
		}
		interval *= 2
	}
	return false
}

// ProgressReliably sends a provisional response that requires PRACK, with our
// session description when withSDP is set, and waits for the PRACK.
func (c *Call) ProgressReliably(ctx context.Context, status int, withSDP bool) error {
	if !c.progressReliably(ctx, status, withSDP) {
		return fmt.Errorf("siptest: no PRACK for %d: %w", status, ErrTimeout)
	}
	return nil
}

// onRequest takes a request within the dialog.
func (c *Call) onRequest(s *serverTx) {
	m := s.req
	number, _ := m.CSeq()
	c.mu.Lock()
	// RFC 3261 §12.2.2: the numbers of a dialog only grow.
	stale := number <= c.remoteSeq
	wrongTag := m.From().Tag != c.remoteTag
	ended := c.state == Ended
	if !stale && !wrongTag {
		c.remoteSeq = number
	}
	c.mu.Unlock()
	switch {
	case wrongTag, ended:
		s.reply(481)
	case stale:
		s.reply(500)
	default:
		c.serve(s)
	}
}

func (c *Call) serve(s *serverTx) {
	m := s.req
	switch m.Method {
	case "BYE":
		s.reply(200)
		c.onBye(m)
	case "INVITE", "UPDATE":
		c.onOffer(s)
	case "PRACK":
		c.onPrack(s)
	case "INFO":
		c.onInfo(m) // before its 200, so that the sender finds it done
		s.reply(200)
	case "NOTIFY":
		s.reply(200)
		if event, _, _ := strings.Cut(m.Get("Event"), ";"); event == "talk" && c.agent.talk {
			select {
			case c.talk <- struct{}{}:
			default:
			}
		}
	case "OPTIONS":
		s.reply(200, Header{"Allow", allowed})
	case "REFER":
		s.reply(603)
	default:
		s.reply(405, Header{"Allow", allowed})
	}
}

func (c *Call) onBye(m *Message) {
	c.mu.Lock()
	open := !c.outgoing && c.status == 0
	c.mu.Unlock()
	if open {
		c.server.reply(487)
	}
	c.end(ByRemoteBye, 0, m.Get("Reason"))
}

// onOffer answers a re-INVITE or an UPDATE, RFC 3261 §14.2 and RFC 3311 §5.2.
func (c *Call) onOffer(s *serverTx) {
	m := s.req
	number, _ := m.CSeq()
	var offer Session
	var err error
	if m.Body != nil {
		if offer, err = ParseSDP(m.Body); err == nil {
			_, err = answerCodecs(c.ours, offer)
		}
	}
	status, open := 200, c.describesSession(m)
	var body []byte
	c.update(func() {
		switch {
		case c.refuse != 0 && open:
			status = c.refuse
			return
		case c.reoffering && open:
			status = 491
			return
		case err != nil:
			status = 488
			return
		}
		if contact := m.Get("Contact"); contact != "" {
			c.target = ParseAddress(contact).URI
		}
		switch {
		case m.Body != nil:
			c.remoteSDP, c.remoteInfo = m.Body, offer
			body = c.answerTo(offer)
		case m.Method == "INVITE":
			c.offered = true
			body = c.describe(c.ours, c.direction)
		}
		if m.Method == "INVITE" {
			c.awaiting[number] = s
		}
	})
	if status != 200 {
		s.reply(status)
		return
	}
	answer := c.withContact(s.response(200))
	if body != nil {
		answer.Body = body
		answer.Add("Content-Type", "application/sdp")
	}
	c.acceptTimer(m, answer)
	s.respond(answer)
}

// describesSession reports whether a request opens an offer and answer: an
// UPDATE without a body only refreshes the session timer.
func (c *Call) describesSession(m *Message) bool { return m.Method == "INVITE" || m.Body != nil }

func (c *Call) onPrack(s *serverTx) {
	fields := strings.Fields(s.req.Get("RAck"))
	inviteSeq, _ := c.Invite().CSeq()
	if len(fields) != 3 || fields[1] != strconv.FormatUint(uint64(inviteSeq), 10) || fields[2] != "INVITE" {
		s.reply(481)
		return
	}
	number, err := strconv.ParseUint(fields[0], 10, 32)
	c.mu.Lock()
	matches := err == nil && number > 0 && uint32(number) <= c.reliable
	c.mu.Unlock()
	if !matches {
		s.reply(481)
		return
	}
	c.answerInAck(s.req)
	s.reply(200)
	c.update(func() { c.pracks[uint32(number)] = true })
}

// answerInAck takes the answer to our offer from an ACK or a PRACK.
func (c *Call) answerInAck(m *Message) {
	c.mu.Lock()
	expected := c.offered && m.Body != nil
	c.mu.Unlock()
	if !expected {
		return
	}
	if err := c.takeAnswer(m.Body); err != nil {
		c.agent.log.Debug("unusable answer", "method", m.Method, "error", err)
	}
}

func (c *Call) onInfo(m *Message) {
	text := strings.TrimSpace(string(m.Body))
	for line := range strings.Lines(text) {
		if signal, ok := strings.CutPrefix(strings.TrimSpace(line), "Signal="); ok {
			text = strings.TrimSpace(signal)
			break
		}
	}
	if !strings.HasPrefix(m.Get("Content-Type"), "application/dtmf") || len(text) != 1 {
		return
	}
	c.update(func() { c.digits.WriteString(text) })
}

// onACK takes the ACK to a 200 of ours.
func (c *Call) onACK(m *Message) {
	number, _ := m.CSeq()
	c.mu.Lock()
	s := c.awaiting[number]
	delete(c.awaiting, number)
	c.mu.Unlock()
	if s == nil {
		return
	}
	c.answerInAck(m) // first, so that WaitACK finds it done
	s.onACK()
}

// WaitACK waits until the ACK to our 200 has come.
func (c *Call) WaitACK(ctx context.Context) error {
	if c.outgoing {
		return nil
	}
	select {
	case <-c.server.acked:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("siptest: waiting for the ACK: %w", ctx.Err())
	}
}
