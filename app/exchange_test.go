package app

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"bandeau/api"
	"bandeau/directory"
	"bandeau/internal/clock"
	"bandeau/store"
)

// collector is a postbox that writes into the store's outbox and counts.
type collector struct {
	to    []string
	wakes int
}

func (c *collector) queue(ctx context.Context, tx store.Records, to recipient, p api.NewPassword, _ bool) error {
	c.to = append(c.to, to.email)
	now := time.Unix(0, 0).UTC()
	_, err := tx.Outbox().Create(ctx, directory.Mail{
		Meta: newMeta(to.centre, now), About: to.id, AboutRole: to.role, To: to.email, ToName: to.name,
		Subject: "password", Text: p.Plain, State: directory.MailWaiting, NextAttempt: now,
	})
	return err
}

func (c *collector) wake() { c.wakes++ }

// bench is an admin over an empty store.
type bench struct {
	*admin
	post    *collector
	changed []directory.ID
}

func newBench(t *testing.T) *bench {
	t.Helper()
	b := &bench{post: &collector{}}
	b.admin = &admin{
		store: openTestStore(t), letters: b.post, clock: clock.NewManual(time.Date(2026, 3, 1, 8, 0, 0, 0, time.UTC)),
		// The real hash is slow on purpose; TestSetPassword has it.
		hash: func(_ context.Context, password string) (directory.Secret, error) {
			return directory.Secret("hash of " + password), nil
		},
		changing: func(context.Context) error { return nil },
		changed:  func(_ context.Context, id directory.ID) { b.changed = append(b.changed, id) },
	}
	return b
}

func (b *bench) mustImport(t *testing.T, document string, with ...func(*Import)) Imported {
	t.Helper()
	q := Import{Document: []byte(document)}
	for _, f := range with {
		f(&q)
	}
	out, err := b.Import(t.Context(), q)
	if err != nil {
		if document, ok := errors.AsType[*DocumentError](err); ok {
			t.Fatal(document.Problems)
		}
		t.Fatal(err)
	}
	return out
}

func (b *bench) mustExport(t *testing.T) string {
	t.Helper()
	out, err := b.Export(t.Context(), Export{})
	if err != nil {
		t.Fatal(err)
	}
	return string(out.Document)
}

func prune(q *Import)  { q.Prune = true }
func dryRun(q *Import) { q.DryRun = true }

