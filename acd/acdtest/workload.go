package acdtest

import (
	"fmt"
	"math/rand/v2"

	"bandeau/acd"
)

// Workload makes up the life of a small centre from a seed: records that change
// at any moment, operators who come and go, callers, and edges that answer late,
// twice, about nothing, or with the clock set back.
type Workload struct {
	choices source
	now     acd.Instant
	calls   int
	// Restarts is one in how many commands a restart of the process is; 0 is none.
	Restarts int
	// NewIDs has a group that replaces a removed one carry another id, as it does
	// in the administration.
	NewIDs  bool
	removed [poolGroups]int
	opening []acd.Command // that are still to come
}

// source is where choices come from.
type source interface {
	// IntN returns a number from 0 to n-1; n is at least 1.
	IntN(n int) int
}

// NewWorkload returns the workload of a seed. Every other one begins with a centre
// that is at work, with many operators to choose from; the others let it come about
// by chance.
func NewWorkload(seed uint64) *Workload {
	w := &Workload{choices: rand.New(rand.NewPCG(seed, seed^0x9e3779b97f4a7c15)), now: Epoch, Restarts: 5_000}
	if seed%2 == 1 {
		w.opening = w.Opening()
	}
	return w
}

// NewWorkloadFrom returns the workload whose choices are made by bytes, as a fuzzer
// makes them up. It is over when [Bytes.Left] says so.
func NewWorkloadFrom(b *Bytes) *Workload { return &Workload{choices: b, now: Epoch, Restarts: 200} }

// Bytes make choices: one byte each, two or three where there is more to choose
// from. After the last one every choice is the first.
type Bytes struct{ data []byte }

// NewBytes returns the choices that data makes.
func NewBytes(data []byte) *Bytes { return &Bytes{data: data} }

// Left says how many bytes there are still.
func (b *Bytes) Left() int { return len(b.data) }

// IntN chooses a number below n.
func (b *Bytes) IntN(n int) int {
	v := 0
	for most := n - 1; most > 0 && len(b.data) > 0; most >>= 8 {
		v, b.data = v<<8|int(b.data[0]), b.data[1:]
	}
	return v % n
}

const (
	poolOperators = 13
	poolGroups    = 4
	poolAccounts  = 4
	mostCalls     = 16
)

func (w *Workload) pick(n int) int          { return w.choices.IntN(n) }
func (w *Workload) chance(percent int) bool { return w.choices.IntN(100) < percent }

func (w *Workload) operator() acd.OperatorID {
	return acd.OperatorID(fmt.Sprintf("op%d", w.pick(poolOperators)))
}

func (w *Workload) group() acd.GroupID { return w.groupAt(w.pick(poolGroups)) }

func (w *Workload) groupAt(i int) acd.GroupID {
	if w.removed[i] > 0 {
		return acd.GroupID(fmt.Sprintf("g%d.%d", i, w.removed[i]))
	}
	return acd.GroupID(fmt.Sprintf("g%d", i))
}

func (w *Workload) account() acd.AccountID {
	return acd.AccountID(fmt.Sprintf("desk%d", w.pick(poolAccounts)))
}

func (w *Workload) pauseType() acd.PauseTypeID {
	return acd.PauseTypeID(fmt.Sprintf("p%d", w.pick(3)))
}

func (w *Workload) some(n int) *int {
	if w.chance(50) {
		return nil
	}
	v := w.pick(n)
	return &v
}

func (w *Workload) by() acd.Actor {
	return acd.Actor{Kind: acd.ActorKind(w.pick(3)), ID: "x"}
}

