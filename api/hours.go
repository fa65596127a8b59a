package api

import (
	"context"
	"fmt"

	"bandeau/directory"
)

// OpeningHours say when a group or a number is open, in the centre's time zone.
type OpeningHours struct {
	Weekly     []WeekSlot       `json:"weekly" maxItems:"100" doc:"Open on these days of every week; they may not overlap."`
	Holidays   []Holiday        `json:"holidays" maxItems:"366" doc:"Closed all day, every year."`
	Exceptions []HoursException `json:"exceptions" maxItems:"1000" doc:"Each replaces what else applies to its date."`
	Exit       *Destination     `json:"exit" doc:"Group, number or hangup: takes the calls of closed hours. Null: the overflow of a group; a number refuses with 480."`
}

// WeekSlot is a time of opening on some days of the week.
type WeekSlot struct {
	Days []string `json:"days" must:"true" enum:"mon,tue,wed,thu,fri,sat,sun" minItems:"1" maxItems:"7"`
	From string   `json:"from" must:"true" pattern:"^([01][0-9]|2[0-3]):[0-5][0-9]$" example:"09:00"`
	To   string   `json:"to" must:"true" pattern:"^(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$" doc:"24:00 is the end of the day; before from, the slot runs past midnight and belongs to the day it begins on." example:"18:00"`
}

// DaySlot is a time of opening on one date.
type DaySlot struct {
	From string `json:"from" must:"true" pattern:"^([01][0-9]|2[0-3]):[0-5][0-9]$" example:"09:00"`
	To   string `json:"to" must:"true" pattern:"^(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$" example:"12:00"`
}

// Holiday is a date that is closed every year.
type Holiday struct {
	Month int    `json:"month" must:"true" minimum:"1" maximum:"12"`
	Day   int    `json:"day" must:"true" minimum:"1" maximum:"31"`
	Name  string `json:"name" maxLength:"100"`
}

// HoursException is a date with hours of its own.
type HoursException struct {
	Date  string    `json:"date" must:"true" format:"date" example:"2026-12-24"`
	Slots []DaySlot `json:"slots" maxItems:"20" doc:"None: closed."`
	Name  string    `json:"name" maxLength:"100"`
}

func hoursOf(h *directory.Hours) *OpeningHours {
	if h == nil {
		return nil
	}
	out := &OpeningHours{Weekly: []WeekSlot{}, Holidays: []Holiday{}, Exceptions: []HoursException{}}
	for _, w := range h.Weekly {
		slot := WeekSlot{Days: []string{}, From: w.From, To: w.To}
		for _, day := range w.Days {
			slot.Days = append(slot.Days, string(day))
		}
		out.Weekly = append(out.Weekly, slot)
	}
	for _, d := range h.Holidays {
		out.Holidays = append(out.Holidays, Holiday(d))
	}
	for _, e := range h.Exceptions {
		exception := HoursException{Date: e.Date, Slots: []DaySlot{}, Name: e.Name}
		for _, s := range e.Slots {
			exception.Slots = append(exception.Slots, DaySlot(s))
		}
		out.Exceptions = append(out.Exceptions, exception)
	}
	if h.Exit.Type != directory.ToNowhere {
		exit := destinationOf(h.Exit)
		out.Exit = &exit
	}
	return out
}

// untyped is the type of an exit that was written without one. It is no type, so
// that it is refused; no exit at all is null.
const untyped directory.DestinationType = "untyped"

func (h *OpeningHours) hours() *directory.Hours {
	if h == nil {
		return nil
	}
	out := &directory.Hours{}
	for _, w := range h.Weekly {
		slot := directory.WeekSlot{Slot: directory.Slot{From: w.From, To: w.To}}
		for _, day := range w.Days {
			slot.Days = append(slot.Days, directory.Weekday(day))
		}
		out.Weekly = append(out.Weekly, slot)
	}
	for _, d := range h.Holidays {
		out.Holidays = append(out.Holidays, directory.Holiday(d))
	}
	for _, e := range h.Exceptions {
		exception := directory.Exception{Date: e.Date, Name: e.Name}
		for _, s := range e.Slots {
			exception.Slots = append(exception.Slots, directory.Slot(s))
		}
		out.Exceptions = append(out.Exceptions, exception)
	}
	if h.Exit != nil {
		out.Exit = h.Exit.destination()
		if out.Exit.Type == directory.ToNowhere {
			out.Exit.Type = untyped
		}
	}
	return out
}

// Warning is something that is accepted though it is hardly meant.
type Warning struct {
	Location string `json:"location" doc:"The field of the record, as in members[1].order." example:"members"`
	Message  string `json:"message" doc:"What is odd about it."`
}

func warningsOf(problems []directory.Problem) []Warning {
	warnings := make([]Warning, len(problems))
	for i, p := range problems {
		warnings[i] = Warning{Location: p.Field, Message: p.Rule}
	}
	return warnings
}

// lookup returns the other records of the centre as they were when a request
// first asked.
func (s *Server) lookup(ctx context.Context, r *request) (directory.Lookup, error) {
	if r.look == nil {
		look, err := s.cfg.Records.Lookup(ctx, r.who.centre)
		if err != nil {
			return nil, fmt.Errorf("look up: %w", err)
		}
		r.look = look
	}
	return r.look, nil
}
