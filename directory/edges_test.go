package directory

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestCentreRules(t *testing.T) {
	type test = ruleTest[Centre]
	valid := func(w *world) Centre { return w.centre }
	want := Centre{Name: "Support", Language: French, TimeZone: "Europe/Paris", DialCountry: "FR", RecordingNotice: true, ShowListening: true}
	if diff := cmp.Diff(want, NewCentre("Support")); diff != "" {
		t.Error(diff)
	}
	tests := lengths("name", 1, 100, func(c *Centre, v string) { c.Name = v })
	set := func(name string, change func(c *Centre), problem string) {
		tests = append(tests, test{name, func(c *Centre, _ *world) { change(c) }, problem})
	}
	set("language", func(c *Centre) { c.Language = "pt" }, "invalid language")
	set("country", func(c *Centre) { c.DialCountry = "" }, "invalid dialCountry")
	for zone, problem := range map[string]string{
		"America/New_York": "", "UTC": "", "": "invalid timeZone", "Local": "invalid timeZone",
		"Europe/Lutece": "invalid timeZone", "../../etc/passwd": "invalid timeZone",
	} {
		set("zone "+zone, func(c *Centre) { c.TimeZone = zone }, problem)
	}
	set("main number", func(c *Centre) { c.MainNumber = "01 70 20 02 00" }, "")
	set("main number of another", func(c *Centre) { c.MainNumber = "+33170200299" }, "invalid mainNumber")
	set("main number garbage", func(c *Centre) { c.MainNumber = "x" }, "invalid mainNumber")
	runRules(t, valid, tests)
}

func TestNumberRules(t *testing.T) {
	type test = ruleTest[Number]
	valid := func(w *world) Number {
		n := NewNumber(w.centre)
		n.ID, n.Number = "new", "+33170200250"
		return n
	}
	w := newWorld()
	want := Number{Meta: Meta{Centre: "c1"}, Destination: Destination{Type: ToHangup}, Answer: AnswerAtOnce}
	if diff := cmp.Diff(want, NewNumber(w.centre)); diff != "" {
		t.Error(diff)
	}
	tests := lengths("label", 0, 100, func(n *Number, v string) { n.Label = v })
	set := func(name string, change func(n *Number), problem string) {
		tests = append(tests, test{name, func(n *Number, _ *world) { change(n) }, problem})
	}
	to := func(d Destination) func(n *Number) { return func(n *Number) { n.Destination = d } }
	over := func(d Destination) func(n *Number) { return func(n *Number) { n.Overflow = d } }
	set("required", func(n *Number) { n.Number = "" }, "invalid number")
	set("national", func(n *Number) { n.Number = "0170200250" }, "")
	set("short", func(n *Number) { n.Number = "3631" }, "invalid number")
	set("garbage", func(n *Number) { n.Number = "x" }, "invalid number")
	set("taken on the node", func(n *Number) { n.Number = "0170200299" }, "conflict number")
	set("no destination", to(Destination{}), "invalid destination.type")
	set("unknown destination", to(Destination{Type: "fax"}), "invalid destination.type")
	set("ivr", to(Destination{Type: ToIVR}), "unavailable destination.type")
	set("voicemail", to(Destination{Type: ToVoicemail}), "unavailable destination.type")
	set("group", to(Destination{Type: ToGroup, ID: "sales"}), "")
	set("unknown group", to(Destination{Type: ToGroup, ID: "anna"}), "invalid destination.id")
	set("operator", to(Destination{Type: ToOperator, ID: "anna"}), "")
	set("unknown operator", to(Destination{Type: ToOperator, ID: "sales"}), "invalid destination.id")
	set("number", to(Destination{Type: ToNumber, Number: "0612345678"}), "")
	set("number missing", to(Destination{Type: ToNumber}), "invalid destination.number")
	set("number emergency", to(Destination{Type: ToNumber, Number: "18"}), "invalid destination.number")
	set("number itself", to(Destination{Type: ToNumber, Number: "0170200250"}), "conflict destination.number")
	set("overflow itself", over(Destination{Type: ToNumber, Number: "0170200250"}), "conflict overflow.number")
	set("overflow group", over(Destination{Type: ToGroup, ID: "sales"}), "")
	set("overflow hangup", over(Destination{Type: ToHangup}), "")
	set("overflow operator", over(Destination{Type: ToOperator, ID: "anna"}), "invalid overflow.type")
	set("overflow unknown group", over(Destination{Type: ToGroup, ID: "x"}), "invalid overflow.id")
	set("answer on operator", func(n *Number) { n.Answer = AnswerOnOperator }, "")
	set("answer unknown", func(n *Number) { n.Answer = "never" }, "invalid answer")
	runRules(t, valid, tests)
}

