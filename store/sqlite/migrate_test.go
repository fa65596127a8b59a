package sqlite

import (
	"database/sql"
	"path/filepath"
	"testing"
	"testing/fstest"
)

// TestFailedMigrationLeavesNoTrace applies a step whose second half is wrong.
func TestFailedMigrationLeavesNoTrace(t *testing.T) {
	db, err := sql.Open("sqlite", dsn(filepath.Join(t.TempDir(), "x.db"), "_txlock=immediate"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	db.SetMaxOpenConns(1)
	steps := []migration{
		{1, "0001_a.sql", "CREATE TABLE a (x INTEGER)"},
		{2, "0002_b.sql", "CREATE TABLE b (x INTEGER); INSERT INTO nothing VALUES (1)"},
	}
	if err := apply(t.Context(), db, steps); err == nil {
		t.Fatal("a wrong step was applied")
	}
	var tables, version int
	row := db.QueryRowContext(t.Context(), "SELECT (SELECT count(*) FROM sqlite_master WHERE name IN ('a', 'b')), (SELECT max(version) FROM schema_migrations)")
	if err := row.Scan(&tables, &version); err != nil {
		t.Fatal(err)
	}
	if tables != 1 || version != 1 {
		t.Errorf("%d tables at version %d", tables, version)
	}
	steps[1].sql = "CREATE TABLE b (x INTEGER)"
	if err := apply(t.Context(), db, steps); err != nil {
		t.Errorf("the corrected step: %v", err)
	}
}

func TestMigrationsAreNumbered(t *testing.T) {
	for name, files := range map[string][]string{
		"gap": {"0001_a.sql", "0003_b.sql"}, "late": {"0002_a.sql"}, "twice": {"0001_a.sql", "0001_b.sql"}, "short": {"1_a.sql"}, "none": {"a.sql"},
	} {
		fs := fstest.MapFS{}
		for _, file := range files {
			fs["migrations/"+file] = &fstest.MapFile{}
		}
		if steps, err := loadMigrations(fs); err == nil {
			t.Errorf("%s: %v", name, steps)
		}
	}
	if steps, err := loadMigrations(migrations); err != nil || len(steps) < 2 {
		t.Errorf("ours: %d, %v", len(steps), err)
	}
}
