package app

import (
	"bufio"
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/coder/websocket"

	"bandeau/internal/proof"
	"bandeau/telephony/siptest"
)

// bannerMessage is what the server says on a banner's stream.
type bannerMessage struct {
	Type, Reason string
	Seq          uint64
	Me           struct {
		Presence, Activity *string
		Calls              *[]callRow
		WrapUpUntil        *string
	}
}

// banner is the open stream of an operator's page.
type banner struct {
	s    *stage
	conn *websocket.Conn
	seq  uint64
}

func (o *operator) open(s *stage) *banner {
	s.t.Helper()
	conn, response, err := websocket.Dial(s.ctx, strings.Replace(o.base, "http", "ws", 1)+"/me/stream",
		&websocket.DialOptions{HTTPClient: o.http})
	must(s.t, err)
	if response.Body != nil {
		must(s.t, response.Body.Close())
	}
	s.t.Cleanup(func() { _ = conn.CloseNow() })
	return &banner{s: s, conn: conn}
}

func (b *banner) next() (m bannerMessage) {
	b.s.t.Helper()
	_, data, err := b.conn.Read(b.s.ctx)
	must(b.s.t, err)
	must(b.s.t, json.Unmarshal(data, &m))
	if m.Type == "snapshot" || m.Type == "delta" {
		if m.Seq < b.seq {
			b.s.t.Fatalf("message of %d after %d", m.Seq, b.seq)
		}
		b.seq = m.Seq
	}
	return m
}

// shows reads on until a message says what is wanted.
func (b *banner) shows(what string, is func(bannerMessage) bool) bannerMessage {
	b.s.t.Helper()
	for {
		if m := b.next(); is(m) {
			return m
		}
	}
}

func activity(word string) func(bannerMessage) bool {
	return func(m bannerMessage) bool { return m.Me.Activity != nil && *m.Me.Activity == word }
}

// TestChainBanner follows a call on the operator's own stream.
func TestChainBanner(t *testing.T) {
	t.Parallel()
	s := newStage(t, nil)
	anna := s.newOperator("anna", fields{"wrapUpSeconds": 60})
	s.members(s.group, anna)
	anna.phone.OnCall(siptest.AnswerOnTalk())
	page := anna.open(s)
	first := page.next()
	equal(t, "first message", first.Type, "snapshot")
	equal(t, "activity at first", *first.Me.Activity, "idle")
	caller := s.call(serviceNumber, siptest.DialOptions{})
	ringing := page.shows("ringing", activity("ringing"))
	equal(t, "calls shown", len(*ringing.Me.Calls), 1)
	id := (*ringing.Me.Calls)[0].ID
	equal(t, "caller shown", value((*ringing.Me.Calls)[0].Caller), callerNumber)
	equal(t, "answerable from the page", (*ringing.Me.Calls)[0].Answerable, true)
	// From the page, as fast as it can: the phone is asked once it rings.
	anna.act(id, "answer", nil)
	ring := s.rings(anna.phone)
	talking := page.shows("talking", activity("talking"))
	equal(t, "answerable once answered", (*talking.Me.Calls)[0].Answerable, false)
	ring.SendTone(700)
	must(t, caller.HearsOnly(s.ctx, 700))
	caller.HangUp()
	page.shows("wrap-up", activity("wrap_up"))
	must(t, page.conn.Write(s.ctx, websocket.MessageText, []byte(`{"type":"ping"}`)))
	page.shows("pong", func(m bannerMessage) bool { return m.Type == "pong" })

	// A second log-in takes over: the older page is told, its cookie dies, and
	// nothing changes on the floor.
	again := &operator{visitor: s.visit(), id: anna.id, name: anna.name, account: anna.account, phone: anna.phone}
	again.login("anna", operatorPassword)
	ended := page.shows("the end", func(m bannerMessage) bool { return m.Type == "ended" })
	equal(t, "reason", ended.Reason, "taken_over")
	_, _, err := page.conn.Read(s.ctx)
	equal(t, "close code", websocket.CloseStatus(err), websocket.StatusCode(4000))
	anna.refused(http.MethodGet, "/me", nil, http.StatusUnauthorized, "not_logged_in")
	equal(t, "state after the take-over", again.is("available wrap_up"), true)
	page = again.open(s)
	page.next()
	s.act(again, fields{"action": "logout"})
	ended = page.shows("the end", func(m bannerMessage) bool { return m.Type == "ended" })
	equal(t, "reason", ended.Reason, "supervisor")
}

// act has the administrator act on an operator.
func (s *stage) act(o *operator, action fields) floorOperator {
	s.t.Helper()
	var row floorOperator
	s.admin.send(http.MethodPost, "/floor/operators/"+o.id+"/actions", action, http.StatusOK, &row)
	return row
}

// event is one event of /events.
type event struct {
	name string
	data struct {
		floorRow
		Removed struct{ Groups, Operators, Calls []string }
	}
}

