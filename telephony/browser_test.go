package telephony_test

import (
	"testing"
	"time"

	"bandeau/acd"
	"bandeau/media"
	"bandeau/telephony"
	"bandeau/telephony/siptest"
)

func TestBrowserIsAPhone(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	caller, page, id := r.inBrowser(t)
	r.hears(caller, browserTone)
	r.hearsAll(ear{page: page}, callerTone)
	// Hold: the caller hears music, the page nothing.
	r.do(acd.PartLegs{Call: id, A: 1, B: 2}, acd.PlayLeg{Call: id, Leg: 1, Sound: acd.SoundMusic})
	r.hearsMusic(caller)
	r.hearsAll(ear{page: page})
	r.do(acd.JoinLegs{Call: id, A: 1, B: 2})
	r.hears(caller, browserTone)
	// Muted, the caller hears nothing and the page goes on hearing.
	r.do(acd.MuteLeg{Call: id, Leg: 2, On: true})
	r.hearsNothing(caller)
	r.hearsAll(ear{page: page}, callerTone)
	r.do(acd.MuteLeg{Call: id, Leg: 2})
	r.hears(caller, browserTone)
	// His keypad reaches the caller.
	r.must(r.sw.SendDigits(r.ctx, id, 2, "42#"))
	r.eventually("the digits are heard", func() bool { return caller.DTMFReceived() == "42#" })
	r.do(acd.HangUpLeg{Call: id, Leg: 1}, acd.HangUpLeg{Call: id, Leg: 2})
	r.over(caller, siptest.ByRemoteBye, 200)
	r.eventually("the page is free", func() bool { return !page.inCall() })
	r.forget(id)
}

// TestSilentBrowserIsNotGivenUp: its liveness is measured elsewhere, and a page
// that has gone may come back to its call.
func TestSilentBrowserIsNotGivenUp(t *testing.T) {
	t.Parallel()
	r := newRig(t, func(s *setup) { s.cfg.RTPTimeout = time.Second })
	caller, page, id := r.inBrowser(t)
	r.hears(caller, browserTone)
	page.quiet(true)
	r.hearsNothing(caller)
	time.Sleep(1500 * time.Millisecond) // longer than any other phone may be silent
	none[acd.LegEnded](r)
	page.quiet(false)
	r.hears(caller, browserTone)
	r.clear(id)
}

func TestUnreachableBrowserFails(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	carrier := r.trunk("t1")
	_, id := r.arrive(carrier, siptest.DialOptions{})
	r.do(acd.AnswerLeg{Call: id, Leg: 1}, placeBrowser(id, 2, "op1"))
	r.legFailed(2, acd.FailUnreachable, 503)
	// One that goes while it rings cannot answer.
	page := r.page("op1", browserTone)
	r.do(placeBrowser(id, 3, "op1"))
	await(r, func(c acd.LegProgressed) bool { return c.Leg == 3 })
	r.gone("op1")
	if err := r.sw.Talk(r.ctx, id, 3); err == nil {
		t.Error("a browser that is gone answered")
	}
	r.want(false, page.inCall(), "in a call")
	r.do(acd.HangUpLeg{Call: id, Leg: 3}, acd.HangUpLeg{Call: id, Leg: 1})
	none[acd.LegFailed](r)
	r.forget(id)
}

// TestRingingBrowserIsWithdrawn: the core takes its offer back, and an answer that
// comes after it finds no leg.
func TestRingingBrowserIsWithdrawn(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	carrier := r.trunk("t1")
	page := r.page("op1", browserTone)
	_, id := r.arrive(carrier, siptest.DialOptions{})
	r.do(acd.AnswerLeg{Call: id, Leg: 1}, placeBrowser(id, 2, "op1"))
	await[acd.LegProgressed](r)
	r.do(acd.HangUpLeg{Call: id, Leg: 2})
	if err := r.sw.Talk(r.ctx, id, 2); err == nil {
		t.Error("answered after it was withdrawn")
	}
	r.want(false, page.inCall(), "in a call")
	none[acd.LegAnswered](r)
	r.clear(id)
}

// TestOwnBrowserIsAnsweredAtOnce: who places a call is there already.
func TestOwnBrowserIsAnsweredAtOnce(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	carrier := r.trunk("t1")
	page := r.page("op1", browserTone)
	const id = acd.CallID("out")
	r.do(placeBrowser(id, 1, "op1"))
	await[acd.LegProgressed](r)
	await[acd.LegAnswered](r)
	r.do(placeNumber(id, 2, "+33140000001"), acd.PlayLeg{Call: id, Leg: 1, Sound: acd.SoundRingback})
	called := r.next(carrier)
	await(r, func(c acd.LegAnswered) bool { return c.Leg == 2 })
	r.do(acd.JoinLegs{Call: id, A: 1, B: 2})
	called.SendTone(callerTone)
	r.hears(called, browserTone)
	r.hearsAll(ear{page: page}, callerTone)
	called.HangUp()
	r.legEnded(2, acd.EndHungUp)
	r.do(acd.HangUpLeg{Call: id, Leg: 1})
	r.forget(id)
	r.want(false, page.inCall(), "in a call")
}

