package api

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"reflect"
	"slices"
	"strconv"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"bandeau/acd"
	"bandeau/internal/clock"
)

const (
	// gather is how long the first changes after a quiet time are collected
	// before they are sent to a supervision: what happens at once is sent at
	// once.
	gather = 100 * time.Millisecond
	// spacing is the least time between two deltas. Rows that change often are
	// sent once in it, a page has one picture a second to draw, and what happens
	// is there within a second.
	spacing = 900 * time.Millisecond
	// writeTimeout bounds a write to a reader that does not read.
	writeTimeout = 20 * time.Second
)

type eventsInput struct {
	After       string `query:"after" pattern:"^[0-9]{1,20}$" doc:"The seq of the last message seen: when nothing happened since, a delta is sent in place of a snapshot."`
	LastEventID string `header:"Last-Event-ID" doc:"The same, sent by EventSource when it reconnects."`
}

// Ping is the event sent when nothing else happens.
type Ping struct {
	At Time `json:"at" doc:"The server's clock."`
}

func (s *Server) eventRoutes() {
	schema := func(t reflect.Type) *huma.Schema { return s.api.OpenAPI().Components.Schemas.Schema(t, true, "") }
	event := func(name string, data *huma.Schema) *huma.Schema {
		return &huma.Schema{
			Type: huma.TypeObject, Required: []string{"event", "data"},
			Properties: map[string]*huma.Schema{
				"event": {Type: huma.TypeString, Enum: []any{name}}, "id": {Type: huma.TypeString}, "data": data,
			},
		}
	}
	add(s, route{
		id: "get-events", method: http.MethodGet, path: "/events", tag: tagFloor, summary: "The floor as a live stream",
		about: "Server-Sent Events: `snapshot` (the body of /floor), then `delta` with the changed rows under the same " +
			"keys and `removed`, and `ping` each 15 s. After a quiet second a change is sent within 100 ms, else at most " +
			"one delta each 900 ms. A reader that falls behind is sent a fresh snapshot.",
		errors: []int{http.StatusUnprocessableEntity},
		responses: map[string]*huma.Response{"200": {
			Description: "The stream.",
			Content: map[string]*huma.MediaType{"text/event-stream": {Schema: &huma.Schema{OneOf: []*huma.Schema{
				event("snapshot", schema(reflect.TypeFor[FloorBody]())),
				event("delta", schema(reflect.TypeFor[FloorDelta]())),
				event("ping", schema(reflect.TypeFor[Ping]())),
			}}}},
		}},
	}, s.events)
}

func (s *Server) events(ctx context.Context, in *eventsInput) (*streamOutput, error) {
	r := from(ctx)
	floor, err := s.floorOf(r.who.centre)
	if err != nil {
		return nil, err
	}
	after := in.After
	if in.LastEventID != "" {
		after = in.LastEventID
	}
	// What is not a number is no place in the stream, so a snapshot is sent.
	seen, notNumber := strconv.ParseUint(after, 10, 64)
	looks, err := s.looksOf(ctx, r.who.centre)
	if err != nil {
		return nil, err
	}
	return &streamOutput{Body: func(huma.Context) {
		e := &eventStream{server: s, r: r, floor: floor, sight: newSight(r.who, floor, looks)}
		e.skip, e.skips = seen, notNumber == nil
		if err := e.run(ctx); err != nil {
			s.cfg.Log.DebugContext(ctx, "event stream ended", "error", err)
		}
	}}, nil
}

// eventStream is one reader of /events.
type eventStream struct {
	server *Server
	r      *request
	floor  Floor
	sight  *sight
	// The first snapshot is left out when it shows nothing new.
	skip  uint64
	skips bool
	// shown is the seq of the last snapshot.
	shown uint64
	// waiting are the changes that are to be sent with the next delta, told is
	// when the last one was.
	waiting Rows
	told    time.Time
	// figures is the place in the changes of the day's figures, which come to the
	// floor by another way than its rows: at midnight nobody has done anything.
	figures FiguresChanged
	// due fires when what waits is to be sent; nil while nothing waits.
	due clock.Timer
}

// run serves the reader until he goes, may no longer read, or the server ends.
func (e *eventStream) run(ctx context.Context) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	st, leave := e.server.streams.enter(e.r.who)
	defer leave()
	h := e.r.writer.Header()
	h.Set("Content-Type", "text/event-stream")
	h.Set("X-Accel-Buffering", "no")
	e.r.writer.WriteHeader(http.StatusOK)
	f := newFeed(e.floor)
	fed := make(chan error, 1)
	go func() { fed <- f.run(ctx) }()
	err := e.loop(ctx, st, f)
	cancel()
	return firstError(err, <-fed)
}

