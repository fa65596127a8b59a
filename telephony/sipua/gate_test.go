package sipua

import (
	"fmt"
	"log/slog"
	"net/netip"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/emiago/sipgo/sip"
)

func TestStrangersGetSilence(t *testing.T) {
	r := newRig(t, nil)
	r.u.SetAccounts([]Account{{Centre: "c1", ID: "a1", Username: "anna", Password: "x", Enabled: true}})
	p := newPeer(t, r)
	for _, m := range []*message{
		p.invite(sdpA), p.build("OPTIONS", "sip:x@"+p.ua.String()), p.build("BYE", "sip:x@y"), p.build("CANCEL", "sip:x@y"),
		p.build("ACK", "sip:x@y"), p.build("SUBSCRIBE", "sip:x@y"), p.build("FOO", "sip:x@y"),
	} {
		p.send(m)
	}
	p.raw("junk\r\n\r\n")
	p.raw("\r\n\r\n")
	p.raw("SIP/2.0 200 OK\r\nVia: SIP/2.0/UDP x;branch=z9hG4bKx\r\n\r\n")
	p.silent(10*t1(), func(*message) bool { return true })
	if c := r.u.Counters(); c.Strangers < 8 {
		t.Fatalf("%+v", c)
	}
	// The library has seen nothing of it: it keeps every address for ever.
	if n := r.u.tl.Pool("udp").Size(); n != 1 {
		t.Fatalf("%d addresses in the library's pool", n)
	}
}

// Naming our realm is no proof of anything: the address may be forged.
func TestCredentialsOfAStrangerAreNoPassport(t *testing.T) {
	r := newRig(t, nil)
	p := newPeer(t, r)
	made := Header{"Authorization", `Digest username="anna", realm="bandeau", nonce="x", uri="sip:x@y", response="0"`}
	for _, method := range []string{"OPTIONS", "REFER", "INVITE"} {
		p.send(p.build(method, "sip:x@"+p.ua.String(), made))
		p.response(401, method)
	}
	inside := Header{"To", "<sip:x@y>;tag=made-up"}
	before := r.u.Counters().Strangers
	for _, m := range []*message{
		p.build("BYE", "sip:x@y", made, inside), p.build("INVITE", "sip:x@y", made, inside), p.build("OPTIONS", "sip:x@y", made, inside),
		p.build("BYE", "sip:x@y", made), p.build("NOTIFY", "sip:x@y", made),
	} {
		p.send(m)
	}
	eventually(t, "refused", func() bool { return r.u.Counters().Strangers == before+5 })
	p.silent(5*t1(), func(*message) bool { return true })
	if n := r.u.tl.Pool("udp").Size(); n != 1 {
		t.Fatalf("%d addresses in the library's pool", n)
	}
}

func TestAnAddressWithADialogIsNoPassport(t *testing.T) {
	r, p := trunkRig(t, nil)
	inv, ok, _, e := p.established(r)
	q := newPeer(t, r) // the same host, another port
	q.send(q.build("OPTIONS", "sip:x@"+q.ua.String()))
	q.send(q.invite(sdpA))
	q.silent(5*t1(), func(*message) bool { return true })
	q.send(q.inside("INFO", inv, ok, 9)) // within the dialog it is the peer's, whose NAT may have moved it
	q.response(200, "INFO")
	e.none(t1())
}

// A carrier we only send to answers as often as one that also calls: with responses.
func TestAnOutboundTrunkMayAnswerOften(t *testing.T) {
	r := newRig(t, nil)
	p := newPeer(t, r)
	r.trunkFor(p, func(x *Trunk) { x.Sources = nil })
	now := time.Now()
	for i := range 1000 {
		if !r.u.rates.allow(now, r.u.classOf(p.addr), p.addr) {
			t.Fatalf("throttled after %d messages", i)
		}
	}
	p.send(p.build("OPTIONS", "sip:x@"+p.ua.String())) // yet it may not call
	p.send(p.invite(sdpA))
	p.silent(5*t1(), func(*message) bool { return true })
}

// The library writes whole datagrams of strangers into the log.
func TestJunkIsNotLogged(t *testing.T) {
	var lines atomic.Int64
	r := newRig(t, func(c *Config) { c.Log = slog.New(slog.NewTextHandler(countingWriter{&lines}, nil)) })
	p := newPeer(t, r)
	r.trunkFor(p, nil)
	for i := range 1000 {
		r.u.inspect(fmt.Appendf(nil, "INVITE sip:%d SIP/2.0\r\nAuthorization: secret\r\nVia: junk\r\n\r\n", i), p.addr, r.addr, "udp")
	}
	if n := r.u.Counters().Malformed; n != 1000 {
		t.Fatal(n)
	}
	if n := lines.Load(); n > 1 {
		t.Fatalf("%d lines", n)
	}
}

