package siptest

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"net/netip"
	"strings"
	"sync"
	"time"
)

// PeerConfig is the configuration of a scripted peer.
type PeerConfig struct {
	// Server is where Send sends to.
	Server netip.AddrPort
	// Transport is "udp", the default, or "tcp".
	Transport string
	// Local is where the peer listens, by default 127.0.0.1 at a free port.
	Local netip.AddrPort
	// Log takes what goes wrong unseen; nil discards it.
	Log *slog.Logger
}

// Received is what a Peer received.
type Received struct {
	// Raw are the bytes of one datagram or one message of a stream.
	Raw []byte
	// Message is the parsed message, nil when it cannot be parsed.
	Message *Message
	// Source is where it came from.
	Source netip.AddrPort
	// At is when it came.
	At time.Time
}

// Peer sends exactly what it is told and answers nothing by itself: for
// malformed input, races and third parties.
type Peer struct {
	*endpoint
	server    netip.AddrPort
	transport string

	mu      sync.Mutex
	changed chan struct{}
	queue   []Received // not yet consumed by Expect
	all     []Received
}

// NewPeer starts a scripted peer; it ends with the context or Close.
func NewPeer(ctx context.Context, config PeerConfig) (*Peer, error) {
	e, err := newEndpoint(ctx, config.Local, config.Log)
	if err != nil {
		return nil, err
	}
	transport := config.Transport
	if transport == "" {
		transport = "udp"
	}
	p := &Peer{endpoint: e, server: config.Server, transport: transport, changed: make(chan struct{})}
	e.run(p.take, func() {})
	return p, nil
}

func (p *Peer) take(raw []byte, l *link) {
	r := Received{Raw: raw, Source: l.remote, At: time.Now()}
	if m, err := ParseMessage(raw); err == nil {
		m.Source, m.Transport, m.At = l.remote, l.transport, r.At
		r.Message = m
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.queue = append(p.queue, r)
	p.all = append(p.all, r)
	close(p.changed)
	p.changed = make(chan struct{})
}

// Addr is where the peer listens, for UDP and TCP.
func (p *Peer) Addr() netip.AddrPort { return p.addr }

// Close closes the sockets and waits for every goroutine.
func (p *Peer) Close() { p.close() }

// Send sends the bytes as they are to the server: as one datagram, or into
// the one TCP connection, which is opened by the first.
func (p *Peer) Send(data []byte) error { return p.SendTo(p.server, data) }

// SendTo sends the bytes as they are to an address.
func (p *Peer) SendTo(to netip.AddrPort, data []byte) error {
	l, err := p.connect(p.ctx, p.transport, to)
	if err != nil {
		return err
	}
	return l.send(data)
}

// SendMessage sends a message to the server.
func (p *Peer) SendMessage(m *Message) error { return p.Send(m.Bytes()) }

// Repeat sends the bytes n times, that far apart.
func (p *Peer) Repeat(ctx context.Context, data []byte, n int, every time.Duration) error {
	for i := range n {
		if i > 0 && !pause(ctx, every) {
			return ctx.Err()
		}
		if err := p.Send(data); err != nil {
			return err
		}
	}
	return nil
}

// Disconnect closes all TCP connections.
func (p *Peer) Disconnect() {
	p.guard.Lock()
	links := make([]*link, 0, len(p.links))
	for _, l := range p.links {
		links = append(links, l)
	}
	clear(p.links)
	p.guard.Unlock()
	for _, l := range links {
		p.closeQuietly(l.tcp)
	}
}

// Received returns all that has come so far.
func (p *Peer) Received() []Received {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]Received(nil), p.all...)
}

// Expect waits for a message that matches and returns it. Messages are looked
// at once, in order: what came before the match is passed over for ever.
func (p *Peer) Expect(ctx context.Context, match func(*Message) bool) (*Message, error) {
	var passed []string
	for {
		p.mu.Lock()
		for len(p.queue) > 0 {
			r := p.queue[0]
			p.queue = p.queue[1:]
			if r.Message != nil && match(r.Message) {
				p.mu.Unlock()
				return r.Message, nil
			}
			line, _, _ := bytes.Cut(r.Raw, []byte("\r\n"))
			passed = append(passed, string(line))
		}
		changed := p.changed
		p.mu.Unlock()
		select {
		case <-changed:
		case <-ctx.Done():
			return nil, fmt.Errorf("siptest: expecting a message, passed over %q: %w", passed, ctx.Err())
		case <-p.ctx.Done():
			return nil, ErrClosed
		}
	}
}

