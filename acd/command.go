package acd

// Command asks the core for something. A command that is refused changes
// nothing and yields an [*Error].
//
//sumtype:decl
type Command interface {
	command()
	// decide works out what the command leads to. It refuses before it emits.
	decide(t *step) error
}

// ActorKind says who caused something.
type ActorKind uint8

// The actors.
const (
	BySystem ActorKind = iota
	ByOperator
	BySupervisor
	ByRule
	ByCaller
)

// Actor is who did it; ID is the operator's or user's identifier, or the name
// of a rule such as "OP-18".
type Actor struct {
	Kind ActorKind
	ID   string
}

// Presence is what an operator chose.
type Presence uint8

// The presences.
const (
	LoggedOut Presence = iota
	Available
	Paused
)

// LogoutReason says what ended a floor session.
type LogoutReason uint8

// The reasons a floor session ends.
const (
	LogoutManual LogoutReason = iota + 1
	LogoutWindow
	LogoutSilence
	LogoutIdle
	LogoutMissed
	LogoutClock
	LogoutSupervisor
	LogoutDisabled
)

// Configuration commands. Each is idempotent: an unchanged record yields no event.
type (
	// ConfigureCentre sets the centre's settings.
	ConfigureCentre struct{ Config CentreConfig }
	// ConfigureOperator creates or changes an operator. LogoutAt is the next
	// instant of his daily logout (OP-24); zero means never. It replaces the
	// running session's.
	ConfigureOperator struct {
		Config   OperatorConfig
		LogoutAt Instant
	}
	// RemoveOperator deletes an operator; his session ends, after his call.
	RemoveOperator struct {
		Operator OperatorID
		By       Actor
	}
	// ConfigureGroup creates or changes a group.
	ConfigureGroup struct{ Config GroupConfig }
	// RemoveGroup deletes a group. Its waiting calls take its overflow exit, else
	// are hung up with outcome overflowed.
	RemoveGroup struct{ Group GroupID }
	// ConfigurePauseType creates or changes a pause type.
	ConfigurePauseType struct{ Config PauseTypeConfig }
	// RemovePauseType deletes a pause type; operators paused with it stay paused.
	RemovePauseType struct{ PauseType PauseTypeID }
)

// Operators' commands.
type (
	// Login starts a floor session or re-attaches to the running one.
	Login struct {
		Operator OperatorID
		Session  SessionID
		LogoutAt Instant // next daily logout (OP-24), zero = never
		By       Actor
	}
	// Logout ends the session at once, or when the call in progress has ended.
	Logout struct {
		Operator OperatorID
		Reason   LogoutReason
		By       Actor
	}
	// SetPresence makes him available or pauses him.
	SetPresence struct {
		Operator  OperatorID
		Presence  Presence // Available or Paused
		PauseType PauseTypeID
		// LogoutAt is the next daily logout (OP-24), zero = never: the one that
		// waits for the end of a call is over when a supervisor takes it back.
		LogoutAt Instant
		By       Actor
	}
	// SetPhone gives or changes the phone of the session (OP-13, OP-21).
	SetPhone struct {
		Operator OperatorID
		Phone    Phone
		By       Actor
	}
	// SetReachable says whether a Centrex phone is registered.
	SetReachable struct {
		Account   AccountID
		Reachable bool
	}
	// FinishWrapUp ends wrap-up now.
	FinishWrapUp struct {
		Operator OperatorID
		By       Actor
	}
	// ExtendWrapUp moves the end of wrap-up by 1 to 3600 seconds.
	ExtendWrapUp struct {
		Operator OperatorID
		Seconds  int
		By       Actor
	}
	// Suspend takes a member out of a group, or puts him back.
	Suspend struct {
		Operator  OperatorID
		Group     GroupID
		Suspended bool
		By        Actor
	}
	// Release frees an operator from whatever holds him: his calls are hung up,
	// his offer withdrawn, his wrap-up and OP-16 window ended.
	Release struct {
		Operator OperatorID
		By       Actor
	}
	// Active notes an action in the banner (OP-17). It yields an event at most
	// once in 15 s.
	Active struct{ Operator OperatorID }
	// Alive notes a sign of life of the banner (OP-19). It yields an event at
	// most once in 60 s.
	Alive struct{ Operator OperatorID }
	// StreamOpened and StreamClosed follow the banner's streams (OP-25); InOrder
	// is true when the page closed it with WebSocket code 1000 or 1001.
	StreamOpened struct {
		Operator OperatorID
		Session  SessionID
	}
	// StreamClosed is the end of what StreamOpened began.
	StreamClosed struct {
		Operator OperatorID
		Session  SessionID
		InOrder  bool
	}
)

// Destination is where an inbound call goes.
type Destination struct {
	Kind     DestinationKind
	Group    GroupID
	Operator OperatorID
	Number   string
}

// DestinationKind is the kind of a [Destination].
type DestinationKind uint8

// The destinations.
const (
	ToGroup DestinationKind = iota + 1
	ToOperator
	ToNumber
	ToHangUp
)

