package report

import (
	"slices"

	"bandeau/acd"
)

// StepKind names what happened in a step of a call's timeline.
type StepKind string

// The kinds of steps.
const (
	StepArrived          StepKind = "arrived"            // an inbound call: Number is the called one
	StepDialled          StepKind = "dialled"            // an operator dialled Number
	StepQueued           StepKind = "queued"             // entered Group; Reason why
	StepLeftQueue        StepKind = "left_queue"         // left Group; Outcome how, Reason why
	StepOverflowed       StepKind = "overflowed"         // takes an exit, Outcome: to the group Target, to Number, or hung up
	StepOffered          StepKind = "offered"            // an operator's phone is to ring, until Until
	StepOfferEnded       StepKind = "offer_ended"        // Outcome of the offer
	StepLegPlaced        StepKind = "leg_placed"         // a leg that is no offer; Role says which
	StepLegRang          StepKind = "leg_rang"           // the far side rings
	StepLegAnswered      StepKind = "leg_answered"       // a leg was answered
	StepLegEnded         StepKind = "leg_ended"          // a leg ended or failed; Reason why
	StepConnected        StepKind = "connected"          // operator and outside party talk
	StepConfirmAsked     StepKind = "confirm_asked"      // who answered the operator's phone is to press 1, until Until
	StepNoticeStarted    StepKind = "notice_started"     // the caller, or both sides before they are joined, hear the notice
	StepNoticeEnded      StepKind = "notice_ended"       // and have heard it
	StepAnnounced        StepKind = "announced"          // the waiting caller is told Sound, Position, EstimatedWait; Reason "welcome" on entering
	StepAnnouncementEnd  StepKind = "announcement_ended" // and has heard it
	StepHeld             StepKind = "held"               // put on hold; Reason "phone" when by the phone's key
	StepResumed          StepKind = "resumed"            // taken back
	StepMuted            StepKind = "muted"              // the operator's voice was stopped
	StepUnmuted          StepKind = "unmuted"            // and let through again
	StepRecordingStarted StepKind = "recording_started"  // Reason who asked for it
	StepRecordingEnded   StepKind = "recording_ended"    // nothing more is recorded
	StepRecordingReady   StepKind = "recording_ready"    // the file is complete
	StepRecordingLost    StepKind = "recording_lost"     // the file is lost
	StepRecordingPaused  StepKind = "recording_paused"   // silence is recorded
	StepRecordingResumed StepKind = "recording_resumed"  // and no longer
	StepRecordingKept    StepKind = "recording_kept"     // Operator wants it kept beyond its time
	StepRecordingLeft    StepKind = "recording_left"     // and no longer
	StepTransferred      StepKind = "transfer_started"   // Operator gives the call to Target, Number or TargetOperator
	StepConsulted        StepKind = "consult_started"    // or asks them first
	StepReturned         StepKind = "returned"           // a transfer has failed: it rings at who made it
	StepSwapped          StepKind = "swapped"            // the operator talks with the consulted
	StepSwappedBack      StepKind = "swapped_back"       // and with the customer again
	StepConference       StepKind = "conference"         // all three talk
	StepBlindAfterAll    StepKind = "transfer_unseen"    // who consulted has left before the target answered
	StepSideEnded        StepKind = "side_ended"         // transfer, consultation or conference is over; Reason how
	StepOperatorLeft     StepKind = "operator_left"      // an operator's part is over; Reason why
	StepPickedUp         StepKind = "picked_up"          // Operator took it, which rang at TargetOperator or waited
	StepPhoneLost        StepKind = "phone_lost"         // the operator's browser has gone; the call waits for it until Until
	StepPhoneBack        StepKind = "phone_back"         // and is back
	StepObserved         StepKind = "observed"           // the supervisor User is called to hear it; Reason "listen", "whisper", "join"
	StepObserves         StepKind = "observes"           // and does something else there now
	StepTagged           StepKind = "tagged"             // the tags are now Tags
	StepNoted            StepKind = "noted"              // the note was changed
	StepWrapUp           StepKind = "wrap_up"            // the operator wraps up, until Until
	StepWrappedUp        StepKind = "wrapped_up"         // and has done so; Reason why
	StepEnded            StepKind = "ended"              // Outcome and EndedBy of the call
)

