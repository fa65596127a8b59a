package api

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/coder/websocket"
	"github.com/danielgtaylor/huma/v2"

	"bandeau/acd"
)

const (
	// closeEnded is the close code after the message that the session ended.
	closeEnded = websocket.StatusCode(4000)
	// maxMessage bounds what a banner sends in one message, in bytes.
	maxMessage = 64 << 10
	// pongTimeout bounds the wait for the answer to a ping.
	pongTimeout = 10 * time.Second
	// closeTimeout bounds what is done after a stream has ended.
	closeTimeout = 5 * time.Second
)

// errSessionEnded ends the loop of a banner's stream.
var errSessionEnded = errors.New("api: the session has ended")

// StreamMessage is what the server sends on a banner's stream.
type StreamMessage struct {
	Type   string                     `json:"type" enum:"snapshot,delta,ended,pong,phone"`
	At     Time                       `json:"at" doc:"The server's clock when it was sent."`
	Seq    uint64                     `json:"seq,omitempty" doc:"Of the last event shown."`
	Me     map[string]json.RawMessage `json:"me,omitempty" doc:"Snapshot: all of /me. Delta: its members that changed."`
	Reason string                     `json:"reason,omitempty" enum:"taken_over,manual,window,silence,idle,missed,clock,supervisor,disabled" doc:"Why the session ended."`
	Phone  *PhoneMessage              `json:"phone,omitempty" doc:"Of the type phone."`
}

// BannerMessage is what a banner sends: active after a click or a key (OP-17),
// ping to have a pong, phone for its browser phone.
type BannerMessage struct {
	Type  string       `json:"type" enum:"active,ping,phone"`
	Phone *PhoneReport `json:"phone,omitempty" doc:"Of the type phone."`
}

// streamReport is a [BannerMessage] whose phone part is not read yet: what is
// wrong there ends no stream.
type streamReport struct {
	Type  string          `json:"type"`
	Phone json.RawMessage `json:"phone"`
}

func (s *Server) streamRoutes() {
	add(s, route{
		id: "stream", method: http.MethodGet, path: "/me/stream", tag: tagMe, summary: "My state as a live stream (WebSocket)",
		about: "Sends `snapshot` with all of /me, then at once `delta` with its changed members; `ended` with the reason, " +
			"then close code 4000. The server pings; answering is a sign of life. The banner may send `{\"type\":\"active\"}` " +
			"after a click or a key, `{\"type\":\"ping\"}` to have `{\"type\":\"pong\"}`, and `{\"type\":\"phone\"}` to be a browser phone: " +
			"it offers a connection, which takes the place of any other of his and ends with the stream. A page that closes its last stream " +
			"with code 1000 or 1001 closes the window (OP-25).",
		responses: map[string]*huma.Response{"101": {Description: "The WebSocket is open; messages are StreamMessage, those of the page BannerMessage."}},
		errors:    []int{http.StatusUpgradeRequired},
	}, s.stream)
}

func (s *Server) stream(ctx context.Context, _ *struct{}) (*streamOutput, error) {
	r := from(ctx)
	if err := s.sameSite(r.http); err != nil {
		return nil, err
	}
	floor, err := s.floorOf(r.who.centre)
	if err != nil {
		return nil, err
	}
	return &streamOutput{Body: func(huma.Context) {
		// Accept answers by itself when the request is no WebSocket's.
		conn, err := websocket.Accept(r.writer, r.http, &websocket.AcceptOptions{InsecureSkipVerify: true})
		if err != nil {
			s.cfg.Log.DebugContext(ctx, "stream not opened", "error", err)
			return
		}
		conn.SetReadLimit(maxMessage)
		b := &bannerStream{server: s, r: r, floor: floor, conn: conn}
		b.line = s.newLine(PhoneOwner{Centre: r.who.centre, Operator: r.who.operator()})
		if err := b.run(context.WithoutCancel(ctx)); err != nil {
			s.cfg.Log.DebugContext(ctx, "stream ended", "error", err)
		}
	}}, nil
}

// sameSite applies to a WebSocket the rule that writes obey: browsers let any
// page open one, with our cookie.
func (s *Server) sameSite(r *http.Request) error {
	probe := r.Clone(r.Context())
	probe.Method = http.MethodPost
	if err := s.cross.Check(probe); err != nil {
		return problem(http.StatusForbidden, codeCrossSite, "requests from other sites are refused")
	}
	return nil
}

// bannerStream is one open stream of a banner.
type bannerStream struct {
	server *Server
	r      *request
	floor  Floor
	conn   *websocket.Conn
	known  known
	seq    uint64
	me     Me // as last shown
	shown  map[string]json.RawMessage
	open   openCalls // those he might take
	line   *line
}

