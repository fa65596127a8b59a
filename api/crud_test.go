package api_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"bandeau/directory"
	"bandeau/internal/proof"
)

func TestEveryResourceIsCreatedReadChangedAndDeleted(t *testing.T) {
	for _, tc := range []struct {
		path, create, patch string
		field               []string
		before, after       any
	}{
		{
			"/operators", `{"login":"Dora","fullName":" Dora D ","email":"dora@example.org","phone":{"kind":"external","number":"06 12 34 56 78"}}`,
			`{"ringSeconds":40}`,
			[]string{"ringSeconds"},
			25, 40,
		},
		{"/groups", `{"name":"vip"}`, `{"serviceLevel":{"seconds":10}}`, []string{"serviceLevel"}, map[string]int{"percent": 80, "seconds": 20}, map[string]int{"percent": 80, "seconds": 10}},
		{"/pause-types", `{"names":{"fr":"Café"}}`, `{"names":{"en":"Coffee"}}`, []string{"names", "en"}, "", "Coffee"},
		{"/numbers", `{"number":"0170200200","destination":{"type":"group","id":"g-sales"}}`, `{"label":"Main"}`, []string{"label"}, "", "Main"},
		{"/trunks", `{"name":"carrier","host":"sip.example.org"}`, `{"maxCalls":7}`, []string{"maxCalls"}, nil, 7},
		{"/phones", `{"label":"Desk 1"}`, `{"number":"201"}`, []string{"number"}, nil, "201"},
		{"/users", `{"login":"sam","role":"supervisor","groups":["g-sales"]}`, `{"groups":null}`, []string{"groups"}, []string{"g-sales"}, nil},
	} {
		t.Run(tc.path[1:], func(t *testing.T) {
			r := newRig(t)
			c := r.as("administrator")
			a := c.do("POST", tc.path, tc.create).is(http.StatusCreated).has(tc.before, tc.field...)
			id, _ := a.at("id").(string)
			if a.header.Get("Location") != "/api/v1"+tc.path+"/"+id || a.header.Get("ETag") != `"1"` {
				t.Errorf("created with Location %q, ETag %q", a.header.Get("Location"), a.header.Get("ETag"))
			}
			a.has("2026-03-02T09:00:00.123Z", "createdAt")
			path := tc.path + "/" + id
			a = c.do("PATCH", path, tc.patch, "Content-Type", "application/merge-patch+json").is(http.StatusOK).has(tc.after, tc.field...)
			if a.header.Get("ETag") != `"2"` {
				t.Errorf("changed to ETag %q", a.header.Get("ETag"))
			}
			got := c.do("GET", path, nil).is(http.StatusOK).has(tc.after, tc.field...)
			if string(got.body) != string(a.body) {
				t.Errorf("read %s after %s", got.body, a.body)
			}
			items, _ := c.do("GET", tc.path, nil).is(http.StatusOK).at("items").([]any)
			if !slices.ContainsFunc(items, func(i any) bool { m, _ := i.(map[string]any); return m["id"] == id }) {
				t.Errorf("the list lacks %s", id)
			}
			c.do("DELETE", path, nil).is(http.StatusNoContent)
			c.do("GET", path, nil).is(http.StatusNotFound)
			c.do("PATCH", path, tc.patch).is(http.StatusNotFound)
			c.do("DELETE", path, nil).is(http.StatusNotFound)
		})
	}
}

func TestAnotherCentresRecordDoesNotExist(t *testing.T) {
	r := newRig(t)
	g := directory.NewGroup(directory.NewCentre("other"))
	g.Centre, g.ID = "centre-other", "g-foreign"
	_, _ = r.records.groups.Create(t.Context(), g)
	c := r.as("administrator")
	c.do("GET", "/groups/g-foreign", nil).is(http.StatusNotFound)
	c.do("PATCH", "/groups/g-foreign", `{"name":"mine"}`).is(http.StatusNotFound)
	c.do("DELETE", "/groups/g-foreign", nil).is(http.StatusNotFound)
}

func TestIfMatch(t *testing.T) {
	r := newRig(t)
	c := r.as("administrator")
	c.do("PATCH", "/groups/g-sales", `{"priority":1}`, "If-Match", `"7"`).is(http.StatusPreconditionFailed)
	c.do("PATCH", "/groups/g-sales", `{"priority":1}`, "If-Match", `"7", "1"`).is(http.StatusOK)
	c.do("PATCH", "/groups/g-sales", `{"priority":2}`, "If-Match", `"1"`).is(http.StatusPreconditionFailed)
	c.do("PATCH", "/groups/g-sales", `{"priority":2}`, "If-Match", `*`).is(http.StatusOK)
	c.do("DELETE", "/groups/g-sales", nil, "If-Match", `"1"`).is(http.StatusPreconditionFailed)
	c.do("DELETE", "/groups/g-sales", nil, "If-Match", `"3"`).is(http.StatusNoContent)
}

