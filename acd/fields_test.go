package acd

import (
	"reflect"
	"testing"
)

// alter changes one field of a struct to another value, and says which.
func alter(v reflect.Value, visit func(path string)) {
	alterAt(v, v.Type().Name(), visit)
}

func alterAt(v reflect.Value, path string, visit func(path string)) {
	old := reflect.New(v.Type()).Elem()
	old.Set(v)
	switch v.Kind() { //nolint:exhaustive // the kinds that occur
	case reflect.Struct:
		for i := range v.NumField() {
			alterAt(v.Field(i), path+"."+v.Type().Field(i).Name, visit)
		}
		return
	case reflect.Slice:
		v.Set(reflect.Append(reflect.MakeSlice(v.Type(), 0, 1), reflect.New(v.Type().Elem()).Elem()))
		if v.Type().Elem().Kind() != reflect.String { // a list of one empty name prints as none; no id is empty
			visit(path)
		}
		alterAt(v.Index(0), path+"[]", visit)
		v.Set(old)
		return
	case reflect.Array:
		alterAt(v.Index(0), path+"[]", visit)
		return
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
	case reflect.String:
		v.SetString(v.String() + "x")
	case reflect.Bool:
		v.SetBool(!v.Bool())
	case reflect.Int, reflect.Int64:
		v.SetInt(v.Int() + 1)
	case reflect.Uint8, reflect.Uint64:
		v.SetUint(v.Uint() + 1)
	default:
		panic(path + ": " + v.Kind().String())
	}
	visit(path)
	v.Set(old)
}

// TestEveryFieldMakesAChange keeps a new field of a record from being forgotten
// where records are compared: the change would be taken for none.
func TestEveryFieldMakesAChange(t *testing.T) {
	var o, changedOperator OperatorConfig
	alter(reflect.ValueOf(&changedOperator).Elem(), func(path string) {
		if sameOperator(o, changedOperator) {
			t.Errorf("a change of %s is not seen", path)
		}
	})
	var g, changedGroup GroupConfig
	alter(reflect.ValueOf(&changedGroup).Elem(), func(path string) {
		if path != "GroupConfig.Members[]" && sameGroup(g, changedGroup) {
			t.Errorf("a change of %s is not seen", path)
		}
	})
	var p, changedPause PauseTypeConfig
	alter(reflect.ValueOf(&changedPause).Elem(), func(path string) {
		if samePauseType(p, changedPause) {
			t.Errorf("a change of %s is not seen", path)
		}
	})
}

// TestEveryFieldIsHashedAndRestored keeps a new field of the state from being
// forgotten in the digest, or on the way through a checkpoint.
func TestEveryFieldIsHashedAndRestored(t *testing.T) {
	hashOperator := func(o OperatorCheckpoint) uint64 {
		s := New(1)
		s.operators.put("x", &operator{OperatorCheckpoint: o})
		return s.Hash()
	}
	var o OperatorCheckpoint
	plain := hashOperator(o)
	alter(reflect.ValueOf(&o).Elem(), func(path string) {
		if hashOperator(o) == plain {
			t.Errorf("%s is not hashed", path)
		}
	})
	hashCall := func(c CallCheckpoint) uint64 {
		s := New(1)
		s.calls.put("x", &call{CallCheckpoint: c})
		return s.Hash()
	}
	var c CallCheckpoint
	plain = hashCall(c)
	alter(reflect.ValueOf(&c).Elem(), func(path string) {
		if hashCall(c) == plain {
			t.Errorf("%s is not hashed", path)
		}
	})

	whole := Checkpoint{
		Version: checkpointVersion, At: 5, Seed: 1, Offers: 2, Arrivals: 3, Centre: CentreConfig{MainNumber: "4"},
		PauseTypes: []PauseTypeConfig{{ID: "p"}},
		Groups:     []GroupCheckpoint{{Config: GroupConfig{ID: "g", Strategy: Fixed}, Offered: 1, Answered: 2, Abandoned: 3, Overflowed: 4}},
		Accounts:   []AccountCheckpoint{{ID: "a", Reachable: true}},
		Operators:  []OperatorCheckpoint{{Config: OperatorConfig{ID: "o"}}},
		Calls:      []CallCheckpoint{{ID: "c", State: CallDialing}},
		Unstored:   []CallID{"u"},
	}
	alter(reflect.ValueOf(&whole.Operators[0]).Elem(), func(path string) {
		if whole.Operators[0].Phone.Kind > PhoneCentrex {
			return
		}
		if got := Restore(whole).Checkpoint(); !reflect.DeepEqual(got, whole) {
			t.Errorf("%s is not restored:\n%+v\n%+v", path, whole, got)
		}
	})
	alter(reflect.ValueOf(&whole.Calls[0]).Elem(), func(path string) {
		if got := Restore(whole).Checkpoint(); !reflect.DeepEqual(got, whole) {
			t.Errorf("%s is not restored:\n%+v\n%+v", path, whole, got)
		}
	})
}
