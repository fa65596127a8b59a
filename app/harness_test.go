package app

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"net/http/cookiejar"
	"net/netip"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"

	"bandeau/internal/clock"
	"bandeau/telephony/siptest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const (
	// patience bounds a whole test; everything it waits for comes long before.
	patience = 2 * time.Minute
	// poll is how often a condition is looked at.
	poll = 10 * time.Millisecond

	adminPassword    = "a first secret for tests"
	operatorPassword = "an operator's secret"
)

// The numbers of the centre under test and of the people outside.
const (
	serviceNumber = "+33170200200"
	otherNumber   = "+33170200201"
	callerNumber  = "+33612345678"
)

// fields is a JSON object to be sent.
type fields map[string]any

// stage is a node with what surrounds it: a carrier, telephones and the people
// who use them. Everything is configured and driven through the HTTP interface,
// as a program outside would.
type stage struct {
	t     *testing.T
	ctx   context.Context
	opts  Options
	node  *Node
	trunk *siptest.Trunk
	admin *visitor
	group string // the group of the service number
	seat  atomic.Int32

	around []func() // ends phones and carriers, after the node: it says goodbye to them
}

// quietOptions are the options of a node on loopback with ports of its own.
func quietOptions(t *testing.T) Options {
	t.Helper()
	opts := DefaultOptions()
	opts.Data = t.TempDir()
	opts.HTTP = "127.0.0.1:0"
	opts.SIP = netip.MustParseAddrPort("127.0.0.1:0")
	opts.RTPPortMin, opts.RTPPortMax = 0, 0
	opts.WebRTC = netip.MustParseAddrPort("127.0.0.1:0")
	opts.SetupPassword = adminPassword
	opts.Version = "v0.0.0-test"
	return opts
}

// testContext ends with the test, or when it takes too long.
func testContext(t *testing.T) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	t.Cleanup(cancel)
	return ctx
}

// testLog shows warnings with a failed test, and makes any error a failure: a
// node that meets nothing unforeseen logs none.
func testLog(t *testing.T) *slog.Logger {
	t.Helper()
	return slog.New(strictHandler{slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelWarn}), t})
}

type strictHandler struct {
	slog.Handler
	t *testing.T
}

func (h strictHandler) Handle(ctx context.Context, r slog.Record) error {
	if r.Level >= slog.LevelError {
		h.t.Errorf("the node logged an error: %s", r.Message)
	}
	return h.Handler.Handle(ctx, r)
}

func (h strictHandler) WithAttrs(attrs []slog.Attr) slog.Handler {
	return strictHandler{h.Handler.WithAttrs(attrs), h.t}
}

func (h strictHandler) WithGroup(name string) slog.Handler {
	return strictHandler{h.Handler.WithGroup(name), h.t}
}

// startNode starts a node that is stopped at the end of the test.
func startNode(ctx context.Context, t *testing.T, opts Options, clk clock.Clock) *Node {
	t.Helper()
	n, err := open(ctx, opts, io.Discard, testLog(t), clk)
	must(t, err)
	t.Cleanup(func() {
		if err := n.Stop(); err != nil {
			t.Errorf("stop: %v", err)
		}
	})
	must(t, n.Start(ctx))
	return n
}

// newStage starts a node, a carrier that may call it, a group and the service
// number that leads to the group. change, if not nil, has a word in the options.
func newStage(t *testing.T, change func(*Options)) *stage {
	t.Helper()
	return newStageAt(t, clock.System{}, change)
}

// newStageAt is newStage with a clock of the test's.
func newStageAt(t *testing.T, clk clock.Clock, change func(*Options)) *stage {
	t.Helper()
	s := &stage{t: t, ctx: testContext(t), opts: quietOptions(t)}
	if change != nil {
		change(&s.opts)
	}
	t.Cleanup(func() {
		for _, end := range s.around {
			end()
		}
	})
	s.node = startNode(s.ctx, t, s.opts, clk)
	s.admin = s.visit()
	s.admin.login("admin", adminPassword)
	s.trunk = s.carrier()
	s.group = s.newGroup("Sales", nil)
	s.admin.create("/numbers", fields{
		"number": serviceNumber, "label": "Sales", "destination": fields{"type": "group", "id": s.group},
	})
	return s
}

