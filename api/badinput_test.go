package api_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"testing"

	"bandeau/api"
)

// badValue is a value that a field refuses. The refusal is 422 and names the
// field, or the place given here.
type badValue struct {
	field  string // from the root of the body, as in callerId.mode
	value  string // JSON
	status int    // of both POST and PATCH, zero for 422
	at     string // where the refusal is, empty for the field
}

// body is the value in its place in a body.
func (v badValue) body() string {
	body := v.value
	for _, name := range slices.Backward(strings.Split(v.field, ".")) {
		body = fmt.Sprintf(`{%q:%s}`, name, body)
	}
	return body
}

// resourceOf is a kind of record to try values on.
type resourceOf struct {
	path, id string
	create   string // a body that is accepted
	fields   reflect.Type
	bad      []badValue
	count    func(r *rig) int // how many are stored
}

// text are the values that no line of text takes, and that none takes which has
// to be there.
func text(field string, longest int, required bool) []badValue {
	bad := []badValue{
		{field: field, value: `12`},
		{field: field, value: `["x"]`},
		{field: field, value: `{"x":1}`},
		{field: field, value: `true`},
		{field: field, value: `"` + strings.Repeat("é", longest+1) + `"`},
		{field: field, value: `"a\u0000b"`},
		{field: field, value: `"a\nb"`},
		{field: field, value: `"a\u001bb"`},
		{field: field, value: `"a\u0085b"`},
		{field: field, value: `"a\u202eb"`},
		{field: field, value: `"a\u2028b"`},
	}
	if required {
		bad = append(bad, badValue{field: field, value: `""`}, badValue{field: field, value: `"   "`}, badValue{field: field, value: `null`})
	}
	return bad
}

// figure are the values that no whole number of a range takes.
func figure(field string, low, high int) []badValue {
	var bad []badValue
	for _, value := range []string{
		fmt.Sprint(low - 1), fmt.Sprint(high + 1), fmt.Sprintf(`"%d"`, low), fmt.Sprintf("%d.5", low),
		"1e400", "-1e9", "99999999999999999999", `""`, `true`, `[]`, `{}`,
	} {
		bad = append(bad, badValue{field: field, value: value})
	}
	return bad
}

// onOff are the values that no switch takes.
func onOff(fields ...string) []badValue {
	var bad []badValue
	for _, field := range fields {
		for _, value := range []string{`"true"`, `1`, `0`, `""`, `"TRUE"`, `[]`, `{}`} {
			bad = append(bad, badValue{field: field, value: value})
		}
	}
	return bad
}

// word are those that no field takes which is one of a few words.
func word(field, right string) []badValue {
	var bad []badValue
	for _, value := range []string{`""`, `"x"`, fmt.Sprintf("%q", strings.ToUpper(right)), fmt.Sprintf("%q", right+" "), `1`, `false`, `[]`, `{}`} {
		bad = append(bad, badValue{field: field, value: value})
	}
	return bad
}

// each are some values of one field.
func each(field string, values ...string) []badValue {
	var bad []badValue
	for _, value := range values {
		bad = append(bad, badValue{field: field, value: value})
	}
	return bad
}

// taken is a value that another record has.
func taken(field, value string) badValue {
	return badValue{field: field, value: value, status: http.StatusConflict}
}

