package e2e

import (
	"bytes"
	"errors"
	"io/fs"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"bandeau/e2e/node"
)

// TestStartThatFails wants one clear line and the exit status of the contract
// for everything that keeps a node from starting.
func TestStartThatFails(t *testing.T) {
	running := start(t)
	data := func(t *testing.T) string {
		t.Helper()
		return filepath.Join(t.TempDir(), "data")
	}
	// made returns the data directory of a node that has run.
	made := func(t *testing.T) string {
		t.Helper()
		dir := data(t)
		n := node.Start(t, node.Config{Binary: program, Data: dir})
		stop(t, n)
		return dir
	}
	for name, c := range map[string]struct {
		args   func(t *testing.T) []string
		status int
		says   []string // words of the line
	}{
		"HTTP port in use": {
			args: func(t *testing.T) []string {
				return []string{"--data", data(t), "--http", strings.TrimPrefix(running.URL, "http://")}
			},
			status: 1, says: []string{"http", strings.TrimPrefix(running.URL, "http://"), "in use"},
		},
		"SIP port in use": {
			args:   func(t *testing.T) []string { return []string{"--data", data(t), "--sip", running.SIP.String()} },
			status: 1, says: []string{"SIP", running.SIP.String(), "in use"},
		},
		"SIP port in use for TCP only": {
			args: func(t *testing.T) []string {
				l, err := net.ListenTCP("tcp", net.TCPAddrFromAddrPort(freePort(t)))
				if err != nil {
					t.Fatal(err)
				}
				t.Cleanup(func() { _ = l.Close() }) // nothing was sent
				return []string{"--data", data(t), "--sip", l.Addr().String()}
			},
			status: 1, says: []string{"SIP", "in use"},
		},
		"an address that is not ours": {
			args:   func(t *testing.T) []string { return []string{"--data", data(t), "--sip", "192.0.2.1:5060"} },
			status: 1, says: []string{"SIP", "192.0.2.1:5060"},
		},
		"data is a file": {
			args: func(t *testing.T) []string {
				dir := data(t)
				write(t, dir, []byte("a file"))
				return []string{"--data", dir}
			},
			status: 1, says: []string{"data", "not a directory"},
		},
		"data cannot be made": {
			args:   func(*testing.T) []string { return []string{"--data", "/proc/bandeau"} },
			status: 1, says: []string{"/proc/bandeau"},
		},
		"data cannot be written": {
			// Even the superuser creates no file there.
			args:   func(*testing.T) []string { return []string{"--data", "/proc/self"} },
			status: 1, says: []string{"/proc/self"},
		},
		"recordings cannot be made": {
			args: func(t *testing.T) []string {
				dir := made(t)
				if err := os.RemoveAll(filepath.Join(dir, "recordings")); err != nil {
					t.Fatal(err)
				}
				write(t, filepath.Join(dir, "recordings"), []byte("a file"))
				return []string{"--data", dir}
			},
			status: 1, says: []string{"recordings", "not a directory"},
		},
		"corrupt database": {
			args: func(t *testing.T) []string {
				dir := made(t)
				write(t, filepath.Join(dir, "bandeau.db"), bytes.Repeat([]byte("this is no database. "), 1000))
				return []string{"--data", dir}
			},
			status: 1, says: []string{"bandeau.db", "not a database"},
		},
		"damaged database": {
			args: func(t *testing.T) []string {
				dir := made(t)
				damage(t, filepath.Join(dir, "bandeau.db"))
				return []string{"--data", dir}
			},
			status: 1, says: []string{"bandeau.db", "malformed"},
		},
		"a second server on the same data": {
			args:   func(*testing.T) []string { return []string{"--data", running.Data()} },
			status: 1, says: []string{running.Data(), "in use"},
		},
		"unknown flag":         {args: words("--telephone", "x"), status: 2, says: []string{"--telephone"}},
		"flag without a value": {args: words("--http"), status: 2, says: []string{"--http"}},
		"wrong address":        {args: words("--http", "here"), status: 2, says: []string{"--http", "must be"}},
		"wrong port":           {args: words("--sip", "127.0.0.1:99999"), status: 2, says: []string{"--sip", "65535"}},
		"wrong range":          {args: words("--rtp-ports", "30000-20000"), status: 2, says: []string{"--rtp-ports", "the lower first"}},
		"wrong duration":       {args: words("--drain", "soon"), status: 2, says: []string{"--drain", "duration"}},
		"wrong word":           {args: words("--log-format", "xml"), status: 2, says: []string{"--log-format", "json"}},
		"not in this version":  {args: words("--database", "postgres://h/d"), status: 2, says: []string{"--database", "not available"}},
		"TLS, half of it":      {args: words("--tls-cert", "cert.pem"), status: 2, says: []string{"--tls-key"}},
		"no such file":         {args: words("--config", "/nonexistent.toml"), status: 2, says: []string{"/nonexistent.toml"}},
		"too many words":       {args: words("now"), status: 2, says: []string{"now"}},
	} {
		t.Run(name, func(t *testing.T) {
			cmd := exec.CommandContext(within(t), program, append([]string{"serve"}, c.args(t)...)...)
			cmd.Dir = t.TempDir()
			// A flag wins over its twin in the environment.
			cmd.Env = append(node.Environment(), "BANDEAU_HTTP=127.0.0.1:0", "BANDEAU_SIP=127.0.0.1:0", "BANDEAU_RTP_PORTS=0")
			var stdout, stderr strings.Builder
			cmd.Stdout, cmd.Stderr = &stdout, &stderr
			err := cmd.Run()
			if exit := (*exec.ExitError)(nil); err != nil && !errors.As(err, &exit) {
				t.Fatal(err)
			}
			if got := cmd.ProcessState.ExitCode(); got != c.status {
				t.Errorf("exit status %d, want %d", got, c.status)
			}
			line, rest, _ := strings.Cut(stderr.String(), "\n")
			if line == "" || rest != "" {
				t.Errorf("standard error is not one line:\n%s", stderr.String())
			}
			for _, word := range c.says {
				if !strings.Contains(line, word) {
					t.Errorf("%q is not in: %s", word, line)
				}
			}
			if c.status == 2 && stdout.Len() > 0 {
				t.Errorf("standard output: %s", stdout.String())
			}
		})
	}
	if status := running.Healthy(t); status != 200 {
		t.Errorf("the server that ran all the time: /healthz %d", status)
	}
	stop(t, running)
}

func words(args ...string) func(*testing.T) []string {
	return func(*testing.T) []string { return args }
}

func write(t *testing.T, path string, data []byte) {
	t.Helper()
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
}

// damage overwrites a database behind its first page, as a failing disk does.
func damage(t *testing.T, path string) {
	t.Helper()
	for _, side := range []string{"-wal", "-shm"} {
		if err := os.Remove(path + side); err != nil && !errors.Is(err, fs.ErrNotExist) {
			t.Fatal(err)
		}
	}
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	const page = 4096
	if len(data) < 4*page {
		t.Fatalf("the database has %d bytes: is it elsewhere?", len(data))
	}
	for i := page; i < len(data); i++ {
		data[i] = 0xA5
	}
	write(t, path, data)
}
