package api_test

import (
	"bufio"
	"context"
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"

	"bandeau/acd"
	"bandeau/api"
	"bandeau/directory"
	"bandeau/internal/proof"
)

// sse reads one event stream.
type sse struct {
	t      testing.TB
	events chan event
	close  func()
}

type event struct {
	name, id string
	data     map[string]any
}

func (c *client) events(query string, headers ...string) *sse {
	t := c.r.t
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, c.r.http.URL+"/api/v1/events"+query, nil)
	if err != nil {
		t.Fatal(err)
	}
	c.sign(request)
	for i := 0; i+1 < len(headers); i += 2 {
		request.Header.Set(headers[i], headers[i+1])
	}
	response, err := http.DefaultClient.Do(request) //nolint:bodyclose // the reader below closes it
	if err != nil {
		t.Fatal(err)
	}
	if response.StatusCode != http.StatusOK || response.Header.Get("Content-Type") != "text/event-stream" {
		t.Fatalf("events: %d %s", response.StatusCode, response.Header.Get("Content-Type"))
	}
	s := &sse{t: t, events: make(chan event, 16), close: cancel}
	go func() {
		defer close(s.events)
		defer func() { _ = response.Body.Close() }()
		var e event
		scanner := bufio.NewScanner(response.Body)
		for scanner.Scan() {
			name, value, _ := strings.Cut(scanner.Text(), ": ")
			switch name {
			case "event":
				e.name = value
			case "id":
				e.id = value
			case "data":
				_ = json.Unmarshal([]byte(value), &e.data)
			case "":
				s.events <- e
				e = event{}
			}
		}
	}()
	t.Cleanup(cancel)
	return s
}

func (s *sse) next(name string) event {
	s.t.Helper()
	select {
	case e, ok := <-s.events:
		if !ok {
			s.t.Fatalf("the stream ended before %s", name)
		}
		if e.name != name {
			s.t.Fatalf("got %s %v, want %s", e.name, e.data, name)
		}
		return e
	case <-time.After(5 * time.Second):
		s.t.Fatalf("no %s came", name)
	}
	return event{}
}

// ends waits for the end of the stream.
func (s *sse) ends() {
	s.t.Helper()
	select {
	case e, ok := <-s.events:
		if ok {
			s.t.Fatalf("got %s %v, want the end", e.name, e.data)
		}
	case <-time.After(5 * time.Second):
		s.t.Fatal("the stream goes on")
	}
}

func rowsOf(e event, key string) []string {
	var ids []string
	list, _ := e.data[key].([]any)
	for _, row := range list {
		if m, ok := row.(map[string]any); ok {
			id, _ := m["id"].(string)
			ids = append(ids, id)
		} else if id, ok := row.(string); ok {
			ids = append(ids, id)
		}
	}
	return ids
}

// settle lets the gathering of changes end: it moves the clock once the stream
// waits for it.
func (r *rig) settle(timers int) {
	r.t.Helper()
	until(r.t, "the stream gathers", func() bool { return r.clock.Timers() >= timers })
	r.clock.Advance(900 * time.Millisecond)
}

func TestEventsAreASnapshotThenDeltas(t *testing.T) {
	r := newRig(t)
	s := r.as("administrator").events("")
	e := s.next("snapshot")
	if got := rowsOf(e, "operators"); len(got) != 3 || e.id != "1" || e.data["seq"] != 1.0 {
		t.Fatalf("snapshot %v id %s", e.data, e.id)
	}
	// Several changes of one row are sent once, the last.
	for _, activity := range []acd.Activity{acd.Ringing, acd.Talking} {
		r.floor.change(api.Rows{
			Operators: []acd.OperatorView{{ID: "op-anna", Name: "Anna", Presence: acd.Available, Activity: activity, Groups: []acd.GroupID{"g-sales"}}},
			Calls:     []acd.CallView{{ID: "c1", Direction: acd.Inbound, State: acd.CallTalking, Operator: "op-anna", Group: "g-sales"}},
		})
	}
	until(t, "both changes are gathered", func() bool { return r.clock.Timers() >= 2 })
	r.clock.Advance(100 * time.Millisecond)
	e = s.next("delta")
	if got := rowsOf(e, "calls"); len(got) != 1 || got[0] != "c1" {
		t.Errorf("calls of the delta: %v", e.data)
	}
	if e.data["seq"].(float64) < 2 || len(rowsOf(e, "groups")) != 0 {
		t.Errorf("delta %v", e.data)
	}
	if e.data["seq"] != 3.0 {
		r.settle(2)
		e = s.next("delta")
	}
	row := e.data["operators"].([]any)[0].(map[string]any)
	if row["activity"] != "talking" {
		t.Errorf("the row is %v", row)
	}
	r.floor.change(api.Rows{RemovedCalls: []acd.CallID{"c1"}})
	r.settle(2)
	e = s.next("delta")
	if removed, _ := e.data["removed"].(map[string]any); len(removed["calls"].([]any)) != 1 {
		t.Errorf("removed %v", e.data)
	}
	r.clock.Advance(15 * time.Second)
	s.next("ping")
	s.close()
	until(t, "the reader is freed", func() bool { return r.floor.readerCount() == 0 })
}