// Next returns the next command and its instant, given the state it will meet.
func (w *Workload) Next(s *acd.State) (acd.Instant, acd.Command) {
	if len(w.opening) > 0 {
		c := w.opening[0]
		w.opening = w.opening[1:]
		return w.now, c
	}
	w.pass(s)
	if at, ok := s.Deadline(); ok && at <= w.now && w.chance(90) {
		return w.now, acd.Tick{}
	}
	if w.Restarts > 0 && w.pick(w.Restarts) == 0 {
		return w.now, acd.Restarted{}
	}
	if c := w.linger(s); c != nil {
		return w.now, c
	}
	switch n := w.pick(100); {
	case n < 4:
		return w.now, w.record()
	case n < 30:
		return w.now, w.session(s)
	case n < 45:
		if len(s.CallIDs()) < mostCalls {
			return w.now, w.start(s)
		}
		return w.now, acd.Tick{}
	case n < 80:
		return w.now, w.report(s)
	default:
		return w.now, w.act(s)
	}
}

// Office returns what the people of the centre do at an instant, the operators
// and those who administer it: everything but callers and phones.
func (w *Workload) Office(now acd.Instant, s *acd.State) acd.Command {
	w.now = now
	switch n := w.pick(100); {
	case n < 6:
		return w.record()
	case n < 60:
		return w.session(s)
	default:
		return w.act(s)
	}
}

// Arrival returns a new call, or one that is dialled.
func (w *Workload) Arrival(now acd.Instant, s *acd.State) acd.Command {
	w.now = now
	return w.start(s)
}

// Opening returns what makes the centre work: its records, and all operators who
// come in the morning.
func (w *Workload) Opening() []acd.Command {
	c := []acd.Command{acd.ConfigureCentre{Config: acd.CentreConfig{MainNumber: "+33170200200", Language: "fr", Notice: w.chance(50)}}}
	for range 3 * poolOperators {
		c = append(c, w.configuredOperator(), acd.SetReachable{Account: w.account(), Reachable: true})
	}
	for range 2 * poolGroups {
		c = append(c, w.configuredGroup())
	}
	for i := range poolOperators {
		id := acd.OperatorID(fmt.Sprintf("op%d", i))
		c = append(c, acd.Login{Operator: id, Session: w.sessionID(), By: w.by()},
			acd.SetPresence{Operator: id, Presence: acd.Available, By: w.by()})
	}
	return c
}

// pass moves the clock: mostly a little, at times to the next deadline, at times
// far, at times back.
func (w *Workload) pass(s *acd.State) {
	switch n := w.pick(100); {
	case n < 40:
	case n < 80:
		w.now += acd.Instant(w.pick(3_000))
	case n < 96:
		if at, ok := s.Deadline(); ok && at > w.now {
			w.now = min(at, w.now+120_000)
		}
	case n < 98:
		w.now += acd.Instant(w.pick(600_000))
	default:
		w.now -= acd.Instant(w.pick(5_000))
	}
}

func (w *Workload) phone() acd.Phone {
	switch w.pick(7) {
	case 0:
		return acd.Phone{}
	case 5, 6:
		return acd.Phone{Kind: acd.PhoneBrowser, Fallback: []string{"", "+33600000009"}[w.pick(2)], Confirm: w.chance(30)}
	case 1, 2:
		return acd.Phone{Kind: acd.PhoneCentrex, Account: w.account()}
	}
	return acd.Phone{
		Kind: acd.PhoneExternal, Number: fmt.Sprintf("+3360000000%d", w.pick(9)), Confirm: w.chance(30),
	}
}

func (w *Workload) exit() acd.Exit {
	return acd.Exit{Kind: acd.ExitKind(w.pick(4)), Group: w.group(), Number: "+33142000000"}
}

func (w *Workload) record() acd.Command {
	switch w.pick(14) {
	case 0, 1, 2, 3:
		return w.configuredOperator()
	case 4, 5, 6, 7, 8, 9:
		return w.configuredGroup()
	case 10:
		return acd.ConfigurePauseType{Config: acd.PauseTypeConfig{ID: w.pauseType(), MaxMinutes: w.some(10), Login: w.chance(50)}}
	case 11:
		if w.chance(30) {
			return acd.RemoveOperator{Operator: w.operator()}
		}
		return acd.RemovePauseType{PauseType: w.pauseType()}
	case 12:
		if w.chance(30) {
			return w.removal()
		}
	}
	if w.chance(60) {
		return w.calendar()
	}
	return acd.ConfigureCentre{Config: acd.CentreConfig{
		MainNumber: "+33170200200", Language: "fr", Notice: w.chance(75),
	}}
}

