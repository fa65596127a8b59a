package api_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"bandeau/acd"
	"bandeau/api"
	"bandeau/internal/proof"
	"bandeau/report"
)

func last(r *rig) acd.Command {
	all := r.floor.did()
	for _, c := range slices.Backward(all) {
		switch any(c).(type) {
		case acd.Alive, acd.Active:
		default:
			return c
		}
	}
	return nil
}

func TestActionsOnOperators(t *testing.T) {
	r := newRig(t)
	c := r.as("administrator")
	by := acd.Actor{Kind: acd.BySupervisor, ID: "u-administrator"}
	tonight := acd.At(time.Date(2026, 3, 2, 22, 59, 0, 0, time.UTC)) // a logout he takes back leaves the next
	for body, want := range map[string]acd.Command{
		`{"action":"pause","pauseType":"p-lunch"}`: acd.SetPresence{Operator: "op-anna", Presence: acd.Paused, PauseType: "p-lunch", LogoutAt: tonight, By: by},
		`{"action":"available"}`:                   acd.SetPresence{Operator: "op-anna", Presence: acd.Available, LogoutAt: tonight, By: by},
		`{"action":"logout"}`:                      acd.Logout{Operator: "op-anna", Reason: acd.LogoutSupervisor, By: by},
		`{"action":"release"}`:                     acd.Release{Operator: "op-anna", By: by},
		`{"action":"suspend","group":"g-sales"}`:   acd.Suspend{Operator: "op-anna", Group: "g-sales", Suspended: true, By: by},
		`{"action":"unsuspend","group":"g-sales"}`: acd.Suspend{Operator: "op-anna", Group: "g-sales", By: by},
	} {
		c.do("POST", "/floor/operators/op-anna/actions", body).is(http.StatusOK).has("op-anna", "id")
		if got := last(r); got != want {
			t.Errorf("%s: the floor was asked %#v, want %#v", body, got, want)
		}
	}
	for body, field := range map[string]string{
		`{"action":"spy"}`: "body.action", `{"action":"leave","phone":{"kind":"browser"}}`: "body.phone",
		`{"action":"listen","phone":{"kind":"fax"}}`:                   "body.phone.kind",
		`{"action":"whisper","phone":{"kind":"centrex"}}`:              "body.phone.account",
		`{"action":"join","phone":{"kind":"external","number":"x"}}`:   "body.phone.number",
		`{"action":"join","phone":{"kind":"external","number":"112"}}`: "body.phone.number",
		`{"action":"logout","phone":{"kind":"browser"}}`:               "body.phone",
		`{}`: "body.action", `{"action":"pause"}`: "body.pauseType",
		`{"action":"suspend"}`: "body.group", `{"action":"logout","group":"g-sales"}`: "body.group", `{"action":"release","x":1}`: "body.x",
	} {
		a := c.do("POST", "/floor/operators/op-anna/actions", body).is(http.StatusUnprocessableEntity)
		if got := a.locations(); !slices.Equal(got, []string{field}) {
			t.Errorf("%s: refused %v, want %s", body, got, field)
		}
	}
	if a := c.do("POST", "/floor/operators/op-anna/actions", `{"action":"spy"}`); !strings.Contains(string(a.body), "unsuspend") {
		t.Errorf("the allowed actions are not named: %s", a.body)
	}
}

// The board says in which groups somebody is suspended, of those the requester sees.
func TestSuspendedIsShown(t *testing.T) {
	r := newRig(t)
	both := []acd.GroupID{"g-sales", "g-help"}
	r.floor.operators["op-anna"] = acd.OperatorView{ID: "op-anna", Name: "Anna", Groups: both, Suspended: both}
	for who, want := range map[string][]any{"administrator": {"g-sales", "g-help"}, "supervisor": {"g-sales"}} {
		operators, _ := r.as(who).do("GET", "/floor", nil).is(http.StatusOK).at("operators").([]any)
		for _, o := range operators {
			row, _ := o.(map[string]any)
			if got, _ := row["suspended"].([]any); row["id"] == "op-anna" && !slices.Equal(got, want) {
				t.Errorf("%s sees her suspended in %v, want %v", who, got, want)
			}
		}
	}
}