func badOperators() resourceOf {
	phone := func(at, phone string) badValue { return badValue{field: "phone", value: phone, at: at} }
	caller := func(at, value string) badValue { return badValue{field: "callerId", value: value, at: at} }
	return resourceOf{
		path: "/operators", id: "op-anna", fields: reflect.TypeFor[api.OperatorFields](),
		create: `{"login":"dora","fullName":"Dora","email":"dora@example.org","phone":{"kind":"external","number":"+33612345678"}}`,
		count:  func(r *rig) int { return len(r.records.operators.all()) },
		bad: slices.Concat(
			onOff("enabled", "showWaiting", "showNumbersInHistory", "alwaysConnected", "record", "askPhoneAtLogin", "silenceLogout",
				"allowOutgoing", "allowPhoneChange", "persistentSession", "pauseAtLogin", "phone.confirm"),
			text("login", 32, true), each("login", `"a b"`, `"jérôme"`, `"<script>"`, `"a/../b"`),
			[]badValue{taken("login", `"BEN"`), taken("login", `"supervisor"`)},
			text("fullName", 100, true),
			text("email", 254, true), each("email", `"x"`, `"a@"`, `"A B <a@b.org>"`, `"a@b.org\r\nBcc: c@d.org"`),
			[]badValue{taken("email", `"Ben@Example.ORG"`)},
			word("language", "fr"),
			each("dialCountry", `""`, `"France"`, `"ZZ"`, `"F"`, `33`, `[]`, `"F\u0000"`),
			each("directNumber", `"abc"`, `"3631"`, `"+331"`, `"+3317020030000000000"`, `12`, `[]`, `"01 70 20 03 00;ext=1"`, `"0170200300\u0000"`),
			each("callerId", `"direct"`, `[]`, `1`),
			word("callerId.mode", "anonymous"),
			[]badValue{
				caller("callerId.mode", `{"mode":"direct","number":null}`), caller("callerId.number", `{"mode":"custom","number":null}`),
				caller("callerId.number", `{"mode":"custom","number":"hello"}`), caller("callerId.number", `{"mode":"custom","number":5}`),
				caller("callerId.number", `{"mode":"service","number":"+33999999999"}`), caller("callerId.other", `{"mode":"service","other":1}`),
			},
			each("screenPop", `"none"`, `[]`, `1`),
			word("screenPop.window", "tab"),
			badPages("screenPop.incomingUrl"), badPages("screenPop.outgoingUrl"),
			each("phone", `"external"`, `[]`, `1`, `true`),
			word("phone.kind", "centrex"),
			[]badValue{
				phone("phone.fallback", `{"kind":"browser","fallback":"x"}`), phone("phone.fallback", `{"kind":"browser","fallback":7}`),
				phone("phone.fallback", `{"kind":"browser","fallback":"112"}`), phone("phone.number", `{"kind":"external","number":null}`),
				phone("phone.number", `{"kind":"external","number":""}`), phone("phone.number", `{"kind":"external","number":"x"}`),
				phone("phone.number", `{"kind":"external","number":6}`), phone("phone.number", `{"kind":"external","number":"112"}`),
				phone("phone.number", `{"kind":"external","number":"06\u0000"}`),
				phone("phone.account", `{"kind":"centrex","account":null}`), phone("phone.account", `{"kind":"centrex","account":"none"}`),
				phone("phone.account", `{"kind":"centrex","account":7}`), phone("phone.colour", `{"kind":"centrex","colour":"red"}`),
			},
			figure("wrapUpSeconds", 0, 3600), figure("ringSeconds", 5, 120), figure("retrySeconds", 0, 3600),
			figure("idleLogoutMinutes", 1, 1440), figure("missedLogoutCount", 1, 100),
			each("logoutAt", `"24:00"`, `"9:00"`, `"12:60"`, `"12h30"`, `"12:30:00"`, `"noon"`, `1230`, `[]`, `"12:3\u0000"`),
			each("password", `"mine"`), each("passwordState", `"set"`), each("id", `"mine"`), each("FullName", `"x"`), each("createdAt", `"2026-01-01T00:00:00Z"`),
		),
	}
}

// badPages are what is no address of a customer's page.
func badPages(field string) []badValue {
	return each(field, `"javascript:alert(1)"`, `"data:text/html,x"`, `"ftp://example.org/"`, `"HTTPS"`, `"https://"`, `"//example.org"`,
		`"https://example.org/{pin}"`, `"https://{caller}.example.org/"`, `"https://example.org/{caller"`, `"https://example.org/ x"`,
		`"https://example.org/\u0000"`, `"https://example.org/`+strings.Repeat("x", 2048)+`"`, `1`, `[]`, `{}`, `true`)
}

func badPauseTypes() resourceOf {
	names := []badValue{}
	for _, language := range []string{"fr", "en", "it", "es"} {
		names = append(names, text("names."+language, 100, false)...)
	}
	return resourceOf{
		path: "/pause-types", id: "p-lunch", fields: reflect.TypeFor[api.PauseTypeFields](),
		create: `{"names":{"fr":"Café"}}`,
		count:  func(r *rig) int { return len(r.records.pauseTypes.all()) },
		bad: slices.Concat(names,
			each("names", `"Café"`, `[]`, `1`), each("names.de", `"Kaffee"`), each("names.FR", `"Café"`),
			each("colour", `""`, `"red"`, `"#fff"`, `"#12345g"`, `"#1234567"`, `1`, `[]`, `"#12345\u0000"`),
			figure("order", 1, 1000), figure("maxMinutes", 1, 1440), onOff("productive", "login"),
			each("id", `"mine"`), each("name", `"x"`),
		),
	}
}

