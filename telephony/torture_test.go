package telephony_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"bandeau/acd"
	"bandeau/media"
	"bandeau/telephony"
	"bandeau/telephony/siptest"
	"bandeau/telephony/sipua"
)

// TestAnythingAtAnyTime lets thirty calls at once meet phones and trunks of
// every character and effects in any order, sensible or not. Whatever happens,
// nothing panics, no leg is reported ended twice, and nothing is left: no call,
// no place on a trunk, no port, no goroutine.
func TestAnythingAtAnyTime(t *testing.T) {
	t.Parallel()
	const (
		workers = 30
		during  = 5 * time.Second
		low     = 22000
		pairs   = 400
	)
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	r := newRig(t, func(s *setup) {
		s.plane = media.PlaneConfig{PortMin: low, PortMax: low + 2*pairs - 1}
		s.cfg.RTPTimeout, s.cfg.MaxCall = time.Second, 3*time.Second
	})
	full := func(_ *siptest.TrunkConfig, _ *sipua.Trunk, known *telephony.TrunkRecord) {
		known.MaxCalls = 2 * workers
	}
	carriers := []*siptest.Trunk{r.trunk("t1", full), r.trunk("t2", full)}
	phones := make([]*siptest.Phone, 0, 6)
	for i := range cap(phones) {
		account := string(rune('a' + i%3)) // two contacts each
		phone := r.phone(account, func(c *siptest.PhoneConfig) { c.AllowTalk = i%2 == 0 })
		phone.OnCall(moody(seed + uint64(i)))
		phones = append(phones, phone)
	}
	r.page("op1", browserTone)
	r.page("op2", browserTone)
	for i, carrier := range carriers {
		carrier.OnCall(moody(seed + 100 + uint64(i)))
	}
	var wg sync.WaitGroup
	var answered atomic.Int64
	r.core.set(func() {
		r.core.told = func(command acd.Command) {
			if _, ok := command.(acd.LegAnswered); ok {
				answered.Add(1)
			}
		}
	})
	start := time.Now()
	goOn := func() bool { // longer on a machine that has much else to do
		past := time.Since(start)
		return past < during || past < 4*during && answered.Load() < workers
	}
	for i := range workers {
		wg.Go(func() {
			chance := rand.New(rand.NewPCG(seed, uint64(i)))
			for round := 0; goOn(); round++ {
				id := acd.CallID(fmt.Sprintf("%d-%d", i, round))
				if chance.IntN(2) == 0 {
					id = r.arriveSomehow(chance, carriers[chance.IntN(2)])
				}
				if id != "" {
					r.torment(chance, id)
				}
			}
		})
	}
	wg.Wait()
	// The phones that rang for ever are given up by the calls' greatest length.
	deadline := time.Now().Add(30 * time.Second)
	for r.sw.Calls() > 0 && time.Now().Before(deadline) {
		if late, ok := take[acd.CallArrived](r.core); ok { // nobody waited for it any more
			r.do(acd.HangUpLeg{Call: late.Call, Leg: 1}, acd.ForgetCall{Call: late.Call})
		}
		time.Sleep(20 * time.Millisecond)
	}
	if n := r.sw.Calls(); n != 0 {
		t.Errorf("%d calls are left", n)
	}
	r.onceEach(t)
	for i, carrier := range carriers { // all places and ports are free
		carrier.OnCall(siptest.AnswerAfter(0))
		ids := make([]acd.CallID, 0, 2*workers)
		for range 2 * workers {
			_, id := r.arrive(carrier, siptest.DialOptions{})
			ids = append(ids, id)
		}
		for _, id := range ids {
			r.do(acd.HangUpLeg{Call: id, Leg: 1}, acd.ForgetCall{Call: id})
		}
		r.eventually(fmt.Sprintf("trunk %d is free", i+1), func() bool { return r.sw.Calls() == 0 })
	}
}

