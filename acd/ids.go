package acd

import "time"

// Instant is a point in time in milliseconds since the Unix epoch, UTC. The
// zero value means "none".
type Instant int64

// Add returns the instant d later, to the millisecond.
func (t Instant) Add(d time.Duration) Instant { return t + Instant(d.Milliseconds()) }

// Sub returns the time from u to t.
func (t Instant) Sub(u Instant) time.Duration { return time.Duration(t-u) * time.Millisecond }

// Time returns the instant as a [time.Time] in UTC.
func (t Instant) Time() time.Time { return time.UnixMilli(int64(t)).UTC() }

// At returns the instant of a [time.Time], cut to the millisecond.
func At(t time.Time) Instant { return Instant(t.UnixMilli()) }

// Identifiers are opaque; the core only compares and orders them.
type (
	// OperatorID names an operator.
	OperatorID string
	// GroupID names a skill group.
	GroupID string
	// CallID names a call, unique for ever.
	CallID string
	// NumberID names a service number.
	NumberID string
	// PauseTypeID names a pause type.
	PauseTypeID string
	// AccountID names a Centrex phone.
	AccountID string
	// SoundID names an uploaded sound.
	SoundID string
	// UserID names a user of the administration or the supervision.
	UserID string
	// SessionID names an operator's floor session.
	SessionID string
)

// LegID numbers the legs of one call from 1; leg 1 is the leg the call began
// with. A number is never used twice within a call.
type LegID int
