package app

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"bandeau/directory"
	"bandeau/store"
)

// startControl serves an admin on a socket in dir until the test ends.
func startControl(t *testing.T, dir string, a Admin) *controlClient {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- ServeControl(ctx, dir, a, slog.New(slog.DiscardHandler)) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Errorf("ServeControl: %v", err)
		}
	})
	deadline := time.Now().Add(10 * time.Second)
	for {
		client, err := dialControl(t.Context(), dir)
		if err == nil {
			t.Cleanup(client.close)
			return client
		}
		if time.Now().After(deadline) {
			t.Fatal(err)
		}
		time.Sleep(time.Millisecond)
	}
}

// Everything the command line can ask for arrives over the socket as it does
// on the store itself, errors with their kind.
func TestControlRoundTrip(t *testing.T) {
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	t.Run("served", func(t *testing.T) {
		b := newBench(t)
		client := startControl(t, t.TempDir(), b.admin)
		out, err := client.Import(t.Context(), Import{Document: []byte(richDocument)})
		if err != nil || !out.Applied || len(out.Phones) != 2 || len(out.Unmailed) != 2 {
			t.Fatalf("import %+v, %v", out, err)
		}
		exported, err := client.Export(t.Context(), Export{Centre: "Lyon"})
		if err != nil || string(exported.Document) != b.mustExport(t) {
			t.Errorf("export differs, %v", err)
		}
		centre, err := client.AddCentre(t.Context(), AddCentre{Name: " Nice "})
		if err != nil || centre.Name != "Nice" || centre.ID == "" {
			t.Errorf("centre %+v, %v", centre, err)
		}
		centres, err := client.Centres(t.Context(), CentresQuery{})
		if err != nil || len(centres) != 2 || centres[0].Name != "Lyon" || centres[1].ID != centre.ID {
			t.Errorf("centres %+v, %v", centres, err)
		}
		user, err := client.AddUser(t.Context(), AddUser{Centre: "Nice", Login: "Zoe", Email: "zoe@example.org", Role: "administrator"})
		if err != nil || user.Login != "zoe" || !user.Mailed || user.Role != "administrator" {
			t.Errorf("user %+v, %v", user, err)
		}
		who, err := client.SetPassword(t.Context(), SetPassword{Centre: "Lyon", Login: "anna", Password: "twelve letters"})
		if err != nil || !who.Operator {
			t.Errorf("password %+v, %v", who, err)
		}
		if len(b.changed) != 2 { // the import and the new centre
			t.Errorf("the node was told %d times", len(b.changed))
		}

		if _, err = client.Export(t.Context(), Export{}); ExitStatus(err) != 2 {
			t.Errorf("wrong usage comes as %v", err)
		}
		if _, err = client.Export(t.Context(), Export{Centre: "Rome"}); ExitStatus(err) != 1 || err == nil {
			t.Errorf("a failure comes as %v", err)
		}
		_, err = client.Import(t.Context(), Import{Document: []byte("bandeau: 1\nx: 1\ny: 1\ncentre: {name: Lyon}\n")})
		document, ok := errors.AsType[*DocumentError](err)
		if !ok || len(document.Problems) != 2 || document.Problems[1].Line != 3 {
			t.Errorf("problems come as %v", err)
		}
	})
}

// Only the owner of the data directory reaches the socket, and one a crash left
// behind does not stop the next server.
func TestControlSocketFile(t *testing.T) {
	dir := t.TempDir()
	stale, err := (&net.ListenConfig{}).Listen(t.Context(), "unix", filepath.Join(dir, ControlSocket))
	if err != nil {
		t.Fatal(err)
	}
	stale.(*net.UnixListener).SetUnlinkOnClose(false)
	if err = stale.Close(); err != nil {
		t.Fatal(err)
	}
	startControl(t, dir, newBench(t).admin)
	info, err := os.Stat(filepath.Join(dir, ControlSocket))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
}

// A data directory may have a path longer than a socket's can be.
func TestControlInDeepDirectory(t *testing.T) {
	dir := filepath.Join(t.TempDir(), strings.Repeat("deep/", 30))
	if err := os.MkdirAll(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	client := startControl(t, dir, newBench(t).admin)
	if _, err := client.Centres(t.Context(), CentresQuery{}); err != nil {
		t.Error(err)
	}
}

// The store is opened where nobody holds it, else the holder is asked.
func TestOpenAdmin(t *testing.T) {
	log := slog.New(slog.DiscardHandler)
	opts := DefaultOptions()
	opts.Data = t.TempDir()
	if _, _, err := OpenAdmin(t.Context(), opts, false, log); err == nil || !strings.Contains(err.Error(), "no store in") {
		t.Fatalf("without a store: %v", err)
	}
	a, release, err := OpenAdmin(t.Context(), opts, true, log)
	if err != nil {
		t.Fatal(err)
	}
	if _, err = a.AddCentre(t.Context(), AddCentre{Name: "main"}); err != nil {
		t.Fatal(err)
	}
	if err = release(); err != nil {
		t.Fatal(err)
	}

	lock, err := store.Lock(opts.Data)
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if unlocked := lock.Release(); unlocked != nil {
			t.Error(unlocked)
		}
	}()
	b := newBench(t)
	if _, err = b.AddCentre(t.Context(), AddCentre{Name: "of the server"}); err != nil {
		t.Fatal(err)
	}
	startControl(t, opts.Data, b.admin)
	a, release, err = OpenAdmin(t.Context(), opts, false, log)
	if err != nil {
		t.Fatal(err)
	}
	centres, err := a.Centres(t.Context(), CentresQuery{})
	if err != nil || len(centres) != 1 || centres[0].Name != "of the server" {
		t.Errorf("centres %v, %v", centres, err)
	}
	if err := release(); err != nil {
		t.Error(err)
	}
}

