// Package node runs the real binary in a process of its own, for tests and
// benchmarks: it builds it, starts it on ports nobody has, reads from its log
// where it listens, stops it in every way a process can be stopped, and
// configures it through the HTTP interface as a program outside would.
package node

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

const (
	// AdminPassword is the password of the technical user of a first start.
	AdminPassword = "first secret of the admin"
	// startTime bounds how long a node may take until it is ready.
	startTime = 30 * time.Second
	// exitTime bounds how long a node may take to end when it is killed.
	exitTime = 10 * time.Second
)

// Build compiles the binary into a directory and returns its path.
func Build(ctx context.Context, dir string) (string, error) {
	binary := filepath.Join(dir, "bandeau")
	cmd := exec.CommandContext(ctx, "go", "build", "-trimpath", "-o", binary, "bandeau/cmd/bandeau")
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("build the binary: %w\n%s", err, out)
	}
	return binary, nil
}

// Config says how a node is started.
type Config struct {
	// Binary is the program, as Build made it.
	Binary string
	// Data is the data directory.
	Data string
	// SIP is the address of SIP; by default a free port of 127.0.0.1.
	SIP netip.AddrPort
	// Args are further flags of serve.
	Args []string
}

// Node is a running process.
type Node struct {
	// URL is the address of the HTTP interface, as in http://127.0.0.1:41234.
	URL string
	// SIP is the address SIP is served on.
	SIP netip.AddrPort

	config Config
	cmd    *exec.Cmd
	log    *logbook
	ended  chan struct{}
	err    error // how it ended; read after ended is closed
}

// Start starts a node and waits until it is ready. The node is killed when the
// test ends and has not stopped it.
func Start(tb testing.TB, config Config) *Node {
	tb.Helper()
	sip := "127.0.0.1:0"
	if config.SIP.IsValid() {
		sip = config.SIP.String()
	}
	args := append([]string{
		"serve", "--data", config.Data, "--http", "127.0.0.1:0", "--sip", sip, "--rtp-ports", "0", "--webrtc", "127.0.0.1:0",
		"--log-format", "json",
	}, config.Args...)
	n := &Node{config: config, cmd: exec.CommandContext(tb.Context(), config.Binary, args...), log: newLogbook(), ended: make(chan struct{})}
	n.cmd.Env = append(Environment(), "BANDEAU_SETUP_PASSWORD="+AdminPassword)
	n.cmd.Stderr = n.log
	if err := n.cmd.Start(); err != nil {
		tb.Fatalf("start the node: %v", err)
	}
	var wait sync.WaitGroup
	wait.Go(func() {
		n.err = n.cmd.Wait()
		close(n.ended)
	})
	tb.Cleanup(func() {
		_ = n.cmd.Process.Kill() // fails when it has ended already, as most tests make it do
		wait.Wait()
		if tb.Failed() {
			tb.Logf("log of the node:\n%s", n.log.tail(200))
		}
	})
	select {
	case ready := <-n.log.ready:
		n.URL, n.SIP = ready.url, ready.sip
	case <-n.ended:
		tb.Fatalf("the node ended before it was ready: %v\n%s", n.err, n.log.tail(50))
	case <-time.After(startTime):
		tb.Fatalf("the node is not ready after %s\n%s", startTime, n.log.tail(50))
	}
	return n
}

// Environment is that of the test without the settings of a node it may hold.
func Environment() []string {
	return slices.DeleteFunc(os.Environ(), func(v string) bool { return strings.HasPrefix(v, "BANDEAU_") })
}

// PID is the process identifier.
func (n *Node) PID() int { return n.cmd.Process.Pid }

// Log returns all that the node has written to its standard error.
func (n *Node) Log() string { return n.log.tail(0) }

// Logged says whether the log has an entry with a message.
func (n *Node) Logged(message string) bool {
	return strings.Contains(n.Log(), fmt.Sprintf(`"msg":%q`, message))
}

