package directory

import (
	"fmt"
	"io"
	"log/slog"
)

// Secret is a text that must not appear in a log, an error or an answer. It
// prints as a placeholder whatever the verb; Reveal gives the text itself.
type Secret string

const hidden = "[hidden]"

// Reveal returns the text.
func (s Secret) Reveal() string { return string(s) }

// String hides the text.
func (s Secret) String() string { return hidden }

// Format hides the text from every verb, %#v and %x included.
func (s Secret) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, hidden) }

// LogValue hides the text from structured logs.
func (s Secret) LogValue() slog.Value { return slog.StringValue(hidden) }

// MarshalText hides the text from encoders; a store reveals it explicitly.
func (s Secret) MarshalText() ([]byte, error) { return []byte(hidden), nil }
