package api

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"bandeau/acd"
	"bandeau/directory"
)

// PhoneOffered is a phone that is proposed to an operator.
type PhoneOffered struct {
	Kind     string  `json:"kind" enum:"external,centrex,browser"`
	Number   *string `json:"number"`
	Account  *string `json:"account"`
	Fallback *string `json:"fallback" doc:"Of browser: the number that is rung while it cannot be reached."`
}

// PhoneToChoose is a Centrex phone an operator may give as his, or a supervisor
// may listen on.
type PhoneToChoose struct {
	ID     string  `json:"id"`
	Label  string  `json:"label"`
	Number *string `json:"number" doc:"An internal number."`
	InUse  bool    `json:"inUse" doc:"It serves another operator who is logged in."`
}

// allPhones is how many phones are read at once: most centres have fewer.
const allPhones = 500

func (s *Server) myPhoneRoutes() {
	add(s, route{
		id: "get-my-phones", method: http.MethodGet, path: "/me/phones", tag: tagMe, summary: "The Centrex phones I may choose from",
		about: "403 unless allowPhoneChange, or askPhoneAtLogin and none was given in this session yet.",
	}, s.myPhones)
}

func (s *Server) myPhones(ctx context.Context, _ *struct{}) (*listOutput[PhoneToChoose], error) {
	r := from(ctx)
	floor, err := s.floorOf(r.who.centre)
	if err != nil {
		return nil, err
	}
	record, err := s.recordOf(ctx, r.who)
	if err != nil {
		return nil, err
	}
	if view, _ := floor.Operator(r.who.operator()); !mayGivePhone(record, view) {
		return nil, problem(http.StatusForbidden, string(acd.ErrPhoneChange), "this operator may not change his phone")
	}
	return s.choosable(ctx, r.who.centre, phonesOfOthers(floor, r.who.operator()))
}

// choosable lists the phones of a centre; served are those that somebody has.
func (s *Server) choosable(
	ctx context.Context, centre directory.ID, served map[acd.AccountID]bool,
) (*listOutput[PhoneToChoose], error) {
	out := &listOutput[PhoneToChoose]{Body: List[PhoneToChoose]{Items: []PhoneToChoose{}}}
	for page := (Page{Limit: allPhones}); ; {
		phones, next, err := s.cfg.Records.Phones().List(ctx, centre, page)
		if err != nil {
			return nil, fmt.Errorf("list phones: %w", err)
		}
		for _, p := range phones {
			out.Body.Items = append(out.Body.Items, PhoneToChoose{
				ID: string(p.ID), Label: p.Label, Number: orNull(p.Number), InUse: served[acd.AccountID(p.ID)],
			})
		}
		if page.Cursor = next; next == "" {
			return out, nil
		}
	}
}

// phonesOfOthers are the Centrex phones that serve somebody else. A phone
// serves the first who has it; the others find it in use.
func phonesOfOthers(floor Floor, me acd.OperatorID) map[acd.AccountID]bool {
	served := map[acd.AccountID]bool{}
	for _, o := range floor.Snapshot().Operators {
		if o.ID != me && o.Phone.Kind == acd.PhoneCentrex && o.PhoneState != acd.PhoneInUse {
			served[o.Phone.Account] = true
		}
	}
	return served
}

// offeredPhone is what an operator is proposed who has to give his phone
// (OP-13): the one of his last session, else the one on record; nil when there
// is none, or it has gone.
func (s *Server) offeredPhone(ctx context.Context, record directory.Operator, view acd.OperatorView) (*PhoneOffered, error) {
	for _, phone := range []acd.Phone{view.LastPhone, corePhone(record.Phone)} {
		switch phone.Kind {
		case acd.PhoneExternal, acd.PhoneBrowser:
		case acd.PhoneCentrex:
			_, err := s.cfg.Records.Phones().Get(ctx, record.Centre, directory.ID(phone.Account))
			if errors.Is(err, ErrNotFound) {
				continue
			}
			if err != nil {
				return nil, fmt.Errorf("read phone: %w", err)
			}
		case acd.PhoneNone:
			continue
		}
		return &PhoneOffered{
			Kind: phoneKindWord(phone.Kind), Number: orNull(phone.Number), Account: orNull(phone.Account), Fallback: orNull(phone.Fallback),
		}, nil
	}
	return nil, nil //nolint:nilnil // nothing to offer is an answer
}