// TestCallOfAnotherGroup: a supervisor who shares an operator with another sees
// that he is busy, not with which call of which group.
func TestCallOfAnotherGroup(t *testing.T) {
	r := newRig(t)
	r.floor.operators["op-anna"] = acd.OperatorView{
		ID: "op-anna", Name: "Anna", Activity: acd.Talking, Call: "c-9", Group: "g-help",
		Groups: []acd.GroupID{"g-sales", "g-help"},
	}
	for who, want := range map[string]any{"administrator": "c-9", "supervisor": nil} {
		operators, _ := r.as(who).do("GET", "/floor", nil).is(http.StatusOK).at("operators").([]any)
		seen := false
		for _, o := range operators {
			row, _ := o.(map[string]any)
			if row["id"] != "op-anna" {
				continue
			}
			seen = true
			if row["call"] != want || row["activity"] != "talking" || (row["group"] == nil) != (want == nil) {
				t.Errorf("%s sees %v", who, row)
			}
		}
		if !seen {
			t.Errorf("%s does not see her", who)
		}
	}
}

func TestEveryRefusalOfTheCoreHasItsStatus(t *testing.T) {
	r := newRig(t)
	c := r.as("anna")
	for code, want := range map[acd.Code]int{
		acd.ErrUnknownOperator: 404, acd.ErrUnknownCall: 404, acd.ErrUnknownGroup: 422, acd.ErrUnknownPauseType: 422,
		acd.ErrNotMember: 422, acd.ErrOutOfRange: 422, acd.ErrDisabled: 403, acd.ErrPhoneChange: 403,
		acd.ErrOutgoingNotAllowed: 403, acd.ErrLoggedOut: 409, acd.ErrPhoneRequired: 409, acd.ErrPhoneInUse: 409,
		acd.ErrPhoneUnreachable: 409, acd.ErrNotIdle: 409, acd.ErrInCall: 409, acd.ErrNotWrappingUp: 409,
		acd.ErrNoCallerID: 409, acd.ErrNoGroup: 409, acd.ErrWrongState: 409, acd.ErrDuplicate: 409, acd.ErrLimit: 409,
		acd.ErrTransferToSelf: 409, acd.ErrTargetBusy: 409, acd.ErrTargetAway: 409, acd.ErrTargetUnreachable: 409,
		acd.ErrNobodyFree: 409, acd.ErrRecordingNotYours: 409, acd.ErrPickUpNotAllowed: 409,
	} {
		r.floor.refusing(&acd.Error{Code: code, Detail: "because"})
		a := c.do("POST", "/me/calls", `{"number":"0170200200"}`).is(want)
		a.has(string(code), "code").has("because", "detail")
	}
	r.floor.refusing(api.ErrUnavailable)
	if a := c.do("POST", "/me/calls", `{"number":"0170200200"}`).is(http.StatusServiceUnavailable); a.header.Get("Retry-After") == "" {
		t.Error("no Retry-After")
	}
}

func TestDialling(t *testing.T) {
	r := newRig(t)
	c := r.as("anna")
	dialled := func() acd.Dial {
		d, _ := last(r).(acd.Dial)
		return d
	}
	a := c.do("POST", "/me/calls", `{"number":"01 70 20 02 00","group":"g-sales"}`).is(http.StatusCreated)
	first := dialled()
	if first.Number != "+33170200200" || first.Group != "g-sales" || first.Operator != "op-anna" || first.Emergency {
		t.Errorf("dialled %+v", first)
	}
	a.has("dialing", "state").has("out", "direction").has(string(first.Call), "id").has("op-anna", "operator", "id")
	for number, emergency := range map[string]bool{"112": true, "15": true, "3949": false, "911": true} {
		c.do("POST", "/me/calls", map[string]any{"number": number}).is(http.StatusCreated)
		if d := dialled(); d.Number != number || d.Emergency != emergency || d.Call == first.Call {
			t.Errorf("%s: dialled %+v", number, d)
		}
	}
	for body, field := range map[string]string{
		`{}`: "body.number", `{"number":"abc"}`: "body.number", `{"number":"1"}`: "body.number",
		`{"number":"+33170200200;phone-context=x"}`: "body.number", `{"number":5}`: "body.number",
		`{"number":"0170200200","callId":"c1"}`: "body.callId", `{"callId":"none"}`: "body.callId",
	} {
		if got := c.do("POST", "/me/calls", body).is(http.StatusUnprocessableEntity).locations(); !slices.Equal(got, []string{field}) {
			t.Errorf("%s: refused %v, want %s", body, got, field)
		}
	}
}

