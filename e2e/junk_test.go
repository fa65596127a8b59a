package e2e

import (
	"bufio"
	"bytes"
	"math/rand/v2"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"bandeau/e2e/node"
	"bandeau/telephony/siptest"
)

// TestMalformedInput sends the corpora of RFC 4475 and RFC 5118, damaged
// copies of real requests and plain noise while a real call runs, over UDP and
// TCP, from a stranger and from a trunk's address: the call is not touched and
// the process lives.
func TestMalformedInput(t *testing.T) {
	n := start(t)
	s := setStage(t, n)
	stranger, trunk := peer(t, n.SIP), peer(t, n.SIP)
	s.floor.Admin.Do(t, "POST", "/trunks", node.Object{
		"name": "broken carrier", "host": "127.0.0.1", "port": trunk.Addr().Port(), "keepaliveSeconds": 0,
		"sources": []string{"127.0.0.1/32:" + port(trunk.Addr())},
	})
	caller, operator := s.talk(t)
	from := caller.Stats()

	corpus := corpora(t)
	const seed = 4475
	chance := rand.New(rand.NewPCG(seed, seed))
	messages := append(corpus, mangled(chance, realRequests(trunk), 600)...)
	messages = append(messages, noise(chance, 300)...)
	for i, message := range messages {
		for _, p := range []*siptest.Peer{stranger, trunk} {
			if err := p.Send(message); err != nil {
				t.Fatalf("message %d: %v", i, err)
			}
		}
		if i%50 == 49 {
			// The socket of the node holds so many; more would only be lost.
			alive(t, n, trunk)
		}
	}
	// A stream is not closed for what a datagram is dropped for, and the next is
	// opened while the last is still full of noise.
	for _, message := range messages[:len(corpus)+100] {
		stream(t, n.SIP, message)
	}
	alive(t, n, trunk)

	hears(t, caller, operator)
	stats := caller.Stats()
	if stats.SSRCChanges != from.SSRCChanges {
		t.Errorf("the stream to the caller was changed: %+v, before %+v", stats, from)
	}
	if status := n.Healthy(t); status != 200 {
		t.Errorf("/healthz %d, want 200", status)
	}
	counters := metrics(t, s.floor.Admin)
	if counters["bandeau_sip_panics_total"] != "0" {
		t.Errorf("sip_panics_total %s, want 0", counters["bandeau_sip_panics_total"])
	}
	if counters["bandeau_sip_malformed_total"] == "0" {
		t.Error("sip_malformed_total 0: has anything arrived?")
	}
	t.Logf("%d messages twice, malformed %s, strangers %s, throttled %s", len(messages), counters["bandeau_sip_malformed_total"],
		counters["bandeau_sip_strangers_total"], counters["bandeau_sip_throttled_total"])
	operator.HangUp()
	ended(t, caller)
	again, answer := s.talk(t)
	again.HangUp()
	ended(t, answer)
	stop(t, n)
}

func peer(t *testing.T, server netip.AddrPort) *siptest.Peer {
	t.Helper()
	p, err := siptest.NewPeer(t.Context(), siptest.PeerConfig{Server: server})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.Close)
	return p
}

func port(addr netip.AddrPort) string {
	_, digits, _ := strings.Cut(addr.String(), ":")
	return digits
}

// alive wants an answer to a good request of a trunk, behind all that was sent.
func alive(t *testing.T, n *node.Node, trunk *siptest.Peer) {
	t.Helper()
	select {
	case <-n.Ended():
		t.Fatal("the process has ended")
	default:
	}
	ask := trunk.Request("OPTIONS", "sip:"+n.SIP.String())
	eventually(t, "OPTIONS is answered", func() bool {
		if err := trunk.SendMessage(ask); err != nil {
			t.Fatal(err)
		}
		ctx, cancel := contextOf(t, time.Second)
		defer cancel()
		_, err := trunk.Expect(ctx, func(m *siptest.Message) bool { return m.CallID() == ask.CallID() })
		return err == nil
	})
}

// corpora reads the torture tests.
func corpora(t *testing.T) [][]byte {
	t.Helper()
	var messages [][]byte
	for _, rfc := range []string{"rfc4475", "rfc5118"} {
		files, err := filepath.Glob(filepath.Join("..", "telephony", "sipua", "testdata", rfc, "*.dat"))
		if err != nil || len(files) == 0 {
			t.Fatalf("%s: %d files, %v", rfc, len(files), err)
		}
		for _, file := range files {
			data, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			messages = append(messages, data)
		}
	}
	return messages
}

// realRequests are requests a trunk might send.
func realRequests(p *siptest.Peer) [][]byte {
	var messages [][]byte
	for _, method := range []string{"INVITE", "REGISTER", "OPTIONS", "BYE", "CANCEL", "ACK", "UPDATE", "INFO", "NOTIFY", "PRACK", "REFER"} {
		m := p.Request(method, "sip:+33170200299@bandeau.example")
		if method == "INVITE" {
			m.Set("Content-Type", "application/sdp")
			m.Body = p.SDP(40000)
		}
		messages = append(messages, m.Bytes())
	}
	return messages
}

// mangled returns copies with bytes changed, cut out, doubled or cut off.
func mangled(chance *rand.Rand, good [][]byte, count int) [][]byte {
	messages := make([][]byte, count)
	for i := range messages {
		m := bytes.Clone(good[chance.IntN(len(good))])
		for range 1 + chance.IntN(8) {
			at := chance.IntN(len(m))
			switch end := min(len(m), at+1+chance.IntN(20)); chance.IntN(5) {
			case 0:
				m[at] = byte(chance.Uint32())
			case 1:
				m = append(m[:at:at], m[end:]...)
			case 2:
				m = append(m[:end:end], m[at:]...)
			case 3:
				m = m[:at+1]
			case 4:
				m = append(m[:at:at], append(bytes.Repeat([]byte{m[at]}, chance.IntN(200)), m[at:]...)...)
			}
			if len(m) == 0 {
				m = []byte{0}
			}
		}
		messages[i] = m
	}
	return messages
}

// noise returns datagrams of random bytes, a few of them of the largest size.
func noise(chance *rand.Rand, count int) [][]byte {
	messages := make([][]byte, count)
	for i := range messages {
		m := make([]byte, 1+chance.IntN(1500))
		if i%100 == 0 {
			m = make([]byte, 65507)
		}
		for j := range m {
			m[j] = byte(chance.Uint32())
		}
		messages[i] = m
	}
	return messages
}

// stream sends a message over a connection of its own and closes it.
func stream(t *testing.T, server netip.AddrPort, message []byte) {
	t.Helper()
	conn, err := net.DialTCP("tcp", nil, net.TCPAddrFromAddrPort(server))
	if err != nil {
		t.Fatal(err)
	}
	// The node may have refused and closed it by now.
	_, _ = conn.Write(message)
	_ = conn.Close()
}

// metrics reads the counters of the node.
func metrics(t *testing.T, v *node.Visitor) map[string]string {
	t.Helper()
	values := map[string]string{}
	for lines := bufio.NewScanner(bytes.NewReader(v.Get(t, "/metrics"))); lines.Scan(); {
		if name, value, ok := strings.Cut(lines.Text(), " "); ok && name != "#" {
			values[name] = value
		}
	}
	return values
}
