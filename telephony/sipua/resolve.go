package sipua

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"strings"
	"time"
)

func literalAddr(host string) (netip.Addr, bool) {
	a, err := netip.ParseAddr(strings.Trim(host, "[]"))
	return a.Unmap(), err == nil
}

// resolve finds the addresses of a host (RFC 3263 §4): SRV when no port is given, else or failing that A and AAAA.
func (u *UA) resolve(ctx context.Context, host string, port int, transport string) ([]netip.AddrPort, error) {
	orPort := func(p int) uint16 {
		if p == 0 {
			return 5060
		}
		return uint16(p)
	}
	if a, ok := literalAddr(host); ok {
		return []netip.AddrPort{netip.AddrPortFrom(a, orPort(port))}, nil
	}
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	var out []netip.AddrPort
	add := func(name string, port uint16) error {
		ips, err := net.DefaultResolver.LookupNetIP(ctx, "ip", name)
		for _, ip := range ips {
			if ip = ip.Unmap(); u.localFor(ip).Addr().Is4() == ip.Is4() {
				out = append(out, netip.AddrPortFrom(ip, port))
			}
		}
		return err
	}
	if port == 0 {
		if _, srvs, err := net.DefaultResolver.LookupSRV(ctx, "sip", transport, host); err == nil {
			for _, s := range srvs {
				_ = add(s.Target, s.Port)
			}
		}
	}
	if len(out) == 0 {
		if err := add(host, orPort(port)); err != nil {
			return nil, fmt.Errorf("cannot resolve %s: %w", host, err)
		}
	}
	if len(out) == 0 {
		return nil, fmt.Errorf("no usable address for %s", host)
	}
	return out, nil
}