// Step is one step of a call's timeline. Fields that say nothing about its
// kind are zero.
type Step struct {
	Seq  uint64
	At   acd.Instant
	Kind StepKind
	// Reason is why it happened, a word such as "max_wait" or "hangup".
	Reason string

	Leg          acd.LegID
	Role         string
	Operator     acd.OperatorID
	OperatorName string
	Group        acd.GroupID
	Target       acd.GroupID // the group an overflow or a transfer leads to
	// TargetOperator is whom a transfer or a consultation is with, or at whom it rang.
	TargetOperator acd.OperatorID
	TargetName     string
	User           acd.UserID
	UserName       string
	Phone          acd.Phone
	Number         string
	Outcome        string
	EndedBy        string
	Status         int // SIP status
	Until          acd.Instant
	Tags           []string

	// Of an offer: the strategy, the operator's place among the eligible, from
	// 1, how many were eligible, and the members who were not.
	Strategy string
	Rank     int
	Eligible int
	Skipped  []SkippedMember
	// Passed counts those of a group too large for Skipped, and those who could
	// not be offered a call that had to wait.
	Passed []PassedOver
	// What the strategy went by, where it did.
	IdleSince acd.Instant
	Answered  int // calls in the day; meaningful with the strategy fewest_calls
	Level     int

	// Of a call that waits: its place, from 1, and what it was told.
	Position      int
	EstimatedWait int // seconds; 0: not said
	Sound         acd.SoundID
}

// PassedOver says how many members of a group were not eligible for a reason.
type PassedOver struct {
	Reason string
	Count  int
}

// SkippedMember is a member of the group who was not eligible for an offer.
type SkippedMember struct {
	Operator acd.OperatorID
	Reason   string
}

// Timeline returns the steps of a call from the events about it, in order.
func Timeline(events []acd.Recorded) []Step {
	t := timeline{names: namesIn(events), users: map[acd.UserID]string{}}
	steps := make([]Step, 0, len(events))
	for _, r := range events {
		step, ok := t.step(r.Event)
		if !ok {
			continue
		}
		step.Seq, step.At = r.Seq, r.At
		if step.Operator != "" && step.OperatorName == "" {
			step.OperatorName = t.names[step.Operator]
		}
		step.TargetName = t.names[step.TargetOperator]
		if o, ok := r.Event.(acd.ObserverPlaced); ok {
			t.users[o.Observer.User] = o.Observer.Name
		}
		if step.User != "" {
			step.UserName = t.users[step.User]
		}
		steps = append(steps, step)
	}
	return steps
}

// timeline remembers what later steps repeat.
type timeline struct {
	names map[acd.OperatorID]string
	users map[acd.UserID]string
}

// namesIn returns the names that operators are offered the call by: a transfer
// tells whom it is to before he is.
func namesIn(events []acd.Recorded) map[acd.OperatorID]string {
	names := map[acd.OperatorID]string{}
	for _, r := range events {
		if e, ok := r.Event.(acd.OfferMade); ok && names[e.Operator] == "" {
			names[e.Operator] = e.Name
		}
	}
	return names
}

