package media

import (
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"reflect"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// plane is a Plane of plain sockets: one goroutine for each leg's RTP socket and
// one for the clock.
type plane struct {
	clock  Clock
	epoch  time.Time // tick 0 of the shared clock
	log    *slog.Logger
	ports  *ports
	tables *tables
	wake   chan struct{} // something to do for an idle clock
	stop   chan struct{}
	wg     sync.WaitGroup

	// The clock reads these lists without the lock; control replaces them whole.
	legs      atomic.Pointer[[]*leg]
	recorders atomic.Pointer[[]*recorder]
	mixes     atomic.Pointer[[]*mix]

	mu     sync.Mutex // control: lists, bridges, mixes, taps
	closed bool
}

// NewPlane makes a plane and starts its clock. It fails when the port range holds
// no pair.
func NewPlane(cfg PlaneConfig) (Plane, error) {
	p, err := newPlane(cfg)
	if err != nil {
		return nil, err
	}
	p.wg.Go(p.run)
	return p, nil
}

func newPlane(cfg PlaneConfig) (*plane, error) {
	ports, err := newPorts(cfg.PortMin, cfg.PortMax)
	if err != nil {
		return nil, err
	}
	p := &plane{
		clock: cfg.Clock, log: cfg.Log, ports: ports, tables: newTables(),
		wake: make(chan struct{}, 1), stop: make(chan struct{}),
	}
	if p.clock == nil {
		p.clock = SystemClock()
	}
	if p.log == nil {
		p.log = slog.New(slog.DiscardHandler)
	}
	p.epoch = p.clock.Now()
	p.legs.Store(new([]*leg))
	p.recorders.Store(new([]*recorder))
	p.mixes.Store(new([]*mix))
	return p, nil
}

// elapsed is the time since the plane's epoch.
func (p *plane) elapsed() time.Duration { return p.clock.Now().Sub(p.epoch) }

// samples is a time since the epoch as a position in samples.
func samples(d time.Duration) int64 { return int64(d / sampleTime) }

// Bind implements Plane.
func (p *plane) Bind(opts Options) (Leg, error) {
	if !opts.IP.IsValid() {
		return nil, errors.New("media: bind: no local address")
	}
	opts.IP = opts.IP.Unmap()
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		return nil, ErrClosed
	}
	way, err := newSocket(p.ports, opts.IP)
	if err != nil {
		return nil, err
	}
	if err = way.rtcp.SetReadBuffer(rtcpBuffer); err != nil {
		p.log.Debug("rtcp buffer not reduced", "err", err)
	}
	l := p.newLeg(way, opts)
	p.wg.Go(func() { way.run(l) })
	return l, nil
}

// Attach implements Plane.
func (p *plane) Attach(opts Options) (WireLeg, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		return nil, ErrClosed
	}
	way := &wire{}
	return wireLeg{p.newLeg(way, opts), way}, nil
}

// newLeg makes a leg of a transport. The plane is locked.
func (p *plane) newLeg(way transport, opts Options) *leg {
	l := &leg{plane: p, way: way, local: way.local(), opts: opts}
	l.settings.Store(&settings{})
	l.taps.Store(new([]*tap))
	// RFC 3550 §5.1: these begin at random.
	l.out.ssrc, l.out.sequence, l.out.end = rand.Uint32(), uint16(rand.Uint32()), rand.Uint32()
	p.setLegs(append(slices.Clone(*p.legs.Load()), l))
	return l
}

// Legs implements Plane.
func (p *plane) Legs() int { return len(*p.legs.Load()) }

// Bridge implements Plane.
func (p *plane) Bridge(a, b Leg) error {
	x, err := p.own(a)
	if err != nil {
		return err
	}
	y, err := p.own(b)
	if err != nil {
		return err
	}
	if x == y {
		return errors.New("media: bridge of a leg with itself")
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if x.closed.Load() || y.closed.Load() {
		return fmt.Errorf("bridge: %w", ErrClosed)
	}
	if x.bridged.Load() == y {
		return nil
	}
	p.separate(x)
	p.separate(y)
	x.setPeer(y)
	y.setPeer(x)
	x.bridged.Store(y)
	y.bridged.Store(x)
	return nil
}

// Unbridge implements Plane.
func (p *plane) Unbridge(a, b Leg) {
	x, errX := p.own(a)
	y, errY := p.own(b)
	if errX != nil || errY != nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	switch v, w := x.voice.Load(), y.voice.Load(); {
	case x.bridged.Load() == y:
		p.separate(x)
	case v != nil && w != nil && v.mix == w.mix:
		p.separate(x)
		p.separate(y)
	}
}

// separate ends the bridge a leg is in and takes it out of its mix. The plane is
// locked.
func (p *plane) separate(l *leg) {
	p.leaveMix(l)
	peer := l.bridged.Swap(nil)
	if peer == nil {
		return
	}
	peer.bridged.Store(nil)
	l.setPeer(nil)
	peer.setPeer(nil)
}

// own returns a leg as one of this plane.
func (p *plane) own(l Leg) (*leg, error) {
	if own, ok := l.(interface{ core() *leg }); ok {
		if c := own.core(); c != nil && c.plane == p {
			return c, nil
		}
	}
	return nil, ErrForeign
}

// drop takes a leg out of everything before its sockets close.
func (p *plane) drop(l *leg) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.separate(l)
	for _, t := range *l.taps.Load() {
		t.assign(nil)
	}
	l.taps.Store(new([]*tap))
	p.setLegs(slices.DeleteFunc(slices.Clone(*p.legs.Load()), func(x *leg) bool { return x == l }))
}

