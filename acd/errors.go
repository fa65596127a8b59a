package acd

// Code names why a command was refused; the API maps it to a status.
type Code string

// The codes.
const (
	ErrUnknownOperator    Code = "unknown_operator"
	ErrUnknownGroup       Code = "unknown_group"
	ErrUnknownCall        Code = "unknown_call"
	ErrUnknownPauseType   Code = "unknown_pause_type"
	ErrNotMember          Code = "not_a_member"
	ErrDisabled           Code = "disabled"
	ErrLoggedOut          Code = "logged_out"
	ErrPhoneRequired      Code = "phone_required"
	ErrPhoneInUse         Code = "phone_in_use"
	ErrPhoneUnreachable   Code = "phone_unreachable"
	ErrPhoneChange        Code = "phone_change_not_allowed"
	ErrNotIdle            Code = "not_idle"
	ErrInCall             Code = "in_call"
	ErrNotWrappingUp      Code = "not_in_wrap_up"
	ErrOutgoingNotAllowed Code = "outgoing_not_allowed"
	ErrNoCallerID         Code = "no_caller_id"
	ErrNoGroup            Code = "no_group"
	ErrWrongState         Code = "wrong_state"
	ErrTransferToSelf     Code = "transfer_to_self"
	ErrTargetBusy         Code = "target_busy"
	ErrTargetAway         Code = "target_away"
	ErrTargetUnreachable  Code = "target_unreachable"
	ErrNobodyFree         Code = "nobody_free"
	ErrRecordingNotYours  Code = "recording_not_allowed"
	ErrPickUpNotAllowed   Code = "pick_up_not_allowed"
	ErrDuplicate          Code = "duplicate"
	ErrLimit              Code = "limit"
	ErrOutOfRange         Code = "out_of_range"
)

// Error is a refused command. The state is unchanged.
type Error struct {
	Code   Code
	Detail string // an English sentence naming the state or the rule
}

// Error implements the error interface.
func (e *Error) Error() string { return string(e.Code) + ": " + e.Detail }
