package app

import (
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
)

// maxDocument is the largest document that is read, in bytes: thousands of
// operators fit.
const maxDocument = 32 << 20

// DocumentProblem is one thing wrong in a document.
type DocumentProblem struct {
	// Line is counted from 1; 0 when the problem has no line.
	Line int `json:"line"`
	// Path is the place, as in "operators[3].ringSeconds".
	Path string `json:"path"`
	Text string `json:"text"`
}

// String returns the problem on one line.
func (p DocumentProblem) String() string {
	s := p.Text
	if p.Path != "" {
		s = p.Path + ": " + s
	}
	if p.Line > 0 {
		s = fmt.Sprintf("line %d: %s", p.Line, s)
	}
	return s
}

// DocumentError refuses a document; it holds every problem found.
type DocumentError struct {
	Problems []DocumentProblem
}

// Error implements the error interface.
func (e *DocumentError) Error() string {
	if len(e.Problems) == 1 {
		return e.Problems[0].String()
	}
	return fmt.Sprintf("%d problems, the first: %s", len(e.Problems), e.Problems[0])
}

// reader takes a document apart. Unlike a general decoder it keeps going after
// a problem, takes numbers of telephones as they are written (YAML would read
// +33170200200 and 0170200200 as figures), and knows the line of each value.
type reader struct {
	root     *ast.MappingNode
	lines    map[string]int // by path
	problems []DocumentProblem
}

func readDocument(data []byte) (*reader, error) {
	r := &reader{lines: map[string]int{}}
	if len(data) > maxDocument {
		return nil, r.refused("", "is larger than %d bytes", maxDocument)
	}
	file, err := parser.ParseBytes(data, 0)
	if err != nil {
		return nil, syntaxError(err)
	}
	var bodies []ast.Node
	for _, doc := range file.Docs {
		if doc.Body != nil && doc.Body.Type() != ast.CommentType {
			bodies = append(bodies, doc.Body)
		}
	}
	if len(bodies) != 1 {
		return nil, r.refused("", "must be one YAML document, and has %d", len(bodies))
	}
	root, ok := bodies[0].(*ast.MappingNode)
	if !ok {
		return nil, r.refused("", "must be a mapping with the sections of a configuration")
	}
	r.root = root
	return r, r.checkRoot()
}

// checkRoot looks at the version and at the names of the sections.
func (r *reader) checkRoot() error {
	version := 0
	node, ok := r.section("bandeau")
	if !ok {
		return r.refused("bandeau", "is missing: a configuration says bandeau: %d", documentVersion)
	}
	r.decode(node, reflect.ValueOf(&version).Elem(), "bandeau")
	if len(r.problems) == 0 && version != documentVersion {
		return r.refused("bandeau", "must be %d: this version knows no other form", documentVersion)
	}
	known := reflect.TypeFor[document]()
	for _, entry := range r.root.Values {
		name := entry.Key.GetToken().Value
		if _, ok := fieldOf(known, name); !ok {
			r.lines[name] = entry.Key.GetToken().Position.Line
			r.problem(name, "is no section of a configuration")
		}
	}
	return nil
}

// section returns the value of a section and whether the document has it.
func (r *reader) section(name string) (ast.Node, bool) {
	for _, entry := range r.root.Values {
		if entry.Key.GetToken().Value == name {
			r.lines[name] = entry.Key.GetToken().Position.Line
			return entry.Value, true
		}
	}
	return nil, false
}

// items returns the entries of a section that is a list; an empty one is an
// empty list.
func (r *reader) items(name string) (list []ast.Node, present bool) {
	node, ok := r.section(name)
	if !ok {
		return nil, false
	}
	switch n := node.(type) {
	case *ast.SequenceNode:
		return n.Values, true
	case *ast.NullNode:
		return nil, true
	default:
		r.problem(name, "must be a list")
		return nil, false
	}
}

func (r *reader) problem(path, format string, args ...any) {
	r.problems = append(r.problems, DocumentProblem{Line: r.line(path), Path: path, Text: fmt.Sprintf(format, args...)})
}

// line returns the line of a path, or of the nearest thing around it.
func (r *reader) line(path string) int {
	for {
		if line, ok := r.lines[path]; ok {
			return line
		}
		cut := strings.LastIndexAny(path, ".[")
		if cut < 0 {
			return 0
		}
		path = path[:cut]
	}
}

// refused returns an error for a document of which no more can be said.
func (r *reader) refused(path, format string, args ...any) error {
	r.problem(path, format, args...)
	return r.err()
}

// refusedAlone is an error for one problem that keeps nothing in the reader.
func (r *reader) refusedAlone(path, format string, args ...any) error {
	return &DocumentError{Problems: []DocumentProblem{{Line: r.line(path), Path: path, Text: fmt.Sprintf(format, args...)}}}
}

