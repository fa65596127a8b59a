package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"

	"bandeau/api"
	"bandeau/directory"
	"bandeau/internal/clock"
	"bandeau/store"
	"bandeau/telephony/sipua"
)

// records shows the store to the API. What is written is published before the
// API answers, so that the next call already meets it.
type records struct {
	store     store.Store
	publisher *publisher
	clock     clock.Clock
	log       *slog.Logger
	ua        *sipua.UA
	letters   *letters
	sounds    *soundFiles
}

// changed publishes a centre. The record is stored whatever comes of it, so a
// failure is not the client's: it is logged, and the next change tries again.
func (r *records) changed(ctx context.Context, centre directory.ID) {
	if err := r.publisher.publish(context.WithoutCancel(ctx), centre); err != nil {
		r.log.ErrorContext(ctx, "change not published", "centre", string(centre), "error", err)
	}
}

// fresh gives a new record its identity.
func (r *records) fresh(m *directory.Meta) {
	m.ID = directory.ID(newID())
	m.CreatedAt = r.clock.Now().UTC()
	m.UpdatedAt = m.CreatedAt
}

// storeError puts a store's error into the API's words.
func storeError(err error) error {
	if err == nil {
		return nil
	}
	if conflict, ok := errors.AsType[*store.ConflictError](err); ok {
		return &api.ConflictError{Field: conflict.Field}
	}
	if inUse, ok := errors.AsType[*store.InUseError](err); ok {
		users := make([]string, len(inUse.Users))
		for i, u := range inUse.Users {
			users[i] = fmt.Sprintf("%s %s", u.Kind, u.Name)
		}
		return &api.InUseError{Users: users}
	}
	switch {
	case errors.Is(err, store.ErrNotFound):
		return errors.Join(api.ErrNotFound, err)
	case errors.Is(err, store.ErrDangling):
		return errors.Join(api.ErrDangling, err)
	case errors.Is(err, store.ErrStale):
		return errors.Join(api.ErrStale, err)
	case errors.Is(err, store.ErrBadCursor):
		return errors.Join(api.ErrBadCursor, err)
	}
	return err
}

// resource is one kind of record for the API.
type resource[T any] struct {
	of   *records
	repo func(store.Records) store.Repository[T]
	meta func(*T) *directory.Meta
}

// List implements api.Resource.
func (r resource[T]) List(ctx context.Context, centre directory.ID, page api.Page) ([]T, string, error) {
	listing, err := r.repo(r.of.store).List(ctx, centre, store.Page(page))
	return listing.Items, listing.Next, storeError(err)
}

// Get implements api.Resource.
func (r resource[T]) Get(ctx context.Context, centre, id directory.ID) (T, error) {
	record, err := r.repo(r.of.store).Get(ctx, centre, id)
	return record, storeError(err)
}

// Create implements api.Creator.
func (r resource[T]) Create(ctx context.Context, record T) (T, error) {
	return r.create(ctx, record, func(store.Records, T) error { return nil })
}

// create stores a record and, in the same transaction, what belongs to it.
func (r resource[T]) create(ctx context.Context, record T, with func(store.Records, T) error) (T, error) {
	r.of.fresh(r.meta(&record))
	var created T
	err := r.of.store.Tx(ctx, func(tx store.Records) error {
		var err error
		if created, err = r.repo(tx).Create(ctx, record); err != nil {
			return err
		}
		return with(tx, created)
	})
	if err != nil {
		return created, storeError(err)
	}
	r.of.changed(ctx, r.meta(&created).Centre)
	return created, nil
}

// Update implements api.Resource.
func (r resource[T]) Update(ctx context.Context, record T) (T, error) {
	r.meta(&record).UpdatedAt = r.of.clock.Now().UTC()
	updated, err := r.repo(r.of.store).Update(ctx, record)
	if err != nil {
		return updated, storeError(err)
	}
	r.of.changed(ctx, r.meta(&updated).Centre)
	return updated, nil
}

// Delete implements api.Resource.
func (r resource[T]) Delete(ctx context.Context, centre, id directory.ID, revision int64) error {
	if err := r.repo(r.of.store).Delete(ctx, centre, id, revision); err != nil {
		return storeError(err)
	}
	r.of.changed(ctx, centre)
	return nil
}

// Groups implements api.Records.
func (r *records) Groups() api.Store[directory.Group] {
	return resource[directory.Group]{
		r, func(s store.Records) store.Repository[directory.Group] { return s.Groups() },
		func(g *directory.Group) *directory.Meta { return &g.Meta },
	}
}

// PauseTypes implements api.Records.
func (r *records) PauseTypes() api.Store[directory.PauseType] {
	return resource[directory.PauseType]{
		r, func(s store.Records) store.Repository[directory.PauseType] { return s.PauseTypes() },
		func(p *directory.PauseType) *directory.Meta { return &p.Meta },
	}
}

// numbers adds that the first number of a centre becomes its main number.
type numbers struct{ resource[directory.Number] }

// Numbers implements api.Records.
func (r *records) Numbers() api.Store[directory.Number] {
	return numbers{resource[directory.Number]{
		r, func(s store.Records) store.Repository[directory.Number] { return s.Numbers() },
		func(n *directory.Number) *directory.Meta { return &n.Meta },
	}}
}

