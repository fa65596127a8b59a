package siptest

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/netip"
	"strings"
	"sync"
	"time"
)

const (
	// reportedCalls is how many incoming calls wait to be read from Calls; more
	// are handled and not reported, so that a load generator need not read.
	reportedCalls = 1024
	// allowed is what our Allow headers say.
	allowed = "INVITE, ACK, CANCEL, BYE, OPTIONS, INFO, NOTIFY, UPDATE, PRACK, REFER"
)

// agent is what phones and trunks have in common: transactions, dialogs and
// the clock of their audio.
type agent struct {
	*endpoint
	t1        time.Duration
	codecs    []Codec
	server    netip.AddrPort
	transport string
	user      string // of From and Contact
	name      string // User-Agent
	authUser  string
	password  string
	talk      bool // NOTIFY with Event: talk is allowed

	admit    func(*serverTx) bool // checks an initial INVITE; nil admits all
	register func(*serverTx)      // takes REGISTER; nil refuses

	incoming chan *Call

	mu       sync.Mutex
	clients  map[string]*clientTx
	servers  map[string]*serverTx
	refusals map[string]sentACK
	calls    map[string]*Call
	live     []*Call // calls that are ticked; replaced, never changed in place
	any      Behaviour
	byNumber map[string]Behaviour
	known    map[string]*knownChallenge // by user, to answer without being asked
	requests map[string]int             // received by method
	taken    map[string]int             // the same without repetitions
	options  int                        // status that OPTIONS gets, 0 for none
}

// knownChallenge is a challenge that accepted our credentials, and how often
// its nonce was used.
type knownChallenge struct {
	challenge
	count int
}

type agentConfig struct {
	local                 netip.AddrPort
	log                   *slog.Logger
	t1                    time.Duration
	codecs                []string
	server                netip.AddrPort
	transport, user, name string
	authUser, password    string
	talk                  bool
}

func newAgent(ctx context.Context, c agentConfig) (*agent, error) {
	codecs, err := configuredCodecs(c.codecs)
	if err != nil {
		return nil, err
	}
	switch c.transport {
	case "":
		c.transport = "udp"
	case "udp", "tcp":
	default:
		return nil, fmt.Errorf("siptest: unknown transport %q", c.transport)
	}
	e, err := newEndpoint(ctx, c.local, c.log)
	if err != nil {
		return nil, err
	}
	if c.t1 == 0 {
		c.t1 = 500 * time.Millisecond
	}
	return &agent{
		endpoint: e, t1: c.t1, codecs: codecs, server: c.server, transport: c.transport,
		user: c.user, name: c.name, authUser: c.authUser, password: c.password, talk: c.talk,
		incoming: make(chan *Call, reportedCalls),
		clients:  make(map[string]*clientTx), servers: make(map[string]*serverTx),
		refusals: make(map[string]sentACK), calls: make(map[string]*Call),
		byNumber: make(map[string]Behaviour), known: make(map[string]*knownChallenge),
		requests: make(map[string]int), taken: make(map[string]int), any: AnswerAfter(0), options: 200,
	}, nil
}

// start begins to read and to tick.
func (a *agent) start() {
	a.run(a.handle, a.endAll)
	a.spawn(a.clock)
}

// clock sends the audio of all calls every 20 ms and forgets what is old.
func (a *agent) clock() {
	ticker := time.NewTicker(frameTime)
	defer ticker.Stop()
	swept := time.Now()
	for {
		select {
		case <-a.ctx.Done():
			return
		case now := <-ticker.C:
			a.mu.Lock()
			live := a.live
			a.mu.Unlock()
			for _, c := range live {
				c.media.tick(now)
			}
			if now.Sub(swept) > time.Second {
				swept = now
				a.sweep(now)
			}
		}
	}
}

// sweep forgets transactions and ended calls after 64*T1.
func (a *agent) sweep(now time.Time) {
	old := now.Add(-lingerFactor * a.t1)
	a.mu.Lock()
	defer a.mu.Unlock()
	for key, s := range a.servers {
		// The transaction of an INVITE lives as long as its call, for CANCEL.
		if s.at.Before(old) && (s.call == nil || s.call.endedBefore(old)) {
			delete(a.servers, key)
		}
	}
	for key, ack := range a.refusals {
		if ack.at.Before(old) {
			delete(a.refusals, key)
		}
	}
	for key, c := range a.calls {
		if c.endedBefore(old) {
			delete(a.calls, key)
		}
	}
}

// endAll ends the calls of an agent that closes, without a word to the other
// side, as a phone that loses power.
func (a *agent) endAll() {
	a.mu.Lock()
	live := a.live
	a.mu.Unlock()
	for _, c := range live {
		c.end(ByLocal, 0, "closed")
	}
}

