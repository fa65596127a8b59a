package e2e

import (
	"syscall"
	"testing"
	"time"

	"bandeau/e2e/node"
	"bandeau/telephony/siptest"
)

// TestDrain stops a node in the middle of a call: it goes on until its people
// hang up, others are sent away, and the process ends with status 0.
func TestDrain(t *testing.T) {
	n := start(t)
	s := setStage(t, n)
	caller, operator := s.talk(t)

	n.Signal(t, syscall.SIGTERM)
	eventually(t, "a new call is sent away", func() bool {
		late, err := s.trunk.Call(t.Context(), node.ServiceNumber, siptest.DialOptions{})
		if err != nil {
			t.Fatal(err)
		}
		eventually(t, "the call is taken or not", func() bool { return late.State() >= siptest.Established })
		if late.FinalStatus() == 503 {
			return true
		}
		late.HangUp() // it came before the signal was seen
		return false
	})
	hears(t, caller, operator)
	select {
	case <-n.Ended():
		t.Fatal("the node has not waited for its call")
	default:
	}
	hungUp := time.Now()
	caller.HangUp()
	ended(t, operator)
	if operator.EndedBy() != siptest.ByRemoteBye {
		t.Errorf("the operator's call ended %s, want by a BYE", operator.EndedBy())
	}
	if status := n.Exit(t, 10*time.Second); status != 0 {
		t.Errorf("exit status %d, want 0", status)
	}
	t.Logf("ended %s after the last call", time.Since(hungUp).Round(time.Millisecond))
}

// TestSecondSignalStopsAtOnce does not wait for the call, but still hangs it
// up and keeps what it was.
func TestSecondSignalStopsAtOnce(t *testing.T) {
	data := t.TempDir()
	n := node.Start(t, node.Config{Binary: program, Data: data, Args: []string{"--drain", "10m"}})
	s := setStage(t, n)
	caller, operator := s.talk(t)
	n.Signal(t, syscall.SIGTERM)
	eventually(t, "the node drains", func() bool { return n.Logged("stopping") })
	n.Signal(t, syscall.SIGTERM)
	if status := n.Exit(t, 5*time.Second); status != 0 {
		t.Errorf("exit status %d, want 0", status)
	}
	ended(t, caller)
	ended(t, operator)

	again := node.Start(t, node.Config{Binary: program, Data: data})
	calls := again.Admin(t).All(t, "/calls")
	if len(calls) != 1 || calls[0]["state"] != "ended" || calls[0]["endedBy"] != "system" || calls[0]["recording"] != "ready" {
		t.Errorf("the call in the history: %v", calls)
	}
	stop(t, again)
}
