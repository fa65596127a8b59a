package proof_test

import (
	"os"
	"strings"
	"testing"

	"bandeau/internal/proof"
)

const (
	root     = "../.."
	document = root + "/docs/operator-rules.md"
)

// TestEveryRuleIsProvedTwice: no row of the table without a test where the rule
// is decided, and one with a real call or a browser.
func TestEveryRuleIsProvedTwice(t *testing.T) {
	claims, err := proof.Claims(root)
	if err != nil {
		t.Fatal(err)
	}
	decided, lived := map[string]bool{}, map[string]bool{}
	for _, c := range claims {
		if !proof.Known(c.Rule) {
			t.Errorf("%s claims %q, which is not a rule of the table", c.File, c.Rule)
		}
		if c.Test == "" {
			t.Errorf("%s: a claim of %s outside a test", c.File, c.Rule)
		}
		if c.Lived() {
			lived[c.Rule] = true
		} else {
			decided[c.Rule] = true
		}
	}
	for _, rule := range proof.All() {
		if !decided[rule.ID] {
			t.Errorf("%s (%s): no test where it is decided", rule.ID, rule.What)
		}
		if !lived[rule.ID] {
			t.Errorf("%s (%s): no test with a real call or a browser", rule.ID, rule.What)
		}
	}
}

// TestWriteTheTable writes the table from the proofs that a run of the tests has
// noted (make rules), if every test that claims a rule ran and passed.
func TestWriteTheTable(t *testing.T) {
	name := os.Getenv("BANDEAU_PROOFS")
	if name == "" {
		t.Skip("no proofs noted: see make rules")
	}
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	claims, err := proof.Claims(root)
	if err != nil {
		t.Fatal(err)
	}
	proofs := map[string]map[string]bool{}
	for line := range strings.Lines(string(data)) {
		rule, test, _ := strings.Cut(strings.TrimSpace(line), "\t")
		if proofs[rule] == nil {
			proofs[rule] = map[string]bool{}
		}
		proofs[rule][test] = true
	}
	for _, c := range claims {
		if !proofs[c.Rule][c.Test] {
			t.Errorf("%s: %s in %s did not run and pass", c.Rule, c.Test, c.File)
		}
	}
	if !t.Failed() {
		if err := os.WriteFile(document, []byte(proof.Document(claims, proofs)), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// TestTheTableIsWhatTheTestsClaim: a claim that was added or taken away, or a
// test that was renamed, needs a new run (make rules).
func TestTheTableIsWhatTheTestsClaim(t *testing.T) {
	claims, err := proof.Claims(root)
	if err != nil {
		t.Fatal(err)
	}
	passed := map[string]map[string]bool{}
	for _, c := range claims {
		if passed[c.Rule] == nil {
			passed[c.Rule] = map[string]bool{}
		}
		passed[c.Rule][c.Test] = true
	}
	data, err := os.ReadFile(document)
	if err != nil {
		t.Fatal(err)
	}
	want := strings.Split(proof.Document(claims, passed), "\n")
	got := strings.Split(string(data), "\n")
	for i := range max(len(got), len(want)) {
		var has, should string
		if i < len(got) {
			has = got[i]
		}
		if i < len(want) {
			should = want[i]
		}
		if has != should {
			t.Fatalf("docs/operator-rules.md line %d is stale (make rules):\n%s\nshould be\n%s", i+1, has, should)
		}
	}
}

// TestAClaimIsReadFromTheText of each kind of test.
func TestAClaimIsReadFromTheText(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{
		"acd/testdata/wrap_up.txt": "# Wrap-up.\n# proves: OP-14, mid-call\n",
		"app/chain_test.go":        "func TestA(t *testing.T) {\n}\n\nfunc TestB(t *testing.T) {\n\tproof.Of(t, \"OP-15\", \"OP-16\")\n}\n",
		"web/test/browser/pop.test.ts": "test('opens it', async () => {\n  proves('OP-22');\n});\n\n" +
			"describe('more', () => {\n  test('the caller\\'s page', async () => {\n    proves(\n      'OP-22', 'OP-23',\n    );\n  });\n});\n" +
			"test.each(all)('%s is none', async () => {\n  proves('OP-06');\n});\n",
		"app/harness.go":           "proof.Of(t, \"OP-01\")",
		"node_modules/x/y.test.ts": "test('x', () => { proves('OP-01'); });",
	} {
		file := dir + "/" + name
		if err := os.MkdirAll(file[:strings.LastIndex(file, "/")], 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	claims, err := proof.Claims(dir)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, c := range claims {
		got = append(got, c.Rule+" "+c.Test)
	}
	want := "OP-06 %s is none; OP-14 TestScenarios/wrap_up; OP-15 TestB; OP-16 TestB; " +
		"OP-22 opens it; OP-22 the caller's page; OP-23 the caller's page; mid-call TestScenarios/wrap_up"
	if strings.Join(got, "; ") != want {
		t.Errorf("claims %s\nwant %s", strings.Join(got, "; "), want)
	}
}