// Calls' commands. Legs are reported by call control.
type (
	// CallArrived is an inbound call for a service number or a direct number. Its
	// leg is leg 1.
	CallArrived struct {
		Call        CallID
		Caller      string // E.164; empty when withheld
		CallerName  string
		Called      string   // E.164 as dialled
		Service     NumberID // empty for a direct number
		Record      bool     // the service number records
		Overflow    Exit     // the service number's, for a call to an operator
		Destination Destination
		// OnOperator keeps the caller in early media until an operator answers.
		OnOperator bool
		// Closed is why the number is closed just now ("weekly", "holiday",
		// "exception"); empty: it is open. The call then takes ClosedExit instead of
		// its destination; none refuses it.
		Closed     string
		ClosedExit Exit
	}
	// Dial has an operator place a call. Refused with no_caller_id,
	// outgoing_not_allowed, not_idle…; his own phone rings first.
	Dial struct {
		Call      CallID
		Operator  OperatorID
		Number    string // E.164, short code or emergency number
		Group     GroupID
		Emergency bool
		// NumberHidden: he calls a number back that his record hides from him (OP-08);
		// neither his phone nor his banner shows it.
		NumberHidden bool
		// FromPhone: he dialled on his phone: leg 1 is that phone's INVITE and
		// nothing rings first.
		FromPhone bool
	}
	// DialEmergency is a phone without a logged-in operator dialling an emergency
	// number; leg 1 is that phone.
	DialEmergency struct {
		Call    CallID
		Account AccountID
		Number  string
	}
	// LegProgressed says that the far side of a placed leg rings, or sends early media.
	LegProgressed struct {
		Call  CallID
		Leg   LegID
		Early bool
	}
	// LegAnswered says that a placed leg was answered.
	LegAnswered struct {
		Call CallID
		Leg  LegID
	}
	// LegFailed says that a placed leg will not be answered.
	LegFailed struct {
		Call   CallID
		Leg    LegID
		Cause  FailCause
		Status int // SIP status, 0 when there was none
	}
	// LegEnded says that an answered leg, or the caller's unanswered leg, has gone.
	LegEnded struct {
		Call  CallID
		Leg   LegID
		Cause EndCause
	}
	// LegHeld says that the phone itself put the call on hold or took it back (re-INVITE).
	LegHeld struct {
		Call CallID
		Leg  LegID
		Held bool
	}
	// PromptEnded says that the prompt of this number, which [PlayPrompt] had begun,
	// has been played to its end on all its legs.
	PromptEnded struct {
		Call   CallID
		Prompt int
	}
	// LegPressed says that a key was pressed on a leg that hears a prompt.
	LegPressed struct {
		Call  CallID
		Leg   LegID
		Digit byte // '0'-'9', '*', '#', 'A'-'D'
	}
	// HangUp says that the operator ends his call, in whatever state it is.
	HangUp struct {
		Call     CallID
		Operator OperatorID
		By       Actor
	}
	// Reject says that the operator refuses the call that rings.
	Reject struct {
		Call     CallID
		Operator OperatorID
	}
	// Hold puts the other side on hold, with music.
	Hold struct {
		Call     CallID
		Operator OperatorID
	}
	// Resume ends a hold.
	Resume struct {
		Call     CallID
		Operator OperatorID
	}
	// Mute stops the operator's voice towards the other side.
	Mute struct {
		Call     CallID
		Operator OperatorID
		On       bool
	}
	// Tag replaces the call's tags; allowed during the call and its wrap-up.
	Tag struct {
		Call     CallID
		Operator OperatorID
		Tags     []string
	}
	// Note replaces the call's note; allowed during the call and its wrap-up.
	Note struct {
		Call     CallID
		Operator OperatorID
		Text     string
	}
	// RecordingStored says that the file of an ended recording is complete, or lost.
	RecordingStored struct {
		Call CallID
		Lost bool
	}
)

// The clock and the process.
type (
	// Tick lets time pass: due when [State.Deadline] says.
	Tick struct{}
	// Restarted says that the process was started anew and the legs of the calls it had
	// are gone. Every live call ends, by the system; operators stay logged in.
	Restarted struct{}
)

// FailCause says why a placed leg was not answered.
type FailCause uint8

// The causes, by the SIP status they come from.
const (
	FailBusy        FailCause = iota + 1 // 486, 600
	FailRejected                         // 603, 403 and other refusals
	FailUnreachable                      // 404, 408, 410, 480, 5xx, no route, not registered
	FailRedirected                       // 3xx: not followed
	FailNoAnswer                         // the far side itself gave up ringing (408 or 487 after ringing)
)

// EndCause says how a leg went.
type EndCause uint8

// How legs go.
const (
	EndHungUp      EndCause = iota + 1 // the far side hung up, or gave up before the answer
	EndMediaLost                       // RTP timeout
	EndTooLong                         // longest call reached
	EndSessionLost                     // session timer, failed re-INVITE, transport lost, no ACK
	EndRefused                         // we could not serve it (media, codecs)
)

func (ConfigureCentre) command()    {}
func (ConfigureOperator) command()  {}
func (RemoveOperator) command()     {}
func (ConfigureGroup) command()     {}
func (RemoveGroup) command()        {}
func (ConfigurePauseType) command() {}
func (RemovePauseType) command()    {}
func (Login) command()              {}
func (Logout) command()             {}
func (SetPresence) command()        {}
func (SetPhone) command()           {}
func (SetReachable) command()       {}
func (FinishWrapUp) command()       {}
func (ExtendWrapUp) command()       {}
func (Suspend) command()            {}
func (Release) command()            {}
func (Active) command()             {}
func (Alive) command()              {}
func (StreamOpened) command()       {}
func (StreamClosed) command()       {}
func (CallArrived) command()        {}
func (Dial) command()               {}
func (DialEmergency) command()      {}
func (LegProgressed) command()      {}
func (LegAnswered) command()        {}
func (LegFailed) command()          {}
func (LegEnded) command()           {}
func (LegHeld) command()            {}
func (PromptEnded) command()        {}
func (LegPressed) command()         {}
func (HangUp) command()             {}
func (Reject) command()             {}
func (Hold) command()               {}
func (Resume) command()             {}
func (Mute) command()               {}
func (Tag) command()                {}
func (Note) command()               {}
func (RecordingStored) command()    {}
func (Tick) command()               {}
func (Restarted) command()          {}
