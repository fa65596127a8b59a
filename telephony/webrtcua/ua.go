package webrtcua

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"sync"
	"time"

	"github.com/pion/ice/v4"
	"github.com/pion/interceptor"
	"github.com/pion/transport/v5/stdnet"
	"github.com/pion/webrtc/v4"

	"bandeau/media"
)

// Owner is whose phone a browser is.
type Owner struct {
	Centre string
	ID     string // an operator's, or "user:" and a supervisor's
}

// Link leads to the page a session is of.
type Link interface {
	// Ping asks the page for a sign of life, which is given with UA.Pong. It must
	// not block and not call the agent.
	Ping(session string, n uint64)
}

// Handler is told what becomes of the browsers.
type Handler interface {
	// BrowserChanged says that a browser has become reachable or unreachable. It
	// is called from one goroutine, for each owner in order, and only when it is
	// news.
	BrowserChanged(owner Owner, reachable bool)
}

// Config configures an agent. Listen and Handler are required.
type Config struct {
	// Listen is the one UDP address of all sessions.
	Listen netip.AddrPort
	// Advertise is the address that browsers reach it at; when it is not valid it
	// is that of Listen.
	Advertise netip.Addr
	Handler   Handler
	Clock     media.Clock  // nil: the system's
	Log       *slog.Logger // nil: nothing is logged
}

// ErrClosed is the error of an agent that has been closed.
var ErrClosed = errors.New("webrtc: closed")

// UA is the agent of all browser phones.
type UA struct {
	handler Handler
	clock   media.Clock
	log     *slog.Logger
	now     func() time.Time // the wall clock, which reports are stamped with
	api     *webrtc.API
	mux     ice.UDPMux
	addr    netip.AddrPort
	stop    chan struct{}
	news    chan struct{} // somebody's reachability may have changed
	wg      sync.WaitGroup

	mu       sync.Mutex
	closed   bool
	lines    map[Owner]*line
	sessions int
	changed  []Owner            // whom the handler may have to be told about
	told     map[Owner]struct{} // who was last said to be reachable

	certificates struct {
		mu      sync.Mutex
		current webrtc.Certificate
		made    time.Time
	}
}

// New opens the socket and starts the agent.
func New(cfg Config) (*UA, error) {
	u := &UA{
		handler: cfg.Handler, clock: cfg.Clock, log: cfg.Log, now: time.Now,
		stop: make(chan struct{}), news: make(chan struct{}, 1),
		lines: map[Owner]*line{}, told: map[Owner]struct{}{},
	}
	if u.clock == nil {
		u.clock = media.SystemClock()
	}
	if u.log == nil {
		u.log = slog.New(slog.DiscardHandler)
	}
	if _, err := u.certificate(); err != nil {
		return nil, err
	}
	conn, err := listen(cfg.Listen, cfg.Advertise)
	if err != nil {
		return nil, err
	}
	u.addr = conn.at.AddrPort()
	if err = conn.SetReadBuffer(readBuffer); err != nil {
		u.log.Debug("read buffer not raised", "err", err)
	}
	u.mux = webrtc.NewICEUDPMux(libraryLog{u.log}.NewLogger("mux"), conn)
	if u.api, err = u.newAPI(); err != nil {
		_ = u.mux.Close()
		return nil, err
	}
	u.wg.Go(u.run)
	u.wg.Go(u.announce)
	return u, nil
}