func badUsers() resourceOf {
	return resourceOf{
		path: "/users", id: "u-supervisor", fields: reflect.TypeFor[api.UserFields](),
		create: `{"login":"sam","role":"supervisor"}`,
		count:  func(r *rig) int { return len(r.records.users.table.all()) },
		bad: slices.Concat(
			text("login", 32, true), each("login", `"a b"`, `"<script>"`), []badValue{taken("login", `"ANNA"`), taken("login", `"Technical"`)},
			text("name", 100, false), text("email", 254, false), each("email", `"x"`, `"a@b.org, c@d.org"`),
			word("language", "es"), word("role", "supervisor"), each("role", `"operator"`, `"root"`),
			each("groups", `"all"`, `{}`, `1`),
			[]badValue{
				{field: "groups", value: `["none"]`, at: "groups[0]"},
				{field: "groups", value: `["g-sales","g-sales"]`, at: "groups[1]"},
				{field: "groups", value: `["g-sales",7]`, at: "groups[1]"},
				{field: "groups", value: `[null]`, at: "groups[0]"},
			},
			each("rights", `1`, `[]`, `"all"`), onOff("rights.operatorDetail", "rights.listen"), each("rights.everything", `true`),
			each("password", `"mine"`), each("id", `"mine"`), each("Login", `"x"`),
		),
	}
}

// TestBadInputOfEveryField: each bad value of each field is refused with the
// field and its rule, whether a record is made or changed, and nothing of the
// body is kept, right as the rest of it may be.
func TestBadInputOfEveryField(t *testing.T) {
	for _, of := range []resourceOf{badOperators(), badPauseTypes(), badUsers()} {
		t.Run(of.path[1:], func(t *testing.T) {
			tried := map[string]bool{}
			for _, v := range of.bad {
				root, _, _ := strings.Cut(v.field, ".")
				tried[root] = true
			}
			for field := range of.fields.Fields() {
				if name, _, _ := strings.Cut(field.Tag.Get("json"), ","); !tried[name] {
					t.Errorf("no bad value of %s is tried", name)
				}
			}
			r := newRig(t)
			c := r.as("technical")
			path, count := of.path+"/"+of.id, of.count(r)
			before := string(c.do("GET", path, nil).is(http.StatusOK).body)
			for _, v := range of.bad {
				v.refused(t, c.do("PATCH", path, v.body()))
				v.refused(t, c.do("POST", of.path, merged(t, of.create, v.body())))
			}
			if after := string(c.do("GET", path, nil).is(http.StatusOK).body); after != before {
				t.Errorf("kept of what was refused:\n%s\nbefore\n%s", after, before)
			}
			if n := of.count(r); n != count {
				t.Errorf("%d records, %d before", n, count)
			}
			// And what they were tried with is right.
			c.do("POST", of.path, of.create).is(http.StatusCreated)
		})
	}
}

func (v badValue) refused(t *testing.T, a *answer) {
	t.Helper()
	want := v.status
	if want == 0 {
		want = http.StatusUnprocessableEntity
	}
	at := "body." + v.at
	if v.at == "" {
		at = "body." + v.field
	}
	if a.status != want {
		t.Errorf("%s with %.80s: %d, want %d: %s", a.what, v.body(), a.status, want, a.body)
		return
	}
	var p api.Problem
	if err := json.Unmarshal(a.body, &p); err != nil {
		t.Fatal(err)
	}
	for _, e := range p.Errors {
		if e.Location == at && e.Message != "" {
			return
		}
	}
	t.Errorf("%s with %.80s: %s is not named with its rule in %+v", a.what, v.body(), at, p.Errors)
}

// merged puts the members of one object over those of another.
func merged(t *testing.T, base, over string) string {
	t.Helper()
	var b, o map[string]json.RawMessage
	if err := json.Unmarshal([]byte(base), &b); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal([]byte(over), &o); err != nil {
		t.Fatalf("%s: %v", over, err)
	}
	maps.Copy(b, o)
	body, err := json.Marshal(b)
	if err != nil {
		t.Fatal(err)
	}
	return string(body)
}

