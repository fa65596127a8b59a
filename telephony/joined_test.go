package telephony_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"bandeau/acd"
	"bandeau/telephony"
	"bandeau/telephony/siptest"
	"bandeau/telephony/sipua"
)

func TestJoinedLegsHearExactlyEachOther(t *testing.T) {
	t.Parallel()
	only := func(codec string) func(*siptest.PhoneConfig) {
		return func(c *siptest.PhoneConfig) { c.Codecs = []string{codec, siptest.TelephoneEvent} }
	}
	tests := []struct{ caller, phone string }{
		{siptest.PCMA, siptest.PCMA},
		{siptest.PCMU, siptest.PCMU},
		{siptest.PCMA, siptest.PCMU},
		{siptest.PCMU, siptest.PCMA},
	}
	for _, test := range tests {
		t.Run(test.caller+" with "+test.phone, func(t *testing.T) {
			t.Parallel()
			r := newRig(t)
			c := r.talk(party{siptest.DialOptions{Codecs: []string{test.caller}}, only(test.phone)})
			r.eachOther(c)
			r.want(test.caller, c.caller.Stats().Codec, "codec the caller hears")
			r.want(test.phone, c.operator.Stats().Codec, "codec the operator hears")
			for _, call := range []*siptest.Call{c.caller, c.operator} {
				if s := call.Stats(); s.SSRCChanges != 0 || s.TimestampJumps != 0 || s.Unknown != 0 {
					t.Errorf("stream not continuous: %+v", s)
				}
			}
			r.clear(c.id)
			r.over(c.caller, siptest.ByRemoteBye, 200)
			r.over(c.operator, siptest.ByRemoteBye, 200)
			none[acd.LegEnded](r)
		})
	}
}

// A phone that takes both codecs is offered the caller's first, so that nothing
// has to be transcoded.
func TestPhoneIsOfferedTheCallersCodecFirst(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	c := r.talk(party{dial: siptest.DialOptions{Codecs: []string{siptest.PCMU, siptest.PCMA}}})
	offer, err := siptest.ParseSDP(c.operator.Invite().Body)
	r.must(err)
	r.want(siptest.PCMU, offer.Codecs[0].Name, "first codec of our offer")
	r.want(2, strings.Count(string(c.operator.Invite().Body), "a=rtpmap:")-1, "codecs offered")
	r.clear(c.id)
}

func TestEarlyMediaOfTheCalledPartyIsHeard(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	carrier, phone := r.trunk("t1"), r.phone("anna")
	carrier.OnCall(siptest.EarlyMedia(callerTone, -1))
	operator := r.ring("early", 1, phone, "anna")
	await[acd.LegAnswered](r)
	r.do(acd.PlayLeg{Call: "early", Leg: 1, Sound: acd.SoundRingback}, placeNumber("early", 2, "+33155000000"))
	called := r.next(carrier)
	r.want(true, await[acd.LegProgressed](r).Early, "early media")
	r.do(acd.JoinLegs{Call: "early", A: 1, B: 2})
	r.hears(operator, callerTone)
	operator.SendTone(operatorTone)
	r.hears(called, operatorTone)
	called.Answer()
	await[acd.LegAnswered](r)
	r.eachOther(conversation{"early", called, operator})
	r.clear("early")
}

// A contact that rang with audio fails: that of another one takes its place.
func TestEarlyMediaOfOneContactAfterAnother(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	carrier, desk, mobile := r.trunk("t1"), r.phone("anna"), r.phone("anna")
	desk.OnCall(siptest.EarlyMedia(operatorTone, -1))
	mobile.OnCall(siptest.RingForever())
	caller, id := r.arrive(carrier, siptest.DialOptions{})
	r.do(acd.AnswerLeg{Call: id, Leg: 1}, placePhone(id, 2, "anna"))
	first, second := r.next(desk), r.next(mobile)
	r.do(acd.JoinLegs{Call: id, A: 1, B: 2})
	r.hears(caller, operatorTone)
	first.Reject(486)
	r.hearsNothing(caller)
	r.do(acd.JoinLegs{Call: id, A: 1, B: 2}) // nothing to join, and nothing wrong
	second.SendTone(2200)
	second.Progress(183)
	r.hears(caller, 2200)
	second.Answer()
	await[acd.LegAnswered](r)
	caller.SendTone(callerTone)
	r.hears(second, callerTone)
	r.clear(id)
}

