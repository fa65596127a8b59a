package telephony_test

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"strings"
	"testing"
	"time"

	"bandeau/acd"
	"bandeau/media"
	"bandeau/telephony"
	"bandeau/telephony/siptest"
	"bandeau/telephony/sipua"
)

func TestArrivalTellsTheCoreWhoCallsWhom(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	route := telephony.Route{
		Service: "n7", Number: "+33180000007", Record: true, OnOperator: true,
		Overflow:    acd.Exit{Kind: acd.ExitNumber, Number: "+33199000000"},
		Destination: acd.Destination{Kind: acd.ToOperator, Operator: "op1"},
	}
	r.dir.set(func() { r.dir.routes["+33180000007"] = route })
	carrier := r.trunk("t1")
	tests := []struct {
		name, called string
		dial         siptest.DialOptions
		caller, text string
	}{
		{"e164 with plus", "+33180000007", siptest.DialOptions{}, "+33140000000", ""},
		{"e164 without plus", "33180000007", siptest.DialOptions{FromUser: "33611223344"}, "+33611223344", ""},
		{"international prefix", "0033180000007", siptest.DialOptions{FromUser: "0033611223344"}, "+33611223344", ""},
		{"national", "0180000007", siptest.DialOptions{FromUser: "0611223344"}, "+33611223344", ""},
		{"escaped plus", "%2B33180000007", siptest.DialOptions{FromUser: "%2B33611223344"}, "+33611223344", ""},
		{
			"asserted identity before From, display of From", "0180000007",
			siptest.DialOptions{FromUser: "0199999999", FromDisplay: "Ada \"L\"", PAI: "+33611223344"},
			"+33611223344", `Ada "L"`,
		},
		{
			"asserted tel URI", "0180000007",
			siptest.DialOptions{FromUser: "0199999999", PAI: "tel:+33611223344"},
			"+33611223344", "",
		},
		{"a name instead of a number", "0180000007", siptest.DialOptions{FromUser: "alice"}, "", "alice"},
		{
			"a name and a display name", "0180000007",
			siptest.DialOptions{FromUser: "alice", FromDisplay: "Alice"},
			"", "Alice",
		},
		{
			"a name that turns the line around", "0180000007",
			siptest.DialOptions{FromUser: "0611223344", FromDisplay: "Ada\u202egnp.exe " + strings.Repeat("a", 200)},
			"+33611223344", "Adagnp.exe " + strings.Repeat("a", 89),
		},
		{
			"withheld by Privacy", "0180000007",
			siptest.DialOptions{FromDisplay: "Ada", PAI: "+33611223344", Privacy: "id"},
			"", "",
		},
		{
			"anonymous From", "0180000007",
			siptest.DialOptions{FromURI: "sip:anonymous@anonymous.invalid", FromDisplay: "Anonymous"},
			"", "",
		},
		{
			"anonymous From with an asserted identity", "0180000007",
			siptest.DialOptions{FromURI: "sip:anonymous@anonymous.invalid", PAI: "+33611223344"},
			"", "",
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			caller, err := carrier.Call(r.ctx, test.called, test.dial)
			r.must(err)
			got := await[acd.CallArrived](r)
			want := acd.CallArrived{
				Call: got.Call, Caller: test.caller, CallerName: test.text, Called: route.Number,
				Service: route.Service, Record: true, Overflow: route.Overflow,
				Destination: route.Destination, OnOperator: true,
			}
			if got != want {
				t.Errorf("arrived %+v\nwant    %+v", got, want)
			}
			r.do(acd.HangUpLeg{Call: got.Call, Leg: 1, Status: 404})
			r.forget(got.Call)
			r.over(caller, siptest.ByFailure, 404)
		})
	}
}

func TestUnknownNumbersAreNotFound(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	carrier := r.trunk("t1")
	for _, called := range []string{"+33180000002", "alice", "0", "%00"} {
		caller, err := carrier.Call(r.ctx, called, siptest.DialOptions{})
		r.must(err)
		r.over(caller, siptest.ByFailure, 404)
	}
	// A trunk that has been deleted since its record was read.
	r.dir.set(func() { delete(r.dir.trunks, "t1") })
	caller, err := carrier.Call(r.ctx, service, siptest.DialOptions{})
	r.must(err)
	r.over(caller, siptest.ByFailure, 404)
	none[acd.CallArrived](r)
	r.eventually("nothing is left", func() bool { return r.sw.Calls() == 0 })
}

