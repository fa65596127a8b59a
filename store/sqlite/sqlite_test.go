package sqlite_test

import (
	"path/filepath"
	"testing"

	"bandeau/store"
	"bandeau/store/sqlite"
	"bandeau/store/storetest"
)

func TestConformance(t *testing.T) {
	storetest.Run(t, func(t *testing.T) store.Store {
		t.Helper()
		return open(t, t.TempDir())
	})
}

// open opens the database in a directory until the test ends.
func open(tb testing.TB, dir string) *sqlite.DB {
	tb.Helper()
	box, err := store.OpenBox(dir)
	if err != nil {
		tb.Fatal(err)
	}
	db, err := sqlite.Open(tb.Context(), sqlite.Options{Path: filepath.Join(dir, sqlite.FileName), Box: box})
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := db.Close(); err != nil {
			tb.Error(err)
		}
	})
	return db
}
