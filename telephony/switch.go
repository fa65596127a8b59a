package telephony

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/netip"
	"sync"
	"time"

	"bandeau/acd"
	"bandeau/media"
	"bandeau/media/prompts"
	"bandeau/telephony/sipua"
)

// Errors of requests about a live call.
var (
	// ErrNoCall: there is no such call or leg.
	ErrNoCall = errors.New("telephony: no such call")
	// ErrNotAllowed: the phone does not let itself be answered from here.
	ErrNotAllowed = errors.New("telephony: the phone does not allow it")
)

// Config is what call control needs. All fields but Sounds, Browsers and the
// durations are required.
type Config struct {
	UA        *sipua.UA
	Plane     media.Plane
	Directory Directory
	Recorder  Recorder
	Prompts   prompts.Set
	// Sounds are the centres' own; nil: there are none.
	Sounds Sounds
	// Browsers are the browser phones; nil: none can be reached.
	Browsers Browsers
	// Core returns a centre's core.
	Core func(centre string) (Core, bool)
	// NewID makes call identifiers.
	NewID func() string
	Log   *slog.Logger
	// RTPTimeout ends a call one of whose sides has fallen silent without being
	// on hold; 0 = never.
	RTPTimeout time.Duration
	// MaxCall is the longest call; 0 = 4 h.
	MaxCall time.Duration
	// Advertise, if valid, is the address written into session descriptions
	// instead of the one the audio is bound to.
	Advertise netip.Addr
}

// Switch owns every call of the node. It implements sipua.Handler.
type Switch struct {
	cfg    Config
	sounds *sounds
	ctx    context.Context //nolint:containedctx // the life of the calls' goroutines, given to Run's caller by Close
	cancel context.CancelFunc
	wg     sync.WaitGroup

	mu       sync.Mutex
	calls    map[acd.CallID]*call
	trunks   map[string]int // live legs per trunk
	draining bool
	closed   bool
}

// New returns a switch without calls. SetUA must follow before the user agent runs.
func New(cfg Config) *Switch {
	if cfg.MaxCall <= 0 {
		cfg.MaxCall = defaultMaxCall
	}
	ctx, cancel := context.WithCancel(context.Background())
	return &Switch{
		cfg: cfg, sounds: newSounds(cfg), ctx: ctx, cancel: cancel,
		calls: make(map[acd.CallID]*call), trunks: make(map[string]int),
	}
}

// SetUA gives the user agent, which itself needs the switch as its handler.
func (s *Switch) SetUA(ua *sipua.UA) { s.cfg.UA = ua }

// Drain refuses new calls from now on; those there are go on.
func (s *Switch) Drain() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.draining = true
}

// Draining reports whether new calls are refused.
func (s *Switch) Draining() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.draining
}

// Calls returns the number of calls that still have a leg, or may get one.
func (s *Switch) Calls() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.calls)
}

// Live returns the number of calls that are going on: not those that have ended
// while a silent phone has still to be told so.
func (s *Switch) Live() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := 0
	for _, c := range s.calls {
		if !c.over.Load() {
			n++
		}
	}
	return n
}

// Close hangs up every call and waits until their legs are gone, or ctx ends.
func (s *Switch) Close(ctx context.Context) error {
	s.mu.Lock()
	s.draining, s.closed = true, true
	for _, c := range s.calls {
		c.post(c.close)
	}
	s.mu.Unlock()
	done := make(chan struct{})
	go func() {
		s.wg.Wait()
		close(done)
	}()
	select {
	case <-done:
	case <-ctx.Done():
		s.cancel()
		<-done
		return fmt.Errorf("telephony: calls cut off: %w", ctx.Err())
	}
	s.cancel()
	return nil
}

// Execute carries out effects of a centre's core, in order for each call. It
// does not block.
func (s *Switch) Execute(centre string, effects []acd.Effect) {
	for _, e := range effects {
		id, ok := effectCall(e)
		if !ok {
			continue
		}
		c := s.find(id)
		if c == nil {
			// The first effect of a call that did not come from the network.
			if _, places := e.(acd.PlaceLeg); !places {
				continue
			}
			if c = s.start(centre, id, nil); c == nil {
				continue
			}
		}
		c.post(func() { c.execute(e) })
	}
}

