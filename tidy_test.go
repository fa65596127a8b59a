// Package bandeau_test holds the conventions that a linter cannot see, or that
// must hold before anybody has a linter: they run with every other test.
package bandeau_test

import (
	"bytes"
	"go/ast"
	"go/format"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode"
)

// maxLines bounds a hand-written file that is not a test: longer ones hold two subjects.
const maxLines = 600

// source is one file of the tree; path is relative to the root, with slashes.
type source struct {
	path string
	data []byte
}

// goFile is a parsed Go file of the product (tools/ is another module).
type goFile struct {
	source
	fset      *token.FileSet
	ast       *ast.File
	generated bool
}

func (f goFile) dir() string                   { return path.Dir(f.path) }
func (f goFile) isTest() bool                  { return strings.HasSuffix(f.path, "_test.go") }
func (f goFile) at(pos token.Pos) string       { return f.fset.Position(pos).String() }
func (f goFile) under(prefixes ...string) bool { return under(f.dir(), prefixes...) }
func importPath(spec *ast.ImportSpec) string   { return strings.Trim(spec.Path.Value, `"`) }
func under(dir string, prefixes ...string) bool {
	return slices.ContainsFunc(prefixes, func(p string) bool {
		return dir == p || strings.HasPrefix(dir, p+"/")
	})
}

// tree reads every file of the repository but what is built, fetched or a node's data.
func tree(t *testing.T) []source {
	t.Helper()
	skip := []string{".git", "node_modules", "bin", "bandeau-data", "dist", ".idea", ".vscode"}
	var files []source
	err := filepath.WalkDir(".", func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && slices.Contains(skip, d.Name()):
			return filepath.SkipDir
		case !d.Type().IsRegular() || strings.HasSuffix(name, ".test"):
			return nil
		}
		data, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		files = append(files, source{filepath.ToSlash(name), data})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// goFiles parses the product's Go files.
func goFiles(t *testing.T) []goFile {
	t.Helper()
	var files []goFile
	for _, src := range tree(t) {
		if !strings.HasSuffix(src.path, ".go") || under(src.path, "tools") || strings.Contains(src.path, "/testdata/") {
			continue
		}
		fset := token.NewFileSet()
		f, err := parser.ParseFile(fset, src.path, src.data, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			t.Error(err)
			continue
		}
		files = append(files, goFile{src, fset, f, ast.IsGenerated(f)})
	}
	return files
}

// TestCoreIsDeterministic keeps everything out of acd that could make two runs
// with the same input differ: map order, goroutines, channels. Imports and the
// clock are the business of TestImports and TestNoClockInTheDomain.
func TestCoreIsDeterministic(t *testing.T) {
	fset := token.NewFileSet()
	paths, err := filepath.Glob("acd/*.go")
	if err != nil {
		t.Fatal(err)
	}
	var files []*ast.File
	for _, name := range paths {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		f, err := parser.ParseFile(fset, name, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, f)
	}
	if len(files) == 0 {
		t.Fatal("no files in acd: has the core moved?")
	}
	info := &types.Info{Types: map[ast.Expr]types.TypeAndValue{}}
	conf := types.Config{Importer: importer.ForCompiler(fset, "source", nil)}
	if _, err := conf.Check("acd", fset, files, info); err != nil {
		t.Fatal(err)
	}
	sorted := map[ast.Expr]bool{} // maps.Keys(m) inside slices.Sorted(...)
	for _, f := range files {
		ast.Inspect(f, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.CallExpr:
				switch fn := types.ExprString(n.Fun); {
				case strings.HasPrefix(fn, "slices.Sorted"):
					for _, arg := range n.Args {
						sorted[arg] = true
					}
				case (fn == "maps.Keys" || fn == "maps.Values" || fn == "maps.All") && !sorted[n]:
					t.Errorf("%s: %s outside slices.Sorted: its order differs between runs", fset.Position(n.Pos()), fn)
				}
			case *ast.GoStmt, *ast.SelectStmt, *ast.SendStmt, *ast.ChanType:
				t.Errorf("%s: concurrency in the core", fset.Position(n.Pos()))
			case *ast.RangeStmt:
				if _, ok := info.TypeOf(n.X).Underlying().(*types.Map); ok {
					t.Errorf("%s: range over a map: its order differs between runs", fset.Position(n.Pos()))
				}
			}
			return true
		})
	}
}

