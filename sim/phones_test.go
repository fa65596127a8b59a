package sim_test

import (
	"maps"
	"time"

	"bandeau/acd"
	"bandeau/acd/acdtest"
)

// phone is the far side of a leg: a caller, an operator's phone, a called party.
type phone struct {
	call acd.CallID
	leg  acd.LegID
	up   bool
	gone bool // it has no part in the call any more
	// told is true once the end it made itself is on its way to the core.
	told bool
}

// line is a call as the phones see it.
type line struct {
	phones []*phone
	joined bool // they were at some time
	over   bool // the core has forgotten it
	coming bool // the core has yet to hear of it
}

func (l *line) phone(id acd.LegID) *phone {
	for _, p := range l.phones {
		if p.leg == id && !p.gone {
			return p
		}
	}
	return nil
}

func (l *line) live() int {
	n := 0
	for _, p := range l.phones {
		if !p.gone {
			n++
		}
	}
	return n
}

// forget leaves out calls that are over.
func (w *world) forget() {
	maps.DeleteFunc(w.lines, func(_ acd.CallID, l *line) bool { return l.over && l.live() == 0 })
}

// line finds a call, or begins it.
func (w *world) line(id acd.CallID) *line {
	if w.lines[id] == nil {
		w.lines[id] = &line{}
	}
	return w.lines[id]
}

func (w *world) connect(id acd.CallID, leg acd.LegID) *phone {
	p := &phone{call: id, leg: leg}
	l := w.line(id)
	l.phones = append(l.phones, p)
	return p
}

// carryOut does what the core asks for, as call control and the phones would.
func (w *world) carryOut(f acd.Effect) {
	switch f := f.(type) {
	case acd.PlaceLeg:
		w.ring(w.connect(f.Call, f.Leg))
	case acd.HangUpLeg:
		if p := w.line(f.Call).phone(f.Leg); p != nil {
			w.hungUp(p)
		}
	case acd.AnswerLeg:
		if p := w.line(f.Call).phone(f.Leg); p != nil {
			p.up = true
		}
	case acd.PlayPrompt:
		w.hear(f)
	case acd.Announce:
		if w.chance(85) {
			w.later(w.seconds(2, 12), func() { w.report(acd.PromptEnded{Call: f.Call, Prompt: f.Number}) })
		}
	case acd.JoinLegs:
		w.line(f.Call).joined = true
		w.later(w.seconds(0, 60), func() {
			l, first, second := w.line(f.Call), f.A, f.B
			if w.chance(50) {
				first, second = second, first
			}
			if p := l.phone(first); p != nil {
				w.end(p)
			} else if p := l.phone(second); p != nil {
				w.end(p)
			}
		})
	case acd.StopRecording:
		w.later(w.seconds(0, 3), func() { w.tell(acd.RecordingStored{Call: f.Call, Lost: w.chance(10)}) })
	case acd.ForgetCall:
		w.line(f.Call).over = true
	case acd.EndSession:
		if w.chance(50) && !w.closing {
			w.later(w.seconds(1, 30), func() {
				by := acd.Actor{Kind: acd.ByOperator, ID: string(f.Operator)}
				w.tell(acd.Login{Operator: f.Operator, Session: f.Session + "'", By: by})
				w.tell(acd.SetPresence{Operator: f.Operator, Presence: acd.Available, By: by})
			})
		}
	case acd.ProgressLeg, acd.PlayLeg, acd.PartLegs, acd.MixLegs, acd.MuteLeg, acd.StartRecording, acd.PauseRecording:
	}
}

// ring has a phone do what phones do.
func (w *world) ring(p *phone) {
	fail := func(after time.Duration, cause acd.FailCause, status int) {
		w.later(after, func() { w.fail(p, cause, status) })
	}
	rings := func(early bool) {
		w.later(w.seconds(0, 2), func() {
			if !p.gone && !p.up {
				w.report(acd.LegProgressed{Call: p.call, Leg: p.leg, Early: early})
			}
		})
	}
	switch n := w.pick(100); {
	case n < 55:
		rings(n < 8)
		w.later(w.seconds(0, 20), func() { w.answer(p) })
		if n%9 == 0 { // a second 200
			w.later(w.seconds(10, 21), func() {
				if p.up {
					w.report(acd.LegAnswered{Call: p.call, Leg: p.leg})
				}
			})
		}
	case n < 65: // nobody is there
		rings(false)
		w.count("rings for ever")
	case n < 70: // it does not even ring
		w.count("silent")
	case n < 77:
		fail(w.seconds(0, 2), acd.FailBusy, 486)
	case n < 84:
		fail(w.seconds(0, 4), acd.FailUnreachable, 480)
	case n < 90:
		rings(false)
		fail(w.seconds(1, 15), acd.FailRejected, 603)
	case n < 92:
		fail(w.seconds(0, 2), acd.FailRedirected, 302)
	default:
		rings(false)
		fail(w.seconds(5, 25), acd.FailNoAnswer, 408)
	}
}

func (w *world) answer(p *phone) {
	if p.gone || p.up {
		return
	}
	p.up = true
	w.report(acd.LegAnswered{Call: p.call, Leg: p.leg})
	if w.chance(6) { // and rings off at any instant
		w.later(w.seconds(0, 5), func() { w.end(p) })
	}
}

func (w *world) fail(p *phone, cause acd.FailCause, status int) {
	if p.gone || p.up || p.told {
		return
	}
	p.told = true
	w.report(acd.LegFailed{Call: p.call, Leg: p.leg, Cause: cause, Status: status})
}

