package sqlite

import (
	"database/sql"
	"path/filepath"
	"strings"
	"testing"

	"bandeau/acd"
	"bandeau/report"
	"bandeau/store"
)

// TestPlans holds the queries that a long history would make slow to their
// indexes: none reads every row there is, and no subquery leans on the row
// before it, which would be carried out for every call.
func TestPlans(t *testing.T) {
	dir := t.TempDir()
	box, err := store.OpenBox(dir)
	if err != nil {
		t.Fatal(err)
	}
	db, err := Open(t.Context(), Options{Path: filepath.Join(dir, FileName), Box: box})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	}()
	plan := func(query string, args ...any) string {
		t.Helper()
		steps, err := scanAll(t.Context(), db.reader, func(rows *sql.Rows) (string, error) {
			var id, parent, unused int
			var step string
			err := rows.Scan(&id, &parent, &unused, &step)
			return step, err
		}, "EXPLAIN QUERY PLAN "+query, args...)
		if err != nil {
			t.Fatal(err)
		}
		return strings.Join(steps, "\n")
	}
	calls := func(q report.CallQuery) string {
		where, args, err := callConditions("main", q)
		if err != nil {
			t.Fatal(err)
		}
		query := selectCalls(where, &args, q.Number) + newestCalls
		return plan(query, append(args, 100)...)
	}
	day, dayArgs := touchingVisits("main", []acd.GroupID{"g1"}, 1, 2)
	for what, c := range map[string]struct{ plan, with, without string }{
		"visits of a day": {plan(day, dayArgs...), "visits_from (centre=? AND from_at>? AND from_at<?)", "CORRELATED"},
		"intervals of an operator": {
			plan(touching("intervals", intervalNames, "anna"), "main", "anna", 1, 2),
			"intervals_time (centre=? AND operator=? AND from_at>? AND from_at<?)", "CORRELATED",
		},
		"newest":   {calls(report.CallQuery{}), "calls_arrived", "TEMP B-TREE"},
		"number":   {calls(report.CallQuery{Number: "+33123456789"}), "calls_called (centre=? AND called=?)", "TEMP B-TREE"},
		"caller":   {calls(report.CallQuery{Number: "+33123456789"}), "calls_caller (centre=? AND caller=?)", "calls_arrived"},
		"operator": {calls(report.CallQuery{Operator: "anna"}), "parts_history (centre=? AND operator=?)", "CORRELATED"},
		"open calls": {
			plan("SELECT "+callNames+openCalls, "main"), "calls_open (centre=?)", "autoindex",
		},
		"open parts": {
			plan("SELECT "+partNames+" FROM parts INDEXED BY parts_call"+ofOpenCalls, "main"), "parts_call (centre=? AND call_id=?)", "CORRELATED",
		},
	} {
		if !strings.Contains(c.plan, c.with) || strings.Contains(c.plan, c.without) {
			t.Errorf("%s: plan\n%s\nwith %q and without %q wanted", what, c.plan, c.with, c.without)
		}
	}
}