// IsStatus matches responses with the status to requests of the method.
func IsStatus(status int, method string) func(*Message) bool {
	return func(m *Message) bool {
		_, of := m.CSeq()
		return m.Status == status && of == method
	}
}

// IsRequest matches requests of the method.
func IsRequest(method string) func(*Message) bool {
	return func(m *Message) bool { return m.Method == method }
}

// Request builds a request outside a dialog, with a new branch, tag and
// Call-ID and CSeq 1. The caller may change all of it before sending.
func (p *Peer) Request(method, uri string, headers ...Header) *Message {
	m := &Message{Method: method, URI: uri}
	m.Add("Via", p.Via())
	m.Add("From", fmt.Sprintf("<sip:peer@%s>;tag=%s", p.addr, newToken()))
	m.Add("To", "<"+uri+">")
	m.Add("Call-ID", newToken())
	m.Add("CSeq", "1 "+method)
	m.Add("Max-Forwards", "70")
	m.Add("Contact", fmt.Sprintf("<sip:peer@%s>", p.addr))
	m.Headers = append(m.Headers, headers...)
	return m
}

// Via makes a Via header with a new branch.
func (p *Peer) Via() string {
	return fmt.Sprintf("SIP/2.0/%s %s;branch=%s;rport", strings.ToUpper(p.transport), p.addr, newBranch())
}

// InDialog builds a request within the dialog that our request and a response
// to it made, with the next CSeq number n.
func (p *Peer) InDialog(method string, sent, response *Message, n uint32) *Message {
	uri := sent.URI
	if contact := response.Get("Contact"); contact != "" {
		uri = ParseAddress(contact).URI
	}
	m := &Message{Method: method, URI: uri}
	m.Add("Via", p.Via())
	m.Add("From", sent.Get("From"))
	m.Add("To", response.Get("To"))
	m.Add("Call-ID", sent.CallID())
	m.Add("CSeq", fmt.Sprintf("%d %s", n, method))
	m.Add("Max-Forwards", "70")
	m.Add("Contact", sent.Get("Contact"))
	return m
}

// Cancel builds the CANCEL of an INVITE we sent.
func (p *Peer) Cancel(invite *Message) *Message {
	number, _ := invite.CSeq()
	m := &Message{Method: "CANCEL", URI: invite.URI}
	for _, name := range []string{"Via", "From", "To", "Call-ID"} {
		m.Add(name, invite.Get(name))
	}
	m.Add("CSeq", fmt.Sprintf("%d CANCEL", number))
	m.Add("Max-Forwards", "70")
	return m
}

// Reply builds a response to a request received; tag is our To tag, "" for
// none.
func (p *Peer) Reply(req *Message, status int, tag string) *Message {
	m := buildResponse(req, status, tag)
	if req.Method == "INVITE" && status > 100 && status < 300 {
		m.Add("Contact", fmt.Sprintf("<sip:peer@%s>", p.addr))
	}
	return m
}

// SDP is a session description of G.711 and telephone-event at the peer's
// address and the port given.
func (p *Peer) SDP(port uint16) []byte {
	codecs := []Codec{{PCMA, 8}, {PCMU, 0}, {TelephoneEvent, 101}}
	return buildSDP(netip.AddrPortFrom(p.addr.Addr(), port), 1, 1, codecs, SendRecv)
}

// Expand fills a template: {{branch}}, {{tag}}, {{call_id}} (one each per
// call of Expand), {{local}} and {{server}}. Line ends become CRLF and
// {{length}} the length of what follows the first empty line.
func (p *Peer) Expand(template string) []byte {
	text := strings.ReplaceAll(strings.ReplaceAll(template, "\r\n", "\n"), "\n", "\r\n")
	text = strings.NewReplacer("{{branch}}", newBranch(), "{{tag}}", newToken(), "{{call_id}}", newToken(),
		"{{local}}", p.addr.String(), "{{server}}", p.server.String()).Replace(text)
	_, body, _ := strings.Cut(text, "\r\n\r\n")
	return []byte(strings.ReplaceAll(text, "{{length}}", fmt.Sprint(len(body))))
}
