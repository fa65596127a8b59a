package app

import (
	"context"
	"errors"
	"time"

	"bandeau/api"
	"bandeau/directory"
	"bandeau/mail"
	"bandeau/store"
)

// letters writes password mails into the outbox and has them sent.
type letters struct {
	sender *mail.Sender
	page   func() string // address of the login page
	now    func() time.Time
}

// openMail prepares the sending of mails. Without a server they wait.
func (n *Node) openMail(context.Context) error {
	var deliverer mail.Deliverer
	if n.opts.SMTP != "" {
		config, err := mail.ParseURL(n.opts.SMTP.Reveal())
		if err != nil {
			return Usagef("--smtp: %w", err)
		}
		deliverer = mail.NewSMTP(config, n.clock)
	}
	n.letters = &letters{
		sender: mail.NewSender(n.store.Outbox(), deliverer, n.clock, n.log, n.passwordState),
		page:   n.URL, now: func() time.Time { return n.clock.Now().UTC() },
	}
	return nil
}

// passwordState notes on the record how the delivery of its password stands,
// unless its owner has chosen another one meanwhile.
func (n *Node) passwordState(ctx context.Context, m directory.Mail, state directory.PasswordState) error {
	err := n.store.Tx(ctx, func(tx store.Records) error {
		credential, err := tx.Credentials().Get(ctx, m.Centre, m.About)
		if err != nil || !credential.MustChange {
			return err
		}
		return tx.Outbox().SetPasswordState(ctx, m.Centre, m.About, state)
	})
	if errors.Is(err, store.ErrNotFound) {
		return nil // the record was deleted meanwhile
	}
	return err
}

// queue writes the mail of a password into the outbox.
func (l *letters) queue(
	ctx context.Context, tx store.Records, to recipient, password api.NewPassword, renewed bool,
) error {
	centre, err := tx.Centres().Get(ctx, to.centre)
	if err != nil {
		return err
	}
	m, err := mail.NewPasswordMail(mail.Password{
		Centre: centre, Language: to.language, About: to.id, Role: to.role,
		Name: to.name, To: to.email, Login: to.login, Password: password.Plain,
		Renewed: renewed, Page: l.page(),
	}, l.now())
	if err != nil {
		return err
	}
	m.ID = directory.ID(newID())
	_, err = tx.Outbox().Create(ctx, m)
	return err
}

// wake has new mails sent now.
func (l *letters) wake() { l.sender.Wake() }

// Run sends mails until ctx ends.
func (l *letters) Run(ctx context.Context) error { return l.sender.Run(ctx) }
