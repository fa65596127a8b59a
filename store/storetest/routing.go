package storetest

import (
	"time"

	"bandeau/directory"
	"bandeau/store"
)

// hours have every field set.
func (f *fixture) hours(exit directory.Destination) *directory.Hours {
	return &directory.Hours{
		Weekly: []directory.WeekSlot{
			{Days: []directory.Weekday{directory.Monday, directory.Friday}, Slot: directory.Slot{From: "09:00", To: "24:00"}},
			{Days: []directory.Weekday{directory.Sunday}, Slot: directory.Slot{From: "22:00", To: "06:00"}},
		},
		Holidays: []directory.Holiday{{Month: 12, Day: 25, Name: "Noël"}, {Month: 1, Day: 1}},
		Exceptions: []directory.Exception{
			{Date: "2026-12-24", Slots: []directory.Slot{{From: "09:00", To: "12:00"}}, Name: "Réveillon"},
			{Date: "2026-12-31"},
		},
		Exit: exit,
	}
}

func (f *fixture) sound(centre, id directory.ID) directory.Sound {
	return directory.Sound{
		Meta: f.meta(centre, id), Name: "Sound " + string(id), Format: "mp3", Duration: 12_345 * time.Millisecond, Bytes: 197_564,
	}
}

func testSounds(f *fixture) {
	t := f.t
	ctx := t.Context()
	life(t, f, f.Sounds(), f.sound(mainCentre, "s1"), func(s *directory.Sound) *directory.Meta { return &s.Meta },
		func(s directory.Sound) directory.Sound { return directory.Sound{Meta: s.Meta, Name: "Other"} })
	for _, id := range []directory.ID{"s1", "s2", "s3"} {
		must(f.Sounds().Create(ctx, f.sound(mainCentre, id)))(t)
	}
	twin := f.sound(mainCentre, "twin")
	twin.Name = "Sound s1"
	_, err := f.Sounds().Create(ctx, twin)
	wantConflict(t, "name", err, "name")
	f.centre(t, "second")
	must(f.Sounds().Create(ctx, f.sound("second", "s1")))(t) // the same identifier and name
	owner := must(f.Owner(ctx, mainCentre, directory.UniqueSound, "Sound s2"))(t)
	equal(t, "owner of a name", owner, directory.ID("s2"))
	_, err = f.Owner(ctx, "second", directory.UniqueSound, "Sound s2")
	wantError(t, "owner of a name elsewhere", err, store.ErrNotFound)

	g := f.group(mainCentre, "g1")
	g.HoldMusic, g.Announcements.Welcome, g.Announcements.Periodic = "s1", "s2", "s2"
	created := must(f.Groups().Create(ctx, g))(t)
	want := g
	want.Revision = 1
	equal(t, "group with sounds", created, want)
	plain := f.group(mainCentre, "g2")
	plain.HoldMusic = "s1"
	must(f.Groups().Create(ctx, plain))(t)
	listed := must(f.Groups().List(ctx, mainCentre, store.Page{}))(t).Items
	equal(t, "listed", [3]directory.ID{listed[0].HoldMusic, listed[0].Announcements.Periodic, listed[1].HoldMusic}, [3]directory.ID{"s1", "s2", "s1"})
	equal(t, "listed, none", listed[1].Announcements.Welcome, directory.ID(""))
	wantInUse(t, "hold music", f.Sounds().Delete(ctx, mainCentre, "s1", 0), "group Group g1", "group Group g2")
	wantInUse(t, "announced twice", f.Sounds().Delete(ctx, mainCentre, "s2", 0), "group Group g1")
	ok(t, f.Sounds().Delete(ctx, mainCentre, "s3", 0))

	created.HoldMusic, created.Announcements.Welcome = "s2", ""
	updated := must(f.Groups().Update(ctx, created))(t)
	equal(t, "changed", [3]directory.ID{updated.HoldMusic, updated.Announcements.Welcome, updated.Announcements.Periodic}, [3]directory.ID{"s2", "", "s2"})
	ok(t, f.Groups().Delete(ctx, mainCentre, "g1", 0))
	ok(t, f.Sounds().Delete(ctx, mainCentre, "s2", 0))
	g.ID, g.HoldMusic = "g3", "nothing"
	_, err = f.Groups().Create(ctx, g)
	wantError(t, "unknown sound", err, store.ErrDangling)
}

func testOpeningHours(f *fixture) {
	t := f.t
	ctx := t.Context()
	night := must(f.Groups().Create(ctx, f.group(mainCentre, "night")))(t)
	toNight := f.hours(directory.Destination{Type: directory.ToGroup, ID: "night"})
	g := f.group(mainCentre, "g1")
	g.Hours = toNight
	life(t, f, f.Groups(), g, func(g *directory.Group) *directory.Meta { return &g.Meta },
		func(g directory.Group) directory.Group {
			g.Hours = &directory.Hours{}
			return g
		})
	must(f.Groups().Create(ctx, g))(t)
	n := f.number(mainCentre, "n1", "+33170200298", directory.Destination{Type: directory.ToHangup})
	n.Hours = toNight
	life[directory.Number](t, f, f.Numbers(), n, func(n *directory.Number) *directory.Meta { return &n.Meta },
		func(n directory.Number) directory.Number {
			n.Hours = nil
			return n
		})
	n = must(f.Numbers().Create(ctx, n))(t)
	must(f.Numbers().Create(ctx, f.number(mainCentre, "n2", "+33170200297", directory.Destination{Type: directory.ToHangup})))(t)
	listed := must(f.Numbers().List(ctx, mainCentre, store.Page{}))(t).Items
	equal(t, "listed", listed[1].Hours, toNight)
	if listed[0].Hours.Exit.Type != directory.ToHangup {
		t.Errorf("hours of the other number: %+v", listed[0].Hours)
	}
	wantInUse(t, "exits", f.Groups().Delete(ctx, mainCentre, "night", 0), "group Group g1", "number +33170200298")
	ok(t, f.Groups().Delete(ctx, mainCentre, "g1", 0))
	n.Hours = f.hours(directory.Destination{Type: directory.ToNumber, Number: "+33612345678"})
	n = must(f.Numbers().Update(ctx, n))(t)
	equal(t, "exit to a number", n.Hours, f.hours(directory.Destination{Type: directory.ToNumber, Number: "+33612345678"}))
	ok(t, f.Groups().Delete(ctx, mainCentre, "night", night.Revision))
	n.Hours = toNight
	_, err := f.Numbers().Update(ctx, n)
	wantError(t, "exit to an unknown group", err, store.ErrDangling)
}
