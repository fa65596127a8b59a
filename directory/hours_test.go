package directory

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func location(t *testing.T, name string) *time.Location {
	t.Helper()
	zone, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return zone
}

func moment(t *testing.T, text string) time.Time {
	t.Helper()
	at, err := time.Parse(time.RFC3339, text)
	if err != nil {
		t.Fatal(err)
	}
	return at
}

func everyDay(slots ...Slot) Hours {
	var h Hours
	for _, s := range slots {
		h.Weekly = append(h.Weekly, WeekSlot{Weekdays(), s})
	}
	return h
}

func TestHoursAt(t *testing.T) {
	office := Hours{
		Weekly: []WeekSlot{
			{[]Weekday{Monday, Tuesday, Wednesday, Thursday, Friday}, Slot{"09:00", "12:00"}},
			{[]Weekday{Monday, Tuesday, Wednesday, Thursday, Friday}, Slot{"14:00", "18:00"}},
			{[]Weekday{Friday}, Slot{"22:00", "02:00"}},
			{[]Weekday{Sunday}, Slot{"00:00", "24:00"}},
		},
		Holidays:   []Holiday{{12, 25, "Noël"}, {5, 1, ""}, {2, 29, "leap"}},
		Exceptions: []Exception{{"2026-12-24", []Slot{{"09:00", "12:00"}, {"23:00", "01:00"}}, ""}, {"2027-05-01", []Slot{{"10:00", "11:00"}}, ""}, {"2026-11-24", nil, "move"}},
	}
	for _, tt := range []struct{ name, at, want string }{
		// Winter: Paris is an hour ahead of UTC.
		{"before", "2026-11-23T07:59:59Z", "closed weekly"},
		{"opens", "2026-11-23T08:00:00Z", "open weekly"},
		{"lunch", "2026-11-23T11:00:00Z", "closed weekly"},
		{"afternoon", "2026-11-23T13:00:00Z", "open weekly"},
		{"closes", "2026-11-23T17:00:00Z", "closed weekly"},
		{"summer time", "2026-07-06T07:00:00Z", "open weekly"},
		{"an exception closes", "2026-11-24T09:00:00Z", "closed exception"},
		{"friday night", "2026-11-27T22:59:59Z", "open weekly"},
		{"past midnight", "2026-11-28T00:59:59Z", "open weekly"},
		{"past midnight ends", "2026-11-28T01:00:00Z", "closed weekly"},
		{"saturday night is no friday", "2026-11-28T22:30:00Z", "closed weekly"},
		{"a whole day begins", "2026-11-28T23:00:00Z", "open weekly"},
		{"a whole day ends", "2026-11-29T23:00:00Z", "closed weekly"},
		{"an exception opens", "2026-12-24T09:00:00Z", "open exception"},
		{"an exception replaces the slots", "2026-12-24T14:00:00Z", "closed exception"},
		{"an exception past midnight goes on into a holiday", "2026-12-24T23:30:00Z", "open exception"},
		{"a holiday", "2026-12-25T09:00:00Z", "closed holiday"},
		{"a holiday closes the night after it", "2026-12-26T00:30:00Z", "closed weekly"},
		{"the next year's", "2027-12-25T09:00:00Z", "closed holiday"},
		{"an exception on a holiday", "2027-05-01T08:30:00Z", "open exception"},
		{"an exception on a holiday, closed", "2027-05-01T09:30:00Z", "closed exception"},
		{"the holiday of another year", "2026-05-01T08:30:00Z", "closed holiday"},
		{"leap day", "2028-02-29T09:00:00Z", "closed holiday"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			open, cause := office.At(location(t, "Europe/Paris"), moment(t, tt.at))
			if got := state(open, cause); got != tt.want {
				t.Errorf("%s is %s, want %s", tt.at, got, tt.want)
			}
		})
	}
}

func state(open bool, cause string) string {
	if open {
		return "open " + cause
	}
	return "closed " + cause
}

