package sqlite_test

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"bandeau/directory"
	"bandeau/store"
	"bandeau/store/sqlite"
)

// fails expects a database that can not be opened, with one clear line.
func fails(t *testing.T, path string, words ...string) {
	t.Helper()
	box, err := store.NewBox(make([]byte, 32))
	if err != nil {
		t.Fatal(err)
	}
	db, err := sqlite.Open(t.Context(), sqlite.Options{Path: path, Box: box})
	if err == nil {
		_ = db.Close()
		t.Fatal("the database opens")
	}
	if text := err.Error(); strings.Contains(text, "\n") || !strings.Contains(text, path) {
		t.Errorf("not one line about the file: %q", text)
	}
	for _, word := range words {
		if !strings.Contains(err.Error(), word) {
			t.Errorf("%q does not say %q", err, word)
		}
	}
}

func TestOpenRefuses(t *testing.T) {
	t.Run("garbage", func(t *testing.T) {
		path := filepath.Join(t.TempDir(), "x.db")
		write(t, path, bytes.Repeat([]byte("not a database "), 1000))
		fails(t, path, "not a database")
	})
	t.Run("damaged page", func(t *testing.T) {
		dir := t.TempDir()
		path := fill(t, dir)
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for i := 4096; i < len(text); i += 3 {
			text[i] ^= 0x5a
		}
		write(t, path, text)
		fails(t, path, "damaged")
	})
	t.Run("newer schema", func(t *testing.T) {
		path := fill(t, t.TempDir())
		execute(t, path, "INSERT INTO schema_migrations (version, name) VALUES (9999, 'later')")
		fails(t, path, "newer version of the program", "9999")
	})
	t.Run("directory in its place", func(t *testing.T) {
		path := filepath.Join(t.TempDir(), "x.db")
		if err := os.Mkdir(path, 0o700); err != nil {
			t.Fatal(err)
		}
		fails(t, path, "is a directory")
	})
	t.Run("no directory", func(t *testing.T) {
		fails(t, filepath.Join(t.TempDir(), "absent", "x.db"), "no such file")
	})
	t.Run("file that can not be written", func(t *testing.T) {
		if os.Getuid() == 0 {
			t.Skip("the superuser may write everything")
		}
		path := fill(t, t.TempDir())
		if err := os.Chmod(path, 0o400); err != nil {
			t.Fatal(err)
		}
		fails(t, path, "permission denied")
	})
}

func write(t *testing.T, path string, text []byte) {
	t.Helper()
	if err := os.WriteFile(path, text, 0o600); err != nil {
		t.Fatal(err)
	}
}

// execute changes a closed database behind the store's back.
func execute(t *testing.T, path, query string) {
	t.Helper()
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := db.ExecContext(t.Context(), query); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
}

// fill makes a closed database with secrets in it.
func fill(t *testing.T, dir string) string {
	t.Helper()
	ctx := context.Background()
	box, err := store.OpenBox(dir)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, sqlite.FileName)
	db, err := sqlite.Open(ctx, sqlite.Options{Path: path, Box: box})
	if err != nil {
		t.Fatal(err)
	}
	now := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	meta := func(id directory.ID) directory.Meta {
		return directory.Meta{ID: id, Centre: "main", CreatedAt: now, UpdatedAt: now}
	}
	for _, step := range []func() error{
		func() error {
			_, err := db.Centres().Create(ctx, directory.Centre{Meta: meta("main"), Name: "main"})
			return err
		},
		func() error {
			_, err := db.Trunks().Create(ctx, directory.Trunk{Meta: meta("t1"), Password: "trunk-Passw0rd"})
			return err
		},
		func() error {
			_, err := db.Phones().Create(ctx, directory.Phone{Meta: meta("p1"), Username: "u"})
			return err
		},
		func() error {
			return db.Phones().SetSecret(ctx, "main", directory.PhoneSecret{Phone: "p1", Password: "phone-Passw0rd"})
		},
		func() error {
			_, err := db.Outbox().Create(ctx, directory.Mail{
				Meta: meta("m1"), State: directory.MailWaiting, Text: "mail-Passw0rd text", HTML: "mail-Passw0rd html",
			})
			return err
		},
	} {
		if err := errors.Join(step()); err != nil {
			t.Fatal(err)
		}
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestSecretsAreSealedAtRest(t *testing.T) {
	dir := t.TempDir()
	path := fill(t, dir)
	files, err := filepath.Glob(path + "*")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		text, readErr := os.ReadFile(file)
		if readErr != nil {
			t.Fatal(readErr)
		}
		if bytes.Contains(text, []byte("Passw0rd")) {
			t.Errorf("%s holds a secret in clear", filepath.Base(file))
		}
	}
	db := open(t, dir)
	trunk, err := db.Trunks().Get(t.Context(), "main", "t1")
	if err != nil || trunk.Password.Reveal() != "trunk-Passw0rd" {
		t.Errorf("read again: %q, %v", trunk.Password.Reveal(), err)
	}
	if info, statErr := os.Stat(path); statErr != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the database's mode is not 0600: %v", statErr)
	}
}

// TestSealedSecretsStayInPlace swaps the sealed passwords of two records: a
// secret opens only where it was put.
func TestSealedSecretsStayInPlace(t *testing.T) {
	dir := t.TempDir()
	path := fill(t, dir)
	execute(t, path, "UPDATE trunks SET password = (SELECT password FROM phone_secrets)")
	db := open(t, dir)
	if _, err := db.Trunks().Get(t.Context(), "main", "t1"); !errors.Is(err, store.ErrUnsealable) {
		t.Errorf("a phone's secret as a trunk's: %v", err)
	}
}

func TestAnotherKeyFile(t *testing.T) {
	dir := t.TempDir()
	path := fill(t, dir)
	box, err := store.NewBox(bytes.Repeat([]byte{1}, 32))
	if err != nil {
		t.Fatal(err)
	}
	db, err := sqlite.Open(t.Context(), sqlite.Options{Path: path, Box: box})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	if _, err := db.Phones().Accounts(t.Context()); !errors.Is(err, store.ErrUnsealable) {
		t.Errorf("another key: %v", err)
	}
}

func TestReopenKeepsEverything(t *testing.T) {
	dir := t.TempDir()
	fill(t, dir)
	for range 2 {
		db := open(t, dir)
		if err := db.Check(t.Context()); err != nil {
			t.Error(err)
		}
		if _, err := db.Centres().ByName(t.Context(), "main"); err != nil {
			t.Error(err)
		}
	}
}

// TestOddPath opens a database whose path has a meaning in URLs.
func TestOddPath(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "a b?c=%41#é")
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	path := fill(t, dir)
	if info, err := os.Stat(path); err != nil || info.Size() == 0 {
		t.Errorf("the database is elsewhere: %v", err)
	}
}