// Joined before the called party has any audio, the legs are bridged with its answer.
func TestJoinBeforeTheAnswer(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	carrier, phone := r.trunk("t1"), r.phone("anna")
	carrier.OnCall(siptest.RingForever())
	operator := r.ring("before", 1, phone, "anna")
	await[acd.LegAnswered](r)
	r.do(placeNumber("before", 2, "+33155000000"), acd.JoinLegs{Call: "before", A: 1, B: 2})
	called := r.next(carrier)
	r.want(false, await[acd.LegProgressed](r).Early, "early media")
	called.SendTone(callerTone)
	operator.SendTone(operatorTone)
	called.Answer()
	await[acd.LegAnswered](r)
	r.eachOther(conversation{"before", called, operator})
	r.clear("before")
}

func TestMusicOnHoldAndBack(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	c := r.talk(party{})
	r.eachOther(c)
	for range 2 {
		r.do(acd.PartLegs{Call: c.id, A: 1, B: 2}, acd.PlayLeg{Call: c.id, Leg: 1, Sound: acd.SoundMusic})
		r.hearsMusic(c.caller)
		r.must(c.caller.NeverHears(r.ctx, operatorTone, 400*time.Millisecond))
		r.hearsNothing(c.operator)
		r.do(acd.JoinLegs{Call: c.id, A: 1, B: 2})
		r.eachOther(c)
	}
	if s := c.caller.Stats(); s.SSRCChanges != 0 || s.Gaps != 0 {
		t.Errorf("the caller's stream was broken: %+v", s)
	}
	r.clear(c.id)
}

// From one operator to another: the first hears nothing of it and nobody hears him.
func TestJoinedWithAnotherLeg(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	c := r.talk(party{})
	r.eachOther(c)
	second := r.ring(c.id, 3, r.phone("bert"), "bert")
	await[acd.LegAnswered](r)
	second.SendTone(2500)
	r.do(acd.JoinLegs{Call: c.id, A: 1, B: 3})
	r.hears(c.caller, 2500)
	r.hears(second, callerTone)
	r.hearsNothing(c.operator)
	r.do(acd.HangUpLeg{Call: c.id, Leg: 2})
	r.over(c.operator, siptest.ByRemoteBye, 200)
	r.hears(c.caller, 2500)
	r.must(c.caller.SendDTMF("7"))
	r.eventually("the digit came", func() bool { return second.DTMFReceived() == "7" })
	// The first leg's end has not taken the second one from the caller.
	r.must(r.sw.SendDigits(r.ctx, c.id, 3, "1"))
	r.eventually("the other digit came", func() bool { return c.caller.DTMFReceived() == "1" })
	r.must(r.sw.SendDigits(r.ctx, c.id, 1, "4"))
	r.eventually("and back", func() bool { return second.DTMFReceived() == "74" })
	r.do(acd.HangUpLeg{Call: c.id, Leg: 3})
	r.clear(c.id)
}

func TestMute(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	c := r.talk(party{})
	r.eachOther(c)
	r.do(acd.MuteLeg{Call: c.id, Leg: 2, On: true})
	r.hearsNothing(c.caller)
	r.hears(c.operator, callerTone)
	r.must(c.operator.SendDTMF("5"))
	r.eventually("digits pass", func() bool { return c.caller.DTMFReceived() == "5" })
	r.do(acd.MuteLeg{Call: c.id, Leg: 2})
	r.eachOther(c)
	r.clear(c.id)
}

// A leg muted before it is answered stays so.
func TestMutedBeforeTheAnswer(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	carrier, phone := r.trunk("t1"), r.phone("anna")
	phone.OnCall(siptest.RingForever())
	caller, id := r.arrive(carrier, siptest.DialOptions{})
	r.do(acd.AnswerLeg{Call: id, Leg: 1})
	operator := r.ring(id, 2, phone, "anna")
	operator.SendTone(operatorTone)
	r.do(acd.MuteLeg{Call: id, Leg: 2, On: true}, acd.JoinLegs{Call: id, A: 1, B: 2})
	r.reach(caller, siptest.Established)
	caller.SendTone(callerTone)
	operator.Answer()
	await[acd.LegAnswered](r)
	r.hears(operator, callerTone)
	r.hearsNothing(caller)
	r.do(acd.MuteLeg{Call: id, Leg: 2})
	r.hears(caller, operatorTone)
	r.clear(id)
}

