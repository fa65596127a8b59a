package telephony_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"bandeau/acd"
	"bandeau/telephony/siptest"
)

func TestPhoneShowsTheCallerAndTheGroup(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	phone := r.phone("anna")
	tests := []struct {
		name          string
		present       acd.Presentation
		group         string
		user, display string
		host          string
	}{
		{"number and group", acd.Presentation{Number: "+33611223344", Name: "Ada"}, "Sales", "+33611223344", "Sales", ""},
		{"no group", acd.Presentation{Number: "+33611223344", Name: `A "d" a`}, "", "+33611223344", `A "d" a`, ""},
		{"short code", acd.Presentation{Number: "3900"}, "Étage", "3900", "Étage", ""},
		{"withheld", acd.Presentation{Number: "+33611223344", Anonymous: true}, "Sales", "anonymous", "Sales", "anonymous.invalid"},
		{"unknown", acd.Presentation{}, "Sales", "anonymous", "Sales", "anonymous.invalid"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			place := placePhone(acd.CallID("shown "+test.name), 1, "anna")
			place.Present, place.GroupName = test.present, test.group
			r.do(place)
			invite := r.next(phone).Invite()
			from := invite.From()
			host, _, _ := strings.Cut(from.Host, ":")
			want := test.host
			if want == "" {
				want = "127.0.0.1"
			}
			user := strings.ReplaceAll(from.User, "%2B", "+")
			if user != test.user || from.Display != test.display || host != want {
				t.Errorf("From %q", invite.Get("From"))
			}
			if got := invite.Get("X-Bandeau-Call"); got != string(place.Call) {
				t.Errorf("X-Bandeau-Call %q", got)
			}
			if test.user == "anonymous" && strings.Contains(string(invite.Bytes()), "611223344") {
				t.Errorf("a withheld number in\n%s", invite.Bytes())
			}
			await[acd.LegAnswered](r)
			r.do(acd.HangUpLeg{Call: place.Call, Leg: 1}, acd.ForgetCall{Call: place.Call})
			r.eventually("the call is gone", func() bool { return r.sw.Calls() == 0 })
		})
	}
}

func TestContactsRingTogetherAndTheFirstToAnswerWins(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	desk, mobile, cabin := r.phone("anna"), r.phone("anna"), r.phone("anna")
	desk.OnCall(siptest.RingForever())
	mobile.OnCall(siptest.RingForever())
	cabin.OnCall(siptest.Busy()) // says nothing about the others
	r.do(placePhone("together", 1, "anna"))
	first, second := r.next(desk), r.next(mobile)
	r.over(r.next(cabin), siptest.ByLocal, 486)
	r.reach(first, siptest.Ringing)
	r.reach(second, siptest.Ringing)
	r.want(false, await[acd.LegProgressed](r).Early, "early media")
	none[acd.LegFailed](r)

	second.Answer()
	await[acd.LegAnswered](r)
	r.over(first, siptest.ByRemoteCancel, 487)
	if !strings.Contains(first.Reason(), "cause=200") {
		t.Errorf("the phone that lost counts a missed call: Reason %q", first.Reason())
	}
	none[acd.LegProgressed](r)
	r.do(acd.PlayLeg{Call: "together", Leg: 1, Sound: acd.SoundMusic})
	r.hearsMusic(second)
	r.want(0, first.PacketsReceived(), "packets the loser received")
	second.HangUp()
	r.legEnded(1, acd.EndHungUp)
	r.forget("together")
}

func TestTwoContactsAnswerAtOnce(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	const phones = 3
	for range phones {
		r.phone("anna")
	}
	r.do(placePhone("both", 1, "anna"))
	calls := make([]*siptest.Call, 0, phones)
	for _, a := range r.agents {
		calls = append(calls, r.next(a.(*siptest.Phone)))
	}
	await[acd.LegAnswered](r)
	r.do(acd.PlayLeg{Call: "both", Leg: 1, Sound: acd.SoundMusic})
	live := func() (live []*siptest.Call) {
		for _, c := range calls {
			if c.State() != siptest.Ended {
				live = append(live, c)
			}
		}
		return live
	}
	r.eventually("one is left", func() bool { return len(live()) == 1 })
	winner := live()[0]
	r.hearsMusic(winner)
	for _, c := range calls {
		if c != winner && !strings.Contains(c.Reason(), "cause=200") {
			t.Errorf("a loser ended by %s with Reason %q", c.EndedBy(), c.Reason())
		}
	}
	r.clear("both")
	r.over(winner, siptest.ByRemoteBye, 200)
	none[acd.LegAnswered](r)
	none[acd.LegFailed](r)
}

