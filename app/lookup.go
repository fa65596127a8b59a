package app

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"bandeau/directory"
	"bandeau/store"
)

// lookup answers the rules' questions about one centre from its records. It
// reads them all when it is made, so that its answers stand together; the two
// kinds of values that are unique on the whole node it asks the store for.
type lookup struct {
	ctx     context.Context //nolint:containedctx // directory.Lookup has no context of its own; this one lives as long
	records store.Records

	centre     directory.Centre
	operators  []directory.Operator
	groups     []directory.Group
	phones     []directory.Phone
	numbers    []directory.Number
	users      []directory.User
	pauseTypes []directory.PauseType
	sounds     []directory.Sound
}

// newLookup reads what the rules need to know of a centre.
func newLookup(ctx context.Context, records store.Records, centre directory.ID) (*lookup, error) {
	l := &lookup{ctx: ctx, records: records}
	var err error
	if l.centre, err = records.Centres().Get(ctx, centre); err != nil {
		return nil, fmt.Errorf("centre: %w", err)
	}
	for _, load := range []func() error{
		func() error { return loadAll(ctx, records.Operators(), centre, &l.operators) },
		func() error { return loadAll(ctx, records.Groups(), centre, &l.groups) },
		func() error { return loadAll[directory.Phone](ctx, records.Phones(), centre, &l.phones) },
		func() error { return loadAll[directory.Number](ctx, records.Numbers(), centre, &l.numbers) },
		func() error { return loadAll(ctx, records.Users(), centre, &l.users) },
		func() error { return loadAll(ctx, records.PauseTypes(), centre, &l.pauseTypes) },
		func() error { return loadAll(ctx, records.Sounds(), centre, &l.sounds) },
	} {
		if err := load(); err != nil {
			return nil, err
		}
	}
	return l, nil
}

// loadAll reads every record of a kind.
func loadAll[T any](ctx context.Context, r store.Repository[T], centre directory.ID, into *[]T) error {
	listing, err := r.List(ctx, centre, store.Page{})
	if err != nil {
		return fmt.Errorf("read %T: %w", *into, err)
	}
	*into = listing.Items
	return nil
}

// Centre implements directory.Lookup.
func (l *lookup) Centre() directory.Centre { return l.centre }

// Owner implements directory.Lookup.
func (l *lookup) Owner(unique directory.Unique, value string) (directory.ID, bool) {
	switch unique {
	case directory.UniqueLogin:
		if id, ok := find(l.operators, func(o directory.Operator) bool { return strings.EqualFold(o.Login, value) }); ok {
			return id.ID, true
		}
		u, ok := find(l.users, func(u directory.User) bool { return strings.EqualFold(u.Login, value) })
		return u.ID, ok
	case directory.UniqueEmail:
		o, ok := find(l.operators, func(o directory.Operator) bool { return strings.EqualFold(o.Email, value) })
		return o.ID, ok
	case directory.UniqueExtension:
		p, ok := find(l.phones, func(p directory.Phone) bool { return p.Number == value })
		return p.ID, ok
	case directory.UniqueSound:
		s, ok := find(l.sounds, func(s directory.Sound) bool { return s.Name == value })
		return s.ID, ok
	case directory.UniqueNumber:
		n, err := l.records.Numbers().Inbound(l.ctx, value)
		if err != nil {
			return "", false
		}
		if n.Number != "" {
			return n.Number, true
		}
		return n.Operator, n.Operator != ""
	case directory.UniqueUsername:
		p, err := l.records.Phones().ByUsername(l.ctx, value)
		return p.ID, err == nil || !errors.Is(err, store.ErrNotFound)
	}
	return "", false
}

// HasOperator implements directory.Lookup.
func (l *lookup) HasOperator(id directory.ID) bool {
	_, ok := find(l.operators, func(o directory.Operator) bool { return o.ID == id })
	return ok
}

// Group implements directory.Lookup.
func (l *lookup) Group(id directory.ID) (directory.Group, bool) {
	return find(l.groups, func(g directory.Group) bool { return g.ID == id })
}

// Phone implements directory.Lookup.
func (l *lookup) Phone(account string) (directory.Phone, bool) {
	return find(l.phones, func(p directory.Phone) bool {
		return string(p.ID) == account || strings.EqualFold(p.Username, account)
	})
}

// Sound implements directory.Lookup.
func (l *lookup) Sound(id directory.ID) (directory.Sound, bool) {
	return find(l.sounds, func(s directory.Sound) bool { return s.ID == id })
}

// HasServiceNumber implements directory.Lookup.
func (l *lookup) HasServiceNumber(number string) bool {
	_, ok := find(l.numbers, func(n directory.Number) bool { return n.Number == number })
	return ok
}

// PauseTypes implements directory.Lookup.
func (l *lookup) PauseTypes() []directory.PauseType { return l.pauseTypes }

func find[T any](items []T, is func(T) bool) (found T, ok bool) {
	i := slices.IndexFunc(items, is)
	if i < 0 {
		return found, false
	}
	return items[i], true
}