func TestPhoneRules(t *testing.T) {
	type test = ruleTest[Phone]
	valid := func(w *world) Phone {
		p := NewPhone(w.centre)
		p.ID, p.Label, p.Username = "new", "Desk 2", "desk2"
		return p
	}
	tests := lengths("label", 1, 100, func(p *Phone, v string) { p.Label = v })
	for name, problem := range map[string]string{
		"": "invalid username", "Desk-2_a.b": "", "a b": "invalid username", "a@b": "invalid username", "é": "invalid username",
		"a;b": "invalid username", "taken": "conflict username", "TAKEN": "conflict username",
	} {
		tests = append(tests, test{"username " + name, func(p *Phone, _ *world) { p.Username = name }, problem})
	}
	for number, problem := range map[string]string{
		"": "", "20": "", "123456": "", "1": "invalid number", "1234567": "invalid number", "2a": "invalid number",
		"112": "invalid number", "15": "invalid number", "201": "conflict number", " 202 ": "",
	} {
		tests = append(tests, test{"number " + number, func(p *Phone, _ *world) { p.Number = number }, problem})
	}
	runRules(t, valid, tests)
}

func TestTrunkRules(t *testing.T) {
	type test = ruleTest[Trunk]
	valid := func(w *world) Trunk {
		tr := NewTrunk(w.centre)
		tr.ID, tr.Name, tr.Host = "new", "Carrier", "sip.example.net"
		return tr
	}
	want := Trunk{
		Meta: Meta{Centre: "c1"}, Port: 5060, Transport: UDP, Digest: DigestMD5, Priority: 1, Codecs: []Codec{PCMA, PCMU},
		KeepaliveSeconds: 60, Format: FormatE164Plus, ForwardCaller: true, Enabled: true,
	}
	if diff := cmp.Diff(want, NewTrunk(newWorld().centre)); diff != "" {
		t.Error(diff)
	}
	var tests []test
	tests = append(tests, lengths("name", 1, 100, func(tr *Trunk, v string) { tr.Name = v })...)
	tests = append(tests, lengths("username", 0, 64, func(tr *Trunk, v string) { tr.Username = v })...)
	tests = append(tests, bounds("port", 1, 65535, func(tr *Trunk, v int) { tr.Port = v })...)
	tests = append(tests, bounds("priority", 1, 100, func(tr *Trunk, v int) { tr.Priority = v })...)
	tests = append(tests, bounds("maxCalls", 1, 10_000, func(tr *Trunk, v int) { tr.MaxCalls = &v })...)
	tests = append(tests, bounds("keepaliveSeconds", 0, 3600, func(tr *Trunk, v int) { tr.KeepaliveSeconds = v })...)
	for host, problem := range map[string]string{
		"": "invalid host", "192.0.2.1": "", "2001:db8::1": "", "[2001:db8::1]": "", "SIP.Example.net.": "", "localhost": "",
		"sip.example.net:5060": "invalid host", "sip:host": "invalid host", "a b": "invalid host", "-a.net": "invalid host",
		"a..b": "invalid host", "192.0.2.256": "invalid host", "192.0.2": "invalid host", "fe80::1%eth0": "invalid host",
		"a_b.net": "invalid host", "hôte.fr": "invalid host", ".": "invalid host",
	} {
		tests = append(tests, test{"host " + host, func(tr *Trunk, _ *world) { tr.Host = host }, problem})
	}
	set := func(name string, change func(tr *Trunk), problem string) {
		tests = append(tests, test{name, func(tr *Trunk, _ *world) { change(tr) }, problem})
	}
	set("tcp", func(tr *Trunk) { tr.Transport = TCP }, "")
	set("tls", func(tr *Trunk) { tr.Transport = TLS }, "unavailable transport")
	set("sctp", func(tr *Trunk) { tr.Transport = "sctp" }, "invalid transport")
	set("digest", func(tr *Trunk) { tr.Digest = DigestSHA256 }, "")
	set("digest unknown", func(tr *Trunk) { tr.Digest = "sha1" }, "invalid digest")
	set("format", func(tr *Trunk) { tr.Format = "local" }, "invalid format")
	set("register", func(tr *Trunk) { tr.Register, tr.Username = true, "u" }, "")
	set("register without user name", func(tr *Trunk) { tr.Register = true }, "invalid username")
	set("password without user name", func(tr *Trunk) { tr.Password = "p" }, "invalid username")
	set("password with line feed", func(tr *Trunk) { tr.Username, tr.Password = "u", "a\nb" }, "invalid password")
	set("one codec", func(tr *Trunk) { tr.Codecs = []Codec{PCMU} }, "")
	set("no codec", func(tr *Trunk) { tr.Codecs = nil }, "invalid codecs")
	set("codec twice", func(tr *Trunk) { tr.Codecs = []Codec{PCMA, PCMA} }, "invalid codecs[1]")
	set("codec unknown", func(tr *Trunk) { tr.Codecs = []Codec{PCMA, "GSM"} }, "invalid codecs[1]")
	set("codec of later", func(tr *Trunk) { tr.Codecs = []Codec{PCMA, "G722"} }, "unavailable codecs[1]")
	set("sources", func(tr *Trunk) { tr.Sources = []string{"127.0.0.1/32:5080", "192.0.2.0/24", "::1"} }, "")
	set("source bad", func(tr *Trunk) { tr.Sources = []string{"192.0.2.0/24", "carrier.net"} }, "invalid sources[1]")
	set("source twice", func(tr *Trunk) { tr.Sources = []string{"192.0.2.0/24", "192.0.2.9/24"} }, "invalid sources[1]")
	set("too many sources", func(tr *Trunk) { tr.Sources = make([]string, 101) }, "invalid sources")
	runRules(t, valid, tests)

	tr := valid(newWorld())
	tr.Sources = []string{"192.0.2.9/24"}
	if got := tr.Normalize(nil); got.Sources[0] != "192.0.2.0/24" || tr.Sources[0] != "192.0.2.9/24" {
		t.Errorf("sources %v from %v: want the network, and the argument unchanged", got.Sources, tr.Sources)
	}
}

