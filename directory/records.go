package directory

import "time"

// ID identifies a record. It is opaque: nothing may be read from its form.
type ID string

// Meta is what every record carries.
type Meta struct {
	ID ID
	// Centre is the contact centre the record belongs to; empty in a Centre.
	Centre    ID
	CreatedAt time.Time
	UpdatedAt time.Time
	// Revision grows by one with each stored change, starting at 1; the ETag
	// of the record is made from it.
	Revision int64
}

// Centre is one customer's contact centre: a tenant of the node.
type Centre struct {
	Meta
	Name     string
	Language Language
	// TimeZone is an IANA name; clock rules (automatic logout, days of
	// reports) are evaluated in it.
	TimeZone string
	// DialCountry is the ISO 3166 alpha-2 country that completes national
	// numbers when the operator's own does not.
	DialCountry string
	// MainNumber is E.164, or empty until the first number is created.
	MainNumber string
	// RecordingNotice says whether the recorded parties hear a notice; a
	// centre that informs them otherwise turns it off.
	RecordingNotice bool
	// ShowListening says whether an operator's banner shows that a supervisor
	// hears his call.
	ShowListening bool
}

// Operator is a person with a banner, the live object calls are routed to.
// The comments carry the number of the field in the product's specification.
type Operator struct {
	Meta
	// Enabled is false for an operator who may not log in.
	Enabled bool
	// PasswordState tells where the operator's first password stands.
	PasswordState PasswordState

	Login    string   // OP-01: 1–32 of a-z 0-9 . _ -, unique in the centre.
	Language Language // OP-03
	FullName string   // OP-04: 1–100 characters.
	CallerID CallerID // OP-05
	// DirectNumber is the operator's own number, E.164 or empty (OP-05b).
	DirectNumber         string
	ScreenPop            ScreenPop // OP-06, OP-22, OP-23
	ShowWaiting          bool      // OP-07
	ShowNumbersInHistory bool      // OP-08
	Email                string    // OP-09: unique among the centre's operators.
	// AlwaysConnected lets calls through although he is paused (OP-10).
	AlwaysConnected bool
	Record          bool        // OP-11
	Phone           PhoneChoice // OP-12
	AskPhoneAtLogin bool        // OP-13
	// WrapUpSeconds is 0–3600, or nil for the group's (OP-14).
	WrapUpSeconds *int
	RingSeconds   int // OP-15: 5–120.
	// RetrySeconds is 0–3600: how long he is ignored after a failed ring (OP-16).
	RetrySeconds int
	// IdleLogoutMinutes is 1–1440, or nil for never (OP-17).
	IdleLogoutMinutes *int
	// MissedLogoutCount is 1–100, or nil for never; the call after it logs
	// him out (OP-18).
	MissedLogoutCount *int
	SilenceLogout     bool // OP-19
	AllowOutgoing     bool // OP-20
	AllowPhoneChange  bool // OP-21
	// LogoutAt is HH:MM in the centre's time zone, or empty for never (OP-24).
	LogoutAt          string
	PersistentSession bool   // OP-25
	PauseAtLogin      bool   // OP-26
	DialCountry       string // OP-27: ISO 3166 alpha-2.
}

// CallerID says which number the called party sees on a call made without a
// group (OP-05).
type CallerID struct {
	Mode CallerIDMode
	// Number belongs to the modes service (one of the centre's service
	// numbers; empty for the main number) and custom.
	Number string
}

// ScreenPop is the opening of the customer's page on a call.
type ScreenPop struct {
	Window ScreenPopWindow // OP-06
	// IncomingURL and OutgoingURL are templates, empty to open nothing
	// (OP-22, OP-23). Only the technical team sees them.
	IncomingURL string
	OutgoingURL string
}

// PhoneChoice is where an operator's calls ring (OP-12). The zero value means
// none is known yet.
type PhoneChoice struct {
	Kind PhoneKind
	// Number is the telephone number of an external phone, E.164 or a short
	// code.
	Number string
	// Account is the Phone a Centrex operator is reached on.
	Account ID
	// Fallback is a telephone number that is rung while a browser cannot be
	// reached, E.164 or a short code; empty for none.
	Fallback string
	// Confirm asks the operator on an external phone, or on the number rung
	// instead of his browser, to press 1 before the
	// caller is joined. On a phone of another kind it says nothing, and waits
	// for the operator to be on an external one again.
	Confirm bool
}

// Group is a skill group: a queue and the operators who serve it.
type Group struct {
	Meta
	Name     string
	Colour   string // #rrggbb
	Strategy Strategy
	// Priority is 1–100; 1 is the most urgent.
	Priority      int
	WrapUpSeconds int // 0–3600
	// OutgoingNumber is presented on calls made for this group; empty for
	// the operator's own caller ID.
	OutgoingNumber string
	// TransferNumber is presented when a call of this group is forwarded;
	// empty for the caller's number.
	TransferNumber           string
	Record                   GroupRecord
	OperatorMayStopRecording bool
	OperatorMayKeepRecording bool
	// PickUp lets members take a call that rings at another of them.
	PickUp bool
	// MaxWaiting is the number of callers that fills the group, nil for no limit.
	MaxWaiting *int
	// MaxWaitSeconds is the longest wait before overflow, nil for no limit; 0 sends on
	// at once who finds nobody free.
	MaxWaitSeconds *int
	// Overflow is a group, a number or hanging up.
	Overflow     Destination
	WhenNobody   WhenNobody
	ServiceLevel ServiceLevel
	// HoldMusic is the sound callers wait with, empty for the product's own.
	HoldMusic     ID
	Announcements Announcements
	// Hours are the opening hours, nil for always open.
	Hours *Hours
	// Members stand in the order the fixed strategy follows.
	Members []Member
}

