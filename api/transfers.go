package api

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"

	"bandeau/acd"
)

// TransferTo is the body of the actions transfer and consult.
type TransferTo struct {
	To TransferTarget `json:"to" must:"true"`
}

// TransferTarget is whom a call is given to, or who is asked.
type TransferTarget struct {
	Type   string  `json:"type" must:"true" enum:"operator,group,number"`
	ID     *string `json:"id,omitempty" doc:"Of an operator or a group."`
	Number *string `json:"number,omitempty" doc:"In any form. A number of the centre leads where it leads for a caller."`
}

// RecordChange is the body of the action record.
type RecordChange struct {
	On   *bool `json:"on,omitempty" doc:"Off: silence is recorded until it is on again."`
	Keep *bool `json:"keep,omitempty" doc:"The recording is to be kept beyond the time that recordings are kept for; also while he wraps up."`
}

// TransferTargets are those a call may be given to.
type TransferTargets struct {
	Operators []TransferOperator `json:"operators" doc:"Those logged in but himself, the free first."`
	Groups    []TransferGroup    `json:"groups"`
}

// TransferOperator is an operator a call may be given to.
type TransferOperator struct {
	ID    string `json:"id"`
	Name  string `json:"name"`
	State string `json:"state" enum:"free,busy,away" doc:"Away: paused, or without a phone that can be reached."`
}

// TransferGroup is a group a call may be given to.
type TransferGroup struct {
	ID     string `json:"id"`
	Name   string `json:"name"`
	Colour string `json:"colour"`
	Free   int    `json:"free" doc:"Operators who would be given a call now."`
}

// CallSide is the second conversation of a call.
type CallSide struct {
	Kind  string     `json:"kind" enum:"transfer,consult,conference,return" doc:"Return: a transfer has failed and his phone rings for the call."`
	To    SideTarget `json:"to"`
	State string     `json:"state" enum:"ringing,talking"`
	Front string     `json:"front" enum:"side,call" doc:"With whom he talks: the target, or the call's other party."`
}

// SideTarget is the target of a second conversation.
type SideTarget struct {
	Type   string  `json:"type" enum:"operator,group,number"`
	ID     *string `json:"id"`
	Number *string `json:"number"`
	Name   *string `json:"name"`
}

// CallObserver is a supervisor in a call.
type CallObserver struct {
	Mode string `json:"mode" enum:"listen,whisper,join"`
	Name string `json:"name"`
}

func (s *Server) transferRoutes() {
	add(s, route{
		id: "get-transfer-targets", method: http.MethodGet, path: "/me/transfer-targets", tag: tagMe,
		summary: "Whom I may give a call to",
	}, s.transferTargets)
	action := func(name, summary, about string, body any, handle func(context.Context, *request, Floor, acd.CallView) error) {
		add(s, route{
			id: name + "-call", method: http.MethodPost, path: "/me/calls/{id}/" + name, tag: tagMe, summary: summary,
			about: about, body: body, errors: []int{http.StatusConflict},
		}, func(ctx context.Context, in *Identified) (*bodyOutput[LiveCall], error) {
			return s.onMyCall(ctx, in.ID, handle)
		})
	}
	action("transfer", "Give the call away", "An operator must be free (`target_busy`, `target_away`, `target_unreachable`). "+
		"Until the target answers it can be taken back with `cancel`; when it does not, the call comes back.",
		TransferTo{}, s.toTarget(func(r *request, c acd.CallID, to acd.Destination) acd.Command {
			return acd.Transfer{Call: c, Operator: r.who.operator(), To: to}
		}))
	action("consult", "Ask somebody while the other side waits", "Refused as `transfer` is.",
		TransferTo{}, s.toTarget(func(r *request, c acd.CallID, to acd.Destination) acd.Command {
			return acd.Consult{Call: c, Operator: r.who.operator(), To: to}
		}))
	action("swap", "Change between the two conversations", "", nil, s.plain(func(r *request, c acd.CallID) acd.Command {
		return acd.Swap{Call: c, Operator: r.who.operator()}
	}))
	action("complete", "Join the two others and leave", "", nil, s.plain(func(r *request, c acd.CallID) acd.Command {
		return acd.Complete{Call: c, Operator: r.who.operator()}
	}))
	action("cancel", "End the transfer, the consultation or the conference", "The call is his alone again.", nil,
		s.plain(func(r *request, c acd.CallID) acd.Command {
			return acd.CancelSide{Call: c, Operator: r.who.operator()}
		}))
	action("conference", "Let all three talk together", "", nil, s.plain(func(r *request, c acd.CallID) acd.Command {
		return acd.Conference{Call: c, Operator: r.who.operator()}
	}))
	action("record", "Pause the recording, or have it kept", "Where the group lets its operators do so (`recording_not_allowed`).",
		RecordChange{}, s.recordCall)
}

// toTarget is an action with a target.
func (s *Server) toTarget(
	command func(*request, acd.CallID, acd.Destination) acd.Command,
) func(context.Context, *request, Floor, acd.CallView) error {
	return func(ctx context.Context, r *request, floor Floor, call acd.CallView) error {
		body, err := decode[TransferTo](r)
		if err != nil {
			return err
		}
		to, err := s.target(r, floor, body.To)
		if err != nil {
			return err
		}
		return floor.Do(ctx, command(r, call.ID, to))
	}
}

