package api_test

import (
	"context"
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"

	"bandeau/internal/proof"
)

// allowed is who may use each route, written down apart from the table in the
// code: T technical, A administrator, S supervisor, O operator, - anybody.
const allowed = `
POST   /login                            -
POST   /logout                           TASO
POST   /password                         TASO
GET    /version                          TASO
GET    /me                               TASO
PUT    /me/presence                      O
PUT    /me/phone                         O
GET    /me/phones                        O
POST   /me/calls                         O
POST   /me/calls/{id}/answer             O
POST   /me/calls/{id}/reject             O
POST   /me/calls/{id}/hangup             O
POST   /me/calls/{id}/hold               O
POST   /me/calls/{id}/resume             O
POST   /me/calls/{id}/mute               O
POST   /me/calls/{id}/dtmf               O
POST   /me/calls/{id}/tags               O
POST   /me/calls/{id}/note               O
POST   /me/calls/{id}/transfer           O
POST   /me/calls/{id}/consult            O
POST   /me/calls/{id}/swap               O
POST   /me/calls/{id}/complete           O
POST   /me/calls/{id}/cancel             O
POST   /me/calls/{id}/conference         O
POST   /me/calls/{id}/record             O
POST   /me/calls/{id}/pickup             O
GET    /me/transfer-targets              O
GET    /me/pick-ups                      O
POST   /me/wrap-up                       O
GET    /me/history                       O
GET    /me/stream                        O
GET    /floor                            TAS
GET    /events                           TAS
POST   /floor/operators/{id}/actions     TAS
GET    /floor/phone                      TAS
GET    /floor/phones                     TAS
GET    /floor/operators/{id}/day         TAS
GET    /floor/quarters                   TAS
GET    /calls                            TAS
GET    /calls/{id}                       TAS
GET    /calls/{id}/timeline              TAS
GET    /calls/{id}/recording             TAS
GET    /operators                        TAS
POST   /operators                        TA
GET    /operators/{id}                   TAS
PATCH  /operators/{id}                   TA
DELETE /operators/{id}                   TA
POST   /operators/{id}/password          TA
GET    /login-suggestion                 TA
GET    /operators/export                 TA
POST   /operators/import                 TA
GET    /groups                           TAS
POST   /groups                           TA
GET    /groups/{id}                      TAS
PATCH  /groups/{id}                      TA
DELETE /groups/{id}                      TA
POST   /groups/preview                   TA
POST   /simulations                      TA
GET    /sounds                           TA
POST   /sounds                           TA
GET    /sounds/{id}                      TA
PATCH  /sounds/{id}                      TA
DELETE /sounds/{id}                      TA
GET    /sounds/{id}/audio                TA
GET    /pause-types                      TAS
POST   /pause-types                      TA
GET    /pause-types/{id}                 TAS
PATCH  /pause-types/{id}                 TA
DELETE /pause-types/{id}                 TA
GET    /numbers                          TA
POST   /numbers                          TA
GET    /numbers/{id}                     TA
PATCH  /numbers/{id}                     TA
DELETE /numbers/{id}                     TA
GET    /trunks                           TA
POST   /trunks                           TA
GET    /trunks/{id}                      TA
PATCH  /trunks/{id}                      TA
DELETE /trunks/{id}                      TA
GET    /phones                           TA
POST   /phones                           TA
GET    /phones/{id}                      TA
PATCH  /phones/{id}                      TA
DELETE /phones/{id}                      TA
POST   /phones/{id}/password             TA
GET    /users                            TA
POST   /users                            TA
GET    /users/{id}                       TA
PATCH  /users/{id}                       TA
DELETE /users/{id}                       TA
POST   /users/{id}/password              TA
GET    /tokens                           TA
POST   /tokens                           TA
GET    /tokens/{id}                      TA
DELETE /tokens/{id}                      TA
GET    /centre                           TA
PATCH  /centre                           TA
GET    /outbox                           T
GET    /outbox/{id}                      T
`

type document struct {
	OpenAPI string                               `json:"openapi"`
	Paths   map[string]map[string]map[string]any `json:"paths"`
}

