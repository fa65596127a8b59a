package app

import (
	"context"
	"fmt"
	"time"

	"bandeau/acd"
	"bandeau/journal"
	"bandeau/report"
)

// ReplayQuery asks for the decisions of a centre to be taken again.
type ReplayQuery struct {
	Centre string `json:"centre"` // name; may be empty while there is one
	// First and Last are the events to look at; 0 is the first and the last there
	// is.
	First uint64 `json:"first"`
	Last  uint64 `json:"last"`
	// Call and Event choose the offers that are explained: those of a call, or the
	// one of an event.
	Call  string `json:"call"`
	Event uint64 `json:"event"`
}

// ReplayResult is what taking the decisions again came to.
type ReplayResult struct {
	Centre string `json:"centre"`
	First  uint64 `json:"first"`
	Last   uint64 `json:"last"`
	Events int    `json:"events"`
	// Offers of groups; Compared are those made by the rules of this program.
	Offers   int `json:"offers"`
	Compared int `json:"compared"`
	// Exits are calls that left a group by a rule.
	Exits       int                `json:"exits"`
	Differences []ReplayDifference `json:"differences"`
	Explained   []ReplayOffer      `json:"explained"`
	// State is the digest of the state after the last event, in hexadecimal.
	State string `json:"state"`
}

// ReplayDifference is a decision that would now be another.
type ReplayDifference struct {
	Event    uint64 `json:"event"`
	Call     string `json:"call"`
	Recorded string `json:"recorded"`
	Expected string `json:"expected"`
}

// ReplayOffer is an offer with all its reasons.
type ReplayOffer struct {
	Event      uint64         `json:"event"`
	At         time.Time      `json:"at"`
	Call       string         `json:"call"`
	Operator   string         `json:"operator"` // full name
	Group      string         `json:"group"`    // name; empty: a call to the operator himself
	Strategy   string         `json:"strategy"`
	Rank       int            `json:"rank"`
	Eligible   int            `json:"eligible"`
	PassedOver []ReplayPassed `json:"passedOver"`
}

// ReplayPassed is a member who was passed over.
type ReplayPassed struct {
	Operator string `json:"operator"`
	Reason   string `json:"reason"`
}

// Replay implements Admin.
func (a *admin) Replay(ctx context.Context, q ReplayQuery) (ReplayResult, error) {
	if q.Last != 0 && q.Last < q.First {
		return ReplayResult{}, Usagef("replay: the last event, %d, comes before the first, %d", q.Last, q.First)
	}
	centre, err := a.centre(ctx, a.store, q.Centre)
	if err != nil {
		return ReplayResult{}, err
	}
	out := ReplayResult{Centre: centre.Name, Differences: []ReplayDifference{}, Explained: []ReplayOffer{}}
	taken, err := journal.Take(
		ctx, a.store, string(centre.ID), func() *acd.State { return acd.New(seedOf(string(centre.ID))) }, q.First, q.Last,
		func(before *acd.State, r acd.Recorded) {
			made, ok := r.Event.(acd.OfferMade)
			if ok && (r.Seq == q.Event || q.Call != "" && string(made.Call) == q.Call) {
				out.Explained = append(out.Explained, explainOffer(before, r, made))
			}
		},
	)
	if err != nil {
		return ReplayResult{}, fmt.Errorf("replay: %w", err)
	}
	out.First, out.Last, out.Events = taken.First, taken.Last, taken.Events
	out.Offers, out.Compared, out.Exits = taken.Offers, taken.Compared, taken.Exits
	out.State = fmt.Sprintf("%016x", taken.Hash)
	for _, d := range taken.Differences {
		out.Differences = append(out.Differences, ReplayDifference{
			Event: d.Seq, Call: string(d.Call), Recorded: d.Recorded, Expected: d.Expected,
		})
	}
	return out, nil
}

// explainOffer says of an offer, from the state before it, who was passed over
// and why.
func explainOffer(before *acd.State, r acd.Recorded, made acd.OfferMade) ReplayOffer {
	offer := ReplayOffer{
		Event: r.Seq, At: r.At.Time(), Call: string(made.Call), Operator: made.Name, Group: string(made.Group),
		Strategy: report.StrategyWord(made.Strategy), Rank: made.Rank, Eligible: made.Eligible, PassedOver: []ReplayPassed{},
	}
	if g, ok := before.Group(made.Group); ok {
		offer.Group = g.Name
	}
	for _, s := range before.Explain(made.Call, made.Group) {
		passed := ReplayPassed{Operator: string(s.Operator), Reason: report.SkipWord(s.Reason)}
		if o, ok := before.Operator(s.Operator); ok {
			passed.Operator = o.Name
		}
		offer.PassedOver = append(offer.PassedOver, passed)
	}
	return offer
}
