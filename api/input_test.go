package api_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
)

func TestUnreadableBodies(t *testing.T) {
	r := newRig(t)
	c := r.as("administrator")
	deep := strings.Repeat(`{"a":`, 40) + "1" + strings.Repeat("}", 40)
	for name, body := range map[string]string{
		"empty": " ", "cut": `{"name":`, "garbage after": `{"name":"x"} y`, "two values": `{"name":"x"}{}`,
		"duplicate": `{"name":"x","name":"y"}`, "inner duplicate": `{"record":{"inbound":true,"inbound":false}}`,
		"not UTF-8": "{\"name\":\"\xff\"}", "single quotes": `{'name':'x'}`, "trailing comma": `{"name":"x",}`,
		"too deep": deep, "comment": `{"name":"x"/**/}`, "NaN": `{"priority":NaN}`, "leading zero": `{"priority":05}`,
	} {
		t.Run(name, func(t *testing.T) {
			c.do("POST", "/groups", body).is(http.StatusBadRequest)
			c.do("PATCH", "/groups/g-sales", body).is(http.StatusBadRequest)
		})
	}
	c.do("POST", "/groups", `{"name":"`+strings.Repeat("x", 1<<20)+`"}`).is(http.StatusRequestEntityTooLarge)
	for _, media := range []string{"text/plain", "application/x-www-form-urlencoded", "application/jsonx", "", "multipart/form-data; boundary=x"} {
		c.do("POST", "/groups", `{"name":"x"}`, "Content-Type", media).is(http.StatusUnsupportedMediaType)
	}
	c.do("POST", "/groups", `{"name":"x"}`, "Content-Type", "application/merge-patch+json").is(http.StatusUnsupportedMediaType)
	c.do("POST", "/groups", `{"name":"x"}`, "Content-Type", "application/json; charset=utf-8").is(http.StatusCreated)
	for _, body := range []string{`[]`, `"x"`, `1`, `null`} {
		if got := c.do("POST", "/groups", body).is(http.StatusUnprocessableEntity).locations(); !slices.Contains(got, "body") {
			t.Errorf("%s: refused %v", body, got)
		}
	}
}

func TestAllErrorsOfABodyComeTogether(t *testing.T) {
	r := newRig(t)
	c := r.as("administrator")
	a := c.do("POST", "/operators", `{
		"login":"No Spaces!","fullName":"","email":"nope","ringSeconds":4,"retrySeconds":"30","wrapUpSeconds":3601,
		"record":"yes","logoutAt":"25:00","language":"de","colour":"red","callerId":{"mode":"custom","nmber":"1"},
		"phone":{"kind":"pigeon"},"id":"mine","directNumber":12
	}`).is(http.StatusUnprocessableEntity)
	got := a.locations()
	for _, want := range []string{
		"body.login", "body.fullName", "body.email", "body.ringSeconds", "body.retrySeconds", "body.wrapUpSeconds",
		"body.record", "body.logoutAt", "body.language", "body.colour", "body.callerId.number", "body.callerId.nmber",
		"body.phone.kind", "body.id", "body.directNumber",
	} {
		if !slices.Contains(got, want) {
			t.Errorf("%s is not named in %v", want, got)
		}
	}
	slices.Sort(got)
	if len(slices.Compact(got)) != len(a.locations()) {
		t.Errorf("a value is named twice: %v", a.locations())
	}
	if n := len(r.records.operators.all()); n != 3 {
		t.Errorf("%d operators are stored", n)
	}
}

