package acd

// OperatorConfig is what the core knows of an operator's record. Seconds and
// minutes are whole; the rules are named in the comments (OP-nn of the manual).
type OperatorConfig struct {
	ID   OperatorID
	Name string // full name, kept with every call of his
	// Language is that of the prompts his phone plays to him (OP-03).
	Language string
	// Enabled is false for a disabled record: nobody logs in with it.
	Enabled bool

	AlwaysConnected   bool   // OP-10: paused does not keep calls away
	Record            bool   // OP-11
	Phone             Phone  // OP-12; zero when AskPhoneAtLogin gives it
	AskPhoneAtLogin   bool   // OP-13
	WrapUpSeconds     *int   // OP-14; nil means the group's
	RingSeconds       int    // OP-15, 5 to 120
	RetrySeconds      int    // OP-16, 0 to 3600
	IdleLogoutMinutes *int   // OP-17; nil means never
	MissedLogoutCount *int   // OP-18; nil means never
	SilenceLogout     bool   // OP-19
	AllowOutgoing     bool   // OP-20
	AllowPhoneChange  bool   // OP-21
	PersistentSession bool   // OP-25
	PauseAtLogin      bool   // OP-26
	DirectNumber      string // OP-05b, E.164 or empty

	// CallerID is what OP-05 comes to: the number an outgoing call presents
	// when no group gives one. Empty Number: nothing to present.
	CallerID Presentation
	// EmergencyNumber is presented to emergency services, never withheld: the
	// direct number, else the centre's main number.
	EmergencyNumber string
}

// Presentation is the number a called party sees.
type Presentation struct {
	Number string // E.164 or a short code
	Name   string // display name, may be empty
	// Anonymous withholds Number: it goes to the trunk as asserted identity only.
	Anonymous bool
}

// PhoneKind says where an operator's calls ring.
type PhoneKind uint8

// The kinds of phone.
const (
	PhoneNone     PhoneKind = iota // no phone known
	PhoneExternal                  // a telephone number reached through a trunk
	PhoneCentrex                   // a SIP account on our registrar
	PhoneBrowser                   // the banner itself
)

// Phone is where an operator's calls ring.
type Phone struct {
	Kind    PhoneKind
	Number  string    // PhoneExternal
	Account AccountID // PhoneCentrex
	// Confirm has whoever answers an offer on this phone press 1 before the
	// caller is joined, so that a voicemail takes no call (OP-12); only external,
	// and the number that is rung instead of a browser.
	Confirm bool
	// Fallback is a telephone number that is rung while the browser cannot be
	// reached; only PhoneBrowser, empty = none.
	Fallback string
}

// Strategy is the rule that ranks the eligible operators of a group.
type Strategy uint8

// The strategies.
const (
	LongestIdle Strategy = iota + 1 // the one available for the longest time
	Fixed                           // the configured order
	Random                          // any of them, by chance
	Rotating                        // each in turn, in the configured order
	Everyone                        // the first ten of the configured order together
	FewestCalls                     // fewest calls of groups answered in the centre's day
	Skill                           // the best level
)

// known says whether there is such a strategy. Journals hold the numbers: they
// are never used again for something else.
func (st Strategy) known() bool { return st >= LongestIdle && st <= Skill }

// Member is an operator's place in a group.
type Member struct {
	Operator  OperatorID
	Order     int // position, lowest first
	Level     int // 1 to 9, 1 is best
	Suspended bool
}

// ExitKind says where a call goes that leaves a group unanswered.
type ExitKind uint8

// The exits.
const (
	ExitNone ExitKind = iota // no exit configured
	ExitGroup
	ExitNumber
	ExitHangUp
)

// Exit is where a call goes on overflow.
type Exit struct {
	Kind   ExitKind
	Group  GroupID
	Number string
}

// GroupConfig is what the core knows of a group's record.
type GroupConfig struct {
	ID                  GroupID
	Name                string
	Strategy            Strategy
	Priority            int // 1 to 100, 1 is most urgent
	WrapUpSeconds       int
	OutgoingNumber      string
	TransferNumber      string // presented to operators on external phones; empty = the caller's
	RecordInbound       bool
	RecordOutbound      bool
	MaxWaiting          *int // nil = no limit
	MaxWaitSeconds      *int // nil = no limit; 0: who finds nobody free overflows
	Overflow            Exit
	OverflowWhenNobody  bool // whenNobody = overflow
	ServiceLevelSeconds int
	HoldMusic           SoundID // empty = the product's own
	Announce            Announcements
	HoursExit           Exit // where calls go while it is closed; none = Overflow
	PickUp              bool // its members may take a call that waits, or rings at a colleague
	MayStopRecording    bool // its operators may pause a recording
	MayKeepRecording    bool // its operators may have one kept
	Members             []Member
}

// PauseTypeConfig is what the core knows of a pause type.
type PauseTypeConfig struct {
	ID         PauseTypeID
	MaxMinutes *int // nil = no limit
	Productive bool
	// Login marks the one pause type used when a login leaves the operator paused.
	Login bool
}

// CentreConfig holds the settings of the whole centre.
type CentreConfig struct {
	MainNumber string
	// Language is that of the prompts callers and called parties hear.
	Language string
	// Notice has everybody who is to be recorded hear a notice before (OP-11).
	Notice bool
}
