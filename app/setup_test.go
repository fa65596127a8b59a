package app

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"bandeau/directory"
	"bandeau/store"
	"bandeau/store/sqlite"
)

// openTestStore opens an empty store in a fresh directory.
func openTestStore(t *testing.T) store.Store {
	t.Helper()
	dir := t.TempDir()
	box, err := store.OpenBox(dir)
	if err != nil {
		t.Fatal(err)
	}
	opts := DefaultOptions()
	opts.Data = dir
	db, err := sqlite.Open(t.Context(), sqlite.Options{Path: opts.DatabaseFile(), Box: box})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return db
}

// setupAccount returns the centre, the user and the credential of a first start.
func setupAccount(t *testing.T, st store.Store) (directory.Centre, directory.User, directory.Credential) {
	t.Helper()
	centre, err := st.Centres().ByName(t.Context(), "main")
	if err != nil {
		t.Fatal(err)
	}
	found, err := st.Logins().Find(t.Context(), centre.ID, "admin")
	if err != nil {
		t.Fatal(err)
	}
	user, err := st.Users().Get(t.Context(), centre.ID, found.Subject)
	if err != nil {
		t.Fatal(err)
	}
	credential, err := st.Credentials().Get(t.Context(), centre.ID, user.ID)
	if err != nil {
		t.Fatal(err)
	}
	return centre, user, credential
}

func TestFirstStart(t *testing.T) {
	st := openTestStore(t)
	var out bytes.Buffer
	if err := setUp(t.Context(), st, DefaultOptions(), &out); err != nil {
		t.Fatal(err)
	}
	centre, user, credential := setupAccount(t, st)
	if centre.Language != directory.French || centre.TimeZone != "Europe/Paris" || centre.DialCountry != "FR" {
		t.Errorf("centre %+v", centre)
	}
	if user.Role != directory.RoleTechnical {
		t.Errorf("role %s", user.Role)
	}
	_, rest, found := strings.Cut(out.String(), "the password ")
	password, _, _ := strings.Cut(rest, " ")
	if !found || strings.Count(out.String(), "\n") != 1 {
		t.Fatalf("printed %q", out.String())
	}
	if right, err := directory.VerifyPassword(credential.Hash, password); err != nil || !right {
		t.Errorf("the password printed is %v, %v", right, err)
	}
	if !credential.MustChange || !credential.ExpiresAt.IsZero() {
		t.Errorf("credential %+v", credential)
	}
	pauses, err := st.PauseTypes().List(t.Context(), centre.ID, store.Page{})
	if err != nil {
		t.Fatal(err)
	}
	logins := 0
	for _, p := range pauses.Items {
		if p.Login {
			logins++
		}
	}
	if len(pauses.Items) != 15 || logins != 1 {
		t.Errorf("%d pause types, %d for login", len(pauses.Items), logins)
	}

	// A second start changes nothing and says nothing, whatever it is told.
	out.Reset()
	opts := DefaultOptions()
	opts.SetupPassword = "another password"
	if err := setUp(t.Context(), st, opts, &out); err != nil {
		t.Fatal(err)
	}
	_, _, again := setupAccount(t, st)
	if out.Len() > 0 || again.Hash.Reveal() != credential.Hash.Reveal() {
		t.Errorf("second start printed %q", out.String())
	}
}

func TestFirstStartWithGivenPassword(t *testing.T) {
	st := openTestStore(t)
	opts := DefaultOptions()
	opts.SetupPassword = "a given password"
	var out bytes.Buffer
	if err := setUp(t.Context(), st, opts, &out); err != nil {
		t.Fatal(err)
	}
	_, user, credential := setupAccount(t, st)
	right, err := directory.VerifyPassword(credential.Hash, "a given password")
	if err != nil || !right || credential.MustChange || user.PasswordState != directory.PasswordSet {
		t.Errorf("right %v, %v, credential %+v, state %s", right, err, credential, user.PasswordState)
	}
	if out.Len() > 0 {
		t.Errorf("printed %q", out.String())
	}
}

// A printer that is gone must not leave a store nobody knows the password of
// without a word.
func TestFirstStartThatCannotPrint(t *testing.T) {
	gone := errors.New("gone")
	if err := setUp(t.Context(), openTestStore(t), DefaultOptions(), failingWriter{gone}); !errors.Is(err, gone) {
		t.Errorf("error %v", err)
	}
}

type failingWriter struct{ err error }

func (w failingWriter) Write([]byte) (int, error) { return 0, w.err }