func (w *Workload) configuredOperator() acd.Command {
	return acd.ConfigureOperator{LogoutAt: w.soon(), Config: acd.OperatorConfig{
		ID: w.operator(), Name: "x", Enabled: w.chance(95), AlwaysConnected: w.chance(30), Record: w.chance(20),
		Phone: w.phone(), AskPhoneAtLogin: w.chance(15), WrapUpSeconds: w.some(20), RingSeconds: 5 + w.pick(30),
		RetrySeconds: w.pick(3) * 15, IdleLogoutMinutes: w.some(20), MissedLogoutCount: w.some(5),
		SilenceLogout: w.chance(20), AllowOutgoing: w.chance(90), AllowPhoneChange: w.chance(50),
		PersistentSession: w.chance(40), PauseAtLogin: w.chance(20),
		CallerID: acd.Presentation{Number: "+33170200200", Anonymous: w.chance(20)},
	}}
}

func (w *Workload) configuredGroup() acd.Command {
	c := acd.GroupConfig{
		ID: w.group(), Name: "x", Strategy: acd.Strategy(1 + w.pick(7)), Priority: 1 + w.pick(3),
		WrapUpSeconds: w.pick(3) * 10, RecordInbound: w.chance(20), RecordOutbound: w.chance(20),
		Overflow: w.exit(), OverflowWhenNobody: w.chance(25), HoursExit: w.exit(),
		PickUp: w.chance(40), MayStopRecording: w.chance(50), MayKeepRecording: w.chance(50),
		HoldMusic: acd.SoundID([]string{"", "waltz"}[w.pick(2)]), Announce: w.announcements(),
	}
	if w.chance(25) {
		c.MaxWaiting = w.some(6)
	}
	if w.chance(25) {
		c.MaxWaitSeconds = w.some(60)
	}
	for i := range poolOperators {
		if w.chance(60) {
			c.Members = append(c.Members, acd.Member{
				Operator: acd.OperatorID(fmt.Sprintf("op%d", i)), Order: w.pick(4), Level: 1 + w.pick(3), Suspended: w.chance(5),
			})
		}
	}
	return acd.ConfigureGroup{Config: c}
}

func (w *Workload) removal() acd.Command {
	i := w.pick(poolGroups)
	c := acd.RemoveGroup{Group: w.groupAt(i)}
	if w.NewIDs {
		w.removed[i]++
	}
	return c
}

// calendar tells of days and hours, at times wrongly.
func (w *Workload) calendar() acd.Command {
	if w.chance(40) {
		c := acd.SetDays{Began: w.now - acd.Instant(w.pick(600_000))}
		for at := w.now; len(c.Next) < w.pick(4); {
			at += acd.Instant(1 + w.pick(1_200_000))
			c.Next = append(c.Next, at)
		}
		return c
	}
	c := acd.SetHours{Group: w.group(), Open: w.chance(70), Cause: "weekly"}
	at, open := w.now, c.Open
	for range w.pick(4) {
		at, open = at+acd.Instant(w.pick(900_000)), !open
		c.Changes = append(c.Changes, acd.HoursChange{At: at, Open: open, Cause: "weekly"})
	}
	return c
}

// soon returns an instant of a daily logout, often none.
func (w *Workload) soon() acd.Instant {
	if w.chance(60) {
		return 0
	}
	return w.now + acd.Instant(w.pick(1_800_000))
}