func TestWhyAPhoneIsNotAnswered(t *testing.T) {
	t.Parallel()
	ring := func(status int) siptest.Behaviour { return siptest.RingThenReject(10*time.Millisecond, status) }
	tests := []struct {
		name   string
		phones []siptest.Behaviour
		cause  acd.FailCause
		status int
	}{
		{"busy", []siptest.Behaviour{siptest.Busy()}, acd.FailBusy, 486},
		{"busy everywhere", []siptest.Behaviour{siptest.RejectWith(600)}, acd.FailBusy, 600},
		{"declined", []siptest.Behaviour{ring(603)}, acd.FailRejected, 603},
		{"forbidden", []siptest.Behaviour{siptest.RejectWith(403)}, acd.FailRejected, 403},
		{"not acceptable", []siptest.Behaviour{siptest.RejectWith(488)}, acd.FailUnreachable, 488},
		{"not understood", []siptest.Behaviour{siptest.RejectWith(400)}, acd.FailUnreachable, 400},
		{"not found", []siptest.Behaviour{siptest.RejectWith(404)}, acd.FailUnreachable, 404},
		{"unavailable", []siptest.Behaviour{siptest.RejectWith(480)}, acd.FailUnreachable, 480},
		{"server error", []siptest.Behaviour{siptest.RejectWith(500)}, acd.FailUnreachable, 500},
		{"overload", []siptest.Behaviour{siptest.RejectWith(503, siptest.Header{Name: "Retry-After", Value: "60"})}, acd.FailUnreachable, 503},
		{"moved", []siptest.Behaviour{siptest.RejectWith(302, siptest.Header{Name: "Contact", Value: "<sip:+88299@127.0.0.1:9>"})}, acd.FailRedirected, 302},
		{"gave up ringing", []siptest.Behaviour{ring(408)}, acd.FailNoAnswer, 408},
		{"terminated itself", []siptest.Behaviour{ring(487)}, acd.FailNoAnswer, 487},
		{"silent", []siptest.Behaviour{siptest.NoResponse()}, acd.FailUnreachable, 408},
		{"not registered", nil, acd.FailUnreachable, 480},
		{"busy and gone", []siptest.Behaviour{siptest.RejectWith(404), ring(486)}, acd.FailBusy, 486},
		{"busy, then declined", []siptest.Behaviour{siptest.Busy(), ring(603)}, acd.FailRejected, 603},
		{"declined, then busy", []siptest.Behaviour{siptest.RejectWith(603), ring(486)}, acd.FailRejected, 603},
		{"moved and gone", []siptest.Behaviour{siptest.RejectWith(302), ring(500)}, acd.FailRedirected, 302},
		{"no answer and moved", []siptest.Behaviour{siptest.RejectWith(302), ring(408)}, acd.FailNoAnswer, 408},
		{"busy and silent", []siptest.Behaviour{siptest.Busy(), siptest.NoResponse()}, acd.FailBusy, 486},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			r := newRig(t)
			for _, b := range test.phones {
				r.phone("anna").OnCall(b)
			}
			r.do(placePhone("fails", 3, "anna"))
			r.legFailed(3, test.cause, test.status)
			none[acd.LegFailed](r)
			none[acd.LegAnswered](r)
			r.forget("fails")
		})
	}
}

// TestDeclinedForAll: a 6xx is the person's word, not the device's: the other
// contacts stop ringing (RFC 3261 §16.7, step 5).
func TestDeclinedForAll(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	desk, mobile := r.phone("anna"), r.phone("anna")
	desk.OnCall(siptest.RingForever())
	mobile.OnCall(siptest.RingForever())
	r.do(placePhone("declined", 2, "anna"))
	ringing, declined := r.next(desk), r.next(mobile)
	r.reach(ringing, siptest.Ringing)
	declined.Reject(603)
	r.legFailed(2, acd.FailRejected, 603)
	r.over(ringing, siptest.ByRemoteCancel, 487)
	r.forget("declined")
}