type countingWriter struct{ n *atomic.Int64 }

func (w countingWriter) Write(p []byte) (int, error) {
	w.n.Add(1)
	return len(p), nil
}

func BenchmarkGate(b *testing.B) {
	u, err := New(Config{Listen: netip.MustParseAddrPort("127.0.0.1:0"), Handler: &rig{}, Limits: Limits{TrunkRate: 1e9, TrunkBurst: 1e9}})
	if err != nil {
		b.Fatal(err)
	}
	defer u.Close()
	u.SetTrunks([]Trunk{{ID: "t1", Host: "127.0.0.1", Enabled: true, Sources: []Source{{Prefix: mustPrefix("127.0.0.1/32")}}}})
	p := &peer{addr: netip.MustParseAddrPort("127.0.0.1:5070"), ua: u.Addrs()[0]}
	m := p.build("OPTIONS", "sip:x@127.0.0.1").encode()
	for b.Loop() {
		if pass, _ := u.inspect(m, p.addr, p.ua, "udp"); pass == nil {
			b.Fatal("refused")
		}
	}
}

// 1 M spoofed sources must not grow the heap. The gate is asked directly: loopback has one address.
func TestForgedSourcesCostNoMemory(t *testing.T) {
	r := newRig(t, nil)
	m := newPeer(t, r).registerMsg("anna").encode()
	local := r.addr
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	const n = 100_000
	answers := 0
	for i := range n {
		src := netip.AddrPortFrom(netip.AddrFrom4([4]byte{10, byte(i >> 16), byte(i >> 8), byte(i)}), 5060)
		if pass, reply := r.u.inspect(m, src, local, "udp"); pass != nil {
			t.Fatal("reached the library")
		} else if reply != nil {
			answers++
		}
	}
	runtime.GC()
	runtime.ReadMemStats(&after)
	if grown := int64(after.HeapAlloc) - int64(before.HeapAlloc); grown > 5<<20 {
		t.Fatalf("heap grew by %d bytes", grown)
	}
	if answers > n/10 {
		t.Fatalf("%d answers to strangers", answers)
	}
}

func TestRateOfOneSource(t *testing.T) {
	_, p, _ := phoneRig(t, nil)
	got := 0
	for range 100 {
		p.send(p.registerMsg("anna"))
	}
	for p.read(20*t1()) != nil {
		got++
	}
	if got == 0 || got > 31 {
		t.Fatalf("%d answers to 100 requests", got)
	}
}

// The library parses header parameters in quadratic time, 17 ms for 31 kB.
func TestHostileHeadersAreCheap(t *testing.T) {
	r, p := trunkRig(t, nil)
	for name, m := range map[string]string{
		"parameters": "OPTIONS sip:x@y SIP/2.0\r\nFrom: <sip:a@b>" + strings.Repeat(";a=b", 900) + "\r\n\r\n",
		"line":       "OPTIONS sip:x@y SIP/2.0\r\nX: " + strings.Repeat("x", 3000) + "\r\n\r\n",
		"fields":     "OPTIONS sip:x@y SIP/2.0\r\n" + strings.Repeat("a: b\r\n", 500) + "\r\n",
		"size":       "OPTIONS sip:x@y SIP/2.0\r\nX: y\r\n\r\n" + strings.Repeat("x", 5000),
	} {
		start := time.Now()
		pass, _ := r.u.inspect([]byte(m), p.addr, r.addr, "udp")
		if pass != nil && name != "size" || time.Since(start) > 10*time.Millisecond {
			t.Errorf("%s: passed %t in %v", name, pass != nil, time.Since(start))
		}
	}
	p.raw("OPTIONS sip:x@y SIP/2.0\r\nX: y\r\n\r\n" + strings.Repeat("x", 5000))
	p.send(p.build("OPTIONS", "sip:"+p.ua.String()))
	p.response(200, "OPTIONS")
}

// Replies follow the source, never the Via (RFC 3581; the library follows the Via without rport).
func TestAnswersGoToTheSource(t *testing.T) {
	r, p := trunkRig(t, nil)
	victim := newPeer(t, r)
	for _, via := range []string{
		"SIP/2.0/UDP " + victim.addr.String() + ";branch=z9hG4bK1", "SIP/2.0/UDP victim.invalid:5060;branch=z9hG4bK2",
		"SIP/2.0/UDP " + victim.addr.String() + ";branch=z9hG4bK3;received=127.0.0.1;rport=" + fmt.Sprint(victim.addr.Port()) + ";maddr=127.0.0.1",
	} {
		p.send(p.build("OPTIONS", "sip:"+p.ua.String(), Header{"Via", via}))
		p.response(200, "OPTIONS")
		p.send(p.invite(sdpA, Header{"Via", via}))
		d := r.call()
		d.Bind(func(Event) {})
		d.Reject(486, "")
		p.response(486, "INVITE")
	}
	victim.silent(5*t1(), func(*message) bool { return true })
}