func TestParseSource(t *testing.T) {
	for text, want := range map[string]string{
		"127.0.0.1/32:5080":  "127.0.0.1/32:5080",
		"127.0.0.1/32":       "127.0.0.1/32",
		"127.0.0.1":          "127.0.0.1/32",
		"::ffff:127.0.0.1":   "127.0.0.1/32",
		"10.1.2.3/8":         "10.0.0.0/8",
		"0.0.0.0/0":          "0.0.0.0/0",
		"2001:db8::/32:5060": "2001:db8::/32:5060",
		"2001:db8::1":        "2001:db8::1/128",
		"":                   "",
		"127.0.0.1:5080":     "",
		"127.0.0.1/32:":      "",
		"127.0.0.1/32:0":     "",
		"127.0.0.1/32:65536": "",
		"127.0.0.1/32:a":     "",
		"127.0.0.1/33":       "",
		"127.0.0.1/-1":       "",
		"fe80::1%eth0":       "",
		"host/32":            "",
	} {
		source, err := ParseSource(text)
		if (err == nil) != (want != "") || (err == nil && source.String() != want) {
			t.Errorf("ParseSource(%q) = %v, %v, want %q", text, source, err, want)
		}
	}
}

func TestUserRules(t *testing.T) {
	type test = ruleTest[User]
	valid := func(w *world) User {
		u := NewUser(w.centre)
		u.ID, u.Login, u.Name, u.Email = "new", "sophie", "Sophie", "sophie@example.org"
		return u
	}
	want := User{
		Meta: Meta{Centre: "c1"}, Language: French, Role: RoleSupervisor,
		Rights: Rights{OperatorDetail: true}, PasswordState: PasswordPending,
	}
	if diff := cmp.Diff(want, NewUser(newWorld().centre)); diff != "" {
		t.Error(diff)
	}
	var tests []test
	set := func(name string, change func(u *User), problem string) {
		tests = append(tests, test{name, func(u *User, _ *world) { change(u) }, problem})
	}
	set("name missing is the login", func(u *User) { u.Name = "" }, "")
	set("name", func(u *User) { u.Name = "a\x1bb" }, "invalid name")
	set("login taken by an operator", func(u *User) { u.Login = "Taken" }, "conflict login")
	set("login", func(u *User) { u.Login = "" }, "invalid login")
	set("login and name", func(u *User) { u.Login, u.Name = "", "" }, "invalid login, invalid name")
	set("no email", func(u *User) { u.Email = "" }, "")
	set("email", func(u *User) { u.Email = "x" }, "invalid email")
	set("an operator's email", func(u *User) { u.Email = "taken@example.org" }, "")
	set("language", func(u *User) { u.Language = "" }, "invalid language")
	set("technical", func(u *User) { u.Role = RoleTechnical }, "")
	set("operator", func(u *User) { u.Role = RoleOperator }, "invalid role")
	set("role", func(u *User) { u.Role = "root" }, "invalid role")
	set("groups", func(u *User) { u.Groups = []ID{"sales", "support"} }, "")
	set("no group", func(u *User) { u.Groups = []ID{} }, "")
	set("unknown group", func(u *User) { u.Groups = []ID{"sales", "x"} }, "invalid groups[1]")
	set("group twice", func(u *User) { u.Groups = []ID{"sales", "sales"} }, "invalid groups[1]")
	runRules(t, valid, tests)

	limited := User{Role: RoleSupervisor, Groups: []ID{"sales"}}
	if !limited.SeesGroup("sales") || limited.SeesGroup("support") {
		t.Error("a supervisor's groups are not respected")
	}
	if (User{Role: RoleSupervisor, Groups: []ID{}}).SeesGroup("sales") {
		t.Error("an empty list means none")
	}
	if !(User{Role: RoleSupervisor}).SeesGroup("sales") || !(User{Role: RoleAdministrator, Groups: []ID{}}).SeesGroup("sales") {
		t.Error("no list, and an administrator, mean all")
	}
}

