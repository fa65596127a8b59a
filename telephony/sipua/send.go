package sipua

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"strconv"
	"strings"

	"github.com/emiago/sipgo/sip"
)

// hop is where a request goes: an address, or a host to be resolved, in which case the address is the fallback.
type hop struct {
	dest      netip.AddrPort
	host      string // to be resolved if set
	port      int
	transport string // "udp" or "tcp"
	local     netip.AddrPort
}

func (h hop) upper() string { return strings.ToUpper(h.transport) }

// clientTx is a running client transaction.
type clientTx struct {
	stop context.CancelFunc // ends it without a result
}

var (
	errTimeout   = errors.New("no response")
	errTransport = errors.New("transport failed")
)

// stampVia puts a Via with a new branch on top of a request.
func (u *UA) stampVia(m *message, h hop) {
	value := fmt.Sprintf("SIP/2.0/%s %s:%d;branch=%s;rport", h.upper(), hostText(u.public(h.local)), h.local.Port(), u.newBranch())
	m.drop("Via")
	m.fields = append([]Header{{"Via", value}}, m.fields...)
}

// transact sends a request that has its Via in a client transaction. on is called from the transaction's goroutine
// with every response, retransmissions of a 2xx to INVITE included, or with the error that ended the transaction. The
// end of ctx, which must not outlive the user agent, ends the transaction without a result.
func (u *UA) transact(ctx context.Context, m *message, h hop, on func(*message, error)) *clientTx {
	ctx, stop := context.WithCancel(ctx)
	u.spawn(func() {
		defer stop()
		u.runClient(ctx, m, h, on)
	})
	return &clientTx{stop: stop}
}

func (u *UA) runClient(ctx context.Context, m *message, h hop, on func(*message, error)) {
	req, err := u.toRequest(ctx, m, h)
	if err != nil {
		if ctx.Err() == nil {
			on(nil, fmt.Errorf("%w: %w", errTransport, err))
		}
		return
	}
	tx, err := u.txl.NewClientTransaction(ctx, req)
	if err != nil {
		if ctx.Err() == nil {
			on(nil, fmt.Errorf("%w: %w", errTransport, err))
		}
		return
	}
	if m.method == "INVITE" {
		tx.OnRetransmission(func(r *sip.Response) { on(fromResponse(r), nil) })
	}
	if err := tx.Init(); err != nil {
		tx.Terminate()
		on(nil, fmt.Errorf("%w: %w", errTransport, err))
		return
	}
	for {
		select {
		case r := <-tx.Responses():
			on(fromResponse(r), nil)
			if r.StatusCode >= 200 {
				return
			}
		case <-tx.Done():
			if errors.Is(tx.Err(), sip.ErrTransactionTimeout) {
				on(nil, errTimeout)
			} else {
				on(nil, errTransport)
			}
			return
		case <-ctx.Done():
			tx.Terminate()
			return
		}
	}
}

// write sends a request without a transaction: the ACK of a 2xx. A datagram leaves at once, so that a BYE sent next
// does not overtake it; what may have to resolve or connect does so in a goroutine.
func (u *UA) write(m *message, h hop) {
	send := func() {
		req, err := u.toRequest(u.ctx, m, h)
		if err == nil {
			_ = u.tl.WriteMsg(req)
		}
	}
	if h.transport == "udp" && h.host == "" {
		send()
		return
	}
	u.spawn(send)
}

// toRequest resolves the hop, connects if need be, and gives the message the library's form.
func (u *UA) toRequest(ctx context.Context, m *message, h hop) (*sip.Request, error) {
	dest := h.dest
	if h.host != "" {
		found, err := u.resolve(ctx, h.host, h.port, h.transport)
		switch {
		case err == nil:
			dest = found[0]
		case !dest.IsValid():
			return nil, err
		}
	}
	if !dest.IsValid() || dest.Port() == 0 {
		return nil, errors.New("no address to send to")
	}
	parsed, err := u.parser.ParseSIP(m.encode())
	if err != nil {
		return nil, fmt.Errorf("cannot build request: %w", err)
	}
	req, ok := parsed.(*sip.Request)
	if !ok {
		return nil, errors.New("cannot build request")
	}
	req.SetTransport(h.upper())
	req.SetDestination(net.JoinHostPort(dest.Addr().String(), strconv.Itoa(int(dest.Port()))))
	if h.transport == "tcp" {
		return req, u.ensureTCP(ctx, dest)
	}
	if err := u.awaitSocket(ctx, h.local); err != nil {
		return nil, err
	}
	// Leave from the listening socket: NATs, firewalls and carriers know that address.
	req.Laddr = sip.Addr{IP: net.IP(h.local.Addr().AsSlice()), Port: int(h.local.Port()), Hostname: h.local.Addr().String()}
	return req, nil
}