// centreName returns what the document calls its centre.
func (r *reader) centreName() string {
	node, ok := r.section("centre")
	if !ok {
		return ""
	}
	var probe docCentre
	scratch := &reader{lines: r.lines}
	scratch.decode(node, reflect.ValueOf(&probe).Elem(), "centre")
	return strings.TrimSpace(probe.Name)
}

func (r *reader) err() error {
	if len(r.problems) == 0 {
		return nil
	}
	problems := slices.Clone(r.problems)
	slices.SortStableFunc(problems, func(a, b DocumentProblem) int { return a.Line - b.Line })
	return &DocumentError{Problems: problems}
}

// decode puts a node into a value of the document's types. What the node does
// not mention stays as it is.
func (r *reader) decode(node ast.Node, v reflect.Value, path string) {
	if token := node.GetToken(); token != nil && r.lines[path] == 0 {
		r.lines[path] = token.Position.Line
	}
	notRead := []ast.NodeType{ast.AnchorType, ast.AliasType, ast.TagType, ast.MergeKeyType}
	switch kind := v.Kind(); {
	case slices.Contains(notRead, node.Type()):
		r.problem(path, "must be written out: anchors, aliases and tags are not read")
	case node.Type() == ast.NullType && kind == reflect.Pointer:
		v.SetZero()
	case node.Type() == ast.NullType:
		r.problem(path, "must not be null")
	case kind == reflect.Pointer:
		// A pointer that has a value is decoded over: what is absent stays.
		fresh := reflect.New(v.Type().Elem())
		if !v.IsNil() {
			fresh.Elem().Set(v.Elem())
		}
		r.decode(node, fresh.Elem(), path)
		v.Set(fresh)
	case kind == reflect.Struct:
		r.decodeStruct(node, v, path)
	case kind == reflect.Slice:
		r.decodeSlice(node, v, path)
	default:
		r.decodeScalar(node, v, path)
	}
}

func (r *reader) decodeStruct(node ast.Node, v reflect.Value, path string) {
	mapping, ok := node.(*ast.MappingNode)
	if !ok {
		r.problem(path, "must be a mapping")
		return
	}
	seen := map[string]bool{}
	for _, entry := range mapping.Values {
		name := entry.Key.GetToken().Value
		at := path + "." + name
		r.lines[at] = entry.Key.GetToken().Position.Line
		index, known := fieldOf(v.Type(), name)
		switch {
		case !known:
			r.problem(at, "is no field here")
		case seen[name]:
			r.problem(at, "stands here twice")
		default:
			r.decode(entry.Value, v.Field(index), at)
		}
		seen[name] = true
	}
}

func (r *reader) decodeSlice(node ast.Node, v reflect.Value, path string) {
	sequence, ok := node.(*ast.SequenceNode)
	if !ok {
		r.problem(path, "must be a list")
		return
	}
	list := reflect.MakeSlice(v.Type(), len(sequence.Values), len(sequence.Values))
	for i, item := range sequence.Values {
		r.decode(item, list.Index(i), fmt.Sprintf("%s[%d]", path, i))
	}
	v.Set(list)
}

func (r *reader) decodeScalar(node ast.Node, v reflect.Value, path string) {
	scalar, ok := node.(ast.ScalarNode)
	if !ok {
		r.problem(path, "must be one value, not a list or a mapping")
		return
	}
	switch v.Interface().(type) {
	case string:
		switch n := node.(type) {
		case *ast.StringNode:
			v.SetString(n.Value)
		case *ast.LiteralNode:
			v.SetString(n.Value.Value)
		default:
			v.SetString(scalar.GetToken().Value)
		}
	case int:
		n, err := strconv.Atoi(scalar.GetToken().Value)
		if _, isFigure := node.(*ast.IntegerNode); !isFigure || err != nil {
			r.problem(path, "must be a whole number")
			return
		}
		v.SetInt(int64(n))
	case bool:
		n, isBool := node.(*ast.BoolNode)
		if !isBool {
			r.problem(path, "must be true or false")
			return
		}
		v.SetBool(n.Value)
	default:
		panic("app: a document holds no " + v.Kind().String())
	}
}

// fieldOf returns the index of the field of a struct that documents call name.
func fieldOf(t reflect.Type, name string) (int, bool) {
	for i := range t.NumField() {
		if tag, _, _ := strings.Cut(t.Field(i).Tag.Get("yaml"), ","); tag == name {
			return i, true
		}
	}
	return 0, false
}

// syntaxError turns what the parser says, which shows the text around, into
// one line.
func syntaxError(err error) error {
	first, _, _ := strings.Cut(err.Error(), "\n")
	problem := DocumentProblem{Text: "is not YAML: " + first}
	if rest, ok := strings.CutPrefix(first, "["); ok {
		position, text, _ := strings.Cut(rest, "] ")
		digits, _, _ := strings.Cut(position, ":")
		if line, err := strconv.Atoi(digits); err == nil {
			problem = DocumentProblem{Line: line, Text: "is not YAML: " + text}
		}
	}
	return &DocumentError{Problems: []DocumentProblem{problem}}
}
