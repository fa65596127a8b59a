package sipua

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"strconv"
	"strings"
	"sync"
	"time"
)

// listener is one address we listen on, by UDP and by TCP.
type listener struct {
	addr netip.AddrPort
	udp  *gatedUDP
	tcp  net.Listener
}

// listen opens UDP and TCP on every address of a configuration. With port 0 both take the same free port, which on
// several addresses is the port the first one got.
func (u *UA) listen(ctx context.Context, at netip.AddrPort) error {
	addrs, err := expand(at.Addr())
	if err != nil {
		return err
	}
	port := at.Port()
	for _, a := range addrs {
		l, err := u.listenOne(ctx, netip.AddrPortFrom(a, port))
		if err != nil {
			u.closeListeners()
			return err
		}
		port = l.addr.Port()
		u.listeners = append(u.listeners, l)
	}
	return nil
}

func (u *UA) listenOne(ctx context.Context, at netip.AddrPort) (*listener, error) {
	const tries = 20 // with port 0: the free UDP port may be taken by TCP
	var lc net.ListenConfig
	for i := 0; ; i++ {
		pc, err := lc.ListenPacket(ctx, "udp", at.String())
		if err != nil {
			return nil, fmt.Errorf("cannot listen for SIP on udp %s: %w", at, errors.Unwrap(err))
		}
		if c, ok := pc.(*net.UDPConn); ok {
			_ = c.SetReadBuffer(1 << 20) // a burst of calls waits here; the kernel caps it
		}
		got := addrPort(pc.LocalAddr())
		tl, err := lc.Listen(ctx, "tcp", got.String())
		if err == nil {
			return &listener{addr: got, udp: newGatedUDP(u, pc, got), tcp: tl}, nil
		}
		_ = pc.Close()
		if at.Port() != 0 || i == tries {
			return nil, fmt.Errorf("cannot listen for SIP on tcp %s: %w", got, errors.Unwrap(err))
		}
	}
}

// expand lists the addresses a wildcard stands for: one of ours has to be in every message, and replies must leave
// from the address that was written to.
func expand(a netip.Addr) ([]netip.Addr, error) {
	if !a.IsUnspecified() {
		return []netip.Addr{a}, nil
	}
	all, err := net.InterfaceAddrs()
	if err != nil {
		return nil, fmt.Errorf("cannot list the addresses of this machine: %w", err)
	}
	var v4, v6 []netip.Addr
	for _, ia := range all {
		n, ok := ia.(*net.IPNet)
		if !ok {
			continue
		}
		ip, ok := netip.AddrFromSlice(n.IP)
		ip = ip.Unmap()
		switch {
		case !ok || ip.IsLinkLocalUnicast() || ip.IsMulticast():
		case ip.Is4():
			v4 = append(v4, ip)
		case a.Is6():
			v6 = append(v6, ip)
		}
	}
	out := append(v4, v6...)
	if len(out) == 0 {
		return nil, errors.New("no address to listen on for SIP")
	}
	return out, nil
}

func addrPort(a net.Addr) netip.AddrPort {
	ap, err := netip.ParseAddrPort(a.String())
	if err != nil {
		return netip.AddrPort{}
	}
	return netip.AddrPortFrom(ap.Addr().Unmap(), ap.Port())
}

func (u *UA) closeListeners() {
	for _, l := range u.listeners {
		_ = l.udp.Close()
		_ = l.tcp.Close()
	}
}

// gatedUDP is a UDP socket that lets the SIP library read only what the gate has passed. It keeps reading through
// everything else, so that the library neither stores the addresses of strangers nor parses their messages.
type gatedUDP struct {
	net.PacketConn
	u     *UA
	local netip.AddrPort
	buf   []byte
	up    chan struct{} // closed when the library reads, and so knows the socket
	once  sync.Once
}

func newGatedUDP(u *UA, pc net.PacketConn, local netip.AddrPort) *gatedUDP {
	return &gatedUDP{PacketConn: pc, u: u, local: local, buf: make([]byte, u.limits.UDPMessage+1), up: make(chan struct{})}
}

// ReadFrom returns the next datagram that passes the gate. It has one caller, the library's read loop.
func (g *gatedUDP) ReadFrom(p []byte) (int, net.Addr, error) {
	g.once.Do(func() { close(g.up) })
	for {
		n, addr, err := g.PacketConn.ReadFrom(g.buf)
		if err != nil {
			if errors.Is(err, net.ErrClosed) {
				return 0, nil, err
			}
			continue // an ICMP error of some earlier destination is nobody's business here
		}
		if n > g.u.limits.UDPMessage {
			g.u.counters.malformed.Add(1)
			continue
		}
		source := addrPort(addr)
		pass, reply := g.u.inspect(g.buf[:n], source, g.local, "udp")
		if reply != nil {
			_, _ = g.PacketConn.WriteTo(reply, addr)
		}
		if pass != nil {
			return copy(p, pass), addr, nil
		}
	}
}

