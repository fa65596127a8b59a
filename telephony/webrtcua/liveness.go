package webrtcua

import (
	"slices"

	"github.com/pion/webrtc/v4"
)

// Reachable reports whether an owner's browser could take a call now.
func (u *UA) Reachable(owner Owner) bool {
	u.mu.Lock()
	defer u.mu.Unlock()
	l := u.lines[owner]
	return l != nil && u.judge(l)
}

// Pong takes a page's sign of life.
func (u *UA) Pong(owner Owner, id string, n uint64) {
	u.mu.Lock()
	defer u.mu.Unlock()
	s := u.find(owner, id)
	if s == nil || n <= s.ponged || n > s.pinged {
		return
	}
	s.ponged, s.pongAt = n, u.clock.Now()
	u.judge(s.line)
}

// judge decides whether a line's browser is reachable: it is connected, and its
// page has answered lately. The agent is locked.
func (u *UA) judge(l *line) bool {
	s := l.session.Load()
	reachable := s != nil && s.connected && s.ponged > 0 && u.clock.Now().Sub(s.pongAt) <= maxSilence
	if reachable != l.reachable {
		l.reachable = reachable
		if !slices.Contains(u.changed, l.owner) {
			u.changed = append(u.changed, l.owner)
		}
		select {
		case u.news <- struct{}{}:
		default:
		}
	}
	return reachable
}

// connection takes a change of a session's connection. The library calls it from a
// goroutine for each change, in any order: what counts is how it stands now.
func (u *UA) connection(s *session) {
	if u.connectionChanged(s) {
		s.link.Ping(s.id, 1) // it need not wait for the next second to be known
	}
}

// connectionChanged does so with the agent locked, and reports whether this is the
// session's first connection.
func (u *UA) connectionChanged(s *session) (first bool) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if s.line.session.Load() != s {
		return false
	}
	state := s.pc.ConnectionState()
	s.connected = state == webrtc.PeerConnectionStateConnected
	switch state {
	case webrtc.PeerConnectionStateConnected:
		if first = s.pinged == 0; first {
			s.pinged = 1
		}
	case webrtc.PeerConnectionStateFailed, webrtc.PeerConnectionStateClosed:
		u.end(s)
		return false
	case webrtc.PeerConnectionStateUnknown, webrtc.PeerConnectionStateNew,
		webrtc.PeerConnectionStateConnecting, webrtc.PeerConnectionStateDisconnected:
	}
	u.judge(s.line)
	return first
}

// run asks every page for a sign of life, every second.
func (u *UA) run() {
	next := u.clock.Now()
	for {
		next = next.Add(pingEvery)
		if now := u.clock.Now(); next.Before(now) {
			next = now // after a stall nothing is caught up with
		}
		if !u.clock.Until(next, u.stop) {
			return
		}
		for _, s := range u.due() {
			s.link.Ping(s.id, s.n)
		}
	}
}

// ping is one to be sent.
type ping struct {
	link Link
	id   string
	n    uint64
}

// due judges everybody anew, gives up who does not connect, and returns the pings
// to be sent.
func (u *UA) due() []ping {
	u.mu.Lock()
	defer u.mu.Unlock()
	pings := make([]ping, 0, u.sessions)
	for _, l := range u.lines {
		s := l.session.Load()
		if s == nil {
			continue
		}
		u.judge(l)
		switch {
		case s.connected:
			s.pinged++
			pings = append(pings, ping{s.link, s.id, s.pinged})
		case s.pinged == 0 && u.clock.Now().Sub(s.made) > connectWithin:
			u.end(s)
		}
	}
	return pings
}

// announce tells the handler what has changed.
func (u *UA) announce() {
	for {
		select {
		case <-u.news:
		case <-u.stop:
			return
		}
		for owner, reachable, ok := u.change(); ok; owner, reachable, ok = u.change() {
			u.handler.BrowserChanged(owner, reachable)
		}
	}
}

// change returns the next change the handler has not been told of.
func (u *UA) change() (owner Owner, reachable, ok bool) {
	u.mu.Lock()
	defer u.mu.Unlock()
	for len(u.changed) > 0 && !u.closed {
		owner = u.changed[0]
		u.changed = slices.Delete(u.changed, 0, 1)
		l := u.lines[owner]
		reachable = l != nil && l.reachable
		switch _, was := u.told[owner]; {
		case reachable && !was:
			u.told[owner] = struct{}{}
			return owner, true, true
		case !reachable && was:
			delete(u.told, owner)
			return owner, false, true
		}
	}
	return Owner{}, false, false
}
