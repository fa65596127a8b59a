package acd

// The estimated wait. A queue moves at the pace at which its calls are answered,
// whatever the reason for that pace: so the time between two answers is measured
// while somebody waits and somebody is at work, without a break from one to the
// other. Times the members who are at work it is the work that an answer takes, and
// a caller's wait is his place times that work, shared by those at work now: who
// goes or comes counts at once, and the mean may look back far. It is that of all
// samples until there are so many that it forgets. Before there are enough of them,
// the work is that of the calls that were handled, wrap-up included. Whole
// milliseconds, from events alone.

const (
	// forget is how many samples the means look back, roughly.
	forget = 20
	// enoughSamples is how many times between answers make a pace.
	enoughSamples = 3
)

// Position returns a waiting call's place in its group, from 1.
func (s *State) Position(id CallID) (int, bool) {
	c := s.calls.get(id)
	if c == nil || s.groups.get(c.Queue) == nil {
		return 0, false
	}
	return s.groups.get(c.Queue).queued.rank(c) + 1, true
}

// EstimateWait returns how long a call at a place of a group's queue, from 1, is
// likely to wait, in seconds, and whether that is known: not before calls have
// been answered, and not while nobody is at work. The places for which operators
// are free wait no time.
func (s *State) EstimateWait(id GroupID, position int) (seconds int, known bool) {
	g := s.groups.get(id)
	if g == nil {
		return 0, false
	}
	atWork := g.atWork()
	places := int64(position - g.eligible.len())
	switch {
	case atWork == 0:
		return 0, false
	case places <= 0:
		return 0, true
	case g.PaceSamples >= enoughSamples:
		return wholeSeconds(places * g.Pace / atWork), true
	case g.Handle > 0:
		return wholeSeconds(places * g.Handle / atWork), true
	}
	return 0, false
}

// atWork counts the members who take the group's calls, or others meanwhile.
func (g *group) atWork() int64 {
	return int64(g.count[available] + g.count[inCall] + g.count[wrappingUp])
}

// wholeSeconds rounds milliseconds up.
func wholeSeconds(ms int64) int { return int((ms + 999) / 1000) }

// noteLeft lets the estimate learn from a call that has just left the group's
// queue.
func (g *group) noteLeft(how QueueExit, at Instant) {
	if how == LeftAnswered {
		if g.BusySince != 0 {
			g.Pace = smooth(g.Pace, g.PaceSamples, at.Sub(g.LastAnswered).Milliseconds()*g.atWork())
			g.PaceSamples = min(g.PaceSamples+1, forget)
		}
		g.LastAnswered = at
	}
	switch {
	case g.queued.len() == 0:
		g.BusySince = 0
	case how == LeftAnswered && g.BusySince == 0:
		g.BusySince = at
	}
}

// noteHandled lets the estimate learn from a call its operator is through with.
func (s *State) noteHandled(o *operator, at Instant) {
	c := s.calls.get(o.Call)
	if c == nil || s.groups.get(o.Group) == nil {
		return
	}
	g := s.groups.get(o.Group)
	from := max(c.AnsweredAt, o.AnsweredAt) // it may have been another's before
	g.Handle = max(smooth(g.Handle, g.HandleSamples, at.Sub(from).Milliseconds()), 1)
	g.HandleSamples = min(g.HandleSamples+1, forget)
	s.touchGroup(g)
}

// smooth moves a mean of so many samples by a new one.
func smooth(mean int64, samples int, sample int64) int64 {
	n := int64(min(samples+1, forget))
	return (mean*(n-1) + sample) / n
}
