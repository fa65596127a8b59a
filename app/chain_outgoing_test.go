package app

import (
	"net/http"
	"testing"
	"time"

	"bandeau/internal/proof"
	"bandeau/telephony/siptest"
)

const calledNumber = "+33144556677"

// joined answers the operator's own phone and waits for the called party's.
func (s *stage) joined(o *operator) (own, called *siptest.Call) {
	s.t.Helper()
	own = s.rings(o.phone)
	own.Answer()
	called, err := s.trunk.NextCall(s.ctx)
	must(s.t, err)
	return own, called
}

// TestChainOutgoing places a call from the banner and works with it: hold with
// music, digits both ways, tags, a note, wrap-up, the history, a call back.
func TestChainOutgoing(t *testing.T) {
	t.Parallel()
	s := newStage(t, nil)
	anna := s.newOperator("anna", fields{"wrapUpSeconds": 30, "record": true})
	s.members(s.group, anna)
	id := anna.dial(fields{"number": "01 44 55 66 77"})
	own := s.rings(anna.phone)
	equal(t, "number on her own phone", own.Invite().From().User, calledNumber)
	equal(t, "state", anna.is("available dialing"), true)
	s.trunk.OnCall(siptest.RingForever())
	own.SendTone(700)
	own.Answer()
	called, err := s.trunk.NextCall(s.ctx)
	must(t, err)
	equal(t, "number dialled", called.Called(), calledNumber)
	equal(t, "number presented", called.Invite().From().User, serviceNumber)
	equal(t, "state while it rings", anna.is("available dialing"), true)
	called.SendTone(450)
	called.Answer()
	must(t, called.HearsOnly(s.ctx, 700))
	must(t, own.HearsOnly(s.ctx, 450))
	s.until("anna to talk", func() bool { return anna.is("available talking") })

	anna.act(id, "hold", nil)
	must(t, called.HearsMusic(s.ctx))
	must(t, own.HearsSilence(s.ctx))
	equal(t, "state on hold", anna.is("available held"), true)
	anna.refused(http.MethodPost, "/me/calls/"+id+"/hold", nil, http.StatusConflict, "wrong_state")
	anna.act(id, "resume", nil)
	must(t, called.HearsOnly(s.ctx, 700))
	must(t, own.HearsOnly(s.ctx, 450))
	anna.act(id, "mute", fields{"on": true})
	must(t, called.HearsSilence(s.ctx))
	must(t, own.HearsOnly(s.ctx, 450))
	anna.act(id, "mute", fields{"on": false})
	must(t, called.HearsOnly(s.ctx, 700))
	anna.act(id, "dtmf", fields{"digits": "42#"})
	s.until("the digits to arrive", func() bool { return called.DTMFReceived() == "42#" })
	must(t, called.SendDTMF("7*"))
	s.until("the digits to pass", func() bool { return own.DTMFReceived() == "7*" })
	// Her phone's own hold key.
	status, err := own.Hold(s.ctx)
	must(t, err)
	equal(t, "status of the hold", status, http.StatusOK)
	must(t, called.HearsMusic(s.ctx))
	s.until("the hold to show", func() bool { return anna.is("available held") })
	_, err = own.Resume(s.ctx)
	must(t, err)
	must(t, called.HearsOnly(s.ctx, 700))

	anna.act(id, "tags", fields{"tags": []string{"order", "angry"}})
	called.HangUp()
	must(t, own.WaitState(s.ctx, siptest.Ended))
	row := s.over(id, "answered", "caller")
	equal(t, "direction", row.Direction, "out")
	equal(t, "caller", value(row.Caller), serviceNumber)
	equal(t, "called", value(row.Called), calledNumber)
	equal(t, "state after", anna.is("available wrap_up"), true)
	anna.act(id, "note", fields{"text": "calls again"})
	before := *anna.me().WrapUpUntil
	anna.send(http.MethodPost, "/me/wrap-up", fields{"action": "extend", "seconds": 60}, http.StatusOK, nil)
	equal(t, "extended by", anna.me().WrapUpUntil.Sub(before), time.Minute)
	anna.send(http.MethodPost, "/me/wrap-up", fields{"action": "finish"}, http.StatusOK, nil)
	anna.refused(http.MethodPost, "/me/wrap-up", fields{"action": "finish"}, http.StatusConflict, "not_in_wrap_up")
	row = s.row(id)
	if len(row.Tags) != 2 || row.Tags[1] != "angry" || row.Note != "calls again" {
		t.Errorf("tags %v, note %q", row.Tags, row.Note)
	}
	s.until("the recording", func() bool { return s.row(id).Recording == "ready" })
	left, right, rate := s.stereo(id)
	equal(t, "sides of equal length", len(left), len(right))
	holds(t, "called party's", left[:rate], rate, 450, 700)
	s.tells(id, "dialled", "leg_placed", "leg_rang", "leg_answered", "leg_placed", "leg_rang", "leg_answered",
		"connected anna", "held", "resumed", "muted", "unmuted", "held", "resumed", "tagged", "ended answered", "noted")
	equal(t, "part", anna.history()[0].Mine, "out")

	// Call back by the identifier alone; she gives up before the answer.
	s.admin.patch("/operators/"+anna.id, fields{"showNumbersInHistory": false})
	equal(t, "hidden number", anna.history()[0].Called == nil, true)
	back := anna.dial(fields{"callId": id})
	_, called = s.joined(anna)
	equal(t, "number called back", called.Called(), calledNumber)
	anna.act(back, "hangup", nil)
	must(t, called.WaitState(s.ctx, siptest.Ended))
	equal(t, "end of the call back", called.EndedBy(), siptest.ByRemoteCancel)
	s.over(back, "no_answer", "operator")
	equal(t, "no wrap-up", anna.is("available idle"), true)
}

