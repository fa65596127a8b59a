package acdtest

import (
	"fmt"
	"reflect"
	"strings"

	"bandeau/acd"
)

// Stepped is a command and the instant it was given at.
type Stepped struct {
	At      acd.Instant
	Command acd.Command
}

// mostShrunk bounds the steps that shrinking may take in all.
const mostShrunk = 2_000_000

// Shrink returns fewer and plainer steps that fail as well, in as many attempts as
// are worth it: it drops ever smaller parts of them while what is left still
// fails, then what their commands say and need not. It gives steps that do not
// fail back as they are.
func Shrink(steps []Stepped, fails func([]Stepped) bool) []Stepped {
	budget := mostShrunk
	try := func(candidate []Stepped) bool {
		budget -= len(candidate)
		return budget > 0 && fails(candidate)
	}
	if !try(steps) {
		return steps
	}
	drop := func() {
		for again := true; again; {
			before := len(steps)
			for size := max(1, len(steps)/2); size >= 1; size /= 2 {
				for from := 0; from < len(steps); {
					to := min(from+size, len(steps))
					candidate := append(append([]Stepped(nil), steps[:from]...), steps[to:]...)
					if try(candidate) {
						steps = candidate
						continue
					}
					from = to
				}
			}
			again = len(steps) < before
		}
	}
	drop()
	with := func(i int, c acd.Command) bool {
		candidate := append([]Stepped(nil), steps...)
		candidate[i].Command = c
		if !try(candidate) {
			return false
		}
		steps = candidate
		return true
	}
	for i := range steps {
		with(i, plain(steps[i].Command))
		for n := 0; ; {
			c, ok := without(steps[i].Command, n)
			if !ok {
				break
			}
			if !with(i, c) {
				n++
			}
		}
	}
	drop() // what was only there for what is not said any more
	return steps
}

// without returns the command without the nth thing it says, and whether it says
// as much.
func without(c acd.Command, n int) (acd.Command, bool) {
	said := raw(c)
	fresh, err := unraw(strings.Fields(said)[1:])
	if err != nil {
		panic(fmt.Sprintf("acdtest: %s: %v", said, err))
	}
	v := reflect.New(reflect.TypeOf(fresh)).Elem()
	v.Set(reflect.ValueOf(fresh))
	left := n
	ok := leaveOut(v, &left)
	return v.Interface().(acd.Command), ok
}

// leaveOut empties the nth field that is set, or drops the nth element.
func leaveOut(v reflect.Value, n *int) bool {
	here := func() bool { *n--; return *n < 0 }
	switch v.Kind() { //nolint:exhaustive // the others hold nothing
	case reflect.Struct:
		for i := range v.NumField() {
			if f := v.Field(i); !f.IsZero() && v.Type().Field(i).Name != "By" && leaveOut(f, n) {
				return true
			}
		}
	case reflect.Slice:
		for i := range v.Len() {
			if here() {
				v.Set(reflect.AppendSlice(v.Slice(0, i), v.Slice(i+1, v.Len())))
				return true
			}
			if leaveOut(v.Index(i), n) {
				return true
			}
		}
	default:
		if !v.IsZero() && here() {
			v.SetZero()
			return true
		}
	}
	return false
}

// plain is the command as the operator himself gives it, which a scenario says in
// words.
func plain(c acd.Command) acd.Command {
	v := reflect.New(reflect.TypeOf(c)).Elem()
	v.Set(reflect.ValueOf(c))
	by, op := v.FieldByName("By"), v.FieldByName("Operator")
	if !by.IsValid() || !op.IsValid() {
		return c
	}
	by.Set(reflect.ValueOf(his(op.String())))
	return v.Interface().(acd.Command)
}
