package webrtcua

import (
	"errors"
	"sync"
	"sync/atomic"

	"bandeau/media"
)

// Errors of a packet that goes nowhere.
var (
	errDetached  = errors.New("webrtc: another leg has the line")
	errNoSession = errors.New("webrtc: the browser is away")
)

// line joins an owner's session, which comes and goes with the page, and the leg
// whose audio it is to carry, which comes and goes with the call. It exists as
// long as either does. What is written here is written with the agent locked; the
// path of a packet reads without.
type line struct {
	owner    Owner
	session  atomic.Pointer[session]
	attached atomic.Pointer[attachment]

	reachable bool // as it was judged last

	receiving sync.Mutex // one packet at a time into the leg, though sessions change
}

func (l *line) idle() bool { return l.session.Load() == nil && l.attached.Load() == nil }

// attachment is a leg's claim to a line. It is the leg's wire.
type attachment struct {
	line *line
	leg  media.WireLeg
}

// Send implements media.Wire.
func (a *attachment) Send(packet []byte) error {
	if a.line.attached.Load() != a {
		return errDetached
	}
	s := a.line.session.Load()
	if s == nil {
		return errNoSession
	}
	return s.out.send(a, packet)
}

// receive hands a packet of a session to the leg that is attached.
func (l *line) receive(s *session, packet []byte) {
	if l.session.Load() != s {
		return
	}
	l.receiving.Lock()
	defer l.receiving.Unlock()
	if a := l.attached.Load(); a != nil {
		a.leg.Deliver(packet)
	}
}

// join tells the attached leg what the session speaks, when there are both.
func (l *line) join() {
	s, a := l.session.Load(), l.attached.Load()
	if s == nil || a == nil {
		return
	}
	a.leg.Configure(media.Remote{Codec: s.out.codec, DTMF: s.out.dtmf, Send: true, Receive: true})
}
