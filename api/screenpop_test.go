package api_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"bandeau/acd"
	"bandeau/api"
	"bandeau/internal/proof"
	"bandeau/report"
)

// ringing is a call that has waited 42 s and rings Anna's phone.
func (r *rig) ringing(change ...func(*acd.CallView)) api.Rows {
	anna, _ := r.floor.Operator("op-anna")
	at := acd.At(start)
	call := acd.CallView{
		ID: "c/1", Direction: acd.Inbound, State: acd.CallRinging, Caller: "+33699887766", CallerName: "Zoé & Co",
		Called: "+33170200200", Service: "n1", Group: "g-sales", Operator: "op-anna", OperatorLeg: 2,
		ArrivedAt: at.Add(-42500 * time.Millisecond), OfferedAt: at,
	}
	for _, c := range change {
		c(&call)
	}
	anna.Call, anna.Activity = call.ID, acd.Talking
	switch call.State { //nolint:exhaustive // the states these tests use
	case acd.CallRinging:
		anna.Activity = acd.Ringing
	case acd.CallOver:
		anna.Activity = acd.WrappingUp
	case acd.CallDialing:
		anna.Activity = acd.Dialing
	}
	return api.Rows{Operators: []acd.OperatorView{anna}, Calls: []acd.CallView{call}}
}

// popOf is the page of the one call an operator has.
func popOf(t *testing.T, me *answer) any {
	t.Helper()
	calls, _ := me.is(http.StatusOK).at("calls").([]any)
	if len(calls) != 1 {
		t.Fatalf("%d calls", len(calls))
	}
	call, _ := calls[0].(map[string]any)
	pop, given := call["screenPop"]
	if !given {
		t.Fatal("no member screenPop")
	}
	object, _ := pop.(map[string]any)
	if object == nil {
		return nil
	}
	return object["url"]
}

// windowOf is where the page of the one call an operator has is to open.
func windowOf(t *testing.T, me *answer) any {
	t.Helper()
	var body struct {
		Calls []struct{ ScreenPop *struct{ Window string } }
	}
	if err := json.Unmarshal(me.is(http.StatusOK).body, &body); err != nil {
		t.Fatal(err)
	}
	if len(body.Calls) != 1 || body.Calls[0].ScreenPop == nil {
		return nil
	}
	return body.Calls[0].ScreenPop.Window
}

const everything = "https://crm.example.org/p?a={caller}&b={called}&c={service}&d={callId}&e={direction}&f={operatorId}" +
	"&g={operatorLogin}&h={operatorName}&i={groupId}&j={groupName}&k={language}&l={waitSeconds}"

func TestScreenPopCarriesEveryPlaceholder(t *testing.T) {
	proof.Of(t, "OP-22", "OP-23")
	r := newRig(t)
	technical, c := r.as("technical"), r.as("anna")
	technical.do("PATCH", "/operators/op-anna", map[string]any{
		"fullName":  "Anna Ünal+1",
		"screenPop": map[string]any{"incomingUrl": everything, "outgoingUrl": strings.Replace(everything, "/p?", "/out?", 1), "window": "multiple"},
	}).is(http.StatusOK)
	r.floor.change(api.Rows{Groups: []acd.GroupView{{ID: "g-sales", Name: "Vente & SAV"}}})
	c.do("GET", "/me", nil).has(map[string]any{"window": "multiple", "incoming": true, "outgoing": true}, "screenPop")
	base, out := "https://crm.example.org/p?", "https://crm.example.org/out?"
	ours := "&f=op-anna&g=anna&h=Anna%20%C3%9Cnal%2B1&i=g-sales&j=Vente%20%26%20SAV&k=fr"
	for name, tc := range map[string]struct {
		rows api.Rows
		want any
	}{
		"incoming": {r.ringing(), base + "a=%2B33699887766&b=%2B33170200200&c=%2B33170200200&d=c%2F1&e=in" + ours + "&l=42"},
		"withheld, to his own number, no group": {
			r.ringing(func(v *acd.CallView) { v.ID, v.Caller, v.Service, v.Group = "c2", "", "", "" }),
			base + "a=&b=%2B33170200200&c=&d=c2&e=in&f=op-anna&g=anna&h=Anna%20%C3%9Cnal%2B1&i=&j=&k=fr&l=42",
		},
		"outgoing": {
			r.ringing(func(v *acd.CallView) {
				v.ID, v.Direction, v.State, v.Caller, v.Called = "c3", acd.Outbound, acd.CallDialing, "+33170200200", "112"
				v.Service, v.ArrivedAt = "", v.OfferedAt
			}),
			out + "a=%2B33170200200&b=112&c=&d=c3&e=out" + ours + "&l=0",
		},
		"called back, hidden": {
			r.ringing(func(v *acd.CallView) {
				v.ID, v.Direction, v.State, v.Caller, v.NumberHidden = "c4", acd.Outbound, acd.CallDialing, "+33170200200", true
				v.Service = ""
			}),
			out + "a=%2B33170200200&b=&c=&d=c4&e=out" + ours + "&l=0",
		},
	} {
		r.floor.change(tc.rows)
		if got := popOf(t, c.do("GET", "/me", nil)); got != tc.want {
			t.Errorf("%s: %v\nwant %v", name, got, tc.want)
		}
	}
}

