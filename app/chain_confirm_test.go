package app

import (
	"net/http"
	"testing"
	"time"

	"bandeau/internal/proof"
	"bandeau/media/prompts"
	"bandeau/telephony/siptest"
)

const mobileNumber = "+33611223344"

// confirming is a stage with an operator on a telephone outside that asks for a
// key, and what it says.
func confirming(t *testing.T) (s *stage, anna *operator, request []int16) {
	t.Helper()
	s = newStage(t, nil)
	anna = s.newRecord("anna", fields{
		"language": "it", "retrySeconds": 1, "allowPhoneChange": true,
		"phone": fields{"kind": "external", "number": mobileNumber, "confirm": true},
	})
	anna.login("anna", operatorPassword)
	s.members(s.group, anna)
	s.trunk.OnCall(siptest.RingForever())
	return s, anna, said(t, prompts.Confirm, "it")
}

// TestChainConfirm: the caller hears music and keeps his place until 1 has been
// pressed; other keys are nothing.
func TestChainConfirm(t *testing.T) {
	t.Parallel()
	proof.Of(t, "OP-12")
	s, anna, request := confirming(t)
	keys := map[string]func(*siptest.Call, byte) error{
		"RTP": func(c *siptest.Call, digit byte) error { return c.SendDTMF(string(digit)) },
		"INFO": func(c *siptest.Call, digit byte) error {
			_, err := c.SendInfoDTMF(s.ctx, digit)
			return err
		},
	}
	for _, by := range []string{"RTP", "INFO"} {
		caller := s.call(serviceNumber, siptest.DialOptions{})
		ring := s.rung()
		equal(t, "number rung", ring.Called(), mobileNumber)
		ring.Answer()
		must(t, ring.HearsAudio(s.ctx, request))
		must(t, keys[by](ring, '2'))
		must(t, keys[by](ring, '*'))
		must(t, caller.HearsMusic(s.ctx)) // a second and a half
		equal(t, "asked to confirm", anna.is("available ringing"), true)
		equal(t, "waiting", s.floorGroup(s.group).Waiting, 1)
		caller.SendTone(450)
		ring.SendTone(700)
		must(t, keys[by](ring, '1'))
		must(t, caller.HearsOnly(s.ctx, 700))
		must(t, ring.HearsOnly(s.ctx, 450))
		equal(t, "confirmed", anna.is("available talking"), true)
		id := s.calls("")[0].ID
		caller.HangUp()
		s.over(id, "answered", "caller")
		s.tells(id, "offered anna", "confirm_asked", "leg_answered", "offer_ended answered anna", "connected anna")
	}
}

// TestChainVoicemail: what does not press 1 takes no call. The caller is offered
// to her again after her retry time.
func TestChainVoicemail(t *testing.T) {
	t.Parallel()
	s, anna, request := confirming(t)
	caller := s.call(serviceNumber, siptest.DialOptions{})
	ring := s.rung()
	ring.Answer()
	must(t, ring.WaitState(s.ctx, siptest.Ended))
	equal(t, "end of the voicemail", ring.EndedBy(), siptest.ByRemoteBye)
	equal(t, "missed", s.floorOperator(anna).Missed, 1)
	id := s.calls("")[0].ID
	steps := s.tells(id, "offered anna", "confirm_asked", "offer_ended no_answer anna")
	about(t, "time to press 1",
		findStep(t, steps, "offer_ended no_answer anna").At.Sub(findStep(t, steps, "confirm_asked").At), 8*time.Second)
	must(t, caller.HearsMusic(s.ctx))
	ring = s.rung()
	ring.Answer()
	must(t, ring.HearsAudio(s.ctx, request))
	caller.HangUp()
	must(t, ring.WaitState(s.ctx, siptest.Ended))
	s.over(id, "abandoned", "caller")
	s.until("anna to be idle", func() bool { return anna.is("available idle") })
	equal(t, "missed after a caller has left", s.floorOperator(anna).Missed, 1)
	s.reconciles()
}

// TestChainConfirmOnAnotherPhone: a phone the operator gives herself asks as the
// administration said, a desk phone does not.
func TestChainConfirmOnAnotherPhone(t *testing.T) {
	t.Parallel()
	s, anna, request := confirming(t)
	anna.send(http.MethodPut, "/me/phone", fields{"kind": "centrex", "account": anna.account}, http.StatusOK, nil)
	must(t, anna.phone.Register(s.ctx))
	s.call(serviceNumber, siptest.DialOptions{})
	own := s.rings(anna.phone)
	own.Answer()
	s.until("anna to talk", func() bool { return anna.is("available talking") })
	own.HangUp()
	s.until("anna to be idle", func() bool { return anna.is("available idle") })
	anna.send(http.MethodPut, "/me/phone", fields{"kind": "external", "number": "+33655667788"}, http.StatusOK, nil)
	last := s.call(serviceNumber, siptest.DialOptions{})
	ring := s.rung()
	equal(t, "number rung", ring.Called(), "+33655667788")
	ring.Answer()
	must(t, ring.HearsAudio(s.ctx, request))
	ring.HangUp() // she refuses
	s.until("the offer to end", func() bool { return anna.me().IgnoredUntil != nil })
	s.tells(s.calls("")[0].ID, "confirm_asked", "offer_ended rejected anna")
	last.HangUp()
	s.until("the end", func() bool { return s.floorGroup(s.group).Waiting == 0 })
	s.reconciles()
}

// rung is the next call the carrier is given.
func (s *stage) rung() *siptest.Call {
	s.t.Helper()
	call, err := s.trunk.NextCall(s.ctx)
	must(s.t, err)
	return call
}
