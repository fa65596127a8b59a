package telephony_test

import (
	"context"
	"encoding/binary"
	"fmt"
	"math"
	"sync"
	"testing"
	"time"

	"bandeau/acd"
	"bandeau/media"
	"bandeau/telephony"
	"bandeau/telephony/siptest"
)

const browserTone = 700.0 // not a multiple of, nor in the music

// pages are the browser phones of a rig: pages that send a tone and listen, on
// the wire that is otherwise a peer connection.
type pages struct {
	mu   sync.Mutex
	open map[string]*page // by owner
}

// page is the page of one owner.
type page struct {
	owner string
	stop  chan struct{}
	done  chan struct{}

	mu     sync.Mutex
	leg    media.WireLeg
	tone   float64
	silent bool // sends nothing at all
	heard  []int16
	when   []time.Time // of each frame of heard
}

// Reachable implements telephony.Browsers.
func (p *pages) Reachable(c, owner string) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return c == centre && p.open[owner] != nil
}

// Attach implements telephony.Browsers.
func (p *pages) Attach(_, owner string, leg media.WireLeg) (detach func()) {
	p.mu.Lock()
	defer p.mu.Unlock()
	page := p.open[owner]
	if page == nil {
		return func() {}
	}
	page.attach(leg)
	return func() { page.detach(leg) }
}

func (p *page) attach(leg media.WireLeg) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.leg != nil {
		p.leg.Connect(nil)
	}
	p.leg = leg
	leg.Connect(p)
}

func (p *page) detach(leg media.WireLeg) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.leg == leg {
		p.leg = nil
		leg.Connect(nil)
	}
}

// inCall reports whether a leg is attached.
func (p *page) inCall() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.leg != nil
}

// page opens the page of an owner, which sends the tone from now on.
func (r *rig) page(owner string, tone float64) *page {
	r.t.Helper()
	p := &page{owner: owner, tone: tone, stop: make(chan struct{}), done: make(chan struct{})}
	r.pages.mu.Lock()
	r.pages.open[owner] = p
	r.pages.mu.Unlock()
	go p.run()
	r.t.Cleanup(p.close)
	return p
}

// gone makes an owner's browser unreachable.
func (r *rig) gone(owner string) {
	r.pages.mu.Lock()
	defer r.pages.mu.Unlock()
	delete(r.pages.open, owner)
}

func (p *page) close() {
	close(p.stop)
	<-p.done
}

// quiet lets the page send no packets at all, or send again.
func (p *page) quiet(on bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.silent = on
}

// run sends a frame each 20 ms.
func (p *page) run() {
	defer close(p.done)
	ticker := time.NewTicker(media.FrameTime)
	defer ticker.Stop()
	pcm := make([]int16, media.FrameSamples)
	packet := make([]byte, 12+media.FrameSamples)
	packet[0], packet[1] = 0x80, byte(media.PCMA)
	binary.BigEndian.PutUint32(packet[8:], 0xBEEF)
	start := time.Now()
	for frame := 0; ; frame++ {
		select {
		case <-p.stop:
			return
		case <-ticker.C:
		}
		for time.Since(start) > time.Duration(frame)*media.FrameTime {
			p.mu.Lock()
			leg, tone, silent := p.leg, p.tone, p.silent
			p.mu.Unlock()
			if leg != nil && !silent {
				for i := range pcm {
					at := float64(frame*media.FrameSamples+i) / media.SampleRate
					pcm[i] = int16(8000 * math.Sin(2*math.Pi*tone*at))
				}
				binary.BigEndian.PutUint16(packet[2:], uint16(frame))
				binary.BigEndian.PutUint32(packet[4:], uint32(frame*media.FrameSamples))
				media.EncodeA(packet[12:], pcm)
				leg.Deliver(packet)
			}
			frame++
		}
		frame--
	}
}

// Send implements media.Wire: the page hears.
func (p *page) Send(packet []byte) error {
	if len(packet) <= 12 || packet[1]&0x7f != byte(media.PCMA) {
		return nil
	}
	pcm := make([]int16, len(packet)-12)
	media.DecodeA(pcm, packet[12:])
	p.mu.Lock()
	defer p.mu.Unlock()
	p.heard = append(p.heard, pcm...)
	p.when = append(p.when, time.Now())
	return nil
}

