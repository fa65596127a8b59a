package api_test

import (
	"encoding/csv"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"bandeau/acd"
	"bandeau/directory"
	"bandeau/internal/proof"
)

// importing sends a table and returns the answer.
func (c *client) importing(text string, query ...string) *answer {
	return c.do("POST", "/operators/import"+strings.Join(query, ""), text, "Content-Type", "text/csv")
}

// told is what the answer says of each line: "2 anna update", and where it is
// wrong "ringSeconds".
func (a *answer) told() []string {
	a.t.Helper()
	lines, _ := a.is(http.StatusOK).at("lines").([]any)
	var all []string
	for _, l := range lines {
		line, _ := l.(map[string]any)
		text := fmt.Sprint(line["line"], " ", line["login"], " ", line["action"])
		errors, _ := line["errors"].([]any)
		for _, e := range errors {
			refusal, _ := e.(map[string]any)
			text += fmt.Sprint(" ", refusal["location"])
		}
		all = append(all, text)
	}
	return all
}

func (a *answer) tells(want ...string) *answer {
	a.t.Helper()
	if got := a.told(); !slices.Equal(got, want) {
		a.t.Fatalf("told\n%s\nwant\n%s\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"), a.body)
	}
	return a
}

func TestImportCreatesAndChanges(t *testing.T) {
	r := newRig(t)
	admin := r.as("administrator")
	group, _ := r.records.groups.Get(t.Context(), centreID, "g-sales")
	group.Members = []directory.Member{directory.NewMember("op-ben", 0)}
	_, _ = r.records.groups.Update(t.Context(), group)
	const text = "\ufeffLogin;fullName;email;phone.kind;phone.number;ringSeconds;record;logoutAt;groups\r\n" +
		"dora;Dora Müller;Dora@Example.org;external;'+33611223344;;VRAI;9:30:00;Sales | help\r\n" +
		";;;;;;;;\r\n" +
		"anna;\"Anna; encore\";anna@example.org;external;0612345678;40;faux;;\r\n" +
		"ben;Ben;ben@example.org;external;+33612345678;25;false;23:59;sales\r\n"
	admin.importing(text, "?dryRun=true").tells("2 dora create", "4 anna update", "5 ben unchanged").
		has(true, "dryRun").has(false, "stored").has(1, "created").has(1, "updated").has(1, "unchanged").has(0, "refused")
	if n := len(r.records.operators.imported); n != 0 {
		t.Fatalf("a dry run stored %d times", n)
	}
	admin.importing(text).tells("2 dora create", "4 anna update", "5 ben unchanged").has(true, "stored")
	if n := len(r.records.operators.imported); n != 1 {
		t.Fatalf("stored %d times", n)
	}
	lines := r.records.operators.imported[0]
	dora, anna := lines[0].Record, lines[1].Record
	if len(lines) != 2 || !slices.Equal(lines[0].Groups, []directory.ID{"g-help", "g-sales"}) || lines[1].Groups != nil {
		t.Errorf("lines %+v", lines)
	}
	if dora.Email != "Dora@example.org" || dora.Phone.Number != "+33611223344" || dora.RingSeconds != 25 || !dora.Record ||
		dora.LogoutAt != "09:30" || dora.FullName != "Dora Müller" || dora.Centre != centreID {
		t.Errorf("dora %+v", dora)
	}
	if anna.FullName != "Anna; encore" || anna.RingSeconds != 40 || anna.LogoutAt != "" || anna.ScreenPop.IncomingURL == "" {
		t.Errorf("anna %+v", anna)
	}
	if lines[0].Password.Plain == "" || lines[0].Password.Hash == "" || lines[1].Password.Hash != "" {
		t.Error("the new one has no password, or the old one a new one")
	}
}