func TestTrunkTakesNoMoreCallsThanItMay(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	carrier := r.trunk("t1", func(_ *siptest.TrunkConfig, _ *sipua.Trunk, known *telephony.TrunkRecord) { known.MaxCalls = 2 })
	_, first := r.arrive(carrier, siptest.DialOptions{})
	_, second := r.arrive(carrier, siptest.DialOptions{})
	for range 3 { // a refused one takes no place
		third, err := carrier.Call(r.ctx, service, siptest.DialOptions{})
		r.must(err)
		r.over(third, siptest.ByFailure, 486)
		r.want("5", third.Responses()[len(third.Responses())-1].Get("Retry-After"), "Retry-After")
	}
	// An outgoing leg shares the trunk's places.
	r.do(placeNumber(first, 2, "+33155000000"))
	r.legFailed(2, acd.FailUnreachable, 503)
	// Only an emergency is never refused for want of a place.
	emergency := placeNumber("e1", 2, "112")
	emergency.Emergency = true
	r.do(emergency)
	r.next(carrier)
	await[acd.LegAnswered](r)
	r.do(acd.HangUpLeg{Call: "e1", Leg: 2}, acd.ForgetCall{Call: "e1"})
	r.eventually("the emergency is over", func() bool { return r.sw.Calls() == 2 })

	r.do(acd.HangUpLeg{Call: first, Leg: 1, Status: 480})
	r.do(acd.ForgetCall{Call: first})
	r.eventually("the first call is gone", func() bool { return r.sw.Calls() == 1 })
	_, third := r.arrive(carrier, siptest.DialOptions{})
	r.do(acd.HangUpLeg{Call: second, Leg: 1}, acd.ForgetCall{Call: second})
	r.clear(third)
}

func TestDrainingRefusesNewCallsOnly(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	c := r.talk(party{})
	r.sw.Drain()
	late, err := r.agents[0].(*siptest.Trunk).Call(r.ctx, service, siptest.DialOptions{})
	r.must(err)
	r.over(late, siptest.ByFailure, 503)
	r.want("5", late.Responses()[len(late.Responses())-1].Get("Retry-After"), "Retry-After")
	desk := r.phone("desk")
	late, err = desk.Dial(r.ctx, "0155000000", siptest.DialOptions{})
	r.must(err)
	r.over(late, siptest.ByFailure, 503)
	_, err = desk.Dial(r.ctx, "112", siptest.DialOptions{})
	r.must(err)
	emergency := await[acd.DialEmergency](r).Call // is taken to the last
	r.do(acd.HangUpLeg{Call: emergency, Leg: 1}, acd.ForgetCall{Call: emergency})
	r.eachOther(c)
	r.clear(c.id)
}

// describe writes a session description of one audio stream.
func describe(address string, port int, formats, more string) []byte {
	return fmt.Appendf(nil, "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 %s\r\nt=0 0\r\nm=audio %d RTP/AVP %s\r\n%s",
		address, port, formats, more)
}

// badDescriptions are offers that are not acceptable here, one for each reason.
func badDescriptions() map[string][]byte {
	return map[string][]byte{
		"garbage":          []byte("hello"),
		"no codec of ours": describe("127.0.0.1", 4000, "9 18", ""),
		"no audio":         []byte("v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=video 4000 RTP/AVP 31\r\n"),
		"refused audio":    describe("127.0.0.1", 0, "8", ""),
		"encrypted audio":  []byte(strings.Replace(string(describe("127.0.0.1", 4000, "8", "")), "RTP/AVP", "RTP/SAVP", 1)),
		"privileged port":  describe("127.0.0.1", 53, "8", ""),
		"port too high":    describe("127.0.0.1", 70000, "8", ""),
		"multicast":        describe("224.0.0.5", 4000, "8", ""),
		"broadcast":        describe("255.255.255.255", 4000, "8", ""),
		"a name":           describe("carrier.example", 4000, "8", ""),
		"no address":       []byte("v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\nm=audio 4000 RTP/AVP 8\r\n"),
		"another family":   []byte(strings.Replace(string(describe("2001:db8::1", 4000, "8", "")), "c=IN IP4", "c=IN IP6", 1)),
		"too many streams": describe("127.0.0.1", 4000, "8", strings.Repeat("m=video 0 RTP/AVP 31\r\n", 17)),
	}
}

func TestOffersWeCannotTakeAreNotAcceptable(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	carrier := r.trunk("t1")
	bad := badDescriptions()
	bad["on hold"] = describe("0.0.0.0", 4000, "8", "") // it would be answered into silence
	for name, offer := range bad {
		caller, err := carrier.Call(r.ctx, service, siptest.DialOptions{SDP: offer})
		r.must(err)
		r.reach(caller, siptest.Ended)
		if caller.FinalStatus() != 488 {
			t.Errorf("%s: %d, want 488", name, caller.FinalStatus())
		}
	}
	none[acd.CallArrived](r)
	r.eventually("nothing is left", func() bool { return r.sw.Calls() == 0 })
}