// run serves the stream until the page or the server ends it, and tells the
// core of both ends.
func (b *bannerStream) run(ctx context.Context) error {
	s := b.server
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	st, leave := s.streams.enter(b.r.who)
	defer leave()
	operator, session := b.r.who.operator(), b.r.who.session()
	if err := b.floor.Do(ctx, acd.StreamOpened{Operator: operator, Session: session}); err != nil {
		_ = b.conn.Close(websocket.StatusTryAgainLater, "not possible just now")
		return fmt.Errorf("open stream: %w", err)
	}
	f := newFeed(b.floor)
	fed, wrote := make(chan error, 1), make(chan error, 1)
	go func() { fed <- f.run(ctx) }()
	var speaking sync.WaitGroup
	speaking.Go(func() {
		b.line.speak(ctx, func(m PhoneMessage) error { return b.send(ctx, StreamMessage{Type: "phone", Phone: &m}) })
	})
	go func() {
		err := b.write(ctx, st, f)
		b.close(err)
		wrote <- err
	}()
	readErr := b.read(ctx)
	b.line.end()
	cancel()
	speaking.Wait()
	writeErr := <-wrote
	feedErr := <-fed
	code := websocket.CloseStatus(readErr)
	inOrder := writeErr == nil && (code == websocket.StatusNormalClosure || code == websocket.StatusGoingAway)
	after, done := context.WithTimeout(context.WithoutCancel(ctx), closeTimeout)
	defer done()
	closed := b.floor.Do(after, acd.StreamClosed{Operator: operator, Session: session, InOrder: inOrder})
	return firstError(writeErr, closed, readErr, feedErr)
}

// close ends the connection after the writer has; a page that has gone is no
// error of the writer, and is left alone.
func (b *bannerStream) close(err error) {
	switch {
	case err == nil:
		return
	case errors.Is(err, errSessionEnded):
		_ = b.conn.Close(closeEnded, "session ended")
	case errors.Is(err, errStopping):
		_ = b.conn.Close(websocket.StatusGoingAway, "the server stops")
	case errors.Is(err, errFloorClosed):
		_ = b.conn.Close(websocket.StatusServiceRestart, "start again")
	default:
		_ = b.conn.CloseNow()
	}
}

// read handles what the page sends until the connection ends.
func (b *bannerStream) read(ctx context.Context) error {
	for {
		_, data, err := b.conn.Read(ctx)
		if err != nil {
			return fmt.Errorf("read stream: %w", err)
		}
		var message streamReport
		if err := json.Unmarshal(data, &message); err != nil {
			_ = b.conn.Close(websocket.StatusPolicyViolation, "not a message")
			return fmt.Errorf("message of the banner: %w", err)
		}
		switch message.Type {
		case "active":
			b.server.sendSigns(ctx, b.r.who, true, b.server.cfg.Clock.Now())
		case "phone":
			b.line.hear(ctx, message.Phone)
		case "ping":
			if err := b.send(ctx, StreamMessage{Type: "pong"}); err != nil {
				return err
			}
		default:
			// A newer page may say what this server does not know yet.
			b.server.cfg.Log.DebugContext(ctx, "message of the banner not known", "type", clip(message.Type))
		}
	}
}

// write sends what changes. It returns nil when the page went first.
func (b *bannerStream) write(ctx context.Context, st *stream, f *feed) error {
	s := b.server
	if err := b.learn(ctx); err != nil {
		return err
	}
	ping := s.cfg.Clock.NewTimer(s.cfg.Ping)
	defer func() { ping.Stop() }()
	for {
		var err error
		select {
		case <-ctx.Done():
			return nil
		case <-s.stopping:
			return errStopping
		case reason := <-st.ended:
			return firstError(b.send(ctx, StreamMessage{Type: "ended", Reason: endedWord(reason)}), errSessionEnded)
		case u, ok := <-f.rows:
			switch {
			case !ok && ctx.Err() != nil:
				return nil
			case !ok:
				return errFloorClosed
			}
			err = b.follow(ctx, u)
		case <-st.changed:
			if err = b.learn(ctx); err == nil && b.shown != nil {
				err = b.show(ctx)
			}
		case <-ping.C():
			ping = s.cfg.Clock.NewTimer(s.cfg.Ping)
			err = b.ping(ctx)
		}
		if err != nil {
			if ctx.Err() != nil {
				return nil // the page went first
			}
			return err
		}
	}
}

// follow shows what a change of the floor has changed for him.
func (b *bannerStream) follow(ctx context.Context, u update) error {
	if u.snapshot {
		b.shown, b.seq = nil, u.rows.Seq
		b.open.begin(pickUpGroups(b.known, b.floor), u.rows.Calls)
		return b.show(ctx)
	}
	news := b.open.learn(u.rows)
	switch {
	case b.concerns(u.rows):
		b.seq = u.rows.Seq
		return b.show(ctx)
	case news:
		b.seq = u.rows.Seq
		return b.showPickUps(ctx)
	}
	return nil
}

// learn reads what the answer takes from the records.
func (b *bannerStream) learn(ctx context.Context) error {
	learnt, err := b.server.knownOf(ctx, b.r.who)
	if err == nil {
		b.known = learnt
	}
	return err
}