func (w *Workload) announcements() acd.Announcements {
	if w.chance(50) {
		return acd.Announcements{}
	}
	return acd.Announcements{
		Welcome: acd.SoundID([]string{"", "hello"}[w.pick(2)]), Position: w.chance(60), EstimatedWait: w.chance(60),
		Periodic: acd.SoundID([]string{"", "patience"}[w.pick(2)]), EverySeconds: 15 + w.pick(30),
	}
}

func (w *Workload) session(s *acd.State) acd.Command {
	op := w.operator()
	v, _ := s.Operator(op)
	if v.Presence == acd.LoggedOut && w.chance(70) {
		return acd.Login{Operator: op, Session: w.sessionID(), LogoutAt: w.soon(), By: w.by()}
	}
	switch w.pick(28) {
	case 24, 25, 26, 27:
		return acd.SetBrowser{Operator: op, Reachable: w.chance(70)}
	case 0:
		return acd.Logout{Operator: op, Reason: acd.LogoutReason(1 + w.pick(8)), By: w.by()}
	case 1, 2, 3, 4, 5:
		return acd.SetPresence{Operator: op, Presence: acd.Available, LogoutAt: w.soon(), By: w.by()}
	case 6, 7:
		return acd.SetPresence{
			Operator: op, Presence: acd.Paused, PauseType: w.pauseType(), LogoutAt: w.soon(), By: w.by(),
		}
	case 8:
		return acd.SetPhone{Operator: op, Phone: w.phone(), By: w.by()}
	case 9, 10, 11:
		return acd.SetReachable{Account: w.account(), Reachable: w.chance(75)}
	case 12, 13:
		return acd.FinishWrapUp{Operator: op, By: w.by()}
	case 14:
		return acd.ExtendWrapUp{Operator: op, Seconds: w.pick(4000), By: w.by()}
	case 15:
		return acd.Suspend{Operator: op, Group: w.group(), Suspended: w.chance(40), By: w.by()}
	case 16:
		return acd.Release{Operator: op, By: w.by()}
	case 17:
		return acd.Active{Operator: op}
	case 18:
		return acd.Alive{Operator: op}
	case 19, 20:
		return acd.StreamOpened{Operator: op, Session: w.streamOf(v)}
	case 21:
		return acd.StreamClosed{Operator: op, Session: w.streamOf(v), InOrder: w.chance(50)}
	case 22:
		return acd.Login{Operator: op, Session: w.sessionID(), LogoutAt: w.soon(), By: w.by()}
	}
	return acd.Tick{}
}

func (w *Workload) sessionID() acd.SessionID { return acd.SessionID(fmt.Sprintf("s%d", w.pick(100))) }

func (w *Workload) streamOf(v acd.OperatorView) acd.SessionID {
	if w.chance(90) {
		return v.Session
	}
	return w.sessionID()
}

func (w *Workload) start(s *acd.State) acd.Command {
	w.calls++
	id := acd.CallID(fmt.Sprintf("c%06d", w.calls))
	if ids := s.CallIDs(); len(ids) > 0 && w.chance(2) {
		id = ids[w.pick(len(ids))] // a duplicate
	}
	switch w.pick(10) {
	case 0, 1:
		return acd.Dial{
			Call: id, Operator: w.operator(), Number: "+33142000000", Emergency: w.chance(20),
			FromPhone: w.chance(40), NumberHidden: w.chance(30), Group: []acd.GroupID{"", w.group()}[w.pick(2)],
		}
	case 2:
		if w.chance(30) {
			return acd.DialEmergency{Call: id, Account: w.account(), Number: "112"}
		}
	}
	c := acd.CallArrived{
		Call: id, Caller: "+33611111111", Called: "+33170200200", Record: w.chance(20), OnOperator: w.chance(20),
		Overflow: w.exit(), ClosedExit: w.exit(),
		Destination: acd.Destination{Kind: acd.ToGroup, Group: w.group(), Operator: w.operator(), Number: "+33142000001"},
	}
	if w.chance(4) {
		c.Closed = "holiday"
	}
	if w.chance(25) {
		c.Destination.Kind = acd.DestinationKind(w.pick(6))
	}
	return c
}

