package store

import (
	"context"
	"net/netip"
	"time"

	"bandeau/acd"
	"bandeau/directory"
	"bandeau/journal"
	"bandeau/report"
)

// Store keeps everything of a node. Its methods may be called from any
// goroutine.
type Store interface {
	Records
	Reports
	journal.Store

	// Tx runs f in one transaction: all that f writes is kept, or, when f
	// returns an error, nothing. f must use the records it is given and no
	// other method of the store, must not keep them, and should be short: one
	// transaction writes at a time.
	Tx(ctx context.Context, f func(Records) error) error
	// Check reports whether the database can be read and written.
	Check(ctx context.Context) error
	// Close releases the database. Running calls end first.
	Close() error
}

// Records are the repositories of administered records and what belongs to them.
type Records interface {
	Centres() Centres
	Operators() Repository[directory.Operator]
	Groups() Repository[directory.Group]
	// PauseTypes keeps at most one login pause: writing one with Login set
	// clears it on the other.
	PauseTypes() Repository[directory.PauseType]
	Numbers() Numbers
	// Sounds keeps the records of uploaded sounds; the audio lies elsewhere.
	Sounds() Repository[directory.Sound]
	Phones() Phones
	Trunks() Trunks
	Users() Repository[directory.User]
	Tokens() Tokens
	Logins() Logins
	Credentials() Credentials
	WebSessions() WebSessions
	Outbox() Outbox
	Bindings() Bindings
	Qualities() Qualities

	// Owner returns the record that holds a unique value, or ErrNotFound. The
	// centre does not matter for values that are unique on the node.
	Owner(ctx context.Context, centre directory.ID, unique directory.Unique, value string) (directory.ID, error)
}

// Repository keeps the records of one kind. Records of another centre do not
// exist for it.
type Repository[T any] interface {
	// Create stores a new record. Its identifier, centre and instants are the
	// caller's; its revision becomes 1. It returns the record as stored.
	// Instants are kept to the millisecond.
	Create(ctx context.Context, record T) (T, error)
	// Get returns a record or ErrNotFound.
	Get(ctx context.Context, centre, id directory.ID) (T, error)
	// List returns one page of records in their natural order.
	List(ctx context.Context, centre directory.ID, page Page) (Listing[T], error)
	// Update stores a record whose Revision is the one it is based on, else
	// returns ErrStale. CreatedAt stays what it was; UpdatedAt is the caller's.
	// It returns the record as stored, with its new revision.
	Update(ctx context.Context, record T) (T, error)
	// Delete removes a record; revision 0 means whatever its revision is. What
	// belongs to the record alone goes with it; when others need it the error is
	// an *InUseError.
	Delete(ctx context.Context, centre, id directory.ID, revision int64) error
}

// Page selects a part of a list.
type Page struct {
	// Limit is the greatest number of records, 1–500; 0 for all.
	Limit int
	// Cursor is Next of the page before, empty for the first.
	Cursor string
	// Search keeps the operators or users whose login, name or e-mail address
	// contains the text, whatever its case; other kinds ignore it.
	Search string
}

// Listing is one page of records.
type Listing[T any] struct {
	Items []T
	Next  string // cursor of the next page, empty on the last
}

// Centres keeps the centres of the node.
type Centres interface {
	Create(ctx context.Context, c directory.Centre) (directory.Centre, error)
	Get(ctx context.Context, id directory.ID) (directory.Centre, error)
	ByName(ctx context.Context, name string) (directory.Centre, error)
	List(ctx context.Context) ([]directory.Centre, error)
	Update(ctx context.Context, c directory.Centre) (directory.Centre, error)
}

// Numbers keeps the service numbers. A number exists once on the node, among
// service numbers and operators' direct numbers.
type Numbers interface {
	Repository[directory.Number]
	// Inbound returns who a number of the node belongs to.
	Inbound(ctx context.Context, number string) (InboundNumber, error)
}

// InboundNumber says who a number belongs to: a service number or an operator.
type InboundNumber struct {
	Centre   directory.ID
	Number   directory.ID // the service number's record, else empty
	Operator directory.ID // the operator whose direct number it is, else empty
}