// awaitSocket waits until the library serves a listening socket; it would open another one instead.
func (u *UA) awaitSocket(ctx context.Context, local netip.AddrPort) error {
	for _, l := range u.listeners {
		if l.addr != local {
			continue
		}
		select {
		case <-l.udp.up:
			return nil
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return errors.New("no such listener")
}

// fromFields copies header fields out of a message of the library.
func fromFields(list []sip.Header) []Header {
	out := make([]Header, 0, len(list))
	for _, h := range list {
		switch h := h.(type) {
		case *sip.ContentLengthHeader:
		case *sip.ViaHeader:
			out = append(out, Header{"Via", viaText(h)})
		default:
			out = append(out, Header{h.Name(), h.Value()})
		}
	}
	return out
}

// viaText writes a Via of the library, which forgets the brackets of an IPv4-mapped address (RFC 5118 §4.10).
func viaText(h *sip.ViaHeader) string {
	v := via{transport: h.Transport, host: h.Host, port: h.Port}
	if strings.Contains(v.host, ":") {
		v.host = "[" + strings.Trim(v.host, "[]") + "]"
	}
	for _, kv := range h.Params {
		v.params = append(v.params, param{name: kv.K, value: kv.V, flag: kv.V == ""})
	}
	return v.String()
}

func fromResponse(r *sip.Response) *message {
	m := &message{status: r.StatusCode, reason: r.Reason, version: "SIP/2.0", fields: fromFields(r.Headers()), body: r.Body()}
	m.source, _ = netip.ParseAddrPort(r.Source())
	m.transport = strings.ToLower(r.Transport())
	if len(m.body) == 0 {
		m.body = nil
	}
	return m
}

// fromRequest takes a request over from the library.
func fromRequest(r *sip.Request, conn sip.Connection) *message {
	m := &message{
		method: string(r.Method), uri: r.Recipient.String(), version: "SIP/2.0",
		fields: fromFields(r.Headers()), body: r.Body(), transport: strings.ToLower(r.Transport()),
	}
	m.source, _ = netip.ParseAddrPort(r.Source())
	m.source = netip.AddrPortFrom(m.source.Addr().Unmap(), m.source.Port())
	m.local = addrPort(conn.LocalAddr())
	if len(m.body) == 0 {
		m.body = nil
	}
	return m
}

// serverTx answers one request.
type serverTx struct {
	u   *UA
	tx  *sip.ServerTx
	req *message
	it  *inviteTx // of an INVITE
}

// send answers with a response made by message.respond, to the address the request came from.
func (s *serverTx) send(res *message) {
	r := sip.NewResponse(res.status, res.reason)
	if res.status >= 200 && s.it != nil {
		s.it.final.CompareAndSwap(0, int32(res.status))
	}
	for _, f := range res.fields {
		r.AppendHeader(sip.NewHeader(f.Name, f.Value))
	}
	if res.status > 100 {
		r.AppendHeader(sip.NewHeader("Server", s.u.cfg.UserAgent))
	}
	r.SetBody(res.body)
	r.SetTransport(strings.ToUpper(s.req.transport))
	r.SetDestination(net.JoinHostPort(s.req.source.Addr().String(), strconv.Itoa(int(s.req.source.Port()))))
	_ = s.tx.Respond(r) // a broken transport shows in the transaction's end
}

// reply answers with a status and no body.
func (s *serverTx) reply(status int, extra ...Header) {
	s.send(s.req.respond(status, s.tag(), extra...))
}

func (s *serverTx) tag() string {
	if s.it != nil {
		return s.it.tag
	}
	return s.u.statelessTag(s.req)
}