// TestChainCallerID presents what OP-05 says, for each mode.
func TestChainCallerID(t *testing.T) {
	t.Parallel()
	proof.Of(t, "OP-05")
	s := newStage(t, nil)
	anna := s.newOperator("anna", fields{"directNumber": "+33170200300"})
	s.members(s.group, anna)
	other := s.newGroup("Support", fields{"outgoingNumber": "+33170200400", "members": []fields{{"operator": anna.id}}})
	s.admin.create("/numbers", fields{"number": otherNumber, "destination": fields{"type": "group", "id": other}})
	anna.phone.OnCall(siptest.AnswerAfter(0))
	s.trunk.OnCall(siptest.RingThenReject(0, 486))
	for _, c := range []struct {
		mode            fields
		dial            fields
		from, asserted  string
		called, privacy string
	}{
		{mode: fields{"mode": "service", "number": nil}, from: serviceNumber},
		{mode: fields{"mode": "service", "number": otherNumber}, from: otherNumber},
		{mode: fields{"mode": "direct", "number": nil}, from: "+33170200300"},
		{mode: fields{"mode": "custom", "number": "+33180000000"}, from: "+33180000000"},
		{mode: fields{"mode": "anonymous", "number": nil}, from: "anonymous", asserted: "+33170200300", privacy: "id"},
		{mode: fields{"mode": "anonymous", "number": nil}, dial: fields{"number": "112"}, called: "112", from: "+33170200300"},
		{mode: fields{"mode": "anonymous", "number": nil}, dial: fields{"number": calledNumber, "group": other}, from: "+33170200400"},
		{mode: fields{"mode": "service", "number": nil}, dial: fields{"number": "3010"}, called: "3010", from: serviceNumber},
	} {
		s.admin.patch("/operators/"+anna.id, fields{"callerId": c.mode})
		if c.dial == nil {
			c.dial = fields{"number": calledNumber}
		}
		if c.called == "" {
			c.called = calledNumber
		}
		id := anna.dial(c.dial)
		called, err := s.trunk.NextCall(s.ctx)
		must(t, err)
		equal(t, "called", called.Called(), c.called)
		equal(t, "from", called.Invite().From().User, c.from)
		equal(t, "asserted", called.Invite().AssertedIdentity().User, c.asserted)
		equal(t, "privacy", called.Invite().Get("Privacy"), c.privacy)
		if c.from == "anonymous" {
			equal(t, "host", called.Invite().From().Host, "anonymous.invalid")
		}
		s.over(id, "busy", "caller")
		s.until("anna to be free", func() bool { return anna.is("available idle") })
	}
}

