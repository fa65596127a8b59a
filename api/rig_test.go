package api_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"bandeau/acd"
	"bandeau/api"
	"bandeau/directory"
	"bandeau/internal/clock"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const (
	centreID = "centre-main"
	password = "correct horse battery"
)

var start = time.Date(2026, 3, 2, 9, 0, 0, 123_000_000, time.UTC)

// rig is a server on fakes, with a small centre: two groups, three operators,
// a user of each role.
type rig struct {
	t          testing.TB
	clock      *clock.Manual
	records    *records
	floor      *floor
	calls      *calls
	history    *history
	recordings recordings
	server     *api.Server
	http       *httptest.Server
	log        *lines
}

// lines keeps what was logged.
type lines struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.Write(p)
}

func (l *lines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.String()
}

func newRig(tb testing.TB, changes ...func(*api.Config)) *rig {
	tb.Helper()
	c := clock.NewManual(start)
	r := &rig{
		t: tb, clock: c, calls: &calls{}, history: &history{groups: map[acd.CallID][]acd.GroupID{}},
		recordings: recordings{}, log: &lines{},
	}
	r.floor = newFloor(func() acd.Instant { return acd.At(c.Now()) })
	r.records = newRecords(c)
	r.seed()
	cfg := api.Config{
		Records: r.records, Floors: r.floor, Calls: r.calls, History: r.history, Recordings: r.recordings,
		Passwords: passwords{}, Clock: c, Random: random, Log: slog.New(slog.NewJSONHandler(r.log, &slog.HandlerOptions{Level: slog.LevelDebug})),
		Build: api.Build{Version: "1.2.3", Commit: "abc", Go: "go"},
		Metrics: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			_, _ = io.WriteString(w, "up 1\n")
		}),
	}
	for _, change := range changes {
		change(&cfg)
	}
	server, err := api.New(cfg)
	if err != nil {
		tb.Fatal(err)
	}
	r.server = server
	r.floor.ended = func(o acd.OperatorID, s acd.SessionID, reason acd.LogoutReason) {
		if err := server.EndSession(context.Background(), centreID, o, s, reason); err != nil {
			tb.Error(err)
		}
	}
	r.http = httptest.NewServer(server)
	tb.Cleanup(func() {
		server.Close()
		r.http.CloseClientConnections()
		r.http.Close()
	})
	return r
}

func newRecords(c clock.Clock) *records {
	r := &records{clock: c}
	r.accounts = &accounts{r: r, credentials: map[directory.ID]directory.Credential{}, sessions: map[string]directory.Session{}}
	r.centres = newTable(c, "centre", func(x *directory.Centre) *directory.Meta { return &x.Meta }, func(directory.Centre) string { return "" })
	r.operators = &operatorTable{
		table:    newTable(c, "operator", func(x *directory.Operator) *directory.Meta { return &x.Meta }, func(o directory.Operator) string { return o.Login + o.FullName }),
		accounts: r.accounts, mailed: map[directory.ID]api.NewPassword{},
	}
	r.groups = newTable(c, "group", func(x *directory.Group) *directory.Meta { return &x.Meta }, func(directory.Group) string { return "" })
	r.pauseTypes = newTable(c, "pause", func(x *directory.PauseType) *directory.Meta { return &x.Meta }, func(directory.PauseType) string { return "" })
	r.sounds = newTable(c, "sound", func(x *directory.Sound) *directory.Meta { return &x.Meta }, func(x directory.Sound) string { return x.Name })
	r.numbers = newTable(c, "number", func(x *directory.Number) *directory.Meta { return &x.Meta }, func(directory.Number) string { return "" })
	r.trunks = &trunkTable{newTable(c, "trunk", func(x *directory.Trunk) *directory.Meta { return &x.Meta }, func(directory.Trunk) string { return "" })}
	r.phones = &phoneTable{
		table:   newTable(c, "phone", func(x *directory.Phone) *directory.Meta { return &x.Meta }, func(directory.Phone) string { return "" }),
		secrets: map[directory.ID]directory.Secret{}, contacts: map[directory.ID][]api.Contact{},
	}
	r.users = &userTable{
		table:    newTable(c, "user", func(x *directory.User) *directory.Meta { return &x.Meta }, func(directory.User) string { return "" }),
		accounts: r.accounts, mailed: map[directory.ID]api.NewPassword{},
	}
	r.tokens = &tokenTable{newTable(c, "token", func(x *directory.Token) *directory.Meta { return &x.Meta }, func(directory.Token) string { return "" })}
	r.mails = newTable(c, "mail", func(x *directory.Mail) *directory.Meta { return &x.Meta }, func(directory.Mail) string { return "" })
	return r
}

