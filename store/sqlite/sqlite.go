// Package sqlite keeps everything of a node in one SQLite database file.
//
// The database runs in WAL mode with synchronous=FULL: a transaction that was
// committed survives a power cut. One connection writes, so that writers queue
// instead of failing; a pool of connections that can only read serves the
// rest, and never waits for the writer nor makes it wait.
package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	_ "modernc.org/sqlite" // the driver named "sqlite"

	"bandeau/store"
)

// FileName is the name of the database in the data directory.
const FileName = "bandeau.db"

// readers is the number of connections that read at the same time.
const readers = 4

// maxQuickCheck is the size in bytes up to which a database is checked page by
// page when it is opened; a larger one would delay the start by seconds.
const maxQuickCheck = 32 << 20

// Options say which database to open.
type Options struct {
	// Path is that of the database file; it is made if there is none.
	Path string
	// Box seals and opens the secrets.
	Box *store.Box
}

// DB is a store in a SQLite database.
type DB struct {
	*records
	writer *sql.DB
	reader *sql.DB
	// hot are the statements of every append, prepared once.
	hot map[string]*sql.Stmt
}

var _ store.Store = (*DB)(nil)

// Open opens the database, brings its tables up to date and checks that it can
// be written. Its error is one line that says what is wrong with the file.
func Open(ctx context.Context, o Options) (*DB, error) {
	path, err := filepath.Abs(o.Path)
	if err != nil {
		return nil, fmt.Errorf("sqlite: %w", err)
	}
	size, err := ensureFile(path)
	if err != nil {
		return nil, fmt.Errorf("sqlite: database %s: %w", path, errors.Unwrap(err))
	}
	db := &DB{hot: map[string]*sql.Stmt{}}
	if err := db.open(ctx, path, size); err != nil {
		return nil, errors.Join(describe(path, err), db.Close())
	}
	db.records = newRecords(db, o.Box)
	return db, nil
}

func (db *DB) open(ctx context.Context, path string, size int64) error {
	var err error
	if db.writer, err = sql.Open("sqlite", dsn(path, "_txlock=immediate")); err != nil {
		return err
	}
	db.writer.SetMaxOpenConns(1)
	db.writer.SetMaxIdleConns(1)
	if err = check(ctx, db.writer, size); err != nil {
		return err
	}
	if err = migrate(ctx, db.writer); err != nil {
		return err
	}
	for _, query := range hotQueries() {
		if db.hot[query], err = db.writer.PrepareContext(ctx, query); err != nil { //nolint:sqlclosecheck // closed by DB.Close
			delete(db.hot, query)
			return err
		}
	}
	if db.reader, err = sql.Open("sqlite", dsn(path, "_pragma=query_only(1)")); err != nil {
		return err
	}
	db.reader.SetMaxOpenConns(readers)
	db.reader.SetMaxIdleConns(readers)
	return db.reader.PingContext(ctx)
}

// ensureFile makes the file, readable by its owner only, if there is none: it
// holds personal data. It returns its size.
func ensureFile(path string) (int64, error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return 0, err
	}
	info, err := f.Stat()
	if err != nil {
		return 0, errors.Join(err, f.Close())
	}
	return info.Size(), f.Close()
}

// dsn returns the data source name of the file.
func dsn(path, extra string) string {
	u := url.URL{Scheme: "file", Path: path}
	return u.String() + "?_pragma=busy_timeout(5000)&_pragma=journal_mode(WAL)" +
		"&_pragma=synchronous(FULL)&_pragma=foreign_keys(1)&" + extra
}

// check reads the database and, when it is small, all of its pages.
func check(ctx context.Context, db *sql.DB, size int64) error {
	var tables int
	if err := db.QueryRowContext(ctx, "SELECT count(*) FROM sqlite_master").Scan(&tables); err != nil {
		return err
	}
	if size == 0 || size > maxQuickCheck {
		return nil
	}
	var result string
	if err := db.QueryRowContext(ctx, "PRAGMA quick_check(1)").Scan(&result); err != nil {
		return err
	}
	if result != "ok" {
		return fmt.Errorf("%w: %s", errCorrupt, strings.ReplaceAll(result, "\n", " "))
	}
	return nil
}

// Close lets running calls end and closes the database.
func (db *DB) Close() error {
	var errs []error
	for _, stmt := range db.hot {
		errs = append(errs, stmt.Close())
	}
	if db.reader != nil {
		errs = append(errs, db.reader.Close())
	}
	if db.writer != nil {
		errs = append(errs, db.writer.Close())
	}
	if err := errors.Join(errs...); err != nil {
		return fmt.Errorf("sqlite: close: %w", err)
	}
	return nil
}

// Check reports whether the database can be read and written.
func (db *DB) Check(ctx context.Context) error {
	var version int
	if err := db.reader.QueryRowContext(ctx, "SELECT max(version) FROM schema_migrations").Scan(&version); err != nil {
		return fmt.Errorf("sqlite: check: %w", err)
	}
	tx, err := db.writer.BeginTx(ctx, nil) // takes the write lock at once
	if err != nil {
		return fmt.Errorf("sqlite: check: %w", err)
	}
	if err := tx.Rollback(); err != nil {
		return fmt.Errorf("sqlite: check: %w", err)
	}
	return nil
}

// Tx runs f in one transaction.
func (db *DB) Tx(ctx context.Context, f func(store.Records) error) error {
	return db.write(ctx, func(q querier) error { return f(db.within(q)) })
}

// querier is a pool or a transaction.
type querier interface {
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

// inTx runs f in a transaction of a pool.
func inTx(ctx context.Context, pool *sql.DB, f func(*sql.Tx) error) error {
	tx, err := pool.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("sqlite: begin: %w", err)
	}
	defer func() { _ = tx.Rollback() }() // does nothing once committed
	if err := f(tx); err != nil {
		return givenUp(ctx, err)
	}
	if err := tx.Commit(); err != nil {
		return fmt.Errorf("sqlite: commit: %w", givenUp(ctx, err))
	}
	return nil
}

// givenUp says of an error in a transaction whose context has ended that it was
// given up: it is rolled back then at any point, and what fails may only say that
// the transaction or its rows are closed.
func givenUp(ctx context.Context, err error) error {
	if ended := ctx.Err(); ended != nil && !errors.Is(err, ended) {
		return fmt.Errorf("%w: %w", ended, err)
	}
	return err
}

// scanAll reads every row of a query.
func scanAll[T any](ctx context.Context, q querier, scan func(*sql.Rows) (T, error), query string, args ...any) ([]T, error) {
	rows, err := q.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, fmt.Errorf("sqlite: query: %w", err)
	}
	defer func() { _ = rows.Close() }()
	var all []T
	for rows.Next() {
		item, err := scan(rows)
		if err != nil {
			return nil, fmt.Errorf("sqlite: scan: %w", err)
		}
		all = append(all, item)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("sqlite: query: %w", err)
	}
	return all, nil
}
