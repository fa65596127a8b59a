package acdtest

import (
	"errors"
	"fmt"

	"bandeau/acd"
)

// edges is what call control knows from the effects it was given.
type edges struct {
	calls map[acd.CallID]*edgeCall
}

type edgeCall struct {
	legs      map[acd.LegID]bool // true once up
	joined    [2]acd.LegID
	incoming  bool // leg 1 came to us: nobody reports that it was answered
	recording bool
	over      bool
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
			e.calls[id] = &edgeCall{legs: map[acd.LegID]bool{1: false}, incoming: true}
		}
	}
	gone := func(id acd.CallID, l acd.LegID) {
		if c := e.calls[id]; c != nil {
			delete(c.legs, l)
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
			c = &edgeCall{legs: map[acd.LegID]bool{}}
			e.calls[f.Call] = c
		}
		if _, ok := c.legs[f.Leg]; ok || c.over {
			return errors.New("placed twice, or after the end")
		}
		c.legs[f.Leg] = false
	case acd.HangUpLeg:
		if c := e.calls[f.Call]; c != nil {
			delete(c.legs, f.Leg)
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
		return e.onLeg(f.Call, f.Leg, func(*edgeCall) error { return nil })
	case acd.PlayPrompt:
		return e.prompt(f)
	case acd.Announce:
		return e.onLeg(f.Call, f.Leg, func(*edgeCall) error { return nil })
	case acd.MuteLeg:
		return e.onLeg(f.Call, f.Leg, func(*edgeCall) error { return nil })
	case acd.JoinLegs:
		return e.onLeg(f.Call, f.A, func(c *edgeCall) error {
			if _, ok := c.legs[f.B]; !ok {
				return errors.New("no such leg")
			}
			c.joined = [2]acd.LegID{f.A, f.B}
			return nil
		})
	case acd.PartLegs:
		return e.onLeg(f.Call, f.A, func(c *edgeCall) error {
			if c.joined != [2]acd.LegID{f.A, f.B} {
				return errors.New("not joined")
			}
			c.joined = [2]acd.LegID{}
			return nil
		})
	case acd.StartRecording:
		return e.onLeg(f.Call, f.Customer, func(c *edgeCall) error {
			c.recording = true
			return nil
		})
	case acd.StopRecording:
		if c := e.calls[f.Call]; c == nil || !c.recording {
			return errors.New("nothing is recorded")
		}
		e.calls[f.Call].recording = false
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
			if !c.legs[l] || c.joined != [2]acd.LegID{} {
				return errors.New("is not up, or talks already")
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
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
	early := false
	for _, l := range cp.Legs {
		early = early || l.Role == acd.RoleCalled && l.State == acd.LegEarly
	}
	joined := c.joined != [2]acd.LegID{}
	talking := cp.State == acd.CallTalking && cp.NoticeUntil == 0
	if want := talking || early; joined != want {
		return fmt.Errorf("legs joined: %v, in state %d, notice until %d", c.joined, cp.State, cp.NoticeUntil)
	}
	if talking && c.joined != [2]acd.LegID{cp.Joined[1], cp.Joined[0]} {
		return fmt.Errorf("joined are %v, talking are %v", c.joined, cp.Joined)
	}
	if c.recording != (cp.Recording == acd.RecordingRunning) {
		return fmt.Errorf("recorded: %t, recording %d", c.recording, cp.Recording)
	}
	return nil
}
