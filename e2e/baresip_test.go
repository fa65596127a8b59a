package e2e

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"net"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"bandeau/e2e/node"
	"bandeau/telephony/siptest"
)

// phoneTone is what baresip says, in hertz.
const phoneTone = 850

// TestBaresipTakesCalls has a telephone that others wrote register and take
// two calls; each side hears the other, and each side hangs up once.
func TestBaresipTakesCalls(t *testing.T) {
	need(t, "baresip")
	n := start(t)
	trunk, err := siptest.NewTrunk(t.Context(), siptest.TrunkConfig{Server: n.SIP, Number: "+33612345678"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(trunk.Close)
	floor := n.Floor(t, node.FloorConfig{Operators: 1, Trunks: []netip.AddrPort{trunk.Addr()}})
	phone := startBaresip(t, n.SIP, floor.Seats[0])
	eventually(t, "the phone is registered", func() bool { return floor.Admin.All(t, "/phones")[0]["registered"] == true })
	operator := floor.Seats[0].LogIn(t, n)
	free := func() bool { return operator.Do(t, "GET", "/me", nil)["activity"] == "idle" }

	call := func() *siptest.Call {
		t.Helper()
		eventually(t, "the operator is free", free)
		caller, err := trunk.Call(t.Context(), node.ServiceNumber, siptest.DialOptions{})
		if err != nil {
			t.Fatal(err)
		}
		caller.SendTone(callerTone)
		if err := caller.HearsOnly(within(t), phoneTone); err != nil {
			t.Fatalf("the caller: %v", err)
		}
		// A second and a half is enough for what the phone writes down.
		eventually(t, "they have spoken", func() bool { return caller.PacketsReceived() >= 75 })
		return caller
	}

	caller := call()
	if got := operator.Do(t, "GET", "/me", nil)["activity"]; got != "talking" {
		t.Errorf("the operator is %v, want talking", got)
	}
	caller.HangUp()
	eventually(t, "the phone says that the call has ended", func() bool { return strings.Contains(phone.said(), "session closed") })
	phone.heard(t, callerTone)

	caller = call()
	phone.command(t, "hangup")
	ended(t, caller)
	if caller.EndedBy() != siptest.ByRemoteBye {
		t.Errorf("the caller's call ended %s, want by a BYE", caller.EndedBy())
	}
	eventually(t, "both calls are in the history", func() bool {
		calls := floor.Admin.All(t, "/calls")
		return len(calls) == 2 &&
			calls[0]["outcome"] == "answered" && calls[0]["endedBy"] == "operator" &&
			calls[1]["outcome"] == "answered" && calls[1]["endedBy"] == "caller"
	})
	phone.leave(t)
	eventually(t, "the phone has unregistered", func() bool { return floor.Admin.All(t, "/phones")[0]["registered"] == false })
	stop(t, n)
}

// baresip is a running telephone.
type baresip struct {
	dir     string
	cmd     *exec.Cmd
	control netip.AddrPort
	ended   bool

	mu     sync.Mutex
	output bytes.Buffer
}

// Write implements io.Writer for the telephone's output.
func (b *baresip) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.output.Write(p)
}

func (b *baresip) said() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.output.String()
}

