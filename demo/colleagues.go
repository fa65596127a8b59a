package demo

import (
	"context"
	"errors"
	"math/rand/v2"
	"net/http"
	"net/url"
	"sync"
	"sync/atomic"
	"time"

	"github.com/coder/websocket"

	"bandeau/telephony/siptest"
)

const (
	// handTime is how long it takes to pick up one's own telephone.
	handTime = 500 * time.Millisecond
	// backAfter and awayAfter are how long a colleague stays away whose session
	// has ended, and when somebody else has his place; retryMost is the longest
	// pause between two attempts to log in.
	backAfter = 20 * time.Second
	awayAfter = 10 * time.Minute
	retryMost = 2 * time.Minute
)

// colleague is a simulated operator: a Centrex telephone and a banner.
type colleague struct {
	person
	phone  *siptest.Phone
	client *client
	tempo  tempo
	counts *counts

	mu      sync.Mutex
	dice    *rand.Rand
	calling atomic.Bool             // he dials: his own telephone will ring
	taken   map[string]conversation // by the node's call, to be written down after it
}

// draw lets a decision be made with his dice.
func draw[T any](c *colleague, decide func(*rand.Rand) T) T {
	c.mu.Lock()
	defer c.mu.Unlock()
	return decide(c.dice)
}

// ring is what his telephone does with a call.
func (c *colleague) ring(ctx context.Context, call *siptest.Call) {
	call.Ring()
	talk := draw(c, takeCall)
	if c.calling.Load() {
		talk.pickUp, talk.after = answers, c.tempo.real(handTime)
	}
	if talk.pickUp == letsItRing || !c.tempo.wait(ctx, talk.after) {
		return
	}
	if talk.pickUp == refuses {
		call.Reject(486)
		return
	}
	call.Answer()
	call.SendAudio(draw(c, func(r *rand.Rand) melody { return sing(r, operatorTimbre()) }).samples)
	c.mu.Lock()
	c.taken[call.Invite().Get("X-Bandeau-Call")] = talk
	c.mu.Unlock()
	length := talk.patience
	if talk.hangsUp {
		length = talk.talk
	}
	if c.tempo.wait(ctx, length) {
		call.HangUp()
	}
}

// run is his shift: he logs in, works, and logs in again after whatever ended
// his session.
func (c *colleague) run(ctx context.Context, after time.Duration) {
	if !sleep(ctx, after) {
		return
	}
	retry := 2 * time.Second
	for ctx.Err() == nil {
		begun := time.Now()
		err := c.work(ctx)
		c.counts.failed(ctx, "the shift of "+c.login, err)
		pause := retry
		ended, orderly := errors.AsType[*endedError](err)
		switch {
		case orderly && ended.reason == takenOver:
			pause = awayAfter // a person plays him
		case orderly:
			pause = backAfter
		}
		retry = min(2*retry, retryMost)
		if time.Since(begun) > retryMost {
			retry = 2 * time.Second
		}
		if !c.tempo.wait(ctx, pause) {
			return
		}
	}
}

// work is one session, from logging in to its end.
func (c *colleague) work(ctx context.Context) error {
	if !c.phone.Registered() {
		if err := c.phone.Register(ctx); err != nil {
			return err
		}
	}
	if err := c.client.logIn(ctx); err != nil {
		return err
	}
	stream, err := c.client.openBanner(ctx)
	if err != nil {
		return err
	}
	defer stream.close()
	agenda := draw(c, func(r *rand.Rand) *agenda {
		return newAgenda(rand.New(rand.NewPCG(r.Uint64(), 0)), c.tempo.now())
	})
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	news, failed := make(chan self), make(chan error, 1)
	var reading sync.WaitGroup
	defer reading.Wait()
	defer cancel() // before waiting
	reading.Go(func() { failed <- listen(ctx, stream, news) })
	return c.attend(ctx, agenda, news, failed)
}

// listen delivers what the banner shows until its stream ends.
func listen(ctx context.Context, stream *banner, news chan<- self) error {
	for {
		if err := stream.read(ctx); err != nil {
			return err
		}
		select {
		case news <- stream.me:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// attend does what is on the agenda while the stream lasts.
func (c *colleague) attend(ctx context.Context, a *agenda, news <-chan self, failed <-chan error) error {
	var me self
	for {
		timer := time.NewTimer(max(c.tempo.real(a.next().Sub(c.tempo.now())), time.Millisecond))
		select {
		case me = <-news:
			a.turn(me.standing, c.tempo.now())
			c.writeDown(ctx, me)
		case <-timer.C:
			if d := a.due(c.tempo.now()); d != nothing {
				if err := c.act(ctx, d, me); err != nil {
					c.counts.failed(ctx, "what "+c.login+" does", err)
					a.again(d, c.tempo.now())
				}
			}
		case err := <-failed:
			timer.Stop()
			if websocket.CloseStatus(err) == websocket.StatusServiceRestart {
				return nil
			}
			return err
		}
		timer.Stop()
	}
}

// act does something at the banner.
func (c *colleague) act(ctx context.Context, d deed, me self) error {
	put := func(body section) error { return c.client.do(ctx, http.MethodPut, "/me/presence", body, nil) }
	post := func(path string, body section) error { return c.client.do(ctx, http.MethodPost, path, body, nil) }
	switch d {
	case nothing:
	case goOnPause:
		var kinds []string
		for _, p := range me.PauseTypes {
			if !p.Login {
				kinds = append(kinds, p.ID)
			}
		}
		if len(kinds) > 0 {
			kind := draw(c, func(r *rand.Rand) string { return pick(r, kinds...) })
			return put(section{"presence": "paused", "pauseType": kind})
		}
	case comeBack:
		return put(section{"presence": "available"})
	case finishWrapUp:
		return post("/me/wrap-up", section{"action": "finish"})
	case extendWrapUp:
		return post("/me/wrap-up", section{"action": "extend", "seconds": 15})
	case dialOut:
		return c.dialOut(ctx, me)
	}
	return nil
}

// dialOut calls somebody outside, in the name of one of his groups.
func (c *colleague) dialOut(ctx context.Context, me self) error {
	body := draw(c, func(r *rand.Rand) section {
		who := pick(r, contacts()...)
		for who.number == "" {
			who = pick(r, contacts()...)
		}
		body := section{"number": who.number}
		if len(me.Groups) > 0 {
			body["group"] = pick(r, me.Groups...).ID
		}
		return body
	})
	c.calling.Store(true)
	// His telephone rings before the answer comes, or never.
	defer c.calling.Store(false)
	err := c.client.do(ctx, http.MethodPost, "/me/calls", body, nil)
	if err == nil {
		c.counts.out.Add(1)
		sleep(ctx, handTime)
	}
	return err
}

// writeDown qualifies the call that is being wrapped up, once.
func (c *colleague) writeDown(ctx context.Context, me self) {
	for _, call := range me.Calls {
		if call.State != "wrap_up" {
			continue
		}
		c.mu.Lock()
		talk := c.taken[call.ID]
		clear(c.taken) // those before it are over too
		c.mu.Unlock()
		at := "/me/calls/" + url.PathEscape(call.ID)
		if talk.tag != "" {
			c.counts.failed(ctx, "tag", c.client.do(ctx, http.MethodPost, at+"/tags", section{"tags": []string{talk.tag}}, nil))
		}
		if talk.note != "" {
			c.counts.failed(ctx, "note", c.client.do(ctx, http.MethodPost, at+"/note", section{"text": talk.note}, nil))
		}
	}
}
