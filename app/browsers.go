package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"slices"
	"strings"
	"sync"

	"github.com/prometheus/client_golang/prometheus"

	"bandeau/acd"
	"bandeau/api"
	"bandeau/directory"
	"bandeau/engine"
	"bandeau/internal/mailbox"
	"bandeau/media"
	"bandeau/store"
	"bandeau/telephony"
	"bandeau/telephony/webrtcua"
)

// browsers are the browser phones: the API connects their pages, call control
// gives them calls, and the cores are told which of them can be reached.
type browsers struct {
	ua     *webrtcua.UA
	engine func(centre string) (*engine.Engine, bool)
	log    *slog.Logger

	loss, jitter, roundTrip prometheus.Histogram

	mu      sync.Mutex
	quality map[measured]store.Quality // of calls that go on
	over    *mailbox.Box[store.Quality]
}

// measured is a browser in a call.
type measured struct {
	call  acd.CallID
	owner string
}

// newBrowsers opens the one port of all browser phones.
func newBrowsers(ctx context.Context, opts Options, core func(string) (*engine.Engine, bool), log *slog.Logger) (*browsers, error) {
	histogram := func(name, help string, buckets ...float64) prometheus.Histogram {
		return prometheus.NewHistogram(prometheus.HistogramOpts{
			Namespace: "bandeau", Subsystem: "call_quality", Name: name, Help: help, Buckets: buckets,
		})
	}
	b := &browsers{
		engine: core, log: log, quality: map[measured]store.Quality{}, over: mailbox.New[store.Quality](),
		loss:      histogram("loss_percent", "Packets lost on their way to a browser in a call.", 0, .5, 1, 2, 5, 10, 20, 50),
		jitter:    histogram("jitter_seconds", "Jitter of what a browser in a call gets.", .002, .005, .01, .02, .03, .05, .1, .2),
		roundTrip: histogram("round_trip_seconds", "Round trip to a browser in a call.", .005, .01, .02, .05, .1, .15, .2, .3, .5, 1),
	}
	var err error
	b.ua, err = webrtcua.New(webrtcua.Config{
		Listen: opts.WebRTC, Advertise: advertised(ctx, opts), Handler: b, Log: log,
	})
	if err != nil {
		return nil, fmt.Errorf("browser phones (--webrtc %s): %w", opts.WebRTC, err)
	}
	return b, nil
}

// advertised is the address that browsers are told to send to. Of a wildcard it is
// that of the interface that leads outward, the one others know this machine by.
func advertised(ctx context.Context, opts Options) netip.Addr {
	if opts.Advertise.IsValid() || !opts.WebRTC.Addr().IsUnspecified() {
		return opts.Advertise
	}
	network, outside, own := "udp4", "192.0.2.1:9", netip.MustParseAddr("127.0.0.1")
	if opts.WebRTC.Addr().Is6() {
		network, outside, own = "udp6", "[2001:db8::1]:9", netip.IPv6Loopback()
	}
	conn, err := (&net.Dialer{}).DialContext(ctx, network, outside) // sends nothing
	if err != nil {
		return own
	}
	defer func() { _ = conn.Close() }()
	if at, ok := conn.LocalAddr().(*net.UDPAddr); ok {
		return at.AddrPort().Addr().Unmap()
	}
	return own
}

// BrowserChanged implements webrtcua.Handler. A supervisor's browser is nothing the
// core counts on.
func (b *browsers) BrowserChanged(owner webrtcua.Owner, reachable bool) {
	if strings.HasPrefix(owner.ID, telephony.BrowserOwner("", "")) {
		return
	}
	if e, ok := b.engine(owner.Centre); ok {
		e.Post(acd.SetBrowser{Operator: acd.OperatorID(owner.ID), Reachable: reachable})
	}
}

// called are the browser phones as call control knows them.
type called struct{ ua *webrtcua.UA }

// Reachable implements telephony.Browsers.
func (c called) Reachable(centre, owner string) bool {
	return c.ua.Reachable(webrtcua.Owner{Centre: centre, ID: owner})
}

// Attach implements telephony.Browsers.
func (c called) Attach(centre, owner string, leg media.WireLeg) (detach func()) {
	return c.ua.Attach(webrtcua.Owner{Centre: centre, ID: owner}, leg)
}

func ownerOf(o api.PhoneOwner) webrtcua.Owner {
	return webrtcua.Owner{Centre: string(o.Centre), ID: telephony.BrowserOwner(o.Operator, o.User)}
}

// pinger is a page that is asked for signs of life.
type pinger func(n uint64)

// Ping implements webrtcua.Link.
func (p pinger) Ping(_ string, n uint64) { p(n) }

