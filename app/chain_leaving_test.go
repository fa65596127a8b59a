package app

import (
	"net/http"
	"testing"
	"time"

	"bandeau/internal/proof"
	"bandeau/telephony/siptest"
)

// TestChainCallerGivesUp lets the caller go at every stage before the answer.
func TestChainCallerGivesUp(t *testing.T) {
	t.Parallel()
	s := newStage(t, nil)
	anna := s.newOperator("anna", nil)
	s.members(s.group, anna)

	// While he waits.
	anna.pause()
	caller := s.call(serviceNumber, siptest.DialOptions{})
	must(t, caller.WaitState(s.ctx, siptest.Established))
	s.until("the call to wait", func() bool { return s.floorGroup(s.group).Waiting == 1 })
	id := s.floor().Calls[0].ID
	caller.HangUp()
	s.over(id, "abandoned", "caller")
	s.tells(id, "arrived", "queued", "left_queue abandoned", "ended abandoned")
	equal(t, "waiting", s.floorGroup(s.group).Waiting, 0)

	// While it rings: nobody's failure.
	anna.available()
	caller = s.call(serviceNumber, siptest.DialOptions{})
	ring := s.rings(anna.phone)
	id = ring.Invite().Get("X-Bandeau-Call")
	must(t, caller.WaitState(s.ctx, siptest.Established))
	caller.HangUp()
	must(t, ring.WaitState(s.ctx, siptest.Ended))
	equal(t, "end of the ring", ring.EndedBy(), siptest.ByRemoteCancel)
	s.over(id, "abandoned", "caller")
	s.tells(id, "offered anna", "offer_ended caller_left anna", "left_queue abandoned", "ended abandoned")
	equal(t, "missed", s.floorOperator(anna).Missed, 0)
	if me := anna.me(); me.IgnoredUntil != nil || me.Activity != "idle" {
		t.Errorf("she bears what the caller did: %+v", me)
	}
	equal(t, "history", len(anna.history()), 0)

	// While early media plays, before he was answered.
	s.admin.create("/numbers", fields{
		"number": otherNumber, "answer": "onOperator", "destination": fields{"type": "group", "id": s.group},
	})
	anna.phone.OnCall(siptest.Late200AfterCancel()) // and her answer crosses our CANCEL
	early := s.call(otherNumber, siptest.DialOptions{})
	ring = s.rings(anna.phone)
	id = ring.Invite().Get("X-Bandeau-Call")
	must(t, early.WaitState(s.ctx, siptest.Early))
	must(t, ring.WaitState(s.ctx, siptest.Ringing))
	early.Cancel()
	must(t, early.WaitState(s.ctx, siptest.Ended))
	equal(t, "final status", early.FinalStatus(), 487)
	must(t, ring.WaitState(s.ctx, siptest.Ended)) // ACK, then BYE
	equal(t, "end of the late answer", ring.EndedBy(), siptest.ByRemoteBye)
	s.over(id, "abandoned", "caller")
	s.until("anna to be free", func() bool { return anna.is("available idle") })
	group := s.floorGroup(s.group)
	equal(t, "offered", group.Totals.Offered, 3)
	equal(t, "abandoned", group.Totals.Abandoned, 3)
}

// TestChainCallerGivesUpAtTheAnswer lets the caller and the answer cross. Either
// may win, but both sides and the journal must agree.
func TestChainCallerGivesUpAtTheAnswer(t *testing.T) {
	t.Parallel()
	s := newStage(t, nil)
	anna := s.newOperator("anna", fields{"retrySeconds": 0})
	s.members(s.group, anna)
	answered := 0
	for round := range 12 {
		caller := s.call(serviceNumber, siptest.DialOptions{})
		ring := s.rings(anna.phone)
		id := ring.Invite().Get("X-Bandeau-Call")
		must(t, caller.WaitState(s.ctx, siptest.Established))
		if round%2 == 0 {
			ring.Answer()
			caller.HangUp()
		} else {
			caller.HangUp()
			ring.Answer()
		}
		must(t, ring.WaitState(s.ctx, siptest.Ended))
		s.until("the call to end", func() bool { return s.row(id).Outcome != nil })
		row := s.row(id)
		switch *row.Outcome {
		case "answered":
			answered++
			s.tells(id, "offer_ended answered anna", "left_queue answered", "connected anna", "ended answered")
		case "abandoned":
			s.tells(id, "offer_ended caller_left anna", "left_queue abandoned", "ended abandoned")
		default:
			t.Fatalf("outcome %s", *row.Outcome)
		}
		s.until("anna to be free", func() bool { return anna.is("available idle") })
	}
	group := s.floorGroup(s.group)
	equal(t, "answered", group.Totals.Answered, answered)
	equal(t, "abandoned", group.Totals.Abandoned, 12-answered)
	equal(t, "live calls of the phone", anna.phone.Live(), 0)
	s.until("all calls to be forgotten", func() bool { return s.node.sw.Calls() == 0 })
}

