package media

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"sync"
	"syscall"
)

// ports hands out pairs of an even RTP port and the odd RTCP port above it
// (RFC 3550 §11). It goes round the range, so that a released pair rests until
// all others have had their turn and a late packet of the last call does not
// meet the next one.
type ports struct {
	mu    sync.Mutex
	first int // even; 0 = the system chooses
	pairs int
	next  int // index of the pair to try first
	used  []bool
}

func newPorts(low, high uint16) (*ports, error) {
	if low == 0 && high == 0 {
		return &ports{}, nil
	}
	first := (int(low) + 1) &^ 1
	pairs := (int(high) + 1 - first) / 2
	if low == 0 || pairs < 1 {
		return nil, fmt.Errorf("media: port range %d-%d holds no even port and the odd one above it", low, high)
	}
	return &ports{first: first, pairs: pairs, used: make([]bool, pairs)}, nil
}

// bind opens the next free pair on ip.
func (p *ports) bind(ip netip.Addr) (rtp, rtcp *net.UDPConn, err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.first == 0 {
		return bindAny(ip)
	}
	for range p.pairs {
		i := p.next
		p.next = (p.next + 1) % p.pairs
		if p.used[i] {
			continue
		}
		rtp, rtcp, err = bindPair(ip, uint16(p.first+2*i))
		if errors.Is(err, syscall.EADDRINUSE) {
			continue // another process has it
		}
		if err != nil {
			return nil, nil, err
		}
		p.used[i] = true
		return rtp, rtcp, nil
	}
	return nil, nil, ErrNoPorts
}

// release gives the pair of an RTP port back.
func (p *ports) release(port uint16) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.first != 0 {
		p.used[(int(port)-p.first)/2] = false
	}
}

// bindAny lets the system choose until it has chosen an even port whose
// neighbour is free.
func bindAny(ip netip.Addr) (rtp, rtcp *net.UDPConn, err error) {
	const attempts = 64
	for range attempts {
		probe, err := bindOne(ip, 0)
		if err != nil {
			return nil, nil, err
		}
		port := addrPort(probe).Port()
		if port%2 == 0 {
			if rtcp, err = bindOne(ip, port+1); err == nil {
				return probe, rtcp, nil
			}
		}
		_ = probe.Close()
	}
	return nil, nil, ErrNoPorts
}

func bindPair(ip netip.Addr, port uint16) (rtp, rtcp *net.UDPConn, err error) {
	if rtp, err = bindOne(ip, port); err != nil {
		return nil, nil, err
	}
	if rtcp, err = bindOne(ip, port+1); err != nil {
		_ = rtp.Close()
		return nil, nil, err
	}
	return rtp, rtcp, nil
}

func bindOne(ip netip.Addr, port uint16) (*net.UDPConn, error) {
	network := "udp4"
	if ip.Is6() {
		network = "udp6"
	}
	var lc net.ListenConfig
	conn, err := lc.ListenPacket(context.Background(), network, netip.AddrPortFrom(ip, port).String())
	if err != nil {
		return nil, fmt.Errorf("media: bind %s: %w", netip.AddrPortFrom(ip, port), err)
	}
	return conn.(*net.UDPConn), nil
}

// addrPort is the local address of a socket.
func addrPort(conn *net.UDPConn) netip.AddrPort {
	return conn.LocalAddr().(*net.UDPAddr).AddrPort()
}
