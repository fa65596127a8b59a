package app

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"bandeau/acd"
	"bandeau/directory"
)

// A core is told its calendar once, again when the records or the zone change,
// and before it has run out of it.
func TestCalendarIsToldOnceAndRenewed(t *testing.T) {
	zone, err := time.LoadLocation("Europe/Paris")
	must(t, err)
	office := func(to string) *directory.Hours {
		return &directory.Hours{Weekly: []directory.WeekSlot{{Days: directory.Weekdays(), Slot: directory.Slot{From: "09:00", To: to}}}}
	}
	r := centreRecords{
		centre: directory.Centre{TimeZone: "Europe/Paris"}, zone: zone,
		groups: []directory.Group{{Meta: directory.Meta{ID: "always"}}, {Meta: directory.Meta{ID: "office"}, Hours: office("18:00")}},
	}
	var s sentCalendar
	now := time.Date(2026, 11, 23, 10, 30, 0, 0, zone)
	sent := func() (words []string) {
		for _, c := range s.difference(r, now) {
			if days, ok := c.(acd.SetDays); ok {
				words = append(words, fmt.Sprintf("days from %s, %d ahead", days.Began.Time().In(zone).Format("01-02 15:04"), len(days.Next)))
				continue
			}
			hours, ok := c.(acd.SetHours)
			if !ok {
				t.Errorf("sent %T", c)
			}
			words = append(words, fmt.Sprintf("%s open %v %s, %d ahead", hours.Group, hours.Open, hours.Cause, len(hours.Changes)))
		}
		return words
	}
	expect := func(what string, want ...string) {
		t.Helper()
		if diff := cmp.Diff(want, sent()); diff != "" {
			t.Errorf("%s: %s", what, diff)
		}
		if again := sent(); again != nil {
			t.Errorf("%s: sent again %v", what, again)
		}
	}
	expect("first", "days from 11-23 00:00, 8 ahead", "always open true , 0 ahead", "office open true weekly, 16 ahead")
	now = now.Add(5 * 24 * time.Hour)
	expect("five days later")
	now = now.Add(36 * time.Hour)
	expect("before it runs out", "days from 11-29 00:00, 8 ahead", "office open false weekly, 16 ahead")
	r.groups[1].Hours = office("24:00")
	expect("hours changed", "office open true weekly, 16 ahead")
	r.groups = append(r.groups, directory.Group{Meta: directory.Meta{ID: "never"}, Hours: &directory.Hours{}})
	expect("a new group", "never open false weekly, 0 ahead")
	r.groups[1].Hours = nil
	expect("always open again", "office open true , 0 ahead")
	r.centre.TimeZone, r.zone = "UTC", time.UTC
	expect("another zone", "days from 11-29 01:00, 8 ahead", "always open true , 0 ahead", "office open true , 0 ahead", "never open false weekly, 0 ahead")
	r.groups = r.groups[:1]
	expect("groups gone")
	if len(s.groups) != 1 {
		t.Errorf("remembered %v", s.groups)
	}
}
