package sipua

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"runtime/debug"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/emiago/sipgo/sip"
)

// UA is a SIP user agent: listeners, registrar, trunks and INVITE dialogs. Its methods may be called from any goroutine.
type UA struct {
	cfg    Config
	limits Limits
	log    *slog.Logger
	now    func() time.Time
	secret [32]byte

	listeners []*listener
	parser    *sip.Parser
	tl        *sip.TransportLayer
	txl       *sip.TransactionLayer
	tcpQueue  *tcpQueue

	auth    *authenticator
	rates   *rates
	reg     *registrar
	trunks  *trunkTable
	handled *message // answer of route: nothing more to do

	ctx    context.Context // the user agent's life, for goroutines of dialogs and transactions
	cancel context.CancelFunc
	wg     sync.WaitGroup
	once   sync.Once
	leave  chan struct{} // closed by Close
	left   atomic.Bool   // Close was called

	counters counters

	mu       sync.Mutex
	closed   bool
	running  bool
	conns    map[netip.AddrPort]*gatedTCP
	connsPer map[netip.Addr]int
	dialogs  map[dialogKey]*Dialog
	peers    map[netip.Addr]int // live dialogs per address
	invites  map[string]*inviteTx
	mergedBy map[string]string
}

type counters struct {
	panics, strangers, malformed, throttled, challenged, authFailed atomic.Uint64
	tcpRefused, tcpTimedOut, opened, ended                          atomic.Uint64
	transactions                                                    atomic.Int64
}

// New binds the sockets of a user agent. Its error is one line fit for people. Run must follow, or Close.
func New(cfg Config) (*UA, error) {
	if cfg.Handler == nil || !cfg.Listen.Addr().IsValid() {
		return nil, errors.New("sip: a handler and a listen address are required")
	}
	orDefault(&cfg.UserAgent, "Bandeau")
	orDefault(&cfg.PhoneDigest, MD5)
	orDefault(&cfg.Realm, "bandeau")
	if cfg.PhoneDigest.newHash() == nil {
		return nil, fmt.Errorf("sip: unknown digest algorithm %q", cfg.PhoneDigest)
	}
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	u := &UA{
		cfg: cfg, limits: cfg.Limits.withDefaults(), log: cfg.Log, now: cfg.Now, handled: &message{}, leave: make(chan struct{}),
		conns: map[netip.AddrPort]*gatedTCP{}, connsPer: map[netip.Addr]int{}, dialogs: map[dialogKey]*Dialog{},
		peers: map[netip.Addr]int{}, invites: map[string]*inviteTx{}, mergedBy: map[string]string{},
	}
	_, _ = rand.Read(u.secret[:])
	u.ctx, u.cancel = context.WithCancel(context.Background())
	u.auth = newAuthenticator(cfg.Realm, &u.limits)
	u.rates = newRates(&u.limits)
	u.reg = newRegistrar(u)
	u.trunks = newTrunkTable(u)
	u.newLayers()
	if err := u.listen(u.ctx, cfg.Listen); err != nil {
		u.cancel()
		return nil, err
	}
	u.tcpQueue = newTCPQueue(u.listeners[0].tcp.Addr())
	return u, nil
}

// liftMTU lets the library send large messages over UDP. RFC 3261 §18.1.1 wants TCP above 1300 bytes, which hardly any
// phone or carrier does; IP fragments work. The library keeps this in a variable of its own, hence once per process:
// user agents may be made at the same time.
var liftMTU = sync.OnceFunc(func() { sip.UDPMTUSize = 65535 + 200 }) //nolint:gochecknoglobals // see above

// newLayers makes the library's transport and transaction layers. They log nothing: what they would write down are
// whole messages of peers.
func (u *UA) newLayers() {
	liftMTU()
	all := sip.DefaultHeadersParser()
	few := map[string]sip.HeaderParser{}
	for _, name := range []string{"via", "from", "to", "call-id", "cseq", "max-forwards", "content-length"} {
		few[name] = all[name]
	}
	u.parser = sip.NewParser(sip.WithHeadersParsers(few))
	quiet := slog.New(slog.DiscardHandler)
	u.tl = sip.NewTransportLayer(net.DefaultResolver, u.parser, nil, sip.WithTransportLayerLogger(quiet))
	u.txl = sip.NewTransactionLayer(u.tl, sip.WithTransactionLayerLogger(quiet),
		sip.WithTransactionLayerTerminateOnConnClose(),
		sip.WithTransactionLayerUnhandledResponseHandler(u.onStrayResponse))
	u.txl.OnRequest(u.onRequest)
}