// Data is the data directory.
func (n *Node) Data() string { return n.config.Data }

// Healthy returns the status of /healthz.
func (n *Node) Healthy(tb testing.TB) int {
	tb.Helper()
	req, err := http.NewRequestWithContext(tb.Context(), http.MethodGet, n.URL+"/healthz", http.NoBody)
	if err != nil {
		tb.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		tb.Fatalf("/healthz: %v", err)
	}
	_ = resp.Body.Close() // the status is all
	return resp.StatusCode
}

// Signal sends a signal.
func (n *Node) Signal(tb testing.TB, signal syscall.Signal) {
	tb.Helper()
	if err := n.cmd.Process.Signal(signal); err != nil {
		tb.Fatalf("%s: %v", signal, err)
	}
}

// Ended is closed when the process has ended.
func (n *Node) Ended() <-chan struct{} { return n.ended }

// Exit waits until the process has ended and returns its exit status, -1 when
// a signal ended it.
func (n *Node) Exit(tb testing.TB, within time.Duration) int {
	tb.Helper()
	select {
	case <-n.ended:
	case <-time.After(within):
		tb.Fatalf("the node runs on after %s\n%s", within, n.log.tail(50))
	}
	if exit := (*exec.ExitError)(nil); n.err != nil && !errors.As(n.err, &exit) {
		tb.Fatalf("wait for the node: %v", n.err)
	}
	return n.cmd.ProcessState.ExitCode()
}

// Kill ends the process as a power cut would, and waits.
func (n *Node) Kill(tb testing.TB) {
	tb.Helper()
	n.Signal(tb, syscall.SIGKILL)
	n.Exit(tb, exitTime)
}

// SetPassword gives a user or an operator a password that need not be replaced,
// by the command line.
func (n *Node) SetPassword(tb testing.TB, login, password string) {
	tb.Helper()
	cmd := exec.CommandContext(tb.Context(), n.config.Binary, "user", "password", "--stdin", "--final", "--data", n.config.Data, login)
	cmd.Env = Environment()
	cmd.Stdin = strings.NewReader(password + "\n")
	if out, err := cmd.CombinedOutput(); err != nil {
		tb.Fatalf("set the password of %s: %v\n%s", login, err, out)
	}
}

// logbook keeps what a node writes, and finds where it listens.
type logbook struct {
	ready chan addresses

	mu    sync.Mutex
	text  bytes.Buffer
	begun int // where the line that is not complete begins
}

// addresses are where a node listens.
type addresses struct {
	url string
	sip netip.AddrPort
}

func newLogbook() *logbook { return &logbook{ready: make(chan addresses, 1)} }

// Write implements io.Writer.
func (l *logbook) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.text.Write(p)
	for {
		rest := l.text.Bytes()[l.begun:]
		end := bytes.IndexByte(rest, '\n')
		if end < 0 {
			return len(p), nil
		}
		l.begun += end + 1
		if where, ok := readyLine(rest[:end]); ok {
			select {
			case l.ready <- where:
			default: // a node says so once
			}
		}
	}
}

// readyLine reads the line of the log that tells the addresses.
func readyLine(line []byte) (addresses, bool) {
	var entry struct{ Msg, HTTP, SIP string }
	if json.Unmarshal(line, &entry) != nil || entry.Msg != "bandeau is ready" {
		return addresses{}, false
	}
	// The first of [127.0.0.1:5060 …].
	first, _, _ := strings.Cut(strings.Trim(entry.SIP, "[]"), " ")
	sip, err := netip.ParseAddrPort(first)
	return addresses{entry.HTTP, sip}, err == nil
}

// tail returns the last lines, all of them for 0.
func (l *logbook) tail(lines int) string {
	l.mu.Lock()
	defer l.mu.Unlock()
	text := l.text.String()
	all := strings.SplitAfter(text, "\n")
	if lines == 0 || len(all) <= lines {
		return text
	}
	return strings.Join(all[len(all)-lines:], "")
}
