package sipua

import (
	"context"
	"log/slog"
	"net/netip"
	"time"
)

// Algorithm is a digest algorithm (RFC 8760).
type Algorithm string

// The algorithms Bandeau speaks; nothing else is offered or accepted.
const (
	MD5    Algorithm = "MD5"
	SHA256 Algorithm = "SHA-256"
)

// Config is everything a user agent needs. Listen, Handler and Log are required.
type Config struct {
	// Listen is the address of the UDP and the TCP listener. A wildcard is expanded to the address of each
	// interface (IPv4 only for 0.0.0.0, IPv4 first for ::). With port 0 both transports take the same free port.
	Listen netip.AddrPort
	// Advertise, if valid, stands in Contact and Via instead of the address of the interface used.
	Advertise netip.Addr
	// UserAgent is the value of the User-Agent and Server headers; empty means "Bandeau".
	UserAgent string
	// PhoneDigest is the algorithm of the one challenge phones get; empty means MD5.
	PhoneDigest Algorithm
	// Realm is the digest realm; empty means "bandeau".
	Realm string
	// Bindings keeps UDP bindings over restarts; nil keeps them in memory only.
	Bindings BindingStore
	// Serves reports whether a number as dialled is one of a centre's. It tells apart trunks of several centres that
	// share a source, a carrier's one border for all of them; nil leaves the lowest id. It must not block.
	Serves func(centre, number string) bool
	// Handler is told of calls, bindings and trunks.
	Handler Handler
	// Log receives what an operator of the node should know; nil discards it.
	Log *slog.Logger
	// Now is the clock of registrations, nonces and limits; nil means time.Now.
	Now func() time.Time
	// Limits bounds what the network may ask of us; zero fields take the defaults of limits.go.
	Limits Limits
}

// BindingStore persists the UDP bindings of the registrar. Its methods are called from one goroutine, outside
// the path of SIP messages.
type BindingStore interface {
	// Load returns every stored binding.
	Load(ctx context.Context) ([]Binding, error)
	// Save inserts or replaces the binding of an account and contact URI.
	Save(ctx context.Context, b Binding) error
	// Delete removes the binding of an account and contact URI, if there is one.
	Delete(ctx context.Context, account, contact string) error
}