// Music asked for while a phone still rings is heard from its answer on.
func TestSoundBeforeTheAnswer(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	phone := r.phone("anna")
	phone.OnCall(siptest.RingForever())
	operator := r.ring("sound", 1, phone, "anna")
	r.do(acd.PlayLeg{Call: "sound", Leg: 1, Sound: acd.SoundMusic})
	operator.Answer()
	r.hearsMusic(operator)
	r.clear("sound")
}

func TestBusyToneBeforeTheEnd(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	c := r.talk(party{})
	r.eachOther(c)
	c.operator.HangUp()
	r.legEnded(2, acd.EndHungUp)
	start := time.Now()
	r.do(acd.HangUpLeg{Call: c.id, Leg: 1, After: acd.SoundBusy}, acd.ForgetCall{Call: c.id})
	ctx, cancel := context.WithTimeout(r.ctx, patience)
	defer cancel()
	r.must(c.caller.Hears(ctx, 440))
	r.over(c.caller, siptest.ByRemoteBye, 200)
	if took := time.Since(start); took < 2900*time.Millisecond || took > 5*time.Second {
		t.Errorf("hung up after %v, want 3 s of busy tone", took)
	}
	r.eventually("nothing is left", func() bool { return r.sw.Calls() == 0 })
	none[acd.LegEnded](r)
}

func TestCallerWhoDoesNotListenToTheBusyTone(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	c := r.talk(party{})
	r.do(acd.HangUpLeg{Call: c.id, Leg: 2}, acd.HangUpLeg{Call: c.id, Leg: 1, After: acd.SoundBusy}, acd.ForgetCall{Call: c.id})
	r.over(c.operator, siptest.ByRemoteBye, 200)
	c.caller.HangUp()
	start := time.Now()
	r.eventually("nothing is left", func() bool { return r.sw.Calls() == 0 })
	if time.Since(start) > 2*time.Second {
		t.Error("the busy tone was played to nobody")
	}
	none[acd.LegEnded](r)
}

func TestKeypadDigitsPassBothWays(t *testing.T) {
	t.Parallel()
	event := func(pt int) []string {
		return []string{siptest.PCMA, fmt.Sprintf("%s/%d", siptest.TelephoneEvent, pt)}
	}
	none := []string{siptest.PCMA}
	tests := []struct {
		name          string
		caller, phone []string
	}{
		{"same payload types", event(101), event(101)},
		{"differing payload types", event(96), event(110)},
		{"caller without telephone-event", none, event(101)},
		{"phone without telephone-event", event(97), none},
		{"neither with telephone-event", none, none},
	}
	const digits = "1590*#AD"
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			r := newRig(t)
			c := r.talk(party{
				siptest.DialOptions{Codecs: test.caller},
				func(p *siptest.PhoneConfig) { p.Codecs = test.phone },
			})
			r.eachOther(c)
			press := func(from, to *siptest.Call, by, at []string) {
				t.Helper()
				if len(by) > 1 {
					r.must(from.SendDTMF(digits))
				} else {
					for _, digit := range []byte(digits) {
						status, err := from.SendInfoDTMF(r.ctx, digit)
						r.must(err)
						r.want(200, status, "answer to INFO")
					}
				}
				got := to.DTMFReceived
				if len(at) == 1 {
					got = to.InfoDTMFReceived
				}
				r.eventually("all digits have come", func() bool { return len(got()) >= len(digits) })
				r.want(digits, got(), "digits received")
				r.want(0, to.Stats().Unknown, "packets of unknown types")
			}
			press(c.caller, c.operator, test.caller, test.phone)
			press(c.operator, c.caller, test.phone, test.caller)
			for _, call := range []*siptest.Call{c.caller, c.operator} {
				if call.DTMFReceived() != "" && call.InfoDTMFReceived() != "" {
					t.Errorf("digits came twice: %q and %q", call.DTMFReceived(), call.InfoDTMFReceived())
				}
			}
			r.eachOther(c)
			r.clear(c.id)
		})
	}
}