// GroupRecord says which of a group's calls are recorded.
type GroupRecord struct {
	Inbound  bool
	Outbound bool
}

// Announcements are what a group says to its waiting callers.
type Announcements struct {
	// Welcome is a sound said once on arrival, empty for none.
	Welcome ID
	// Position and EstimatedWait have the caller's place and his probable wait
	// said.
	Position      bool
	EstimatedWait bool
	// Periodic is a sound said again and again, empty for none.
	Periodic ID
	// EverySeconds is the time between two announcements, 15–3600.
	EverySeconds int
}

// ServiceLevel is the target share of calls answered within a time.
type ServiceLevel struct {
	Seconds int // 1–3600
	Percent int // 1–100
}

// Member is an operator's place in a group.
type Member struct {
	Operator ID
	// Order is the position, 1 first.
	Order int
	// Level is 1–9; 1 is the most skilled.
	Level     int
	Suspended bool
}

// Destination is where a call goes. The zero value means nowhere: the call
// keeps its ordinary treatment.
type Destination struct {
	Type DestinationType
	// ID names the group or the operator.
	ID ID
	// Number belongs to the type number: E.164 or a short code.
	Number string
}

// PauseType is a named reason for being paused.
type PauseType struct {
	Meta
	Names  Names
	Colour string // #rrggbb
	// Order is the place in the banner's list, 1 first.
	Order int
	// MaxMinutes is 1–1440, or nil for no limit.
	MaxMinutes *int
	// Productive marks work without calls, such as training.
	Productive bool
	// Login marks the one pause used when login leaves the operator paused.
	Login bool
}

// Number is a service number: an inbound number that belongs to the centre.
type Number struct {
	Meta
	Number      string // E.164, once on the node.
	Label       string
	Destination Destination
	Record      bool
	// Overflow takes a call its operator did not; the zero value for none.
	Overflow Destination
	Answer   Answer
	// Hours are the opening hours, nil for always open.
	Hours *Hours
}

// Phone is a SIP account registered on our registrar: a desk phone or a
// softphone.
type Phone struct {
	Meta
	Label    string
	Username string // unique on the node.
	// Number is an internal number of 2–6 digits, or empty.
	Number string
}

// PhoneSecret is the password of a Phone, kept apart from it so that no list
// of phones can carry it.
type PhoneSecret struct {
	Phone    ID
	Password Secret
}

// Trunk is a SIP connection to a carrier or another exchange.
type Trunk struct {
	Meta
	Name      string
	Host      string
	Port      int // 1–65535
	Transport Transport
	// Sources are the CIDR prefixes calls are accepted from, each with an
	// optional port ("127.0.0.1/32:5080"); none means no inbound.
	Sources  []string
	Username string
	Password Secret
	Digest   DigestAlgorithm
	Register bool
	// MaxCalls is the number of simultaneous calls, nil for no limit.
	MaxCalls *int
	// Priority orders trunks for outgoing calls, the lowest first; 1–100.
	Priority int
	Codecs   []Codec
	// KeepaliveSeconds is the interval of OPTIONS, 0 for none, else 5–3600.
	KeepaliveSeconds int
	// Format is the form of telephone numbers sent to the trunk.
	Format NumberFormat
	// ForwardCaller presents the caller's own number on an inbound call
	// forwarded to an external phone.
	ForwardCaller bool
	Enabled       bool
}

// User is a person who administers or supervises, without a banner.
type User struct {
	Meta
	Login    string
	Name     string
	Email    string
	Language Language
	Role     Role
	// Groups are those a supervisor sees; nil means all, empty means none.
	Groups        []ID
	Rights        Rights
	PasswordState PasswordState
}

// Rights are what a supervisor may do beyond the board of groups.
type Rights struct {
	OperatorDetail bool
	Listen         bool
}

// Token lets a program use the API in a role until it expires. Only a hash
// of the token itself is kept.
type Token struct {
	Meta
	Name      string
	Role      Role
	ExpiresAt time.Time
	// MadeBy is the user who made it.
	MadeBy ID
	// Hash is the SHA-256 of the token.
	Hash []byte
}

// Session is a web session: the cookie, not the presence on the floor. Only a
// hash of the cookie is kept.
type Session struct {
	// Hash is the SHA-256 of the cookie's value and identifies the session.
	Hash   []byte
	Centre ID
	// Subject is the operator or the user who logged in.
	Subject ID
	Role    Role
	// MustChangePassword limits the session to replacing the password.
	MustChangePassword bool
	CreatedAt          time.Time
	LastRequestAt      time.Time
}

// Credential is the password of an operator or a user.
type Credential struct {
	Subject ID
	// Hash is a PHC string made by HashPassword.
	Hash Secret
	// MustChange is true for a password somebody else chose.
	MustChange bool
	// ExpiresAt ends a mailed password; zero for one without an end.
	ExpiresAt time.Time
	UpdatedAt time.Time
}

// Mail is a row of the outbox.
type Mail struct {
	Meta
	// About is the operator or the user whose password it carries.
	About ID
	// AboutRole tells an operator's mail from a user's.
	AboutRole Role
	To        string
	// ToName is the recipient's name, as text.
	ToName  string
	Subject string
	// Text and HTML hold the body until the mail is sent, then nothing: they
	// contain a password.
	Text      Secret
	HTML      Secret
	State     MailState
	Attempts  int
	LastError string
	// NextAttempt is the earliest instant of the next try.
	NextAttempt time.Time
	SentAt      time.Time
}
