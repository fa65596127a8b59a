package acdtest

import (
	"errors"
	"fmt"
	"slices"

	"bandeau/acd"
)

// Checker follows a core step by step. It folds the events into a twin and holds
// every offer to the obvious dispatcher, every fact to the facts before it, and
// every effect to what the edges know.
type Checker struct {
	// HashEvery is after how many steps the twin is compared with the live state;
	// 0 is after each.
	HashEvery int

	state *acd.State
	twin  *acd.State
	steps int
	last  acd.Instant
	hist  *history
	edges *edges
	// together are the offers of one call that the obvious dispatcher has still to
	// see made.
	together []Offer
	// picked is the call an operator has just picked up.
	picked acd.PickedUp
	// turned are the calls that came to a closed group in this step.
	turned map[acd.CallID]acd.GroupID
}

// NewChecker returns a checker of a state at rest.
func NewChecker(s *acd.State) *Checker {
	c := s.Checkpoint()
	return &Checker{state: s, twin: acd.Restore(c), last: c.At, hist: newHistory(), edges: newEdges()}
}

// Replace goes on with another state, which must equal the one before.
func (c *Checker) Replace(s *acd.State) error {
	if c.state.Hash() != s.Hash() {
		return errors.New("the restored state is another one")
	}
	c.state = s
	return nil
}

// Observe takes what a step gave and returns the first invariant it broke.
func (c *Checker) Observe(now acd.Instant, cmd acd.Command, events []acd.Event, effects []acd.Effect, refused error) error {
	if err := c.observe(now, cmd, events, effects, refused); err != nil {
		return fmt.Errorf("%T at %s: %w", cmd, Clock(now), err)
	}
	return nil
}

func (c *Checker) observe(now acd.Instant, cmd acd.Command, events []acd.Event, effects []acd.Effect, refused error) error {
	if refused != nil {
		var e *acd.Error
		if !errors.As(refused, &e) || len(events)+len(effects) > 0 {
			return fmt.Errorf("refused with %w and %d events", refused, len(events))
		}
	}
	at := max(now, c.last)
	if len(events) > 0 {
		c.last = at
	}
	c.turned = map[acd.CallID]acd.GroupID{}
	for _, e := range events {
		if err := c.fold(at, e); err != nil {
			return fmt.Errorf("%s: %w", Describe(e), err)
		}
	}
	if len(c.together) > 0 {
		return fmt.Errorf("the obvious dispatcher would offer %+v as well", c.together)
	}
	if c.state.Now() != c.last {
		return fmt.Errorf("time is %s, the last event is of %s", Clock(c.state.Now()), Clock(c.last))
	}
	cp := c.state.Checkpoint()
	if err := Check(cp); err != nil {
		return err
	}
	for _, call := range cp.Calls {
		if g := c.turned[call.ID]; g != "" && call.Queue == g {
			return fmt.Errorf("call %s has come to group %s, which is closed, and waits", call.ID, g)
		}
	}
	if err := checkViews(c.state, cp); err != nil {
		return err
	}
	for _, e := range events {
		ended, ok := e.(acd.OfferEnded)
		if v, _ := c.state.Call(ended.Call); ok && v.State == acd.CallQueued && waitOver(cp, ended.Call, at) {
			return fmt.Errorf("call %s waits on after its maximum wait", ended.Call)
		}
	}
	if err := errors.Join(c.hist.idleClocks(cp), c.hist.ranks.compare(cp)); err != nil {
		return err
	}
	if err := deadlines(c.state, cp); err != nil {
		return err
	}
	if err := c.edges.observe(cmd, effects, cp, refused != nil); err != nil {
		return err
	}
	if at, ok := c.state.Deadline(); ok && at <= max(now, c.last) {
		if _, tick := cmd.(acd.Tick); tick {
			return fmt.Errorf("a deadline of %s is left after the tick", Clock(at))
		}
	}
	if c.steps++; c.HashEvery == 0 || c.steps%c.HashEvery == 0 {
		if live, twin := c.state.Hash(), c.twin.Hash(); live != twin {
			return fmt.Errorf("the folded events give another state than the live one:\n%+v\n%+v", cp, c.twin.Checkpoint())
		}
	}
	return nil
}

func waitOver(cp acd.Checkpoint, id acd.CallID, at acd.Instant) bool {
	return slices.ContainsFunc(cp.Calls, func(c acd.CallCheckpoint) bool {
		return c.ID == id && c.WaitEndsAt != 0 && c.WaitEndsAt <= at
	})
}

