package acd

import "slices"

// CallState is where a call stands.
type CallState uint8

// The states of a call.
const (
	CallQueued CallState = iota + 1
	CallRinging
	CallDialing
	CallTalking
	CallHeld
	CallWrapUp
	CallOver
)

// PhoneState says whether an operator can be reached.
type PhoneState uint8

// The states of an operator's phone.
const (
	PhoneMissing PhoneState = iota // none given yet
	PhoneReachable
	PhoneUnreachable
	PhoneInUse // the account serves another logged-in operator
)

// Pending is what an operator asked for during a call.
type Pending struct {
	Presence  Presence
	PauseType PauseTypeID
	Reason    LogoutReason
}

// OperatorView is an operator as the floor shows him.
type OperatorView struct {
	ID            OperatorID
	Name          string
	Session       SessionID
	LoggedInSince Instant
	Presence      Presence
	PauseType     PauseTypeID
	PresenceSince Instant
	// PauseUntil is when the pause type's limit is reached, or was; zero = no
	// limit.
	PauseUntil    Instant
	PauseOverran  bool // the limit has passed and a rule keeps him paused
	Activity      Activity
	ActivitySince Instant
	Pending       *Pending
	Call          CallID  // the call he is offered, in, or wrapping up
	Group         GroupID // its group
	IgnoredUntil  Instant
	WrapUpUntil   Instant
	// LogoutAt is the next automatic logout that he can see coming: by the clock
	// (OP-24) or for inactivity (OP-17); zero = none.
	LogoutAt   Instant
	Phone      Phone
	PhoneState PhoneState
	Browser    bool // the browser phone proves that it could take a call
	PhoneGiven bool // the phone was given in this session (OP-13)
	// LastPhone is that of the session before; zero when he has had none.
	LastPhone Phone
	Missed    int // consecutive missed calls
	Groups    []GroupID
	Suspended []GroupID // those of Groups that offer him nothing now
}

// GroupView is a group as the floor shows it. The counters run since the centre
// exists: offered = answered + abandoned + overflowed + waiting.
type GroupView struct {
	ID            GroupID
	Name          string
	Waiting       int     // calls in the group that no operator has answered, ringing ones included
	OldestArrival Instant // of the waiting calls; zero when none waits
	LoggedIn      int
	Available     int // eligible or at least idle and available
	InCall        int
	WrapUp        int
	Paused        int
	Offered       uint64
	Answered      uint64
	Abandoned     uint64
	Overflowed    uint64
	// Closed says that its hours are over, HoursCause why it is as it is, and
	// HoursChangeAt when that changes next; zero = not foreseen.
	Closed        bool
	HoursCause    string
	HoursChangeAt Instant
	// EstimatedWait is how long a caller who came now would wait, in seconds; -1
	// when that is not known.
	EstimatedWait int
}

// CallView is a live call.
type CallView struct {
	ID         CallID
	Direction  Direction
	State      CallState
	Caller     string
	CallerName string
	Called     string
	// NumberHidden: Called is not shown to the call's operator (OP-08).
	NumberHidden bool
	Service      NumberID
	Group        GroupID
	Operator     OperatorID // who is offered it, talks, or wraps up
	ArrivedAt    Instant
	AnsweredAt   Instant
	EndedAt      Instant
	Outcome      Outcome
	EndedBy      EndedBy
	Recording    RecordingState
	Tags         []string
	Note         string
	RingUntil    Instant
	// OfferedAt is when the phone of its operator was rung; zero when none was, or
	// when the call is over.
	OfferedAt Instant
	Muted     bool
	// OperatorLeg is the leg of the operator's phone, 0 when there is none.
	OperatorLeg LegID
	// PhoneRings is true while that leg rings: nobody has picked the phone up.
	PhoneRings bool
	// Offers are the phones that ring for it, in the order they were rung; nil when
	// none does. Of the strategy Everyone there may be ten; the fields above then
	// tell of the one rung last. See [CallView.For].
	Offers []OfferView
	// Attached are the operators whose call it is: who is offered it, talks, is
	// consulted, or wraps his part up.
	Attached []OperatorID
	// Side is the second conversation of its operator, nil when there is none, and
	// SideName the full name of its target, an operator.
	Side     *Side
	SideName string
	// Consulted: the view is that of the side's target ([CallView.For]).
	Consulted bool
	// LostUntil is until when the call waits for its operator's browser; zero: it
	// does not.
	LostUntil       Instant
	RecordingPaused bool
	KeepRecording   bool // an operator wants its recording kept
	// Pickable: it waits or rings in its group, and no notice is being heard. See
	// [PickUp].
	Pickable  bool
	Observers []Observer
}

// OfferView is a phone that rings for a call.
type OfferView struct {
	Operator   OperatorID
	Leg        LegID
	OfferedAt  Instant
	RingUntil  Instant
	PhoneRings bool
}

// For returns the call as an operator is offered it: what it tells of one phone
// is told of his. It is the call itself where no phone of his rings for it.
func (v CallView) For(o OperatorID) CallView {
	for _, offer := range v.Offers {
		if offer.Operator == o {
			v.Operator, v.OperatorLeg = o, offer.Leg
			v.OfferedAt, v.RingUntil, v.PhoneRings = offer.OfferedAt, offer.RingUntil, offer.PhoneRings
			if v.Side != nil { // another asks him, or gives it to him
				v.State, v.Consulted, v.Side = CallRinging, v.Side.Kind == SideConsult, nil
			}
			return v
		}
	}
	switch _, attached := slices.BinarySearch(v.Attached, o); {
	case !attached || v.Operator == o:
	case v.Side != nil && v.Side.Operator == o && v.Side.Up:
		v.Operator, v.OperatorLeg, v.Consulted, v.Muted = o, v.Side.Leg, true, v.Side.Muted
		v.State = CallTalking
		if v.Side.Kind == SideConsult && !v.Side.Front {
			v.State = CallHeld
		}
	default: // he has left it, and wraps his part up
		v.Operator, v.OperatorLeg, v.State, v.Side = o, 0, CallWrapUp, nil
	}
	return v
}

// RecordingState is where the recording of a call stands.
type RecordingState uint8

// The states of a recording.
const (
	RecordingNone RecordingState = iota
	RecordingRunning
	RecordingReady
	RecordingLost
)