func (s *stage) sip() netip.AddrPort { return netip.MustParseAddrPort(s.node.SIPAddrs()[0]) }

// carrier starts a trunk and makes it known to the node.
func (s *stage) carrier(change ...fields) *siptest.Trunk {
	s.t.Helper()
	trunk, err := siptest.NewTrunk(context.WithoutCancel(s.ctx), siptest.TrunkConfig{Server: s.sip(), Number: callerNumber})
	must(s.t, err)
	s.around = append(s.around, trunk.Close)
	record := fields{
		"name": "carrier", "host": "127.0.0.1", "port": trunk.Addr().Port(),
		"sources": []string{fmt.Sprintf("127.0.0.1/32:%d", trunk.Addr().Port())}, "keepaliveSeconds": 0,
	}
	for _, c := range change {
		record = with(record, c)
	}
	s.admin.create("/trunks", record)
	return trunk
}

func (s *stage) newGroup(name string, more fields) string {
	s.t.Helper()
	return s.admin.create("/groups", with(fields{"name": name, "strategy": "fixed"}, more))
}

// members puts operators into a group, in the order given.
func (s *stage) members(group string, operators ...*operator) {
	s.t.Helper()
	list := []fields{}
	for _, o := range operators {
		list = append(list, fields{"operator": o.id})
	}
	s.admin.patch("/groups/"+group, fields{"members": list})
}

// operator is an operator with his telephone and his web session.
type operator struct {
	*visitor
	id, name string
	account  string // of his phone's record
	phone    *siptest.Phone
}

// newOperator creates an operator with a registered Centrex phone and logs him in.
func (s *stage) newOperator(name string, more fields) *operator {
	s.t.Helper()
	o := s.newRecord(name, more)
	must(s.t, o.phone.Register(s.ctx))
	o.login(name, operatorPassword)
	return o
}

// newRecord creates an operator and his phone, and neither registers the one
// nor logs the other in.
func (s *stage) newRecord(name string, more fields) *operator {
	s.t.Helper()
	o := &operator{visitor: s.visit(), name: name}
	o.account, o.phone = s.newPhone(name, siptest.PhoneConfig{})
	o.id = s.admin.create("/operators", with(fields{
		"login": name, "fullName": fullName(name), "email": name + "@example.org", "ringSeconds": 5,
		"phone": fields{"kind": "centrex", "account": o.account},
	}, more))
	s.setPassword(name, operatorPassword)
	return o
}

func fullName(login string) string { return strings.ToUpper(login[:1]) + login[1:] + " Test" }

// newPhone creates a phone's record and the phone with the secret of the answer.
func (s *stage) newPhone(label string, config siptest.PhoneConfig) (string, *siptest.Phone) {
	s.t.Helper()
	var record struct{ ID, Username, Password string }
	s.admin.send(http.MethodPost, "/phones", fields{
		"label": label, "number": fmt.Sprint(200 + s.seat.Add(1)),
	}, http.StatusCreated, &record)
	config.Server, config.Username, config.Password = s.sip(), record.Username, record.Password
	config.Realm, config.AllowTalk = "bandeau", true
	phone, err := siptest.NewPhone(context.WithoutCancel(s.ctx), config)
	must(s.t, err)
	s.around = append(s.around, phone.Close)
	phone.OnCall(siptest.RingForever())
	return record.ID, phone
}

// setPassword does what `bandeau user password` does: through the socket of
// the running node.
func (s *stage) setPassword(login, password string) {
	s.t.Helper()
	admin, release, err := OpenAdmin(s.ctx, s.opts, false, testLog(s.t))
	must(s.t, err)
	defer func() { must(s.t, release()) }()
	_, err = admin.SetPassword(s.ctx, SetPassword{Login: login, Password: password, Final: true})
	must(s.t, err)
}