// Run serves until ctx ends or Close is called, and returns when all goroutines of the user agent have ended.
func (u *UA) Run(ctx context.Context) error {
	if err := u.reg.load(ctx); err != nil {
		u.Close()
		return fmt.Errorf("sip: cannot read the stored bindings: %w", err)
	}
	u.mu.Lock()
	u.running = !u.closed
	u.mu.Unlock()
	if !u.running {
		return nil
	}
	var serving sync.WaitGroup
	for _, l := range u.listeners {
		serving.Go(func() { _ = u.tl.ServeUDP(l.udp) })
		serving.Go(func() { u.accept(u.ctx, l) })
	}
	serving.Go(func() { _ = u.tl.ServeTCP(u.tcpQueue) })
	serving.Go(func() { u.reg.runStore(u.ctx) })
	serving.Go(func() { u.reg.runReach(u.ctx) })
	serving.Go(func() { u.maintain(u.ctx) })
	stop := context.AfterFunc(ctx, u.Close)
	defer stop()
	<-u.leave
	u.trunks.part()
	u.cancel()
	u.wg.Wait()
	u.release()
	serving.Wait()
	// A request that the library had just taken may meanwhile have opened a socket of its own to be answered from,
	// its listener being gone. Its goroutine cannot be waited for, so what it left is closed after a moment.
	time.Sleep(lastWords)
	u.txl.Close()
	_ = u.tl.Close()
	return nil
}

// Close ends the user agent: sockets, transactions and dialogs, without a word to the peers; only registrations at
// trunks are withdrawn, in 200 ms or not at all. It does not wait; when Run has returned the ports are free.
func (u *UA) Close() {
	u.once.Do(func() {
		u.mu.Lock()
		u.closed = true
		running := u.running
		u.mu.Unlock()
		u.left.Store(true)
		close(u.leave)
		if !running {
			u.cancel()
			u.release()
		}
	})
}

// release closes everything. Goroutines that may still send must have ended: for a request sent after its listener
// is gone the library would open the port anew.
func (u *UA) release() {
	u.closeListeners()
	_ = u.tcpQueue.Close()
	u.mu.Lock()
	conns := make([]*gatedTCP, 0, len(u.conns))
	for _, c := range u.conns {
		conns = append(conns, c)
	}
	u.mu.Unlock()
	for _, c := range conns {
		_ = c.Conn.Close() // bindings stay as they are: nobody has gone, we have
	}
	u.txl.Close()
	_ = u.tl.Close()
}

// lastWords is the time goroutines of the library have to notice that the sockets are closed.
const lastWords = 100 * time.Millisecond

// spawn runs f in a goroutine that Run waits for. It must end with u.ctx. After Close it does nothing.
func (u *UA) spawn(f func()) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.closed {
		return
	}
	u.wg.Go(f)
}

// maintain expires what has a time.
func (u *UA) maintain(ctx context.Context) {
	const every = 250 * time.Millisecond
	for ctx.Err() == nil {
		u.pause(ctx, every)
		now := u.now()
		u.reg.expire(now)
		u.mu.Lock()
		var lost []string
		for key, it := range u.invites {
			if !it.tx && now.Sub(it.born) > 64*sip.T1 {
				lost = append(lost, key)
			}
		}
		u.mu.Unlock()
		for _, key := range lost {
			u.leaveInvite(key)
		}
	}
}

// Addrs returns the addresses listened on, with their real ports.
func (u *UA) Addrs() []netip.AddrPort {
	out := make([]netip.AddrPort, 0, len(u.listeners))
	for _, l := range u.listeners {
		out = append(out, l.addr)
	}
	return out
}

// SetAccounts replaces the accounts of the registrar. Accounts that are gone or disabled lose their bindings.
func (u *UA) SetAccounts(list []Account) { u.reg.setAccounts(list) }