func TestASlowReaderGetsAFreshSnapshot(t *testing.T) {
	r := newRig(t)
	s := r.as("administrator").events("")
	s.next("snapshot")
	r.floor.change(api.Rows{Groups: []acd.GroupView{{ID: "g-sales", Name: "sales", Waiting: 9}}})
	r.settle(2)
	s.next("delta")
	r.floor.dropReaders()
	if e := s.next("snapshot"); e.data["seq"] != 2.0 {
		t.Errorf("snapshot %v", e.data["seq"])
	}
	// A floor that drops the reader at once has closed.
	r.floor.dropReaders()
	s.ends()
}

// Whoever has seen everything is told only what changes without an event.
func TestEventsWithoutNewsSendNoSnapshot(t *testing.T) {
	for name, open := range map[string]func(*client) *sse{
		"after":         func(c *client) *sse { return c.events("?after=1") },
		"last event id": func(c *client) *sse { return c.events("", "Last-Event-ID", "1") },
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t)
			s := open(r.as("administrator"))
			e := s.next("delta") // and nothing before it
			if len(rowsOf(e, "groups")) != 2 || len(rowsOf(e, "operators")) != 3 || len(rowsOf(e, "calls")) != 0 || e.id != "1" {
				t.Errorf("told %v", e.data)
			}
			r.floor.change(api.Rows{RemovedOperators: []acd.OperatorID{"op-anna"}})
			r.settle(2)
			if removed, _ := s.next("delta").data["removed"].(map[string]any); len(removed["operators"].([]any)) != 1 {
				t.Errorf("removed %v", removed)
			}
		})
	}
}

func TestEventsAfterAnOlderSeqSendASnapshot(t *testing.T) {
	r := newRig(t)
	c := r.as("administrator")
	c.events("?after=0").next("snapshot")
	c.do("GET", "/events?after=x", nil).is(http.StatusUnprocessableEntity)
}

func TestEventsFollowTheRightsOfTheReader(t *testing.T) {
	r := newRig(t)
	c, admin := r.as("supervisor"), r.as("administrator")
	s := c.events("")
	if e := s.next("snapshot"); len(rowsOf(e, "groups")) != 1 || len(rowsOf(e, "operators")) != 1 {
		t.Fatalf("snapshot %v", e.data)
	}
	// What is not his is not sent; what leaves his sight is removed.
	r.floor.change(api.Rows{Operators: []acd.OperatorView{
		{ID: "op-ben", Name: "Ben", Groups: []acd.GroupID{"g-help"}}, {ID: "op-anna", Name: "Anna", Groups: []acd.GroupID{"g-help"}},
	}})
	r.settle(2)
	e := s.next("delta")
	removed, _ := e.data["removed"].(map[string]any)
	if list, _ := removed["operators"].([]any); len(rowsOf(e, "operators")) != 0 || len(list) != 1 || list[0] != "op-anna" {
		t.Errorf("delta %v", e.data)
	}
	admin.do("PATCH", "/users/u-supervisor", `{"groups":["g-help"]}`).is(http.StatusOK)
	if e := s.next("snapshot"); len(rowsOf(e, "operators")) != 2 || rowsOf(e, "groups")[0] != "g-help" {
		t.Errorf("snapshot %v", e.data)
	}
	admin.do("DELETE", "/users/u-supervisor", nil).is(http.StatusNoContent)
	s.ends()
}

// Other pages of the same browser are not asked for anything; no time passes here.
func TestEventsEndWithTheSession(t *testing.T) {
	r := newRig(t)
	c := r.as("supervisor")
	s, other := c.events(""), r.as("supervisor").events("")
	s.next("snapshot")
	other.next("snapshot")
	c.do("POST", "/logout", nil).is(http.StatusNoContent)
	s.ends()
	r.server.Close()
	other.ends() // and not before
}

