package siptest

import (
	"bufio"
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/netip"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// maxMessage bounds a SIP message in bytes, over either transport.
const maxMessage = 65535

// ErrClosed is returned by what needs a phone, trunk or peer that has ended.
var ErrClosed = errors.New("siptest: closed")

// link is the way to one remote address: the shared UDP socket, or one TCP
// connection.
type link struct {
	endpoint  *endpoint
	transport string
	remote    netip.AddrPort

	writing sync.Mutex
	tcp     net.Conn // nil for UDP
}

// send writes one message. A silenced endpoint drops it, as a pulled cable
// would.
func (l *link) send(data []byte) error {
	if !l.endpoint.alive.Load() {
		return nil
	}
	if l.tcp == nil {
		_, err := l.endpoint.udp.WriteToUDPAddrPort(data, l.remote)
		return wrapClosed(err)
	}
	l.writing.Lock()
	defer l.writing.Unlock()
	_, err := l.tcp.Write(data)
	return wrapClosed(err)
}

func wrapClosed(err error) error {
	if errors.Is(err, net.ErrClosed) {
		return ErrClosed
	}
	return err
}

// endpoint owns the sockets of one phone, trunk or peer and the goroutines
// that read them.
type endpoint struct {
	addr    netip.AddrPort
	log     *slog.Logger
	udp     *net.UDPConn
	tcp     *net.TCPListener
	deliver func(raw []byte, l *link)
	closing func() // runs after the sockets are closed, more than once
	alive   atomic.Bool

	ctx    context.Context
	cancel context.CancelFunc
	group  sync.WaitGroup

	guard  sync.Mutex
	closed bool
	links  map[netip.AddrPort]*link // open TCP connections by remote address
}

// newEndpoint listens on local for UDP and TCP at the same port; port 0
// chooses one that both have free. Nothing is read before run.
func newEndpoint(ctx context.Context, local netip.AddrPort, log *slog.Logger) (*endpoint, error) {
	if !local.Addr().IsValid() {
		local = netip.AddrPortFrom(netip.AddrFrom4([4]byte{127, 0, 0, 1}), local.Port())
	}
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	e := &endpoint{log: log, links: make(map[netip.AddrPort]*link)}
	e.alive.Store(true)
	var err error
	// A port free for UDP may be taken for TCP: try others, unless it was asked for.
	for range 20 {
		if err = e.listen(ctx, local); err == nil {
			break
		}
		if local.Port() != 0 {
			break
		}
	}
	if err != nil {
		return nil, fmt.Errorf("siptest: listening on %s: %w", local, err)
	}
	e.ctx, e.cancel = context.WithCancel(ctx)
	return e, nil
}

func (e *endpoint) listen(ctx context.Context, local netip.AddrPort) error {
	udp, err := net.ListenUDP("udp", net.UDPAddrFromAddrPort(local))
	if err != nil {
		return err
	}
	addr := udp.LocalAddr().(*net.UDPAddr).AddrPort()
	addr = netip.AddrPortFrom(addr.Addr().Unmap(), addr.Port())
	var config net.ListenConfig
	tcp, err := config.Listen(ctx, "tcp", addr.String())
	if err != nil {
		return errors.Join(err, udp.Close())
	}
	e.addr, e.udp, e.tcp = addr, udp, tcp.(*net.TCPListener)
	return nil
}

// run starts the readers; deliver is called from them and must not block.
// Closing frees what was spawned with the help of deliver.
func (e *endpoint) run(deliver func(raw []byte, l *link), closing func()) {
	e.deliver, e.closing = deliver, closing
	e.spawn(e.readUDP)
	e.spawn(e.acceptTCP)
	e.spawn(func() {
		<-e.ctx.Done()
		e.closeSockets()
		e.closing()
	})
}

// spawn runs f in a goroutine that close waits for. It is the only place of
// this package that starts one.
func (e *endpoint) spawn(f func()) bool {
	e.guard.Lock()
	defer e.guard.Unlock()
	if e.closed {
		return false
	}
	e.group.Go(f)
	return true
}

func (e *endpoint) closeSockets() {
	e.guard.Lock()
	e.closed = true
	links := make([]*link, 0, len(e.links))
	for _, l := range e.links {
		links = append(links, l)
	}
	e.guard.Unlock()
	for _, c := range []io.Closer{e.udp, e.tcp} {
		e.closeQuietly(c)
	}
	for _, l := range links {
		e.closeQuietly(l.tcp)
	}
}

func (e *endpoint) closeQuietly(c io.Closer) {
	if err := c.Close(); err != nil && !errors.Is(err, net.ErrClosed) {
		e.log.Debug("closing a socket", "error", err)
	}
}

// close ends every goroutine and waits for them.
func (e *endpoint) close() {
	e.cancel()
	e.closeSockets()
	e.closing()
	e.group.Wait()
}

func (e *endpoint) readUDP() {
	buffer := make([]byte, maxMessage)
	for {
		n, source, err := e.udp.ReadFromUDPAddrPort(buffer)
		if err != nil {
			if e.ctx.Err() != nil || errors.Is(err, net.ErrClosed) {
				return
			}
			continue // an ICMP error about an earlier datagram is not ours to handle
		}
		if !e.alive.Load() || len(bytes.TrimSpace(buffer[:n])) == 0 {
			continue
		}
		source = netip.AddrPortFrom(source.Addr().Unmap(), source.Port())
		e.deliver(bytes.Clone(buffer[:n]), &link{endpoint: e, transport: "udp", remote: source})
	}
}

func (e *endpoint) acceptTCP() {
	for {
		conn, err := e.tcp.AcceptTCP()
		if err != nil {
			if e.ctx.Err() != nil || errors.Is(err, net.ErrClosed) {
				return
			}
			continue
		}
		e.adopt(conn)
	}
}

// adopt reads from a TCP connection until it ends and makes it known under its
// remote address.
func (e *endpoint) adopt(conn net.Conn) *link {
	remote := conn.RemoteAddr().(*net.TCPAddr).AddrPort()
	remote = netip.AddrPortFrom(remote.Addr().Unmap(), remote.Port())
	l := &link{endpoint: e, transport: "tcp", remote: remote, tcp: conn}
	e.guard.Lock()
	e.links[remote] = l
	e.guard.Unlock()
	if !e.spawn(func() { e.readTCP(l) }) {
		e.closeQuietly(conn)
	}
	return l
}

func (e *endpoint) readTCP(l *link) {
	defer func() {
		e.guard.Lock()
		if e.links[l.remote] == l {
			delete(e.links, l.remote)
		}
		e.guard.Unlock()
		e.closeQuietly(l.tcp)
	}()
	reader := bufio.NewReaderSize(l.tcp, maxMessage)
	for {
		raw, err := readStream(reader)
		if err != nil {
			return
		}
		if e.alive.Load() {
			e.deliver(raw, l)
		}
	}
}

// readStream reads one message of a stream, RFC 3261 §18.3: headers up to the
// empty line, then as many bytes as Content-Length says.
func readStream(r *bufio.Reader) ([]byte, error) {
	var raw []byte
	length := 0
	for {
		line, err := r.ReadSlice('\n')
		if err != nil {
			return nil, err
		}
		if len(raw) == 0 && len(bytes.TrimSpace(line)) == 0 {
			continue // keep-alive, RFC 5626 §3.5.1
		}
		raw = append(raw, line...)
		if len(raw) > maxMessage {
			return nil, fmt.Errorf("%w: more than %d bytes", errMalformed, maxMessage)
		}
		text := strings.TrimSpace(string(line))
		if text == "" {
			break
		}
		name, value, _ := strings.Cut(text, ":")
		if strings.EqualFold(longName(strings.TrimSpace(name)), "Content-Length") {
			if length, err = strconv.Atoi(strings.TrimSpace(value)); err != nil || length < 0 || length > maxMessage {
				return nil, fmt.Errorf("%w: content length %q", errMalformed, value)
			}
		}
	}
	body := make([]byte, length)
	if _, err := io.ReadFull(r, body); err != nil {
		return nil, err
	}
	return append(raw, body...), nil
}

// connect returns the way to a remote address, dialling TCP when no connection
// is open.
func (e *endpoint) connect(ctx context.Context, transport string, remote netip.AddrPort) (*link, error) {
	if !remote.IsValid() {
		return nil, errors.New("siptest: no address to send to")
	}
	if transport != "tcp" {
		return &link{endpoint: e, transport: "udp", remote: remote}, nil
	}
	e.guard.Lock()
	l := e.links[remote]
	e.guard.Unlock()
	if l != nil {
		return l, nil
	}
	dialer := net.Dialer{Timeout: 5 * time.Second}
	conn, err := dialer.DialContext(ctx, "tcp", remote.String())
	if err != nil {
		return nil, fmt.Errorf("siptest: connecting: %w", err)
	}
	return e.adopt(conn), nil
}

// newToken returns a random word for tags, branches and Call-IDs.
func newToken() string { return strings.ToLower(rand.Text())[:20] }

// newBranch returns a Via branch with the cookie of RFC 3261 §8.1.1.7.
func newBranch() string { return "z9hG4bK" + newToken() }