func TestUnacceptableOffersCostNoPlaceOnTheTrunk(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	carrier := r.trunk("t1", func(_ *siptest.TrunkConfig, _ *sipua.Trunk, known *telephony.TrunkRecord) { known.MaxCalls = 1 })
	for range 3 {
		caller, err := carrier.Call(r.ctx, service, siptest.DialOptions{SDP: []byte("v=1\r\n")})
		r.must(err)
		r.over(caller, siptest.ByFailure, 488)
	}
	_, id := r.arrive(carrier, siptest.DialOptions{})
	r.clear(id)
}

func TestAnsweredCallerHearsMusic(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	caller, id := r.arrive(r.trunk("t1"), siptest.DialOptions{})
	r.want(siptest.Calling, caller.State(), "state before the core said anything")
	r.do(acd.AnswerLeg{Call: id, Leg: 1}, acd.PlayLeg{Call: id, Leg: 1, Sound: acd.SoundMusic})
	r.reach(caller, siptest.Established)
	r.hearsMusic(caller)
	stats := caller.Stats()
	if stats.SSRCChanges != 0 || stats.Unknown != 0 || stats.TimestampJumps != 0 {
		t.Errorf("stream not continuous: %+v", stats)
	}
	r.clear(id)
	r.over(caller, siptest.ByRemoteBye, 200)
}

func TestOfferlessCallerAnswersInItsACK(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	caller, id := r.arrive(r.trunk("t1"), siptest.DialOptions{Offerless: true})
	r.do(acd.AnswerLeg{Call: id, Leg: 1}, acd.PlayLeg{Call: id, Leg: 1, Sound: acd.SoundMusic})
	r.reach(caller, siptest.Established)
	r.hearsMusic(caller)
	offer := caller.RemoteSession()
	r.want(siptest.SendRecv, offer.Direction, "direction of our offer")
	if len(offer.Codecs) != 3 {
		t.Errorf("our offer has %v, want both codecs and telephone-event", offer.Codecs)
	}
	r.clear(id)
}

func TestOfferlessCallerWhoseAnswerIsUnusableIsHungUp(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	caller, id := r.arrive(r.trunk("t1"), siptest.DialOptions{Offerless: true, SDP: describe("224.0.0.1", 4000, "8", "")})
	r.do(acd.AnswerLeg{Call: id, Leg: 1})
	r.legEnded(1, acd.EndRefused)
	r.over(caller, siptest.ByRemoteBye, 200)
	r.forget(id)
}

func TestEarlyMediaBeforeTheAnswer(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	carrier, phone := r.trunk("t1"), r.phone("anna")
	caller, id := r.arrive(carrier, siptest.DialOptions{})
	r.do(acd.PlayLeg{Call: id, Leg: 1, Sound: acd.SoundMusic})
	r.reach(caller, siptest.Early)
	r.hearsMusic(caller)
	r.want(0, caller.FinalStatus(), "final status while waiting")
	r.want(183, lastStatus(caller), "provisional response")

	operator := r.ring(id, 2, phone, "anna")
	operator.SendTone(operatorTone)
	await[acd.LegAnswered](r)
	r.do(acd.AnswerLeg{Call: id, Leg: 1}, acd.JoinLegs{Call: id, A: 1, B: 2})
	r.reach(caller, siptest.Established)
	caller.SendTone(callerTone)
	r.eachOther(conversation{id, caller, operator})
	r.clear(id)
}

func lastStatus(c *siptest.Call) int {
	responses := c.Responses()
	return responses[len(responses)-1].Status
}

func TestRingingCallerIsToldOnceAndEarlyMediaFollows(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	caller, id := r.arrive(r.trunk("t1"), siptest.DialOptions{})
	r.do(acd.ProgressLeg{Call: id, Leg: 1})
	r.reach(caller, siptest.Ringing)
	r.want(180, lastStatus(caller), "first response")
	r.do(acd.ProgressLeg{Call: id, Leg: 1, Early: true})
	r.reach(caller, siptest.Early)
	r.do(acd.PlayLeg{Call: id, Leg: 1, Sound: acd.SoundRingback})
	ctx, cancel := context.WithTimeout(r.ctx, patience)
	defer cancel()
	r.must(caller.Hears(ctx, 440)) // the ringing tone of France
	r.do(acd.ProgressLeg{Call: id, Leg: 1})
	r.do(acd.HangUpLeg{Call: id, Leg: 1, Status: 486})
	r.over(caller, siptest.ByFailure, 486)
	r.want(486, lastStatus(caller), "after early media no 180 is sent; the last response")
	r.want("5", caller.Responses()[len(caller.Responses())-1].Get("Retry-After"), "Retry-After of 486")
	r.forget(id)
	none[acd.LegEnded](r)
}

