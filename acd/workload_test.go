package acd_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"hash/fnv"
	"io"
	"reflect"
	"testing"

	"pgregory.net/rapid"

	"bandeau/acd"
	"bandeau/acd/acdtest"
)

// life is a core that is driven and checked step by step.
type life struct {
	seed    uint64
	work    *acdtest.Workload
	state   *acd.State
	checker *acdtest.Checker
	done    []acdtest.Stepped // all steps, for the report of a failure
	// restore writes the state down now and then and goes on with what is read.
	restore bool
	out     io.Writer // of all that came out, unless it is nil
}

func newLife(seed uint64, w *acdtest.Workload) *life {
	s := acd.New(seed)
	return &life{seed: seed, work: w, state: s, checker: acdtest.NewChecker(s)}
}

// run takes so many steps of the workload.
func (c *life) run(steps int) error {
	for range steps {
		if err := c.step(); err != nil {
			return c.failed(err)
		}
	}
	return nil
}

// failed says how to see it again.
func (c *life) failed(err error) error {
	return fmt.Errorf("%w\nmake sim SEED=%d STEPS=%d", err, c.seed, len(c.done))
}

// step lets the workload choose what happens.
func (c *life) step() error {
	now, cmd := c.work.Next(c.state)
	return c.take(now, cmd)
}

// take carries out a command and checks what came of it.
func (c *life) take(now acd.Instant, cmd acd.Command) (err error) {
	i := len(c.done)
	c.done = append(c.done, acdtest.Stepped{At: now, Command: cmd})
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("panic: %v", r)
		}
		if err != nil {
			err = fmt.Errorf("seed %d step %d: %+v: %w", c.seed, i, cmd, err)
		}
	}()
	before := c.state.Now()
	events, effects, refused := c.state.Step(now, cmd)
	if refused != nil && c.state.Now() != before {
		return errors.New("refused, and time went on")
	}
	if c.out != nil {
		for _, e := range events {
			_, _ = fmt.Fprintln(c.out, acdtest.Describe(e))
		}
		for _, e := range effects {
			_, _ = fmt.Fprintln(c.out, acdtest.Describe(e))
		}
	}
	if err = c.checker.Observe(now, cmd, events, effects, refused); err != nil {
		return err
	}
	if err = c.state.CheckIndexes(); err != nil {
		return err
	}
	if c.restore && i%197 == 196 {
		if c.state, err = restored(c.state); err != nil {
			return err
		}
		return c.checker.Replace(c.state)
	}
	return nil
}

// run drives a workload through n checked steps, through a checkpoint now and
// then if restore says so, and writes all that came out to out.
func run(seed uint64, n, hashEvery int, restore bool, out io.Writer) (*acd.State, error) {
	c := newLife(seed, acdtest.NewWorkload(seed))
	c.checker.HashEvery, c.restore, c.out = hashEvery, restore, out
	err := c.run(n)
	return c.state, err
}

// restored returns the state after it has been written down and read again.
func restored(s *acd.State) (*acd.State, error) {
	data, err := json.Marshal(s.Checkpoint())
	if err != nil {
		return nil, err
	}
	var c acd.Checkpoint
	if err := json.Unmarshal(data, &c); err != nil {
		return nil, err
	}
	return acd.Restore(c), nil
}

// TestInvariants lets rapid look for a seed that breaks an invariant.
func TestInvariants(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		seed := rapid.Uint64().Draw(t, "seed")
		steps := rapid.IntRange(1, 300).Draw(t, "steps")
		if _, err := run(seed, steps, 0, true, nil); err != nil {
			t.Fatal(err)
		}
	})
}

// TestLongRun takes random centres a long way: as many steps in all as -total
// says. A restart ends no run.
func TestLongRun(t *testing.T) {
	total := *totalFlag
	if testing.Short() || raceEnabled {
		total = min(total, 20_000)
	}
	const most = 40_000 // of one centre
	runs := max(5, total/most)
	t.Logf("%d steps in %d centres", total, runs)
	for i := range uint64(runs) { //nolint:gosec // never negative
		seed := *fromFlag + i
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			if _, err := run(seed, total/runs, 100, true, nil); err != nil {
				t.Fatal(err)
			}
		})
	}
}

// TestSameSeedSameBytes runs a seed twice, once through checkpoints.
func TestSameSeedSameBytes(t *testing.T) {
	for seed := range uint64(5) {
		a, b := fnv.New64a(), fnv.New64a()
		s, err := run(seed, 3_000, 100, false, a)
		if err != nil {
			t.Fatal(err)
		}
		u, err := run(seed, 3_000, 100, true, b)
		if err != nil {
			t.Fatal(err)
		}
		x, y := mustJSON(t, s), mustJSON(t, u)
		if a.Sum64() != b.Sum64() || x != y || s.Hash() != u.Hash() {
			t.Errorf("seed %d gave %x and %x", seed, a.Sum64(), b.Sum64())
		}
	}
}