func TestHiddenNumbersNeverLeaveTheServer(t *testing.T) {
	proof.Of(t, "OP-08")
	r := newRig(t)
	call := report.Call{
		ID: "c1", Direction: acd.Inbound, State: acd.CallOver, Caller: "+33699887766", Called: "+33170200200", Service: "n1",
		ArrivedAt: acd.At(start), AnsweredAt: acd.At(start.Add(4 * time.Second)), EndedAt: acd.At(start.Add(64 * time.Second)),
		Outcome: acd.OutcomeAnswered, EndedBy: acd.EndedByCaller, Operator: "op-anna", OperatorName: "Anna",
	}
	r.history.mine = []report.HistoryItem{{Call: call, Part: report.Part{Operator: "op-anna", Mine: report.MineAnswered}}}
	c := r.as("anna")
	item := func() map[string]any {
		items, _ := c.do("GET", "/me/history", nil).is(http.StatusOK).at("items").([]any)
		m, _ := items[0].(map[string]any)
		return m
	}
	if got := item(); got["caller"] != "+33699887766" || got["mine"] != "answered" || got["waitSeconds"] != 4.0 || got["talkSeconds"] != 60.0 {
		t.Errorf("history %v", got)
	}
	r.as("administrator").do("PATCH", "/operators/op-anna", `{"showNumbersInHistory":false}`).is(http.StatusOK)
	got := item()
	for _, name := range []string{"caller", "called"} {
		if _, there := got[name]; there {
			t.Errorf("%s is shown", name)
		}
	}
	for name, want := range map[string]any{"Zoe": "Zoe", "Agence 44": "Agence 44", "06 99 88 77 66": nil, "Zoe 0699887766": nil, "3639": nil} {
		r.history.mine[0].Call.CallerName = name
		if got := item()["callerName"]; got != want {
			t.Errorf("name %q is shown as %v", name, got)
		}
	}
	c.do("POST", "/me/calls", `{"callId":"c1"}`).is(http.StatusCreated)
	if d, _ := last(r).(acd.Dial); d.Number != "+33699887766" {
		t.Errorf("called back %+v", d)
	}
	r.as("ben").do("POST", "/me/calls", `{"callId":"c1"}`).is(http.StatusUnprocessableEntity)
}

// A call offered to him twice has two lines, each with what was his own of it.
func TestHistoryTellsTheParts(t *testing.T) {
	r := newRig(t)
	after := func(s int) acd.Instant { return acd.At(start.Add(time.Duration(s) * time.Second)) }
	call := report.Call{
		ID: "c1", Direction: acd.Inbound, State: acd.CallOver, Caller: "+33699887766", ArrivedAt: after(0), AnsweredAt: after(40),
		EndedAt: after(100), Outcome: acd.OutcomeAnswered, EndedBy: acd.EndedByCaller, Operator: "op-anna", OperatorName: "Anna",
	}
	r.history.mine = []report.HistoryItem{
		{Call: call, Part: report.Part{Seq: 30, Operator: "op-anna", Mine: report.MineAnswered, OfferedAt: after(35), AnsweredAt: after(40), EndedAt: after(90)}},
		{Call: call, Part: report.Part{Seq: 10, Operator: "op-anna", Mine: report.MineMissed, OfferedAt: after(5), EndedAt: after(25)}},
	}
	items, _ := r.as("anna").do("GET", "/me/history", nil).is(http.StatusOK).at("items").([]any)
	var got []any
	for _, item := range items {
		line, _ := item.(map[string]any)
		part, _ := line["part"].(map[string]any)
		got = append(got, part["id"], part["talkSeconds"], part["answeredAt"] != nil)
	}
	if want := []any{"30", 50.0, true, "10", 0.0, false}; !slices.Equal(got, want) {
		t.Errorf("parts %v, not %v", got, want)
	}
}

