package acdtest

import (
	"cmp"
	"math/big"
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

// NextOffers is the obvious dispatcher: it looks at every waiting call in the one
// total order, at every member of its group, and takes the first pair that fits,
// or the first ten. The rules are written down here a second time, from the
// manual; nothing is kept in order or counted ahead.
func NextOffers(c acd.Checkpoint) []Offer {
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
		g := groups[call.Queue]
		ranked := Ranked(c, g)
		if len(ranked) == 0 {
			continue
		}
		// Who has let it ring is passed over while there is another.
		var fresh []Offer
		for i, id := range ranked {
			if !slices.Contains(call.Tried, id) {
				fresh = append(fresh, Offer{Call: call.ID, Operator: id, Rank: i + 1, Eligible: len(ranked)})
			}
		}
		if len(fresh) == 0 {
			for i, id := range ranked {
				fresh = append(fresh, Offer{Call: call.ID, Operator: id, Rank: i + 1, Eligible: len(ranked)})
			}
		}
		switch g.Config.Strategy {
		case acd.Everyone:
			return fresh[:min(len(fresh), 10)]
		case acd.Random:
			k := drawn(c.Seed, c.Offers+1, len(fresh))
			return fresh[k : k+1]
		case acd.LongestIdle, acd.Fixed, acd.Rotating, acd.FewestCalls, acd.Skill:
		}
		return fresh[:1]
	}
	return nil
}

// drawn is the chance of the nth offer of a centre, one of so many: the high half
// of a product, of splitmix64 and that number.
func drawn(seed, n uint64, of int) int {
	x := seed + n*0x9e3779b97f4a7c15 + 0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	x ^= x >> 31
	var product big.Int
	product.Mul(new(big.Int).SetUint64(x), big.NewInt(int64(of)))
	return int(product.Rsh(&product, 64).Int64())
}

// Ranked returns the eligible members of a group, best first.
func Ranked(c acd.Checkpoint, g acd.GroupCheckpoint) []acd.OperatorID {
	type ranked struct {
		acd.Member

		o acd.OperatorCheckpoint
	}
	var all []ranked
	lastOrder := g.LastOrder
	for _, m := range g.Config.Members {
		if m.Operator == g.Last {
			lastOrder = m.Order
		}
		for _, o := range c.Operators {
			if o.Config.ID == m.Operator && !slices.Contains(g.Suspended, m.Operator) && Eligible(c, o) {
				all = append(all, ranked{m, o})
			}
		}
	}
	slices.SortFunc(all, func(a, b ranked) int {
		tie := cmp.Or(cmp.Compare(a.Order, b.Order), strings.Compare(string(a.Operator), string(b.Operator)))
		idle := cmp.Compare(a.o.IdleSince, b.o.IdleSince)
		switch g.Config.Strategy {
		case acd.LongestIdle:
			return cmp.Or(idle, tie)
		case acd.FewestCalls:
			return cmp.Or(cmp.Compare(a.o.Answered, b.o.Answered), idle, tie)
		case acd.Skill:
			return cmp.Or(cmp.Compare(a.Level, b.Level), idle, tie)
		case acd.Fixed, acd.Random, acd.Rotating, acd.Everyone:
		}
		return tie
	})
	if g.Config.Strategy == acd.Rotating { // whoever stands behind the last one comes first
		behind := func(r ranked) bool {
			return r.Order > lastOrder || r.Order == lastOrder && r.Operator > g.Last
		}
		slices.SortStableFunc(all, func(a, b ranked) int {
			switch {
			case behind(a) == behind(b):
				return 0
			case behind(a):
				return -1
			}
			return 1
		})
	}
	ids := make([]acd.OperatorID, len(all))
	for i, r := range all {
		ids[i] = r.Operator
	}
	return ids
}

// Eligible says whether an operator can take a call of a group he is in.
func Eligible(c acd.Checkpoint, o acd.OperatorCheckpoint) bool {
	return o.Config.Enabled && !o.Removed && o.LoggedInAt != 0 && o.Activity == acd.Idle && o.IgnoredUntil == 0 &&
		(o.Presence == acd.Available || o.Presence == acd.Paused && o.Config.AlwaysConnected) && Reachable(c, o)
}

// Reachable says whether an operator's phone can be rung: an external number
// always, a Centrex phone while it is registered and serves him, a browser while
// it proves itself or a number stands in for it.
func Reachable(c acd.Checkpoint, o acd.OperatorCheckpoint) bool {
	switch o.Phone.Kind {
	case acd.PhoneExternal:
		return true
	case acd.PhoneBrowser:
		return o.Browser || o.Phone.Fallback != ""
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
