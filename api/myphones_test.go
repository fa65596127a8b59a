package api_test

import (
	"net/http"
	"reflect"
	"testing"

	"bandeau/acd"
	"bandeau/api"
	"bandeau/directory"
)

// withPhones gives the centre three Centrex phones.
func (r *rig) withPhones() {
	r.t.Helper()
	for _, p := range []directory.Phone{{Label: "Desk 1", Number: "201"}, {Label: "Desk 2"}, {Label: "Desk 3", Number: "203"}} {
		p.ID, p.Centre = directory.ID(p.Label), centreID
		if _, err := r.records.phones.Create(r.t.Context(), p, "secret"); err != nil {
			r.t.Fatal(err)
		}
	}
}

// stands changes how an operator stands on the floor.
func (r *rig) stands(id acd.OperatorID, change func(*acd.OperatorView)) {
	view, _ := r.floor.Operator(id)
	change(&view)
	r.floor.change(api.Rows{Operators: []acd.OperatorView{view}})
}

func TestPhonesToChooseFrom(t *testing.T) {
	r := newRig(t)
	r.withPhones()
	technical, c := r.as("technical"), r.as("anna")
	c.do("GET", "/me/phones", nil).is(http.StatusForbidden).has("phone_change_not_allowed", "code")
	technical.do("PATCH", "/operators/op-anna", `{"askPhoneAtLogin":true}`).is(http.StatusOK)
	// Ben's is his; Carla has it too, but it does not serve her.
	r.as("ben")
	r.as("carla")
	centrex := func(account acd.AccountID, state acd.PhoneState) func(*acd.OperatorView) {
		return func(v *acd.OperatorView) {
			v.Phone, v.PhoneState = acd.Phone{Kind: acd.PhoneCentrex, Account: account}, state
		}
	}
	r.stands("op-anna", centrex("Desk 1", acd.PhoneReachable))
	r.stands("op-ben", centrex("Desk 2", acd.PhoneUnreachable))
	r.stands("op-carla", centrex("Desk 1", acd.PhoneInUse))
	want := []any{
		map[string]any{"id": "Desk 1", "label": "Desk 1", "number": "201", "inUse": false},
		map[string]any{"id": "Desk 2", "label": "Desk 2", "number": nil, "inUse": true},
		map[string]any{"id": "Desk 3", "label": "Desk 3", "number": "203", "inUse": false},
	}
	if got := c.do("GET", "/me/phones", nil).is(http.StatusOK).at("items"); !reflect.DeepEqual(got, want) {
		t.Errorf("phones %v\nwant   %v", got, want)
	}
	// Asked at log-in means once.
	r.stands("op-anna", func(v *acd.OperatorView) { v.PhoneGiven = true })
	c.do("GET", "/me/phones", nil).is(http.StatusForbidden)
	technical.do("PATCH", "/operators/op-anna", `{"allowPhoneChange":true}`).is(http.StatusOK)
	c.do("GET", "/me/phones", nil).is(http.StatusOK)
}

func TestPhoneOfferedIsTheLastElseTheOneOnRecord(t *testing.T) {
	r := newRig(t)
	r.withPhones()
	technical, c := r.as("technical"), r.as("anna")
	offered := func(kind, number, account any) {
		t.Helper()
		want := map[string]any{"kind": kind, "number": number, "account": account, "fallback": nil}
		if got := c.do("GET", "/me", nil).is(http.StatusOK).at("phoneOffered"); !reflect.DeepEqual(got, want) {
			t.Errorf("offered %v, want %v", got, want)
		}
	}
	offered("external", "+33612345678", nil)
	r.stands("op-anna", func(v *acd.OperatorView) { v.LastPhone = acd.Phone{Kind: acd.PhoneCentrex, Account: "Desk 2"} })
	offered("centrex", nil, "Desk 2")
	if err := r.records.phones.Delete(t.Context(), centreID, "Desk 2", 0); err != nil {
		t.Fatal(err)
	}
	offered("external", "+33612345678", nil)
	technical.do("PATCH", "/operators/op-anna", `{"askPhoneAtLogin":true,"phone":null}`).is(http.StatusOK)
	c.do("GET", "/me", nil).has(nil, "phoneOffered")
}

func TestMeSaysThatThePasswordIsDue(t *testing.T) {
	r := newRig(t)
	for login, id := range map[string]directory.ID{"anna": "op-anna", "supervisor": "u-supervisor"} {
		r.as(login).do("GET", "/me", nil).has(false, "mustChangePassword")
		hash, _ := passwords{}.Hash(t.Context(), password)
		r.records.accounts.set(id, directory.Credential{Subject: id, Hash: hash, MustChange: true, ExpiresAt: start.AddDate(0, 0, 7)})
		c := r.as(login)
		c.do("GET", "/me", nil).is(http.StatusOK).has(true, "mustChangePassword")
		c.do("POST", "/password", map[string]any{"current": password, "new": "another long one"}).is(http.StatusNoContent)
		c.do("GET", "/me", nil).is(http.StatusOK).has(false, "mustChangePassword")
	}
}

func TestCallSaysWhosePhoneRings(t *testing.T) {
	r := newRig(t)
	c := r.as("anna")
	for _, rings := range []bool{true, false} {
		r.floor.change(r.ringing(func(v *acd.CallView) { v.PhoneRings = rings }))
		calls, _ := c.do("GET", "/me", nil).at("calls").([]any)
		if call, _ := calls[0].(map[string]any); call["ringsMine"] != rings {
			t.Errorf("rings %v: %v", rings, call["ringsMine"])
		}
	}
}
