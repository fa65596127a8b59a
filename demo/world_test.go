package demo

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"math"
	"net"
	"net/http"
	"net/netip"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"
	"go.uber.org/goleak"

	"bandeau/app"
	"bandeau/telephony/siptest"
	"bandeau/telephony/webrtcua/webrtctest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const (
	// patience bounds a whole test; what it waits for comes long before.
	patience = 2 * time.Minute
	// poll is how often a condition is looked at.
	poll = 20 * time.Millisecond
)

func testOptions() app.Options {
	opts := app.DefaultOptions()
	opts.HTTP, opts.SIP = "127.0.0.1:0", netip.MustParseAddrPort("127.0.0.1:0")
	opts.RTPPortMin, opts.RTPPortMax = 0, 0
	opts.WebRTC = netip.MustParseAddrPort("127.0.0.1:0")
	opts.Version = "v0.0.0-test"
	return opts
}

// stage is a demonstration under test, and the person who tries it out.
type stage struct {
	t   *testing.T
	ctx context.Context
	*Demo
}

func start(t *testing.T, opts app.Options, pace float64, deskPhone bool) *stage {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	t.Cleanup(cancel)
	log := slog.New(slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelWarn}))
	d, err := Start(ctx, Config{Options: opts, AnyPort: true, Seed: 1, Pace: pace, DeskPhone: deskPhone, Log: log})
	must(t, err)
	t.Cleanup(func() { must(t, d.Stop()) })
	return &stage{t, ctx, d}
}

func (s *stage) person(login string) *client {
	s.t.Helper()
	transport := &http.Transport{}
	s.t.Cleanup(transport.CloseIdleConnections)
	c, err := newClient(s.URL(), login, Password, transport)
	must(s.t, err)
	return c
}

func (s *stage) until(what string, holds func() bool) {
	s.t.Helper()
	ticker := time.NewTicker(poll)
	defer ticker.Stop()
	for !holds() {
		select {
		case <-ticker.C:
		case <-s.ctx.Done():
			s.t.Fatalf("waited in vain: %s", what)
		}
	}
}