// richDocument uses every section, every kind of reference and values at their
// limits.
const richDocument = `
bandeau: 1
centre:
  name: Lyon
  language: it
  timeZone: Europe/Rome
  dialCountry: IT
  mainNumber: "+390612345678"
  recordingNotice: false
pauseTypes:
  - names: {fr: Connexion, en: Login, it: "", es: ""}
    colour: "#475569"
    order: 1
    login: true
  - names: {fr: "Pause: café", en: "yes", it: "#1", es: "- x"}
    colour: "#b45309"
    order: 2
    maxMinutes: 15
    productive: true
  - names: {fr: "", en: "", it: "", es: ""}
    order: 3
  - names: {fr: "", en: "", it: "", es: ""}
    order: 4
phones:
  - {username: Desk.1, label: "Bureau d'Anna", number: "201"}
  - {username: desk2, label: Open space}
operators:
  - login: anna
    fullName: "Anna Rossi"
    email: anna@example.org
    language: fr
    callerId: {mode: direct}
    directNumber: 06 1234 5001
    screenPop:
      window: tab
      incomingUrl: https://crm.example.org/?n={caller}&id={callId}
    phone: {kind: centrex, account: DESK.1}
    wrapUpSeconds: 0
    ringSeconds: 120
    idleLogoutMinutes: 1440
    missedLogoutCount: 100
    logoutAt: null
  - login: bruno
    fullName: Bruno
    email: bruno@example.org
    enabled: false
    callerId: {mode: service, number: +390612345679}
    phone: {kind: external, number: +393123456789}
    logoutAt: 23:59
    allowOutgoing: false
  - login: carla
    fullName: Carla
    email: carla@example.org
    askPhoneAtLogin: true
    callerId: {mode: custom, number: 3631}
groups:
  - name: Night
    overflow: {type: group, group: "Sales: one"}
    announcements: {position: true, estimatedWait: true, everySeconds: 15}
    openingHours:
      weekly:
        - {days: [mon, tue, wed, thu, fri], from: 09:00, to: 18:00}
        - {days: [sat], from: "20:00", to: 24:00}
        - {days: [sun], from: 22:00, to: 05:30}
      holidays: [{month: 12, day: 25, name: Natale}, {month: 1, day: 1}]
      exceptions:
        - {date: 2026-12-24, slots: [{from: 09:00, to: 12:00}], name: "Vigilia: corta"}
        - {date: "2026-12-31"}
      exit: {type: group, group: "Late, last"}
    members: []
  - name: Late, last
    strategy: everyone
    openingHours: {exit: {type: number, number: "0612345999"}}
  - name: "Sales: one"
    colour: "#123abc"
    strategy: fixed
    priority: 1
    wrapUpSeconds: 3600
    outgoingNumber: +390612345679
    record: {inbound: true, outbound: false}
    maxWaiting: 0
    maxWaitSeconds: 600
    overflow: {type: number, number: "0612345999"}
    whenNobody: overflow
    serviceLevel: {seconds: 10, percent: 95}
    members:
      - {operator: BRUNO, level: 9, suspended: true}
      - {operator: anna}
numbers:
  - number: +390612345678
    label: Sales
    destination: {type: group, group: Night}
    record: true
  - number: 0612345679
    destination: {type: operator, operator: anna}
    overflow: {type: number, number: "+390612345000"}
    answer: onOperator
  - number: +390612345680
    destination: {type: number, number: 3631}
    openingHours:
      weekly: [{days: [mon], from: 00:00, to: 24:00}]
  - number: +390612345681
    openingHours: {exit: {type: group, group: Night}}
trunks:
  - name: Carrier
    host: sip.example.org
    sources: [192.0.2.7, 127.0.0.1/32:5080]
    username: us
    digest: sha256
    register: true
    maxCalls: 30
    codecs: [PCMU]
    format: national
users:
  - {login: boss, name: Boss, email: boss@example.org, role: technical}
  - {login: sup, name: "", email: "", groups: [Night], rights: {operatorDetail: false, listen: true}}
  - {login: sup2, groups: []}
`

// Export, import into an empty store, export: the same bytes.
func TestExportImportRoundTrip(t *testing.T) {
	first := newBench(t)
	out := first.mustImport(t, richDocument)
	if len(out.Phones) != 2 || len(out.Phones[0].Password) != 20 || out.Phones[0].Password == out.Phones[1].Password {
		t.Errorf("phones' passwords %v", out.Phones)
	}
	if diff := cmp.Diff([]string{"anna@example.org", "bruno@example.org", "carla@example.org", "boss@example.org"}, first.post.to); diff != "" {
		t.Errorf("first passwords mailed: %s", diff)
	}
	if diff := cmp.Diff([]string{"sup", "sup2"}, out.Unmailed); diff != "" {
		t.Errorf("unmailed: %s", diff)
	}
	exported := first.mustExport(t)

	second := newBench(t)
	second.mustImport(t, exported)
	if diff := cmp.Diff(exported, second.mustExport(t)); diff != "" {
		t.Error(diff)
	}
	// The same document again is nothing to do, and nobody is told.
	for _, document := range []string{exported, richDocument} {
		before := len(first.changed)
		if again := first.mustImport(t, document, prune); len(again.Changes) > 0 {
			t.Errorf("imported again: %v", again.Changes)
		}
		if len(first.changed) != before {
			t.Error("nothing changed and the node was told")
		}
	}
}