// end has a phone leave the call by itself. If the report is lost, the missing
// audio gives it away.
func (w *world) end(p *phone) {
	if p.gone || p.told {
		return
	}
	if !p.up && p.leg != 1 {
		w.fail(p, acd.FailRejected, 487)
		return
	}
	p.told = true
	cause := acd.EndHungUp
	if w.chance(10) {
		w.count("vanished")
		w.later(w.seconds(15, 30), func() { w.tell(acd.LegEnded{Call: p.call, Leg: p.leg, Cause: acd.EndMediaLost}) })
		return
	}
	w.report(acd.LegEnded{Call: p.call, Leg: p.leg, Cause: cause})
}

// hungUp is the end of a leg by us. A 200 may have crossed the CANCEL.
func (w *world) hungUp(p *phone) {
	p.gone = true
	switch {
	case p.up && w.chance(20):
		w.later(w.seconds(0, 1), func() { w.report(acd.LegEnded{Call: p.call, Leg: p.leg, Cause: acd.EndHungUp}) })
	case !p.up && w.chance(30):
		w.count("late 200")
		w.later(w.seconds(0, 1), func() {
			w.report(acd.LegAnswered{Call: p.call, Leg: p.leg})
			w.report(acd.LegEnded{Call: p.call, Leg: p.leg, Cause: acd.EndHungUp})
		})
	case !p.up && w.chance(30):
		w.later(w.seconds(0, 1), func() {
			w.report(acd.LegFailed{Call: p.call, Leg: p.leg, Cause: acd.FailNoAnswer, Status: 487})
		})
	}
}

// hear has the legs of a prompt hear it, and press a key where one is asked for.
func (w *world) hear(f acd.PlayPrompt) {
	if f.Number != 0 {
		if w.chance(85) {
			w.later(w.seconds(1, 8), func() { w.report(acd.PromptEnded{Call: f.Call, Prompt: f.Number}) })
		}
		return
	}
	for _, leg := range f.Legs {
		digit := byte('1')
		switch n := w.pick(100); {
		case n < 15:
			continue
		case n < 30:
			digit = '2'
		}
		w.later(w.seconds(1, 8), func() { w.report(acd.LegPressed{Call: f.Call, Leg: leg, Digit: digit}) })
	}
}

// report is on its way to the core, where it may come late, after others, twice or
// not at all; a leg's end comes in the end.
func (w *world) report(c acd.Command) {
	delay := time.Duration(0)
	if w.chance(10) {
		delay = w.seconds(0, 3)
	}
	switch n := w.pick(100); {
	case n < 3:
		w.count("report lost")
		switch c := c.(type) { //nolint:gochecksumtype // the ends are told by other means
		case acd.LegEnded:
			w.later(w.seconds(15, 40), func() { w.tell(acd.LegEnded{Call: c.Call, Leg: c.Leg, Cause: acd.EndSessionLost}) })
		case acd.LegFailed:
			w.later(w.seconds(15, 40), func() { w.tell(c) })
		}
		return
	case n < 6:
		w.count("report twice")
		w.later(delay+w.seconds(0, 2), func() { w.tell(c) })
	}
	w.later(delay, func() { w.tell(c) })
}

// heard notes what the core has been told: a phone that has ended its leg has no
// part in the call any more.
func (w *world) heard(c acd.Command) {
	var leg acd.LegID
	var id acd.CallID
	switch c := c.(type) { //nolint:gochecksumtype // only ends matter
	case acd.LegEnded:
		id, leg = c.Call, c.Leg
	case acd.LegFailed:
		id, leg = c.Call, c.Leg
	default:
		return
	}
	if l := w.lines[id]; l != nil {
		if p := l.phone(leg); p != nil {
			p.gone = true
		}
	}
}

// arrive has somebody call, or dial.
func (w *world) arrive() {
	c := w.work.Arrival(w.time.core(), w.core)
	var id acd.CallID
	phones := true
	switch c := c.(type) { //nolint:gochecksumtype // those that begin a call
	case acd.CallArrived:
		id = c.Call
	case acd.DialEmergency:
		id = c.Call
	case acd.Dial:
		id, phones = c.Call, c.FromPhone
	}
	if w.known[id] {
		return // no call has another's id; the core alone is tried with that
	}
	w.known[id] = true
	if !phones {
		w.tell(c)
		return
	}
	p := w.connect(id, 1)
	w.line(id).coming = true
	w.inbox = append(w.inbox, request{command: c, answered: func(err error) {
		w.line(id).coming = false
		if err != nil {
			p.gone = true
			w.line(id).over = true
			return
		}
		w.count("call")
		w.later(w.seconds(0, 120), func() {
			if !w.line(id).joined {
				w.end(p)
			}
		})
	}})
}

// phonesAgree compares the legs that the core has with the phones there are: no
// phone rings or talks that the core has forgotten, and no leg is kept whose phone
// has gone and been told of.
func (w *world) phonesAgree(cp acd.Checkpoint) string {
	legs := map[acd.CallID]map[acd.LegID]bool{}
	for _, c := range cp.Calls {
		legs[c.ID] = map[acd.LegID]bool{}
		for _, l := range c.Legs {
			legs[c.ID][l.ID] = true
			if w.lines[c.ID] == nil || w.lines[c.ID].phone(l.ID) == nil {
				return "the core has leg " + acdtest.Describe(l) + " of " + string(c.ID) + ", no phone has"
			}
		}
	}
	for id, l := range w.lines {
		for _, p := range l.phones {
			if !p.gone && !l.coming && !legs[id][p.leg] {
				return "a phone is left in call " + string(id) + ", the core has forgotten it"
			}
		}
	}
	return ""
}
