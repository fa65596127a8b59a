package api

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"reflect"
	"strconv"
	"time"

	"github.com/danielgtaylor/huma/v2"
)

const (
	// gather is how long changes are collected before they are sent to a
	// supervision: rows that change often are sent once.
	gather = 100 * time.Millisecond
	// writeTimeout bounds a write to a reader that does not read.
	writeTimeout = 20 * time.Second
)

type eventsInput struct {
	After       string `query:"after" pattern:"^[0-9]{1,20}$" doc:"The seq of the last message seen: no snapshot is sent when nothing happened since."`
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
			"keys and `removed`, and `ping` each 15 s. A reader that falls behind is sent a fresh snapshot.",
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
	var waiting Rows
	var flush <-chan time.Time
	for {
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
				waiting, flush = Rows{}, nil
				if err := e.snapshot(u.rows); err != nil {
					return err
				}
			default:
				if u.rows.Seq <= e.shown {
					continue // in the snapshot already
				}
				waiting = waiting.merge(u.rows)
				if flush == nil {
					flush = e.server.cfg.Clock.NewTimer(gather).C()
				}
			}
		case <-flush:
			d := e.sight.delta(waiting, e.server.cfg.Clock.Now())
			waiting, flush = Rows{}, nil
			if d.empty() {
				continue
			}
			if err := e.send("delta", d.Seq, d); err != nil {
				return err
			}
		case <-st.changed:
			fresh, err := e.recheck(ctx)
			if err != nil {
				return err
			}
			if fresh {
				waiting, flush = Rows{}, nil
			}
		case <-ping.C():
			ping = e.server.cfg.Clock.NewTimer(e.server.cfg.Ping)
			if _, err := e.recheck(ctx); err != nil {
				return err
			}
			if err := e.send("ping", 0, Ping{At: Time{e.server.cfg.Clock.Now()}}); err != nil {
				return err
			}
		}
	}
}

func (e *eventStream) snapshot(rows Rows) error {
	body := e.sight.snapshot(rows, e.server.cfg.Clock.Now())
	skip := e.skips && rows.Seq == e.skip
	e.skips, e.shown = false, rows.Seq
	if skip {
		return e.flush()
	}
	return e.send("snapshot", body.Seq, body)
}

// recheck looks whether the reader may still read, and what; when that has
// changed he is sent a fresh snapshot. An open stream is not a request, so it
// does not make a session live longer.
func (e *eventStream) recheck(ctx context.Context) (fresh bool, err error) {
	quiet := *e.r
	quiet.quiet, quiet.now = true, e.server.cfg.Clock.Now()
	who, err := e.server.authenticate(ctx, &quiet)
	if err != nil {
		return false, err
	}
	if p := admit(who, e.server.rights["get-events"]); p != nil {
		return false, p
	}
	looks, err := e.server.looksOf(ctx, who.centre)
	if err != nil {
		return false, err
	}
	if reflect.DeepEqual(who.groups, e.r.who.groups) && who.rights == e.r.who.rights && maps.Equal(looks, e.sight.looks) {
		return false, nil
	}
	e.r.who = who
	e.sight = newSight(who, e.floor, looks)
	return true, e.snapshot(e.floor.Snapshot())
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
