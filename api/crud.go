package api

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"reflect"

	"bandeau/directory"
)

// Record is what every record carries.
type Record struct {
	ID        string `json:"id" doc:"Opaque." readOnly:"true"`
	CreatedAt Time   `json:"createdAt" readOnly:"true"`
	UpdatedAt Time   `json:"updatedAt" readOnly:"true"`
}

func recordOf(m directory.Meta) Record {
	return Record{ID: string(m.ID), CreatedAt: Time{m.CreatedAt}, UpdatedAt: Time{m.UpdatedAt}}
}

// kind describes one kind of record: R is the record, F what can be written of
// it, B how it is answered.
type kind[R, F, B any] struct {
	name     string // "operator", in the operations' identifiers
	path     string // "/operators"
	tag      string
	title    string // "an operator", in the summaries
	about    string
	required []string
	store    func() Resource[R]
	meta     func(*R) *directory.Meta
	// fresh is a new record with the defaults.
	fresh func(directory.Lookup) R
	// fields and apply convert between a record and what can be written.
	fields func(R) F
	apply  func(R, F) R
	// settle brings a record to its stored form, and rules names what it breaks.
	settle func(R, directory.Lookup) R
	rules  func(*request, R, directory.Lookup) []directory.Problem
	// answer makes the body of an answer.
	answer func(context.Context, *request, R) (B, error)
	// create stores a new record and makes the answer to it.
	create func(context.Context, *request, R) (R, B, error)
	// sees reports whether the requester may see a record; nil for always.
	sees func(*request, R) (bool, error)
	// mayWrite refuses values the requester may not write: before is what is
	// stored, nil at creation.
	mayWrite func(r *request, before, after *R) error
	// mayDelete refuses a removal; nil for none.
	mayDelete func(*request, R) error
	// copied prepares a record to be the beginning of another; nil for a kind that
	// is not copied.
	copied func(R) R
	// search is true when the list can be searched.
	search bool
	// fixed is true for a record that is never changed.
	fixed bool
}

type searchInput struct {
	Paged

	Q string `query:"q" maxLength:"100" doc:"Only rows whose names contain this, whatever the case."`
}

type copyInput struct {
	CopyOf string `query:"copyOf" maxLength:"64" doc:"The identifier of a record to begin from."`
}

// register adds the routes of a kind of record.
func register[R, F, B any](s *Server, k kind[R, F, B]) {
	var fields F
	list := route{
		id: "list-" + k.name + "s", method: http.MethodGet, path: k.path, tag: k.tag, summary: "List " + k.path[1:],
		about: k.about, errors: []int{http.StatusUnprocessableEntity},
	}
	if k.search {
		add(s, list, func(ctx context.Context, in *searchInput) (*listOutput[B], error) {
			page := in.page()
			page.Search = in.Q
			return k.list(ctx, page)
		})
	} else {
		add(s, list, func(ctx context.Context, in *Paged) (*listOutput[B], error) { return k.list(ctx, in.page()) })
	}
	create := route{
		id: "create-" + k.name, method: http.MethodPost, path: k.path, tag: k.tag, summary: "Create " + k.title,
		body: fields, required: k.required, status: http.StatusCreated, errors: []int{http.StatusConflict},
	}
	if k.copied != nil {
		create.about = "With `copyOf` what is absent is as in that record, else the default."
		create.errors = append(create.errors, http.StatusNotFound)
		add(s, create, func(ctx context.Context, in *copyInput) (*recordOutput[B], error) { return k.post(ctx, s, in.CopyOf) })
	} else {
		add(s, create, func(ctx context.Context, _ *struct{}) (*recordOutput[B], error) { return k.post(ctx, s, "") })
	}
	add(s, route{
		id: "get-" + k.name, method: http.MethodGet, path: k.path + "/{id}", tag: k.tag, summary: "Read " + k.title,
	}, func(ctx context.Context, in *Identified) (*recordOutput[B], error) { return k.get(ctx, in.ID) })
	if !k.fixed {
		add(s, route{
			id: "patch-" + k.name, method: http.MethodPatch, path: k.path + "/{id}", tag: k.tag, summary: "Change " + k.title,
			about: patchAbout, body: fields, errors: []int{http.StatusConflict, http.StatusPreconditionFailed},
		}, func(ctx context.Context, in *Conditional) (*recordOutput[B], error) { return k.patch(ctx, s, in) })
	}
	add(s, route{
		id: "delete-" + k.name, method: http.MethodDelete, path: k.path + "/{id}", tag: k.tag, summary: "Delete " + k.title,
		status: http.StatusNoContent, errors: []int{http.StatusConflict, http.StatusPreconditionFailed},
	}, func(ctx context.Context, in *Conditional) (*nothing, error) { return k.remove(ctx, s, in) })
}

const patchAbout = "A JSON merge patch (RFC 7396): what is absent stays; null sets null where null is a value of the " +
	"field, else the default; a list is replaced whole."

func (k *kind[R, F, B]) list(ctx context.Context, page Page) (*listOutput[B], error) {
	r := from(ctx)
	records, next, err := k.store().List(ctx, r.who.centre, page)
	if err != nil {
		return nil, fmt.Errorf("list %ss: %w", k.name, err)
	}
	out := &listOutput[B]{Body: List[B]{Items: []B{}, Next: next}}
	for _, record := range records {
		visible, err := k.visible(r, record)
		if err != nil {
			return nil, err
		}
		if !visible {
			continue
		}
		body, err := k.answer(ctx, r, record)
		if err != nil {
			return nil, err
		}
		out.Body.Items = append(out.Body.Items, body)
	}
	return out, nil
}

