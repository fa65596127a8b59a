package siptest

import (
	"context"
	"testing"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// testT1 is long enough not to repeat on a loaded machine without need, and
// short enough for timeouts to be waited for.
const testT1 = 50 * time.Millisecond

func testContext(t *testing.T) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	t.Cleanup(cancel)
	return ctx
}

func testPhone(ctx context.Context, t *testing.T, config PhoneConfig) *Phone {
	t.Helper()
	if config.T1 == 0 {
		config.T1 = testT1
	}
	if config.Username == "" {
		config.Username = "anna"
	}
	p, err := NewPhone(ctx, config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.Close)
	return p
}

func testTrunk(ctx context.Context, t *testing.T, config TrunkConfig) *Trunk {
	t.Helper()
	if config.T1 == 0 {
		config.T1 = testT1
	}
	if config.Number == "" {
		config.Number = "+33140000000"
	}
	trunk, err := NewTrunk(ctx, config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(trunk.Close)
	return trunk
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// wantStatus checks the outcome of a request.
func wantStatus(t *testing.T, want, got int, err error) {
	t.Helper()
	if err != nil || got != want {
		t.Fatalf("status %d, error %v, want %d", got, err, want)
	}
}

// ring places a call from a trunk to a phone with the behaviour, and returns
// both ends.
func ring(ctx context.Context, t *testing.T, b Behaviour, o DialOptions) (caller, callee *Call) {
	t.Helper()
	phone := testPhone(ctx, t, PhoneConfig{AllowTalk: true})
	phone.OnCall(b)
	trunk := testTrunk(ctx, t, TrunkConfig{Server: phone.Addr()})
	caller, err := trunk.Call(ctx, "anna", o)
	must(t, err)
	callee, err = phone.NextCall(ctx)
	must(t, err)
	return caller, callee
}

// connect is ring with an answer, both ends established.
func connect(ctx context.Context, t *testing.T, o DialOptions) (caller, callee *Call) {
	t.Helper()
	caller, callee = ring(ctx, t, AnswerAfter(0), o)
	must(t, caller.WaitState(ctx, Established))
	must(t, callee.WaitACK(ctx))
	return caller, callee
}

// ended waits for the end of a call and checks how it came.
func ended(ctx context.Context, t *testing.T, c *Call, by EndedBy, status int) {
	t.Helper()
	must(t, c.WaitState(ctx, Ended))
	if c.EndedBy() != by || c.FinalStatus() != status {
		t.Fatalf("ended by %s with %d (%s), want %s with %d", c.EndedBy(), c.FinalStatus(), c.Reason(), by, status)
	}
}
