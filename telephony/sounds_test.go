package telephony_test

import (
	"context"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"bandeau/acd"
	"bandeau/media"
	"bandeau/media/prompts"
	"bandeau/telephony"
	"bandeau/telephony/siptest"
)

// ownSounds are those of the centre of these tests: rising tones, of which the
// very samples are recognised.
type ownSounds map[acd.SoundID][]int16

func (s ownSounds) Source(c string, id acd.SoundID, loop bool) (media.Source, bool) {
	pcm, ok := s[id]
	if c != centre || !ok {
		return nil, false
	}
	return media.FromPCM(pcm, loop), true
}

// The sounds of the centre: its music is longer than a test listens.
const (
	ownMusic   = acd.SoundID("music")
	otherMusic = acd.SoundID("other")
	welcome    = acd.SoundID("welcome")
)

func withSounds(s *setup) {
	s.cfg.Sounds = ownSounds{ownMusic: sweep(400, 500), otherMusic: sweep(1000, 500), welcome: sweep(600, 30)}
	s.cfg.Prompts = prompts.Of(map[prompts.Key][]int16{
		{Name: "position", Language: "fr"}:       sweep(900, 20),
		{Name: "position_first", Language: "fr"}: sweep(1300, 20),
		{Name: "numbers/3", Language: "fr"}:      sweep(1100, 20),
		{Name: "wait_less", Language: "fr"}:      sweep(700, 20),
	})
}

// quiet is silence as A-law makes it.
func quiet(frames int) []int16 {
	pcm := make([]int16, frames*media.FrameSamples)
	octets := make([]byte, len(pcm))
	media.EncodeA(octets, pcm)
	media.DecodeA(pcm, octets)
	return pcm
}

func joined(parts ...[]int16) (all []int16) {
	for _, p := range parts {
		all = append(all, p...)
	}
	return all
}

// Everybody hears the music of his group, from its beginning, and the product's
// own where the group has none.
func TestMusicOfTheGroup(t *testing.T) {
	t.Parallel()
	r := newRig(t, withSounds)
	carrier := r.trunk("t1")
	play := func(id acd.CallID, music acd.SoundID) {
		r.do(acd.AnswerLeg{Call: id, Leg: 1}, acd.PlayLeg{Call: id, Leg: 1, Sound: acd.SoundMusic, Music: music})
	}
	first, a := r.arrive(carrier, siptest.DialOptions{})
	play(a, ownMusic)
	beginning := sweep(400, 500)[:100*media.FrameSamples]
	r.must(first.HearsAudio(r.ctx, beginning))
	second, b := r.arrive(carrier, siptest.DialOptions{})
	play(b, ownMusic)
	r.must(second.HearsAudio(r.ctx, beginning)) // while the first one is further on
	third, c := r.arrive(carrier, siptest.DialOptions{})
	play(c, "")
	r.hearsMusic(third)
	// Into another group: its music.
	r.do(acd.PlayLeg{Call: a, Leg: 1, Sound: acd.SoundMusic, Music: otherMusic})
	r.must(first.HearsAudio(r.ctx, sweep(1000, 500)[:50*media.FrameSamples]))
	for _, id := range []acd.CallID{a, b, c} {
		r.do(acd.HangUpLeg{Call: id, Leg: 1}, acd.ForgetCall{Call: id})
	}
	r.eventually("the calls are over", func() bool { return r.sw.Calls() == 0 })
}

// warnings keeps what is logged as a warning, and passes on what is worse.
type warnings struct {
	*errorLog
	mu   sync.Mutex
	kept []string
}

func (w *warnings) Enabled(context.Context, slog.Level) bool { return true }
func (w *warnings) WithAttrs([]slog.Attr) slog.Handler       { return w }

func (w *warnings) Handle(ctx context.Context, record slog.Record) error {
	if record.Level >= slog.LevelError {
		return w.errorLog.Handle(ctx, record)
	}
	line := record.Message
	record.Attrs(func(a slog.Attr) bool {
		line += " " + a.String()
		return true
	})
	w.mu.Lock()
	defer w.mu.Unlock()
	w.kept = append(w.kept, line)
	return nil
}

func (w *warnings) count(text string) (n int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, line := range w.kept {
		if strings.Contains(line, text) {
			n++
		}
	}
	return n
}

// A sound that is gone is replaced by the product's own music, and said once to
// whoever reads the log; an announcement goes on without it, and one that has
// nothing else to say is over at once.
func TestSoundThatIsGone(t *testing.T) {
	t.Parallel()
	log := &warnings{errorLog: &errorLog{}}
	for name, change := range map[string]func(*setup){
		"another": withSounds, "none at all": func(*setup) {},
	} {
		r := newRig(t, change, func(s *setup) { s.cfg.Log = slog.New(log) })
		caller, id := r.arrive(r.trunk("t1"), siptest.DialOptions{})
		gone := acd.SoundID("gone-" + name)
		r.do(acd.AnswerLeg{Call: id, Leg: 1}, acd.PlayLeg{Call: id, Leg: 1, Sound: acd.SoundMusic, Music: gone})
		r.hearsMusic(caller)
		r.do(acd.Announce{Call: id, Leg: 1, Says: []acd.Spoken{{Sound: gone}}, Language: "fr", Number: 4})
		r.want(acd.PromptEnded{Call: id, Prompt: 4}, await[acd.PromptEnded](r), "report")
		r.want(1, log.count("sound not played centre=c1 sound=gone-"+name), "lines in the log")
		if name == "another" {
			r.do(acd.Announce{
				Call: id, Leg: 1, Language: "fr", Number: 5,
				Says: []acd.Spoken{{Sound: gone}, {Phrase: acd.PhrasePosition, Number: 1}},
			})
			r.want(5, await[acd.PromptEnded](r).Prompt, "prompt that has ended")
			r.must(caller.HearsAudio(r.ctx, sweep(1300, 20)))
		}
		r.clear(id)
	}
	if text := log.String(); text != "" {
		t.Error(text)
	}
}