// TestChainOperatorLeaves has the operator pause, log out, hang up and refuse
// at the moments that matter. The caller never loses his place by it.
func TestChainOperatorLeaves(t *testing.T) {
	t.Parallel()
	proof.Of(t, "asked while", "end: manual")
	s := newStage(t, nil)
	anna := s.newOperator("anna", nil)
	bob := s.newOperator("bob", nil)
	s.members(s.group, anna, bob)
	bob.pause()
	caller := s.call(serviceNumber, siptest.DialOptions{})
	must(t, caller.WaitState(s.ctx, siptest.Established))

	ring := s.rings(anna.phone)
	id := ring.Invite().Get("X-Bandeau-Call")
	anna.pause() // while it rings
	must(t, ring.WaitState(s.ctx, siptest.Ended))
	equal(t, "state", anna.is("paused idle"), true)
	equal(t, "waiting", s.floorGroup(s.group).Waiting, 1)

	anna.available()
	ring = s.rings(anna.phone)
	anna.send(http.MethodPost, "/logout", nil, http.StatusNoContent, nil)
	must(t, ring.WaitState(s.ctx, siptest.Ended))
	equal(t, "presence", s.floorOperator(anna).Presence, "logged_out")
	anna.refused(http.MethodGet, "/me", nil, http.StatusUnauthorized, "not_logged_in")

	anna.login("anna", operatorPassword)
	ring = s.rings(anna.phone)
	bob.available()
	anna.act(id, "reject", nil)
	must(t, ring.WaitState(s.ctx, siptest.Ended))
	ring = s.rings(bob.phone)
	equal(t, "the call", ring.Invite().Get("X-Bandeau-Call"), id)
	ring.SendTone(700)
	ring.Answer()
	must(t, caller.HearsOnly(s.ctx, 700))

	// A pause and a logout wait for the end of the call.
	bob.pause()
	equal(t, "state", bob.is("available talking"), true)
	equal(t, "pending", bob.me().Pending.Presence, "paused")
	var pending struct{ Pending bool }
	bob.send(http.MethodPost, "/logout", nil, http.StatusOK, &pending)
	equal(t, "logout pending", pending.Pending, true)
	bob.act(id, "hangup", nil)
	must(t, caller.WaitState(s.ctx, siptest.Ended))
	equal(t, "end for the caller", caller.EndedBy(), siptest.ByRemoteBye)
	s.over(id, "answered", "operator")
	s.until("bob to be logged out", func() bool { return s.floorOperator(bob).Presence == "logged_out" })
	s.until("bob's cookie to die", func() bool {
		status, _ := bob.request(http.MethodGet, "/me", nil)
		return status == http.StatusUnauthorized
	})
	s.tells(id, "offered anna", "offer_ended withdrawn anna", "offered anna", "offer_ended withdrawn anna",
		"offered anna", "offer_ended rejected anna", "offered bob", "connected bob", "ended answered")
	equal(t, "times queued", count(s.timeline(id), "queued"), 1)
}

func count(steps []step, kind string) (n int) {
	for _, step := range steps {
		if step.Kind == kind {
			n++
		}
	}
	return n
}

// TestChainConfigurationChanges changes the records in mid-call: what is said
// goes on, what waits goes where the records now lead.
func TestChainConfigurationChanges(t *testing.T) {
	t.Parallel()
	proof.Of(t, "mid-call")
	s := newStage(t, nil)
	anna := s.newOperator("anna", nil)
	s.members(s.group, anna)
	number := s.admin.create("/numbers", fields{
		"number": otherNumber, "destination": fields{"type": "group", "id": s.group},
	})
	caller := s.call(serviceNumber, siptest.DialOptions{})
	ring := s.rings(anna.phone)
	id := ring.Invite().Get("X-Bandeau-Call")
	ring.SendTone(700)
	ring.Answer()
	must(t, caller.HearsOnly(s.ctx, 700))
	waiting := s.call(otherNumber, siptest.DialOptions{})
	must(t, waiting.WaitState(s.ctx, siptest.Established))
	s.until("the second call to wait", func() bool { return s.floorGroup(s.group).Waiting == 1 })
	second := s.calls("&number=" + "%2B33170200201")[0].ID

	// A group in use is not deleted.
	s.admin.refused(http.MethodDelete, "/groups/"+s.group, nil, http.StatusConflict, "in_use")
	s.admin.send(http.MethodDelete, "/numbers/"+number, nil, http.StatusNoContent, nil)
	var numbers struct{ Items []struct{ ID string } }
	s.admin.get("/numbers", &numbers)
	s.admin.patch("/centre", fields{"mainNumber": nil})
	s.admin.send(http.MethodDelete, "/numbers/"+numbers.Items[0].ID, nil, http.StatusNoContent, nil)
	s.admin.send(http.MethodDelete, "/groups/"+s.group, nil, http.StatusNoContent, nil)
	s.over(second, "overflowed", "system")
	s.tells(second, "left_queue overflowed", "ended overflowed")
	must(t, waiting.WaitState(s.ctx, siptest.Ended)) // after the busy tone
	must(t, caller.HearsOnly(s.ctx, 700))
	unknown := s.call(serviceNumber, siptest.DialOptions{})
	must(t, unknown.WaitState(s.ctx, siptest.Ended))
	equal(t, "status for an unknown number", unknown.FinalStatus(), http.StatusNotFound)

	// A disabled operator finishes her call, and is then logged out.
	s.admin.patch("/operators/"+anna.id, fields{"enabled": false, "fullName": "Anna Changed"})
	must(t, caller.HearsOnly(s.ctx, 700))
	equal(t, "state", anna.is("available talking"), true)
	caller.HangUp()
	row := s.over(id, "answered", "caller")
	equal(t, "name at the time", row.Operator.Name, "Anna Test")
	s.until("anna to be logged out", func() bool { return s.floorOperator(anna).Presence == "logged_out" })
	anna.refused(http.MethodPost, "/login", fields{"login": "anna", "password": operatorPassword},
		http.StatusUnauthorized, "login_refused")
	if row.EndedAt.Sub(row.ArrivedAt) > time.Minute {
		t.Errorf("row %+v", row)
	}
}
