package app

import (
	"testing"

	"bandeau/media/prompts"
	"bandeau/telephony/siptest"
)

// TestChainPositionIsSpoken: who waits is told his place in the centre's language
// when he comes and again and again, and the next place when he has moved up. An
// announcement delays no offer.
func TestChainPositionIsSpoken(t *testing.T) {
	t.Parallel()
	s := newStage(t, nil)
	s.admin.patch("/centre", fields{"language": "it"})
	s.admin.patch("/groups/"+s.group, fields{"announcements": fields{"position": true, "everySeconds": 15}})
	anna := s.newOperator("anna", nil)
	s.members(s.group, anna)
	anna.pause()
	set, err := prompts.Load()
	must(t, err)
	place := func(n int) []int16 { return heard(set.Say("it", prompts.Position(n))) }

	first := s.call(serviceNumber, siptest.DialOptions{})
	must(t, first.HearsAudio(s.ctx, place(1)))
	must(t, first.HearsMusic(s.ctx))
	second := s.call(serviceNumber, siptest.DialOptions{FromUser: "+33699999999"})
	must(t, second.HearsAudio(s.ctx, place(2)))
	must(t, second.HearsMusic(s.ctx))

	anna.available()
	ring := s.rings(anna.phone)
	id := ring.Invite().Get("X-Bandeau-Call")
	first.SendTone(450)
	ring.SendTone(700)
	ring.Answer()
	must(t, first.HearsOnly(s.ctx, 700))
	must(t, ring.HearsOnly(s.ctx, 450))
	must(t, second.HearsAudio(s.ctx, place(1))) // after fifteen seconds, and one place further
	first.HangUp()
	s.over(id, "answered", "caller")
	s.tells(id, "queued", "announced", "announcement_ended", "offered anna", "connected anna")
	ring = s.rings(anna.phone)
	equal(t, "who is offered next", ring.Invite().From().User, "+33699999999")
	second.HangUp()
	s.over(ring.Invite().Get("X-Bandeau-Call"), "abandoned", "caller")
	s.reconciles()
}