// TestImportRefusesWhole: one wrong line, and nothing is stored; every line says
// what is wrong with it.
func TestImportRefusesWhole(t *testing.T) {
	r := newRig(t)
	admin := r.as("administrator")
	admin.importing("login,fullName,email,phone.kind,phone.number,ringSeconds,record,groups\n"+
		"dora,Dora,dora@example.org,external,+33611223344,25,true,sales\n"+
		"emil,,not an address,external,+3,4,maybe,nowhere\n"+
		"DORA,Dora,other@example.org,external,+33611223344,25,true,\n"+
		"fred,Fred,dora@example.org,external,+33611223344,25,true,\n"+
		"gina,Gina,BEN@example.org,,,x,,\n"+
		"supervisor,Sue,sue@example.org,external,+33611223344,,,\n"+
		",Nobody,nobody@example.org,external,+33611223344,,,\n"+
		"\"two\nlines\",Two,two@example.org,external,+33611223344,,,\n"+
		"hans,Hans,hans@example.org,external,+33611223344,,,\n",
	).tells("2 dora create",
		"3 emil refused groups record fullName email phone.number ringSeconds",
		"4 DORA refused login",
		"5 fred refused email",
		"6 gina refused ringSeconds email phone.kind",
		"7 supervisor refused login",
		"8  refused login", "9 two\nlines refused login", "11 hans create").
		has(false, "stored").has(7, "refused").has(2, "created")
	if n := len(r.records.operators.imported); n != 0 {
		t.Errorf("stored %d times", n)
	}
}

func TestImportRefusesWhatItCannotRead(t *testing.T) {
	r := newRig(t)
	admin := r.as("administrator")
	for text, where := range map[string][]string{
		"":                                      {"body"},
		"login,nickname,colour\na,b,c":          {"header.nickname", "header.colour"},
		"login,email,LOGIN\na,b,c":              {"header.LOGIN"},
		"fullName\nDora":                        {"header.login"},
		"login,email\na":                        {"line 2"},
		"login,email\nb,c\n\"a,b":               {"line 3"},
		"login\nM\xfcller":                      {"body"},
		"id,passwordState\nop-anna,set":         {"header.id", "header.passwordState"},
		"login\n" + strings.Repeat("x\n", 5001): {"body"},
	} {
		got := admin.importing(text).is(http.StatusUnprocessableEntity).locations()
		if !slices.Equal(got, where) {
			t.Errorf("%.40q: refused %v, want %v", text, got, where)
		}
	}
	admin.do("POST", "/operators/import", `{}`).is(http.StatusUnsupportedMediaType)
	admin.importing("login\n" + strings.Repeat("y", 6<<20)).is(http.StatusRequestEntityTooLarge)
	admin.importing("login\nanna\n", "?dryrun=true").is(http.StatusUnprocessableEntity)
}

// TestTheTableKeepsThePagesToTheTechnicalTeam: absent for others, not blanked,
// and an attempt is refused whole.
func TestTheTableKeepsThePagesToTheTechnicalTeam(t *testing.T) {
	proof.Of(t, "OP-22", "OP-23")
	r := newRig(t)
	technical, admin, supervisor := r.as("technical"), r.as("administrator"), r.as("supervisor")
	supervisor.do("GET", "/operators/export", nil).is(http.StatusForbidden)
	supervisor.importing("login\nanna\n").is(http.StatusForbidden)
	r.as("anna").do("GET", "/operators/export", nil).is(http.StatusForbidden)
	for c, shown := range map[*client]bool{technical: true, admin: false} {
		text := string(c.do("GET", "/operators/export", nil).is(http.StatusOK).body)
		for _, secret := range []string{"screenPop.incomingUrl", "screenPop.outgoingUrl", "crm.example.org"} {
			if strings.Contains(text, secret) != shown {
				t.Errorf("%q is shown: %v", secret, !shown)
			}
		}
	}
	for _, column := range []string{"screenPop.incomingUrl", "screenpop.OUTGOINGURL"} {
		for _, query := range []string{"", "?dryRun=true"} {
			admin.importing("login,"+column+"\nanna,\n", query).is(http.StatusForbidden)
		}
	}
	// What he may write leaves the pages as they are.
	admin.importing("login,screenPop.window\nanna,tab\nben,\n").tells("2 anna update", "3 ben unchanged").has(true, "stored")
	technical.do("GET", "/operators/op-anna", nil).has("https://crm.example.org/?n={caller}", "screenPop", "incomingUrl").
		has("tab", "screenPop", "window")
	technical.importing("login,screenPop.incomingUrl\nanna,\nben,https://x.example/{caller}\ncarla,javascript:alert(1)\n").
		tells("2 anna update", "3 ben update", "4 carla refused screenPop.incomingUrl")
}