// TestNoClockInTheDomain keeps the clock out of the packages that take time as an argument.
func TestNoClockInTheDomain(t *testing.T) {
	clock := regexp.MustCompile(`^time\.(Now|Since|Until|Sleep|After|AfterFunc|Tick|NewTimer|NewTicker)$`)
	for _, f := range goFiles(t) {
		if f.isTest() || !slices.Contains([]string{"acd", "engine", "directory", "report", "whatif"}, f.dir()) {
			continue
		}
		ast.Inspect(f.ast, func(n ast.Node) bool {
			if sel, ok := n.(*ast.SelectorExpr); ok && clock.MatchString(types.ExprString(sel)) {
				t.Errorf("%s: %s: time is an input here", f.at(n.Pos()), types.ExprString(sel))
			}
			return true
		})
	}
}

// TestImports holds the direction of the imports, so that a boundary crossed is
// seen without the linters (.golangci.yml says the same in more detail).
func TestImports(t *testing.T) {
	core := []string{
		"cmp", "container/heap", "encoding/binary", "errors", "fmt", "iter", "maps", "math/bits",
		"math/rand/v2", "slices", "sort", "strconv", "strings", "time",
	}
	// What each part may import of ours, itself and internal/ apart. A part that
	// is not listed (app, cmd, demo, sim, e2e, bench) is at the top and may import all.
	inward := map[string][]string{
		"acd":       {},
		"engine":    {"acd"},
		"directory": {"acd"},
		"report":    {"acd", "directory"},
		"whatif":    {"acd", "directory", "report"},
		"store":     {"acd", "directory", "report", "journal"},
		"journal":   {"acd", "report"},
		"cluster":   {"acd", "journal", "report"},
		"telephony": {"acd", "media"},
		"media":     {},
		"recording": {"media"},
		"mail":      {"directory"},
		"api":       {"acd", "directory", "report", "whatif"},
		"web":       {},
		"internal":  {},
	}
	// Who alone may import a library that would otherwise leak into everything.
	edges := map[string][]string{
		"github.com/emiago/sipgo":     {"telephony/sipua", "telephony/siptest", "e2e"},
		"github.com/pion/webrtc":      {"telephony/webrtcua", "telephony/siptest", "e2e"},
		"github.com/pion/ice":         {"telephony/webrtcua", "telephony/siptest", "e2e"},
		"modernc.org/sqlite":          {"store/sqlite"},
		"github.com/wneessen/go-mail": {"mail"},
	}
	for _, f := range goFiles(t) {
		part, _, _ := strings.Cut(f.dir(), "/")
		for _, spec := range f.ast.Imports {
			imported := importPath(spec)
			for library, homes := range edges {
				if under(imported, library) && !f.under(homes...) {
					t.Errorf("%s: imports %s: only %s may", f.at(spec.Pos()), imported, strings.Join(homes, ", "))
				}
			}
			if f.isTest() {
				continue
			}
			if f.dir() == "acd" && !slices.Contains(core, imported) {
				t.Errorf("%s: imports %s: the core does without", f.at(spec.Pos()), imported)
			}
			allowed, bounded := inward[part]
			ours, isOurs := strings.CutPrefix(imported, "bandeau/")
			if bounded && isOurs && !under(ours, append(allowed, part, "internal")...) {
				t.Errorf("%s: %s imports %s: imports point inward only", f.at(spec.Pos()), part, imported)
			}
		}
	}
}