func callKey(callID, localTag string) string { return callID + "|" + localTag }

func (a *agent) addCall(c *Call) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.calls[callKey(c.callID, c.localTag)] = c
	a.live = append(append(make([]*Call, 0, len(a.live)+1), a.live...), c)
}

func (a *agent) retire(c *Call) {
	a.mu.Lock()
	defer a.mu.Unlock()
	live := make([]*Call, 0, len(a.live))
	for _, other := range a.live {
		if other != c {
			live = append(live, other)
		}
	}
	a.live = live
}

// handle takes one received message; it runs on the reading goroutine.
func (a *agent) handle(raw []byte, l *link) {
	m, err := ParseMessage(raw)
	if err != nil {
		a.log.Debug("unreadable message", "error", err)
		return
	}
	m.Source, m.Transport, m.At = l.remote, l.transport, time.Now()
	if m.Status != 0 {
		a.onResponse(m, l)
		return
	}
	a.mu.Lock()
	a.requests[m.Method]++
	a.mu.Unlock()
	if m.Method == "ACK" {
		a.onACK(m)
		return
	}
	s := &serverTx{agent: a, link: l, req: m, at: m.At, tag: newToken(), acked: make(chan struct{})}
	key := serverKey(m, m.Method)
	a.mu.Lock()
	earlier := a.servers[key]
	if earlier == nil {
		a.servers[key] = s
		a.taken[m.Method]++
	}
	a.mu.Unlock()
	if earlier != nil {
		earlier.repeat()
		return
	}
	a.onRequest(s)
}

func (a *agent) onACK(m *Message) {
	a.mu.Lock()
	s := a.servers[serverKey(m, "INVITE")]
	call := a.calls[callKey(m.CallID(), m.To().Tag)]
	a.mu.Unlock()
	if call != nil {
		call.record(m)
		call.onACK(m)
	}
	if s != nil {
		s.onACK()
	}
}

func (a *agent) onRequest(s *serverTx) {
	m := s.req
	if m.Method == "CANCEL" {
		a.onCancel(s)
		return
	}
	if tag := m.To().Tag; tag != "" {
		a.mu.Lock()
		call := a.calls[callKey(m.CallID(), tag)]
		a.mu.Unlock()
		if call == nil {
			s.reply(481)
			return
		}
		call.record(m)
		call.onRequest(s)
		return
	}
	switch m.Method {
	case "INVITE":
		if a.admit == nil || a.admit(s) {
			a.onInvite(s)
		}
	case "OPTIONS":
		a.mu.Lock()
		status := a.options
		a.mu.Unlock()
		if status != 0 {
			s.reply(status, Header{"Allow", allowed}, Header{"Accept", "application/sdp"})
		}
	case "REGISTER":
		if a.register == nil {
			s.reply(405, Header{"Allow", allowed})
			return
		}
		a.register(s)
	default:
		s.reply(405, Header{"Allow", allowed})
	}
}

func (a *agent) onCancel(s *serverTx) {
	a.mu.Lock()
	invite := a.servers[serverKey(s.req, "INVITE")]
	var call *Call
	if invite != nil {
		call = invite.call
	}
	a.mu.Unlock()
	if call == nil {
		s.reply(481)
		return
	}
	s.tag = invite.tag
	s.reply(200)
	call.record(s.req)
	call.onCancel(s.req)
}

// onInvite makes a call of an INVITE and lets its behaviour run.
func (a *agent) onInvite(s *serverTx) {
	user, _ := splitURI(s.req.URI)
	a.mu.Lock()
	behaviour, ok := a.byNumber[user]
	if !ok {
		behaviour = a.any
	}
	a.mu.Unlock()
	call, err := newIncoming(a, s, behaviour)
	if err != nil {
		a.log.Debug("refusing an INVITE", "error", err)
		s.reply(488)
		return
	}
	a.mu.Lock()
	s.call = call
	a.mu.Unlock()
	a.addCall(call)
	if !behaviour.silent {
		s.reply(100)
	}
	if !a.spawn(call.media.read) {
		call.end(ByLocal, 0, "closed")
		return
	}
	select {
	case a.incoming <- call:
	default:
	}
	a.spawn(func() { behaviour.run(call.ctx, call) })
}

// Addr is where the phone or trunk listens, for UDP and TCP.
func (a *agent) Addr() netip.AddrPort { return a.addr }

// Calls reports every incoming call as its INVITE arrives. Up to 1024 wait to
// be read; more are handled and not reported.
func (a *agent) Calls() <-chan *Call { return a.incoming }

