package acdtest

import (
	"errors"
	"fmt"
	"slices"

	"bandeau/acd"
)

// edges is what call control knows from the effects it was given.
type edges struct {
	calls map[acd.CallID]*edgeCall
}

type edgeCall struct {
	legs      map[acd.LegID]bool // true once up
	hears     map[acd.LegID]map[acd.LegID]bool
	plays     map[acd.LegID]bool // it hears a sound or is spoken to
	paused    bool
	incoming  bool // leg 1 came to us: nobody reports that it was answered
	recording bool
	over      bool
}

func newEdgeCall() *edgeCall {
	return &edgeCall{
		legs: map[acd.LegID]bool{}, hears: map[acd.LegID]map[acd.LegID]bool{}, plays: map[acd.LegID]bool{},
	}
}

// apart takes a leg away from those it talks with.
func (c *edgeCall) apart(l acd.LegID) {
	delete(c.hears, l)
	delete(c.plays, l)
	for _, whom := range c.hears {
		delete(whom, l)
	}
}

func (c *edgeCall) gone(l acd.LegID) {
	c.apart(l)
	delete(c.legs, l)
}

// mix lets each party hear whom it is to hear, and nobody else.
func (c *edgeCall) mix(parties []acd.Party) error {
	for _, p := range parties {
		if up, ok := c.legs[p.Leg]; !ok {
			return fmt.Errorf("no leg %d", p.Leg)
		} else if !up && len(parties) > 2 {
			return fmt.Errorf("leg %d is not up", p.Leg)
		}
		c.apart(p.Leg)
	}
	for _, p := range parties {
		c.hears[p.Leg] = map[acd.LegID]bool{}
		for _, whom := range p.Hears {
			if !slices.ContainsFunc(parties, func(q acd.Party) bool { return q.Leg == whom }) {
				return fmt.Errorf("leg %d, who is to be heard, is no party", whom)
			}
			c.hears[p.Leg][whom] = true
		}
	}
	return nil
}

func newEdges() *edges { return &edges{calls: map[acd.CallID]*edgeCall{}} }

// observe applies a step's report and effects, and compares what is left with
// the core's calls: no leg is forgotten, none is lost, talking calls are joined
// and no others, and what is recorded is what should be.
func (e *edges) observe(cmd acd.Command, effects []acd.Effect, cp acd.Checkpoint, refused bool) error {
	if _, restarted := cmd.(acd.Restarted); restarted {
		e.calls = map[acd.CallID]*edgeCall{}
	}
	if !refused {
		e.report(cmd)
	}
	for _, f := range effects {
		if err := e.carryOut(f); err != nil {
			return fmt.Errorf("%s: %w", Describe(f), err)
		}
	}
	live := map[acd.CallID]bool{}
	for _, c := range cp.Calls {
		if c.State != acd.CallWrapUp {
			live[c.ID] = true
			if err := e.compare(c); err != nil {
				return fmt.Errorf("call %s: %w", c.ID, err)
			}
		}
	}
	for id, c := range e.calls {
		if live[id] {
			continue
		}
		if !c.over || len(c.legs) > 0 || c.recording {
			return fmt.Errorf("call %s is over, and call control has %+v", id, *c)
		}
		delete(e.calls, id)
	}
	return nil
}

func (e *edges) report(cmd acd.Command) {
	first := func(id acd.CallID) {
		if e.calls[id] == nil {
			e.calls[id] = newEdgeCall()
			e.calls[id].legs[1], e.calls[id].incoming = false, true
		}
	}
	gone := func(id acd.CallID, l acd.LegID) {
		if c := e.calls[id]; c != nil {
			c.gone(l)
		}
	}
	switch cmd := cmd.(type) { //nolint:gochecksumtype // only reports and calls with a first leg matter
	case acd.CallArrived:
		first(cmd.Call)
	case acd.DialEmergency:
		first(cmd.Call)
	case acd.Dial:
		if cmd.FromPhone {
			first(cmd.Call)
		}
	case acd.LegAnswered:
		if c := e.calls[cmd.Call]; c != nil && (!c.incoming || cmd.Leg != 1) {
			if _, ok := c.legs[cmd.Leg]; ok {
				c.legs[cmd.Leg] = true
			}
		}
	case acd.LegFailed:
		gone(cmd.Call, cmd.Leg)
	case acd.LegEnded:
		gone(cmd.Call, cmd.Leg)
	}
}