// leg picks a leg: mostly one there is, at times one that is gone or never was.
func (w *Workload) leg(s *acd.State) (acd.CallID, acd.LegID) {
	calls := s.Checkpoint().Calls
	if len(calls) == 0 || w.chance(5) {
		return acd.CallID(fmt.Sprintf("c%06d", max(1, w.calls-w.pick(20)))), acd.LegID(w.pick(6))
	}
	c := calls[w.pick(len(calls))]
	if len(c.Legs) == 0 || w.chance(5) {
		return c.ID, acd.LegID(w.pick(6))
	}
	return c.ID, c.Legs[w.pick(len(c.Legs))].ID
}

func (w *Workload) report(s *acd.State) acd.Command {
	call, leg := w.leg(s)
	switch w.pick(26) {
	case 20, 21, 22:
		return acd.PromptEnded{Call: call, Prompt: w.prompt(s, call)}
	case 23, 24, 25:
		return acd.LegPressed{Call: call, Leg: leg, Digit: "1112#"[w.pick(5)]}
	case 0, 1, 2:
		return acd.LegProgressed{Call: call, Leg: leg, Early: w.chance(40)}
	case 3, 4, 5, 6, 7, 8, 9:
		return acd.LegAnswered{Call: call, Leg: leg}
	case 10, 11, 12:
		return acd.LegFailed{Call: call, Leg: leg, Cause: acd.FailCause(1 + w.pick(5)), Status: 400 + w.pick(204)}
	case 13, 14:
		return acd.LegHeld{Call: call, Leg: leg, Held: w.chance(50)}
	}
	return acd.LegEnded{Call: call, Leg: leg, Cause: acd.EndCause(1 + w.pick(5))}
}

// prompt is the number of a call's prompt: mostly of the newest, at times of one
// long over.
func (w *Workload) prompt(s *acd.State, id acd.CallID) int {
	for _, c := range s.Checkpoint().Calls {
		if c.ID == id && w.chance(90) {
			return c.Prompts
		}
	}
	return w.pick(3)
}

// target is whom a call is given to.
func (w *Workload) target() acd.Destination {
	return acd.Destination{
		Kind: acd.DestinationKind(1 + w.pick(3)), Group: w.group(), Operator: w.operator(), Number: "+33142000002",
	}
}

// linger returns something about a call that more than two are in, or are about to
// be, if there is one: left to chance they would be over before anything happens in
// them.
func (w *Workload) linger(s *acd.State) acd.Command {
	if !w.chance(30) {
		return nil
	}
	var crowded []acd.CallCheckpoint
	for _, c := range s.Checkpoint().Calls {
		if len(c.Side)+len(c.Observers) > 0 && len(c.Legs) > 0 {
			crowded = append(crowded, c)
		}
	}
	if len(crowded) == 0 {
		return nil
	}
	c := crowded[w.pick(len(crowded))]
	for _, l := range c.Legs {
		if l.State != acd.LegUp && w.chance(60) {
			return acd.LegAnswered{Call: c.ID, Leg: l.ID}
		}
	}
	op := c.Operator
	if len(c.Side) > 0 && w.chance(30) {
		op = c.Side[0].Operator
	}
	if len(c.Observers) > 0 && w.chance(30) {
		user := c.Observers[w.pick(len(c.Observers))].User
		if w.chance(30) {
			return acd.StopObserving{User: user}
		}
		return acd.Observe{
			Operator: op, User: user, Name: "x", Phone: acd.Phone{Kind: acd.PhoneBrowser}, Mode: acd.ObserveMode(1 + w.pick(3)),
		}
	}
	switch w.pick(16) {
	case 0:
		if op != "" {
			return acd.SetBrowser{Operator: op, Reachable: w.chance(50)}
		}
	case 3, 4, 5:
		if w.chance(30) {
			return acd.TalkTo{Call: c.ID, Operator: c.Operator, Target: w.chance(50)}
		}
		return acd.Swap{Call: c.ID, Operator: c.Operator}
	case 6, 7, 8:
		return acd.Conference{Call: c.ID, Operator: c.Operator}
	case 9:
		return acd.Complete{Call: c.ID, Operator: c.Operator}
	case 10:
		return acd.CancelSide{Call: c.ID, Operator: c.Operator}
	case 11:
		return acd.Mute{Call: c.ID, Operator: op, On: w.chance(50)}
	case 12:
		return acd.Observe{
			Operator: op, User: "u1", Name: "x", Phone: acd.Phone{Kind: acd.PhoneBrowser}, Mode: acd.ObserveMode(1 + w.pick(3)),
		}
	case 1:
		l := c.Legs[w.pick(len(c.Legs))]
		return acd.LegEnded{Call: c.ID, Leg: l.ID, Cause: acd.EndCause(1 + w.pick(5))}
	case 2:
		return acd.HangUp{Call: c.ID, Operator: op, By: w.by()}
	}
	return w.side(s, c.ID, op)
}

