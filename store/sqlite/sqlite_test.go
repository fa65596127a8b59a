package sqlite_test

import (
	"path/filepath"
	"testing"

	"bandeau/store"
	"bandeau/store/sqlite"
	"bandeau/store/storetest"
)

func TestConformance(t *testing.T) {
	storetest.Run(t, func(t *testing.T) store.Store { return open(t, t.TempDir()) })
}

// open opens the database in a directory until the test ends.
func open(t testing.TB, dir string) *sqlite.DB {
	t.Helper()
	box, err := store.OpenBox(dir)
	if err != nil {
		t.Fatal(err)
	}
	db, err := sqlite.Open(t.Context(), sqlite.Options{Path: filepath.Join(dir, sqlite.FileName), Box: box})
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
