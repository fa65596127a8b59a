package sipua

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/netip"
	"strconv"
	"strings"
	"testing"
	"time"
)

// stream is a TCP connection that says what the test tells it to.
type stream struct {
	t *testing.T
	c net.Conn
	r *bufio.Reader
}

func dial(t *testing.T, r *rig) *stream {
	t.Helper()
	var d net.Dialer
	c, err := d.DialContext(context.Background(), "tcp", r.addr.String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	return &stream{t, c, bufio.NewReader(c)}
}

func (s *stream) write(b string) {
	s.t.Helper()
	if _, err := io.WriteString(s.c, b); err != nil {
		s.t.Fatal(err)
	}
}

func (s *stream) read() *message {
	s.t.Helper()
	_ = s.c.SetReadDeadline(time.Now().Add(patience))
	var head strings.Builder
	size := 0
	for {
		line, err := s.r.ReadString('\n')
		if err != nil {
			return nil
		}
		head.WriteString(line)
		if v, ok := strings.CutPrefix(line, "Content-Length: "); ok {
			size, _ = strconv.Atoi(strings.TrimSpace(v))
		}
		if line == "\r\n" {
			break
		}
	}
	body := make([]byte, size)
	_, _ = io.ReadFull(s.r, body)
	l := Limits{}.withDefaults()
	m, err := parseMessage([]byte(head.String()+string(body)), &l)
	if err != nil {
		s.t.Fatal(err)
	}
	return m
}

func (s *stream) request(method string, fields ...Header) *message {
	m := &message{method: method, uri: "sip:x@127.0.0.1"}
	m.fields = []Header{
		{"Via", fmt.Sprintf("SIP/2.0/TCP %s;branch=z9hG4bK%s", s.c.LocalAddr(), token(6))},
		{"Max-Forwards", "70"},
		{"From", "<sip:anna@bandeau>;tag=1"},
		{"To", "<sip:anna@bandeau>"},
		{"Call-ID", token(8)},
		{"CSeq", "1 " + method},
	}
	m.fields = append(m.fields, fields...)
	return m
}

func tcpTrunk(r *rig) {
	r.u.SetTrunks([]Trunk{{Centre: "c1", ID: "t1", Host: "127.0.0.1", Enabled: true, Transport: "tcp", Sources: []Source{{Prefix: mustPrefix("127.0.0.1/32")}}}})
}

func TestTCPFragmentsAndPipeline(t *testing.T) {
	r := newRig(t, nil)
	tcpTrunk(r)
	s := dial(t, r)
	one, two, three := s.request("OPTIONS"), s.request("OPTIONS"), s.request("OPTIONS")
	b := string(one.encode()) + "\r\n" + string(two.encode()) + string(three.encode())
	for len(b) > 700 {
		s.write(b[:7])
		b = b[7:]
	}
	s.write(b)
	got := map[string]bool{}
	for range 3 {
		m := s.read()
		if m == nil || m.status != 200 {
			t.Fatalf("%+v", m)
		}
		got[m.callID()] = true
	}
	if !got[one.callID()] || !got[two.callID()] || !got[three.callID()] {
		t.Fatal(got)
	}
	s.write("\r\n\r\n") // RFC 5626 §3.5.1
	_ = s.c.SetReadDeadline(time.Now().Add(patience))
	pong := make([]byte, 2)
	if _, err := io.ReadFull(s.r, pong); err != nil || string(pong) != "\r\n" {
		t.Fatal("no pong")
	}
}

func TestTCPDeadlines(t *testing.T) {
	r := newRig(t, func(c *Config) { c.Limits.TCPWhole, c.Limits.TCPIdle = 200*time.Millisecond, 150*time.Millisecond })
	closed := func(s *stream, within time.Duration) {
		t.Helper()
		_ = s.c.SetReadDeadline(time.Now().Add(within))
		if _, err := s.r.ReadByte(); err != io.EOF && !strings.Contains(fmt.Sprint(err), "reset") {
			t.Fatalf("still open: %v", err)
		}
	}
	slow := dial(t, r)
	start := time.Now()
	for _, c := range "OPTIONS sip:x SIP/2.0\r\nVia: x" { // a byte now and then does not extend the deadline
		if _, err := slow.c.Write([]byte{byte(c)}); err != nil || time.Since(start) > 2*time.Second {
			break
		}
		time.Sleep(20 * time.Millisecond)
	}
	if d := time.Since(start); d > time.Second {
		t.Fatalf("held for %v", d)
	}
	closed(dial(t, r), time.Second)
	big := dial(t, r)
	big.write("OPTIONS sip:x SIP/2.0\r\nContent-Length: 999999\r\n\r\n")
	closed(big, time.Second)
	if c := r.u.Counters(); c.TCPTimedOut < 2 {
		t.Fatalf("%+v", c)
	}
	tcpTrunk(r)
	idle := dial(t, r) // whoever is known may be silent
	time.Sleep(300 * time.Millisecond)
	idle.write(string(idle.request("OPTIONS").encode()))
	if m := idle.read(); m == nil || m.status != 200 {
		t.Fatal("a trunk's connection was closed")
	}
}

func TestTCPCapPerAddress(t *testing.T) {
	r := newRig(t, func(c *Config) { c.Limits.TCPPerAddress = 3 })
	for range 6 {
		dial(t, r)
	}
	eventually(t, "refused", func() bool { return r.u.Counters().TCPRefused == 3 })
}

func TestTCPBindingDiesWithItsConnection(t *testing.T) {
	r, _, _ := phoneRig(t, nil)
	s := dial(t, r)
	m := s.request("REGISTER", Header{"Contact", "<sip:anna@192.0.2.1;transport=tcp>"})
	s.write(string(m.encode()))
	h, _, ok := answerChallenge(s.read(), "REGISTER", m.uri, nil, "anna", "secret")
	if !ok {
		t.Fatal("no challenge")
	}
	next := s.request("REGISTER", Header{"Contact", "<sip:anna@192.0.2.1;transport=tcp>"}, h)
	s.write(string(next.encode()))
	if res := s.read(); res.status != 200 {
		t.Fatal(res.status)
	}
	list := r.u.Contacts("a1")
	if len(list) != 1 || list[0].Transport != "tcp" || list[0].Source.String() != s.c.LocalAddr().String() {
		t.Fatalf("%+v", list)
	}
	// A call goes down the connection it registered on.
	e := listen(t, nil)
	d := r.u.Invite(Outbound{Target: Target{Account: "a1", Contact: list[0]}, SDP: []byte(sdpA), Sink: e.sink})
	inv := s.read()
	if inv == nil || inv.method != "INVITE" || !strings.Contains(inv.get("Via"), "/TCP ") || !strings.Contains(contactOf(inv), "transport=tcp") {
		t.Fatalf("%+v", inv)
	}
	_ = s.c.Close()
	eventually(t, "unbound", func() bool { return len(r.u.Contacts("a1")) == 0 })
	if f := want[Failed](e); !f.Local || f.Cause != CauseUnreachable {
		t.Fatalf("%+v", f)
	}
	_ = d
}

func TestTCPTrunkIsDialledAndRedialled(t *testing.T) {
	l, err := new(net.ListenConfig).Listen(context.Background(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	r := newRig(t, nil)
	at := netip.MustParseAddrPort(l.Addr().String())
	r.u.SetTrunks([]Trunk{{Centre: "c1", ID: "t1", Host: "127.0.0.1", Port: at.Port(), Transport: "tcp", Enabled: true}})
	for range 2 {
		e := listen(t, nil)
		r.u.Invite(Outbound{Target: Target{Trunk: "t1", Number: "+331"}, SDP: []byte(sdpA), Sink: e.sink})
		c, err := l.Accept()
		if err != nil {
			t.Fatal(err)
		}
		s := &stream{t, c, bufio.NewReader(c)}
		inv := s.read()
		if inv == nil || !strings.Contains(inv.uri, "transport=tcp") {
			t.Fatalf("%+v", inv)
		}
		s.write(string(inv.respond(486, "x").encode()))
		if ack := s.read(); ack == nil || ack.method != "ACK" {
			t.Fatal("no ACK")
		}
		want[Failed](e)
		_ = c.Close()
		eventually(t, "connection forgotten", func() bool { return !r.u.connected(at) })
	}
}

func TestPortInUse(t *testing.T) {
	r := newRig(t, nil)
	_, err := New(Config{Listen: r.addr, Handler: r})
	if err == nil || strings.Contains(err.Error(), "\n") || !strings.Contains(err.Error(), r.addr.String()) {
		t.Fatal(err)
	}
}

func TestWildcardIsExpanded(t *testing.T) {
	u, err := New(Config{Listen: netip.MustParseAddrPort("0.0.0.0:0"), Handler: &rig{}})
	if err != nil {
		t.Fatal(err)
	}
	defer u.Close()
	loop := false
	for _, a := range u.Addrs() {
		if a.Addr().IsUnspecified() || !a.Addr().Is4() || a.Port() == 0 || a.Port() != u.Addrs()[0].Port() {
			t.Fatal(u.Addrs())
		}
		loop = loop || a.Addr().IsLoopback()
	}
	if !loop {
		t.Fatal(u.Addrs())
	}
	if got := u.localFor(netip.MustParseAddr("127.0.0.5")).Addr(); !got.IsLoopback() {
		t.Fatal(got)
	}
}

func TestAdvertisedAddress(t *testing.T) {
	r := newRig(t, func(c *Config) { c.Advertise = netip.MustParseAddr("203.0.113.5") })
	p := newPeer(t, r)
	r.trunkFor(p, nil)
	e := listen(t, nil)
	d := r.u.Invite(outbound(e))
	inv := p.request("INVITE")
	if !strings.Contains(contactOf(inv), "203.0.113.5:") || !strings.Contains(inv.get("Via"), "203.0.113.5:") || d.LocalAddr().String() != "203.0.113.5" {
		t.Fatalf("INVITE\n%s", inv.encode())
	}
}

func TestIPv6(t *testing.T) {
	if c, err := net.ListenUDP("udp6", &net.UDPAddr{IP: net.IPv6loopback}); err != nil {
		t.Skip("no IPv6 here")
	} else {
		_ = c.Close()
	}
	r := newRig(t, func(c *Config) { c.Listen = netip.MustParseAddrPort("[::1]:0") })
	c, err := net.ListenUDP("udp6", &net.UDPAddr{IP: net.IPv6loopback})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = c.Close() }()
	p := &peer{t: t, c: c, addr: addrPort(c.LocalAddr()), ua: r.addr}
	r.trunkFor(p, func(t *Trunk) {
		t.Host, t.Sources = "::1", []Source{{Prefix: mustPrefix("::1/128")}}
	})
	inv, ok, d, e := p.established(r)
	if !strings.Contains(contactOf(ok), "@[::1]:") {
		t.Fatalf("200\n%s", ok.encode())
	}
	d.HangUp(HangUpNormal)
	p.reply(p.request("BYE"), 200, "", "")
	want[Ended](e)
	_, _, d, e = p.placed(r)
	d.HangUp(HangUpNormal)
	p.reply(p.request("BYE"), 200, "", "")
	want[Ended](e)
	_ = inv
}
