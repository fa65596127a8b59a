package telephony_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"bandeau/acd"
	"bandeau/telephony/siptest"
)

func TestCloseInEveryState(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name string
		// prepare brings a call into a state and returns what it has at the phones
		// and trunks.
		prepare func(r *rig) []*siptest.Call
		tell    []acd.Command // what the core is told of the end, ids left out
		slow    bool          // a request is not answered: it takes its time
	}{
		{"no call", func(*rig) []*siptest.Call { return nil }, nil, false},
		{"arrived", func(r *rig) []*siptest.Call {
			caller, _ := r.arrive(r.trunk("t1"), siptest.DialOptions{})
			return []*siptest.Call{caller}
		}, []acd.Command{acd.LegEnded{Leg: 1, Cause: acd.EndSessionLost}}, false},
		{"early media", func(r *rig) []*siptest.Call {
			caller, id := r.arrive(r.trunk("t1"), siptest.DialOptions{})
			r.do(acd.PlayLeg{Call: id, Leg: 1, Sound: acd.SoundMusic})
			r.reach(caller, siptest.Early)
			return []*siptest.Call{caller}
		}, []acd.Command{acd.LegEnded{Leg: 1, Cause: acd.EndSessionLost}}, false},
		{"waiting", func(r *rig) []*siptest.Call {
			caller, id := r.arrive(r.trunk("t1"), siptest.DialOptions{})
			r.do(acd.AnswerLeg{Call: id, Leg: 1}, acd.PlayLeg{Call: id, Leg: 1, Sound: acd.SoundMusic})
			r.reach(caller, siptest.Established)
			return []*siptest.Call{caller}
		}, []acd.Command{acd.LegEnded{Leg: 1, Cause: acd.EndSessionLost}}, false},
		{"a phone rings", func(r *rig) []*siptest.Call {
			phone := r.phone("anna")
			phone.OnCall(siptest.RingForever())
			operator := r.ring("rings", 1, phone, "anna")
			r.reach(operator, siptest.Ringing)
			await[acd.LegProgressed](r)
			return []*siptest.Call{operator}
		}, []acd.Command{acd.LegFailed{Leg: 1, Cause: acd.FailUnreachable}}, false},
		{"a phone is silent", func(r *rig) []*siptest.Call {
			phone := r.phone("anna")
			phone.OnCall(siptest.NoResponse())
			r.ring("silent", 1, phone, "anna")
			return nil
		}, []acd.Command{acd.LegFailed{Leg: 1, Cause: acd.FailUnreachable}}, true},
		{"talking and recorded", func(r *rig) []*siptest.Call {
			c := r.talk(party{})
			r.do(acd.StartRecording{Call: c.id, Customer: 1, Operator: 2})
			return []*siptest.Call{c.caller, c.operator}
		}, []acd.Command{
			acd.LegEnded{Leg: 1, Cause: acd.EndSessionLost},
			acd.LegEnded{Leg: 2, Cause: acd.EndSessionLost},
			acd.RecordingStored{},
		}, false},
		{"busy tone", func(r *rig) []*siptest.Call {
			c := r.talk(party{})
			r.do(acd.HangUpLeg{Call: c.id, Leg: 2}, acd.HangUpLeg{Call: c.id, Leg: 1, After: acd.SoundBusy})
			r.over(c.operator, siptest.ByRemoteBye, 200)
			return []*siptest.Call{c.caller}
		}, nil, false},
		{"forgotten with the busy tone", func(r *rig) []*siptest.Call {
			c := r.talk(party{})
			r.do(acd.HangUpLeg{Call: c.id, Leg: 2}, acd.HangUpLeg{Call: c.id, Leg: 1, After: acd.SoundBusy})
			r.do(acd.ForgetCall{Call: c.id})
			return []*siptest.Call{c.caller}
		}, nil, false},
		{"the phone has died", func(r *rig) []*siptest.Call {
			c := r.talk(party{})
			r.agents[1].(*siptest.Phone).SetAlive(false)
			return []*siptest.Call{c.caller}
		}, []acd.Command{
			acd.LegEnded{Leg: 1, Cause: acd.EndSessionLost}, acd.LegEnded{Leg: 2, Cause: acd.EndSessionLost},
		}, true},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			r := newRig(t)
			calls := test.prepare(r)
			start := time.Now()
			r.close()
			limit := 2 * time.Second
			if test.slow {
				limit = 64*testT1 + 3*time.Second
			}
			if took := time.Since(start); took > limit {
				t.Errorf("closed after %v", took)
			}
			for _, call := range calls {
				r.reach(call, siptest.Ended)
			}
			for _, want := range test.tell {
				r.eventually("the core is told", func() bool { return r.told(want) })
			}
			none[acd.LegEnded](r)
			none[acd.LegFailed](r)
			// Nothing begins any more.
			r.do(placePhone("after", 1, "anna"))
			r.want(0, r.sw.Calls(), "calls")
		})
	}
}

