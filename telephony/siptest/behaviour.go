package siptest

import (
	"context"
	"fmt"
	"time"
)

// Behaviour is what an incoming INVITE gets. Its constructors are below; a
// call that is over, for instance cancelled, ends its behaviour.
type Behaviour struct {
	run        func(ctx context.Context, c *Call)
	silent     bool // not even 100 Trying
	lateAnswer bool // a CANCEL is answered by accepting the call
}

// Script makes a behaviour of a function. It runs in its own goroutine with a
// context that ends with the call; 100 Trying has been sent.
func Script(run func(ctx context.Context, c *Call)) Behaviour { return Behaviour{run: run} }

// AnswerAfter rings for d, then answers. With 0 it answers at once, without
// ringing.
func AnswerAfter(d time.Duration) Behaviour {
	return Script(func(ctx context.Context, c *Call) {
		if d > 0 {
			c.Ring()
			if !pause(ctx, d) {
				return
			}
		}
		c.Answer()
	})
}

// RingForever rings and leaves everything else to the test.
func RingForever() Behaviour {
	return Script(func(_ context.Context, c *Call) { c.Ring() })
}

// Busy refuses with 486.
func Busy() Behaviour { return RejectWith(486) }

// RejectWith refuses at once with a status of 300 to 699 and further headers,
// such as the Contact of a 302.
func RejectWith(status int, headers ...Header) Behaviour {
	return Script(func(_ context.Context, c *Call) { c.Reject(status, headers...) })
}

// RingThenReject rings for d, then refuses.
func RingThenReject(d time.Duration, status int, headers ...Header) Behaviour {
	return Script(func(ctx context.Context, c *Call) {
		c.Ring()
		if pause(ctx, d) {
			c.Reject(status, headers...)
		}
	})
}

// NoResponse takes the INVITE and says nothing at all, not even 100.
func NoResponse() Behaviour {
	return Behaviour{silent: true, run: func(context.Context, *Call) {}}
}

// AnswerOnTalk rings until a NOTIFY with Event: talk comes, then answers, as
// phones do that can be answered from a screen. The phone must have AllowTalk.
func AnswerOnTalk() Behaviour {
	return Script(func(ctx context.Context, c *Call) {
		c.Ring()
		if c.WaitTalk(ctx) == nil {
			c.Answer()
		}
	})
}

// WaitTalk waits for a NOTIFY with Event: talk, which asks the phone to answer.
// One that came before counts, once. The phone must have AllowTalk.
func (c *Call) WaitTalk(ctx context.Context) error {
	select {
	case <-c.talk:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("siptest: waiting to be told to answer: %w", ctx.Err())
	}
}

// Late200AfterCancel rings, and answers with 200 just when it is cancelled, as
// happens when the CANCEL crosses the 200 on the wire.
func Late200AfterCancel() Behaviour {
	return Behaviour{lateAnswer: true, run: func(_ context.Context, c *Call) { c.Ring() }}
}

// Require100rel rings with a reliable 180 (Require: 100rel, RFC 3262), waits
// for its PRACK and answers after d more. Without PRACK within 64*T1 it refuses
// with 504; a caller that does not know 100rel gets 421.
func Require100rel(d time.Duration) Behaviour {
	return Script(func(ctx context.Context, c *Call) {
		if !c.Invite().Lists("Supported", "100rel") && !c.Invite().Lists("Require", "100rel") {
			c.Reject(421, Header{"Require", "100rel"})
			return
		}
		if !c.progressReliably(ctx, 180, false) {
			c.Reject(504)
			return
		}
		if pause(ctx, d) {
			c.Answer()
		}
	})
}

// EarlyMedia sends 183 with a session description and a tone of freq hertz,
// and answers after d; the tone goes on until SendTone changes it. With d
// negative it never answers.
func EarlyMedia(freq float64, d time.Duration) Behaviour {
	return Script(func(ctx context.Context, c *Call) {
		c.Progress(183)
		c.SendTone(freq)
		if d >= 0 && pause(ctx, d) {
			c.Answer()
		}
	})
}

// pause waits, and returns false when the context ended first.
func pause(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}
