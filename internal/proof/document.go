package proof

import (
	"fmt"
	"path"
	"strings"
)

const heading = `# The rules of the operator, and what proves them

Written by ` + "`make rules`" + ` from a run of the tests: only a test that ran and passed stands here. A test says what it proves
in its own text (` + "`proof.Of`" + `, ` + "`# proves:`" + ` in a scenario, ` + "`proves()`" + ` in a browser test), and would fail if the rule were broken.

| rule | what | where it is decided | on a real call, or in a browser |
|---|---|---|---|
`

// Document writes the table. A proof is a rule and the name of a test that
// passed, as Of notes them.
func Document(claims []Claim, proofs map[string]map[string]bool) string {
	var out strings.Builder
	out.WriteString(heading)
	for _, rule := range All() {
		var decided, lived []string
		for _, c := range claims {
			if c.Rule != rule.ID || !proofs[c.Rule][c.Test] {
				continue
			}
			if c.Lived() {
				lived = append(lived, c.cell())
			} else {
				decided = append(decided, c.cell())
			}
		}
		fmt.Fprintf(&out, "| %s | %s | %s | %s |\n", rule.ID, rule.What, cells(decided), cells(lived))
	}
	return out.String()
}

func cells(tests []string) string {
	if len(tests) == 0 {
		return "–"
	}
	return strings.Join(tests, ", ")
}

// cell names a test in the table.
func (c Claim) cell() string {
	switch {
	case strings.HasPrefix(c.File, "acd/testdata/"):
		return "[`" + path.Base(c.File) + "`](../" + c.File + ")"
	case strings.HasSuffix(c.File, ".ts"):
		return "[" + strings.ReplaceAll(c.Test, "|", "\\|") + "](../" + c.File + ")"
	}
	return "[`" + c.Test + "`](../" + c.File + ")"
}
