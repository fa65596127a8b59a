package sqlite

import (
	"database/sql/driver"
	"encoding/json"
	"fmt"
	"reflect"
	"time"

	"bandeau/directory"
	"bandeau/store"
)

// column ties a column of a table to a field of a record. ref is a pointer to
// the field, or one of the wrappers below where a field is not kept as it is.
type column struct {
	name string
	ref  any
}

// value returns what is written for a column.
func (c column) value() any {
	if v, ok := c.ref.(driver.Valuer); ok {
		return v
	}
	return reflect.ValueOf(c.ref).Elem().Interface()
}

// instant keeps a time in milliseconds; the zero time is NULL.
type instant struct{ t *time.Time }

// Value implements driver.Valuer.
func (i instant) Value() (driver.Value, error) {
	if i.t.IsZero() {
		return nil, nil
	}
	return i.t.UnixMilli(), nil
}

// Scan implements sql.Scanner.
func (i instant) Scan(src any) error {
	switch ms := src.(type) {
	case nil:
		*i.t = time.Time{}
	case int64:
		*i.t = time.UnixMilli(ms).UTC()
	default:
		return fmt.Errorf("an instant is kept as %T", src)
	}
	return nil
}

// optional keeps a text; the empty one is NULL, so that it neither collides
// nor refers.
type optional[S ~string] struct{ s *S }

// Value implements driver.Valuer.
func (o optional[S]) Value() (driver.Value, error) {
	if *o.s == "" {
		return nil, nil
	}
	return string(*o.s), nil
}

// Scan implements sql.Scanner.
func (o optional[S]) Scan(src any) error {
	switch text := src.(type) {
	case nil:
		*o.s = ""
	case string:
		*o.s = S(text)
	default:
		return fmt.Errorf("a text is kept as %T", src)
	}
	return nil
}

// list keeps a list as JSON; nil stays nil.
type list[E any] struct{ l *[]E }

// Value implements driver.Valuer.
func (l list[E]) Value() (driver.Value, error) {
	text, err := json.Marshal(*l.l)
	return string(text), err
}

// Scan implements sql.Scanner.
func (l list[E]) Scan(src any) error {
	text, ok := src.(string)
	if !ok {
		return fmt.Errorf("a list is kept as %T", src)
	}
	*l.l = nil
	return json.Unmarshal([]byte(text), l.l)
}

// sealed keeps a secret sealed; the empty one is NULL. owner says what it
// belongs to and is asked after the columns before it were read.
type sealed struct {
	box    *store.Box
	secret *directory.Secret
	owner  func() string
}

// Value implements driver.Valuer.
func (s sealed) Value() (driver.Value, error) {
	if *s.secret == "" {
		return nil, nil
	}
	return s.box.Seal(s.secret.Reveal(), s.owner())
}

// Scan implements sql.Scanner.
func (s sealed) Scan(src any) error {
	switch text := src.(type) {
	case nil:
		*s.secret = ""
	case []byte:
		secret, err := s.box.Open(text, s.owner())
		if err != nil {
			return err
		}
		*s.secret = directory.Secret(secret)
	default:
		return fmt.Errorf("a sealed secret is kept as %T", src)
	}
	return nil
}

// everything keeps whether a list is nil, which stands for everything.
type everything struct{ l *[]directory.ID }

// Value implements driver.Valuer.
func (e everything) Value() (driver.Value, error) { return *e.l == nil, nil }

// Scan implements sql.Scanner.
func (e everything) Scan(src any) error {
	all, ok := src.(int64)
	if !ok {
		return fmt.Errorf("a yes or no is kept as %T", src)
	}
	*e.l = nil
	if all == 0 {
		*e.l = []directory.ID{}
	}
	return nil
}
