package directory

import "slices"

// Language is a language of the product's surfaces.
type Language string

// The four languages.
const (
	French  Language = "fr"
	English Language = "en"
	Italian Language = "it"
	Spanish Language = "es"
)

// Languages returns the four languages in the order they are shown.
func Languages() []Language { return []Language{French, English, Italian, Spanish} }

// Valid reports whether the language is one of the four.
func (l Language) Valid() bool { return slices.Contains(Languages(), l) }

// Names is one text in the four languages.
type Names struct {
	FR, EN, IT, ES string
}

// In returns the text in a language, else in the fallback, else empty.
func (n Names) In(language, fallback Language) string {
	if text := n.exactly(language); text != "" {
		return text
	}
	return n.exactly(fallback)
}

// Empty reports whether no language has a text.
func (n Names) Empty() bool { return n == Names{} }

func (n Names) exactly(language Language) string {
	switch language {
	case French:
		return n.FR
	case English:
		return n.EN
	case Italian:
		return n.IT
	case Spanish:
		return n.ES
	}
	return ""
}

// PasswordState is where a generated password stands.
type PasswordState string

// The states of a password.
const (
	// PasswordPending means the mail is on its way.
	PasswordPending PasswordState = "pending"
	// PasswordDelivered means a mail server has accepted it.
	PasswordDelivered PasswordState = "delivered"
	// PasswordFailed means the mail could not be delivered.
	PasswordFailed PasswordState = "failed"
	// PasswordSet means its owner has chosen one.
	PasswordSet PasswordState = "set"
)

// CallerIDMode selects the number presented on an outgoing call.
type CallerIDMode string

// The modes of CallerID.
const (
	CallerIDAnonymous CallerIDMode = "anonymous"
	CallerIDDirect    CallerIDMode = "direct"
	CallerIDService   CallerIDMode = "service"
	CallerIDCustom    CallerIDMode = "custom"
)

// ScreenPopWindow says how the customer's page opens.
type ScreenPopWindow string

// The windows of ScreenPop.
const (
	WindowNone     ScreenPopWindow = "none"
	WindowSingle   ScreenPopWindow = "single"
	WindowMultiple ScreenPopWindow = "multiple"
	WindowTab      ScreenPopWindow = "tab"
)

// PhoneKind is the kind of phone an operator is reached on.
type PhoneKind string

// The kinds of PhoneChoice; the empty one means that no phone is known.
const (
	PhoneNone     PhoneKind = ""
	PhoneExternal PhoneKind = "external"
	PhoneCentrex  PhoneKind = "centrex"
	PhoneBrowser  PhoneKind = "browser"
)

// Strategy chooses among a group's eligible operators.
type Strategy string

// The strategies of a Group.
const (
	StrategyFixed       Strategy = "fixed"
	StrategyRandom      Strategy = "random"
	StrategyRotating    Strategy = "rotating"
	StrategyEveryone    Strategy = "everyone"
	StrategyLongestIdle Strategy = "longest_idle"
	StrategyFewestCalls Strategy = "fewest_calls"
	StrategySkill       Strategy = "skill"
)

// WhenNobody says what happens to callers while no member is logged in.
type WhenNobody string

// The values of WhenNobody.
const (
	NobodyWait     WhenNobody = "wait"
	NobodyOverflow WhenNobody = "overflow"
)

// DestinationType is the kind of place a call goes to.
type DestinationType string

// The types of Destination; the empty one means nowhere.
const (
	ToNowhere   DestinationType = ""
	ToGroup     DestinationType = "group"
	ToOperator  DestinationType = "operator"
	ToNumber    DestinationType = "number"
	ToHangup    DestinationType = "hangup"
	ToIVR       DestinationType = "ivr"
	ToVoicemail DestinationType = "voicemail"
)

// Answer says when a queued call is answered.
type Answer string

// The values of Answer.
const (
	// AnswerAtOnce answers on arrival: the caller hears hold music.
	AnswerAtOnce Answer = "atOnce"
	// AnswerOnOperator keeps the caller in early media until an operator
	// answers.
	AnswerOnOperator Answer = "onOperator"
)

// Transport carries SIP to a trunk.
type Transport string

// The transports of a Trunk.
const (
	UDP Transport = "udp"
	TCP Transport = "tcp"
	TLS Transport = "tls"
)

// DigestAlgorithm is the one a trunk is challenged with.
type DigestAlgorithm string

// The algorithms of a challenge.
const (
	DigestMD5    DigestAlgorithm = "md5"
	DigestSHA256 DigestAlgorithm = "sha256"
)

// Codec is the RTP name of an audio codec.
type Codec string

// The codecs of a Trunk.
const (
	PCMA Codec = "PCMA"
	PCMU Codec = "PCMU"
)

// NumberFormat is the form in which numbers are sent to a trunk.
type NumberFormat string

// The forms of a number: +33170200200, 33170200200, 0170200200.
const (
	FormatE164Plus NumberFormat = "e164+"
	FormatE164     NumberFormat = "e164"
	FormatNational NumberFormat = "national"
)

// MailState is where a mail of the outbox stands.
type MailState string

// The states of a Mail.
const (
	// MailWaiting waits for its next attempt, or for a mail server to be set.
	MailWaiting MailState = "waiting"
	// MailSent was accepted by the server.
	MailSent MailState = "sent"
	// MailFailed is given up.
	MailFailed MailState = "failed"
)
