package acdtest

import (
	"reflect"

	"bandeau/acd"
)

// Stepped is a command and the instant it was given at.
type Stepped struct {
	At      acd.Instant
	Command acd.Command
}

// mostShrunk bounds the steps that shrinking may take in all.
const mostShrunk = 2_000_000

// Shrink returns fewer steps that fail as well, in as many attempts as are worth
// it: it drops ever smaller parts of them while what is left still fails. It
// gives steps that do not fail back as they are.
func Shrink(steps []Stepped, fails func([]Stepped) bool) []Stepped {
	budget := mostShrunk
	try := func(candidate []Stepped) bool {
		budget -= len(candidate)
		return budget > 0 && fails(candidate)
	}
	if !try(steps) {
		return steps
	}
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
	for i := range steps {
		candidate := append([]Stepped(nil), steps...)
		if candidate[i].Command = plain(steps[i].Command); try(candidate) {
			steps = candidate
		}
	}
	return steps
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
