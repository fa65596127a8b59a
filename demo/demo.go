package demo

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/netip"
	"net/url"
	"os"
	"sync"
	"syscall"
	"time"

	"bandeau/app"
	"bandeau/telephony/siptest"
)

// Config says how a demonstration is run.
type Config struct {
	// Options are the node's. Data and Database are the demonstration's own.
	Options app.Options
	// AnyPort lets the HTTP interface take another port when the one of Options
	// is in use.
	AnyPort bool
	// Seed decides about everything that happens by chance.
	Seed uint64
	// Pace is how many times faster than the clock people act; 0 is 1.
	Pace float64
	// DeskPhone has the newcomer's calls ring at a simulated desk telephone and not
	// in his browser.
	DeskPhone bool
	// Log takes what the node has to say.
	Log *slog.Logger
}

// Demo is a demonstration that runs.
type Demo struct {
	dir   string
	opts  app.Options
	log   *slog.Logger
	tempo tempo
	dice  *rand.Rand

	node      *app.Node
	server    netip.AddrPort // of SIP
	trunk     *siptest.Trunk
	phones    map[string]*siptest.Phone // by user name
	transport *http.Transport

	watch   *watch
	callers *callers
	counts  *counts

	cancel  context.CancelFunc
	running sync.WaitGroup
	stop    func() error
}

// Start builds the centre in a temporary directory, starts the node on it and
// brings the world around it to life. It returns once everything answers.
func Start(ctx context.Context, c Config) (*Demo, error) {
	dir, err := os.MkdirTemp("", "bandeau-demo-")
	if err != nil {
		return nil, fmt.Errorf("temporary directory: %w", err)
	}
	d := &Demo{
		dir: dir, opts: c.Options, log: c.Log, tempo: tempo{pace: max(c.Pace, 0)},
		dice:   rand.New(rand.NewPCG(c.Seed, 0)),
		phones: map[string]*siptest.Phone{}, transport: &http.Transport{MaxIdleConnsPerHost: 4},
		counts: &counts{log: c.Log},
	}
	if d.tempo.pace == 0 {
		d.tempo.pace = 1
	}
	d.opts.Data, d.opts.Database, d.opts.SetupPassword = dir, "sqlite:", ""
	d.stop = sync.OnceValue(d.close)
	// What runs ends by Stop, not with the context of the start.
	life, cancel := context.WithCancel(context.WithoutCancel(ctx))
	d.cancel = cancel
	secrets, err := d.build(ctx, c.DeskPhone)
	if err == nil {
		err = d.openNode(ctx, c.AnyPort)
	}
	if err == nil {
		err = d.populate(life, secrets)
	}
	if err != nil {
		return nil, errors.Join(err, d.Stop())
	}
	return d, nil
}

// secrets are the passwords of the telephones and of the people, by user name
// and by login.
type secrets struct {
	phones, people map[string]string
}

// build starts the carrier and writes the centre into the store, as `bandeau
// import` and `bandeau user password` do.
func (d *Demo) build(ctx context.Context, deskPhone bool) (s secrets, err error) {
	s = secrets{phones: map[string]string{}, people: map[string]string{
		Newcomer: Password, Supervisor: Password, Administrator: Password,
	}}
	// The carrier and the telephones outlive the simulation: the node says
	// goodbye to them.
	life := context.WithoutCancel(ctx)
	if d.trunk, err = siptest.NewTrunk(life, siptest.TrunkConfig{Local: netip.AddrPortFrom(d.host(), 0)}); err != nil {
		return s, err
	}
	text, err := document(d.trunk.Addr(), deskPhone)
	if err != nil {
		return s, err
	}
	admin, release, err := app.OpenAdmin(ctx, d.opts, true, d.log)
	if err != nil {
		return s, err
	}
	defer func() { err = errors.Join(err, release()) }()
	imported, err := admin.Import(ctx, app.Import{Document: text})
	if err != nil {
		return s, fmt.Errorf("build the centre: %w", err)
	}
	for _, p := range imported.Phones {
		s.phones[p.Username] = p.Password
	}
	for _, p := range colleagues() {
		s.people[p.login] = d.password()
	}
	s.people[observer] = d.password()
	for login, password := range s.people {
		if _, err = admin.SetPassword(ctx, app.SetPassword{Login: login, Password: password, Final: true}); err != nil {
			return s, fmt.Errorf("password of %s: %w", login, err)
		}
	}
	return s, err
}

// password makes one up for somebody simulated. It opens a store that is
// removed with the demonstration.
func (d *Demo) password() string {
	return fmt.Sprintf("%016x%016x", d.dice.Uint64(), d.dice.Uint64())
}

// host is the address the world lives at: the one SIP is served on.
func (d *Demo) host() netip.Addr {
	if a := d.opts.SIP.Addr(); a.IsValid() && !a.IsUnspecified() {
		return a
	}
	return netip.AddrFrom4([4]byte{127, 0, 0, 1})
}

