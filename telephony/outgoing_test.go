package telephony_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"bandeau/acd"
	"bandeau/media"
	"bandeau/telephony"
	"bandeau/telephony/siptest"
	"bandeau/telephony/sipua"
)

func TestTrunksThatAskForAPassword(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name      string
		algorithm string
		proxy     bool
		password  string
		status    int
	}{
		{"401 MD5", siptest.MD5, false, "secret", 200},
		{"407 MD5", siptest.MD5, true, "secret", 200},
		{"401 SHA-256", siptest.SHA256, false, "secret", 200},
		{"407 SHA-256", siptest.SHA256, true, "secret", 200},
		{"wrong password", siptest.MD5, false, "wrong", 401},
		{"wrong password by a proxy", siptest.MD5, true, "wrong", 407},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			r := newRig(t)
			carrier := r.trunk("t1", func(c *siptest.TrunkConfig, record *sipua.Trunk, _ *telephony.TrunkRecord) {
				c.Username, c.Password, c.Algorithm, c.Proxy = "us", "secret", test.algorithm, test.proxy
				record.Username, record.Password = "us", test.password
			})
			r.do(placeNumber("out", 1, "+33155000000"))
			if test.status != 200 {
				r.legFailed(1, acd.FailUnreachable, test.status)
				r.want(2, carrier.RequestsTaken("INVITE"), "INVITEs: one unasked, one with the wrong answer")
				r.forget("out")
				return
			}
			call := r.next(carrier)
			await[acd.LegAnswered](r)
			r.do(acd.PlayLeg{Call: "out", Leg: 1, Sound: acd.SoundMusic})
			r.hearsMusic(call)
			r.clear("out")
			r.over(call, siptest.ByRemoteBye, 200)
		})
	}
}

func TestIdentitiesTowardsATrunk(t *testing.T) {
	t.Parallel()
	type identity struct{ user, display, pai, privacy string }
	with := func(number string, change func(*acd.PlaceLeg)) acd.PlaceLeg {
		place := placeNumber("id", 1, number)
		if change != nil {
			change(&place)
		}
		return place
	}
	forwarded := func(p *acd.PlaceLeg) {
		p.Operator, p.Service, p.Caller = "op1", service, "+33611223344"
		p.Present = acd.Presentation{Number: "+33611223344", Name: "Ada"}
	}
	tests := []struct {
		name, form string
		forward    bool
		place      acd.PlaceLeg
		number     string
		want       identity
	}{
		{"normal", "", true, with("+33155000000", nil), "+33155000000", identity{"+33180000001", "Bandeau", "", ""}},
		{"without plus", "e164", true, with("+33155000000", nil), "33155000000", identity{"33180000001", "Bandeau", "", ""}},
		{"national", "national", true, with("+33155000000", nil), "0155000000", identity{"0180000001", "Bandeau", "", ""}},
		{
			"anonymous", "national", true,
			with("+33155000000", func(p *acd.PlaceLeg) { p.Present.Anonymous = true }),
			"0155000000",
			identity{"anonymous", "Anonymous", "0180000001", "id"},
		},
		{
			"nothing to withhold", "", true,
			with("+33155000000", func(p *acd.PlaceLeg) { p.Present = acd.Presentation{Anonymous: true} }),
			"+33155000000",
			identity{"anonymous", "Anonymous", "", "id"},
		},
		{"forwarded, the caller shown", "", true, with("+33155000000", forwarded), "+33155000000", identity{"+33611223344", "Ada", "", ""}},
		{
			"forwarded, the service shown", "national", false, with("+33155000000", forwarded),
			"0155000000",
			identity{"0180000001", "", "0611223344", ""},
		},
		{
			"forwarded, an unknown caller", "", false, with("+33155000000", func(p *acd.PlaceLeg) {
				forwarded(p)
				p.Present = acd.Presentation{}
			}),
			"+33155000000",
			identity{"+33180000001", "", "", ""},
		},
		{
			"forwarded, a withheld caller", "", false, with("+33155000000", func(p *acd.PlaceLeg) {
				forwarded(p)
				p.Present.Anonymous = true
			}),
			"+33155000000",
			identity{"anonymous", "Anonymous", "+33611223344", "id"},
		},
		{
			"emergency, never withheld", "", true,
			with("112", func(p *acd.PlaceLeg) { p.Emergency, p.Present.Anonymous = true, true }),
			"112",
			identity{"+33180000001", "Bandeau", "+33180000001", ""},
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			r := newRig(t)
			r.dir.forms["t1"] = test.form
			carrier := r.trunk("t1", func(_ *siptest.TrunkConfig, _ *sipua.Trunk, known *telephony.TrunkRecord) {
				known.ForwardCaller = test.forward
			})
			r.do(test.place)
			call := r.next(carrier)
			invite := call.Invite()
			plain := func(user string) string { return strings.ReplaceAll(user, "%2B", "+") }
			got := identity{
				plain(invite.From().User), invite.From().Display,
				plain(invite.AssertedIdentity().User), invite.Get("Privacy"),
			}
			if got != test.want {
				t.Errorf("identity %+v, want %+v", got, test.want)
			}
			r.want(test.number, plain(call.Called()), "called number")
			if got.user == "anonymous" {
				r.want("anonymous.invalid", invite.From().Host, "host of an anonymous From")
			}
			await[acd.LegAnswered](r)
			r.clear("id")
		})
	}
}