func TestScreenPopOpensNothing(t *testing.T) {
	proof.Of(t, "OP-06", "OP-22", "OP-23")
	r := newRig(t)
	technical, c := r.as("technical"), r.as("anna")
	for i, tc := range []struct {
		record string
		window any // of an incoming call, nil where nothing opens
	}{
		{`{"screenPop":{"window":"none"}}`, nil},
		{`{"screenPop":{"window":"single"}}`, "single"},
		{`{"screenPop":{"window":"multiple"}}`, "multiple"},
		{`{"screenPop":{"window":"tab"}}`, "tab"},
		{`{"screenPop":{"incomingUrl":"","outgoingUrl":"https://crm.example.org/"}}`, nil},
	} {
		technical.do("PATCH", "/operators/op-anna", tc.record).is(http.StatusOK)
		r.floor.change(r.ringing(func(v *acd.CallView) { v.ID = acd.CallID(rune('a' + i)) }))
		me := c.do("GET", "/me", nil)
		if got := popOf(t, me); (got != nil) != (tc.window != nil) {
			t.Errorf("%s: %v", tc.record, got)
		}
		if got := windowOf(t, me); got != tc.window {
			t.Errorf("%s: in window %v, want %v", tc.record, got, tc.window)
		}
		me.has(tc.window != nil, "screenPop", "incoming")
	}
	c.do("GET", "/me", nil).has(true, "screenPop", "outgoing")
}

// TestScreenPopStaysAsItBegan: an address that changed would reload the window,
// and with it what the operator has written there.
func TestScreenPopStaysAsItBegan(t *testing.T) {
	proof.Of(t, "mid-call")
	for _, seen := range []bool{true, false} {
		r := newRig(t)
		technical, c := r.as("technical"), r.as("anna")
		technical.do("PATCH", "/operators/op-anna", `{"screenPop":{"incomingUrl":"https://crm.example.org/{waitSeconds}/{groupName}"}}`).is(http.StatusOK)
		r.floor.change(r.ringing())
		const first = "https://crm.example.org/42/sales"
		if seen { // else nobody has looked before the record changes
			if got := popOf(t, c.do("GET", "/me", nil)); got != first {
				t.Fatalf("at first %v", got)
			}
		}
		technical.do("PATCH", "/operators/op-anna", `{"screenPop":{"window":"none","incomingUrl":"https://other.example.org/{waitSeconds}"}}`).is(http.StatusOK)
		r.floor.change(api.Rows{Groups: []acd.GroupView{{ID: "g-sales", Name: "renamed"}}})
		r.clock.Advance(time.Minute)
		for _, state := range []acd.CallState{acd.CallRinging, acd.CallTalking, acd.CallOver} {
			r.floor.change(r.ringing(func(v *acd.CallView) {
				if v.State = state; state == acd.CallOver {
					v.OfferedAt = 0
				}
			}))
			if got := popOf(t, c.do("GET", "/me", nil)); got != first {
				t.Errorf("seen %v, state %d: %v", seen, state, got)
			}
		}
		if got := popOf(t, c.do("POST", "/me/calls/c%2F1/note", `{"text":"x"}`).wrapped()); got != first {
			t.Errorf("answer of an action: %v", got)
		}
		technical.do("PATCH", "/operators/op-anna", `{"screenPop":{"window":"tab"}}`).is(http.StatusOK)
		// The same caller comes back to her: another ring, another wait.
		r.floor.change(r.ringing(func(v *acd.CallView) { v.OfferedAt = v.OfferedAt.Add(30 * time.Second) }))
		if got := popOf(t, c.do("GET", "/me", nil)); got != "https://other.example.org/72" {
			t.Errorf("rung again: %v", got)
		}
	}
}

