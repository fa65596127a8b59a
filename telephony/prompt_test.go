package telephony_test

import (
	"math"
	"strings"
	"testing"
	"time"

	"bandeau/acd"
	"bandeau/media"
	"bandeau/media/prompts"
	"bandeau/telephony/siptest"
)

// The prompts of these tests, as A-law makes them: short, and each unlike the
// others and unlike the tones of the parties.
func spoken() prompts.Set {
	return prompts.Of(map[prompts.Key][]int16{
		{Name: prompts.Notice, Language: "fr"}: notice("fr"), {Name: prompts.Notice, Language: "en"}: notice("en"),
		{Name: prompts.Confirm, Language: "it"}: sweep(1900, 40),
	})
}

func notice(language string) []int16 {
	if language == "fr" {
		return sweep(900, 30)
	}
	return sweep(1300, 30)
}

// sweep is a tone that rises, so that no part of it is like another.
func sweep(from float64, frames int) []int16 {
	pcm := make([]int16, frames*media.FrameSamples)
	for i := range pcm {
		t := float64(i) / media.SampleRate
		pcm[i] = int16(6000 * math.Sin(2*math.Pi*(from+150*t)*t))
	}
	octets := make([]byte, len(pcm))
	media.EncodeA(octets, pcm)
	media.DecodeA(pcm, octets)
	return pcm
}

// Both hear the notice, whole and nothing else, and not each other; the core is
// told once; then they are joined, and the recording begins.
func TestPromptForBothSides(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	carrier, phone := r.trunk("t1"), r.phone("anna")
	caller, id := r.arrive(carrier, siptest.DialOptions{})
	r.do(acd.AnswerLeg{Call: id, Leg: 1}, acd.PlayLeg{Call: id, Leg: 1, Sound: acd.SoundMusic})
	operator := r.ring(id, 2, phone, "anna")
	await[acd.LegAnswered](r)
	r.hearsMusic(caller)
	caller.SendTone(callerTone)
	operator.SendTone(operatorTone)
	begun := time.Now()
	r.do(acd.PlayPrompt{Call: id, Legs: []acd.LegID{1, 2}, Prompt: acd.PromptNotice, Language: "fr", Number: 3})
	r.want(acd.PromptEnded{Call: id, Prompt: 3}, await[acd.PromptEnded](r), "report")
	if took := time.Since(begun); took < 25*media.FrameTime { // a late clock catches up a little
		t.Errorf("a prompt of %s has ended after %s", 30*media.FrameTime, took)
	}
	for _, side := range []*siptest.Call{caller, operator} {
		r.must(side.HearsAudio(r.ctx, notice("fr")))
		if siptest.Tone(side.Heard(500*time.Millisecond), media.SampleRate, callerTone) > 0.1 ||
			siptest.Tone(side.Heard(500*time.Millisecond), media.SampleRate, operatorTone) > 0.1 {
			t.Error("they hear each other in the notice")
		}
	}
	r.want(0, len(r.files.files), "files before the end of the notice")
	r.do(acd.JoinLegs{Call: id, A: 1, B: 2}, acd.StartRecording{Call: id, Customer: 1, Operator: 2})
	r.eachOther(conversation{id, caller, operator})
	none[acd.PromptEnded](r)
	r.clear(id)
}

// A notice that is cut short by what is heard next, or by an end, is not
// reported as heard; a language without it is served in English.
func TestPromptCutShort(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	c := r.talk(party{})
	r.eachOther(c)
	r.do(acd.PartLegs{Call: c.id, A: 1, B: 2},
		acd.PlayPrompt{Call: c.id, Legs: []acd.LegID{1, 2}, Prompt: acd.PromptNotice, Language: "fr", Number: 1},
		acd.PlayLeg{Call: c.id, Leg: 1, Sound: acd.SoundMusic})
	r.hearsMusic(c.caller) // longer than the notice would have taken
	none[acd.PromptEnded](r)
	r.do(acd.PlayPrompt{Call: c.id, Legs: []acd.LegID{1}, Prompt: acd.PromptNotice, Language: "de", Number: 2})
	r.want(2, await[acd.PromptEnded](r).Prompt, "prompt that has ended")
	r.must(c.caller.HearsAudio(r.ctx, notice("en")))

	r.do(acd.PlayPrompt{Call: c.id, Legs: []acd.LegID{1, 2, 9}, Prompt: acd.PromptNotice, Language: "fr", Number: 3})
	c.operator.HangUp()
	r.legEnded(2, acd.EndHungUp)
	r.must(c.caller.HearsAudio(r.ctx, notice("fr"))) // the other still hears it
	none[acd.PromptEnded](r)
	r.clear(c.id)
}

// The request to confirm is said again and again; the keys are reported, be they
// sent as RTP or by INFO, until the leg is joined.
func TestPromptThatAsksForAKey(t *testing.T) {
	t.Parallel()
	for _, info := range []bool{false, true} {
		r := newRig(t)
		caller, id := r.arrive(r.trunk("t1"), siptest.DialOptions{})
		r.do(acd.AnswerLeg{Call: id, Leg: 1}, acd.PlayLeg{Call: id, Leg: 1, Sound: acd.SoundMusic})
		operator := r.ring(id, 2, r.phone("anna"), "anna")
		await[acd.LegAnswered](r)
		press := func(digits string) {
			t.Helper()
			if !info {
				r.must(operator.SendDTMF(digits))
				return
			}
			for _, digit := range []byte(digits) {
				if status, err := operator.SendInfoDTMF(r.ctx, digit); err != nil || status != 200 {
					t.Fatal(status, err)
				}
			}
		}
		press("5")           // not asked for
		r.hearsMusic(caller) // by then it has long been sent
		r.do(acd.PlayPrompt{Call: id, Legs: []acd.LegID{2}, Prompt: acd.PromptConfirm, Language: "it"})
		r.must(operator.HearsAudio(r.ctx, twice(sweep(1900, 40))))
		press("2#1")
		var pressed strings.Builder
		for range 3 {
			c := await[acd.LegPressed](r)
			r.want(acd.LegID(2), c.Leg, "leg")
			pressed.WriteByte(c.Digit)
		}
		r.want("2#1", pressed.String(), "keys")
		r.do(acd.JoinLegs{Call: id, A: 1, B: 2})
		caller.SendTone(callerTone)
		operator.SendTone(operatorTone)
		r.eachOther(conversation{id, caller, operator})
		press("7") // to the caller now
		r.eventually("the caller has the key", func() bool { return caller.DTMFReceived() == "7" })
		none[acd.LegPressed](r)
		none[acd.PromptEnded](r)
		r.clear(id)
	}
}

// twice is a prompt, the pause, and the prompt again.
func twice(pcm []int16) []int16 {
	pause := make([]int16, media.SampleRate)
	octets := make([]byte, len(pause))
	media.EncodeA(octets, pause)
	media.DecodeA(pause, octets)
	return append(append(append([]int16(nil), pcm...), pause...), pcm...)
}