// Record implements Plane.
func (p *plane) Record(left, right Leg, sink FrameSink) (stop func(), err error) {
	if sink == nil || !reflect.TypeOf(sink).Comparable() {
		return nil, errors.New("media: record: the sink is not a pointer")
	}
	var legs [2]*leg
	for i, l := range []Leg{left, right} {
		if l == nil {
			continue
		}
		if legs[i], err = p.own(l); err != nil {
			return nil, err
		}
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		return nil, ErrClosed
	}
	list := *p.recorders.Load()
	i := slices.IndexFunc(list, func(r *recorder) bool { return r.sink == sink })
	if i < 0 {
		i = len(list)
		list = append(slices.Clone(list), newRecorder(p, sink))
		p.setRecorders(list)
	}
	r := list[i]
	for channel, l := range legs {
		p.assign(&r.taps[channel], l)
	}
	return func() { p.stopRecorder(r) }, nil
}

// assign moves a tap to a leg, which may be nil or closed. The plane is locked.
func (p *plane) assign(t *tap, l *leg) {
	if l != nil && l.closed.Load() {
		l = nil
	}
	if t.owner == l { // only ever written with the plane locked
		return
	}
	if t.owner != nil {
		t.owner.removeTap(t)
	}
	t.assign(l)
	if l != nil {
		l.addTap(t)
	}
}

func (p *plane) stopRecorder(r *recorder) {
	p.mu.Lock()
	for i := range r.taps {
		p.assign(&r.taps[i], nil)
	}
	p.setRecorders(slices.DeleteFunc(slices.Clone(*p.recorders.Load()), func(x *recorder) bool { return x == r }))
	p.mu.Unlock()
	r.finish(samples(p.elapsed()))
}

// setLegs and setRecorders replace a list and wake the clock. The plane is
// locked.
func (p *plane) setLegs(list []*leg) {
	p.legs.Store(&list)
	p.nudge()
}

func (p *plane) setRecorders(list []*recorder) {
	p.recorders.Store(&list)
	p.nudge()
}

func (p *plane) nudge() {
	select {
	case p.wake <- struct{}{}:
	default:
	}
}

// run is the shared clock. It sleeps while there is no leg and no recording.
func (p *plane) run() {
	for tick := int64(0); ; {
		if len(*p.legs.Load())+len(*p.recorders.Load()) == 0 {
			select {
			case <-p.wake:
				continue
			case <-p.stop:
				return
			}
		}
		// The schedule is absolute: tick n is due n frames after the epoch,
		// however late the one before it was. A stall is caught up with a few
		// frames in a row, a long one is left behind.
		due := tick + 1
		if now := int64(p.elapsed() / FrameTime); now > due+maxLateTicks {
			due = now
		}
		if !p.clock.Until(p.epoch.Add(time.Duration(due)*FrameTime), p.stop) {
			return
		}
		tick = due
		p.tick(tick)
	}
}

// tick does everything that is due at a tick.
func (p *plane) tick(tick int64) {
	at := p.elapsed()
	now := samples(at)
	for _, l := range *p.legs.Load() {
		if done := l.tick(tick, now); done != nil {
			done()
		}
		l.watchSilence(at)
	}
	for _, m := range *p.mixes.Load() {
		m.tick(tick, now)
	}
	for _, r := range *p.recorders.Load() {
		r.advance(now - recordDelay)
	}
}

// Close implements Plane.
func (p *plane) Close() error {
	p.mu.Lock()
	already := p.closed
	p.closed = true
	p.mu.Unlock()
	if already {
		return nil
	}
	close(p.stop)
	for _, r := range *p.recorders.Load() {
		p.stopRecorder(r)
	}
	for _, l := range *p.legs.Load() {
		l.Close()
	}
	p.wg.Wait()
	return nil
}