// Contacts returns the bindings of an account, the preferred and then the most recent first.
func (u *UA) Contacts(account string) []Contact { return u.reg.contacts(account) }

// Counters returns totals since the start.
func (u *UA) Counters() Counters {
	c := &u.counters
	return Counters{
		Panics: c.panics.Load(), Strangers: c.strangers.Load(), Malformed: c.malformed.Load(),
		Throttled: c.throttled.Load(), Challenged: c.challenged.Load(), AuthFailed: c.authFailed.Load(),
		TCPRefused: c.tcpRefused.Load(), TCPTimedOut: c.tcpTimedOut.Load(),
		DialogsOpened: c.opened.Load(), DialogsEnded: c.ended.Load(),
	}
}

// SetTimers sets T1, T2 and T4 (RFC 3261 §17) for the whole process; tests shorten them. It must be called before
// any user agent exists.
func SetTimers(t1, t2, t4 time.Duration) { sip.SetTimers(t1, t2, t4) }

func (u *UA) panicked(p any) {
	u.counters.panics.Add(1)
	u.log.Error("sip handler panicked", "panic", fmt.Sprint(p), "stack", string(debug.Stack()))
}

// mac returns a keyed hash in hex, for values that only we can make.
func (u *UA) mac(s string) string {
	h := hmac.New(sha256.New, u.secret[:])
	h.Write([]byte(s))
	return hex.EncodeToString(h.Sum(nil))
}

// newBranch returns a branch (RFC 3261 §8.1.1.7) that ourBranch recognises: a response to anything else is junk.
func (u *UA) newBranch() string {
	r := token(8)
	return "z9hG4bK" + r + u.mac(r)[:12]
}

func (u *UA) ourBranch(b string) bool {
	const head = len("z9hG4bK")
	if len(b) != head+16+12 {
		return false
	}
	return hmac.Equal([]byte(b[head+16:]), []byte(u.mac(b[head : head+16])[:12]))
}

// localFor returns the listener towards an address: the kernel is asked which of our addresses it would use.
func (u *UA) localFor(remote netip.Addr) netip.AddrPort {
	remote = remote.Unmap()
	same := make([]netip.AddrPort, 0, len(u.listeners))
	for _, l := range u.listeners {
		if l.addr.Addr().Is4() == remote.Is4() {
			same = append(same, l.addr)
		}
	}
	if len(same) == 0 {
		return u.listeners[0].addr
	}
	if len(same) == 1 {
		return same[0]
	}
	if ip, ok := sourceTowards(u.ctx, remote); ok {
		if i := slices.IndexFunc(same, func(a netip.AddrPort) bool { return a.Addr() == ip }); i >= 0 {
			return same[i]
		}
	}
	for _, a := range same {
		if a.Addr().IsLoopback() == remote.IsLoopback() {
			return a
		}
	}
	return same[0]
}

// sourceTowards connects a UDP socket, which sends nothing, to learn the address the kernel would send from.
func sourceTowards(ctx context.Context, remote netip.Addr) (netip.Addr, bool) {
	var d net.Dialer
	c, err := d.DialContext(ctx, "udp", netip.AddrPortFrom(remote, 9).String())
	if err != nil {
		return netip.Addr{}, false
	}
	defer func() { _ = c.Close() }()
	return addrPort(c.LocalAddr()).Addr(), true
}

// public returns the address we name in messages sent from a listener.
func (u *UA) public(local netip.AddrPort) netip.Addr {
	if u.cfg.Advertise.IsValid() {
		return u.cfg.Advertise
	}
	return local.Addr()
}

// LocalFor returns the address this node has towards a target, for the SDP of an offer.
func (u *UA) LocalFor(t Target) netip.Addr {
	if t.Trunk != "" {
		if r := u.trunks.byID(t.Trunk); r != nil {
			return u.public(u.localFor(r.address()))
		}
		return u.public(u.listeners[0].addr)
	}
	if t.Contact.Local.IsValid() {
		return u.public(t.Contact.Local)
	}
	return u.public(u.localFor(t.Contact.Source.Addr()))
}
