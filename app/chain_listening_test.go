package app

import (
	"net/http"
	"testing"

	"bandeau/telephony/siptest"
)

// desk is a desk phone that serves no operator.
func (s *stage) desk(label string) (string, *siptest.Phone) {
	s.t.Helper()
	account, phone := s.newPhone(label, siptest.PhoneConfig{})
	must(s.t, phone.Register(s.ctx))
	return account, phone
}

// TestChainListenerDeleted: the phone of a supervisor who is no more is hung up, in
// the midst of the call he has joined; and so is that of one who is given another
// password on the command line.
func TestChainListenerDeleted(t *testing.T) {
	t.Parallel()
	x := newThreesome(t)
	sue := x.visit()
	id := x.admin.create("/users", fields{
		"login": "sue", "role": "supervisor", "groups": []string{x.group}, "rights": fields{"operatorDetail": true, "listen": true},
	})
	x.setPassword("sue", adminPassword)
	account, phone := x.desk("desk")
	join := fields{"action": "join", "phone": fields{"kind": "centrex", "account": account}}
	joins := func() *siptest.Call {
		t.Helper()
		sue.login("sue", adminPassword)
		sue.send(http.MethodPost, "/floor/operators/"+x.anna.id+"/actions", join, http.StatusOK, nil)
		ring := x.rings(phone)
		ring.Answer()
		ring.SendTone(carlaHz)
		x.hears(phoneEar("supervisor's phone", ring), callerHz, annaHz)
		x.hears(phoneEar("caller", x.caller), annaHz, carlaHz)
		return ring
	}
	alone := func(ring *siptest.Call) {
		t.Helper()
		must(t, ring.WaitState(x.ctx, siptest.Ended))
		x.matrix([]float64{annaHz}, []float64{callerHz}, nil)
		equal(t, "who is in her call", len(x.anna.me().Calls[0].Observers), 0)
	}
	ring := joins()
	x.setPassword("sue", adminPassword)
	alone(ring)
	ring = joins()
	x.admin.send(http.MethodDelete, "/users/"+id, nil, http.StatusNoContent, nil)
	alone(ring)
	x.done()
}