func (e *edges) carryOut(f acd.Effect) error {
	switch f := f.(type) {
	case acd.PlaceLeg:
		c := e.calls[f.Call]
		if c == nil {
			c = newEdgeCall()
			e.calls[f.Call] = c
		}
		if _, ok := c.legs[f.Leg]; ok || c.over {
			return errors.New("placed twice, or after the end")
		}
		c.legs[f.Leg] = false
	case acd.HangUpLeg:
		if c := e.calls[f.Call]; c != nil {
			c.gone(f.Leg)
		}
	case acd.AnswerLeg:
		return e.onLeg(f.Call, f.Leg, func(c *edgeCall) error {
			if c.legs[f.Leg] {
				return errors.New("answered twice")
			}
			c.legs[f.Leg] = true
			return nil
		})
	case acd.ProgressLeg:
		return e.onLeg(f.Call, f.Leg, func(c *edgeCall) error {
			if c.legs[f.Leg] {
				return errors.New("is answered already")
			}
			return nil
		})
	case acd.PlayLeg:
		return e.played(f.Call, f.Leg)
	case acd.PlayPrompt:
		return e.prompt(f)
	case acd.Announce:
		return e.played(f.Call, f.Leg)
	case acd.MuteLeg:
		return e.onLeg(f.Call, f.Leg, func(*edgeCall) error { return nil })
	case acd.JoinLegs:
		return e.onLeg(f.Call, f.A, func(c *edgeCall) error {
			return c.mix([]acd.Party{{Leg: f.A, Hears: []acd.LegID{f.B}}, {Leg: f.B, Hears: []acd.LegID{f.A}}})
		})
	case acd.MixLegs:
		return e.onLeg(f.Call, f.Parties[0].Leg, func(c *edgeCall) error { return c.mix(f.Parties) })
	case acd.PartLegs:
		return e.onLeg(f.Call, f.A, func(c *edgeCall) error {
			if len(c.hears[f.A]) != 1 || !c.hears[f.A][f.B] || len(c.hears[f.B]) != 1 || !c.hears[f.B][f.A] {
				return errors.New("not joined")
			}
			c.apart(f.A)
			c.apart(f.B)
			return nil
		})
	case acd.PauseRecording:
		if c := e.calls[f.Call]; c == nil || !c.recording || c.paused == f.On {
			return errors.New("nothing is recorded, or it is so already")
		}
		e.calls[f.Call].paused = f.On
	case acd.StartRecording:
		return e.onLeg(f.Call, f.Customer, func(c *edgeCall) error {
			c.recording = true
			return nil
		})
	case acd.StopRecording:
		if c := e.calls[f.Call]; c == nil || !c.recording {
			return errors.New("nothing is recorded")
		}
		e.calls[f.Call].recording, e.calls[f.Call].paused = false, false
	case acd.ForgetCall:
		if c := e.calls[f.Call]; c != nil {
			c.over = true
		}
	case acd.EndSession:
	}
	return nil
}

// prompt: something is said to legs that are up and do not hear each other.
func (e *edges) prompt(f acd.PlayPrompt) error {
	if len(f.Legs) == 0 || f.Prompt == 0 || (f.Number != 0) != (f.Prompt == acd.PromptNotice) {
		return errors.New("says nothing, to nobody, or not when it ends")
	}
	for _, l := range f.Legs {
		err := e.onLeg(f.Call, l, func(c *edgeCall) error {
			if !c.legs[l] || len(c.hears[l]) > 0 {
				return errors.New("is not up, or talks already")
			}
			c.plays[l] = true
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// played: a leg hears a sound, which it would not beside somebody's voice.
func (e *edges) played(id acd.CallID, l acd.LegID) error {
	return e.onLeg(id, l, func(c *edgeCall) error {
		if len(c.hears[l]) > 0 {
			return errors.New("talks already")
		}
		c.plays[l] = true
		return nil
	})
}

func (e *edges) onLeg(id acd.CallID, l acd.LegID, act func(*edgeCall) error) error {
	c := e.calls[id]
	if c == nil || c.over {
		return errors.New("no such call")
	}
	if _, ok := c.legs[l]; !ok {
		return errors.New("no such leg")
	}
	return act(c)
}

func (e *edges) compare(cp acd.CallCheckpoint) error {
	c := e.calls[cp.ID]
	if c == nil {
		return errors.New("call control does not know it")
	}
	if len(c.legs) != len(cp.Legs) {
		return fmt.Errorf("call control has legs %v, the core %v", c.legs, cp.Legs)
	}
	for _, l := range cp.Legs {
		up, ok := c.legs[l.ID]
		if !ok || up != (l.State == acd.LegUp || l.State == acd.LegAsked) {
			return fmt.Errorf("call control has legs %v, the core %v", c.legs, cp.Legs)
		}
	}
	for _, a := range cp.Legs {
		for _, b := range cp.Legs {
			if got, want := c.hears[a.ID][b.ID], Hears(cp, a.ID, b.ID); got != want {
				return fmt.Errorf("leg %d hears leg %d: %t, to be %t, in %+v", a.ID, b.ID, got, want, cp)
			}
		}
	}
	if l := legOf(cp, cp.Joined[1]); l.State == acd.LegUp && len(c.hears[l.ID]) == 0 && !c.plays[l.ID] {
		return fmt.Errorf("the customer hears nothing, in %+v", cp)
	}
	if c.paused != cp.RecordingPaused && c.recording {
		return fmt.Errorf("silence is recorded: %t, to be %t", c.paused, cp.RecordingPaused)
	}
	if c.recording != (cp.Recording == acd.RecordingRunning) {
		return fmt.Errorf("recorded: %t, recording %d", c.recording, cp.Recording)
	}
	return nil
}