func (r *rig) document() (document, []byte) {
	r.t.Helper()
	a := (&client{r: r}).do("GET", "/openapi.json", nil).is(http.StatusOK)
	var d document
	if err := json.Unmarshal(a.body, &d); err != nil {
		r.t.Fatal(err)
	}
	return d, a.body
}

func expectations(t *testing.T) map[string]string {
	t.Helper()
	table := map[string]string{}
	for line := range strings.Lines(strings.TrimSpace(allowed)) {
		fields := strings.Fields(line)
		if len(fields) != 3 {
			t.Fatalf("unreadable line %q", line)
		}
		table[fields[0]+" "+fields[1]] = fields[2]
	}
	return table
}

// probe sends a request that does no harm and returns its status; it does not
// wait for streams to end.
func (c *client) probe(method, path string) int {
	t := c.r.t
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var body *strings.Reader
	if method == http.MethodGet || method == http.MethodDelete {
		body = strings.NewReader("")
	} else {
		body = strings.NewReader("{}")
	}
	request, err := http.NewRequestWithContext(ctx, method, c.r.http.URL+"/api/v1"+strings.ReplaceAll(path, "{id}", "none"), body)
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/json")
	c.sign(request)
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	return response.StatusCode
}

func TestEveryRouteWithEveryRole(t *testing.T) {
	r := newRig(t)
	d, _ := r.document()
	table := expectations(t)
	logins := map[string]string{"T": "technical", "A": "administrator", "S": "supervisor", "O": "anna"}
	o, _ := r.records.operators.Get(t.Context(), centreID, "op-anna")
	o.AllowPhoneChange = true
	_, _ = r.records.operators.Update(t.Context(), o)
	u, _ := r.records.users.Get(t.Context(), centreID, "u-supervisor")
	u.Rights.Listen = true
	_, _ = r.records.users.Update(t.Context(), u)
	seen := map[string]bool{}
	for path, operations := range d.Paths {
		for method := range operations {
			method, path = strings.ToUpper(method), strings.TrimPrefix(path, "/api/v1")
			key := method + " " + path
			who, ok := table[key]
			if !ok {
				t.Errorf("%s is not in the expectations", key)
				continue
			}
			seen[key] = true
			if got := (&client{r: r}).probe(method, path); (got == http.StatusUnauthorized) != (who != "-") {
				t.Errorf("%s without a credential: %d", key, got)
			}
			if got := (&client{r: r, cookie: "made-up"}).probe(method, path); (got == http.StatusUnauthorized) != (who != "-") {
				t.Errorf("%s with a made-up cookie: %d", key, got)
			}
			for role, login := range logins {
				got := r.as(login).probe(method, path)
				may := who == "-" || strings.Contains(who, role)
				if refused := got == http.StatusForbidden; refused == may || got == http.StatusUnauthorized || got >= 500 {
					t.Errorf("%s as %s: %d, may is %v", key, login, got, may)
				}
			}
		}
	}
	for key := range table {
		if !seen[key] {
			t.Errorf("%s is expected and not served", key)
		}
	}
}

func TestFieldsOfTheTechnicalTeam(t *testing.T) {
	proof.Of(t, "OP-22", "OP-23")
	r := newRig(t)
	technical, admin, supervisor := r.as("technical"), r.as("administrator"), r.as("supervisor")
	technical.do("GET", "/operators/op-anna", nil).has("https://crm.example.org/?n={caller}", "screenPop", "incomingUrl")
	for _, c := range []*client{admin, supervisor} {
		pop, _ := c.do("GET", "/operators/op-anna", nil).is(http.StatusOK).at("screenPop").(map[string]any)
		if len(pop) != 1 {
			t.Errorf("screenPop shows %v", pop)
		}
	}
	for _, body := range []string{
		`{"screenPop":{"incomingUrl":"https://x.example"}}`, `{"screenPop":{"outgoingUrl":null}}`, `{"screenPop":null}`,
		`{"screenPop":{"incomingUrl":""},"ringSeconds":1}`,
	} {
		admin.do("PATCH", "/operators/op-anna", body).is(http.StatusForbidden)
	}
	admin.do("PATCH", "/operators/op-anna", `{"screenPop":{"window":"tab"}}`).is(http.StatusOK)
	technical.do("GET", "/operators/op-anna", nil).has("tab", "screenPop", "window").
		has("https://crm.example.org/?n={caller}", "screenPop", "incomingUrl")
	technical.do("PATCH", "/operators/op-anna", `{"screenPop":{"outgoingUrl":"https://x.example/{called}"}}`).is(http.StatusOK)
	technical.do("PATCH", "/operators/op-anna", `{"screenPop":{"outgoingUrl":"javascript:alert(1)"}}`).is(http.StatusUnprocessableEntity)
}

