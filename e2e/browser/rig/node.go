package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"

	"bandeau/app"
)

// setupPassword is the password of the technical user of a first start.
const setupPassword = "first secret of the admin"

const (
	// startTime bounds how long a node may take until it is ready.
	startTime = 30 * time.Second
	// endTime bounds how long it may take to end in order.
	endTime = 10 * time.Second
)

// node is the program under test. It may be stopped and started again: it then
// has the addresses and the store it had.
type node struct {
	binary, host, data, smtp string

	mu    sync.Mutex
	http  string
	sip   netip.AddrPort
	cmd   *exec.Cmd
	ended chan struct{}
}

// start starts the program and waits until it is ready.
func (n *node) start(ctx context.Context) error {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.cmd != nil {
		return errors.New("the node is running")
	}
	http, sip := net.JoinHostPort(n.host, "0"), "127.0.0.1:0"
	if n.http != "" {
		http, sip = n.http, n.sip.String()
	}
	cmd := exec.CommandContext(context.WithoutCancel(ctx), n.binary, "serve", "--data", n.store(), "--http", http, "--sip", sip,
		"--webrtc", net.JoinHostPort(n.host, "0"), "--rtp-ports", "0", "--drain", "0s", "--log-format", "json", "--smtp", n.smtp)
	cmd.Env = append(slices.DeleteFunc(os.Environ(), func(v string) bool { return strings.HasPrefix(v, "BANDEAU_") }),
		"BANDEAU_SETUP_PASSWORD="+setupPassword)
	ready := make(chan started, 1)
	cmd.Stderr = &logbook{ready: ready}
	// It ends with this program, however that ends.
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("start the node: %w", err)
	}
	ended := make(chan struct{})
	go func() {
		_ = cmd.Wait() // its log tells how it ended
		close(ended)
	}()
	select {
	case where := <-ready:
		n.http, n.sip, n.cmd, n.ended = where.http, where.sip, cmd, ended
		return nil
	case <-ended:
		return errors.New("the node ended before it was ready")
	case <-time.After(startTime):
		return errors.Join(fmt.Errorf("the node is not ready after %s", startTime), cmd.Process.Kill())
	}
}

// stop ends the program: in order, or as a power cut would.
func (n *node) stop(kill bool) error {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.cmd == nil {
		return nil
	}
	signal := syscall.SIGTERM
	if kill {
		signal = syscall.SIGKILL
	}
	if err := n.cmd.Process.Signal(signal); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return fmt.Errorf("stop the node: %w", err)
	}
	select {
	case <-n.ended:
	case <-time.After(endTime):
		return errors.Join(fmt.Errorf("the node has not ended after %s", endTime), n.cmd.Process.Kill())
	}
	n.cmd = nil
	return nil
}

func (n *node) store() string { return filepath.Join(n.data, "data") }

func (n *node) url() string { return "http://" + n.http }

// setPassword gives somebody a password that stays valid, as the command line does.
func (n *node) setPassword(ctx context.Context, login, password string) error {
	opts := app.DefaultOptions()
	opts.Data = n.store()
	admin, release, err := app.OpenAdmin(ctx, opts, false, nil)
	if err != nil {
		return fmt.Errorf("the password of %s: %w", login, err)
	}
	_, err = admin.SetPassword(ctx, app.SetPassword{Login: login, Password: password, Final: true})
	return errors.Join(err, release())
}

// started says where a node listens.
type started struct {
	http string
	sip  netip.AddrPort
}

// logbook takes what the program logs: it waits for the line that tells the
// addresses and passes on what went wrong.
type logbook struct {
	ready chan<- started
	line  []byte
}

// Write implements io.Writer.
func (l *logbook) Write(p []byte) (int, error) {
	l.line = append(l.line, p...)
	for {
		end := bytes.IndexByte(l.line, '\n')
		if end < 0 {
			return len(p), nil
		}
		l.take(l.line[:end])
		l.line = l.line[end+1:]
	}
}

func (l *logbook) take(line []byte) {
	var entry struct{ Level, Msg, HTTP, SIP string }
	if err := json.Unmarshal(line, &entry); err != nil || entry.Level == "ERROR" || entry.Level == "WARN" {
		fmt.Fprintf(os.Stderr, "node: %s\n", line) // no JSON: a panic
	}
	if entry.Msg != "bandeau is ready" {
		return
	}
	first, _, _ := strings.Cut(strings.Trim(entry.SIP, "[]"), " ")
	if sip, err := netip.ParseAddrPort(first); err == nil {
		l.ready <- started{strings.TrimPrefix(entry.HTTP, "http://"), sip}
	}
}
