package app

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"bandeau/internal/proof"
	"bandeau/telephony/siptest"
)

// TestChainCalledBackHidden: an operator whose record hides numbers calls one
// back. Neither what he is answered nor his own phone, be it on our registrar or
// a telephone outside, shows it.
func TestChainCalledBackHidden(t *testing.T) {
	t.Parallel()
	proof.Of(t, "OP-08")
	const outside = "+33687654321"
	secret := strings.TrimPrefix(callerNumber, "+33")
	s := newStage(t, nil)
	anna := s.newOperator("anna", fields{
		"showNumbersInHistory": false, "screenPop": fields{"outgoingUrl": "https://crm.example.org/?n={called}"},
	})
	help := s.newGroup("Help", fields{"outgoingNumber": "+33170200400"})
	s.members(s.group, anna)
	s.members(help, anna)
	caller := s.call(serviceNumber, siptest.DialOptions{})
	ring := s.rings(anna.phone)
	// A live caller is shown: only the history hides numbers.
	equal(t, "live caller", value(anna.me().Calls[0].Caller), callerNumber)
	ring.Answer()
	must(t, caller.WaitState(s.ctx, siptest.Established))
	past := anna.me().Calls[0].ID
	caller.HangUp()
	s.until("anna to be free", func() bool { return anna.is("available idle") })

	s.trunk.OnCall(siptest.RingForever())
	for _, c := range []struct {
		dial      fields
		shown     string
		displayed string
	}{
		{fields{"callId": past}, serviceNumber, ""},
		{fields{"callId": past, "group": help}, "+33170200400", "Help"},
	} {
		status, answer := anna.request(http.MethodPost, "/me/calls", c.dial)
		equal(t, "status", status, http.StatusCreated)
		own := s.rings(anna.phone)
		equal(t, "number on her phone", own.Invite().From().User, c.shown)
		equal(t, "name on her phone", own.Invite().From().Display, c.displayed)
		own.Answer()
		called, err := s.trunk.NextCall(s.ctx)
		must(t, err)
		equal(t, "number dialled", called.Called(), callerNumber)
		_, me := anna.request(http.MethodGet, "/me", nil)
		called.Answer()
		s.until("anna to talk", func() bool { return anna.is("available talking") })
		call := anna.me().Calls[0]
		equal(t, "hidden", call.NumberHidden, true)
		equal(t, "page", call.ScreenPop.URL, "https://crm.example.org/?n=")
		_, end := anna.request(http.MethodPost, "/me/calls/"+call.ID+"/hangup", nil)
		must(t, called.WaitState(s.ctx, siptest.Ended))
		_, history := anna.request(http.MethodGet, "/me/history", nil)
		told := [][]byte{answer, me, end, history}
		for _, m := range own.Requests() {
			told = append(told, []byte(fmt.Sprint(m)))
		}
		for _, data := range told {
			if strings.Contains(string(data), secret) {
				t.Errorf("the number is shown: %s", data)
			}
		}
		// Supervision sees whom she called.
		equal(t, "called, to supervision", value(s.row(call.ID).Called), callerNumber)
		s.until("anna to be free", func() bool { return anna.is("available idle") })
	}

	s.admin.patch("/operators/"+anna.id, fields{"phone": fields{"kind": "external", "number": outside}})
	anna.dial(fields{"callId": past})
	own, err := s.trunk.NextCall(s.ctx)
	must(t, err)
	equal(t, "telephone rung", own.Called(), outside)
	equal(t, "number on her telephone", own.Invite().From().User, serviceNumber)
	own.Reject(486)
	s.until("anna to be free", func() bool { return anna.is("available idle") })
}

