package directory

import (
	"cmp"
	"fmt"
	"slices"
)

// MaxMembers is the largest number of operators in a group.
const MaxMembers = 10_000

// NewGroup returns a group with the defaults of the specification.
func NewGroup(centre Centre) Group {
	return Group{
		Meta:          Meta{Centre: centre.ID},
		Colour:        "#1d4ed8",
		Strategy:      StrategyLongestIdle,
		Priority:      50,
		Overflow:      Destination{Type: ToHangup},
		WhenNobody:    NobodyWait,
		ServiceLevel:  ServiceLevel{Seconds: 20, Percent: 80},
		Announcements: Announcements{EverySeconds: 60},
	}
}

// NewMember returns a member with the defaults of the specification; the
// position in the list is counted from 0.
func NewMember(operator ID, position int) Member {
	return Member{Operator: operator, Order: position + 1, Level: 1}
}

// Ordered returns the members as calls are offered to them: by order, those of
// the same order by identifier.
func (g Group) Ordered() []Member {
	members := slices.Clone(g.Members)
	slices.SortFunc(members, func(a, b Member) int {
		return cmp.Or(cmp.Compare(a.Order, b.Order), cmp.Compare(a.Operator, b.Operator))
	})
	return members
}

// Normalize returns the record in its stored form.
func (g Group) Normalize(look Lookup) Group {
	trim(&g.Name)
	lower(&g.Colour)
	countries := []string{look.Centre().DialCountry}
	g.OutgoingNumber = normalDialable(g.OutgoingNumber, countries)
	g.TransferNumber = normalDialable(g.TransferNumber, countries)
	g.Overflow = g.Overflow.normalize(countries)
	g.Hours = normalHours(g.Hours, countries)
	return g
}

// Validate returns every rule the group breaks.
func (g Group) Validate(look Lookup) []Problem {
	c := &checker{look: look, self: g.ID}
	c.text("name", g.Name, 1, maxText)
	c.colour("colour", g.Colour)
	oneOf(c, "strategy", g.Strategy, []Strategy{
		StrategyFixed, StrategyLongestIdle, StrategyRandom, StrategyRotating, StrategyEveryone,
		StrategyFewestCalls, StrategySkill,
	})
	c.within("priority", g.Priority, 1, 100)
	c.within("wrapUpSeconds", g.WrapUpSeconds, 0, 3600)
	c.dialable("outgoingNumber", g.OutgoingNumber)
	c.dialable("transferNumber", g.TransferNumber)
	c.optionalWithin("maxWaiting", g.MaxWaiting, 0, 100_000)
	c.optionalWithin("maxWaitSeconds", g.MaxWaitSeconds, 0, 86_400)
	if g.Overflow.Type == ToNowhere {
		c.invalid("overflow.type", "is required")
	}
	c.overflow("overflow", g.Overflow)
	c.hours("openingHours", g.Hours)
	c.groupRing(g)
	c.sound("holdMusic", g.HoldMusic)
	c.sound("announcements.welcome", g.Announcements.Welcome)
	c.sound("announcements.periodic", g.Announcements.Periodic)
	c.within("announcements.everySeconds", g.Announcements.EverySeconds, 15, 3600)
	oneOf(c, "whenNobody", g.WhenNobody, []WhenNobody{NobodyWait, NobodyOverflow})
	c.within("serviceLevel.seconds", g.ServiceLevel.Seconds, 1, 3600)
	c.within("serviceLevel.percent", g.ServiceLevel.Percent, 1, 100)
	c.members(g.Members)
	return c.problems
}

func (c *checker) members(members []Member) {
	if len(members) > MaxMembers {
		c.invalid("members", "must hold at most %d operators", MaxMembers)
		return
	}
	seen := make(map[ID]bool, len(members))
	for i, m := range members {
		field := fmt.Sprintf("members[%d]", i)
		switch {
		case seen[m.Operator]:
			c.invalid(field+".operator", "must not stand in the list twice")
		case !c.look.HasOperator(m.Operator):
			c.invalid(field+".operator", "must be an operator of this centre")
		}
		seen[m.Operator] = true
		c.within(field+".order", m.Order, 1, MaxMembers)
		c.within(field+".level", m.Level, 1, 9)
	}
}

// groupRing refuses a way out of the group that comes back to it, over the
// overflows and the exits for closed hours of others. The group's own are those
// being saved; those of the others are as stored. Two groups saved at the same
// time may still close a ring: the core ends a call that overflows too often.
func (c *checker) groupRing(g Group) {
	for _, way := range g.ways() {
		if way.to == g.ID && g.ID != "" {
			c.refuse(Conflict, way.field, "must not be the group itself")
		} else if g.ID != "" && c.leadsTo(way.to, g.ID) {
			c.refuse(Conflict, way.field, "must not lead back to the group over other groups")
		}
	}
}

// way is a field by which calls leave a group for another.
type way struct {
	field string
	to    ID
}

func (g Group) ways() []way {
	var ways []way
	if g.Overflow.Type == ToGroup {
		ways = append(ways, way{"overflow.id", g.Overflow.ID})
	}
	if g.Hours != nil && g.Hours.Exit.Type == ToGroup {
		ways = append(ways, way{"openingHours.exit.id", g.Hours.Exit.ID})
	}
	return ways
}

// leadsTo reports whether calls may come from one group to another.
func (c *checker) leadsTo(from, to ID) bool {
	seen, open := map[ID]bool{from: true}, []ID{from}
	for len(open) > 0 {
		other, _ := c.look.Group(open[0])
		open = open[1:]
		for _, next := range other.ways() {
			if next.to == to {
				return true
			}
			if !seen[next.to] {
				seen[next.to] = true
				open = append(open, next.to)
			}
		}
	}
	return false
}

// normalize returns the destination in its stored form: what does not belong
// to its type is emptied.
func (d Destination) normalize(countries []string) Destination {
	switch d.Type {
	case ToGroup, ToOperator:
		d.Number = ""
	case ToNumber:
		d.ID = ""
		d.Number = normalDialable(d.Number, countries)
	case ToHangup, ToNowhere:
		d.ID, d.Number = "", ""
	case ToIVR, ToVoicemail:
	}
	return d
}

// overflow checks where a group or a number sends the calls it cannot serve.
func (c *checker) overflow(field string, d Destination) {
	c.destination(field, d, []DestinationType{ToGroup, ToNumber, ToHangup}, ToVoicemail)
}

func (c *checker) destination(field string, d Destination, allowed []DestinationType, later ...DestinationType) {
	if d.Type == ToNowhere {
		return
	}
	oneOf(c, field+".type", d.Type, allowed, later...)
	if !slices.Contains(allowed, d.Type) {
		return
	}
	switch d.Type {
	case ToGroup:
		if _, ok := c.look.Group(d.ID); !ok {
			c.invalid(field+".id", "must be a group of this centre")
		}
	case ToOperator:
		if !c.look.HasOperator(d.ID) {
			c.invalid(field+".id", "must be an operator of this centre")
		}
	case ToNumber:
		c.automaticNumber(field+".number", d.Number)
	case ToHangup, ToNowhere, ToIVR, ToVoicemail:
	}
}
