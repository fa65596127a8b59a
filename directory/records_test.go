package directory

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
	_ "time/tzdata"

	"github.com/google/go-cmp/cmp"

	"bandeau/internal/proof"
)

// world is a centre in memory. Its records exist; the owners are those of
// unique values.
type world struct {
	centre    Centre
	owners    map[Unique]map[string]ID
	operators []ID
	groups    map[ID]Group
	phones    []Phone
	numbers   []string
	pauses    []PauseType
	sounds    []ID
}

func (w *world) Centre() Centre { return w.centre }

func (w *world) Owner(unique Unique, value string) (ID, bool) {
	id, ok := w.owners[unique][value]
	return id, ok
}

func (w *world) HasOperator(id ID) bool { return slices.Contains(w.operators, id) }

func (w *world) Group(id ID) (Group, bool) {
	g, ok := w.groups[id]
	return g, ok
}

func (w *world) Phone(account string) (Phone, bool) {
	for _, p := range w.phones {
		if string(p.ID) == account || p.Username == account {
			return p, true
		}
	}
	return Phone{}, false
}

func (w *world) Sound(id ID) (Sound, bool) {
	return Sound{Meta: Meta{ID: id}}, slices.Contains(w.sounds, id)
}

func (w *world) HasServiceNumber(number string) bool { return slices.Contains(w.numbers, number) }

func (w *world) PauseTypes() []PauseType { return w.pauses }

func newWorld() *world {
	centre := NewCentre("Support")
	centre.ID = "c1"
	w := &world{
		centre: centre,
		owners: map[Unique]map[string]ID{
			UniqueLogin:     {"taken": "other"},
			UniqueEmail:     {"taken@example.org": "other"},
			UniqueNumber:    {"+33170200299": "other"},
			UniqueUsername:  {"taken": "other"},
			UniqueExtension: {"201": "other"},
			UniqueSound:     {"Taken": "other"},
		},
		operators: []ID{"anna", "bruno"},
		phones:    []Phone{{Meta: Meta{ID: "p1"}, Username: "desk1"}},
		numbers:   []string{"+33170200200", "+33170200201"},
		sounds:    []ID{"chimes"},
	}
	sales, support, loop := NewGroup(centre), NewGroup(centre), NewGroup(centre)
	sales.Overflow = Destination{Type: ToGroup, ID: "support"}
	loop.Overflow = Destination{Type: ToGroup, ID: "loop"}
	w.groups = map[ID]Group{"sales": sales, "support": support, "loop": loop}
	for i, p := range DefaultPauseTypes(centre) {
		p.ID = ID(fmt.Sprintf("pause%d", i))
		w.pauses = append(w.pauses, p)
	}
	return w
}

// record is what all administered records have in common.
type record[T any] interface {
	Normalize(look Lookup) T
	Validate(look Lookup) []Problem
}

// ruleTest changes one thing of a valid record. The problem is "kind field",
// empty where the change is accepted.
type ruleTest[T any] struct {
	name    string
	change  func(r *T, w *world)
	problem string
}

func runRules[T record[T]](t *testing.T, valid func(w *world) T, tests []ruleTest[T]) {
	t.Helper()
	if got := valid(newWorld()).Validate(newWorld()); len(got) != 0 {
		t.Fatalf("the record the cases start from is refused: %v", got)
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w := newWorld()
			r := valid(w)
			tt.change(&r, w)
			got := ""
			for i, p := range r.Normalize(w).Validate(w) {
				if i > 0 {
					got += ", "
				}
				got += string(p.Kind) + " " + p.Field
				if p.Rule == "" || strings.Contains(p.Rule, "%!") {
					t.Errorf("rule of %s reads %q", p.Field, p.Rule)
				}
			}
			if got != tt.problem {
				t.Errorf("problems %q, want %q", got, tt.problem)
			}
		})
	}
}