// last is what was heard in the last time.
func (p *page) last(d time.Duration) []int16 {
	p.mu.Lock()
	defer p.mu.Unlock()
	since := time.Now().Add(-d)
	from := len(p.when)
	for from > 0 && p.when[from-1].After(since) {
		from--
	}
	return append([]int16(nil), p.heard[min(len(p.heard), from*media.FrameSamples):]...)
}

// HearsAll waits until each of the tones is heard, and nothing else; without any,
// until all is silent.
func (p *page) HearsAll(ctx context.Context, tones ...float64) error {
	start := time.Now()
	for {
		// Only what came since the listening began.
		samples := p.last(min(300*time.Millisecond, time.Since(start)))
		if hearsAll(samples, tones, time.Since(start)) {
			return nil
		}
		select {
		case <-ctx.Done():
			freq, share := siptest.DominantTone(samples, media.SampleRate)
			return fmt.Errorf("page of %s listens for %v: %d samples, %.0f Hz with %.0f%%", p.owner, tones, len(samples), freq, 100*share)
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// hearsAll judges samples: the tones have nearly all the power, and none of them
// little of it.
func hearsAll(samples []int16, tones []float64, elapsed time.Duration) bool {
	if len(tones) == 0 {
		return elapsed > 300*time.Millisecond && siptest.Level(samples) < 50
	}
	if len(samples) < 1600 || siptest.Level(samples) < 50 {
		return false
	}
	sum := 0.0
	for _, tone := range tones {
		share := siptest.Tone(samples, media.SampleRate, tone)
		if share < 0.5/float64(len(tones)) {
			return false
		}
		sum += share
	}
	return sum > 0.85
}

// ear is whoever can be asked what he hears.
type ear struct {
	name  string
	page  *page
	phone *siptest.Call
}

// hearsAll waits until somebody hears the tones and nothing else.
func (r *rig) hearsAll(e ear, tones ...float64) {
	r.t.Helper()
	ctx, cancel := context.WithTimeout(r.ctx, patience)
	defer cancel()
	if e.page != nil {
		r.must(e.page.HearsAll(ctx, tones...))
		return
	}
	start := time.Now()
	for {
		samples := e.phone.Heard(min(300*time.Millisecond, time.Since(start)))
		if hearsAll(samples, tones, time.Since(start)) {
			return
		}
		select {
		case <-ctx.Done():
			freq, share := siptest.DominantTone(samples, media.SampleRate)
			r.t.Fatalf("%s does not hear %v alone: %d samples, %.0f Hz with %.0f%%", e.name, tones, len(samples), freq, 100*share)
		case <-time.After(20 * time.Millisecond):
		}
	}
}

func placeBrowser(id acd.CallID, leg acd.LegID, operator acd.OperatorID) acd.PlaceLeg {
	return acd.PlaceLeg{Call: id, Leg: leg, Operator: operator, Phone: acd.Phone{Kind: acd.PhoneBrowser}}
}

// answer has an operator's ringing phone answer.
func (r *rig) answer(id acd.CallID, leg acd.LegID) {
	r.t.Helper()
	await(r, func(c acd.LegProgressed) bool { return c.Leg == leg })
	r.must(r.sw.Talk(r.ctx, id, leg))
	await(r, func(c acd.LegAnswered) bool { return c.Leg == leg })
}

// inBrowser leads a caller to an operator at his browser: legs 1 and 2, joined.
func (r *rig) inBrowser(t *testing.T) (caller *siptest.Call, operator *page, id acd.CallID) {
	t.Helper()
	carrier := r.trunk("t1")
	operator = r.page("op1", browserTone)
	caller, id = r.arrive(carrier, siptest.DialOptions{})
	r.do(acd.AnswerLeg{Call: id, Leg: 1}, acd.PlayLeg{Call: id, Leg: 1, Sound: acd.SoundMusic}, placeBrowser(id, 2, "op1"))
	r.answer(id, 2)
	r.do(acd.JoinLegs{Call: id, A: 1, B: 2})
	r.reach(caller, siptest.Established)
	caller.SendTone(callerTone)
	return caller, operator, id
}

var _ telephony.Browsers = (*pages)(nil)