func TestNextTrunkIsTried(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name  string
		first siptest.Behaviour
	}{
		{"503", siptest.RejectWith(503)},
		{"500", siptest.RejectWith(500)},
		{"408", siptest.RejectWith(408)},
		{"wrong credentials", siptest.RejectWith(401)},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			r := newRig(t)
			first, second := r.trunk("t1"), r.trunk("t2")
			first.OnCall(test.first)
			r.do(placeNumber("over", 1, "+33155000000"))
			call := r.next(second)
			await[acd.LegAnswered](r)
			r.want(1, first.RequestsTaken("INVITE"), "INVITEs at the first trunk")
			r.do(acd.PlayLeg{Call: "over", Leg: 1, Sound: acd.SoundMusic})
			r.hearsMusic(call)
			none[acd.LegFailed](r)
			r.clear("over")
		})
	}
}

func TestSilentTrunkIsLeftForTheNext(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	first, second := r.trunk("t1"), r.trunk("t2")
	first.OnCall(siptest.NoResponse())
	start := time.Now()
	r.do(placeNumber("silent", 1, "+33155000000"))
	late := r.next(first)
	call := r.next(second)
	if took := time.Since(start); took < 3900*time.Millisecond || took > 5500*time.Millisecond {
		t.Errorf("next trunk tried after %v, want 4 s", took)
	}
	await[acd.LegAnswered](r)
	r.want(false, late.Cancelled(), "cancelled without having said a word")
	// It wakes up after all: ACK and BYE, and the call does not notice.
	late.Answer()
	r.over(late, siptest.ByRemoteBye, 200)
	r.do(acd.PlayLeg{Call: "silent", Leg: 1, Sound: acd.SoundMusic})
	r.hearsMusic(call)
	none[acd.LegAnswered](r)
	none[acd.LegEnded](r)
	r.clear("silent")
}

// A trunk that has said 100 is at work, however long it takes.
func TestSlowTrunkIsGivenItsTime(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	first, second := r.trunk("t1"), r.trunk("t2")
	first.OnCall(siptest.Script(func(ctx context.Context, c *siptest.Call) {
		select {
		case <-time.After(5 * time.Second):
			c.Answer()
		case <-ctx.Done():
		}
	}))
	r.do(placeNumber("slow", 1, "+33155000000"))
	await[acd.LegAnswered](r)
	r.want(0, second.RequestsSeen("INVITE"), "INVITEs at the second trunk")
	r.clear("slow")
}

// When no other trunk has room, the silent one may still answer.
func TestSilentTrunkIsKeptWhenNoOtherHasRoom(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	first := r.trunk("t1")
	r.trunk("t2", func(_ *siptest.TrunkConfig, _ *sipua.Trunk, known *telephony.TrunkRecord) { known.MaxCalls = 1 })
	first.OnCall(siptest.RejectWith(503))
	r.do(placeNumber("other", 1, "+33155000000")) // takes t2
	await[acd.LegAnswered](r)
	first.OnCall(siptest.NoResponse())
	r.do(placeNumber("kept", 1, "+33155000001"))
	for call := r.next(first); ; call = r.next(first) {
		if strings.HasSuffix(call.Called(), "1") {
			time.AfterFunc(5*time.Second, call.Answer)
			break
		}
	}
	r.want(acd.CallID("kept"), await[acd.LegAnswered](r).Call, "call answered")
	none[acd.LegFailed](r)
	r.do(acd.HangUpLeg{Call: "other", Leg: 1}, acd.ForgetCall{Call: "other"})
	r.clear("kept")
}

