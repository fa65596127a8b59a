package api

import (
	"context"
	"fmt"

	"bandeau/acd"
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
	Target    string        `json:"target,omitempty" doc:"The group an overflow or a transfer leads to."`
	Other     *Person       `json:"other,omitempty" doc:"The operator a transfer or a consultation is with, or at whom a call rang that another picked up."`
	User      *Person       `json:"user,omitempty" doc:"The supervisor who listens."`
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
	Skipped   []StepSkipped `json:"skipped,omitempty" doc:"Members who were passed over, and why. Of groups of more than 50 only those who had let it ring; the others are counted in passed."`
	Passed    []StepPassed  `json:"passed,omitempty" doc:"How many members could not be offered the call, by reason."`

	GroupName     string `json:"groupName,omitempty"`
	TargetName    string `json:"targetName,omitempty"`
	IdleSince     *Time  `json:"idleSince,omitempty" doc:"Since when the chosen operator was idle, where the strategy goes by it."`
	AnsweredToday *int   `json:"answeredToday,omitempty" doc:"Calls of groups he had answered in the day, with the strategy fewest_calls."`
	Level         int    `json:"level,omitempty" doc:"His level, with the strategy skill."`
	Position      int    `json:"position,omitempty" doc:"Of a waiting call among those that wait, from 1."`
	EstimatedWait *int   `json:"estimatedWaitSeconds,omitempty" doc:"What the caller was told."`
	Sound         string `json:"sound,omitempty" doc:"The identifier of the sound the caller heard; empty for phrases."`
}

// StepPhone is a phone a leg was placed to.
type StepPhone struct {
	Kind    string `json:"kind" enum:"external,centrex,browser"`
	Number  string `json:"number,omitempty"`
	Account string `json:"account,omitempty"`
}

// StepSkipped is a member who was passed over.
type StepSkipped struct {
	Operator string `json:"operator,omitempty" doc:"Absent for those who may not see operators one by one."`
	Name     string `json:"name,omitempty" doc:"Absent as operator is, and of a record that is gone."`
	Reason   string `json:"reason" doc:"logged_out, paused, suspended, no_phone, unreachable, phone_in_use, busy, wrap_up, ignored, tried, disabled or not_of_ten."`
}

// StepPassed says how many members could not be offered a call.
type StepPassed struct {
	Reason string `json:"reason"`
	Count  int    `json:"count"`
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
	floor, err := s.floorOf(r.who.centre)
	if err != nil {
		return nil, err
	}
	names := namesOf(events)
	out := &listOutput[Step]{Body: List[Step]{Items: []Step{}}}
	for _, step := range report.Timeline(events) {
		if step.Operator == call.Operator && step.OperatorName == "" {
			step.OperatorName = call.OperatorName // who dialled; only his answer tells his name
		}
		body := stepBody(step)
		names.complete(&body, floor, r.who.rights.OperatorDetail)
		out.Body.Items = append(out.Body.Items, body)
	}
	return out, nil
}

// stepNames are those that the events of a call tell, for records that are gone.
type stepNames struct {
	operators map[string]string
}

func namesOf(events []acd.Recorded) stepNames {
	names := stepNames{operators: map[string]string{}}
	for _, r := range events {
		switch e := r.Event.(type) { //nolint:gochecksumtype // the others tell no name
		case acd.OfferMade:
			names.operators[string(e.Operator)] = e.Name
		case acd.Connected:
			names.operators[string(e.Operator)] = e.Name
		}
	}
	return names
}

// complete gives what a step names by identifier its name, or takes from it what
// the reader may not see.
func (n stepNames) complete(body *Step, floor Floor, detail bool) {
	group := func(id string) string {
		view, _ := floor.Group(acd.GroupID(id))
		return view.Name
	}
	body.GroupName, body.TargetName = group(body.Group), group(body.Target)
	for i := range body.Skipped {
		one := &body.Skipped[i]
		if !detail {
			one.Operator = ""
			continue
		}
		one.Name = n.operators[one.Operator]
		if view, ok := floor.Operator(acd.OperatorID(one.Operator)); ok {
			one.Name = view.Name
		}
	}
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
	if s.TargetOperator != "" {
		body.Other = &Person{ID: string(s.TargetOperator), Name: s.TargetName}
	}
	if s.User != "" {
		body.User = &Person{ID: string(s.User), Name: s.UserName}
	}
	if kind := phoneKindWord(s.Phone.Kind); kind != "" {
		body.Phone = &StepPhone{Kind: kind, Number: s.Phone.Number, Account: string(s.Phone.Account)}
	}
	for _, skipped := range s.Skipped {
		body.Skipped = append(body.Skipped, StepSkipped{Operator: string(skipped.Operator), Reason: skipped.Reason})
	}
	for _, passed := range s.Passed {
		body.Passed = append(body.Passed, StepPassed{Reason: passed.Reason, Count: passed.Count})
	}
	body.IdleSince, body.Level, body.Position, body.Sound = instant(s.IdleSince), s.Level, s.Position, string(s.Sound)
	if s.Strategy == report.StrategyWord(acd.FewestCalls) {
		body.AnsweredToday = &s.Answered
	}
	if s.EstimatedWait > 0 {
		body.EstimatedWait = &s.EstimatedWait
	}
	return body
}
