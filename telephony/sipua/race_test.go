package sipua

import (
	"math/rand/v2"
	"net"
	"net/netip"
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

// The proxy a call came through may leave the rest of it to another machine, which the Contact names.
func TestRestOfACallFromTheContact(t *testing.T) {
	r, p := trunkRig(t, nil)
	c, err := net.ListenUDP("udp", net.UDPAddrFromAddrPort(netip.MustParseAddrPort("127.0.0.2:0")))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	other := &peer{t: t, c: c, addr: addrPort(c.LocalAddr()), ua: r.addr}
	at := Header{"Contact", "<sip:peer@" + other.addr.String() + ">"}

	t.Run("it called", func(t *testing.T) {
		inv := p.invite(sdpA, at)
		p.send(inv)
		d := r.call()
		e := listen(t, d)
		d.Accept([]byte(sdpB))
		ok := p.response(200, "INVITE")
		other.ack(inv, ok, "")
		want[Confirmed](e)
		other.send(other.inside("BYE", inv, ok, 9))
		other.response(200, "BYE")
		want[Ended](e)
	})
	t.Run("it was called", func(t *testing.T) {
		e := listen(t, nil)
		r.u.Invite(Outbound{Target: Target{Trunk: "t1", Number: "1"}, SDP: []byte(sdpA), Sink: e.sink})
		inv := p.request("INVITE")
		ok := p.reply(inv, 200, "peer1", sdpB, at)
		other.request("ACK")
		want[Answered](e)
		other.send(other.inverse("BYE", inv, ok, 9))
		other.response(200, "BYE")
		want[Ended](e)
	})
	t.Run("nobody else", func(t *testing.T) {
		inv, ok, _, e := p.established(r)
		other.send(other.inside("BYE", inv, ok, 9))
		other.silent(5*t1(), func(*message) bool { return true })
		e.none(t1())
	})
}