// Offer implements api.Browsers.
func (b *browsers) Offer(
	ctx context.Context, owner api.PhoneOwner, session string, ping func(uint64), sdp string,
) (answer string, err error) {
	answer, err = b.ua.Offer(ctx, ownerOf(owner), session, pinger(ping), sdp)
	if refused, ok := errors.AsType[*webrtcua.Refused](err); ok {
		b.log.InfoContext(ctx, "browser phone refused", "owner", ownerOf(owner).ID, "error", refused)
		return "", &api.PhoneRefusedError{Code: string(refused.Code), Detail: refused.Detail}
	}
	return answer, err
}

// Pong implements api.Browsers.
func (b *browsers) Pong(owner api.PhoneOwner, session string, n uint64) {
	b.ua.Pong(ownerOf(owner), session, n)
}

// Reachable implements api.Browsers.
func (b *browsers) Reachable(owner api.PhoneOwner) bool { return b.ua.Reachable(ownerOf(owner)) }

// Drop implements api.Browsers.
func (b *browsers) Drop(owner api.PhoneOwner, session string) { b.ua.Drop(ownerOf(owner), session) }

// Quality implements api.Browsers: what was measured is counted, and the last and
// the worst of it are kept with the call.
func (b *browsers) Quality(owner api.PhoneOwner, call acd.CallID, q api.PhoneQuality) {
	who := ownerOf(owner)
	e, ok := b.engine(who.Centre)
	if !ok {
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	// Under the lock: the floor shows the end of a call before forget is told of it, so
	// that nothing comes after that.
	if view, _ := e.Call(call); !takesPart(view, owner) {
		return // a page that is late, or makes calls up
	}
	b.loss.Observe(q.LossPercent)
	b.jitter.Observe(q.Jitter.Seconds())
	b.roundTrip.Observe(q.RoundTrip.Seconds())
	worst := b.quality[measured{call, who.ID}].Worst
	b.quality[measured{call, who.ID}] = store.Quality{
		Centre: owner.Centre, Call: call, Owner: who.ID, Last: store.Measured(q), Worst: store.Measured{
			LossPercent: max(worst.LossPercent, q.LossPercent), Jitter: max(worst.Jitter, q.Jitter),
			RoundTrip: max(worst.RoundTrip, q.RoundTrip),
		},
	}
}

// takesPart reports whether somebody hears a call: an operator who talks in it, or
// is to when the hold ends, or a supervisor whose phone was answered.
func takesPart(view acd.CallView, owner api.PhoneOwner) bool {
	if owner.Operator == "" {
		return slices.ContainsFunc(view.Observers, func(o acd.Observer) bool { return o.User == owner.User && o.Up })
	}
	state := view.For(owner.Operator).State
	return slices.Contains(view.Attached, owner.Operator) && (state == acd.CallTalking || state == acd.CallHeld)
}

// heard is how the browsers hear a call that goes on, by owner.
func (b *browsers) heard(call acd.CallID) []store.Quality {
	b.mu.Lock()
	defer b.mu.Unlock()
	var list []store.Quality
	for of, q := range b.quality {
		if of.call == call {
			list = append(list, q)
		}
	}
	slices.SortFunc(list, func(x, y store.Quality) int { return strings.Compare(x.Owner, y.Owner) })
	return list
}

// forget hands over how a call that has ended was heard. It does not block.
func (b *browsers) forget(call acd.CallID) {
	for _, q := range b.heard(call) {
		b.over.Put(q)
		b.mu.Lock()
		delete(b.quality, measured{call, q.Owner})
		b.mu.Unlock()
	}
}

// keep writes down how calls were heard that have ended, until ctx ends.
func (b *browsers) keep(ctx context.Context, records store.Records) error {
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-b.over.Wake():
		}
		for _, q := range b.over.Take() {
			if err := records.Qualities().Save(ctx, q); err != nil && ctx.Err() == nil {
				b.log.ErrorContext(ctx, "quality of a call not kept", "call", string(q.Call), "error", err)
			}
		}
	}
}

// close ends every session.
func (b *browsers) close() error {
	ctx, cancel := context.WithTimeout(context.Background(), hangUpTime)
	defer cancel()
	return b.ua.Close(ctx)
}

// Target implements api.Calls.
func (l liveCalls) Target(
	centre directory.ID, operator acd.OperatorID, number string,
) (acd.Destination, acd.AccountID, error) {
	to, account, emergency, err := l.numbers.Target(string(centre), operator, number)
	if emergency {
		return acd.Destination{}, "", api.ErrEmergency
	}
	return to, account, err
}
