package api_test

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"fmt"
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
}

func (c *calls) SendDigits(_ context.Context, _ directory.ID, call acd.CallID, leg acd.LegID, digits string) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.digits = append(c.digits, fmt.Sprintf("%s/%d %s", call, leg, digits))
	return c.err
}

func (c *calls) Answer(context.Context, directory.ID, acd.CallID, acd.LegID) error { return c.err }

// history answers with fixed rows.
type history struct {
	calls  []report.Call
	groups map[acd.CallID][]acd.GroupID
	mine   []report.HistoryItem
	events map[acd.CallID][]acd.Recorded
	asked  report.CallQuery
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
