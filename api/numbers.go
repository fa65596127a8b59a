package api

import (
	"context"

	"bandeau/directory"
)

// NumberFields is what can be written of a service number.
type NumberFields struct {
	Number       string        `json:"number" doc:"Once on the node." example:"+33170200200"`
	Label        string        `json:"label" maxLength:"100"`
	Destination  Destination   `json:"destination" doc:"Default hangup."`
	Record       bool          `json:"record"`
	Overflow     *Destination  `json:"overflow" doc:"Group, number or hangup: takes a call its operator did not."`
	Answer       string        `json:"answer" enum:"atOnce,onOperator" doc:"Default atOnce; onOperator keeps the caller in early media."`
	OpeningHours *OpeningHours `json:"openingHours" doc:"Null: always open."`
}

// Number is the answer about a service number.
type Number struct {
	Record
	NumberFields

	Warnings []Warning `json:"warnings" readOnly:"true" doc:"What is accepted though it is hardly meant."`
}

func (s *Server) numberRoutes() {
	answer := func(ctx context.Context, r *request, n directory.Number) (Number, error) {
		look, err := s.lookup(ctx, r)
		if err != nil {
			return Number{}, err
		}
		return Number{Record: recordOf(n.Meta), NumberFields: numberFields(n), Warnings: warningsOf(n.Warnings(look))}, nil
	}
	register(s, kind[directory.Number, NumberFields, Number]{
		name: "number", path: "/numbers", tag: "Numbers", title: "a service number",
		required: []string{"number"},
		store:    func() Resource[directory.Number] { return s.cfg.Records.Numbers() },
		meta:     func(n *directory.Number) *directory.Meta { return &n.Meta },
		fresh:    func(look directory.Lookup) directory.Number { return directory.NewNumber(look.Centre()) },
		fields:   numberFields,
		apply:    applyNumber,
		settle:   directory.Number.Normalize,
		rules: func(_ *request, n directory.Number, look directory.Lookup) []directory.Problem {
			return n.Validate(look)
		},
		answer: answer,
		create: storing(func() Creator[directory.Number] { return s.cfg.Records.Numbers() }, answer),
	})
}

func numberFields(n directory.Number) NumberFields {
	f := NumberFields{
		Number: n.Number, Label: n.Label, Destination: destinationOf(n.Destination), Record: n.Record, Answer: string(n.Answer),
		OpeningHours: hoursOf(n.Hours),
	}
	if n.Overflow.Type != directory.ToNowhere {
		overflow := destinationOf(n.Overflow)
		f.Overflow = &overflow
	}
	return f
}

func applyNumber(n directory.Number, f NumberFields) directory.Number {
	n.Number, n.Label, n.Record, n.Answer = f.Number, f.Label, f.Record, directory.Answer(f.Answer)
	n.Destination, n.Overflow = f.Destination.destination(), directory.Destination{}
	if f.Overflow != nil {
		n.Overflow = f.Overflow.destination()
	}
	n.Hours = f.OpeningHours.hours()
	return n
}
