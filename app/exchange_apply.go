package app

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"time"

	"bandeau/api"
	"bandeau/directory"
	"bandeau/store"
)

// PhoneSecret is the password of a phone that was just created. It is shown
// once.
type PhoneSecret struct {
	Username string `json:"username"`
	Password string `json:"password"`
}

// importer writes a plan in one transaction.
type importer struct {
	tx      store.Records
	now     time.Time
	letters postbox
	hash    hashFunc
	// passwords are the first passwords of new operators and users, by login:
	// they are made before the transaction, because hashing takes its time.
	passwords map[string]api.NewPassword

	// secrets are those of the new phones.
	secrets []PhoneSecret
	// unmailed are the new users nobody can write to.
	unmailed []string
}

// apply writes the plan. What is removed goes first, so that its numbers and
// addresses are free; where something still refers to it, it goes last. Records
// follow those they refer to.
func (im *importer) apply(ctx context.Context, p *plan) error {
	if p.createCentre {
		// The main number comes once the numbers are there.
		first := p.centre.create[0]
		first.MainNumber = ""
		first.CreatedAt, first.UpdatedAt = im.now, im.now
		if _, err := im.tx.Centres().Create(ctx, first); err != nil {
			return fmt.Errorf("create centre %s: %w", first.Name, err)
		}
		p.centre.change = p.centre.create
	}
	order := orderOf(p)
	removals := slices.Concat(
		remove(im, order.numbers, p.numbers.remove), remove(im, order.users, p.users.remove),
		remove(im, order.groups, p.groups.remove), remove(im, order.operators, p.operators.remove),
		remove(im, order.phones, p.phones.remove), remove(im, order.trunks, p.trunks.remove),
		remove(im, order.pauseTypes, p.pauseTypes.remove),
	)
	left, err := removeAll(ctx, removals)
	if _, inUse := errors.AsType[*store.InUseError](err); err != nil && !inUse {
		return err
	}
	for _, step := range []func() error{
		func() error { return write(ctx, im, order.pauseTypes, p.pauseTypes) },
		func() error { return write(ctx, im, order.phones, p.phones) },
		func() error { return write(ctx, im, order.operators, p.operators) },
		func() error { return write(ctx, im, order.groups, p.groups) },
		func() error { return write(ctx, im, order.numbers, p.numbers) },
		func() error { return write(ctx, im, order.trunks, p.trunks) },
		func() error { return write(ctx, im, order.users, p.users) },
		func() error { return im.centre(ctx, p.centre.change) },
	} {
		if err = step(); err != nil {
			return err
		}
	}
	_, err = removeAll(ctx, left)
	return err
}

// removal deletes one record.
type removal func(ctx context.Context) error

// removeAll removes what nothing refers to any more, again and again, since one
// removal frees another. It returns those that are left and why the last of
// them is.
func removeAll(ctx context.Context, removals []removal) (left []removal, last error) {
	for {
		left, last = nil, nil
		for _, do := range removals {
			err := do(ctx)
			if _, inUse := errors.AsType[*store.InUseError](err); inUse {
				left, last = append(left, do), err
			} else if err != nil {
				return nil, err
			}
		}
		if len(left) == 0 || len(left) == len(removals) {
			return left, last
		}
		removals = left
	}
}

// writer is how records of one kind are stored.
type writer[R any] struct {
	kind string
	repo func(store.Records) store.Repository[R]
	meta func(*R) *directory.Meta
	name func(R) string
	// keep copies what a document does not say from the stored record.
	keep func(stored R, record *R)
	// created adds what belongs to a new record.
	created func(ctx context.Context, im *importer, record R) error
}

// writers are those of every kind.
type writers struct {
	pauseTypes writer[directory.PauseType]
	phones     writer[directory.Phone]
	operators  writer[directory.Operator]
	groups     writer[directory.Group]
	numbers    writer[directory.Number]
	trunks     writer[directory.Trunk]
	users      writer[directory.User]
}