func TestRingbackBeforeTheAnswerIsLeftToTheCallersNetwork(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	caller, id := r.arrive(r.trunk("t1"), siptest.DialOptions{})
	r.do(acd.PlayLeg{Call: id, Leg: 1, Sound: acd.SoundRingback})
	r.reach(caller, siptest.Ringing)
	r.want(180, lastStatus(caller), "response")
	r.clear(id)
	r.over(caller, siptest.ByFailure, 480)
}

func TestRefusalsKeepTheirStatus(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	carrier := r.trunk("t1")
	for status, want := range map[int]int{0: 480, 404: 404, 480: 480, 486: 486, 503: 503, 603: 603} {
		caller, id := r.arrive(carrier, siptest.DialOptions{})
		r.do(acd.HangUpLeg{Call: id, Leg: 1, Status: status})
		r.over(caller, siptest.ByFailure, want)
		r.forget(id)
	}
	none[acd.LegEnded](r)
}

func TestTheCoresRefusalsBecomeStatuses(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	carrier := r.trunk("t1")
	tests := map[acd.Code]int{
		acd.ErrUnknownOperator: 404, acd.ErrUnknownGroup: 404, acd.ErrUnknownCall: 404, acd.ErrUnknownPauseType: 404,
		acd.ErrNotIdle: 486, acd.ErrInCall: 486,
		acd.ErrOutgoingNotAllowed: 403, acd.ErrNoCallerID: 403, acd.ErrNoGroup: 403, acd.ErrNotMember: 403, acd.ErrDisabled: 403,
		acd.ErrLoggedOut: 480, acd.ErrPhoneRequired: 480, acd.ErrPhoneInUse: 480, acd.ErrPhoneUnreachable: 480,
		acd.ErrPhoneChange: 480, acd.ErrNotWrappingUp: 480, acd.ErrWrongState: 480, acd.ErrOutOfRange: 480,
		acd.ErrTransferToSelf: 486, acd.ErrTargetBusy: 486, acd.ErrTargetAway: 480, acd.ErrTargetUnreachable: 480,
		acd.ErrNobodyFree: 480, acd.ErrRecordingNotYours: 403, acd.ErrPickUpNotAllowed: 403,
		acd.ErrDuplicate: 503, acd.ErrLimit: 503, "of_a_later_release": 503, "": 503,
	}
	for code, want := range tests {
		r.core.set(func() {
			r.core.arrive = func(context.Context, acd.Command) error {
				if code == "" {
					return errors.New("the core has stopped")
				}
				return fmt.Errorf("refused: %w", &acd.Error{Code: code, Detail: "no."})
			}
		})
		caller, err := carrier.Call(r.ctx, service, siptest.DialOptions{})
		r.must(err)
		r.reach(caller, siptest.Ended)
		if caller.FinalStatus() != want {
			t.Errorf("%s: %d, want %d", code, caller.FinalStatus(), want)
		}
	}
	r.eventually("nothing is left", func() bool { return r.sw.Calls() == 0 })
	none[acd.LegEnded](r)
}

func TestCallerWhoGivesUpWhileTheCoreThinks(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	carrier := r.trunk("t1")
	think := make(chan struct{})
	r.core.set(func() {
		r.core.arrive = func(ctx context.Context, _ acd.Command) error {
			select {
			case <-think:
				return nil
			case <-ctx.Done():
				return ctx.Err()
			}
		}
	})
	caller, err := carrier.Call(r.ctx, service, siptest.DialOptions{})
	r.must(err)
	r.eventually("100 came", func() bool { return len(caller.Responses()) > 0 })
	caller.Cancel()
	r.over(caller, siptest.ByLocal, 487)
	close(think)
	id := await[acd.CallArrived](r).Call
	r.legEnded(1, acd.EndHungUp)
	r.do(acd.AnswerLeg{Call: id, Leg: 1}, acd.PlayLeg{Call: id, Leg: 1, Sound: acd.SoundMusic}) // crossing it
	r.forget(id)
}

