package api_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/coder/websocket"

	"bandeau/acd"
	"bandeau/api"
)

// browsers writes down what the pages say, and answers offers with their
// description reversed in case.
type browsers struct {
	mu    sync.Mutex
	got   []string
	pings map[string]func(uint64) // by session
}

func (b *browsers) note(format string, args ...any) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.got = append(b.got, fmt.Sprintf(format, args...))
}

// has reports whether something was written down.
func (b *browsers) has(line string) func() bool {
	return func() bool {
		b.mu.Lock()
		defer b.mu.Unlock()
		return slices.Contains(b.got, line)
	}
}

func name(o api.PhoneOwner) string { return string(o.Operator) + string(o.User) }

func (b *browsers) Offer(
	_ context.Context, owner api.PhoneOwner, session string, ping func(uint64), sdp string,
) (string, error) {
	b.note("offer %s %s", name(owner), session)
	switch sdp {
	case "video":
		return "", &api.PhoneRefusedError{Code: "video", Detail: "one audio section"}
	case "broken":
		return "", fmt.Errorf("no port")
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.pings[session] = ping
	return strings.ToUpper(sdp), nil
}

func (b *browsers) Pong(owner api.PhoneOwner, session string, n uint64) {
	b.note("pong %s %s %d", name(owner), session, n)
}

func (b *browsers) Drop(owner api.PhoneOwner, session string) {
	b.note("drop %s %s", name(owner), session)
	b.mu.Lock()
	defer b.mu.Unlock()
	delete(b.pings, session)
}

func (b *browsers) Reachable(owner api.PhoneOwner) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.pings["up-"+name(owner)] != nil
}

func (b *browsers) Quality(owner api.PhoneOwner, call acd.CallID, q api.PhoneQuality) {
	b.note("quality %s %s %g %s %s", name(owner), call, q.LossPercent, q.Jitter, q.RoundTrip)
}

func (b *browsers) ping(session string, n uint64) {
	b.mu.Lock()
	ping := b.pings[session]
	b.mu.Unlock()
	ping(n)
}

func newPhoneRig(t *testing.T) (*rig, *browsers) {
	t.Helper()
	phones := &browsers{pings: map[string]func(uint64){}}
	return newRig(t, func(c *api.Config) { c.Browsers = phones }), phones
}

// phone sends a report about the browser phone.
func (b *banner) phone(format string, args ...any) {
	b.t.Helper()
	message := `{"type":"phone","phone":` + fmt.Sprintf(format, args...) + `}`
	if err := b.conn.Write(b.t.Context(), websocket.MessageText, []byte(message)); err != nil {
		b.t.Fatal(err)
	}
}

// said waits for a message about the browser phone, passing over the others.
func (b *banner) said(kind string) map[string]any {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.t.Context(), 5*time.Second)
	defer cancel()
	for {
		_, data, err := b.conn.Read(ctx)
		if err != nil {
			b.t.Fatalf("waiting for %s: %v", kind, err)
		}
		var m struct {
			Type  string
			Phone map[string]any
		}
		if err := json.Unmarshal(data, &m); err != nil {
			b.t.Fatal(err)
		}
		if m.Type != "phone" {
			continue
		}
		if m.Phone["kind"] != kind {
			b.t.Fatalf("got %s, want %s", data, kind)
		}
		return m.Phone
	}
}

func TestBrowserPhoneOnTheStream(t *testing.T) {
	r, phones := newPhoneRig(t)
	anna := r.as("anna")
	b := anna.stream()
	b.phone(`{"kind":"offer","session":"s-1","sdp":"v=0"}`)
	if m := b.said("answer"); m["session"] != "s-1" || m["sdp"] != "V=0" {
		t.Errorf("answer %v", m)
	}
	phones.ping("s-1", 7)
	if m := b.said("ping"); m["session"] != "s-1" || m["n"] != 7.0 {
		t.Errorf("ping %v", m)
	}
	b.phone(`{"kind":"pong","session":"s-1","n":7}`)
	until(t, "the pong is told", phones.has("pong op-anna s-1 7"))
	b.phone(`{"kind":"quality","session":"s-1","call":"c1","lossPercent":1.5,"jitterMs":4,"roundTripMs":30}`)
	until(t, "the quality is told", phones.has("quality op-anna c1 1.5 4ms 30ms"))
	// Another page of his takes the phone; what the first says of its own is over.
	second := anna.stream()
	second.phone(`{"kind":"offer","session":"s-2","sdp":"v=0"}`)
	second.said("answer")
	if m := b.said("taken"); m["session"] != "s-1" {
		t.Errorf("taken %v", m)
	}
	_ = b.conn.CloseNow()
	until(t, "the first page's phone is dropped", phones.has("drop op-anna s-1"))
	// It reconnects by another session on the same stream: nobody is told.
	second.phone(`{"kind":"offer","session":"s-3","sdp":"v=0"}`)
	second.said("answer")
	phones.ping("s-3", 1)
	second.said("ping")
	second.phone(`{"kind":"close","session":"s-3"}`)
	until(t, "it was closed", phones.has("drop op-anna s-3"))
	second.phone(`{"kind":"offer","session":"s-4","sdp":"v=0"}`)
	second.said("answer")
	_ = second.conn.CloseNow() // abruptly
	until(t, "it was dropped with its stream", phones.has("drop op-anna s-4"))
}

