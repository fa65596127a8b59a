package api_test

import (
	"net/http"
	"testing"

	"bandeau/acd"
	"bandeau/api"
)

// Whoever hears a call on a telephone leaves it with what let him in.
func TestListeningEndsWithTheRight(t *testing.T) {
	const all = `"operatorDetail":true,"listen":true`
	change := func(body string) func(*rig, *client) {
		return func(r *rig, _ *client) {
			r.as("administrator").do("PATCH", "/users/u-supervisor", body).is(http.StatusOK)
		}
	}
	for name, c := range map[string]struct {
		do   func(r *rig, supervisor *client)
		ends bool
	}{
		"deleted": {func(r *rig, _ *client) {
			r.as("administrator").do("DELETE", "/users/u-supervisor", nil).is(http.StatusNoContent)
		}, true},
		"the right": {change(`{"rights":{"operatorDetail":true,"listen":false}}`), true},
		"detail":    {change(`{"rights":{"operatorDetail":false,"listen":true}}`), true},
		"his group": {change(`{"groups":["g-help"]}`), true},
		"logout": {func(_ *rig, supervisor *client) {
			supervisor.do("POST", "/logout", nil).is(http.StatusNoContent)
		}, true},
		"password": {func(_ *rig, supervisor *client) {
			supervisor.do("POST", "/password", map[string]string{"current": password, "new": "a quite different one"}).is(http.StatusNoContent)
		}, true},
		"a password is mailed": {func(r *rig, _ *client) {
			r.as("administrator").do("POST", "/users/u-supervisor/password", nil).is(http.StatusOK)
		}, true},
		"by another way": {func(r *rig, _ *client) {
			u, err := r.records.users.Get(t.Context(), centreID, "u-supervisor")
			if err == nil {
				u.Rights.Listen = false
				_, err = r.records.users.Update(t.Context(), u)
			}
			if err != nil {
				t.Error(err)
			}
			r.server.Changed(t.Context(), centreID)
		}, true},
		"his name": {change(`{"name":"Sonia"}`), false},
		"another's log-out": {func(r *rig, _ *client) {
			r.as("administrator").do("POST", "/logout", nil).is(http.StatusNoContent)
		}, false},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t)
			r.as("administrator").do("PATCH", "/users/u-supervisor", `{"rights":{`+all+`}}`).is(http.StatusOK)
			supervisor := r.as("supervisor")
			r.floor.change(api.Rows{Calls: []acd.CallView{{
				ID: "c1", State: acd.CallTalking, Operator: "op-anna", OperatorLeg: 2, Group: "g-sales",
				Observers: []acd.Observer{{User: "u-supervisor", Operator: "op-anna", Mode: acd.Barge, Up: true}},
			}}})
			c.do(r, supervisor)
			ended := false
			for _, command := range r.floor.did() {
				ended = ended || command == acd.StopObserving{User: "u-supervisor"}
			}
			if ended != c.ends {
				t.Errorf("ended: %v, want %v", ended, c.ends)
			}
		})
	}
}

// A program that listens by a token goes with the token, and with its maker's right.
func TestListeningEndsWithTheToken(t *testing.T) {
	r := newRig(t)
	admin := r.as("administrator")
	token := admin.do("POST", "/tokens", `{"name":"wallboard","role":"supervisor","expiresAt":"2027-01-01T00:00:00Z"}`).is(http.StatusCreated).at("id").(string)
	r.floor.change(api.Rows{Calls: []acd.CallView{{
		ID: "c1", State: acd.CallTalking, Operator: "op-anna", OperatorLeg: 2, Group: "g-sales",
		Observers: []acd.Observer{{User: acd.UserID(token), Operator: "op-anna", Mode: acd.Listen, Up: true}},
	}}})
	r.server.Changed(t.Context(), centreID)
	if got := last(r); got == (acd.StopObserving{User: acd.UserID(token)}) {
		t.Error("a token that lives was taken out")
	}
	admin.do("DELETE", "/tokens/"+token, nil).is(http.StatusNoContent)
	if got := last(r); got != (acd.StopObserving{User: acd.UserID(token)}) {
		t.Errorf("asked %#v", got)
	}
}