// bounds makes the four cases of a range: refused below, accepted at both
// ends, refused above.
func bounds[T any](field string, low, high int, set func(r *T, value int)) []ruleTest[T] {
	var tests []ruleTest[T]
	for _, v := range []struct {
		value int
		bad   bool
	}{{low - 1, true}, {low, false}, {high, false}, {high + 1, true}} {
		problem := ""
		if v.bad {
			problem = "invalid " + field
		}
		tests = append(tests, ruleTest[T]{
			fmt.Sprintf("%s %d", field, v.value), func(r *T, _ *world) { set(r, v.value) }, problem,
		})
	}
	return tests
}

// lengths makes the cases of a text of low to high characters, counted in
// characters and not in bytes, and of the characters no text may hold.
func lengths[T any](field string, low, high int, set func(r *T, value string)) []ruleTest[T] {
	bad := "invalid " + field
	first := ""
	if low > 0 {
		first = bad
	}
	cases := []struct{ name, value, problem string }{
		{"empty", "", first},
		{"spaces", "   ", first},
		{"shortest", "x", ""},
		{"longest", strings.Repeat("é", high), ""},
		{"too long", strings.Repeat("é", high+1), bad},
		{"script", `"><img src=x onerror=alert(1)>`[:min(high, 30)], ""},
		{"right to left", "ישראל", ""},
		{"line feed", "a\nb", bad},
		{"zero byte", "a\x00b", bad},
		{"delete", "a\x7fb", bad},
		{"C1 control", "a\u0085b", bad},
		{"line separator", "a\u2028b", bad},
		{"bidirectional override", "a\u202eb", bad},
		{"bidirectional isolate", "a\u2066b", bad},
		{"invalid UTF-8", "a\xffb", bad},
	}
	var tests []ruleTest[T]
	for _, c := range cases {
		tests = append(tests, ruleTest[T]{field + " " + c.name, func(r *T, _ *world) { set(r, c.value) }, c.problem})
	}
	return tests
}

func validOperator(w *world) Operator {
	o := NewOperator(w.centre)
	o.ID, o.Login, o.FullName, o.Email = "anna", "anna", "Anna Alba", "anna@example.org"
	o.Phone = PhoneChoice{Kind: PhoneCentrex, Account: "p1"}
	return o
}

func TestOperatorDefaults(t *testing.T) {
	centre := Centre{Meta: Meta{ID: "c9"}, Language: Italian, DialCountry: "IT"}
	want := Operator{
		Meta: Meta{Centre: "c9"}, Enabled: true, PasswordState: PasswordPending, Language: Italian,
		CallerID:    CallerID{Mode: CallerIDService},
		ScreenPop:   ScreenPop{Window: WindowSingle},
		ShowWaiting: true, ShowNumbersInHistory: true,
		RingSeconds: 25, RetrySeconds: 30, AllowOutgoing: true, LogoutAt: "23:59", DialCountry: "IT",
	}
	if diff := cmp.Diff(want, NewOperator(centre)); diff != "" {
		t.Error(diff)
	}
}