// fold checks an event against the state before it, then folds it.
func (c *Checker) fold(at acd.Instant, e acd.Event) error {
	if picked, ok := e.(acd.PickedUp); ok {
		c.picked = picked
	}
	if made, ok := e.(acd.OfferMade); ok && made.Call == c.picked.Call && made.Operator == c.picked.Operator {
		c.picked = acd.PickedUp{} // his own choice, not the dispatcher's
	} else if ok && made.Group != "" {
		if len(c.together) == 0 {
			c.together = NextOffers(c.twin.Checkpoint())
		}
		got := Offer{Call: made.Call, Operator: made.Operator, Rank: made.Rank, Eligible: made.Eligible}
		if len(c.together) == 0 || got != c.together[0] {
			return fmt.Errorf("the obvious dispatcher would offer %+v, not %+v", c.together, got)
		}
		c.together = c.together[1:]
	}
	if made, ok := e.(acd.OfferMade); ok {
		if err := mayRing(c.twin.Checkpoint(), made); err != nil {
			return err
		}
		if waitOver(c.twin.Checkpoint(), made.Call, at) {
			return errors.New("offered after its maximum wait")
		}
	}
	if in, ok := e.(acd.Enqueued); ok {
		delete(c.turned, in.Call)
		if v, _ := c.twin.Group(in.Group); v.Closed {
			c.turned[in.Call] = in.Group
		}
	}
	if err := c.hist.observe(at, e, c.twin); err != nil {
		return err
	}
	c.twin.Apply(at, e)
	return nil
}

// history is what the facts said so far.
type history struct {
	calls   map[acd.CallID]acd.Outcome
	inbound map[acd.CallID]bool
	offers  map[acd.CallID][]acd.LegID // being made
	session map[acd.OperatorID]*span
	due     []acd.Event     // facts that must follow at once
	wrapped acd.WrapUpEnded // told, and not yet followed by what he does next
	ranks   *ranks
}

// span is an operator's present interval, since a fact said so.
type span struct {
	covered  int64       // milliseconds of its intervals
	since    acd.Instant // login
	from     acd.Instant // of the present interval
	idle     acd.Instant // login, or the end of the last handled call
	activity acd.Activity
	call     acd.CallID
	owns     acd.CallID // the call he was last connected as its operator
	presence acd.Presence
}

func newHistory() *history {
	return &history{
		calls: map[acd.CallID]acd.Outcome{}, inbound: map[acd.CallID]bool{}, offers: map[acd.CallID][]acd.LegID{},
		session: map[acd.OperatorID]*span{}, ranks: newRanks(),
	}
}

func (h *history) observe(at acd.Instant, e acd.Event, before *acd.State) error {
	if err := h.ranks.observe(at, e, before); err != nil {
		return err
	}
	switch e := e.(type) { //nolint:gochecksumtype // the others say nothing that is followed here
	case acd.CallStarted:
		if _, ok := h.calls[e.Call]; ok {
			return errors.New("started twice")
		}
		h.calls[e.Call], h.inbound[e.Call] = acd.OutcomeNone, e.Direction == acd.Inbound
	case acd.CallEnded:
		if outcome, ok := h.calls[e.Call]; !ok || outcome != acd.OutcomeNone || e.Outcome == acd.OutcomeNone {
			return fmt.Errorf("had outcome %d", outcome)
		}
		if len(h.offers[e.Call]) > 0 {
			return errors.New("ended while it is offered")
		}
		h.calls[e.Call] = e.Outcome
		delete(h.offers, e.Call)
	case acd.OfferMade, acd.OfferEnded, acd.Connected:
		return h.offered(at, e, before)
	case acd.NoticeStarted, acd.RecordingStarted:
		return told(e, before)
	case acd.Ignored, acd.MissedCounted:
		return h.follows(e)
	case acd.OperatorChanged:
		if len(h.due) > 0 {
			return fmt.Errorf("%v was to come first", h.due)
		}
		if err := h.wrapsUp(e, before); err != nil {
			return err
		}
		return h.changed(at, e)
	case acd.WrapUpEnded:
		return h.wrappedUp(e, before)
	case acd.LoggedIn:
		if h.session[e.Operator] != nil {
			return errors.New("logged in already")
		}
		h.session[e.Operator] = &span{since: at, from: at, idle: at, presence: acd.Paused}
	case acd.LoggedOutOf:
		s := h.session[e.Operator]
		if s == nil || s.presence != acd.LoggedOut {
			return errors.New("logged out before his presence was")
		}
		if e.Reason == acd.LogoutMissed {
			if err := missedEnough(e, before); err != nil {
				return err
			}
		}
		if s.covered != int64(at-s.since) {
			return fmt.Errorf("a session of %d ms has intervals of %d ms", at-s.since, s.covered)
		}
		delete(h.session, e.Operator)
	}
	return nil
}

