package api

import (
	"context"
	"net/http"

	"bandeau/directory"
)

// PauseTypeFields is what can be written of a pause type.
type PauseTypeFields struct {
	Names      Names  `json:"names" doc:"An empty one falls back to the centre's language; all empty: not shown."`
	Colour     string `json:"colour" pattern:"^#[0-9a-f]{6}$"`
	Order      int    `json:"order" minimum:"1" maximum:"1000" doc:"Default: the last."`
	MaxMinutes *int   `json:"maxMinutes" minimum:"1" maximum:"1440" doc:"Null for no limit."`
	Productive bool   `json:"productive"`
	Login      bool   `json:"login" doc:"Exactly one is true: setting it clears the other."`
}

// Names is a text in the four languages.
type Names struct {
	FR string `json:"fr" maxLength:"100"`
	EN string `json:"en" maxLength:"100"`
	IT string `json:"it" maxLength:"100"`
	ES string `json:"es" maxLength:"100"`
}

// PauseType is the answer about a pause type.
type PauseType struct {
	Record
	PauseTypeFields
}

func (s *Server) pauseTypeRoutes() {
	answer := func(_ context.Context, _ *request, p directory.PauseType) (PauseType, error) {
		return PauseType{Record: recordOf(p.Meta), PauseTypeFields: pauseTypeFields(p)}, nil
	}
	register(s, kind[directory.PauseType, PauseTypeFields, PauseType]{
		name: "pause-type", path: "/pause-types", tag: "Pause types", title: "a pause type",
		store:  func() Resource[directory.PauseType] { return s.cfg.Records.PauseTypes() },
		meta:   func(p *directory.PauseType) *directory.Meta { return &p.Meta },
		fresh:  directory.NewPauseType,
		fields: pauseTypeFields,
		apply: func(p directory.PauseType, f PauseTypeFields) directory.PauseType {
			p.Names = directory.Names{FR: f.Names.FR, EN: f.Names.EN, IT: f.Names.IT, ES: f.Names.ES}
			p.Colour, p.Order, p.MaxMinutes = f.Colour, f.Order, f.MaxMinutes
			p.Productive, p.Login = f.Productive, f.Login
			return p
		},
		settle: directory.PauseType.Normalize,
		rules: func(_ *request, p directory.PauseType, look directory.Lookup) []directory.Problem {
			return p.Validate(look)
		},
		answer: answer,
		create: storing(func() Creator[directory.PauseType] { return s.cfg.Records.PauseTypes() }, answer),
		mayDelete: func(_ *request, p directory.PauseType) error {
			if p.Login {
				return problem(http.StatusConflict, codeLastLoginPause, "this is the login pause: set login on another pause type first")
			}
			return nil
		},
	})
}

func pauseTypeFields(p directory.PauseType) PauseTypeFields {
	return PauseTypeFields{
		Names:  Names{FR: p.Names.FR, EN: p.Names.EN, IT: p.Names.IT, ES: p.Names.ES},
		Colour: p.Colour, Order: p.Order, MaxMinutes: p.MaxMinutes, Productive: p.Productive, Login: p.Login,
	}
}
