package api

import (
	"encoding/json"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"bandeau/acd"
)

// Time is an instant as the API writes it: RFC 3339, UTC, milliseconds.
type Time struct{ time.Time }

const timeFormat = "2006-01-02T15:04:05.000Z"

// MarshalJSON implements json.Marshaler.
func (t Time) MarshalJSON() ([]byte, error) {
	return []byte(t.UTC().Format(`"` + timeFormat + `"`)), nil
}

// UnmarshalJSON implements json.Unmarshaler.
func (t *Time) UnmarshalJSON(data []byte) error {
	return json.Unmarshal(data, &t.Time)
}

// Schema documents the type.
func (Time) Schema(huma.Registry) *huma.Schema {
	return &huma.Schema{
		Type: huma.TypeString, Format: "date-time",
		Description: "RFC 3339, UTC, with milliseconds.",
		Examples:    []any{"2026-01-31T08:00:00.000Z"},
	}
}

// instant returns nil for none.
func instant(at acd.Instant) *Time {
	if at == 0 {
		return nil
	}
	return &Time{at.Time()}
}

// moment returns nil for the zero time.
func moment(at time.Time) *Time {
	if at.IsZero() {
		return nil
	}
	return &Time{at}
}

// orNull returns nil for an empty text.
func orNull[T ~string](text T) *string {
	if text == "" {
		return nil
	}
	s := string(text)
	return &s
}

// orEmpty returns the empty text for nil.
func orEmpty[T ~string](text *string) T {
	if text == nil {
		return ""
	}
	return T(*text)
}

// Hidden is a text or null that is absent for those who may not see it.
type Hidden struct {
	shown bool
	text  *string
}

func shown(text *string) Hidden { return Hidden{shown: true, text: text} }

// IsZero makes encoding/json leave the member out.
func (h Hidden) IsZero() bool { return !h.shown }

// MarshalJSON implements json.Marshaler.
func (h Hidden) MarshalJSON() ([]byte, error) { return json.Marshal(h.text) }

// Schema documents the type.
func (Hidden) Schema(huma.Registry) *huma.Schema {
	return &huma.Schema{Type: huma.TypeString, Nullable: true}
}
