package sipua

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/emiago/sipgo/sip"
	"go.uber.org/goleak"
)

// Timers are shortened for the whole test binary, before any user agent exists.
func TestMain(m *testing.M) {
	SetTimers(20*time.Millisecond, 80*time.Millisecond, 100*time.Millisecond)
	code := m.Run()
	if code == 0 {
		if err := goleak.Find(); err != nil {
			fmt.Fprintln(os.Stderr, err)
			code = 1
		}
	}
	os.Exit(code)
}

const patience = 3 * time.Second

// rig is a user agent with a handler that writes down what it is told.
type rig struct {
	t        *testing.T
	u        *UA
	addr     netip.AddrPort
	incoming chan *Dialog
	bindings chan string
	states   chan string
	onCall   func(*Dialog)
}

func (r *rig) Incoming(d *Dialog) {
	if r.onCall != nil {
		r.onCall(d)
		return
	}
	r.incoming <- d
}

func (r *rig) BindingChanged(_, account string, n int) {
	select {
	case r.bindings <- account + " " + strconv.Itoa(n):
	default:
	}
}

func (r *rig) TrunkChanged(_, id, state string) {
	select {
	case r.states <- id + " " + state:
	default:
	}
}

func newRig(t *testing.T, change func(*Config)) *rig {
	t.Helper()
	r := &rig{t: t, incoming: make(chan *Dialog, 100), bindings: make(chan string, 1000), states: make(chan string, 1000)}
	cfg := Config{
		Listen: netip.MustParseAddrPort("127.0.0.1:0"), Handler: r,
		Log: slog.New(slog.NewTextHandler(testWriter{t}, &slog.HandlerOptions{Level: slog.LevelWarn})),
	}
	if change != nil {
		change(&cfg)
	}
	u, err := New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	r.u, r.addr = u, u.Addrs()[0]
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		if err := u.Run(ctx); err != nil {
			t.Error(err)
		}
	}()
	t.Cleanup(func() {
		cancel()
		select {
		case <-done:
		case <-time.After(5 * time.Second):
			t.Error("Run does not end")
		}
		if n := u.Counters().Panics; n != 0 {
			t.Errorf("%d panics", n)
		}
	})
	return r
}

type testWriter struct{ t *testing.T }

func (w testWriter) Write(p []byte) (int, error) {
	w.t.Log(strings.TrimSpace(string(p)))
	return len(p), nil
}

// trunkFor makes a peer's socket a trunk.
func (r *rig) trunkFor(p *peer, change func(*Trunk)) {
	t := Trunk{
		Centre: "c1", ID: "t1", Name: "carrier", Host: "127.0.0.1", Port: p.addr.Port(), Enabled: true, Priority: 1,
		Sources: []Source{{Prefix: netip.MustParsePrefix("127.0.0.1/32"), Port: p.addr.Port()}},
	}
	if change != nil {
		change(&t)
	}
	r.u.SetTrunks([]Trunk{t})
}

func (r *rig) call() *Dialog {
	r.t.Helper()
	select {
	case d := <-r.incoming:
		return d
	case <-time.After(patience):
		r.t.Fatal("no call came")
		return nil
	}
}

// events collects what a dialog says.
type events struct {
	t  *testing.T
	ch chan Event
}

func listen(t *testing.T, d *Dialog) *events {
	t.Helper()
	e := &events{t, make(chan Event, 1000)}
	if d != nil {
		d.Bind(e.sink)
	}
	return e
}

func (e *events) sink(ev Event) { e.ch <- ev }

func want[T Event](e *events) T {
	e.t.Helper()
	select {
	case ev := <-e.ch:
		v, ok := ev.(T)
		if !ok {
			e.t.Fatalf("event %T%+v, want %T", ev, ev, v)
		}
		return v
	case <-time.After(patience):
		var v T
		e.t.Fatalf("no event, want %T", v)
		return v
	}
}

func (e *events) none(d time.Duration) {
	e.t.Helper()
	select {
	case ev := <-e.ch:
		e.t.Fatalf("unexpected event %T%+v", ev, ev)
	case <-time.After(d):
	}
}

