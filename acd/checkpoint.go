package acd

import (
	"fmt"
	"maps"
	"slices"
)

// checkpointVersion is that of [Checkpoint]; it grows when a field changes its
// meaning, never when one is added.
const checkpointVersion = 1

// Checkpoint is the whole state of a centre at one instant, in plain exported
// fields and in a deterministic order, so that equal states encode to equal
// bytes. Indexes are not in it: [Restore] builds them anew.
type Checkpoint struct {
	// Version is that of this structure.
	Version int
	// At is the instant of the last event.
	At Instant
	// Seed and Offers are the generator: a chance is drawn from the seed and the
	// number of offers ever made, so that folding the events moves it as well.
	Seed   uint64
	Offers uint64
	// Arrivals numbers the calls that entered a group, in order.
	Arrivals   uint64
	Rules      int // see [RulesVersion]
	Centre     CentreConfig
	Days       DaysCheckpoint
	PauseTypes []PauseTypeConfig
	Operators  []OperatorCheckpoint
	Groups     []GroupCheckpoint
	Accounts   []AccountCheckpoint
	Calls      []CallCheckpoint
	// Unstored are the ended recordings whose file is not yet reported.
	Unstored []CallID
}

// OperatorCheckpoint is what is kept of one operator.
type OperatorCheckpoint struct {
	Config        OperatorConfig
	Removed       bool // the record is gone; the session lasts until the call ends
	Session       SessionID
	LoggedInAt    Instant // zero when logged out
	LogoutAt      Instant // OP-24, of this session
	Presence      Presence
	PauseType     PauseTypeID
	PresenceSince Instant
	Forced        bool
	ForcedCause   string // the rule that forced the pause
	PauseOverran  bool
	Activity      Activity
	ActivitySince Instant
	Call          CallID
	Group         GroupID
	WrapUpUntil   Instant
	Handling      bool // the activity is that of an answered inbound call
	Pending       Pending
	PendingBy     Actor
	Phone         Phone
	PhoneGiven    bool
	LastPhone     Phone   // of the session before; zero while he has had none
	IdleSince     Instant // end of the last handled call, or login
	WaitingSince  Instant // OP-17: since when he waits for calls; zero when he does not
	IgnoredUntil  Instant
	Missed        int
	ActiveAt      Instant
	AliveAt       Instant
	Streams       int
	WindowEndsAt  Instant
	Browser       bool    // the browser phone of the session can be reached
	Answered      int     // calls of groups answered in the centre's day
	AnsweredAt    Instant // the last of them
}

// GroupCheckpoint is what is kept of one group.
type GroupCheckpoint struct {
	Config GroupConfig
	// Suspended are the members suspended now, by the record or on the floor.
	Suspended  []OperatorID
	Offered    uint64
	Answered   uint64
	Abandoned  uint64
	Overflowed uint64
	// Last is whom a call of the group was offered last, LastOrder his place then.
	Last      OperatorID
	LastOrder int
	// Closed and HoursCause say whether it is open now, and why; Hours when that
	// changes.
	Closed     bool
	HoursCause string
	Hours      []HoursChange
	// Pace is the mean time between two answers while somebody waits, times the
	// members at work; Handle that of a call; both in milliseconds, over the last of
	// them, and the samples are how many there were. LastAnswered and BusySince are
	// what Pace is measured from.
	Pace          int64
	Handle        int64
	PaceSamples   int
	HandleSamples int
	LastAnswered  Instant
	BusySince     Instant
}

// AccountCheckpoint is what is kept of one Centrex phone.
type AccountCheckpoint struct {
	ID        AccountID
	Reachable bool
	// Operators are the logged-in operators with this phone, in the order they
	// took it; it serves the first, the others find it in use.
	Operators []OperatorID
}

