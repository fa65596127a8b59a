package acd

// Event is a fact, in the past tense. Events are kept for ever: a field may be
// added to one, never removed or given another meaning.
//
//sumtype:decl
type Event interface {
	event()
	// fold brings the fact into the state.
	fold(s *State, at Instant)
}

// Activity is what the system sees an operator doing.
type Activity uint8

// The activities.
const (
	Idle Activity = iota
	Ringing
	Dialing
	Talking
	Held
	WrappingUp
)

// Configuration facts.
type (
	// CentreConfigured says that the centre's settings are now these.
	CentreConfigured struct{ Config CentreConfig }
	// OperatorConfigured says that the operator's record is now this.
	OperatorConfigured struct {
		Config   OperatorConfig
		LogoutAt Instant
	}
	// OperatorRemoved says that the record is gone. A call in progress goes on.
	OperatorRemoved struct{ Operator OperatorID }
	// GroupConfigured says that the group's record is now this.
	GroupConfigured struct{ Config GroupConfig }
	// GroupRemoved says that the group is gone.
	GroupRemoved struct{ Group GroupID }
	// PauseTypeConfigured says that the pause type is now this.
	PauseTypeConfigured struct{ Config PauseTypeConfig }
	// PauseTypeRemoved says that the pause type is gone.
	PauseTypeRemoved struct{ PauseType PauseTypeID }
	// MemberSuspended says that a member was taken out of a group, or put back, on
	// the floor.
	MemberSuspended struct {
		Operator  OperatorID
		Group     GroupID
		Suspended bool
		By        Actor
	}
)

// Operators' facts.
type (
	// LoggedIn says that a floor session began.
	LoggedIn struct {
		Operator OperatorID
		Name     string
		Session  SessionID
		LogoutAt Instant
		By       Actor
	}
	// TakenOver says that a newer login re-attached to the running floor session.
	TakenOver struct {
		Operator OperatorID
		Old, New SessionID
		LogoutAt Instant
	}
	// LoggedOutOf says that the floor session ended.
	LoggedOutOf struct {
		Operator OperatorID
		Session  SessionID
		Reason   LogoutReason
		By       Actor
	}
	// OperatorChanged says that his presence or activity changed. It is the only
	// fact that changes them, so the intervals between two of them, from login to logout,
	// leave no gap and no overlap.
	OperatorChanged struct {
		Operator  OperatorID
		Presence  Presence
		PauseType PauseTypeID
		// Forced is true for a pause a rule imposed at login (OP-13, OP-26, a
		// phone in use): it does not end by itself.
		Forced   bool
		Activity Activity
		Call     CallID  // the call of the activity, also of wrap-up; else empty
		Group    GroupID // its group, empty for a direct or ungrouped call
		// WrapUpUntil is when wrap-up ends; zero in other activities.
		WrapUpUntil Instant
		Cause       string // such as "login", "offer", "answer", "hangup", "wrap_up_over", "OP-10"
		By          Actor
	}
	// WrapUpEnded says that he has done with a call that is over. It is that
	// call's fact; OperatorChanged, which follows, says what he does now.
	WrapUpEnded struct {
		Call     CallID
		Operator OperatorID
		Cause    string // as OperatorChanged has it, such as "wrap_up_over", "finished", "dial"
	}
	// PendingSet says what he asked for during a call, or, with None, that it was
	// cancelled or carried out.
	PendingSet struct {
		Operator  OperatorID
		None      bool
		Presence  Presence // Available is never pending; LoggedOut or Paused
		PauseType PauseTypeID
		Reason    LogoutReason
		// LogoutAt is the next daily logout, when this takes back one that waited;
		// else zero.
		LogoutAt Instant
		By       Actor
	}
	// PhoneGiven says that the session's phone is now this.
	PhoneGiven struct {
		Operator OperatorID
		Phone    Phone
		By       Actor
	}
	// ReachabilityChanged says that a Centrex phone registered or is no longer registered.
	ReachabilityChanged struct {
		Account   AccountID
		Reachable bool
	}
	// Ignored says that the OP-16 window opened (until Until) or, with zero, ended, early or
	// by itself.
	Ignored struct {
		Operator OperatorID
		Until    Instant
	}
	// MissedCounted says that the number of consecutive missed calls is now this (OP-18).
	MissedCounted struct {
		Operator OperatorID
		Count    int
	}
	// PauseOverran says that his pause lasted longer than its type allows, and a rule keeps
	// him paused all the same.
	PauseOverran struct {
		Operator  OperatorID
		PauseType PauseTypeID
	}
	// WasActive says that he did something in the banner, or that the process was
	// started anew: OP-17 counts from here.
	WasActive struct{ Operator OperatorID }
	// WasAlive says that his banner gave a sign of life, or that the process was
	// started anew: OP-19 counts from here.
	WasAlive struct{ Operator OperatorID }
	// StreamChanged says how many banner streams his session has open, and, when
	// the last was closed in order, when the session ends (OP-25), else zero.
	StreamChanged struct {
		Operator OperatorID
		Streams  int
		EndsAt   Instant
	}
)

