// Package proof names the rules of the operator's record and of his session, and
// lets a test say which of them it proves. docs/operator-rules.md is written from
// what such tests said when they ran and passed, and a test keeps it true.
package proof

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
)

// Rule is one rule that has to be proved twice: where it is decided, and on a
// real call or in a browser.
type Rule struct {
	ID   string
	What string
}

// All returns the rules in the order of the table.
func All() []Rule {
	return []Rule{
		{"OP-01", "Login: its characters, unique whatever the case, suggested from the name"},
		{"OP-02", "Password: generated, mailed, never shown; replaced at first login; 7 days; sent again; delivery known"},
		{"OP-03", "Language of the banner and of the mails"},
		{"OP-04", "Full name, shown in supervision and kept with each call"},
		{"OP-05", "Number presented: anonymous, direct, service, custom; a group's goes first"},
		{"OP-05b", "Direct number: reaches this operator"},
		{"OP-06", "Screen pop: none, single, multiple, tab"},
		{"OP-07", "Waiting counts of his groups, and no other"},
		{"OP-08", "History of exactly 50; numbers hidden never leave the server"},
		{"OP-09", "E-mail: unique, receives the password"},
		{"OP-10", "Always connected: called although paused"},
		{"OP-11", "Recording, with notice to both sides and REC in the banner"},
		{"OP-12", "Phone: external, Centrex; one operator at a time on a Centrex phone; key to confirm"},
		{"OP-13", "Phone asked for at login; paused until it is given"},
		{"OP-14", "Wrap-up: his own, 0 included, goes before the group's"},
		{"OP-15", "Ring time"},
		{"OP-16", "Ignored for a time after a ring that failed"},
		{"OP-17", "Logged out when idle for too long"},
		{"OP-18", "Logged out after too many missed calls"},
		{"OP-19", "Logged out after 20 minutes without a sign of life"},
		{"OP-20", "Outgoing calls refused, emergency numbers never"},
		{"OP-21", "Change of phone from the banner"},
		{"OP-22", "Page of an incoming call: only the technical team sees and writes it"},
		{"OP-23", "Page of an outgoing call: the same"},
		{"OP-24", "Logged out at a time of day, after the call, across changes of the clock"},
		{"OP-25", "Closing the window logs out, unless the session is persistent"},
		{"OP-26", "Paused at login"},
		{"OP-27", "Dialling country completes national numbers"},
		{"login", "What a login leaves: available or the login pause, by OP-13 and OP-26"},
		{"taken over", "A newer login takes the running session over"},
		{"end: manual", "He logs out himself"},
		{"end: supervisor", "A supervisor logs him out"},
		{"end: disabled", "His record is disabled or deleted: after the call"},
		{"asked while", "Pause, available and log out asked for in each activity"},
		{"pause types", "Limits of pauses, the warning before, the overrun"},
		{"mid-call", "A record changed: at once, never for the call in progress"},
	}
}

// Known reports whether a rule is one of the table.
func Known(id string) bool {
	return slices.ContainsFunc(All(), func(r Rule) bool { return r.ID == id })
}

// proofsFile is the name of the variable that holds the file to note proofs in.
const proofsFile = "BANDEAU_PROOFS"

// Of says that a test would fail if the rules were broken. It is noted when
// the test has passed, where the table is being made; else nothing happens.
func Of(tb testing.TB, ids ...string) {
	tb.Helper()
	for _, id := range ids {
		if !Known(id) {
			tb.Fatalf("%q is not a rule of the table", id)
		}
	}
	name := os.Getenv(proofsFile)
	if name == "" {
		return
	}
	tb.Cleanup(func() {
		if tb.Failed() || tb.Skipped() {
			return
		}
		if err := note(name, tb.Name(), ids); err != nil {
			tb.Errorf("proof not noted: %v", err)
		}
	})
}

// note appends lines in one write, so that tests may note at the same time.
func note(file, test string, ids []string) error {
	f, err := os.OpenFile(file, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	if err != nil {
		return fmt.Errorf("open proofs: %w", err)
	}
	var lines strings.Builder
	for _, id := range ids {
		fmt.Fprintf(&lines, "%s\t%s\n", id, test)
	}
	if _, err := f.WriteString(lines.String()); err != nil {
		_ = f.Close()
		return fmt.Errorf("write proofs: %w", err)
	}
	if err := f.Close(); err != nil {
		return fmt.Errorf("close proofs: %w", err)
	}
	return nil
}