// offered follows the offers of each call, and whose call it becomes.
func (h *history) offered(at acd.Instant, event acd.Event, before *acd.State) error {
	switch e := event.(type) { //nolint:gochecksumtype // the three that observe gives
	case acd.Connected:
		if s := h.session[e.Operator]; s != nil {
			s.owns = e.Call
		}
	case acd.OfferMade:
		h.offers[e.Call] = append(h.offers[e.Call], e.Leg)
	case acd.OfferEnded:
		i := slices.Index(h.offers[e.Call], e.Leg)
		if i < 0 {
			return errors.New("no such offer is being made")
		}
		h.offers[e.Call] = slices.Delete(h.offers[e.Call], i, i+1)
		h.expect(at, e, before)
	}
	return nil
}

// follows holds what OP-16 and OP-18 do to an operator to the offer before it.
func (h *history) follows(event acd.Event) error {
	switch e := event.(type) { //nolint:gochecksumtype // the two that observe gives
	case acd.Ignored:
		if e.Until != 0 && !h.met(e) {
			return errors.New("ignored without a failed offer")
		}
	case acd.MissedCounted:
		if e.Count != 0 && !h.met(e) {
			return errors.New("missed without an offer that rang out")
		}
	}
	return nil
}

// told holds the notice to one a call, and none in an emergency, and a recording
// that begins to the notice before it.
func told(event acd.Event, before *acd.State) error {
	switch e := event.(type) { //nolint:gochecksumtype // the two that observe gives
	case acd.NoticeStarted:
		if c := callOf(before, e.Call); c.Informed || c.Emergency {
			return errors.New("told a second time, or in an emergency")
		}
	case acd.RecordingStarted:
		if c := callOf(before, e.Call); before.Checkpoint().Centre.Notice && !c.Informed {
			return errors.New("recorded without having been told")
		}
	}
	return nil
}

func callOf(s *acd.State, id acd.CallID) acd.CallCheckpoint {
	calls := s.Checkpoint().Calls
	i := slices.IndexFunc(calls, func(c acd.CallCheckpoint) bool { return c.ID == id })
	if i < 0 {
		return acd.CallCheckpoint{}
	}
	return calls[i]
}

func (h *history) changed(at acd.Instant, e acd.OperatorChanged) error {
	s := h.session[e.Operator]
	if s == nil {
		return errors.New("changed while logged out")
	}
	done := s.activity == acd.WrappingUp && e.Activity != acd.WrappingUp
	want := acd.WrapUpEnded{Call: s.call, Operator: e.Operator, Cause: e.Cause}
	if done != (h.wrapped == want) {
		return fmt.Errorf("the fact of the wrap-up's end before it is %+v", h.wrapped)
	}
	h.wrapped = acd.WrapUpEnded{}
	s.covered += int64(at - s.from)
	if handled(s.activity) && s.owns == s.call && h.inbound[s.call] && (!handled(e.Activity) || e.Call != s.call) {
		s.idle = at
	}
	s.from, s.presence, s.activity, s.call = at, e.Presence, e.Activity, e.Call
	return nil
}

// missedEnough holds a logout by OP-18 to the number of missed calls.
func missedEnough(e acd.LoggedOutOf, before *acd.State) error {
	for _, o := range before.Checkpoint().Operators {
		limit := o.Config.MissedLogoutCount
		byRule := e.By.Kind == acd.ByRule
		if o.Config.ID == e.Operator && byRule && (limit == nil || o.Missed <= *limit) {
			return fmt.Errorf("logged out after %d missed calls", o.Missed)
		}
	}
	return nil
}

// handled says whether an activity is part of handling a call.
func handled(a acd.Activity) bool {
	return a == acd.Talking || a == acd.Held || a == acd.WrappingUp
}

// wrappedUp holds the end of a wrap-up to the wrap-up there was, and what he does
// next, which follows, to it.
func (h *history) wrappedUp(e acd.WrapUpEnded, before *acd.State) error {
	if v, _ := before.Operator(e.Operator); v.Activity != acd.WrappingUp || v.Call != e.Call {
		return errors.New("was not wrapping it up")
	}
	h.wrapped = e
	return nil
}

