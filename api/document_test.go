package api_test

import (
	"encoding/json"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"
)

func TestTheDocumentIsComplete(t *testing.T) {
	r := newRig(t)
	d, raw := r.document()
	if !strings.HasPrefix(d.OpenAPI, "3.1") {
		t.Errorf("openapi %q", d.OpenAPI)
	}
	var all struct {
		Components struct {
			Schemas map[string]any `json:"schemas"`
		} `json:"components"`
	}
	if err := json.Unmarshal(raw, &all); err != nil {
		t.Fatal(err)
	}
	used := map[string]bool{}
	for _, m := range regexp.MustCompile(`"\$ref":"([^"]+)"`).FindAllStringSubmatch(string(raw), -1) {
		name, ok := strings.CutPrefix(m[1], "#/components/schemas/")
		if _, there := all.Components.Schemas[name]; !ok || !there {
			t.Errorf("reference %s leads nowhere", m[1])
		}
		used[name] = true
	}
	if used["ErrorModel"] || strings.Contains(string(raw), "ErrorModel") {
		t.Error("the router's own error model is documented")
	}
	ids := map[string]bool{}
	for path, operations := range d.Paths {
		for method, op := range operations {
			key := method + " " + path
			id, _ := op["operationId"].(string)
			if id == "" || ids[id] || op["summary"] == "" || op["tags"] == nil {
				t.Errorf("%s: operation %q, summary %q", key, id, op["summary"])
			}
			ids[id] = true
			responses, _ := op["responses"].(map[string]any)
			good := false
			for status := range responses {
				good = good || status < "400"
			}
			if !good || path != "/api/v1/login" && responses["401"] == nil {
				t.Errorf("%s: responses %v", key, responses)
			}
			if strings.Contains(path, "{id}") && responses["404"] == nil {
				t.Errorf("%s has no 404", key)
			}
			if (method == "put" || method == "patch") && op["requestBody"] == nil {
				t.Errorf("%s has no body", key)
			}
		}
	}
}

// schemaOf follows a path of names into the components.
func (r *rig) schemaOf(names ...string) map[string]any {
	r.t.Helper()
	_, raw := r.document()
	var v any
	if err := json.Unmarshal(raw, &v); err != nil {
		r.t.Fatal(err)
	}
	for _, name := range append([]string{"components", "schemas"}, names...) {
		m, ok := v.(map[string]any)
		if !ok || m[name] == nil {
			r.t.Fatalf("no %v in the schemas", names)
		}
		v = m[name]
	}
	m, _ := v.(map[string]any)
	return m
}

func TestTheDocumentSaysWhatIsRequiredAndWhatMayBeNull(t *testing.T) {
	r := newRig(t)
	types := func(names ...string) string {
		data, _ := json.Marshal(r.schemaOf(names...)["type"])
		return string(data)
	}
	for _, tc := range []struct {
		want string
		at   []string
	}{
		{`["integer","null"]`, []string{"Operator", "properties", "wrapUpSeconds"}},
		{`"integer"`, []string{"Operator", "properties", "ringSeconds"}},
		{`"array"`, []string{"Group", "properties", "members"}},
		{`["array","null"]`, []string{"User", "properties", "groups"}},
		{`"string"`, []string{"ScreenPop", "properties", "incomingUrl"}},
		{`["string","null"]`, []string{"HistoryCall", "properties", "caller"}},
		{`["string","null"]`, []string{"Me", "properties", "presenceSince"}},
	} {
		if got := types(tc.at...); got != tc.want {
			t.Errorf("%v is %s, want %s", tc.at, got, tc.want)
		}
	}
	if r.schemaOf("Me", "properties", "pending")["anyOf"] == nil {
		t.Error("pending may not be null")
	}
	if got := r.schemaOf("Operator", "properties", "ringSeconds"); got["minimum"] != 5.0 || got["maximum"] != 120.0 {
		t.Errorf("ringSeconds %v", got)
	}
	required := func(name string) []string {
		var names []string
		list, _ := r.schemaOf(name)["required"].([]any)
		for _, v := range list {
			s, _ := v.(string)
			names = append(names, s)
		}
		slices.Sort(names)
		return names
	}
	if got := required("OperatorCreate"); !slices.Equal(got, []string{"email", "fullName", "login"}) {
		t.Errorf("creation of an operator requires %v", got)
	}
	if got := required("OperatorPatch"); len(got) != 0 {
		t.Errorf("a change of an operator requires %v", got)
	}
	if got := required("Operator"); !slices.Contains(got, "ringSeconds") || !slices.Contains(got, "passwordState") {
		t.Errorf("an operator has at least %v", got)
	}
}

// What is answered has the members the document promises, and no others.
func TestAnswersHaveTheFormOfTheDocument(t *testing.T) {
	r := newRig(t)
	c := r.as("technical")
	c.do("POST", "/trunks", `{"name":"t","host":"h"}`).is(http.StatusCreated)
	for path, schema := range map[string]string{
		"/operators": "Operator", "/groups": "Group", "/pause-types": "PauseType", "/trunks": "Trunk", "/users": "User",
	} {
		items, _ := c.do("GET", path, nil).is(http.StatusOK).at("items").([]any)
		row, _ := items[0].(map[string]any)
		properties := r.schemaOf(schema, "properties")
		for name := range row {
			if properties[name] == nil {
				t.Errorf("%s: %s is not documented", path, name)
			}
		}
		list, _ := r.schemaOf(schema)["required"].([]any)
		for _, name := range list {
			if _, ok := row[name.(string)]; !ok {
				t.Errorf("%s: %s is promised and absent", path, name)
			}
		}
	}
}