// CallCheckpoint is what is kept of one call.
type CallCheckpoint struct {
	ID            CallID
	Direction     Direction
	State         CallState
	Caller        string
	CallerName    string
	Called        string
	Service       NumberID
	NumberRecords bool
	Exit          Exit // the service number's, until it is taken
	OnOperator    bool
	FromPhone     bool
	Emergency     bool
	NumberHidden  bool // OP-08: from the operator who dialled
	Present       Presentation
	Group         GroupID // the group it is in, or was answered from, or chosen
	Queue         GroupID // the group it waits in; empty when it waits in none
	Operator      OperatorID
	Seq           uint64
	ArrivedAt     Instant
	QueuedAt      Instant // when it entered Queue
	WaitEndsAt    Instant
	AnsweredAt    Instant
	EndedAt       Instant
	Outcome       Outcome
	EndedBy       EndedBy
	Overflows     int
	Tried         []OperatorID // who let it ring, since everybody eligible had; ascending
	Legs          []LegCheckpoint
	NextLeg       LegID
	Joined        [2]LegID // the legs that talk: the operator's and the other
	WrapUpSeconds int
	HeldByPhone   bool
	Prompts       int     // how many notices were begun
	NoticeUntil   Instant // while a notice is heard, when that ends at the latest
	NoticeReason  string  // why the conversation is recorded after it
	Informed      bool    // the notice was heard
	Muted         bool
	Recording     RecordingState
	Tags          []string
	Note          string
	AnnounceAt    Instant // when the next announcement is due
	SayingUntil   Instant // when the one being made is over at the latest
	Welcomed      GroupID // the group whose welcome it heard last
	Side          []Side  // the second conversation of its operator: none or one
	Observers     []Observer
	// RecordingPaused: silence is recorded. KeepRecording: an operator wants it kept.
	RecordingPaused bool
	KeepRecording   bool
}

// LegCheckpoint is what is kept of one leg.
type LegCheckpoint struct {
	ID       LegID
	Role     LegRole
	State    LegState
	Operator OperatorID
	PlacedAt Instant
	Until    Instant // when it is given up unanswered; zero for the leg a call began with
	Confirm  bool    // of an offer: 1 is to be pressed
	Browser  bool    // the phone is a browser
	// LostUntil is when a browser that is gone is given up; zero: it is there.
	LostUntil Instant
}

// LegState is how far a leg has come.
type LegState uint8

// The states of a leg, in the order it goes through them, but for LegAsked,
// which comes before LegUp.
const (
	LegCalling LegState = iota + 1
	LegRinging
	LegEarly // with early media
	LegUp
	LegAsked // an offer's phone, answered, that has yet to confirm
)

// Checkpoint returns the whole state, to be kept. It is a deep copy: it shares
// no memory with the state, so that it may be read while the state goes on.
func (s *State) Checkpoint() Checkpoint {
	c := Checkpoint{
		Version: checkpointVersion, At: s.now, Seed: s.seed, Offers: s.offers, Arrivals: s.arrivals, Rules: s.rules,
		Centre: s.centre, Days: DaysCheckpoint{Began: s.days.Began, Next: slices.Clone(s.days.Next)},
	}
	for _, id := range slices.Sorted(maps.Keys(s.pauseTypes)) {
		c.PauseTypes = append(c.PauseTypes, s.pauseTypes[id].clone())
	}
	c.Operators = room[OperatorCheckpoint](s.operators.len())
	for _, id := range s.OperatorIDs() {
		o := s.operators.get(id).OperatorCheckpoint
		o.Config = o.Config.clone()
		c.Operators = append(c.Operators, o)
	}
	for _, id := range s.GroupIDs() {
		c.Groups = append(c.Groups, s.groups.get(id).checkpoint())
	}
	for _, id := range slices.Sorted(maps.Keys(s.accounts)) {
		a := *s.accounts[id]
		a.Operators = slices.Clone(a.Operators)
		c.Accounts = append(c.Accounts, a)
	}
	c.Calls = room[CallCheckpoint](s.calls.len())
	for _, id := range s.CallIDs() {
		call := s.calls.get(id).CallCheckpoint
		call.Tried = slices.Clone(call.Tried)
		call.Legs = slices.Clone(call.Legs)
		call.Tags = slices.Clone(call.Tags)
		call.Observers = slices.Clone(call.Observers)
		call.Side = cloneSide(call.Side)
		c.Calls = append(c.Calls, call)
	}
	c.Unstored = s.Unstored()
	return c
}

