package telephony_test

import (
	"sync"
	"testing"
	"time"

	"bandeau/acd"
	"bandeau/media"
	"bandeau/telephony/siptest"
)

func TestHangUpByEitherSide(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	c := r.talk(party{})
	c.caller.HangUp()
	r.legEnded(1, acd.EndHungUp)
	r.hearsNothing(c.operator)
	r.want(siptest.Established, c.operator.State(), "the phone, whose end is the core's to decide")
	c.operator.HangUp()
	r.legEnded(2, acd.EndHungUp)
	r.forget(c.id)
	none[acd.LegEnded](r)
}

func TestHangUpByTheCore(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	c := r.talk(party{})
	r.do(acd.HangUpLeg{Call: c.id, Leg: 2})
	r.over(c.operator, siptest.ByRemoteBye, 200)
	r.want(siptest.Established, c.caller.State(), "the caller")
	r.do(acd.PlayLeg{Call: c.id, Leg: 1, Sound: acd.SoundMusic})
	r.hearsMusic(c.caller)
	r.do(acd.HangUpLeg{Call: c.id, Leg: 1}, acd.HangUpLeg{Call: c.id, Leg: 1})
	r.over(c.caller, siptest.ByRemoteBye, 200)
	r.forget(c.id)
	none[acd.LegEnded](r)
}

func TestEverybodyHangsUpAtOnce(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	for round := range 5 {
		carrier, phone := r.trunkAgain(), r.phoneAgain()
		caller, id := r.arrive(carrier, siptest.DialOptions{})
		r.do(acd.AnswerLeg{Call: id, Leg: 1})
		operator := r.ring(id, 2, phone, "anna")
		await[acd.LegAnswered](r)
		r.do(acd.JoinLegs{Call: id, A: 1, B: 2})
		r.reach(caller, siptest.Established)
		var wg sync.WaitGroup
		wg.Go(caller.HangUp)
		wg.Go(operator.HangUp)
		wg.Go(func() { r.do(acd.HangUpLeg{Call: id, Leg: 1}, acd.HangUpLeg{Call: id, Leg: 2}) })
		wg.Wait()
		r.reach(caller, siptest.Ended)
		r.reach(operator, siptest.Ended)
		r.forget(id)
		for leg := acd.LegID(1); leg <= 2; leg++ {
			ends := 0
			for ok := true; ok; {
				if _, ok = take(r.core, func(c acd.LegEnded) bool { return c.Leg == leg }); ok {
					ends++
				}
			}
			if ends > 1 {
				t.Errorf("round %d: leg %d has ended %d times", round, leg, ends)
			}
		}
	}
}

// trunkAgain and phoneAgain return the one there is, and start it at first.
func (r *rig) trunkAgain() *siptest.Trunk {
	for _, a := range r.agents {
		if carrier, ok := a.(*siptest.Trunk); ok {
			return carrier
		}
	}
	return r.trunk("t1")
}

func (r *rig) phoneAgain() *siptest.Phone {
	for _, a := range r.agents {
		if phone, ok := a.(*siptest.Phone); ok {
			return phone
		}
	}
	return r.phone("anna")
}

func TestCallerWhoNeverAcknowledges(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	caller, id := r.arrive(r.trunk("t1"), siptest.DialOptions{NoAck: true})
	r.do(acd.AnswerLeg{Call: id, Leg: 1}, acd.PlayLeg{Call: id, Leg: 1, Sound: acd.SoundMusic})
	r.legEnded(1, acd.EndSessionLost)
	r.over(caller, siptest.ByRemoteBye, 200)
	r.forget(id)
}

func TestTrunkThatDies(t *testing.T) {
	t.Parallel()
	r := newRig(t, func(s *setup) { s.cfg.RTPTimeout = time.Second })
	c := r.talk(party{})
	r.eachOther(c)
	r.agents[0].Close() // without a word
	r.legEnded(1, acd.EndMediaLost)
	r.do(acd.HangUpLeg{Call: c.id, Leg: 2}, acd.ForgetCall{Call: c.id})
	r.over(c.operator, siptest.ByRemoteBye, 200)
	// Its BYE is repeated until it is given up, then nothing is left.
	r.eventually("nothing is left", func() bool { return r.sw.Calls() == 0 })
}

// More calls one after the other than there are ports, each through every way a
// call can end: all ports are free at last.
func TestPortsComeBack(t *testing.T) {
	t.Parallel()
	const low, pairs = 21910, 4
	r := newRig(t, func(s *setup) { s.plane = media.PlaneConfig{PortMin: low, PortMax: low + 2*pairs - 1} })
	carrier, phone := r.trunk("t1"), r.phone("anna")
	ends := []func(id acd.CallID, caller, operator *siptest.Call){
		func(id acd.CallID, _, _ *siptest.Call) {
			r.do(acd.HangUpLeg{Call: id, Leg: 1}, acd.HangUpLeg{Call: id, Leg: 2})
		},
		func(_ acd.CallID, caller, operator *siptest.Call) { caller.HangUp(); operator.HangUp() },
		func(id acd.CallID, caller, _ *siptest.Call) {
			caller.HangUp()
			r.do(acd.HangUpLeg{Call: id, Leg: 2}, acd.HangUpLeg{Call: id, Leg: 1, After: acd.SoundBusy})
		},
	}
	for i := range 3 * pairs {
		caller, id := r.arrive(carrier, siptest.DialOptions{})
		r.do(acd.AnswerLeg{Call: id, Leg: 1}, acd.PlayLeg{Call: id, Leg: 1, Sound: acd.SoundMusic})
		phone.OnCall(siptest.Busy())
		r.do(placePhone(id, 3, "anna"))
		r.next(phone)
		r.legFailed(3, acd.FailBusy, 486)
		phone.OnCall(siptest.AnswerAfter(0))
		operator := r.ring(id, 2, phone, "anna")
		await[acd.LegAnswered](r)
		r.do(acd.JoinLegs{Call: id, A: 1, B: 2})
		r.reach(caller, siptest.Established)
		ends[i%len(ends)](id, caller, operator)
		r.reach(caller, siptest.Ended)
		r.reach(operator, siptest.Ended)
		r.forget(id)
		refused, err := carrier.Call(r.ctx, service, siptest.DialOptions{SDP: describe("127.0.0.1", 4000, "9", "")})
		r.must(err)
		r.over(refused, siptest.ByFailure, 488)
	}
	r.eventually("nothing is left", func() bool { return r.sw.Calls() == 0 })
	// As many callers as there are ports.
	ids := make([]acd.CallID, 0, pairs)
	for range pairs {
		_, id := r.arrive(carrier, siptest.DialOptions{})
		ids = append(ids, id)
	}
	for _, id := range ids {
		r.do(acd.HangUpLeg{Call: id, Leg: 1}, acd.ForgetCall{Call: id})
	}
	r.eventually("nothing is left", func() bool { return r.sw.Calls() == 0 })
}