// An announcement is heard whole and instead of the music: a sound of the
// centre, then how the caller stands; it is reported once, and music follows.
func TestAnnouncement(t *testing.T) {
	t.Parallel()
	r := newRig(t, withSounds)
	caller, id := r.arrive(r.trunk("t1"), siptest.DialOptions{})
	music := acd.PlayLeg{Call: id, Leg: 1, Sound: acd.SoundMusic, Music: ownMusic}
	r.do(acd.AnswerLeg{Call: id, Leg: 1}, music)
	r.must(caller.HearsAudio(r.ctx, sweep(400, 500)[:20*media.FrameSamples]))
	begun := time.Now()
	r.do(acd.Announce{Call: id, Leg: 1, Language: "fr", Number: 2, Says: []acd.Spoken{
		{Sound: welcome}, {Phrase: acd.PhrasePosition, Number: 3}, {Phrase: acd.PhraseWait},
	}})
	r.want(acd.PromptEnded{Call: id, Prompt: 2}, await[acd.PromptEnded](r), "report")
	if took := time.Since(begun); took < 90*media.FrameTime {
		t.Errorf("an announcement of %s has ended after %s", 105*media.FrameTime, took)
	}
	r.must(caller.HearsAudio(r.ctx, joined(
		sweep(600, 30), sweep(900, 20), sweep(1100, 20), quiet(15), sweep(700, 20),
	)))
	r.do(music)
	r.must(caller.HearsAudio(r.ctx, sweep(400, 500)[:20*media.FrameSamples])) // from its beginning
	none[acd.PromptEnded](r)
	r.clear(id)
}

// An announcement that is cut short, because the operator answers or the music
// changes, is not reported; those who are joined hear each other at once.
func TestAnnouncementCutShort(t *testing.T) {
	t.Parallel()
	r := newRig(t, withSounds)
	caller, id := r.arrive(r.trunk("t1"), siptest.DialOptions{})
	r.do(acd.AnswerLeg{Call: id, Leg: 1}, acd.PlayLeg{Call: id, Leg: 1, Sound: acd.SoundMusic})
	operator := r.ring(id, 2, r.phone("anna"), "anna")
	await[acd.LegAnswered](r)
	long := acd.Announce{Call: id, Leg: 1, Says: []acd.Spoken{{Sound: ownMusic}}, Language: "fr", Number: 1}
	r.do(long)
	r.must(caller.HearsAudio(r.ctx, sweep(400, 500)[:20*media.FrameSamples]))
	r.do(acd.PlayLeg{Call: id, Leg: 1, Sound: acd.SoundMusic})
	r.hearsMusic(caller)
	r.do(long)
	r.must(caller.HearsAudio(r.ctx, sweep(400, 500)[:20*media.FrameSamples]))
	r.do(acd.JoinLegs{Call: id, A: 1, B: 2})
	caller.SendTone(callerTone)
	operator.SendTone(operatorTone)
	r.eachOther(conversation{id, caller, operator})
	// To somebody who has gone nothing is said, nor reported.
	r.do(acd.Announce{Call: id, Leg: 7, Says: []acd.Spoken{{Sound: welcome}}, Number: 9})
	r.clear(id)
	none[acd.PromptEnded](r)
}

// A caller who is not answered yet hears his announcement in early media.
func TestAnnouncementInEarlyMedia(t *testing.T) {
	t.Parallel()
	r := newRig(t, withSounds)
	caller, id := r.arrive(r.trunk("t1"), siptest.DialOptions{})
	say := acd.Announce{Call: id, Leg: 1, Says: []acd.Spoken{{Sound: welcome}}, Language: "fr", Number: 1}
	r.do(say) // it only rings: there is nothing to hear it with
	r.do(acd.ProgressLeg{Call: id, Leg: 1, Early: true},
		acd.PlayLeg{Call: id, Leg: 1, Sound: acd.SoundMusic, Music: ownMusic}, say)
	r.want(1, await[acd.PromptEnded](r).Prompt, "prompt that has ended")
	r.must(caller.HearsAudio(r.ctx, sweep(600, 30)))
	r.want(siptest.Early, caller.State(), "state")
	none[acd.PromptEnded](r)
	r.do(acd.HangUpLeg{Call: id, Leg: 1, Status: 480})
	r.over(caller, siptest.ByFailure, 480)
	r.forget(id)
}

// A number that is closed says so to the core, with the exit of its hours.
func TestClosedNumber(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	exit := acd.Exit{Kind: acd.ExitGroup, Group: "night"}
	r.dir.set(func() {
		r.dir.routes[service] = telephony.Route{
			Service: "n1", Number: service, Closed: "holiday", ClosedExit: exit,
			Destination: acd.Destination{Kind: acd.ToGroup, Group: "g1"},
		}
	})
	_, err := r.trunk("t1").Call(r.ctx, service, siptest.DialOptions{})
	r.must(err)
	arrived := await[acd.CallArrived](r)
	r.want("holiday", arrived.Closed, "cause")
	r.want(exit, arrived.ClosedExit, "exit")
	r.do(acd.HangUpLeg{Call: arrived.Call, Leg: 1, Status: 480})
	r.forget(arrived.Call)
}
