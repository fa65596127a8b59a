package api

import (
	"context"
	"encoding/json"
	"errors"
	"math"
	"sync"
	"time"

	"bandeau/acd"
	"bandeau/directory"
)

const (
	// maxOffers is how many connections a stream may offer within offersWithin: a
	// page that has lost its connection tries again, and not for ever at once.
	maxOffers    = 20
	offersWithin = time.Minute
	// maxPongs is how many answers to a ping count in a second, and maxQualities how
	// many measurements: a page sends one, and one each two seconds. The rest is
	// dropped.
	maxPongs     = 2
	maxQualities = 1
	// offerTimeout bounds the answer to an offer.
	offerTimeout = 5 * time.Second
	// maxSession bounds the name a page gives to a connection.
	maxSession = 64
	// phoneQueue is how many messages wait for a page that reads slowly; a ping
	// beyond them is left out.
	phoneQueue = 8
)

// PhoneOwner is whose browser phone it is.
type PhoneOwner struct {
	Centre directory.ID
	// Operator is empty for the phone of a supervisor, who is User then.
	Operator acd.OperatorID
	User     acd.UserID
}

// Browsers connects browser phones. Its methods may be called from any goroutine.
type Browsers interface {
	// Offer connects a page, in place of the one of this owner before, and returns
	// the answer to its description. ping is called from then on, and must not
	// block. Error: *PhoneRefusedError.
	Offer(ctx context.Context, owner PhoneOwner, session string, ping func(n uint64), sdp string) (answer string, err error)
	// Pong is a page's answer to a ping.
	Pong(owner PhoneOwner, session string, n uint64)
	// Reachable reports whether an owner's page could take a call now.
	Reachable(owner PhoneOwner) bool
	// Drop says that a page is gone, or has closed its phone.
	Drop(owner PhoneOwner, session string)
	// Quality is what a page measured in a call; whoever is not in it tells nothing.
	Quality(owner PhoneOwner, call acd.CallID, q PhoneQuality)
}

// PhoneRefusedError refuses a connection.
type PhoneRefusedError struct {
	// Code names the reason, such as no_audio.
	Code   string
	Detail string
}

// Error implements the error interface.
func (e *PhoneRefusedError) Error() string { return "api: browser phone refused: " + e.Detail }

// PhoneQuality is what a browser measured of the audio it gets.
type PhoneQuality struct {
	LossPercent float64
	Jitter      time.Duration
	RoundTrip   time.Duration
}

// CallQuality is how a browser heard a call: the last it measured, and the worst of
// each.
type CallQuality struct {
	// Operator is empty for a supervisor.
	Operator    acd.OperatorID
	Last, Worst PhoneQuality
}

// PhoneMessage is what the server says of the browser phone, on a stream. Each
// message names the connection it is about as the page has named it.
type PhoneMessage struct {
	Kind    string `json:"kind" enum:"answer,refused,ping,taken" doc:"Answer: to the offer. Ping: to be answered at once, the phone counts as unreachable else. Taken: another page of his has the phone now."`
	Session string `json:"session"`
	SDP     string `json:"sdp,omitempty" doc:"Of answer."`
	Code    string `json:"code,omitempty" doc:"Of refused, such as no_audio, video, codec, too_large, malformed, too_many, unavailable."`
	Detail  string `json:"detail,omitempty" doc:"Of refused."`
	N       uint64 `json:"n,omitempty" doc:"Of ping."`
}

// PhoneReport is what a page says of its browser phone, on a stream.
type PhoneReport struct {
	Kind        string  `json:"kind" enum:"offer,pong,close,quality" doc:"Offer: connect, in place of any other page of his. Pong: the answer to a ping. Close: the phone is no longer here. Quality: each 2 s in a call."`
	Session     string  `json:"session" minLength:"1" maxLength:"64" pattern:"^[A-Za-z0-9-]+$" doc:"A name that the page gives to each connection."`
	SDP         string  `json:"sdp,omitempty" doc:"Of offer: one audio section, sendrecv, with PCMA or PCMU and its candidates in it."`
	N           uint64  `json:"n,omitempty" doc:"Of pong: the number of the ping."`
	Call        string  `json:"call,omitempty" doc:"Of quality."`
	LossPercent float64 `json:"lossPercent,omitempty" doc:"Of quality."`
	JitterMs    float64 `json:"jitterMs,omitempty" doc:"Of quality."`
	RoundTripMs float64 `json:"roundTripMs,omitempty" doc:"Of quality."`
}

// line is the browser phone's part of a stream: it takes the page's reports, and
// queues what is to be said to it.
type line struct {
	server *Server
	owner  PhoneOwner
	out    chan PhoneMessage

	session string // the connection of this page; empty for none

	offers, pongs, qualities recent
}

// recent is when something was taken lately.
type recent []time.Time

// take reports whether there is room for one more, and takes it.
func (t *recent) take(now time.Time, most int, within time.Duration) bool {
	for len(*t) > 0 && now.Sub((*t)[0]) >= within {
		*t = (*t)[1:]
	}
	if len(*t) >= most {
		return false
	}
	*t = append(*t, now)
	return true
}

