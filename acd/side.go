package acd

import "slices"

// A call has one customer and at most one operator whose call it is. A second
// conversation of his (a transfer under way, a consultation, a conference) is
// the call's side: one target, an operator or a number, with a leg of its own in
// the same call. Each operator's part ends by itself; the call ends with its
// customer.

// SideKind is what the second conversation of a call is.
type SideKind uint8

// The kinds of a [Side].
const (
	SideNone       SideKind = iota
	SideTransfer            // the target rings, and is given the call when it answers
	SideConsult             // the operator asks the target first
	SideConference          // operator, customer and target talk together
	SideReturn              // a transfer failed; the phone of who made it rings for the call
)

// Side is the second conversation of a call; the zero value is none.
type Side struct {
	Kind SideKind
	To   Destination // as it was asked for: ToOperator, ToGroup or ToNumber
	// By is the operator who began it. He may have left the call since.
	By OperatorID
	// Operator is the target, empty for a number.
	Operator OperatorID
	// Leg is the target's; 0 while none is placed. Up: it was answered.
	Leg LegID
	Up  bool
	// Front says that the operator talks with the target, of a consultation, and
	// not with the customer.
	Front bool
	// Muted: the target, an operator, has stopped his voice.
	Muted bool
	// Tried are the operators of a consulted group who did not answer, ascending.
	Tried []OperatorID
	// Group is where the customer came from: a transfer that fails may take him
	// back there.
	Group GroupID
}

func cloneSide(sides []Side) []Side {
	sides = slices.Clone(sides)
	for i := range sides {
		sides[i] = sides[i].clone()
	}
	return sides
}

func (s Side) clone() Side {
	s.Tried = slices.Clone(s.Tried)
	return s
}

// Commands on the second conversation. All but Mute and HangUp are the
// operator's whose call it is.
type (
	// Transfer gives the call away unseen: to a group, where it waits, or to an
	// operator who is free or a number, which ring; until they answer the operator
	// may take it back (CancelSide).
	Transfer struct {
		Call     CallID
		Operator OperatorID
		To       Destination
	}
	// Consult rings a target while the customer waits. Of a group the operator it
	// would give a call to is rung, then the next.
	Consult struct {
		Call     CallID
		Operator OperatorID
		To       Destination
	}
	// Swap changes between the customer and the consulted target.
	Swap struct {
		Call     CallID
		Operator OperatorID
	}
	// TalkTo says with whom the operator talks, of a consultation: as Swap, but
	// nothing happens if it is so already.
	TalkTo struct {
		Call     CallID
		Operator OperatorID
		Target   bool // false: with the customer
	}
	// Complete joins customer and target, and lets the operator go. Before the
	// target has answered it makes a transfer of the consultation.
	Complete struct {
		Call     CallID
		Operator OperatorID
	}
	// CancelSide ends the transfer or the consultation, and gives the operator his
	// customer back; of a conference it sends the target away.
	CancelSide struct {
		Call     CallID
		Operator OperatorID
	}
	// Conference lets operator, customer and target talk together.
	Conference struct {
		Call     CallID
		Operator OperatorID
	}
	// PickUp gives an operator who is idle or wraps up a call that waits in one of
	// his groups, or rings at a colleague of a group that allows it.
	PickUp struct {
		Call     CallID
		Operator OperatorID
	}
	// PauseRecord pauses a recording, or goes on with it, where the group lets its
	// operators do so.
	PauseRecord struct {
		Call     CallID
		Operator OperatorID
		On       bool
	}
	// KeepRecord has a recording kept beyond the time that recordings are kept for,
	// or not, where the group lets its operators say so: during the call or its
	// wrap-up.
	KeepRecord struct {
		Call     CallID
		Operator OperatorID
		Keep     bool
	}
)

// Facts about the second conversation.
type (
	// SideStarted says that a second conversation of the call was begun.
	SideStarted struct {
		Call     CallID
		Operator OperatorID
		Side     Side
	}
	// SideChanged says that it goes on as another kind, or with another of its
	// two parties in front.
	SideChanged struct {
		Call     CallID
		Operator OperatorID
		Kind     SideKind
		Front    bool
	}
	// SideEnded says that it is over, and how: "completed", "cancelled",
	// "target_left", "caller_left", "entered_group", or what became of the ring: "no_answer", "busy",
	// "rejected", "unreachable".
	SideEnded struct {
		Call     CallID
		Operator OperatorID // who began it
		Kind     SideKind
		Target   OperatorID
		Cause    string
	}
	// OperatorLeft says that an operator's part in a call is over while the call
	// goes on.
	OperatorLeft struct {
		Call     CallID
		Operator OperatorID
		Leg      LegID
		Cause    string // "transferred", "consulted", "lost", "released"
	}
	// RecordingPaused says that silence is recorded from now on, or no longer.
	RecordingPaused struct {
		Call     CallID
		Operator OperatorID
		On       bool
	}
	// RecordingMarked says that an operator wants the recording kept, or no longer.
	RecordingMarked struct {
		Call     CallID
		Operator OperatorID
		Keep     bool
	}
	// PickedUp says that an operator took a call that waited, or rang at a colleague.
	PickedUp struct {
		Call     CallID
		Operator OperatorID
		From     OperatorID // at whom it rang; empty: it waited
		Group    GroupID
	}
)

func (Transfer) command()    {}
func (Consult) command()     {}
func (Swap) command()        {}
func (TalkTo) command()      {}
func (Complete) command()    {}
func (CancelSide) command()  {}
func (Conference) command()  {}
func (PickUp) command()      {}
func (PauseRecord) command() {}
func (KeepRecord) command()  {}

func (SideStarted) event()     {}
func (SideChanged) event()     {}
func (SideEnded) event()       {}
func (OperatorLeft) event()    {}
func (RecordingPaused) event() {}
func (RecordingMarked) event() {}
func (PickedUp) event()        {}

func (e SideStarted) fold(s *State, _ Instant) {
	if c := s.calls.get(e.Call); c != nil {
		c.Side = []Side{e.Side.clone()}
		if c.talking() {
			c.State, c.HeldByPhone = CallHeld, false
		}
		s.refreshCall(c)
	}
}

func (e SideChanged) fold(s *State, _ Instant) {
	if c := s.calls.get(e.Call); c != nil && c.sided() {
		c.Side[0].Kind, c.Side[0].Front = e.Kind, e.Front
		if c.talking() {
			c.State = CallHeld
			if e.Kind == SideConference || e.Kind == SideConsult && !e.Front {
				c.State = CallTalking
			}
		}
		s.refreshCall(c)
	}
}

func (e SideEnded) fold(s *State, _ Instant) {
	if c := s.calls.get(e.Call); c != nil {
		if e.Cause == "completed" {
			c.Muted = c.side().Muted
		}
		c.Side = nil
		if c.talking() {
			c.State = CallTalking
		}
		s.refreshCall(c)
	}
}

func (e OperatorLeft) fold(s *State, _ Instant) {
	c := s.calls.get(e.Call)
	if c == nil {
		return
	}
	c.dropLeg(e.Leg)
	c.try(e.Operator) // who has given it away is not the first to be given it again
	if e.Leg == c.Joined[0] {
		c.Operator, c.Joined[0], c.Muted = "", 0, false
		c.State = CallRinging
		if l := c.offer(""); l != nil {
			c.Operator = l.Operator
		}
	}
	s.refreshCall(c)
}

// fold changes nothing: the facts beside it do.
func (PickedUp) fold(*State, Instant) {}
