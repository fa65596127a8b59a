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
	http := strings.TrimPrefix(running.URL, "http://")
	for name, c := range map[string]struct {
		args   []string
		status int
		says   []string // words of the line
	}{
		"HTTP port in use":                 {[]string{"--http", http}, 1, []string{"http", http, "in use"}},
		"SIP port in use":                  {[]string{"--sip", running.SIP.String()}, 1, []string{"SIP", running.SIP.String(), "in use"}},
		"SIP port in use for TCP only":     {[]string{"--sip", tcpListener(t)}, 1, []string{"SIP", "tcp", "in use"}},
		"an address that is not ours":      {[]string{"--sip", "192.0.2.1:5060"}, 1, []string{"SIP", "192.0.2.1:5060"}},
		"data is a file":                   {[]string{"--data", file(t)}, 1, []string{"data", "not a directory"}},
		"data cannot be made":              {[]string{"--data", "/proc/bandeau"}, 1, []string{"/proc/bandeau"}},
		"data cannot be written":           {[]string{"--data", "/proc/self"}, 1, []string{"/proc/self"}}, // not even by the superuser
		"recordings cannot be made":        {[]string{"--data", withoutRecordings(t)}, 1, []string{"recordings", "not a directory"}},
		"corrupt database":                 {[]string{"--data", corrupt(t)}, 1, []string{"bandeau.db", "not a database"}},
		"damaged database":                 {[]string{"--data", damaged(t)}, 1, []string{"bandeau.db", "malformed"}},
		"a second server on the same data": {[]string{"--data", running.Data()}, 1, []string{running.Data(), "in use"}},
		"unknown flag":                     {[]string{"--telephone", "x"}, 2, []string{"--telephone"}},
		"flag without a value":             {[]string{"--http"}, 2, []string{"--http"}},
		"wrong address":                    {[]string{"--http", "here"}, 2, []string{"--http", "must be"}},
		"wrong port":                       {[]string{"--sip", "127.0.0.1:99999"}, 2, []string{"--sip", "65535"}},
		"wrong range":                      {[]string{"--rtp-ports", "30000-20000"}, 2, []string{"--rtp-ports", "the lower first"}},
		"wrong duration":                   {[]string{"--drain", "soon"}, 2, []string{"--drain", "duration"}},
		"wrong word":                       {[]string{"--log-format", "xml"}, 2, []string{"--log-format", "json"}},
		"not in this version":              {[]string{"--database", "postgres://h/d"}, 2, []string{"--database", "not available"}},
		"TLS, half of it":                  {[]string{"--tls-cert", "cert.pem"}, 2, []string{"--tls-key"}},
		"TLS that is not there":            {[]string{"--tls-cert", "cert.pem", "--tls-key", "key.pem"}, 2, []string{"--tls-cert", "cert.pem"}},
		"no such file":                     {[]string{"--config", "/nonexistent.toml"}, 2, []string{"/nonexistent.toml"}},
		"too many words":                   {[]string{"now"}, 2, []string{"now"}},
	} {
		t.Run(name, func(t *testing.T) {
			cmd := exec.CommandContext(within(t), program, append([]string{"serve"}, c.args...)...)
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
			// The password of a first start above all: it is told once.
			if stdout.Len() > 0 {
				t.Errorf("standard output: %s", stdout.String())
			}
		})
	}
	if status := running.Healthy(t); status != 200 {
		t.Errorf("the server that ran all the time: /healthz %d", status)
	}
	stop(t, running)
}

func write(t *testing.T, path string, data []byte) {
	t.Helper()
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
}

// tcpListener takes a port for TCP.
func tcpListener(t *testing.T) string {
	t.Helper()
	l, err := net.ListenTCP("tcp", net.TCPAddrFromAddrPort(freePort(t)))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() }) // nothing was sent
	return l.Addr().String()
}

// file is a path where a directory is expected.
func file(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "data")
	write(t, path, []byte("a file"))
	return path
}

// used returns the data directory of a node that has run.
func used(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	stop(t, node.Start(t, node.Config{Binary: program, Data: dir}))
	return dir
}

// withoutRecordings is a data directory with a file in the place of another.
func withoutRecordings(t *testing.T) string {
	t.Helper()
	dir := used(t)
	if err := os.RemoveAll(filepath.Join(dir, "recordings")); err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(dir, "recordings"), []byte("a file"))
	return dir
}

// corrupt is a data directory whose database is something else.
func corrupt(t *testing.T) string {
	t.Helper()
	dir := used(t)
	write(t, filepath.Join(dir, "bandeau.db"), bytes.Repeat([]byte("this is no database. "), 1000))
	return dir
}

// damaged is a data directory whose database was overwritten behind its first
// page, as a failing disk does.
func damaged(t *testing.T) string {
	t.Helper()
	dir := used(t)
	path := filepath.Join(dir, "bandeau.db")
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
	return dir
}