func (t *timeline) step(event acd.Event) (Step, bool) {
	switch e := event.(type) {
	case acd.CallStarted:
		if e.Direction == acd.Outbound {
			return Step{
				Kind: StepDialled, Number: e.Called, Operator: e.Operator, Group: e.Group,
				Reason: emergency(e.Emergency),
			}, true
		}
		return Step{Kind: StepArrived, Number: e.Called, Reason: e.Closed}, true
	case acd.Enqueued:
		return Step{
			Kind: StepQueued, Group: e.Group, Until: e.WaitEndsAt, Reason: e.Cause, Position: e.Position, Eligible: e.Eligible,
			Passed: passed(e.Passed),
		}, true
	case acd.Dequeued:
		return Step{Kind: StepLeftQueue, Group: e.Group, Outcome: QueueExitWord(e.How), Reason: e.Cause}, true
	case acd.Overflowed:
		return Step{
			Kind: StepOverflowed, Group: e.From, Target: e.Exit.Group, Number: e.Exit.Number, Reason: e.Cause,
			Outcome: exitWord(e.Exit.Kind),
		}, true
	case acd.OfferMade:
		t.names[e.Operator] = e.Name
		return offered(e), true
	case acd.OfferEnded:
		return Step{
			Kind: StepOfferEnded, Leg: e.Leg, Operator: e.Operator, Group: e.Group,
			Outcome: OfferOutcomeWord(e.Outcome), Reason: OfferOutcomeWord(e.Outcome), Status: e.Status,
		}, true
	case acd.Connected:
		t.names[e.Operator] = e.Name
		return Step{
			Kind: StepConnected, Leg: e.Leg, Operator: e.Operator, OperatorName: e.Name, Group: e.Group,
		}, true
	case acd.OperatorChanged:
		if e.Activity != acd.WrappingUp {
			return Step{}, false
		}
		return Step{Kind: StepWrapUp, Operator: e.Operator, Group: e.Group, Until: e.WrapUpUntil, Reason: e.Cause}, true
	case acd.WrapUpEnded:
		return Step{Kind: StepWrappedUp, Operator: e.Operator, Reason: e.Cause}, true
	case acd.CallEnded:
		return Step{
			Kind: StepEnded, Outcome: OutcomeWord(e.Outcome), EndedBy: EndedByWord(e.EndedBy), Reason: e.Cause,
		}, true
	case acd.LegPlaced, acd.LegRang, acd.LegWasAnswered, acd.LegGone, acd.ConfirmationAsked:
		return legStep(event), true
	case acd.AnnouncementStarted:
		return announced(e), true
	case acd.AnnouncementEnded:
		return Step{Kind: StepAnnouncementEnd}, true
	case acd.HeldChanged, acd.MuteChanged, acd.NoticeStarted, acd.NoticeEnded, acd.RecordingStarted, acd.RecordingEnded,
		acd.RecordingKept, acd.Tagged, acd.Noted:
		return noteStep(event), true
	case acd.SideStarted, acd.SideChanged, acd.SideEnded, acd.OperatorLeft, acd.PickedUp:
		return sideStep(event), true
	case acd.LegLost, acd.LegRecovered, acd.ObserverPlaced, acd.ObserverChanged, acd.RecordingPaused,
		acd.RecordingMarked:
		return thirdStep(event), true
	case acd.CentreConfigured, acd.OperatorConfigured, acd.OperatorRemoved, acd.GroupConfigured, acd.GroupRemoved,
		acd.BrowserChanged,
		acd.PauseTypeConfigured, acd.PauseTypeRemoved, acd.MemberSuspended, acd.LoggedIn, acd.TakenOver, acd.LoggedOutOf,
		acd.PendingSet, acd.PhoneGiven, acd.ReachabilityChanged, acd.Ignored, acd.MissedCounted, acd.PauseOverran,
		acd.WasActive, acd.WasAlive, acd.StreamChanged, acd.RulesSet, acd.DaysSet, acd.DayBegan, acd.HoursSet, acd.HoursChanged: // about no call
	}
	return Step{}, false
}

// offered tells an offer with the reasons of the choice.
func offered(e acd.OfferMade) Step {
	step := Step{
		Kind: StepOffered, Leg: e.Leg, Operator: e.Operator, OperatorName: e.Name, Group: e.Group,
		Phone: e.Phone, Until: e.Until, Strategy: StrategyWord(e.Strategy), Rank: e.Rank, Eligible: e.Eligible,
		Reason: StrategyWord(e.Strategy), Passed: passed(e.Passed),
		IdleSince: e.IdleSince, Answered: e.Answered, Level: e.Level,
	}
	if e.Strategy == 0 {
		step.Reason = "direct"
	}
	for _, s := range e.Skipped {
		step.Skipped = append(step.Skipped, SkippedMember{Operator: s.Operator, Reason: SkipWord(s.Reason)})
	}
	return step
}

func passed(counts []acd.SkipCount) []PassedOver {
	var list []PassedOver
	for _, c := range counts {
		list = append(list, PassedOver{Reason: SkipWord(c.Reason), Count: c.Count})
	}
	return list
}

// announced tells what a waiting caller heard.
func announced(e acd.AnnouncementStarted) Step {
	step := Step{
		Kind: StepAnnounced, Group: e.Group, Sound: e.Sound, Position: e.Position, EstimatedWait: e.WaitSeconds,
	}
	if e.Welcome {
		step.Reason = "welcome"
	}
	return step
}

// legStep tells what happened to a leg.
func legStep(event any) Step {
	switch e := event.(type) {
	case acd.LegPlaced:
		return Step{
			Kind: StepLegPlaced, Leg: e.Leg, Role: LegRoleWord(e.Role), Phone: e.Phone, Number: e.Number, Until: e.Until,
		}
	case acd.LegRang:
		return Step{Kind: StepLegRang, Leg: e.Leg}
	case acd.LegWasAnswered:
		return Step{Kind: StepLegAnswered, Leg: e.Leg}
	case acd.ConfirmationAsked:
		return Step{Kind: StepConfirmAsked, Leg: e.Leg, Operator: e.Operator, Until: e.Until}
	case acd.LegGone:
		return Step{Kind: StepLegEnded, Leg: e.Leg, Reason: e.Cause, Status: e.Status}
	}
	return Step{}
}

