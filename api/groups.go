package api

import (
	"context"

	"bandeau/directory"
)

// GroupFields is what can be written of a skill group.
type GroupFields struct {
	Name                     string        `json:"name" minLength:"1" maxLength:"100"`
	Colour                   string        `json:"colour" pattern:"^#[0-9a-f]{6}$"`
	Strategy                 string        `json:"strategy" enum:"fixed,longest_idle,random,rotating,everyone,fewest_calls,skill" doc:"Default longest_idle."`
	Priority                 int           `json:"priority" minimum:"1" maximum:"100" doc:"1 is the most urgent; default 50."`
	WrapUpSeconds            int           `json:"wrapUpSeconds" minimum:"0" maximum:"3600" doc:"Default 0."`
	OutgoingNumber           *string       `json:"outgoingNumber" doc:"Presented on calls made for the group; null: the operator's own caller ID."`
	TransferNumber           *string       `json:"transferNumber" doc:"Presented when a call of the group is forwarded; null: the caller's number."`
	Record                   GroupRecord   `json:"record"`
	OperatorMayStopRecording bool          `json:"operatorMayStopRecording"`
	OperatorMayKeepRecording bool          `json:"operatorMayKeepRecording"`
	PickUp                   bool          `json:"pickUp" doc:"Members may take a call that rings at a colleague."`
	MaxWaiting               *int          `json:"maxWaiting" minimum:"0" maximum:"100000" doc:"Null for no limit."`
	MaxWaitSeconds           *int          `json:"maxWaitSeconds" minimum:"0" maximum:"86400" doc:"Null for no limit; 0: who finds nobody free overflows at once."`
	Overflow                 Destination   `json:"overflow" doc:"Group, number or hangup; default hangup."`
	WhenNobody               string        `json:"whenNobody" enum:"wait,overflow" doc:"Default wait."`
	ServiceLevel             ServiceLevel  `json:"serviceLevel"`
	HoldMusic                *string       `json:"holdMusic" doc:"The identifier of a sound; null: the product's own music."`
	Announcements            Announcements `json:"announcements"`
	OpeningHours             *OpeningHours `json:"openingHours" doc:"Null: always open."`
	Members                  []Member      `json:"members" maxItems:"10000"`
}

// GroupRecord says which calls of a group are recorded.
type GroupRecord struct {
	Inbound  bool `json:"inbound"`
	Outbound bool `json:"outbound"`
}

// Announcements are what a group says to its waiting callers. None of them
// delays an operator.
type Announcements struct {
	Welcome       *string `json:"welcome" doc:"The identifier of a sound, said once on arrival."`
	Position      bool    `json:"position" doc:"Tells the caller his place in the queue."`
	EstimatedWait bool    `json:"estimatedWait" doc:"Tells the caller how long he will probably wait."`
	Periodic      *string `json:"periodic" doc:"The identifier of a sound, said again and again."`
	EverySeconds  int     `json:"everySeconds" minimum:"15" maximum:"3600" doc:"From the end of an announcement to the next; default 60."`
}

// ServiceLevel is the share of calls to be answered within a time.
type ServiceLevel struct {
	Seconds int `json:"seconds" minimum:"1" maximum:"3600" doc:"Default 20."`
	Percent int `json:"percent" minimum:"1" maximum:"100" doc:"Default 80."`
}

// Destination is where a call goes.
type Destination struct {
	Type   string  `json:"type" enum:"group,operator,number,hangup" union:"true"`
	ID     *string `json:"id,omitempty" doc:"The group or the operator."`
	Number *string `json:"number,omitempty" doc:"Of the type number."`
}

func destinationOf(d directory.Destination) Destination {
	return Destination{Type: string(d.Type), ID: orNull(d.ID), Number: orNull(d.Number)}
}

func (d Destination) destination() directory.Destination {
	return directory.Destination{
		Type: directory.DestinationType(d.Type), ID: orEmpty[directory.ID](d.ID), Number: orEmpty[string](d.Number),
	}
}

// Member is an operator's place in a group.
type Member struct {
	Operator  string `json:"operator" must:"true" doc:"The identifier of the operator."`
	Order     *int   `json:"order,omitempty" minimum:"1" maximum:"10000" doc:"Default: the place in the list."`
	Level     int    `json:"level" minimum:"1" maximum:"9" doc:"1 is the most skilled; default 1."`
	Suspended bool   `json:"suspended"`
}

func (Member) itemDefault() any { return Member{Level: 1} }

// Group is the answer about a skill group.
type Group struct {
	Record
	GroupFields

	Warnings []Warning `json:"warnings" readOnly:"true" doc:"What is accepted though it is hardly meant."`
}