// effectCall returns the call an effect is about.
func effectCall(e acd.Effect) (acd.CallID, bool) {
	switch e := e.(type) {
	case acd.PlaceLeg:
		return e.Call, true
	case acd.ProgressLeg:
		return e.Call, true
	case acd.AnswerLeg:
		return e.Call, true
	case acd.HangUpLeg:
		return e.Call, true
	case acd.PlayLeg:
		return e.Call, true
	case acd.PlayPrompt:
		return e.Call, true
	case acd.Announce:
		return e.Call, true
	case acd.JoinLegs:
		return e.Call, true
	case acd.PartLegs:
		return e.Call, true
	case acd.MixLegs:
		return e.Call, true
	case acd.MuteLeg:
		return e.Call, true
	case acd.StartRecording:
		return e.Call, true
	case acd.PauseRecording:
		return e.Call, true
	case acd.StopRecording:
		return e.Call, true
	case acd.ForgetCall:
		return e.Call, true
	case acd.EndSession:
		return "", false
	}
	return "", false
}

func (s *Switch) find(id acd.CallID) *call {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.calls[id]
}

// start makes a call and the goroutine that owns it. first, if any, is its
// first message. It returns nil once the switch is closed.
func (s *Switch) start(centre string, id acd.CallID, first func(*call)) *call {
	core, ok := s.cfg.Core(centre)
	if !ok {
		return nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return nil
	}
	c := newCall(s, core, centre, id)
	s.calls[id] = c
	if first != nil {
		c.post(func() { first(c) })
	}
	s.wg.Go(func() {
		c.run(s.ctx)
		s.mu.Lock()
		defer s.mu.Unlock()
		delete(s.calls, id)
	})
	return c
}

// Talk makes the phone of an operator who is offered a call, or whose own phone
// rings, answer it: a browser at once, a Centrex phone when it does what it is
// asked (NOTIFY with Event: talk).
func (s *Switch) Talk(ctx context.Context, id acd.CallID, leg acd.LegID) error {
	return s.request(ctx, id, func(c *call) error {
		l := c.legs[leg]
		if l == nil || l.state != legPlacing {
			return ErrNoCall
		}
		return l.talk()
	})
}

// SendDigits sends DTMF digits to the far side of an operator's leg.
func (s *Switch) SendDigits(ctx context.Context, id acd.CallID, leg acd.LegID, digits string) error {
	if len(digits) > maxDigits {
		return fmt.Errorf("telephony: more than %d digits", maxDigits)
	}
	return s.request(ctx, id, func(c *call) error {
		l := c.legs[leg]
		if l == nil || len(l.listeners()) == 0 {
			return ErrNoCall
		}
		for _, other := range l.listeners() {
			if other == l.peer || !other.operator { // in a mix the colleagues need not hear them
				other.sendDigits(digits)
			}
		}
		return nil
	})
}

// request runs f in a call's goroutine and returns its answer.
func (s *Switch) request(ctx context.Context, id acd.CallID, f func(*call) error) error {
	c := s.find(id)
	if c == nil {
		return ErrNoCall
	}
	answer := make(chan error, 1)
	c.post(func() { answer <- f(c) })
	select {
	case err := <-answer:
		return err
	case <-c.done:
		return ErrNoCall
	case <-ctx.Done():
		return ctx.Err()
	}
}

// take counts a leg on a trunk, unless the trunk is full. An emergency call is
// never refused here: that is for the carrier to say.
func (s *Switch) take(trunk string, emergency bool) bool {
	record, ok := s.cfg.Directory.Trunk(trunk)
	if !ok {
		return false
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if record.MaxCalls > 0 && s.trunks[trunk] >= record.MaxCalls && !emergency {
		return false
	}
	s.trunks[trunk]++
	return true
}

func (s *Switch) giveBack(trunk string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.trunks[trunk]--; s.trunks[trunk] <= 0 {
		delete(s.trunks, trunk)
	}
}