func TestWrongTypesAreNamed(t *testing.T) {
	r := newRig(t)
	c := r.as("technical")
	create := map[string]string{
		"/phones": `{"label":"x"}`, "/trunks": `{"name":"x","host":"h"}`, "/numbers": `{"number":"0170200201"}`,
	}
	ids := map[string]string{}
	for path, body := range create {
		ids[path], _ = c.do("POST", path, body).is(http.StatusCreated).at("id").(string)
	}
	for _, tc := range []struct{ path, field, value string }{
		{"/operators/op-anna", "ringSeconds", `"25"`},
		{"/operators/op-anna", "ringSeconds", `25.5`},
		{"/operators/op-anna", "ringSeconds", `1e400`},
		{"/operators/op-anna", "ringSeconds", `121`},
		{"/operators/op-anna", "ringSeconds", `-1`},
		{"/operators/op-anna", "ringSeconds", `99999999999999999999`},
		{"/operators/op-anna", "enabled", `1`},
		{"/operators/op-anna", "login", `true`},
		{"/operators/op-anna", "login", `null`},
		{"/operators/op-anna", "callerId", `"direct"`},
		{"/operators/op-anna", "phone", `[]`},
		{"/operators/op-anna", "fullName", `"a\u0000b"`},
		{"/operators/op-anna", "idleLogoutMinutes", `0`},
		{"/operators/op-anna", "missedLogoutCount", `101`},
		{"/operators/op-anna", "logoutAt", `"9:00"`},
		{"/groups/g-sales", "priority", `0`},
		{"/groups/g-sales", "members", `{}`},
		{"/groups/g-sales", "strategy", `"best"`},
		{"/groups/g-sales", "overflow", `"hangup"`},
		{"/groups/g-sales", "colour", `"red"`},
		{"/pause-types/p-lunch", "order", `"1"`},
		{"/pause-types/p-lunch", "maxMinutes", `1441`},
		{"/pause-types/p-lunch", "names", `"x"`},
		{"/users/u-supervisor", "groups", `"all"`},
		{"/users/u-supervisor", "role", `"operator"`},
		{"/users/u-supervisor", "rights", `1`},
		{"/phones/" + ids["/phones"], "number", `"1"`},
		{"/phones/" + ids["/phones"], "label", `null`},
		{"/trunks/" + ids["/trunks"], "port", `0`},
		{"/trunks/" + ids["/trunks"], "codecs", `[]`},
		{"/trunks/" + ids["/trunks"], "sources", `["x"]`},
		{"/trunks/" + ids["/trunks"], "transport", `"sctp"`},
		{"/numbers/" + ids["/numbers"], "answer", `"never"`},
		{"/numbers/" + ids["/numbers"], "number", `"+33 1 ;phone-context=x"`},
		{"/numbers/" + ids["/numbers"], "destination", `{"type":"ivr","id":"x"}`},
		{"/centre", "dialCountry", `"France"`},
		{"/centre", "recordingNotice", `"no"`},
	} {
		got := c.do("PATCH", tc.path, fmt.Sprintf(`{%q:%s}`, tc.field, tc.value)).is(http.StatusUnprocessableEntity).locations()
		if len(got) == 0 || !slices.ContainsFunc(got, func(l string) bool { return strings.HasPrefix(l, "body."+tc.field) }) {
			t.Errorf("%s %s=%s: refused %v", tc.path, tc.field, tc.value, got)
		}
	}
	got := c.do("PATCH", "/groups/g-sales", `{"members":[{"operator":"op-anna"},{"level":12},{"operator":"op-ben","leve":1},null,7]}`).
		is(http.StatusUnprocessableEntity).locations()
	for _, want := range []string{"body.members[1].operator", "body.members[1].level", "body.members[2].leve", "body.members[3]", "body.members[4]"} {
		if !slices.Contains(got, want) {
			t.Errorf("%s is not named in %v", want, got)
		}
	}
}

func TestDuplicatesAreConflictsNamingTheField(t *testing.T) {
	r := newRig(t)
	c := r.as("administrator")
	for _, tc := range []struct{ path, body, field string }{
		{"/operators", `{"login":"ANNA","fullName":"A","email":"new@example.org","askPhoneAtLogin":true}`, "body.login"},
		{"/operators", `{"login":"supervisor","fullName":"A","email":"new@example.org","askPhoneAtLogin":true}`, "body.login"},
		{"/operators", `{"login":"new","fullName":"A","email":"Anna@Example.org","askPhoneAtLogin":true}`, "body.email"},
		{"/users", `{"login":"anna","role":"supervisor"}`, "body.login"},
	} {
		if got := c.do("POST", tc.path, tc.body).is(http.StatusConflict).locations(); !slices.Equal(got, []string{tc.field}) {
			t.Errorf("%s: refused %v, want %s", tc.body, got, tc.field)
		}
	}
}