// TestScreenPopAfterAStart: of a call that ended with the old process nothing is
// known; a page that opened now would be a surprise.
func TestScreenPopAfterAStart(t *testing.T) {
	r := newRig(t)
	c := r.as("anna")
	r.floor.change(r.ringing(func(v *acd.CallView) { v.State, v.OfferedAt = acd.CallOver, 0 }))
	if got := popOf(t, c.do("GET", "/me", nil)); got != nil {
		t.Errorf("page %v", got)
	}
}

// wrapped makes the answer of an action look like the one of /me.
func (a *answer) wrapped() *answer {
	a.is(http.StatusOK)
	wrapped := *a
	wrapped.body = []byte(`{"calls":[` + string(a.body) + `]}`)
	return &wrapped
}

// TestNumberCalledBackIsHidden: with OP-08 the number that is called back is in
// no answer, also not in that of an action that ends the call.
func TestNumberCalledBackIsHidden(t *testing.T) {
	proof.Of(t, "OP-08")
	r := newRig(t)
	const secret = "699887766"
	past := report.Call{ID: "c1", Direction: acd.Inbound, State: acd.CallOver, Caller: "+33699887766", Called: "+33170200200", ArrivedAt: acd.At(start)}
	r.history.mine = []report.HistoryItem{{Call: past, Part: report.Part{Operator: "op-anna", Mine: report.MineAnswered}}}
	technical, c := r.as("technical"), r.as("anna")
	technical.do("PATCH", "/operators/op-anna", `{"showNumbersInHistory":false,"screenPop":{"outgoingUrl":"https://crm.example.org/{called}"}}`).is(http.StatusOK)
	live := c.stream()
	live.next("snapshot")
	back := c.do("POST", "/me/calls", `{"callId":"c1"}`).is(http.StatusCreated).has(nil, "called").has(true, "numberHidden")
	id, _ := back.at("id").(string)
	for {
		delta, _ := live.next("delta")["me"].(map[string]any)
		if calls, _ := delta["calls"].([]any); len(calls) > 0 {
			if call, _ := calls[0].(map[string]any); call["called"] != nil || call["numberHidden"] != true {
				t.Errorf("the stream shows %v", call)
			}
			break
		}
	}
	shown := []*answer{back, c.do("GET", "/me", nil), c.do("GET", "/me/history", nil)}
	r.history.mine = append(r.history.mine, report.HistoryItem{
		Call: report.Call{ID: acd.CallID(id), Direction: acd.Outbound, State: acd.CallOver, Called: "+33699887766", ArrivedAt: acd.At(start)},
		Part: report.Part{Operator: "op-anna", Mine: report.MineOut},
	})
	shown = append(shown, c.do("POST", "/me/calls/"+id+"/hangup", nil).is(http.StatusOK).has(true, "numberHidden"))
	shown = append(shown, c.do("GET", "/me/history", nil))
	for _, a := range shown {
		if a.is(a.status); strings.Contains(string(a.body), secret) {
			t.Errorf("%s shows the number: %s", a.what, a.body)
		}
	}
	// What he typed himself he may see.
	c.do("POST", "/me/calls", `{"number":"+33699887766"}`).is(http.StatusCreated).has("+33699887766", "called").has(false, "numberHidden")
}
