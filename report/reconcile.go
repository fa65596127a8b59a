package report

import (
	"fmt"
	"maps"
	"slices"

	"bandeau/acd"
)

// CountVisits returns the figures of each group over the visits given. Talk is
// not known from visits.
func CountVisits(visits []Visit) map[acd.GroupID]GroupCounts {
	counts := map[acd.GroupID]GroupCounts{}
	for _, v := range visits {
		c := counts[v.Group]
		c.Offered++
		switch v.How {
		case acd.LeftAnswered:
			c.Answered++
			c.Wait += span(v.From, v.To)
			if v.InLevel {
				c.InLevel++
			}
		case acd.LeftAbandoned:
			c.Abandoned++
		case acd.LeftOverflowed:
			c.Overflowed++
		default: // still in the group
			c.Waiting++
		}
		counts[v.Group] = c
	}
	return counts
}

// Balanced reports whether offered = answered + abandoned + overflowed + waiting.
func (c GroupCounts) Balanced() bool {
	return c.Offered == c.Answered+c.Abandoned+c.Overflowed+c.Waiting
}

// Reconcile compares the figures computed from every row of a centre with the
// fold's, group by group, and returns what differs.
func Reconcile(counts map[acd.GroupID]GroupCounts, live []acd.GroupView) []error {
	var wrong []error
	seen := map[acd.GroupID]bool{}
	for _, g := range live {
		seen[g.ID] = true
		c := counts[g.ID]
		if !c.Balanced() {
			wrong = append(wrong, fmt.Errorf("group %s: rows do not balance: %+v", g.ID, c))
		}
		rows := [5]int{c.Offered, c.Answered, c.Abandoned, c.Overflowed, c.Waiting}
		fold := [5]int{int(g.Offered), int(g.Answered), int(g.Abandoned), int(g.Overflowed), g.Waiting}
		if rows != fold {
			wrong = append(wrong, fmt.Errorf("group %s: rows %v, fold %v (offered, answered, abandoned, overflowed, waiting)",
				g.ID, rows, fold))
		}
	}
	for _, id := range slices.Sorted(maps.Keys(counts)) {
		if !seen[id] && counts[id].Waiting != 0 {
			wrong = append(wrong, fmt.Errorf("group %s: %d calls wait in a group that is gone", id, counts[id].Waiting))
		}
	}
	return wrong
}
