package app

import (
	"testing"
	"time"

	"bandeau/internal/proof"
	"bandeau/media"
	"bandeau/media/prompts"
	"bandeau/telephony/siptest"
)

// said returns the samples of one of the product's own prompts.
func said(t *testing.T, name prompts.Name, language string) []int16 {
	t.Helper()
	set, err := prompts.Load()
	must(t, err)
	samples := heard(set.Once(name, language))
	if len(samples) < 2*media.SampleRate {
		t.Fatalf("%s in %s has %d samples", name, language, len(samples))
	}
	return samples
}

// heard returns the samples of a source that ends.
func heard(src media.Source) (samples []int16) {
	for i := uint64(0); ; i++ {
		frame, ok := src.Frame(media.PCMA, i)
		if !ok {
			break
		}
		pcm := make([]int16, len(frame))
		media.DecodeA(pcm, frame)
		samples = append(samples, pcm...)
	}
	return samples
}

func lasts(samples []int16) time.Duration {
	return time.Duration(len(samples)) * time.Second / media.SampleRate
}

// about checks a duration, give or take what a busy machine adds.
func about(t *testing.T, what string, got, want time.Duration) {
	t.Helper()
	if got < want-300*time.Millisecond || got > want+300*time.Millisecond {
		t.Errorf("%s: %s, want %s", what, got, want)
	}
}

// TestChainNoticeWhileWaiting: a caller who may be recorded hears the notice
// first, whole, and is offered after it; his place is that of his arrival. When
// he is answered nobody hears it again.
func TestChainNoticeWhileWaiting(t *testing.T) {
	t.Parallel()
	proof.Of(t, "OP-11")
	s := newStage(t, nil)
	s.admin.patch("/centre", fields{"language": "fr"})
	s.admin.create("/numbers", fields{
		"number": otherNumber, "label": "Recorded", "destination": fields{"type": "group", "id": s.group}, "record": true,
	})
	anna := s.newOperator("anna", nil)
	s.members(s.group, anna)
	anna.pause()
	notice := said(t, prompts.Notice, "fr")

	first := s.call(otherNumber, siptest.DialOptions{})
	s.until("the first to wait", func() bool { return s.floorGroup(s.group).Waiting == 1 })
	second := s.call(serviceNumber, siptest.DialOptions{FromUser: "+33699999999"})
	s.until("both to wait", func() bool { return s.floorGroup(s.group).Waiting == 2 })
	must(t, second.HearsMusic(s.ctx)) // nothing is recorded of him
	must(t, first.HearsAudio(s.ctx, notice))
	must(t, first.HearsMusic(s.ctx))
	anna.available()
	ring := s.rings(anna.phone)
	equal(t, "who is offered first", ring.Invite().From().User, callerNumber)
	first.SendTone(450)
	ring.SendTone(700)
	ring.Answer()
	must(t, first.HearsOnly(s.ctx, 700))
	must(t, ring.HearsOnly(s.ctx, 450))
	id := ring.Invite().Get("X-Bandeau-Call")
	equal(t, "recording", s.row(id).Recording, "running")
	first.HangUp()
	row := s.over(id, "answered", "caller")
	s.until("the recording", func() bool { return s.row(id).Recording == "ready" })
	left, _, rate := s.stereo(id)
	about(t, "length of the recording", time.Duration(len(left))*time.Second/time.Duration(rate), row.EndedAt.Sub(*row.AnsweredAt))
	s.tells(id, "arrived", "queued", "leg_answered", "notice_started", "notice_ended", "offered anna", "connected anna",
		"recording_started", "recording_ended", "ended answered")

	// An operator who is free waits for the end of the notice, too.
	ring = s.rings(anna.phone)
	ring.Answer()
	s.until("anna to talk", func() bool { return anna.is("available talking") })
	second.HangUp()
	s.until("anna to be idle", func() bool { return anna.is("available idle") })
	third := s.call(otherNumber, siptest.DialOptions{})
	ring = s.rings(anna.phone)
	steps := s.tells(ring.Invite().Get("X-Bandeau-Call"), "queued", "notice_started", "notice_ended", "offered anna")
	about(t, "from the arrival to the offer",
		findStep(t, steps, "offered anna").At.Sub(findStep(t, steps, "queued").At), lasts(notice))
	third.HangUp()
	s.over(ring.Invite().Get("X-Bandeau-Call"), "abandoned", "caller")

	// Who leaves while he hears it has waited like any other.
	fourth := s.call(otherNumber, siptest.DialOptions{})
	s.until("the fourth to wait", func() bool { return s.floorGroup(s.group).Waiting == 1 })
	must(t, fourth.WaitState(s.ctx, siptest.Established))
	fourth.HangUp()
	s.over(s.calls("")[0].ID, "abandoned", "caller")
	s.reconciles()
}