func TestEventsEndWithTheServer(t *testing.T) {
	r := newRig(t)
	s := r.as("administrator").events("")
	s.next("snapshot")
	r.server.Close()
	s.ends()
}

// banner is an operator's WebSocket.
type banner struct {
	t    testing.TB
	conn *websocket.Conn
}

func (c *client) stream() *banner {
	t := c.r.t
	t.Helper()
	header := http.Header{}
	header.Set("Cookie", "bandeau_session="+c.cookie)
	conn, response, err := websocket.Dial(t.Context(), c.r.http.URL+"/api/v1/me/stream", &websocket.DialOptions{HTTPHeader: header})
	if err != nil {
		t.Fatal(err)
	}
	if response.Body != nil {
		defer func() { _ = response.Body.Close() }()
	}
	t.Cleanup(func() { _ = conn.CloseNow() })
	return &banner{t: t, conn: conn}
}

func (b *banner) next(kind string) map[string]any {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.t.Context(), 5*time.Second)
	defer cancel()
	_, data, err := b.conn.Read(ctx)
	if err != nil {
		b.t.Fatalf("waiting for %s: %v", kind, err)
	}
	var m map[string]any
	if err := json.Unmarshal(data, &m); err != nil {
		b.t.Fatal(err)
	}
	if m["type"] != kind {
		b.t.Fatalf("got %s, want %s", data, kind)
	}
	return m
}

func (b *banner) closed() websocket.StatusCode {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.t.Context(), 5*time.Second)
	defer cancel()
	_, data, err := b.conn.Read(ctx)
	if err == nil {
		b.t.Fatalf("got %s, want the end", data)
	}
	return websocket.CloseStatus(err)
}

func (r *rig) told(match func(acd.Command) bool) func() bool {
	return func() bool {
		return slices.ContainsFunc(r.floor.did(), match)
	}
}

func TestStreamOfTheBanner(t *testing.T) {
	proof.Of(t, "OP-07")
	r := newRig(t)
	c := r.as("anna")
	b := c.stream()
	m := b.next("snapshot")
	me, _ := m["me"].(map[string]any)
	full := c.do("GET", "/me", nil).json()
	for name := range full {
		if _, ok := me[name]; !ok {
			t.Errorf("the snapshot lacks %s", name)
		}
	}
	until(t, "the stream's opening is told", r.told(func(x acd.Command) bool {
		o, ok := x.(acd.StreamOpened)
		return ok && o.Operator == "op-anna" && o.Session != ""
	}))
	c.do("PUT", "/me/presence", `{"presence":"paused","pauseType":"p-lunch"}`).is(http.StatusOK)
	m = b.next("delta")
	me, _ = m["me"].(map[string]any)
	if me["presence"] != "paused" || me["pauseType"] != "p-lunch" || me["login"] != nil {
		t.Errorf("delta %v", me)
	}
	r.floor.change(api.Rows{Groups: []acd.GroupView{{ID: "g-help", Name: "help", Waiting: 7}}}) // not his
	r.floor.change(api.Rows{Groups: []acd.GroupView{{ID: "g-sales", Name: "sales", Waiting: 5, LoggedIn: 2}}})
	me, _ = b.next("delta")["me"].(map[string]any)
	group := me["groups"].([]any)[0].(map[string]any)
	if group["waiting"] != 5.0 || group["present"] != 2.0 {
		t.Errorf("group %v", group)
	}
	// A change of his record is told at once.
	r.as("administrator").do("PATCH", "/operators/op-anna", `{"showWaiting":false,"allowOutgoing":false}`).is(http.StatusOK)
	me, _ = b.next("delta")["me"].(map[string]any)
	group = me["groups"].([]any)[0].(map[string]any)
	if _, there := group["waiting"]; there {
		t.Errorf("waiting is shown without the right: %v", group)
	}
	if rights, _ := me["rights"].(map[string]any); rights["outgoing"] != false {
		t.Errorf("rights %v", me["rights"])
	}
	if err := b.conn.Write(t.Context(), websocket.MessageText, []byte(`{"type":"ping"}`)); err != nil {
		t.Fatal(err)
	}
	if at := b.next("pong")["at"]; at != "2026-03-02T09:00:00.123Z" {
		t.Errorf("the server's clock shows %v", at)
	}
}