// gatedTCP is a connection that gives the SIP library whole messages that have passed the gate, one per read.
type gatedTCP struct {
	net.Conn
	u       *UA
	source  netip.AddrPort
	local   netip.AddrPort
	in      []byte // read and not yet framed
	out     []byte // passed and not yet given to the library
	started time.Time
	once    sync.Once
}

var (
	errFraming = errors.New("no message boundary")
	errTooSlow = errors.New("message took too long")
)

// Read returns bytes of passed messages.
func (c *gatedTCP) Read(p []byte) (int, error) {
	for len(c.out) == 0 {
		raw, err := c.frame()
		if err != nil {
			c.u.dropConnection(c, err)
			return 0, net.ErrClosed
		}
		pass, reply := c.u.inspect(raw, c.source, c.local, "tcp")
		if reply != nil {
			if _, err := c.Write(reply); err != nil {
				c.u.dropConnection(c, err)
				return 0, net.ErrClosed
			}
		}
		c.out = pass
	}
	n := copy(p, c.out)
	c.out = c.out[n:]
	return n, nil
}

// Write bounds the time a peer that does not read can hold us.
func (c *gatedTCP) Write(p []byte) (int, error) {
	_ = c.SetWriteDeadline(time.Now().Add(c.u.limits.TCPWhole))
	return c.Conn.Write(p)
}

// Close ends the connection and whatever was bound to it.
func (c *gatedTCP) Close() error {
	err := c.Conn.Close()
	c.once.Do(func() { c.u.connectionGone(c) })
	return err
}

// frame returns the next whole message. The deadline counts from the first byte of a message to its last: one that
// started anew with each byte would let a byte every few seconds hold the connection (RFC 3261 §18.3 for framing).
func (c *gatedTCP) frame() ([]byte, error) {
	for {
		c.in = c.keepalives(c.in)
		size, err := frameSize(c.in, c.u.limits.TCPMessage)
		if err != nil {
			return nil, err
		}
		if size > 0 && len(c.in) >= size {
			msg := bytes.Clone(c.in[:size])
			c.in = append(c.in[:0], c.in[size:]...)
			c.started = time.Time{}
			return msg, nil
		}
		if err := c.fill(); err != nil {
			return nil, err
		}
	}
}

// keepalives removes the CRLFs between messages and answers a double one (RFC 5626 §3.5.1).
func (c *gatedTCP) keepalives(in []byte) []byte {
	for bytes.HasPrefix(in, []byte("\r\n")) {
		if bytes.HasPrefix(in, []byte("\r\n\r\n")) {
			in = in[2:]
			_, _ = c.Write([]byte("\r\n"))
		}
		in = in[2:]
	}
	if len(in) == 0 {
		c.started = time.Time{}
	}
	return in
}

func (c *gatedTCP) fill() error {
	now := time.Now()
	deadline := time.Time{}
	switch {
	case len(c.in) > 0:
		if c.started.IsZero() {
			c.started = now
		}
		deadline = c.started.Add(c.u.limits.TCPWhole)
	case !c.u.wanted(c.source):
		deadline = now.Add(c.u.limits.TCPIdle)
	}
	_ = c.SetReadDeadline(deadline)
	var buf [4096]byte
	n, err := c.Conn.Read(buf[:])
	c.in = append(c.in, buf[:n]...)
	if err == nil || n > 0 {
		return nil
	}
	var ne net.Error
	if errors.As(err, &ne) && ne.Timeout() {
		if len(c.in) == 0 && c.u.wanted(c.source) { // it registered meanwhile
			return nil
		}
		c.u.counters.tcpTimedOut.Add(1)
		return errTooSlow
	}
	return err
}

// frameSize returns the bytes of the first message in buf, 0 when that cannot be said yet.
func frameSize(buf []byte, limit int) (int, error) {
	end := bytes.Index(buf, []byte("\r\n\r\n"))
	if end < 0 {
		if len(buf) > limit {
			return 0, errFraming
		}
		return 0, nil
	}
	length := -1
	for line := range strings.SplitSeq(string(buf[:end]), "\r\n") {
		name, value, ok := strings.Cut(line, ":")
		if !ok || longName(strings.TrimSpace(name)) != "Content-Length" {
			continue
		}
		n, err := strconv.ParseUint(strings.TrimSpace(value), 10, 24)
		if err != nil || length >= 0 && length != int(n) {
			return 0, errFraming
		}
		length = int(n)
	}
	length = max(length, 0) // none: RFC 3261 §20.14 wants one; without, the message ends with its header
	if end+4+length > limit {
		return 0, errFraming
	}
	return end + 4 + length, nil
}

