package directory

import (
	"strconv"
	"time"
)

// NextClock returns the first instant strictly after a given one at which the
// clock of a time zone shows a time of day, HH:MM. On a day that skips the
// time it is the first instant after the gap; on a day that has it twice, the
// first of the two, once. The result is zero for a text that is no time of
// day.
func NextClock(hhmm string, zone *time.Location, after time.Time) time.Time {
	if !isClock(hhmm) {
		return time.Time{}
	}
	hour, _ := strconv.Atoi(hhmm[:2])
	minute, _ := strconv.Atoi(hhmm[3:])
	year, month, day := after.In(zone).Date()
	// A day may be missing altogether (a change of the date line), and the
	// next one after it is at most two further.
	for shift := -1; shift <= 3; shift++ {
		if at := clockOn(year, month, day+shift, hour, minute, zone); at.After(after) {
			return at
		}
	}
	return time.Time{}
}

// clockOn returns the instant of a wall time on a date. time.Date does not
// promise which side of a change it takes; this walks the offsets in force
// around it.
func clockOn(year int, month time.Month, day, hour, minute int, zone *time.Location) time.Time {
	// The wall time as if the zone were UTC; offsets stay within 26 hours.
	wall := time.Date(year, month, day, hour, minute, 0, 0, time.UTC)
	const reach = 26 * time.Hour
	for at := wall.Add(-reach).In(zone); !at.After(wall.Add(reach)); {
		_, offset := at.Zone()
		begin, end := at.ZoneBounds()
		instant := wall.Add(-time.Duration(offset) * time.Second)
		switch {
		case !begin.IsZero() && instant.Before(begin):
			// The clock went from before the wall time to past it.
			return begin.In(zone)
		case end.IsZero() || instant.Before(end):
			return instant.In(zone)
		}
		at = end.In(zone)
	}
	return wall.In(zone)
}
