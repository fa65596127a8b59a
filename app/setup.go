package app

import (
	"context"
	"crypto/rand"
	"fmt"
	"io"
	"time"

	"bandeau/directory"
	"bandeau/internal/clock"
	"bandeau/store"
)

// What a first start creates.
const (
	setupCentre = "main"
	setupLogin  = "admin"
)

// setUp makes an empty store one that can be worked with: a centre with the
// pause types provided, and a technical user. A password that was generated is
// written to out, once. On a store that has a centre it does nothing.
func setUp(ctx context.Context, st store.Store, opts Options, out io.Writer) error {
	centres, err := st.Centres().List(ctx)
	if err != nil {
		return fmt.Errorf("read centres: %w", err)
	}
	if len(centres) > 0 {
		return nil
	}
	password, chosen := opts.SetupPassword.Reveal(), true
	if password == "" {
		chosen = false
		if password, err = directory.GeneratePassword(rand.Reader); err != nil {
			return err
		}
	}
	hash, err := directory.HashPassword(password, rand.Reader)
	if err != nil {
		return err
	}
	now := clock.System{}.Now().UTC()
	// One transaction: a crash leaves an empty store or a complete one.
	err = st.Tx(ctx, func(tx store.Records) error {
		centre, problem := addCentre(ctx, tx, setupCentre, now)
		if problem != nil {
			return problem
		}
		return addTechnicalUser(ctx, tx, centre, directory.Credential{Hash: hash, MustChange: !chosen, UpdatedAt: now})
	})
	if err != nil {
		return fmt.Errorf("set up the store: %w", err)
	}
	if !chosen {
		_, err = fmt.Fprintf(out, "First start: log in as %q with the password %s and replace it. It is not shown again.\n",
			setupLogin, password)
	}
	return err
}

// addCentre creates a centre with the pause types provided.
func addCentre(ctx context.Context, tx store.Records, name string, now time.Time) (directory.Centre, error) {
	centre := directory.NewCentre(name)
	centre.Meta = newMeta("", now)
	centre, err := tx.Centres().Create(ctx, centre)
	if err != nil {
		return centre, err
	}
	for _, p := range directory.DefaultPauseTypes(centre) {
		p.Meta = newMeta(centre.ID, now)
		if _, err := tx.PauseTypes().Create(ctx, p); err != nil {
			return centre, err
		}
	}
	return centre, nil
}

func addTechnicalUser(ctx context.Context, tx store.Records, centre directory.Centre, c directory.Credential) error {
	user := directory.NewUser(centre)
	user.Meta = newMeta(centre.ID, c.UpdatedAt)
	user.Login, user.Name, user.Role = setupLogin, setupLogin, directory.RoleTechnical
	user.Rights = directory.Rights{OperatorDetail: true, Listen: true}
	user.PasswordState = directory.PasswordSet
	if c.MustChange {
		user.PasswordState = directory.PasswordDelivered
	}
	user, err := tx.Users().Create(ctx, user)
	if err != nil {
		return err
	}
	c.Subject = user.ID
	return tx.Credentials().Put(ctx, centre.ID, c)
}

// newMeta gives a new record its identity.
func newMeta(centre directory.ID, now time.Time) directory.Meta {
	return directory.Meta{ID: directory.ID(newID()), Centre: centre, CreatedAt: now, UpdatedAt: now}
}
