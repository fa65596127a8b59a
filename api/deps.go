package api

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"bandeau/acd"
	"bandeau/directory"
	"bandeau/report"
)

// ErrNotFound is returned by [Records] and the other stores for a record that
// does not exist, or belongs to another centre.
var ErrNotFound = errors.New("api: record not found")

// ErrStale is returned by an update or a removal whose revision is no longer
// the stored one.
var ErrStale = errors.New("api: record has changed since it was read")

// ErrDangling is returned for a record that names another which has just gone.
var ErrDangling = errors.New("api: a named record no longer exists")

// ErrUnavailable is returned by the edges for something that cannot be done
// just now, such as a node that is stopping.
var ErrUnavailable = errors.New("api: temporarily unavailable")

// ErrNotSupported is returned by [Calls] when the phone cannot do what was
// asked, such as being answered from afar.
var ErrNotSupported = errors.New("api: not supported by the phone")

// ConflictError is returned for a value another record already holds.
type ConflictError struct {
	// Field is the path of the value, as in "login".
	Field string
}

// Error implements the error interface.
func (e *ConflictError) Error() string { return fmt.Sprintf("api: %s is already in use", e.Field) }

// InUseError is returned for the removal of a record others refer to.
type InUseError struct {
	// Users name those that refer to it, as in "number +33170200200".
	Users []string
}

// Error implements the error interface.
func (e *InUseError) Error() string { return "api: in use by " + strings.Join(e.Users, ", ") }

// Page asks for a part of a list.
type Page struct {
	// Limit is the most rows wanted, 1 to 500.
	Limit int
	// Cursor is empty for the first page, else the Next of the page before.
	// One that was never given is refused with [ErrBadCursor].
	Cursor string
	// Search narrows operators to those whose login, full name or e-mail
	// contains it, whatever the case; other resources ignore it.
	Search string
}

// ErrBadCursor is returned for a cursor the store did not make.
var ErrBadCursor = errors.New("api: cursor not understood")

// Resource keeps one kind of record. A record's Meta names its centre; an
// identifier of another centre is [ErrNotFound]. What is stored is on the
// floor, in telephony and in the trunks when the method returns.
type Resource[T any] interface {
	// List returns a page in a stable order and the cursor of the next one,
	// empty after the last.
	List(ctx context.Context, centre directory.ID, page Page) (items []T, next string, err error)
	Get(ctx context.Context, centre, id directory.ID) (T, error)
	// Update stores the record if its Revision is still the stored one, and
	// returns it with its new Revision and UpdatedAt. Errors: ErrNotFound,
	// ErrStale, *ConflictError.
	Update(ctx context.Context, record T) (T, error)
	// Delete removes the record if revision is the stored one; 0 is any.
	// Errors: ErrNotFound, ErrStale, *InUseError.
	Delete(ctx context.Context, centre, id directory.ID, revision int64) error
}

// Creator creates records that need nothing else. The identifier, the
// instants and the revision are given by the store. Error: *ConflictError.
type Creator[T any] interface {
	Create(ctx context.Context, record T) (T, error)
}

// Store keeps a kind of record that needs nothing else to be created.
type Store[T any] interface {
	Resource[T]
	Creator[T]
}

// NewPassword is a generated password that is to be mailed.
type NewPassword struct {
	// Plain goes into the mail and nowhere else.
	Plain directory.Secret
	// Hash is kept.
	Hash directory.Secret
	// ExpiresAt is when it is no longer valid.
	ExpiresAt time.Time
}

// Operators keeps the operators. Creation and a new password store the record,
// the credential and the mail in one transaction.
type Operators interface {
	Resource[directory.Operator]
	Create(ctx context.Context, record directory.Operator, password NewPassword) (directory.Operator, error)
	// SendPassword replaces the password, mails it, and sets PasswordState.
	SendPassword(ctx context.Context, centre, id directory.ID, password NewPassword) (directory.Operator, error)
	// Import stores all lines or none, and publishes once. Errors: as Create and
	// Update have them.
	Import(ctx context.Context, centre directory.ID, lines []OperatorLine) error
}

// Users keeps the users, like [Operators]. A user without an e-mail address is
// sent none.
type Users interface {
	Resource[directory.User]
	Create(ctx context.Context, record directory.User, password NewPassword) (directory.User, error)
	// SendPassword is as that of [Operators], and ends the web sessions of the user
	// but the one of hash keep.
	SendPassword(ctx context.Context, centre, id directory.ID, password NewPassword, keep []byte) (directory.User, error)
}

// Phones keeps the Centrex phones and their secrets.
type Phones interface {
	Resource[directory.Phone]
	Create(ctx context.Context, record directory.Phone, secret directory.Secret) (directory.Phone, error)
	// SetSecret replaces the secret; registrations made with the old one end.
	SetSecret(ctx context.Context, centre, id directory.ID, secret directory.Secret) (directory.Phone, error)
	// Contacts returns where a phone is registered now.
	Contacts(ctx context.Context, centre, id directory.ID) ([]Contact, error)
}

