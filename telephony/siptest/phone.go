package siptest

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/netip"
	"strconv"
	"strings"
	"sync"
	"time"
)

// PhoneConfig is the configuration of a telephone.
type PhoneConfig struct {
	// Server is the registrar and outbound proxy; without one the phone calls
	// the addresses of URIs directly.
	Server netip.AddrPort
	// Transport is "udp", the default, or "tcp", for what the phone sends
	// first; it listens on both.
	Transport string
	// Username and Password are the account. Realm is the host of its address
	// of record, by default the server's address; the digest uses the realm of
	// the challenge.
	Username, Password, Realm string
	// Local is where the phone listens, by default 127.0.0.1 at a free port.
	Local netip.AddrPort
	// Codecs are offered and accepted in this order, by default PCMA, PCMU and
	// telephone-event.
	Codecs []string
	// Expires is the registration time asked for in seconds, by default 3600.
	Expires int
	// AutoRefresh renews the registration before it expires, and after a
	// success goes on trying when the server is gone.
	AutoRefresh bool
	// AllowTalk announces Allow-Events: talk, so that a NOTIFY may answer.
	AllowTalk bool
	// UserAgent is the name the phone goes by.
	UserAgent string
	// T1 is the round-trip estimate of RFC 3261 §17, by default 500 ms.
	T1 time.Duration
	// Log takes what goes wrong unseen; nil discards it.
	Log *slog.Logger
}

// Phone is a telephone. One Phone can hold any number of calls.
type Phone struct {
	*agent
	config PhoneConfig
	callID string // of all its registrations, RFC 3261 §10.2.4

	registering sync.Mutex // one registration at a time

	guarded    sync.Mutex
	seq        uint32
	lastStatus int
	granted    int
	refreshing bool
	registered bool
	wanted     bool // Register was called after the last Unregister
}

// NewPhone starts a telephone. It answers every call at once until OnCall says
// otherwise, and ends with the context or Close.
func NewPhone(ctx context.Context, config PhoneConfig) (*Phone, error) {
	if config.Expires == 0 {
		config.Expires = 3600
	}
	if config.UserAgent == "" {
		config.UserAgent = "siptest phone"
	}
	a, err := newAgent(ctx, agentConfig{
		local: config.Local, log: config.Log, t1: config.T1, codecs: config.Codecs,
		server: config.Server, transport: config.Transport, user: config.Username, name: config.UserAgent,
		authUser: config.Username, password: config.Password, talk: config.AllowTalk,
	})
	if err != nil {
		return nil, err
	}
	p := &Phone{agent: a, config: config, callID: newToken()}
	a.start()
	return p, nil
}

// OnCall sets what incoming calls get from now on.
func (p *Phone) OnCall(b Behaviour) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.any = b
}

// Register registers the phone's address and returns nil when that was
// accepted, a *StatusError when it was refused.
func (p *Phone) Register(ctx context.Context) error {
	p.want(true)
	return p.registerFor(ctx, p.config.Expires)
}

// Unregister removes the phone's address.
func (p *Phone) Unregister(ctx context.Context) error {
	p.want(false)
	return p.registerFor(ctx, 0)
}

func (p *Phone) want(registered bool) {
	p.guarded.Lock()
	defer p.guarded.Unlock()
	p.wanted = registered
}

func (p *Phone) wants() bool {
	p.guarded.Lock()
	defer p.guarded.Unlock()
	return p.wanted
}

// LastRegisterStatus is the last final response to a REGISTER, 0 before the
// first.
func (p *Phone) LastRegisterStatus() int {
	p.guarded.Lock()
	defer p.guarded.Unlock()
	return p.lastStatus
}

// Granted is the registration time in seconds that the registrar granted last.
func (p *Phone) Granted() int {
	p.guarded.Lock()
	defer p.guarded.Unlock()
	return p.granted
}

// Registered reports whether the last REGISTER succeeded and was not one to
// unregister.
func (p *Phone) Registered() bool {
	p.guarded.Lock()
	defer p.guarded.Unlock()
	return p.registered
}

