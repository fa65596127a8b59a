package app

import (
	"net/http"
	"testing"
	"time"

	"bandeau/telephony/siptest"
)

// TestChainInbound is the product's main job on real input: a caller hears
// music, the right phone rings, the two talk and hear nobody else, both are
// recorded, wrap-up runs, and the next caller is offered when it ends.
func TestChainInbound(t *testing.T) {
	t.Parallel()
	s := newStage(t, nil)
	anna := s.newOperator("anna", fields{"record": true})
	s.admin.patch("/groups/"+s.group, fields{"wrapUpSeconds": 2})
	s.members(s.group, anna)
	anna.pause()

	caller := s.call(serviceNumber, siptest.DialOptions{FromDisplay: "Marie Curie"})
	must(t, caller.WaitState(s.ctx, siptest.Established))
	must(t, caller.HearsMusic(s.ctx))
	equal(t, "waiting", s.floorGroup(s.group).Waiting, 1)
	anna.available()
	ring := s.rings(anna.phone)
	id := ring.Invite().Get("X-Bandeau-Call")
	equal(t, "number shown", ring.Invite().From().User, callerNumber)
	equal(t, "name shown", ring.Invite().From().Display, "Sales")
	me := anna.me()
	equal(t, "activity", me.Activity, "ringing")
	equal(t, "call of the banner", me.Calls[0].ID, id)
	equal(t, "name of the caller", value(me.Calls[0].CallerName), "Marie Curie")

	ring.SendTone(700)
	caller.SendTone(450)
	ring.Answer()
	must(t, ring.WaitACK(s.ctx))
	must(t, caller.HearsOnly(s.ctx, 700))
	must(t, ring.HearsOnly(s.ctx, 450))
	s.until("anna to talk", func() bool { return anna.is("available talking") })
	live := s.floor()
	equal(t, "calls on the floor", len(live.Calls), 1)
	equal(t, "state of the call", live.Calls[0].State, "talking")
	equal(t, "recording", live.Calls[0].Recording, "running")

	next := s.call(serviceNumber, siptest.DialOptions{FromUser: "+33699999999"})
	must(t, next.HearsMusic(s.ctx))
	must(t, caller.HearsOnly(s.ctx, 700)) // the second caller disturbs nobody
	caller.HangUp()
	must(t, ring.WaitState(s.ctx, siptest.Ended))
	equal(t, "end of the operator's leg", ring.EndedBy(), siptest.ByRemoteBye)

	row := s.over(id, "answered", "caller")
	s.until("recording to be ready", func() bool { return s.row(id).Recording == "ready" })
	if took := time.Since(*row.EndedAt); took > time.Second {
		t.Errorf("recording ready %s after the end", took)
	}
	left, right, rate := s.stereo(id)
	holds(t, "caller's", left, rate, 450, 700)
	holds(t, "operator's", right, rate, 700, 450)
	if got, want := time.Duration(len(left))*time.Second/time.Duration(rate), row.EndedAt.Sub(*row.AnsweredAt); got < want-300*time.Millisecond || got > want+300*time.Millisecond {
		t.Errorf("recording of %s for a conversation of %s", got, want)
	}

	me = anna.me()
	equal(t, "activity after the call", me.Activity, "wrap_up")
	if me.WrapUpUntil == nil || me.WrapUpUntil.Sub(*row.EndedAt) != 2*time.Second {
		t.Fatalf("wrap-up until %v, call ended %v", me.WrapUpUntil, row.EndedAt)
	}
	second := s.rings(anna.phone)
	equal(t, "second caller", second.Invite().From().User, "+33699999999")
	steps := s.tells(second.Invite().Get("X-Bandeau-Call"), "arrived", "queued", "offered anna")
	if late := findStep(t, steps, "offered anna").At.Sub(*me.WrapUpUntil); late < 0 || late > 200*time.Millisecond {
		t.Errorf("second caller offered %s after the end of wrap-up", late)
	}
	second.Answer()
	s.until("anna to talk again", func() bool { return anna.is("available talking") })
	next.HangUp()
	s.over(second.Invite().Get("X-Bandeau-Call"), "answered", "caller")
	s.agree(anna, id)
}

// agree checks that journal, history, row and floor of the main call agree.
func (s *stage) agree(anna *operator, id string) {
	s.t.Helper()
	s.tells(id, "arrived", "queued", "leg_answered", "offered anna", "leg_rang", "leg_answered",
		"offer_ended answered anna", "left_queue answered", "connected anna", "recording_started",
		"recording_ended", "ended answered", "wrap_up", "recording_ready")
	row := s.row(id)
	equal(s.t, "caller", value(row.Caller), callerNumber)
	equal(s.t, "called", value(row.Called), serviceNumber)
	equal(s.t, "service", value(row.Service), serviceNumber)
	equal(s.t, "group", value(row.Group), s.group)
	equal(s.t, "operator", row.Operator.Name, "Anna Test")
	equal(s.t, "direction", row.Direction, "in")
	history := anna.history()
	equal(s.t, "length of the history", len(history), 2)
	equal(s.t, "call of the history", history[1].ID, id)
	equal(s.t, "part of the history", history[1].Mine, "answered")
	equal(s.t, "outcome of the history", value(history[1].Outcome), "answered")
	group := s.floorGroup(s.group)
	equal(s.t, "offered", group.Totals.Offered, 2)
	equal(s.t, "answered", group.Totals.Answered, 2)
	equal(s.t, "waiting", group.Waiting, 0)
	status, _ := s.admin.request(http.MethodGet, "/calls/"+id+"x/recording", nil)
	equal(s.t, "recording of an unknown call", status, http.StatusNotFound)
}
