package app

import (
	"testing"

	"bandeau/acd"
	"bandeau/api"
)

func TestWhoHearsACall(t *testing.T) {
	t.Parallel()
	talks := acd.CallView{
		State: acd.CallTalking, Operator: "anna", OperatorLeg: 2, Attached: []acd.OperatorID{"anna", "ben", "carla"},
		Side: &acd.Side{Kind: acd.SideConference, Operator: "ben", Leg: 3, Up: true},
		Observers: []acd.Observer{
			{User: "sue", Operator: "anna", Up: true}, {User: "tom", Operator: "anna"},
		},
	}
	held, rings, over := talks, talks, talks
	held.State, over.State = acd.CallHeld, acd.CallOver
	rings.Side = &acd.Side{Kind: acd.SideConsult, Operator: "ben", Leg: 3}
	operator := func(id acd.OperatorID) api.PhoneOwner { return api.PhoneOwner{Operator: id} }
	user := func(id acd.UserID) api.PhoneOwner { return api.PhoneOwner{User: id} }
	for _, c := range []struct {
		what  string
		view  acd.CallView
		owner api.PhoneOwner
		want  bool
	}{
		{"whose call it is", talks, operator("anna"), true},
		{"on hold", held, operator("anna"), true},
		{"the target", talks, operator("ben"), true},
		{"a target that rings", rings, operator("ben"), false},
		{"has left it", talks, operator("carla"), false},
		{"another operator", talks, operator("dora"), false},
		{"hears it", talks, user("sue"), true},
		{"whose phone rings", talks, user("tom"), false},
		{"another user", talks, user("anna"), false},
		{"over", over, operator("anna"), false},
		{"no such call", acd.CallView{}, operator("anna"), false},
		{"nobody hears it", acd.CallView{}, user("sue"), false},
	} {
		equal(t, c.what, takesPart(c.view, c.owner), c.want)
	}
}