// watch opens /events and returns its lines.
func (v *visitor) watch(query string) *bufio.Scanner {
	v.t.Helper()
	request, err := http.NewRequestWithContext(v.ctx, http.MethodGet, v.base+"/events"+query, nil)
	must(v.t, err)
	response, err := v.http.Do(request)
	must(v.t, err)
	v.t.Cleanup(func() { _ = response.Body.Close() })
	equal(v.t, "content type", response.Header.Get("Content-Type"), "text/event-stream")
	lines := bufio.NewScanner(response.Body)
	lines.Buffer(nil, 1<<20)
	return lines
}

// supervise opens /events and returns a reader of it.
func (v *visitor) supervise(query string) func() event {
	v.t.Helper()
	lines := v.watch(query)
	return func() (e event) {
		v.t.Helper()
		for lines.Scan() {
			name, content, _ := strings.Cut(lines.Text(), ": ")
			switch {
			case name == "event":
				e.name = content
			case name == "data":
				must(v.t, json.Unmarshal([]byte(content), &e.data))
			case name == "" && e.name != "":
				return e
			}
		}
		v.t.Fatalf("the stream ended: %v", lines.Err())
		return e
	}
}

// TestChainSupervision rebuilds the floor from the stream of changes and finds
// it equal to the snapshot; and acts on operators.
func TestChainSupervision(t *testing.T) {
	t.Parallel()
	proof.Of(t, "end: supervisor")
	s := newStage(t, nil)
	anna := s.newOperator("anna", nil)
	bob := s.newOperator("bob", nil)
	s.members(s.group, anna, bob)
	hidden := s.newGroup("Hidden", nil)
	s.admin.create("/users", fields{"login": "sue", "role": "supervisor", "groups": []string{s.group}})
	s.setPassword("sue", adminPassword)
	sue := s.visit()
	sue.login("sue", adminPassword)
	next := sue.supervise("")
	snapshot := next()
	equal(t, "first event", snapshot.name, "snapshot")
	equal(t, "groups seen", len(snapshot.data.Groups), 1)
	if snapshot.data.Groups[0].ID == hidden {
		t.Error("sees a group of others")
	}

	var states []string
	see := func(done func(event) bool) {
		t.Helper()
		for {
			e := next()
			equal(t, "event", e.name, "delta")
			for _, o := range e.data.Operators {
				states = append(states, strings.ToLower(strings.Fields(o.FullName)[0])+" "+o.Presence+" "+o.Activity)
			}
			if done(e) {
				return
			}
		}
	}
	caller := s.call(serviceNumber, siptest.DialOptions{})
	ring := s.rings(anna.phone)
	id := ring.Invite().Get("X-Bandeau-Call")
	see(func(event) bool { return slices.Contains(states, "anna available ringing") })
	// Pausing her withdraws the offer; the caller goes to bob.
	equal(t, "presence", s.act(anna, fields{"action": "pause", "pauseType": anna.pauseType()}).Presence, "paused")
	must(t, ring.WaitState(s.ctx, siptest.Ended))
	ring = s.rings(bob.phone)
	equal(t, "same call", ring.Invite().Get("X-Bandeau-Call"), id)
	ring.Answer()
	must(t, caller.WaitState(s.ctx, siptest.Established))
	see(func(event) bool { return slices.Contains(states, "bob available talking") })
	s.act(bob, fields{"action": "release"}) // cuts what holds him
	must(t, caller.WaitState(s.ctx, siptest.Ended))
	see(func(e event) bool { return slices.Contains(e.data.Removed.Calls, id) })
	s.over(id, "answered", "system")
	equal(t, "paused shown", slices.Contains(states, "anna paused idle"), true)

	equal(t, "presence", s.act(anna, fields{"action": "available"}).Presence, "available")
	row := s.act(anna, fields{"action": "suspend", "group": s.group})
	equal(t, "groups of the suspended", strings.Join(row.Groups, " "), s.group)
	equal(t, "suspended in", strings.Join(row.Suspended, " "), s.group)
	caller = s.call(serviceNumber, siptest.DialOptions{})
	ring = s.rings(bob.phone)
	steps := s.timeline(ring.Invite().Get("X-Bandeau-Call"))
	equal(t, "anna skipped", findStep(t, steps, "offered bob").Skipped[0].Reason, "suspended")
	caller.HangUp()
	equal(t, "no longer suspended", len(s.act(anna, fields{"action": "unsuspend", "group": s.group}).Suspended), 0)
	s.act(bob, fields{"action": "logout"})
	s.until("bob to be logged out", func() bool { return s.floorOperator(bob).Presence == "logged_out" })
	status, _ := sue.request(http.MethodPost, "/floor/operators/nobody/actions", fields{"action": "release"})
	equal(t, "status for nobody", status, http.StatusNotFound)
	status, _ = bob.request(http.MethodGet, "/floor", nil)
	equal(t, "status of the floor without a session", status, http.StatusUnauthorized)
	status, _ = anna.request(http.MethodGet, "/floor", nil)
	equal(t, "status of the floor for an operator", status, http.StatusForbidden)
}
