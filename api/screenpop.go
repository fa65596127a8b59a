package api

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"sync"
	"time"

	"bandeau/acd"
	"bandeau/directory"
)

// MyScreenPop says what the banner is to be ready for. The addresses are not in
// it: they come with each call.
type MyScreenPop struct {
	Window   string `json:"window" enum:"none,single,multiple,tab"`
	Incoming bool   `json:"incoming" doc:"Incoming calls have a page to open."`
	Outgoing bool   `json:"outgoing" doc:"Outgoing calls have one."`
}

// CallScreenPop is the customer's page of a call.
type CallScreenPop struct {
	URL    string `json:"url" doc:"Complete: every placeholder is replaced."`
	Window string `json:"window" enum:"single,multiple,tab"`
}

// pops remembers the page of each operator's call, as it was when his phone was
// rung: an address that changed would reload a window that he writes in. An
// operator has one call, so there are never more than operators.
type pops struct {
	mu   sync.Mutex
	held map[popOwner]heldPop
}

type popOwner struct {
	centre   directory.ID
	operator acd.OperatorID
}

// heldPop belongs to one ring: a call that comes back to somebody rings anew.
type heldPop struct {
	call acd.CallID
	rung acd.Instant
	pop  *CallScreenPop
}

func newPops() *pops { return &pops{held: map[popOwner]heldPop{}} }

// of returns the page of a call, and works it out when the call is new. A call
// that is over, and of which nothing was remembered before we were started anew,
// has none.
func (p *pops) of(owner popOwner, c acd.CallView, expand func() *CallScreenPop) *CallScreenPop {
	p.mu.Lock()
	defer p.mu.Unlock()
	held := p.held[owner]
	switch {
	case held.call == c.ID && (c.OfferedAt == 0 || held.rung == c.OfferedAt):
		return held.pop
	case c.OfferedAt == 0:
		return nil
	}
	held = heldPop{call: c.ID, rung: c.OfferedAt, pop: expand()}
	p.held[owner] = held
	return held.pop
}

// forget drops what is held for an operator without a call.
func (p *pops) forget(owner popOwner) {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.held, owner)
}

// screenPop is the page of an operator's call, of a record that is at hand.
func (s *Server) screenPop(floor Floor, record directory.Operator, c acd.CallView) *CallScreenPop {
	owner := popOwner{record.Centre, acd.OperatorID(record.ID)}
	return s.pops.of(owner, c, func() *CallScreenPop { return expandPop(floor, record, c) })
}

// expandPop works out the page that a record opens for a call, nil for none.
func expandPop(floor Floor, record directory.Operator, c acd.CallView) *CallScreenPop {
	template, wait := record.ScreenPop.IncomingURL, c.OfferedAt.Sub(c.ArrivedAt)
	if c.Direction == acd.Outbound {
		template, wait = record.ScreenPop.OutgoingURL, 0
	}
	if record.ScreenPop.Window == directory.WindowNone || template == "" {
		return nil
	}
	call := operatorsCall(floor, c, c.OfferedAt.Time())
	group, _ := floor.Group(c.Group)
	address := directory.ExpandURL(template, map[string]string{
		"caller": orEmpty[string](call.Caller), "called": orEmpty[string](call.Called),
		"service": orEmpty[string](call.Service), "callId": call.ID, "direction": call.Direction,
		"operatorId": string(record.ID), "operatorLogin": record.Login, "operatorName": record.FullName,
		"groupId": string(c.Group), "groupName": group.Name, "language": string(record.Language),
		"waitSeconds": strconv.Itoa(seconds(max(wait, 0))),
	})
	if address == "" {
		return nil
	}
	return &CallScreenPop{URL: address, Window: string(record.ScreenPop.Window)}
}

func popsOf(record directory.Operator) MyScreenPop {
	pop := record.ScreenPop
	if pop.Window == "" {
		pop.Window = directory.WindowNone // the record is gone
	}
	opens := pop.Window != directory.WindowNone
	return MyScreenPop{
		Window: string(pop.Window), Incoming: opens && pop.IncomingURL != "", Outgoing: opens && pop.OutgoingURL != "",
	}
}

// Changing is to be told before records of a centre are written: the calls in
// progress keep the pages of the records they began with, whether or not a
// banner has looked at them yet.
func (s *Server) Changing(ctx context.Context, centre directory.ID) error {
	floor, ok := s.cfg.Floors.Floor(centre)
	if !ok {
		return nil
	}
	for _, view := range floor.Snapshot().Operators {
		owner := popOwner{centre, view.ID}
		if view.Call == "" {
			s.pops.forget(owner)
			continue
		}
		call, ok := floor.Call(view.Call)
		if !ok {
			continue
		}
		record, err := s.cfg.Records.Operators().Get(ctx, centre, directory.ID(view.ID))
		if errors.Is(err, ErrNotFound) {
			continue // deleted in mid-call
		}
		if err != nil {
			return fmt.Errorf("read operator: %w", err)
		}
		s.screenPop(floor, record, call.For(view.ID))
	}
	return nil
}

// operatorsCall answers with a call as its operator may see it: the number that
// he calls back may be hidden from him (OP-08).
func operatorsCall(floor Floor, c acd.CallView, now time.Time) Call {
	body := floorCall(floor, c, now)
	if c.NumberHidden {
		body.Called = nil
	}
	return body
}