// Phones keeps the Centrex phones and, sealed and apart, their passwords.
type Phones interface {
	Repository[directory.Phone]
	// ByUsername returns the phone of a SIP user name.
	ByUsername(ctx context.Context, username string) (directory.Phone, error)
	// SetSecret stores the password of a phone.
	SetSecret(ctx context.Context, centre directory.ID, s directory.PhoneSecret) error
	// Accounts returns every phone of the node with its password.
	Accounts(ctx context.Context) ([]PhoneAccount, error)
}

// PhoneAccount is a phone with what the registrar needs to know of it.
type PhoneAccount struct {
	Phone    directory.Phone
	Password directory.Secret // empty when none was set
}

// Trunks keeps the trunks; their passwords are sealed.
type Trunks interface {
	Repository[directory.Trunk]
	// All returns the trunks of every centre.
	All(ctx context.Context) ([]directory.Trunk, error)
}

// Tokens keeps programs' tokens, by hash.
type Tokens interface {
	Repository[directory.Token]
	// ByHash returns the token of a hash; whether it has expired is the
	// caller's to see.
	ByHash(ctx context.Context, hash []byte) (directory.Token, error)
}

// Logins finds who a login belongs to. A login is unique over the operators
// and users of a centre, whatever its case.
type Logins interface {
	Find(ctx context.Context, centre directory.ID, login string) (Login, error)
}

// Login is who a login belongs to.
type Login struct {
	Centre   directory.ID
	Subject  directory.ID
	Operator bool // an operator, else a user
}

// Credentials keeps the passwords' hashes of operators and users. They go with
// their subject.
type Credentials interface {
	Get(ctx context.Context, centre, subject directory.ID) (directory.Credential, error)
	Put(ctx context.Context, centre directory.ID, c directory.Credential) error
}

// WebSessions keeps the sessions of browsers and programs that logged in. Those
// of a deleted user go with him; an operator's stay until they are deleted,
// because a call he is in goes on.
type WebSessions interface {
	Create(ctx context.Context, s directory.Session) error
	Get(ctx context.Context, hash []byte) (directory.Session, error)
	// Touch notes a request.
	Touch(ctx context.Context, hash []byte, at time.Time) error
	// Update replaces a session's MustChangePassword and LastRequestAt.
	Update(ctx context.Context, s directory.Session) error
	// Delete ends a session; one that does not exist is no error.
	Delete(ctx context.Context, hash []byte) error
	// DeleteOf ends the sessions of a subject but the one of hash except, which
	// may be nil.
	DeleteOf(ctx context.Context, centre, subject directory.ID, except []byte) error
	// DeleteIdle ends the sessions without a request since the instants given
	// for operators and for users.
	DeleteIdle(ctx context.Context, operators, users time.Time) error
}

// Outbox keeps the mails to be sent. Bodies are sealed, and gone once sent.
type Outbox interface {
	Create(ctx context.Context, m directory.Mail) (directory.Mail, error)
	// Get and List leave out the bodies.
	Get(ctx context.Context, centre, id directory.ID) (directory.Mail, error)
	List(ctx context.Context, centre directory.ID, page Page) (Listing[directory.Mail], error)
	// Claim returns up to limit waiting mails of all centres that are due, with
	// their bodies, counts the attempt and keeps others from claiming them before
	// the lease has run out.
	Claim(ctx context.Context, now time.Time, lease time.Duration, limit int) ([]directory.Mail, error)
	// NextDue returns the instant of the earliest attempt, false when no mail waits.
	NextDue(ctx context.Context) (time.Time, bool, error)
	// MarkSent notes the delivery and forgets the body.
	MarkSent(ctx context.Context, centre, id directory.ID, at time.Time) error
	// MarkFailed notes a failed attempt; with giveUp there is none after it and
	// the body is forgotten, else the next is at next.
	MarkFailed(ctx context.Context, centre, id directory.ID, at time.Time, lastError string, next time.Time, giveUp bool) error
	// Withdraw gives up the waiting mails about a subject, whose passwords a new
	// one replaces.
	Withdraw(ctx context.Context, centre, about directory.ID, at time.Time) error
	// SetPasswordState notes where the password of an operator or a user stands;
	// it changes no revision, and is no error for a subject that is gone.
	SetPasswordState(ctx context.Context, centre, subject directory.ID, state directory.PasswordState) error
}

