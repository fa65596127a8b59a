package sipua

import (
	"net/netip"
	"sync"
	"time"
)

// bucket is a token bucket.
type bucket struct {
	tokens float64
	last   time.Time
}

func (b *bucket) take(now time.Time, rate float64, burst int) bool {
	if b.last.IsZero() {
		b.tokens = float64(burst)
	} else if dt := now.Sub(b.last).Seconds(); dt > 0 {
		b.tokens = min(float64(burst), b.tokens+dt*rate)
	}
	b.last = now
	if b.tokens < 1 {
		return false
	}
	b.tokens--
	return true
}

// rates follows a bounded number of addresses. When the table is full the addresses without an entry share one
// bucket, so that a flood from forged sources costs no memory and cannot push out those who were there before.
type rates struct {
	mu       sync.Mutex
	limits   *Limits
	byAddr   map[netip.AddrPort]*bucket
	overflow bucket
	answers  bucket // to strangers, all together
	swept    time.Time
}

func newRates(l *Limits) *rates {
	return &rates{limits: l, byAddr: make(map[netip.AddrPort]*bucket)}
}

// rateKey is the address a stranger is limited by: ports are free to invent, and so is half an IPv6 address.
func rateKey(a netip.AddrPort) netip.AddrPort {
	ip := a.Addr().Unmap()
	if ip.Is6() {
		if p, err := ip.Prefix(64); err == nil {
			ip = p.Addr()
		}
	}
	return netip.AddrPortFrom(ip, 0)
}

// allow takes a token for a message of a class from an address.
func (r *rates) allow(now time.Time, c sourceClass, source netip.AddrPort) bool {
	rate, burst, key := r.limits.StrangerRate, r.limits.StrangerBurst, rateKey(source)
	switch c {
	case sourceStranger:
	case sourceTrunk, sourceHost:
		rate, burst = r.limits.TrunkRate, r.limits.TrunkBurst
	case sourcePhone, sourceDialog:
		rate, burst, key = r.limits.PhoneRate, r.limits.PhoneBurst, source
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.sweep(now)
	b := r.byAddr[key]
	if b == nil {
		if len(r.byAddr) >= r.limits.RateTable {
			if c == sourceStranger {
				return r.overflow.take(now, r.limits.StrangersRate, int(r.limits.StrangersRate))
			}
		}
		b = &bucket{}
		r.byAddr[key] = b
	}
	return b.take(now, rate, burst)
}

// answer takes a token of those for answers to strangers.
func (r *rates) answer(now time.Time) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.answers.take(now, r.limits.StrangersRate, int(r.limits.StrangersRate))
}

// sweep forgets addresses whose bucket is full again anyway.
func (r *rates) sweep(now time.Time) {
	if now.Sub(r.swept) < 10*time.Second {
		return
	}
	r.swept = now
	for k, b := range r.byAddr {
		if now.Sub(b.last) > 30*time.Second {
			delete(r.byAddr, k)
		}
	}
}