// wrapsUp holds the end of a conversation to the wrap-up it was to have, which
// only a supervisor and what the operator asked for meanwhile take away.
func (h *history) wrapsUp(e acd.OperatorChanged, before *acd.State) error {
	v, _ := before.Operator(e.Operator)
	if v.Activity != acd.Talking && v.Activity != acd.Held || handled(e.Activity) || e.Cause == "released" || v.Pending != nil {
		return nil
	}
	for _, c := range before.Checkpoint().Calls {
		if c.ID == v.Call && c.WrapUpSeconds > 0 && h.session[e.Operator].owns == c.ID {
			return fmt.Errorf("wrap-up of %d s is left out", c.WrapUpSeconds)
		}
	}
	return nil
}

// idleClocks holds the longest-idle clocks to what the facts say.
func (h *history) idleClocks(cp acd.Checkpoint) error {
	for _, o := range cp.Operators {
		if s := h.session[o.Config.ID]; s != nil && s.idle != o.IdleSince {
			return fmt.Errorf("operator %s is idle since %s, not %s", o.Config.ID, Clock(s.idle), Clock(o.IdleSince))
		}
	}
	return nil
}

// deadlines holds the state's deadline to everything that is to happen at a
// time.
func deadlines(s *acd.State, cp acd.Checkpoint) error {
	first, ok := s.Deadline()
	due := func(at acd.Instant, what string, id any) error {
		if at != 0 && (!ok || at < first) {
			return fmt.Errorf("%s of %v is due at %s, the next deadline is %s", what, id, Clock(at), Clock(first))
		}
		return nil
	}
	var errs []error
	for _, c := range cp.Calls {
		errs = append(errs, due(c.NoticeUntil, "the notice", c.ID))
		for _, l := range c.Legs {
			errs = append(errs, due(l.Until, "a leg", c.ID), due(l.LostUntil, "a lost browser", c.ID))
			if placed := l.Role != acd.RoleCaller && !c.FromPhone; placed && l.State != acd.LegUp && l.Until == 0 {
				errs = append(errs, fmt.Errorf("leg %d of %s rings for ever", l.ID, c.ID))
			}
		}
		if c.State == acd.CallQueued {
			errs = append(errs, due(c.WaitEndsAt, "the wait", c.ID))
		}
	}
	for _, o := range cp.Operators {
		errs = append(errs, due(o.WrapUpUntil, "wrap-up", o.Config.ID), due(o.IgnoredUntil, "OP-16", o.Config.ID))
		if o.Pending.Reason == 0 {
			errs = append(errs, due(o.LogoutAt, "OP-24", o.Config.ID), due(o.WindowEndsAt, "OP-25", o.Config.ID))
		}
	}
	return errors.Join(errs...)
}

// expect notes what OP-16 and OP-18 make follow from an offer's outcome.
func (h *history) expect(at acd.Instant, e acd.OfferEnded, before *acd.State) {
	cp := before.Checkpoint()
	i := slices.IndexFunc(cp.Operators, func(o acd.OperatorCheckpoint) bool { return o.Config.ID == e.Operator })
	o := cp.Operators[i]
	failed := e.Outcome == acd.OfferNoAnswer || e.Outcome == acd.OfferRejected || e.Outcome == acd.OfferBusy ||
		e.Outcome == acd.OfferUnreachable
	retry := acd.Instant(o.Config.RetrySeconds) * 1000
	if retry == 0 && failed {
		j := slices.IndexFunc(cp.Calls, func(c acd.CallCheckpoint) bool { return c.ID == e.Call })
		for _, l := range cp.Calls[j].Legs {
			if l.ID == e.Leg && at-l.PlacedAt < 1000 {
				retry = 1000
			}
		}
	}
	if failed && retry > 0 {
		h.due = append(h.due, acd.Ignored{Operator: e.Operator, Until: at + retry})
	}
	if e.Outcome == acd.OfferNoAnswer {
		h.due = append(h.due, acd.MissedCounted{Operator: e.Operator, Count: o.Missed + 1})
	}
}

func (h *history) met(e acd.Event) bool {
	i := slices.Index(h.due, e)
	if i < 0 {
		return false
	}
	h.due = slices.Delete(h.due, i, i+1)
	return true
}