func TestActionsOnOnesOwnCall(t *testing.T) {
	r := newRig(t)
	c := r.as("anna")
	r.floor.calls["c1"] = acd.CallView{ID: "c1", State: acd.CallTalking, Operator: "op-anna", OperatorLeg: 2}
	r.floor.calls["c2"] = acd.CallView{ID: "c2", State: acd.CallTalking, Operator: "op-ben", OperatorLeg: 2}
	by := acd.Actor{Kind: acd.ByOperator, ID: "op-anna"}
	for _, tc := range []struct {
		action, body string
		want         acd.Command
	}{
		{"reject", "", acd.Reject{Call: "c1", Operator: "op-anna"}},
		{"hangup", "", acd.HangUp{Call: "c1", Operator: "op-anna", By: by}},
		{"hold", "", acd.Hold{Call: "c1", Operator: "op-anna"}},
		{"resume", "", acd.Resume{Call: "c1", Operator: "op-anna"}},
		{"transfer", `{"to":{"type":"operator","id":"op-ben"}}`, acd.Transfer{
			Call: "c1", Operator: "op-anna", To: acd.Destination{Kind: acd.ToOperator, Operator: "op-ben"},
		}},
		{"transfer", `{"to":{"type":"group","id":"g-help"}}`, acd.Transfer{
			Call: "c1", Operator: "op-anna", To: acd.Destination{Kind: acd.ToGroup, Group: "g-help"},
		}},
		{"consult", `{"to":{"type":"number","number":"+33699887766"}}`, acd.Consult{
			Call: "c1", Operator: "op-anna", To: acd.Destination{Kind: acd.ToNumber, Number: "+33699887766"},
		}},
		{"swap", "", acd.Swap{Call: "c1", Operator: "op-anna"}},
		{"complete", "", acd.Complete{Call: "c1", Operator: "op-anna"}},
		{"cancel", "", acd.CancelSide{Call: "c1", Operator: "op-anna"}},
		{"conference", "", acd.Conference{Call: "c1", Operator: "op-anna"}},
		{"record", `{"on":false}`, acd.PauseRecord{Call: "c1", Operator: "op-anna", On: true}},
		{"record", `{"on":true}`, acd.PauseRecord{Call: "c1", Operator: "op-anna"}},
		{"mute", `{"on":true}`, acd.Mute{Call: "c1", Operator: "op-anna", On: true}},
		{"note", `{"text":"called\nback"}`, acd.Note{Call: "c1", Operator: "op-anna", Text: "called\nback"}},
	} {
		var body any
		if tc.body != "" {
			body = tc.body
		}
		c.do("POST", "/me/calls/c1/"+tc.action, body).is(http.StatusOK).has("c1", "id")
		if got := last(r); got != tc.want {
			t.Errorf("%s: asked %#v", tc.action, got)
		}
		c.do("POST", "/me/calls/c2/"+tc.action, body).is(http.StatusNotFound)
	}
	c.do("POST", "/me/calls/c1/tags", `{"tags":[" vip ","quote"]}`).is(http.StatusOK).has([]string{"vip", "quote"}, "tags")
	c.do("POST", "/me/calls/c1/dtmf", `{"digits":"12#"}`).is(http.StatusOK)
	if len(r.calls.digits) != 1 || r.calls.digits[0] != "c1/2 12#" {
		t.Errorf("digits %v", r.calls.digits)
	}
	for action, bodies := range map[string][]string{
		"dtmf": {`{"digits":""}`, `{"digits":"1e"}`, `{"digits":12}`, `{"digits":"` + strings.Repeat("1", 33) + `"}`},
		"tags": {`{"tags":null}`, `{"tags":[""]}`, `{"tags":["a\u0007"]}`, `{"tags":[1]}`}, "mute": {`{}`, `{"on":1}`},
		"note":   {`{"text":"\u0000"}`, `{"text":"` + strings.Repeat("x", 4001) + `"}`},
		"record": {`{}`, `{"on":"off"}`},
		"transfer": {
			`{}`, `{"to":null}`, `{"to":{}}`, `{"to":{"type":"hangup"}}`, `{"to":{"type":"operator"}}`, `{"to":{"type":"operator","id":"none"}}`,
			`{"to":{"type":"group","id":"none"}}`, `{"to":{"type":"number"}}`, `{"to":{"type":"number","number":"x"}}`,
			`{"to":{"type":"number","number":"112"}}`,
		},
	} {
		for _, body := range bodies {
			c.do("POST", "/me/calls/c1/"+action, body).is(http.StatusUnprocessableEntity)
		}
	}
	c.do("POST", "/me/calls/c1/answer", nil).is(http.StatusConflict) // it does not ring
	r.floor.calls["c1"] = acd.CallView{ID: "c1", State: acd.CallRinging, Operator: "op-anna", OperatorLeg: 2}
	c.do("POST", "/me/calls/c1/answer", nil).is(http.StatusOK)
	r.calls.err = api.ErrNotSupported
	c.do("POST", "/me/calls/c1/answer", nil).is(http.StatusConflict)
	c.do("POST", "/me/calls/c1/dtmf", `{"digits":"1"}`).is(http.StatusConflict)
	c.do("POST", "/me/calls/c1/explode", nil).is(http.StatusNotFound)
	r.history.mine = []report.HistoryItem{{Call: report.Call{ID: "c0", State: acd.CallOver}, Part: report.Part{Operator: "op-anna"}}}
	c.do("POST", "/me/calls/c0/hangup", nil).is(http.StatusConflict).has("wrong_state", "code")
}

