// Package e2e tests the real binary in a process of its own, from outside:
// with sipp and baresip, which are nobody's friends, with signals, and with
// what arrives from a hostile network.
package e2e

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"bandeau/e2e/node"
	"bandeau/telephony/siptest"
)

const (
	// patience bounds what a test waits for; all of it comes long before.
	patience = 30 * time.Second
	// poll is how often a condition is looked at.
	poll = 20 * time.Millisecond
)

// The tones, in hertz, that people make in these tests.
const (
	callerTone   = 450
	operatorTone = 700
)

// program is what is tested, built once.
var program string

func TestMain(m *testing.M) { os.Exit(run(m)) }

func run(m *testing.M) int {
	dir, err := os.MkdirTemp("", "bandeau-e2e-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer func() { _ = os.RemoveAll(dir) }() // the system clears what is left there
	if program, err = node.Build(context.Background(), dir); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return m.Run()
}

// need skips a test where a program is missing; continuous integration has to
// have it.
func need(t *testing.T, name string) {
	t.Helper()
	if _, err := exec.LookPath(name); err == nil {
		return
	}
	if os.Getenv("CI") != "" {
		t.Fatalf("%s is missing: make test-deps installs it", name)
	}
	t.Skipf("%s is missing: make test-deps installs it", name)
}

// start starts a node on a data directory of its own.
func start(t *testing.T, args ...string) *node.Node {
	t.Helper()
	return node.Start(t, node.Config{Binary: program, Data: filepath.Join(t.TempDir(), "data"), Args: args})
}

// within returns a context that ends with the patience of a test.
func within(t *testing.T) context.Context {
	t.Helper()
	ctx, cancel := contextOf(t, patience)
	t.Cleanup(cancel)
	return ctx
}

func contextOf(t *testing.T, limit time.Duration) (context.Context, context.CancelFunc) {
	t.Helper()
	return context.WithTimeout(t.Context(), limit)
}

// eventually waits until a condition holds.
func eventually(t *testing.T, what string, holds func() bool) {
	t.Helper()
	for deadline := time.Now().Add(patience); !holds(); time.Sleep(poll) {
		if time.Now().After(deadline) {
			t.Fatalf("not in %s: %s", patience, what)
		}
	}
}

// freePort returns a port of 127.0.0.1 that is free for UDP and TCP.
func freePort(t *testing.T) netip.AddrPort {
	t.Helper()
	var last error
	for range 100 {
		tcp, err := net.ListenTCP("tcp", net.TCPAddrFromAddrPort(netip.MustParseAddrPort("127.0.0.1:0")))
		if err != nil {
			t.Fatal(err)
		}
		addr := tcp.Addr().(*net.TCPAddr).AddrPort()
		udp, err := net.ListenUDP("udp", net.UDPAddrFromAddrPort(addr))
		if err == nil {
			err = udp.Close()
		}
		if err = errors.Join(err, tcp.Close()); err == nil {
			return addr
		}
		last = err
	}
	t.Fatalf("no free port: %v", last)
	return netip.AddrPort{}
}

// stage is a node with one operator at his phone and a carrier.
type stage struct {
	*node.Node
	floor    *node.Floor
	operator *node.Visitor
	phone    *siptest.Phone
	trunk    *siptest.Trunk
}

// setStage configures a node: the operator is logged in and available.
func setStage(t *testing.T, n *node.Node) *stage {
	t.Helper()
	s := &stage{Node: n}
	var err error
	if s.trunk, err = siptest.NewTrunk(t.Context(), siptest.TrunkConfig{Server: n.SIP, Number: "+33612345678"}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.trunk.Close)
	s.floor = n.Floor(t, node.FloorConfig{Operators: 1, Record: true, Trunks: []netip.AddrPort{s.trunk.Addr()}})
	seat := s.floor.Seats[0]
	if s.phone, err = siptest.NewPhone(t.Context(), siptest.PhoneConfig{
		Server: n.SIP, Username: seat.Username, Password: seat.Password,
	}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.phone.Close)
	s.phone.OnCall(siptest.AnswerAfter(0))
	if err := s.phone.Register(within(t)); err != nil {
		t.Fatal(err)
	}
	s.operator = seat.LogIn(t, n)
	return s
}

// talk places a call, checks that each side hears the other, and returns both.
func (s *stage) talk(t *testing.T) (caller, operator *siptest.Call) {
	t.Helper()
	ctx := within(t)
	caller, err := s.trunk.Call(ctx, node.ServiceNumber, siptest.DialOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if operator, err = s.phone.NextCall(ctx); err != nil {
		t.Fatalf("the phone does not ring: %v", err)
	}
	caller.SendTone(callerTone)
	operator.SendTone(operatorTone)
	hears(t, caller, operator)
	return caller, operator
}

// hears checks that each side hears exactly the other.
func hears(t *testing.T, caller, operator *siptest.Call) {
	t.Helper()
	if err := caller.HearsOnly(within(t), operatorTone); err != nil {
		t.Fatalf("the caller: %v", err)
	}
	if err := operator.HearsOnly(within(t), callerTone); err != nil {
		t.Fatalf("the operator: %v", err)
	}
}

// ended waits for the end of a call.
func ended(t *testing.T, c *siptest.Call) {
	t.Helper()
	select {
	case <-c.Ended():
	case <-time.After(patience):
		t.Fatalf("the call goes on: %s", c.State())
	}
}

// stop ends a node in order and wants exit status 0.
func stop(t *testing.T, n *node.Node) {
	t.Helper()
	n.Signal(t, syscall.SIGTERM)
	if status := n.Exit(t, patience); status != 0 {
		t.Errorf("exit status %d, want 0", status)
	}
	if strings.Contains(n.Log(), "panic") {
		t.Errorf("a panic in the log:\n%s", n.Log())
	}
}