// moody answers each call in its own way.
func moody(seed uint64) siptest.Behaviour {
	var mu sync.Mutex
	chance := rand.New(rand.NewPCG(seed, 7))
	draw := func(n int) int {
		mu.Lock()
		defer mu.Unlock()
		return chance.IntN(n)
	}
	return siptest.Script(func(ctx context.Context, c *siptest.Call) {
		c.SendTone(callerTone)
		wait := func() bool {
			select {
			case <-time.After(time.Duration(draw(300)) * time.Millisecond):
				return true
			case <-ctx.Done():
				return false
			}
		}
		switch draw(6) {
		case 0:
			c.Ring()
		case 1:
			c.Progress(183)
		}
		if !wait() {
			return
		}
		switch draw(10) {
		case 0, 1:
			statuses := []int{302, 403, 404, 408, 480, 486, 488, 500, 503, 600, 603}
			c.Reject(statuses[draw(len(statuses))])
			return
		case 2:
			return // rings for ever
		}
		c.Answer()
		for wait() {
			short, cancel := context.WithTimeout(ctx, 2*time.Second)
			misbehave(short, c, draw(11))
			cancel()
		}
	})
}

// misbehave does something that phones do in calls. What comes of it is not
// looked at: the call may have ended.
func misbehave(ctx context.Context, c *siptest.Call, what int) {
	switch what {
	case 0:
		c.HangUp()
	case 1:
		_, _ = c.Hold(ctx)
	case 2:
		_, _ = c.Resume(ctx)
	case 3:
		_ = c.SendDTMF("123#")
	case 4:
		_, _ = c.SendInfoDTMF(ctx, '5')
	case 5:
		_, _ = c.Reinvite(ctx, siptest.Offer{Codecs: []string{siptest.PCMU, siptest.TelephoneEvent}})
	case 6:
		_, _ = c.Update(ctx, siptest.Offer{Direction: siptest.Inactive})
	case 7:
		_, _ = c.Reinvite(ctx, siptest.Offer{Offerless: true})
	case 8:
		c.StopSending()
	case 9:
		_, _ = c.Refer(ctx, "sip:+33155000001@127.0.0.1")
	case 10:
		_, _ = c.Refer(ctx, "<sip:+33155000001@127.0.0.1?Replaces=nobody%3Bto-tag%3D1%3Bfrom-tag%3D2>")
	}
}

// arriveSomehow places a call that the core may never hear of, or that its caller
// gives up at any time.
func (r *rig) arriveSomehow(chance *rand.Rand, carrier *siptest.Trunk) acd.CallID {
	o := siptest.DialOptions{Offerless: chance.IntN(8) == 0, NoAck: chance.IntN(16) == 0}
	if chance.IntN(8) == 0 {
		o.SDP, o.Offerless = []byte("v=0\r\n"), false
	}
	caller, err := carrier.Call(r.ctx, service, o)
	if err != nil {
		return ""
	}
	caller.SendTone(callerTone)
	time.AfterFunc(time.Duration(chance.IntN(1500))*time.Millisecond, caller.HangUp)
	for deadline := time.Now().Add(time.Second); time.Now().Before(deadline); time.Sleep(2 * time.Millisecond) {
		if arrived, ok := take[acd.CallArrived](r.core); ok {
			return arrived.Call
		}
	}
	return ""
}