// peer is a UDP socket that says what the test tells it to.
type peer struct {
	t    *testing.T
	c    *net.UDPConn
	addr netip.AddrPort
	ua   netip.AddrPort
	n    int
	call string // Call-ID of the last request sent
}

func newPeer(t *testing.T, r *rig) *peer {
	t.Helper()
	c, err := net.ListenUDP("udp", net.UDPAddrFromAddrPort(netip.MustParseAddrPort("127.0.0.1:0")))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	_ = c.SetReadBuffer(1 << 20)
	return &peer{t: t, c: c, addr: addrPort(c.LocalAddr()), ua: r.addr}
}

func (p *peer) raw(b string) {
	p.t.Helper()
	if _, err := p.c.WriteToUDPAddrPort([]byte(b), p.ua); err != nil {
		p.t.Fatal(err)
	}
}

func (p *peer) send(m *message) {
	p.t.Helper()
	if m.status == 0 {
		p.call = m.callID()
	}
	p.raw(string(m.encode()))
}

// read returns the next message, nil when none comes in time.
func (p *peer) read(wait time.Duration) *message {
	buf := make([]byte, 65535)
	_ = p.c.SetReadDeadline(time.Now().Add(wait))
	n, from, err := p.c.ReadFromUDPAddrPort(buf)
	if err != nil {
		return nil
	}
	l := Limits{HeaderLine: 65535, Headers: 500, HeaderParams: 500}
	m, err := parseMessage(buf[:n], &l)
	if err != nil {
		p.t.Errorf("unreadable: %v\n%s", err, buf[:n])
		return nil
	}
	m.source = from
	return m
}

// status returns the status of the next response, whatever else it holds.
func (p *peer) status(wait time.Duration) int {
	buf := make([]byte, 65535)
	_ = p.c.SetReadDeadline(time.Now().Add(wait))
	n, err := p.c.Read(buf)
	if err != nil || n < 12 {
		return 0
	}
	code, _ := strconv.Atoi(string(buf[8:11]))
	return code
}

// request waits for a request of a method, skipping retransmissions of anything else.
func (p *peer) request(method string) *message {
	p.t.Helper()
	end := time.Now().Add(patience)
	for time.Now().Before(end) {
		if m := p.read(time.Until(end)); m != nil && m.method == method {
			return m
		}
	}
	p.t.Fatalf("no %s came", method)
	return nil
}

// response waits for a response with a status to a method.
func (p *peer) response(status int, method string) *message {
	p.t.Helper()
	end := time.Now().Add(patience)
	for time.Now().Before(end) {
		m := p.read(time.Until(end))
		if m == nil || m.status == 0 || m.callID() != p.call { // or a repeated answer of an earlier call
			continue
		}
		if _, of := m.cseq(); of != method {
			continue
		}
		if m.status == status {
			return m
		}
		if m.status >= 200 {
			p.t.Fatalf("%s got %d %s, want %d", method, m.status, m.reason, status)
		}
	}
	p.t.Fatalf("no %d to %s came", status, method)
	return nil
}

// silent checks that no message for which f is true comes for a while.
func (p *peer) silent(wait time.Duration, f func(*message) bool) {
	p.t.Helper()
	end := time.Now().Add(wait)
	for time.Now().Before(end) {
		if m := p.read(time.Until(end)); m != nil && f(m) {
			p.t.Fatalf("unexpected\n%s", m.encode())
		}
	}
}

func isRequest(method string) func(*message) bool {
	return func(m *message) bool { return m.method == method }
}

const (
	sdpA = "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 40000 RTP/AVP 8\r\n"
	sdpB = "v=0\r\no=- 2 2 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 40002 RTP/AVP 8\r\n"
)

// build makes a request out of a dialog.
func (p *peer) build(method, uri string, fields ...Header) *message {
	p.n++
	m := &message{method: method, uri: uri}
	m.fields = []Header{
		{"Via", fmt.Sprintf("SIP/2.0/UDP %s;branch=z9hG4bK%s", p.addr, token(6))},
		{"Max-Forwards", "70"},
		{"From", "<sip:+33170200201@carrier.example>;tag=" + token(4)},
		{"To", "<" + uri + ">"},
		{"Call-ID", token(8)},
		{"CSeq", strconv.Itoa(p.n) + " " + method},
		{"Contact", fmt.Sprintf("<sip:peer@%s>", p.addr)},
	}
	for _, f := range fields {
		m.set(f.Name, f.Value)
	}
	return m
}