func TestPresenceAndWrapUp(t *testing.T) {
	r := newRig(t)
	c := r.as("anna")
	c.do("PUT", "/me/presence", `{"presence":"paused","pauseType":"p-lunch"}`).is(http.StatusOK).has("p-lunch", "pauseType")
	c.do("PUT", "/me/presence", `{"presence":"available"}`).is(http.StatusOK).has("available", "presence")
	for body, field := range map[string]string{
		`{"presence":"logged_out"}`: "body.presence", `{"presence":"paused"}`: "body.pauseType", `{}`: "body.presence",
		`{"presence":"available","pauseType":"p-lunch"}`: "body.pauseType",
	} {
		if got := c.do("PUT", "/me/presence", body).is(http.StatusUnprocessableEntity).locations(); !slices.Equal(got, []string{field}) {
			t.Errorf("%s: refused %v, want %s", body, got, field)
		}
	}
	by := acd.Actor{Kind: acd.ByOperator, ID: "op-anna"}
	c.do("POST", "/me/wrap-up", `{"action":"extend","seconds":60}`).is(http.StatusOK).has("op-anna", "id")
	if got := last(r); got != (acd.ExtendWrapUp{Operator: "op-anna", Seconds: 60, By: by}) {
		t.Errorf("asked %#v", got)
	}
	c.do("POST", "/me/wrap-up", `{"action":"finish"}`).is(http.StatusOK)
	for _, body := range []string{`{"action":"extend"}`, `{"action":"extend","seconds":0}`, `{"action":"extend","seconds":3601}`, `{"action":"stop"}`} {
		c.do("POST", "/me/wrap-up", body).is(http.StatusUnprocessableEntity)
	}
}