// TestExportComesBackUnchanged: whatever stands in a record, a spreadsheet takes
// it for a text, and the import for what it was.
func TestExportComesBackUnchanged(t *testing.T) {
	r := newRig(t)
	for i, name := range []string{"=cmd|' /C calc'!A0", "'t Hooft", "'=1+1", "''x", "-1", "@SUM(A1)", "a\"b,c;d", "'", "Ünal"} {
		o := directory.NewOperator(directory.Centre{Meta: directory.Meta{ID: centreID}, Language: "fr", DialCountry: "FR"})
		o.Login, o.FullName, o.Email = fmt.Sprintf("x%d", i), name, fmt.Sprintf("x%d@example.org", i)
		o.ScreenPop.OutgoingURL = "https://crm.example.org/?a={called},b;c"
		o.WrapUpSeconds = new(int)
		o.LogoutAt = ""
		o.Phone = directory.PhoneChoice{Kind: directory.PhoneExternal, Number: "+33612345678"}
		if i == 0 {
			o.Phone, o.AskPhoneAtLogin = directory.PhoneChoice{}, true
		}
		_, _ = r.records.operators.table.Create(t.Context(), o)
	}
	help, _ := r.records.groups.Get(t.Context(), centreID, "g-help")
	help.Name = "=Help|me"
	help.Members = []directory.Member{directory.NewMember("op-anna", 0)}
	_, _ = r.records.groups.Update(t.Context(), help)
	for _, c := range []*client{r.as("technical"), r.as("administrator")} {
		exported := c.do("GET", "/operators/export", nil).is(http.StatusOK)
		if got := exported.header.Get("Content-Type"); got != "text/csv; charset=utf-8; header=present" {
			t.Errorf("content type %q", got)
		}
		text := string(exported.body)
		rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(text, "\ufeff"))).ReadAll()
		if err != nil || !strings.HasPrefix(text, "\ufefflogin,fullName,email,") || len(rows) != 13 {
			t.Fatalf("%v, %d rows, %.80q", err, len(rows), text)
		}
		for _, row := range rows {
			for _, cell := range row {
				if cell != "" && strings.ContainsRune("=+-@\t\r", rune(cell[0])) {
					t.Errorf("a spreadsheet would run %q", cell)
				}
			}
		}
		report := c.importing(text)
		if report.has(12, "unchanged"); len(report.told()) != 12 {
			t.Errorf("told %v", report.told())
		}
	}
	if n := len(r.records.operators.imported); n != 0 {
		t.Errorf("what is unchanged was stored %d times", n)
	}
}

func TestACopyBeginsFromARecord(t *testing.T) {
	r := newRig(t)
	technical, admin := r.as("technical"), r.as("administrator")
	admin.do("PATCH", "/operators/op-anna", `{"ringSeconds":40,"record":true,"directNumber":"+33170200300","callerId":{"mode":"direct"}}`).is(http.StatusOK)
	const body = `{"login":"dora","fullName":"Dora","email":"dora@example.org","phone":{"kind":"external","number":"+33611223344"},"retrySeconds":7}`
	created := admin.do("POST", "/operators?copyOf=op-anna", body).is(http.StatusCreated).
		has(40, "ringSeconds").has(true, "record").has(7, "retrySeconds").has("service", "callerId", "mode").has(nil, "directNumber")
	if pop, _ := created.at("screenPop").(map[string]any); len(pop) != 1 {
		t.Errorf("the administrator is shown %v", pop)
	}
	id, _ := created.at("id").(string)
	if id == "op-anna" {
		t.Fatal("the copy took its place")
	}
	technical.do("GET", "/operators/"+id, nil).has("https://crm.example.org/?n={caller}", "screenPop", "incomingUrl")
	admin.do("POST", "/operators?copyOf=op-anna", `{"login":"emil"}`).is(http.StatusUnprocessableEntity)
	admin.do("POST", "/operators?copyOf=nobody", body).is(http.StatusNotFound)
	admin.do("POST", "/groups?copyOf=g-sales", `{"name":"x"}`).is(http.StatusUnprocessableEntity)
	if _, listed := r.floor.operators[acd.OperatorID("op-anna")]; !listed {
		t.Error("the first one has gone")
	}
}
