package acd_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"bandeau/acd"
	"bandeau/acd/acdtest"
)

var (
	seedFlag  = flag.Uint64("seed", 0, "the seed that TestSeed runs")
	totalFlag = flag.Int("total", 200_000, "how many steps TestLongRun takes in all")
	fromFlag  = flag.Uint64("from", 0, "the first seed of TestLongRun")
	stepsFlag = flag.Int("steps", 0, "how many steps TestSeed takes; 0: it is left out")
)

// broken says whether steps break an invariant in a centre of a seed.
func broken(seed uint64) func([]acdtest.Stepped) bool {
	return func(steps []acdtest.Stepped) bool {
		c := newLife(seed, nil)
		for _, step := range steps {
			if c.take(step.At, step.Command) != nil {
				return true
			}
		}
		return false
	}
}

// TestSeed runs one seed again, as the message of a failure asks for. If it fails
// the shortest run that does becomes a scenario.
func TestSeed(t *testing.T) {
	if *stepsFlag == 0 {
		t.Skip("make sim SEED=1 STEPS=1000 runs it")
	}
	c := newLife(*seedFlag, acdtest.NewWorkload(*seedFlag))
	c.restore = true
	if err := c.run(*stepsFlag); err != nil {
		path := filepath.Join("testdata", fmt.Sprintf("seed_%d.txt", *seedFlag))
		short := acdtest.Shrink(c.done, broken(*seedFlag))
		if broken(*seedFlag)(short) {
			if failed := os.WriteFile(path, []byte(acdtest.Script(*seedFlag, short)), 0o600); failed != nil {
				t.Error(failed)
			}
			t.Logf("acd/%s has the same in %d steps", path, len(short))
		}
		t.Fatal(err)
	}
	if err := crashes(*seedFlag, min(*stepsFlag, 3_000)); err != nil {
		t.Fatal(err)
	}
}

// TestFailureBecomesAScenario lets an invariant be broken that is none, "no
// operator ever misses two calls", and follows what a real one would lead to: one command
// in the message, a short run, and a scenario that does the same.
func TestFailureBecomesAScenario(t *testing.T) {
	missed := func(seed uint64, steps []acdtest.Stepped) bool {
		s := acd.New(seed)
		for _, step := range steps {
			events, _, _ := s.Step(step.At, step.Command) // a refusal breaks nothing
			for _, e := range events {
				if m, ok := e.(acd.MissedCounted); ok && m.Count == 2 {
					return true
				}
			}
		}
		return false
	}
	const seed = 11
	c := newLife(seed, acdtest.NewWorkload(seed))
	c.checker.HashEvery = 1_000
	for i := 0; !missed(seed, c.done); i++ {
		if err := c.run(500); err != nil || i == 100 {
			t.Fatalf("nobody misses two calls: %v", err)
		}
	}
	message := c.failed(fmt.Errorf("broken")).Error()
	if want := fmt.Sprintf("broken\nmake sim SEED=%d STEPS=%d", seed, len(c.done)); message != want {
		t.Errorf("the message is %q, want %q", message, want)
	}
	short := acdtest.Shrink(c.done, func(steps []acdtest.Stepped) bool { return missed(seed, steps) })
	if len(short) > 25 || !missed(seed, short) {
		t.Errorf("%d steps were shortened to %d", len(c.done), len(short))
	}
	for i := range short {
		if fewer := append(append([]acdtest.Stepped(nil), short[:i]...), short[i+1:]...); missed(seed, fewer) {
			t.Errorf("step %d, %+v, can be left out", i, short[i])
		}
	}
	script := acdtest.Script(seed, short)
	if !strings.Contains(script, "\ntick\n") || !strings.HasPrefix(script, "run\nseed 11\n") {
		t.Errorf("the script has no words:\n%s", script)
	}
	readSeed, steps, err := acdtest.Steps(script)
	if err != nil || readSeed != seed || !missed(readSeed, steps) {
		t.Errorf("the script, %v, does something else:\n%s", err, script)
	}
	// And as TestScenarios runs it.
	scenario, count := acdtest.NewScenario(), 0
	for line := range strings.Lines(script) {
		if line = strings.TrimSpace(line); line == "run" || line == "----" || line == "ok" {
			continue
		}
		trace, err := scenario.Do(line)
		if err != nil {
			t.Fatal(err)
		}
		count += strings.Count(trace, "count=2")
	}
	if count == 0 {
		t.Errorf("the scenario does something else:\n%s", script)
	}
}

// TestScriptIsExact writes random lives as scripts and reads them back: the same
// commands at the same instants.
func TestScriptIsExact(t *testing.T) {
	for seed := range uint64(3) {
		c := newLife(seed, acdtest.NewWorkload(seed))
		c.checker.HashEvery = 1_000
		if err := c.run(1_500); err != nil {
			t.Fatal(err)
		}
		_, steps, err := acdtest.Steps(acdtest.Script(seed, c.done))
		if err != nil || len(steps) != len(c.done) {
			t.Fatalf("%d steps became %d: %v", len(c.done), len(steps), err)
		}
		for i := range steps {
			if fmt.Sprintf("%#v", steps[i].At) != fmt.Sprintf("%#v", c.done[i].At) || !sameCommand(steps[i].Command, c.done[i].Command) {
				t.Fatalf("step %d: %+v became %+v", i, c.done[i], steps[i])
			}
		}
	}
}

// sameCommand compares commands; an empty list and none are the same.
func sameCommand(a, b acd.Command) bool { return cmp.Equal(a, b, cmpopts.EquateEmpty()) }

// TestScriptKnowsEveryCommand finds a kind of command that scripts can not write.
func TestScriptKnowsEveryCommand(t *testing.T) {
	for _, name := range commandNames(t) {
		if _, _, err := acdtest.Steps("command " + name + " {}\n"); err != nil {
			t.Error(err)
		}
	}
}

// commandNames are the kinds of commands that the core has.
func commandNames(t *testing.T) []string {
	t.Helper()
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	declared := regexp.MustCompile(`(?m)^func \((\w+)\) command\(\)`)
	for _, file := range files {
		text, failed := os.ReadFile(file)
		if failed != nil {
			t.Fatal(failed)
		}
		for _, match := range declared.FindAllSubmatch(text, -1) {
			names = append(names, string(match[1]))
		}
	}
	if len(names) < 40 {
		t.Fatalf("found %v", names)
	}
	return names
}
