package app

import (
	"context"
	"slices"
	"time"

	"bandeau/api"
	"bandeau/directory"
	"bandeau/store"
)

// people are the records of those who log in, T being an operator or a user:
// each comes with a credential, and with the mail that carries its password.
type people[T any] struct {
	resource[T]
	recipient func(T) recipient
}

// recipient is whom a password is mailed to.
type recipient struct {
	id       directory.ID
	centre   directory.ID
	role     directory.Role
	login    string
	name     string
	email    string // empty: there is nobody to write to
	language directory.Language
}

// operators adds the import of many at once.
type operators struct{ people[directory.Operator] }

// users have web sessions of their own.
type users struct{ people[directory.User] }

// Operators implements api.Records.
func (r *records) Operators() api.Operators {
	return operators{people[directory.Operator]{
		resource[directory.Operator]{
			r, func(s store.Records) store.Repository[directory.Operator] { return s.Operators() },
			func(o *directory.Operator) *directory.Meta { return &o.Meta },
		},
		operatorRecipient,
	}}
}

// Users implements api.Records.
func (r *records) Users() api.Users {
	return users{people[directory.User]{
		resource[directory.User]{
			r, func(s store.Records) store.Repository[directory.User] { return s.Users() },
			func(u *directory.User) *directory.Meta { return &u.Meta },
		},
		userRecipient,
	}}
}

// SendPassword replaces the password of an operator and mails the new one. His
// web session goes on: it lives with his floor session.
func (o operators) SendPassword(ctx context.Context, centre, id directory.ID, password api.NewPassword) (directory.Operator, error) {
	return o.sendPassword(ctx, centre, id, password, func(store.Records) error { return nil })
}

// SendPassword replaces the password of a user, mails the new one and ends his
// web sessions but one.
func (u users) SendPassword(
	ctx context.Context, centre, id directory.ID, password api.NewPassword, keep []byte,
) (directory.User, error) {
	return u.sendPassword(ctx, centre, id, password, func(tx store.Records) error {
		return tx.WebSessions().DeleteOf(ctx, centre, id, keep)
	})
}

func operatorRecipient(o directory.Operator) recipient {
	return recipient{o.ID, o.Centre, directory.RoleOperator, o.Login, o.FullName, o.Email, o.Language}
}

func userRecipient(u directory.User) recipient {
	return recipient{u.ID, u.Centre, u.Role, u.Login, u.Name, u.Email, u.Language}
}

// Create stores the record, its first credential and the mail together.
func (p people[T]) Create(ctx context.Context, record T, password api.NewPassword) (T, error) {
	created, err := p.create(ctx, record, func(tx store.Records, created T) error {
		return p.of.issue(ctx, tx, p.recipient(created), password, false)
	})
	if err == nil {
		p.of.letters.wake()
	}
	return created, err
}

// sendPassword replaces the password and mails the new one; what also does is
// done with it.
func (p people[T]) sendPassword(
	ctx context.Context, centre, id directory.ID, password api.NewPassword, also func(store.Records) error,
) (T, error) {
	var record T
	err := p.of.store.Tx(ctx, func(tx store.Records) error {
		var err error
		if record, err = p.repo(tx).Get(ctx, centre, id); err != nil {
			return err
		}
		if err = tx.Outbox().Withdraw(ctx, centre, id, p.of.clock.Now().UTC()); err != nil {
			return err
		}
		if err = p.of.issue(ctx, tx, p.recipient(record), password, true); err != nil {
			return err
		}
		if err = tx.Outbox().SetPasswordState(ctx, centre, id, directory.PasswordPending); err != nil {
			return err
		}
		if err = also(tx); err != nil {
			return err
		}
		record, err = p.repo(tx).Get(ctx, centre, id)
		return err
	})
	if err == nil {
		p.of.letters.wake()
	}
	return record, storeError(err)
}

// issue stores a first password and the mail that brings it.
func (r *records) issue(
	ctx context.Context, tx store.Records, to recipient, password api.NewPassword, renewed bool,
) error {
	credential := directory.NewFirstCredential(to.id, password.Hash, r.clock.Now().UTC())
	credential.ExpiresAt = password.ExpiresAt
	if err := tx.Credentials().Put(ctx, to.centre, credential); err != nil {
		return err
	}
	if to.email == "" {
		return nil
	}
	return r.letters.queue(ctx, tx, to, password, renewed)
}

// Import implements api.Operators.
func (o operators) Import(ctx context.Context, centre directory.ID, lines []api.OperatorLine) error {
	now := o.of.clock.Now().UTC()
	err := o.of.store.Tx(ctx, func(tx store.Records) error {
		var wanted []belonging
		for _, line := range lines {
			record, err := o.write(ctx, tx, line, now)
			if err != nil {
				return err
			}
			if line.Groups != nil {
				wanted = append(wanted, belonging{record.ID, line.Groups})
			}
		}
		return o.of.join(ctx, tx, centre, wanted)
	})
	if err != nil {
		return storeError(err)
	}
	o.of.changed(ctx, centre)
	o.of.letters.wake()
	return nil
}

// belonging says which groups an operator is to belong to.
type belonging struct {
	operator directory.ID
	groups   []directory.ID
}

// write stores one line of an import.
func (o operators) write(
	ctx context.Context, tx store.Records, line api.OperatorLine, now time.Time,
) (directory.Operator, error) {
	record := line.Record
	switch {
	case line.Same:
		return record, nil
	case record.ID != "":
		record.UpdatedAt = now
		return tx.Operators().Update(ctx, record)
	}
	o.of.fresh(&record.Meta)
	created, err := tx.Operators().Create(ctx, record)
	if err != nil {
		return created, err
	}
	return created, o.of.issue(ctx, tx, operatorRecipient(created), line.Password, false)
}

