package demo

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"time"

	"github.com/coder/websocket"
)

const (
	// answerTime is how long the node may take to answer a request.
	answerTime = 10 * time.Second
	// maxAnswer bounds what is read of an answer, in bytes.
	maxAnswer = 4 << 20
	// takenOver is why a session ended that somebody else has opened again.
	takenOver = "taken_over"
)

// client is somebody at the HTTP interface, with his cookie.
type client struct {
	base  string // of the interface, as in http://127.0.0.1:8080
	login string
	key   string
	http  *http.Client
}

// newClient returns somebody who is not logged in yet. All share a transport.
func newClient(base, login, password string, transport http.RoundTripper) (*client, error) {
	jar, err := cookiejar.New(nil)
	if err != nil {
		return nil, fmt.Errorf("cookies: %w", err)
	}
	return &client{
		base: base, login: login, key: password,
		http: &http.Client{Jar: jar, Transport: transport, Timeout: answerTime},
	}, nil
}

// statusError is an answer that refuses.
type statusError struct {
	status int
	body   string
}

func (e *statusError) Error() string { return fmt.Sprintf("status %d: %s", e.status, e.body) }

// do sends a request and reads the answer into a value, unless it is nil.
func (c *client) do(ctx context.Context, method, path string, body, into any) error {
	var content io.Reader
	if body != nil {
		data, err := json.Marshal(body)
		if err != nil {
			return fmt.Errorf("%s %s: %w", method, path, err)
		}
		content = bytes.NewReader(data)
	}
	request, err := http.NewRequestWithContext(ctx, method, c.base+"/api/v1"+path, content)
	if err != nil {
		return fmt.Errorf("%s %s: %w", method, path, err)
	}
	if body != nil {
		request.Header.Set("Content-Type", "application/json")
	}
	response, err := c.http.Do(request)
	if err != nil {
		return err // it names the method and the address
	}
	data, err := io.ReadAll(io.LimitReader(response.Body, maxAnswer))
	if err = errors.Join(err, response.Body.Close()); err != nil {
		return fmt.Errorf("%s %s: %w", method, path, err)
	}
	if response.StatusCode >= http.StatusBadRequest {
		return fmt.Errorf("%s %s: %w", method, path, &statusError{response.StatusCode, string(data)})
	}
	if into == nil {
		return nil
	}
	if err := json.Unmarshal(data, into); err != nil {
		return fmt.Errorf("%s %s: %w", method, path, err)
	}
	return nil
}

// logIn opens a session.
func (c *client) logIn(ctx context.Context) error {
	return c.do(ctx, http.MethodPost, "/login", section{"login": c.login, "password": c.key}, nil)
}

// get reads something, and logs in where there is no session any more.
func (c *client) get(ctx context.Context, path string, into any) error {
	err := c.do(ctx, http.MethodGet, path, nil, into)
	if refused, ok := errors.AsType[*statusError](err); ok && refused.status == http.StatusUnauthorized {
		if err = c.logIn(ctx); err == nil {
			err = c.do(ctx, http.MethodGet, path, nil, into)
		}
	}
	return err
}

// banner is the open stream of an operator's banner. He who reads it sees what
// the page of a person would see.
type banner struct {
	conn *websocket.Conn
	me   self
}

// self is what an operator is told about himself, as far as he uses it.
type self struct {
	standing
	Calls      []ownCall
	Groups     []ownGroup
	PauseTypes []pauseType
}

type ownCall struct{ ID, State string }

type ownGroup struct{ ID, Name string }

type pauseType struct {
	ID    string
	Login bool
}

// change holds the members of /me that a message brings, each of them whole.
type change struct {
	Presence, Activity *string
	Calls              *[]ownCall
	Groups             *[]ownGroup
	PauseTypes         *[]pauseType
}

// apply brings what is known up to date. It changes no list that others may
// still read.
func (s *self) apply(c change) {
	set(&s.Presence, c.Presence)
	set(&s.Activity, c.Activity)
	set(&s.Calls, c.Calls)
	set(&s.Groups, c.Groups)
	set(&s.PauseTypes, c.PauseTypes)
}

func set[T any](field, value *T) {
	if value != nil {
		*field = *value
	}
}

// endedError is the end of a session, with the reason the node gives.
type endedError struct{ reason string }

func (e *endedError) Error() string { return "the session has ended: " + e.reason }

// openBanner opens the stream of the session.
func (c *client) openBanner(ctx context.Context) (*banner, error) {
	limited, cancel := context.WithTimeout(ctx, answerTime)
	defer cancel()
	// The handshake has its own deadline, for a stream has none.
	conn, response, err := websocket.Dial(limited, c.base+"/api/v1/me/stream", &websocket.DialOptions{
		HTTPClient: &http.Client{Jar: c.http.Jar, Transport: c.http.Transport},
	})
	if response != nil && response.Body != nil {
		_ = response.Body.Close()
	}
	if err != nil {
		return nil, fmt.Errorf("open the banner's stream: %w", err)
	}
	conn.SetReadLimit(maxAnswer)
	return &banner{conn: conn}, nil
}

// read waits for the next message and brings what is known up to date.
func (b *banner) read(ctx context.Context) error {
	_, data, err := b.conn.Read(ctx)
	if err != nil {
		return fmt.Errorf("read the banner's stream: %w", err)
	}
	var message struct {
		Type, Reason string
		Me           change
	}
	if err := json.Unmarshal(data, &message); err != nil {
		return fmt.Errorf("read the banner's stream: %w", err)
	}
	if message.Type == "ended" {
		return &endedError{message.Reason}
	}
	b.me.apply(message.Me)
	return nil
}

// close goes as somebody whose computer is switched off.
func (b *banner) close() { _ = b.conn.CloseNow() }
