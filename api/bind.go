package api

import (
	"encoding/json"
	"fmt"
	"math"
	"reflect"
	"strconv"
	"strings"
	"time"
)

// maxErrors bounds the refused values an answer lists.
const maxErrors = 100

// itemDefaulter is implemented by the items of a list that have defaults of
// their own.
type itemDefaulter interface{ itemDefault() any }

// binder writes a JSON tree over a Go value and notes everything that does not
// fit, instead of stopping at the first. The rules are those of a merge patch
// (RFC 7396): what is absent stays, an object is merged, a list is replaced
// whole, and null sets null where null is a value of the field, else the
// default.
//
// It reads these tags of a field: json for its name; a pointer without
// omitempty, or nullable:"true", for one that may be null; must:"true" for one
// that has to be there; union:"true" for the member that decides which of the
// others mean something: when it changes, the others start from nothing.
type binder struct {
	errors []ProblemField
}

// bind writes tree over into, a pointer to a struct that holds what is there
// now; defaults is a struct of the same type.
func bind(tree node, into, defaults any) []ProblemField {
	var b binder
	b.value(tree, reflect.ValueOf(into).Elem(), reflect.ValueOf(defaults), "body", false)
	return b.errors
}

func (b *binder) refuse(location, message string) {
	if len(b.errors) < maxErrors {
		b.errors = append(b.errors, ProblemField{Location: location, Message: message})
	}
}

func (b *binder) value(n node, v, def reflect.Value, path string, nullable bool) {
	if n == nil && path != "body" {
		if nullable {
			v.SetZero()
		} else {
			v.Set(def)
		}
		return
	}
	if v.Type() == reflect.TypeFor[Time]() {
		b.instant(n, v, path)
		return
	}
	switch v.Kind() { //nolint:exhaustive // a body has no other kinds; the default says so
	case reflect.Pointer:
		b.pointer(n, v, def, path)
	case reflect.Struct:
		b.object(n, v, def, path)
	case reflect.Slice:
		b.list(n, v, path)
	case reflect.String:
		if s, ok := n.(string); ok {
			v.SetString(s)
		} else {
			b.refuse(path, "must be a string")
		}
	case reflect.Bool:
		if t, ok := n.(bool); ok {
			v.SetBool(t)
		} else {
			b.refuse(path, "must be true or false")
		}
	case reflect.Int:
		if i, ok := whole(n); ok {
			v.SetInt(i)
		} else {
			b.refuse(path, "must be a whole number")
		}
	default:
		panic(fmt.Sprintf("api: a body cannot have a %s at %s", v.Type(), path))
	}
}

func (b *binder) pointer(n node, v, def reflect.Value, path string) {
	item := reflect.New(v.Type().Elem())
	itemDef := reflect.Zero(v.Type().Elem())
	if !def.IsNil() {
		itemDef = def.Elem()
	}
	switch {
	case !v.IsNil():
		item.Elem().Set(v.Elem())
	default:
		item.Elem().Set(itemDef)
	}
	before := len(b.errors)
	b.value(n, item.Elem(), itemDef, path, false)
	if len(b.errors) == before {
		v.Set(item)
	}
}

func (b *binder) object(n node, v, def reflect.Value, path string) {
	o, ok := n.(object)
	if !ok {
		b.refuse(path, "must be an object")
		return
	}
	fields := bodyFields(v.Type(), nil)
	for _, f := range fields {
		if value, given := o.values[f.name]; given && f.union && changes(value, v.FieldByIndex(f.index)) {
			v.SetZero()
		}
	}
	known := make(map[string]bool, len(fields))
	for _, f := range fields {
		known[f.name] = true
		value, given := o.values[f.name]
		switch {
		case given && (value != nil || !f.must):
			b.value(value, v.FieldByIndex(f.index), def.FieldByIndex(f.index), path+"."+f.name, f.nullable)
		case f.must:
			b.refuse(path+"."+f.name, "is required")
		}
	}
	for _, name := range o.names {
		if !known[name] {
			b.refuse(path+"."+clip(name), "is not a field that can be written here")
		}
	}
}

// changes reports whether a value would replace another string.
func changes(n node, current reflect.Value) bool {
	s, ok := n.(string)
	return ok && s != current.String()
}

func (b *binder) list(n node, v reflect.Value, path string) {
	items, ok := n.([]node)
	if !ok {
		b.refuse(path, "must be a list")
		return
	}
	list := reflect.MakeSlice(v.Type(), len(items), len(items))
	def := reflect.Zero(v.Type().Elem())
	if d, hasDefault := reflect.TypeAssert[itemDefaulter](def); hasDefault {
		def = reflect.ValueOf(d.itemDefault())
	}
	for i, item := range items {
		list.Index(i).Set(def)
		if item == nil {
			b.refuse(fmt.Sprintf("%s[%d]", path, i), "must not be null")
			continue
		}
		b.value(item, list.Index(i), def, fmt.Sprintf("%s[%d]", path, i), false)
	}
	v.Set(list)
}

func (b *binder) instant(n node, v reflect.Value, path string) {
	if s, ok := n.(string); ok {
		if t, err := time.Parse(time.RFC3339Nano, s); err == nil {
			v.Set(reflect.ValueOf(Time{t.UTC()}))
			return
		}
	}
	b.refuse(path, "must be an instant such as 2026-01-31T08:00:00Z")
}

// whole reads a JSON number without a fraction; 25.0 and 2.5e1 are 25.
func whole(n node) (int64, bool) {
	number, ok := n.(json.Number)
	if !ok {
		return 0, false
	}
	if i, err := strconv.ParseInt(number.String(), 10, 64); err == nil {
		return i, true
	}
	f, err := strconv.ParseFloat(number.String(), 64)
	if err != nil || f != math.Trunc(f) || math.Abs(f) > 1<<53 {
		return 0, false
	}
	return int64(f), true
}

// clip shortens a name that came from outside.
func clip(name string) string {
	const most = 64
	runes := []rune(name)
	if len(runes) <= most {
		return name
	}
	return string(runes[:most]) + "…"
}

// bodyField is a member that a body may have.
type bodyField struct {
	name     string
	index    []int
	typ      reflect.Type
	nullable bool
	must     bool
	union    bool
}

// bodyFields lists the members of a struct, those of embedded structs
// included.
func bodyFields(t reflect.Type, prefix []int) []bodyField {
	var fields []bodyField
	for i := range t.NumField() {
		f := t.Field(i)
		index := append(append([]int{}, prefix...), i)
		name, options, _ := strings.Cut(f.Tag.Get("json"), ",")
		if f.Anonymous && name == "" {
			fields = append(fields, bodyFields(f.Type, index)...)
			continue
		}
		if name == "" || name == "-" {
			continue
		}
		optional := strings.Contains(options, "omitempty") || strings.Contains(options, "omitzero")
		fields = append(fields, bodyField{
			name: name, index: index, typ: f.Type,
			nullable: f.Tag.Get("nullable") == "true" || f.Type.Kind() == reflect.Pointer && !optional,
			must:     f.Tag.Get("must") == "true",
			union:    f.Tag.Get("union") == "true",
		})
	}
	return fields
}