// call places a call from outside.
func (s *stage) call(called string, o siptest.DialOptions) *siptest.Call {
	s.t.Helper()
	call, err := s.trunk.Call(s.ctx, called, o)
	must(s.t, err)
	return call
}

// rings waits until a phone rings, and returns the call it is rung for.
func (s *stage) rings(phone *siptest.Phone) *siptest.Call {
	s.t.Helper()
	call, err := phone.NextCall(s.ctx)
	must(s.t, err)
	return call
}

// until waits for a condition.
func (s *stage) until(what string, holds func() bool) {
	s.t.Helper()
	ticker := time.NewTicker(poll)
	defer ticker.Stop()
	for !holds() {
		select {
		case <-ticker.C:
		case <-s.ctx.Done():
			s.t.Fatalf("waited in vain: %s", what)
		}
	}
}

// must fails the test on an error.
func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// equal fails the test when two values differ.
func equal[T comparable](t *testing.T, what string, got, want T) {
	t.Helper()
	if got != want {
		t.Fatalf("%s: got %v, want %v", what, got, want)
	}
}

func with(record, more fields) fields {
	all := maps.Clone(record)
	maps.Copy(all, more)
	return all
}

// visitor is somebody at the HTTP interface, with his cookies.
type visitor struct {
	t    *testing.T
	ctx  context.Context
	base string
	http *http.Client
}

func (s *stage) visit() *visitor {
	s.t.Helper()
	return newVisitor(s.ctx, s.t, s.node)
}

func newVisitor(ctx context.Context, t *testing.T, n *Node) *visitor {
	t.Helper()
	jar, err := cookiejar.New(nil)
	must(t, err)
	transport := &http.Transport{}
	t.Cleanup(transport.CloseIdleConnections)
	return &visitor{t: t, ctx: ctx, base: n.URL() + "/api/v1", http: &http.Client{Jar: jar, Transport: transport}}
}

// request sends a request and returns the status and the body.
func (v *visitor) request(method, path string, body any) (int, []byte) {
	v.t.Helper()
	var content io.Reader
	if body != nil {
		data, err := json.Marshal(body)
		must(v.t, err)
		content = bytes.NewReader(data)
	}
	request, err := http.NewRequestWithContext(v.ctx, method, v.base+path, content)
	must(v.t, err)
	if body != nil {
		request.Header.Set("Content-Type", "application/json")
	}
	response, err := v.http.Do(request)
	must(v.t, err)
	data, err := io.ReadAll(response.Body)
	must(v.t, errors.Join(err, response.Body.Close()))
	return response.StatusCode, data
}

// send expects a status and reads the answer into a value, unless it is nil.
func (v *visitor) send(method, path string, body any, status int, into any) {
	v.t.Helper()
	got, data := v.request(method, path, body)
	if got != status {
		v.t.Fatalf("%s %s: status %d, want %d: %s", method, path, got, status, data)
	}
	if into != nil {
		if err := json.Unmarshal(data, into); err != nil {
			v.t.Fatalf("%s %s: %v: %s", method, path, err, data)
		}
	}
}

func (v *visitor) get(path string, into any) {
	v.t.Helper()
	v.send(http.MethodGet, path, nil, http.StatusOK, into)
}

// create returns the new record's identifier.
func (v *visitor) create(path string, body fields) string {
	v.t.Helper()
	var record struct{ ID string }
	v.send(http.MethodPost, path, body, http.StatusCreated, &record)
	return record.ID
}

func (v *visitor) patch(path string, body fields) {
	v.t.Helper()
	v.send(http.MethodPatch, path, body, http.StatusOK, nil)
}

// refused expects a refusal with the code that programs tell it by.
func (v *visitor) refused(method, path string, body any, status int, code string) {
	v.t.Helper()
	var problem struct{ Code string }
	v.send(method, path, body, status, &problem)
	equal(v.t, method+" "+path+": code", problem.Code, code)
}

func (v *visitor) login(login, password string) {
	v.t.Helper()
	v.send(http.MethodPost, "/login", fields{"login": login, "password": password}, http.StatusOK, nil)
}