func (s *Server) groupRoutes() {
	answer := func(ctx context.Context, r *request, g directory.Group) (Group, error) {
		look, err := s.lookup(ctx, r)
		if err != nil {
			return Group{}, err
		}
		return Group{Record: recordOf(g.Meta), GroupFields: groupFields(g), Warnings: warningsOf(g.Warnings(look))}, nil
	}
	register(s, kind[directory.Group, GroupFields, Group]{
		name: "group", path: "/groups", tag: "Groups", title: "a group",
		about: "A supervisor sees his groups. A group that a number or another group leads to is not deleted; when one " +
			"is, its waiting callers take its overflow (its phones stop ringing, and without a place to go they are hung up).",
		required: []string{"name"},
		store:    func() Resource[directory.Group] { return s.cfg.Records.Groups() },
		meta:     func(g *directory.Group) *directory.Meta { return &g.Meta },
		fresh:    func(look directory.Lookup) directory.Group { return directory.NewGroup(look.Centre()) },
		fields:   groupFields,
		apply:    applyGroup,
		settle:   directory.Group.Normalize,
		rules: func(_ *request, g directory.Group, look directory.Lookup) []directory.Problem {
			return g.Validate(look)
		},
		answer: answer,
		create: storing(func() Creator[directory.Group] { return s.cfg.Records.Groups() }, answer),
		sees:   func(r *request, g directory.Group) (bool, error) { return r.who.seesGroup(g.ID), nil },
	})
}

func groupFields(g directory.Group) GroupFields {
	f := GroupFields{
		Name: g.Name, Colour: g.Colour, Strategy: string(g.Strategy), Priority: g.Priority, WrapUpSeconds: g.WrapUpSeconds,
		OutgoingNumber: orNull(g.OutgoingNumber), TransferNumber: orNull(g.TransferNumber),
		Record:                   GroupRecord{Inbound: g.Record.Inbound, Outbound: g.Record.Outbound},
		OperatorMayStopRecording: g.OperatorMayStopRecording, OperatorMayKeepRecording: g.OperatorMayKeepRecording,
		PickUp:     g.PickUp,
		MaxWaiting: g.MaxWaiting, MaxWaitSeconds: g.MaxWaitSeconds, Overflow: destinationOf(g.Overflow),
		WhenNobody:   string(g.WhenNobody),
		ServiceLevel: ServiceLevel{Seconds: g.ServiceLevel.Seconds, Percent: g.ServiceLevel.Percent},
		HoldMusic:    orNull(g.HoldMusic),
		Announcements: Announcements{
			Welcome: orNull(g.Announcements.Welcome), Position: g.Announcements.Position,
			EstimatedWait: g.Announcements.EstimatedWait, Periodic: orNull(g.Announcements.Periodic),
			EverySeconds: g.Announcements.EverySeconds,
		},
		OpeningHours: hoursOf(g.Hours),
		Members:      []Member{},
	}
	for _, m := range g.Ordered() {
		f.Members = append(f.Members, Member{
			Operator: string(m.Operator), Order: &m.Order, Level: m.Level, Suspended: m.Suspended,
		})
	}
	return f
}

func applyGroup(g directory.Group, f GroupFields) directory.Group {
	g.Name, g.Colour, g.Strategy, g.Priority = f.Name, f.Colour, directory.Strategy(f.Strategy), f.Priority
	g.WrapUpSeconds = f.WrapUpSeconds
	g.OutgoingNumber, g.TransferNumber = orEmpty[string](f.OutgoingNumber), orEmpty[string](f.TransferNumber)
	g.Record = directory.GroupRecord{Inbound: f.Record.Inbound, Outbound: f.Record.Outbound}
	g.OperatorMayStopRecording, g.OperatorMayKeepRecording = f.OperatorMayStopRecording, f.OperatorMayKeepRecording
	g.PickUp = f.PickUp
	g.MaxWaiting, g.MaxWaitSeconds = f.MaxWaiting, f.MaxWaitSeconds
	g.Overflow, g.WhenNobody = f.Overflow.destination(), directory.WhenNobody(f.WhenNobody)
	g.ServiceLevel = directory.ServiceLevel{Seconds: f.ServiceLevel.Seconds, Percent: f.ServiceLevel.Percent}
	g.HoldMusic = orEmpty[directory.ID](f.HoldMusic)
	g.Announcements = directory.Announcements{
		Welcome: orEmpty[directory.ID](f.Announcements.Welcome), Position: f.Announcements.Position,
		EstimatedWait: f.Announcements.EstimatedWait, Periodic: orEmpty[directory.ID](f.Announcements.Periodic),
		EverySeconds: f.Announcements.EverySeconds,
	}
	g.Hours = f.OpeningHours.hours()
	g.Members = make([]directory.Member, 0, len(f.Members))
	for i, m := range f.Members {
		member := directory.NewMember(directory.ID(m.Operator), i)
		if m.Order != nil {
			member.Order = *m.Order
		}
		member.Level, member.Suspended = m.Level, m.Suspended
		g.Members = append(g.Members, member)
	}
	return g
}