// TestChainNoticeAtTheJoin: who was not told hears the notice with the operator,
// whole, before they hear each other; the recording begins when it has ended.
func TestChainNoticeAtTheJoin(t *testing.T) {
	t.Parallel()
	proof.Of(t, "OP-11")
	s := newStage(t, nil)
	s.admin.patch("/centre", fields{"language": "es"})
	anna := s.newOperator("anna", fields{"record": true, "directNumber": "+33170200300"})
	s.members(s.group, anna)
	notice := said(t, prompts.Notice, "es")

	caller := s.call("+33170200300", siptest.DialOptions{})
	ring := s.rings(anna.phone)
	id := ring.Invite().Get("X-Bandeau-Call")
	caller.SendTone(450)
	ring.SendTone(700)
	ring.Answer()
	s.until("anna to talk", func() bool { return anna.is("available talking") })
	equal(t, "recording in the notice", s.row(id).Recording, "none")
	must(t, caller.HearsAudio(s.ctx, notice))
	must(t, ring.HearsAudio(s.ctx, notice))
	must(t, caller.HearsOnly(s.ctx, 700))
	must(t, ring.HearsOnly(s.ctx, 450))
	equal(t, "recording after it", s.row(id).Recording, "running")
	ring.HangUp()
	row := s.over(id, "answered", "operator")
	s.until("the recording", func() bool { return s.row(id).Recording == "ready" })
	steps := s.tells(id, "connected anna", "notice_started", "notice_ended", "recording_started", "recording_ended")
	told := findStep(t, steps, "notice_ended").At
	about(t, "length of the notice", told.Sub(findStep(t, steps, "notice_started").At), lasts(notice))
	left, right, rate := s.stereo(id)
	about(t, "length of the recording", time.Duration(len(left))*time.Second/time.Duration(rate), row.EndedAt.Sub(told))
	holds(t, "caller's", left, rate, 450, 700)
	holds(t, "operator's", right, rate, 700, 450)

	// An outgoing call, whose called party sends audio before he answers.
	out := anna.dial(fields{"number": calledNumber})
	s.trunk.OnCall(siptest.EarlyMedia(450, 500*time.Millisecond))
	own := s.rings(anna.phone)
	own.Answer()
	called, err := s.trunk.NextCall(s.ctx)
	must(t, err)
	must(t, called.HearsAudio(s.ctx, notice))
	must(t, own.HearsAudio(s.ctx, notice))
	own.SendTone(700)
	must(t, called.HearsOnly(s.ctx, 700))
	called.HangUp()
	s.over(out, "answered", "caller")
	s.tells(out, "connected anna", "notice_started", "notice_ended", "recording_started")

	// One of them goes while both hear it: there is no recording.
	caller = s.call("+33170200300", siptest.DialOptions{})
	ring = s.rings(anna.phone)
	ring.Answer()
	s.until("anna to talk", func() bool { return anna.is("available talking") })
	ring.HangUp()
	must(t, caller.WaitState(s.ctx, siptest.Ended))
	row = s.over(ring.Invite().Get("X-Bandeau-Call"), "answered", "operator")
	equal(t, "recording of it", row.Recording, "none")

	// Where the centre informs otherwise they are joined, and recorded, at once.
	s.admin.patch("/centre", fields{"recordingNotice": false})
	caller = s.call("+33170200300", siptest.DialOptions{})
	ring = s.rings(anna.phone)
	caller.SendTone(450)
	ring.Answer()
	must(t, ring.HearsOnly(s.ctx, 450))
	id = ring.Invite().Get("X-Bandeau-Call")
	steps = s.tells(id, "connected anna", "recording_started")
	if late := findStep(t, steps, "recording_started").At.Sub(findStep(t, steps, "connected anna").At); late != 0 {
		t.Errorf("recorded %s after the answer", late)
	}
	caller.HangUp()
	s.over(id, "answered", "caller")
	s.reconciles()
}