// sideStep tells of the second conversation of a call's operator, and of operators
// who come and go.
func sideStep(event any) Step {
	switch e := event.(type) {
	case acd.SideStarted:
		kind := StepTransferred
		switch e.Side.Kind {
		case acd.SideConsult:
			kind = StepConsulted
		case acd.SideReturn:
			kind = StepReturned
		case acd.SideNone, acd.SideTransfer, acd.SideConference:
		}
		return Step{
			Kind: kind, Leg: e.Side.Leg, Operator: e.Operator, TargetOperator: e.Side.Operator,
			Target: e.Side.To.Group, Number: e.Side.To.Number,
		}
	case acd.SideChanged:
		step := Step{Kind: StepSwapped, Operator: e.Operator}
		switch {
		case e.Kind == acd.SideConference:
			step.Kind = StepConference
		case e.Kind == acd.SideTransfer:
			step.Kind = StepBlindAfterAll
		case !e.Front:
			step.Kind = StepSwappedBack
		}
		return step
	case acd.SideEnded:
		return Step{
			Kind: StepSideEnded, Operator: e.Operator, TargetOperator: e.Target, Reason: e.Cause,
		}
	case acd.OperatorLeft:
		return Step{Kind: StepOperatorLeft, Operator: e.Operator, Leg: e.Leg, Reason: e.Cause}
	case acd.PickedUp:
		return Step{Kind: StepPickedUp, Operator: e.Operator, TargetOperator: e.From, Group: e.Group}
	}
	return Step{}
}

// thirdStep tells of browsers that go and come, and of supervisors in the call.
func thirdStep(event any) Step {
	switch e := event.(type) {
	case acd.LegLost:
		return Step{Kind: StepPhoneLost, Leg: e.Leg, Operator: e.Operator, Until: e.Until}
	case acd.LegRecovered:
		return Step{Kind: StepPhoneBack, Leg: e.Leg, Operator: e.Operator}
	case acd.ObserverPlaced:
		return Step{
			Kind: StepObserved, Leg: e.Observer.Leg, Operator: e.Observer.Operator, User: e.Observer.User,
			UserName: e.Observer.Name, Phone: e.Phone, Until: e.Until, Reason: ObserveWord(e.Observer.Mode),
		}
	case acd.ObserverChanged:
		return Step{Kind: StepObserves, Leg: e.Leg, User: e.User, Reason: ObserveWord(e.Mode)}
	case acd.RecordingMarked:
		if e.Keep {
			return Step{Kind: StepRecordingKept, Operator: e.Operator}
		}
		return Step{Kind: StepRecordingLeft, Operator: e.Operator}
	case acd.RecordingPaused:
		step := Step{Kind: StepRecordingResumed, Operator: e.Operator}
		if e.On {
			step.Kind = StepRecordingPaused
		}
		return step
	}
	return Step{}
}

// noteStep tells what was done to a call in progress, or noted about it.
func noteStep(event any) Step {
	switch e := event.(type) {
	case acd.HeldChanged:
		step := Step{Kind: StepResumed, Operator: e.Operator}
		if e.Held {
			step.Kind = StepHeld
		}
		if e.ByPhone {
			step.Reason = "phone"
		}
		return step
	case acd.MuteChanged:
		if e.On {
			return Step{Kind: StepMuted, Operator: e.Operator}
		}
		return Step{Kind: StepUnmuted, Operator: e.Operator}
	case acd.NoticeStarted:
		return Step{Kind: StepNoticeStarted, Leg: e.Leg, Reason: e.Recording}
	case acd.NoticeEnded:
		return Step{Kind: StepNoticeEnded}
	case acd.RecordingStarted:
		return Step{Kind: StepRecordingStarted, Reason: e.Reason}
	case acd.RecordingEnded:
		return Step{Kind: StepRecordingEnded}
	case acd.RecordingKept:
		if e.Lost {
			return Step{Kind: StepRecordingLost}
		}
		return Step{Kind: StepRecordingReady}
	case acd.Tagged:
		return Step{Kind: StepTagged, Operator: e.Operator, Tags: slices.Clone(e.Tags)}
	case acd.Noted:
		return Step{Kind: StepNoted, Operator: e.Operator}
	}
	return Step{}
}

// exitWord returns where an exit leads.
func exitWord(k acd.ExitKind) string {
	switch k {
	case acd.ExitNone:
		return ""
	case acd.ExitGroup:
		return "group"
	case acd.ExitNumber:
		return "number"
	case acd.ExitHangUp:
		return "hangup"
	}
	return ""
}

func emergency(is bool) string {
	if is {
		return "emergency"
	}
	return ""
}
