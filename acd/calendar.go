package acd

import "slices"

// The core knows no time zone and no week: when days begin and groups open are
// facts it is told ahead of time, as instants, so that the same events give the
// same state wherever and whenever they are read again.

// maxAhead is how many instants of a calendar are kept at most.
const maxAhead = 1_000

// HoursChange says that a group opens or closes at an instant, and why.
type HoursChange struct {
	At    Instant
	Open  bool
	Cause string // "weekly", "holiday", "exception"
}

// Commands about the calendar.
type (
	// SetDays tells when the centre's day began and when the next ones will, in
	// ascending order. Sending the same again does nothing.
	SetDays struct {
		Began Instant
		Next  []Instant
	}
	// SetHours tells whether a group is open now and when that changes, in
	// ascending order; open without changes is always open. Sending the same again
	// does nothing. Refused with unknown_group.
	SetHours struct {
		Group   GroupID
		Open    bool
		Cause   string // why, as in HoursChange
		Changes []HoursChange
	}
)

// Facts of the calendar.
type (
	// DaysSet says when the centre's day began and the next ones begin.
	DaysSet struct {
		Began Instant
		Next  []Instant
	}
	// DayBegan says that a day of the centre began: what is counted by day starts
	// from nothing.
	DayBegan struct{ From Instant }
	// HoursSet says whether a group is open and when that changes.
	HoursSet struct {
		Group   GroupID
		Open    bool
		Cause   string
		Changes []HoursChange
	}
	// HoursChanged says that a group opened or closed.
	HoursChanged struct {
		Group GroupID
		Open  bool
		Cause string
	}
)

func (SetDays) command()    {}
func (SetHours) command()   {}
func (DaysSet) event()      {}
func (DayBegan) event()     {}
func (HoursSet) event()     {}
func (HoursChanged) event() {}

// DaysCheckpoint is what is kept of the centre's days.
type DaysCheckpoint struct {
	Began Instant
	Next  []Instant
}

func (c SetDays) decide(t *step) error {
	switch {
	case len(c.Next) > maxAhead:
		return refuse(ErrLimit, "%d days ahead are the most", maxAhead)
	case !slices.IsSorted(c.Next) || len(c.Next) > 0 && c.Next[0] <= c.Began:
		return refuse(ErrOutOfRange, "the days of the centre are not in order")
	case c.Began == t.s.days.Began && slices.Equal(c.Next, t.s.days.Next):
		return nil
	}
	t.emit(DaysSet{Began: c.Began, Next: slices.Clone(c.Next)})
	return nil
}

func (c SetHours) decide(t *step) error {
	g := t.s.groups.get(c.Group)
	switch {
	case g == nil:
		return refuse(ErrUnknownGroup, "no group %q", c.Group)
	case len(c.Changes) > maxAhead:
		return refuse(ErrLimit, "%d changes of hours ahead are the most", maxAhead)
	case !slices.IsSortedFunc(c.Changes, func(a, b HoursChange) int { return int(a.At.Sub(b.At)) }):
		return refuse(ErrOutOfRange, "the hours of group %s are not in order", c.Group)
	case c.Open == !g.Closed && c.Cause == g.HoursCause && slices.Equal(c.Changes, g.Hours):
		return nil
	}
	t.emit(HoursSet{Group: c.Group, Open: c.Open, Cause: c.Cause, Changes: slices.Clone(c.Changes)})
	return nil
}

func (e DaysSet) fold(s *State, _ Instant) {
	began := s.days.Began
	s.days = DaysCheckpoint{Began: e.Began, Next: slices.Clone(e.Next)}
	if e.Began > began {
		s.dayBegan(e.Began)
	}
	s.setTimer(s.dayTimer, s.dayDeadline())
}

func (e DayBegan) fold(s *State, _ Instant) {
	s.days.Began = e.From
	s.days.Next = slices.DeleteFunc(s.days.Next, func(at Instant) bool { return at <= e.From })
	s.dayBegan(e.From)
	s.setTimer(s.dayTimer, s.dayDeadline())
}

func (s *State) dayDeadline() Instant {
	if len(s.days.Next) == 0 {
		return 0
	}
	return s.days.Next[0]
}

func (e HoursSet) fold(s *State, _ Instant) {
	if g := s.groups.get(e.Group); g != nil {
		g.Hours = slices.Clone(e.Changes)
		s.setOpen(g, e.Open, e.Cause)
	}
}

func (e HoursChanged) fold(s *State, at Instant) {
	if g := s.groups.get(e.Group); g != nil {
		g.Hours = slices.DeleteFunc(g.Hours, func(c HoursChange) bool { return c.At <= at })
		s.setOpen(g, e.Open, e.Cause)
	}
}

func (s *State) setOpen(g *group, open bool, cause string) {
	g.Closed, g.HoursCause = !open, cause
	s.setTimer(g.timer, g.deadline())
	s.markEmptied(g)
	s.touchGroup(g)
}

// deadline returns when the group's hours change next, zero when they do not.
func (g *group) deadline() Instant {
	if len(g.Hours) == 0 {
		return 0
	}
	return g.Hours[0].At
}

// dayDue begins the day that is due.
func (t *step) dayDue() { t.emit(DayBegan{From: t.s.days.Next[0]}) }

// hoursDue opens or closes a group. Of changes missed meanwhile only the last
// counts.
func (t *step) hoursDue(g *group) {
	last := g.Hours[0]
	for _, c := range g.Hours {
		if c.At <= t.now {
			last = c
		}
	}
	t.emit(HoursChanged{Group: g.Config.ID, Open: last.Open, Cause: last.Cause})
}

// away says why the group sends its callers elsewhere just now, empty when it
// does not: it is closed or asks for it, and none of its members is logged in.
// Callers who came before the end of its hours are served to the end as long as
// somebody is there.
func (g *group) away() string {
	switch {
	case g.loggedIn() > 0:
		return ""
	case g.Closed:
		return "closed"
	case g.Config.OverflowWhenNobody:
		return "nobody"
	}
	return ""
}

// enter says why a call that is about to enter is sent elsewhere instead, empty
// when it may stay. A closed group takes nobody in, whoever is there.
func (g *group) enter() string {
	if g.Closed {
		return "closed"
	}
	return g.away()
}

// exit returns where a call goes that leaves the group for a cause.
func (g *group) exit(cause string) Exit {
	if cause == "closed" && g.Config.HoursExit.Kind != ExitNone {
		return g.Config.HoursExit
	}
	return g.Config.Overflow
}