// orderOf puts the records of a plan in the order they can be stored in, and
// returns how each kind is.
func orderOf(p *plan) writers {
	for _, list := range [][]directory.PauseType{p.pauseTypes.create, p.pauseTypes.change} {
		// Storing the login pause takes the mark from the one that had it.
		slices.SortStableFunc(list, func(a, b directory.PauseType) int { return btoi(b.Login) - btoi(a.Login) })
	}
	p.groups.create = byOverflow(p.groups.create)
	return writers{
		pauseTypes: writer[directory.PauseType]{
			kind: "pause type", name: func(r directory.PauseType) string { return pauseTypeKey(r.Names) },
			repo: func(s store.Records) store.Repository[directory.PauseType] { return s.PauseTypes() },
			meta: func(r *directory.PauseType) *directory.Meta { return &r.Meta },
		},
		phones: writer[directory.Phone]{
			kind: "phone", name: func(r directory.Phone) string { return r.Username },
			repo:    func(s store.Records) store.Repository[directory.Phone] { return s.Phones() },
			meta:    func(r *directory.Phone) *directory.Meta { return &r.Meta },
			created: newPhone,
		},
		operators: writer[directory.Operator]{
			kind: "operator", name: func(r directory.Operator) string { return r.Login },
			repo: func(s store.Records) store.Repository[directory.Operator] { return s.Operators() },
			meta: func(r *directory.Operator) *directory.Meta { return &r.Meta },
			keep: func(stored directory.Operator, r *directory.Operator) { r.PasswordState = stored.PasswordState },
			created: func(ctx context.Context, im *importer, r directory.Operator) error {
				return im.welcome(ctx, operatorRecipient(r))
			},
		},
		groups: writer[directory.Group]{
			kind: "group", name: func(r directory.Group) string { return r.Name },
			repo: func(s store.Records) store.Repository[directory.Group] { return s.Groups() },
			meta: func(r *directory.Group) *directory.Meta { return &r.Meta },
		},
		numbers: writer[directory.Number]{
			kind: "number", name: func(r directory.Number) string { return r.Number },
			repo: func(s store.Records) store.Repository[directory.Number] { return s.Numbers() },
			meta: func(r *directory.Number) *directory.Meta { return &r.Meta },
		},
		trunks: writer[directory.Trunk]{
			kind: "trunk", name: func(r directory.Trunk) string { return r.Name },
			repo: func(s store.Records) store.Repository[directory.Trunk] { return s.Trunks() },
			meta: func(r *directory.Trunk) *directory.Meta { return &r.Meta },
			keep: func(stored directory.Trunk, r *directory.Trunk) { r.Password = stored.Password },
		},
		users: writer[directory.User]{
			kind: "user", name: func(r directory.User) string { return r.Login },
			repo: func(s store.Records) store.Repository[directory.User] { return s.Users() },
			meta: func(r *directory.User) *directory.Meta { return &r.Meta },
			keep: func(stored directory.User, r *directory.User) { r.PasswordState = stored.PasswordState },
			created: func(ctx context.Context, im *importer, r directory.User) error {
				return im.welcome(ctx, userRecipient(r))
			},
		},
	}
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}

// byOverflow puts a new group behind the new groups its calls leave for. The
// rules have refused rings, so that each round places one at least.
func byOverflow(groups []directory.Group) []directory.Group {
	ordered := make([]directory.Group, 0, len(groups))
	waiting := func(id directory.ID) bool {
		isIt := func(g directory.Group) bool { return g.ID == id }
		return slices.ContainsFunc(groups, isIt) && !slices.ContainsFunc(ordered, isIt)
	}
	for len(ordered) < len(groups) {
		before := len(ordered)
		for _, g := range groups {
			if waiting(g.ID) && !slices.ContainsFunc(exitsOf(g), waiting) {
				ordered = append(ordered, g)
			}
		}
		if len(ordered) == before {
			panic("app: groups lead to one another in a ring")
		}
	}
	return ordered
}