// What was imported is what the document says, references included.
func TestImportedRecords(t *testing.T) {
	b := newBench(t)
	b.mustImport(t, richDocument)
	centre, err := b.store.Centres().ByName(t.Context(), "Lyon")
	if err != nil {
		t.Fatal(err)
	}
	s, err := readSnapshot(t.Context(), b.store, centre)
	if err != nil {
		t.Fatal(err)
	}
	if centre.MainNumber != "+390612345678" || centre.RecordingNotice {
		t.Errorf("centre %+v", centre)
	}
	anna, bruno := s.operators[0], s.operators[1]
	if anna.DirectNumber != "+390612345001" || anna.Phone.Account != s.phones[0].ID || anna.LogoutAt != "" ||
		anna.WrapUpSeconds == nil || *anna.WrapUpSeconds != 0 || anna.RetrySeconds != 30 || !anna.ShowWaiting {
		t.Errorf("anna %+v", anna)
	}
	if bruno.Enabled || bruno.Phone.Number != "+393123456789" || bruno.LogoutAt != "23:59" {
		t.Errorf("bruno %+v", bruno)
	}
	if s.operators[2].CallerID.Number != "3631" {
		t.Errorf("carla %+v", s.operators[2])
	}
	late, night, sales := s.groups[0], s.groups[1], s.groups[2]
	if night.Overflow.ID != sales.ID || sales.Overflow.Number != "+390612345999" || sales.MaxWaiting == nil || *sales.MaxWaiting != 0 {
		t.Errorf("groups %+v %+v", night, sales)
	}
	if night.Hours.Exit.ID != late.ID || len(night.Hours.Weekly) != 3 || night.Hours.Exceptions[0].Slots[0].To != "12:00" ||
		night.Hours.Exceptions[0].Date != "2026-12-24" || sales.Hours != nil || sales.Announcements.EverySeconds != 60 {
		t.Errorf("hours %+v %+v", night.Hours, sales)
	}
	if late.Hours.Exit.Number != "+390612345999" || late.Strategy != directory.StrategyEveryone {
		t.Errorf("late %+v", late)
	}
	members := sales.Ordered()
	if members[0].Operator != bruno.ID || members[0].Level != 9 || !members[0].Suspended ||
		members[1].Operator != anna.ID || members[1].Level != 1 {
		t.Errorf("members %+v", members)
	}
	if s.numbers[1].Destination.ID != anna.ID || s.numbers[0].Destination.ID != night.ID ||
		s.numbers[3].Hours.Exit.ID != night.ID || s.numbers[2].Hours.Weekly[0].To != "24:00" {
		t.Errorf("numbers %+v", s.numbers)
	}
	if s.users[1].Groups[0] != night.ID || s.users[2].Groups == nil || s.users[0].Groups != nil {
		t.Errorf("users %+v", s.users)
	}
	credential, err := b.store.Credentials().Get(t.Context(), centre.ID, anna.ID)
	if err != nil || !credential.MustChange || credential.ExpiresAt.IsZero() {
		t.Errorf("credential %+v, %v", credential, err)
	}
}

// A document may hold a part: the rest stays, also the other fields.
func TestPartialDocument(t *testing.T) {
	b := newBench(t)
	b.mustImport(t, richDocument)
	out := b.mustImport(t, `
bandeau: 1
centre: {name: Lyon}
operators:
  - {login: anna, ringSeconds: 20, wrapUpSeconds: null, screenPop: {window: none}}
groups:
  - name: Night
    members: [{operator: carla}]
`)
	var lines []string
	for _, c := range out.Changes {
		lines = append(lines, c.String())
	}
	want := []string{
		`change operator anna: screenPop.window "tab" → "none", wrapUpSeconds 0 → null, ringSeconds 120 → 20`,
		`change group Night: members`,
	}
	if diff := cmp.Diff(want, lines); diff != "" {
		t.Error(diff)
	}
	exported := b.mustExport(t)
	for _, kept := range []string{"incomingUrl: https://crm.example.org/?n={caller}&id={callId}", "email: bruno@example.org"} {
		if !strings.Contains(exported, kept) {
			t.Errorf("lost %s in\n%s", kept, exported)
		}
	}
}

