package e2e

import (
	"encoding/binary"
	"testing"
	"time"

	"bandeau/e2e/node"
	"bandeau/telephony/siptest"
)

// TestPowerCut kills a node in the middle of a recorded call and starts it
// again: nothing that was is forgotten, and the next call comes through.
func TestPowerCut(t *testing.T) {
	data, sip := t.TempDir(), freePort(t)
	n := node.Start(t, node.Config{Binary: program, Data: data, SIP: sip})
	s := setStage(t, n)
	// He is to be found as he was: in the presence he had, in the same session.
	since := s.operator.Do(t, "GET", "/me", nil).Text("presenceSince")
	caller, _ := s.talk(t)
	const spoken = 3 * time.Second
	packets := caller.PacketsReceived()
	talked := time.Now()
	eventually(t, "three seconds have been spoken", func() bool {
		return caller.PacketsReceived()-packets >= int(spoken/(20*time.Millisecond))
	})
	eventually(t, "the call is being recorded", func() bool {
		return s.floor.Admin.All(t, "/calls")[0]["recording"] == "running"
	})
	length := time.Since(talked)
	n.Kill(t)

	down := time.Now()
	n = node.Start(t, node.Config{Binary: program, Data: data, SIP: sip})
	t.Logf("ready %s after the start", time.Since(down).Round(time.Millisecond))
	s.Node = n
	s.floor.Admin.Move(n)
	s.operator.Move(n)

	calls := s.floor.Admin.All(t, "/calls")
	if len(calls) != 1 || calls[0]["state"] != "ended" || calls[0]["outcome"] != "answered" || calls[0]["endedBy"] != "system" {
		t.Fatalf("the call in the history: %v", calls)
	}
	if calls[0]["recording"] != "ready" {
		t.Fatalf("recording %v, want ready", calls[0]["recording"])
	}
	left, right := wav(t, s.floor.Admin.Get(t, "/api/v1/calls/"+calls[0].Text("id")+"/recording"))
	if kept := time.Duration(len(left)) * time.Second / 8000; kept < length-time.Second {
		t.Errorf("%s of %s and more are recorded: over a second is lost", kept, length)
	}
	for side, want := range map[string]struct {
		samples []int16
		tone    float64
	}{"left": {left, callerTone}, "right": {right, operatorTone}} {
		last := want.samples[max(0, len(want.samples)-8000):]
		if got, strength := siptest.DominantTone(last, 8000); got < want.tone-5 || got > want.tone+5 || strength < 0.9 {
			t.Errorf("%s side: %.0f Hz (%.2f), want %.0f Hz", side, got, strength, want.tone)
		}
	}

	for _, phone := range s.floor.Admin.All(t, "/phones") {
		if phone["registered"] != true {
			t.Errorf("phone %s is no longer registered", phone.Text("username"))
		}
	}
	me := s.operator.Do(t, "GET", "/me", nil)
	if me["presence"] != "available" || me.Text("presenceSince") != since {
		t.Errorf("the operator is %v since %v, want available since %s", me["presence"], me["presenceSince"], since)
	}
	eventually(t, "the operator is free", func() bool {
		return s.operator.Do(t, "GET", "/me", nil)["activity"] == "idle"
	})
	next, answer := s.talk(t)
	next.HangUp()
	ended(t, answer)
	eventually(t, "the second call is in the history", func() bool {
		calls := s.floor.Admin.All(t, "/calls")
		return len(calls) == 2 && calls[0]["outcome"] == "answered" && calls[0]["endedBy"] == "caller"
	})
	stop(t, n)
}

// wav reads a stereo recording of 16-bit samples, 8000 a second.
func wav(t *testing.T, data []byte) (left, right []int16) {
	t.Helper()
	if len(data) < 44 || string(data[:4]) != "RIFF" || string(data[8:16]) != "WAVEfmt " {
		t.Fatalf("not a WAV file: %d bytes", len(data))
	}
	for rest := data[12:]; len(rest) >= 8; {
		name, size := string(rest[:4]), binary.LittleEndian.Uint32(rest[4:])
		rest = rest[8:]
		body := rest[:min(int(size), len(rest))]
		rest = rest[len(body):]
		if name == "fmt " {
			channels, rate, bits := binary.LittleEndian.Uint16(body[2:]), binary.LittleEndian.Uint32(body[4:]), binary.LittleEndian.Uint16(body[14:])
			if channels != 2 || rate != 8000 || bits != 16 {
				t.Fatalf("%d channels of %d bits at %d Hz, want 2 of 16 at 8000", channels, bits, rate)
			}
		}
		if name != "data" {
			continue
		}
		if int(size) != len(body) {
			t.Errorf("the header promises %d bytes, there are %d", size, len(body))
		}
		for i := 0; i+4 <= len(body); i += 4 {
			left = append(left, int16(binary.LittleEndian.Uint16(body[i:])))
			right = append(right, int16(binary.LittleEndian.Uint16(body[i+2:])))
		}
	}
	return left, right
}
