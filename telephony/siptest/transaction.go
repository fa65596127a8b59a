package siptest

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"
)

// ErrTimeout is returned when a request got no final answer within 64*T1
// (RFC 3261 §17.1).
var ErrTimeout = errors.New("siptest: request timed out")

// lingerFactor times T1 is how long an ended transaction or call is
// remembered, to recognise repetitions.
const lingerFactor = 64

// clientTx is a request waiting for its responses.
type clientTx struct {
	in chan *Message
}

func clientKey(m *Message) string {
	_, method := m.CSeq()
	return m.Branch() + "|" + method
}

// transact sends a request and returns its final response. Over UDP it
// repeats the request as RFC 3261 §17.1 says; the ACK of an INVITE refused is
// sent here, that of an INVITE accepted is the caller's. Provisional, which
// may be nil, gets the provisional responses in order.
func (a *agent) transact(ctx context.Context, l *link, req *Message, provisional func(*Message)) (*Message, error) {
	key := clientKey(req)
	tx := &clientTx{in: make(chan *Message, 64)}
	a.mu.Lock()
	a.clients[key] = tx
	a.mu.Unlock()
	defer func() {
		a.mu.Lock()
		delete(a.clients, key)
		a.mu.Unlock()
	}()

	raw := req.Bytes()
	if err := l.send(raw); err != nil {
		return nil, fmt.Errorf("siptest: sending %s: %w", req.Method, err)
	}
	interval := a.t1
	repeat := time.NewTimer(interval)
	defer repeat.Stop()
	if l.transport == "tcp" {
		repeat.Stop()
	}
	timeout := time.NewTimer(64 * a.t1)
	defer timeout.Stop()
	for {
		select {
		case m := <-tx.in:
			if m.Status >= 200 {
				if req.Method == "INVITE" && m.Status >= 300 {
					a.acknowledge(l, req, m)
				}
				return m, nil
			}
			if req.Method == "INVITE" {
				repeat.Stop()
				timeout.Stop()
			}
			if provisional != nil {
				provisional(m)
			}
		case <-repeat.C:
			if err := l.send(raw); err != nil {
				return nil, fmt.Errorf("siptest: repeating %s: %w", req.Method, err)
			}
			if interval *= 2; req.Method != "INVITE" {
				interval = min(interval, 8*a.t1)
			}
			repeat.Reset(interval)
		case <-timeout.C:
			return nil, ErrTimeout
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-a.ctx.Done():
			return nil, ErrClosed
		}
	}
}

// acknowledge sends the ACK of a refusal and remembers it for repetitions
// (RFC 3261 §17.1.1.3).
func (a *agent) acknowledge(l *link, invite, refusal *Message) {
	number, _ := invite.CSeq()
	ack := &Message{Method: "ACK", URI: invite.URI}
	ack.Add("Via", invite.Get("Via"))
	for _, route := range invite.Values("Route") {
		ack.Add("Route", route)
	}
	ack.Add("From", invite.Get("From"))
	ack.Add("To", refusal.Get("To"))
	ack.Add("Call-ID", invite.CallID())
	ack.Add("CSeq", fmt.Sprintf("%d ACK", number))
	ack.Add("Max-Forwards", "70")
	raw := ack.Bytes()
	a.mu.Lock()
	a.refusals[clientKey(refusal)] = sentACK{raw, time.Now()}
	a.mu.Unlock()
	a.sendLogged(l, raw)
}

// sentACK is the ACK of a refused INVITE.
type sentACK struct {
	raw []byte
	at  time.Time
}

func (a *agent) sendLogged(l *link, raw []byte) {
	if err := l.send(raw); err != nil && !errors.Is(err, ErrClosed) {
		a.log.Debug("sending a message", "error", err)
	}
}

// onResponse hands a response to its transaction, or to its call when the
// transaction is over.
func (a *agent) onResponse(m *Message, l *link) {
	key := clientKey(m)
	a.mu.Lock()
	tx := a.clients[key]
	ack, refused := a.refusals[key]
	call := a.calls[callKey(m.CallID(), m.From().Tag)]
	a.mu.Unlock()
	if call != nil {
		call.record(m)
	}
	switch {
	case tx != nil:
		select {
		case tx.in <- m:
		default: // a flood of responses to one request; the first 64 are enough
		}
	case refused && m.Status >= 300:
		a.sendLogged(l, ack.raw)
	case call != nil:
		call.onLateResponse(m)
	}
}