// openNode starts the node.
func (d *Demo) openNode(ctx context.Context, anyPort bool) error {
	var err error
	d.node, err = app.New(ctx, d.opts, io.Discard, d.log)
	if errors.Is(err, syscall.EADDRINUSE) && anyPort {
		at, problem := netip.ParseAddrPort(d.opts.HTTP)
		if problem != nil {
			return err
		}
		d.opts.HTTP = netip.AddrPortFrom(at.Addr(), 0).String()
		d.node, err = app.New(ctx, d.opts, io.Discard, d.log)
	}
	if err != nil {
		return err
	}
	if err := d.node.Start(ctx); err != nil {
		return err
	}
	for _, text := range d.node.SIPAddrs() {
		if at, err := netip.ParseAddrPort(text); err == nil && at.Addr() == d.host() {
			d.server = at
			return nil
		}
	}
	return fmt.Errorf("SIP is not served on %s: %v", d.host(), d.node.SIPAddrs())
}

// populate brings telephones, colleagues and callers to life.
func (d *Demo) populate(ctx context.Context, s secrets) error {
	seen, err := newClient(d.local(), observer, s.people[observer], d.transport)
	if err != nil {
		return err
	}
	d.watch = &watch{client: seen, newcomer: newcomer().name, counts: d.counts}
	d.tempo.began = time.Now()
	exchange := &exchange{tempo: d.tempo, dice: d.fork()}
	d.trunk.OnCall(siptest.Script(exchange.reach))

	phone, err := d.newPhone(ctx, Newcomer, s)
	if err != nil {
		return err
	}
	phone.OnCall(siptest.Script(newDesk(phone, d.watch, d.counts, d.fork()).ring))
	if err = phone.Register(ctx); err != nil {
		return fmt.Errorf("the newcomer's telephone: %w", err)
	}
	for i, p := range colleagues() {
		if err = d.hire(ctx, p, s, time.Duration(i)*250*time.Millisecond); err != nil {
			return err
		}
	}
	d.callers = &callers{
		trunk: d.trunk, server: d.server, watch: d.watch, tempo: d.tempo, counts: d.counts,
		dice: d.fork(), live: map[string]profile{},
	}
	d.running.Go(func() { d.watch.run(ctx) })
	d.running.Go(func() { d.callers.run(ctx) })
	return nil
}

// hire puts a colleague at his telephone; his shift begins a little later.
func (d *Demo) hire(ctx context.Context, p person, s secrets, after time.Duration) error {
	phone, err := d.newPhone(ctx, p.login, s)
	if err != nil {
		return err
	}
	banner, err := newClient(d.local(), p.login, s.people[p.login], d.transport)
	if err != nil {
		return err
	}
	c := &colleague{
		person: p, phone: phone, client: banner, tempo: d.tempo, counts: d.counts,
		dice: d.fork(), taken: map[string]conversation{},
	}
	phone.OnCall(siptest.Script(c.ring))
	d.running.Go(func() { c.run(ctx, after) })
	return nil
}

func (d *Demo) newPhone(ctx context.Context, username string, s secrets) (*siptest.Phone, error) {
	phone, err := siptest.NewPhone(context.WithoutCancel(ctx), siptest.PhoneConfig{
		Server: d.server, Username: username, Password: s.phones[username], Realm: "bandeau",
		Local: netip.AddrPortFrom(d.host(), 0), AutoRefresh: true, AllowTalk: username == Newcomer,
		UserAgent: "Bandeau demonstration",
	})
	if err == nil {
		d.phones[username] = phone
	}
	return phone, err
}

// fork returns dice of somebody's own, so that what he does depends on nobody
// else's haste.
func (d *Demo) fork() *rand.Rand { return rand.New(rand.NewPCG(d.dice.Uint64(), d.dice.Uint64())) }

// URL is the address a person opens.
func (d *Demo) URL() string { return d.local() }

// local is the HTTP interface as this machine reaches it, also when it is
// served on all its addresses.
func (d *Demo) local() string {
	at, err := url.Parse(d.node.URL())
	if err != nil {
		return d.node.URL()
	}
	if host, err := netip.ParseAddr(at.Hostname()); err == nil && host.IsUnspecified() {
		at.Host = netip.AddrPortFrom(netip.AddrFrom4([4]byte{127, 0, 0, 1}), netip.MustParseAddrPort(at.Host).Port()).String()
	}
	return at.String()
}

// SIP is the address telephones reach the node at.
func (d *Demo) SIP() string { return d.server.String() }

// Dir is the temporary directory, which other commands take as --data.
func (d *Demo) Dir() string { return d.dir }

// Failed delivers the error that makes the node stop by itself.
func (d *Demo) Failed() <-chan error { return d.node.Failed() }

// Stop ends the simulation and the node, and removes what they have written. To
// stop again changes nothing.
func (d *Demo) Stop() error { return d.stop() }

func (d *Demo) close() error {
	d.cancel()
	d.running.Wait()
	var errs []error
	if d.node != nil {
		errs = append(errs, d.node.Stop()) // it says goodbye to the telephones
	}
	for _, phone := range d.phones {
		phone.Close()
	}
	if d.trunk != nil {
		d.trunk.Close()
	}
	d.transport.CloseIdleConnections()
	return errors.Join(append(errs, d.Remove())...)
}

// Remove deletes the temporary directory, for a process that does not wait for
// Stop.
func (d *Demo) Remove() error { return os.RemoveAll(d.dir) }
