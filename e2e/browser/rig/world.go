package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strconv"
	"sync"
	"time"

	"bandeau/telephony/siptest"
)

const (
	// statusBusy refuses a call: 486 Busy Here.
	statusBusy = 486
	// callerTone is what callers sound like without another tone, in hertz.
	callerTone = 450
	// operatorTone is what the operators' phones sound like.
	operatorTone = 700
	// calledTone is what people outside sound like who are called.
	calledTone = 520
	// ringTime is how long they let it ring.
	ringTime = 300 * time.Millisecond
)

// world is the node and all that is around it.
type world struct {
	node  *node
	admin *visitor
	trunk *siptest.Trunk
	post  *postOffice
	ready ready
	load  load

	server *http.Server
	ctx    context.Context //nolint:containedctx // the life of the telephones
	stop   context.CancelFunc

	mu      sync.Mutex
	phones  map[string]*phone // by user name
	calls   []*call
	numbers map[string]string // how people outside answer, by the number called
}

// phone is a telephone on a desk.
type phone struct {
	*siptest.Phone

	mu        sync.Mutex
	behaviour string
}

// call is one end of a call: of a caller, of a phone, or of somebody outside
// who is called.
type call struct {
	*siptest.Call

	id, at string
	began  time.Time

	mu              sync.Mutex
	answered, ended time.Time
}

// newWorld starts everything and configures the centre.
func newWorld(ctx context.Context, binary, host, data string) (w *world, err error) {
	w = &world{phones: map[string]*phone{}, numbers: map[string]string{}}
	w.ready.People, w.ready.Groups = map[string]person{}, map[string]place{}
	life, stop := context.WithCancel(context.WithoutCancel(ctx))
	w.ctx, w.stop = life, stop
	defer func() {
		if err != nil {
			w.close()
		}
	}()
	if w.post, err = openPostOffice(ctx); err != nil {
		return nil, err
	}
	w.node = &node{binary: binary, host: host, data: data, smtp: w.post.url()}
	if err = w.node.start(ctx); err != nil {
		return nil, err
	}
	if w.trunk, err = siptest.NewTrunk(life, siptest.TrunkConfig{Server: w.node.sip, Number: "+33612345678"}); err != nil {
		return nil, fmt.Errorf("the carrier: %w", err)
	}
	w.trunk.OnCall(siptest.Script(w.beCalled))
	if err = w.makeCentre(ctx); err != nil {
		return nil, fmt.Errorf("make the centre: %w", err)
	}
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", loopback().String())
	if err != nil {
		return nil, fmt.Errorf("listen for the tests: %w", err)
	}
	w.ready.Control, w.ready.URL = "http://"+listener.Addr().String(), w.node.url()
	w.server = &http.Server{Handler: w.routes(), ReadHeaderTimeout: requestTime}
	go func() { _ = w.server.Serve(listener) }() // it ends when it is closed
	return w, nil
}

// close ends everything.
func (w *world) close() {
	if w.server != nil {
		_ = w.server.Close()
	}
	w.load.end()
	if w.node != nil {
		_ = w.node.stop(true) // its store goes with it
	}
	w.stop()
	if w.trunk != nil {
		w.trunk.Close()
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, p := range w.phones {
		p.Close()
	}
	if w.post != nil {
		w.post.close()
	}
}

// addPhone puts a telephone on a desk and registers it.
func (w *world) addPhone(username, password string) error {
	made, err := siptest.NewPhone(w.ctx, siptest.PhoneConfig{
		Server: w.node.sip, Username: username, Password: password, AllowTalk: true, AutoRefresh: true,
	})
	if err != nil {
		return fmt.Errorf("the phone %s: %w", username, err)
	}
	p := &phone{Phone: made, behaviour: "talk"}
	p.OnCall(siptest.Script(func(ctx context.Context, c *siptest.Call) { w.ring(ctx, username, p, c) }))
	w.mu.Lock()
	w.phones[username] = p
	w.mu.Unlock()
	return p.Register(w.ctx)
}

// ring is what a phone does with a call, by its behaviour at that moment.
func (w *world) ring(ctx context.Context, username string, p *phone, sip *siptest.Call) {
	c := w.note("phone:"+username, sip)
	p.mu.Lock()
	behaviour := p.behaviour
	p.mu.Unlock()
	switch behaviour {
	case "busy":
		sip.Reject(statusBusy)
		return
	case "answer":
	default:
		sip.Ring()
		if behaviour == "ring" || sip.WaitTalk(ctx) != nil {
			return
		}
	}
	w.answer(c, operatorTone)
}

// beCalled is what people outside do who are called.
func (w *world) beCalled(ctx context.Context, sip *siptest.Call) {
	c := w.note("carrier", sip)
	w.mu.Lock()
	behaviour := w.numbers[sip.Called()]
	w.mu.Unlock()
	if behaviour == "busy" {
		sip.Reject(statusBusy)
		return
	}
	sip.Ring()
	if behaviour == "ring" {
		return
	}
	select {
	case <-time.After(ringTime):
		w.answer(c, calledTone)
	case <-ctx.Done():
	}
}

func (w *world) answer(c *call, tone float64) {
	c.mark(&c.answered)
	c.Answer()
	c.SendTone(tone)
}

// place has somebody outside call a number.
func (w *world) place(to, caller, name string, tone float64, patience time.Duration) (*call, error) {
	options := siptest.DialOptions{FromUser: caller, FromDisplay: name}
	if caller == "anonymous" {
		options = siptest.DialOptions{FromURI: "sip:anonymous@anonymous.invalid", FromDisplay: name, Privacy: "id"}
	}
	sip, err := w.trunk.Call(w.ctx, to, options)
	if err != nil {
		return nil, fmt.Errorf("call %s: %w", to, err)
	}
	sip.SendTone(tone)
	c := w.note("caller", sip)
	go func() {
		if sip.WaitState(w.ctx, siptest.Established) == nil {
			c.mark(&c.answered)
		}
	}()
	if patience > 0 {
		go func() {
			select {
			case <-time.After(patience):
				w.hangUp(c)
			case <-sip.Ended():
			}
		}()
	}
	return c, nil
}

func (w *world) hangUp(c *call) {
	c.mark(&c.ended)
	c.HangUp()
}

// note keeps a call, so that the tests find it.
func (w *world) note(at string, sip *siptest.Call) *call {
	w.mu.Lock()
	defer w.mu.Unlock()
	c := &call{Call: sip, at: at, id: strconv.Itoa(len(w.calls) + 1), began: time.Now()}
	w.calls = append(w.calls, c)
	go func() {
		<-sip.Ended()
		c.mark(&c.ended)
	}()
	return c
}

func (w *world) call(id string) (*call, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	n, err := strconv.Atoi(id)
	if err != nil || n < 1 || n > len(w.calls) {
		return nil, errors.New("no such call")
	}
	return w.calls[n-1], nil
}

// mark keeps when something happened first.
func (c *call) mark(what *time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if what.IsZero() {
		*what = time.Now()
	}
}
