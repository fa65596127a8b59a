package telephony_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"bandeau/acd"
	"bandeau/telephony/siptest"
)

// reinvite offers anew within a call and checks the status of the answer.
func (r *rig) reinvite(call *siptest.Call, o siptest.Offer, want int) {
	r.t.Helper()
	status, err := call.Reinvite(r.ctx, o)
	r.must(err)
	r.want(want, status, "answer to the re-INVITE")
}

func (r *rig) update(call *siptest.Call, o siptest.Offer, want int) {
	r.t.Helper()
	status, err := call.Update(r.ctx, o)
	r.must(err)
	r.want(want, status, "answer to the UPDATE")
}

// zeroAddress is the hold of RFC 2543.
func zeroAddress(call *siptest.Call) siptest.Offer {
	return siptest.Offer{SDP: fmt.Appendf(nil,
		"v=0\r\no=- 7 7 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 0.0.0.0\r\nt=0 0\r\nm=audio %d RTP/AVP 8 101\r\na=rtpmap:101 telephone-event/8000\r\n",
		call.RemoteSession().Remote.Port())}
}

func TestHoldKeyOfTheOperatorsPhone(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name  string
		hold  func(*siptest.Call) siptest.Offer
		reply string // direction of our answer
	}{
		{"sendonly", func(*siptest.Call) siptest.Offer { return siptest.Offer{Direction: siptest.SendOnly} }, siptest.RecvOnly},
		{"inactive", func(*siptest.Call) siptest.Offer { return siptest.Offer{Direction: siptest.Inactive} }, siptest.Inactive},
		{"address 0.0.0.0", zeroAddress, siptest.SendRecv},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			r := newRig(t)
			c := r.talk(party{})
			r.eachOther(c)
			for range 2 {
				r.reinvite(c.operator, test.hold(c.operator), 200)
				r.want(test.reply, c.operator.RemoteSession().Direction, "direction of our answer")
				held := await[acd.LegHeld](r)
				r.want(acd.LegHeld{Call: c.id, Leg: 2, Held: true}, held, "report")
				// As the core does on a hold: music for the caller.
				r.do(acd.PartLegs{Call: c.id, A: 1, B: 2}, acd.PlayLeg{Call: c.id, Leg: 1, Sound: acd.SoundMusic})
				r.hearsMusic(c.caller)
				r.hearsNothing(c.operator)
				none[acd.LegHeld](r)

				r.reinvite(c.operator, siptest.Offer{Direction: siptest.SendRecv}, 200)
				r.want(acd.LegHeld{Call: c.id, Leg: 2}, await[acd.LegHeld](r), "report")
				r.do(acd.JoinLegs{Call: c.id, A: 1, B: 2})
				r.eachOther(c)
			}
			r.clear(c.id)
		})
	}
}

func TestHoldByUpdate(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	c := r.talk(party{})
	r.update(c.operator, siptest.Offer{Direction: siptest.SendOnly}, 200)
	r.want(true, await[acd.LegHeld](r).Held, "held")
	r.update(c.operator, siptest.Offer{Direction: siptest.SendRecv}, 200)
	r.want(false, await[acd.LegHeld](r).Held, "held")
	r.eachOther(c)
	r.clear(c.id)
}

// The outside that holds us plays its own music to the operator; it is no hold of his.
func TestHoldByTheOutside(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	c := r.talk(party{})
	r.eachOther(c)
	r.reinvite(c.caller, siptest.Offer{Direction: siptest.SendOnly}, 200)
	c.caller.SendTone(2200)
	r.hears(c.operator, 2200)
	r.hearsNothing(c.caller)
	r.reinvite(c.caller, siptest.Offer{Direction: siptest.Inactive}, 200)
	r.hearsNothing(c.operator)
	r.reinvite(c.caller, siptest.Offer{Direction: siptest.SendRecv}, 200)
	c.caller.SendTone(callerTone)
	r.eachOther(c)
	none[acd.LegHeld](r)
	none[acd.LegEnded](r)
	r.clear(c.id)
}

func TestCodecChangeFromEitherSide(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	c := r.talk(party{dial: siptest.DialOptions{Codecs: []string{siptest.PCMA, siptest.PCMU}}})
	r.eachOther(c)
	r.want(siptest.PCMA, c.caller.Stats().Codec, "codec at first")
	for _, call := range []*siptest.Call{c.caller, c.operator} {
		other := c.caller
		if call == c.caller {
			other = c.operator
		}
		before := other.Stats().Codec
		r.reinvite(call, siptest.Offer{Codecs: []string{siptest.PCMU}}, 200)
		r.eventually("the codec has changed", func() bool { return call.Stats().Codec == siptest.PCMU })
		r.eachOther(c)
		r.want(before, other.Stats().Codec, "codec of the other side, which was not asked")
	}
	r.update(c.caller, siptest.Offer{Codecs: []string{siptest.PCMA}}, 200)
	r.eventually("the codec has changed back", func() bool { return c.caller.Stats().Codec == siptest.PCMA })
	r.eachOther(c)
	for _, call := range []*siptest.Call{c.caller, c.operator} {
		if s := call.Stats(); s.SSRCChanges != 0 || s.Unknown != 0 {
			t.Errorf("stream broken by the change: %+v", s)
		}
	}
	r.clear(c.id)
}