func TestGivingThePhone(t *testing.T) {
	r := newRig(t)
	c, admin := r.as("anna"), r.as("administrator")
	body := `{"kind":"external","number":"06 99 88 77 66"}`
	c.do("PUT", "/me/phone", body).is(http.StatusForbidden)
	c.do("PUT", "/me/phone", `{"kind":"external","number":"x"}`).is(http.StatusForbidden)
	admin.do("PATCH", "/operators/op-anna", `{"askPhoneAtLogin":true}`).is(http.StatusOK)
	c.do("GET", "/me", nil).has(true, "rights", "phoneChange")
	for b, field := range map[string]string{
		`{"kind":"external"}`: "body.number", `{"kind":"centrex","account":"none"}`: "body.account", `{"kind":"browser","fallback":"x"}`: "body.fallback",
		`{"kind":"pigeon"}`: "body.kind", `{"kind":""}`: "body.kind", `{}`: "body.kind", `{"kind":"external","number":"112"}`: "body.number",
	} {
		if got := c.do("PUT", "/me/phone", b).is(http.StatusUnprocessableEntity).locations(); !slices.Equal(got, []string{field}) {
			t.Errorf("%s: refused %v, want %s", b, got, field)
		}
	}
	c.do("PUT", "/me/phone", body).is(http.StatusOK).has("+33699887766", "phone", "number").has("reachable", "phone", "state")
	c.do("PUT", "/me/phone", body).is(http.StatusForbidden) // given once in this session
	if got := admin.do("GET", "/operators/op-anna", nil).at("phone", "number"); got != "+33612345678" {
		t.Errorf("a phone of the session went to the record: %v", got)
	}
	admin.do("PATCH", "/operators/op-anna", `{"allowPhoneChange":true}`).is(http.StatusOK)
	c.do("PUT", "/me/phone", body).is(http.StatusOK)
	admin.do("GET", "/operators/op-anna", nil).has("+33699887766", "phone", "number")
	c.do("PUT", "/me/phone", `{"kind":"browser","fallback":"06 99 88 77 66"}`).is(http.StatusOK).
		has("browser", "phone", "kind").has("+33699887766", "phone", "fallback").has(nil, "phone", "number")
	admin.do("GET", "/operators/op-anna", nil).has("browser", "phone", "kind").has("+33699887766", "phone", "fallback")
}

// TestTimelineNamesWhoAndWhere: who dialled is named although he got no answer,
// and an overflow says which group it leads to.
func TestTimelineNamesWhoAndWhere(t *testing.T) {
	r := newRig(t)
	r.history.calls = []report.Call{
		{ID: "c1", Direction: acd.Outbound, State: acd.CallOver, Operator: "op-anna", OperatorName: "Anna"},
		{ID: "c2", Direction: acd.Inbound, State: acd.CallOver},
	}
	r.history.events = map[acd.CallID][]acd.Recorded{
		"c1": {{Seq: 7, Event: acd.CallStarted{Call: "c1", Direction: acd.Outbound, Called: "+33142000000", Operator: "op-anna"}}},
		"c2": {{Seq: 8, Event: acd.Overflowed{
			Call: "c2", From: "g-sales", Exit: acd.Exit{Kind: acd.ExitGroup, Group: "g-help"}, Cause: "max_wait", Count: 1,
		}}},
	}
	c := r.as("administrator")
	first := func(call string) map[string]any {
		items, _ := c.do("GET", "/calls/"+call+"/timeline", nil).is(http.StatusOK).at("items").([]any)
		return items[0].(map[string]any)
	}
	if who, _ := first("c1")["operator"].(map[string]any); who["name"] != "Anna" {
		t.Errorf("dialled by %v", who)
	}
	if step := first("c2"); step["group"] != "g-sales" || step["target"] != "g-help" || step["outcome"] != "group" {
		t.Errorf("overflow %v", step)
	}
}

