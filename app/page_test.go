package app

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/coder/websocket"

	"bandeau/media"
	"bandeau/telephony/siptest"
	"bandeau/telephony/webrtcua/webrtctest"
)

// page is a banner, or a supervisor's page, that is a browser phone: it keeps its
// stream, answers pings and connects its audio.
type page struct {
	*webrtctest.Browser
	t       *testing.T
	conn    *websocket.Conn
	session string
	done    chan struct{}

	once    sync.Once
	mu      sync.Mutex
	frozen  bool // answers nothing
	said    []string
	refused string
}

// openPage opens a stream that has a phone and waits until it is connected.
func (s *stage) openPage(v *visitor, path string, tone float64) *page {
	s.t.Helper()
	browser, err := webrtctest.New()
	must(s.t, err)
	conn, response, err := websocket.Dial(s.ctx, strings.Replace(v.base, "http", "ws", 1)+path,
		&websocket.DialOptions{HTTPClient: v.http})
	must(s.t, err)
	if response.Body != nil {
		must(s.t, response.Body.Close())
	}
	p := &page{
		Browser: browser, t: s.t, conn: conn, session: fmt.Sprintf("s-%d", s.seat.Add(1)), done: make(chan struct{}),
	}
	go p.read(context.WithoutCancel(s.ctx))
	s.t.Cleanup(p.close)
	p.SendTone(tone)
	offer, err := browser.Offer()
	must(s.t, err)
	p.send(s.ctx, map[string]any{"kind": "offer", "session": p.session, "sdp": offer})
	select {
	case <-browser.Connected():
	case <-s.ctx.Done():
		s.t.Fatalf("never connected; refused: %q", p.refusal())
	}
	return p
}

// close ends the page without a word.
func (p *page) close() {
	p.once.Do(func() {
		_ = p.conn.CloseNow()
		<-p.done
		p.Browser.Close()
	})
}

func (p *page) send(ctx context.Context, report map[string]any) {
	data, err := json.Marshal(map[string]any{"type": "phone", "phone": report})
	if err == nil {
		err = p.conn.Write(ctx, websocket.MessageText, data)
	}
	if err != nil && ctx.Err() == nil {
		p.t.Logf("page: %v", err)
	}
}

func (p *page) read(ctx context.Context) {
	defer close(p.done)
	p.conn.SetReadLimit(1 << 20)
	for {
		_, data, err := p.conn.Read(ctx)
		if err != nil {
			return
		}
		var m struct {
			Phone *struct {
				Kind, Session, SDP, Code, Detail string
				N                                uint64
			}
		}
		if json.Unmarshal(data, &m) != nil || m.Phone == nil {
			continue
		}
		p.mu.Lock()
		p.said = append(p.said, m.Phone.Kind)
		frozen := p.frozen
		if m.Phone.Kind == "refused" {
			p.refused = m.Phone.Code
		}
		p.mu.Unlock()
		switch {
		case frozen:
		case m.Phone.Kind == "ping":
			p.send(ctx, map[string]any{"kind": "pong", "session": m.Phone.Session, "n": m.Phone.N})
		case m.Phone.Kind == "answer":
			if err := p.Take(m.Phone.SDP); err != nil {
				p.t.Errorf("answer: %v", err)
			}
		}
	}
}

func (p *page) refusal() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.refused
}

// freeze lets the page answer nothing, as a tab that hangs, or thaw.
func (p *page) freeze(on bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.frozen = on
}

// wasSaid reports whether the page was sent a kind of message.
func (p *page) wasSaid(kind string) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Contains(p.said, kind)
}

// newPageOperator creates an operator whose phone is his browser, logs him in and
// opens his page.
func (s *stage) newPageOperator(name string, tone float64, more fields) (*operator, *page) {
	s.t.Helper()
	o := s.newRecord(name, with(fields{"phone": fields{"kind": "browser"}, "ringSeconds": 30}, more))
	o.login(name, operatorPassword)
	p := s.openPage(o.visitor, "/me/stream", tone)
	s.until(name+" can be reached", func() bool { return o.me().Phone.State == "reachable" })
	return o, p
}

// ear tells what somebody hears.
type ear struct {
	name  string
	heard func(last time.Duration) []int16
}

func (p *page) ear(name string) ear { return ear{name, p.Heard} }

func phoneEar(name string, c *siptest.Call) ear { return ear{name, c.Heard} }

// hears waits until somebody hears the tones and nothing else; without any,
// nothing at all.
func (s *stage) hears(e ear, tones ...float64) {
	s.t.Helper()
	ctx, cancel := context.WithTimeout(s.ctx, 10*time.Second)
	defer cancel()
	if err := webrtctest.HearsOnly(ctx, e.heard, tones...); err != nil {
		s.t.Fatalf("%s: %v", e.name, err)
	}
}

// hearsMusic waits until somebody hears what is none of the tones, and no silence.
func (s *stage) hearsMusic(e ear, tones ...float64) {
	s.t.Helper()
	s.until(e.name+" hears music", func() bool {
		samples := e.heard(time.Second)
		if len(samples) < media.SampleRate/2 || siptest.Level(samples) < 100 {
			return false
		}
		for _, tone := range tones {
			if siptest.Tone(samples, media.SampleRate, tone) > 0.1 {
				return false
			}
		}
		return true
	})
}

// ringing waits until a call rings at an operator and returns its identifier.
func (s *stage) ringing(o *operator) string {
	s.t.Helper()
	var id string
	s.until("it rings at "+o.name, func() bool {
		for _, call := range o.me().Calls {
			if call.State == "ringing" && call.RingsMine {
				id = call.ID
			}
		}
		return id != ""
	})
	return id
}

// answers has a ringing browser answer.
func (s *stage) answers(o *operator) string {
	s.t.Helper()
	id := s.ringing(o)
	s.until("it can be answered", func() bool { return len(o.me().Calls) > 0 && o.me().Calls[0].Answerable })
	o.act(id, "answer", nil)
	s.until(o.name+" talks", func() bool { return strings.HasSuffix(o.state(), " talking") })
	return id
}

func (o *operator) state() string {
	me := o.me()
	return me.Presence + " " + me.Activity
}
