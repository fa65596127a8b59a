package acdtest

import (
	"cmp"
	"slices"
	"strings"

	"bandeau/acd"
)

// Offer is what a dispatcher decides.
type Offer struct {
	Call     acd.CallID
	Operator acd.OperatorID
	Rank     int // among the eligible, from 1
	Eligible int
}

// NextOffer is the obvious dispatcher: it looks at every waiting call in the one
// total order, at every member of its group, and takes the first pair that fits.
// The rules are written down here a second time, from the manual.
func NextOffer(c acd.Checkpoint) (Offer, bool) {
	groups := map[acd.GroupID]acd.GroupCheckpoint{}
	for _, g := range c.Groups {
		groups[g.Config.ID] = g
	}
	var waiting []acd.CallCheckpoint
	for _, call := range c.Calls {
		if call.State == acd.CallQueued && call.NoticeUntil == 0 { // who hears the notice is offered after it
			waiting = append(waiting, call)
		}
	}
	slices.SortFunc(waiting, func(a, b acd.CallCheckpoint) int {
		return cmp.Or(
			cmp.Compare(groups[a.Queue].Config.Priority, groups[b.Queue].Config.Priority),
			cmp.Compare(a.ArrivedAt, b.ArrivedAt),
			cmp.Compare(a.Seq, b.Seq),
		)
	})
	for _, call := range waiting {
		ranked := Ranked(c, groups[call.Queue])
		if len(ranked) == 0 {
			continue
		}
		offer := Offer{Call: call.ID, Operator: ranked[0], Rank: 1, Eligible: len(ranked)}
		for i, id := range ranked {
			if !slices.Contains(call.Tried, id) {
				offer.Operator, offer.Rank = id, i+1
				break
			}
		}
		return offer, true
	}
	return Offer{}, false
}

// Ranked returns the eligible members of a group, best first.
func Ranked(c acd.Checkpoint, g acd.GroupCheckpoint) []acd.OperatorID {
	type ranked struct {
		id    acd.OperatorID
		order int
		since acd.Instant
	}
	var all []ranked
	for _, m := range g.Config.Members {
		for _, o := range c.Operators {
			if o.Config.ID == m.Operator && !slices.Contains(g.Suspended, m.Operator) && Eligible(c, o) {
				all = append(all, ranked{m.Operator, m.Order, o.IdleSince})
			}
		}
	}
	slices.SortFunc(all, func(a, b ranked) int {
		tie := cmp.Or(cmp.Compare(a.order, b.order), strings.Compare(string(a.id), string(b.id)))
		if g.Config.Strategy == acd.LongestIdle {
			return cmp.Or(cmp.Compare(a.since, b.since), tie)
		}
		return tie
	})
	ids := make([]acd.OperatorID, len(all))
	for i, r := range all {
		ids[i] = r.id
	}
	return ids
}

// Eligible says whether an operator can take a call of a group he is in.
func Eligible(c acd.Checkpoint, o acd.OperatorCheckpoint) bool {
	return o.Config.Enabled && !o.Removed && o.LoggedInAt != 0 && o.Activity == acd.Idle && o.IgnoredUntil == 0 &&
		(o.Presence == acd.Available || o.Presence == acd.Paused && o.Config.AlwaysConnected) && Reachable(c, o)
}

// Reachable says whether an operator's phone can be rung: an external number
// always, a Centrex phone while it is registered and serves him.
func Reachable(c acd.Checkpoint, o acd.OperatorCheckpoint) bool {
	switch o.Phone.Kind {
	case acd.PhoneExternal:
		return true
	case acd.PhoneCentrex:
		for _, a := range c.Accounts {
			if a.ID == o.Phone.Account {
				return a.Reachable && len(a.Operators) > 0 && a.Operators[0] == o.Config.ID
			}
		}
	case acd.PhoneNone:
	}
	return false
}
