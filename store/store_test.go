package store_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"bandeau/store"
)

func TestLock(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	first, err := store.Lock(dir)
	if err != nil {
		t.Fatal(err)
	}
	_, err = store.Lock(dir)
	if !errors.Is(err, store.ErrLocked) || !strings.Contains(err.Error(), dir) || strings.Contains(err.Error(), "\n") {
		t.Errorf("second lock: %v", err)
	}
	if err = first.Release(); err != nil {
		t.Fatal(err)
	}
	again, err := store.Lock(dir) // the file of a dead process does not matter
	if err != nil {
		t.Fatal(err)
	}
	if err = again.Release(); err != nil {
		t.Fatal(err)
	}
	if info, statErr := os.Stat(dir); statErr != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("mode of the data directory is not 0700: %v", statErr)
	}
	file := filepath.Join(t.TempDir(), "file")
	if err = os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err = store.Lock(file); err == nil || strings.Contains(err.Error(), "\n") {
		t.Errorf("a file as data directory: %v", err)
	}
}

func TestBox(t *testing.T) {
	dir := t.TempDir()
	box, err := store.OpenBox(dir)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, store.KeyFile)
	if info, statErr := os.Stat(path); statErr != nil || info.Mode().Perm() != 0o600 || info.Size() != 32 {
		t.Errorf("key file: %v", statErr)
	}
	sealed, err := box.Seal("s3cret", "trunk/1")
	if err != nil {
		t.Fatal(err)
	}
	twice, err := box.Seal("s3cret", "trunk/1")
	if err != nil {
		t.Fatal(err)
	}
	if bytes.Equal(sealed, twice) || bytes.Contains(sealed, []byte("s3cret")) {
		t.Error("equal secrets are sealed equally, or not at all")
	}
	again, err := store.OpenBox(dir) // the same key file
	if err != nil {
		t.Fatal(err)
	}
	if secret, err := again.Open(sealed, "trunk/1"); err != nil || secret != "s3cret" {
		t.Errorf("opened: %q, %v", secret, err)
	}
	damaged := bytes.Clone(sealed)
	damaged[len(damaged)-1] ^= 1
	for what, c := range map[string]struct {
		sealed []byte
		owner  string
	}{"another owner": {sealed, "trunk/2"}, "damaged": {damaged, "trunk/1"}, "short": {sealed[:5], "trunk/1"}, "empty": {nil, "trunk/1"}} {
		if secret, openErr := again.Open(c.sealed, c.owner); !errors.Is(openErr, store.ErrUnsealable) {
			t.Errorf("%s: %q, %v", what, secret, openErr)
		}
	}
	if err := os.Chmod(path, 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := store.OpenBox(dir); err == nil || !strings.Contains(err.Error(), "0600") {
		t.Errorf("key file that others can read: %v", err)
	}
	if err := os.WriteFile(path, []byte("short"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(path, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := store.OpenBox(dir); err == nil {
		t.Error("a short key is taken")
	}
}
