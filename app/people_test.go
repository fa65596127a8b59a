package app

import (
	"testing"

	"bandeau/api"
	"bandeau/directory"
	"bandeau/store"
)

// TestChosenPassword: once somebody has chosen his password, the mail with the
// first one is not sent any more, and one that was on its way changes nothing.
func TestChosenPassword(t *testing.T) {
	b := newBench(t)
	b.mustImport(t, smallDocument)
	ctx := t.Context()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	centre, err := b.store.Centres().ByName(ctx, "Lyon")
	must(err)
	found, err := b.store.Logins().Find(ctx, centre.ID, "anna")
	must(err)
	mails, err := b.store.Outbox().List(ctx, centre.ID, store.Page{})
	must(err)
	if len(mails.Items) != 1 || mails.Items[0].State != directory.MailWaiting {
		t.Fatalf("mails %+v", mails.Items)
	}
	state := func() directory.PasswordState {
		anna, read := b.store.Operators().Get(ctx, centre.ID, found.Subject)
		must(read)
		return anna.PasswordState
	}
	n := &Node{store: b.store}
	must(n.passwordState(ctx, mails.Items[0], directory.PasswordFailed))
	if got := state(); got != directory.PasswordFailed {
		t.Errorf("after a failed attempt: %s", got)
	}

	who := accounts{&records{store: b.store, clock: b.clock}}
	must(who.SetPassword(ctx, api.Subject{ID: found.Subject, Centre: centre.ID}, "hash", nil))
	mail, err := b.store.Outbox().Get(ctx, centre.ID, mails.Items[0].ID)
	must(err)
	if mail.State == directory.MailWaiting {
		t.Error("the first password is still to be mailed")
	}
	must(n.passwordState(ctx, mails.Items[0], directory.PasswordDelivered))
	if got := state(); got != directory.PasswordSet {
		t.Errorf("a late delivery made it %s", got)
	}
	credential, err := b.store.Credentials().Get(ctx, centre.ID, found.Subject)
	must(err)
	if credential.MustChange || !credential.ExpiresAt.IsZero() {
		t.Errorf("credential %+v", credential)
	}
}