// A page that tells too much is not heard out.
func TestABrowserPhoneIsHeardOnceInAWhile(t *testing.T) {
	r, phones := newPhoneRig(t)
	b := r.as("anna").stream()
	tells := func(round int) {
		t.Helper()
		for i := range 5 {
			b.phone(`{"kind":"pong","session":"s","n":%d}`, round*10+i)
			b.phone(`{"kind":"quality","session":"s","call":"c%d","lossPercent":1}`, round*10+i)
		}
		b.phone(`{"kind":"close","session":"round-%d"}`, round)
		until(t, "all is read", phones.has(fmt.Sprintf("drop op-anna round-%d", round)))
	}
	tells(1)
	r.clock.Advance(time.Second)
	tells(2)
	phones.mu.Lock()
	defer phones.mu.Unlock()
	want := []string{
		"pong op-anna s 10", "quality op-anna c10 1 0s 0s", "pong op-anna s 11", "drop op-anna round-1",
		"pong op-anna s 20", "quality op-anna c20 1 0s 0s", "pong op-anna s 21", "drop op-anna round-2",
	}
	if !slices.Equal(phones.got, want) {
		t.Errorf("got %q", phones.got)
	}
}

func TestBadReportsOfABrowserPhone(t *testing.T) {
	r, phones := newPhoneRig(t)
	b := r.as("anna").stream()
	for _, bad := range []string{
		`null`, `7`, `[]`, `"offer"`, `{}`, `{"kind":"offer"}`, `{"kind":"offer","session":""}`, `{"kind":"offer","session":"a b"}`,
		`{"kind":"offer","session":7}`, `{"kind":"pong","session":"s","n":-1}`, `{"kind":"offer","session":"` + strings.Repeat("s", 65) + `"}`,
	} {
		b.phone("%s", bad)
		if m := b.said("refused"); m["code"] != "malformed" {
			t.Errorf("%s: %v", bad, m)
		}
	}
	b.phone(`{"kind":"dance","session":"s"}`)
	for _, wild := range []string{`"lossPercent":101`, `"lossPercent":-1`, `"jitterMs":1e9`, `"roundTripMs":-3`} {
		b.phone(`{"kind":"quality","session":"s","call":"c1",%s}`, wild)
	}
	b.phone(`{"kind":"offer","session":"s","sdp":"video"}`)
	if m := b.said("refused"); m["code"] != "video" || m["session"] != "s" || m["detail"] == "" {
		t.Errorf("refused %v", m)
	}
	b.phone(`{"kind":"offer","session":"s","sdp":"broken"}`)
	if m := b.said("refused"); m["code"] != "unavailable" || strings.Contains(fmt.Sprint(m["detail"]), "port") {
		t.Errorf("refused %v", m)
	}
	for range 18 { // two were spent above
		b.phone(`{"kind":"offer","session":"s","sdp":"v=0"}`)
		b.said("answer")
	}
	b.phone(`{"kind":"offer","session":"s","sdp":"v=0"}`)
	if m := b.said("refused"); m["code"] != "too_many" {
		t.Errorf("refused %v", m)
	}
	r.clock.Advance(time.Minute)
	b.phone(`{"kind":"offer","session":"s","sdp":"v=0"}`)
	b.said("answer")
	phones.mu.Lock()
	defer phones.mu.Unlock()
	for _, got := range phones.got {
		if strings.HasPrefix(got, "quality") {
			t.Errorf("kept: %s", got)
		}
	}
}