// smallDocument has one operator and one user.
const smallDocument = `
bandeau: 1
centre: {name: Lyon}
operators: [{login: anna, fullName: Anna, email: anna@example.org, askPhoneAtLogin: true}]
users: [{login: boss, role: technical}]
`

// A first password must be replaced and ends the sessions and mails of the one
// before; a final one need not be.
func TestSetPassword(t *testing.T) {
	b := newBench(t)
	b.hash = newPasswords().Hash
	b.mustImport(t, smallDocument)
	ctx := t.Context()
	centre, err := b.store.Centres().ByName(ctx, "Lyon")
	if err != nil {
		t.Fatal(err)
	}
	anna, err := b.store.Logins().Find(ctx, centre.ID, "anna")
	if err != nil {
		t.Fatal(err)
	}
	now := b.clock.Now()
	session := directory.Session{
		Hash: directory.HashToken("cookie"), Centre: centre.ID, Subject: anna.Subject,
		Role: directory.RoleOperator, CreatedAt: now, LastRequestAt: now,
	}
	if err = b.store.WebSessions().Create(ctx, session); err != nil {
		t.Fatal(err)
	}
	for _, bad := range []SetPassword{
		{Login: "anna", Password: "short"},
		{Login: "anna", Password: strings.Repeat("x", 129)},
		{Login: "nobody", Password: "long enough for a password"},
		{Login: "anna", Password: "long enough for a password", Centre: "Nice"},
	} {
		if _, err = b.SetPassword(ctx, bad); ExitStatus(err) != 1 {
			t.Errorf("SetPassword(%+v) = %v", bad, err)
		}
	}
	if _, err = b.SetPassword(ctx, SetPassword{Login: " ANNA ", Password: "first password"}); err != nil {
		t.Fatal(err)
	}
	credential, err := b.store.Credentials().Get(ctx, centre.ID, anna.Subject)
	if err != nil {
		t.Fatal(err)
	}
	right, err := directory.VerifyPassword(credential.Hash, "first password")
	if err != nil || !right || !credential.MustChange || !credential.ExpiresAt.Equal(now.Add(directory.FirstPasswordLife)) {
		t.Errorf("credential %+v, right %v, %v", credential, right, err)
	}
	if _, err = b.store.WebSessions().Get(ctx, session.Hash); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("the session lives on: %v", err)
	}
	mails, err := b.store.Outbox().Claim(ctx, now, time.Minute, 100)
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range mails {
		if m.About == anna.Subject {
			t.Error("the mail with the old password would still be sent")
		}
	}
	operator, err := b.store.Operators().Get(ctx, centre.ID, anna.Subject)
	if err != nil || operator.PasswordState != directory.PasswordDelivered {
		t.Errorf("state %s, %v", operator.PasswordState, err)
	}
	if _, err = b.SetPassword(ctx, SetPassword{Login: "boss", Password: "final password", Final: true}); err != nil {
		t.Fatal(err)
	}
	boss, err := b.store.Logins().Find(ctx, centre.ID, "boss")
	if err != nil {
		t.Fatal(err)
	}
	if credential, err = b.store.Credentials().Get(ctx, centre.ID, boss.Subject); err != nil || credential.MustChange {
		t.Errorf("credential %+v, %v", credential, err)
	}
}

func TestAddUserRules(t *testing.T) {
	b := newBench(t)
	b.mustImport(t, richDocument)
	ctx := t.Context()
	for _, tt := range []struct {
		q    AddUser
		want string
	}{
		{AddUser{Login: "Anna"}, "login: is already the login"},
		{AddUser{Login: "new user"}, "login: must have from 1 to 32 characters"},
		{AddUser{Login: "new", Role: "operator"}, "role: must be one of"},
		{AddUser{Login: "new", Language: "de"}, "language: must be one of"},
		{AddUser{Login: "new", Email: "x"}, "email: must be"},
		{AddUser{Login: "new", Password: "short"}, "the password must have"},
	} {
		if _, err := b.AddUser(ctx, tt.q); err == nil || !strings.Contains(err.Error(), tt.want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("AddUser(%+v) = %v, want %s", tt.q, err, tt.want)
		}
	}
	mailed := len(b.post.to)
	user, err := b.AddUser(ctx, AddUser{Login: "new", Email: "new@example.org", Password: "a first password"})
	if err != nil || user.Mailed || user.Role != "supervisor" || len(b.post.to) != mailed {
		t.Errorf("user %+v, %v", user, err)
	}
	if _, err := b.AddCentre(ctx, AddCentre{Name: "Lyon"}); err == nil || !strings.Contains(err.Error(), "already called") {
		t.Errorf("second centre of a name: %v", err)
	}
	if _, err := b.AddCentre(ctx, AddCentre{Name: " "}); err == nil {
		t.Error("a centre without a name")
	}
}
