package sqlite

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"encoding/json"
	"fmt"

	"bandeau/directory"
)

// opening keeps opening hours as JSON; always open is NULL. The group of an
// exit is a reference and stands in hours_exits.
type opening struct{ h **directory.Hours }

// storedHours is the JSON of opening hours. Its names are in every database.
type storedHours struct {
	Weekly     []storedWeekSlot  `json:"weekly,omitempty"`
	Holidays   []storedHoliday   `json:"holidays,omitempty"`
	Exceptions []storedException `json:"exceptions,omitempty"`
	ExitType   string            `json:"exitType,omitempty"`
	ExitNumber string            `json:"exitNumber,omitempty"`
}

type storedWeekSlot struct {
	Days []directory.Weekday `json:"days"`
	storedSlot
}

type storedSlot struct {
	From string `json:"from"`
	To   string `json:"to"`
}

type storedHoliday struct {
	Month int    `json:"month"`
	Day   int    `json:"day"`
	Name  string `json:"name,omitempty"`
}

type storedException struct {
	Date  string       `json:"date"`
	Slots []storedSlot `json:"slots,omitempty"`
	Name  string       `json:"name,omitempty"`
}

// Value implements driver.Valuer.
func (o opening) Value() (driver.Value, error) {
	h := *o.h
	if h == nil {
		return nil, nil
	}
	stored := storedHours{ExitType: string(h.Exit.Type), ExitNumber: h.Exit.Number}
	for _, w := range h.Weekly {
		stored.Weekly = append(stored.Weekly, storedWeekSlot{w.Days, storedSlot(w.Slot)})
	}
	for _, d := range h.Holidays {
		stored.Holidays = append(stored.Holidays, storedHoliday(d))
	}
	for _, e := range h.Exceptions {
		exception := storedException{Date: e.Date, Name: e.Name}
		for _, s := range e.Slots {
			exception.Slots = append(exception.Slots, storedSlot(s))
		}
		stored.Exceptions = append(stored.Exceptions, exception)
	}
	text, err := json.Marshal(stored)
	return string(text), err
}

// Scan implements sql.Scanner.
func (o opening) Scan(src any) error {
	*o.h = nil
	if src == nil {
		return nil
	}
	text, ok := src.(string)
	if !ok {
		return fmt.Errorf("opening hours are kept as %T", src)
	}
	var stored storedHours
	if err := json.Unmarshal([]byte(text), &stored); err != nil {
		return err
	}
	h := &directory.Hours{
		Exit: directory.Destination{Type: directory.DestinationType(stored.ExitType), Number: stored.ExitNumber},
	}
	for _, w := range stored.Weekly {
		h.Weekly = append(h.Weekly, directory.WeekSlot{Days: w.Days, Slot: directory.Slot(w.storedSlot)})
	}
	for _, d := range stored.Holidays {
		h.Holidays = append(h.Holidays, directory.Holiday(d))
	}
	for _, e := range stored.Exceptions {
		exception := directory.Exception{Date: e.Date, Name: e.Name}
		for _, s := range e.Slots {
			exception.Slots = append(exception.Slots, directory.Slot(s))
		}
		h.Exceptions = append(h.Exceptions, exception)
	}
	*o.h = h
	return nil
}

// hoursOwner is the column of hours_exits that says whose hours they are.
type hoursOwner string

const (
	hoursOfGroup  hoursOwner = "group_id"
	hoursOfNumber hoursOwner = "number_id"
)

// write keeps the group that takes the calls of closed hours.
func (o hoursOwner) write(ctx context.Context, q querier, centre, id directory.ID, h *directory.Hours) error {
	_, err := q.ExecContext(ctx, "DELETE FROM hours_exits WHERE centre = ? AND "+string(o)+" = ?", centre, id)
	if err != nil || h == nil || h.Exit.Type != directory.ToGroup {
		return err
	}
	_, err = q.ExecContext(ctx, "INSERT INTO hours_exits (centre, "+string(o)+", to_group) VALUES (?, ?, ?)",
		centre, id, h.Exit.ID)
	return err
}

// load completes hours that were read.
func (o hoursOwner) load(ctx context.Context, q querier, centre directory.ID, of func(id directory.ID) *directory.Hours) error {
	_, err := scanAll(ctx, q, func(rows *sql.Rows) (struct{}, error) {
		var owner, group directory.ID
		err := rows.Scan(&owner, &group)
		if h := of(owner); err == nil && h != nil {
			h.Exit.ID = group
		}
		return struct{}{}, err
	}, "SELECT "+string(o)+", to_group FROM hours_exits WHERE centre = ? AND "+string(o)+" IS NOT NULL", centre)
	return err
}