// TestChainScreenPop follows the customer's page through real calls: there from
// the ring on, the same until the end, whatever is changed meanwhile.
func TestChainScreenPop(t *testing.T) {
	t.Parallel()
	proof.Of(t, "OP-06", "OP-22", "OP-23", "mid-call")
	s := newStage(t, nil)
	anna := s.newOperator("anna", fields{"wrapUpSeconds": 30, "screenPop": fields{
		"incomingUrl": "https://crm.example.org/in?n={caller}&g={groupName}&o={operatorLogin}",
		"outgoingUrl": "https://crm.example.org/out?n={called}&id={callId}",
	}})
	s.members(s.group, anna)
	caller := s.call(serviceNumber, siptest.DialOptions{})
	ring := s.rings(anna.phone)
	const first = "https://crm.example.org/in?n=%2B33612345678&g=Sales&o=anna"
	pop := func(when, want string) {
		t.Helper()
		call := anna.me().Calls[0]
		if call.ScreenPop == nil || call.ScreenPop.URL != want || call.ScreenPop.Window != "single" {
			t.Errorf("%s: %+v, want %s", when, call.ScreenPop, want)
		}
	}
	// Nobody has looked yet when the record changes.
	s.admin.patch("/operators/"+anna.id, fields{"screenPop": fields{"incomingUrl": "https://other.example.org/"}})
	s.admin.patch("/groups/"+s.group, fields{"name": "Renamed"})
	pop("ringing", first)
	ring.Answer()
	must(t, caller.WaitState(s.ctx, siptest.Established))
	s.admin.patch("/operators/"+anna.id, fields{"screenPop": fields{"window": "none"}})
	pop("talking", first)
	caller.HangUp()
	s.until("wrap-up", func() bool { return anna.is("available wrap_up") })
	pop("wrap-up", first)
	s.admin.patch("/operators/"+anna.id, fields{"screenPop": fields{"window": "single"}})

	s.trunk.OnCall(siptest.RingForever())
	id := anna.dial(fields{"number": calledNumber})
	s.rings(anna.phone)
	pop("dialing", "https://crm.example.org/out?n=%2B33144556677&id="+id)
	anna.act(id, "hangup", nil)
	s.until("anna to be free", func() bool { return anna.is("available idle") })

	s.call(serviceNumber, siptest.DialOptions{})
	s.rings(anna.phone)
	pop("the next call", "https://other.example.org/")
	s.importBack(func(document string) string {
		return strings.ReplaceAll(document, "https://other.example.org/", "https://third.example.org/")
	})
	pop("after an import", "https://other.example.org/")
}

// importBack exports the configuration, edits it and imports it again through
// the running node.
func (s *stage) importBack(edit func(string) string) {
	s.t.Helper()
	admin, release, err := OpenAdmin(s.ctx, s.opts, false, testLog(s.t))
	must(s.t, err)
	defer func() { must(s.t, release()) }()
	exported, err := admin.Export(s.ctx, Export{})
	must(s.t, err)
	_, err = admin.Import(s.ctx, Import{Document: []byte(edit(string(exported.Document)))})
	must(s.t, err)
}

// TestChainWhoHeIs: the login whatever its case, and the name that supervision
// shows; a call keeps the name of its time.
func TestChainWhoHeIs(t *testing.T) {
	t.Parallel()
	proof.Of(t, "OP-01", "OP-04")
	s := newStage(t, nil)
	anna := s.newOperator("anna", nil)
	s.members(s.group, anna)
	s.visit().refused(http.MethodPost, "/login", fields{"login": "anna ", "password": "wrong"}, http.StatusUnauthorized, "login_refused")
	anna.login("ANNA", operatorPassword)
	equal(t, "name on the floor", s.floorOperator(anna).FullName, "Anna Test")
	s.admin.refused(http.MethodPost, "/operators", fields{
		"login": "Anna", "fullName": "Another", "email": "another@example.org", "askPhoneAtLogin": true,
	}, http.StatusConflict, "conflict")
	caller := s.call(serviceNumber, siptest.DialOptions{})
	ring := s.rings(anna.phone)
	ring.Answer()
	s.until("anna to talk", func() bool { return anna.is("available talking") })
	id := ring.Invite().Get("X-Bandeau-Call")
	caller.HangUp()
	equal(t, "name in the call", s.over(id, "answered", "caller").Operator.Name, "Anna Test")
	const script = "<script>alert(1)</script>"
	s.admin.patch("/operators/"+anna.id, fields{"fullName": script})
	equal(t, "name on the floor now", s.floorOperator(anna).FullName, script)
	equal(t, "name in the call still", s.row(id).Operator.Name, "Anna Test")
}