func TestANodeWithoutBrowserPhonesSaysSo(t *testing.T) {
	r := newRig(t)
	b := r.as("anna").stream()
	b.phone(`{"kind":"offer","session":"s","sdp":"v=0"}`)
	if m := b.said("refused"); m["code"] != "unavailable" {
		t.Errorf("refused %v", m)
	}
}

// floorPhone opens the stream of a supervisor's phone.
func (c *client) floorPhone() (*banner, int) {
	t := c.r.t
	t.Helper()
	header := http.Header{}
	header.Set("Cookie", "bandeau_session="+c.cookie)
	conn, response, err := websocket.Dial(t.Context(), c.r.http.URL+"/api/v1/floor/phone", &websocket.DialOptions{HTTPHeader: header})
	if response != nil && response.Body != nil {
		defer func() { _ = response.Body.Close() }()
	}
	if err != nil {
		return nil, response.StatusCode
	}
	t.Cleanup(func() { _ = conn.CloseNow() })
	return &banner{t: t, conn: conn}, response.StatusCode
}

func TestListening(t *testing.T) {
	r, phones := newPhoneRig(t)
	supervisor, admin := r.as("supervisor"), r.as("administrator")
	const path = "/floor/operators/op-anna/actions"
	admin.do("PATCH", "/users/u-supervisor", `{"rights":{"operatorDetail":true,"listen":false}}`).is(http.StatusOK)
	supervisor.do("POST", path, `{"action":"listen"}`).is(http.StatusForbidden)
	if _, status := supervisor.floorPhone(); status != http.StatusForbidden {
		t.Errorf("the phone opens: %d", status)
	}
	supervisor.do("GET", "/floor/phones", nil).is(http.StatusForbidden)
	admin.do("PATCH", "/users/u-supervisor", `{"rights":{"operatorDetail":true,"listen":true}}`).is(http.StatusOK)
	supervisor.do("POST", path, `{"action":"listen"}`).is(http.StatusConflict).has("phone_unreachable", "code")
	supervisor.do("POST", "/floor/operators/op-ben/actions", `{"action":"listen"}`).is(http.StatusNotFound) // not in his groups
	// The phones he may listen on: one that serves somebody is said to.
	served := admin.do("POST", "/phones", `{"label":"Desk 1","username":"desk1"}`).is(http.StatusCreated).at("id").(string)
	free := admin.do("POST", "/phones", `{"label":"Desk 2","username":"desk2"}`).is(http.StatusCreated).at("id").(string)
	r.stands("op-anna", func(v *acd.OperatorView) {
		v.Phone = acd.Phone{Kind: acd.PhoneCentrex, Account: acd.AccountID(served)}
	})
	for _, item := range supervisor.do("GET", "/floor/phones", nil).is(http.StatusOK).at("items").([]any) {
		phone := item.(map[string]any)
		if inUse := phone["id"] == served; phone["inUse"] != inUse {
			t.Errorf("phone %v: in use %v", phone["label"], phone["inUse"])
		}
	}
	on := func(account string) string {
		return `{"action":"listen","phone":{"kind":"centrex","account":"` + account + `"}}`
	}
	supervisor.do("POST", path, on(served)).is(http.StatusConflict).has("phone_in_use", "code")
	if got, asked := last(r).(acd.Observe); asked {
		t.Errorf("asked %#v", got)
	}
	supervisor.do("POST", path, on(free)).is(http.StatusOK)
	b, _ := supervisor.floorPhone()
	b.phone(`{"kind":"offer","session":"up-u-supervisor","sdp":"v=0"}`)
	b.said("answer")
	until(t, "it is the user's", phones.has("offer u-supervisor up-u-supervisor"))
	want := acd.Observe{
		Operator: "op-anna", User: "u-supervisor", Name: "supervisor", Phone: acd.Phone{Kind: acd.PhoneBrowser}, Mode: acd.Listen,
	}
	asks := func(body string) {
		t.Helper()
		supervisor.do("POST", path, body).is(http.StatusOK).has("op-anna", "id")
		if got := last(r); got != want {
			t.Errorf("%s: asked %#v", body, got)
		}
	}
	asks(`{"action":"listen"}`)
	want.Mode = acd.Whisper
	asks(`{"action":"whisper"}`)
	want.Mode, want.Phone = acd.Barge, acd.Phone{Kind: acd.PhoneExternal, Number: "+33699887766"}
	asks(`{"action":"join","phone":{"kind":"external","number":"06 99 88 77 66"}}`)
	supervisor.do("POST", path, `{"action":"leave"}`).is(http.StatusOK)
	if got := last(r); got != (acd.StopObserving{User: "u-supervisor"}) {
		t.Errorf("asked %#v", got)
	}
	if !strings.Contains(r.log.String(), `"action":"whisper","operator":"op-anna","by":"u-supervisor"`) {
		t.Error("the log does not say who listened")
	}
	// Whoever listens is shown: to the operator where the centre says so.
	r.floor.change(api.Rows{Calls: []acd.CallView{{
		ID: "c1", State: acd.CallTalking, Operator: "op-anna", OperatorLeg: 2, Group: "g-sales",
		Observers: []acd.Observer{{User: "u-supervisor", Name: "Sonia", Operator: "op-anna", Mode: acd.Whisper, Up: true}},
	}}})
	r.stands("op-anna", func(v *acd.OperatorView) { v.Call = "c1" })
	anna := r.as("anna")
	shown := func() any {
		call := anna.do("GET", "/me", nil).is(http.StatusOK).at("calls").([]any)[0].(map[string]any)
		return call["observers"]
	}
	if got := fmt.Sprint(shown()); got != "[map[mode:whisper name:Sonia]]" {
		t.Errorf("the banner shows %s", got)
	}
	admin.do("PATCH", "/centre", `{"showListening":false}`).is(http.StatusOK)
	if got := fmt.Sprint(shown()); got != "[]" {
		t.Errorf("the banner shows %s", got)
	}
	row := admin.do("GET", "/floor", nil).is(http.StatusOK).at("calls").([]any)[0].(map[string]any)
	if got := fmt.Sprint(row["observedBy"]); !strings.Contains(got, "mode:whisper") || !strings.Contains(got, "up:true") {
		t.Errorf("the floor shows %s", got)
	}
	// Without the right the phone goes.
	admin.do("PATCH", "/users/u-supervisor", `{"rights":{"operatorDetail":true,"listen":false}}`).is(http.StatusOK)
	if code := b.closed(); code != websocket.StatusPolicyViolation {
		t.Errorf("closed with %d", code)
	}
	until(t, "it is dropped", phones.has("drop u-supervisor up-u-supervisor"))
}

