package telephony

import (
	"context"
	"fmt"
	"log/slog"
	"runtime/debug"
	"sync/atomic"
	"time"

	"bandeau/acd"
	"bandeau/internal/mailbox"
	"bandeau/telephony/sipua"
)

// call owns the legs of one call. Everything but post runs in its goroutine.
type call struct {
	sw     *Switch
	core   Core
	centre string
	id     acd.CallID
	log    *slog.Logger
	done   chan struct{}

	box *mailbox.Box[func()]

	started   time.Time
	legs      map[acd.LegID]*leg
	over      atomic.Bool // the core has ended the call, or never took it
	mix       []party
	recording *recording
	music     acd.SoundID // who was last on hold heard it
	timers    []*time.Timer
}

func newCall(s *Switch, core Core, centre string, id acd.CallID) *call {
	c := &call{
		sw: s, core: core, centre: centre, id: id, started: time.Now(),
		log:  s.cfg.Log.With("centre", centre, "call", string(id)),
		done: make(chan struct{}), box: mailbox.New[func()](),
		legs: make(map[acd.LegID]*leg),
	}
	c.after(s.cfg.MaxCall, c.tooLong)
	return c
}

// post adds a message to the mailbox. It never blocks, so that neither the
// engine nor a dialog ever waits for a call.
func (c *call) post(f func()) { c.box.Put(f) }

// crowded reports whether so much is waiting that keypad digits are dropped.
func (c *call) crowded() bool { return c.box.Len() > mailboxMark }

// after posts f once d has passed, unless the call is over by then.
func (c *call) after(d time.Duration, f func()) {
	c.timers = append(c.timers, time.AfterFunc(d, func() { c.post(f) }))
}

// run works through the mailbox until the call is forgotten and its legs are gone.
func (c *call) run(ctx context.Context) {
	defer close(c.done)
	defer c.cleanUp()
	for {
		for _, f := range c.box.Take() {
			c.guard(f)
		}
		if c.over.Load() && len(c.legs) == 0 {
			return
		}
		select {
		case <-c.box.Wake():
		case <-ctx.Done():
			return
		}
	}
}

// guard keeps a defect in one call from ending the others: the call is hung up.
func (c *call) guard(f func()) {
	defer func() {
		if p := recover(); p != nil {
			c.log.Error("call control panicked", "panic", fmt.Sprint(p), "stack", string(debug.Stack()))
			c.abort()
		}
	}()
	f()
}

func (c *call) cleanUp() {
	for _, t := range c.timers {
		t.Stop()
	}
	for _, l := range c.legs {
		l.release()
	}
	c.stopRecording()
}

// abort hangs everything up and says so to the core.
func (c *call) abort() {
	for _, l := range c.legs {
		l.lost(acd.EndSessionLost)
	}
}

// close ends the call because the switch closes. The core is told, but its word
// is not waited for: it may have stopped already.
func (c *call) close() {
	c.abort()
	c.forget()
}

// tooLong ends the call at its greatest length.
func (c *call) tooLong() {
	for _, l := range c.legs {
		l.lost(acd.EndTooLong)
	}
}

// forget: the core has ended the call. Dialogs that never say they are over are
// left behind after a while.
func (c *call) forget() {
	c.over.Store(true)
	c.after(goneAfter, func() {
		for id, l := range c.legs {
			c.log.Warn("leg did not end", "leg", int(id))
			for _, b := range l.branches {
				b.end()
			}
			l.release()
			delete(c.legs, id)
		}
	})
}

// execute carries out one effect.
func (c *call) execute(e acd.Effect) {
	switch e := e.(type) {
	case acd.PlaceLeg:
		c.placeLeg(e)
	case acd.ProgressLeg:
		c.with(e.Leg, func(l *leg) { l.progress(e.Early) })
	case acd.AnswerLeg:
		c.with(e.Leg, (*leg).answer)
	case acd.HangUpLeg:
		c.with(e.Leg, func(l *leg) { l.hangUp(e.Status, e.After) })
	case acd.PlayLeg:
		c.with(e.Leg, func(l *leg) { l.play(e) })
	case acd.PlayPrompt:
		c.playPrompt(e)
	case acd.Announce:
		c.say(e)
	case acd.JoinLegs:
		c.join(c.legs[e.A], c.legs[e.B])
	case acd.PartLegs:
		c.part(c.legs[e.A], c.legs[e.B])
	case acd.MixLegs:
		c.mixLegs(e)
	case acd.MuteLeg:
		c.with(e.Leg, func(l *leg) { l.mute(e.On) })
	case acd.StartRecording:
		c.startRecording(c.legs[e.Customer], c.legs[e.Operator])
	case acd.PauseRecording:
		c.pauseRecording(e.On)
	case acd.StopRecording:
		c.stopRecording()
	case acd.ForgetCall:
		c.forget()
	case acd.EndSession:
		// Not about a call; see effectCall.
	}
	c.changed()
}