func TestHoursOverChangesOfTheClock(t *testing.T) {
	for _, tt := range []struct {
		name, zone string
		slots      []Slot
		from, to   string
		want       []string
	}{
		{
			"spring, over the gap", "Europe/Paris",
			[]Slot{{"01:30", "03:30"}},
			"2026-03-28T23:00:00Z", "2026-03-29T12:00:00Z",
			[]string{"2026-03-29T00:30:00Z open", "2026-03-29T01:30:00Z closed"},
		},
		{"spring, inside the gap", "Europe/Paris", []Slot{{"02:15", "02:45"}}, "2026-03-28T23:00:00Z", "2026-03-29T12:00:00Z", nil},
		{
			"spring, begins in the gap", "Europe/Paris",
			[]Slot{{"02:30", "04:00"}},
			"2026-03-28T23:00:00Z", "2026-03-29T12:00:00Z",
			[]string{"2026-03-29T01:00:00Z open", "2026-03-29T02:00:00Z closed"},
		},
		{
			"autumn, both of the doubled hours", "Europe/Paris",
			[]Slot{{"02:00", "03:00"}},
			"2026-10-24T22:00:00Z", "2026-10-25T12:00:00Z",
			[]string{"2026-10-25T00:00:00Z open", "2026-10-25T02:00:00Z closed"},
		},
		{
			"autumn, inside the doubled hour: the first only", "Europe/Paris",
			[]Slot{{"02:15", "02:45"}},
			"2026-10-24T22:00:00Z", "2026-10-25T12:00:00Z",
			[]string{"2026-10-25T00:15:00Z open", "2026-10-25T00:45:00Z closed"},
		},
		{
			"autumn, past midnight", "Europe/Paris",
			[]Slot{{"22:00", "04:00"}},
			"2026-10-24T12:00:00Z", "2026-10-25T12:00:00Z",
			[]string{"2026-10-24T20:00:00Z open", "2026-10-25T03:00:00Z closed"},
		},
		{
			"a whole day of 23 hours and one of 24", "Europe/Paris",
			[]Slot{{"08:00", "24:00"}},
			"2026-03-28T22:30:00Z", "2026-03-30T20:00:00Z",
			[]string{"2026-03-28T23:00:00Z closed", "2026-03-29T06:00:00Z open", "2026-03-29T22:00:00Z closed", "2026-03-30T06:00:00Z open"},
		},
		{"slots that touch are one", "UTC", []Slot{{"09:00", "12:00"}, {"12:00", "18:00"}}, "2026-11-23T00:00:00Z", "2026-11-23T23:00:00Z", []string{
			"2026-11-23T09:00:00Z open", "2026-11-23T18:00:00Z closed",
		}},
		{
			"a missing day", "Pacific/Apia",
			[]Slot{{"09:00", "17:00"}},
			"2011-12-29T19:00:00Z", "2011-12-31T11:00:00Z",
			[]string{"2011-12-30T03:00:00Z closed", "2011-12-30T19:00:00Z open", "2011-12-31T03:00:00Z closed"},
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var got []string
			for _, c := range everyDay(tt.slots...).Changes(location(t, tt.zone), moment(t, tt.from), moment(t, tt.to)) {
				if c.Cause != CauseWeekly {
					t.Errorf("cause %s", c.Cause)
				}
				got = append(got, c.At.UTC().Format(time.RFC3339)+" "+strings.Fields(state(c.Open, c.Cause))[0])
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// The bounds of Changes: what happens at the first instant is the past, what
// happens at the last is told. A rule that changes is told though it stays
// closed.
func TestHoursChangesBounds(t *testing.T) {
	h := everyDay(Slot{"09:00", "18:00"})
	h.Holidays = []Holiday{{11, 24, ""}}
	at := func(text string) time.Time { return moment(t, "2026-11-"+text+":00Z") }
	got := h.Changes(time.UTC, at("23T09:00"), at("25T09:00"))
	want := []HoursChange{
		{at("23T18:00"), false, CauseWeekly},
		{at("24T00:00"), false, CauseHoliday},
		{at("25T00:00"), false, CauseWeekly},
		{at("25T09:00"), true, CauseWeekly},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if got := everyDay(Slot{"00:00", "24:00"}).Changes(time.UTC, at("01T00:00"), at("30T00:00")); got != nil {
		t.Errorf("always open changes: %v", got)
	}
	if got := (Hours{}).Changes(time.UTC, at("01T00:00"), at("30T00:00")); got != nil {
		t.Errorf("never open changes: %v", got)
	}
}

func TestNeverOpens(t *testing.T) {
	for name, tt := range map[string]struct {
		hours Hours
		never bool
	}{
		"nothing":                 {Hours{}, true},
		"holidays":                {Hours{Holidays: []Holiday{{1, 1, ""}}}, true},
		"exceptions that close":   {Hours{Exceptions: []Exception{{Date: "2026-12-24"}}}, true},
		"an exception that opens": {Hours{Exceptions: []Exception{{"2026-12-24", []Slot{{"09:00", "10:00"}}, ""}}}, false},
		"a weekly slot":           {everyDay(Slot{"09:00", "10:00"}), false},
	} {
		if got := tt.hours.NeverOpens(); got != tt.never {
			t.Errorf("%s: never opens is %v", name, got)
		}
	}
}

// walk is the obvious way: it follows the clock on the wall minute by minute and
// notes the latest date and time it has shown. A slot is open from when its
// beginning has been shown up to when its end has.
func walk(h Hours, zone *time.Location, from, to time.Time, each func(at time.Time, open bool)) {
	var slots []Slot
	latest, known := "", ""
	for at := from; !at.After(to); at = at.Add(time.Minute) {
		if shown := at.In(zone).Format("2006-01-02 15:04"); shown > latest {
			latest = shown
		}
		if today := latest[:10]; today != known {
			known = today
			date, _ := time.Parse(time.DateOnly, today)
			slots = slices.Concat(written(h, date), written(h, date.AddDate(0, 0, -1)))
		}
		each(at, slices.ContainsFunc(slots, func(s Slot) bool { return latest >= s.From && latest < s.To }))
	}
}

// written returns the slots of a date, with their dates before their times.
func written(h Hours, date time.Time) []Slot {
	today, tomorrow := date.Format(time.DateOnly), date.AddDate(0, 0, 1).Format(time.DateOnly)
	var slots []Slot
	if i := slices.IndexFunc(h.Exceptions, func(e Exception) bool { return e.Date == today }); i >= 0 {
		slots = slices.Clone(h.Exceptions[i].Slots)
	} else if !slices.ContainsFunc(h.Holidays, func(d Holiday) bool { return fmt.Sprintf("%02d-%02d", d.Month, d.Day) == today[5:] }) {
		for _, w := range h.Weekly {
			if slices.Contains(w.Days, Weekday(strings.ToLower(date.Weekday().String()[:3]))) {
				slots = append(slots, w.Slot)
			}
		}
	}
	for i, s := range slots {
		switch {
		case s.To == "24:00":
			slots[i].To = tomorrow + " 00:00"
		case s.To < s.From:
			slots[i].To = tomorrow + " " + s.To
		default:
			slots[i].To = today + " " + s.To
		}
		slots[i].From = today + " " + s.From
	}
	return slots
}

// Random hours, around changes of the clock in zones that do it at their own
// hour: At and Changes agree with the obvious way.
func TestHoursAgainstAWalk(t *testing.T) {
	starts := []struct{ zone, from string }{
		{"Europe/Paris", "2026-03-27T11:00:00Z"},
		{"Europe/Paris", "2026-10-23T11:00:00Z"},
		{"America/New_York", "2026-03-06T17:00:00Z"},
		{"America/New_York", "2026-10-30T17:00:00Z"},
		{"Africa/Cairo", "2026-04-22T11:00:00Z"},
		{"Africa/Cairo", "2026-10-28T11:00:00Z"},
		{"America/St_Johns", "2010-11-05T12:00:00Z"}, // put back over midnight, at 00:01
		{"Australia/Lord_Howe", "2026-10-02T12:00:00Z"},
		{"Pacific/Apia", "2011-12-28T12:00:00Z"},
		{"UTC", "2026-12-30T12:00:00Z"},
	}
	rapid.Check(t, func(rt *rapid.T) {
		start := rapid.SampledFrom(starts).Draw(rt, "start")
		zone, from := location(t, start.zone), moment(t, start.from)
		h := drawHours(rt, from.In(zone))
		to := from.Add(72 * time.Hour)
		changes := h.Changes(zone, from, to)
		was, _ := h.At(zone, from)
		// The walk has to have seen the day before to know the latest time shown.
		walk(h, zone, from.Add(-24*time.Hour), to, func(at time.Time, open bool) {
			if at.Before(from) {
				return
			}
			if got, _ := h.At(zone, at); got != open {
				rt.Fatalf("at %s open is %v, and not as the walk has it", at.In(zone), got)
			}
			for len(changes) > 0 && !changes[0].At.After(at) {
				was, changes = changes[0].Open, changes[1:]
			}
			if was != open {
				rt.Fatalf("at %s the changes say %v, and not as the walk has it", at.In(zone), was)
			}
		})
	})
}

func drawHours(t *rapid.T, near time.Time) Hours {
	clock := rapid.Custom(func(t *rapid.T) string {
		minute := rapid.OneOf(rapid.IntRange(0, 23*60+59), rapid.IntRange(0, 4*60)).Draw(t, "minute")
		return fmt.Sprintf("%02d:%02d", minute/60, minute%60)
	})
	slot := rapid.Custom(func(t *rapid.T) Slot {
		s := Slot{clock.Draw(t, "from"), clock.Draw(t, "to")}
		if s.From == s.To || rapid.IntRange(0, 9).Draw(t, "whole") == 0 {
			s.To = endOfDay
		}
		return s
	})
	var h Hours
	for range rapid.IntRange(0, 4).Draw(t, "weekly") {
		days := rapid.SliceOfNDistinct(rapid.SampledFrom(Weekdays()), 1, 7, rapid.ID).Draw(t, "days")
		h.Weekly = append(h.Weekly, WeekSlot{days, slot.Draw(t, "slot")})
	}
	for shift := range 5 {
		date := near.AddDate(0, 0, shift-1)
		switch rapid.IntRange(0, 5).Draw(t, "special") {
		case 0:
			h.Holidays = append(h.Holidays, Holiday{Month: int(date.Month()), Day: date.Day()})
		case 1:
			h.Exceptions = append(h.Exceptions, Exception{Date: date.Format(time.DateOnly), Slots: rapid.SliceOfN(slot, 0, 2).Draw(t, "slots")})
		}
	}
	return h
}

func TestNextDays(t *testing.T) {
	paris := location(t, "Europe/Paris")
	began, next := NextDays(paris, moment(t, "2026-03-28T12:00:00Z"), 3)
	got := []string{began.UTC().Format(time.RFC3339)}
	for _, at := range next {
		got = append(got, at.UTC().Format(time.RFC3339))
	}
	want := []string{"2026-03-27T23:00:00Z", "2026-03-28T23:00:00Z", "2026-03-29T22:00:00Z", "2026-03-30T22:00:00Z"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	_, next = NextDays(location(t, "Pacific/Apia"), moment(t, "2011-12-29T12:00:00Z"), 2)
	if next[1].Sub(next[0]) != 24*time.Hour {
		t.Errorf("days %v: a missing one has begun too", next)
	}
}