// side is what somebody does about a second conversation, or as a third.
func (w *Workload) side(s *acd.State, call acd.CallID, op acd.OperatorID) acd.Command {
	user := acd.UserID(fmt.Sprintf("u%d", w.pick(3)))
	switch w.pick(14) {
	case 0, 1:
		return acd.Transfer{Call: call, Operator: op, To: w.target()}
	case 2, 3, 4:
		return acd.Consult{Call: call, Operator: op, To: w.target()}
	case 5:
		return acd.Swap{Call: call, Operator: op}
	case 6:
		return acd.Complete{Call: call, Operator: op}
	case 7:
		return acd.CancelSide{Call: call, Operator: op}
	case 8:
		return acd.Conference{Call: call, Operator: op}
	case 9:
		waiting, _ := w.leg(s)
		return acd.PickUp{Call: waiting, Operator: op}
	case 10:
		if w.chance(50) {
			return acd.KeepRecord{Call: call, Operator: op, Keep: w.chance(50)}
		}
		return acd.PauseRecord{Call: call, Operator: op, On: w.chance(50)}
	case 11:
		return acd.StopObserving{User: user}
	}
	return acd.Observe{
		Operator: op, User: user, Name: "x", Phone: w.ear(), Mode: acd.ObserveMode(1 + w.pick(3)),
	}
}

// ear is the phone of a supervisor.
func (w *Workload) ear() acd.Phone {
	if w.chance(40) {
		return acd.Phone{Kind: acd.PhoneExternal, Number: "+33600000008"}
	}
	return acd.Phone{Kind: acd.PhoneBrowser}
}

func (w *Workload) act(s *acd.State) acd.Command {
	op := w.operator()
	v, _ := s.Operator(op)
	call := v.Call
	if w.chance(5) {
		call, _ = w.leg(s)
	}
	switch w.pick(20) {
	case 0, 1, 2:
		return acd.HangUp{Call: call, Operator: op, By: w.by()}
	case 3:
		return acd.Reject{Call: call, Operator: op}
	case 4:
		return acd.Hold{Call: call, Operator: op}
	case 5:
		return acd.Resume{Call: call, Operator: op}
	case 6:
		return acd.Mute{Call: call, Operator: op, On: w.chance(50)}
	case 7:
		return acd.Tag{Call: call, Operator: op, Tags: []string{"a", "b"}[:w.pick(3)]}
	case 8:
		return acd.Note{Call: call, Operator: op, Text: "x"}
	case 9, 10, 11, 12, 13, 14, 15, 16, 17, 18:
		return w.side(s, call, op)
	}
	return acd.RecordingStored{Call: acd.CallID(fmt.Sprintf("c%06d", max(1, w.calls-w.pick(20)))), Lost: w.chance(10)}
}