func TestDigitsFromTheScreen(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	c := r.talk(party{phone: func(p *siptest.PhoneConfig) { p.Codecs = []string{siptest.PCMA} }})
	r.must(r.sw.SendDigits(r.ctx, c.id, 2, "12#"))
	r.eventually("they came as RTP", func() bool { return c.caller.DTMFReceived() == "12#" })
	r.must(r.sw.SendDigits(r.ctx, c.id, 1, "45"))
	r.eventually("they came as INFO", func() bool { return c.operator.InfoDTMFReceived() == "45" })
	r.eachOther(c)

	for what, err := range map[string]error{
		"too many":     r.sw.SendDigits(r.ctx, c.id, 2, strings.Repeat("1", 65)),
		"no such call": r.sw.SendDigits(r.ctx, "nobody", 2, "1"),
		"no such leg":  r.sw.SendDigits(r.ctx, c.id, 9, "1"),
	} {
		if err == nil {
			t.Errorf("%s: no error", what)
		}
	}
	r.do(acd.PartLegs{Call: c.id, A: 1, B: 2})
	if err := r.sw.SendDigits(r.ctx, c.id, 2, "1"); err == nil {
		t.Error("digits sent to nobody")
	}
	r.clear(c.id)
}

func TestTalkIsRefusedWherePhonesDoNotKnowIt(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	phone := r.phone("anna")
	phone.OnCall(siptest.RingForever())
	r.ring("talk", 1, phone, "anna")
	await[acd.LegProgressed](r)
	tests := map[string]struct {
		call acd.CallID
		leg  acd.LegID
		want error
	}{
		"not allowed":  {"talk", 1, telephony.ErrNotAllowed},
		"no such leg":  {"talk", 2, telephony.ErrNoCall},
		"no such call": {"other", 1, telephony.ErrNoCall},
	}
	for name, test := range tests {
		if err := r.sw.Talk(r.ctx, test.call, test.leg); err != test.want { //nolint:errorlint // these very values are promised
			t.Errorf("%s: %v, want %v", name, err, test.want)
		}
	}
	r.clear("talk")
	if err := r.sw.Talk(r.ctx, "talk", 1); err != telephony.ErrNoCall { //nolint:errorlint // as above
		t.Errorf("after the call: %v", err)
	}
}

// The operator is quicker than his phone, which has not said yet that it rings.
func TestTalkBeforeThePhoneRings(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	phone := r.phone("anna", func(c *siptest.PhoneConfig) { c.AllowTalk = true })
	asked := make(chan struct{})
	phone.OnCall(siptest.Script(func(ctx context.Context, c *siptest.Call) {
		<-asked
		c.Ring()
		if _, err := c.WaitRequest(ctx, "NOTIFY", 1); err == nil {
			c.Answer()
		}
	}))
	r.ring("quick", 1, phone, "anna")
	r.eventually("the phone may be asked", func() bool { return r.sw.Talk(r.ctx, "quick", 1) == nil })
	close(asked)
	await[acd.LegAnswered](r)
	r.want(1, phone.RequestsTaken("NOTIFY"), "NOTIFYs")
	r.clear("quick")
}

// Only one of the contacts can be answered from a screen.
func TestTalkReachesTheContactThatAllowsIt(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	plain := r.phone("anna")
	plain.OnCall(siptest.RingForever())
	able := r.phone("anna", func(c *siptest.PhoneConfig) { c.AllowTalk = true })
	able.OnCall(siptest.AnswerOnTalk())
	r.do(placePhone("one of two", 1, "anna"))
	silent := r.next(plain)
	r.reach(silent, siptest.Ringing)
	r.reach(r.next(able), siptest.Ringing)
	r.eventually("the phone is asked", func() bool { return r.sw.Talk(r.ctx, "one of two", 1) == nil })
	await[acd.LegAnswered](r)
	r.over(silent, siptest.ByRemoteCancel, 487)
	r.clear("one of two")
}