func (k *kind[R, F, B]) visible(r *request, record R) (bool, error) {
	if k.sees == nil {
		return true, nil
	}
	return k.sees(r, record)
}

// read returns a record the requester may see.
func (k *kind[R, F, B]) read(ctx context.Context, r *request, id string) (R, error) {
	record, err := k.store().Get(ctx, r.who.centre, directory.ID(id))
	if err != nil {
		return record, fmt.Errorf("read %s: %w", k.name, err)
	}
	visible, err := k.visible(r, record)
	if err == nil && !visible {
		err = ErrNotFound
	}
	return record, err
}

func (k *kind[R, F, B]) output(ctx context.Context, r *request, record R) (*recordOutput[B], error) {
	body, err := k.answer(ctx, r, record)
	if err != nil {
		return nil, err
	}
	return &recordOutput[B]{ETag: etag(k.meta(&record).Revision), Body: body}, nil
}

func (k *kind[R, F, B]) get(ctx context.Context, id string) (*recordOutput[B], error) {
	r := from(ctx)
	record, err := k.read(ctx, r, id)
	if err != nil {
		return nil, err
	}
	return k.output(ctx, r, record)
}

// merge writes the body over a record and names everything that is wrong with
// the result, what cannot be read and what breaks a rule alike.
func (k *kind[R, F, B]) merge(r *request, look directory.Lookup, before *R, start R) (R, error) {
	fields := k.fields(start)
	unreadable := bind(r.tree, &fields, k.fields(k.fresh(look)))
	after := k.settle(k.apply(start, fields), look)
	if k.mayWrite != nil {
		if err := k.mayWrite(r, before, &after); err != nil {
			return after, err
		}
	}
	if p := ruleProblem(k.rules(r, after, look), unreadable); p != nil {
		return after, p
	}
	return after, nil
}

func (k *kind[R, F, B]) post(ctx context.Context, s *Server, copyOf string) (*recordOutput[B], error) {
	r := from(ctx)
	look, err := s.cfg.Records.Lookup(ctx, r.who.centre)
	if err != nil {
		return nil, fmt.Errorf("look up: %w", err)
	}
	start := k.fresh(look)
	if copyOf != "" {
		if start, err = k.read(ctx, r, copyOf); err != nil {
			return nil, err
		}
		start = k.copied(start)
		*k.meta(&start) = directory.Meta{}
	}
	record, err := k.merge(r, look, nil, start)
	if err != nil {
		return nil, err
	}
	k.meta(&record).Centre = r.who.centre
	created, body, err := k.create(ctx, r, record)
	if err != nil {
		return nil, fmt.Errorf("create %s: %w", k.name, err)
	}
	s.Changed(ctx, r.who.centre)
	r.writer.Header().Set("Location", prefix+k.path+"/"+string(k.meta(&created).ID))
	return &recordOutput[B]{ETag: etag(k.meta(&created).Revision), Body: body}, nil
}

// patchTries bounds how often a change without If-Match is begun again when
// another came in between.
const patchTries = 5

func (k *kind[R, F, B]) patch(ctx context.Context, s *Server, in *Conditional) (*recordOutput[B], error) {
	r := from(ctx)
	for try := 1; ; try++ {
		out, err := k.patchOnce(ctx, s, r, in)
		if errors.Is(err, ErrStale) && in.IfMatch == "" && try < patchTries {
			continue
		}
		return out, err
	}
}

func (k *kind[R, F, B]) patchOnce(ctx context.Context, s *Server, r *request, in *Conditional) (*recordOutput[B], error) {
	before, err := k.read(ctx, r, in.ID)
	if err != nil {
		return nil, err
	}
	if stale(in.IfMatch, k.meta(&before).Revision) {
		return nil, staleProblem()
	}
	look, err := s.cfg.Records.Lookup(ctx, r.who.centre)
	if err != nil {
		return nil, fmt.Errorf("look up: %w", err)
	}
	after, err := k.merge(r, look, &before, before)
	if err != nil {
		return nil, err
	}
	if reflect.DeepEqual(before, after) {
		return k.output(ctx, r, before)
	}
	if err = s.Changing(ctx, r.who.centre); err != nil {
		return nil, err
	}
	after, err = k.store().Update(ctx, after)
	if err != nil {
		return nil, fmt.Errorf("change %s: %w", k.name, err)
	}
	s.Changed(ctx, r.who.centre)
	return k.output(ctx, r, after)
}

func (k *kind[R, F, B]) remove(ctx context.Context, s *Server, in *Conditional) (*nothing, error) {
	r := from(ctx)
	record, err := k.read(ctx, r, in.ID)
	if err != nil {
		return nil, err
	}
	meta := k.meta(&record)
	if stale(in.IfMatch, meta.Revision) {
		return nil, staleProblem()
	}
	if k.mayDelete != nil {
		if err := k.mayDelete(r, record); err != nil {
			return nil, err
		}
	}
	var revision int64
	if in.IfMatch != "" {
		revision = meta.Revision
	}
	if err := s.Changing(ctx, r.who.centre); err != nil {
		return nil, err
	}
	if err := k.store().Delete(ctx, r.who.centre, meta.ID, revision); err != nil {
		return nil, fmt.Errorf("delete %s: %w", k.name, err)
	}
	s.Changed(ctx, r.who.centre)
	return &nothing{}, nil
}

// storing is the create of a kind that needs nothing else.
func storing[R, B any](
	store func() Creator[R], answer func(context.Context, *request, R) (B, error),
) func(context.Context, *request, R) (R, B, error) {
	return func(ctx context.Context, r *request, record R) (R, B, error) {
		var body B
		created, err := store().Create(ctx, record)
		if err != nil {
			return created, body, err
		}
		body, err = answer(ctx, r, created)
		return created, body, err
	}
}