func TestAChangeBetweenReadAndWrite(t *testing.T) {
	r := newRig(t)
	c := r.as("administrator")
	interfere := func(times int) {
		r.records.groups.beforeUpdate = func() {
			if times == 0 {
				return
			}
			times--
			g := r.records.groups.rows["g-sales"]
			g.Name = "renamed"
			g.Revision++
			r.records.groups.rows["g-sales"] = g
		}
	}
	interfere(1)
	c.do("PATCH", "/groups/g-sales", `{"priority":3}`).is(http.StatusOK).has("renamed", "name").has(3, "priority")
	interfere(1)
	etag := c.do("GET", "/groups/g-sales", nil).header.Get("ETag")
	c.do("PATCH", "/groups/g-sales", `{"priority":4}`, "If-Match", etag).is(http.StatusPreconditionFailed)
}

func TestDeletingWhatIsInUse(t *testing.T) {
	r := newRig(t)
	c := r.as("administrator")
	r.records.groups.inUse["g-sales"] = []string{"number +33170200200"}
	a := c.do("DELETE", "/groups/g-sales", nil).is(http.StatusConflict)
	if detail, _ := a.at("detail").(string); !strings.Contains(detail, "+33170200200") {
		t.Errorf("the user is not named: %s", a.body)
	}
	c.do("DELETE", "/pause-types/p-login", nil).is(http.StatusConflict)
}

func TestMergePatch(t *testing.T) {
	r := newRig(t)
	c := r.as("administrator")
	set := func(body string) *answer {
		t.Helper()
		return c.do("PATCH", "/operators/op-anna", body).is(http.StatusOK)
	}
	for _, tc := range []struct {
		patch string
		want  any
		at    []string
	}{
		{`{"wrapUpSeconds":5}`, 5, []string{"wrapUpSeconds"}},
		{`{}`, 5, []string{"wrapUpSeconds"}},                       // absent stays
		{`{"wrapUpSeconds":null}`, nil, []string{"wrapUpSeconds"}}, // null is a value of it
		{`{"ringSeconds":40}`, 40, []string{"ringSeconds"}},
		{`{"ringSeconds":null}`, 25, []string{"ringSeconds"}}, // else the default
		{`{"ringSeconds":4.0e1}`, 40, []string{"ringSeconds"}},
		{`{"logoutAt":null}`, nil, []string{"logoutAt"}},
		{`{"language":"it"}`, "it", []string{"language"}},
		{`{"language":null}`, "fr", []string{"language"}}, // the centre's
		{`{"callerId":{"mode":"custom","number":"0170200200"}}`, "+33170200200", []string{"callerId", "number"}},
		{`{"callerId":{"mode":"anonymous"}}`, nil, []string{"callerId", "number"}},
		{`{"callerId":null}`, map[string]any{"mode": "service", "number": nil}, []string{"callerId"}},
		{`{"phone":{"number":"0612345670"}}`, "external", []string{"phone", "kind"}}, // merged
		{`{"askPhoneAtLogin":true,"phone":null}`, nil, []string{"phone"}},
	} {
		set(tc.patch).has(tc.want, tc.at...)
	}
	p := directory.NewPhone(directory.Centre{Meta: directory.Meta{ID: centreID}})
	p.ID, p.Label, p.Username = "ph-1", "Desk", "desk"
	_, _ = r.records.phones.table.Create(t.Context(), p)
	set(`{"phone":{"kind":"external","number":"0612345670"}}`)
	set(`{"phone":{"kind":"centrex","account":"ph-1"}}`).has(nil, "phone", "number").has("ph-1", "phone", "account")

	// A list is replaced whole.
	members := func(body string, want ...string) {
		t.Helper()
		list, _ := c.do("PATCH", "/groups/g-sales", body).is(http.StatusOK).at("members").([]any)
		var got []string
		for _, m := range list {
			row, _ := m.(map[string]any)
			id, _ := row["operator"].(string)
			got = append(got, id)
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s: members %v, want %v", body, got, want)
		}
	}
	members(`{"members":[{"operator":"op-anna"},{"operator":"op-ben","level":3}]}`, "op-anna", "op-ben")
	members(`{"members":[{"operator":"op-ben"},{"operator":"op-carla"}]}`, "op-ben", "op-carla")
	members(`{"members":[{"operator":"op-ben","order":2},{"operator":"op-carla","order":1}]}`, "op-carla", "op-ben")
	members(`{"priority":9}`, "op-carla", "op-ben")
	members(`{"members":null}`)
	c.do("GET", "/groups/g-sales", nil).has([]any{}, "members")
}

func TestPhonePasswordIsShownTwiceOnly(t *testing.T) {
	r := newRig(t)
	c := r.as("administrator")
	a := c.do("POST", "/phones", `{"label":"Desk"}`).is(http.StatusCreated)
	id, _ := a.at("id").(string)
	first, _ := a.at("password").(string)
	if len(first) != 20 || r.records.phones.secrets[directory.ID(id)].Reveal() != first {
		t.Errorf("password %q", first)
	}
	if name, _ := a.at("username").(string); name == "" {
		t.Error("no user name was generated")
	}
	if got := c.do("GET", "/phones/"+id, nil).is(http.StatusOK).at("password"); got != nil {
		t.Errorf("shown again: %v", got)
	}
	second, _ := c.do("POST", "/phones/"+id+"/password", nil).is(http.StatusOK).at("password").(string)
	if second == "" || second == first {
		t.Errorf("new password %q after %q", second, first)
	}
	c.do("POST", "/phones", `{"label":"Other","password":"mine"}`).is(http.StatusUnprocessableEntity)
}