func (p *peer) invite(sdp string, fields ...Header) *message {
	m := p.build("INVITE", "sip:+33170200200@"+p.ua.String(), fields...)
	if sdp != "" {
		m.withSDP([]byte(sdp))
	}
	return m
}

// ack acknowledges a final response to an INVITE of the peer.
func (p *peer) ack(inv, res *message, sdp string) {
	p.t.Helper()
	n, _ := inv.cseq()
	m := &message{method: "ACK", uri: inv.uri}
	via := inv.get("Via")
	if res.status < 300 {
		m.uri = contactOf(res)
		via = fmt.Sprintf("SIP/2.0/UDP %s;branch=z9hG4bK%s", p.addr, token(6))
	}
	m.fields = []Header{
		{"Via", via},
		{"Max-Forwards", "70"},
		{"From", inv.get("From")},
		{"To", res.get("To")},
		{"Call-ID", inv.callID()},
		{"CSeq", fmt.Sprintf("%d ACK", n)},
	}
	if sdp != "" {
		m.withSDP([]byte(sdp))
	}
	p.send(m)
}

// inside makes a request within the dialog that inv of the peer and its response res made.
func (p *peer) inside(method string, inv, res *message, cseq int, fields ...Header) *message {
	m := p.build(method, contactOf(res), Header{"From", inv.get("From")}, Header{"To", res.get("To")},
		Header{"Call-ID", inv.callID()}, Header{"CSeq", fmt.Sprintf("%d %s", cseq, method)})
	for _, f := range fields {
		m.set(f.Name, f.Value)
	}
	return m
}

// back makes a request of the peer within a dialog that the user agent opened with inv, answered with res.
func (p *peer) inverse(method string, inv, res *message, cseq int, fields ...Header) *message {
	return p.inside(method, &message{fields: []Header{{"From", res.get("To")}, {"Call-ID", inv.callID()}}},
		&message{fields: []Header{{"To", inv.get("From")}, {"Contact", inv.get("Contact")}}}, cseq, fields...)
}

// reply answers a request of the user agent.
func (p *peer) reply(req *message, status int, tag, sdp string, extra ...Header) *message {
	p.t.Helper()
	res := req.respond(status, tag, extra...)
	if status > 100 && status < 300 && !res.has("Contact") {
		res.add("Contact", fmt.Sprintf("<sip:peer@%s>", p.addr))
	}
	if sdp != "" {
		res.withSDP([]byte(sdp))
	}
	p.send(res)
	return res
}

// established sets up a call from the trunk and returns its INVITE, its 200 and our dialog.
func (p *peer) established(r *rig, fields ...Header) (inv, ok *message, d *Dialog, e *events) {
	p.t.Helper()
	inv = p.invite(sdpA, fields...)
	p.send(inv)
	d = r.call()
	e = listen(p.t, d)
	d.Accept([]byte(sdpB))
	ok = p.response(200, "INVITE")
	p.ack(inv, ok, "")
	want[Confirmed](e)
	return inv, ok, d, e
}

// placed sets up a call to the trunk.
func (p *peer) placed(r *rig, extra ...Header) (inv, ok *message, d *Dialog, e *events) {
	p.t.Helper()
	e = listen(p.t, nil)
	d = r.u.Invite(Outbound{Target: Target{Trunk: "t1", Number: "+33612345678"}, From: Party{User: "+33170200200"}, SDP: []byte(sdpA), Sink: e.sink})
	inv = p.request("INVITE")
	ok = p.reply(inv, 200, "peer1", sdpB, extra...)
	p.request("ACK")
	want[Answered](e)
	return inv, ok, d, e
}

func eventually(t *testing.T, what string, f func() bool) {
	t.Helper()
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(2 * time.Millisecond) {
		if f() {
			return
		}
	}
	t.Fatal("never: " + what)
}

func t1() time.Duration { return sip.T1 }

func mustPrefix(s string) netip.Prefix { return netip.MustParsePrefix(s) }
