package web_test

import (
	"encoding/json"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// sayers are the functions through which the server refuses a value, by
// package, with the position of the sentence among their arguments.
func sayers() map[string]map[string]int {
	return map[string]map[string]int{
		"directory":   {"invalid": 1, "refuse": 2, "unique": 3, "warn": 1},
		"api":         {"refuse": 1},
		"media/audio": {"refuse": 1},
		"app":         {},
	}
}

// TestEveryRuleHasWords proves that each sentence the server refuses a value
// with has a template that the front end finds it by, and that no template is
// left over from a sentence that is gone.
func TestEveryRuleHasWords(t *testing.T) {
	t.Parallel()
	templates := readTemplates(t)
	used := map[string]bool{}
	sentences := 0
	for name, calls := range sayers() {
		p := readPackage(t, name, calls)
		for _, s := range p.sentences {
			sentences++
			found := false
			for key, pattern := range templates {
				if pattern.MatchString(s.text) {
					found, used[key] = true, true
				}
			}
			if !found {
				t.Errorf("%s: %q has no template in src/ui/rules.templates.json", s.at, s.text)
			}
		}
	}
	if sentences < 50 {
		t.Errorf("only %d sentences were found: the search has lost its way", sentences)
	}
	for key := range templates {
		if !used[key] {
			t.Errorf("the template %q in src/ui/rules.templates.json fits no sentence of the server", key)
		}
	}
}

// readTemplates reads the templates the way ui/rules.ts does: each
// {{word}} stands for any text.
func readTemplates(t *testing.T) map[string]*regexp.Regexp {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join("src", "ui", "rules.templates.json"))
	if err != nil {
		t.Fatal(err)
	}
	var texts map[string]string
	if err := json.Unmarshal(raw, &texts); err != nil {
		t.Fatal(err)
	}
	placeholder := regexp.MustCompile(`\{\{\w+\}\}`)
	patterns := map[string]*regexp.Regexp{}
	for key, text := range texts {
		parts := placeholder.Split(text, -1)
		for i, part := range parts {
			parts[i] = regexp.QuoteMeta(part)
		}
		patterns[key] = regexp.MustCompile("^" + strings.Join(parts, "(.+)") + "$")
	}
	return patterns
}

type sentence struct{ at, text string }

// rulesOf collects the sentences of one package.
type rulesOf struct {
	t         *testing.T
	files     *token.FileSet
	calls     map[string]int
	constants map[string]string
	sentences []sentence
}

func readPackage(t *testing.T, name string, calls map[string]int) *rulesOf {
	t.Helper()
	r := &rulesOf{t: t, files: token.NewFileSet(), calls: calls, constants: map[string]string{}}
	paths, err := filepath.Glob(filepath.Join("..", name, "*.go"))
	if err != nil {
		t.Fatal(err)
	}
	parsed := make([]*ast.File, 0, len(paths))
	for _, path := range paths {
		if strings.HasSuffix(path, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(r.files, path, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		parsed = append(parsed, file)
		r.learn(file)
	}
	for _, file := range parsed {
		for _, decl := range file.Decls {
			if f, ok := decl.(*ast.FuncDecl); ok && f.Body != nil {
				r.function(f)
			}
		}
	}
	return r
}

// learn notes the string constants of a file.
func (r *rulesOf) learn(file *ast.File) {
	ast.Inspect(file, func(n ast.Node) bool {
		spec, ok := n.(*ast.ValueSpec)
		if !ok {
			return true
		}
		for i, name := range spec.Names {
			if i < len(spec.Values) {
				if text, ok := r.text(spec.Values[i]); ok {
					r.constants[name.Name] = text
				}
			}
		}
		return true
	})
}

// function collects the sentences said in one function.
func (r *rulesOf) function(f *ast.FuncDecl) {
	parameters := map[string]bool{}
	for _, field := range f.Type.Params.List {
		for _, name := range field.Names {
			parameters[name.Name] = true
		}
	}
	ast.Inspect(f.Body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.CallExpr:
			name := called(n)
			if at, ok := r.calls[name]; ok && len(n.Args) > at {
				r.say(n.Args[at], parameters)
			}
			// Where several are gathered as text, the list is called wrong, and each
			// is a message when it is said.
			if name == "append" && isNamed(n.Args[0], "wrong") {
				for _, arg := range n.Args[1:] {
					if _, field := arg.(*ast.CompositeLit); !field && !n.Ellipsis.IsValid() {
						r.say(arg, parameters)
					}
				}
			}
			// The templates of addresses are checked where errors are made.
			if checksAddresses := f.Name.Name == "CheckURLTemplate" || f.Name.Name == "expand"; checksAddresses &&
				(name == "New" || name == "Errorf") {
				r.say(n.Args[0], parameters)
			}
		case *ast.CompositeLit:
			r.literal(n, parameters)
		}
		return true
	})
}