// concerns reports whether a delta may change what the banner shows. It is
// asked of every banner for every delta, so it looks only at what is shown:
// most of what happens in a group changes neither who waits nor who is there.
func (b *bannerStream) concerns(rows Rows) bool {
	me := b.r.who.operator()
	shows := func(id acd.CallID) bool {
		return slices.ContainsFunc(b.me.Calls, func(c LiveCall) bool { return c.ID == string(id) })
	}
	return slices.ContainsFunc(rows.Operators, func(o acd.OperatorView) bool { return o.ID == me }) ||
		slices.ContainsFunc(rows.Groups, b.differs) ||
		slices.ContainsFunc(rows.Calls, func(c acd.CallView) bool { return c.For(me).Operator == me || shows(c.ID) }) ||
		slices.ContainsFunc(rows.RemovedCalls, shows) || slices.Contains(rows.RemovedOperators, me) ||
		slices.ContainsFunc(rows.RemovedGroups, func(id acd.GroupID) bool { return b.group(id) != nil })
}

// group is a group of his as it is shown, nil for another.
func (b *bannerStream) group(id acd.GroupID) *MyGroup {
	i := slices.IndexFunc(b.me.Groups, func(g MyGroup) bool { return g.ID == string(id) })
	if i < 0 {
		return nil
	}
	return &b.me.Groups[i]
}

// differs reports whether a group of his is no longer as it is shown.
func (b *bannerStream) differs(g acd.GroupView) bool {
	shown := b.group(g.ID)
	return shown != nil && (shown.Name != g.Name || shown.Present != g.LoggedIn || shown.Waiting != nil && *shown.Waiting != g.Waiting)
}

// show sends the members of /me that changed since they were last sent.
func (b *bannerStream) show(ctx context.Context) error {
	if view, ok := b.floor.Operator(b.r.who.operator()); ok && slices.ContainsFunc(view.Groups, func(id acd.GroupID) bool {
		_, has := b.known.groups[id]
		return !has
	}) {
		if err := b.learn(ctx); err != nil {
			return err
		}
	}
	if of := pickUpGroups(b.known, b.floor); !maps.Equal(of, b.open.of) {
		b.open.begin(of, b.floor.Snapshot().Calls)
	}
	b.me = b.server.meBody(b.known, b.floor, b.open.forMe(b.known, b.floor), b.server.cfg.Clock.Now())
	body, err := json.Marshal(b.me)
	if err != nil {
		return fmt.Errorf("encode state: %w", err)
	}
	var now map[string]json.RawMessage
	if err := json.Unmarshal(body, &now); err != nil {
		return fmt.Errorf("encode state: %w", err)
	}
	message := StreamMessage{Type: "snapshot", Seq: b.seq, Me: now}
	if b.shown != nil {
		message.Type, message.Me = "delta", map[string]json.RawMessage{}
		for name, value := range now {
			if !bytes.Equal(value, b.shown[name]) {
				message.Me[name] = value
			}
		}
		if len(message.Me) == 0 {
			return nil
		}
	}
	b.shown = now
	return b.send(ctx, message)
}

// showPickUps sends the calls he may take, if they have changed: many see each of
// them come and go, and it is nothing else of theirs.
func (b *bannerStream) showPickUps(ctx context.Context) error {
	value, err := json.Marshal(b.open.forMe(b.known, b.floor))
	if err != nil {
		return fmt.Errorf("encode calls to take: %w", err)
	}
	if bytes.Equal(value, b.shown["pickUps"]) {
		return nil
	}
	b.shown["pickUps"] = value
	return b.send(ctx, StreamMessage{Type: "delta", Seq: b.seq, Me: map[string]json.RawMessage{"pickUps": value}})
}

// ping asks the page for a sign of life (OP-19) and looks whether the cookie
// still lives.
func (b *bannerStream) ping(ctx context.Context) error {
	s := b.server
	limited, cancel := context.WithTimeout(ctx, pongTimeout)
	defer cancel()
	if err := b.conn.Ping(limited); err != nil {
		return fmt.Errorf("ping: %w", err)
	}
	// An answered ping is the page's: it keeps the web session alive.
	now := *b.r
	now.now = s.cfg.Clock.Now()
	session, err := s.cfg.Records.Accounts().Session(ctx, b.r.who.hash)
	if errors.Is(err, ErrNotFound) {
		return errSessionEnded
	}
	if err != nil {
		return fmt.Errorf("read session: %w", err)
	}
	if now.now.Sub(session.LastRequestAt) >= touchEvery {
		if err := s.cfg.Records.Accounts().TouchSession(ctx, session.Hash, now.now); err != nil {
			return fmt.Errorf("touch session: %w", err)
		}
	}
	s.sendSigns(ctx, b.r.who, false, now.now)
	return nil
}

func (b *bannerStream) send(ctx context.Context, message StreamMessage) error {
	message.At = Time{b.server.cfg.Clock.Now()}
	data, err := json.Marshal(message)
	if err != nil {
		return fmt.Errorf("encode message: %w", err)
	}
	limited, cancel := context.WithTimeout(ctx, writeTimeout)
	defer cancel()
	if err := b.conn.Write(limited, websocket.MessageText, data); err != nil {
		return fmt.Errorf("write stream: %w", err)
	}
	return nil
}
