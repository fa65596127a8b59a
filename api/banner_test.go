package api

import (
	"testing"

	"bandeau/acd"
)

// TestConcerns: a banner looks again at its state for what it shows, and for
// nothing else that happens on a busy floor.
func TestConcerns(t *testing.T) {
	waiting := 3
	b := &bannerStream{
		r: &request{who: &principal{id: "anna"}},
		me: Me{
			Calls:  []LiveCall{{Call: Call{CallFacts: CallFacts{ID: "c1"}}}},
			Groups: []MyGroup{{ID: "g1", Name: "Sales", Waiting: &waiting, Present: 2}, {ID: "g2", Name: "Help", Present: 1}},
		},
	}
	sales := acd.GroupView{ID: "g1", Name: "Sales", Waiting: 3, LoggedIn: 2, Available: 1, Answered: 7}
	renamed, longer, fuller := sales, sales, sales
	renamed.Name, longer.Waiting, fuller.LoggedIn = "Sales 2", 4, 3
	for what, c := range map[string]struct {
		rows Rows
		want bool
	}{
		"himself":             {Rows{Operators: []acd.OperatorView{{ID: "anna"}}}, true},
		"a colleague":         {Rows{Operators: []acd.OperatorView{{ID: "ben"}}}, false},
		"figures not shown":   {Rows{Groups: []acd.GroupView{sales}}, false},
		"another name":        {Rows{Groups: []acd.GroupView{renamed}}, true},
		"one more waits":      {Rows{Groups: []acd.GroupView{longer}}, true},
		"one more is there":   {Rows{Groups: []acd.GroupView{fuller}}, true},
		"waiting not shown":   {Rows{Groups: []acd.GroupView{{ID: "g2", Name: "Help", Waiting: 9, LoggedIn: 1}}}, false},
		"not his group":       {Rows{Groups: []acd.GroupView{{ID: "g3", Waiting: 9}}}, false},
		"his call":            {Rows{Calls: []acd.CallView{{ID: "c1"}}}, true},
		"a call for him":      {Rows{Calls: []acd.CallView{{ID: "c2", Operator: "anna"}}}, true},
		"another's call":      {Rows{Calls: []acd.CallView{{ID: "c3", Operator: "ben"}}}, false},
		"his call gone":       {Rows{RemovedCalls: []acd.CallID{"c3", "c1"}}, true},
		"another's call gone": {Rows{RemovedCalls: []acd.CallID{"c3"}}, false},
		"his group gone":      {Rows{RemovedGroups: []acd.GroupID{"g1"}}, true},
		"another group gone":  {Rows{RemovedGroups: []acd.GroupID{"g3"}}, false},
	} {
		if got := b.concerns(c.rows); got != c.want {
			t.Errorf("%s: %v", what, got)
		}
	}
}
