package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"time"

	"bandeau/directory"
	"bandeau/internal/clock"
	"bandeau/mail"
	"bandeau/store"
	"bandeau/store/sqlite"
)

const (
	// adminPatience is how long the command line waits for a data directory that
	// is held by something that does not answer: a server that starts or stops,
	// or another command.
	adminPatience = 5 * time.Second
	// adminPoll is how often it looks.
	adminPoll = 50 * time.Millisecond
)

// OpenAdmin returns the administration of a data directory: the store itself
// when nobody holds it, else the server that does. The function returned with
// it releases what was opened. Without create a store that does not exist is an
// error.
func OpenAdmin(ctx context.Context, opts Options, create bool, log *slog.Logger) (Admin, func() error, error) {
	if err := opts.Check(); err != nil {
		return nil, nil, err
	}
	if _, err := os.Stat(opts.DatabaseFile()); errors.Is(err, os.ErrNotExist) && !create {
		return nil, nil, fmt.Errorf("no store in %s: start bandeau serve once, or name another directory with --data", opts.Data)
	}
	patience, cancel := context.WithTimeout(ctx, adminPatience)
	defer cancel()
	for {
		lock, err := store.Lock(opts.Data)
		if err == nil {
			return openStoreAdmin(ctx, opts, lock, log)
		}
		if !errors.Is(err, store.ErrLocked) {
			return nil, nil, err
		}
		client, dialErr := dialControl(ctx, opts.Data)
		if dialErr == nil {
			return client, func() error { client.close(); return nil }, nil
		}
		wait := clock.System{}.NewTimer(adminPoll)
		select {
		case <-wait.C():
		case <-patience.Done():
			wait.Stop()
			return nil, nil, fmt.Errorf("%w, and does not answer: %w", err, dialErr)
		}
	}
}

// openStoreAdmin works on the store itself.
func openStoreAdmin(ctx context.Context, opts Options, lock *store.DirLock, log *slog.Logger) (Admin, func() error, error) {
	box, err := store.OpenBox(opts.Data)
	if err != nil {
		return nil, nil, errors.Join(err, lock.Release())
	}
	db, err := sqlite.Open(ctx, sqlite.Options{Path: opts.DatabaseFile(), Box: box})
	if err != nil {
		return nil, nil, errors.Join(err, lock.Release())
	}
	a := &admin{
		store: db, letters: outboxOnly(db, opts, log), clock: clock.System{}, hash: newPasswords().Hash,
		changing: func(context.Context) error { return nil },
		changed:  func(context.Context, directory.ID) {},
	}
	return a, func() error { return errors.Join(db.Close(), lock.Release()) }, nil
}

// outboxOnly writes mails into the outbox; the next server sends them.
func outboxOnly(st store.Store, opts Options, log *slog.Logger) *letters {
	scheme := "http://"
	if opts.TLSCert != "" {
		scheme = "https://"
	}
	now := func() time.Time { return clock.System{}.Now().UTC() }
	nobody := func(context.Context, directory.Mail, directory.PasswordState) error { return nil }
	return &letters{
		sender: mail.NewSender(st.Outbox(), nil, clock.System{}, log, nobody),
		page:   func() string { return scheme + opts.HTTP },
		now:    now,
	}
}

// serveControl answers the command line of this machine.
func (n *Node) serveControl(ctx context.Context) error {
	a := &admin{
		store: n.store, letters: n.letters, clock: n.clock, hash: n.passwords.Hash,
		changing: n.centresChanging, changed: n.centreChanged, loggedOut: n.api.LoggedOut,
	}
	return ServeControl(ctx, n.opts.Data, a, n.log)
}

// centresChanging keeps for the calls in progress what an import is about to
// change.
func (n *Node) centresChanging(ctx context.Context) error {
	centres, err := n.store.Centres().List(ctx)
	if err != nil {
		return fmt.Errorf("read centres: %w", err)
	}
	for _, c := range centres {
		if err := n.api.Changing(ctx, c.ID); err != nil {
			return fmt.Errorf("centre %s: %w", c.Name, err)
		}
	}
	return nil
}

// centreChanged brings a centre the command line has changed to life.
func (n *Node) centreChanged(ctx context.Context, centre directory.ID) {
	// The command is done whether or not its client waits.
	ctx = context.WithoutCancel(ctx)
	err := n.openCentre(ctx, centre)
	if err == nil {
		err = n.publisher.publish(ctx, centre)
	}
	if err != nil {
		n.log.ErrorContext(ctx, "change not published", "centre", string(centre), "error", err)
	}
	n.api.Changed(ctx, centre)
}