func TestPingsAndActionsAreSignsOfLife(t *testing.T) {
	r := newRig(t)
	b := r.as("anna").stream()
	b.next("snapshot")
	read := b.conn.CloseRead(t.Context()) // answers pings
	alive := func() int {
		n := 0
		for _, c := range r.floor.did() {
			if _, ok := c.(acd.Alive); ok {
				n++
			}
		}
		return n
	}
	before := alive()
	for range 3 {
		until(t, "the stream waits", func() bool { return r.clock.Timers() >= 1 })
		r.clock.Advance(15 * time.Second)
	}
	until(t, "an answered ping is a sign of life", func() bool { return alive() > before })
	r.clock.Advance(6 * time.Second)
	if err := b.conn.Write(t.Context(), websocket.MessageText, []byte(`{"type":"active"}`)); err != nil {
		t.Fatal(err)
	}
	until(t, "a click is activity", r.told(func(c acd.Command) bool { _, ok := c.(acd.Active); return ok }))
	if read.Err() != nil {
		t.Error("the stream has ended")
	}
}

func TestHowAStreamIsClosed(t *testing.T) {
	for _, tc := range []struct {
		name    string
		close   func(*websocket.Conn)
		inOrder bool
	}{
		{"1000", func(c *websocket.Conn) { _ = c.Close(websocket.StatusNormalClosure, "") }, true},
		{"1001", func(c *websocket.Conn) { _ = c.Close(websocket.StatusGoingAway, "") }, true},
		{"lost", func(c *websocket.Conn) { _ = c.CloseNow() }, false},
		{"1002", func(c *websocket.Conn) { _ = c.Close(websocket.StatusProtocolError, "") }, false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			r := newRig(t)
			b := r.as("anna").stream()
			b.next("snapshot")
			tc.close(b.conn)
			var got acd.StreamClosed
			until(t, "the stream's end is told", r.told(func(x acd.Command) bool {
				c, ok := x.(acd.StreamClosed)
				if ok {
					got = c
				}
				return ok
			}))
			if got.InOrder != tc.inOrder || got.Operator != "op-anna" {
				t.Errorf("told %+v", got)
			}
			until(t, "the reader is freed", func() bool { return r.floor.readerCount() == 0 })
		})
	}
}

func TestTheOlderBannerIsToldOfATakeOver(t *testing.T) {
	proof.Of(t, "taken over")
	r := newRig(t)
	b := r.as("anna").stream()
	b.next("snapshot")
	r.as("anna")
	for {
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
		_, data, err := b.conn.Read(ctx)
		cancel()
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(data), `"ended"`) {
			if !strings.Contains(string(data), `"taken_over"`) {
				t.Errorf("told %s", data)
			}
			break
		}
	}
	if code := b.closed(); code != 4000 {
		t.Errorf("close code %d, want 4000", code)
	}
	var got acd.StreamClosed
	until(t, "the end is told", r.told(func(x acd.Command) bool { c, ok := x.(acd.StreamClosed); got = c; return ok }))
	if got.InOrder {
		t.Error("a stream that we ended counts as a closed window")
	}
}

func TestEndSessionKillsTheCookie(t *testing.T) {
	r := newRig(t)
	c := r.as("anna")
	v, _ := r.floor.Operator("op-anna")
	for range 2 { // it may be repeated
		if err := r.server.EndSession(t.Context(), centreID, "op-anna", v.Session, acd.LogoutClock); err != nil {
			t.Fatal(err)
		}
	}
	c.do("GET", "/me", nil).is(http.StatusUnauthorized)
	if n := r.records.accounts.count(); n != 0 {
		t.Errorf("%d sessions are kept", n)
	}
}

func TestAStoppingServerIsNoClosedWindow(t *testing.T) {
	r := newRig(t)
	b := r.as("anna").stream()
	b.next("snapshot")
	go r.server.Close()
	if code := b.closed(); code != websocket.StatusGoingAway {
		t.Errorf("close code %d", code)
	}
	var got acd.StreamClosed
	until(t, "the end is told", r.told(func(x acd.Command) bool { c, ok := x.(acd.StreamClosed); got = c; return ok }))
	if got.InOrder {
		t.Error("our stop counts as a closed window")
	}
}