// TestChainOutgoingRefused shows who may not call, and what becomes of a call
// whose own phone is not answered.
func TestChainOutgoingRefused(t *testing.T) {
	t.Parallel()
	proof.Of(t, "OP-20")
	s := newStage(t, nil)
	anna := s.newOperator("anna", nil)
	anna.refused(http.MethodPost, "/me/calls", fields{"number": calledNumber}, http.StatusConflict, "no_group")
	s.members(s.group, anna)
	s.admin.patch("/operators/"+anna.id, fields{"allowOutgoing": false})
	anna.refused(http.MethodPost, "/me/calls", fields{"number": calledNumber}, http.StatusForbidden, "outgoing_not_allowed")
	status, _ := anna.request(http.MethodPost, "/me/calls", fields{"number": "nonsense"})
	equal(t, "status of nonsense", status, http.StatusUnprocessableEntity)
	dialled, err := anna.phone.Dial(s.ctx, "0144556677", siptest.DialOptions{})
	must(t, err)
	must(t, dialled.WaitState(s.ctx, siptest.Ended))
	equal(t, "status on the phone", dialled.FinalStatus(), http.StatusForbidden)
	emergency := anna.dial(fields{"number": "112"}) // never refused
	_, called := s.joined(anna)
	equal(t, "emergency number", called.Called(), "112")
	anna.act(emergency, "hangup", nil)
	s.until("anna to be free", func() bool { return anna.is("available idle") })

	s.admin.patch("/operators/"+anna.id, fields{"allowOutgoing": true})
	s.admin.patch("/centre", fields{"mainNumber": nil})
	anna.refused(http.MethodPost, "/me/calls", fields{"number": calledNumber}, http.StatusConflict, "no_caller_id")
	s.admin.patch("/centre", fields{"mainNumber": serviceNumber})

	id := anna.dial(fields{"number": calledNumber})
	own := s.rings(anna.phone)
	anna.refused(http.MethodPost, "/me/calls", fields{"number": calledNumber}, http.StatusConflict, "not_idle")
	must(t, own.WaitState(s.ctx, siptest.Ended)) // after her ring time
	s.over(id, "failed", "system")
	equal(t, "reason", findStep(t, s.timeline(id), "ended failed").Reason, "no_answer_own_phone")
	if me := anna.me(); me.Activity != "idle" || me.IgnoredUntil != nil {
		t.Errorf("after her own phone rang out: %+v", me)
	}
	equal(t, "missed", s.floorOperator(anna).Missed, 0)
}

// TestChainPhoneDials dials on the phone itself: by its operator, and by nobody.
func TestChainPhoneDials(t *testing.T) {
	t.Parallel()
	s := newStage(t, nil)
	anna := s.newOperator("anna", nil)
	s.members(s.group, anna)
	s.trunk.OnCall(siptest.RingForever())
	own, err := anna.phone.Dial(s.ctx, "0144556677", siptest.DialOptions{})
	must(t, err)
	called, err := s.trunk.NextCall(s.ctx)
	must(t, err)
	equal(t, "called", called.Called(), calledNumber)
	equal(t, "from", called.Invite().From().User, serviceNumber)
	must(t, own.WaitState(s.ctx, siptest.Ringing))
	equal(t, "state", anna.is("available dialing"), true)
	id := anna.me().Calls[0].ID
	own.SendTone(700)
	called.SendTone(450)
	called.Answer()
	must(t, own.HearsOnly(s.ctx, 450))
	must(t, called.HearsOnly(s.ctx, 700))
	own.HangUp()
	must(t, called.WaitState(s.ctx, siptest.Ended))
	s.over(id, "answered", "operator")
	s.until("anna to be free", func() bool { return anna.is("available idle") })

	anna.send(http.MethodPost, "/logout", nil, http.StatusNoContent, nil)
	own, err = anna.phone.Dial(s.ctx, "0144556677", siptest.DialOptions{})
	must(t, err)
	must(t, own.WaitState(s.ctx, siptest.Ended))
	equal(t, "status without an operator", own.FinalStatus(), http.StatusForbidden)
	s.trunk.OnNumber("112", siptest.AnswerAfter(0))
	own, err = anna.phone.Dial(s.ctx, "112", siptest.DialOptions{})
	must(t, err)
	must(t, own.WaitState(s.ctx, siptest.Established))
	called, err = s.trunk.NextCall(s.ctx)
	must(t, err)
	called.SendTone(450)
	must(t, own.HearsOnly(s.ctx, 450))
	equal(t, "number presented", called.Invite().From().User, serviceNumber)
	called.HangUp()
	must(t, own.WaitState(s.ctx, siptest.Ended))
}