func TestTrunkPasswordIsNeverAnswered(t *testing.T) {
	r := newRig(t)
	c := r.as("administrator")
	a := c.do("POST", "/trunks", `{"name":"t","host":"127.0.0.1","username":"u","password":"s3cret-word"}`).is(http.StatusCreated)
	id, _ := a.at("id").(string)
	b := c.do("PATCH", "/trunks/"+id, `{"port":5070}`).is(http.StatusOK).has("silent", "state")
	for _, body := range [][]byte{a.body, b.body, c.do("GET", "/trunks", nil).body} {
		if strings.Contains(string(body), "s3cret") || strings.Contains(string(body), `"password"`) {
			t.Errorf("the answer holds the password: %s", body)
		}
	}
	if got := r.records.trunks.rows[directory.ID(id)].Password.Reveal(); got != "s3cret-word" {
		t.Errorf("the password became %q", got)
	}
	c.do("PATCH", "/trunks/"+id, `{"enabled":false}`).is(http.StatusOK).has("disabled", "state")
}

func TestCentreAndOutbox(t *testing.T) {
	r := newRig(t)
	c := r.as("technical")
	c.do("GET", "/centre", nil).is(http.StatusOK).has("main", "name").has("FR", "dialCountry").has(nil, "mainNumber")
	c.do("PATCH", "/centre", `{"timeZone":"Europe/Rome"}`).is(http.StatusOK).has("Europe/Rome", "timeZone")
	c.do("PATCH", "/centre", `{"timeZone":null}`).is(http.StatusOK).has("Europe/Paris", "timeZone")
	c.do("PATCH", "/centre", `{"name":null}`).is(http.StatusUnprocessableEntity)
	c.do("PATCH", "/centre", `{"name":"x"}`, "If-Match", `"1"`).is(http.StatusPreconditionFailed)
	if got := c.do("PATCH", "/centre", `{"timeZone":"Mars/Base","mainNumber":"0170200200"}`).is(http.StatusUnprocessableEntity).
		locations(); !slices.Equal(got, []string{"body.timeZone", "body.mainNumber"}) {
		t.Errorf("refused %v", got)
	}
	_, _ = r.records.mails.Create(t.Context(), directory.Mail{
		Meta: directory.Meta{ID: "m1", Centre: centreID}, To: "a@example.org", Subject: "Bienvenue", Text: "the password",
		State: directory.MailWaiting, NextAttempt: start,
	})
	a := c.do("GET", "/outbox", nil).is(http.StatusOK)
	if strings.Contains(string(a.body), "the password") || !strings.Contains(string(a.body), "Bienvenue") {
		t.Errorf("outbox: %s", a.body)
	}
	c.do("GET", "/outbox/m1", nil).is(http.StatusOK).has("waiting", "state")
}

func TestListsArePaged(t *testing.T) {
	r := newRig(t)
	c := r.as("administrator")
	var seen []string
	cursor := ""
	for range 3 {
		a := c.do("GET", "/operators?limit=1&cursor="+cursor, nil).is(http.StatusOK)
		items, _ := a.at("items").([]any)
		row, _ := items[0].(map[string]any)
		login, _ := row["login"].(string)
		seen = append(seen, login)
		cursor, _ = a.at("next").(string)
	}
	if cursor != "" || !slices.Equal(seen, []string{"anna", "ben", "carla"}) {
		t.Errorf("pages %v, then %q", seen, cursor)
	}
	if items, _ := c.do("GET", "/operators?q=CAR", nil).at("items").([]any); len(items) != 1 {
		t.Errorf("search found %d", len(items))
	}
	for _, query := range []string{"limit=0", "limit=501", "limit=x", "cursor=nonsense", "unknown=1"} {
		a := c.do("GET", "/operators?"+query, nil).is(http.StatusUnprocessableEntity)
		if got := a.locations(); len(got) != 1 || !strings.HasPrefix(got[0], "query.") {
			t.Errorf("%s: refused %v", query, got)
		}
	}
}

func TestLoginSuggestion(t *testing.T) {
	proof.Of(t, "OP-01")
	r := newRig(t)
	c := r.as("administrator")
	c.do("GET", "/login-suggestion?fullName=Jean%20Dupont", nil).is(http.StatusOK).has("jdupont", "login")
	o := directory.NewOperator(directory.Centre{Meta: directory.Meta{ID: centreID}})
	o.Login = "jdupont"
	_, _ = r.records.operators.table.Create(t.Context(), o)
	c.do("GET", "/login-suggestion?fullName=Jean%20Dupont", nil).is(http.StatusOK).has("jdupont2", "login")
}
