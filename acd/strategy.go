package acd

import (
	"cmp"
	"fmt"
)

// ranking returns the order of a strategy over the eligible members of a group,
// best first. Each strategy is one such function. Whatever it compares may
// change only while an operator is not eligible: the lists are kept sorted by
// it. Every final tie is member order, then id.
func (st Strategy) ranking() func(a, b *member) int {
	switch st {
	case LongestIdle:
		return byLongestIdle
	case Fixed:
		return byMemberOrder
	}
	panic(fmt.Sprintf("acd: strategy %d", st))
}

// byLongestIdle puts first who has been available for the longest time: since
// the end of his last handled call, wrap-up included, or since login.
func byLongestIdle(a, b *member) int {
	return cmp.Or(cmp.Compare(a.op.IdleSince, b.op.IdleSince), byMemberOrder(a, b))
}

// skipReason says why a member cannot be offered a call of the group; 0 means
// he is eligible.
func (s *State) skipReason(m *member) SkipReason {
	o := m.op
	switch {
	case o == nil || o.Removed || !o.Config.Enabled:
		return SkipDisabled
	case o.Presence == LoggedOut:
		return SkipLoggedOut
	case m.suspended:
		return SkipSuspended
	case o.Activity == WrappingUp:
		return SkipWrapUp
	case o.Activity != Idle:
		return SkipBusy
	case o.Presence == Paused && !o.Config.AlwaysConnected: // OP-10
		return SkipPaused
	}
	switch s.phoneState(o) {
	case PhoneMissing:
		return SkipNoPhone
	case PhoneInUse:
		return SkipPhoneInUse
	case PhoneUnreachable:
		return SkipUnreachable
	case PhoneReachable:
	}
	if o.IgnoredUntil != 0 { // OP-16
		return SkipIgnored
	}
	return 0
}

// phoneState says whether an operator can be reached on his phone.
func (s *State) phoneState(o *operator) PhoneState {
	switch o.Phone.Kind {
	case PhoneNone:
		return PhoneMissing
	case PhoneExternal:
		return PhoneReachable
	case PhoneCentrex:
		acc := s.accounts[o.Phone.Account]
		switch {
		case acc != nil && len(acc.Operators) > 0 && acc.Operators[0] != o.Config.ID:
			return PhoneInUse
		case acc == nil || !acc.Reachable:
			return PhoneUnreachable
		}
		return PhoneReachable
	}
	panic(fmt.Sprintf("acd: phone of kind %d of operator %s", o.Phone.Kind, o.Config.ID))
}

// choose ranks the eligible of a group for a call: the first of them who has not
// let this call ring before, else the first. It returns his rank, from 1.
func choose(g *group, c *call) (*member, int) {
	for i, m := range g.eligible {
		if !c.tried(m.id) {
			return m, i + 1
		}
	}
	return g.eligible[0], 1
}

// Explain says which members of a group would not be offered a call now, and
// why, in member order. An empty call asks about any call.
func (s *State) Explain(id CallID, groupID GroupID) []Skip {
	g := s.groups[groupID]
	if g == nil {
		return nil
	}
	return s.explain(s.calls[id], g, nil)
}

// explain lists the members not eligible, and those passed over because they
// let the call ring, unless it is now offered to one of them.
func (s *State) explain(c *call, g *group, chosen *member) []Skip {
	if len(g.members) == len(g.eligible) && (c == nil || len(c.Tried) == 0) {
		return nil
	}
	fresh := c != nil && len(c.Tried) > 0
	if fresh {
		if chosen == nil && len(g.eligible) > 0 {
			chosen, _ = choose(g, c)
		}
		fresh = chosen != nil && !c.tried(chosen.id)
	}
	var skips []Skip
	for _, m := range g.members {
		reason := s.skipReason(m)
		if reason == 0 && fresh && c.tried(m.id) {
			reason = SkipTried
		}
		if reason != 0 {
			skips = append(skips, Skip{Operator: m.id, Reason: reason})
		}
	}
	return skips
}
