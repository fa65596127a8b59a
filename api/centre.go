package api

import (
	"context"
	"fmt"
	"net/http"

	"bandeau/directory"
)

// CentreFields is what can be written of the centre.
type CentreFields struct {
	Name            string  `json:"name" minLength:"1" maxLength:"100"`
	Language        string  `json:"language" enum:"fr,en,it,es" doc:"Default fr."`
	TimeZone        string  `json:"timeZone" doc:"An IANA name; default Europe/Paris."`
	DialCountry     string  `json:"dialCountry" minLength:"2" maxLength:"2" doc:"Default FR."`
	MainNumber      *string `json:"mainNumber" doc:"One of the service numbers; the first one created becomes it."`
	RecordingNotice bool    `json:"recordingNotice" doc:"Default true."`
	ShowListening   bool    `json:"showListening" doc:"The banner tells an operator that a supervisor hears his call; default true."`
}

// Centre is the answer about the centre.
type Centre struct {
	Record
	CentreFields
}

type ifMatch struct {
	IfMatch string `header:"If-Match" doc:"Only if the record still has this ETag."`
}

// centreKind is not registered: there is one centre, without an identifier in
// the path. Its parts are used all the same.
func (s *Server) centreKind() kind[directory.Centre, CentreFields, Centre] {
	return kind[directory.Centre, CentreFields, Centre]{
		name: "centre",
		meta: func(c *directory.Centre) *directory.Meta { return &c.Meta },
		fresh: func(look directory.Lookup) directory.Centre {
			fresh := directory.NewCentre("") // a name has no default: null is refused
			fresh.Meta = look.Centre().Meta
			return fresh
		},
		fields: centreFields,
		apply: func(c directory.Centre, f CentreFields) directory.Centre {
			c.Name, c.Language, c.TimeZone = f.Name, directory.Language(f.Language), f.TimeZone
			c.DialCountry, c.MainNumber, c.RecordingNotice = f.DialCountry, orEmpty[string](f.MainNumber), f.RecordingNotice
			c.ShowListening = f.ShowListening
			return c
		},
		settle: directory.Centre.Normalize,
		rules: func(_ *request, c directory.Centre, look directory.Lookup) []directory.Problem {
			return c.Validate(look)
		},
		answer: func(_ context.Context, _ *request, c directory.Centre) (Centre, error) {
			return Centre{Record: recordOf(c.Meta), CentreFields: centreFields(c)}, nil
		},
		store: func() Resource[directory.Centre] { return oneCentre{s.cfg.Records.Centres()} },
	}
}

// oneCentre lets the centre be read and changed like any other record.
type oneCentre struct{ centres Centres }

func (o oneCentre) Get(ctx context.Context, _, id directory.ID) (directory.Centre, error) {
	return o.centres.Get(ctx, id)
}

func (o oneCentre) Update(ctx context.Context, c directory.Centre) (directory.Centre, error) {
	return o.centres.Update(ctx, c)
}

func (o oneCentre) List(context.Context, directory.ID, Page) ([]directory.Centre, string, error) {
	return nil, "", ErrNotFound
}

func (o oneCentre) Delete(context.Context, directory.ID, directory.ID, int64) error {
	return ErrNotFound
}

func (s *Server) centreRoutes() {
	k := s.centreKind()
	add(s, route{
		id: "get-centre", method: http.MethodGet, path: "/centre", tag: "Centre", summary: "Read the centre",
	}, func(ctx context.Context, _ *struct{}) (*recordOutput[Centre], error) {
		return k.get(ctx, string(from(ctx).who.centre))
	})
	add(s, route{
		id: "patch-centre", method: http.MethodPatch, path: "/centre", tag: "Centre", summary: "Change the centre",
		about: patchAbout, body: CentreFields{}, errors: []int{http.StatusConflict, http.StatusPreconditionFailed},
	}, func(ctx context.Context, in *ifMatch) (*recordOutput[Centre], error) {
		id := Identified{ID: string(from(ctx).who.centre)}
		return k.patch(ctx, s, &Conditional{Identified: id, IfMatch: in.IfMatch})
	})
}

func centreFields(c directory.Centre) CentreFields {
	return CentreFields{
		Name: c.Name, Language: string(c.Language), TimeZone: c.TimeZone, DialCountry: c.DialCountry,
		MainNumber: orNull(c.MainNumber), RecordingNotice: c.RecordingNotice,
		ShowListening: c.ShowListening,
	}
}

// Mail is the answer about a mail of the outbox, never with its body: that
// holds a password.
type Mail struct {
	Record

	To          string              `json:"to"`
	Subject     string              `json:"subject"`
	State       directory.MailState `json:"state" enum:"waiting,sent,failed"`
	Attempts    int                 `json:"attempts"`
	LastError   *string             `json:"lastError"`
	NextAttempt *Time               `json:"nextAttempt" doc:"Null when there is none to come."`
	SentAt      *Time               `json:"sentAt"`
}

func (s *Server) outboxRoutes() {
	add(s, route{
		id: "list-outbox", method: http.MethodGet, path: "/outbox", tag: "Outbox", summary: "List the mails",
		errors: []int{http.StatusUnprocessableEntity},
	}, func(ctx context.Context, in *Paged) (*listOutput[Mail], error) {
		mails, next, err := s.cfg.Records.Outbox().List(ctx, from(ctx).who.centre, in.page())
		if err != nil {
			return nil, fmt.Errorf("list outbox: %w", err)
		}
		out := &listOutput[Mail]{Body: List[Mail]{Items: []Mail{}, Next: next}}
		for _, m := range mails {
			out.Body.Items = append(out.Body.Items, mailBody(m))
		}
		return out, nil
	})
	add(s, route{
		id: "get-outbox-mail", method: http.MethodGet, path: "/outbox/{id}", tag: "Outbox", summary: "Read a mail's fate",
	}, func(ctx context.Context, in *Identified) (*recordOutput[Mail], error) {
		m, err := s.cfg.Records.Outbox().Get(ctx, from(ctx).who.centre, directory.ID(in.ID))
		if err != nil {
			return nil, fmt.Errorf("read mail: %w", err)
		}
		return &recordOutput[Mail]{ETag: etag(m.Revision), Body: mailBody(m)}, nil
	})
}

func mailBody(m directory.Mail) Mail {
	body := Mail{
		Record: recordOf(m.Meta), To: m.To, Subject: m.Subject, State: m.State, Attempts: m.Attempts,
		LastError: orNull(m.LastError), SentAt: moment(m.SentAt),
	}
	if m.State == directory.MailWaiting {
		body.NextAttempt = moment(m.NextAttempt)
	}
	return body
}