func TestRefusals(t *testing.T) {
	_, p := trunkRig(t, nil)
	uri := "sip:x@" + p.ua.String()
	for _, c := range []struct {
		status int
		m      *message
	}{
		{420, p.build("OPTIONS", uri, Header{"Require", "100rel, foo"})},
		{501, p.build("FOO", uri)},
		{501, p.build("options", uri)},
		{405, p.build("SUBSCRIBE", uri)},
		{405, p.build("MESSAGE", uri)},
		{481, p.build("BYE", uri)},
		{481, p.build("CANCEL", uri)},
		{481, p.build("INFO", uri, Header{"To", "<" + uri + ">;tag=none"})},
		{481, p.invite(sdpA, Header{"To", "<" + uri + ">;tag=none"})},
		{483, p.invite(sdpA, Header{"Max-Forwards", "0"})},
		{416, p.build("OPTIONS", "http://x")},
		{400, p.build("OPTIONS", uri, Header{"CSeq", "1 BYE"})},
		{415, func() *message { m := p.invite(sdpA); m.set("Content-Type", "text/plain"); return m }()},
		{400, p.invite(sdpA, Header{"Contact", "<mailto:x@y>"})},
		{405, p.build("REFER", uri, Header{"Refer-To", "<sip:x@y>"})},
	} {
		method := c.m.method
		if method == "OPTIONS" && c.status == 400 {
			method = "BYE"
		}
		p.send(c.m)
		res := p.response(c.status, method)
		switch {
		case c.status == 420 && res.get("Unsupported") != "foo":
			t.Error("no Unsupported")
		case (c.status == 405 || c.status == 501) && !res.has("Allow"):
			t.Error("no Allow")
		}
		if method == "INVITE" {
			p.ack(c.m, res, "")
		}
	}
}

func TestTransactionLimit(t *testing.T) {
	r, p := trunkRig(t, func(c *Config) { c.Limits.Transactions = 5 })
	for range 5 {
		p.send(p.invite(sdpA))
		r.call().Bind(func(Event) {})
	}
	p.send(p.invite(sdpA))
	if res := p.response(503, "INVITE"); !res.has("Retry-After") {
		t.Fatal("no Retry-After")
	}
}

// torture lists what each message of RFC 4475 and RFC 5118 gets when a trunk sends it; 0 is silence.
func torture() map[string]int {
	return map[string]int{
		// RFC 4475 §3.1.1: valid.
		"wsinv": 481, "intmeth": 501, "esc01": 180, "escnull": 401, "esc02": 501, "lwsdisp": 200, "longreq": 180, "dblreq": 401,
		"semiuri": 200, "transports": 200, "mpart01": 405, "unreason": 0, "noreason": 0,
		// §3.1.2: invalid.
		"badinv01": 400, "clerr": 400, "ncl": 400, "scalar02": 400, "scalarlg": 0, "quotbal": 400, "ltgtruri": 400, "lwsruri": 400,
		"lwsstart": 400, "trws": 0, "escruri": 400, "baddate": 180, "regbadct": 400, "badaspec": 400, "baddn": 400, "badvers": 505,
		"mismatch01": 400, "mismatch02": 400, "bigcode": 0,
		// §3.2 and §3.3.
		"badbranch": 200, "insuf": 400, "unkscm": 416, "novelsc": 416, "unksm2": 401, "bext01": 420, "invut": 415, "regaut01": 401,
		"multi01": 400, "mcl01": 400, "bcast": 0, "zeromf": 200, "cparam01": 401, "cparam02": 401, "regescrt": 401, "sdp01": 180,
		// §3.4.
		"inv2543": 180, "test": 0,
		// RFC 5118.
		"ipv6-good": 401, "ipv6-bad": 400, "port-ambiguous": 401, "port-unambiguous": 401, "via-received-param-with-delim": 481,
		"via-received-param-no-delim": 200, "ipv6-in-sdp": 180, "mult-ip-in-sdp": 180, "mult-ip-in-header": 481,
		"ipv4-mapped-ipv6": 180, "ipv6-bug-abnf-3-colons": 400, "ipv6-correct-abnf-2-colons": 200,
	}
}

