package directory

import (
	"fmt"
	"slices"
	"strconv"
	"time"
)

// The most a record's opening hours hold of each.
const (
	MaxWeekSlots  = 100
	MaxHolidays   = 366
	MaxExceptions = 1000
	// MaxDaySlots is the greatest number of slots of an exception.
	MaxDaySlots = 20
)

// normalHours returns hours in their stored form, which shares no list with
// what it is made from.
func normalHours(given *Hours, countries []string) *Hours {
	if given == nil {
		return nil
	}
	h := &Hours{
		Weekly: owned(given.Weekly), Holidays: owned(given.Holidays), Exceptions: owned(given.Exceptions), Exit: given.Exit,
	}
	for i := range h.Weekly {
		trim(&h.Weekly[i].From, &h.Weekly[i].To)
	}
	for i := range h.Holidays {
		trim(&h.Holidays[i].Name)
	}
	for i := range h.Exceptions {
		e := &h.Exceptions[i]
		e.Slots = owned(e.Slots)
		trim(&e.Name, &e.Date)
		for j := range e.Slots {
			trim(&e.Slots[j].From, &e.Slots[j].To)
		}
	}
	h.Exit = h.Exit.normalize(countries)
	return h
}

// owned copies a list; one without items is nil.
func owned[T any](list []T) []T { return append([]T(nil), list...) }

// hours checks opening hours; nil is always open.
func (c *checker) hours(field string, h *Hours) {
	if h == nil {
		return
	}
	c.weekly(field+".weekly", h.Weekly)
	c.holidays(field+".holidays", h.Holidays)
	c.exceptions(field+".exceptions", h.Exceptions)
	c.overflow(field+".exit", h.Exit)
}

func (c *checker) atMost(field string, count, most int, what string) bool {
	if count > most {
		c.invalid(field, "must hold at most %d %s", most, what)
		return false
	}
	return true
}

func (c *checker) weekly(field string, slots []WeekSlot) {
	if !c.atMost(field, len(slots), MaxWeekSlots, "slots") {
		return
	}
	var taken []span
	for i, s := range slots {
		at := fmt.Sprintf("%s[%d]", field, i)
		days := c.days(at+".days", s.Days)
		if !c.slot(at, s.Slot) || !days {
			continue
		}
		from, to := s.minutes()
		for _, day := range s.Days {
			start := slices.Index(Weekdays(), day) * dayMinutes
			next := span{start + from, start + to}
			if other, overlaps := overlapping(taken, next, len(Weekdays())*dayMinutes); overlaps {
				c.invalid(at, "must not overlap another slot: %s does, with one that begins on %s",
					day, Weekdays()[other.from/dayMinutes])
				break
			}
			taken = append(taken, next)
		}
	}
}

// span is from one minute up to another, of a week or a day.
type span struct{ from, to int }

// overlapping finds a span that shares a minute with another, in a circle.
func overlapping(taken []span, s span, circle int) (span, bool) {
	for _, t := range taken {
		for _, turn := range []int{-circle, 0, circle} {
			if s.from < t.to+turn && t.from+turn < s.to {
				return t, true
			}
		}
	}
	return span{}, false
}

func (c *checker) days(field string, days []Weekday) bool {
	before := len(c.problems)
	if len(days) == 0 {
		c.invalid(field, "must name a day at least")
	}
	if !c.atMost(field, len(days), len(Weekdays()), "days") {
		return false
	}
	for i, day := range days {
		at := fmt.Sprintf("%s[%d]", field, i)
		if slices.Contains(days[:i], day) {
			c.invalid(at, "must not stand in the list twice")
			continue
		}
		oneOf(c, at, day, Weekdays())
	}
	return len(c.problems) == before
}

// slot checks the two times of a slot.
func (c *checker) slot(field string, s Slot) bool {
	before := len(c.problems)
	if !isClock(s.From) {
		c.invalid(field+".from", "must be a time of day from 00:00 to 23:59 written HH:MM")
	}
	if !isClock(s.To) && s.To != endOfDay {
		c.invalid(field+".to", "must be a time of day from 00:00 to 24:00 written HH:MM")
	}
	if len(c.problems) == before && s.From == s.To {
		c.invalid(field+".to", "must not be the beginning; a whole day is 00:00 to 24:00")
	}
	return len(c.problems) == before
}

func (c *checker) holidays(field string, holidays []Holiday) {
	if !c.atMost(field, len(holidays), MaxHolidays, "days") {
		return
	}
	type day struct{ month, day int }
	seen := map[day]bool{}
	for i, h := range holidays {
		at := fmt.Sprintf("%s[%d]", field, i)
		c.text(at+".name", h.Name, 0, maxText)
		c.within(at+".month", h.Month, 1, 12)
		if h.Month >= 1 && h.Month <= 12 {
			// A leap year has every date there is.
			const leap = 2000
			c.within(at+".day", h.Day, 1, time.Date(leap, time.Month(h.Month)+1, 0, 0, 0, 0, 0, time.UTC).Day())
		}
		if seen[day{h.Month, h.Day}] {
			c.invalid(at+".day", "must not stand in the list twice")
		}
		seen[day{h.Month, h.Day}] = true
	}
}

func (c *checker) exceptions(field string, exceptions []Exception) {
	if !c.atMost(field, len(exceptions), MaxExceptions, "dates") {
		return
	}
	seen := map[string]bool{}
	for i, e := range exceptions {
		at := fmt.Sprintf("%s[%d]", field, i)
		c.text(at+".name", e.Name, 0, maxText)
		switch date, err := time.Parse(time.DateOnly, e.Date); {
		case err != nil || date.Year() < 2000 || date.Year() > 2199:
			c.invalid(at+".date", "must be a date from 2000 to 2199, such as 2026-12-24")
		case seen[e.Date]:
			c.invalid(at+".date", "must not stand in the list twice")
		}
		seen[e.Date] = true
		c.daySlots(at+".slots", e.Slots)
	}
}

func (c *checker) daySlots(field string, slots []Slot) {
	if !c.atMost(field, len(slots), MaxDaySlots, "slots") {
		return
	}
	var taken []span
	for i, s := range slots {
		at := field + "[" + strconv.Itoa(i) + "]"
		if !c.slot(at, s) {
			continue
		}
		from, to := s.minutes()
		// Two slots of one date do not meet on the date after the next.
		if _, overlaps := overlapping(taken, span{from, to}, 7*dayMinutes); overlaps {
			c.invalid(at, "must not overlap another slot of the date")
			continue
		}
		taken = append(taken, span{from, to})
	}
}
