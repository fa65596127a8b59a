package directory

import (
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestHoursRules(t *testing.T) {
	type test = ruleTest[Number]
	valid := func(w *world) Number {
		n := NewNumber(w.centre)
		n.ID, n.Number = "new", "+33170200250"
		n.Hours = &Hours{
			Weekly:     []WeekSlot{{[]Weekday{Monday, Tuesday}, Slot{"09:00", "18:00"}}},
			Holidays:   []Holiday{{12, 25, "Noël"}},
			Exceptions: []Exception{{"2026-12-24", []Slot{{"09:00", "12:00"}}, "Short day"}},
		}
		return n
	}
	var tests []test
	set := func(name string, change func(h *Hours), problem string) {
		tests = append(tests, test{name, func(n *Number, _ *world) { change(n.Hours) }, problem})
	}
	weekly := func(name, problem string, slots ...WeekSlot) {
		set("weekly "+name, func(h *Hours) { h.Weekly = slots }, problem)
	}
	on := func(from, to string, days ...Weekday) WeekSlot { return WeekSlot{days, Slot{from, to}} }
	set("always open", func(h *Hours) { *h = Hours{} }, "")
	for _, bad := range []string{"", "9:00", "24:01", "25:00", "12:60", "noon", "12:00:00", "-1:00", "１２:00"} {
		weekly("from "+bad, "invalid openingHours.weekly[0].from", on(bad, "18:00", Monday))
		weekly("to "+bad, "invalid openingHours.weekly[0].to", on("09:00", bad, Monday))
		set("exception slot "+bad, func(h *Hours) { h.Exceptions[0].Slots[0].To = bad }, "invalid openingHours.exceptions[0].slots[0].to")
	}
	weekly("from 24:00", "invalid openingHours.weekly[0].from", on("24:00", "02:00", Monday))
	weekly("whole day", "", on("00:00", "24:00", Weekdays()...))
	weekly("past midnight", "", on("22:00", "06:00", Weekdays()...))
	weekly("no time", "invalid openingHours.weekly[0].to", on("09:00", "09:00", Monday))
	weekly("no day", "invalid openingHours.weekly[0].days", on("09:00", "10:00"))
	weekly("unknown day", "invalid openingHours.weekly[0].days[1]", on("09:00", "10:00", Monday, "Mon"))
	weekly("day twice", "invalid openingHours.weekly[0].days[1]", on("09:00", "10:00", Monday, Monday))
	weekly("touching", "", on("09:00", "12:00", Monday), on("12:00", "18:00", Monday), on("18:00", "09:00", Monday))
	weekly("other days", "", on("09:00", "18:00", Monday), on("09:00", "18:00", Tuesday))
	weekly("overlap", "invalid openingHours.weekly[1]", on("09:00", "12:01", Monday), on("12:00", "18:00", Monday))
	weekly("overlap within", "invalid openingHours.weekly[1]", on("09:00", "18:00", Monday, Friday), on("10:00", "11:00", Friday))
	weekly("overlap past midnight", "invalid openingHours.weekly[1]", on("22:00", "06:00", Monday), on("05:00", "09:00", Tuesday))
	weekly("overlap over the end of the week", "invalid openingHours.weekly[1]", on("22:00", "06:00", Sunday), on("05:00", "09:00", Monday))
	weekly("overlap over the beginning of the week", "invalid openingHours.weekly[1]", on("05:00", "09:00", Monday), on("22:00", "06:00", Sunday))
	weekly("long nights in a row", "", on("12:00", "11:00", Monday, Tuesday), on("11:30", "11:45", Wednesday))
	set("too many slots", func(h *Hours) { h.Weekly = make([]WeekSlot, MaxWeekSlots+1) }, "invalid openingHours.weekly")

	for _, d := range []struct {
		month, day int
		problem    string
	}{
		{0, 1, "month"}, {13, 1, "month"}, {1, 0, "day"}, {1, 32, "day"}, {4, 31, "day"}, {2, 30, "day"}, {2, 29, ""}, {12, 31, ""}, {-1, -1, "month"},
	} {
		problem := d.problem
		if problem != "" {
			problem = "invalid openingHours.holidays[0]." + problem
		}
		set(fmt.Sprintf("holiday %d/%d", d.month, d.day), func(h *Hours) { h.Holidays[0].Month, h.Holidays[0].Day = d.month, d.day }, problem)
	}
	set("holiday twice", func(h *Hours) { h.Holidays = append(h.Holidays, Holiday{12, 25, ""}) }, "invalid openingHours.holidays[1].day")
	set("holiday name", func(h *Hours) { h.Holidays[0].Name = "a\nb" }, "invalid openingHours.holidays[0].name")
	set("too many holidays", func(h *Hours) { h.Holidays = make([]Holiday, MaxHolidays+1) }, "invalid openingHours.holidays")

	for _, date := range []string{"", "24.12.2026", "2026-02-29", "2026-13-01", "2026-1-1", "1999-12-31", "2200-01-01", "2026-12-24T00:00:00Z"} {
		set("exception date "+date, func(h *Hours) { h.Exceptions[0].Date = date }, "invalid openingHours.exceptions[0].date")
	}
	set("exception on a leap day", func(h *Hours) { h.Exceptions[0].Date = "2028-02-29" }, "")
	set("exception closed", func(h *Hours) { h.Exceptions[0].Slots = nil }, "")
	set("exception twice", func(h *Hours) { h.Exceptions = append(h.Exceptions, Exception{Date: "2026-12-24"}) }, "invalid openingHours.exceptions[1].date")
	set("exception name", func(h *Hours) { h.Exceptions[0].Name = "a\x00b" }, "invalid openingHours.exceptions[0].name")
	set("exception slots overlap", func(h *Hours) {
		h.Exceptions[0].Slots = []Slot{{"20:00", "02:00"}, {"23:00", "24:00"}}
	}, "invalid openingHours.exceptions[0].slots[1]")
	set("exception slots, past midnight and morning", func(h *Hours) {
		h.Exceptions[0].Slots = []Slot{{"20:00", "02:00"}, {"01:00", "03:00"}}
	}, "")
	set("too many slots of a date", func(h *Hours) { h.Exceptions[0].Slots = make([]Slot, MaxDaySlots+1) }, "invalid openingHours.exceptions[0].slots")
	set("too many exceptions", func(h *Hours) { h.Exceptions = make([]Exception, MaxExceptions+1) }, "invalid openingHours.exceptions")

	exit := func(name string, d Destination, problem string) {
		set("exit "+name, func(h *Hours) { h.Exit = d }, problem)
	}
	exit("group", Destination{Type: ToGroup, ID: "sales"}, "")
	exit("unknown group", Destination{Type: ToGroup, ID: "nowhere"}, "invalid openingHours.exit.id")
	exit("operator", Destination{Type: ToOperator, ID: "anna"}, "invalid openingHours.exit.type")
	exit("number", Destination{Type: ToNumber, Number: "0612345678"}, "")
	exit("number garbage", Destination{Type: ToNumber, Number: "x"}, "invalid openingHours.exit.number")
	exit("emergency", Destination{Type: ToNumber, Number: "112"}, "invalid openingHours.exit.number")
	exit("itself", Destination{Type: ToNumber, Number: "0170200250"}, "conflict openingHours.exit.number")
	exit("hang up, leftovers dropped", Destination{Type: ToHangup, ID: "gone", Number: "x"}, "")
	exit("voicemail", Destination{Type: ToVoicemail}, "unavailable openingHours.exit.type")
	exit("fax", Destination{Type: "fax"}, "invalid openingHours.exit.type")
	runRules(t, valid, tests)
}

func TestHoursNormalize(t *testing.T) {
	w := newWorld()
	given := Hours{
		Weekly:     []WeekSlot{{[]Weekday{Monday}, Slot{" 09:00", "18:00 "}}},
		Holidays:   []Holiday{{1, 1, " New Year "}},
		Exceptions: []Exception{{" 2026-12-24 ", []Slot{{"09:00 ", "12:00"}}, " x"}, {Date: "2026-12-31", Slots: []Slot{}}},
		Exit:       Destination{Type: ToNumber, ID: "gone", Number: "06 12 34 56 78"},
	}
	n := Number{Hours: &given}.Normalize(w)
	want := &Hours{
		Weekly:     []WeekSlot{{[]Weekday{Monday}, Slot{"09:00", "18:00"}}},
		Holidays:   []Holiday{{1, 1, "New Year"}},
		Exceptions: []Exception{{"2026-12-24", []Slot{{"09:00", "12:00"}}, "x"}, {Date: "2026-12-31"}},
		Exit:       Destination{Type: ToNumber, Number: "+33612345678"},
	}
	if diff := cmp.Diff(want, n.Hours); diff != "" {
		t.Error(diff)
	}
	if given.Weekly[0].From != " 09:00" || given.Exceptions[0].Slots[0].From != "09:00 " {
		t.Error("the record itself was changed")
	}
}

func TestSoundRules(t *testing.T) {
	valid := func(w *world) Sound {
		return Sound{Meta: Meta{ID: "s1", Centre: w.centre.ID}, Name: "Chimes", Format: "wav"}
	}
	tests := lengths("name", 1, 100, func(s *Sound, v string) { s.Name = v })
	tests = append(tests,
		ruleTest[Sound]{"taken", func(s *Sound, _ *world) { s.Name = " Taken " }, "conflict name"},
		ruleTest[Sound]{"its own", func(s *Sound, _ *world) { s.ID, s.Name = "other", "Taken" }, ""})
	runRules(t, valid, tests)
}

func TestWarnings(t *testing.T) {
	open := everyDay(Slot{"09:00", "18:00"})
	group := func(change func(g *Group)) func(w *world) []Problem {
		return func(w *world) []Problem {
			g := validGroup(w)
			change(&g)
			return g.Warnings(w)
		}
	}
	number := func(change func(n *Number)) func(w *world) []Problem {
		return func(w *world) []Problem {
			n := NewNumber(w.centre)
			n.Number = "+33170200250"
			change(&n)
			return n.Warnings(w)
		}
	}
	members := func(n int, change func(i int, m *Member)) []Member {
		list := make([]Member, n)
		for i := range list {
			list[i] = NewMember(ID(fmt.Sprintf("op%02d", i)), i)
			if change != nil {
				change(i, &list[i])
			}
		}
		return list
	}
	one := 1
	own := Destination{Type: ToNumber, Number: "+33170200200"}
	for _, tt := range []struct {
		name   string
		of     func(w *world) []Problem
		fields []string
	}{
		{"group as it should be", group(func(*Group) {}), nil},
		{"no member", group(func(g *Group) { g.Members = nil }), []string{"members"}},
		{"all suspended", group(func(g *Group) { g.Members[0].Suspended, g.Members[1].Suspended = true, true }), []string{"members"}},
		{"one suspended", group(func(g *Group) { g.Members[0].Suspended = true }), nil},
		{"the same order twice", group(func(g *Group) {
			g.Members = members(4, func(i int, m *Member) { m.Order = []int{3, 1, 1, 1}[i] })
		}), []string{"members[2].order", "members[3].order"}},
		{"the same order too often", group(func(g *Group) {
			g.Members = members(100, func(_ int, m *Member) { m.Order = 1 })
		}), slices.Collect(func(yield func(string) bool) {
			for i := range maxRepeats {
				if !yield(fmt.Sprintf("members[%d].order", i+1)) {
					return
				}
			}
		})},
		{"ten ring", group(func(g *Group) { g.Strategy, g.Members = StrategyEveryone, members(10, nil) }), nil},
		{"eleven do not", group(func(g *Group) { g.Strategy, g.Members = StrategyEveryone, members(11, nil) }), []string{"members"}},
		{"eleven, one suspended", group(func(g *Group) {
			g.Strategy, g.Members = StrategyEveryone, members(11, func(i int, m *Member) { m.Suspended = i == 3 })
		}), nil},
		{"one level", group(func(g *Group) { g.Strategy = StrategySkill }), []string{"strategy"}},
		{"two levels", group(func(g *Group) { g.Strategy, g.Members[1].Level = StrategySkill, 2 }), nil},
		{"one operator has one level", group(func(g *Group) { g.Strategy, g.Members = StrategySkill, members(1, nil) }), nil},
		{"position of one", group(func(g *Group) { g.MaxWaiting, g.Announcements.Position = &one, true }), []string{"announcements.position"}},
		{"never open", group(func(g *Group) { g.Hours, g.Overflow = &Hours{}, own }), []string{"overflow.number", "openingHours.weekly"}},
		{"closed and hung up", group(func(g *Group) { g.Hours = &open }), []string{"openingHours.exit"}},
		{"closed, with an exit", group(func(g *Group) {
			h := open
			h.Exit = Destination{Type: ToHangup}
			g.Hours = &h
		}), nil},
		{"closed, with an overflow", group(func(g *Group) {
			g.Hours, g.Overflow = &open, Destination{Type: ToGroup, ID: "sales"}
		}), nil},
		{"number as it should be", number(func(*Number) {}), nil},
		{"number, always refused", number(func(n *Number) { n.Hours = &Hours{} }), []string{"openingHours.weekly"}},
		{"number, hours", number(func(n *Number) { n.Hours = &open }), nil},
		{"number, closed to our own", number(func(n *Number) {
			h := open
			h.Exit = own
			n.Hours, n.Overflow = &h, own
		}), []string{"overflow.number", "openingHours.exit.number"}},
		{"number to an empty group", number(func(n *Number) { n.Destination = Destination{Type: ToGroup, ID: "sales"} }), []string{"destination.id"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var fields []string
			for _, p := range tt.of(newWorld()) {
				fields = append(fields, p.Field)
				if p.Kind != Warning || p.Rule == "" {
					t.Errorf("%+v", p)
				}
			}
			if diff := cmp.Diff(tt.fields, fields); diff != "" {
				t.Error(diff)
			}
		})
	}
}
