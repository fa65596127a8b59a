package api_test

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"bandeau/acd"
	"bandeau/api"
	"bandeau/directory"
	"bandeau/report"
)

// calls notes digits and answers.
type calls struct {
	mu     sync.Mutex
	digits []string
	err    error
	// answerable are the accounts whose phones can be answered from afar.
	answerable map[acd.AccountID]bool
}

func (c *calls) SendDigits(_ context.Context, _ directory.ID, call acd.CallID, leg acd.LegID, digits string) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.digits = append(c.digits, fmt.Sprintf("%s/%d %s", call, leg, digits))
	return c.err
}

func (c *calls) Answerable(account acd.AccountID) bool { return c.answerable[account] }

func (h *history) Quality(context.Context, string, acd.CallID) ([]api.CallQuality, error) {
	return h.quality, nil
}

func (c *calls) Target(
	_ directory.ID, _ acd.OperatorID, number string,
) (acd.Destination, acd.AccountID, error) {
	switch number {
	case "112":
		return acd.Destination{}, "", api.ErrEmergency
	case "x":
		return acd.Destination{}, "", directory.ErrNumber
	case "2001":
		return acd.Destination{Kind: acd.ToNumber, Number: number}, "desk", nil
	}
	return acd.Destination{Kind: acd.ToNumber, Number: number}, "", nil
}

func (c *calls) Answer(context.Context, directory.ID, acd.CallID, acd.LegID) error { return c.err }

// history answers with fixed rows.
type history struct {
	calls  []report.Call
	groups map[acd.CallID][]acd.GroupID
	mine   []report.HistoryItem
	events map[acd.CallID][]acd.Recorded
	asked  report.CallQuery

	quality []api.CallQuality

	sessions  []report.Session
	intervals []report.Interval
	visits    []report.Visit
}

// The rows of a time are those that touch it.
func touching[T any](rows []T, from, to acd.Instant, of func(T) (begin, end acd.Instant)) []T {
	var kept []T
	for _, row := range rows {
		if begin, end := of(row); begin < to && (end == 0 || end > from) {
			kept = append(kept, row)
		}
	}
	return kept
}

func (h *history) Sessions(_ context.Context, _ string, o acd.OperatorID, from, to acd.Instant) ([]report.Session, error) {
	return touching(h.sessions, from, to, func(s report.Session) (acd.Instant, acd.Instant) {
		if s.Operator != o {
			return to, to
		}
		return s.From, s.To
	}), nil
}

func (h *history) Intervals(_ context.Context, _ string, o acd.OperatorID, from, to acd.Instant) ([]report.Interval, error) {
	return touching(h.intervals, from, to, func(i report.Interval) (acd.Instant, acd.Instant) {
		if i.Operator != o {
			return to, to
		}
		return i.From, i.To
	}), nil
}

func (h *history) Visits(_ context.Context, _ string, groups []acd.GroupID, from, to acd.Instant) ([]report.Visit, error) {
	return touching(h.visits, from, to, func(v report.Visit) (acd.Instant, acd.Instant) {
		if groups != nil && !slices.Contains(groups, v.Group) {
			return to, to
		}
		return v.From, v.To
	}), nil
}

func (h *history) Call(_ context.Context, _ string, id acd.CallID) (report.Call, error) {
	for _, c := range h.calls {
		if c.ID == id {
			return c, nil
		}
	}
	return report.Call{}, api.ErrNotFound
}

func (h *history) Calls(_ context.Context, _ string, q report.CallQuery) (report.CallPage, error) {
	h.asked = q
	return report.CallPage{Calls: h.calls}, nil
}

func (h *history) CallGroups(_ context.Context, _ string, id acd.CallID) ([]acd.GroupID, error) {
	return h.groups[id], nil
}

func (h *history) CallEvents(_ context.Context, _ string, id acd.CallID) ([]acd.Recorded, error) {
	return h.events[id], nil
}

func (h *history) History(_ context.Context, _ string, o acd.OperatorID, _ int) ([]report.HistoryItem, error) {
	var mine []report.HistoryItem
	for _, item := range h.mine {
		if item.Part.Operator == o {
			mine = append(mine, item)
		}
	}
	return mine, nil
}

// recordings holds files in memory.
type recordings map[acd.CallID]string

func (r recordings) Open(_ context.Context, _ directory.ID, call acd.CallID) (api.Recording, error) {
	data, ok := r[call]
	if !ok {
		return nil, api.ErrNotFound
	}
	return recordingFile{strings.NewReader(data)}, nil
}

type recordingFile struct{ *strings.Reader }

func (recordingFile) Close() error       { return nil }
func (recordingFile) ModTime() time.Time { return time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC) }

// passwords hash by turning into hexadecimal: fast, and never equal to what
// was typed.
type passwords struct{}

func (passwords) Hash(_ context.Context, p string) (directory.Secret, error) {
	return directory.Secret("h:" + hex.EncodeToString([]byte(p))), nil
}

func (passwords) Verify(_ context.Context, hash directory.Secret, p string) (bool, error) {
	return hash.Reveal() == "h:"+hex.EncodeToString([]byte(p)), nil
}

var random = rand.Reader
