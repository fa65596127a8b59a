package media

import (
	"net/netip"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// settings are what the packet path knows of the far side: immutable, swapped
// whole.
type settings struct {
	Remote
	from  netip.AddrPort // the only source accepted; invalid while a latch is open
	to    netip.AddrPort // where packets go; invalid = nowhere
	since time.Duration  // when they were set, since the plane's epoch
}

func (s *settings) sendable() bool { return s.Send && s.to.IsValid() }

// kind is what a received packet is, as far as we care.
type kind uint8

const (
	kindOther kind = iota // comfort noise (RFC 3389), or nothing that was negotiated
	kindAudio
	kindEvent // telephone-event
)

func (s *settings) kind(p *packet) kind {
	switch {
	case p.payloadType == uint8(PCMU) || p.payloadType == uint8(PCMA):
		if len(p.payload) > 0 {
			return kindAudio
		}
	case s.DTMF != 0 && p.payloadType == s.DTMF:
		if len(p.payload) >= eventLen {
			return kindEvent
		}
	}
	return kindOther
}

// leg is one side of a call on some transport. Whoever hands it what was received
// owns the fields under rx: the reader of its socket, or the caller of Deliver.
type leg struct {
	plane *plane
	way   transport
	local netip.AddrPort
	opts  Options

	control  sync.Mutex // serialises Configure
	settings atomic.Pointer[settings]
	muted    atomic.Bool
	closed   atomic.Bool
	out      stream
	bridged  atomic.Pointer[leg]    // whom our packets go to
	voice    atomic.Pointer[voice]  // our part in a mix
	taps     atomic.Pointer[[]*tap] // who records what we receive
	timedOut bool                   // the clock's: the present silence has been reported

	sent, received, lost, refused, malformed atomic.Uint64
	last                                     atomic.Int64 // last packet, ns since the epoch
	jitter                                   atomic.Int64 // ns

	rx struct {
		counter counter
		watch   eventWatch
	}
}

// LocalAddr implements Leg.
func (l *leg) LocalAddr() netip.AddrPort { return l.local }

// Configure implements Leg.
func (l *leg) Configure(r Remote) {
	if r.Addr.IsValid() {
		r.Addr = canonical(r.Addr)
	}
	next := &settings{Remote: r, to: l.way.reach(r.Addr), since: l.plane.elapsed()}
	l.control.Lock()
	defer l.control.Unlock()
	for {
		old := l.settings.Load()
		switch {
		case !r.LatchAny:
			next.from = next.to
		case old.LatchAny && old.from.IsValid() && old.Addr == r.Addr:
			next.from = old.from // the same far side keeps its latch
			if next.to.IsValid() {
				next.to = old.from
			}
		}
		if l.settings.CompareAndSwap(old, next) {
			return
		}
	}
}

// latch makes from the only source, unless another packet or Configure was
// first, and returns the settings now in force.
func (l *leg) latch(old *settings, from netip.AddrPort) *settings {
	next := *old
	next.from = from
	if old.to.IsValid() {
		next.to = from
	}
	l.settings.CompareAndSwap(old, &next)
	return l.settings.Load()
}

// Play implements Leg.
func (l *leg) Play(src Source) { l.PlayThen(src, nil) }

// PlayThen implements Leg.
func (l *leg) PlayThen(src Source, done func()) {
	s := &l.out
	s.mu.Lock()
	defer s.mu.Unlock()
	if l.closed.Load() {
		return
	}
	s.source, s.index, s.sourceDone = src, 0, done
	if s.feed == feedSource {
		s.feed = feedNone // another source begins with a marker too
	}
	s.clocked.Store(src != nil || len(s.digits) > 0)
}

// Mute implements Leg.
func (l *leg) Mute(on bool) { l.muted.Store(on) }

// SendDigits implements Leg.
func (l *leg) SendDigits(text string) {
	s := &l.out
	s.mu.Lock()
	defer s.mu.Unlock()
	if l.settings.Load().DTMF == 0 || l.closed.Load() {
		return
	}
	for _, d := range text {
		if code, ok := eventCode(d); ok && len(s.digits) < maxDigits {
			s.digits = append(s.digits, code)
		}
	}
	s.clocked.Store(s.source != nil || len(s.digits) > 0)
}

// Stats implements Leg.
func (l *leg) Stats() Stats {
	st := Stats{
		PacketsSent:     l.sent.Load(),
		PacketsReceived: l.received.Load(),
		Lost:            l.lost.Load(),
		Refused:         l.refused.Load(),
		Malformed:       l.malformed.Load(),
		Jitter:          time.Duration(l.jitter.Load()),
	}
	if st.PacketsReceived > 0 {
		st.LastReceived = l.plane.epoch.Add(time.Duration(l.last.Load()))
	}
	return st
}

// Close implements Leg.
func (l *leg) Close() {
	if l.closed.Swap(true) {
		return
	}
	l.plane.drop(l)
	s := &l.out
	s.mu.Lock()
	s.source, s.sourceDone, s.digits = nil, nil, nil
	s.clocked.Store(false)
	s.mu.Unlock()
	l.way.close()
}

// setPeer says whose packets this leg sends; nil = nobody's.
func (l *leg) setPeer(peer *leg) {
	l.out.mu.Lock()
	defer l.out.mu.Unlock()
	l.out.peer = peer
	if l.out.feed == feedPeer {
		l.out.feed = feedNone
	}
}

// setVoice says as whom this leg hears a mix; nil = it hears none.
func (l *leg) setVoice(v *voice) {
	l.voice.Store(v)
	l.out.mu.Lock()
	defer l.out.mu.Unlock()
	l.out.voice = v
	if l.out.feed == feedMix {
		l.out.feed = feedNone
	}
}

// addTap and removeTap are called with the plane locked.
func (l *leg) addTap(t *tap) {
	taps := append(slices.Clone(*l.taps.Load()), t)
	l.taps.Store(&taps)
}

func (l *leg) removeTap(t *tap) {
	taps := slices.DeleteFunc(slices.Clone(*l.taps.Load()), func(x *tap) bool { return x == t })
	l.taps.Store(&taps)
}

// receive takes one datagram. It is the packet path: it neither allocates nor
// waits, and never trusts what it is given.
func (l *leg) receive(b []byte, from netip.AddrPort, at time.Duration) {
	set := l.settings.Load()
	latching := set.LatchAny && !set.from.IsValid()
	if !latching && from != set.from {
		l.refused.Add(1)
		return
	}
	var p packet
	if !p.parse(b) {
		l.malformed.Add(1)
		return
	}
	what := set.kind(&p)
	if latching {
		if what == kindOther {
			l.refused.Add(1)
			return
		}
		if set = l.latch(set, from); from != set.from {
			l.refused.Add(1)
			return
		}
	}
	if !set.Receive {
		return
	}
	now := samples(at)
	l.received.Add(1)
	l.last.Store(int64(at))
	l.lost.Store(l.rx.counter.count(&p, what == kindAudio, at))
	l.jitter.Store(int64(l.rx.counter.jitter))

	switch what {
	case kindEvent:
		before, own := l.rx.watch.event(&p)
		l.pressed(before)
		l.pressed(own)
	case kindAudio:
		l.pressed(l.rx.watch.audio(&p))
		if !l.muted.Load() {
			for _, t := range *l.taps.Load() {
				t.write(l, &p, now)
			}
		}
	case kindOther:
	}
	if peer := l.bridged.Load(); peer != nil {
		peer.relay(l, &p, what, now)
	}
}

// pressed tells of a digit, if e is one. A bridge has relayed its packets already;
// whoever hears this leg in a mix gets a digit of our own making.
func (l *leg) pressed(e Event) {
	if e.Kind != Digit {
		return
	}
	if v := l.voice.Load(); v != nil {
		v.mix.pass(v, e.Digit)
	}
	l.report(e)
}

// report tells the owner about an event.
func (l *leg) report(e Event) {
	if l.opts.OnEvent != nil {
		l.opts.OnEvent(e)
	}
}

// core implements own.
func (l *leg) core() *leg { return l }

// watchSilence reports the RTP timeout; the clock calls it at every tick.
func (l *leg) watchSilence(at time.Duration) {
	if l.opts.Timeout <= 0 || l.received.Load() == 0 {
		return
	}
	set := l.settings.Load()
	silent := at - max(time.Duration(l.last.Load()), set.since)
	switch {
	case !set.Send || !set.Receive || silent < l.opts.Timeout: // on hold it may fall silent
		l.timedOut = false
	case !l.timedOut:
		l.timedOut = true
		l.report(Event{Kind: Timeout, Duration: silent})
	}
}

// canonical brings an address into the form that == compares.
func canonical(a netip.AddrPort) netip.AddrPort {
	return netip.AddrPortFrom(a.Addr().Unmap().WithZone(""), a.Port())
}

// counter keeps a sender's statistics.
type counter struct {
	started  bool
	ssrc     uint32
	newest   uint16
	expected uint64 // numbers from the first of this run to the newest
	received uint64
	before   uint64 // lost in earlier runs
	timed    bool
	transit  time.Duration
	jitter   time.Duration
}

// count takes a packet and returns how many are lost so far (RFC 3550 §A.3): a
// late packet takes its loss back.
func (c *counter) count(p *packet, audio bool, at time.Duration) (lost uint64) {
	ahead := int16(p.sequence - c.newest)
	switch {
	case !c.started || p.ssrc != c.ssrc || ahead > maxDropout || ahead < -maxMisorder:
		*c = counter{
			started: true, ssrc: p.ssrc, newest: p.sequence, expected: 1,
			before: c.lost(), jitter: c.jitter,
		}
	case ahead > 0:
		c.expected += uint64(ahead)
		c.newest = p.sequence
	}
	c.received++
	if audio {
		c.time(p.timestamp, at)
	}
	return c.lost()
}

func (c *counter) lost() uint64 {
	if c.received >= c.expected { // some came twice
		return c.before
	}
	return c.before + c.expected - c.received
}

// time takes an audio packet's timestamp for the jitter (RFC 3550 §A.8).
func (c *counter) time(timestamp uint32, at time.Duration) {
	transit := at - time.Duration(timestamp)*sampleTime
	if c.timed {
		const wrap = (1 << 32) * sampleTime
		d := (transit - c.transit) % wrap
		if d < 0 {
			d = -d
		}
		if d = min(d, wrap-d); d < time.Second { // more is a new timeline, not jitter
			c.jitter += (d - c.jitter) / 16
		}
	}
	c.timed, c.transit = true, transit
}
