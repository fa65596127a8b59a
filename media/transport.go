package media

import (
	"errors"
	"net"
	"net/netip"
	"sync/atomic"
)

// transport is how a leg's packets come and go. What it receives it hands to the
// leg's receive.
type transport interface {
	// local is where the far side sends to, for our session description.
	local() netip.AddrPort
	// reach is where packets go and must come from, given the address of the far
	// side's description; invalid = nowhere.
	reach(described netip.AddrPort) netip.AddrPort
	// send carries one packet; it keeps nothing of it and allocates nothing.
	send(packet []byte, to netip.AddrPort) error
	// close ends it and the goroutine that reads it, if there is one.
	close()
}

// socket is the transport of a leg with a pair of ports of its own.
type socket struct {
	ports     *ports
	rtp, rtcp *net.UDPConn
	at        netip.AddrPort
}

func newSocket(ports *ports, ip netip.Addr) (*socket, error) {
	rtp, rtcp, err := ports.bind(ip)
	if err != nil {
		return nil, err
	}
	return &socket{ports, rtp, rtcp, canonical(addrPort(rtp))}, nil
}

func (s *socket) local() netip.AddrPort { return s.at }

func (s *socket) reach(described netip.AddrPort) netip.AddrPort {
	if !described.IsValid() || described.Addr().IsUnspecified() || described.Port() == 0 {
		return netip.AddrPort{}
	}
	return described
}

func (s *socket) send(packet []byte, to netip.AddrPort) error {
	_, err := s.rtp.WriteToUDPAddrPort(packet, to)
	return err
}

func (s *socket) close() {
	_ = s.rtp.Close()
	_ = s.rtcp.Close()
	s.ports.release(s.at.Port())
}

// run reads the socket until it is closed.
func (s *socket) run(l *leg) {
	buf := make([]byte, maxDatagram)
	for errs := 0; errs < maxReadErrors; {
		n, from, err := s.rtp.ReadFromUDPAddrPort(buf)
		switch {
		case errors.Is(err, net.ErrClosed):
			return
		case err != nil:
			errs++
		default:
			errs = 0
			l.receive(buf[:n], canonical(from), l.plane.elapsed())
		}
	}
	l.plane.log.Error("rtp socket failed", "addr", s.at.String())
}

// wire is the transport of a leg whose packets somebody else carries. It has one
// far end: whatever comes through it comes from there, and the address of a
// session description says nothing.
type wire struct {
	far atomic.Pointer[Wire]
}

// errNoWire is what becomes of a packet while nobody carries it.
var errNoWire = errors.New("media: no wire")

// wireEnd stands for the far end of a wire where a leg asks for an address. No
// socket sends from it.
func wireEnd() netip.AddrPort { return netip.AddrPortFrom(netip.IPv4Unspecified(), 1) }

func (w *wire) local() netip.AddrPort { return netip.AddrPort{} }

func (w *wire) reach(netip.AddrPort) netip.AddrPort { return wireEnd() }

func (w *wire) send(packet []byte, _ netip.AddrPort) error {
	far := w.far.Load()
	if far == nil {
		return errNoWire
	}
	return (*far).Send(packet)
}

func (w *wire) close() { w.far.Store(nil) }

// wireLeg is a leg on a wire.
type wireLeg struct {
	*leg
	wire *wire
}

// Deliver implements WireLeg.
func (l wireLeg) Deliver(packet []byte) {
	if l.closed.Load() {
		return
	}
	l.receive(packet, wireEnd(), l.plane.elapsed())
}

// Connect implements WireLeg.
func (l wireLeg) Connect(far Wire) {
	if far == nil || l.closed.Load() {
		l.wire.far.Store(nil)
		return
	}
	l.wire.far.Store(&far)
	if l.closed.Load() { // while it was stored: a closed leg keeps nobody
		l.wire.far.Store(nil)
	}
}
