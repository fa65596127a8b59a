package journal_test

import (
	"encoding/json"
	"flag"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"bandeau/acd"
	"bandeau/journal"
	"bandeau/store/storetest"
)

var rewrite = flag.Bool("rewrite", false, "write testdata anew")

// TestEveryEventIsInTheTable reads the core's source for the types that are
// events and compares them with the codec's table.
func TestEveryEventIsInTheTable(t *testing.T) {
	entries, err := os.ReadDir("../acd")
	if err != nil {
		t.Fatal(err)
	}
	var want []string
	for _, entry := range entries {
		if !strings.HasSuffix(entry.Name(), ".go") || strings.HasSuffix(entry.Name(), "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), "../acd/"+entry.Name(), nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range file.Decls {
			if f, ok := d.(*ast.FuncDecl); ok && f.Name.Name == "event" && f.Recv != nil {
				want = append(want, f.Recv.List[0].Type.(*ast.Ident).Name)
			}
		}
	}
	var got []string
	for _, k := range journal.Kinds() {
		got = append(got, k.Type.Name())
	}
	slices.Sort(want)
	slices.Sort(got)
	if len(want) < 30 {
		t.Fatalf("only %d events found in the core", len(want))
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("events of the core and of the codec (-core +codec):\n%s", diff)
	}
}

// TestShapes guards what is kept for ever: names, versions and fields. A field
// may be added (-rewrite), never removed, renamed or given another type.
func TestShapes(t *testing.T) {
	shapes := map[string][]string{}
	for _, k := range journal.Kinds() {
		shapes[fmt.Sprintf("%s %d", k.Name, k.Version)] = fields("", k.Type)
	}
	const path = "testdata/shapes.json"
	if *rewrite {
		text, err := json.MarshalIndent(shapes, "", "\t")
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, append(text, '\n'), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var kept map[string][]string
	if err := json.Unmarshal(text, &kept); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(kept, shapes); diff != "" {
		t.Errorf("the events changed; run with -rewrite if fields were only added (-kept +now):\n%s", diff)
	}
}

// fields lists the fields of a type with their kinds, nested ones too.
func fields(path string, t reflect.Type) []string {
	kind := t.Kind()
	switch {
	case kind == reflect.Struct:
		var all []string
		for f := range t.Fields() {
			all = append(all, fields(path+"."+f.Name, f.Type)...)
		}
		return all
	case kind == reflect.Slice:
		return fields(path+"[]", t.Elem())
	case kind == reflect.Pointer:
		return fields(path+"?", t.Elem())
	case kind == reflect.String || kind == reflect.Bool || kind == reflect.Uint8 || kind == reflect.Uint64 || t.ConvertibleTo(reflect.TypeFor[int64]()):
		return []string{strings.TrimPrefix(path, ".") + " " + kind.String()}
	}
	return []string{path + " is not for the journal: " + t.String()}
}

// TestRoundTrip fills every event with random values and expects them back.
func TestRoundTrip(t *testing.T) {
	codec := journal.NewCodec()
	kinds := journal.Kinds()
	rapid.Check(t, func(t *rapid.T) {
		kind := rapid.SampledFrom(kinds).Draw(t, "kind")
		value := reflect.New(kind.Type).Elem()
		fill(t, value)
		want := acd.Recorded{
			Seq:   rapid.Uint64Range(1, 1<<62).Draw(t, "seq"),
			At:    acd.Instant(rapid.Int64().Draw(t, "at")),
			Event: value.Interface().(acd.Event),
		}
		entry, err := codec.Encode(want)
		if err != nil {
			t.Fatal(err)
		}
		got, err := codec.Decode(entry)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("(-written +read):\n%s", diff)
		}
		told := false
		for i := range kind.Type.NumField() {
			switch f := value.Field(i).Interface().(type) {
			case acd.CallID:
				if entry.Call != f {
					t.Fatalf("%s is about call %q, not %q", kind.Name, entry.Call, f)
				}
			case acd.OperatorID:
				if told { // the second is whom it was done with
					continue
				}
				if told = true; entry.Operator != f {
					t.Fatalf("%s is about operator %q, not %q", kind.Name, entry.Operator, f)
				}
			}
		}
	})
}

// fill gives a value random contents.
func fill(t *rapid.T, v reflect.Value) {
	kind := v.Kind()
	switch {
	case kind == reflect.Struct:
		for _, f := range v.Fields() {
			fill(t, f)
		}
	case kind == reflect.Slice:
		if n := rapid.IntRange(0, 3).Draw(t, "len"); n > 0 {
			v.Set(reflect.MakeSlice(v.Type(), n, n))
			for i := range n {
				fill(t, v.Index(i))
			}
		}
	case kind == reflect.Pointer:
		if rapid.Bool().Draw(t, "set") {
			v.Set(reflect.New(v.Type().Elem()))
			fill(t, v.Elem())
		}
	case kind == reflect.String:
		v.SetString(rapid.StringN(-1, 20, -1).Draw(t, "text"))
	case kind == reflect.Bool:
		v.SetBool(rapid.Bool().Draw(t, "bool"))
	case v.CanInt():
		v.SetInt(rapid.Int64().Draw(t, "int"))
	case v.CanUint() && v.Type().Size() == 1:
		v.SetUint(uint64(rapid.Uint8().Draw(t, "enum")))
	case v.CanUint():
		v.SetUint(rapid.Uint64().Draw(t, "uint"))
	default:
		t.Fatalf("no random %s", v.Type())
	}
}

func TestDecodeRefuses(t *testing.T) {
	codec := journal.NewCodec()
	for name, e := range map[string]journal.Entry{
		"unknown type":    {Seq: 1, Type: "no_such", Version: 1, Data: []byte(`{}`)},
		"unknown version": {Seq: 1, Type: "noted", Version: 2, Data: []byte(`{}`)},
		"unknown field":   {Seq: 1, Type: "noted", Version: 1, Data: []byte(`{"Colour":"red"}`)},
		"damaged":         {Seq: 1, Type: "noted", Version: 1, Data: []byte(`{"Call":`)},
		"text after it":   {Seq: 1, Type: "noted", Version: 1, Data: []byte(`{} {}`)},
		"wrong kind":      {Seq: 1, Type: "noted", Version: 1, Data: []byte(`{"Call":3}`)},
	} {
		if r, err := codec.Decode(e); err == nil {
			t.Errorf("%s: read as %+v", name, r)
		}
	}
	if _, err := codec.Decode(journal.Entry{Seq: 1, Type: "noted", Version: 1, Data: []byte(`{"Text":"x"}`)}); err != nil {
		t.Errorf("an event of before a field was added: %v", err)
	}
}

// TestRandomDayRoundTrips sends what the real core decides through the codec.
func TestRandomDayRoundTrips(t *testing.T) {
	codec := journal.NewCodec()
	h := storetest.NewHistory(3)
	for _, want := range h.Step(3000) {
		entry, err := codec.Encode(want)
		if err != nil {
			t.Fatal(err)
		}
		got, err := codec.Decode(entry)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("(-written +read):\n%s", diff)
		}
	}
}