// get reads as somebody.
func get[T any](s *stage, c *client, path string) (value T) {
	s.t.Helper()
	must(s.t, c.do(s.ctx, http.MethodGet, path, nil, &value))
	return value
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// myCall is a call as the newcomer's banner shows it.
type myCall struct {
	ID, State, Direction string
	Caller               *string
	Answerable           bool
}

type myself struct {
	standing
	Calls []myCall
}

// TestNewcomer is what a person does who follows the printed advice at the desk
// telephone: he logs in, is called within five seconds, hears his caller, hangs up, finds the call in
// his history, is called again, and dials. The port he meant to use is taken.
func TestNewcomer(t *testing.T) {
	opts := testOptions()
	opts.HTTP = occupied(t)
	s := start(t, opts, 1, true)
	if s.URL() == "http://"+opts.HTTP {
		t.Fatal("the port is another program's")
	}
	me := s.person(Newcomer)
	must(t, me.logIn(s.ctx))
	stream, err := me.openBanner(s.ctx)
	must(t, err)
	defer stream.close()
	desk := s.phones[Newcomer]

	first := s.offered(me)
	if !first.Answerable {
		t.Fatal("the desk telephone cannot be answered from the banner")
	}
	must(t, me.do(s.ctx, http.MethodPost, "/me/calls/"+first.ID+"/answer", nil, nil))
	leg, err := desk.NextCall(s.ctx)
	must(t, err)
	must(t, leg.WaitState(s.ctx, siptest.Established))
	number := ""
	if first.Caller != nil {
		number = *first.Caller
	}
	caller, ok := s.callers.speaking(number)
	if !ok {
		t.Fatalf("nobody calls from %q", number)
	}
	s.until("the caller's melody to be heard", func() bool {
		freq, share := siptest.DominantTone(leg.Heard(300*time.Millisecond), sampleRate)
		return share > 0.1 && slices.ContainsFunc(caller.voice.notes, func(note float64) bool {
			return math.Abs(freq-note) < 0.03*note
		})
	})

	must(t, me.do(s.ctx, http.MethodPost, "/me/calls/"+first.ID+"/hangup", nil, nil))
	s.until("wrap-up", func() bool { return get[myself](s, me, "/me").Activity == "wrap_up" })
	must(t, leg.WaitState(s.ctx, siptest.Ended))
	must(t, me.do(s.ctx, http.MethodPost, "/me/calls/"+first.ID+"/note", section{"text": "Rappeler."}, nil))
	must(t, me.do(s.ctx, http.MethodPost, "/me/wrap-up", section{"action": "finish"}, nil))
	history := get[struct {
		Items []struct{ ID, Mine, Note string }
	}](s, me, "/me/history")
	if len(history.Items) != 1 || history.Items[0].ID != first.ID || history.Items[0].Mine != "answered" || history.Items[0].Note != "Rappeler." {
		t.Fatalf("history %+v", history.Items)
	}

	// The next caller is there as fast; this one is left to ring, so that a call of
	// one's own can be placed from the pause.
	second := s.offered(me)
	if second.ID == first.ID {
		t.Fatal("offered the same call again")
	}
	pause := pauseOf(s.ctx, t, stream)
	must(t, me.do(s.ctx, http.MethodPut, "/me/presence", section{"presence": "paused", "pauseType": pause}, nil))
	must(t, me.do(s.ctx, http.MethodPost, "/me/calls", section{"number": "06 39 98 00 01"}, nil))
	s.until("the called party to answer", func() bool { return get[myself](s, me, "/me").Activity == "talking" })
	out := get[myself](s, me, "/me").Calls[0]
	must(t, me.do(s.ctx, http.MethodPost, "/me/calls/"+out.ID+"/hangup", nil, nil))
	s.until("the desk telephone to be idle", func() bool { return desk.Live() == 0 })
}

// TestNewcomerAtHisBrowser: his banner is his telephone. He hears his caller, and
// his caller hears him.
func TestNewcomerAtHisBrowser(t *testing.T) {
	s := start(t, testOptions(), 1, false)
	me := s.person(Newcomer)
	must(t, me.logIn(s.ctx))
	page, err := webrtctest.New()
	must(t, err)
	t.Cleanup(page.Close)
	stream, err := me.openBanner(s.ctx)
	must(t, err)
	t.Cleanup(stream.close)
	offer, err := page.Offer()
	must(t, err)
	say := func(report section) error {
		data, err := json.Marshal(section{"type": "phone", "phone": report})
		if err != nil {
			return err
		}
		return stream.conn.Write(s.ctx, websocket.MessageText, data)
	}
	must(t, say(section{"kind": "offer", "session": "s", "sdp": offer}))
	talking := make(chan error, 1)
	go func() { talking <- talk(s.ctx, stream, page, say) }()
	first := s.offered(me)
	s.until("it can be answered", func() bool {
		calls := get[myself](s, me, "/me").Calls
		return len(calls) > 0 && calls[0].Answerable
	})
	must(t, me.do(s.ctx, http.MethodPost, "/me/calls/"+first.ID+"/answer", nil, nil))
	s.until("the caller's melody to be heard", func() bool {
		freq, share := siptest.DominantTone(page.Heard(300*time.Millisecond), sampleRate)
		return share > 0.1 && s.someoneSings(freq)
	})
	stream.close()
	if err := <-talking; err == nil {
		t.Error("the page ended by itself")
	}
}

// someoneSings reports whether a tone is a note of somebody who calls.
func (s *stage) someoneSings(freq float64) bool {
	s.callers.mu.Lock()
	defer s.callers.mu.Unlock()
	for _, p := range s.callers.live {
		if slices.ContainsFunc(p.voice.notes, func(note float64) bool { return math.Abs(freq-note) < 0.03*note }) {
			return true
		}
	}
	return false
}

// talk is the page's side of the stream: it takes the answer and answers pings.
func talk(ctx context.Context, stream *banner, page *webrtctest.Browser, say func(section) error) error {
	for {
		_, data, err := stream.conn.Read(ctx)
		if err != nil {
			return err
		}
		var m struct {
			Phone struct {
				Kind, Session, SDP string
				N                  uint64
			}
		}
		if err = json.Unmarshal(data, &m); err != nil {
			return err
		}
		switch m.Phone.Kind {
		case "answer":
			err = page.Take(m.Phone.SDP)
		case "ping":
			err = say(section{"kind": "pong", "session": m.Phone.Session, "n": m.Phone.N})
		}
		if err != nil {
			return err
		}
	}
}

// offered waits for a call of the newcomer's, not longer than was promised.
func (s *stage) offered(me *client) myCall {
	s.t.Helper()
	began := time.Now()
	var calls []myCall
	s.until("a call to be offered", func() bool {
		calls = get[myself](s, me, "/me").Calls
		return len(calls) > 0 && calls[0].State == "ringing"
	})
	if took := time.Since(began); took > 5*time.Second {
		s.t.Errorf("offered after %s", took)
	}
	return calls[0]
}

// pauseOf returns a kind of pause that the banner shows.
func pauseOf(ctx context.Context, t *testing.T, stream *banner) string {
	t.Helper()
	for len(stream.me.PauseTypes) == 0 {
		must(t, stream.read(ctx))
	}
	i := slices.IndexFunc(stream.me.PauseTypes, func(p pauseType) bool { return !p.Login })
	return stream.me.PauseTypes[i].ID
}

// TestWorld lets the centre work at six times its pace: calls are answered,
// queues fill, colleagues pause, call and write down, the figures reconcile; a
// colleague who is logged out comes back, a new number is called, and the end is
// quick.
func TestWorld(t *testing.T) {
	s := start(t, testOptions(), 6, false)
	boss := s.person(Supervisor)
	must(t, boss.logIn(s.ctx))
	admin := s.person(Administrator)
	must(t, admin.logIn(s.ctx))

	// Somebody creates a group without operators, and a number.
	var group struct{ ID string }
	must(t, admin.do(s.ctx, http.MethodPost, "/groups", section{"name": "Facturation"}, &group))
	must(t, admin.do(s.ctx, http.MethodPost, "/numbers", section{
		"number": "01 99 00 40 00", "destination": section{"type": "group", "id": group.ID},
	}, nil))

	queued, paused := 0, false
	s.until("the centre to be at work", func() bool {
		f := get[floor](s, boss, "/floor")
		answered, called := 0, false
		waiting := 0
		for _, g := range f.Groups {
			answered += g.Totals.Answered
			waiting += g.Waiting
			if got := g.Totals.Answered + g.Totals.Abandoned + g.Totals.Overflowed + g.Waiting; got != g.Totals.Offered {
				t.Errorf("%s: offered %d, accounted for %d", g.Name, g.Totals.Offered, got)
			}
			called = called || g.ID == group.ID && g.Totals.Offered > 0
		}
		queued = max(queued, waiting)
		paused = paused || slices.ContainsFunc(f.Operators, func(o floorOperator) bool {
			return o.Presence == "paused" && o.FullName != "Hélène Girard"
		})
		return answered >= 15 && queued >= 4 && called && paused
	})
	type row struct {
		Direction, Note string
		Tags            []string
	}
	s.until("calls to be written down and placed", func() bool {
		calls := get[struct{ Items []row }](s, boss, "/calls?limit=500").Items
		return slices.ContainsFunc(calls, func(r row) bool { return len(r.Tags) > 0 && r.Note != "" }) &&
			slices.ContainsFunc(calls, func(r row) bool { return r.Direction == "out" })
	})

	// A supervisor logs a colleague out: he comes back by himself.
	karim := func() floorOperator {
		operators := get[floor](s, boss, "/floor").Operators
		return operators[slices.IndexFunc(operators, func(o floorOperator) bool { return o.FullName == "Karim Haddad" })]
	}
	must(t, boss.do(s.ctx, http.MethodPost, "/floor/operators/"+karim().ID+"/actions", section{"action": "logout"}, nil))
	s.until("Karim to go", func() bool { return karim().Presence == "logged_out" })
	s.until("Karim to be back", func() bool { return karim().Presence != "logged_out" })

	if served := s.counts.served.Load(); served == 0 || s.counts.placed.Load() < served {
		t.Errorf("%d served of %d placed", served, s.counts.placed.Load())
	}

	// In the middle of its work it ends, quickly, and nothing remains of it.
	began := time.Now()
	must(t, s.Stop())
	if took := time.Since(began); took > 3*time.Second {
		t.Errorf("stopped after %s", took)
	}
	if _, err := os.Stat(s.Dir()); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the directory is left behind: %v", err)
	}
}

// occupied returns the address of a port that another program holds.
func occupied(t *testing.T) string {
	t.Helper()
	other, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	must(t, err)
	t.Cleanup(func() { must(t, other.Close()) })
	return other.Addr().String()
}

// TestPortInUse moves to no other port than the one that was chosen, and leaves
// nothing behind.
func TestPortInUse(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	opts := testOptions()
	opts.HTTP = occupied(t)
	_, err := Start(t.Context(), Config{Options: opts, Log: slog.New(slog.DiscardHandler)})
	if err == nil || !strings.Contains(err.Error(), opts.HTTP) {
		t.Errorf("error %v, want one that names %s", err, opts.HTTP)
	}
	left, err := os.ReadDir(os.TempDir())
	must(t, err)
	if len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}