func TestOperatorRules(t *testing.T) {
	proof.Of(t, "OP-01", "OP-03", "OP-04", "OP-05", "OP-06", "OP-09", "OP-12", "OP-15", "OP-16", "OP-27")
	type test = ruleTest[Operator]
	set := func(name string, change func(o *Operator), problem string) test {
		return test{name, func(o *Operator, _ *world) { change(o) }, problem}
	}
	var tests []test
	tests = append(tests, lengths("fullName", 1, 100, func(o *Operator, v string) { o.FullName = v })...)
	tests = append(tests, bounds("wrapUpSeconds", 0, 3600, func(o *Operator, v int) { o.WrapUpSeconds = &v })...)
	tests = append(tests, bounds("ringSeconds", 5, 120, func(o *Operator, v int) { o.RingSeconds = v })...)
	tests = append(tests, bounds("retrySeconds", 0, 3600, func(o *Operator, v int) { o.RetrySeconds = v })...)
	tests = append(tests, bounds("idleLogoutMinutes", 1, 1440, func(o *Operator, v int) { o.IdleLogoutMinutes = &v })...)
	tests = append(tests, bounds("missedLogoutCount", 1, 100, func(o *Operator, v int) { o.MissedLogoutCount = &v })...)
	for login, problem := range map[string]string{
		"":                        "invalid login",
		"a":                       "",
		"j.dupont_2-x":            "",
		"JDupont":                 "", // stored in lower case
		strings.Repeat("a", 32):   "",
		strings.Repeat("a", 33):   "invalid login",
		"j dupont":                "invalid login",
		"jérôme":                  "invalid login",
		"a@b":                     "invalid login",
		"a\x00":                   "invalid login",
		"taken":                   "conflict login",
		"TAKEN":                   "conflict login",
		"\u212aelvin":             "", // the Kelvin sign is k in lower case
		"ｊ":                       "invalid login",
		" anna ":                  "",
		"../etc":                  "invalid login",
		"a'; drop table users;--": "invalid login",
	} {
		tests = append(tests, set(fmt.Sprintf("login %q", login), func(o *Operator) { o.Login = login }, problem))
	}
	for email, problem := range map[string]string{
		"":                             "invalid email",
		"anna":                         "invalid email",
		"anna@":                        "invalid email",
		"@example.org":                 "invalid email",
		"a@b":                          "",
		"anna+bandeau@example.org":     "",
		"Anna@EXAMPLE.org":             "",
		"Anna Alba <anna@example.org>": "invalid email",
		"a@b.org, c@d.org":             "invalid email",
		"a@b.org\r\nBcc: c@d.org":      "invalid email",
		`"a b"@example.org`:            "invalid email",
		"ännä@example.org":             "invalid email",
		"taken@example.org":            "conflict email",
		"Taken@Example.ORG":            "conflict email",
		strings.Repeat("a", 242) + "@example.org": "",
		strings.Repeat("a", 243) + "@example.org": "invalid email",
	} {
		tests = append(tests, set(fmt.Sprintf("email %.40q", email), func(o *Operator) { o.Email = email }, problem))
	}
	for at, problem := range map[string]string{
		"": "", "00:00": "", "23:59": "", "24:00": "invalid logoutAt", "7:05": "invalid logoutAt",
		"12:60": "invalid logoutAt", "12h30": "invalid logoutAt", "12:30:00": "invalid logoutAt", "+1:30": "invalid logoutAt",
	} {
		tests = append(tests, set("logoutAt "+at, func(o *Operator) { o.LogoutAt = at }, problem))
	}
	phone := func(p PhoneChoice) func(o *Operator) { return func(o *Operator) { o.Phone = p } }
	tests = append(tests,
		set("language", func(o *Operator) { o.Language = Spanish }, ""),
		set("language unknown", func(o *Operator) { o.Language = "de" }, "invalid language"),
		set("language empty", func(o *Operator) { o.Language = "" }, "invalid language"),
		set("no optional figure", func(o *Operator) { o.WrapUpSeconds, o.IdleLogoutMinutes, o.MissedLogoutCount = nil, nil, nil }, ""),
		set("dialCountry", func(o *Operator) { o.DialCountry = "it" }, ""),
		set("dialCountry unknown", func(o *Operator) { o.DialCountry = "ZZ" }, "invalid dialCountry"),
		set("dialCountry alpha-3", func(o *Operator) { o.DialCountry = "FRA" }, "invalid dialCountry"),
		set("direct number", func(o *Operator) { o.DirectNumber = "01 70 20 02 10" }, ""),
		set("direct number short", func(o *Operator) { o.DirectNumber = "3631" }, "invalid directNumber"),
		set("direct number garbage", func(o *Operator) { o.DirectNumber = "abc" }, "invalid directNumber"),
		set("direct number taken", func(o *Operator) { o.DirectNumber = "0170200299" }, "conflict directNumber"),
		set("caller ID anonymous", func(o *Operator) { o.CallerID = CallerID{Mode: CallerIDAnonymous} }, ""),
		set("caller ID unknown", func(o *Operator) { o.CallerID = CallerID{Mode: "none"} }, "invalid callerId.mode"),
		set("caller ID direct without", func(o *Operator) { o.CallerID = CallerID{Mode: CallerIDDirect} }, "invalid callerId.mode"),
		set("caller ID direct", func(o *Operator) {
			o.CallerID, o.DirectNumber = CallerID{Mode: CallerIDDirect}, "+33170200210"
		}, ""),
		set("caller ID service", func(o *Operator) { o.CallerID = CallerID{CallerIDService, "01 70 20 02 01"} }, ""),
		set("caller ID service elsewhere", func(o *Operator) { o.CallerID = CallerID{CallerIDService, "+33170200299"} }, "invalid callerId.number"),
		set("caller ID custom", func(o *Operator) { o.CallerID = CallerID{CallerIDCustom, "08 00 00 00 00"} }, ""),
		set("caller ID custom short", func(o *Operator) { o.CallerID = CallerID{CallerIDCustom, "3631"} }, ""),
		set("caller ID custom without", func(o *Operator) { o.CallerID = CallerID{Mode: CallerIDCustom} }, "invalid callerId.number"),
		set("caller ID custom garbage", func(o *Operator) { o.CallerID = CallerID{CallerIDCustom, "hello"} }, "invalid callerId.number"),
		set("window", func(o *Operator) { o.ScreenPop.Window = WindowTab }, ""),
		set("window unknown", func(o *Operator) { o.ScreenPop.Window = "popup" }, "invalid screenPop.window"),
		set("incoming URL", func(o *Operator) { o.ScreenPop.IncomingURL = "https://crm.example/?n={caller}" }, ""),
		set("incoming URL bad", func(o *Operator) { o.ScreenPop.IncomingURL = "javascript:alert(1)" }, "invalid screenPop.incomingUrl"),
		set("outgoing URL bad", func(o *Operator) { o.ScreenPop.OutgoingURL = "https://crm.example/{pin}" }, "invalid screenPop.outgoingUrl"),
		set("no phone", phone(PhoneChoice{}), "invalid phone.kind"),
		set("no phone, asked at login", func(o *Operator) { o.Phone, o.AskPhoneAtLogin = PhoneChoice{}, true }, ""),
		set("phone unknown", phone(PhoneChoice{Kind: "fax"}), "invalid phone.kind"),
		set("phone browser", phone(PhoneChoice{Kind: PhoneBrowser}), ""),
		set("fallback of a browser", phone(PhoneChoice{Kind: PhoneBrowser, Fallback: "06 99 88 77 66"}), ""),
		set("fallback garbage", phone(PhoneChoice{Kind: PhoneBrowser, Fallback: "x"}), "invalid phone.fallback"),
		set("fallback emergency", phone(PhoneChoice{Kind: PhoneBrowser, Fallback: "112"}), "invalid phone.fallback"),
		set("fallback into the centre", phone(PhoneChoice{Kind: PhoneBrowser, Fallback: "01 70 20 02 00"}), "conflict phone.fallback"),
		set("fallback of another kind", phone(PhoneChoice{Kind: PhoneExternal, Number: "+33612345678", Fallback: "x"}), ""),
		set("phone external", phone(PhoneChoice{Kind: PhoneExternal, Number: "0612345678"}), ""),
		set("phone external short", phone(PhoneChoice{Kind: PhoneExternal, Number: "2001"}), ""),
		set("phone external without", phone(PhoneChoice{Kind: PhoneExternal}), "invalid phone.number"),
		set("phone external garbage", phone(PhoneChoice{Kind: PhoneExternal, Number: "06" + "x"}), "invalid phone.number"),
		set("phone external emergency", phone(PhoneChoice{Kind: PhoneExternal, Number: "15"}), "invalid phone.number"),
		set("phone external loop", phone(PhoneChoice{Kind: PhoneExternal, Number: "0170200200"}), "conflict phone.number"),
		set("phone external confirm", phone(PhoneChoice{Kind: PhoneExternal, Number: "0612345678", Confirm: true}), ""),
		set("phone centrex by user name", phone(PhoneChoice{Kind: PhoneCentrex, Account: "desk1"}), ""),
		set("phone centrex without", phone(PhoneChoice{Kind: PhoneCentrex}), "invalid phone.account"),
		set("phone centrex unknown", phone(PhoneChoice{Kind: PhoneCentrex, Account: "p9"}), "invalid phone.account"),
		set("asked at login but wrong", func(o *Operator) {
			o.AskPhoneAtLogin, o.Phone = true, PhoneChoice{Kind: PhoneExternal}
		}, "invalid phone.number"),
		test{"its own values", func(o *Operator, w *world) {
			o.DirectNumber = "+33170200210"
			w.owners[UniqueLogin]["anna"] = "anna"
			w.owners[UniqueEmail]["anna@example.org"] = "anna"
			w.owners[UniqueNumber]["+33170200210"] = "anna"
		}, ""},
		test{"a new record owns nothing", func(o *Operator, w *world) {
			o.ID = ""
			w.owners[UniqueLogin]["anna"] = ""
		}, "conflict login"},
		set("all at once", func(o *Operator) { o.Login, o.FullName, o.Email, o.RingSeconds = "", "", "", 4 },
			"invalid login, invalid fullName, invalid email, invalid ringSeconds"),
	)
	runRules(t, validOperator, tests)
}

