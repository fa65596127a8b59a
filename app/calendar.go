package app

import (
	"context"
	"reflect"
	"time"

	"bandeau/acd"
	"bandeau/directory"
)

const (
	// daysAhead is how far the cores are told their calendar, and renewed when so
	// little of it is left.
	daysAhead     = 8
	calendarLeft  = 48 * time.Hour
	calendarCheck = time.Hour
	// maxChanges is the greatest number of changes a core takes at once.
	maxChanges = 1000
)

// sentCalendar is what a core was last told of its days and opening hours.
type sentCalendar struct {
	zone   string
	until  time.Time // of the days
	groups map[acd.GroupID]sentHours
}

// sentHours remembers the rules, since the instants they come to move with the
// clock.
type sentHours struct {
	hours *directory.Hours
	until time.Time
}

// difference returns the commands that tell a core its calendar as far as it
// does not know it, and takes them as sent. The groups are configured.
func (s *sentCalendar) difference(r centreRecords, now time.Time) []acd.Command {
	var commands []acd.Command
	if s.zone != r.centre.TimeZone {
		*s = sentCalendar{zone: r.centre.TimeZone, groups: map[acd.GroupID]sentHours{}}
	}
	if s.until.Sub(now) < calendarLeft {
		began, next := directory.NextDays(r.zone, now, daysAhead)
		s.until = next[len(next)-1]
		days := acd.SetDays{Began: acd.At(began)}
		for _, at := range next {
			days.Next = append(days.Next, acd.At(at))
		}
		commands = append(commands, days)
	}
	groups := make(map[acd.GroupID]sentHours, len(r.groups))
	for _, g := range r.groups {
		id := acd.GroupID(g.ID)
		sent, known := s.groups[id]
		ends := g.Hours != nil && sent.until.Sub(now) < calendarLeft
		if !known || ends || !reflect.DeepEqual(sent.hours, g.Hours) {
			var command acd.SetHours
			command, sent = hoursCommand(g, r.zone, now)
			commands = append(commands, command)
		}
		groups[id] = sent
	}
	s.groups = groups
	return commands
}

// hoursCommand tells whether a group is open and when that changes.
func hoursCommand(g directory.Group, zone *time.Location, now time.Time) (acd.SetHours, sentHours) {
	command := acd.SetHours{Group: acd.GroupID(g.ID), Open: true}
	sent := sentHours{hours: g.Hours}
	if g.Hours == nil {
		return command, sent
	}
	sent.until = now.Add(daysAhead * 24 * time.Hour)
	command.Open, command.Cause = g.Hours.At(zone, now)
	for _, c := range g.Hours.Changes(zone, now, sent.until) {
		if len(command.Changes) == maxChanges {
			sent.until = c.At
			break
		}
		command.Changes = append(command.Changes, acd.HoursChange{At: acd.At(c.At), Open: c.Open, Cause: c.Cause})
	}
	return command, sent
}

// keepCalendars tells the cores what comes before they have run out of it.
func (p *publisher) keepCalendars(ctx context.Context) error {
	for {
		timer := p.clock.NewTimer(calendarCheck)
		select {
		case <-ctx.Done():
			timer.Stop()
			return nil
		case <-timer.C():
		}
		p.renew(ctx)
	}
}

// renew tells every core again what it does not know, from the records that
// were last read.
func (p *publisher) renew(ctx context.Context) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for id, r := range p.records {
		if err := p.configure(ctx, r); err != nil && ctx.Err() == nil {
			p.log.ErrorContext(ctx, "calendar not renewed", "centre", string(id), "error", err)
		}
	}
}