// TestPackageComments wants one package comment in each package, in one file.
func TestPackageComments(t *testing.T) {
	comments := map[string]int{}
	for _, f := range goFiles(t) {
		if f.isTest() {
			continue
		}
		comments[f.dir()] += 0
		if f.ast.Doc == nil {
			continue
		}
		comments[f.dir()]++
		want := "Package " + f.ast.Name.Name + " "
		if f.ast.Name.Name == "main" {
			want = "Command "
		}
		if text := f.ast.Doc.Text(); !strings.HasPrefix(text, want) && !f.generated {
			t.Errorf("%s: package comment starts with %q, want %q", f.path, strings.SplitN(text, "\n", 2)[0], want)
		}
	}
	for dir, n := range comments {
		if n != 1 {
			t.Errorf("%s: %d package comments, want 1", dir, n)
		}
	}
}

// TestGoFiles wants each file formatted, of a length that can be read, and finished.
func TestGoFiles(t *testing.T) {
	unfinished := regexp.MustCompile(`\b(TO` + `DO|FIX` + `ME)\b`)
	for _, f := range goFiles(t) {
		if formatted, err := format.Source(f.data); err != nil || !bytes.Equal(formatted, f.data) {
			t.Errorf("%s: not formatted (make fmt)", f.path)
		}
		if n := bytes.Count(f.data, []byte("\n")); n > maxLines && !f.isTest() && !f.generated {
			t.Errorf("%s: %d lines, at most %d", f.path, n, maxLines)
		}
		for _, group := range f.ast.Comments {
			if unfinished.MatchString(group.Text()) {
				t.Errorf("%s: a promise instead of code: do it, or file an issue", f.at(group.Pos()))
			}
		}
	}
}

// TestTestdataIsUsed finds files in testdata that no test reads: a string literal
// or an embedding of some test must be the file, a pattern that matches it or a
// directory above it. Seeds under testdata/fuzz belong to their target.
func TestTestdataIsUsed(t *testing.T) {
	verb := regexp.MustCompile(`%[a-z]`)
	var read []string
	targets := map[string]bool{} // directory and name of each fuzz target
	for _, f := range goFiles(t) {
		if !f.isTest() {
			continue
		}
		note := func(text string) {
			if strings.Contains(text, "testdata") {
				read = append(read, path.Join(f.dir(), verb.ReplaceAllString(text, "*")))
			}
		}
		ast.Inspect(f.ast, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.FuncDecl:
				targets[path.Join(f.dir(), n.Name.Name)] = true
			case *ast.BasicLit:
				if text, err := strconv.Unquote(n.Value); err == nil {
					note(text)
				}
			case *ast.Comment:
				if patterns, ok := strings.CutPrefix(n.Text, "//go:embed "); ok {
					for pattern := range strings.FieldsSeq(patterns) {
						note(pattern)
					}
				}
			}
			return true
		})
	}
	for _, src := range tree(t) {
		owner, rest, ok := strings.Cut(src.path, "/testdata/")
		if !ok {
			continue
		}
		if seed, ok := strings.CutPrefix(rest, "fuzz/"); ok {
			if target := path.Join(owner, path.Dir(seed)); !targets[target] {
				t.Errorf("%s: no fuzz target %s", src.path, target)
			}
			continue
		}
		if !slices.ContainsFunc(read, func(name string) bool {
			matches, err := path.Match(name, src.path)
			return err == nil && matches || under(src.path, name)
		}) {
			t.Errorf("%s: no test reads it", src.path)
		}
	}
}

// TestLinksResolve follows the relative links of every Markdown file, headings included.
func TestLinksResolve(t *testing.T) {
	inline := regexp.MustCompile(`\]\(<?([^)\s>]+)>?(?:\s+"[^"]*")?\)`)
	reference := regexp.MustCompile(`(?m)^\[[^\]]+\]:\s+<?([^\s>]+)`)
	for _, src := range tree(t) {
		if path.Ext(src.path) != ".md" {
			continue
		}
		text := withoutCode(string(src.data))
		for _, m := range slices.Concat(inline.FindAllStringSubmatch(text, -1), reference.FindAllStringSubmatch(text, -1)) {
			target := m[1]
			if strings.Contains(target, "://") || strings.HasPrefix(target, "mailto:") {
				continue
			}
			name, heading, _ := strings.Cut(target, "#")
			file := src.path
			if name != "" {
				file = path.Join(path.Dir(src.path), name)
			}
			data, err := os.ReadFile(filepath.FromSlash(file))
			if info, statErr := os.Stat(filepath.FromSlash(file)); statErr != nil {
				t.Errorf("%s: link to %s: no such file", src.path, target)
			} else if heading != "" && !info.IsDir() && (err != nil || !slices.Contains(anchors(string(data)), heading)) {
				t.Errorf("%s: link to %s: no such heading", src.path, target)
			}
		}
	}
}

