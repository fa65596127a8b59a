package demo

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/netip"
	"slices"
	"sync"
	"time"

	"bandeau/telephony/siptest"
)

const (
	// pulse is how often the crowd thinks of calling, in time on the wall.
	pulse = 200 * time.Millisecond
	// maxCallers is how many call at the same time, and maxQueue how many wait
	// before nobody else tries: the demonstration stays gentle.
	maxCallers = 28
	maxQueue   = 14
	// courtesy is how long the newcomer is left in peace before a call is placed
	// for him, and again how long until the next one, should it not reach him; on
	// the wall.
	courtesy = time.Second
	again    = 4 * time.Second
	// firstCall is after how long a new number is called.
	firstCall = 3 * time.Second
)

// callers are the people outside who call the centre.
type callers struct {
	trunk  *siptest.Trunk
	server netip.AddrPort
	watch  *watch
	tempo  tempo
	counts *counts
	dice   *rand.Rand

	calls sync.WaitGroup
	mu    sync.Mutex
	live  map[string]profile // by number
}

// crowd is what the callers remember between two thoughts.
type crowd struct {
	known     map[string]time.Time // numbers, and when each was first seen
	begun     bool                 // the first numbers are no news
	freeSince time.Time            // the newcomer waits
	spared    time.Time            // no call for him before
}

// run lets people call until the context ends, and waits for them.
func (c *callers) run(ctx context.Context) {
	defer c.calls.Wait()
	m := &crowd{known: map[string]time.Time{}}
	for sleep(ctx, pulse) {
		s := c.watch.now()
		if s == nil {
			continue
		}
		if m.wantsNewcomer(s, c.watch.newcomer, time.Now()) {
			c.place(ctx, receptionNumber)
		}
		for _, number := range m.news(s.lines, time.Now()) {
			c.place(ctx, number)
		}
		chance := rate(c.tempo.elapsed()) * pulse.Seconds() * c.tempo.pace
		if c.dice.Float64() < chance && s.waiting() < maxQueue {
			if number, ok := dial(c.dice, s.lines); ok {
				c.place(ctx, number)
			}
		}
	}
}

// wantsNewcomer says whether it is time for a call that only the newcomer can
// be offered.
func (m *crowd) wantsNewcomer(s *sight, name string, now time.Time) bool {
	if !s.isFree(name, s.at) {
		m.freeSince = time.Time{}
		return false
	}
	if m.freeSince.IsZero() {
		m.freeSince = now
	}
	if now.Sub(m.freeSince) < courtesy || now.Before(m.spared) {
		return false
	}
	m.spared = now.Add(again)
	return true
}

// news returns the numbers that an administrator has created and that nobody
// has called yet.
func (m *crowd) news(lines []line, now time.Time) []string {
	var out []string
	for _, l := range lines {
		seen, known := m.known[l.number]
		switch {
		case !known && !m.begun:
			m.known[l.number] = time.Time{}
		case !known:
			m.known[l.number] = now
		case !seen.IsZero() && now.Sub(seen) >= firstCall:
			m.known[l.number] = time.Time{}
			out = append(out, l.number)
		}
	}
	m.begun = m.begun || len(lines) > 0
	return out
}

// place lets somebody call a number who is not calling already.
func (c *callers) place(ctx context.Context, number string) {
	p, ok := c.somebody()
	if !ok {
		return
	}
	c.calls.Go(func() {
		defer c.forget(p)
		if err := c.call(ctx, p, number); err != nil {
			c.counts.failed(ctx, "call "+number, err)
		}
	})
}

// somebody finds a caller; false when all that may call do.
func (c *callers) somebody() (profile, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	free := slices.DeleteFunc(contacts(), func(who contact) bool {
		_, calls := c.live[who.number]
		return calls
	})
	if len(free) == 0 || len(c.live) >= maxCallers {
		return profile{}, false
	}
	p := newProfile(c.dice, pick(c.dice, free...))
	c.live[p.number] = p
	return p, true
}

func (c *callers) forget(p profile) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.live, p.number)
}

// speaking returns who is calling from a number.
func (c *callers) speaking(number string) (profile, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	p, ok := c.live[number]
	return p, ok
}

// call is one call, from the first ring to the end.
func (c *callers) call(ctx context.Context, p profile, number string) error {
	o := siptest.DialOptions{To: c.server, FromUser: p.number, FromDisplay: p.name}
	if p.number == "" {
		// As carriers do it (RFC 3325): the number is withheld from the called.
		o.FromURI, o.FromDisplay, o.Privacy = "sip:anonymous@anonymous.invalid", "Anonymous", "id"
	}
	call, err := c.trunk.Call(ctx, number, o)
	if err != nil {
		return err
	}
	defer call.HangUp()
	c.counts.placed.Add(1)
	call.SendAudio(p.voice.samples)
	placed, began := time.Now(), c.tempo.now()
	var served time.Time
	for sleepOrEnd(ctx, call) {
		now, s := c.tempo.now(), c.watch.now()
		if s != nil && s.at.After(placed) && served.IsZero() && s.isServed(p.number) {
			served = now
			c.counts.served.Add(1)
		}
		talked := time.Duration(0)
		if !served.IsZero() {
			talked = max(now.Sub(served), 1)
		}
		if !p.stillCalling(now.Sub(began), talked, s != nil) {
			if served.IsZero() {
				c.counts.gaveUp.Add(1)
			}
			return nil
		}
	}
	return endOf(call)
}

// sleepOrEnd lets a pulse pass, and returns false when the call or the context
// ended first.
func sleepOrEnd(ctx context.Context, call *siptest.Call) bool {
	timer := time.NewTimer(pulse)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-call.Ended():
		return false
	case <-ctx.Done():
		return false
	}
}

// endOf says what is wrong with the end of a call, nil when it was in order.
func endOf(call *siptest.Call) error {
	if by := call.EndedBy(); by == siptest.ByFailure || by == siptest.ByTimeout {
		return fmt.Errorf("%s: %d %s", by, call.FinalStatus(), call.Reason())
	}
	return nil
}
