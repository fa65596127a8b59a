package api

import (
	"encoding/json"
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strings"
)

// groupsColumn names the groups of an operator; it is the one column that is no
// member of his record.
const groupsColumn = "groups"

// column is a column of the operators' table: a value of the record, under the
// path it has in JSON, as in phone.kind.
type column struct {
	path  string
	names []string
	kind  reflect.Kind
}

// operatorColumns are the columns that a requester may see and write. Who is
// meant comes first, then what is required, the rest as the record has it.
func operatorColumns(who *principal) []column {
	columns := leaves(reflect.TypeFor[OperatorFields](), nil)
	first := []string{"login", "fullName", "email"}
	slices.SortStableFunc(columns, func(a, b column) int { return rank(first, a.path) - rank(first, b.path) })
	if !who.seesURLs() {
		columns = slices.DeleteFunc(columns, func(c column) bool { return technicalColumn(c.path) })
	}
	return append(columns, column{path: groupsColumn, kind: reflect.Slice})
}

func rank(first []string, path string) int {
	if i := slices.Index(first, path); i >= 0 {
		return i
	}
	return len(first)
}

// technicalColumn reports whether only the technical team has a column.
func technicalColumn(path string) bool {
	return strings.EqualFold(path, "screenPop.incomingUrl") || strings.EqualFold(path, "screenPop.outgoingUrl")
}

// leaves lists the values of a struct and of those within it.
func leaves(t reflect.Type, above []string) []column {
	var columns []column
	for _, f := range bodyFields(t, nil) {
		names := append(slices.Clone(above), f.name)
		typ := f.typ
		if typ.Kind() == reflect.Pointer {
			typ = typ.Elem()
		}
		if typ.Kind() == reflect.Struct {
			columns = append(columns, leaves(typ, names)...)
			continue
		}
		columns = append(columns, column{path: strings.Join(names, "."), names: names, kind: typ.Kind()})
	}
	return columns
}

// in returns the value of a column in a record, empty for null.
func (c column) in(n node) string {
	for _, name := range c.names {
		o, ok := n.(object)
		if !ok {
			return ""
		}
		n = o.values[name]
	}
	switch v := n.(type) {
	case nil:
		return ""
	case string:
		return v
	default:
		return fmt.Sprint(v) // a number or a truth value
	}
}

// clockCell is a time of day as spreadsheets rewrite it.
var clockCell = regexp.MustCompile(`^([0-9]{1,2}):([0-9]{2})(:00)?$`)

// value reads a cell. What is not of the column's type stays the text it is, for
// the rules to refuse. Spreadsheets write truth values in the language of who
// uses them, and times of day with seconds.
func (c column) value(cell string) node {
	if cell == "" {
		return nil
	}
	switch c.kind { //nolint:exhaustive // texts are what they are
	case reflect.Bool:
		switch strings.ToLower(cell) {
		case "true", "vrai", "vero", "verdadero", "1":
			return true
		case "false", "faux", "falso", "0":
			return false
		}
	case reflect.Int:
		return json.Number(cell)
	case reflect.String:
		if m := clockCell.FindStringSubmatch(cell); m != nil && c.path == "logoutAt" {
			return fmt.Sprintf("%02s:%s", m[1], m[2])
		}
	}
	return cell
}

// put writes a value into a record at the column's place.
func (c column) put(o object, value node) object {
	return putAt(o, c.names, value)
}

func putAt(o object, names []string, value node) object {
	name := names[0]
	if _, there := o.values[name]; !there {
		o.names = append(o.names, name)
	}
	if len(names) > 1 {
		inner, ok := o.values[name].(object)
		if !ok {
			inner = object{values: map[string]node{}}
		}
		value = putAt(inner, names[1:], value)
	}
	o.values[name] = value
	return o
}

// A cell that begins with one of these is a formula to a spreadsheet.
const formulas = "=+-@\t\r"

// guarded makes a cell a text to every spreadsheet, in a way that unguarded
// takes back whatever the text is.
func guarded(cell string) string {
	if cell == "" {
		return cell
	}
	formula := strings.ContainsRune(formulas, rune(cell[0]))
	if formula || cell[0] == '\'' && len(cell) > 1 && strings.ContainsRune(formulas+"'", rune(cell[1])) {
		return "'" + cell
	}
	return cell
}

// unguarded takes the apostrophe off that guarded put there. A name such as 't
// Hooft keeps its own.
func unguarded(cell string) string {
	if len(cell) > 1 && cell[0] == '\'' && strings.ContainsRune(formulas+"'", rune(cell[1])) {
		return cell[1:]
	}
	return cell
}