// seed fills the centre.
func (r *rig) seed() {
	ctx := context.Background()
	centre := directory.NewCentre("main")
	centre.ID = centreID
	_, _ = r.records.centres.Create(ctx, centre)
	hash, _ := passwords{}.Hash(ctx, password)
	for _, login := range []string{"anna", "ben", "carla"} {
		o := directory.NewOperator(centre)
		o.ID, o.Login, o.FullName, o.Email = directory.ID("op-"+login), login, strings.ToUpper(login[:1])+login[1:], login+"@example.org"
		o.Phone = directory.PhoneChoice{Kind: directory.PhoneExternal, Number: "+33612345678"}
		o.ScreenPop.IncomingURL = "https://crm.example.org/?n={caller}"
		_, _ = r.records.operators.table.Create(ctx, o)
		r.records.accounts.set(o.ID, directory.Credential{Subject: o.ID, Hash: hash})
	}
	for _, name := range []string{"sales", "help"} {
		g := directory.NewGroup(centre)
		g.ID, g.Name = directory.ID("g-"+name), name
		_, _ = r.records.groups.Create(ctx, g)
		r.floor.groups[acd.GroupID(g.ID)] = acd.GroupView{ID: acd.GroupID(g.ID), Name: name, LoggedIn: 1, Waiting: 2}
	}
	in := func(id string, groups ...acd.GroupID) {
		r.floor.operators[acd.OperatorID(id)] = acd.OperatorView{ID: acd.OperatorID(id), Name: id, Groups: groups}
	}
	in("op-anna", "g-sales")
	in("op-ben", "g-help")
	in("op-carla")
	for i, name := range []string{"Login", "Lunch"} {
		_, _ = r.records.pauseTypes.Create(ctx, directory.PauseType{
			Meta:  directory.Meta{ID: directory.ID("p-" + strings.ToLower(name)), Centre: centreID},
			Names: directory.Names{FR: name}, Colour: "#475569", Order: i + 1, Login: i == 0,
		})
	}
	for _, role := range []directory.Role{directory.RoleTechnical, directory.RoleAdministrator, directory.RoleSupervisor} {
		u := directory.NewUser(centre)
		u.ID, u.Login, u.Name, u.Role, u.Email = directory.ID("u-"+role), string(role), string(role), role, string(role)+"@example.org"
		if role == directory.RoleSupervisor {
			u.Groups = []directory.ID{"g-sales"}
		}
		_, _ = r.records.users.table.Create(ctx, u)
		r.records.accounts.set(u.ID, directory.Credential{Subject: u.ID, Hash: hash})
	}
}

// client is somebody with, or without, a credential.
type client struct {
	r      *rig
	cookie string
	bearer string
}

// as logs somebody in.
func (r *rig) as(login string) *client {
	r.t.Helper()
	c := &client{r: r}
	a := c.do("POST", "/login", map[string]any{"login": login, "password": password})
	a.is(http.StatusOK)
	c.cookie = a.cookie()
	return c
}

type answer struct {
	t      testing.TB
	status int
	header http.Header
	body   []byte
	what   string
	raw    *http.Response
}

// do sends a request; a string body goes as it is, others as JSON. Extra pairs
// are headers.
func (c *client) do(method, path string, body any, headers ...string) *answer {
	t := c.r.t
	t.Helper()
	var reader io.Reader
	if body != nil {
		text, ok := body.(string)
		if !ok {
			data, err := json.Marshal(body)
			if err != nil {
				t.Fatal(err)
			}
			text = string(data)
		}
		reader = strings.NewReader(text)
	}
	if !strings.HasPrefix(path, "/healthz") && !strings.HasPrefix(path, "/metrics") && !strings.HasPrefix(path, "/api") {
		path = "/api/v1" + path
	}
	request, err := http.NewRequestWithContext(t.Context(), method, c.r.http.URL+path, reader)
	if err != nil {
		t.Fatal(err)
	}
	if body != nil {
		request.Header.Set("Content-Type", "application/json")
	}
	c.sign(request)
	for i := 0; i+1 < len(headers); i += 2 {
		request.Header.Set(headers[i], headers[i+1])
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	data, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return &answer{t: t, status: response.StatusCode, header: response.Header, body: data, what: method + " " + path, raw: response}
}

func (c *client) sign(request *http.Request) {
	if c.cookie != "" {
		request.Header.Set("Cookie", "bandeau_session="+c.cookie)
	}
	if c.bearer != "" {
		request.Header.Set("Authorization", "Bearer "+c.bearer)
	}
}

func (a *answer) is(status int) *answer {
	a.t.Helper()
	if a.status != status {
		a.t.Fatalf("%s: got %d, want %d: %s", a.what, a.status, status, a.body)
	}
	if a.status >= 400 && a.header.Get("Content-Type") != "application/problem+json" {
		a.t.Fatalf("%s: %d with content type %q", a.what, a.status, a.header.Get("Content-Type"))
	}
	return a
}

func (a *answer) json() map[string]any {
	a.t.Helper()
	var m map[string]any
	if err := json.Unmarshal(a.body, &m); err != nil {
		a.t.Fatalf("%s: %v: %s", a.what, err, a.body)
	}
	return m
}

// at follows names into the body.
func (a *answer) at(names ...string) any {
	a.t.Helper()
	var v any = a.json()
	for _, name := range names {
		m, ok := v.(map[string]any)
		if !ok {
			a.t.Fatalf("%s: nothing at %v: %s", a.what, names, a.body)
		}
		v = m[name]
	}
	return v
}

func (a *answer) has(want any, names ...string) *answer {
	a.t.Helper()
	got, _ := json.Marshal(a.at(names...))
	expected, _ := json.Marshal(want)
	if !bytes.Equal(got, expected) {
		a.t.Fatalf("%s: %v is %s, want %s", a.what, names, got, expected)
	}
	return a
}

// locations are those of the refused values.
func (a *answer) locations() []string {
	a.t.Helper()
	var p api.Problem
	if err := json.Unmarshal(a.body, &p); err != nil {
		a.t.Fatal(err)
	}
	var all []string
	for _, f := range p.Errors {
		all = append(all, f.Location)
	}
	return all
}

func (a *answer) cookie() string {
	a.t.Helper()
	for _, c := range a.raw.Cookies() {
		if c.Name == "bandeau_session" {
			return c.Value
		}
	}
	a.t.Fatalf("%s: no cookie", a.what)
	return ""
}

// until waits for a condition that others bring about.
func until(tb testing.TB, what string, ok func() bool) {
	tb.Helper()
	deadline := time.Now().Add(5 * time.Second)
	for !ok() {
		if time.Now().After(deadline) {
			tb.Fatal("never: " + what)
		}
		time.Sleep(time.Millisecond)
	}
}