// literal collects what a literal says of a refused value.
func (r *rulesOf) literal(n *ast.CompositeLit, parameters map[string]bool) {
	for _, element := range n.Elts {
		pair, ok := element.(*ast.KeyValueExpr)
		if !ok {
			continue
		}
		switch key, _ := pair.Key.(*ast.Ident); {
		case key == nil:
		case key.Name == "Message" && r.calls["refuse"] == 1, key.Name == "Reason" && typeName(n.Type) == "SoundError":
			r.say(pair.Value, parameters)
		}
	}
}

func typeName(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.Ident:
		return e.Name
	case *ast.SelectorExpr:
		return e.Sel.Name
	}
	return ""
}

// say notes a sentence. One that is handed on has been noted where it was
// written.
func (r *rulesOf) say(e ast.Expr, parameters map[string]bool) {
	at := r.files.Position(e.Pos()).String()
	switch handed := e.(type) {
	case *ast.Ident:
		if parameters[handed.Name] || handed.Name == "message" {
			return
		}
	case *ast.SelectorExpr:
		// A rule of the records; the core's own words, which the front end knows
		// by their code; the router's own about parameters, which no form fills in.
		if slices.Contains([]string{"Rule", "Detail", "Message", "Reason"}, handed.Sel.Name) {
			return
		}
	}
	text, ok := r.text(e)
	if !ok {
		r.t.Errorf("%s: this sentence cannot be read here: write it as a literal", at)
		return
	}
	if text != "%s" {
		r.sentences = append(r.sentences, sentence{at: at, text: sample(text)})
	}
}

// text reads an expression of literals, constants and, for the parts only
// known later, anything else within a concatenation.
func (r *rulesOf) text(e ast.Expr) (string, bool) {
	switch e := e.(type) {
	case *ast.BasicLit:
		if e.Kind != token.STRING {
			return "", false
		}
		text, err := strconv.Unquote(e.Value)
		return text, err == nil
	case *ast.Ident:
		text, ok := r.constants[e.Name]
		return text, ok
	case *ast.CallExpr:
		if called(e) == "Sprintf" {
			return r.text(e.Args[0])
		}
		return "", false
	case *ast.BinaryExpr:
		left, known := r.text(e.X)
		right, alsoKnown := r.text(e.Y)
		if !known {
			left = "%s"
		}
		if !alsoKnown {
			right = "%s"
		}
		return left + right, known || alsoKnown
	}
	return "", false
}

func isNamed(e ast.Expr, name string) bool {
	ident, ok := e.(*ast.Ident)
	return ok && ident.Name == name
}

func called(call *ast.CallExpr) string {
	switch f := call.Fun.(type) {
	case *ast.Ident:
		return f.Name
	case *ast.SelectorExpr:
		return f.Sel.Name
	}
	return ""
}

// sample fills a format in, so that it reads like what the server says.
func sample(format string) string {
	verb := regexp.MustCompile(`%[dsq]`)
	n := 6
	return verb.ReplaceAllStringFunc(format, func(v string) string {
		n++
		switch v {
		case "%d":
			return strconv.Itoa(n)
		case "%q":
			return fmt.Sprintf("%q", "word")
		}
		return "one, two"
	})
}