// A supervisor whose page is gone is taken out of the call he heard on it, after
// a while in which it may come back; at once where he may no longer listen.
func TestListenerGone(t *testing.T) {
	r, _ := newPhoneRig(t)
	supervisor, admin := r.as("supervisor"), r.as("administrator")
	allow := func(listen bool) {
		t.Helper()
		body := fmt.Sprintf(`{"rights":{"operatorDetail":true,"listen":%v}}`, listen)
		admin.do("PATCH", "/users/u-supervisor", body).is(http.StatusOK)
	}
	listens := func(phone string) *banner {
		t.Helper()
		b, _ := supervisor.floorPhone()
		b.phone(`{"kind":"offer","session":"up-u-supervisor","sdp":"v=0"}`)
		b.said("answer")
		supervisor.do("POST", "/floor/operators/op-anna/actions", `{"action":"listen","phone":`+phone+`}`).is(http.StatusOK)
		return b
	}
	ended := func() bool { return last(r) == acd.StopObserving{User: "u-supervisor"} }
	times := 0
	gone := func(b *banner) {
		t.Helper()
		_ = b.conn.CloseNow()
		times++
		until(t, "it is waited for", func() bool { return strings.Count(r.log.String(), "phone is away") == times })
		r.clock.Advance(19 * time.Second)
	}
	over := func() bool { return strings.Count(r.log.String(), "phone stream ended") == times }
	allow(true)
	gone(listens(`{"kind":"browser"}`))
	if ended() {
		t.Fatal("ended before the time")
	}
	back := listens(`{"kind":"browser"}`)
	r.clock.Advance(2 * time.Second)
	until(t, "the page before is not waited for", over)
	if ended() {
		t.Error("ended though a page is back")
	}
	gone(back)
	r.clock.Advance(time.Second)
	until(t, "it is ended", ended)

	desk := listens(`{"kind":"external","number":"06 99 88 77 66"}`)
	gone(desk)
	r.clock.Advance(time.Second)
	until(t, "nobody waits", over)
	if ended() {
		t.Error("a telephone needs no page")
	}

	refused := listens(`{"kind":"browser"}`)
	allow(false)
	refused.closed()
	until(t, "it is ended at once", ended)
}
