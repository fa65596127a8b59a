package api

import (
	"bandeau/acd"
	"bandeau/report"
)

// The words of the contract for what the core counts. Zero values that mean
// "none" give the empty text.

func presenceWord(p acd.Presence) string {
	switch p {
	case acd.LoggedOut:
		return "logged_out"
	case acd.Available:
		return "available"
	case acd.Paused:
		return "paused"
	}
	return ""
}

func activityWord(a acd.Activity) string {
	switch a {
	case acd.Idle:
		return "idle"
	case acd.Ringing:
		return "ringing"
	case acd.Dialing:
		return "dialing"
	case acd.Talking:
		return "talking"
	case acd.Held:
		return "held"
	case acd.WrappingUp:
		return "wrap_up"
	}
	return ""
}

func callStateWord(c acd.CallState) string {
	switch c {
	case acd.CallQueued:
		return "queued"
	case acd.CallRinging:
		return "ringing"
	case acd.CallDialing:
		return "dialing"
	case acd.CallTalking:
		return "talking"
	case acd.CallHeld:
		return "held"
	case acd.CallWrapUp:
		return "wrap_up"
	case acd.CallOver:
		return "ended"
	}
	return ""
}

// recordingWord: a lost recording cannot be listened to, so there is none.
func recordingWord(r acd.RecordingState) string {
	switch r {
	case acd.RecordingRunning:
		return "running"
	case acd.RecordingReady:
		return "ready"
	case acd.RecordingNone, acd.RecordingLost:
		return "none"
	}
	return "none"
}

func phoneKindWord(k acd.PhoneKind) string {
	switch k {
	case acd.PhoneNone:
		return ""
	case acd.PhoneExternal:
		return "external"
	case acd.PhoneCentrex:
		return "centrex"
	case acd.PhoneBrowser:
		return "browser"
	}
	return ""
}

func sideKindWord(k acd.SideKind) string {
	switch k {
	case acd.SideNone:
		return ""
	case acd.SideTransfer:
		return "transfer"
	case acd.SideConsult:
		return "consult"
	case acd.SideConference:
		return "conference"
	case acd.SideReturn:
		return "return"
	}
	return ""
}

func observeWord(m acd.ObserveMode) string {
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

func phoneStateWord(p acd.PhoneState) string {
	switch p {
	case acd.PhoneMissing:
		return "missing"
	case acd.PhoneReachable:
		return "reachable"
	case acd.PhoneUnreachable:
		return "unreachable"
	case acd.PhoneInUse:
		return "in_use"
	}
	return ""
}

func actorWord(k acd.ActorKind) string {
	switch k {
	case acd.BySystem:
		return "system"
	case acd.ByOperator:
		return "operator"
	case acd.BySupervisor:
		return "supervisor"
	case acd.ByRule:
		return "rule"
	case acd.ByCaller:
		return "caller"
	}
	return ""
}

// endedWord is why a session ended. No reason means that a newer log-in took it
// over.
func endedWord(r acd.LogoutReason) string {
	if r == 0 {
		return "taken_over"
	}
	return report.LogoutReasonWord(r)
}

// readDirection and readOutcome are the way back, for filters; the schema has
// already refused every other word.
func readDirection(word string) acd.Direction {
	for _, d := range []acd.Direction{acd.Inbound, acd.Outbound} {
		if report.DirectionWord(d) == word {
			return d
		}
	}
	return 0
}

func readOutcome(word string) acd.Outcome {
	for o := acd.OutcomeAnswered; o <= acd.OutcomeRefused; o++ {
		if report.OutcomeWord(o) == word {
			return o
		}
	}
	return acd.OutcomeNone
}
