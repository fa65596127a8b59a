package e2e

import (
	"bytes"
	"context"
	"fmt"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"bandeau/e2e/node"
)

// TestHundredCallsBySipp sends 100 calls at 20 calls/s through a group of 20
// operators who talk for a second each, which is all they can do: some callers
// wait, none is lost, none is given to two.
func TestHundredCallsBySipp(t *testing.T) {
	need(t, "sipp")
	const calls, rate, operators = 100, 20, 20
	n := start(t)
	trunk, desks := freePort(t), freePort(t)
	floor := n.Floor(t, node.FloorConfig{Operators: operators, Trunks: []netip.AddrPort{trunk}})

	dir := t.TempDir()
	registerBySipp(t, dir, n.SIP, desks, floor.Seats)
	for _, phone := range floor.Admin.All(t, "/phones") {
		if phone["registered"] != true {
			t.Fatalf("phone %s is not registered", phone.Text("username"))
		}
	}
	for _, seat := range floor.Seats {
		seat.LogIn(t, n)
	}

	taken := filepath.Join(dir, "taken.log")
	agents := sipp(t, dir, n.SIP, desks, "-sf", scenario(t, "agent.xml"), "-m", strconv.Itoa(calls), "-aa",
		"-trace_logs", "-log_file", taken)
	began := time.Now()
	callers := sipp(t, dir, n.SIP, trunk, "-sf", scenario(t, "caller.xml"), "-s", node.ServiceNumber,
		"-m", strconv.Itoa(calls), "-r", strconv.Itoa(rate))
	callers.wait(t)
	agents.wait(t)
	t.Logf("%d calls at %d calls/s with %d operators of one second: %s", calls, rate, operators, time.Since(began).Round(10*time.Millisecond))

	data, err := os.ReadFile(taken)
	if err != nil {
		t.Fatal(err)
	}
	lines := regexp.MustCompile(`taken ([A-Za-z0-9-]+) at`).FindAllStringSubmatch(string(data), -1)
	times := map[string]int{}
	for _, line := range lines {
		times[line[1]]++
	}
	if len(lines) != calls || len(times) != calls {
		t.Errorf("%d calls rang %d times; want %d, once each", len(times), len(lines), calls)
	}
	eventually(t, "every call has ended", func() bool { return len(floor.Admin.Do(t, "GET", "/floor", nil).List("calls")) == 0 })
	history := floor.Admin.All(t, "/calls")
	if len(history) != calls {
		t.Errorf("%d calls in the history, want %d", len(history), calls)
	}
	for _, call := range history {
		if call["outcome"] != "answered" || call["endedBy"] != "operator" || times[call.Text("id")] != 1 {
			t.Errorf("call %s: outcome %v, ended by %v, rang %d times", call.Text("id"), call["outcome"], call["endedBy"], times[call.Text("id")])
		}
	}
	totals := floor.Admin.Do(t, "GET", "/floor", nil).List("groups")[0]["totals"]
	if got, want := fmt.Sprint(totals), "map[abandoned:0 answered:100 offered:100 overflowed:0]"; got != want {
		t.Errorf("totals of the group %s, want %s", got, want)
	}
	stop(t, n)
}

// scenario returns the absolute path of a sipp scenario.
func scenario(t *testing.T, name string) string {
	t.Helper()
	path, err := filepath.Abs(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return path
}

// registerBySipp registers every phone with one address.
func registerBySipp(t *testing.T, dir string, server, local netip.AddrPort, seats []node.Seat) {
	t.Helper()
	var accounts strings.Builder
	accounts.WriteString("SEQUENTIAL\n")
	for _, s := range seats {
		fmt.Fprintf(&accounts, "%s;[authentication username=%s password=%s]\n", s.Username, s.Username, s.Password)
	}
	file := filepath.Join(dir, "accounts.csv")
	if err := os.WriteFile(file, []byte(accounts.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	registration, err := filepath.Abs(filepath.Join("..", "docs", "sipp", "register.xml"))
	if err != nil {
		t.Fatal(err)
	}
	// A phone is a stranger until it has registered, and strangers may send ten
	// messages a second.
	sipp(t, dir, server, local, "-sf", registration, "-inf", file,
		"-m", strconv.Itoa(len(seats)), "-r", "5").wait(t)
}

// crowd is a running sipp.
type crowd struct {
	name   string
	dir    string
	output bytes.Buffer
	cmd    *exec.Cmd
	ended  bool
}

// sipp starts sipp at a local address; its messages and errors stay in dir.
func sipp(t *testing.T, dir string, server, local netip.AddrPort, args ...string) *crowd {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	name := strings.TrimSuffix(filepath.Base(args[1]), ".xml")
	c := &crowd{name: name, dir: dir}
	c.cmd = exec.CommandContext(ctx, "sipp", append([]string{
		server.String(), "-i", local.Addr().String(), "-p", strconv.Itoa(int(local.Port())),
		"-mi", local.Addr().String(), "-nostdin", "-timeout", "90s", "-timeout_error",
		"-trace_err", "-error_file", filepath.Join(dir, name+".err"),
	}, args...)...)
	c.cmd.Dir, c.cmd.Stdout, c.cmd.Stderr = dir, &c.output, &c.output
	if err := c.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		cancel()
		if !c.ended {
			_ = c.cmd.Wait() // killed
		}
	})
	return c
}

// wait wants sipp to end with exit status 0: every call as in its scenario.
func (c *crowd) wait(t *testing.T) {
	t.Helper()
	err := c.cmd.Wait()
	c.ended = true
	if err == nil {
		return
	}
	// A file that is absent has no errors to show.
	problems, _ := os.ReadFile(filepath.Join(c.dir, c.name+".err"))
	if len(problems) > 4000 {
		problems = problems[:4000]
	}
	output := c.output.Bytes()
	t.Fatalf("sipp %s: %v\n%s\n%s", c.name, err, problems, output[max(0, len(output)-3000):])
}