// TestSupervisorsPhones: his browser is answered at once, a telephone of his is
// rung like any other.
func TestSupervisorsPhones(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	caller, operator, id := r.inBrowser(t)
	boss := r.page(telephony.BrowserOwner("", "u1"), 2300)
	r.do(acd.PlaceLeg{Call: id, Leg: 3, User: "u1", Phone: acd.Phone{Kind: acd.PhoneBrowser}})
	await(r, func(c acd.LegAnswered) bool { return c.Leg == 3 })
	everybody := []ear{{name: "caller", phone: caller}, {page: operator}, {page: boss}}
	for _, step := range []struct {
		name  string
		mix   []acd.Party
		hears [3][]float64
	}{
		{
			"listen",
			[]acd.Party{{Leg: 1, Hears: []acd.LegID{2}}, {Leg: 2, Hears: []acd.LegID{1}}, {Leg: 3, Hears: []acd.LegID{1, 2}}},
			[3][]float64{{browserTone}, {callerTone}, {callerTone, browserTone}},
		},
		{
			"whisper",
			[]acd.Party{{Leg: 1, Hears: []acd.LegID{2}}, {Leg: 2, Hears: []acd.LegID{1, 3}}, {Leg: 3, Hears: []acd.LegID{1, 2}}},
			[3][]float64{{browserTone}, {callerTone, 2300}, {callerTone, browserTone}},
		},
		{
			"join",
			[]acd.Party{{Leg: 1, Hears: []acd.LegID{2, 3}}, {Leg: 2, Hears: []acd.LegID{1, 3}}, {Leg: 3, Hears: []acd.LegID{1, 2}}},
			[3][]float64{{browserTone, 2300}, {callerTone, 2300}, {callerTone, browserTone}},
		},
	} {
		r.do(acd.MixLegs{Call: id, Parties: step.mix})
		for i, who := range everybody {
			t.Log(step.name, i)
			r.hearsAll(who, step.hears[i]...)
		}
	}
	// He goes; the two hear each other as before.
	r.do(acd.HangUpLeg{Call: id, Leg: 3}, acd.JoinLegs{Call: id, A: 1, B: 2})
	r.hears(caller, browserTone)
	r.hearsAll(ear{page: operator}, callerTone)
	r.eventually("he is free", func() bool { return !boss.inCall() })
	r.clear(id)
}

// TestConferenceIsRecordedWhole: the customer on the left, all of the house on the
// right, in one file with what came before and after; a pause leaves silence.
func TestConferenceIsRecordedWhole(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	caller, operator, id := r.inBrowser(t)
	r.do(acd.StartRecording{Call: id, Customer: 1, Operator: 2})
	r.hears(caller, browserTone)
	file := r.files.last()
	_, right := r.records(file, time.Second)
	wantTones(t, right[len(right)/2:], browserTone)
	// A colleague joins with a desk phone.
	phone := r.phone("ben")
	colleague := r.ring(id, 3, phone, "ben")
	await(r, func(c acd.LegAnswered) bool { return c.Leg == 3 })
	colleague.SendTone(operatorTone)
	r.do(acd.MixLegs{Call: id, Parties: []acd.Party{
		{Leg: 1, Hears: []acd.LegID{2, 3}}, {Leg: 2, Hears: []acd.LegID{1, 3}}, {Leg: 3, Hears: []acd.LegID{1, 2}},
	}})
	r.hearsAll(ear{name: "caller", phone: caller}, browserTone, operatorTone)
	r.hearsAll(ear{name: "colleague", phone: colleague}, browserTone, callerTone)
	r.hearsAll(ear{page: operator}, operatorTone, callerTone)
	left, right := r.records(file, time.Second)
	wantTones(t, left[len(left)/2:], callerTone)
	wantTones(t, right[len(right)/2:], browserTone, operatorTone)
	// A pause.
	r.do(acd.PauseRecording{Call: id, On: true})
	left, right = r.records(file, time.Second)
	wantTones(t, left[len(left)/2:])
	wantTones(t, right[len(right)/2:])
	r.do(acd.PauseRecording{Call: id})
	left, right = r.records(file, time.Second)
	wantTones(t, left[len(left)/2:], callerTone)
	wantTones(t, right[len(right)/2:], browserTone, operatorTone)
	// The first operator leaves, the call is the colleague's.
	r.do(acd.HangUpLeg{Call: id, Leg: 2}, acd.JoinLegs{Call: id, A: 1, B: 3}, acd.StartRecording{Call: id, Customer: 1, Operator: 3})
	r.hears(caller, operatorTone)
	_, right = r.records(file, time.Second)
	wantTones(t, right[len(right)/2:], operatorTone)
	r.do(acd.StopRecording{Call: id})
	r.want(false, await[acd.RecordingStored](r).Lost, "lost")
	r.want(1, len(r.files.files), "files")
	r.do(acd.HangUpLeg{Call: id, Leg: 3}, acd.HangUpLeg{Call: id, Leg: 1})
	r.forget(id)
}

func wantTones(t *testing.T, samples []int16, tones ...float64) {
	t.Helper()
	for _, freq := range []float64{callerTone, operatorTone, browserTone} {
		share, wanted := siptest.Tone(samples, media.SampleRate, freq), false
		for _, tone := range tones {
			wanted = wanted || tone == freq
		}
		if wanted && share < 0.25 || !wanted && share > 0.05 {
			t.Errorf("%.0f Hz has %.0f%% of the power, want %v", freq, 100*share, tones)
		}
	}
}