func TestOfferlessReinviteGetsAnOffer(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	c := r.talk(party{})
	for _, call := range []*siptest.Call{c.caller, c.operator} {
		version := string(call.RemoteSDP())
		r.reinvite(call, siptest.Offer{Offerless: true}, 200)
		if string(call.RemoteSDP()) == version {
			t.Error("an offer of the same version as the description before")
		}
		r.want(2, audioCodecs(call.RemoteSession()), "codecs of our offer")
		r.want(siptest.SendRecv, call.RemoteSession().Direction, "direction of our offer")
		r.eachOther(c)
	}
	none[acd.LegHeld](r)
	r.clear(c.id)
}

func audioCodecs(s siptest.Session) (n int) {
	for _, codec := range s.Codecs {
		if codec.Name != siptest.TelephoneEvent {
			n++
		}
	}
	return n
}

// The answer to our offer comes in the ACK: on hold.
func TestOfferlessReinviteAnsweredWithAHold(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	c := r.talk(party{})
	r.reinvite(c.operator, siptest.Offer{Offerless: true, Direction: siptest.Inactive}, 200)
	r.want(true, await[acd.LegHeld](r).Held, "held")
	r.reinvite(c.operator, siptest.Offer{Offerless: true, Direction: siptest.SendRecv}, 200)
	r.want(false, await[acd.LegHeld](r).Held, "held")
	r.eachOther(c)
	r.clear(c.id)
}

func TestBadReinvitesLeaveTheCallAsItIs(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	c := r.talk(party{})
	r.eachOther(c)
	for name, offer := range badDescriptions() {
		for _, call := range []*siptest.Call{c.caller, c.operator} {
			status, err := call.Reinvite(r.ctx, siptest.Offer{SDP: offer})
			r.must(err)
			if status != 488 {
				t.Errorf("%s: re-INVITE answered %d, want 488", name, status)
			}
			status, err = call.Update(r.ctx, siptest.Offer{SDP: offer})
			r.must(err)
			if status != 488 {
				t.Errorf("%s: UPDATE answered %d, want 488", name, status)
			}
		}
	}
	r.eachOther(c)
	none[acd.LegHeld](r)
	none[acd.LegEnded](r)
	r.clear(c.id)
}

// Who calls us transfers nobody: his call goes on.
func TestReferOfTheOutsideIsDeclined(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	c := r.talk(party{})
	status, err := c.caller.Refer(r.ctx, "sip:+88299@127.0.0.1")
	r.must(err)
	r.want(603, status, "answer to REFER")
	r.eachOther(c)
	none[acd.Transfer](r)
	r.clear(c.id)
}

// progress waits until a phone is told a status about its transfer, and returns how
// often it has been told anything: words that follow each other at once may come in
// any order.
func (r *rig) progress(call *siptest.Call, status string) (words int) {
	r.t.Helper()
	r.eventually("the phone is told "+status, func() bool {
		told := false
		words = 0
		for _, m := range call.Requests() {
			if m.Method == "NOTIFY" {
				words++
				told = told || strings.HasPrefix(string(m.Body), "SIP/2.0 "+status)
			}
		}
		return told
	})
	return words
}