// told takes a command that equals the one wanted but for its call.
func (r *rig) told(want acd.Command) (ok bool) {
	if want, is := want.(acd.LegEnded); is {
		_, ok = take(r.core, func(c acd.LegEnded) bool { return c.Leg == want.Leg && c.Cause == want.Cause })
	}
	if want, is := want.(acd.LegFailed); is {
		_, ok = take(r.core, func(c acd.LegFailed) bool { return c.Leg == want.Leg && c.Cause == want.Cause })
	}
	if want, is := want.(acd.RecordingStored); is {
		_, ok = take(r.core, func(c acd.RecordingStored) bool { return c.Lost == want.Lost })
	}
	return ok
}

// A core that answers the end of a leg with another one, as it does when an
// operator is lost, rings nobody any more.
func TestCloseWhileTheCoreGoesOn(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	c := r.talk(party{})
	other := r.phone("bert")
	r.core.set(func() {
		r.core.told = func(command acd.Command) {
			if ended, ok := command.(acd.LegEnded); ok {
				r.do(placePhone(ended.Call, 3, "bert"), acd.ForgetCall{Call: ended.Call})
			}
		}
	})
	r.close()
	r.reach(c.caller, siptest.Ended)
	r.reach(c.operator, siptest.Ended)
	r.want(0, other.RequestsSeen("INVITE"), "INVITEs at another phone")
}

// A core that does not answer keeps Close no longer than its context says.
func TestCloseWhileTheCoreThinks(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	carrier := r.trunk("t1")
	asked := make(chan struct{})
	r.core.set(func() {
		r.core.arrive = func(ctx context.Context, _ acd.Command) error {
			close(asked)
			<-ctx.Done()
			return ctx.Err()
		}
	})
	caller, err := carrier.Call(r.ctx, service, siptest.DialOptions{})
	r.must(err)
	<-asked
	ctx, cancel := context.WithTimeout(r.ctx, 300*time.Millisecond)
	defer cancel()
	start := time.Now()
	err = r.sw.Close(ctx)
	if took := time.Since(start); took > 2*time.Second {
		t.Errorf("closed after %v", took)
	}
	if err != nil && !errors.Is(err, context.DeadlineExceeded) {
		t.Error(err)
	}
	r.over(caller, siptest.ByFailure, 503)
}

// A core that takes too long may take the call when the caller has been turned
// away: it is told of his end, after the call.
func TestCoreThatAnswersTooLate(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	carrier := r.trunk("t1")
	r.core.set(func() {
		r.core.arrive = func(ctx context.Context, command acd.Command) error {
			<-ctx.Done()
			r.core.Post(command) // it lies in the core's mailbox
			return ctx.Err()
		}
	})
	caller, err := carrier.Call(r.ctx, service, siptest.DialOptions{})
	r.must(err)
	r.over(caller, siptest.ByFailure, 503)
	id := await[acd.CallArrived](r).Call
	ended := await[acd.LegEnded](r)
	r.want(acd.LegEnded{Call: id, Leg: 1, Cause: acd.EndSessionLost}, ended, "report")
	r.eventually("nothing is left", func() bool { return r.sw.Calls() == 0 })
}
