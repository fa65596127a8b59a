package directory

import (
	"testing"
	"time"

	"bandeau/internal/proof"
)

func TestNextClock(t *testing.T) {
	proof.Of(t, "OP-24")
	tests := []struct {
		name, zone, clock, after, want string
	}{
		{"later today", "Europe/Paris", "23:59", "2026-11-22T20:00:00Z", "2026-11-22T22:59:00Z"},
		{"exactly now is the next day's", "Europe/Paris", "23:59", "2026-11-22T22:59:00Z", "2026-11-23T22:59:00Z"},
		{"just before", "Europe/Paris", "23:59", "2026-11-22T22:58:59.999Z", "2026-11-22T22:59:00Z"},
		{"after midnight in the zone, before it in UTC", "Europe/Paris", "23:59", "2026-11-22T23:30:00Z", "2026-11-23T22:59:00Z"},
		{"midnight", "Europe/Paris", "00:00", "2026-11-22T22:59:00Z", "2026-11-22T23:00:00Z"},
		{"midnight has come", "Europe/Paris", "00:00", "2026-11-22T23:00:00Z", "2026-11-23T23:00:00Z"},
		{"last day of the year", "Europe/Paris", "00:00", "2026-12-31T12:00:00Z", "2026-12-31T23:00:00Z"},
		{"spring: before the gap", "Europe/Paris", "01:59", "2026-03-29T00:00:00Z", "2026-03-29T00:59:00Z"},
		{"spring: start of the gap", "Europe/Paris", "02:00", "2026-03-29T00:00:00Z", "2026-03-29T01:00:00Z"},
		{"spring: in the gap", "Europe/Paris", "02:30", "2026-03-29T00:00:00Z", "2026-03-29T01:00:00Z"},
		{"spring: after the gap", "Europe/Paris", "03:00", "2026-03-29T00:00:00Z", "2026-03-29T01:00:00Z"},
		{"spring: the gap has passed", "Europe/Paris", "02:30", "2026-03-29T01:00:00Z", "2026-03-30T00:30:00Z"},
		{"spring: 23:59 is 23 hours away", "Europe/Paris", "23:59", "2026-03-28T22:59:00Z", "2026-03-29T21:59:00Z"},
		{"autumn: first of two", "Europe/Paris", "02:30", "2026-10-25T00:00:00Z", "2026-10-25T00:30:00Z"},
		{"autumn: never the second", "Europe/Paris", "02:30", "2026-10-25T00:30:00Z", "2026-10-26T01:30:00Z"},
		{"autumn: between the two", "Europe/Paris", "02:30", "2026-10-25T01:15:00Z", "2026-10-26T01:30:00Z"},
		{"autumn: start of the doubled hour", "Europe/Paris", "02:00", "2026-10-24T23:59:00Z", "2026-10-25T00:00:00Z"},
		{"autumn: end of the doubled hour", "Europe/Paris", "03:00", "2026-10-25T00:00:00Z", "2026-10-25T02:00:00Z"},
		{"autumn: 23:59 is 25 hours away", "Europe/Paris", "23:59", "2026-10-24T21:59:00Z", "2026-10-25T22:59:00Z"},
		{"a gap at midnight", "Africa/Cairo", "00:00", "2026-04-23T21:00:00Z", "2026-04-23T22:00:00Z"},
		{"a gap at midnight, inside", "Africa/Cairo", "00:30", "2026-04-23T21:00:00Z", "2026-04-23T22:00:00Z"},
		{"a doubled hour before midnight", "Africa/Cairo", "23:30", "2026-10-29T18:00:00Z", "2026-10-29T20:30:00Z"},
		{"a doubled hour before midnight, once", "Africa/Cairo", "23:30", "2026-10-29T20:30:00Z", "2026-10-30T21:30:00Z"},
		{"half an hour of change", "Australia/Lord_Howe", "02:15", "2026-10-03T12:00:00Z", "2026-10-03T15:30:00Z"},
		{"a missing day", "Pacific/Apia", "12:00", "2011-12-30T09:00:00Z", "2011-12-30T10:00:00Z"},
		{"after a missing day", "Pacific/Apia", "12:00", "2011-12-30T10:00:00Z", "2011-12-30T22:00:00Z"},
		{"UTC", "UTC", "12:00", "2026-11-22T12:00:00Z", "2026-11-23T12:00:00Z"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			zone, err := time.LoadLocation(tt.zone)
			if err != nil {
				t.Fatal(err)
			}
			after, err := time.Parse(time.RFC3339Nano, tt.after)
			if err != nil {
				t.Fatal(err)
			}
			if got := NextClock(tt.clock, zone, after).UTC().Format(time.RFC3339Nano); got != tt.want {
				t.Errorf("NextClock(%s, %s, %s) = %s, want %s", tt.clock, tt.zone, tt.after, got, tt.want)
			}
		})
	}
	for _, clock := range []string{"", "24:00", "7:00", "x"} {
		if got := NextClock(clock, time.UTC, time.Unix(0, 0)); !got.IsZero() {
			t.Errorf("NextClock(%q) = %v, want zero", clock, got)
		}
	}
}

// Followed for two years, each clock fires once a day, never twice and never
// missing one.
func TestNextClockFiresOncePerDay(t *testing.T) {
	proof.Of(t, "OP-24")
	zone, err := time.LoadLocation("Europe/Paris")
	if err != nil {
		t.Fatal(err)
	}
	start := time.Date(2026, 1, 1, 0, 0, 0, 0, zone).Add(-time.Second)
	for _, clock := range []string{"00:00", "01:59", "02:00", "02:30", "03:00", "12:00", "23:59"} {
		at, days := start, map[string]int{}
		for range 730 {
			at = NextClock(clock, zone, at)
			days[at.Format(time.DateOnly)]++
		}
		if len(days) != 730 || at.Format(time.DateOnly) != "2027-12-31" {
			t.Errorf("%s came on %d days up to %s", clock, len(days), at)
		}
	}
}
