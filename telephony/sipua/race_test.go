package sipua

import (
	"math/rand/v2"
	"strconv"
	"sync"
	"testing"
	"time"
)

// answerer plays the far end of many calls at once: it answers each INVITE somehow and remembers which of its 2xx
// were acknowledged and hung up.
type answerer struct {
	p    *peer
	mu   sync.Mutex
	open map[string]bool // Call-ID of each 2xx sent: acknowledged
	sent map[string]*message
	bye  map[string]bool
}

func (a *answerer) serve(seed uint64, stop <-chan struct{}) {
	rng := rand.New(rand.NewPCG(seed, 1))
	fate := map[string]int{}
	refused := map[string]bool{}
	for {
		select {
		case <-stop:
			return
		default:
		}
		m := a.p.read(20 * time.Millisecond)
		if m == nil {
			a.repeat()
			continue
		}
		if m.method == "" {
			continue
		}
		id := m.callID()
		switch m.method {
		case "INVITE":
			f, again := fate[id]
			if !again {
				f = rng.IntN(4)
				fate[id] = f
			}
			if f != 0 || again {
				a.p.reply(m, 180, id[:6], "")
			}
			if f == 3 || refused[id] {
				refused[id] = true
				a.p.reply(m, 486, id[:6], "")
				continue
			}
			if f != 2 {
				a.accept(m)
			}
		case "CANCEL": // half of them too late: the 200 crosses
			a.p.reply(m, 200, id[:6], "")
			inv := *m
			inv.fields = append([]Header(nil), m.fields...)
			n, _ := m.cseq()
			inv.method = "INVITE"
			inv.set("CSeq", strconv.FormatUint(uint64(n), 10)+" INVITE")
			switch {
			case refused[id] || a.accepted(id):
			case rng.IntN(2) == 0:
				a.accept(&inv)
			default:
				refused[id] = true
				a.p.reply(&inv, 487, id[:6], "")
			}
		case "ACK":
			a.mu.Lock()
			if _, ok := a.open[id]; ok {
				a.open[id] = true
			}
			a.mu.Unlock()
		case "BYE":
			a.p.reply(m, 200, "", "")
			a.mu.Lock()
			a.bye[id] = true
			a.mu.Unlock()
		}
	}
}

func (a *answerer) accepted(id string) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	_, ok := a.open[id]
	return ok
}

func (a *answerer) accept(inv *message) {
	id := inv.callID()
	a.mu.Lock()
	if _, ok := a.open[id]; !ok {
		a.open[id] = false
	}
	a.mu.Unlock()
	a.sent[id] = a.p.reply(inv, 200, id[:6], sdpB)
}

// repeat sends each 2xx again that has no ACK, as every callee does (RFC 3261 §13.3.1.4).
func (a *answerer) repeat() {
	a.mu.Lock()
	defer a.mu.Unlock()
	for id, acked := range a.open {
		if !acked {
			a.p.send(a.sent[id])
		}
	}
}

// Calls given up at any moment: each ends once, and no 2xx stays without ACK and BYE.
func TestHangUpAtAnyMoment(t *testing.T) {
	const calls, seed = 300, 42
	r, p := trunkRig(t, nil)
	a := &answerer{p: p, open: map[string]bool{}, sent: map[string]*message{}, bye: map[string]bool{}}
	stop := make(chan struct{})
	var wg sync.WaitGroup
	wg.Go(func() { a.serve(seed, stop) })
	rng := rand.New(rand.NewPCG(seed, 2))
	var mu sync.Mutex
	ends := map[string]int{}
	for range calls {
		var d *Dialog
		ready := make(chan struct{})
		d = r.u.Invite(Outbound{Target: Target{Trunk: "t1", Number: "+331"}, SDP: []byte(sdpA), Sink: func(e Event) {
			<-ready
			_, ended := e.(Ended)
			_, failed := e.(Failed)
			if ended || failed {
				mu.Lock()
				ends[d.CallID()]++
				mu.Unlock()
			}
		}})
		close(ready)
		time.AfterFunc(time.Duration(rng.IntN(8000))*time.Microsecond, func() { d.HangUp(HangUpNormal) })
		time.Sleep(2 * time.Millisecond) // 500 calls a second
	}
	for end := time.Now().Add(20 * time.Second); time.Now().Before(end); time.Sleep(10 * time.Millisecond) {
		if c := r.u.Counters(); c.DialogsEnded == calls {
			break
		}
	}
	time.Sleep(4 * t1()) // what is on its way
	close(stop)
	wg.Wait()
	mu.Lock()
	defer mu.Unlock()
	if len(ends) != calls {
		t.Errorf("%d of %d calls ended", len(ends), calls)
	}
	for id, n := range ends {
		if n != 1 {
			t.Errorf("%s ended %d times", id, n)
		}
	}
	for id, acked := range a.open {
		if !acked || !a.bye[id] {
			t.Errorf("%s: 2xx acknowledged %t, hung up %t", id, acked, a.bye[id])
		}
	}
	r.u.mu.Lock()
	defer r.u.mu.Unlock()
	if len(r.u.dialogs) != 0 || len(r.u.peers) != 0 {
		t.Errorf("left over: %d dialogs, %d peers", len(r.u.dialogs), len(r.u.peers))
	}
}
