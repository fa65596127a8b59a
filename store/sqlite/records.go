package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"

	"bandeau/directory"
	"bandeau/store"
)

// records are the repositories, on the pools or in one transaction.
type records struct {
	db     *DB
	q      querier // the transaction, nil outside of one
	tables *tables
	box    *store.Box
}

var _ store.Records = (*records)(nil)

// tables are the kinds of records.
type tables struct {
	centres    *table[directory.Centre]
	operators  *table[directory.Operator]
	groups     *table[directory.Group]
	pauseTypes *table[directory.PauseType]
	numbers    *table[directory.Number]
	phones     *table[directory.Phone]
	trunks     *table[directory.Trunk]
	users      *table[directory.User]
	tokens     *table[directory.Token]
	mails      *table[directory.Mail]
	sounds     *table[directory.Sound]
}

func newRecords(db *DB, box *store.Box) *records {
	return &records{db: db, box: box, tables: &tables{
		centres: centreTable(), operators: operatorTable(), groups: groupTable(), pauseTypes: pauseTypeTable(),
		numbers: numberTable(), phones: phoneTable(), trunks: trunkTable(box), users: userTable(),
		tokens: tokenTable(), mails: mailTable(), sounds: soundTable(),
	}}
}

// within returns the same repositories in a transaction.
func (r *records) within(q querier) *records {
	return &records{db: r.db, q: q, tables: r.tables, box: r.box}
}

// write runs f in the transaction or, outside of one, in one of its own. In a
// transaction a refused change takes back what it wrote before, so that the
// transaction may go on.
func (r *records) write(ctx context.Context, f func(querier) error) error {
	if r.q == nil {
		return inTx(ctx, r.db.writer, func(tx *sql.Tx) error { return f(tx) })
	}
	if _, err := r.q.ExecContext(ctx, "SAVEPOINT change"); err != nil {
		return fmt.Errorf("sqlite: savepoint: %w", err)
	}
	if err := f(r.q); err != nil {
		_, undo := r.q.ExecContext(ctx, "ROLLBACK TO change; RELEASE change")
		return errors.Join(err, undo)
	}
	if _, err := r.q.ExecContext(ctx, "RELEASE change"); err != nil {
		return fmt.Errorf("sqlite: savepoint: %w", err)
	}
	return nil
}

// view runs f on one state of the database.
func (r *records) view(ctx context.Context, f func(querier) error) error {
	if r.q != nil {
		return f(r.q)
	}
	return inTx(ctx, r.db.reader, func(tx *sql.Tx) error { return f(tx) })
}

// Centres keeps the centres.
func (r *records) Centres() store.Centres {
	return centres{repository[directory.Centre]{r, r.tables.centres}}
}

// Operators keeps the operators.
func (r *records) Operators() store.Repository[directory.Operator] {
	return repository[directory.Operator]{r, r.tables.operators}
}

// Groups keeps the groups.
func (r *records) Groups() store.Repository[directory.Group] {
	return repository[directory.Group]{r, r.tables.groups}
}

// PauseTypes keeps the pause types.
func (r *records) PauseTypes() store.Repository[directory.PauseType] {
	return repository[directory.PauseType]{r, r.tables.pauseTypes}
}

// Numbers keeps the service numbers.
func (r *records) Numbers() store.Numbers {
	return numbers{repository[directory.Number]{r, r.tables.numbers}}
}

// Sounds keeps the records of uploaded sounds.
func (r *records) Sounds() store.Repository[directory.Sound] {
	return repository[directory.Sound]{r, r.tables.sounds}
}

// Phones keeps the Centrex phones.
func (r *records) Phones() store.Phones {
	return phones{repository[directory.Phone]{r, r.tables.phones}}
}

// Trunks keeps the trunks.
func (r *records) Trunks() store.Trunks {
	return trunks{repository[directory.Trunk]{r, r.tables.trunks}}
}

// Users keeps the users.
func (r *records) Users() store.Repository[directory.User] {
	return repository[directory.User]{r, r.tables.users}
}

// Tokens keeps programs' tokens.
func (r *records) Tokens() store.Tokens {
	return tokens{repository[directory.Token]{r, r.tables.tokens}}
}

// Logins finds who a login belongs to.
func (r *records) Logins() store.Logins { return logins{r} }

// Credentials keeps the passwords' hashes.
func (r *records) Credentials() store.Credentials { return credentials{r} }

// WebSessions keeps the web sessions.
func (r *records) WebSessions() store.WebSessions { return webSessions{r} }

// Outbox keeps the mails.
func (r *records) Outbox() store.Outbox {
	return outbox{repository[directory.Mail]{r, r.tables.mails}}
}

// Bindings keeps the registrations.
func (r *records) Bindings() store.Bindings { return bindings{r} }

// Qualities keeps how browsers heard their calls.
func (r *records) Qualities() store.Qualities { return qualities{r} }

// Owner returns the record that holds a unique value.
func (r *records) Owner(ctx context.Context, centre directory.ID, unique directory.Unique, value string) (directory.ID, error) {
	var query string
	args := []any{centre, strings.ToLower(value)}
	switch unique {
	case directory.UniqueLogin:
		query = "SELECT id FROM subjects WHERE centre = ? AND lower(login) = ?"
	case directory.UniqueEmail:
		query = "SELECT id FROM operators WHERE centre = ? AND lower(email) = ?"
	case directory.UniqueExtension:
		query = "SELECT id FROM phones WHERE centre = ? AND number = ?"
	case directory.UniqueSound:
		query, args = "SELECT id FROM sounds WHERE centre = ? AND name = ?", []any{centre, value}
	case directory.UniqueUsername:
		query, args = "SELECT id FROM phones WHERE lower(username) = ?", args[1:]
	case directory.UniqueNumber:
		query, args = "SELECT coalesce(number_id, operator) FROM inbound_numbers WHERE number = ?", args[1:]
	default:
		return "", fmt.Errorf("sqlite: %q is no kind of unique value", unique)
	}
	var id directory.ID
	err := r.view(ctx, func(q querier) error { return q.QueryRowContext(ctx, query, args...).Scan(&id) })
	return id, notFound("find owner", err)
}

// notFound names what failed, and gives the absence of a row its meaning.
func notFound(what string, err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, sql.ErrNoRows):
		return fmt.Errorf("sqlite: %s: %w", what, store.ErrNotFound)
	}
	return fmt.Errorf("sqlite: %s: %w", what, err)
}

// exec writes with one statement.
func (r *records) exec(ctx context.Context, what, query string, args ...any) (int64, error) {
	var changed int64
	err := r.write(ctx, func(q querier) error {
		result, err := q.ExecContext(ctx, query, args...)
		if err != nil {
			return translate(err, nil)
		}
		changed, err = result.RowsAffected()
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("sqlite: %s: %w", what, err)
	}
	return changed, nil
}
