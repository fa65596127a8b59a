package proof

import (
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// Claim is what the text of a test says that it proves.
type Claim struct {
	Rule string
	// Test is its name, as it notes its proof.
	Test string
	// File holds it, from the root of the repository.
	File string
}

// Lived reports whether the test has a real call or a browser in it; the others
// look where the rule is decided.
func (c Claim) Lived() bool {
	for _, dir := range []string{"app/", "e2e/", "web/test/"} {
		if strings.HasPrefix(c.File, dir) {
			return true
		}
	}
	return false
}

var (
	goTest     = regexp.MustCompile(`(?m)^func (Test\w+)\(`)
	webTest    = regexp.MustCompile(`(?m)^\s*(?:test|it)(?:\.each\(.*\))?\(\s*'((?:[^'\\]|\\.)*)'`)
	escaped    = regexp.MustCompile(`\\(.)`)
	goProves   = regexp.MustCompile(`proof\.Of\(t, ([^)]*)\)`)
	webProves  = regexp.MustCompile(`\bproves\(([^)]*)\)`)
	textProves = regexp.MustCompile(`(?m)^# proves: (.*)$`)
	quoted     = regexp.MustCompile(`["']([^"']+)["']`)
)

// Claims reads what every test of the tree says that it proves: Go tests that
// call [Of], scenarios with a line "# proves: OP-15, OP-16", and tests of the
// front end that call proves('OP-22').
func Claims(root string) ([]Claim, error) {
	var claims []Claim
	err := filepath.WalkDir(root, func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			switch d.Name() {
			case "node_modules", ".git", "dist", "bin", "proof":
				return fs.SkipDir
			}
			return nil
		}
		rel, err := filepath.Rel(root, name)
		if err != nil {
			return fmt.Errorf("path of %s: %w", name, err)
		}
		rel = filepath.ToSlash(rel)
		scenario := path.Dir(rel) == "acd/testdata"
		if !scenario && !strings.HasSuffix(rel, "_test.go") && !strings.HasSuffix(rel, ".test.ts") {
			return nil
		}
		data, err := os.ReadFile(name)
		if err != nil {
			return fmt.Errorf("read test: %w", err)
		}
		claims = append(claims, claimsOf(rel, string(data), scenario)...)
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read tests: %w", err)
	}
	slices.SortFunc(claims, func(a, b Claim) int {
		return strings.Compare(a.Rule+"\t"+a.File+"\t"+a.Test, b.Rule+"\t"+b.File+"\t"+b.Test)
	})
	return claims, nil
}

func claimsOf(file, text string, scenario bool) (claims []Claim) {
	if scenario {
		for _, id := range InScenario(text) {
			claims = append(claims, Claim{Rule: id, Test: "TestScenarios/" + strings.TrimSuffix(path.Base(file), ".txt"), File: file})
		}
		return claims
	}
	begins, proves := goTest, goProves
	if strings.HasSuffix(file, ".ts") {
		begins, proves = webTest, webProves
	}
	tests := begins.FindAllStringSubmatchIndex(text, -1)
	for _, at := range proves.FindAllStringSubmatchIndex(text, -1) {
		test := ""
		for _, t := range tests {
			if t[0] < at[0] {
				test = escaped.ReplaceAllString(text[t[2]:t[3]], "$1")
			}
		}
		for _, id := range quoted.FindAllStringSubmatch(text[at[2]:at[3]], -1) {
			claims = append(claims, Claim{Rule: id[1], Test: test, File: file})
		}
	}
	return claims
}

// InScenario returns the rules that a scenario says it proves.
func InScenario(text string) (ids []string) {
	for _, line := range textProves.FindAllStringSubmatch(text, -1) {
		for id := range strings.SplitSeq(line[1], ",") {
			ids = append(ids, strings.TrimSpace(id))
		}
	}
	return ids
}