// Contact is one registration of a phone.
type Contact struct {
	URI       string // as the phone gave it
	Source    string // address and port the REGISTER came from
	Transport string // udp, tcp or tls
	UserAgent string
	ExpiresAt time.Time
}

// TrunkState says whether a trunk works.
type TrunkState string

// The states of a trunk.
const (
	TrunkUp       TrunkState = "up"
	TrunkSilent   TrunkState = "silent" // no answer to the last OPTIONS
	TrunkDown     TrunkState = "down"
	TrunkDisabled TrunkState = "disabled"
)

// SoundError refuses an uploaded file.
type SoundError struct {
	// Reason says what is wrong with it.
	Reason string
	// Status is that of the answer: 415 for a file of another kind, 422 for one
	// that cannot be used, 409 when the centre has too many.
	Status int
}

// Error implements the error interface.
func (e *SoundError) Error() string { return "api: sound refused: " + e.Reason }

// Sounds keeps the uploaded sounds.
type Sounds interface {
	Resource[directory.Sound]
	// Create converts and keeps a file of any kind. Errors: *SoundError,
	// *ConflictError.
	Create(ctx context.Context, name string, centre directory.ID, data []byte) (directory.Sound, error)
	// Open opens the audio as it is kept, a WAV file, or returns ErrNotFound.
	Open(ctx context.Context, centre, id directory.ID) (Recording, error)
}

// Trunks keeps the trunks.
type Trunks interface {
	Store[directory.Trunk]
	State(ctx context.Context, centre, id directory.ID) (TrunkState, error)
}

// Tokens keeps the tokens of programs.
type Tokens interface {
	Store[directory.Token]
	// ByHash returns the token with this SHA-256, of any centre.
	ByHash(ctx context.Context, hash []byte) (directory.Token, error)
}

// Outbox shows the mails.
type Outbox interface {
	List(ctx context.Context, centre directory.ID, page Page) (items []directory.Mail, next string, err error)
	Get(ctx context.Context, centre, id directory.ID) (directory.Mail, error)
}

// Centres keeps the centres of the node.
type Centres interface {
	Get(ctx context.Context, id directory.ID) (directory.Centre, error)
	// All returns every centre of the node.
	All(ctx context.Context) ([]directory.Centre, error)
	Update(ctx context.Context, record directory.Centre) (directory.Centre, error)
}

// Subject is someone who logs in: an operator or a user.
type Subject struct {
	ID         directory.ID
	Centre     directory.ID
	Login      string
	Name       string
	Role       directory.Role
	Enabled    bool // always true for a user
	Credential directory.Credential
}

// Accounts keeps who may log in, and the web sessions.
type Accounts interface {
	// ByLogin finds an operator or a user; the login is compared without case.
	ByLogin(ctx context.Context, centre directory.ID, login string) (Subject, error)
	// ByID finds the same by identifier and role.
	ByID(ctx context.Context, centre, id directory.ID, role directory.Role) (Subject, error)
	// SetPassword stores a password its owner chose: mustChange false, no
	// expiry, PasswordState set. It also ends the subject's other sessions:
	// all but the one with hash keep.
	SetPassword(ctx context.Context, subject Subject, hash directory.Secret, keep []byte) error

	CreateSession(ctx context.Context, session directory.Session) error
	// Session returns the session with this hash.
	Session(ctx context.Context, hash []byte) (directory.Session, error)
	// TouchSession notes the last request.
	TouchSession(ctx context.Context, hash []byte, at time.Time) error
	// UnlockSession clears MustChangePassword.
	UnlockSession(ctx context.Context, hash []byte) error
	// DeleteSession ends one; a hash that does not exist is no error.
	DeleteSession(ctx context.Context, hash []byte) error
}

// Records is everything administered.
type Records interface {
	Centres() Centres
	Operators() Operators
	Groups() Store[directory.Group]
	PauseTypes() Store[directory.PauseType]
	Numbers() Store[directory.Number]
	Sounds() Sounds
	Trunks() Trunks
	Phones() Phones
	Users() Users
	Tokens() Tokens
	Outbox() Outbox
	Accounts() Accounts
	// Lookup answers the rules' questions about one centre, as of now.
	Lookup(ctx context.Context, centre directory.ID) (directory.Lookup, error)
}

// Rows are rows of the floor: all of them in a snapshot, the changed ones in a
// delta. The order within a list is by identifier.
type Rows struct {
	Seq       uint64 // of the last event they show
	Operators []acd.OperatorView
	Groups    []acd.GroupView
	Calls     []acd.CallView

	RemovedOperators []acd.OperatorID
	RemovedGroups    []acd.GroupID
	RemovedCalls     []acd.CallID
}

