package directory

import "fmt"

// Warnings returns what is accepted though it is hardly meant.
func (g Group) Warnings(look Lookup) []Problem {
	c := &checker{look: look, self: g.ID}
	c.membership(g)
	if g.MaxWaiting != nil && *g.MaxWaiting <= 1 && g.Announcements.Position {
		c.warn("announcements.position", "says nothing: at most %d may wait", *g.MaxWaiting)
	}
	c.outwards("overflow.number", g.Overflow)
	c.hoursWarnings("openingHours", g.Hours)
	if g.Hours != nil && g.Hours.Exit.Type == ToNowhere && g.Overflow.Type == ToHangup {
		c.warn("openingHours.exit", "is not set, and the overflow hangs up: callers are hung up outside of the hours")
	}
	return c.problems
}

// membership warns of members who cannot serve as the strategy says.
func (c *checker) membership(g Group) {
	active, levels := 0, map[int]bool{}
	orders := map[int]bool{}
	for i, m := range g.Members {
		if orders[m.Order] && len(c.problems) < maxRepeats {
			c.warn(fmt.Sprintf("members[%d].order", i), "is also that of another operator: the identifier decides who comes first")
		}
		orders[m.Order] = true
		if !m.Suspended {
			active++
			levels[m.Level] = true
		}
	}
	switch {
	case len(g.Members) == 0:
		c.warn("members", "has no operator: its calls are served by nobody")
	case active == 0:
		c.warn("members", "are all suspended: its calls are served by nobody")
	case g.Strategy == StrategyEveryone && active > RingTogether:
		c.warn("members", "holds %d operators: only the first %d who are free ring together", active, RingTogether)
	case g.Strategy == StrategySkill && active > 1 && len(levels) == 1:
		c.warn("strategy", "makes no difference: every operator has the same level")
	}
}

const (
	// RingTogether is the number of operators the strategy everyone rings.
	RingTogether = 10
	// maxRepeats bounds the warnings about one list.
	maxRepeats = 20
)

// Warnings returns what is accepted though it is hardly meant.
func (n Number) Warnings(look Lookup) []Problem {
	c := &checker{look: look, self: n.ID}
	if group, ok := look.Group(n.Destination.ID); ok && n.Destination.Type == ToGroup && len(group.Members) == 0 {
		c.warn("destination.id", "leads to a group without an operator: its calls are served by nobody")
	}
	c.outwards("destination.number", n.Destination)
	c.outwards("overflow.number", n.Overflow)
	c.hoursWarnings("openingHours", n.Hours)
	return c.problems
}

func (c *checker) hoursWarnings(field string, h *Hours) {
	if h == nil {
		return
	}
	if h.NeverOpens() {
		c.warn(field+".weekly", "never opens: every call takes the way for closed hours")
	}
	c.outwards(field+".exit.number", h.Exit)
}

// outwards warns of a number of the centre itself, which is called like any
// other and comes back.
func (c *checker) outwards(field string, d Destination) {
	if d.Type == ToNumber && c.look.HasServiceNumber(d.Number) {
		c.warn(field, "is a number of this centre: the call leaves and comes back as a new one, perhaps for ever")
	}
}

func (c *checker) warn(field, rule string, args ...any) { c.refuse(Warning, field, rule, args...) }
