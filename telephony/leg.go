package telephony

import (
	"bandeau/acd"
	"bandeau/media"
	"bandeau/telephony/sipua"
)

// legState is where a leg stands.
//
//	legIncoming → legUp         answer
//	legPlacing  → legUp         a branch was answered
//	legUp       → legClosing    hung up, a last sound to be heard first
//	any         → legGone       hung up, failed or lost
type legState uint8

const (
	legIncoming legState = iota + 1 // the far side calls; not answered
	legPlacing                      // we call; no final answer yet
	legUp                           // answered
	legClosing                      // hears a last sound, then is hung up
	legGone                         // waits only for the last events of its dialogs
)

// leg is one party of a call: a phone, or the outside. While it is being placed
// it may have several branches, one per contact; from the answer on it has one
// that counts.
type leg struct {
	call  *call
	id    acd.LegID
	state legState
	// operator is true for the phone of an operator, whose hold key is his, or of
	// a supervisor: people of the house.
	operator bool

	place    acd.PlaceLeg   // what was asked, for a leg we placed
	who      acd.OperatorID // whose phone it is; empty for nobody's
	trunks   []string       // still to be tried
	branches []*branch
	current  *branch // the one whose audio counts; nil while none has any
	failure  *failure
	refer    *refer // a transfer that the phone has asked for
	// first and second are the dialogs of a phone with two, of a consultation; nil
	// while it has one.
	first, second *branch
	rang          bool
	early         bool

	peer  *leg
	sound media.Source
	asked bool // it hears a prompt that asks for a key
	muted bool
	held  bool
	// comforted: it hears music because who it hears has all his calls on hold.
	comforted bool
}

// failure is the most telling reason among the branches that failed.
type failure struct {
	cause  acd.FailCause
	status int
}

// weight orders failures: what a person did says more than what a network did.
func (f failure) weight() int {
	switch f.cause {
	case acd.FailRejected:
		return 5
	case acd.FailBusy:
		return 4
	case acd.FailNoAnswer:
		return 3
	case acd.FailRedirected:
		return 2
	case acd.FailUnreachable:
		return 1
	}
	return 0
}

// audio returns the media leg that counts, nil while there is none.
func (l *leg) audio() media.Leg {
	if l.current == nil {
		return nil
	}
	return l.current.media
}

// progress tells an unanswered caller that it rings, or starts early media.
func (l *leg) progress(early bool) {
	if l.state != legIncoming || l.early {
		return
	}
	b := l.current
	if !early {
		b.dialog.Progress(180, nil)
		return
	}
	l.early = true
	b.dialog.Progress(183, b.description())
}

// answer answers the caller.
func (l *leg) answer() {
	if l.state != legIncoming {
		return
	}
	l.state = legUp
	l.current.dialog.Accept(l.current.description())
}

// play lets the leg hear a sound until the next one, or until it is joined.
func (l *leg) play(e acd.PlayLeg) {
	if l.state == legIncoming && !l.early {
		if e.Sound == acd.SoundRingback {
			l.progress(false) // its own network makes the tone
			return
		}
		l.progress(true)
	}
	if e.Sound == acd.SoundMusic {
		l.call.music = e.Music
	}
	l.hear(l.call.sw.sounds.played(l.call.centre, e))
}

// hear replaces what the leg hears until it is joined; nil is nothing.
func (l *leg) hear(src media.Source) {
	l.sound, l.asked, l.comforted = src, false, false
	if a := l.audio(); a != nil {
		a.Play(src)
	}
}

// sayOnce plays a prompt that ends; heard is called in the call's goroutine when
// it has, unless the leg hears something else by then.
func (l *leg) sayOnce(src media.Source, heard func()) {
	l.sound, l.asked, l.comforted = nil, false, false
	if a := l.audio(); a != nil {
		a.PlayThen(src, func() { l.call.post(heard) })
	}
}

// ask plays a prompt that asks for a key.
func (l *leg) ask(src media.Source) {
	l.hear(src)
	l.asked = true
}

// pressed: the far side has pressed a key, told to us as RTP or by INFO.
func (l *leg) pressed(digit byte) {
	if l.asked {
		l.call.core.Post(acd.LegPressed{Call: l.call.id, Leg: l.id, Digit: digit})
	}
}

// silence ends what play, sayOnce or ask began.
func (l *leg) silence() { l.hear(nil) }

func (l *leg) mute(on bool) {
	l.muted = on
	if a := l.audio(); a != nil {
		a.Mute(on)
	}
}

// sendDigits sends DTMF to the far side, in the form it understands.
func (l *leg) sendDigits(digits string) {
	b := l.current
	if b == nil || l.state != legUp {
		return
	}
	if b.remote.DTMF != 0 {
		b.media.SendDigits(digits)
		return
	}
	for _, d := range []byte(digits) {
		if err := b.carrier.digit(d); err != nil {
			l.call.log.Warn("digit not sent", "error", err)
			return
		}
	}
}

