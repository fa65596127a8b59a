package app

import (
	"context"
	"crypto/rand"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"time"

	"bandeau/api"
	"bandeau/engine"
	"bandeau/internal/clock"
	"bandeau/internal/mailbox"
	"bandeau/journal"
	"bandeau/media"
	"bandeau/media/prompts"
	"bandeau/recording"
	"bandeau/store"
	"bandeau/telephony"
	"bandeau/telephony/sipua"
	"bandeau/web"
)

// Node is the whole system in one process.
type Node struct {
	opts  Options
	log   *slog.Logger
	clock clock.Clock

	store     store.Store
	unlock    func() error
	library   *recording.Library
	sounds    *soundFiles
	roster    *roster
	publisher *publisher
	letters   *letters
	passwords *thrifty
	plane     media.Plane
	ua        *sipua.UA
	sw        *telephony.Switch
	browsers  *browsers
	api       *api.Server
	http      *http.Server
	listener  net.Listener

	mu      sync.RWMutex
	engines map[string]*engine.Engine
	figures map[string]*figures

	sessionEnds *mailbox.Box[endedSession]
	ready       atomic.Bool
	failed      chan error
	stop        func() error

	// In the order they end: first what brings work, last what keeps it.
	edges, services, engineRuns runs
}

// runs are goroutines that end together.
type runs struct {
	once   sync.Once
	ctx    context.Context //nolint:containedctx // the life of the goroutines
	cancel context.CancelFunc
	wg     sync.WaitGroup
}

// start runs f until the group ends. An error of f ends the node.
func (r *runs) start(n *Node, name string, f func(context.Context) error) {
	r.once.Do(func() { r.ctx, r.cancel = context.WithCancel(context.Background()) })
	r.wg.Go(func() {
		if err := f(r.ctx); err != nil && !errors.Is(err, context.Canceled) {
			select {
			case n.failed <- fmt.Errorf("%s: %w", name, err):
			default: // another failure is already on its way
			}
		}
	})
}

// tell tells them to end.
func (r *runs) tell() {
	if r.cancel != nil {
		r.cancel()
	}
}

// end tells them to end and waits.
func (r *runs) end() {
	r.tell()
	r.wg.Wait()
}

// New opens the store, recovers every centre and binds every port. Nothing is
// served before Start. What a first start has to say is written to out.
func New(ctx context.Context, opts Options, out io.Writer, log *slog.Logger) (*Node, error) {
	return open(ctx, opts, out, log, clock.System{})
}

// open is New with a clock.
func open(ctx context.Context, opts Options, out io.Writer, log *slog.Logger, clk clock.Clock) (*Node, error) {
	if err := opts.Check(); err != nil {
		return nil, err
	}
	n := &Node{
		opts: opts, log: log, clock: clk, roster: newRoster(clk), passwords: newThrifty(newPasswords()),
		engines: make(map[string]*engine.Engine), figures: make(map[string]*figures), sessionEnds: mailbox.New[endedSession](),
		failed: make(chan error, 1), unlock: func() error { return nil },
	}
	n.stop = sync.OnceValue(n.close)
	for _, step := range []func(context.Context) error{
		n.openStore, n.openMedia, n.openSIP, n.listen,
		// A first start that fails has told nobody a password.
		func(ctx context.Context) error { return setUp(ctx, n.store, opts, out) },
		n.openMail, n.openCentres, n.openHTTP,
	} {
		if err := step(ctx); err != nil {
			return nil, errors.Join(err, n.close()) //nolint:contextcheck // what ends has deadlines of its own
		}
	}
	return n, nil
}

func (n *Node) openMedia(context.Context) error {
	var err error
	n.library, err = recording.New(filepath.Join(n.opts.Data, "recordings"), n.log, n.clock.Now)
	if err != nil {
		return fmt.Errorf("recordings: %w", err)
	}
	if _, err = n.library.Recover(); err != nil {
		return fmt.Errorf("recordings: %w", err)
	}
	n.sounds = newSoundFiles(filepath.Join(n.opts.Data, "sounds"), n.log)
	n.plane, err = media.NewPlane(media.PlaneConfig{
		PortMin: n.opts.RTPPortMin, PortMax: n.opts.RTPPortMax, Log: n.log,
	})
	return err
}