// TestABannerDoesNotReadTheWholeCentre: every banner reads its state anew when
// a record changes, which must not cost a reading of all operators each.
func TestABannerDoesNotReadTheWholeCentre(t *testing.T) {
	r := newRig(t)
	c := r.as("anna")
	b := c.stream()
	b.next("snapshot")
	r.records.lookups.Store(0)
	c.do("GET", "/me", nil).is(http.StatusOK)
	c.do("PUT", "/me/presence", `{"presence":"paused","pauseType":"p-lunch"}`).is(http.StatusOK)
	b.next("delta")
	o, _ := r.records.operators.Get(t.Context(), centreID, "op-anna")
	o.ShowWaiting = !o.ShowWaiting
	_, _ = r.records.operators.Update(t.Context(), o)
	r.server.Changed(t.Context(), centreID)
	b.next("delta")
	if n := r.records.lookups.Load(); n != 0 {
		t.Errorf("the whole centre was read %d times", n)
	}
}

func TestMeExactly(t *testing.T) {
	r := newRig(t)
	o, _ := r.records.operators.Get(t.Context(), centreID, "op-anna")
	o.Language = directory.English
	_, _ = r.records.operators.Update(t.Context(), o)
	r.floor.calls["c1"] = acd.CallView{
		ID: "c1", Direction: acd.Inbound, State: acd.CallRinging, Caller: "+33612345678", CallerName: "Zoe", Called: "+33170200200",
		Service: "n1", Group: "g-sales", Operator: "op-anna", ArrivedAt: acd.At(start.Add(-7 * time.Second)),
	}
	c := r.as("anna")
	v, _ := r.floor.Operator("op-anna")
	v.Call, v.Activity = "c1", acd.Ringing
	r.floor.operators["op-anna"] = v
	got := c.do("GET", "/me", nil).is(http.StatusOK).json()
	want := []string{
		"id", "login", "fullName", "language", "presence", "pauseType", "presenceSince", "activity", "activitySince", "pending",
		"ignoredUntil", "wrapUpUntil", "phone", "calls", "pickUps", "groups", "pauseTypes", "rights",
		"pauseUntil", "pauseOverran", "logoutAt", "centre", "screenPop", "phoneOffered", "mustChangePassword",
	}
	for _, name := range want {
		if _, ok := got[name]; !ok {
			t.Errorf("%s is missing", name)
		}
	}
	if len(got) != len(want) {
		t.Errorf("/me has %d members, want %d: %v", len(got), len(want), got)
	}
	call := got["calls"].([]any)[0].(map[string]any)
	for name, value := range map[string]any{
		"caller": "+33612345678", "callerName": "Zoe", "called": "+33170200200", "service": "+33170200200", "group": "g-sales",
		"state": "ringing", "direction": "in", "waitSeconds": 7.0, "talkSeconds": 0.0, "outcome": nil, "recording": "none",
	} {
		if call[name] != value {
			t.Errorf("%s is %v, want %v", name, call[name], value)
		}
	}
	if types := got["pauseTypes"].([]any); len(types) != 2 || types[1].(map[string]any)["name"] != "Lunch" {
		t.Errorf("pause types %v", types)
	}
}

// TestThePhoneOfAPage: the page's own state is told beside that of the phone, which a
// fallback keeps reachable.
func TestThePhoneOfAPage(t *testing.T) {
	r := newRig(t)
	c := r.as("anna")
	b := c.stream()
	b.next("snapshot")
	v, _ := r.floor.Operator("op-anna")
	v.Phone, v.PhoneState = acd.Phone{Kind: acd.PhoneBrowser, Fallback: "+33699999999"}, acd.PhoneReachable
	for _, step := range []struct {
		page bool
		want string
	}{{false, "unreachable"}, {true, "reachable"}} {
		v.Browser = step.page
		r.floor.change(api.Rows{Operators: []acd.OperatorView{v}})
		me, _ := b.next("delta")["me"].(map[string]any)
		if phone, _ := me["phone"].(map[string]any); phone["browser"] != step.want || phone["state"] != "reachable" {
			t.Errorf("the stream tells %v, want a browser that is %s", phone, step.want)
		}
		c.do("GET", "/me", nil).is(http.StatusOK).has(step.want, "phone", "browser")
	}
	v.Phone = acd.Phone{Kind: acd.PhoneExternal, Number: "+33612345678"}
	r.floor.change(api.Rows{Operators: []acd.OperatorView{v}})
	c.do("GET", "/me", nil).is(http.StatusOK).has(nil, "phone", "browser")
}