// Direction is that of a call, seen from the centre.
type Direction uint8

// The directions.
const (
	Inbound Direction = iota + 1
	Outbound
)

// OfferOutcome is the one outcome of an offer.
type OfferOutcome uint8

// The outcomes of an offer.
const (
	OfferAnswered    OfferOutcome = iota + 1
	OfferNoAnswer                 // rang out: counts towards OP-18, opens the OP-16 window
	OfferRejected                 // he refused: opens the window
	OfferBusy                     // his phone was busy: opens the window
	OfferUnreachable              // his phone could not be reached: opens the window
	OfferCallerLeft               // the caller gave up: nobody's failure
	OfferWithdrawn                // the system took it back: nobody's failure
)

// Outcome is the one outcome of a call.
type Outcome uint8

// The outcomes of a call.
const (
	OutcomeNone Outcome = iota // still going on
	OutcomeAnswered
	OutcomeAbandoned
	OutcomeOverflowed
	OutcomeNoAnswer
	OutcomeBusy
	OutcomeFailed
	OutcomeRefused
)

// EndedBy says which side ended a call.
type EndedBy uint8

// Who ended a call.
const (
	EndedByNobody EndedBy = iota // still going on
	EndedByCaller                // the outside party, also of an outgoing call
	EndedByOperator
	EndedBySystem
)

// QueueExit says how a call left a group.
type QueueExit uint8

// How a call leaves a group. Every call offered to a group leaves it in exactly
// one of these ways, so offered = answered + abandoned + overflowed + waiting.
const (
	LeftAnswered QueueExit = iota + 1
	LeftAbandoned
	LeftOverflowed
)