func firstError(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

func (e *eventStream) loop(ctx context.Context, st *stream, f *feed) error {
	ping := e.server.cfg.Clock.NewTimer(e.server.cfg.Ping)
	defer func() { ping.Stop() }()
	defer e.settle()
	for {
		var due <-chan time.Time
		more := e.figures.More
		if e.due != nil {
			due, more = e.due.C(), nil // what is due takes the figures along
		}
		var err error
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-e.server.stopping:
			return errStopping
		case u, ok := <-f.rows:
			switch {
			case !ok:
				return errFloorClosed
			case u.snapshot:
				err = e.snapshot(u.rows)
			case u.rows.Seq > e.shown: // else it is in the snapshot already
				e.waiting = e.waiting.merge(u.rows)
				e.arm()
			}
		case <-more:
			e.arm()
		case <-due:
			err = e.delta()
		case <-st.changed:
			err = e.recheck(ctx)
		case <-ping.C():
			ping = e.server.cfg.Clock.NewTimer(e.server.cfg.Ping)
			if err = e.recheck(ctx); err == nil {
				err = e.send("ping", 0, Ping{At: Time{e.server.cfg.Clock.Now()}})
			}
		}
		if err != nil {
			return err
		}
	}
}

// arm sees to it that what waits is sent.
func (e *eventStream) arm() {
	if e.due != nil {
		return
	}
	c := e.server.cfg.Clock
	e.due = c.NewTimer(max(gather, spacing-c.Now().Sub(e.told)))
}

// settle forgets what waits, but for how far it has come.
func (e *eventStream) settle() {
	e.waiting = Rows{Seq: e.waiting.Seq}
	if e.due != nil {
		e.due.Stop()
		e.due = nil
	}
}

// delta sends what waits, and the rows whose figures have changed with it.
func (e *eventStream) delta() error {
	rows := e.waiting
	e.settle()
	e.figures = e.floor.Today().Since(e.figures.Mark)
	e.told = e.server.cfg.Clock.Now()
	d := e.sight.delta(rows.with(e.floor, e.figures), e.told)
	if d.empty() {
		return nil
	}
	return e.send("delta", d.Seq, d)
}

// with adds the rows whose figures have changed.
func (rows Rows) with(floor Floor, changed FiguresChanged) Rows {
	rows.Operators, rows.Groups = slices.Clone(rows.Operators), slices.Clone(rows.Groups)
	for _, id := range changed.Operators {
		if slices.ContainsFunc(rows.Operators, func(o acd.OperatorView) bool { return o.ID == id }) {
			continue
		}
		if view, ok := floor.Operator(id); ok {
			rows.Operators = append(rows.Operators, view)
		}
	}
	for _, id := range changed.Groups {
		if slices.ContainsFunc(rows.Groups, func(g acd.GroupView) bool { return g.ID == id }) {
			continue
		}
		if view, ok := floor.Group(id); ok {
			rows.Groups = append(rows.Groups, view)
		}
	}
	return rows
}

// snapshot shows everything. To a reader who has seen all that happened only
// the rows are told that change without an event: with the day and the records.
func (e *eventStream) snapshot(rows Rows) error {
	e.settle()
	e.figures = e.floor.Today().Since(e.figures.Mark)
	skip := e.skips && rows.Seq == e.skip
	e.skips, e.shown, e.waiting.Seq = false, rows.Seq, rows.Seq
	body := e.sight.snapshot(rows, e.server.cfg.Clock.Now())
	if skip {
		d := emptyDelta(body.Seq, body.At)
		d.Groups, d.Operators = body.Groups, body.Operators
		return e.send("delta", d.Seq, d)
	}
	return e.send("snapshot", body.Seq, body)
}

// recheck looks whether the reader may still read, and what; when that has
// changed he is sent a fresh snapshot. An open stream is not a request, so it
// does not make a session live longer.
func (e *eventStream) recheck(ctx context.Context) error {
	quiet := *e.r
	quiet.quiet, quiet.now = true, e.server.cfg.Clock.Now()
	who, err := e.server.authenticate(ctx, &quiet)
	if err != nil {
		return err
	}
	if p := admit(who, e.server.rights["get-events"]); p != nil {
		return p
	}
	looks, err := e.server.looksOf(ctx, who.centre)
	if err != nil {
		return err
	}
	if reflect.DeepEqual(who.groups, e.r.who.groups) && who.rights == e.r.who.rights && maps.Equal(looks, e.sight.looks) {
		return nil
	}
	e.r.who = who
	e.sight = newSight(who, e.floor, looks)
	return e.snapshot(e.floor.Snapshot())
}

// send writes one event. Seq 0 has no identifier.
func (e *eventStream) send(name string, seq uint64, data any) error {
	var message bytes.Buffer
	if seq > 0 {
		fmt.Fprintf(&message, "id: %d\n", seq)
	}
	body, err := json.Marshal(data)
	if err != nil {
		return fmt.Errorf("encode event: %w", err)
	}
	fmt.Fprintf(&message, "event: %s\ndata: %s\n\n", name, body)
	control := http.NewResponseController(e.r.writer)
	// A writer without deadlines, as in tests, has no slow readers either.
	_ = control.SetWriteDeadline(time.Now().Add(writeTimeout))
	if _, err := e.r.writer.Write(message.Bytes()); err != nil {
		return fmt.Errorf("write event: %w", err)
	}
	return e.flush()
}

func (e *eventStream) flush() error {
	if err := http.NewResponseController(e.r.writer).Flush(); err != nil {
		return fmt.Errorf("flush events: %w", err)
	}
	return nil
}
