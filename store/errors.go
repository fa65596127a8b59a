package store

import (
	"errors"
	"fmt"
	"strings"
)

// ErrNotFound is returned for a record that does not exist, or is another
// centre's.
var ErrNotFound = errors.New("store: not found")

// ErrStale is returned when the record has been changed since the revision the
// change is based on.
var ErrStale = errors.New("store: the record has changed meanwhile")

// ErrDangling is returned when a record names another that does not exist in
// its centre.
var ErrDangling = errors.New("store: a named record does not exist")

// ErrBadCursor is returned for a page cursor that this store did not make.
var ErrBadCursor = errors.New("store: unknown cursor")

// ConflictError is returned when another record already has a value that must
// be unique.
type ConflictError struct {
	// Field is the path of the field, such as "login".
	Field string
}

// Error implements the error interface.
func (e *ConflictError) Error() string { return "store: " + e.Field + " is already in use" }

// InUseError is returned when a record can not be deleted because others need it.
type InUseError struct {
	Users []Use
}

// Use is one record that needs another.
type Use struct {
	Kind string // "number", "group", "operator", "centre" or "login_pause"
	ID   string
	Name string // as people know it
}

// Error implements the error interface.
func (e *InUseError) Error() string {
	users := make([]string, len(e.Users))
	for i, u := range e.Users {
		users[i] = fmt.Sprintf("%s %q", u.Kind, u.Name)
	}
	return "store: in use by " + strings.Join(users, ", ")
}