// target reads whom a call is to be given to.
func (s *Server) target(r *request, floor Floor, to TransferTarget) (acd.Destination, error) {
	id, number := orEmpty[string](to.ID), orEmpty[string](to.Number)
	none := acd.Destination{}
	switch {
	case to.Type != "operator" && to.Type != "group" && to.Type != "number":
		return none, refuse("body.to.type", "must be one of operator, group, number")
	case to.Type == "number" && number == "":
		return none, refuse("body.to.number", "is required")
	case to.Type != "number" && id == "":
		return none, refuse("body.to.id", "is required")
	}
	switch to.Type {
	case "operator":
		if _, ok := floor.Operator(acd.OperatorID(id)); !ok {
			return none, refuse("body.to.id", "must be an operator of this centre")
		}
		return acd.Destination{Kind: acd.ToOperator, Operator: acd.OperatorID(id)}, nil
	case "group":
		if _, ok := floor.Group(acd.GroupID(id)); !ok {
			return none, refuse("body.to.id", "must be a group of this centre")
		}
		return acd.Destination{Kind: acd.ToGroup, Group: acd.GroupID(id)}, nil
	}
	found, account, err := s.cfg.Calls.Target(r.who.centre, r.who.operator(), number)
	switch {
	case errors.Is(err, ErrEmergency):
		return none, refuse("body.to.number", "must not be an emergency number")
	case err != nil:
		return none, refuse("body.to.number", "must be a telephone number of a possible length, or a short code of 2 to 6 digits")
	}
	if account != "" { // whoever is logged in at the phone; the phone itself where nobody is
		for _, o := range floor.Snapshot().Operators {
			if o.Phone.Kind == acd.PhoneCentrex && o.Phone.Account == account && o.Session != "" && o.PhoneState != acd.PhoneInUse {
				return acd.Destination{Kind: acd.ToOperator, Operator: o.ID}, nil
			}
		}
	}
	return found, nil
}

func (s *Server) recordCall(ctx context.Context, r *request, floor Floor, call acd.CallView) error {
	body, err := decode[RecordChange](r)
	if err != nil {
		return err
	}
	me := r.who.operator()
	switch {
	case body.On == nil && body.Keep == nil:
		return refuse("body.on", "is required")
	case body.On != nil && body.Keep != nil:
		return refuse("body.keep", "does not belong to this action")
	case body.On != nil:
		return floor.Do(ctx, acd.PauseRecord{Call: call.ID, Operator: me, On: !*body.On})
	}
	return floor.Do(ctx, acd.KeepRecord{Call: call.ID, Operator: me, Keep: *body.Keep})
}

func (s *Server) transferTargets(ctx context.Context, _ *struct{}) (*bodyOutput[TransferTargets], error) {
	r := from(ctx)
	floor, err := s.floorOf(r.who.centre)
	if err != nil {
		return nil, err
	}
	looks, err := s.looksOf(ctx, r.who.centre)
	if err != nil {
		return nil, err
	}
	rows := floor.Snapshot()
	out := TransferTargets{Operators: []TransferOperator{}, Groups: []TransferGroup{}}
	free := map[acd.GroupID]int{}
	rest := map[string][]TransferOperator{}
	for _, o := range rows.Operators {
		state := targetState(o)
		if o.Session == "" || o.ID == r.who.operator() {
			continue
		}
		rest[state] = append(rest[state], TransferOperator{ID: string(o.ID), Name: o.Name, State: state})
		if state != "free" {
			continue
		}
		for _, g := range o.Groups {
			if !slices.Contains(o.Suspended, g) {
				free[g]++
			}
		}
	}
	for _, state := range []string{"free", "busy", "away"} {
		slices.SortFunc(rest[state], func(a, b TransferOperator) int {
			return strings.Compare(strings.ToLower(a.Name), strings.ToLower(b.Name))
		})
		out.Operators = append(out.Operators, rest[state]...)
	}
	for _, g := range rows.Groups {
		out.Groups = append(out.Groups, TransferGroup{ID: string(g.ID), Name: g.Name, Colour: looks[g.ID].Colour, Free: free[g.ID]})
	}
	slices.SortFunc(out.Groups, func(a, b TransferGroup) int { return strings.Compare(strings.ToLower(a.Name), strings.ToLower(b.Name)) })
	return &bodyOutput[TransferTargets]{Body: out}, nil
}

// targetState says whether a call could be given to an operator. One who is paused
// and always connected is shown as paused: that he takes calls all the same is
// his record's, and the floor's answer to the transfer.
func targetState(o acd.OperatorView) string {
	switch {
	case o.Activity != acd.Idle:
		return "busy"
	case o.Presence != acd.Available || o.PhoneState != acd.PhoneReachable:
		return "away"
	}
	return "free"
}

func sideOf(floor Floor, c acd.CallView) *CallSide {
	if c.Side == nil || c.Side.Kind == acd.SideNone {
		return nil
	}
	side := &CallSide{Kind: sideKindWord(c.Side.Kind), State: "ringing", Front: "call"}
	if c.Side.Up {
		side.State = "talking"
	}
	if c.Side.Front {
		side.Front = "side"
	}
	switch to := c.Side.To; {
	case c.Side.Operator != "":
		side.To = SideTarget{Type: "operator", ID: orNull(c.Side.Operator), Name: orNull(c.SideName)}
	case to.Kind == acd.ToGroup:
		group, _ := floor.Group(to.Group)
		side.To = SideTarget{Type: "group", ID: orNull(to.Group), Name: orNull(group.Name)}
	default:
		side.To = SideTarget{Type: "number", Number: orNull(to.Number)}
	}
	return side
}

func observersOf(c acd.CallView) []CallObserver {
	list := []CallObserver{}
	for _, o := range c.Observers {
		if o.Up && o.Operator == c.Operator {
			list = append(list, CallObserver{Mode: observeWord(o.Mode), Name: o.Name})
		}
	}
	return list
}

// ErrEmergency is returned by [Calls] for an emergency number as a target.
var ErrEmergency = errors.New("api: an emergency number")
