package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"strings"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"bandeau/acd"
	"bandeau/api"
	"bandeau/directory"
	"bandeau/engine"
	"bandeau/media"
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
	quality map[measured]measurements
}

// measured is a browser in a call.
type measured struct {
	call  acd.CallID
	owner string
}

// measurements are the last and the worst of a browser in a call.
type measurements struct{ last, worst api.PhoneQuality }

// newBrowsers opens the one port of all browser phones.
func newBrowsers(ctx context.Context, opts Options, core func(string) (*engine.Engine, bool), log *slog.Logger) (*browsers, error) {
	histogram := func(name, help string, buckets ...float64) prometheus.Histogram {
		return prometheus.NewHistogram(prometheus.HistogramOpts{
			Namespace: "bandeau", Subsystem: "call_quality", Name: name, Help: help, Buckets: buckets,
		})
	}
	b := &browsers{
		engine: core, log: log, quality: map[measured]measurements{},
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
// the worst of it are kept as long as the call.
func (b *browsers) Quality(owner api.PhoneOwner, call acd.CallID, q api.PhoneQuality) {
	who := ownerOf(owner)
	if e, ok := b.engine(who.Centre); !ok {
		return
	} else if _, live := e.Call(call); !live {
		return // a page that is late, or makes calls up
	}
	b.loss.Observe(q.LossPercent)
	b.jitter.Observe(q.Jitter.Seconds())
	b.roundTrip.Observe(q.RoundTrip.Seconds())
	b.mu.Lock()
	defer b.mu.Unlock()
	m := b.quality[measured{call, who.ID}]
	m.last = q
	m.worst = api.PhoneQuality{
		LossPercent: max(m.worst.LossPercent, q.LossPercent), Jitter: max(m.worst.Jitter, q.Jitter),
		RoundTrip: max(m.worst.RoundTrip, q.RoundTrip),
	}
	b.quality[measured{call, who.ID}] = m
}

// forget writes down how a call that has ended was heard.
func (b *browsers) forget(call acd.CallID) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for of, m := range b.quality {
		if of.call != call {
			continue
		}
		b.log.Info("quality of a browser's call", "call", string(call), "owner", of.owner,
			"loss", m.worst.LossPercent, "jitter", m.worst.Jitter.Round(time.Millisecond).String(),
			"round_trip", m.worst.RoundTrip.Round(time.Millisecond).String())
		delete(b.quality, of)
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
