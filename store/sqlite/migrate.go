package sqlite

import (
	"context"
	"database/sql"
	"embed"
	"fmt"
	"io/fs"
	"strconv"
	"strings"
)

// migrations holds the numbered steps of the schema. A step that was released
// is never changed: a correction is a step of its own.
//
//go:embed migrations/*.sql
var migrations embed.FS

// migration is one step of the schema.
type migration struct {
	version int
	name    string
	sql     string
}

// loadMigrations returns the steps in order. They are numbered from 1 without gaps.
func loadMigrations(files fs.FS) ([]migration, error) {
	names, err := fs.Glob(files, "migrations/*.sql")
	if err != nil {
		return nil, fmt.Errorf("sqlite: migrations: %w", err)
	}
	steps := make([]migration, 0, len(names)) // Glob sorts
	for i, name := range names {
		base := strings.TrimPrefix(name, "migrations/")
		number, _, _ := strings.Cut(base, "_")
		if version, err := strconv.Atoi(number); err != nil || version != i+1 || len(number) != 4 {
			return nil, fmt.Errorf("sqlite: migration %s is not number %04d", base, i+1)
		}
		text, err := fs.ReadFile(files, name)
		if err != nil {
			return nil, fmt.Errorf("sqlite: migrations: %w", err)
		}
		steps = append(steps, migration{version: i + 1, name: base, sql: string(text)})
	}
	return steps, nil
}

// migrate brings the schema up to date, each step in a transaction of its own,
// and refuses a database that a newer program has changed.
func migrate(ctx context.Context, db *sql.DB) error {
	steps, err := loadMigrations(migrations)
	if err != nil {
		return err
	}
	return apply(ctx, db, steps)
}

func apply(ctx context.Context, db *sql.DB, steps []migration) error {
	_, err := db.ExecContext(ctx, "CREATE TABLE IF NOT EXISTS schema_migrations (version INTEGER PRIMARY KEY, name TEXT NOT NULL)")
	if err != nil {
		return err
	}
	var version int
	err = db.QueryRowContext(ctx, "SELECT coalesce(max(version), 0) FROM schema_migrations").Scan(&version)
	if err != nil {
		return err
	}
	if version > len(steps) {
		return fmt.Errorf("%w: its schema is version %d, this program knows up to %d", errNewer, version, len(steps))
	}
	for _, step := range steps[version:] {
		err := inTx(ctx, db, func(tx *sql.Tx) error {
			if _, err := tx.ExecContext(ctx, step.sql); err != nil {
				return err
			}
			_, err := tx.ExecContext(ctx, "INSERT INTO schema_migrations (version, name) VALUES (?, ?)", step.version, step.name)
			return err
		})
		if err != nil {
			return fmt.Errorf("migration %s: %w", step.name, err)
		}
	}
	return nil
}
