package report

import (
	"time"

	"bandeau/acd"
	"bandeau/directory"
)

// Day is a day of a time zone, To excluded. It may have 23 or 25 hours.
type Day struct{ From, To acd.Instant }

// DayOf returns the day in a zone that a time belongs to: from one midnight, or
// what clocks show in its place, to the next.
func DayOf(at time.Time, zone *time.Location) Day {
	const (
		midnight = "00:00"
		back     = 50 * time.Hour // at least one midnight lies in it, even where a day was left out
	)
	from := at.Add(-back)
	to := directory.NextClock(midnight, zone, from)
	for !to.After(at) {
		from, to = to, directory.NextClock(midnight, zone, to)
	}
	return Day{From: acd.At(from), To: acd.At(to)}
}

// StateTimes say how an operator's time logged in was spent. It falls into the
// other five: by his activity and, while that is idle, by his presence.
type StateTimes struct {
	LoggedIn, Available, Paused, Ringing, Talking, WrapUp time.Duration
}

// Times sums up an operator's sessions and intervals, of which only what lies
// between two instants counts.
func Times(sessions []Session, intervals []Interval, from, to acd.Instant) StateTimes {
	var t StateTimes
	for _, s := range sessions {
		t.LoggedIn += within(s.From, s.To, from, to)
	}
	for _, i := range intervals {
		length := within(i.From, i.To, from, to)
		switch i.Activity {
		case acd.Ringing:
			t.Ringing += length
		case acd.Dialing, acd.Talking, acd.Held:
			t.Talking += length
		case acd.WrappingUp:
			t.WrapUp += length
		case acd.Idle:
			if i.Presence == acd.Paused {
				t.Paused += length
			} else {
				t.Available += length
			}
		}
	}
	return t
}

// within is how much of a time, without an end while it lasts, lies between two
// instants.
func within(begin, end, from, to acd.Instant) time.Duration {
	if end == 0 {
		end = to
	}
	return span(max(begin, from), min(end, to))
}

// quarter is the step of [Quarters].
const quarter = 15 * time.Minute

// Quarter counts the visits that began in a quarter of an hour.
type Quarter struct {
	From                                     acd.Instant
	Offered, Answered, Abandoned, Overflowed int
	// Waiting counts the visits that lasted at its end, however long since.
	Waiting int
}

// Quarters counts visits by the quarters of an hour from the beginning of a day
// to now, which is in the last of them. Visits that began before the day and
// reach into it only wait.
func Quarters(visits []Visit, from, now acd.Instant) []Quarter {
	n := int(span(from, now)/quarter) + 1
	quarters := make([]Quarter, n)
	ends := make([]acd.Instant, n)
	for i := range quarters {
		quarters[i].From = from.Add(time.Duration(i) * quarter)
		ends[i] = min(from.Add(time.Duration(i+1)*quarter), now)
	}
	for _, v := range visits {
		if v.From > now {
			continue
		}
		first := int(span(from, v.From) / quarter)
		if v.From >= from {
			quarters[first].count(v)
		}
		for i := first; i < n && (v.To == 0 || v.To > ends[i]); i++ {
			quarters[i].Waiting++
		}
	}
	return quarters
}

func (q *Quarter) count(v Visit) {
	q.Offered++
	switch v.How {
	case acd.LeftAnswered:
		q.Answered++
	case acd.LeftAbandoned:
		q.Abandoned++
	case acd.LeftOverflowed:
		q.Overflowed++
	}
}