// Bindings keeps the phones' registrations over restarts.
type Bindings interface {
	Load(ctx context.Context) ([]Binding, error)
	// Save inserts or replaces the binding of an account and contact.
	Save(ctx context.Context, b Binding) error
	// Delete removes a binding, if there is one.
	Delete(ctx context.Context, account, contact string) error
}

// Qualities keeps how browsers heard their calls.
type Qualities interface {
	// Save stores what a browser measured in a call, in place of what was stored.
	Save(ctx context.Context, q Quality) error
	// OfCall returns what the browsers of a call measured, by owner.
	OfCall(ctx context.Context, centre directory.ID, call acd.CallID) ([]Quality, error)
}

// Quality is how a browser heard a call: the last it measured, and the worst of
// each. Times are kept to the millisecond.
type Quality struct {
	Centre      directory.ID
	Call        acd.CallID
	Owner       string // an operator's identifier, or "user:" and a user's
	Last, Worst Measured
}

// Measured is what a browser measured of the audio it gets.
type Measured struct {
	LossPercent       float64
	Jitter, RoundTrip time.Duration
}

// Binding is one registered contact of one account (RFC 3261 §10).
type Binding struct {
	Account   string         // identifier of the phone
	Contact   string         // contact URI as registered, the key within the account
	Source    netip.AddrPort // where the REGISTER came from and where requests are sent to
	Local     netip.AddrPort // our listener it came to
	Transport string         // "udp" or "tcp"
	CallID    string         // Call-ID of the REGISTER
	CSeq      uint32         // CSeq of the REGISTER
	Q         int            // preference in thousandths, 0–1000
	Expires   time.Time      // end of validity
	Updated   time.Time      // last refresh
	UserAgent string         // User-Agent of the phone
	AllowTalk bool           // the phone allows the talk event package
}

// Reports answers questions over the rows of package report.
type Reports interface {
	// Call returns a call or ErrNotFound.
	Call(ctx context.Context, centre string, id acd.CallID) (report.Call, error)
	// Calls returns one page of calls, newest first.
	Calls(ctx context.Context, centre string, q report.CallQuery) (report.CallPage, error)
	// CallGroups returns the groups a call visited or was placed for.
	CallGroups(ctx context.Context, centre string, id acd.CallID) ([]acd.GroupID, error)
	// CallParts returns the operators' parts in a call, in order.
	CallParts(ctx context.Context, centre string, id acd.CallID) ([]report.Part, error)
	// Visits returns the visits that touch [from, to), to some groups or, nil, to
	// all, in the order they began. Of those that began before, only the ones
	// that did so at most a day earlier are looked at.
	Visits(ctx context.Context, centre string, groups []acd.GroupID, from, to acd.Instant) ([]report.Visit, error)
	// CallVisits returns a call's visits to groups, in order.
	CallVisits(ctx context.Context, centre string, id acd.CallID) ([]report.Visit, error)
	// History returns an operator's last parts that were answered, missed or
	// placed, newest first.
	History(ctx context.Context, centre string, operator acd.OperatorID, limit int) ([]report.HistoryItem, error)
	// OperatorCounts returns the figures of the parts that began in [from, to).
	OperatorCounts(ctx context.Context, centre string, from, to acd.Instant) (map[acd.OperatorID]report.OperatorCounts, error)
	// GroupCounts returns the figures of the visits that began in [from, to).
	GroupCounts(ctx context.Context, centre string, from, to acd.Instant) (map[acd.GroupID]report.GroupCounts, error)
	// Sessions returns the floor sessions that touch [from, to), of one operator
	// or, empty, of all, in the order they began.
	Sessions(ctx context.Context, centre string, operator acd.OperatorID, from, to acd.Instant) ([]report.Session, error)
	// Intervals returns the intervals that touch [from, to), of one operator or,
	// empty, of all, in the order they began.
	Intervals(ctx context.Context, centre string, operator acd.OperatorID, from, to acd.Instant) ([]report.Interval, error)
}