func TestNoPhoneAtAll(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.do(acd.PlaceLeg{Call: "none", Leg: 1, Operator: "op1"})
	r.legFailed(1, acd.FailUnreachable, 404)
	r.forget("none")
	r.do(placeNumber("none", 1, "+33155000000")) // no trunk
	r.legFailed(1, acd.FailUnreachable, 503)
	r.forget("none")
}

func TestAnswerThatCrossesTheCancel(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	phone := r.phone("anna")
	phone.OnCall(siptest.Late200AfterCancel())
	call := r.ring("late", 1, phone, "anna")
	await[acd.LegProgressed](r)
	r.do(acd.HangUpLeg{Call: "late", Leg: 1}, acd.ForgetCall{Call: "late"})
	ctx, cancel := context.WithTimeout(r.ctx, patience)
	defer cancel()
	r.must(call.WaitACK(ctx))
	r.over(call, siptest.ByRemoteBye, 200)
	r.want(true, call.Cancelled(), "cancelled")
	r.eventually("nothing is left", func() bool { return r.sw.Calls() == 0 })
	none[acd.LegAnswered](r)
	none[acd.LegFailed](r)
	none[acd.LegEnded](r)
}

// The phone that lost answers just when it is cancelled: the winner is not disturbed.
func TestLoserAnswersWhileItIsCancelled(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	winner, loser := r.phone("anna"), r.phone("anna")
	winner.OnCall(siptest.RingForever())
	loser.OnCall(siptest.Late200AfterCancel())
	r.do(placePhone("lost", 1, "anna"))
	won, lost := r.next(winner), r.next(loser)
	r.reach(lost, siptest.Ringing)
	won.Answer()
	await[acd.LegAnswered](r)
	r.over(lost, siptest.ByRemoteBye, 200)
	r.do(acd.PlayLeg{Call: "lost", Leg: 1, Sound: acd.SoundMusic})
	r.hearsMusic(won)
	none[acd.LegAnswered](r)
	none[acd.LegEnded](r)
	r.clear("lost")
}

func TestHangUpWhileRingingCancels(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	phone, second := r.phone("anna"), r.phone("anna")
	phone.OnCall(siptest.RingForever())
	second.OnCall(siptest.RingForever())
	r.do(placePhone("gone", 1, "anna"))
	calls := []*siptest.Call{r.next(phone), r.next(second)}
	for _, c := range calls {
		r.reach(c, siptest.Ringing)
	}
	r.do(acd.HangUpLeg{Call: "gone", Leg: 1})
	for _, c := range calls {
		r.over(c, siptest.ByRemoteCancel, 487)
		if strings.Contains(c.Reason(), "200") {
			t.Errorf("nobody has answered, but Reason says %q", c.Reason())
		}
	}
	r.forget("gone")
	none[acd.LegFailed](r)
	none[acd.LegEnded](r)
}

// No CANCEL may be sent before the phone has said something (RFC 3261 §9.1).
func TestHangUpOfASilentPhone(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	phone := r.phone("anna")
	phone.OnCall(siptest.NoResponse())
	call := r.ring("silent", 1, phone, "anna")
	r.do(acd.HangUpLeg{Call: "silent", Leg: 1})
	r.want(1, r.sw.Live(), "calls going on before the core has ended it")
	r.do(acd.ForgetCall{Call: "silent"})
	r.eventually("it does not go on", func() bool { return r.sw.Live() == 0 })
	r.want(1, r.sw.Calls(), "calls while the phone has not been told")
	r.eventually("nothing is left", func() bool { return r.sw.Calls() == 0 })
	r.want(false, call.Cancelled(), "cancelled")
	none[acd.LegFailed](r)
	call.HangUp()
}

func TestPhoneIsAnsweredByTalk(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	phone := r.phone("anna", func(c *siptest.PhoneConfig) { c.AllowTalk = true })
	phone.OnCall(siptest.AnswerOnTalk())
	r.ring("talk", 1, phone, "anna")
	await[acd.LegProgressed](r)
	r.must(r.sw.Talk(r.ctx, "talk", 1))
	await[acd.LegAnswered](r)
	if err := r.sw.Talk(r.ctx, "talk", 1); err == nil {
		t.Error("an answered phone was asked to answer")
	}
	r.clear("talk")
}