// tcpQueue hands connections, accepted and dialled, to the SIP library, which believes it accepts them. In this way
// both go through the gate. ready of the previous connection is closed when the library comes back for the next:
// by then it knows the one before.
type tcpQueue struct {
	addr   net.Addr
	ch     chan queued
	done   chan struct{}
	once   sync.Once
	before chan struct{}
}

type queued struct {
	conn  *gatedTCP
	ready chan struct{}
}

func newTCPQueue(addr net.Addr) *tcpQueue {
	return &tcpQueue{addr: addr, ch: make(chan queued), done: make(chan struct{})}
}

// Accept returns the next connection. It has one caller.
func (q *tcpQueue) Accept() (net.Conn, error) {
	if q.before != nil {
		close(q.before)
		q.before = nil
	}
	select {
	case c := <-q.ch:
		q.before = c.ready
		return c.conn, nil
	case <-q.done:
		return nil, net.ErrClosed
	}
}

// Close ends Accept.
func (q *tcpQueue) Close() error {
	q.once.Do(func() { close(q.done) })
	return nil
}

// Addr returns the address of a real listener.
func (q *tcpQueue) Addr() net.Addr { return q.addr }

// put gives a connection to the library and waits until it is known there.
func (q *tcpQueue) put(ctx context.Context, c *gatedTCP) error {
	item := queued{c, make(chan struct{})}
	for _, ch := range []func() error{
		func() error {
			select {
			case q.ch <- item:
				return nil
			case <-q.done:
			case <-ctx.Done():
			}
			return net.ErrClosed
		},
		func() error {
			select {
			case <-item.ready:
				return nil
			case <-q.done:
			case <-ctx.Done():
			}
			return net.ErrClosed
		},
	} {
		if err := ch(); err != nil {
			return err
		}
	}
	return nil
}

// accept takes connections of one listener until it is closed.
func (u *UA) accept(ctx context.Context, l *listener) {
	for {
		c, err := l.tcp.Accept()
		if err != nil {
			if errors.Is(err, net.ErrClosed) || ctx.Err() != nil {
				return
			}
			u.pause(ctx, 50*time.Millisecond) // out of descriptors: let some go first
			continue
		}
		g := u.adopt(c, l.addr)
		if g == nil {
			u.counters.tcpRefused.Add(1)
			_ = c.Close()
			continue
		}
		if u.tcpQueue.put(ctx, g) != nil {
			_ = g.Close()
		}
	}
}

// adopt enters a connection into the table, nil when a cap is reached.
func (u *UA) adopt(c net.Conn, local netip.AddrPort) *gatedTCP {
	g := &gatedTCP{Conn: c, u: u, source: addrPort(c.RemoteAddr()), local: local}
	known := u.wanted(g.source)
	u.mu.Lock()
	defer u.mu.Unlock()
	if len(u.conns) >= u.limits.TCPTotal || !known && u.connsPer[g.source.Addr()] >= u.limits.TCPPerAddress {
		return nil
	}
	u.conns[g.source] = g
	u.connsPer[g.source.Addr()]++
	return g
}

func (u *UA) dropConnection(c *gatedTCP, err error) {
	if errors.Is(err, errFraming) {
		u.counters.malformed.Add(1)
	}
	_ = c.Close()
}

// connectionGone forgets a connection, and the bindings that lived on it.
func (u *UA) connectionGone(c *gatedTCP) {
	u.mu.Lock()
	if u.conns[c.source] == c {
		delete(u.conns, c.source)
	}
	if n := u.connsPer[c.source.Addr()]; n > 1 {
		u.connsPer[c.source.Addr()] = n - 1
	} else {
		delete(u.connsPer, c.source.Addr())
	}
	u.mu.Unlock()
	u.reg.connectionGone(c.source)
}

// ensureTCP makes sure that the library has a connection to a destination.
func (u *UA) ensureTCP(ctx context.Context, dest netip.AddrPort) error {
	if conn, err := u.tl.GetConnection("tcp", net.JoinHostPort(dest.Addr().String(), strconv.Itoa(int(dest.Port())))); err == nil {
		_, _ = conn.TryClose()
		return nil
	}
	dctx, cancel := context.WithTimeout(ctx, u.limits.TCPWhole)
	defer cancel()
	d := net.Dialer{KeepAlive: 15 * time.Second}
	c, err := d.DialContext(dctx, "tcp", dest.String())
	if err != nil {
		return fmt.Errorf("cannot connect: %w", err)
	}
	g := u.adopt(c, u.localFor(dest.Addr()))
	if g == nil {
		_ = c.Close()
		return errors.New("too many connections")
	}
	if err := u.tcpQueue.put(dctx, g); err != nil {
		_ = g.Close()
		return err
	}
	return nil
}

// pause waits for d or the end of ctx.
func (u *UA) pause(ctx context.Context, d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
	case <-ctx.Done():
	}
}
