package app

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"time"
)

// ControlSocket is the name of the socket in the data directory through which
// the command line reaches the server that holds the store.
const ControlSocket = "control.sock"

const (
	// maxControlBody bounds a request: a document in base64 and what is around it.
	maxControlBody = 2 * maxDocument
	// controlHeaderTime is how long a request's header may take.
	controlHeaderTime = 10 * time.Second
	// controlStopTime is how long requests have to end when the server stops.
	controlStopTime = 2 * time.Second
	// maxSocketPath is the longest path of a socket, in bytes (unix(7)).
	maxSocketPath = 107
)

// controlReply is the body of every answer.
type controlReply struct {
	Result json.RawMessage `json:"result,omitempty"`
	Error  *controlError   `json:"error,omitempty"`
}

// controlError carries an error over the socket with what the command line
// tells apart.
type controlError struct {
	Text     string            `json:"text"`
	Usage    bool              `json:"usage,omitempty"`
	Problems []DocumentProblem `json:"problems,omitempty"`
}

func controlErrorOf(err error) *controlError {
	e := &controlError{Text: err.Error()}
	_, e.Usage = errors.AsType[*UsageError](err)
	if document, ok := errors.AsType[*DocumentError](err); ok {
		e.Problems = document.Problems
	}
	return e
}

func (e *controlError) err() error {
	switch {
	case len(e.Problems) > 0:
		return &DocumentError{Problems: e.Problems}
	case e.Usage:
		return Usagef("%s", e.Text)
	}
	return errors.New(e.Text)
}

// ServeControl answers the command line on the socket in the data directory
// until ctx ends. Only the owner of the directory reaches it. The caller must
// hold the directory's lock: a socket another process left behind is replaced.
func ServeControl(ctx context.Context, dir string, a Admin, log *slog.Logger) error {
	path, closeDir, err := socketPath(dir)
	if err != nil {
		return err
	}
	defer closeDir()
	if err = os.Remove(path); err != nil && !errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("control socket: %w", err)
	}
	listener, err := (&net.ListenConfig{}).Listen(ctx, "unix", path)
	if err != nil {
		return fmt.Errorf("control socket: %w", err)
	}
	if err = os.Chmod(path, 0o600); err != nil {
		return errors.Join(fmt.Errorf("control socket: %w", err), listener.Close())
	}
	server := &http.Server{
		Handler: controlHandler(a), ReadHeaderTimeout: controlHeaderTime,
		ErrorLog: slog.NewLogLogger(log.Handler(), slog.LevelDebug),
	}
	stopped := make(chan struct{})
	unhook := context.AfterFunc(ctx, func() {
		defer close(stopped)
		deadline, cancel := context.WithTimeout(context.WithoutCancel(ctx), controlStopTime)
		defer cancel()
		if server.Shutdown(deadline) != nil {
			_ = server.Close()
		}
	})
	err = server.Serve(listener)
	if unhook() { // the listener failed by itself
		return errors.Join(fmt.Errorf("control socket: %w", err), server.Close())
	}
	<-stopped
	return nil
}

// socketPath returns a path of the socket that is short enough to be bound, and
// what to call once it is no longer used.
func socketPath(dir string) (path string, done func(), err error) {
	path = filepath.Join(dir, ControlSocket)
	if len(path) <= maxSocketPath {
		return path, func() {}, nil
	}
	d, err := os.Open(dir)
	if err != nil {
		return "", nil, fmt.Errorf("control socket: %w", err)
	}
	return fmt.Sprintf("/proc/self/fd/%d/%s", d.Fd(), ControlSocket), func() { _ = d.Close() }, nil
}

func controlHandler(a Admin) http.Handler {
	mux := http.NewServeMux()
	control(mux, "centres", a.Centres)
	control(mux, "add-centre", a.AddCentre)
	control(mux, "add-user", a.AddUser)
	control(mux, "set-password", a.SetPassword)
	control(mux, "export", a.Export)
	control(mux, "import", a.Import)
	control(mux, "simulate", a.Simulate)
	control(mux, "replay", a.Replay)
	return mux
}