func mustJSON(t *testing.T, s *acd.State) string {
	t.Helper()
	return mustEncode(t, s.Checkpoint())
}

func mustEncode(t *testing.T, c acd.Checkpoint) string {
	t.Helper()
	data, err := json.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// TestCheckpointIsACopy keeps a checkpoint that the state goes on after from
// changing with it: it is read by another goroutine. Two checkpoints of one
// state would both share what either shares with it.
func TestCheckpointIsACopy(t *testing.T) {
	for seed := range uint64(4) {
		w, s := acdtest.NewWorkload(seed), acd.New(seed)
		go300 := func() {
			for range 300 {
				now, cmd := w.Next(s)
				_, _, _ = s.Step(now, cmd) // a refusal is none of this test's business
			}
		}
		for range 20 {
			go300()
			one, two := s.Checkpoint(), s.Checkpoint()
			mine := map[uintptr]string{}
			memory(reflect.ValueOf(one), "Checkpoint", func(at uintptr, path string) { mine[at] = path })
			memory(reflect.ValueOf(two), "Checkpoint", func(at uintptr, path string) {
				if mine[at] != "" {
					t.Fatalf("seed %d: %s is shared with the state", seed, path)
				}
			})
			before := mustEncode(t, one)
			go300()
			if after := mustEncode(t, one); after != before {
				t.Fatalf("seed %d: the checkpoint has changed with the state", seed)
			}
		}
	}
}

// memory visits all memory that a value refers to and that could be changed.
func memory(v reflect.Value, path string, visit func(at uintptr, path string)) {
	switch v.Kind() { //nolint:exhaustive // the others refer to nothing that changes
	case reflect.Struct:
		for i := range v.NumField() {
			memory(v.Field(i), path+"."+v.Type().Field(i).Name, visit)
		}
	case reflect.Slice:
		if v.Cap() > 0 {
			visit(v.Pointer(), path)
		}
		for i := range v.Len() {
			memory(v.Index(i), path+"[]", visit)
		}
	case reflect.Array:
		for i := range v.Len() {
			memory(v.Index(i), path+"[]", visit)
		}
	case reflect.Pointer:
		if !v.IsNil() {
			visit(v.Pointer(), path)
			memory(v.Elem(), path, visit)
		}
	case reflect.Map, reflect.Chan, reflect.Func, reflect.Interface, reflect.UnsafePointer:
		panic(path + " is no plain field")
	}
}

// TestCrashAnywhere stops the process after every step of a run, folds the
// journal, and goes on: the folded state is the one there was, and when the legs
// are gone as well the centre comes to rest with every invariant kept.
func TestCrashAnywhere(t *testing.T) {
	for seed := range uint64(4) {
		if err := crashes(seed, 1_500); err != nil {
			t.Fatal(err)
		}
	}
}

func crashes(seed uint64, steps int) error {
	w, s, folded := acdtest.NewWorkload(seed), acd.New(seed), acd.New(seed)
	for i := range steps {
		now, cmd := w.Next(s)
		now = max(now, s.Now())
		events, _, _ := s.Step(now, cmd) // a refusal is none of this test's business
		for _, e := range events {
			folded.Apply(now, e)
			// The events of a step are kept together; even so no part of them may
			// confuse the fold.
			if err := folded.CheckFold(); err != nil {
				return fmt.Errorf("seed %d step %d: after %s: %w\nmake sim SEED=%d STEPS=%d", seed, i, acdtest.Describe(e), err, seed, i+1)
			}
		}
		if err := crash(s, folded, now); err != nil {
			return fmt.Errorf("seed %d step %d: %w\nmake sim SEED=%d STEPS=%d", seed, i, err, seed, i+1)
		}
	}
	return nil
}

// crash compares what the journal gives with the live state, and starts anew with
// it.
func crash(s, folded *acd.State, now acd.Instant) error {
	again := acd.Restore(folded.Checkpoint())
	if again.Hash() != s.Hash() {
		return errors.New("the journal gives another state")
	}
	x, xok := again.Deadline()
	if y, yok := s.Deadline(); x != y || xok != yok {
		return fmt.Errorf("due at %d, after recovery at %d", y, x)
	}
	_, effects, err := again.Step(now, acd.Restarted{})
	if err != nil {
		return err
	}
	for _, f := range effects {
		if _, ok := f.(acd.EndSession); !ok {
			return fmt.Errorf("%s after a restart", acdtest.Describe(f))
		}
	}
	after := again.Checkpoint()
	if err := acdtest.Check(after); err != nil {
		return err
	}
	for _, c := range after.Calls {
		if c.State != acd.CallWrapUp {
			return fmt.Errorf("call %s lives on", c.ID)
		}
	}
	return again.CheckIndexes()
}
