package app

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"bandeau/acd"
	"bandeau/api"
	"bandeau/directory"
	"bandeau/internal/clock"
	"bandeau/report"
	"bandeau/store"
	"bandeau/whatif"
)

// SimulateQuery asks what a recorded day would have come to.
type SimulateQuery struct {
	Centre string `json:"centre"` // name; may be empty while there is one
	// Group is the name of the one group that is looked at, and changed; empty for
	// all.
	Group string       `json:"group"`
	Query whatif.Query `json:"query"`
}

// SimulateResult is the answer, and where the clocks of the day are.
type SimulateResult struct {
	Answer   whatif.Answer `json:"answer"`
	TimeZone string        `json:"timeZone"`
}

// Simulate implements Admin.
func (a *admin) Simulate(ctx context.Context, q SimulateQuery) (SimulateResult, error) {
	centre, err := a.centre(ctx, a.store, q.Centre)
	if err != nil {
		return SimulateResult{}, err
	}
	if q.Group != "" {
		var groups []directory.Group
		if err = loadAll(ctx, a.store.Groups(), centre.ID, &groups); err != nil {
			return SimulateResult{}, err
		}
		var id acd.GroupID
		for _, g := range groups {
			if g.Name == q.Group {
				id = acd.GroupID(g.ID)
			}
		}
		if id == "" {
			return SimulateResult{}, fmt.Errorf("no group is called %q", q.Group)
		}
		q.Query.Focus = id
		for i := range q.Query.Groups {
			q.Query.Groups[i].Group = id
		}
		for i := range q.Query.Staff {
			q.Query.Staff[i].Group = id
		}
	}
	answer, err := simulator{a.store, a.clock}.Simulate(ctx, centre.ID, q.Query)
	if refused, ok := errors.AsType[*whatif.ProblemsError](err); ok {
		return SimulateResult{}, errors.New(refused.Error())
	}
	return SimulateResult{Answer: answer, TimeZone: centre.TimeZone}, err
}

// Simulate implements Admin.
func (c *controlClient) Simulate(ctx context.Context, q SimulateQuery) (SimulateResult, error) {
	return call[SimulateResult](ctx, c, "simulate", q)
}

// simulator answers what-if questions of a store's centres. It reads what is
// stored and touches nothing that runs.
type simulator struct {
	store store.Store
	clock clock.Clock
}

var _ api.Simulator = simulator{}

// Simulate implements api.Simulator.
func (s simulator) Simulate(ctx context.Context, centre directory.ID, q whatif.Query) (whatif.Answer, error) {
	if q.Generate != nil {
		return whatif.Ask(ctx, q, nil)
	}
	// What is wrong whatever the day holds is said before it is read.
	if problems := q.Check(func(acd.GroupID) bool { return true }); len(problems) > 0 {
		return whatif.Answer{}, &whatif.ProblemsError{Problems: problems}
	}
	h, err := s.history(ctx, centre, q.Day)
	if err != nil {
		return whatif.Answer{}, err
	}
	return whatif.Ask(ctx, q, &h)
}

// history reads a day of a centre. Of a day that is not over yet it is what there
// is.
func (s simulator) history(ctx context.Context, centre directory.ID, date string) (whatif.History, error) {
	refuse := func(message string) (whatif.History, error) {
		return whatif.History{}, &whatif.ProblemsError{Problems: []whatif.Problem{{Field: "day", Message: message}}}
	}
	records, err := readCentre(ctx, s.store, centre)
	if err != nil {
		return whatif.History{}, err
	}
	noon, err := time.ParseInLocation(time.DateOnly+" 15", date+" 12", records.zone)
	if err != nil {
		return refuse("must be a date such as 2026-03-31")
	}
	day, now := report.DayOf(noon, records.zone), acd.At(s.clock.Now())
	if day.From >= now {
		return refuse("has not begun yet")
	}
	h := whatif.History{
		From: day.From, To: min(day.To, now), Zone: records.zone,
		Centre: acd.CentreConfig{Language: string(records.centre.Language), Notice: records.centre.RecordingNotice},
	}
	for _, o := range records.operators {
		h.Operators = append(h.Operators, operatorConfig(o, records.centre))
	}
	for _, g := range records.groups {
		h.Groups = append(h.Groups, groupConfig(g))
	}
	id := string(centre)
	var failed [3]error
	h.Visits, failed[0] = s.store.Visits(ctx, id, nil, h.From, h.To)
	h.Sessions, failed[1] = s.store.Sessions(ctx, id, "", h.From, h.To)
	h.Intervals, failed[2] = s.store.Intervals(ctx, id, "", h.From, h.To)
	if err = errors.Join(failed[:]...); err != nil {
		return h, fmt.Errorf("read the day: %w", err)
	}
	// Who came the evening before may still be among them.
	if !slices.ContainsFunc(h.Visits, func(v report.Visit) bool { return v.From >= h.From }) {
		return refuse("has no calls of groups")
	}
	return h, nil
}