// newAPI sets the library up: one socket, no other address than our own, nothing
// but G.711 and its digits.
func (u *UA) newAPI() (*webrtc.API, error) {
	network, err := stdnet.NewNet() // else each session reads the system's interfaces
	if err != nil {
		return nil, fmt.Errorf("webrtc: %w", err)
	}
	var se webrtc.SettingEngine
	se.LoggerFactory = libraryLog{u.log}
	se.SetNet(network)
	se.SetLite(true)
	se.SetICEUDPMux(u.mux)
	se.SetICEMulticastDNSMode(ice.MulticastDNSModeDisabled)
	se.SetIncludeLoopbackCandidate(true) // when it is the address to be advertised, it is meant
	se.SetNetworkTypes([]webrtc.NetworkType{webrtc.NetworkTypeUDP4, webrtc.NetworkTypeUDP6})
	se.SetICETimeouts(iceSilence, iceFailed, 0)
	se.DisableActiveTCP(true)
	if err = se.SetAnsweringDTLSRole(webrtc.DTLSRoleServer); err != nil {
		return nil, fmt.Errorf("webrtc: %w", err)
	}
	var me webrtc.MediaEngine
	for pt, mime := range map[webrtc.PayloadType]string{
		webrtc.PayloadType(media.PCMA): webrtc.MimeTypePCMA,
		webrtc.PayloadType(media.PCMU): webrtc.MimeTypePCMU,
		126:                            "audio/telephone-event",
	} {
		codec := webrtc.RTPCodecParameters{
			RTPCodecCapability: webrtc.RTPCodecCapability{MimeType: mime, ClockRate: media.SampleRate},
			PayloadType:        pt,
		}
		if err = me.RegisterCodec(codec, webrtc.RTPCodecTypeAudio); err != nil {
			return nil, fmt.Errorf("webrtc: %w", err)
		}
	}
	var reporting interceptor.Registry
	if err = webrtc.ConfigureRTCPReports(&reporting); err != nil {
		return nil, fmt.Errorf("webrtc: %w", err)
	}
	return webrtc.NewAPI(webrtc.WithSettingEngine(se), webrtc.WithMediaEngine(&me),
		webrtc.WithInterceptorRegistry(&reporting)), nil
}

// Addr is the address that browsers reach the agent at.
func (u *UA) Addr() netip.AddrPort { return u.addr }

// certificate returns the one that sessions begun now use. One for all is enough
// to encrypt, and making one for each would be most of an offer's cost.
func (u *UA) certificate() (webrtc.Certificate, error) {
	c := &u.certificates
	c.mu.Lock()
	defer c.mu.Unlock()
	now := u.now()
	if !c.made.IsZero() && now.Sub(c.made) < renewCertificate {
		return c.current, nil
	}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return c.current, fmt.Errorf("webrtc: %w", err)
	}
	fresh, err := webrtc.GenerateCertificate(key)
	if err != nil {
		return c.current, fmt.Errorf("webrtc: %w", err)
	}
	c.current, c.made = *fresh, now
	return c.current, nil
}

// Offer answers a page's offer. The session becomes the owner's; his former one,
// if there is one, ends, and the audio of a leg that is attached goes on in the new
// one. An offer that is not accepted changes nothing and returns a *Refused.
func (u *UA) Offer(ctx context.Context, owner Owner, id string, link Link, sdp string) (answer string, err error) {
	if !isSessionID(id) {
		return "", refuse(Malformed, "session")
	}
	o, err := readOffer(sdp)
	if err != nil {
		return "", err
	}
	if err = u.begin(owner); err != nil {
		return "", err
	}
	defer u.wg.Done()
	s, answer, err := u.newSession(ctx, id, link, o)
	if err != nil {
		return "", err
	}
	u.mu.Lock()
	defer u.mu.Unlock()
	if err = u.admit(owner); err != nil {
		u.wg.Go(s.close)
		return "", err
	}
	l := u.lineOf(owner)
	former := l.session.Load()
	s.line = l
	l.session.Store(s)
	l.join()
	u.sessions++
	if former != nil {
		u.discard(former)
	}
	u.judge(l)
	// The library may call at once, with the session in its place.
	s.pc.OnConnectionStateChange(func(webrtc.PeerConnectionState) { u.connection(s) })
	return answer, nil
}

// begin lets an offer be worked on, which Close waits for.
func (u *UA) begin(owner Owner) error {
	u.mu.Lock()
	defer u.mu.Unlock()
	if err := u.admit(owner); err != nil {
		return err
	}
	u.wg.Add(1)
	return nil
}

// admit reports whether there is room for a session of an owner. The agent is
// locked.
func (u *UA) admit(owner Owner) error {
	if u.closed {
		return ErrClosed
	}
	if l := u.lines[owner]; u.sessions >= maxSessions && (l == nil || l.session.Load() == nil) {
		return refuse(Full, "%d sessions", maxSessions)
	}
	return nil
}

// Drop ends a session: the page's stream has ended, or it gives its phone up. The
// browser is unreachable at once, unless another session has taken its place.
func (u *UA) Drop(owner Owner, id string) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if s := u.find(owner, id); s != nil {
		u.end(s)
	}
}