func TestCallerWhoGivesUpBeforeTheAnswer(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	carrier := r.trunk("t1")
	for name, before := range map[string]func(acd.CallID) []acd.Effect{
		"nothing said": func(acd.CallID) []acd.Effect { return nil },
		"ringing":      func(id acd.CallID) []acd.Effect { return []acd.Effect{acd.ProgressLeg{Call: id, Leg: 1}} },
		"music": func(id acd.CallID) []acd.Effect {
			return []acd.Effect{acd.PlayLeg{Call: id, Leg: 1, Sound: acd.SoundMusic}}
		},
	} {
		caller, id := r.arrive(carrier, siptest.DialOptions{})
		r.do(before(id)...)
		r.eventually(name+": a response came", func() bool { return len(caller.Responses()) > 0 })
		caller.Cancel()
		r.over(caller, siptest.ByLocal, 487)
		r.legEnded(1, acd.EndHungUp)
		r.forget(id)
	}
}

func TestAddressesOfTheNodeInDescriptions(t *testing.T) {
	t.Parallel()
	r := newRig(t, func(s *setup) { s.cfg.Advertise = netip.MustParseAddr("127.0.0.9") })
	caller, id := r.arrive(r.trunk("t1"), siptest.DialOptions{})
	r.do(acd.AnswerLeg{Call: id, Leg: 1})
	r.reach(caller, siptest.Established)
	r.want("127.0.0.9", caller.RemoteSession().Remote.Addr().String(), "address in our description")
	if port := caller.RemoteSession().Remote.Port(); port == 0 || port%2 != 0 {
		t.Errorf("port %d in our description", port)
	}
	r.clear(id)
}

func TestNoPortsLeftRefusesTheCall(t *testing.T) {
	t.Parallel()
	r := newRig(t, func(s *setup) { s.plane = media.PlaneConfig{PortMin: 21900, PortMax: 21901} })
	r.errs.tolerate("call refused")
	carrier := r.trunk("t1")
	_, id := r.arrive(carrier, siptest.DialOptions{})
	second, err := carrier.Call(r.ctx, service, siptest.DialOptions{})
	r.must(err)
	r.over(second, siptest.ByFailure, 503)
	r.clear(id)
	_, id = r.arrive(carrier, siptest.DialOptions{})
	r.clear(id)
}

func TestDialledFromAPhone(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	carrier, phone := r.trunk("t1"), r.phone("anna")
	dial := func(number string) *siptest.Call {
		t.Helper()
		call, err := phone.Dial(r.ctx, number, siptest.DialOptions{})
		r.must(err)
		return call
	}
	r.over(dial("0155000000"), siptest.ByFailure, 403) // nobody is logged in

	emergency := dial("112")
	if got, want := await[acd.DialEmergency](r), (acd.DialEmergency{Account: "anna", Number: "112"}); got.Account != want.Account || got.Number != want.Number {
		t.Errorf("emergency %+v", got)
	} else {
		r.do(acd.HangUpLeg{Call: got.Call, Leg: 1, Status: 486})
		r.over(emergency, siptest.ByFailure, 486)
		r.forget(got.Call)
	}

	r.core.login(t, "op1", "anna")
	r.over(dial("nonsense"), siptest.ByFailure, 404)
	call := dial("0155000000")
	got := await[acd.Dial](r)
	want := acd.Dial{Call: got.Call, Operator: "op1", Number: "+33155000000", FromPhone: true}
	if got != want {
		t.Errorf("dialled %+v, want %+v", got, want)
	}
	r.do(placeNumber(got.Call, 2, got.Number))
	far := r.next(carrier)
	await[acd.LegAnswered](r)
	r.do(acd.AnswerLeg{Call: got.Call, Leg: 1}, acd.JoinLegs{Call: got.Call, A: 1, B: 2})
	r.reach(call, siptest.Established)
	call.SendTone(operatorTone)
	far.SendTone(callerTone)
	r.eachOther(conversation{got.Call, far, call})
	// It is the operator's phone: its hold key is his.
	status, err := call.Hold(r.ctx)
	r.must(err)
	r.want(200, status, "answer to the hold")
	r.want(true, await[acd.LegHeld](r).Held, "held")
	r.clear(got.Call)

	r.core.set(func() { r.core.ask = func(context.Context) error { return errors.New("stopped") } })
	r.over(dial("0155000000"), siptest.ByFailure, 503)
}

func TestLongestCall(t *testing.T) {
	t.Parallel()
	r := newRig(t, func(s *setup) { s.cfg.MaxCall = 2 * time.Second })
	c := r.talk(party{})
	r.legEnded(1, acd.EndTooLong)
	r.legEnded(2, acd.EndTooLong)
	r.over(c.caller, siptest.ByRemoteBye, 200)
	r.over(c.operator, siptest.ByRemoteBye, 200)
	r.forget(c.id)
}