// NextCall waits for the next incoming call.
func (a *agent) NextCall(ctx context.Context) (*Call, error) {
	select {
	case c := <-a.incoming:
		return c, nil
	case <-ctx.Done():
		return nil, fmt.Errorf("siptest: waiting for a call: %w", ctx.Err())
	case <-a.ctx.Done():
		return nil, ErrClosed
	}
}

// Live returns how many calls there are that have not ended.
func (a *agent) Live() int {
	a.mu.Lock()
	defer a.mu.Unlock()
	return len(a.live)
}

// RequestsSeen returns how many requests of a method have been received,
// repetitions included.
func (a *agent) RequestsSeen(method string) int {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.requests[method]
}

// RequestsTaken returns how many requests of a method other than ACK have been
// received, each counted once however often a busy machine had it repeated.
func (a *agent) RequestsTaken(method string) int {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.taken[method]
}

// OnOptions sets the status that OPTIONS outside a dialog gets from now on, 200
// at first; 0 leaves them without an answer.
func (a *agent) OnOptions(status int) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.options = status
}

// SetAlive with false cuts the phone or trunk off: nothing of its signalling
// is received or sent until SetAlive with true. Its audio goes on; use
// Call.StopSending for that.
func (a *agent) SetAlive(alive bool) { a.alive.Store(alive) }

// Close ends all calls without a word to the other side, closes the sockets
// and waits for every goroutine.
func (a *agent) Close() {
	a.close()
}

// exchange is a request that may be challenged.
type exchange struct {
	link           *link
	req            *Message
	user, password string
	anticipate     bool          // answer a known challenge without being asked
	nextSeq        func() uint32 // CSeq of a repetition with credentials
	sending        func(*Message)
	provisional    func(*Message)
}

// converse sends a request and answers its challenge, RFC 3261 §22.
func (a *agent) converse(ctx context.Context, x exchange) (*Message, error) {
	req := x.req
	var current *knownChallenge
	if x.anticipate && x.user != "" {
		a.mu.Lock()
		if known := a.known[x.user]; known != nil {
			known.count++
			known.authorize(req, x.user, x.password, known.count)
		}
		a.mu.Unlock()
	}
	for challenged := false; ; challenged = true {
		if x.sending != nil {
			x.sending(req)
		}
		m, err := a.transact(ctx, x.link, req, x.provisional)
		if err != nil {
			return nil, err
		}
		if m.Status != 401 && m.Status != 407 {
			if current != nil {
				a.mu.Lock()
				a.known[x.user] = current
				a.mu.Unlock()
			}
			return m, nil
		}
		c, ok := strongest(parseChallenges(m))
		if !ok || x.user == "" || (challenged && !isStale(m)) {
			return m, nil
		}
		current = &knownChallenge{challenge: c, count: 1}
		req = req.Clone()
		_, method := req.CSeq()
		req.Set("CSeq", fmt.Sprintf("%d %s", x.nextSeq(), method))
		req.Set("Via", a.via(x.link))
		c.authorize(req, x.user, x.password, 1)
	}
}

func isStale(m *Message) bool {
	for _, name := range []string{"WWW-Authenticate", "Proxy-Authenticate"} {
		if params, ok := authParams(m.Get(name)); ok && strings.EqualFold(params["stale"], "true") {
			return true
		}
	}
	return false
}

// via makes a Via with a new branch.
func (a *agent) via(l *link) string {
	return fmt.Sprintf("SIP/2.0/%s %s;branch=%s;rport", strings.ToUpper(l.transport), a.addr, newBranch())
}

// contact is the URI others reach us at.
func (a *agent) contact(l *link) string {
	uri := "sip:"
	if a.user != "" {
		uri += a.user + "@"
	}
	uri += a.addr.String()
	if l.transport == "tcp" {
		uri += ";transport=tcp"
	}
	return "<" + uri + ">"
}

// StatusError is a final response that refuses a request.
type StatusError struct {
	// Status is the response's code, 300 to 699.
	Status int
	// Reason is its reason phrase.
	Reason string
}

// Error names the status.
func (e *StatusError) Error() string {
	return fmt.Sprintf("siptest: refused: %d %s", e.Status, e.Reason)
}

// hostPort finds the address in a URI, for calls without a server.
func hostPort(uri string) (netip.AddrPort, error) {
	_, host := splitURI(uri)
	if addr, err := netip.ParseAddrPort(host); err == nil {
		return addr, nil
	}
	if addr, err := netip.ParseAddr(strings.Trim(host, "[]")); err == nil {
		return netip.AddrPortFrom(addr, 5060), nil
	}
	return netip.AddrPort{}, errors.New("siptest: the URI names no address: " + uri)
}