// With prune, what a section leaves out goes, also what others refer to as
// long as they no longer do; sections that are absent stay.
func TestPrune(t *testing.T) {
	b := newBench(t)
	b.mustImport(t, richDocument)
	out := b.mustImport(t, `
bandeau: 1
centre: {name: Lyon, mainNumber: "+390612345680"}
phones:
  - {username: desk2}
operators:
  - {login: carla}
  - {login: dora, fullName: Dora, email: anna@example.org, directNumber: "+390612345001", askPhoneAtLogin: true}
groups:
  - {name: Night, overflow: {type: hangup}, openingHours: null, members: [{operator: dora}]}
numbers:
  - {number: "+390612345680", destination: {type: operator, operator: dora}}
`, prune)
	actions := map[string]int{}
	for _, c := range out.Changes {
		actions[string(c.Action)+" "+c.Kind]++
	}
	want := map[string]int{
		"change centre": 1, "delete phone": 1, "create operator": 1, "delete operator": 2,
		"change group": 1, "delete group": 2, "change number": 1, "delete number": 3,
	}
	if diff := cmp.Diff(want, actions); diff != "" {
		t.Error(diff)
	}
	exported := b.mustExport(t)
	if strings.Contains(exported, "anna\n") || !strings.Contains(exported, "login: boss") {
		t.Error(exported)
	}
}

// A pause type that becomes the login pause takes the mark from the other.
func TestImportMovesLoginPause(t *testing.T) {
	b := newBench(t)
	b.mustImport(t, richDocument)
	moved := "bandeau: 1\ncentre: {name: Lyon}\npauseTypes:\n  - {names: {fr: \"Pause: café\"}, login: true}\n"
	b.mustImport(t, moved)
	if n := strings.Count(b.mustExport(t), "login: true"); n != 1 {
		t.Errorf("%d login pauses", n)
	}
	if again := b.mustImport(t, moved); len(again.Changes) > 0 {
		t.Errorf("again: %v", again.Changes)
	}
}

func TestDryRunChangesNothing(t *testing.T) {
	b := newBench(t)
	out := b.mustImport(t, richDocument, dryRun)
	if len(out.Changes) != 1+4+2+3+3+4+1+3 || out.Applied || len(out.Phones) > 0 {
		t.Errorf("plan %+v", out)
	}
	if centres, err := b.Centres(t.Context(), CentresQuery{}); err != nil || len(centres) > 0 {
		t.Errorf("centres %v, %v", centres, err)
	}
	if len(b.changed) > 0 {
		t.Error("the node was told of a dry run")
	}
}