func (c *call) with(id acd.LegID, f func(*leg)) {
	if l := c.legs[id]; l != nil {
		f(l)
	}
}

// playPrompt says something to legs, and tells the core when all have heard it.
// A leg that goes meanwhile tells the core so itself.
func (c *call) playPrompt(e acd.PlayPrompt) {
	src, ends := c.sw.sounds.prompt(e.Prompt, e.Language)
	left := 0
	heard := func() {
		if left--; left == 0 {
			c.core.Post(acd.PromptEnded{Call: c.id, Prompt: e.Number})
		}
	}
	for _, id := range e.Legs {
		l := c.legs[id]
		if l == nil || l.state != legUp {
			continue
		}
		left++
		if ends {
			l.sayOnce(src, heard)
		} else {
			l.ask(src)
		}
	}
}

// say makes an announcement to a caller who waits, and tells the core when he has
// heard it. He may be in early media. One that says nothing is over at once.
func (c *call) say(e acd.Announce) {
	l := c.legs[e.Leg]
	if l == nil || l.state != legUp && (l.state != legIncoming || !l.early) {
		return
	}
	heard := func() { c.core.Post(acd.PromptEnded{Call: c.id, Prompt: e.Number}) }
	src, some := c.sw.sounds.announcement(c.centre, e)
	if !some {
		heard()
		return
	}
	l.sayOnce(src, heard)
}

// join lets two legs hear each other.
func (c *call) join(a, b *leg) {
	if a == nil || b == nil {
		return
	}
	for _, l := range []*leg{a, b} {
		if l.peer != nil && l.peer != a && l.peer != b {
			c.part(l, l.peer)
		}
	}
	for _, l := range []*leg{a, b} {
		l.referEnds(l.referStatus())
	}
	c.unmix(a)
	c.unmix(b)
	a.peer, b.peer = b, a
	for _, l := range []*leg{a, b} {
		// A caller who is not answered yet hears through early media.
		if l.state == legIncoming {
			l.progress(true)
		}
		l.silence()
	}
	c.bridge(a)
}

// bridge connects the audio of a leg and its peer, or its mix, as far as they
// have any.
func (c *call) bridge(l *leg) {
	if l.peer == nil {
		if c.mixed(l) {
			c.remix()
		}
		c.rearranged()
		return
	}
	if a, b := l.audio(), l.peer.audio(); a != nil && b != nil {
		if err := c.sw.cfg.Plane.Bridge(a, b); err != nil {
			c.log.Error("legs not joined", "error", err)
		}
	}
	c.rearranged()
}

// rearranged follows a change of who hears whom.
func (c *call) rearranged() {
	c.record()
	c.comfort()
}

func (c *call) part(a, b *leg) {
	if a == nil || b == nil {
		return
	}
	if x, y := a.audio(), b.audio(); x != nil && y != nil {
		c.sw.cfg.Plane.Unbridge(x, y)
	}
	a.peer, b.peer = nil, nil
	c.unmix(a)
	c.unmix(b)
	c.rearranged()
}

// endCause says to the core how a dialog ended.
func endCause(e sipua.Ended) acd.EndCause {
	if e.By == sipua.BySystem {
		return acd.EndSessionLost
	}
	switch e.Cause {
	case sipua.EndBye, sipua.EndCancel, sipua.EndRejected:
		return acd.EndHungUp
	case sipua.EndNoAck, sipua.EndSessionExpired, sipua.EndTimeout, sipua.EndTransportLost, sipua.EndRefused:
		return acd.EndSessionLost
	}
	return acd.EndSessionLost
}

// failCause says to the core why a leg was not answered.
func failCause(f sipua.Failed) acd.FailCause {
	switch f.Cause {
	case sipua.CauseBusy:
		return acd.FailBusy
	case sipua.CauseRejected:
		return acd.FailRejected
	case sipua.CauseNoAnswer:
		return acd.FailNoAnswer
	case sipua.CauseRedirected:
		return acd.FailRedirected
	case sipua.CauseUnreachable, sipua.CauseCancelled, sipua.CauseTimeout, sipua.CauseAuth:
		return acd.FailUnreachable
	}
	return acd.FailUnreachable
}