func TestUsersOfRoleTechnicalAreTheTechnicalTeams(t *testing.T) {
	r := newRig(t)
	technical, admin := r.as("technical"), r.as("administrator")
	if items, _ := admin.do("GET", "/users", nil).at("items").([]any); len(items) != 2 {
		t.Errorf("an administrator sees %d users, want 2", len(items))
	}
	if items, _ := technical.do("GET", "/users", nil).at("items").([]any); len(items) != 3 {
		t.Errorf("the technical team sees %d users, want 3", len(items))
	}
	admin.do("GET", "/users/u-technical", nil).is(http.StatusNotFound)
	admin.do("DELETE", "/users/u-technical", nil).is(http.StatusNotFound)
	body := map[string]any{"login": "x", "role": "technical"}
	admin.do("POST", "/users", body).is(http.StatusForbidden)
	admin.do("PATCH", "/users/u-supervisor", `{"role":"technical"}`).is(http.StatusForbidden)
	technical.do("POST", "/users", body).is(http.StatusCreated)
	technical.do("PATCH", "/users/u-technical", `{"role":"supervisor"}`).is(http.StatusConflict)
	technical.do("DELETE", "/users/u-technical", nil).is(http.StatusConflict)
	admin.do("DELETE", "/users/u-supervisor", nil).is(http.StatusNoContent)
}

func TestASupervisorSeesHisGroupsOnly(t *testing.T) {
	r := newRig(t)
	supervisor := r.as("supervisor") // of sales
	ids := func(path, key string) []string {
		var all []string
		items, _ := supervisor.do("GET", path, nil).is(http.StatusOK).at(key).([]any)
		for _, item := range items {
			row, _ := item.(map[string]any)
			id, _ := row["id"].(string)
			all = append(all, id)
		}
		return all
	}
	for _, tc := range []struct {
		path, key string
		want      []string
	}{
		{"/groups", "items", []string{"g-sales"}},
		{"/operators", "items", []string{"op-anna"}},
		{"/floor", "groups", []string{"g-sales"}},
		{"/floor", "operators", []string{"op-anna"}},
	} {
		if got := ids(tc.path, tc.key); !slices.Equal(got, tc.want) {
			t.Errorf("%s %s: %v, want %v", tc.path, tc.key, got, tc.want)
		}
	}
	supervisor.do("GET", "/groups/g-help", nil).is(http.StatusNotFound)
	supervisor.do("GET", "/operators/op-ben", nil).is(http.StatusNotFound)
	supervisor.do("POST", "/floor/operators/op-ben/actions", `{"action":"available"}`).is(http.StatusNotFound)
	supervisor.do("POST", "/floor/operators/op-anna/actions", `{"action":"suspend","group":"g-help"}`).is(http.StatusUnprocessableEntity)
	supervisor.do("POST", "/floor/operators/op-anna/actions", `{"action":"available"}`).is(http.StatusOK)
	supervisor.do("GET", "/calls", nil).is(http.StatusOK)
	if got := r.history.asked.Groups; len(got) != 1 || got[0] != "g-sales" {
		t.Errorf("calls of the groups %v were asked for", got)
	}
	u, _ := r.records.users.Get(t.Context(), centreID, "u-supervisor")
	u.Rights.OperatorDetail = false
	_, _ = r.records.users.Update(t.Context(), u)
	supervisor.do("GET", "/operators", nil).is(http.StatusForbidden)
	supervisor.do("POST", "/floor/operators/op-anna/actions", `{"action":"available"}`).is(http.StatusForbidden)
	if got := ids("/floor", "operators"); len(got) != 0 {
		t.Errorf("operators without the right to their detail: %v", got)
	}
}
