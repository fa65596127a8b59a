package app

import (
	"context"
	"io"
	"net/http"
	"strings"
	"testing"

	"bandeau/internal/proof"
	"bandeau/telephony/siptest"
)

// TestChainNumbers calls numbers that lead outside, nowhere, or do not exist,
// and a trunk that is full.
func TestChainNumbers(t *testing.T) {
	t.Parallel()
	const outside = "+33687654321"
	s := newStage(t, nil)
	s.admin.create("/numbers", fields{"number": otherNumber, "destination": fields{"type": "number", "number": outside}})
	s.admin.create("/numbers", fields{"number": "+33170200202", "destination": fields{"type": "hangup"}})
	s.trunk.OnNumber(outside, siptest.RingForever())

	caller := s.call(otherNumber, siptest.DialOptions{Codecs: []string{siptest.PCMU}})
	forwarded, err := s.trunk.NextCall(s.ctx)
	must(t, err)
	equal(t, "number presented", forwarded.Invite().From().User, callerNumber)
	must(t, caller.WaitState(s.ctx, siptest.Ringing))
	id := s.floor().Calls[0].ID
	forwarded.SendTone(700)
	caller.SendTone(450)
	forwarded.Answer()
	must(t, caller.HearsOnly(s.ctx, 700))
	must(t, forwarded.HearsOnly(s.ctx, 450))
	forwarded.HangUp()
	must(t, caller.WaitState(s.ctx, siptest.Ended))
	equal(t, "outcome", value(s.row(id).Outcome), "answered")
	equal(t, "operator", s.row(id).Operator == nil, true)

	// A carrier that takes no foreign numbers is shown one of ours, and one that
	// is full takes no more.
	var trunks struct{ Items []struct{ ID string } }
	s.admin.get("/trunks", &trunks)
	s.admin.patch("/trunks/"+trunks.Items[0].ID, fields{"forwardCaller": false, "maxCalls": 2})
	caller = s.call(otherNumber, siptest.DialOptions{})
	forwarded, err = s.trunk.NextCall(s.ctx)
	must(t, err)
	equal(t, "number presented", forwarded.Invite().From().User, otherNumber)
	equal(t, "caller asserted", forwarded.Invite().AssertedIdentity().User, callerNumber)
	full := s.call(serviceNumber, siptest.DialOptions{})
	must(t, full.WaitState(s.ctx, siptest.Ended))
	equal(t, "status of a full trunk", full.FinalStatus(), 486)
	last := full.Responses()[len(full.Responses())-1]
	equal(t, "retry after", last.Get("Retry-After") != "", true)
	caller.Cancel()
	must(t, forwarded.WaitState(s.ctx, siptest.Ended))
	s.until("the trunk to be free", func() bool { return s.node.sw.Calls() == 0 })

	for number, status := range map[string]int{"+33170200202": 486, "+33170200299": 404, "0170200202": 486, "nobody": 404} {
		call := s.call(number, siptest.DialOptions{})
		must(t, call.WaitState(s.ctx, siptest.Ended))
		equal(t, "status of "+number, call.FinalStatus(), status)
	}
	withheld := s.call("33170200200", siptest.DialOptions{
		FromURI: "sip:anonymous@anonymous.invalid", PAI: callerNumber, Privacy: "id",
	})
	must(t, withheld.WaitState(s.ctx, siptest.Established))
	s.until("the call to wait", func() bool { return s.floorGroup(s.group).Waiting == 1 })
	equal(t, "caller withheld", s.floor().Calls[0].Caller == nil, true)
	withheld.HangUp()
}

