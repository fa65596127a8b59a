package api

import (
	"context"
	"fmt"
	"net/http"

	"bandeau/directory"
)

// PhoneFields is what can be written of a Centrex phone.
type PhoneFields struct {
	Label    string  `json:"label" minLength:"1" maxLength:"100"`
	Username string  `json:"username" minLength:"1" maxLength:"64" doc:"Of the SIP account; unique on the node; generated if absent."`
	Number   *string `json:"number" pattern:"^[0-9]{2,6}$" doc:"An internal number."`
}

// Phone is the answer about a Centrex phone.
type Phone struct {
	Record
	PhoneFields

	Registered bool           `json:"registered" readOnly:"true"`
	Contacts   []PhoneContact `json:"contacts" readOnly:"true" doc:"Where it is registered now."`
	// Password is in two answers only.
	Password string `json:"password,omitempty" readOnly:"true" doc:"Only in the answer to the creation and to a new password; the realm is bandeau."`
}

// PhoneContact is a registration of a phone.
type PhoneContact struct {
	URI       string `json:"uri"`
	Source    string `json:"source" doc:"Address and port it registered from."`
	Transport string `json:"transport" enum:"udp,tcp,tls"`
	UserAgent string `json:"userAgent"`
	ExpiresAt Time   `json:"expiresAt"`
}

func (s *Server) phoneKind() kind[directory.Phone, PhoneFields, Phone] {
	return kind[directory.Phone, PhoneFields, Phone]{
		name: "phone", path: "/phones", tag: "Phones", title: "a Centrex phone",
		required: []string{"label"},
		store:    func() Resource[directory.Phone] { return s.cfg.Records.Phones() },
		meta:     func(p *directory.Phone) *directory.Meta { return &p.Meta },
		fresh: func(look directory.Lookup) directory.Phone {
			p := directory.NewPhone(look.Centre())
			// Without randomness the name stays empty, which the rules refuse.
			if name, err := directory.GenerateUsername(s.cfg.Random); err == nil {
				p.Username = name
			}
			return p
		},
		fields: func(p directory.Phone) PhoneFields {
			return PhoneFields{Label: p.Label, Username: p.Username, Number: orNull(p.Number)}
		},
		apply: func(p directory.Phone, f PhoneFields) directory.Phone {
			p.Label, p.Username, p.Number = f.Label, f.Username, orEmpty[string](f.Number)
			return p
		},
		settle: directory.Phone.Normalize,
		rules: func(_ *request, p directory.Phone, look directory.Lookup) []directory.Problem {
			return p.Validate(look)
		},
		answer: s.phoneBody,
		create: func(ctx context.Context, r *request, p directory.Phone) (directory.Phone, Phone, error) {
			secret, err := directory.GeneratePhonePassword(s.cfg.Random)
			if err != nil {
				return p, Phone{}, fmt.Errorf("generate password: %w", err)
			}
			created, err := s.cfg.Records.Phones().Create(ctx, p, directory.Secret(secret))
			if err != nil {
				return p, Phone{}, err
			}
			body, err := s.phoneBody(ctx, r, created)
			body.Password = secret
			return created, body, err
		},
	}
}

func (s *Server) phoneRoutes() {
	k := s.phoneKind()
	register(s, k)
	add(s, route{
		id: "new-phone-password", method: http.MethodPost, path: "/phones/{id}/password", tag: "Phones",
		summary: "Give a phone a new password", about: "Answers the password, once; registrations with the old one end.",
	}, func(ctx context.Context, in *Identified) (*recordOutput[Phone], error) {
		r := from(ctx)
		record, err := k.read(ctx, r, in.ID)
		if err != nil {
			return nil, err
		}
		secret, err := directory.GeneratePhonePassword(s.cfg.Random)
		if err != nil {
			return nil, fmt.Errorf("generate password: %w", err)
		}
		record, err = s.cfg.Records.Phones().SetSecret(ctx, r.who.centre, record.ID, directory.Secret(secret))
		if err != nil {
			return nil, fmt.Errorf("set password: %w", err)
		}
		out, err := k.output(ctx, r, record)
		if err == nil {
			out.Body.Password = secret
		}
		return out, err
	})
}

func (s *Server) phoneBody(ctx context.Context, _ *request, p directory.Phone) (Phone, error) {
	body := Phone{
		Record:      recordOf(p.Meta),
		PhoneFields: PhoneFields{Label: p.Label, Username: p.Username, Number: orNull(p.Number)},
		Contacts:    []PhoneContact{},
	}
	contacts, err := s.cfg.Records.Phones().Contacts(ctx, p.Centre, p.ID)
	if err != nil {
		return body, fmt.Errorf("contacts of phone: %w", err)
	}
	for _, c := range contacts {
		body.Contacts = append(body.Contacts, PhoneContact{
			URI: c.URI, Source: c.Source, Transport: c.Transport, UserAgent: c.UserAgent, ExpiresAt: Time{c.ExpiresAt},
		})
	}
	body.Registered = len(body.Contacts) > 0
	return body, nil
}