// TestChainWaitingCounts: how many wait in his groups, and no other; nothing of
// it when his record says so.
func TestChainWaitingCounts(t *testing.T) {
	t.Parallel()
	proof.Of(t, "OP-07")
	s := newStage(t, nil)
	anna := s.newOperator("anna", nil)
	s.members(s.group, anna)
	help := s.newGroup("Help", nil)
	s.admin.create("/numbers", fields{"number": otherNumber, "destination": fields{"type": "group", "id": help}})
	anna.pause()
	for range 2 {
		must(t, s.call(serviceNumber, siptest.DialOptions{}).WaitState(s.ctx, siptest.Established))
	}
	must(t, s.call(otherNumber, siptest.DialOptions{}).WaitState(s.ctx, siptest.Established))
	s.until("all to wait", func() bool { return s.floorGroup(s.group).Waiting == 2 && s.floorGroup(help).Waiting == 1 })
	groups := anna.me().Groups
	if len(groups) != 1 || groups[0].ID != s.group || groups[0].Waiting == nil || *groups[0].Waiting != 2 {
		t.Errorf("groups %+v", groups)
	}
	s.admin.patch("/operators/"+anna.id, fields{"showWaiting": false})
	if groups = anna.me().Groups; len(groups) != 1 || groups[0].Waiting != nil {
		t.Errorf("groups %+v", groups)
	}
}

// TestChainWrapUp: his own wrap-up, 0 included, goes before the group's; a change
// in mid-call is for the next call.
func TestChainWrapUp(t *testing.T) {
	t.Parallel()
	proof.Of(t, "OP-14", "mid-call")
	s := newStage(t, nil)
	anna := s.newOperator("anna", nil)
	s.admin.patch("/groups/"+s.group, fields{"wrapUpSeconds": 600, "members": []fields{{"operator": anna.id}}})
	for _, c := range []struct {
		own     any
		changed any // in mid-call
		seconds int
	}{
		{nil, 0, 600}, {0, 30, 0}, {300, nil, 300},
	} {
		s.admin.patch("/operators/"+anna.id, fields{"wrapUpSeconds": c.own})
		caller := s.call(serviceNumber, siptest.DialOptions{})
		s.rings(anna.phone).Answer()
		must(t, caller.WaitState(s.ctx, siptest.Established))
		s.until("anna to talk", func() bool { return anna.is("available talking") })
		s.admin.patch("/operators/"+anna.id, fields{"wrapUpSeconds": c.changed})
		caller.HangUp()
		if c.seconds == 0 {
			s.until("anna to be free", func() bool { return anna.is("available idle") })
			continue
		}
		s.until("wrap-up", func() bool { return anna.is("available wrap_up") })
		me := anna.me()
		equal(t, "length of wrap-up", me.WrapUpUntil.Sub(*me.ActivitySince), seconds(c.seconds))
		anna.send(http.MethodPost, "/me/wrap-up", fields{"action": "finish"}, http.StatusOK, nil)
	}
}

// TestChainDialCountry completes national numbers as the operator's country
// does; Italy keeps its zero.
func TestChainDialCountry(t *testing.T) {
	t.Parallel()
	proof.Of(t, "OP-27")
	s := newStage(t, nil)
	anna := s.newOperator("anna", nil)
	s.members(s.group, anna)
	anna.phone.OnCall(siptest.AnswerAfter(0))
	s.trunk.OnCall(siptest.RingThenReject(0, 486))
	for _, c := range []struct{ country, typed, dialled string }{
		{"IT", "06 6982 1234", "+390669821234"},
		{"FR", "01 44 55 66 77", "+33144556677"},
		{"ES", "912 345 678", "+34912345678"},
		{"IT", "0033144556677", "+33144556677"},
		{"ES", "112", "112"},
	} {
		s.admin.patch("/operators/"+anna.id, fields{"dialCountry": c.country})
		anna.dial(fields{"number": c.typed})
		called, err := s.trunk.NextCall(s.ctx)
		must(t, err)
		equal(t, c.typed+" in "+c.country, called.Called(), c.dialled)
		must(t, called.WaitState(s.ctx, siptest.Ended))
		s.until("anna to be free", func() bool { return anna.is("available idle") })
	}
}

// TestChainHistoryOfFifty: fifty calls and no more, newest first.
func TestChainHistoryOfFifty(t *testing.T) {
	t.Parallel()
	proof.Of(t, "OP-08")
	s := newStage(t, nil)
	anna := s.newOperator("anna", nil)
	s.members(s.group, anna)
	anna.phone.OnCall(siptest.Busy())
	var last string
	for range 52 {
		last = anna.dial(fields{"number": calledNumber})
		s.until("anna to be free", func() bool { return anna.is("available idle") })
	}
	history := anna.history()
	equal(t, "calls", len(history), 50)
	equal(t, "the newest", history[0].ID, last)
}
