package web_test

import (
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// TestEveryStepHasWords proves that the page of a call can say each kind of step,
// each reason and each other word of a timeline, and that no words are left over
// from reasons that are gone.
func TestEveryStepHasWords(t *testing.T) {
	t.Parallel()
	said, common := readWords(t, "supervision"), readWords(t, "common")
	for section, words := range wordsOfReport(t) {
		of := said[section]
		if shared, ok := common[section]; ok {
			of = shared
		}
		mustSay(t, section, words, of)
	}
	mustSay(t, "step", stepKinds(t), said["step"])
	reasons := reasonsOf(t)
	mustSay(t, "why", reasons, said["why"])
	if len(reasons) < 50 {
		t.Errorf("only %d reasons were found: the search has lost its way", len(reasons))
	}
	for word := range said["why"] {
		if !slices.Contains(reasons, word) {
			t.Errorf("why.%s is no reason of the server's any more", word)
		}
	}
}

func mustSay(t *testing.T, section string, words []string, of map[string]bool) {
	t.Helper()
	for _, word := range words {
		if !of[word] {
			t.Errorf("%s.%s has no words in src/locales/fr", section, word)
		}
	}
}

// readWords returns the words of a face in French, by section: a test of the
// front end proves that the other languages have the same.
func readWords(t *testing.T, face string) map[string]map[string]bool {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join("src", "locales", "fr", face+".json"))
	if err != nil {
		t.Fatal(err)
	}
	var all map[string]json.RawMessage
	if err := json.Unmarshal(raw, &all); err != nil {
		t.Fatal(err)
	}
	sections := map[string]map[string]bool{}
	for name, body := range all {
		var words map[string]any
		if json.Unmarshal(body, &words) != nil {
			continue // a text of its own
		}
		sections[name] = map[string]bool{}
		for word := range words {
			sections[name][word] = true
		}
	}
	return sections
}

// wordsOfReport returns what the functions of report/words.go can answer, by the
// section of the front end that says it.
func wordsOfReport(t *testing.T) map[string][]string {
	t.Helper()
	sections := map[string]string{
		"DirectionWord": "direction", "OutcomeWord": "outcome", "EndedByWord": "endedBy", "OfferOutcomeWord": "offerEnd",
		"QueueExitWord": "left", "StrategyWord": "strategy", "SkipWord": "passedOver", "LogoutReasonWord": "reason", "exitWord": "exit",
		"ObserveWord": "observe",
	}
	silent := []string{"LegRoleWord", "SideWord"} // the page says whose end of the call a leg is, and has steps of its own for the other
	words := map[string][]string{"strategy": {"direct"}}
	for _, file := range parse(t, filepath.Join("..", "report", "words.go"), filepath.Join("..", "report", "timeline.go")) {
		for _, decl := range file.Decls {
			f, ok := decl.(*ast.FuncDecl)
			if !ok || !strings.HasSuffix(f.Name.Name, "Word") || slices.Contains(silent, f.Name.Name) {
				continue
			}
			section, known := sections[f.Name.Name]
			if !known {
				t.Errorf("report.%s: where does the front end say its words?", f.Name.Name)
				continue
			}
			words[section] = append(words[section], literals(f)...)
		}
	}
	words["offerMark"] = append(slices.Clone(words["offerEnd"]), "rings")
	for section, all := range words {
		words[section] = slices.DeleteFunc(all, func(word string) bool { return word == "" })
	}
	return words
}

// stepKinds returns the kinds of steps but those that are said by their outcome or
// their reason.
func stepKinds(t *testing.T) []string {
	t.Helper()
	byOutcome := []string{"left_queue", "overflowed", "offer_ended", "observed", "observes"}
	kinds := []string{}
	for _, file := range parse(t, filepath.Join("..", "report", "timeline.go")) {
		ast.Inspect(file, func(n ast.Node) bool {
			spec, ok := n.(*ast.ValueSpec)
			if ok && spec.Type != nil && isNamed(spec.Type, "StepKind") {
				for _, kind := range literals(spec) {
					if !slices.Contains(byOutcome, kind) {
						kinds = append(kinds, kind)
					}
				}
			}
			return true
		})
	}
	if len(kinds) < 20 {
		t.Errorf("only %d kinds of steps were found: the search has lost its way", len(kinds))
	}
	return kinds
}

// reasonsOf returns all reasons there are: each word the core writes that is not
// something else, those a timeline adds, and why numbers are closed.
func reasonsOf(t *testing.T) []string {
	t.Helper()
	reasons := map[string]bool{"welcome": true, "emergency": true, "phone": true}
	// Rules by whom something was done, which is not why.
	rules := []string{"wrap_up", "max_minutes", "OP-17", "OP-18", "OP-19", "OP-24", "OP-25"}
	word := regexp.MustCompile(`^(?:[a-z]+(?:_[a-z]+)*_?|OP-\d+)$`)
	paths, err := filepath.Glob(filepath.Join("..", "acd", "*.go"))
	if err != nil {
		t.Fatal(err)
	}
	paths = slices.DeleteFunc(paths, func(path string) bool {
		return strings.HasSuffix(path, "_test.go") || filepath.Base(path) == "errors.go" // refusals, said by ui/problem.ts
	})
	var prefixes []string
	for _, file := range parse(t, paths...) {
		for _, text := range literals(file) {
			switch {
			case !word.MatchString(text) || slices.Contains(rules, text):
			case strings.HasSuffix(text, "_"):
				prefixes = append(prefixes, text)
			default:
				reasons[text] = true
			}
		}
	}
	for _, file := range parse(t, filepath.Join("..", "directory", "hours.go")) {
		ast.Inspect(file, func(n ast.Node) bool {
			if spec, ok := n.(*ast.ValueSpec); ok && strings.HasPrefix(spec.Names[0].Name, "Cause") {
				for _, text := range literals(spec) {
					reasons[text] = true
				}
			}
			return true
		})
	}
	// The one prefix there is stands before what a telephone did.
	if !slices.Equal(prefixes, []string{"own_phone_"}) {
		t.Errorf("reasons are put together from %q", prefixes)
	}
	for _, failed := range []string{"busy", "rejected", "unreachable", "redirected", "unknown"} {
		reasons["own_phone_"+failed] = true
	}
	return slices.Sorted(maps.Keys(reasons))
}

// literals returns the texts within, but what is imported and what is said when
// something is refused or broken.
func literals(n ast.Node) []string {
	var texts []string
	ast.Inspect(n, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.ImportSpec:
			return false
		case *ast.CallExpr:
			if name := called(n); name == "panic" || name == "Sprintf" || name == "Errorf" || name == "refuse" {
				return false
			}
		case *ast.BasicLit:
			if text, err := strconv.Unquote(n.Value); n.Kind == token.STRING && err == nil {
				texts = append(texts, text)
			}
		}
		return true
	})
	return texts
}

func parse(t *testing.T, paths ...string) []*ast.File {
	t.Helper()
	set := token.NewFileSet()
	files := make([]*ast.File, 0, len(paths))
	for _, path := range paths {
		file, err := parser.ParseFile(set, path, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, file)
	}
	return files
}
