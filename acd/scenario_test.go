package acd_test

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/cockroachdb/datadriven"

	"bandeau/acd/acdtest"
	"bandeau/internal/proof"
)

// TestScenarios runs the texts in testdata. A block of lines is run after the
// other; what happened under each line is compared with the text. A block "given"
// has no trace and no refusal, a block "run" no trace: what it must not do is break
// an invariant. Run with -rewrite to write the traces anew, then read the
// difference.
func TestScenarios(t *testing.T) {
	datadriven.Walk(t, "testdata", func(t *testing.T, path string) {
		t.Helper()
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if ids := proof.InScenario(string(text)); len(ids) > 0 {
			proof.Of(t, ids...)
		}
		s := acdtest.NewScenario()
		datadriven.RunTest(t, path, func(t *testing.T, d *datadriven.TestData) string {
			t.Helper()
			given, quiet := d.Cmd == "given", d.Cmd != "do"
			if quiet && !given && d.Cmd != "run" {
				d.Fatalf(t, "a block begins with given, run or do, not %s", d.Cmd)
			}
			var out strings.Builder
			for line := range strings.Lines(d.Input) {
				line = strings.TrimSpace(line)
				trace, err := s.Do(line)
				if err != nil {
					d.Fatalf(t, "%v\n%s", err, trace)
				}
				if err := s.State.CheckIndexes(); err != nil {
					d.Fatalf(t, "%s: %v", line, err)
				}
				if quiet {
					if given && strings.Contains(trace, "refused") {
						d.Fatalf(t, "%s: %s", line, trace)
					}
					continue
				}
				fmt.Fprintf(&out, "%s\n%s", line, trace)
			}
			if out.Len() == 0 {
				return "ok"
			}
			return out.String()
		})
	})
}