// room returns a list with room for n elements, nil for none, so that equal
// states encode to equal bytes.
func room[T any](n int) []T {
	if n == 0 {
		return nil
	}
	return make([]T, 0, n)
}

// Restore returns the state a checkpoint was taken of.
func Restore(c Checkpoint) *State {
	s := New(c.Seed)
	s.now, s.offers, s.arrivals, s.rules, s.centre = c.At, c.Offers, c.Arrivals, c.Rules, c.Centre
	s.days = DaysCheckpoint{Began: c.Days.Began, Next: slices.Clone(c.Days.Next)}
	s.setTimer(s.dayTimer, s.dayDeadline())
	for _, p := range c.PauseTypes {
		s.pauseTypes[p.ID] = p
	}
	for _, a := range c.Accounts {
		a.Operators = slices.Clone(a.Operators)
		s.accounts[a.ID] = &a
	}
	for _, o := range c.Operators {
		s.operators.put(o.Config.ID, &operator{OperatorCheckpoint: o, timer: newTimer(timer{kind: timerOperator, operator: o.Config.ID})})
	}
	for _, g := range c.Groups {
		r := newGroup(g.Config.ID)
		s.groups.put(g.Config.ID, r)
		suspended := g.Suspended
		r.GroupCheckpoint = g
		r.Suspended, r.Hours = nil, slices.Clone(g.Hours)
		s.setMembers(r, g.Config, suspended)
		s.setTimer(r.timer, r.deadline())
	}
	for _, cp := range c.Calls {
		cp.Tried, cp.Legs = slices.Clone(cp.Tried), slices.Clone(cp.Legs)
		cp.Observers, cp.Side = slices.Clone(cp.Observers), cloneSide(cp.Side)
		s.addCall(&call{CallCheckpoint: cp})
		for _, o := range cp.Observers {
			s.observed[o.User] = cp.ID
		}
	}
	for _, o := range c.Operators {
		if at := s.calls.get(o.Call); at != nil {
			at.attach(o.Config.ID)
		}
	}
	for _, id := range c.Unstored {
		s.unstored[id] = true
	}
	for _, o := range c.Operators {
		s.refresh(s.operators.get(o.Config.ID))
	}
	s.TakeChanges()
	s.emptied = nil
	return s
}

func (g *group) checkpoint() GroupCheckpoint {
	c := g.GroupCheckpoint
	c.Config, c.Hours = g.Config.clone(), slices.Clone(g.Hours)
	for _, m := range g.members {
		if m.suspended {
			c.Suspended = append(c.Suspended, m.id)
		}
	}
	return c
}

// Hash returns a digest of the whole state: equal states have equal digests. It
// reads everything and is meant for tests and replays.
func (s *State) Hash() uint64 {
	d := digest(14695981039346656037) // FNV-1a, 64 bits
	c := s.Checkpoint()
	// Optional numbers are written apart: printed in place they would show where
	// they are in memory.
	for i := range c.Operators {
		o := &c.Operators[i].Config
		d.optional(o.WrapUpSeconds, o.IdleLogoutMinutes, o.MissedLogoutCount)
		o.WrapUpSeconds, o.IdleLogoutMinutes, o.MissedLogoutCount = nil, nil, nil
	}
	for i := range c.Groups {
		g := &c.Groups[i].Config
		d.optional(g.MaxWaiting, g.MaxWaitSeconds)
		g.MaxWaiting, g.MaxWaitSeconds = nil, nil
	}
	for i := range c.PauseTypes {
		d.optional(c.PauseTypes[i].MaxMinutes)
		c.PauseTypes[i].MaxMinutes = nil
	}
	_, _ = fmt.Fprintf(&d, "%+v", c) // a digest takes everything
	return uint64(d)
}

type digest uint64

// Write implements [io.Writer]; it never fails.
func (d *digest) Write(p []byte) (int, error) {
	for _, b := range p {
		*d = (*d ^ digest(b)) * 1099511628211
	}
	return len(p), nil
}

func (d *digest) optional(values ...*int) {
	for _, v := range values {
		if v == nil {
			_, _ = d.Write([]byte{'-'})
			continue
		}
		_, _ = fmt.Fprintf(d, "%d;", *v)
	}
}