// Calls' facts.
type (
	// CallStarted says that an inbound call arrived, or an operator dialled.
	CallStarted struct {
		Call       CallID
		Direction  Direction
		Caller     string // inbound: the caller; outbound: the number presented
		CallerName string
		Called     string
		Service    NumberID
		Record     bool       // the service number records
		Group      GroupID    // outbound: the group chosen
		Operator   OperatorID // outbound: who dialled
		FromPhone  bool
		Emergency  bool
		// NumberHidden: the operator who dialled may not see Called (OP-08).
		NumberHidden bool
		OnOperator   bool
		Closed       string // why the number was closed; empty: it was not
		Overflow     Exit   // for a call to an operator
		Present      Presentation
	}
	// Enqueued says that the call is offered to a group and waits in it. Seq is its place
	// among calls of the same instant. FirstArrival is the call's.
	Enqueued struct {
		Call         CallID
		Group        GroupID
		Seq          uint64
		FirstArrival Instant
		// WaitEndsAt is when the maximum wait is over; zero = never.
		WaitEndsAt Instant
		Cause      string // "arrival", "overflow"
		// Position is the place among those who wait, from 1; Eligible how many could
		// have been offered it at once, and Passed why the others could not.
		Position int
		Eligible int
		Passed   []SkipCount
	}
	// Dequeued says that the call left a group for good.
	Dequeued struct {
		Call  CallID
		Group GroupID
		How   QueueExit
		Cause string // "answered", "caller_left", "max_wait", "full", "nobody", "group_removed", "too_many_overflows"
	}
	// Overflowed says that the call takes an exit. From is the group it leaves; empty: it
	// takes the service number's own exit, which is spent by that.
	Overflowed struct {
		Call  CallID
		From  GroupID
		Exit  Exit
		Cause string // "max_wait", "full", "nobody", "group_removed", "operator_busy", "operator_away", "no_answer", "busy"…
		Count int    // how many exits the call has taken by now
	}
	// OfferMade says that an operator's phone is to ring for a call. An offer is known by
	// its call and leg.
	OfferMade struct {
		Call     CallID
		Leg      LegID
		Operator OperatorID
		Name     string
		Group    GroupID // empty: a call to the operator himself
		Phone    Phone
		Until    Instant
		Strategy Strategy // 0 for a call to the operator himself
		Rank     int      // place among the eligible, from 1
		Eligible int      // how many were eligible
		Skipped  []Skip   // members who were not, and why; of large groups those alone who had let it ring
		// Passed counts the members who were not eligible by reason, in groups too
		// large for Skipped.
		Passed []SkipCount
		// What his strategy went by: since when he was idle, how many calls he had
		// answered in the day, his level. Zero where it went by something else.
		IdleSince Instant
		Answered  int
		Level     int
	}
	// OfferEnded says that the offer has its one outcome.
	OfferEnded struct {
		Call     CallID
		Leg      LegID
		Operator OperatorID
		Group    GroupID
		Outcome  OfferOutcome
		Status   int // SIP status, 0 when none
	}
	// LegPlaced says that a leg that is no offer was placed: an operator's own phone for an
	// outgoing call, a called party, or a forward to a number.
	LegPlaced struct {
		Call   CallID
		Leg    LegID
		Role   LegRole
		Phone  Phone
		Until  Instant
		Number string
	}
	// LegRang says that the far side of a placed leg rings, or, with Early, sends early
	// media.
	LegRang struct {
		Call  CallID
		Leg   LegID
		Early bool
	}
	// LegWasAnswered says that a placed leg was answered, or the caller was (leg 1).
	LegWasAnswered struct {
		Call CallID
		Leg  LegID
	}
	// LegGone says that a leg ended or failed.
	LegGone struct {
		Call   CallID
		Leg    LegID
		Cause  string // "hangup", "media_lost", "busy", "rejected", "unreachable"…
		Status int
	}
	// Connected says that operator and outside party talk. Operator is empty when a
	// number took the call that was forwarded to it.
	Connected struct {
		Call     CallID
		Operator OperatorID
		Name     string
		Group    GroupID
		Leg      LegID // the operator's
		Other    LegID
		// WrapUpSeconds is the wrap-up this conversation will be followed by: a
		// record changed meanwhile does not change it.
		WrapUpSeconds int
	}
	// ConfirmationAsked says that an operator's phone was answered, and that
	// whoever answered it is asked to press 1. It still counts as ringing, until
	// Until.
	ConfirmationAsked struct {
		Call     CallID
		Leg      LegID
		Operator OperatorID
		Until    Instant
	}
	// NoticeStarted says that the caller, or both sides of a conversation that is
	// to be recorded, hear that it may be recorded.
	NoticeStarted struct {
		Call   CallID
		Leg    LegID // who hears it: the caller, or the customer's side
		Other  LegID // the operator's side, 0 while the caller waits
		Prompt int   // its number among the call's prompts
		// Until is when it counts as heard although nobody has said that it ended.
		Until Instant
		// Recording is why the conversation is recorded once it has ended, empty
		// while the caller waits.
		Recording string
	}
	// NoticeEnded says that it was heard. Nobody hears it twice in a call.
	NoticeEnded struct{ Call CallID }
	// HeldChanged says that the call was put on hold, or taken back; ByPhone: with the
	// phone's own key.
	HeldChanged struct {
		Call     CallID
		Operator OperatorID
		Held     bool
		ByPhone  bool
	}
	// MuteChanged says that the operator's voice is stopped, or not.
	MuteChanged struct {
		Call     CallID
		Operator OperatorID
		On       bool
	}
	// RecordingStarted says that the conversation is being recorded, and why.
	RecordingStarted struct {
		Call   CallID
		Reason string // "operator", "group", "number", joined by "+"
	}
	// RecordingEnded says that nothing more is recorded.
	RecordingEnded struct{ Call CallID }
	// RecordingKept says that the file is complete, or lost.
	RecordingKept struct {
		Call CallID
		Lost bool
	}
	// Tagged says that the tags are now these.
	Tagged struct {
		Call     CallID
		Operator OperatorID
		Tags     []string
	}
	// Noted says that the note is now this.
	Noted struct {
		Call     CallID
		Operator OperatorID
		Text     string
	}
	// CallEnded says that the call is over; it has its one outcome.
	CallEnded struct {
		Call    CallID
		Outcome Outcome
		EndedBy EndedBy
		Cause   string
	}
)