// talk asks the ringing phone to answer.
func (l *leg) talk() error {
	for _, b := range l.branches {
		if !b.over && b.carrier.talk() == nil {
			return nil
		}
	}
	return ErrNotAllowed
}

// adopt makes a branch the one that counts and gives it what the leg hears.
func (l *leg) adopt(b *branch) {
	l.current = b
	if l.sound != nil {
		b.media.Play(l.sound)
	}
	b.media.Mute(l.muted) // it may have been muted when it counted before
	l.call.bridge(l)
}

// ringing: a branch has said that it rings, perhaps with audio.
func (l *leg) ringing(b *branch, early bool) {
	if l.state != legPlacing {
		return
	}
	if early && l.current == nil {
		l.adopt(b)
	}
	early = early && l.current == b
	if l.rang && (!early || l.early) {
		return
	}
	l.rang, l.early = true, l.early || early
	l.call.core.Post(acd.LegProgressed{Call: l.call.id, Leg: l.id, Early: early})
}

// answered: a branch was answered. The others are told that somebody else was.
func (l *leg) answered(b *branch) {
	if l.state != legPlacing || b.closed {
		// Given up a moment ago; sipua has ACKed it and this ends it.
		b.hangUp(sipua.HangUpNormal)
		return
	}
	l.state = legUp
	for _, other := range l.branches {
		if other != b {
			other.hangUp(sipua.HangUpElsewhere)
		}
	}
	if l.current != b {
		l.adopt(b)
	}
	l.call.core.Post(acd.LegAnswered{Call: l.call.id, Leg: l.id})
}

// failed: a branch will not be answered. The leg has failed with its last one.
func (l *leg) failed(f failure) {
	if l.state != legPlacing {
		return
	}
	if l.failure == nil || f.weight() > l.failure.weight() {
		l.failure = &f
	}
	for _, b := range l.branches {
		if !b.over && !b.closed {
			return
		}
	}
	if l.tryTrunk() {
		return
	}
	l.state = legGone
	for _, other := range l.call.legs {
		if other.refer != nil {
			other.refer.status = l.failure.status
		}
	}
	l.release()
	l.call.core.Post(acd.LegFailed{
		Call: l.call.id, Leg: l.id, Cause: l.failure.cause, Status: l.failure.status,
	})
}

// hangUp ends the leg, whatever its state, because the core said so.
func (l *leg) hangUp(status int, after acd.Sound) {
	switch l.state {
	case legIncoming:
		l.state = legGone
		if status == 0 {
			status = 480
		}
		reject(l.current.dialog, status)
		l.release()
	case legPlacing:
		l.finish()
	case legUp:
		l.referEnds(l.leaveStatus())
		if after == 0 || l.current == nil {
			l.finish()
			return
		}
		l.state = legClosing
		l.call.part(l, l.peer)
		l.current.media.PlayThen(l.call.sw.sounds.source(after), func() {
			l.call.post(func() { l.finish() })
		})
	case legClosing, legGone:
	}
}

// lost ends the leg for a reason found here, and says so to the core.
func (l *leg) lost(cause acd.EndCause) {
	switch l.state {
	case legIncoming, legUp:
		if l.state == legIncoming {
			reject(l.current.dialog, 480)
		}
		l.finish()
		l.call.core.Post(acd.LegEnded{Call: l.call.id, Leg: l.id, Cause: cause})
		l.call.changed()
	case legPlacing:
		l.finish()
		l.call.core.Post(acd.LegFailed{Call: l.call.id, Leg: l.id, Cause: acd.FailUnreachable})
	case legClosing:
		l.finish()
	case legGone:
	}
}

// finish hangs up every dialog and frees the audio.
func (l *leg) finish() {
	if l.state == legGone {
		return
	}
	l.state = legGone
	for _, b := range l.branches {
		b.hangUp(sipua.HangUpNormal)
	}
	l.release()
}

// ended: the far side has gone.
func (l *leg) ended(cause acd.EndCause) {
	switch l.state {
	case legIncoming, legUp:
		l.state = legGone
		l.release()
		l.call.core.Post(acd.LegEnded{Call: l.call.id, Leg: l.id, Cause: cause})
		l.call.changed()
	case legClosing:
		l.state = legGone
		l.release()
	case legPlacing, legGone:
	}
}

// release frees the audio, and the leg itself once its dialogs are over.
func (l *leg) release() {
	if l.peer != nil {
		l.call.part(l, l.peer)
	}
	l.call.unmix(l)
	waiting := false
	for _, b := range l.branches {
		b.closeMedia()
		waiting = waiting || !b.over
	}
	l.current = nil
	if !waiting {
		delete(l.call.legs, l.id)
	}
}
