package app

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"bandeau/acd"
	"bandeau/api"
	"bandeau/directory"
	"bandeau/engine"
	"bandeau/telephony"
	"bandeau/telephony/sipua"
)

// floors shows the engines to the API.
type floors struct {
	engine   func(centre string) (*engine.Engine, bool)
	figures  func(centre string) *figures
	draining func() bool
}

// Floor implements api.Floors.
func (f floors) Floor(centre directory.ID) (api.Floor, bool) {
	e, ok := f.engine(string(centre))
	if !ok {
		return nil, false
	}
	return floor{e, f.figures(string(centre)), f.draining}, true
}

// floor is one engine as the API sees it.
type floor struct {
	*engine.Engine

	today    *figures
	draining func() bool
}

// Do implements api.Floor. A node that drains takes no new call of an operator
// either, but an emergency.
func (f floor) Do(ctx context.Context, c acd.Command) error {
	if dial, ok := c.(acd.Dial); ok && !dial.Emergency && f.draining() {
		return fmt.Errorf("%w: the node stops", api.ErrUnavailable)
	}
	return unavailable(f.Engine.Do(ctx, c))
}

func unavailable(err error) error {
	if errors.Is(err, engine.ErrStopped) || errors.Is(err, engine.ErrOverloaded) {
		return errors.Join(api.ErrUnavailable, err)
	}
	return err
}

// Today implements api.Floor.
func (f floor) Today() api.Figures { return f.today }

// Preview implements api.Floor.
func (f floor) Preview(ctx context.Context, g directory.Group) ([]acd.Candidate, error) {
	var candidates []acd.Candidate
	err := f.Ask(ctx, func(s *acd.State) { candidates = s.Preview(groupConfig(g)) })
	return candidates, unavailable(err)
}

// Snapshot implements api.Floor.
func (f floor) Snapshot() api.Rows { return api.Rows(f.Engine.Snapshot()) }

// Subscribe implements api.Floor.
func (f floor) Subscribe() (api.Rows, api.Changes) {
	snapshot, c, cancel := f.Engine.Subscribe()
	return api.Rows(snapshot), changes{c, cancel}
}

// changes is a reader of an engine's deltas.
type changes struct {
	c      <-chan engine.Rows
	cancel func()
}

// Next implements api.Changes.
func (c changes) Next(ctx context.Context) (api.Rows, error) {
	select {
	case rows, ok := <-c.c:
		if !ok {
			return api.Rows{}, api.ErrBehind
		}
		return api.Rows(rows), nil
	case <-ctx.Done():
		return api.Rows{}, ctx.Err()
	}
}

// Close implements api.Changes.
func (c changes) Close() { c.cancel() }

// liveCalls reaches the legs of calls.
type liveCalls struct {
	sw *telephony.Switch
	// contacts are where an account is registered now.
	contacts func(account string) []sipua.Contact
	// numbers knows where a number leads.
	numbers *roster
}

// SendDigits implements api.Calls.
func (l liveCalls) SendDigits(
	ctx context.Context, _ directory.ID, call acd.CallID, leg acd.LegID, digits string,
) error {
	return callError(l.sw.SendDigits(ctx, call, leg, digits))
}

// Answerable implements api.Calls.
func (l liveCalls) Answerable(account acd.AccountID) bool {
	return slices.ContainsFunc(l.contacts(string(account)), func(c sipua.Contact) bool { return c.AllowTalk })
}

// Answer implements api.Calls.
func (l liveCalls) Answer(ctx context.Context, _ directory.ID, call acd.CallID, leg acd.LegID) error {
	return callError(l.sw.Talk(ctx, call, leg))
}

func callError(err error) error {
	switch {
	case errors.Is(err, telephony.ErrNotAllowed):
		return api.ErrNotSupported
	case errors.Is(err, telephony.ErrNoCall):
		return api.ErrNotFound
	}
	return err
}