// torment sends effects about a call in any order, and at last what a core never
// omits: every leg hung up and the call forgotten.
func (r *rig) torment(chance *rand.Rand, id acd.CallID) {
	leg := func() acd.LegID { return acd.LegID(1 + chance.IntN(4)) }
	sound := func() acd.Sound { return acd.Sound(1 + chance.IntN(3)) }
	placed := map[acd.LegID]bool{1: true}
	for range 4 + chance.IntN(12) {
		var effect acd.Effect
		switch chance.IntN(17) {
		case 16:
			effect = acd.PauseRecording{Call: id, On: chance.IntN(2) == 0}
		case 14, 15:
			effect = someMix(chance, id)
		case 13:
			effect = acd.Announce{
				Call: id, Leg: leg(), Language: "fr", Number: 2,
				Says: []acd.Spoken{{Sound: welcome}, {Phrase: acd.PhrasePosition, Number: chance.IntN(3)}},
			}
		case 12:
			effect = acd.PlayPrompt{
				Call: id, Legs: []acd.LegID{leg(), leg()}, Prompt: acd.Prompt(1 + chance.IntN(2)), Language: "fr", Number: 1,
			}
		case 0, 1, 2:
			next := leg()
			if placed[next] {
				continue // a number is never used twice within a call
			}
			placed[next] = true
			effect = placeNumber(id, next, "+33155000000")
			if chance.IntN(2) == 0 {
				effect = placePhone(id, next, string(rune('a'+chance.IntN(4))))
			}
			if chance.IntN(3) == 0 {
				effect = placeBrowser(id, next, acd.OperatorID([]string{"op1", "op2", "nobody"}[chance.IntN(3)]))
			}
		case 3:
			effect = acd.ProgressLeg{Call: id, Leg: leg(), Early: chance.IntN(2) == 0}
		case 4:
			effect = acd.AnswerLeg{Call: id, Leg: leg()}
		case 5:
			effect = acd.HangUpLeg{Call: id, Leg: leg(), Status: 480, After: acd.Sound(chance.IntN(4))}
		case 6:
			effect = acd.PlayLeg{Call: id, Leg: leg(), Sound: sound()}
		case 7, 8:
			a := leg()
			effect = acd.JoinLegs{Call: id, A: a, B: a%4 + 1}
		case 9:
			a := leg()
			effect = acd.PartLegs{Call: id, A: a, B: a%4 + 1}
		case 10:
			effect = acd.MuteLeg{Call: id, Leg: leg(), On: chance.IntN(2) == 0}
		case 11:
			effect = acd.StartRecording{Call: id, Customer: leg(), Operator: leg()}
			if chance.IntN(2) == 0 {
				effect = acd.StopRecording{Call: id}
			}
		}
		r.do(effect)
		switch chance.IntN(6) {
		case 0:
			_ = r.sw.Talk(r.ctx, id, leg()) // may well be refused
		case 1:
			_ = r.sw.SendDigits(r.ctx, id, leg(), "12")
		}
		time.Sleep(time.Duration(chance.IntN(60)) * time.Millisecond)
	}
	for l := acd.LegID(1); l <= 4; l++ {
		r.do(acd.HangUpLeg{Call: id, Leg: l})
	}
	r.do(acd.ForgetCall{Call: id})
}

// someMix lets legs hear each other in any way, also some that are not
// there.
func someMix(chance *rand.Rand, id acd.CallID) acd.MixLegs {
	mix := acd.MixLegs{Call: id}
	for l := acd.LegID(1); l <= 4; l++ {
		if chance.IntN(4) == 0 {
			continue
		}
		p := acd.Party{Leg: l}
		for other := acd.LegID(1); other <= 4; other++ {
			if other != l && chance.IntN(3) > 0 {
				p.Hears = append(p.Hears, other)
			}
		}
		mix.Parties = append(mix.Parties, p)
	}
	return mix
}

// onceEach checks that no leg was reported gone or answered more than once.
func (r *rig) onceEach(t *testing.T) {
	t.Helper()
	type key struct {
		call acd.CallID
		leg  acd.LegID
		what string
	}
	seen := map[key]int{}
	r.core.set(func() {
		for _, command := range r.core.got {
			if c, ok := command.(acd.LegAnswered); ok {
				seen[key{c.Call, c.Leg, "answered"}]++
			}
			if c, ok := command.(acd.LegEnded); ok {
				seen[key{c.Call, c.Leg, "gone"}]++
			}
			if c, ok := command.(acd.LegFailed); ok {
				seen[key{c.Call, c.Leg, "gone"}]++
			}
		}
		r.core.got = nil
	})
	counts := map[string]int{}
	for k, n := range seen {
		counts[k.what]++
		if n > 1 {
			t.Errorf("leg %d of call %s is %d times %s", k.leg, k.call, n, k.what)
		}
	}
	t.Logf("legs: %v, SIP: %+v", counts, r.ua.Counters())
	if counts["answered"] == 0 || counts["gone"] == 0 {
		t.Errorf("nothing happened: %v", counts)
	}
}