// TestChainPhoneAtLogin gives the phone at log-in (OP-13), changes it in the
// session (OP-21), and deletes the operator.
func TestChainPhoneAtLogin(t *testing.T) {
	t.Parallel()
	proof.Of(t, "OP-13", "OP-21", "end: disabled")
	s := newStage(t, nil)
	anna := s.newRecord("anna", fields{"askPhoneAtLogin": true, "phone": nil})
	s.members(s.group, anna)
	anna.login("anna", operatorPassword)
	me := anna.me()
	equal(t, "presence", me.Presence, "paused")
	equal(t, "phone", me.Phone.State, "missing")
	anna.refused(http.MethodPut, "/me/presence", fields{"presence": "available"}, http.StatusConflict, "phone_required")
	caller := s.call(serviceNumber, siptest.DialOptions{})
	anna.send(http.MethodPut, "/me/phone", fields{"kind": "external", "number": "06 87 65 43 21"}, http.StatusOK, nil)
	ring, err := s.trunk.NextCall(s.ctx)
	must(t, err)
	equal(t, "phone rung", ring.Called(), "+33687654321")
	ring.SendTone(700)
	must(t, caller.HearsOnly(s.ctx, 700))
	anna.refused(http.MethodPut, "/me/phone", fields{"kind": "centrex", "account": anna.account},
		http.StatusForbidden, "phone_change_not_allowed")
	s.admin.patch("/operators/"+anna.id, fields{"allowPhoneChange": true})
	anna.refused(http.MethodPut, "/me/phone", fields{"kind": "centrex", "account": anna.account},
		http.StatusConflict, "in_call")
	id := ring.Invite().Get("X-Bandeau-Call")
	ring.HangUp()
	s.over(id, "answered", "operator")
	anna.send(http.MethodPut, "/me/phone", fields{"kind": "centrex", "account": anna.account}, http.StatusOK, nil)
	equal(t, "phone", anna.me().Phone.State, "unreachable")
	must(t, anna.phone.Register(s.ctx))
	caller = s.call(serviceNumber, siptest.DialOptions{})
	own := s.rings(anna.phone)
	own.SendTone(700)
	own.Answer()
	must(t, caller.HearsOnly(s.ctx, 700))

	// Deleted in mid-call, she finishes it; history keeps her name.
	s.members(s.group)
	s.admin.send(http.MethodDelete, "/operators/"+anna.id, nil, http.StatusNoContent, nil)
	must(t, caller.HearsOnly(s.ctx, 700))
	talking := own.Invite().Get("X-Bandeau-Call")
	anna.send(http.MethodPost, "/me/calls/"+talking+"/note", fields{"text": "last words"}, http.StatusOK, nil)
	anna.send(http.MethodPost, "/me/calls/"+talking+"/hangup", nil, http.StatusOK, nil)
	row := s.over(talking, "answered", "operator")
	equal(t, "note", row.Note, "last words")
	equal(t, "name kept", row.Operator.Name, "Anna Test")
	s.until("her row to go", func() bool { return len(s.floor().Operators) == 0 })
	anna.send(http.MethodGet, "/me", nil, http.StatusUnauthorized, nil)
	s.admin.send(http.MethodGet, "/operators/"+anna.id, nil, http.StatusNotFound, nil)
	s.reconciles()
}

// TestChainDrain stops taking calls, and ends when those there are have ended.
func TestChainDrain(t *testing.T) {
	t.Parallel()
	s := newStage(t, nil)
	anna := s.newOperator("anna", nil)
	s.members(s.group, anna)
	bob := s.newOperator("bob", nil)
	anna.phone.OnCall(siptest.AnswerAfter(0))
	caller := s.call(serviceNumber, siptest.DialOptions{})
	ring := s.rings(anna.phone)
	must(t, ring.WaitACK(s.ctx))
	drained := make(chan struct{})
	go func() {
		defer close(drained)
		s.node.Drain(s.ctx)
	}()
	s.until("calls to be refused", func() bool {
		late := s.call(serviceNumber, siptest.DialOptions{})
		defer late.HangUp()
		s.until("an answer", func() bool { return late.State() >= siptest.Established })
		return late.FinalStatus() == http.StatusServiceUnavailable
	})
	status, _ := bob.request(http.MethodPost, "/me/calls", fields{"number": calledNumber})
	equal(t, "answer to an operator who dials", status, http.StatusServiceUnavailable)
	select {
	case <-drained:
		t.Error("drained with a call in progress")
	default:
	}
	ring.SendTone(700)
	must(t, caller.HearsOnly(s.ctx, 700))
	caller.HangUp()
	<-drained
}

// plain reads a page outside the interface for programs.
func (s *stage) plain(path string) (int, string) {
	s.t.Helper()
	request, err := http.NewRequestWithContext(context.WithoutCancel(s.ctx), http.MethodGet, s.node.URL()+path, nil)
	must(s.t, err)
	response, err := s.admin.http.Do(request)
	must(s.t, err)
	data, err := io.ReadAll(response.Body)
	must(s.t, err)
	must(s.t, response.Body.Close())
	return response.StatusCode, string(data)
}

// TestChainMetrics reads what a monitoring reads.
func TestChainMetrics(t *testing.T) {
	t.Parallel()
	s := newStage(t, nil)
	s.newOperator("anna", nil)
	caller := s.call(serviceNumber, siptest.DialOptions{})
	must(t, caller.WaitState(s.ctx, siptest.Established))
	status, _ := s.plain("/healthz")
	equal(t, "health", status, http.StatusOK)
	status, text := s.plain("/metrics")
	equal(t, "status of the metrics", status, http.StatusOK)
	for _, line := range []string{
		"bandeau_calls 1", "bandeau_waiting_calls 1", "bandeau_operators_logged_in 1", "bandeau_journal_writable 1",
		"bandeau_sip_panics_total 0", "bandeau_sip_dialogs_opened_total 1",
	} {
		if !strings.Contains(text, "\n"+line+"\n") {
			t.Errorf("metrics lack %q", line)
		}
	}
	caller.HangUp()
}