func TestCallsTimelineAndRecording(t *testing.T) {
	r := newRig(t)
	r.history.calls = []report.Call{{ID: "c1", Direction: acd.Inbound, State: acd.CallOver, Service: "n1", Called: "+33170200200", Outcome: acd.OutcomeAnswered}}
	r.history.groups["c1"] = []acd.GroupID{"g-help"}
	r.history.events = map[acd.CallID][]acd.Recorded{"c1": {
		{Seq: 7, At: acd.At(start), Event: acd.CallStarted{Call: "c1", Direction: acd.Inbound, Called: "+33170200200"}},
		{Seq: 8, At: acd.At(start), Event: acd.Enqueued{Call: "c1", Group: "g-help", Cause: "arrival"}},
	}}
	r.recordings["c1"] = "RIFF0123456789"
	c := r.as("administrator")
	c.do("GET", "/calls/c1", nil).is(http.StatusOK).has(nil, "caller").has("+33170200200", "service").has("answered", "outcome")
	a := c.do("GET", "/calls/c1/timeline", nil).is(http.StatusOK)
	items, _ := a.at("items").([]any)
	if len(items) != 2 || items[1].(map[string]any)["kind"] != "queued" || items[1].(map[string]any)["reason"] != "arrival" {
		t.Errorf("timeline %s", a.body)
	}
	a = c.do("GET", "/calls/c1/recording", nil).is(http.StatusOK)
	if a.header.Get("Content-Type") != "audio/wav" || string(a.body) != "RIFF0123456789" {
		t.Errorf("recording %q %s", a.header.Get("Content-Type"), a.body)
	}
	a = c.do("GET", "/calls/c1/recording", nil, "Range", "bytes=4-7").is(http.StatusPartialContent)
	if string(a.body) != "0123" || a.header.Get("Content-Range") != "bytes 4-7/14" {
		t.Errorf("range %q %s", a.header.Get("Content-Range"), a.body)
	}
	r.history.groups["c1"] = []acd.GroupID{"g-sales"}
	listener := r.as("supervisor")
	listener.do("GET", "/calls/c1", nil).is(http.StatusOK)
	listener.do("GET", "/calls/c1/recording", nil).is(http.StatusForbidden) // he has no right to listen
	c.do("PATCH", "/users/u-supervisor", `{"rights":{"listen":true}}`).is(http.StatusOK)
	listener.do("GET", "/calls/c1/recording", nil).is(http.StatusOK)
	r.history.groups["c1"] = []acd.GroupID{"g-help"}
	delete(r.recordings, "c1")
	c.do("GET", "/calls/c1/recording", nil).is(http.StatusNotFound)
	c.do("GET", "/calls/none/recording", nil).is(http.StatusNotFound)
	supervisor := r.as("supervisor") // of sales, the call was in help
	for _, path := range []string{"", "/timeline", "/recording"} {
		supervisor.do("GET", "/calls/c1"+path, nil).is(http.StatusNotFound)
	}
	c.do("GET", "/calls?from=2026-03-01T00:00:00Z&to=2026-03-02T00:00:00%2B01:00&direction=in&group=g&operator=o&number=0170200200&outcome=busy&limit=500", nil).is(http.StatusOK)
	want := report.CallQuery{
		From: acd.At(time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)), To: acd.At(time.Date(2026, 3, 1, 23, 0, 0, 0, time.UTC)),
		Direction: acd.Inbound, Group: "g", Operator: "o", Number: "+33170200200", Outcome: acd.OutcomeBusy, Limit: 500,
	}
	if got := r.history.asked; got.From != want.From || got.To != want.To || got.Direction != want.Direction || got.Group != want.Group ||
		got.Operator != want.Operator || got.Number != want.Number || got.Outcome != want.Outcome || got.Limit != want.Limit || got.Groups != nil {
		t.Errorf("asked %+v, want %+v", got, want)
	}
	for _, query := range []string{"from=yesterday", "direction=up", "outcome=fine", "number=abc", "limit=501"} {
		name, _, _ := strings.Cut(query, "=")
		if got := c.do("GET", "/calls?"+query, nil).is(http.StatusUnprocessableEntity).locations(); !slices.Equal(got, []string{"query." + name}) {
			t.Errorf("%s: refused %v", query, got)
		}
	}
}