func TestUnknownPathsAndMethods(t *testing.T) {
	r := newRig(t)
	c := r.as("administrator")
	c.do("GET", "/nothing", nil).is(http.StatusNotFound)
	a := c.do("PUT", "/groups/g-sales", `{}`).is(http.StatusMethodNotAllowed)
	if got := a.header.Get("Allow"); got != "GET, PATCH, DELETE" {
		t.Errorf("Allow is %q", got)
	}
	c.do("GET", "/healthz", nil).is(http.StatusOK)
	if a := c.do("GET", "/metrics", nil).is(http.StatusOK); string(a.body) != "up 1\n" {
		t.Errorf("metrics: %s", a.body)
	}
	c.do("GET", "/version", nil).is(http.StatusOK).has("1.2.3", "version")
}

func TestSecurityHeaders(t *testing.T) {
	r := newRig(t)
	a := (&client{r: r}).do("GET", "/me", nil).is(http.StatusUnauthorized)
	if csp := a.header.Get("Content-Security-Policy"); !strings.Contains(csp, "default-src 'none'") || strings.Contains(csp, "unsafe-inline") {
		t.Errorf("policy %q", csp)
	}
	for name, want := range map[string]string{
		"X-Content-Type-Options": "nosniff", "X-Frame-Options": "DENY", "Referrer-Policy": "no-referrer", "Cache-Control": "no-store",
	} {
		if got := a.header.Get(name); got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
}

func TestAPanicEndsNothingElse(t *testing.T) {
	r := newRig(t)
	c := r.as("administrator")
	r.records.groups.beforeUpdate = func() { panic("a mistake") }
	a := c.do("PATCH", "/groups/g-sales", `{"priority":3}`).is(http.StatusInternalServerError)
	if strings.Contains(string(a.body), "mistake") || !strings.Contains(r.log.String(), "a mistake") {
		t.Errorf("answered %s", a.body)
	}
	r.records.groups.beforeUpdate = nil
	c.do("PATCH", "/groups/g-sales", `{"priority":3}`).is(http.StatusOK)
}

// FuzzBodies: whatever is sent as a body, the answer is never a 5xx.
func FuzzBodies(f *testing.F) {
	paths := []string{
		"/operators", "/groups", "/pause-types", "/numbers", "/trunks", "/phones", "/users", "/tokens", "/login", "/password",
		"/floor/operators/op-anna/actions", "/groups/preview",
	}
	for i, seed := range []string{
		`{}`, `{"login":"x"}`, `{"members":[{"operator":null}]}`, `{"phone":{"kind":1}}`, `{"expiresAt":"2026"}`, `{"name":"\ud800"}`,
		`{"number":"+33170200200","overflow":{"type":"group"}}`, `{"sources":[null,{}]}`, `{"action":"suspend"}`, `[[[]]]`, `{"groups":[1]}`,
	} {
		f.Add(i, seed)
	}
	r := newRig(f)
	cookie := r.as("technical").cookie
	f.Fuzz(func(t *testing.T, which int, body string) {
		mine := *r
		mine.t = t
		c := &client{r: &mine, cookie: cookie}
		path := paths[((which%len(paths))+len(paths))%len(paths)]
		if a := c.do("POST", path, body); a.status >= 500 {
			t.Fatalf("POST %s: %d for %q", path, a.status, body)
		}
		if a := c.do("PATCH", "/operators/op-anna", body); a.status >= 500 {
			t.Fatalf("PATCH: %d for %q", a.status, body)
		}
	})
}
