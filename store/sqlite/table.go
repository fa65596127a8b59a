package sqlite

import (
	"context"
	"database/sql"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"bandeau/directory"
	"bandeau/store"
)

// table ties a kind of record to its table.
type table[T any] struct {
	name string
	// order is the expression of the natural order of lists; equal ones follow
	// their identifiers.
	order   string
	meta    func(*T) *directory.Meta
	columns func(*T) []column // without those of Meta
	// search, where there is one, is the text of the search column.
	search func(*T) string
	// conflicts maps what SQLite calls a unique value to the path of the field.
	conflicts map[string]string
	// before and after write what else belongs to the record, before and after
	// its row. created is false for an update.
	before, after func(ctx context.Context, q querier, record *T, created bool) error
	// load reads what else belongs to records that were read.
	load func(ctx context.Context, q querier, centre directory.ID, records []*T) error
	// users returns who needs a record that is to be deleted.
	users func(ctx context.Context, q querier, centre, id directory.ID) ([]store.Use, error)
	// deleted removes what is left of a deleted record.
	deleted func(ctx context.Context, q querier, centre, id directory.ID) error
}

// repository is a table seen through the pools or in a transaction.
type repository[T any] struct {
	r *records
	t *table[T]
}

// metaColumns are the columns every record has.
func metaColumns(m *directory.Meta) []column {
	return []column{
		{"centre", &m.Centre},
		{"id", &m.ID},
		{"created_at", instant{&m.CreatedAt}},
		{"updated_at", instant{&m.UpdatedAt}},
		{"revision", &m.Revision},
	}
}

// all returns every column, in the order they are read and written.
func (t *table[T]) all(record *T) []column {
	return append(metaColumns(t.meta(record)), t.columns(record)...)
}

// written returns what is written for a new record.
func (t *table[T]) written(record *T) []column {
	columns := t.all(record)
	if t.search != nil {
		text := strings.ToLower(t.search(record))
		columns = append(columns, column{"search", &text})
	}
	return columns
}

// Create stores a new record.
func (p repository[T]) Create(ctx context.Context, record T) (T, error) {
	p.t.meta(&record).Revision = 1
	return p.store(ctx, record, true, func(q querier) error {
		columns := p.t.written(&record)
		names, values := make([]string, len(columns)), make([]any, len(columns))
		for i, c := range columns {
			names[i], values[i] = c.name, c.value()
		}
		_, err := q.ExecContext(ctx, "INSERT INTO "+p.t.name+" ("+strings.Join(names, ", ")+") VALUES (?"+
			strings.Repeat(", ?", len(names)-1)+")", values...)
		return err
	})
}

// Update stores a record based on the revision it names.
func (p repository[T]) Update(ctx context.Context, record T) (T, error) {
	m := p.t.meta(&record)
	return p.store(ctx, record, false, func(q querier) error {
		var sets []string
		var values []any
		for _, c := range p.t.written(&record) {
			switch c.name {
			case "centre", "id", "created_at", "revision":
			default:
				sets, values = append(sets, c.name+" = ?"), append(values, c.value())
			}
		}
		values = append(values, m.Centre, m.ID, m.Revision)
		result, err := q.ExecContext(ctx, "UPDATE "+p.t.name+" SET revision = revision + 1, "+strings.Join(sets, ", ")+
			" WHERE centre = ? AND id = ? AND revision = ?", values...)
		if err != nil {
			return err
		}
		return p.changedOne(ctx, q, result, m.Centre, m.ID)
	})
}

// store writes a record and what belongs to it, and reads it back.
func (p repository[T]) store(ctx context.Context, record T, created bool, write func(querier) error) (T, error) {
	var stored T
	m := p.t.meta(&record)
	err := p.r.write(ctx, func(q querier) error {
		if p.t.before != nil {
			if err := p.t.before(ctx, q, &record, created); err != nil {
				return err
			}
		}
		if err := write(q); err != nil {
			return err
		}
		if p.t.after != nil {
			if err := p.t.after(ctx, q, &record, created); err != nil {
				return err
			}
		}
		var err error
		stored, err = p.get(ctx, q, m.Centre, m.ID)
		return err
	})
	if err != nil {
		return stored, p.fail("store", m.ID, translate(err, p.t.conflicts))
	}
	return stored, nil
}