// Binding is one registered contact of one account (RFC 3261 §10).
type Binding struct {
	Account   string         // id of the account
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

// Account is a phone's SIP account.
type Account struct {
	Centre   string               // centre the account belongs to
	ID       string               // opaque id, the key of Contacts and BindingChanged
	Username string               // digest user name and address of record; unique on the node
	HA1      map[Algorithm]string // hex H(user:realm:password) per algorithm; used before Password
	Password string               // clear password, used for the algorithms HA1 lacks
	Enabled  bool                 // a disabled account is treated as absent
}

// Source is an address range a trunk sends from.
type Source struct {
	Prefix netip.Prefix // address range
	Port   uint16       // source port, 0 for any
}

// Trunk is a carrier or another exchange.
type Trunk struct {
	Centre    string        // centre the trunk belongs to
	ID        string        // opaque id
	Name      string        // for logs
	Host      string        // address or name requests are sent to
	Port      uint16        // port requests are sent to; 0 means 5060, or SRV when Host is a name
	Transport string        // "udp" (also when empty) or "tcp"
	Sources   []Source      // inbound recognition; empty means no inbound by address
	Username  string        // digest user name, both ways
	Password  string        // digest password, both ways
	Digest    Algorithm     // algorithm of our challenge to it; empty means MD5
	Register  bool          // keep a registration at Host
	Keepalive time.Duration // interval of OPTIONS; 0 sends none
	Priority  int           // lowest is tried first
	Enabled   bool          // a disabled trunk neither sends nor receives
}

// The states of a trunk.
const (
	TrunkUp       = "up"       // answered, or not known to be otherwise
	TrunkSilent   = "silent"   // two OPTIONS in a row unanswered by any of its addresses
	TrunkDown     = "down"     // its registration is refused or its name does not resolve
	TrunkDisabled = "disabled" // switched off by its record, or unknown
)

// Contact is a current binding as call control sees it.
type Contact struct {
	URI       string         // contact URI as registered
	Source    netip.AddrPort // where requests are sent to
	Local     netip.AddrPort // our listener it registered at
	Transport string         // "udp" or "tcp"
	Expires   time.Time      // end of validity
	UserAgent string         // User-Agent of the phone
	AllowTalk bool           // the phone allows NOTIFY talk and hold
}

// Target is the next hop of an outgoing call: a trunk and a number, or an account and one of its contacts.
type Target struct {
	Trunk   string  // trunk id; empty for a phone
	Number  string  // user part of the Request-URI towards a trunk, as to be sent
	Account string  // account id, for phones
	Contact Contact // the contact to ring, for phones
}

// Party is a SIP identity, unescaped.
type Party struct {
	User    string // user part; empty when there is none
	Display string // display name
	Host    string // host part; ours when empty on output
}

// Header is an extra header of a message. Neither part may hold CR or LF.
type Header struct {
	Name, Value string
}

// Outbound describes a call to be placed.
type Outbound struct {
	Target           Target      // next hop
	From             Party       // caller shown
	To               Party       // called party; the target's user when empty
	AssertedIdentity *Party      // P-Asserted-Identity (RFC 3325), nil for none
	Privacy          bool        // anonymous From and Privacy: id (RFC 3323)
	Header           []Header    // extra headers
	SDP              []byte      // the offer; nil makes an offerless INVITE
	Sink             func(Event) // receives the dialog's events; see Dialog.Bind
}

// PeerKind tells trunks from phones.
type PeerKind int

// The kinds of peers.
const (
	PeerTrunk PeerKind = iota // a trunk
	PeerPhone                 // a phone's account
)

// String returns the kind's name.
func (k PeerKind) String() string {
	switch k {
	case PeerTrunk:
		return "trunk"
	case PeerPhone:
		return "phone"
	}
	return "unknown"
}

// Peer is the authenticated other end of a dialog.
type Peer struct {
	Kind   PeerKind       // trunk or phone
	Centre string         // centre of the trunk or account
	ID     string         // id of the trunk or account
	Source netip.AddrPort // where its messages come from
}

// Handler is told what happens on the network. Its calls must return quickly.
type Handler interface {
	// Incoming delivers a new authenticated INVITE dialog, 100 Trying already sent. The handler must Bind a sink
	// at once. A dialog that gets no answer at all, be it provisional, is answered 500 after the limit FinalAnswer.
	Incoming(d *Dialog)
	// BindingChanged says that an account has come to have contacts, and how many, or that its last one has gone. It
	// is called by one goroutine; a change undone before it could be told is not told.
	BindingChanged(centre, account string, contacts int)
	// TrunkChanged says that a trunk's state has become state, one of the Trunk constants.
	TrunkChanged(centre, trunk, state string)
}

// Invite is the view of the INVITE that made a dialog.
type Invite struct {
	RequestUser      string         // user of the Request-URI, unescaped
	From, To         Party          // From and To, unescaped
	AssertedIdentity Party          // P-Asserted-Identity; zero when absent
	Privacy          bool           // the caller withholds its identity (RFC 3323, or an anonymous From)
	SDP              []byte         // the offer; nil for an offerless INVITE
	Source           netip.AddrPort // where it came from
	Local            netip.Addr     // our address towards this peer, for SDP
	headers          []Header
}

// Counters are totals since the start, for metrics. Panics must stay 0.
type Counters struct {
	Panics        uint64 // handlers that panicked and were recovered
	Strangers     uint64 // messages of unknown peers left unanswered
	Malformed     uint64 // messages refused by the gate
	Throttled     uint64 // messages over a rate
	Challenged    uint64 // 401 sent
	AuthFailed    uint64 // wrong digest answers
	TCPRefused    uint64 // connections over a cap
	TCPTimedOut   uint64 // connections closed by a read deadline
	DialogsOpened uint64 // INVITE dialogs created, both roles
	DialogsEnded  uint64 // INVITE dialogs that reached their end
}
