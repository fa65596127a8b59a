package api

import (
	"context"
	"errors"
	"sync"

	"bandeau/acd"
	"bandeau/directory"
)

// streams is the list of open live streams. It tells them what does not come
// through the floor: that a record changed, that a session ended.
type streams struct {
	mu   sync.Mutex
	open map[*stream]struct{}
	done sync.WaitGroup
}

// stream is one open live stream.
type stream struct {
	centre   directory.ID
	operator acd.OperatorID // empty for the supervision's
	session  acd.SessionID
	// changed holds a token when records of the centre have changed.
	changed chan struct{}
	// ended gets the reason when the floor session ends.
	ended chan acd.LogoutReason
}

func newStreams() *streams { return &streams{open: map[*stream]struct{}{}} }

// enter lists a stream; leave must be called when it ends.
func (l *streams) enter(who *principal) (opened *stream, leave func()) {
	st := &stream{
		centre: who.centre, changed: make(chan struct{}, 1), ended: make(chan acd.LogoutReason, 1),
	}
	if who.role == directory.RoleOperator {
		st.operator, st.session = who.operator(), who.session()
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.open[st] = struct{}{}
	l.done.Add(1)
	return st, func() {
		l.mu.Lock()
		defer l.mu.Unlock()
		delete(l.open, st)
		l.done.Done()
	}
}

// wait returns when every stream has ended.
func (l *streams) wait() { l.done.Wait() }

func (l *streams) endSession(centre directory.ID, operator acd.OperatorID, session acd.SessionID, reason acd.LogoutReason) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for st := range l.open {
		if st.centre == centre && st.operator == operator && st.session == session {
			select {
			case st.ended <- reason:
			default: // it has been told already
			}
		}
	}
}

func (l *streams) recordsChanged(centre directory.ID) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for st := range l.open {
		if st.centre == centre {
			select {
			case st.changed <- struct{}{}:
			default: // it will read the records anyway
			}
		}
	}
}

// Changed tells those who have to know at once that records of a centre changed:
// the live streams, and the supervisors who may listen to a call no longer. It is
// for changes by another way than this API, too.
func (s *Server) Changed(ctx context.Context, centre directory.ID) {
	s.streams.recordsChanged(centre)
	s.endListening(context.WithoutCancel(ctx), centre)
}

// errFloorClosed means that the floor gives no more changes.
var errFloorClosed = errors.New("api: the floor has closed")

// errStopping ends the streams of a server that stops.
var errStopping = errors.New("api: the server stops")

// feed hands the changes of a floor to a stream's loop.
type feed struct {
	floor Floor
	rows  chan update
}

// update is a snapshot or a delta.
type update struct {
	rows     Rows
	snapshot bool
}

func newFeed(floor Floor) *feed { return &feed{floor: floor, rows: make(chan update)} }

// run sends a snapshot and the changes after it until ctx ends. A loop that
// does not keep up gets a fresh snapshot.
func (f *feed) run(ctx context.Context) error {
	defer close(f.rows)
	for {
		delivered, err := f.follow(ctx)
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case errors.Is(err, ErrBehind) && delivered:
			continue
		case errors.Is(err, ErrBehind):
			return errFloorClosed
		default:
			return err
		}
	}
}

// follow subscribes once. It reports whether any change came.
func (f *feed) follow(ctx context.Context) (delivered bool, err error) {
	snapshot, changes := f.floor.Subscribe()
	defer changes.Close()
	if !f.send(ctx, update{rows: snapshot, snapshot: true}) {
		return false, ctx.Err()
	}
	for {
		rows, err := changes.Next(ctx)
		if err != nil {
			return delivered, err
		}
		delivered = true
		if !f.send(ctx, update{rows: rows}) {
			return delivered, ctx.Err()
		}
	}
}

func (f *feed) send(ctx context.Context, u update) bool {
	select {
	case f.rows <- u:
		return true
	case <-ctx.Done():
		return false
	}
}
