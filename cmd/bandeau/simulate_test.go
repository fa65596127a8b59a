package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"bandeau/app"
)

// TestSimulateGenerated: a generated day needs no store; it prints the figures,
// their intervals and what the theory says, which lies in them.
func TestSimulateGenerated(t *testing.T) {
	none := filepath.Join(t.TempDir(), "none")
	args := []string{"BANDEAU_DATA=" + none, "simulate", "--generate", "--calls", "120/h", "--talk", "180s", "--operators", "8", "--runs", "10"}
	got := bandeau(t, "", args...)
	if got.status != 0 || got.stderr != "" {
		t.Fatalf("%+v", got)
	}
	for _, want := range []string{"10 runs", "99 %", "ERLANG C", "71.4 %", "service level", "occupancy", "75.0 %", "\n08:00  ", "\n17:30  "} {
		if !strings.Contains(got.stdout, want) {
			t.Errorf("does not say %s:\n%s", want, got.stdout)
		}
	}
	if again := bandeau(t, "", args...); again.stdout != got.stdout {
		t.Error("the same question has another answer")
	}
	if _, err := os.Stat(none); err == nil {
		t.Error("simulating made a directory")
	}

	var out app.SimulateResult
	got = bandeau(t, "", append(args, "--json", "--patience", "90s", "--hours", "4", "--seed", "5")...)
	if err := json.Unmarshal([]byte(got.stdout), &out); err != nil {
		t.Fatalf("%v: %+v", err, got)
	}
	whole, theory := out.Answer.Simulated.Whole, out.Answer.Theory
	if theory == nil || theory.Model != "A" || !whole.ServiceLevel.Holds(theory.ServiceLevel) || len(out.Answer.Simulated.HalfHours) != 8 {
		t.Errorf("%+v, the theory says %+v", whole.ServiceLevel, theory)
	}
	got = bandeau(t, "", append(args, "--strategy", "everyone", "--wrap-up", "30s", "--target", "5s")...)
	if got.status != 0 || strings.Contains(got.stdout, "ERLANG") || !strings.Contains(got.stdout, "theory does not apply") {
		t.Errorf("with wrap-up: %+v", got)
	}
}

// TestSimulateUsage: what is wrong is said with the flag.
func TestSimulateUsage(t *testing.T) {
	data := newData(t)
	for args, want := range map[string]string{
		"simulate":                                "either --day or --generate",
		"simulate --generate --day 2026-03-31":    "either --day or --generate",
		"simulate --generate --calls many":        `--calls "many"`,
		"simulate --generate --talk 3":            `--talk "3"`,
		"simulate --generate --patience 1.5s":     `--patience "1.5s"`,
		"simulate --generate --operators +2.5":    `--operators "+2.5"`,
		"simulate --generate --operators 0":       "generate.operators must be from 1 to 1000",
		"simulate --generate --runs 1":            "runs must be from 2 to 200",
		"simulate --generate --strategy best":     "must be one of longest_idle, fixed",
		"simulate --generate --seed -1":           `--seed "-1"`,
		"simulate --generate --group x":           "--group means nothing with --generate",
		"simulate --day 2026-03-31 --calls 9":     "--calls means nothing with --day",
		"simulate --day 2026-03-31 --operators 5": "is +N or -N with --day",
	} {
		if got := bandeau(t, "", strings.Fields(args)...); got.status != 2 || got.stdout != "" || !strings.Contains(got.stderr, want) {
			t.Errorf("%s: %+v, want %s", args, got, want)
		}
	}
	for args, want := range map[string]string{
		"simulate --day 2026-03-31":           "day has no calls of groups",
		"simulate --day yesterday":            "day must be a date such as 2026-03-31",
		"simulate --day 2999-01-01":           "day has not begun yet",
		"simulate --day 2026-03-31 --group x": `no group is called "x"`,
	} {
		if got := bandeau(t, "", append(strings.Fields(args), "--data", data)...); got.status != 1 || got.stdout != "" || !strings.Contains(got.stderr, want) {
			t.Errorf("%s: %+v, want %s", args, got, want)
		}
	}
}
