package app

import (
	"context"
	"fmt"
	"strings"

	"bandeau/acd"
	"bandeau/api"
	"bandeau/directory"
	"bandeau/journal"
	"bandeau/report"
	"bandeau/store"
	"bandeau/telephony"
)

// history answers the API's questions about calls from the store.
type history struct {
	store store.Store
	// live is how the browsers hear a call that goes on.
	live  func(acd.CallID) []store.Quality
	codec *journal.Codec
}

// Call implements api.History.
func (h history) Call(ctx context.Context, centre string, id acd.CallID) (report.Call, error) {
	call, err := h.store.Call(ctx, centre, id)
	return call, storeError(err)
}

// Calls implements api.History.
func (h history) Calls(ctx context.Context, centre string, q report.CallQuery) (report.CallPage, error) {
	page, err := h.store.Calls(ctx, centre, q)
	return page, storeError(err)
}

// CallGroups implements api.History.
func (h history) CallGroups(ctx context.Context, centre string, id acd.CallID) ([]acd.GroupID, error) {
	groups, err := h.store.CallGroups(ctx, centre, id)
	return groups, storeError(err)
}

// CallEvents implements api.History.
func (h history) CallEvents(ctx context.Context, centre string, id acd.CallID) ([]acd.Recorded, error) {
	entries, err := h.store.CallEvents(ctx, centre, id)
	if err != nil {
		return nil, storeError(err)
	}
	events := make([]acd.Recorded, 0, len(entries))
	for _, entry := range entries {
		event, err := h.codec.Decode(entry)
		if err != nil {
			return nil, fmt.Errorf("read event %d: %w", entry.Seq, err)
		}
		events = append(events, event)
	}
	return events, nil
}

// Quality implements api.History.
func (h history) Quality(ctx context.Context, centre string, id acd.CallID) ([]api.CallQuality, error) {
	heard, err := h.store.Qualities().OfCall(ctx, directory.ID(centre), id)
	if err != nil {
		return nil, storeError(err)
	}
	var list []api.CallQuality
	for _, q := range append(heard, h.live(id)...) {
		one := api.CallQuality{Last: api.PhoneQuality(q.Last), Worst: api.PhoneQuality(q.Worst)}
		if !strings.HasPrefix(q.Owner, telephony.BrowserOwner("", "")) {
			one.Operator = acd.OperatorID(q.Owner)
		}
		list = append(list, one)
	}
	return list, nil
}

// History implements api.History.
func (h history) History(
	ctx context.Context, centre string, operator acd.OperatorID, limit int,
) ([]report.HistoryItem, error) {
	items, err := h.store.History(ctx, centre, operator, limit)
	return items, storeError(err)
}

// Sessions implements api.History.
func (h history) Sessions(
	ctx context.Context, centre string, operator acd.OperatorID, from, to acd.Instant,
) ([]report.Session, error) {
	sessions, err := h.store.Sessions(ctx, centre, operator, from, to)
	return sessions, storeError(err)
}

// Intervals implements api.History.
func (h history) Intervals(
	ctx context.Context, centre string, operator acd.OperatorID, from, to acd.Instant,
) ([]report.Interval, error) {
	intervals, err := h.store.Intervals(ctx, centre, operator, from, to)
	return intervals, storeError(err)
}

// Visits implements api.History.
func (h history) Visits(
	ctx context.Context, centre string, groups []acd.GroupID, from, to acd.Instant,
) ([]report.Visit, error) {
	visits, err := h.store.Visits(ctx, centre, groups, from, to)
	return visits, storeError(err)
}