// startBaresip starts the phone of a seat, without a sound card: it says a
// tone and writes what it hears to a file.
func startBaresip(t *testing.T, server netip.AddrPort, seat node.Seat) *baresip {
	t.Helper()
	modules := modulePath(t)
	b := &baresip{dir: t.TempDir(), control: freePort(t)}
	write(t, filepath.Join(b.dir, "config"), fmt.Appendf(nil, `
sip_listen 127.0.0.1:0
net_interface 127.0.0.1
call_local_timeout 120
call_max_calls 4
audio_player aubridge,nil
audio_source ausine,%d
audio_alert aubridge,nil
ausrc_srate 48000
ausrc_channels 2
auplay_srate 8000
auplay_channels 1
ausrc_format s16
auplay_format s16
auenc_format s16
audec_format s16
audio_txmode poll
audio_level no
audio_buffer 20-160
jitter_buffer_delay 1-10
rtp_ports 41000-41099
rtp_stats no
module_path %s
module g711.so
module ausine.so
module aubridge.so
module sndfile.so
snd_path %s
module menu.so
module ctrl_tcp.so
ctrl_tcp_listen %s
statmode_default off
module_tmp account.so
`, phoneTone, modules, b.dir, b.control))
	write(t, filepath.Join(b.dir, "accounts"), fmt.Appendf(nil,
		"<sip:%s@%s;transport=udp>;auth_user=%s;auth_pass=%s;regint=60;answermode=auto;audio_codecs=PCMA/8000/1,PCMU/8000/1;dtmfmode=rtpevent\n",
		seat.Username, server, seat.Username, seat.Password))
	b.cmd = exec.CommandContext(t.Context(), "baresip", "-f", b.dir, "-t", "120")
	b.cmd.Dir, b.cmd.Stdout, b.cmd.Stderr = b.dir, b, b
	if err := b.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if !b.ended {
			_ = b.cmd.Process.Kill() // it may have ended by itself
			_ = b.cmd.Wait()         // killed
		}
		if t.Failed() {
			t.Logf("baresip:\n%s", b.said())
		}
	})
	return b
}

// modulePath finds the modules of baresip: Debian keeps them here or in the
// directory of the machine's architecture.
func modulePath(t *testing.T) string {
	t.Helper()
	for _, pattern := range []string{"/usr/lib/baresip/modules", "/usr/lib/*/baresip/modules", "/usr/local/lib/baresip/modules"} {
		if found, err := filepath.Glob(pattern); err == nil && len(found) > 0 {
			return found[0]
		}
	}
	t.Fatal("the modules of baresip are not where they use to be")
	return ""
}

// command has the phone do something.
func (b *baresip) command(t *testing.T, name string) {
	t.Helper()
	var d net.Dialer
	conn, err := d.DialContext(within(t), "tcp", b.control.String())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }() // the answer has been read
	request, err := json.Marshal(map[string]string{"command": name, "params": "", "token": name})
	if err != nil {
		t.Fatal(err)
	}
	// A netstring: length, colon, text, comma.
	if _, err := fmt.Fprintf(conn, "%d:%s,", len(request), request); err != nil {
		t.Fatal(err)
	}
	if err := conn.SetReadDeadline(time.Now().Add(patience)); err != nil {
		t.Fatal(err)
	}
	var answer []byte
	for chunk := make([]byte, 4096); !bytes.Contains(answer, []byte(`"response":true`)); {
		size, err := conn.Read(chunk)
		if err != nil {
			t.Fatalf("%s: %v after %q", name, err, answer)
		}
		answer = append(answer, chunk[:size]...)
	}
	if !bytes.Contains(answer, []byte(`"ok":true`)) {
		t.Fatalf("%s: %s", name, answer)
	}
}

// heard wants a tone in what the phone heard in its last call.
func (b *baresip) heard(t *testing.T, want float64) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(b.dir, "dump-*-dec.wav"))
	if err != nil || len(files) != 1 {
		t.Fatalf("what the phone heard: files %v, %v", files, err)
	}
	data, err := os.ReadFile(files[0])
	if err != nil {
		t.Fatal(err)
	}
	at := bytes.Index(data, []byte("data"))
	if at < 0 {
		t.Fatalf("%s is no WAV file", files[0])
	}
	var samples []int16
	for rest := data[at+8:]; len(rest) >= 2; rest = rest[2:] {
		samples = append(samples, int16(binary.LittleEndian.Uint16(rest)))
	}
	// The last half second: before it the tone may not have begun.
	last := samples[max(0, len(samples)-4000):]
	if got, strength := siptest.DominantTone(last, 8000); got < want-5 || got > want+5 || strength < 0.9 {
		t.Errorf("the phone heard %.0f Hz (%.2f) at the end of %d samples, want %.0f Hz", got, strength, len(samples), want)
	}
}

// leave ends the phone in order: it unregisters.
func (b *baresip) leave(t *testing.T) {
	t.Helper()
	if err := b.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	b.ended = true
	if err := b.cmd.Wait(); err != nil {
		t.Errorf("baresip: %v", err)
	}
}