func TestTokenRules(t *testing.T) {
	now := time.Date(2026, 11, 22, 20, 0, 0, 0, time.UTC)
	valid := Token{Name: "crm", Role: RoleSupervisor, ExpiresAt: now.Add(time.Second)}
	for name, tt := range map[string]struct {
		change func(tk *Token)
		maker  Role
		field  string
	}{
		"valid":           {func(*Token) {}, RoleAdministrator, ""},
		"equal role":      {func(tk *Token) { tk.Role = RoleAdministrator }, RoleAdministrator, ""},
		"above its maker": {func(tk *Token) { tk.Role = RoleTechnical }, RoleAdministrator, "role"},
		"operator":        {func(tk *Token) { tk.Role = RoleOperator }, RoleTechnical, "role"},
		"no expiry":       {func(tk *Token) { tk.ExpiresAt = time.Time{} }, RoleTechnical, "expiresAt"},
		"expired":         {func(tk *Token) { tk.ExpiresAt = now }, RoleTechnical, "expiresAt"},
		"name":            {func(tk *Token) { tk.Name = "a\r\nb" }, RoleTechnical, "name"},
	} {
		token := valid
		tt.change(&token)
		got := token.Validate(tt.maker, now)
		if (tt.field == "" && len(got) != 0) || (tt.field != "" && (len(got) != 1 || got[0].Field != tt.field)) {
			t.Errorf("%s: problems %v, want %q", name, got, tt.field)
		}
	}
}

func TestRoles(t *testing.T) {
	ladder := []Role{RoleTechnical, RoleAdministrator, RoleSupervisor}
	for i, high := range ladder {
		for j, low := range ladder {
			if got, want := high.AtLeast(low), i <= j; got != want {
				t.Errorf("%s.AtLeast(%s) = %v", high, low, got)
			}
			if got, want := high.MayManage(low), i <= j && i < 2; got != want {
				t.Errorf("%s.MayManage(%s) = %v", high, low, got)
			}
		}
		if high.AtLeast(RoleOperator) || RoleOperator.AtLeast(high) || high.MayManage(RoleOperator) {
			t.Errorf("operator is not beside %s", high)
		}
	}
	if !RoleOperator.AtLeast(RoleOperator) || Role("").AtLeast("") || Role("root").AtLeast("root") || Role("root").Valid() {
		t.Error("a role that is none has rights, or operator is none")
	}
	for role, want := range map[Role][4]bool{
		RoleTechnical: {true, true, true, true}, RoleAdministrator: {true, true, false, false},
		RoleSupervisor: {false, true, false, false}, RoleOperator: {}, "": {},
	} {
		got := [4]bool{role.MayAdminister(), role.MaySupervise(), role.MaySeeScreenPopURLs(), role.MaySeeOutbox()}
		if got != want {
			t.Errorf("%q may %v, want %v", role, got, want)
		}
	}
}