// control serves one method of Admin.
func control[In, Out any](mux *http.ServeMux, name string, do func(context.Context, In) (Out, error)) {
	mux.HandleFunc("POST /"+name, func(w http.ResponseWriter, r *http.Request) {
		var reply controlReply
		var in In
		err := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxControlBody)).Decode(&in)
		if err == nil {
			var out Out
			if out, err = do(r.Context(), in); err == nil {
				reply.Result, err = json.Marshal(out)
			}
		}
		if err != nil {
			reply = controlReply{Error: controlErrorOf(err)}
		}
		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(reply) // the reader is gone
	})
}

// controlClient is the Admin of the server that holds a data directory.
type controlClient struct {
	http *http.Client
}

var _ Admin = (*controlClient)(nil)

// dialControl reaches the server of a data directory.
func dialControl(ctx context.Context, dir string) (*controlClient, error) {
	dial := func(ctx context.Context, _, _ string) (net.Conn, error) {
		path, closeDir, err := socketPath(dir)
		if err != nil {
			return nil, err
		}
		defer closeDir()
		return (&net.Dialer{}).DialContext(ctx, "unix", path)
	}
	conn, err := dial(ctx, "", "")
	if err != nil {
		return nil, err
	}
	if err := conn.Close(); err != nil {
		return nil, err
	}
	return &controlClient{&http.Client{Transport: &http.Transport{DialContext: dial}}}, nil
}

// close ends idle connections.
func (c *controlClient) close() { c.http.CloseIdleConnections() }

// Centres implements Admin.
func (c *controlClient) Centres(ctx context.Context, q CentresQuery) ([]CentreInfo, error) {
	return call[[]CentreInfo](ctx, c, "centres", q)
}

// AddCentre implements Admin.
func (c *controlClient) AddCentre(ctx context.Context, q AddCentre) (CentreInfo, error) {
	return call[CentreInfo](ctx, c, "add-centre", q)
}

// AddUser implements Admin.
func (c *controlClient) AddUser(ctx context.Context, q AddUser) (AddedUser, error) {
	return call[AddedUser](ctx, c, "add-user", q)
}

// SetPassword implements Admin.
func (c *controlClient) SetPassword(ctx context.Context, q SetPassword) (SubjectInfo, error) {
	return call[SubjectInfo](ctx, c, "set-password", q)
}

// Export implements Admin.
func (c *controlClient) Export(ctx context.Context, q Export) (Exported, error) {
	return call[Exported](ctx, c, "export", q)
}

// Import implements Admin.
func (c *controlClient) Import(ctx context.Context, q Import) (Imported, error) {
	return call[Imported](ctx, c, "import", q)
}

// Replay implements Admin.
func (c *controlClient) Replay(ctx context.Context, q ReplayQuery) (ReplayResult, error) {
	return call[ReplayResult](ctx, c, "replay", q)
}

// call asks the server for one method of Admin.
func call[Out any](ctx context.Context, c *controlClient, name string, in any) (out Out, err error) {
	body, err := json.Marshal(in)
	if err != nil {
		return out, err
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://bandeau/"+name, bytes.NewReader(body))
	if err != nil {
		return out, err
	}
	response, err := c.http.Do(request)
	if err != nil {
		return out, fmt.Errorf("the running server: %w", err)
	}
	defer func() { err = errors.Join(err, response.Body.Close()) }()
	var reply controlReply
	if err := json.NewDecoder(response.Body).Decode(&reply); err != nil {
		if response.StatusCode == http.StatusNotFound || errors.Is(err, io.EOF) {
			return out, errors.New("the running server does not know this command: it is of another version")
		}
		return out, fmt.Errorf("the running server: %w", err)
	}
	if reply.Error != nil {
		return out, reply.Error.err()
	}
	return out, json.Unmarshal(reply.Result, &out)
}