// Attach makes the audio of a leg that of the owner's session, the present one and
// those that take its place, until detach is called. A later leg takes over. The
// leg is told the codec and the digits of each session; it is given no RTP timeout,
// for the liveness of the browser is known better than by its audio.
func (u *UA) Attach(owner Owner, leg media.WireLeg) (detach func()) {
	u.mu.Lock()
	defer u.mu.Unlock()
	l := u.lineOf(owner)
	a := &attachment{l, leg}
	if before := l.attached.Swap(a); before != nil {
		before.leg.Connect(nil)
	}
	l.join()
	leg.Connect(a)
	return func() {
		u.mu.Lock()
		defer u.mu.Unlock()
		if l.attached.CompareAndSwap(a, nil) {
			leg.Connect(nil)
			u.forget(l)
		}
	}
}

// Stats returns how an owner's browser hears us.
func (u *UA) Stats(owner Owner) (Stats, bool) {
	u.mu.Lock()
	defer u.mu.Unlock()
	l := u.lines[owner]
	if l == nil {
		return Stats{}, false
	}
	s := l.session.Load()
	if s == nil {
		return Stats{}, false
	}
	s.reports.mu.Lock()
	defer s.reports.mu.Unlock()
	return s.reports.last, true
}

// lineOf returns an owner's line, a new one if need be. The agent is locked.
func (u *UA) lineOf(owner Owner) *line {
	l := u.lines[owner]
	if l == nil {
		l = &line{owner: owner}
		u.lines[owner] = l
	}
	return l
}

// find returns an owner's session if it has this name. The agent is locked.
func (u *UA) find(owner Owner, id string) *session {
	if l := u.lines[owner]; l != nil {
		if s := l.session.Load(); s != nil && s.id == id {
			return s
		}
	}
	return nil
}

// end takes a session from its owner and closes it, if it is his. The agent is
// locked.
func (u *UA) end(s *session) {
	if s.line.session.CompareAndSwap(s, nil) {
		u.discard(s)
		u.judge(s.line)
		u.forget(s.line)
	}
}

// discard closes a session that is nobody's any more. The agent is locked.
func (u *UA) discard(s *session) {
	u.sessions--
	u.wg.Go(s.close)
}

// forget drops a line that joins nothing. The agent is locked.
func (u *UA) forget(l *line) {
	if l.idle() && u.lines[l.owner] == l {
		delete(u.lines, l.owner)
	}
}

// Close ends every session and every goroutine of the agent. Nobody is told.
func (u *UA) Close(ctx context.Context) error {
	u.mu.Lock()
	if !u.closed {
		u.closed = true
		close(u.stop)
		for _, l := range u.lines {
			if s := l.session.Load(); s != nil {
				u.end(s)
			}
		}
	}
	u.mu.Unlock()
	done := make(chan struct{})
	go func() {
		u.wg.Wait()
		_ = u.mux.Close()
		close(done)
	}()
	select {
	case <-done:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// socket is the one socket, under the address that browsers know it by: what the
// library takes for local is what it writes into an answer.
type socket struct {
	*net.UDPConn
	at *net.UDPAddr
}

// listen opens the socket.
func listen(at netip.AddrPort, advertise netip.Addr) (*socket, error) {
	if !advertise.IsValid() {
		advertise = at.Addr()
	}
	if advertise = advertise.Unmap(); !advertise.IsValid() || advertise.IsUnspecified() || advertise.IsMulticast() {
		return nil, fmt.Errorf("webrtc: no address to advertise for %s", at)
	}
	network := "udp4"
	if advertise.Is6() {
		network = "udp6"
	}
	conn, err := net.ListenUDP(network, net.UDPAddrFromAddrPort(at))
	if err != nil {
		return nil, fmt.Errorf("webrtc: %w", err)
	}
	port := conn.LocalAddr().(*net.UDPAddr).AddrPort().Port()
	return &socket{conn, net.UDPAddrFromAddrPort(netip.AddrPortFrom(advertise, port))}, nil
}

// LocalAddr implements net.PacketConn.
func (s *socket) LocalAddr() net.Addr { return s.at }

// ReadFromAddrPort implements ice.AddrPortReaderWriter: no garbage for an address.
func (s *socket) ReadFromAddrPort(b []byte) (int, netip.AddrPort, error) {
	return s.ReadFromUDPAddrPort(b)
}

// WriteToAddrPort implements ice.AddrPortReaderWriter.
func (s *socket) WriteToAddrPort(b []byte, to netip.AddrPort) (int, error) {
	return s.WriteToUDPAddrPort(b, to)
}