// TestReferIsATransfer: an operator's phone gives the call away, and is told what
// becomes of it.
func TestReferIsATransfer(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		number string
		refuse *acd.Error
		asked  bool
		then   func(*rig, conversation)
		status string
	}{
		"done": {number: "+88299", asked: true, status: "200", then: func(r *rig, c conversation) {
			r.do(acd.PartLegs{Call: c.id, A: 1, B: 2}, placeNumber(c.id, 3, "+33140000001"))
			await[acd.LegAnswered](r)
			r.do(acd.HangUpLeg{Call: c.id, Leg: 2}, acd.JoinLegs{Call: c.id, A: 1, B: 3}, acd.HangUpLeg{Call: c.id, Leg: 3})
		}},
		"left before it is": {number: "+88299", asked: true, status: "480", then: func(r *rig, c conversation) {
			r.do(acd.PartLegs{Call: c.id, A: 1, B: 2}, acd.HangUpLeg{Call: c.id, Leg: 2})
		}},
		"the caller gives up": {number: "+88299", asked: true, status: "487", then: func(r *rig, c conversation) {
			c.caller.HangUp()
			r.legEnded(1, acd.EndHungUp)
			r.do(acd.HangUpLeg{Call: c.id, Leg: 2})
		}},
		"twice": {number: "+88299", asked: true, status: "480", then: func(r *rig, c conversation) {
			status, err := c.operator.Refer(r.ctx, "sip:+88300@127.0.0.1")
			r.must(err)
			r.want(491, status, "answer to a second REFER")
			none[acd.Transfer](r)
			r.do(acd.JoinLegs{Call: c.id, A: 1, B: 2}) // the first has come back
		}},
		"comes back": {number: "+88299", asked: true, status: "480", then: func(r *rig, c conversation) {
			r.do(acd.PartLegs{Call: c.id, A: 1, B: 2}, acd.PlayLeg{Call: c.id, Leg: 1, Sound: acd.SoundMusic}, acd.JoinLegs{Call: c.id, A: 1, B: 2})
		}},
		"busy": {number: "+88299", asked: true, status: "486", then: func(r *rig, c conversation) {
			carrier, _ := r.agents[0].(*siptest.Trunk)
			carrier.OnCall(siptest.Busy())
			r.do(acd.PartLegs{Call: c.id, A: 1, B: 2}, placeNumber(c.id, 3, "+33140000001"))
			await[acd.LegFailed](r)
			r.do(acd.JoinLegs{Call: c.id, A: 1, B: 2})
		}},
		"refused":   {number: "+88299", refuse: &acd.Error{Code: acd.ErrTargetBusy, Detail: "no."}, status: "486"},
		"emergency": {number: "112", status: "403"},
		"no number": {number: "nobody", status: "404"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newRig(t)
			c := r.talk(party{})
			if test.refuse != nil {
				r.core.set(func() { r.core.arrive = func(context.Context, acd.Command) error { return test.refuse } })
			}
			status, err := c.operator.Refer(r.ctx, "sip:"+test.number+"@127.0.0.1")
			r.must(err)
			r.want(202, status, "answer to REFER")
			r.progress(c.operator, "100")
			if test.asked {
				asked := await[acd.Transfer](r)
				r.want(acd.Transfer{
					Call: c.id, Operator: "op1", To: acd.Destination{Kind: acd.ToNumber, Number: test.number},
				}, asked, "what the core is asked")
				test.then(r, c)
			}
			r.want(2, r.progress(c.operator, test.status), "words on it")
			r.clear(c.id)
		})
	}
}

func TestAudioTimeout(t *testing.T) {
	t.Parallel()
	timeout := func(s *setup) { s.cfg.RTPTimeout = 800 * time.Millisecond }
	t.Run("a side that falls silent is lost", func(t *testing.T) {
		t.Parallel()
		r := newRig(t, timeout)
		c := r.talk(party{})
		r.eachOther(c)
		c.caller.StopSending()
		r.legEnded(1, acd.EndMediaLost)
		r.over(c.caller, siptest.ByRemoteBye, 200)
		none[acd.LegEnded](r)
		r.clear(c.id)
	})
	t.Run("the phone too", func(t *testing.T) {
		t.Parallel()
		r := newRig(t, timeout)
		c := r.talk(party{})
		r.eachOther(c)
		c.operator.StopSending()
		r.legEnded(2, acd.EndMediaLost)
		r.over(c.operator, siptest.ByRemoteBye, 200)
		r.clear(c.id)
	})
	t.Run("not while on hold", func(t *testing.T) {
		t.Parallel()
		r := newRig(t, timeout)
		c := r.talk(party{})
		r.eachOther(c)
		r.reinvite(c.operator, siptest.Offer{Direction: siptest.Inactive}, 200)
		r.reinvite(c.caller, siptest.Offer{Direction: siptest.Inactive}, 200)
		held := time.Now()
		r.eventually("three timeouts have passed", func() bool { return time.Since(held) > 2400*time.Millisecond })
		none[acd.LegEnded](r)
		r.reinvite(c.operator, siptest.Offer{Direction: siptest.SendRecv}, 200)
		r.reinvite(c.caller, siptest.Offer{Direction: siptest.SendRecv}, 200)
		r.eachOther(c)
		c.operator.StopSending()
		r.legEnded(2, acd.EndMediaLost)
		r.clear(c.id)
	})
	t.Run("not while the phone's hold key is pressed", func(t *testing.T) {
		t.Parallel()
		r := newRig(t, timeout)
		c := r.talk(party{})
		r.eachOther(c)
		r.reinvite(c.operator, siptest.Offer{Direction: siptest.SendOnly}, 200)
		c.operator.StopSending() // most phones have no music of their own
		held := time.Now()
		r.eventually("three timeouts have passed", func() bool { return time.Since(held) > 2400*time.Millisecond })
		none[acd.LegEnded](r)
		r.clear(c.id)
	})
	t.Run("digits are a sign of life", func(t *testing.T) {
		t.Parallel()
		r := newRig(t, timeout)
		c := r.talk(party{})
		r.must(c.caller.SendDTMF("123456789012")) // nothing but events for two seconds
		r.eventually("digits came", func() bool { return c.operator.DTMFReceived() == "123456789012" })
		none[acd.LegEnded](r)
		r.clear(c.id)
	})
}