func (s *Server) newLine(owner PhoneOwner) *line {
	return &line{server: s, owner: owner, out: make(chan PhoneMessage, phoneQueue)}
}

// lines are the pages that have the phones.
type lines struct {
	mu  sync.Mutex
	who map[PhoneOwner]*line
}

// take gives the phone of an owner to a page, and tells the page that had it.
func (l *lines) take(by *line, session string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if had := l.who[by.owner]; had != nil && had != by {
		had.say(PhoneMessage{Kind: "taken", Session: had.session})
	}
	by.session = session
	l.who[by.owner] = by
}

// has reports whether some page of an owner has his phone.
func (l *lines) has(owner PhoneOwner) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.who[owner] != nil
}

// leave takes a page's phone away.
func (l *lines) leave(page *line) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.who[page.owner] == page {
		delete(l.who, page.owner)
	}
	page.session = ""
}

// say queues a message. One too many for a page that does not read is left out:
// it will miss pings, too.
func (l *line) say(m PhoneMessage) {
	select {
	case l.out <- m:
	default:
	}
}

// speak says what is queued until ctx ends, or the page is no longer there.
func (l *line) speak(ctx context.Context, send func(PhoneMessage) error) {
	for {
		select {
		case <-ctx.Done():
			return
		case m := <-l.out:
			if send(m) != nil {
				return
			}
		}
	}
}

// hear takes a report of the page.
func (l *line) hear(ctx context.Context, data json.RawMessage) {
	var m PhoneReport
	if err := json.Unmarshal(data, &m); err != nil || !validSession(m.Session) {
		l.decline(m.Session, "malformed", "not a message of a browser phone")
		return
	}
	phones := l.server.cfg.Browsers
	if phones == nil {
		l.decline(m.Session, "unavailable", "browser phones are not served here")
		return
	}
	now := l.server.cfg.Clock.Now()
	switch m.Kind {
	case "offer":
		l.offer(ctx, m, now)
	case "pong":
		if l.pongs.take(now, maxPongs, time.Second) {
			phones.Pong(l.owner, m.Session, m.N)
		}
	case "close":
		phones.Drop(l.owner, m.Session)
		if m.Session == l.session {
			l.server.lines.leave(l)
		}
	case "quality":
		if q, ok := m.quality(); ok && l.qualities.take(now, maxQualities, time.Second) {
			phones.Quality(l.owner, acd.CallID(m.Call), q)
		}
	}
}

// validSession reports whether a page may name a connection so.
func validSession(name string) bool {
	for _, c := range []byte(name) {
		letter := c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9'
		if !letter && c != '-' {
			return false
		}
	}
	return name != "" && len(name) <= maxSession
}

// decline answers an offer. A name that is none is not repeated.
func (l *line) decline(session, code, detail string) {
	if !validSession(session) {
		session = ""
	}
	l.say(PhoneMessage{Kind: "refused", Session: session, Code: code, Detail: detail})
}

// offer connects the page.
func (l *line) offer(ctx context.Context, m PhoneReport, now time.Time) {
	if !l.offers.take(now, maxOffers, offersWithin) {
		l.decline(m.Session, "too_many", "too many offers within a minute")
		return
	}
	ctx, cancel := context.WithTimeout(ctx, offerTimeout)
	defer cancel()
	ping := func(n uint64) { l.say(PhoneMessage{Kind: "ping", Session: m.Session, N: n}) }
	answer, err := l.server.cfg.Browsers.Offer(ctx, l.owner, m.Session, ping, m.SDP)
	var refused *PhoneRefusedError
	switch {
	case errors.As(err, &refused):
		l.decline(m.Session, refused.Code, refused.Detail)
		return
	case err != nil:
		l.server.cfg.Log.WarnContext(ctx, "browser phone not connected", "error", err)
		l.decline(m.Session, "unavailable", "not possible just now")
		return
	}
	l.server.lines.take(l, m.Session)
	l.say(PhoneMessage{Kind: "answer", Session: m.Session, SDP: answer})
}

// end drops the phone with its stream.
func (l *line) end() {
	if l.session != "" {
		l.server.cfg.Browsers.Drop(l.owner, l.session)
		l.server.lines.leave(l)
	}
}

// quality reads a measurement; one that no audio can have is none.
func (m PhoneReport) quality() (PhoneQuality, bool) {
	within := func(v, most float64) bool { return !math.IsNaN(v) && v >= 0 && v <= most }
	const minute = 60_000
	if m.Call == "" || !within(m.LossPercent, 100) || !within(m.JitterMs, minute) || !within(m.RoundTripMs, minute) {
		return PhoneQuality{}, false
	}
	ms := func(v float64) time.Duration { return time.Duration(v * float64(time.Millisecond)) }
	return PhoneQuality{LossPercent: m.LossPercent, Jitter: ms(m.JitterMs), RoundTrip: ms(m.RoundTripMs)}, true
}