// wireForm gives the RFC 5118 files CRLF line ends, a closing blank line and the right length.
func wireForm(name string, b []byte) string {
	s := string(b)
	if !strings.HasPrefix(name, "rfc5118/") {
		return s
	}
	s = strings.ReplaceAll(strings.ReplaceAll(s, "\r\n", "\n"), "\n", "\r\n")
	if !strings.Contains(s, "\r\n\r\n") {
		s = strings.TrimRight(s, "\r\n") + "\r\n\r\n"
	}
	head, body, _ := strings.Cut(s, "\r\n\r\n")
	lines := strings.Split(head, "\r\n")
	for i, l := range lines {
		if n, _, ok := strings.Cut(l, ":"); ok && longName(strings.TrimSpace(n)) == "Content-Length" {
			lines[i] = fmt.Sprintf("Content-Length: %d", len(body))
		}
	}
	return strings.Join(lines, "\r\n") + "\r\n\r\n" + body
}

func TestTorture(t *testing.T) {
	r := newRig(t, func(c *Config) {
		c.Handler.(*rig).onCall = func(d *Dialog) { d.Bind(func(Event) {}); d.Progress(180, nil) }
	})
	r.u.SetAccounts([]Account{{Centre: "c1", ID: "a1", Username: "anna", Password: "x", Enabled: true}})
	files, err := filepath.Glob("testdata/rfc*/*.dat")
	if err != nil || len(files) != 62 {
		t.Fatal(len(files), err)
	}
	expected := torture()
	for _, f := range files {
		name, _ := strings.CutPrefix(f, "testdata/")
		short := strings.TrimSuffix(filepath.Base(f), ".dat")
		b, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		p := newPeer(t, r)
		r.trunkFor(p, nil)
		p.raw(wireForm(name, b))
		got := 0
		for end := time.Now().Add(100 * time.Millisecond); time.Now().Before(end); {
			if got = p.status(time.Until(end)); got > 100 {
				break
			}
		}
		status, listed := expected[short]
		if !listed || got != status {
			t.Errorf("%s: got %d, want %d", short, got, status)
		}
		q := newPeer(t, r)
		r.trunkFor(q, nil)
		start := time.Now()
		q.send(q.build("OPTIONS", "sip:"+q.ua.String()))
		q.response(200, "OPTIONS")
		if d := time.Since(start); d > 500*time.Millisecond {
			t.Errorf("%s: OPTIONS after it took %v", short, d)
		}
	}
}

// The library's own parser, with the message that loses its From tag there, for the day it stops doing so.
func TestPlainFormCarriesTheTagOfWsinv(t *testing.T) {
	b, err := os.ReadFile("testdata/rfc4475/wsinv.dat")
	if err != nil {
		t.Fatal(err)
	}
	l := Limits{}.withDefaults()
	m, err := parseMessage(b, &l)
	if err != nil {
		t.Fatal(err)
	}
	parsed, err := sip.NewParser().ParseSIP(m.encode())
	if err != nil {
		t.Fatal(err)
	}
	if tag, _ := parsed.From().Params.Get("tag"); tag != "98asjd8" || m.toTag() != "1918181833n" || len(m.all("Via")) != 3 {
		t.Fatalf("%q\n%s", tag, m.encode())
	}
}

func FuzzGate(f *testing.F) {
	files, _ := filepath.Glob("testdata/rfc*/*.dat")
	for _, name := range files {
		b, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	h := &rig{bindings: make(chan string, 1), states: make(chan string, 1)}
	u, err := New(Config{Listen: netip.MustParseAddrPort("127.0.0.1:0"), Handler: h, Limits: Limits{TrunkRate: 1e9, TrunkBurst: 1e9}})
	if err != nil {
		f.Fatal(err)
	}
	f.Cleanup(u.Close)
	u.SetTrunks([]Trunk{{ID: "t1", Host: "127.0.0.1", Enabled: true, Sources: []Source{{Prefix: mustPrefix("127.0.0.1/32")}}}})
	f.Fuzz(func(t *testing.T, b []byte) {
		pass, reply := u.inspect(b, netip.MustParseAddrPort("127.0.0.1:5070"), u.Addrs()[0], "udp")
		if u.Counters().Panics != 0 {
			t.Fatal("panic")
		}
		l := Limits{HeaderLine: 1 << 20, Headers: 1 << 20, HeaderParams: 1 << 20}
		for _, out := range [][]byte{pass, reply} {
			if out == nil {
				continue
			}
			if _, err := parseMessage(out, &l); err != nil && out[0] != 'S' {
				t.Fatalf("%v in %q", err, out)
			}
		}
	})
}
