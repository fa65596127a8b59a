package app

import "bandeau/directory"

// docAnnouncements names its sounds by name.
type docAnnouncements struct {
	Welcome       *string `yaml:"welcome"`
	Position      bool    `yaml:"position"`
	EstimatedWait bool    `yaml:"estimatedWait"`
	Periodic      *string `yaml:"periodic"`
	EverySeconds  int     `yaml:"everySeconds"`
}

type docHours struct {
	Weekly     []docWeekSlot   `yaml:"weekly"`
	Holidays   []docHoliday    `yaml:"holidays"`
	Exceptions []docException  `yaml:"exceptions"`
	Exit       *docDestination `yaml:"exit"`
}

type docWeekSlot struct {
	Days []string `yaml:"days,flow"`
	From string   `yaml:"from"`
	To   string   `yaml:"to"`
}

type docSlot struct {
	From string `yaml:"from"`
	To   string `yaml:"to"`
}

type docHoliday struct {
	Month int    `yaml:"month"`
	Day   int    `yaml:"day"`
	Name  string `yaml:"name"`
}

type docException struct {
	Date  string    `yaml:"date"`
	Slots []docSlot `yaml:"slots"`
	Name  string    `yaml:"name"`
}

func (n names) documentOfAnnouncements(a directory.Announcements) docAnnouncements {
	return docAnnouncements{
		Welcome: optional(n.sounds[a.Welcome]), Position: a.Position, EstimatedWait: a.EstimatedWait,
		Periodic: optional(n.sounds[a.Periodic]), EverySeconds: a.EverySeconds,
	}
}

func (n names) documentOfHours(h *directory.Hours) *docHours {
	if h == nil {
		return nil
	}
	doc := &docHours{
		Weekly: each(h.Weekly, func(w directory.WeekSlot) docWeekSlot {
			return docWeekSlot{Days: texts(w.Days), From: w.From, To: w.To}
		}),
		Holidays: each(h.Holidays, func(d directory.Holiday) docHoliday { return docHoliday(d) }),
		Exceptions: each(h.Exceptions, func(e directory.Exception) docException {
			slots := each(e.Slots, func(s directory.Slot) docSlot { return docSlot(s) })
			return docException{Date: e.Date, Slots: slots, Name: e.Name}
		}),
	}
	if h.Exit.Type != directory.ToNowhere {
		doc.Exit = new(n.documentOfDestination(h.Exit))
	}
	return doc
}

// sound returns the identifier of a sound's name; none is nothing.
func (p *planner) sound(path string, name *string) directory.ID {
	if name == nil {
		return ""
	}
	return p.reference(p.soundIDs, *name, path, "sound")
}

func (p *planner) announcements(path string, d docAnnouncements) directory.Announcements {
	return directory.Announcements{
		Welcome: p.sound(path+".welcome", d.Welcome), Position: d.Position, EstimatedWait: d.EstimatedWait,
		Periodic: p.sound(path+".periodic", d.Periodic), EverySeconds: d.EverySeconds,
	}
}

func (p *planner) hours(path string, d *docHours) *directory.Hours {
	if d == nil {
		return nil
	}
	h := &directory.Hours{
		Weekly: each(d.Weekly, func(w docWeekSlot) directory.WeekSlot {
			return directory.WeekSlot{Days: words[directory.Weekday](w.Days), Slot: directory.Slot{From: w.From, To: w.To}}
		}),
		Holidays: each(d.Holidays, func(d docHoliday) directory.Holiday { return directory.Holiday(d) }),
		Exceptions: each(d.Exceptions, func(e docException) directory.Exception {
			slots := each(e.Slots, func(s docSlot) directory.Slot { return directory.Slot(s) })
			return directory.Exception{Date: e.Date, Slots: slots, Name: e.Name}
		}),
	}
	if d.Exit != nil {
		h.Exit = p.destination(path+".exit", *d.Exit)
	}
	return h
}

// exitsOf returns the groups that a group's calls may leave for.
func exitsOf(g directory.Group) []directory.ID {
	var ids []directory.ID
	if g.Overflow.Type == directory.ToGroup {
		ids = append(ids, g.Overflow.ID)
	}
	if g.Hours != nil && g.Hours.Exit.Type == directory.ToGroup {
		ids = append(ids, g.Hours.Exit.ID)
	}
	return ids
}

// warn notes what the listed groups and numbers may hold though it is hardly
// meant.
func (p *planner) warn(look directory.Lookup) {
	note := func(path string, problems []directory.Problem) {
		for _, problem := range problems {
			at := path + "." + problem.Field
			p.warnings = append(p.warnings, DocumentProblem{Line: p.line(at), Path: at, Text: problem.Rule})
		}
	}
	for _, item := range p.groups.listed {
		note(item.path, item.record.Warnings(look))
	}
	for _, item := range p.numbers.listed {
		note(item.path, item.record.Warnings(look))
	}
}