// TestChainDirectCalls calls an operator's own number, and a number that leads
// to an operator on an external phone.
func TestChainDirectCalls(t *testing.T) {
	t.Parallel()
	proof.Of(t, "OP-05b")
	const direct, outside = "+33170200300", "+33687654321"
	s := newStage(t, nil)
	anna := s.newOperator("anna", fields{"directNumber": direct, "phone": fields{"kind": "external", "number": outside}})
	s.trunk.OnNumber(outside, siptest.RingForever())
	caller := s.call(direct, siptest.DialOptions{})
	ring, err := s.trunk.NextCall(s.ctx)
	must(t, err)
	equal(t, "phone rung", ring.Called(), outside)
	equal(t, "number shown", ring.Invite().From().User, callerNumber)
	must(t, caller.WaitState(s.ctx, siptest.Ringing)) // not answered: he waits in no group
	id := ring.Invite().Get("X-Bandeau-Call")
	ring.SendTone(700)
	caller.SendTone(450)
	ring.Answer()
	must(t, caller.HearsOnly(s.ctx, 700))
	must(t, ring.HearsOnly(s.ctx, 450))

	busy := s.call(direct, siptest.DialOptions{})
	must(t, busy.WaitState(s.ctx, siptest.Ended))
	equal(t, "status while she talks", busy.FinalStatus(), 486)
	ring.HangUp()
	must(t, caller.WaitState(s.ctx, siptest.Ended))
	row := s.over(id, "answered", "operator")
	equal(t, "group", row.Group == nil, true)
	equal(t, "service", row.Service == nil, true)

	// Unanswered counts as missed, be it by a phone that is silent, without so
	// much as a 100; OP-16 does not hide her from direct calls.
	s.trunk.OnNumber(outside, siptest.NoResponse())
	caller = s.call(direct, siptest.DialOptions{})
	must(t, caller.WaitState(s.ctx, siptest.Ended))
	equal(t, "status when she does not answer", caller.FinalStatus(), 480)
	equal(t, "missed", s.floorOperator(anna).Missed, 1)
	s.trunk.OnNumber(outside, siptest.Busy())
	caller = s.call(direct, siptest.DialOptions{})
	must(t, caller.WaitState(s.ctx, siptest.Ended))
	equal(t, "status of a busy phone", caller.FinalStatus(), 486)

	anna.send(http.MethodPost, "/logout", nil, http.StatusNoContent, nil)
	caller = s.call(direct, siptest.DialOptions{})
	must(t, caller.WaitState(s.ctx, siptest.Ended))
	equal(t, "status when she is logged out", caller.FinalStatus(), 480)
	outcomes := map[string]int{}
	for _, row := range s.calls("") {
		outcomes[value(row.Outcome)]++
	}
	for outcome, n := range map[string]int{"answered": 1, "busy": 2, "no_answer": 1, "refused": 1} {
		equal(t, "calls "+outcome, outcomes[outcome], n)
	}
}
