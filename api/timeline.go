package api

import (
	"context"
	"fmt"

	"bandeau/report"
)

// Step is one step of a call. Members that say nothing about its kind are
// absent.
type Step struct {
	Seq       uint64        `json:"seq" doc:"Of the event in the centre's journal."`
	At        Time          `json:"at"`
	Kind      string        `json:"kind" doc:"What happened, such as queued, offered, offer_ended, connected, ended."`
	Reason    string        `json:"reason" doc:"Why, such as max_wait or hangup; may be empty."`
	Leg       int           `json:"leg,omitempty"`
	Role      string        `json:"role,omitempty" doc:"What the leg is for."`
	Operator  *Person       `json:"operator,omitempty"`
	Group     string        `json:"group,omitempty"`
	Target    string        `json:"target,omitempty" doc:"The group an overflow leads to."`
	Phone     *StepPhone    `json:"phone,omitempty"`
	Number    string        `json:"number,omitempty"`
	Outcome   string        `json:"outcome,omitempty"`
	EndedBy   string        `json:"endedBy,omitempty"`
	SIPStatus int           `json:"sipStatus,omitempty"`
	Until     *Time         `json:"until,omitempty"`
	Tags      []string      `json:"tags,omitempty"`
	Strategy  string        `json:"strategy,omitempty" doc:"That chose the operator."`
	Rank      int           `json:"rank,omitempty" doc:"His place among the eligible, from 1."`
	Eligible  int           `json:"eligible,omitempty" doc:"How many were eligible."`
	Skipped   []StepSkipped `json:"skipped,omitempty" doc:"Members who were not eligible, and why."`
}

// StepPhone is a phone a leg was placed to.
type StepPhone struct {
	Kind    string `json:"kind" enum:"external,centrex"`
	Number  string `json:"number,omitempty"`
	Account string `json:"account,omitempty"`
}

// StepSkipped is a member who was not eligible for an offer.
type StepSkipped struct {
	Operator string `json:"operator"`
	Reason   string `json:"reason"`
}

func (s *Server) timeline(ctx context.Context, in *Identified) (*listOutput[Step], error) {
	r := from(ctx)
	call, err := s.callOf(ctx, r, in.ID)
	if err != nil {
		return nil, err
	}
	events, err := s.cfg.History.CallEvents(ctx, string(r.who.centre), call.ID)
	if err != nil {
		return nil, fmt.Errorf("events of call: %w", err)
	}
	out := &listOutput[Step]{Body: List[Step]{Items: []Step{}}}
	for _, step := range report.Timeline(events) {
		if step.Operator == call.Operator && step.OperatorName == "" {
			step.OperatorName = call.OperatorName // who dialled; only his answer tells his name
		}
		out.Body.Items = append(out.Body.Items, stepBody(step))
	}
	return out, nil
}

func stepBody(s report.Step) Step {
	body := Step{
		Seq: s.Seq, At: Time{s.At.Time()}, Kind: string(s.Kind), Reason: s.Reason, Leg: int(s.Leg), Role: s.Role,
		Group: string(s.Group), Target: string(s.Target), Number: s.Number, Outcome: s.Outcome, EndedBy: s.EndedBy, SIPStatus: s.Status,
		Until: instant(s.Until), Tags: s.Tags, Strategy: s.Strategy, Rank: s.Rank, Eligible: s.Eligible,
	}
	if s.Operator != "" {
		body.Operator = &Person{ID: string(s.Operator), Name: s.OperatorName}
	}
	if kind := phoneKindWord(s.Phone.Kind); kind != "" {
		body.Phone = &StepPhone{Kind: kind, Number: s.Phone.Number, Account: string(s.Phone.Account)}
	}
	for _, skipped := range s.Skipped {
		body.Skipped = append(body.Skipped, StepSkipped{Operator: string(skipped.Operator), Reason: skipped.Reason})
	}
	return body
}