// serverTx is a request received and what was answered to it.
type serverTx struct {
	agent *agent
	link  *link
	req   *Message
	tag   string // our To tag
	at    time.Time

	mu    sync.Mutex
	last  []byte
	final int
	acked chan struct{} // closed when the ACK of an INVITE has come
	call  *Call         // the call of an INVITE
}

// serverKey identifies a transaction by RFC 3261 §17.2.3; CANCEL and ACK ask
// for the key of the INVITE.
func serverKey(m *Message, method string) string {
	via := m.Get("Via")
	sentBy, _, _ := strings.Cut(via, ";")
	return m.Branch() + "|" + sentBy + "|" + method
}

// response builds a response to the request (RFC 3261 §8.2.6).
func (s *serverTx) response(status int) *Message {
	return buildResponse(s.req, status, s.tag)
}

func buildResponse(req *Message, status int, tag string) *Message {
	m := &Message{Status: status, Reason: reasonPhrase(status)}
	for i, via := range req.Values("Via") {
		if i == 0 {
			via = receivedVia(via, req)
		}
		m.Add("Via", via)
	}
	m.Add("From", req.Get("From"))
	to := req.Get("To")
	if status > 100 && tag != "" && ParseAddress(to).Tag == "" {
		to += ";tag=" + tag
	}
	m.Add("To", to)
	m.Add("Call-ID", req.CallID())
	m.Add("CSeq", req.Get("CSeq"))
	for _, route := range req.Values("Record-Route") {
		m.Add("Record-Route", route)
	}
	return m
}

// receivedVia fills in rport and received, RFC 3581 §4.
func receivedVia(via string, req *Message) string {
	if !req.Source.IsValid() {
		return via
	}
	parts := strings.Split(via, ";")
	for i, part := range parts {
		if key, val, _ := strings.Cut(strings.TrimSpace(part), "="); strings.EqualFold(key, "rport") && val == "" {
			parts[i] = fmt.Sprintf("rport=%d", req.Source.Port())
			parts = append(parts, "received="+req.Source.Addr().String())
			break
		}
	}
	return strings.Join(parts, ";")
}

// respond sends a response and keeps it for repetitions of the request. After
// a final one nothing more is sent. A final response to an INVITE is repeated
// until its ACK comes: a refusal over UDP only, an acceptance always
// (RFC 3261 §13.3.1.4 and §17.2.1).
func (s *serverTx) respond(m *Message) {
	s.mu.Lock()
	if s.final != 0 {
		s.mu.Unlock()
		return
	}
	s.last = m.Bytes()
	if m.Status >= 200 {
		s.final = m.Status
	}
	raw := s.last
	s.mu.Unlock()
	s.agent.sendLogged(s.link, raw)
	if m.Status >= 200 && s.req.Method == "INVITE" && (m.Status < 300 || s.link.transport == "udp") {
		s.agent.spawn(func() { s.repeatUntilACK(raw) })
	}
}

// reply builds and sends a response without a body.
func (s *serverTx) reply(status int, headers ...Header) {
	m := s.response(status)
	m.Headers = append(m.Headers, headers...)
	s.respond(m)
}

func (s *serverTx) repeatUntilACK(raw []byte) {
	interval := s.agent.t1
	deadline := time.NewTimer(64 * s.agent.t1)
	defer deadline.Stop()
	timer := time.NewTimer(interval)
	defer timer.Stop()
	for {
		select {
		case <-s.acked:
			return
		case <-s.agent.ctx.Done():
			return
		case <-deadline.C:
			s.unconfirmed()
			return
		case <-timer.C:
			s.agent.sendLogged(s.link, raw)
			interval = min(2*interval, 8*s.agent.t1)
			timer.Reset(interval)
		}
	}
}

// unconfirmed ends a call whose 200 was never acknowledged (RFC 3261
// §13.3.1.4).
func (s *serverTx) unconfirmed() {
	s.agent.mu.Lock()
	call := s.call
	s.agent.mu.Unlock()
	if call != nil {
		call.HangUp()
	}
}

// repeat answers a repetition of the request with the last response.
func (s *serverTx) repeat() {
	s.mu.Lock()
	raw := s.last
	s.mu.Unlock()
	if raw != nil {
		s.agent.sendLogged(s.link, raw)
	}
}

func (s *serverTx) onACK() {
	s.mu.Lock()
	defer s.mu.Unlock()
	select {
	case <-s.acked:
	default:
		close(s.acked)
	}
}