// join brings operators into the groups that are wanted for each, at their end
// and in the order given, and takes them out of the others.
func (r *records) join(ctx context.Context, tx store.Records, centre directory.ID, wanted []belonging) error {
	if len(wanted) == 0 {
		return nil
	}
	var groups []directory.Group
	if err := loadAll(ctx, tx.Groups(), centre, &groups); err != nil {
		return err
	}
	for _, g := range groups {
		members := joined(g, wanted)
		if slices.Equal(members, g.Ordered()) {
			continue
		}
		g.Members, g.UpdatedAt = members, r.clock.Now().UTC()
		if _, err := tx.Groups().Update(ctx, g); err != nil {
			return err
		}
	}
	return nil
}

// joined are a group's members after some operators were told where they belong.
func joined(g directory.Group, wanted []belonging) []directory.Member {
	in, out := map[directory.ID]bool{}, map[directory.ID]bool{}
	for _, b := range wanted {
		if slices.Contains(b.groups, g.ID) {
			in[b.operator] = true
		} else {
			out[b.operator] = true
		}
	}
	members := slices.DeleteFunc(g.Ordered(), func(m directory.Member) bool { return out[m.Operator] })
	last := 0
	for _, m := range members {
		delete(in, m.Operator)
		last = m.Order
	}
	for _, b := range wanted {
		if in[b.operator] {
			members = append(members, directory.NewMember(b.operator, min(last, directory.MaxMembers-1)))
			last++
		}
	}
	return members
}

// accounts knows who may log in.
type accounts struct{ of *records }

// Accounts implements api.Records.
func (r *records) Accounts() api.Accounts { return accounts{r} }

// ByLogin implements api.Accounts.
func (a accounts) ByLogin(ctx context.Context, centre directory.ID, login string) (api.Subject, error) {
	found, err := a.of.store.Logins().Find(ctx, centre, login)
	if err != nil {
		return api.Subject{}, storeError(err)
	}
	role := directory.RoleSupervisor // any role of a user's; the record says which
	if found.Operator {
		role = directory.RoleOperator
	}
	return a.ByID(ctx, found.Centre, found.Subject, role)
}

// ByID implements api.Accounts.
func (a accounts) ByID(ctx context.Context, centre, id directory.ID, role directory.Role) (api.Subject, error) {
	credential, err := a.of.store.Credentials().Get(ctx, centre, id)
	if err != nil {
		return api.Subject{}, storeError(err)
	}
	s := api.Subject{ID: id, Centre: centre, Role: role, Enabled: true, Credential: credential}
	if role == directory.RoleOperator {
		var o directory.Operator
		if o, err = a.of.store.Operators().Get(ctx, centre, id); err != nil {
			return api.Subject{}, storeError(err)
		}
		s.Login, s.Name, s.Enabled = o.Login, o.FullName, o.Enabled
		return s, nil
	}
	u, err := a.of.store.Users().Get(ctx, centre, id)
	if err != nil {
		return api.Subject{}, storeError(err)
	}
	s.Login, s.Name, s.Role = u.Login, u.Name, u.Role
	return s, nil
}

// SetPassword implements api.Accounts.
func (a accounts) SetPassword(ctx context.Context, subject api.Subject, hash directory.Secret, keep []byte) error {
	return storeError(a.of.store.Tx(ctx, func(tx store.Records) error {
		credential := directory.NewCredential(subject.ID, hash, a.of.clock.Now().UTC())
		if err := tx.Credentials().Put(ctx, subject.Centre, credential); err != nil {
			return err
		}
		// A first password still on its way opens nothing any more.
		if err := tx.Outbox().Withdraw(ctx, subject.Centre, subject.ID, a.of.clock.Now().UTC()); err != nil {
			return err
		}
		if err := tx.Outbox().SetPasswordState(ctx, subject.Centre, subject.ID, directory.PasswordSet); err != nil {
			return err
		}
		return tx.WebSessions().DeleteOf(ctx, subject.Centre, subject.ID, keep)
	}))
}

// CreateSession implements api.Accounts.
func (a accounts) CreateSession(ctx context.Context, session directory.Session) error {
	return storeError(a.of.store.WebSessions().Create(ctx, session))
}

// Session implements api.Accounts.
func (a accounts) Session(ctx context.Context, hash []byte) (directory.Session, error) {
	session, err := a.of.store.WebSessions().Get(ctx, hash)
	return session, storeError(err)
}

// TouchSession implements api.Accounts.
func (a accounts) TouchSession(ctx context.Context, hash []byte, at time.Time) error {
	return storeError(a.of.store.WebSessions().Touch(ctx, hash, at))
}

// UnlockSession implements api.Accounts.
func (a accounts) UnlockSession(ctx context.Context, hash []byte) error {
	return storeError(a.of.store.Tx(ctx, func(tx store.Records) error {
		session, err := tx.WebSessions().Get(ctx, hash)
		if err != nil {
			return err
		}
		session.MustChangePassword = false
		return tx.WebSessions().Update(ctx, session)
	}))
}

// DeleteSession implements api.Accounts.
func (a accounts) DeleteSession(ctx context.Context, hash []byte) error {
	return storeError(a.of.store.WebSessions().Delete(ctx, hash))
}