func TestWhenNoTrunkIsLeft(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		trunks []any // a siptest.Behaviour, or nil for one that must not be tried
		cause  acd.FailCause
		status int
	}{
		{"503 everywhere", []any{siptest.RejectWith(503), siptest.RejectWith(503)}, acd.FailUnreachable, 503},
		{"silence everywhere", []any{siptest.NoResponse(), siptest.NoResponse()}, acd.FailUnreachable, 408},
		{"one silent trunk", []any{siptest.NoResponse()}, acd.FailUnreachable, 408},
		{"busy is not tried again", []any{siptest.Busy(), nil}, acd.FailBusy, 486},
		{"declined is not tried again", []any{siptest.RejectWith(603), nil}, acd.FailRejected, 603},
		{"not found is not tried again", []any{siptest.RejectWith(404), nil}, acd.FailUnreachable, 404},
		{"moved is not followed", []any{siptest.RejectWith(302), nil}, acd.FailRedirected, 302},
		{"a failure after ringing", []any{siptest.RingThenReject(50*time.Millisecond, 503), nil}, acd.FailUnreachable, 503},
		{"busy at the second", []any{siptest.RejectWith(503), siptest.Busy()}, acd.FailBusy, 486},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			r := newRig(t)
			carriers := make([]*siptest.Trunk, len(test.trunks))
			for i, behaviour := range test.trunks {
				carriers[i] = r.trunk("t" + string(rune('1'+i)))
				if b, ok := behaviour.(siptest.Behaviour); ok {
					carriers[i].OnCall(b)
				}
			}
			r.do(placeNumber("none", 1, "+33155000000"))
			r.legFailed(1, test.cause, test.status)
			for i, behaviour := range test.trunks {
				if tried := carriers[i].RequestsSeen("INVITE") > 0; tried != (behaviour != nil) {
					t.Errorf("trunk %d tried: %t", i+1, tried)
				}
			}
			none[acd.LegAnswered](r)
			r.forget("none")
		})
	}
}

func TestTrunksPlacesAreGivenBack(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	one := func(_ *siptest.TrunkConfig, _ *sipua.Trunk, known *telephony.TrunkRecord) { known.MaxCalls = 1 }
	first, second := r.trunk("t1", one), r.trunk("t2", one)
	for range 3 {
		r.do(placeNumber("a", 1, "+33155000000"))
		a := r.next(first)
		await[acd.LegAnswered](r)
		r.do(placeNumber("b", 1, "+33155000000"))
		b := r.next(second)
		await[acd.LegAnswered](r)
		r.do(placeNumber("c", 1, "+33155000000"))
		r.legFailed(1, acd.FailUnreachable, 503)
		r.do(acd.ForgetCall{Call: "c"})
		// One ends from here, one from there.
		r.do(acd.HangUpLeg{Call: "a", Leg: 1}, acd.ForgetCall{Call: "a"})
		b.HangUp()
		r.legEnded(1, acd.EndHungUp)
		r.over(a, siptest.ByRemoteBye, 200)
		r.forget("b")
	}
	// A refusal, a cancellation and a busy number give the place back too.
	first.OnCall(siptest.Busy())
	r.do(placeNumber("d", 1, "+33155000000"))
	r.next(first)
	r.legFailed(1, acd.FailBusy, 486)
	r.forget("d")
	first.OnCall(siptest.RingForever())
	r.do(placeNumber("e", 1, "+33155000000"))
	ringing := r.next(first)
	await[acd.LegProgressed](r)
	r.do(acd.HangUpLeg{Call: "e", Leg: 1})
	r.over(ringing, siptest.ByRemoteCancel, 487)
	r.forget("e")
	first.OnCall(siptest.AnswerAfter(0))
	r.do(placeNumber("f", 1, "+33155000000"))
	r.next(first)
	await[acd.LegAnswered](r)
	r.clear("f")
}