// changedOne says why a statement on one record of a revision changed nothing.
func (p repository[T]) changedOne(ctx context.Context, q querier, result sql.Result, centre, id directory.ID) error {
	n, err := result.RowsAffected()
	if err != nil || n == 1 {
		return err
	}
	var found bool
	err = q.QueryRowContext(ctx, "SELECT EXISTS (SELECT 1 FROM "+p.t.name+" WHERE centre = ? AND id = ?)", centre, id).Scan(&found)
	if err != nil {
		return err
	}
	if found {
		return store.ErrStale
	}
	return store.ErrNotFound
}

// Get returns a record.
func (p repository[T]) Get(ctx context.Context, centre, id directory.ID) (T, error) {
	var record T
	err := p.r.view(ctx, func(q querier) (err error) {
		record, err = p.get(ctx, q, centre, id)
		return err
	})
	if err != nil {
		return record, p.fail("read", id, err)
	}
	return record, nil
}

func (p repository[T]) get(ctx context.Context, q querier, centre, id directory.ID) (T, error) {
	found, err := p.find(ctx, q, "WHERE centre = ? AND id = ?", centre, id)
	if err != nil {
		var none T
		return none, err
	}
	return found[0], nil
}

// one returns the record a condition describes.
func (p repository[T]) one(ctx context.Context, where string, args ...any) (T, error) {
	var record T
	err := p.r.view(ctx, func(q querier) error {
		found, err := p.find(ctx, q, where, args...)
		if err == nil {
			record = found[0]
		}
		return err
	})
	if err != nil {
		return record, p.fail("find", "", err)
	}
	return record, nil
}

// find returns the records of a condition, at least one.
func (p repository[T]) find(ctx context.Context, q querier, where string, args ...any) ([]T, error) {
	records, _, err := p.query(ctx, q, "", where, args...)
	if err == nil && len(records) == 0 {
		err = store.ErrNotFound
	}
	return records, err
}

// query reads records and, with an expression, its value for each of them.
func (p repository[T]) query(ctx context.Context, q querier, extra, where string, args ...any) ([]T, []any, error) {
	var shape T
	columns := p.t.all(&shape)
	names := make([]string, len(columns), len(columns)+1)
	for i, c := range columns {
		names[i] = c.name
	}
	if extra != "" {
		names = append(names, extra)
	}
	var extras []any
	found, err := scanAll(ctx, q, func(rows *sql.Rows) (T, error) {
		var record T
		var value any
		var refs []any
		for _, c := range p.t.all(&record) {
			refs = append(refs, c.ref)
		}
		if extra != "" {
			refs = append(refs, &value)
		}
		err := rows.Scan(refs...)
		extras = append(extras, value)
		return record, err
	}, "SELECT "+strings.Join(names, ", ")+" FROM "+p.t.name+" "+where, args...)
	if err != nil {
		return nil, nil, err
	}
	if p.t.load != nil && len(found) > 0 {
		byCentre := map[directory.ID][]*T{}
		for i := range found {
			centre := p.t.meta(&found[i]).Centre
			byCentre[centre] = append(byCentre[centre], &found[i])
		}
		for centre, records := range byCentre {
			if err := p.t.load(ctx, q, centre, records); err != nil {
				return nil, nil, err
			}
		}
	}
	return found, extras, nil
}

// cursor is the place in a list after which the next page begins.
type cursor struct {
	Order any
	ID    directory.ID
}

