package report_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"bandeau/acd"
	"bandeau/report"
)

func zoneOf(t *testing.T, name string) *time.Location {
	t.Helper()
	zone, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return zone
}

func instant(t *testing.T, text string) acd.Instant {
	t.Helper()
	at, err := time.Parse(time.RFC3339, text)
	if err != nil {
		t.Fatal(err)
	}
	return acd.At(at)
}

func TestDayOf(t *testing.T) {
	for _, tc := range []struct{ zone, at, from, to string }{
		{"Europe/Paris", "2026-03-02T09:00:00+01:00", "2026-03-02T00:00:00+01:00", "2026-03-03T00:00:00+01:00"},
		{"Europe/Paris", "2026-03-02T00:00:00+01:00", "2026-03-02T00:00:00+01:00", "2026-03-03T00:00:00+01:00"},
		{"Europe/Paris", "2026-03-01T23:59:59+01:00", "2026-03-01T00:00:00+01:00", "2026-03-02T00:00:00+01:00"},
		// 23 and 25 hours.
		{"Europe/Paris", "2026-03-29T12:00:00+02:00", "2026-03-29T00:00:00+01:00", "2026-03-30T00:00:00+02:00"},
		{"Europe/Paris", "2026-10-25T23:30:00+01:00", "2026-10-25T00:00:00+02:00", "2026-10-26T00:00:00+01:00"},
		// Clocks go from midnight to one: the day begins with what they show then.
		{"Africa/Cairo", "2026-04-24T12:00:00+03:00", "2026-04-24T01:00:00+03:00", "2026-04-25T00:00:00+03:00"},
		// Midnight is there twice: the day begins with the first.
		{"America/Havana", "2026-11-01T12:00:00-05:00", "2026-11-01T00:00:00-04:00", "2026-11-02T00:00:00-05:00"},
		// The 30th of December was left out.
		{"Pacific/Apia", "2011-12-31T05:00:00+14:00", "2011-12-31T00:00:00+14:00", "2012-01-01T00:00:00+14:00"},
	} {
		day := report.DayOf(instant(t, tc.at).Time(), zoneOf(t, tc.zone))
		if day.From != instant(t, tc.from) || day.To != instant(t, tc.to) {
			t.Errorf("%s, %s: %s to %s", tc.zone, tc.at, day.From.Time(), day.To.Time())
		}
	}
}

func TestTimes(t *testing.T) {
	const second = acd.Instant(1000)
	sessions := []report.Session{
		{From: 0, To: 40 * second}, {From: 60 * second}, // the first began before the day, the second lasts
	}
	intervals := []report.Interval{
		{From: 0, To: 12 * second, Presence: acd.Paused, Activity: acd.Idle},
		{From: 12 * second, To: 15 * second, Presence: acd.Available, Activity: acd.Idle},
		{From: 15 * second, To: 20 * second, Presence: acd.Available, Activity: acd.Ringing},
		{From: 20 * second, To: 26 * second, Presence: acd.Available, Activity: acd.Talking},
		{From: 26 * second, To: 28 * second, Presence: acd.Available, Activity: acd.Held},
		{From: 28 * second, To: 40 * second, Presence: acd.Available, Activity: acd.WrappingUp},
		{From: 60 * second, To: 61 * second, Presence: acd.Paused, Activity: acd.Dialing},
		{From: 61 * second, Presence: acd.Paused, Activity: acd.Idle},
	}
	got := report.Times(sessions, intervals, 10*second, 70*second)
	want := report.StateTimes{
		LoggedIn: 40 * time.Second, Available: 3 * time.Second, Paused: 11 * time.Second, Ringing: 5 * time.Second,
		Talking: 9 * time.Second, WrapUp: 12 * time.Second,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestQuarters(t *testing.T) {
	from := instant(t, "2026-03-29T00:00:00+01:00")
	at := func(minutes int) acd.Instant { return from.Add(time.Duration(minutes) * time.Minute) }
	visits := []report.Visit{
		{From: at(-30), To: at(20), How: acd.LeftAnswered}, // of the day before: it waits only
		{From: at(-5), To: at(0), How: acd.LeftAbandoned},
		{From: at(0), To: at(2), How: acd.LeftAnswered},
		{From: at(14), To: at(15), How: acd.LeftOverflowed}, // gone as the quarter ends
		{From: at(15), To: at(46), How: acd.LeftAbandoned},
		{From: at(47)},
	}
	got := report.Quarters(visits, from, at(50))
	want := []report.Quarter{
		{From: at(0), Offered: 2, Answered: 1, Overflowed: 1, Waiting: 1},
		{From: at(15), Offered: 1, Abandoned: 1, Waiting: 1},
		{From: at(30), Waiting: 1},
		{From: at(45), Offered: 1, Waiting: 1},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if got := report.Quarters(nil, from, from); len(got) != 1 || got[0].From != from {
		t.Errorf("at midnight: %v", got)
	}
	// A day on which clocks change has 92 or 100, of which none is 25 past.
	for day, n := range map[string]int{"2026-03-29T12:00:00+02:00": 92, "2026-10-25T12:00:00+01:00": 100, "2026-03-02T12:00:00+01:00": 96} {
		d := report.DayOf(instant(t, day).Time(), zoneOf(t, "Europe/Paris"))
		if got := report.Quarters(nil, d.From, d.To.Add(-time.Millisecond)); len(got) != n {
			t.Errorf("%s has %d quarters", day, len(got))
		}
	}
}