// TestTimelineTellsWhy: what placed the chosen operator, who was passed over, and
// no names for those who may not see operators one by one.
func TestTimelineTellsWhy(t *testing.T) {
	r := newRig(t)
	r.history.calls = []report.Call{{ID: "c1", Direction: acd.Inbound, State: acd.CallOver}}
	r.history.groups["c1"] = []acd.GroupID{"g-sales"}
	r.history.events = map[acd.CallID][]acd.Recorded{"c1": {
		{Seq: 1, Event: acd.Enqueued{
			Call: "c1", Group: "g-sales", Cause: "arrival", Position: 2, Passed: []acd.SkipCount{{Reason: acd.SkipBusy, Count: 3}},
		}},
		{Seq: 2, Event: acd.AnnouncementStarted{Call: "c1", Group: "g-sales", Welcome: true, Sound: "hello", Position: 2, WaitSeconds: 90, Until: 1}},
		{Seq: 3, Event: acd.OfferMade{
			Call: "c1", Leg: 2, Operator: "op-anna", Name: "Anna", Group: "g-sales", Strategy: acd.FewestCalls, Rank: 1, Eligible: 2,
			IdleSince: acd.At(start), Skipped: []acd.Skip{{Operator: "op-anna", Reason: acd.SkipPaused}, {Operator: "gone", Reason: acd.SkipDisabled}},
		}},
	}}
	steps := func(c *client) []any {
		items, _ := c.do("GET", "/calls/c1/timeline", nil).is(http.StatusOK).at("items").([]any)
		if len(items) != 3 {
			t.Fatalf("%d steps", len(items))
		}
		return items
	}
	items := steps(r.as("administrator"))
	equalJSON(t, items[0].(map[string]any)["passed"], `[{"reason":"busy","count":3}]`)
	equalJSON(t, items[0].(map[string]any)["position"], `2`)
	told := items[1].(map[string]any)
	equalJSON(t, []any{told["kind"], told["reason"], told["sound"], told["position"], told["estimatedWaitSeconds"]}, `["announced","welcome","hello",2,90]`)
	offer := items[2].(map[string]any)
	equalJSON(t, []any{offer["strategy"], offer["rank"], offer["eligible"], offer["answeredToday"]}, `["fewest_calls",1,2,0]`)
	if offer["idleSince"] == nil || offer["groupName"] == "" {
		t.Errorf("offer %v", offer)
	}
	skipped, _ := offer["skipped"].([]any)
	equalJSON(t, skipped[1], `{"operator":"gone","reason":"disabled"}`)
	if first := skipped[0].(map[string]any); first["operator"] != "op-anna" || first["name"] == nil || first["reason"] != "paused" {
		t.Errorf("skipped %v", first)
	}
	r.as("administrator").do("PATCH", "/users/u-supervisor", `{"rights":{"operatorDetail":false}}`).is(http.StatusOK)
	skipped, _ = steps(r.as("supervisor"))[2].(map[string]any)["skipped"].([]any)
	equalJSON(t, skipped, `[{"reason":"paused"},{"reason":"disabled"}]`)
}

// TestCallRingsAtSeveral: each of them sees and answers his own phone, the floor
// names all.
func TestCallRingsAtSeveral(t *testing.T) {
	r := newRig(t)
	call := acd.CallView{
		ID: "c1", Direction: acd.Inbound, State: acd.CallRinging, Group: "g-sales", Operator: "op-bob", OperatorLeg: 3,
		ArrivedAt: acd.At(start), PhoneRings: true, Offers: []acd.OfferView{
			{Operator: "op-anna", Leg: 2, OfferedAt: acd.At(start), RingUntil: acd.At(start) + 5_000, PhoneRings: true},
			{Operator: "op-bob", Leg: 3, OfferedAt: acd.At(start), RingUntil: acd.At(start) + 9_000, PhoneRings: true},
		},
	}
	anna := r.as("anna")
	v := r.floor.operators["op-anna"]
	v.Activity, v.Call = acd.Ringing, "c1"
	r.floor.change(api.Rows{Calls: []acd.CallView{call}, Operators: []acd.OperatorView{v}})
	mine := anna.do("GET", "/me", nil).is(http.StatusOK).at("calls").([]any)[0].(map[string]any)
	if who := mine["operator"].(map[string]any); who["id"] != "op-anna" || mine["ringsMine"] != true {
		t.Errorf("her call %v", mine)
	}
	anna.do("POST", "/me/calls/c1/answer", nil).is(http.StatusOK)
	calls := r.as("administrator").do("GET", "/floor", nil).is(http.StatusOK).at("calls").([]any)
	if both, _ := calls[0].(map[string]any)["offeredTo"].([]any); len(both) != 2 {
		t.Errorf("offered to %v", calls[0])
	}
}