func TestPeersThatRequireReliableProvisionalResponses(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	carrier, phone := r.trunk("t1"), r.phone("anna")
	phone.OnCall(siptest.Require100rel(100 * time.Millisecond))
	caller, id := r.arrive(carrier, siptest.DialOptions{Supported: []string{"100rel"}, Require: []string{"100rel"}})
	r.do(acd.PlayLeg{Call: id, Leg: 1, Sound: acd.SoundMusic})
	r.reach(caller, siptest.Early)
	early := slices.IndexFunc(caller.Responses(), func(m *siptest.Message) bool { return m.Status == 183 })
	r.want("100rel", caller.Responses()[early].Get("Require"), "Require of the 183")
	r.hearsMusic(caller)
	operator := r.ring(id, 2, phone, "anna")
	await[acd.LegProgressed](r)
	await[acd.LegAnswered](r)
	r.want(1, phone.RequestsTaken("PRACK"), "PRACKs")
	r.do(acd.AnswerLeg{Call: id, Leg: 1}, acd.JoinLegs{Call: id, A: 1, B: 2})
	r.reach(caller, siptest.Established)
	caller.SendTone(callerTone)
	operator.SendTone(operatorTone)
	r.eachOther(conversation{id, caller, operator})
	r.clear(id)
}

func TestSessionTimers(t *testing.T) {
	t.Parallel()
	short := func(s *setup) {
		s.ua.Limits.MinSE, s.ua.Limits.SessionExpires = time.Second, 2*time.Second
	}
	timer := siptest.DialOptions{Supported: []string{"timer"}, SessionExpires: 2, Refresher: "uac"}
	t.Run("kept alive by both", func(t *testing.T) {
		t.Parallel()
		r := newRig(t, short)
		c := r.talk(party{dial: timer})
		ctx, cancel := context.WithTimeout(r.ctx, patience)
		defer cancel()
		_, err := c.operator.WaitRequest(ctx, "UPDATE", 3) // we refresh, as 2 s were asked for
		r.must(err)
		r.eachOther(c)
		none[acd.LegEnded](r)
		r.clear(c.id)
	})
	t.Run("a caller that is not refreshed any more has gone", func(t *testing.T) {
		t.Parallel()
		r := newRig(t, short)
		lazy := timer
		lazy.NoRefresh = true
		c := r.talk(party{dial: lazy})
		r.legEnded(1, acd.EndSessionLost)
		r.over(c.caller, siptest.ByRemoteBye, 200)
		r.clear(c.id)
	})
	t.Run("a phone that has gone does not answer the refresh", func(t *testing.T) {
		t.Parallel()
		r := newRig(t, short)
		c := r.talk(party{})
		r.agents[1].(*siptest.Phone).SetAlive(false)
		r.legEnded(2, acd.EndSessionLost)
		r.agents[1].(*siptest.Phone).SetAlive(true)
		r.clear(c.id)
	})
	t.Run("an interval that is too short", func(t *testing.T) {
		t.Parallel()
		r := newRig(t)
		c := r.talk(party{dial: timer}) // 422 with Min-SE, then 90 s
		r.want("90;refresher=uac", c.caller.Responses()[len(c.caller.Responses())-1].Get("Session-Expires"), "Session-Expires")
		r.clear(c.id)
	})
}

func TestTrunksCodecsAreKept(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	carrier := r.trunk("t1", func(_ *siptest.TrunkConfig, _ *sipua.Trunk, known *telephony.TrunkRecord) {
		known.Codecs = known.Codecs[1:]
	})
	caller, id := r.arrive(carrier, siptest.DialOptions{Codecs: []string{siptest.PCMA, siptest.PCMU}})
	r.do(acd.AnswerLeg{Call: id, Leg: 1})
	r.reach(caller, siptest.Established)
	r.want(siptest.PCMU, caller.RemoteSession().Codecs[0].Name, "codec of our answer")
	r.clear(id)
	refused, err := carrier.Call(r.ctx, service, siptest.DialOptions{Codecs: []string{siptest.PCMA}})
	r.must(err)
	r.over(refused, siptest.ByFailure, 488)
}

// A phone behind a NAT describes an address nobody can reach: its audio comes
// from, and goes to, where its network maps it.
func TestPhoneBehindNAT(t *testing.T) {
	t.Parallel()
	for name, address := range map[string]string{
		"at home": "192.168.7.9", "in a mobile network": "100.64.7.9",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newRig(t)
			c := r.talk(party{})
			r.eachOther(c)
			r.reinvite(c.operator, siptest.Offer{SDP: describe(address, 4000, "8", "")}, 200)
			r.eachOther(c)
			r.clear(c.id)
		})
	}
}