func TestOperatorOnAnExternalNumber(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	carrier := r.trunk("t1")
	caller, id := r.arrive(carrier, siptest.DialOptions{})
	r.do(acd.AnswerLeg{Call: id, Leg: 1})
	place := placeNumber(id, 2, "+33155000000")
	place.Operator = "op1"
	r.do(place)
	operator := r.next(carrier)
	await[acd.LegAnswered](r)
	r.do(acd.JoinLegs{Call: id, A: 1, B: 2})
	r.reach(caller, siptest.Established)
	caller.SendTone(callerTone)
	operator.SendTone(operatorTone)
	r.eachOther(conversation{id, caller, operator})
	r.reinvite(operator, siptest.Offer{Direction: siptest.SendOnly}, 200)
	r.want(true, await[acd.LegHeld](r).Held, "held at his own telephone")
	r.clear(id)
}

// A trunk, written out letter by letter, answers with audio that nobody can have.
func TestAnswersWithoutUsableAudio(t *testing.T) {
	t.Parallel()
	for name, answer := range map[string][]byte{
		"no description":   nil,
		"no codec of ours": describe("127.0.0.1", 4000, "9", ""),
		"multicast":        describe("224.0.0.1", 4000, "8", ""),
		"refused":          describe("127.0.0.1", 0, "8", ""),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newRig(t)
			peer, err := siptest.NewPeer(r.ctx, siptest.PeerConfig{Server: r.addr})
			r.must(err)
			r.agents = append(r.agents, peer)
			r.trunks = []sipua.Trunk{{
				Centre: centre, ID: "t1", Name: "t1", Host: "127.0.0.1", Port: peer.Addr().Port(), Enabled: true,
			}}
			r.dir.trunks["t1"] = telephony.TrunkRecord{Codecs: []media.Codec{media.PCMA, media.PCMU}}
			r.ua.SetTrunks(r.trunks)
			r.do(placeNumber("mute", 1, "+33155000000"))
			ctx, cancel := context.WithTimeout(r.ctx, patience)
			defer cancel()
			invite, err := peer.Expect(ctx, siptest.IsRequest("INVITE"))
			r.must(err)
			ok := peer.Reply(invite, 200, "tag")
			if answer != nil {
				ok.Add("Content-Type", "application/sdp")
				ok.Body = answer
			}
			r.must(peer.SendMessage(ok))
			_, err = peer.Expect(ctx, siptest.IsRequest("ACK"))
			r.must(err)
			bye, err := peer.Expect(ctx, siptest.IsRequest("BYE"))
			r.must(err)
			r.must(peer.SendMessage(peer.Reply(bye, 200, "")))
			r.legFailed(1, acd.FailUnreachable, 406)
			none[acd.LegAnswered](r)
			r.forget("mute")
		})
	}
}

// TestInternalNumber: an internal number is a phone of the centre, not a short
// code of the carrier; an emergency number never is.
func TestInternalNumber(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	carrier := r.trunk("t1")
	desk := r.phone("desk")
	r.dir.set(func() { r.dir.phones = map[string]acd.AccountID{"202": "desk", "112": "desk"} })
	r.do(placeNumber("inside", 1, "202"))
	call := r.next(desk)
	await[acd.LegAnswered](r)
	r.do(acd.PlayLeg{Call: "inside", Leg: 1, Sound: acd.SoundMusic})
	r.hearsMusic(call)
	r.clear("inside")
	r.over(call, siptest.ByRemoteBye, 200)
	r.want(0, carrier.RequestsSeen("INVITE"), "INVITEs at the carrier")

	emergency := placeNumber("help", 1, "112")
	emergency.Emergency = true
	r.do(emergency)
	r.want("112", r.next(carrier).Called(), "number dialled")
	r.clear("help")
}

// TestCarrierRefusesAnOperatorsTelephone: what a carrier refuses is not the
// operator's refusal; his own 603 is.
func TestCarrierRefusesAnOperatorsTelephone(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	carrier := r.trunk("t1")
	for status, cause := range map[int]acd.FailCause{403: acd.FailUnreachable, 603: acd.FailRejected} {
		carrier.OnCall(siptest.RejectWith(status))
		place := placeNumber("refused", 1, "+33612345678")
		place.Operator = "anna"
		r.do(place)
		r.legFailed(1, cause, status)
		r.forget("refused")
	}
}
