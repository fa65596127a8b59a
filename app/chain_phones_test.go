package app

import (
	"testing"
	"time"

	"bandeau/internal/proof"
	"bandeau/telephony/siptest"
)

// TestChainPhonesThatFail leads one caller past every kind of phone that does
// not take his call to the operator who does.
func TestChainPhonesThatFail(t *testing.T) {
	t.Parallel()
	s := newStage(t, nil)
	away := s.newRecord("zoe", nil)
	away.login("zoe", operatorPassword) // her phone is not registered
	busy := s.newOperator("bea", nil)
	refusing := s.newOperator("rex", nil)
	forwarding := s.newOperator("fay", nil)
	silent := s.newOperator("sid", fields{"retrySeconds": 60})
	good := s.newOperator("gus", nil)
	s.members(s.group, away, busy, refusing, forwarding, silent, good)
	busy.phone.OnCall(siptest.Busy())
	refusing.phone.OnCall(siptest.RingThenReject(100*time.Millisecond, 603))
	forwarding.phone.OnCall(siptest.RejectWith(302, siptest.Header{Name: "Contact", Value: "<sip:+33199999999@127.0.0.1>"}))
	silent.phone.OnCall(siptest.RingForever())
	equal(t, "phone of zoe", away.me().Phone.State, "unreachable")

	caller := s.call(serviceNumber, siptest.DialOptions{})
	must(t, caller.HearsMusic(s.ctx))
	ringing := s.rings(silent.phone)
	must(t, ringing.WaitState(s.ctx, siptest.Ended))
	equal(t, "end of the ring", ringing.EndedBy(), siptest.ByRemoteCancel)
	cancel, err := ringing.WaitRequest(s.ctx, "CANCEL", 1)
	must(t, err)
	if rang := cancel.At.Sub(ringing.Invite().At); rang < 4900*time.Millisecond || rang > 6*time.Second {
		t.Errorf("rang %s, ring time is 5 s", rang)
	}
	equal(t, "missed", s.floorOperator(silent).Missed, 1)
	ring := s.rings(good.phone)
	ring.SendTone(700)
	caller.SendTone(450)
	ring.Answer()
	must(t, caller.HearsOnly(s.ctx, 700))
	must(t, ring.HearsOnly(s.ctx, 450))

	id := ring.Invite().Get("X-Bandeau-Call")
	steps := s.tells(id, "queued",
		"offered bea", "offer_ended busy bea", "offered rex", "offer_ended rejected rex",
		"offered fay", "offer_ended unreachable fay", "offered sid", "leg_rang", "offer_ended no_answer sid",
		"offered gus", "offer_ended answered gus", "connected gus")
	for word, status := range map[string]int{
		"offer_ended busy bea": 486, "offer_ended rejected rex": 603, "offer_ended unreachable fay": 302,
	} {
		equal(t, word, findStep(t, steps, word).SIPStatus, status)
	}
	skipped := map[string]string{}
	for _, skip := range findStep(t, steps, "offered gus").Skipped {
		skipped[skip.Operator] = skip.Reason
	}
	equal(t, "zoe skipped", skipped[away.id], "unreachable")
	for _, o := range []*operator{busy, refusing, forwarding, silent} {
		equal(t, o.name+" skipped", skipped[o.id], "ignored")
		if until := o.me().IgnoredUntil; until == nil {
			t.Errorf("%s is not ignored", o.name)
		}
		want := 0
		if o == silent {
			want = 1
		}
		equal(t, "history of "+o.name, len(o.history()), want)
	}
	equal(t, "part of sid", silent.history()[0].Mine, "missed")
	if n := s.trunk.RequestsSeen("INVITE"); n != 0 {
		t.Error("the 302 was followed")
	}
	ring.HangUp()
	must(t, caller.WaitState(s.ctx, siptest.Ended))
	s.over(id, "answered", "operator")
}

// TestChainRetryWindow keeps an operator whose phone was busy out for his
// retry time, and no longer.
func TestChainRetryWindow(t *testing.T) {
	t.Parallel()
	proof.Of(t, "OP-16")
	s := newStage(t, nil)
	anna := s.newOperator("anna", fields{"retrySeconds": 2})
	s.members(s.group, anna)
	anna.phone.OnCall(siptest.Busy())
	caller := s.call(serviceNumber, siptest.DialOptions{})
	id := s.rings(anna.phone).Invite().Get("X-Bandeau-Call")
	s.until("the offer to fail", func() bool { return anna.me().IgnoredUntil != nil })
	until := *anna.me().IgnoredUntil
	anna.phone.OnCall(siptest.AnswerAfter(0))
	ring := s.rings(anna.phone)
	must(t, ring.WaitACK(s.ctx))
	s.until("anna to talk", func() bool { return anna.is("available talking") })
	steps := s.tells(id, "offered anna", "offer_ended busy anna", "offered anna", "offer_ended answered anna")
	first := findStep(t, steps, "offer_ended busy anna").At
	equal(t, "window", until.Sub(first), 2*time.Second)
	for _, step := range steps {
		if step.word() == "offered anna" && step.At.After(first) && step.At.Before(until) {
			t.Errorf("offered at %s, ignored until %s", step.At, until)
		}
	}
	caller.HangUp()
	s.over(id, "answered", "caller")
}

// TestChainRegistration follows a phone that comes, goes, and is used by two.
func TestChainRegistration(t *testing.T) {
	t.Parallel()
	proof.Of(t, "OP-12")
	s := newStage(t, nil)
	anna := s.newOperator("anna", nil)
	s.members(s.group, anna)
	must(t, anna.phone.Unregister(s.ctx))
	s.until("the phone to be unreachable", func() bool { return anna.me().Phone.State == "unreachable" })
	caller := s.call(serviceNumber, siptest.DialOptions{})
	must(t, caller.HearsMusic(s.ctx))
	equal(t, "waiting", s.floorGroup(s.group).Waiting, 1)
	must(t, anna.phone.Register(s.ctx)) // she is rung as soon as she can be
	ring := s.rings(anna.phone)
	ring.Answer()
	must(t, ring.WaitACK(s.ctx))

	bob := s.newRecord("bob", fields{"phone": fields{"kind": "centrex", "account": anna.account}})
	bob.login("bob", operatorPassword)
	equal(t, "bob's phone", bob.me().Phone.State, "in_use")
	equal(t, "bob's presence", bob.me().Presence, "paused")
	bob.refused("PUT", "/me/presence", fields{"presence": "available"}, 409, "phone_in_use")
	ring.HangUp()
	s.until("anna to be idle", func() bool { return anna.is("available idle") })
	anna.send("POST", "/logout", nil, 204, nil)
	s.until("bob to have the phone", func() bool { return bob.is("available idle") })
}