func (n *Node) openSIP(ctx context.Context) error {
	spoken, err := prompts.Load()
	if err != nil {
		return err
	}
	if n.browsers, err = newBrowsers(ctx, n.opts, n.engine, n.log); err != nil {
		return err
	}
	n.sw = telephony.New(telephony.Config{
		Plane: n.plane, Directory: n.roster, Recorder: recorder{n.library},
		Prompts: spoken, Sounds: n.sounds, Browsers: called{n.browsers.ua},
		Core:  func(centre string) (telephony.Core, bool) { return n.engine(centre) },
		NewID: newID, Log: n.log, RTPTimeout: n.opts.RTPTimeout, MaxCall: n.opts.MaxCall,
		Advertise: n.opts.Advertise,
	})
	n.ua, err = sipua.New(sipua.Config{
		Listen: n.opts.SIP, Advertise: n.opts.Advertise, UserAgent: "Bandeau/" + n.opts.Version,
		PhoneDigest: algorithm(n.opts.SIPDigest), Realm: "bandeau", Bindings: bindings{n.store},
		Serves:  func(centre, number string) bool { _, ok := n.roster.Route(centre, number); return ok },
		Handler: n.sw, Log: n.log,
	})
	if err != nil {
		return err
	}
	n.sw.SetUA(n.ua)
	return nil
}

// openCentres starts the engines and publishes the records to them, to SIP and
// to call control.
func (n *Node) openCentres(ctx context.Context) error {
	all, err := n.store.Centres().List(ctx)
	if err != nil {
		return fmt.Errorf("read centres: %w", err)
	}
	for _, c := range all {
		if err := n.openCentre(ctx, c.ID); err != nil {
			return err
		}
		if err := n.sounds.sweep(ctx, n.store, c.ID); err != nil {
			return fmt.Errorf("sounds: %w", err)
		}
	}
	n.publisher = newPublisher(n.store, n.clock, n.log, n.roster)
	n.publisher.engine, n.publisher.figures, n.publisher.ua = n.engine, n.figuresOf, n.ua
	if err := n.publisher.publishAll(ctx); err != nil {
		return err
	}
	return n.forgetReachability(ctx)
}

func (n *Node) openHTTP(ctx context.Context) error {
	var err error
	n.api, err = api.New(api.Config{ //nolint:contextcheck // requests bring their own
		Records: &records{
			store: n.store, publisher: n.publisher, clock: n.clock, log: n.log, ua: n.ua, letters: n.letters, sounds: n.sounds,
		},
		Floors: floors{n.engine, n.figuresOf, n.sw.Draining}, Calls: liveCalls{n.sw, n.ua.Contacts, n.roster}, Browsers: n.browsers, History: history{n.store, n.browsers.heard, journal.NewCodec()},
		Recordings: takes{n.library, n.store}, Simulator: simulator{n.store, n.clock}, Passwords: n.passwords, Clock: n.clock, Random: rand.Reader,
		Log:     n.log,
		Build:   api.Build{Version: n.opts.Version, Commit: commit(), Go: runtime.Version()},
		Healthy: n.Healthy, Metrics: n.metrics(), Web: web.Files(),
	})
	if err != nil {
		return err
	}
	n.http = &http.Server{
		Handler: n.api, ReadHeaderTimeout: 10 * time.Second, IdleTimeout: 2 * time.Minute,
		MaxHeaderBytes: 64 << 10, ErrorLog: slog.NewLogLogger(n.log.Handler(), slog.LevelDebug),
	}
	return nil
}

// listen takes the port of HTTP.
func (n *Node) listen(ctx context.Context) error {
	var err error
	config := net.ListenConfig{}
	if n.listener, err = config.Listen(ctx, "tcp", n.opts.HTTP); err != nil {
		return fmt.Errorf("http %s: %w", n.opts.HTTP, err)
	}
	if n.opts.TLSCert != "" {
		pair, err := tls.LoadX509KeyPair(n.opts.TLSCert, n.opts.TLSKey)
		if err != nil {
			return Usagef("--tls-cert, --tls-key: %w", err)
		}
		n.listener = tls.NewListener(n.listener, &tls.Config{
			Certificates: []tls.Certificate{pair}, MinVersion: tls.VersionTLS12,
			NextProtos: []string{"h2", "http/1.1"},
		})
	}
	return nil
}

// Start serves. It returns once everything answers.
func (n *Node) Start(ctx context.Context) error {
	n.services.start(n, "sessions", n.endSessions)
	n.services.start(n, "mail", n.letters.Run)
	n.services.start(n, "housekeeping", n.keepHouse)
	n.services.start(n, "quality", func(ctx context.Context) error { return n.browsers.keep(ctx, n.store) })
	n.services.start(n, "calendar", n.publisher.keepCalendars)
	n.services.start(n, "control", n.serveControl)
	n.services.start(n, "memory", n.giveMemoryBack)
	n.edges.start(n, "http", func(context.Context) error {
		if err := n.http.Serve(n.listener); !errors.Is(err, http.ErrServerClosed) {
			return err
		}
		return nil
	})
	n.edges.start(n, "sip", n.ua.Run)
	// Recovery, schemas and the hash of a first password took several times what
	// an idle node needs.
	debug.FreeOSMemory()
	n.ready.Store(true)
	n.log.InfoContext(ctx, "bandeau is ready", "http", n.URL(), "sip", fmt.Sprint(n.ua.Addrs()),
		"webrtc", n.browsers.ua.Addr().String(), "data", n.opts.Data, "version", n.opts.Version)
	return nil
}