// Floor is one centre's live state.
type Floor interface {
	// Do asks the core and returns when the answer is durable and visible in
	// Snapshot, Operator and Call. A refusal is an [*acd.Error].
	Do(ctx context.Context, c acd.Command) error
	Snapshot() Rows
	Operator(id acd.OperatorID) (acd.OperatorView, bool)
	Group(id acd.GroupID) (acd.GroupView, bool)
	Call(id acd.CallID) (acd.CallView, bool)
	// Subscribe returns a snapshot and the changes after it, without a gap.
	Subscribe() (Rows, Changes)
	// Today returns the figures of the centre's day.
	Today() Figures
	// Preview ranks the members of a group as it might be, as they stand now: the
	// eligible first, in their places, then the others.
	Preview(ctx context.Context, g directory.Group) ([]acd.Candidate, error)
}

// Figures are the figures of a centre's day as they are now: what the store
// would count. One without any is all zero.
type Figures interface {
	Operator(id acd.OperatorID) report.OperatorCounts
	Group(id acd.GroupID) report.GroupCounts
	// Since returns what has changed since a mark that it gave before; 0 is the
	// beginning.
	Since(mark uint64) FiguresChanged
}

// FiguresChanged names the rows whose figures have changed.
type FiguresChanged struct {
	Operators []acd.OperatorID
	Groups    []acd.GroupID
	// Mark is to be asked with next.
	Mark uint64
	// More is closed by the next change.
	More <-chan struct{}
}

// ErrBehind is returned by [Changes.Next] to a reader that was too slow, and
// when the floor closes; the reader starts again from a snapshot.
var ErrBehind = errors.New("api: reader fell behind")

// Changes is a reader's place in the stream of the floor's changes.
type Changes interface {
	// Next waits for the next delta. It returns the error of the context, or
	// ErrBehind.
	Next(ctx context.Context) (Rows, error)
	// Close frees the reader.
	Close()
}

// Floors finds a centre's floor.
type Floors interface {
	Floor(centre directory.ID) (Floor, bool)
}

// Calls reaches the legs of live calls.
type Calls interface {
	// SendDigits sends DTMF (0-9 * # A-D) to the other side of the operator's call.
	SendDigits(ctx context.Context, centre directory.ID, call acd.CallID, leg acd.LegID, digits string) error
	// Answer makes the operator's ringing phone answer (Event: talk). Error:
	// ErrNotSupported.
	Answer(ctx context.Context, centre directory.ID, call acd.CallID, leg acd.LegID) error
	// Answerable reports whether Answer would be accepted by the phone of a
	// Centrex account, as far as its registrations tell.
	Answerable(account acd.AccountID) bool
	// Target reads a number that a call is to be given to: where a number of the
	// centre leads, an internal number, whose phone is returned too, or any other.
	// Errors: ErrEmergency, directory.ErrNumber.
	Target(centre directory.ID, operator acd.OperatorID, number string) (acd.Destination, acd.AccountID, error)
}

// Recording is an open recording: a WAV file that can be read in parts.
type Recording interface {
	io.ReadSeekCloser
	// ModTime is when the file was completed.
	ModTime() time.Time
}

// Recordings opens recordings.
type Recordings interface {
	// Open returns the complete recording of a call, or ErrNotFound.
	Open(ctx context.Context, centre directory.ID, call acd.CallID) (Recording, error)
}

// History answers questions about calls that are over, and those that are not.
type History interface {
	// Call returns a call or ErrNotFound.
	Call(ctx context.Context, centre string, id acd.CallID) (report.Call, error)
	// Calls returns one page of calls, newest first, or ErrBadCursor.
	Calls(ctx context.Context, centre string, q report.CallQuery) (report.CallPage, error)
	// CallGroups returns the groups a call visited or was placed for.
	CallGroups(ctx context.Context, centre string, id acd.CallID) ([]acd.GroupID, error)
	// CallEvents returns a call's events, in order.
	CallEvents(ctx context.Context, centre string, id acd.CallID) ([]acd.Recorded, error)
	// Quality returns how the browsers of a call heard it, as far as is known.
	Quality(ctx context.Context, centre string, id acd.CallID) ([]CallQuality, error)
	// History returns an operator's last parts, newest first.
	History(ctx context.Context, centre string, operator acd.OperatorID, limit int) ([]report.HistoryItem, error)
	// Sessions and Intervals return those of an operator that touch a time, in
	// order.
	Sessions(ctx context.Context, centre string, operator acd.OperatorID, from, to acd.Instant) ([]report.Session, error)
	Intervals(ctx context.Context, centre string, operator acd.OperatorID, from, to acd.Instant) ([]report.Interval, error)
	// Visits returns the visits to some groups, or all when nil, that touch a
	// time, in order.
	Visits(ctx context.Context, centre string, groups []acd.GroupID, from, to acd.Instant) ([]report.Visit, error)
}

// Passwords hashes and checks passwords, a few at a time.
type Passwords interface {
	Hash(ctx context.Context, password string) (directory.Secret, error)
	// Verify checks a password. An empty hash stands for someone who does not
	// exist: it takes the same time and is never right.
	Verify(ctx context.Context, hash directory.Secret, password string) (bool, error)
}