// Secrets are not exported, and an import keeps those that are there.
func TestImportKeepsSecrets(t *testing.T) {
	b := newBench(t)
	b.mustImport(t, richDocument)
	centre, err := b.store.Centres().ByName(t.Context(), "Lyon")
	if err != nil {
		t.Fatal(err)
	}
	trunks, err := b.store.Trunks().List(t.Context(), centre.ID, store.Page{})
	if err != nil {
		t.Fatal(err)
	}
	trunk := trunks.Items[0]
	trunk.Password = "trunk secret"
	if _, err = b.store.Trunks().Update(t.Context(), trunk); err != nil {
		t.Fatal(err)
	}
	before, err := b.store.Phones().Accounts(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	exported := b.mustExport(t)
	for _, secret := range []string{"trunk secret", before[0].Password.Reveal(), "argon2", "[hidden]"} {
		if strings.Contains(exported, secret) {
			t.Errorf("the document shows %s", secret)
		}
	}
	edited := strings.ReplaceAll(strings.ReplaceAll(exported, "host: sip.example.org", "host: sip2.example.org"), "Open space", "Elsewhere")
	if out := b.mustImport(t, edited); len(out.Changes) != 2 {
		t.Fatalf("changes %v", out.Changes)
	}
	after, err := b.store.Phones().Accounts(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	trunk, err = b.store.Trunks().Get(t.Context(), centre.ID, trunk.ID)
	if err != nil || trunk.Host != "sip2.example.org" || trunk.Password != "trunk secret" {
		t.Errorf("trunk %+v, %v", trunk, err)
	}
	if len(after) != 2 || after[0].Password.Reveal() != before[0].Password.Reveal() {
		t.Error("a phone's password changed")
	}
}

// All problems of a document come at once, each with its line and place.
func TestDocumentProblems(t *testing.T) {
	b := newBench(t)
	_, err := b.Import(t.Context(), Import{Document: []byte(`bandeau: 1
centre:
  name: Lyon
  timeZone: Mars/Olympus
  planet: Mars
extras: []
operators:
  - login: anna
    fullName: Anna
    email: nowhere
    ringSeconds: 4
    retrySeconds: "30"
    record: maybe
    phone: {kind: centrex, account: nobody}
  - login: ANNA
    fullName: null
    email: a@example.org
    askPhoneAtLogin: true
groups:
  - name: A
    overflow: {type: group, group: B}
    members:
      - {operator: ghost, level: 10}
  - name: B
    overflow: {type: group, group: A}
    holdMusic: Silence
    announcements: {welcome: "", everySeconds: 5}
    openingHours:
      weekly:
        - {days: [mon, lundi], from: 9:00, to: 18:00}
      holidays: [{month: 13, day: 1}]
      exceptions: [{date: tomorrow}]
      exit: {type: group, group: Nowhere}
numbers:
  - number: "12"
    destination: {type: operator}
  - not a record
users:
  - login: boss
    role: king
    groups: &all [A]
`)})
	document, ok := errors.AsType[*DocumentError](err)
	if !ok {
		t.Fatalf("error %v", err)
	}
	var got strings.Builder
	for _, p := range document.Problems {
		fmt.Fprintln(&got, p)
	}
	for _, want := range []string{
		"line 4: centre.timeZone: must be a time zone",
		"line 5: centre.planet: is no field here",
		"line 6: extras: is no section",
		"line 10: operators[0].email: must be an e-mail address",
		"line 11: operators[0].ringSeconds: must be from 5 to 120",
		"line 12: operators[0].retrySeconds: must be a whole number",
		"line 13: operators[0].record: must be true or false",
		`line 14: operators[0].phone.account: no phone is called "nobody"`,
		`line 15: operators[1].login: "anna" stands in the document twice, first on line 8`,
		"line 16: operators[1].fullName: must not be null",
		"line 21: groups[0].overflow.group: must not lead back",
		`line 23: groups[0].members[0].operator: no operator is called "ghost"`,
		"line 23: groups[0].members[0].level: must be from 1 to 9",
		`line 26: groups[1].holdMusic: no sound is called "Silence"`,
		"line 27: groups[1].announcements.welcome: must name the sound",
		"line 27: groups[1].announcements.everySeconds: must be from 15 to 3600",
		"line 30: groups[1].openingHours.weekly[0].days[1]: must be one of mon, tue",
		"line 30: groups[1].openingHours.weekly[0].from: must be a time of day",
		"line 31: groups[1].openingHours.holidays[0].month: must be from 1 to 12",
		"line 32: groups[1].openingHours.exceptions[0].date: must be a date",
		`line 33: groups[1].openingHours.exit.group: no group is called "Nowhere"`,
		"line 35: numbers[0].number: must be a telephone number",
		"line 36: numbers[0].destination.operator: must name the operator",
		"line 37: numbers[1]: must be a mapping",
		"line 40: users[0].role: must be one of",
		"line 41: users[0].groups: must be written out",
	} {
		if !strings.Contains(got.String(), want) {
			t.Errorf("missing: %s", want)
		}
	}
	if t.Failed() {
		t.Log("\n" + got.String())
	}
	if centres, err := b.Centres(t.Context(), CentresQuery{}); err != nil || len(centres) > 0 {
		t.Errorf("a refused document left %v, %v", centres, err)
	}
}

func TestRefusedDocuments(t *testing.T) {
	b := newBench(t)
	b.mustImport(t, richDocument)
	tests := map[string]struct{ document, want string }{
		"empty":            {"", "must be one YAML document, and has 0"},
		"not YAML":         {"a: [b\n", "is not YAML"},
		"two documents":    {"bandeau: 1\n---\nbandeau: 1\n", "has 2"},
		"list":             {"- a\n", "must be a mapping"},
		"no version":       {"centre: {name: Lyon}\n", "bandeau: is missing"},
		"other version":    {"bandeau: 2\ncentre: {name: Lyon}\n", "line 1: bandeau: must be 1"},
		"other centre":     {"bandeau: 1\ncentre: {name: Nice}\n", `line 2: centre.name: no centre is called "Nice"`},
		"no centre":        {"bandeau: 1\n", "centre.name: is missing"},
		"last technical":   {"bandeau: 1\ncentre: {name: Lyon}\nusers: [{login: sup}]\n", "users: must leave the centre a user of role technical"},
		"last login pause": {"bandeau: 1\ncentre: {name: Lyon}\npauseTypes: [{names: {fr: Connexion}, login: false}]\n", "must stay true on one pause type"},
		"no pause types":   {"bandeau: 1\ncentre: {name: Lyon}\npauseTypes: []\n", "pauseTypes: must leave the centre a login pause"},
		"two login pauses": {"bandeau: 1\ncentre: {name: Lyon}\npauseTypes: [{names: {fr: a}, login: true}, {names: {fr: b}, login: true}]\n", "on one pause type only"},
	}
	before := b.mustExport(t)
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			_, err := b.Import(t.Context(), Import{Document: []byte(tt.document), Prune: true})
			if err == nil || !strings.Contains(err.Error(), tt.want) || strings.Contains(err.Error(), "\n") {
				t.Errorf("error %v, want one line with %s", err, tt.want)
			}
			if ExitStatus(err) != 1 {
				t.Errorf("exit status %d", ExitStatus(err))
			}
		})
	}
	if diff := cmp.Diff(before, b.mustExport(t)); diff != "" {
		t.Error(diff)
	}
}