// withoutCode drops fenced blocks and code spans, where brackets are no links.
func withoutCode(markdown string) string {
	var kept strings.Builder
	fenced := false
	for line := range strings.Lines(markdown) {
		if strings.HasPrefix(strings.TrimSpace(line), "```") {
			fenced = !fenced
		} else if !fenced {
			kept.WriteString(line)
		}
	}
	return regexp.MustCompile("`[^`\n]*`").ReplaceAllString(kept.String(), "")
}

// anchors lists the names under which forges link to the headings of a document.
func anchors(markdown string) []string {
	var names []string
	for line := range strings.Lines(markdown) {
		heading, ok := strings.CutPrefix(strings.TrimLeft(line, "#"), " ")
		if !ok || !strings.HasPrefix(line, "#") {
			continue
		}
		names = append(names, strings.Map(func(r rune) rune {
			switch {
			case r == ' ':
				return '-'
			case r == '-' || r == '_' || unicode.IsLetter(r) || unicode.IsDigit(r):
				return unicode.ToLower(r)
			}
			return -1
		}, strings.TrimSpace(heading)))
	}
	return names
}

// TestRepositoryStandsAlone finds what ties the tree to one machine: absolute
// paths of a workplace, a private mirror, a local copy of a module.
func TestRepositoryStandsAlone(t *testing.T) {
	machine := regexp.MustCompile(`(^|[^\w.-])/(work|root|tmp|home)/`)
	mirror := regexp.MustCompile(`GO(PROXY|NOSUMDB|SUMDB)=|^\s*(@[\w-]+:)?registry\s*=|"resolved": "(https?://[^/"]+)`)
	for _, src := range tree(t) {
		if bytes.IndexByte(src.data, 0) >= 0 { // sounds, images
			continue
		}
		number := 0
		for line := range strings.Lines(string(src.data)) {
			number++
			if found := machine.FindString(line); found != "" {
				t.Errorf("%s:%d: %q is a path of one machine", src.path, number, found)
			}
			if m := mirror.FindStringSubmatch(line); m != nil && m[3] != "https://registry.npmjs.org" && src.path != "tidy_test.go" {
				t.Errorf("%s:%d: %q names a mirror", src.path, number, m[0])
			}
		}
		if path.Base(src.path) == "go.mod" && regexp.MustCompile(`(?m)^\s*replace\b|=>`).Match(src.data) {
			t.Errorf("%s: a replace directive: the module must build where it is fetched", src.path)
		}
	}
}

// TestRepositoryFiles wants the files that people and machines look for first.
func TestRepositoryFiles(t *testing.T) {
	read := func(name string) string {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Error(err)
		}
		return string(data)
	}
	if text := read("LICENSE"); !strings.Contains(text, "Apache License") || !strings.Contains(text, "END OF TERMS AND CONDITIONS") {
		t.Error("LICENSE: not the full text of the Apache licence")
	}
	if !strings.Contains(read(".ci/run"), "make test") {
		t.Error(".ci/run: does not run make test")
	}
	if info, err := os.Stat(".ci/run"); err == nil && info.Mode()&0o111 == 0 {
		t.Error(".ci/run: not executable")
	}
	tag := regexp.MustCompile(`^\* \[(CHANGE|FEATURE|ENHANCEMENT|BUGFIX)\] \S`)
	for line := range strings.Lines(read("CHANGELOG.md")) {
		if strings.HasPrefix(line, "* ") && !tag.MatchString(line) {
			t.Errorf("CHANGELOG.md: %q has none of the four tags", strings.TrimSpace(line))
		}
	}
}
