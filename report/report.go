package report

import (
	"time"

	"bandeau/acd"
)

// Call is the row of a call.
type Call struct {
	ID         acd.CallID
	Direction  acd.Direction
	State      acd.CallState
	Caller     string // E.164; empty when withheld
	CallerName string
	Called     string
	Service    acd.NumberID
	// Group is the last the call entered or was answered from or, outgoing, the
	// one chosen.
	Group     acd.GroupID
	GroupName string // as it was then
	// Operator is who is offered the call or, once connected, spoke last.
	Operator     acd.OperatorID
	OperatorName string // as it was then
	ArrivedAt    acd.Instant
	AnsweredAt   acd.Instant // first connection with an operator, zero when none
	EndedAt      acd.Instant // zero while it lives
	Outcome      acd.Outcome
	EndedBy      acd.EndedBy
	Cause        string // of the end
	Recording    acd.RecordingState
	// RecordingReason is why it is recorded: "operator", "group", "number",
	// joined by "+".
	RecordingReason string
	Tags            []string
	Note            string
	Emergency       bool
	// Open is true while events of the call may still come: until it has ended,
	// nobody wraps it up and its recording is stored.
	Open bool
}

// Wait returns the time from arrival to answer or end, at the latest now.
func (c Call) Wait(now acd.Instant) time.Duration {
	return span(c.ArrivedAt, firstOf(c.AnsweredAt, c.EndedAt, now))
}

// Talk returns the time from answer to end, at the latest now; zero when the
// call was not answered.
func (c Call) Talk(now acd.Instant) time.Duration {
	if c.AnsweredAt == 0 {
		return 0
	}
	return span(c.AnsweredAt, firstOf(c.EndedAt, now))
}

// Visit is the row of a call's stay in a group.
type Visit struct {
	// Seq is that of the event that began it, and its key.
	Seq          uint64
	Call         acd.CallID
	Group        acd.GroupID
	Name         string // of the group, as it was then
	From         acd.Instant
	To           acd.Instant   // zero while it waits
	How          acd.QueueExit // 0 while it waits
	EntryCause   string        // "arrival", "overflow"
	ExitCause    string        // such as "answered", "caller_left", "max_wait"
	LevelSeconds int           // the group's service level, as it was on entry
	InLevel      bool          // answered within the service level
}

// Mine is what a part was to its operator.
type Mine string

// The kinds of parts. The empty one, an offer still ringing or one that
// failed, was withdrawn or left by the caller, is kept and not shown in the
// operator's history.
const (
	MineNone     Mine = ""
	MineAnswered Mine = "answered"
	MineMissed   Mine = "missed"
	MineOut      Mine = "out"
)

// Part is the row of an operator's part in a call: an offer, or the call he
// placed.
type Part struct {
	// Seq is that of the event that began it, and its key.
	Seq        uint64
	Call       acd.CallID
	Leg        acd.LegID // the leg of his phone, 0 before it is known
	Operator   acd.OperatorID
	Name       string      // of the operator, as it was then
	Group      acd.GroupID // empty for a direct or ungrouped call
	Mine       Mine
	OfferedAt  acd.Instant      // when it rang, or he dialled
	AnsweredAt acd.Instant      // when he was connected, zero when he was not
	EndedAt    acd.Instant      // zero while it lasts
	Outcome    acd.OfferOutcome // 0 for an outgoing part, or while it rings
	Status     int              // SIP status of a failed offer, 0 when none
}

// Talk returns how long he was connected, holds included, at the latest now.
func (p Part) Talk(now acd.Instant) time.Duration {
	if p.AnsweredAt == 0 {
		return 0
	}
	return span(p.AnsweredAt, firstOf(p.EndedAt, now))
}

// Session is the row of a floor session, from login to logout.
type Session struct {
	// Seq is that of the login, and its key.
	Seq      uint64
	Session  acd.SessionID // the latest that was attached to it
	Operator acd.OperatorID
	Name     string // of the operator, the latest during the session
	From     acd.Instant
	To       acd.Instant      // zero while it lasts
	Reason   acd.LogoutReason // 0 while it lasts
	By       acd.Actor        // who ended it
}