// List returns a page of records in their natural order.
func (p repository[T]) List(ctx context.Context, centre directory.ID, page store.Page) (store.Listing[T], error) {
	where, args := "WHERE centre = ?", []any{centre}
	if page.Cursor != "" {
		after, err := decodeCursor(page.Cursor)
		if err != nil {
			return store.Listing[T]{}, err
		}
		where += " AND (" + p.t.order + ", id) > (?, ?)"
		args = append(args, after.Order, after.ID)
	}
	if page.Search != "" && p.t.search != nil {
		where += ` AND search LIKE ? ESCAPE '\'`
		args = append(args, "%"+likeText(strings.ToLower(page.Search))+"%")
	}
	where += " ORDER BY " + p.t.order + ", id"
	if page.Limit > 0 {
		where += " LIMIT ?"
		args = append(args, page.Limit+1)
	}
	var found []T
	var orders []any
	err := p.r.view(ctx, func(q querier) (err error) {
		found, orders, err = p.query(ctx, q, p.t.order, where, args...)
		return err
	})
	if err != nil {
		return store.Listing[T]{}, p.fail("list", "", err)
	}
	if page.Limit <= 0 || len(found) <= page.Limit {
		return store.Listing[T]{Items: found}, nil
	}
	last := page.Limit - 1
	next, err := encodeCursor(cursor{Order: orders[last], ID: p.t.meta(&found[last]).ID})
	return store.Listing[T]{Items: found[:page.Limit], Next: next}, err
}

// likeText escapes what LIKE would take as a pattern.
func likeText(text string) string {
	return strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(text)
}

func encodeCursor(c any) (string, error) {
	text, err := json.Marshal(c)
	if err != nil {
		return "", fmt.Errorf("sqlite: cursor: %w", err)
	}
	return base64.RawURLEncoding.EncodeToString(text), nil
}

func decodeCursor(text string) (cursor, error) {
	var c cursor
	raw, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil {
		return c, store.ErrBadCursor
	}
	if err := json.Unmarshal(raw, &c); err != nil || c.ID == "" {
		return c, store.ErrBadCursor
	}
	switch order := c.Order.(type) {
	case string:
	case float64: // an integer column; SQLite would compare it as it is
		c.Order = int64(order)
	default:
		return c, store.ErrBadCursor
	}
	return c, nil
}

// Delete removes a record that nothing needs.
func (p repository[T]) Delete(ctx context.Context, centre, id directory.ID, revision int64) error {
	err := p.r.write(ctx, func(q querier) error {
		var current int64
		err := q.QueryRowContext(ctx, "SELECT revision FROM "+p.t.name+" WHERE centre = ? AND id = ?", centre, id).Scan(&current)
		switch {
		case errors.Is(err, sql.ErrNoRows):
			return store.ErrNotFound
		case err != nil:
			return err
		case revision != 0 && revision != current:
			return store.ErrStale
		}
		if p.t.users != nil {
			users, err := p.t.users(ctx, q, centre, id)
			if err != nil {
				return err
			}
			if len(users) > 0 {
				return &store.InUseError{Users: users}
			}
		}
		if _, err := q.ExecContext(ctx, "DELETE FROM "+p.t.name+" WHERE centre = ? AND id = ?", centre, id); err != nil {
			return err
		}
		if p.t.deleted != nil {
			return p.t.deleted(ctx, q, centre, id)
		}
		return nil
	})
	if err != nil {
		return p.fail("delete", id, err)
	}
	return nil
}

// fail says what was being done when it failed.
func (p repository[T]) fail(what string, id directory.ID, err error) error {
	if id == "" {
		return fmt.Errorf("sqlite: %s %s: %w", what, p.t.name, err)
	}
	return fmt.Errorf("sqlite: %s %s %s: %w", what, p.t.name, id, err)
}

// queryUses reads records that need another: each row is a kind, an
// identifier and a name.
func queryUses(ctx context.Context, q querier, query string, args ...any) ([]store.Use, error) {
	return scanAll(ctx, q, func(rows *sql.Rows) (store.Use, error) {
		var u store.Use
		err := rows.Scan(&u.Kind, &u.ID, &u.Name)
		return u, err
	}, query, args...)
}