func (p *Phone) nextSeq() uint32 {
	p.guarded.Lock()
	defer p.guarded.Unlock()
	p.seq++
	return p.seq
}

func (p *Phone) registerFor(ctx context.Context, expires int) error {
	if !p.config.Server.IsValid() {
		return errors.New("siptest: registering needs a server")
	}
	p.registering.Lock()
	defer p.registering.Unlock()
	for attempt := 0; ; attempt++ {
		m, err := p.sendRegister(ctx, expires)
		if err != nil {
			p.noteRegistration(0, 0, false)
			return fmt.Errorf("siptest: registering: %w", err)
		}
		if m.Status == 423 && attempt == 0 {
			if least, err := strconv.Atoi(m.Get("Min-Expires")); err == nil && least > expires {
				expires = least
				continue
			}
		}
		granted := 0
		if m.Status == 200 {
			granted = grantedExpires(m, p.contact(&link{transport: p.transport}), expires)
		}
		p.noteRegistration(m.Status, granted, m.Status == 200 && expires > 0)
		if m.Status != 200 {
			return &StatusError{m.Status, m.Reason}
		}
		if expires > 0 && p.config.AutoRefresh {
			p.keepRegistered()
		}
		return nil
	}
}

func (p *Phone) noteRegistration(status, granted int, registered bool) {
	p.guarded.Lock()
	defer p.guarded.Unlock()
	p.lastStatus, p.granted, p.registered = status, granted, registered
}

func (p *Phone) sendRegister(ctx context.Context, expires int) (*Message, error) {
	l, err := p.connect(ctx, p.transport, p.config.Server)
	if err != nil {
		return nil, err
	}
	realm := p.config.Realm
	if realm == "" {
		realm = p.config.Server.String()
	}
	record := fmt.Sprintf("<sip:%s@%s>", p.config.Username, realm)
	m := &Message{Method: "REGISTER", URI: "sip:" + realm}
	m.Add("Via", p.via(l))
	m.Add("From", record+";tag="+newToken())
	m.Add("To", record)
	m.Add("Call-ID", p.callID)
	m.Add("CSeq", fmt.Sprintf("%d REGISTER", p.nextSeq()))
	m.Add("Max-Forwards", "70")
	m.Add("Contact", p.contact(l))
	m.Add("Expires", strconv.Itoa(expires))
	m.Add("Allow", allowed)
	if p.talk {
		m.Add("Allow-Events", "talk, hold")
	}
	m.Add("User-Agent", p.name)
	return p.converse(ctx, exchange{
		link: l, req: m, user: p.authUser, password: p.password, anticipate: true, nextSeq: p.nextSeq,
	})
}

// grantedExpires reads the time granted to our contact, RFC 3261 §10.2.4.
func grantedExpires(m *Message, contact string, asked int) int {
	ours := ParseAddress(contact)
	for _, value := range m.Values("Contact") {
		for item := range strings.SplitSeq(value, ",") {
			if a := ParseAddress(item); a.Host == ours.Host {
				_, params, _ := strings.Cut(item, ">")
				if n, err := strconv.Atoi(headerParam(params, "expires")); err == nil {
					return n
				}
			}
		}
	}
	if n, err := strconv.Atoi(m.Get("Expires")); err == nil {
		return n
	}
	return asked
}

// keepRegistered renews the registration at half its time, and after a failure
// every half second, until the phone closes or unregisters.
func (p *Phone) keepRegistered() {
	p.guarded.Lock()
	running := p.refreshing
	p.refreshing = true
	p.guarded.Unlock()
	if running {
		return
	}
	p.spawn(func() {
		for pause(p.ctx, time.Duration(max(p.Granted(), 1))*time.Second/2) && p.wants() {
			if err := p.registerFor(p.ctx, p.config.Expires); err != nil {
				p.log.Debug("renewing the registration", "error", err)
			}
		}
		p.guarded.Lock()
		p.refreshing = false
		p.guarded.Unlock()
	})
}