// Interval is the row of a time during which an operator's presence and
// activity did not change. The intervals of a floor session leave no gap and
// do not overlap. A state left in the millisecond it was entered has no
// interval of its own, unless the session ended with it.
type Interval struct {
	// Seq is that of the event that began it, and its key.
	Seq       uint64
	Login     uint64 // key of the floor session
	Operator  acd.OperatorID
	Name      string // of the operator, as it was then
	Presence  acd.Presence
	PauseType acd.PauseTypeID
	Activity  acd.Activity
	Call      acd.CallID
	Group     acd.GroupID
	From      acd.Instant
	To        acd.Instant // zero while it lasts
	Cause     string
	By        acd.Actor
}

// Group is what the rows need of a group's record: the name that history
// shows and the service level of visits that begin now.
type Group struct {
	ID                  acd.GroupID
	Name                string
	ServiceLevelSeconds int
	Removed             bool
}

// Rows are the rows that a batch of events changed, each as it is after it,
// in ascending order of their keys. A store inserts or replaces them.
type Rows struct {
	Calls     []Call
	Visits    []Visit
	Parts     []Part
	Sessions  []Session
	Intervals []Interval
	Groups    []Group
}

// OpenRows are the rows that later events may still change: open calls with
// all their visits and parts, running sessions and intervals, and every group
// that is not removed.
type OpenRows Rows

// HistoryItem is a line of an operator's history: his part and its call.
type HistoryItem struct {
	Call Call
	Part Part
}

// CallQuery selects calls, newest first.
type CallQuery struct {
	// From and To bound the arrival, To excluded; zero for no bound.
	From, To  acd.Instant
	Direction acd.Direction // 0 for both
	Group     acd.GroupID   // of any of its visits, or chosen for it
	Operator  acd.OperatorID
	// Number is the caller's or the called one.
	Number  string
	Outcome acd.Outcome // 0 for all
	// Groups restricts the answer to calls of these groups; nil for no
	// restriction, empty for no call at all.
	Groups []acd.GroupID
	Limit  int    // 1–500; 0 for 100
	Cursor string // Next of the page before, empty for the first
}

// CallPage is one page of calls.
type CallPage struct {
	Calls []Call
	Next  string // empty on the last page
}

// OperatorCounts are an operator's figures over a time.
type OperatorCounts struct {
	In     int // calls he answered
	Out    int // calls he placed
	Missed int // offers that rang out
	// Talk is the sum over the Talked parts that have ended.
	Talk   time.Duration
	Talked int
}

// AverageTalk returns the mean talk time of the calls that have ended.
func (c OperatorCounts) AverageTalk() time.Duration { return mean(c.Talk, c.Talked) }

// GroupCounts are a group's figures over the visits that began in a time.
type GroupCounts struct {
	Offered, Answered, Abandoned, Overflowed, Waiting int
	// InLevel counts the answered visits within the service level.
	InLevel int
	// Wait is the sum over the answered visits.
	Wait time.Duration
	// Talk is the sum over the Talked parts in the group that have ended.
	Talk   time.Duration
	Talked int
}

// AverageWait returns the mean wait of the answered visits.
func (c GroupCounts) AverageWait() time.Duration { return mean(c.Wait, c.Answered) }

// AverageTalk returns the mean talk time of the calls that have ended.
func (c GroupCounts) AverageTalk() time.Duration { return mean(c.Talk, c.Talked) }

func mean(sum time.Duration, n int) time.Duration {
	if n == 0 {
		return 0
	}
	return sum / time.Duration(n)
}

// firstOf returns the first instant that is set, else zero.
func firstOf(instants ...acd.Instant) acd.Instant {
	for _, at := range instants {
		if at != 0 {
			return at
		}
	}
	return 0
}

// span is the time between two instants, never negative.
func span(from, to acd.Instant) time.Duration {
	return max(to.Sub(from), 0)
}
