package e2e

import (
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

// TestWalkthrough runs the commands of docs/walkthrough.md as they stand, on
// ports that nobody has, and listens to the recording they end with.
func TestWalkthrough(t *testing.T) {
	need(t, "sipp")
	need(t, "curl")
	document, err := os.ReadFile(filepath.Join("..", "docs", "walkthrough.md"))
	if err != nil {
		t.Fatal(err)
	}
	blocks := shellBlocks(string(document))
	if len(blocks) < 10 {
		t.Fatalf("%d blocks of commands in the document", len(blocks))
	}
	work := t.TempDir()
	// What a user would see fail ends the test; -x shows where it was.
	script := "set -euo pipefail\ntrap 'kill $(jobs -p) 2>/dev/null || true' EXIT\nset -x\n" + strings.Join(blocks, "\n")
	ctx, cancel := contextOf(t, 3*time.Minute) // it builds, too
	defer cancel()
	cmd := exec.CommandContext(ctx, "bash", "-c", script)
	// What it has started ends with it.
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
	cmd.WaitDelay = 5 * time.Second
	cmd.Dir = ".."
	cmd.Env = append(node.Environment(),
		"TMPDIR="+work, "BANDEAU_HTTP="+freePort(t).String(), "BANDEAU_SIP="+freePort(t).String(), "BANDEAU_RTP_PORTS=0",
		"DESK_PORT="+port(freePort(t)), "CARRIER_PORT="+port(freePort(t)))
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	recordings, err := filepath.Glob(filepath.Join(work, "*", "call.wav"))
	if err != nil || len(recordings) != 1 {
		t.Fatalf("recordings %v, %v\n%s", recordings, err, out)
	}
	data, err := os.ReadFile(recordings[0])
	if err != nil {
		t.Fatal(err)
	}
	left, right := wav(t, data)
	if len(left) < 4*8000 {
		t.Fatalf("the recording has %d samples a side\n%s", len(left), out)
	}
	// From the middle: the echo of the phone begins a little later than the tone.
	for side, samples := range map[string][]int16{"caller": left, "operator": right} {
		middle := samples[len(samples)/2:][:8000]
		if got, strength := siptest.DominantTone(middle, 8000); got < 995 || got > 1005 || strength < 0.9 {
			t.Errorf("%s: %.0f Hz (%.2f) in the recording, want 1000 Hz", side, got, strength)
		}
	}
}

// shellBlocks returns the blocks of a Markdown document that are marked as shell.
func shellBlocks(document string) []string {
	var blocks []string
	for _, part := range strings.Split(document, "\n```sh\n")[1:] {
		block, _, _ := strings.Cut(part, "\n```")
		blocks = append(blocks, block)
	}
	return blocks
}
