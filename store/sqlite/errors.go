package sqlite

import (
	"errors"
	"fmt"
	"strings"

	driver "modernc.org/sqlite"
	codes "modernc.org/sqlite/lib"

	"bandeau/store"
)

var (
	errNewer   = errors.New("was written by a newer version of the program")
	errCorrupt = errors.New("is damaged")
)

// describe says in one line what is wrong with a database that can not be opened.
func describe(path string, err error) error {
	reason := "can not be opened"
	switch primaryCode(err) {
	case codes.SQLITE_NOTADB:
		reason = "is not a database, or is damaged"
	case codes.SQLITE_CORRUPT:
		reason = "is damaged"
	case codes.SQLITE_READONLY, codes.SQLITE_CANTOPEN, codes.SQLITE_PERM:
		reason = "can not be written"
	case codes.SQLITE_BUSY, codes.SQLITE_LOCKED:
		reason = "is in use by another program"
	case codes.SQLITE_FULL:
		reason = "can not grow: the disk is full"
	}
	if errors.Is(err, errNewer) || errors.Is(err, errCorrupt) {
		return fmt.Errorf("sqlite: database %s %w", path, err)
	}
	return fmt.Errorf("sqlite: database %s %s: %w", path, reason, err)
}

// primaryCode returns SQLite's primary result code of an error, 0 when it is
// none of SQLite's.
func primaryCode(err error) int {
	if e, ok := errors.AsType[*driver.Error](err); ok {
		return e.Code() & 0xff
	}
	return 0
}

// translate gives a broken constraint its meaning. fields maps what SQLite
// names, a column or an index, to the path of the field.
func translate(err error, fields map[string]string) error {
	e, ok := errors.AsType[*driver.Error](err)
	if !ok {
		return err
	}
	switch e.Code() {
	case codes.SQLITE_CONSTRAINT_UNIQUE, codes.SQLITE_CONSTRAINT_PRIMARYKEY:
		return &store.ConflictError{Field: conflictField(e.Error(), fields)}
	case codes.SQLITE_CONSTRAINT_FOREIGNKEY:
		return store.ErrDangling
	}
	return err
}

// conflictField finds the field in SQLite's text, which names the columns
// ("UNIQUE constraint failed: operators.centre, operators.email (2067)") or,
// for an expression, the index ("… failed: index 'operators_email' (2067)").
func conflictField(text string, fields map[string]string) string {
	for name, field := range fields {
		if strings.Contains(text, name+" (") || strings.Contains(text, "'"+name+"'") {
			return field
		}
	}
	return "id"
}
