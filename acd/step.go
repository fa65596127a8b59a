package acd

import (
	"errors"
	"fmt"
	"slices"
)

// step is one command being decided. Decisions read the state and change it
// only through emit, so that folding the events gives the same state.
type step struct {
	s       *State
	now     Instant
	events  []Event
	effects []Effect
	// hears is the music of a caller whom groups pass on at once: not theirs, but
	// that of the group before. Nil: that of his group.
	hears *SoundID
	// parted: the caller who enters a group has just been parted from an operator,
	// and hears nothing yet.
	parted bool
	// What most steps come to, so that their lists need no room of their own.
	usualEvents  [6]Event
	usualEffects [3]Effect
}

// Step carries out a command at an instant and returns what happened and what
// the edges must do about it. An error is an [*Error]; the state is then
// unchanged. An instant before the last event's is taken as the last event's.
func (s *State) Step(now Instant, c Command) ([]Event, []Effect, error) {
	s.emptied = nil
	t := &step{s: s, now: max(now, s.now)}
	t.events, t.effects = t.usualEvents[:0], t.usualEffects[:0]
	if err := c.decide(t); err != nil {
		if len(t.events) > 0 || len(t.effects) > 0 {
			panic(fmt.Sprintf("acd: %T was refused after it had been begun: %v", c, err))
		}
		return nil, nil, err
	}
	t.settle()
	return t.events, t.effects, nil
}

// Apply folds one event. Folding a centre's events in order gives its state.
func (s *State) Apply(at Instant, e Event) {
	s.now = max(s.now, at)
	e.fold(s, s.now)
}

func (t *step) emit(e Event) {
	t.s.Apply(t.now, e)
	t.events = append(t.events, e)
}

func (t *step) do(e Effect) {
	t.effects = append(t.effects, e)
}

// settle makes every offer that has become possible: afterwards no call waits
// where an operator is eligible, nor in a group that sends its callers away
// because nobody is logged in.
func (t *step) settle() {
	for {
		if len(t.s.emptied) > 0 {
			g := t.s.emptied[0]
			t.s.emptied = t.s.emptied[1:]
			t.overflowDeserted(g)
			continue
		}
		g, ok := t.s.ready.first()
		if !ok {
			return
		}
		p, ok := t.s.propose(t.now)
		if !ok {
			t.overflow(g.head, g, "max_wait") // as long as it may it has waited
			continue
		}
		for i := range p.chosen {
			o := p.chosen[i].member.op
			t.s.calls.recall(p.call.ID, p.call)
			t.s.operators.recall(o.Config.ID, o)
			t.offer(p.call, o, p.offer(i, t.now))
		}
	}
}

// markEmptied has a group checked for callers to be sent elsewhere, if it is one
// that sends them.
func (s *State) markEmptied(g *group) {
	if g.away() != "" && !slices.Contains(s.emptied, g) {
		s.emptied = append(s.emptied, g)
	}
}

// refuse returns why a command is refused.
func refuse(code Code, format string, args ...any) error {
	return &Error{Code: code, Detail: fmt.Sprintf(format, args...)}
}

// CodeOf returns the code of a refusal, empty when err is none.
func CodeOf(err error) Code {
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Code
	}
	return ""
}

// operator finds an operator whose record exists.
func (t *step) operator(id OperatorID) (*operator, error) {
	if o := t.s.operators.get(id); o != nil {
		return o, nil
	}
	return nil, refuse(ErrUnknownOperator, "no operator %q", id)
}

// session finds an operator who is logged in.
func (t *step) session(id OperatorID) (*operator, error) {
	o, err := t.operator(id)
	if err != nil {
		return nil, err
	}
	if o.LoggedInAt == 0 {
		return nil, refuse(ErrLoggedOut, "operator %s is logged out", id)
	}
	return o, nil
}
