package report

import "bandeau/acd"

// The words below are those of the API; the user interface translates them.

// DirectionWord returns "in" or "out".
func DirectionWord(d acd.Direction) string {
	switch d {
	case acd.Inbound:
		return "in"
	case acd.Outbound:
		return "out"
	}
	return ""
}

// OutcomeWord returns the outcome of a call, empty while there is none.
func OutcomeWord(o acd.Outcome) string {
	switch o {
	case acd.OutcomeNone:
		return ""
	case acd.OutcomeAnswered:
		return "answered"
	case acd.OutcomeAbandoned:
		return "abandoned"
	case acd.OutcomeOverflowed:
		return "overflowed"
	case acd.OutcomeNoAnswer:
		return "no_answer"
	case acd.OutcomeBusy:
		return "busy"
	case acd.OutcomeFailed:
		return "failed"
	case acd.OutcomeRefused:
		return "refused"
	}
	return ""
}

// EndedByWord returns who ended a call, empty while it goes on.
func EndedByWord(e acd.EndedBy) string {
	switch e {
	case acd.EndedByNobody:
		return ""
	case acd.EndedByCaller:
		return "caller"
	case acd.EndedByOperator:
		return "operator"
	case acd.EndedBySystem:
		return "system"
	}
	return ""
}

// OfferOutcomeWord returns the outcome of an offer, empty while it rings.
func OfferOutcomeWord(o acd.OfferOutcome) string {
	switch o {
	case acd.OfferAnswered:
		return "answered"
	case acd.OfferNoAnswer:
		return "no_answer"
	case acd.OfferRejected:
		return "rejected"
	case acd.OfferBusy:
		return "busy"
	case acd.OfferUnreachable:
		return "unreachable"
	case acd.OfferCallerLeft:
		return "caller_left"
	case acd.OfferWithdrawn:
		return "withdrawn"
	}
	return ""
}

// ObserveWord returns what a supervisor does in a call.
func ObserveWord(m acd.ObserveMode) string {
	switch m {
	case acd.Listen:
		return "listen"
	case acd.Whisper:
		return "whisper"
	case acd.Barge:
		return "join"
	}
	return ""
}

// SideWord returns the kind of a second conversation, empty for none.
func SideWord(k acd.SideKind) string {
	switch k {
	case acd.SideNone:
		return ""
	case acd.SideTransfer, acd.SideReturn:
		return "transfer"
	case acd.SideConsult:
		return "consult"
	case acd.SideConference:
		return "conference"
	}
	return ""
}

// QueueExitWord returns how a call left a group, empty while it waits.
func QueueExitWord(q acd.QueueExit) string {
	switch q {
	case acd.LeftAnswered:
		return "answered"
	case acd.LeftAbandoned:
		return "abandoned"
	case acd.LeftOverflowed:
		return "overflowed"
	}
	return ""
}

// StrategyWord returns the name of a strategy, empty for a direct call.
func StrategyWord(s acd.Strategy) string {
	switch s {
	case acd.LongestIdle:
		return "longest_idle"
	case acd.Fixed:
		return "fixed"
	case acd.Random:
		return "random"
	case acd.Rotating:
		return "rotating"
	case acd.Everyone:
		return "everyone"
	case acd.FewestCalls:
		return "fewest_calls"
	case acd.Skill:
		return "skill"
	}
	return ""
}

// SkipWord returns why an operator was not eligible.
func SkipWord(r acd.SkipReason) string {
	switch r {
	case acd.SkipLoggedOut:
		return "logged_out"
	case acd.SkipPaused:
		return "paused"
	case acd.SkipSuspended:
		return "suspended"
	case acd.SkipNoPhone:
		return "no_phone"
	case acd.SkipUnreachable:
		return "unreachable"
	case acd.SkipPhoneInUse:
		return "phone_in_use"
	case acd.SkipBusy:
		return "busy"
	case acd.SkipWrapUp:
		return "wrap_up"
	case acd.SkipIgnored:
		return "ignored"
	case acd.SkipTried:
		return "tried"
	case acd.SkipDisabled:
		return "disabled"
	case acd.SkipNotOfTen:
		return "not_of_ten"
	}
	return ""
}

// LegRoleWord returns what a leg is for.
func LegRoleWord(r acd.LegRole) string {
	switch r {
	case acd.RoleCaller:
		return "caller"
	case acd.RoleOffer:
		return "offer"
	case acd.RoleOwnPhone:
		return "own_phone"
	case acd.RoleCalled:
		return "called"
	case acd.RoleForwarded:
		return "forwarded"
	case acd.RoleTarget:
		return "target"
	case acd.RoleObserver:
		return "observer"
	}
	return ""
}

// LogoutReasonWord returns what ended a floor session.
func LogoutReasonWord(r acd.LogoutReason) string {
	switch r {
	case acd.LogoutManual:
		return "manual"
	case acd.LogoutWindow:
		return "window"
	case acd.LogoutSilence:
		return "silence"
	case acd.LogoutIdle:
		return "idle"
	case acd.LogoutMissed:
		return "missed"
	case acd.LogoutClock:
		return "clock"
	case acd.LogoutSupervisor:
		return "supervisor"
	case acd.LogoutDisabled:
		return "disabled"
	}
	return ""
}