// URL is the address of the HTTP interface.
func (n *Node) URL() string {
	scheme := "http"
	if n.opts.TLSCert != "" {
		scheme = "https"
	}
	return scheme + "://" + n.listener.Addr().String()
}

// SIPAddrs returns the addresses SIP is served on.
func (n *Node) SIPAddrs() []string {
	var addrs []string
	for _, a := range n.ua.Addrs() {
		addrs = append(addrs, a.String())
	}
	return addrs
}

// Healthy says why the node cannot serve, nil when it can.
func (n *Node) Healthy(ctx context.Context) error {
	if !n.ready.Load() {
		return errors.New("starting or stopping")
	}
	n.mu.RLock()
	defer n.mu.RUnlock()
	for centre, e := range n.engines {
		if !e.Healthy() {
			return fmt.Errorf("centre %s cannot write its journal", centre)
		}
	}
	return n.store.Check(ctx)
}

// Failed delivers the error that makes the node stop by itself.
func (n *Node) Failed() <-chan error { return n.failed }

// Drain takes no new call and waits until the last one has ended, or ctx ends.
func (n *Node) Drain(ctx context.Context) {
	n.sw.Drain()
	tick := n.clock.NewTimer(drainPoll)
	defer func() { tick.Stop() }()
	for n.sw.Live() > 0 {
		select {
		case <-ctx.Done():
			return
		case <-tick.C():
			tick = n.clock.NewTimer(drainPoll)
		}
	}
}

const (
	// drainPoll is how often a draining node looks whether it has calls.
	drainPoll = 50 * time.Millisecond
	// hangUpTime is how long calls have to end when the node stops.
	hangUpTime = 3 * time.Second
	// answerTime is how long HTTP requests have to end when the node stops.
	answerTime = 2 * time.Second
)

// Stop hangs up what is left, stops serving and writes everything down. To
// stop again changes nothing.
func (n *Node) Stop() error {
	n.ready.Store(false)
	return n.stop()
}

// close ends what has been opened, in the order that loses nothing: calls end
// while the engines can still record how.
func (n *Node) close() error {
	var errs []error
	if n.sw != nil && n.ua != nil {
		ctx, cancel := context.WithTimeout(context.Background(), hangUpTime)
		// A core that cannot write keeps waiting all who report to it: it goes first.
		unhook := context.AfterFunc(ctx, n.engineRuns.tell)
		if err := n.sw.Close(ctx); err != nil {
			n.log.Warn("calls cut off", "error", err)
		}
		unhook()
		cancel()
	}
	if n.api != nil {
		n.api.Close()
	}
	if n.http != nil {
		ctx, cancel := context.WithTimeout(context.Background(), answerTime)
		if n.http.Shutdown(ctx) != nil {
			errs = append(errs, n.http.Close())
		}
		cancel()
	} else if n.listener != nil {
		errs = append(errs, n.listener.Close())
	}
	n.edges.end()
	if n.ua != nil {
		n.ua.Close()
	}
	if n.browsers != nil {
		errs = append(errs, n.browsers.close())
	}
	if n.library != nil {
		errs = append(errs, n.library.Close())
	}
	n.services.end()
	n.engineRuns.end()
	select {
	case err := <-n.failed: // most likely of an engine, that its last events are lost
		errs = append(errs, err)
	default:
	}
	if n.plane != nil {
		errs = append(errs, n.plane.Close())
	}
	if n.store != nil {
		errs = append(errs, n.store.Close())
	}
	errs = append(errs, n.unlock())
	return errors.Join(errs...)
}

// Run is a node's whole life. When ctx ends it drains, for Options.Drain at
// most; when hard ends it stops at once.
func Run(ctx, hard context.Context, opts Options, out io.Writer, log *slog.Logger) error {
	n, err := New(ctx, opts, out, log)
	if err != nil {
		return err
	}
	if err := n.Start(ctx); err != nil {
		return errors.Join(err, n.Stop())
	}
	select {
	case <-ctx.Done():
	case <-hard.Done():
	case err := <-n.Failed():
		return errors.Join(err, n.Stop())
	}
	log.InfoContext(hard, "stopping", "calls", n.sw.Live())
	drain, cancel := context.WithTimeout(hard, opts.Drain)
	defer cancel()
	n.Drain(drain)
	return n.Stop()
}