// TestNothingIsHalfSaved: of a body with one mistake nothing is taken.
func TestNothingIsHalfSaved(t *testing.T) {
	r := newRig(t)
	c := r.as("administrator")
	before := string(c.do("GET", "/operators/op-anna", nil).is(http.StatusOK).body)
	for _, body := range []string{
		`{"fullName":"Other","record":true,"ringSeconds":4}`,
		`{"fullName":"Other","callerId":{"mode":"anonymous"},"login":"ben"}`,
		`{"fullName":"Other","screenPop":{"incomingUrl":"https://example.org/"}}`,
		`{"screenPop":{"window":"none"},"phone":{"kind":"external","number":"x"}}`,
	} {
		if a := c.do("PATCH", "/operators/op-anna", body); a.status < 400 || a.status >= 500 {
			t.Errorf("%s: %d", body, a.status)
		}
	}
	if after := string(c.do("GET", "/operators/op-anna", nil).is(http.StatusOK).body); after != before {
		t.Errorf("half saved:\n%s\nbefore\n%s", after, before)
	}
}

// TestANameIsTextWhateverItHolds: a script is a name like another, kept and
// answered as it is, as data.
func TestANameIsTextWhateverItHolds(t *testing.T) {
	r := newRig(t)
	c := r.as("administrator")
	const script = `"><script>alert(1)</script>{{name}} ${x}`
	for path, body := range map[string]map[string]any{
		"/operators/op-anna":   {"fullName": script},
		"/users/u-supervisor":  {"name": script},
		"/pause-types/p-lunch": {"names": map[string]any{"fr": script, "en": script}},
	} {
		c.do("PATCH", path, body).is(http.StatusOK)
		a := c.do("GET", path, nil).is(http.StatusOK)
		if !strings.Contains(fmt.Sprint(a.json()), script) {
			t.Errorf("%s answers %s", path, a.body)
		}
		if got := a.header.Get("Content-Type"); !strings.HasPrefix(got, "application/json") || a.header.Get("X-Content-Type-Options") != "nosniff" {
			t.Errorf("%s is %q", path, got)
		}
	}
}

// TestTwoAdministratorsOfOneOperator: the second is told that the record is not
// the one he looked at, and nothing of the first's work is lost.
func TestTwoAdministratorsOfOneOperator(t *testing.T) {
	r := newRig(t)
	first, second := r.as("administrator"), r.as("technical")
	const path = "/operators/op-anna"
	seen := first.do("GET", path, nil).is(http.StatusOK).header.Get("ETag")
	if also := second.do("GET", path, nil).is(http.StatusOK).header.Get("ETag"); also != seen || seen == "" {
		t.Fatalf("they look at %q and %q", seen, also)
	}
	first.do("PATCH", path, `{"fullName":"By the first","ringSeconds":40}`, "If-Match", seen).is(http.StatusOK)
	late := second.do("PATCH", path, `{"fullName":"By the second"}`, "If-Match", seen).is(http.StatusPreconditionFailed)
	if late.at("detail") == "" {
		t.Errorf("he is not told: %s", late.body)
	}
	second.do("DELETE", path, nil, "If-Match", seen).is(http.StatusPreconditionFailed)
	now := second.do("GET", path, nil).is(http.StatusOK).has("By the first", "fullName").has(40, "ringSeconds")
	second.do("PATCH", path, `{"fullName":"By the second"}`, "If-Match", now.header.Get("ETag")).is(http.StatusOK).
		has("By the second", "fullName").has(40, "ringSeconds")
	// Between the look and the write of the second, a third one writes.
	r.records.operators.beforeUpdate = func() {
		r.records.operators.beforeUpdate = nil
		o := r.records.operators.rows["op-anna"]
		o.Record, o.Revision = true, o.Revision+1
		r.records.operators.rows["op-anna"] = o
	}
	etag := second.do("GET", path, nil).header.Get("ETag")
	second.do("PATCH", path, `{"fullName":"Too late"}`, "If-Match", etag).is(http.StatusPreconditionFailed)
	second.do("GET", path, nil).is(http.StatusOK).has("By the second", "fullName").has(true, "record")
}
