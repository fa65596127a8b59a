package acd

import (
	"slices"
	"time"
)

// ObserveMode is what a supervisor does in a call.
type ObserveMode uint8

// The modes.
const (
	Listen  ObserveMode = iota + 1 // hears everybody, is heard by nobody
	Whisper                        // is heard by the operator alone
	Barge                          // is heard by everybody
)

// Observer is a supervisor in a call.
type Observer struct {
	User     UserID
	Name     string
	Operator OperatorID // whom he listens to
	Leg      LegID
	Mode     ObserveMode
	Up       bool // his phone was answered
}

type (
	// Observe lets a supervisor hear the call of an operator; a second one of the
	// same supervisor changes what he does there. His phone is rung.
	Observe struct {
		Operator OperatorID
		User     UserID
		Name     string
		Phone    Phone
		Mode     ObserveMode
	}
	// StopObserving ends it.
	StopObserving struct{ User UserID }

	// ObserverPlaced says that the phone of a supervisor is rung to hear a call.
	ObserverPlaced struct {
		Call     CallID
		Observer Observer
		Phone    Phone
		Until    Instant
	}
	// ObserverChanged says that he does something else there now.
	ObserverChanged struct {
		Call CallID
		Leg  LegID
		User UserID
		Mode ObserveMode
	}
)

func (Observe) command()       {}
func (StopObserving) command() {}
func (ObserverPlaced) event()  {}
func (ObserverChanged) event() {}

const (
	// maxObservers is how many supervisors may be in one call.
	maxObservers = 4
	// observerRing is how long the phone of a supervisor is rung.
	observerRing = 30 * time.Second
)

func (c Observe) decide(t *step) error {
	o, err := t.session(c.Operator)
	if err != nil {
		return err
	}
	call := t.s.calls.get(o.Call)
	switch {
	case c.User == "" || c.Mode < Listen || c.Mode > Barge:
		return refuse(ErrOutOfRange, "a supervisor listens, whispers or joins")
	case call == nil || !call.talking() || call.operatorLeg(c.Operator) == 0:
		return refuse(ErrWrongState, "operator %s talks to nobody", c.Operator)
	}
	if at, i := t.s.observer(c.User); at == call && call.Observers[i].Operator == c.Operator {
		if call.Observers[i].Mode != c.Mode {
			before := call.topology()
			t.emit(ObserverChanged{Call: call.ID, Leg: call.Observers[i].Leg, User: c.User, Mode: c.Mode})
			t.arrange(call, before)
		}
		return nil
	}
	switch {
	case c.Phone.Kind == PhoneNone:
		return refuse(ErrPhoneRequired, "a supervisor needs a phone to listen with")
	case len(call.Observers) >= maxObservers:
		return refuse(ErrLimit, "%d supervisors are the most a call has", maxObservers)
	}
	if at, i := t.s.observer(c.User); at != nil {
		t.sendAway(at, at.Observers[i])
	}
	e := ObserverPlaced{
		Call: call.ID, Phone: c.Phone, Until: t.now.Add(observerRing),
		Observer: Observer{User: c.User, Name: c.Name, Operator: c.Operator, Leg: call.NextLeg, Mode: c.Mode},
	}
	t.emit(e)
	t.do(PlaceLeg{
		Call: call.ID, Leg: e.Observer.Leg, User: c.User, Phone: c.Phone,
		Present: Presentation{Name: o.Config.Name, Anonymous: true}, Until: e.Until,
	})
	return nil
}

func (c StopObserving) decide(t *step) error {
	call, i := t.s.observer(c.User)
	if call == nil {
		return refuse(ErrWrongState, "supervisor %s listens to nobody", c.User)
	}
	t.sendAway(call, call.Observers[i])
	return nil
}

// observer finds where a supervisor listens; nil: nowhere.
func (s *State) observer(user UserID) (*call, int) {
	c := s.calls.get(s.observed[user])
	if c == nil {
		return nil, 0
	}
	return c, slices.IndexFunc(c.Observers, func(o Observer) bool { return o.User == user })
}

// sendAway takes a supervisor out of a call.
func (t *step) sendAway(c *call, o Observer) {
	before := c.topology()
	t.hangUpLeg(c, o.Leg)
	t.emit(LegGone{Call: c.ID, Leg: o.Leg, Cause: "left"})
	t.arrange(c, before)
}

// observerAnswered lets a supervisor hear, whose phone was answered.
//
// A number is asked to press 1 first: its voicemail is to hear nothing.
func (t *step) observerAnswered(c *call, l LegCheckpoint) {
	if l.Confirm && l.State != LegAsked {
		t.askToConfirm(c, l)
		return
	}
	before := c.topology()
	t.emit(LegWasAnswered{Call: c.ID, Leg: l.ID})
	t.arrange(c, before)
}

// observerGone: a supervisor has hung up.
func (t *step) observerGone(c *call, l LegCheckpoint, cause string) {
	before := c.topology()
	t.emit(LegGone{Call: c.ID, Leg: l.ID, Cause: cause})
	t.arrange(c, before)
}

func (e ObserverPlaced) fold(s *State, at Instant) {
	if c := s.calls.get(e.Call); c != nil {
		c.addLeg(LegCheckpoint{ID: e.Observer.Leg, Role: RoleObserver, PlacedAt: at, Until: e.Until, Confirm: e.Phone.Kind == PhoneExternal})
		c.Observers = append(c.Observers, e.Observer)
		s.observed[e.Observer.User] = e.Call
		s.refreshCall(c)
	}
}

func (e ObserverChanged) fold(s *State, _ Instant) {
	if c := s.calls.get(e.Call); c != nil {
		if i := c.observer(e.Leg); i >= 0 {
			c.Observers[i].Mode = e.Mode
			s.refreshCall(c)
		}
	}
}
