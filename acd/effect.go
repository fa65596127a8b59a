package acd

// Effect asks the edges to do something, once the step's events are durable.
// Effects of one step are carried out in order for each call.
//
//sumtype:decl
type Effect interface{ effect() }

// Sound is something a leg hears.
type Sound uint8

// The sounds.
const (
	SoundMusic    Sound = iota + 1 // hold music
	SoundRingback                  // the far side rings
	SoundBusy                      // busy tone, for three seconds
)

// Prompt is something that is said to a leg.
type Prompt uint8

// The prompts.
const (
	PromptNotice  Prompt = iota + 1 // the conversation may be recorded
	PromptConfirm                   // press 1 to take the call
)

// Effects on legs. Call control knows each leg by call and number.
type (
	// PlaceLeg rings a phone or dials a number. Ends with LegAnswered or
	// LegFailed; a HangUpLeg before that cancels it and needs no answer.
	PlaceLeg struct {
		Call CallID
		Leg  LegID
		// Operator whose phone it is; empty for a called party.
		Operator OperatorID
		// User is the supervisor whose phone it is; Operator is empty then.
		User    UserID
		Phone   Phone        // PhoneExternal also carries the number of a called party
		Present Presentation // what the phone shows
		// GroupName is shown where the phone shows a display name.
		GroupName string
		// Caller is the real caller of an inbound call that is forwarded to an
		// external phone; empty when withheld.
		Caller string
		// Service is the called service number of a forwarded inbound call.
		Service   string
		Emergency bool
		Until     Instant // when the core will give up; for information
	}
	// ProgressLeg tells the caller, unanswered, that it rings (180), or with
	// Early starts early media (183).
	ProgressLeg struct {
		Call  CallID
		Leg   LegID
		Early bool
	}
	// AnswerLeg answers the caller (200).
	AnswerLeg struct {
		Call CallID
		Leg  LegID
	}
	// HangUpLeg ends a leg whatever its state. Status is the SIP status of an
	// unanswered caller's refusal (486, 480, 404); 0 otherwise. After is a sound
	// that is played to its end first, to an answered leg.
	HangUpLeg struct {
		Call   CallID
		Leg    LegID
		Status int
		After  Sound
	}
	// PlayLeg plays a sound to a leg until the next PlayLeg or JoinLegs.
	PlayLeg struct {
		Call  CallID
		Leg   LegID
		Sound Sound
		Music SoundID // of SoundMusic; empty: the product's own
	}
	// PlayPrompt says something to legs, instead of whatever they hear: the notice
	// once, then PromptEnded is expected; the request to confirm again and again,
	// and the keys that are pressed meanwhile are reported as LegPressed. JoinLegs
	// and PlayLeg end it.
	PlayPrompt struct {
		Call     CallID
		Legs     []LegID
		Prompt   Prompt
		Language string
		Number   int // to be reported when it has ended; 0 when nothing is
	}
	// JoinLegs lets two legs hear each other, and nothing else.
	JoinLegs struct {
		Call CallID
		A, B LegID
	}
	// PartLegs ends what JoinLegs began.
	PartLegs struct {
		Call CallID
		A, B LegID
	}
	// MixLegs lets legs hear each other in a way of their own: each hears the sum
	// of the legs it is said to, and nothing else. It takes the place of what they
	// were joined with or played. A leg that is no longer among the parties has
	// been joined, parted or hung up by another effect of the step.
	MixLegs struct {
		Call    CallID
		Parties []Party
	}
	// MuteLeg stops what comes from a leg.
	MuteLeg struct {
		Call CallID
		Leg  LegID
		On   bool
	}
	// StartRecording records two legs: Customer (the caller, or the called party
	// of an outgoing call) on the left, Operator on the right. A second one for a
	// call goes on in the same file.
	StartRecording struct {
		Call               CallID
		Customer, Operator LegID
	}
	// PauseRecording writes silence in place of what is said, or goes on.
	PauseRecording struct {
		Call CallID
		On   bool
	}
	// StopRecording ends the recording; RecordingStored is expected.
	StopRecording struct{ Call CallID }
	// ForgetCall says that the call has ended; what is left of its legs may go when they
	// have ended.
	ForgetCall struct{ Call CallID }
)

// Party is a leg of a mix and whom it hears, in ascending order.
type Party struct {
	Leg   LegID
	Hears []LegID
}

// EndSession says that the floor session has ended or was taken over; its cookies die.
type EndSession struct {
	Operator OperatorID
	Session  SessionID
	Reason   LogoutReason // 0: taken over by a newer login
}

func (PlaceLeg) effect()       {}
func (ProgressLeg) effect()    {}
func (AnswerLeg) effect()      {}
func (HangUpLeg) effect()      {}
func (PlayLeg) effect()        {}
func (PlayPrompt) effect()     {}
func (JoinLegs) effect()       {}
func (PartLegs) effect()       {}
func (MixLegs) effect()        {}
func (MuteLeg) effect()        {}
func (StartRecording) effect() {}
func (PauseRecording) effect() {}
func (StopRecording) effect()  {}
func (ForgetCall) effect()     {}
func (EndSession) effect()     {}