// LegRole says what a leg is for.
type LegRole uint8

// The roles.
const (
	RoleCaller    LegRole = iota + 1 // the inbound caller
	RoleOffer                        // an operator's phone, offered a call
	RoleOwnPhone                     // the operator's own phone in an outgoing call
	RoleCalled                       // the called party of an outgoing call
	RoleForwarded                    // a number an inbound call is forwarded to
	RoleTarget                       // a number that is transferred to or consulted
	RoleObserver                     // a supervisor's phone
)

// Skip says why a member of the group was not eligible.
type Skip struct {
	Operator OperatorID
	Reason   SkipReason
}

// SkipReason is why an operator is not eligible.
type SkipReason uint8

// The reasons.
const (
	SkipLoggedOut SkipReason = iota + 1
	SkipPaused
	SkipSuspended
	SkipNoPhone
	SkipUnreachable
	SkipPhoneInUse
	SkipBusy
	SkipWrapUp
	SkipIgnored // inside his OP-16 window
	SkipTried   // let this call ring before, and another is eligible
	SkipDisabled
	SkipNotOfTen // of everyone ring ten
	skipReasons
)

// SkipCount says how many members of a group were not eligible for a reason.
type SkipCount struct {
	Reason SkipReason
	Count  int
}

func (CentreConfigured) event()    {}
func (OperatorConfigured) event()  {}
func (OperatorRemoved) event()     {}
func (GroupConfigured) event()     {}
func (GroupRemoved) event()        {}
func (PauseTypeConfigured) event() {}
func (PauseTypeRemoved) event()    {}
func (MemberSuspended) event()     {}
func (LoggedIn) event()            {}
func (TakenOver) event()           {}
func (LoggedOutOf) event()         {}
func (OperatorChanged) event()     {}
func (WrapUpEnded) event()         {}
func (PendingSet) event()          {}
func (PhoneGiven) event()          {}
func (ReachabilityChanged) event() {}
func (Ignored) event()             {}
func (MissedCounted) event()       {}
func (PauseOverran) event()        {}
func (Overflowed) event()          {}
func (WasActive) event()           {}
func (WasAlive) event()            {}
func (StreamChanged) event()       {}
func (CallStarted) event()         {}
func (Enqueued) event()            {}
func (Dequeued) event()            {}
func (OfferMade) event()           {}
func (OfferEnded) event()          {}
func (LegPlaced) event()           {}
func (LegRang) event()             {}
func (LegWasAnswered) event()      {}
func (LegGone) event()             {}
func (Connected) event()           {}
func (ConfirmationAsked) event()   {}
func (NoticeStarted) event()       {}
func (NoticeEnded) event()         {}
func (HeldChanged) event()         {}
func (MuteChanged) event()         {}
func (RecordingStarted) event()    {}
func (RecordingEnded) event()      {}
func (RecordingKept) event()       {}
func (Tagged) event()              {}
func (Noted) event()               {}
func (CallEnded) event()           {}

// Recorded is an event with its place in the centre's journal.
type Recorded struct {
	Seq   uint64 // from 1, without gaps
	At    Instant
	Event Event
}