// write stores the new and the changed records of a kind, the changed ones
// after the new, which they may refer to.
func write[R any](ctx context.Context, im *importer, w writer[R], p planned[R]) error {
	repo := w.repo(im.tx)
	for _, record := range p.create {
		meta := w.meta(&record)
		meta.CreatedAt, meta.UpdatedAt = im.now, im.now
		created, err := repo.Create(ctx, record)
		if err == nil && w.created != nil {
			err = w.created(ctx, im, created)
		}
		if err != nil {
			return fmt.Errorf("create %s %s: %w", w.kind, w.name(record), err)
		}
	}
	for _, record := range p.change {
		meta := w.meta(&record)
		// Storing the records before may have moved this one's revision.
		stored, err := repo.Get(ctx, meta.Centre, meta.ID)
		if err == nil {
			*meta = *w.meta(&stored)
			meta.UpdatedAt = im.now
			if w.keep != nil {
				w.keep(stored, &record)
			}
			_, err = repo.Update(ctx, record)
		}
		if err != nil {
			return fmt.Errorf("change %s %s: %w", w.kind, w.name(record), err)
		}
	}
	return nil
}

// remove returns the removals of records of a kind.
func remove[R any](im *importer, w writer[R], records []R) []removal {
	return each(records, func(record R) removal {
		meta := *w.meta(&record)
		return func(ctx context.Context) error {
			if err := w.repo(im.tx).Delete(ctx, meta.Centre, meta.ID, 0); err != nil {
				return fmt.Errorf("delete %s %s: %w", w.kind, w.name(record), err)
			}
			return nil
		}
	})
}

// centre stores the centre's own fields; creating its first number may have
// changed it.
func (im *importer) centre(ctx context.Context, changed []directory.Centre) error {
	for _, c := range changed {
		stored, err := im.tx.Centres().Get(ctx, c.ID)
		if err == nil && !reflect.DeepEqual(documentOfCentre(stored), documentOfCentre(c)) {
			c.Meta = stored.Meta
			c.UpdatedAt = im.now
			_, err = im.tx.Centres().Update(ctx, c)
		}
		if err != nil {
			return fmt.Errorf("change centre %s: %w", c.Name, err)
		}
	}
	return nil
}

// newPhone gives a new phone its password.
func newPhone(ctx context.Context, im *importer, p directory.Phone) error {
	password, err := directory.GeneratePhonePassword(rand.Reader)
	if err != nil {
		return err
	}
	im.secrets = append(im.secrets, PhoneSecret{p.Username, password})
	return im.tx.Phones().SetSecret(ctx, p.Centre, directory.PhoneSecret{Phone: p.ID, Password: directory.Secret(password)})
}

// welcome mails a new operator or user a first password.
func (im *importer) welcome(ctx context.Context, to recipient) error {
	if to.email == "" {
		im.unmailed = append(im.unmailed, to.login)
		return nil
	}
	password, ok := im.passwords[to.login]
	if !ok {
		// The record came between the first look at the document and now.
		var err error
		if password, err = newFirstPassword(ctx, im.hash, im.now); err != nil {
			return err
		}
	}
	return mailFirstPassword(ctx, im.tx, im.letters, to, password, im.now)
}

// postbox takes the mails that bring a password.
type postbox interface {
	// queue stores a mail in the transaction of what it is about.
	queue(ctx context.Context, tx store.Records, to recipient, password api.NewPassword, renewed bool) error
	// wake tells the sender that a mail waits.
	wake()
}

// hashFunc hashes a password; it takes tens of milliseconds.
type hashFunc func(ctx context.Context, password string) (directory.Secret, error)

// newFirstPassword generates a password that is to be mailed.
func newFirstPassword(ctx context.Context, hashed hashFunc, now time.Time) (api.NewPassword, error) {
	plain, err := directory.GeneratePassword(rand.Reader)
	if err != nil {
		return api.NewPassword{}, err
	}
	hash, err := hashed(ctx, plain)
	return api.NewPassword{
		Plain: directory.Secret(plain), Hash: hash, ExpiresAt: now.Add(directory.FirstPasswordLife),
	}, err
}

// mailFirstPassword stores a first password and the mail that brings it.
func mailFirstPassword(
	ctx context.Context, tx store.Records, letters postbox, to recipient, password api.NewPassword, now time.Time,
) error {
	credential := directory.NewFirstCredential(to.id, password.Hash, now)
	credential.ExpiresAt = password.ExpiresAt
	if err := tx.Credentials().Put(ctx, to.centre, credential); err != nil {
		return err
	}
	return letters.queue(ctx, tx, to, password, false)
}
