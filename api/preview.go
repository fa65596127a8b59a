package api

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"bandeau/acd"
	"bandeau/directory"
	"bandeau/report"
)

// PreviewFields is a draft of a group.
type PreviewFields struct {
	GroupFields

	ID *string `json:"id,omitempty" doc:"The group that is being edited; absent for a new one."`
}

// Preview is who would get the next call of a draft.
type Preview struct {
	At            Time        `json:"at"`
	Strategy      string      `json:"strategy"`
	Next          []string    `json:"next" doc:"The operators the next call would ring; with equallyLikely one of them."`
	EquallyLikely bool        `json:"equallyLikely" doc:"True when chance decides."`
	Candidates    []Candidate `json:"candidates" doc:"Every member: first who is eligible, in his place, then the others in their order."`
}

// Candidate is a member of a draft, and how he stands.
type Candidate struct {
	Operator      Person  `json:"operator"`
	Rank          *int    `json:"rank" doc:"His place among the eligible, from 1; null when he is not."`
	Reason        *string `json:"reason" doc:"Why he is not, such as busy, paused, logged_out or not_of_ten."`
	Order         int     `json:"order"`
	Level         int     `json:"level"`
	IdleSince     *Time   `json:"idleSince" doc:"The end of his last call, wrap-up included, or his log-in; null when he is logged out."`
	AnsweredToday int     `json:"answeredToday" doc:"Calls of groups since the centre's midnight."`
}

func (s *Server) previewRoutes() {
	add(s, route{
		id: "preview-group", method: http.MethodPost, path: "/groups/preview", tag: "Groups",
		summary: "Who would get the next call",
		about:   "Takes a group as it might be saved, and stores nothing. Only the strategy and the members matter.",
		body:    PreviewFields{},
	}, s.preview)
}

func (s *Server) preview(ctx context.Context, _ *struct{}) (*bodyOutput[Preview], error) {
	r := from(ctx)
	look, err := s.lookup(ctx, r)
	if err != nil {
		return nil, err
	}
	defaults := PreviewFields{GroupFields: groupFields(directory.NewGroup(look.Centre()))}
	fields := defaults
	unreadable := bind(r.tree, &fields, defaults)
	draft := applyGroup(directory.NewGroup(look.Centre()), fields.GroupFields)
	draft.ID = orEmpty[directory.ID](fields.ID)
	if p := ruleProblem(draftProblems(draft, look), unreadable); p != nil {
		return nil, p
	}
	floor, ok := s.cfg.Floors.Floor(r.who.centre)
	if !ok {
		return nil, ErrUnavailable
	}
	candidates, err := floor.Preview(ctx, draft)
	if err != nil {
		return nil, fmt.Errorf("preview group: %w", err)
	}
	return &bodyOutput[Preview]{Body: previewBody(r, draft, candidates)}, nil
}

// draftProblems are what stands against a draft's strategy and members; what
// else is wrong with it is told when it is saved.
func draftProblems(draft directory.Group, look directory.Lookup) []directory.Problem {
	return slices.DeleteFunc(draft.Normalize(look).Validate(look), func(p directory.Problem) bool {
		return p.Field != "strategy" && !strings.HasPrefix(p.Field, "members")
	})
}

func previewBody(r *request, draft directory.Group, candidates []acd.Candidate) Preview {
	body := Preview{
		At: Time{r.now}, Strategy: string(draft.Strategy), Next: []string{}, Candidates: []Candidate{},
		EquallyLikely: draft.Strategy == directory.StrategyRandom,
	}
	together := 1
	switch draft.Strategy { //nolint:exhaustive // the others ring one
	case directory.StrategyEveryone:
		together = directory.RingTogether
	case directory.StrategyRandom:
		together = len(candidates)
	}
	for _, c := range candidates {
		candidate := Candidate{
			Operator: Person{ID: string(c.Operator), Name: cmp.Or(c.Name, string(c.Operator))}, Order: c.Order, Level: c.Level,
			IdleSince: instant(c.IdleSince), AnsweredToday: c.Answered,
		}
		if c.Rank > 0 {
			candidate.Rank = &c.Rank
			if c.Rank <= together {
				body.Next = append(body.Next, string(c.Operator))
			}
		}
		if word := report.SkipWord(c.Reason); word != "" {
			candidate.Reason = &word
		}
		body.Candidates = append(body.Candidates, candidate)
	}
	return body
}
