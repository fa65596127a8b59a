package directory

import (
	"slices"
	"strconv"
	"time"
)

// Weekday is a day of the week as it is written.
type Weekday string

// The days of the week.
const (
	Monday    Weekday = "mon"
	Tuesday   Weekday = "tue"
	Wednesday Weekday = "wed"
	Thursday  Weekday = "thu"
	Friday    Weekday = "fri"
	Saturday  Weekday = "sat"
	Sunday    Weekday = "sun"
)

// Weekdays returns the days of a week, Monday first.
func Weekdays() []Weekday {
	return []Weekday{Monday, Tuesday, Wednesday, Thursday, Friday, Saturday, Sunday}
}

// Hours are the opening hours of a group or a service number, in the time zone
// of the centre. An exception replaces its date, a holiday closes its own, and
// the weekly slots stand for every other date. Nothing at all is always closed:
// a record that is always open has no Hours.
type Hours struct {
	Weekly     []WeekSlot
	Holidays   []Holiday
	Exceptions []Exception
	// Exit takes the calls that come while it is closed; the zero value for the
	// overflow of a group, and for a refusal on a number.
	Exit Destination
}

// Slot is a time of opening. It begins on the date it belongs to; one that ends
// before it begins runs past midnight.
type Slot struct {
	From string // HH:MM
	To   string // HH:MM or 24:00
}

// WeekSlot is a slot of certain days of each week.
type WeekSlot struct {
	Days []Weekday
	Slot
}

// Holiday is a date that is closed every year.
type Holiday struct {
	Month int // 1–12
	Day   int // 1–31
	Name  string
}

// Exception replaces what applies to one date; without slots it is closed.
type Exception struct {
	Date  string // YYYY-MM-DD
	Slots []Slot
	Name  string
}

// The rules that make it open or closed.
const (
	CauseWeekly    = "weekly"
	CauseHoliday   = "holiday"
	CauseException = "exception"
)

// HoursChange is an instant from which something else applies.
type HoursChange struct {
	At    time.Time
	Open  bool
	Cause string
}

// At reports whether it is open at an instant, and by which rule.
func (h Hours) At(zone *time.Location, at time.Time) (open bool, cause string) {
	date := dateOf(zone, at)
	for _, day := range []civilDate{date, date.shifted(-1)} {
		slots, rule := h.on(day)
		for _, slot := range slots {
			begin, end := slot.on(day, zone)
			if !at.Before(begin) && at.Before(end) {
				return true, rule
			}
		}
	}
	_, cause = h.on(date)
	return false, cause
}

// Changes returns the instants after one and up to another at which it opens or
// closes, or the same goes on by another rule, in order.
func (h Hours) Changes(zone *time.Location, after, until time.Time) []HoursChange {
	var edges []time.Time
	last := dateOf(zone, until)
	for day := dateOf(zone, after).shifted(-1); !last.before(day); day = day.shifted(1) {
		edges = append(edges, day.clock(0, zone))
		slots, _ := h.on(day)
		for _, slot := range slots {
			begin, end := slot.on(day, zone)
			edges = append(edges, begin, end)
		}
	}
	slices.SortFunc(edges, time.Time.Compare)
	edges = slices.CompactFunc(edges, time.Time.Equal)
	var changes []HoursChange
	open, cause := h.At(zone, after)
	for _, edge := range edges {
		if !edge.After(after) || edge.After(until) {
			continue
		}
		if nextOpen, nextCause := h.At(zone, edge); nextOpen != open || nextCause != cause {
			open, cause = nextOpen, nextCause
			changes = append(changes, HoursChange{At: edge, Open: open, Cause: cause})
		}
	}
	return changes
}

// NeverOpens reports whether no rule opens it on any date.
func (h Hours) NeverOpens() bool {
	return len(h.Weekly) == 0 &&
		!slices.ContainsFunc(h.Exceptions, func(e Exception) bool { return len(e.Slots) > 0 })
}

// on returns the slots that begin on a date, and the rule that says so.
func (h Hours) on(date civilDate) ([]Slot, string) {
	text := date.String()
	for _, e := range h.Exceptions {
		if e.Date == text {
			return e.Slots, CauseException
		}
	}
	for _, holiday := range h.Holidays {
		if holiday.Month == int(date.month) && holiday.Day == date.day {
			return nil, CauseHoliday
		}
	}
	var slots []Slot
	weekday := date.weekday()
	for _, w := range h.Weekly {
		if slices.Contains(w.Days, weekday) {
			slots = append(slots, w.Slot)
		}
	}
	return slots, CauseWeekly
}

// on returns when a slot of a date begins and ends. A time the clock skips is
// the end of the gap and one it shows twice the first of the two, so that a
// slot inside a gap is empty.
func (s Slot) on(date civilDate, zone *time.Location) (begin, end time.Time) {
	from, to := s.minutes()
	return date.clock(from, zone), date.clock(to, zone)
}

// minutes returns the beginning and the end in minutes from midnight of the
// date the slot belongs to; the end may lie on the next date.
func (s Slot) minutes() (from, to int) {
	from, to = clockMinutes(s.From), clockMinutes(s.To)
	if to < from {
		to += dayMinutes
	}
	return from, to
}

const dayMinutes = 24 * 60

// clockMinutes reads HH:MM, 24:00 included.
func clockMinutes(hhmm string) int {
	if hhmm == endOfDay {
		return dayMinutes
	}
	if !isClock(hhmm) {
		return 0
	}
	hour, _ := strconv.Atoi(hhmm[:2])
	minute, _ := strconv.Atoi(hhmm[3:])
	return hour*60 + minute
}

const endOfDay = "24:00"

// civilDate is a date of the calendar, whatever the zone.
type civilDate struct {
	year  int
	month time.Month
	day   int
}

// dateOf returns the date that has begun last. It is the one the clock shows,
// but where the clock is put back over midnight: the day that has begun goes
// on.
func dateOf(zone *time.Location, at time.Time) civilDate {
	var d civilDate
	d.year, d.month, d.day = at.In(zone).Date()
	if next := d.shifted(1); !next.clock(0, zone).After(at) {
		return next
	}
	return d
}

func (d civilDate) shifted(days int) civilDate {
	var next civilDate
	next.year, next.month, next.day = time.Date(d.year, d.month, d.day+days, 0, 0, 0, 0, time.UTC).Date()
	return next
}

func (d civilDate) before(other civilDate) bool {
	return d.utc().Before(other.utc())
}

func (d civilDate) utc() time.Time { return time.Date(d.year, d.month, d.day, 0, 0, 0, 0, time.UTC) }

// clock returns the instant of a time of the date, in minutes from midnight.
func (d civilDate) clock(minutes int, zone *time.Location) time.Time {
	return clockOn(d.year, d.month, d.day, minutes/60, minutes%60, zone)
}

func (d civilDate) weekday() Weekday {
	return Weekdays()[(int(d.utc().Weekday())+6)%7]
}

// String writes the date as YYYY-MM-DD.
func (d civilDate) String() string { return d.utc().Format(time.DateOnly) }

// NextDays returns the instants at which the dates of a time zone begin: that
// of the date at an instant, and those of the following ones.
func NextDays(zone *time.Location, at time.Time, count int) (began time.Time, next []time.Time) {
	day := dateOf(zone, at)
	began = day.clock(0, zone)
	for last := began; len(next) < count; {
		day = day.shifted(1)
		// A date the zone does not have begins together with the one after.
		if begins := day.clock(0, zone); begins.After(last) {
			last = begins
			next = append(next, begins)
		}
	}
	return began, next
}