// Create implements api.Creator.
func (n numbers) Create(ctx context.Context, record directory.Number) (directory.Number, error) {
	return n.create(ctx, record, func(tx store.Records, created directory.Number) error {
		centre, err := tx.Centres().Get(ctx, created.Centre)
		if err != nil || centre.MainNumber != "" {
			return err
		}
		centre.MainNumber = created.Number
		_, err = tx.Centres().Update(ctx, centre)
		return err
	})
}

// trunks adds the live state.
type trunks struct{ resource[directory.Trunk] }

// Trunks implements api.Records.
func (r *records) Trunks() api.Trunks {
	return trunks{resource[directory.Trunk]{
		r, func(s store.Records) store.Repository[directory.Trunk] { return s.Trunks() },
		func(t *directory.Trunk) *directory.Meta { return &t.Meta },
	}}
}

// State implements api.Trunks.
func (t trunks) State(_ context.Context, _, id directory.ID) (api.TrunkState, error) {
	return api.TrunkState(t.of.ua.TrunkState(string(id))), nil
}

// phones adds the secrets and the registrations.
type phones struct{ resource[directory.Phone] }

// Phones implements api.Records.
func (r *records) Phones() api.Phones {
	return phones{resource[directory.Phone]{
		r, func(s store.Records) store.Repository[directory.Phone] { return s.Phones() },
		func(p *directory.Phone) *directory.Meta { return &p.Meta },
	}}
}

// Create implements api.Phones.
func (p phones) Create(
	ctx context.Context, record directory.Phone, secret directory.Secret,
) (directory.Phone, error) {
	return p.create(ctx, record, func(tx store.Records, created directory.Phone) error {
		return tx.Phones().SetSecret(ctx, created.Centre, directory.PhoneSecret{Phone: created.ID, Password: secret})
	})
}

// SetSecret implements api.Phones.
func (p phones) SetSecret(
	ctx context.Context, centre, id directory.ID, secret directory.Secret,
) (directory.Phone, error) {
	err := p.of.store.Phones().SetSecret(ctx, centre, directory.PhoneSecret{Phone: id, Password: secret})
	if err != nil {
		return directory.Phone{}, storeError(err)
	}
	p.of.changed(ctx, centre)
	return p.Get(ctx, centre, id)
}

// Contacts implements api.Phones.
func (p phones) Contacts(_ context.Context, _, id directory.ID) ([]api.Contact, error) {
	var contacts []api.Contact
	for _, c := range p.of.ua.Contacts(string(id)) {
		contacts = append(contacts, api.Contact{
			URI: c.URI, Source: c.Source.String(), Transport: c.Transport,
			UserAgent: c.UserAgent, ExpiresAt: c.Expires,
		})
	}
	return contacts, nil
}

// tokens adds the search by hash.
type tokens struct{ resource[directory.Token] }

// Tokens implements api.Records.
func (r *records) Tokens() api.Tokens {
	return tokens{resource[directory.Token]{
		r, func(s store.Records) store.Repository[directory.Token] { return s.Tokens() },
		func(t *directory.Token) *directory.Meta { return &t.Meta },
	}}
}

// ByHash implements api.Tokens.
func (t tokens) ByHash(ctx context.Context, hash []byte) (directory.Token, error) {
	token, err := t.of.store.Tokens().ByHash(ctx, hash)
	return token, storeError(err)
}

// outbox shows the mails.
type outbox struct{ of *records }

// Outbox implements api.Records.
func (r *records) Outbox() api.Outbox { return outbox{r} }

// List implements api.Outbox.
func (o outbox) List(ctx context.Context, centre directory.ID, page api.Page) ([]directory.Mail, string, error) {
	listing, err := o.of.store.Outbox().List(ctx, centre, store.Page(page))
	return listing.Items, listing.Next, storeError(err)
}

// Get implements api.Outbox.
func (o outbox) Get(ctx context.Context, centre, id directory.ID) (directory.Mail, error) {
	mail, err := o.of.store.Outbox().Get(ctx, centre, id)
	return mail, storeError(err)
}

// centres shows the node's centres.
type centres struct{ of *records }

// Centres implements api.Records.
func (r *records) Centres() api.Centres { return centres{r} }

// Get implements api.Centres.
func (c centres) Get(ctx context.Context, id directory.ID) (directory.Centre, error) {
	centre, err := c.of.store.Centres().Get(ctx, id)
	return centre, storeError(err)
}

// All implements api.Centres.
func (c centres) All(ctx context.Context) ([]directory.Centre, error) {
	all, err := c.of.store.Centres().List(ctx)
	return all, storeError(err)
}

// Update implements api.Centres.
func (c centres) Update(ctx context.Context, record directory.Centre) (directory.Centre, error) {
	record.UpdatedAt = c.of.clock.Now().UTC()
	updated, err := c.of.store.Centres().Update(ctx, record)
	if err != nil {
		return updated, storeError(err)
	}
	c.of.changed(ctx, updated.ID)
	return updated, nil
}

// Lookup implements api.Records.
func (r *records) Lookup(ctx context.Context, centre directory.ID) (directory.Lookup, error) {
	l, err := newLookup(ctx, r.store, centre)
	if err != nil {
		return nil, storeError(err)
	}
	return l, nil
}