func TestOperatorNormalize(t *testing.T) {
	proof.Of(t, "OP-01", "OP-27")
	w := newWorld()
	o := validOperator(w)
	o.Login, o.FullName, o.Email, o.DialCountry = " JDupont ", " Jean Dupont ", " J.Dupont@Example.ORG ", "es"
	o.DirectNumber = "912345678"
	o.CallerID = CallerID{CallerIDAnonymous, "+33170200200"}
	o.Phone = PhoneChoice{Kind: PhoneCentrex, Account: " desk1 ", Number: "123"}
	got := o.Normalize(w)
	want := o
	want.Login, want.FullName, want.Email, want.DialCountry = "jdupont", "Jean Dupont", "J.Dupont@example.org", "ES"
	want.DirectNumber = "+34912345678"
	want.CallerID.Number = ""
	want.Phone = PhoneChoice{Kind: PhoneCentrex, Account: "p1"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(got, got.Normalize(w)); diff != "" {
		t.Errorf("a stored record changes when it is stored again: %s", diff)
	}
}

func TestValidatePhoneNamesTheBody(t *testing.T) {
	w := newWorld()
	got := validOperator(w).ValidatePhone(PhoneChoice{Kind: PhoneExternal, Number: "x"}, w)
	if len(got) != 1 || got[0].Field != "number" {
		t.Errorf("problems %v, want one of the field number", got)
	}
	if got := validOperator(w).ValidatePhone(PhoneChoice{}, w); len(got) != 1 || got[0].Field != "kind" {
		t.Errorf("problems %v, want one of the field kind", got)
	}
}

func TestSessionsTokensCredentialsEnd(t *testing.T) {
	now := time.Date(2026, 11, 22, 20, 0, 0, 0, time.UTC)
	type expirer interface{ Expired(time.Time) bool }
	for name, tt := range map[string]struct {
		record expirer
		life   time.Duration
	}{
		"operator's session": {Session{Role: RoleOperator, LastRequestAt: now}, 14 * time.Hour},
		"user's session":     {Session{Role: RoleTechnical, LastRequestAt: now}, 12 * time.Hour},
		"token":              {Token{ExpiresAt: now.Add(time.Hour)}, time.Hour},
		"first password":     {NewFirstCredential("u", "h", now), 7 * 24 * time.Hour},
	} {
		if tt.record.Expired(now.Add(tt.life - time.Nanosecond)) {
			t.Errorf("%s ends early", name)
		}
		if !tt.record.Expired(now.Add(tt.life)) {
			t.Errorf("%s does not end", name)
		}
	}
	if NewCredential("u", "h", now).Expired(now.AddDate(100, 0, 0)) {
		t.Error("a chosen password ends")
	}
}