// A document of one centre can be brought into another, but for what is unique
// on the node.
func TestImportIntoNamedCentre(t *testing.T) {
	b := newBench(t)
	b.mustImport(t, richDocument)
	if _, err := b.AddCentre(t.Context(), AddCentre{Name: "Copy"}); err != nil {
		t.Fatal(err)
	}
	into := func(q *Import) { q.Centre = "Copy" }
	_, err := b.Import(t.Context(), Import{Centre: "Copy", Document: []byte(richDocument)})
	document, ok := errors.AsType[*DocumentError](err)
	if !ok {
		t.Fatalf("error %v", err)
	}
	var all bytes.Buffer
	for _, p := range document.Problems {
		fmt.Fprintln(&all, p)
	}
	if !strings.Contains(all.String(), "phones[0].username: is already the user name") ||
		!strings.Contains(all.String(), "numbers[0].number: is already a service number") {
		t.Error(all.String())
	}
	out := b.mustImport(t, "bandeau: 1\ncentre: {name: Lyon, language: es}\ngroups: [{name: Night}]\n", into)
	if out.Centre != "Copy" || len(out.Changes) != 2 {
		t.Errorf("%+v", out)
	}
	if _, err := b.Export(t.Context(), Export{}); ExitStatus(err) != 2 {
		t.Errorf("export without a centre among two: %v", err)
	}
}
