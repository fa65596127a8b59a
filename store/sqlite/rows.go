package sqlite

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"fmt"
	"strings"

	"bandeau/report"
)

// The columns of the rows, each list in the order of its fields function below.
const (
	callNames = "id, direction, state, caller, caller_name, called, service, group_id, group_name, operator, operator_name, " +
		"arrived_at, answered_at, ended_at, outcome, ended_by, cause, recording, recording_reason, tags, note, emergency, open"
	visitNames    = "seq, call_id, group_id, group_name, from_at, to_at, how, entry_cause, exit_cause, level_seconds, in_level"
	partNames     = "seq, call_id, leg, operator, name, group_id, mine, offered_at, answered_at, ended_at, outcome, status"
	sessionNames  = "seq, session, operator, name, from_at, to_at, reason, by_kind, by_id"
	intervalNames = "seq, login, operator, name, presence, pause_type, activity, call_id, group_id, from_at, to_at, cause, by_kind, by_id"
	groupNames    = "id, name, service_level_seconds, removed"
)

func upsertCall() string     { return upsert("calls", callNames) }
func upsertVisit() string    { return upsert("visits", visitNames) }
func upsertPart() string     { return upsert("parts", partNames) }
func upsertSession() string  { return upsert("sessions", sessionNames) }
func upsertInterval() string { return upsert("intervals", intervalNames) }
func upsertGroup() string    { return upsert("group_facts", groupNames) }

// upsert inserts or replaces a row; its key is the centre and the first column.
func upsert(table, names string) string {
	columns := strings.Split(names, ", ")
	sets := make([]string, 0, len(columns))
	for _, c := range columns[1:] {
		sets = append(sets, c+" = excluded."+c)
	}
	return "INSERT INTO " + table + " (centre, " + names + ") VALUES (?" + strings.Repeat(", ?", len(columns)) + ")" +
		" ON CONFLICT (centre, " + columns[0] + ") DO UPDATE SET " + strings.Join(sets, ", ")
}

// tags keeps a call's tags as JSON; none is NULL, since most calls have none.
type tags struct{ l *[]string }

// Value implements driver.Valuer.
func (t tags) Value() (driver.Value, error) {
	if len(*t.l) == 0 {
		return nil, nil
	}
	return list[string](t).Value()
}

// Scan implements sql.Scanner.
func (t tags) Scan(src any) error {
	if src == nil {
		*t.l = nil
		return nil
	}
	return list[string](t).Scan(src)
}

func callFields(c *report.Call) []any {
	return []any{
		&c.ID, &c.Direction, &c.State, &c.Caller, &c.CallerName, &c.Called, &c.Service, &c.Group, &c.GroupName,
		&c.Operator, &c.OperatorName, &c.ArrivedAt, &c.AnsweredAt, &c.EndedAt, &c.Outcome, &c.EndedBy, &c.Cause,
		&c.Recording, &c.RecordingReason,
		tags{&c.Tags},
		&c.Note, &c.Emergency, &c.Open,
	}
}

func visitFields(v *report.Visit) []any {
	return []any{
		&v.Seq, &v.Call, &v.Group, &v.Name, &v.From, &v.To, &v.How, &v.EntryCause, &v.ExitCause, &v.LevelSeconds, &v.InLevel,
	}
}

func partFields(p *report.Part) []any {
	return []any{
		&p.Seq, &p.Call, &p.Leg, &p.Operator, &p.Name, &p.Group, &p.Mine, &p.OfferedAt, &p.AnsweredAt, &p.EndedAt, &p.Outcome, &p.Status,
	}
}

func sessionFields(s *report.Session) []any {
	return []any{&s.Seq, &s.Session, &s.Operator, &s.Name, &s.From, &s.To, &s.Reason, &s.By.Kind, &s.By.ID}
}

func intervalFields(i *report.Interval) []any {
	return []any{
		&i.Seq, &i.Login, &i.Operator, &i.Name, &i.Presence, &i.PauseType, &i.Activity, &i.Call, &i.Group,
		&i.From, &i.To, &i.Cause, &i.By.Kind, &i.By.ID,
	}
}

func groupFields(g *report.Group) []any {
	return []any{&g.ID, &g.Name, &g.ServiceLevelSeconds, &g.Removed}
}

// writeRows inserts or replaces the rows of an append.
func (db *DB) writeRows(ctx context.Context, tx *sql.Tx, centre string, rows report.Rows) error {
	return firstError(
		func() error { return writeEach(ctx, db, tx, centre, upsertCall(), rows.Calls, callFields) },
		func() error { return writeEach(ctx, db, tx, centre, upsertVisit(), rows.Visits, visitFields) },
		func() error { return writeEach(ctx, db, tx, centre, upsertPart(), rows.Parts, partFields) },
		func() error { return writeEach(ctx, db, tx, centre, upsertSession(), rows.Sessions, sessionFields) },
		func() error { return writeEach(ctx, db, tx, centre, upsertInterval(), rows.Intervals, intervalFields) },
		func() error { return writeEach(ctx, db, tx, centre, upsertGroup(), rows.Groups, groupFields) },
	)
}

// firstError runs the steps until one fails.
func firstError(steps ...func() error) error {
	for _, step := range steps {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

func writeEach[T any](ctx context.Context, db *DB, tx *sql.Tx, centre, query string, rows []T, fields func(*T) []any) error {
	if len(rows) == 0 {
		return nil
	}
	stmt := tx.StmtContext(ctx, db.hot[query])
	defer func() { _ = stmt.Close() }()
	for i := range rows {
		refs := fields(&rows[i])
		values := make([]any, 1, len(refs)+1)
		values[0] = centre
		for _, ref := range refs {
			values = append(values, column{ref: ref}.value())
		}
		if _, err := stmt.ExecContext(ctx, values...); err != nil {
			return fmt.Errorf("sqlite: write rows: %w", err)
		}
	}
	return nil
}

// readRows reads the rows of a query; each is the columns of its fields.
func readRows[T any](ctx context.Context, q querier, fields func(*T) []any, query string, args ...any) ([]T, error) {
	return scanAll(ctx, q, func(rows *sql.Rows) (T, error) {
		var row T
		err := rows.Scan(fields(&row)...)
		return row, err
	}, query, args...)
}

// The rows of open calls. The indexes are named since the planner would rather
// read every row there is, in order, than sort the few.
const (
	openCalls   = " FROM calls INDEXED BY calls_open WHERE centre = ? AND open = 1 ORDER BY id"
	ofOpenCalls = " WHERE centre = ?1 AND call_id IN (SELECT id FROM calls WHERE centre = ?1 AND open = 1) ORDER BY seq"
)

// OpenRows returns the rows that later events may still change.
func (db *DB) OpenRows(ctx context.Context, centre string) (report.OpenRows, error) {
	var open report.OpenRows
	err := db.view(ctx, func(q querier) error {
		return firstError(
			func() (err error) {
				open.Calls, err = readRows(ctx, q, callFields, "SELECT "+callNames+openCalls, centre)
				return err
			},
			func() (err error) {
				open.Visits, err = readRows(ctx, q, visitFields, "SELECT "+visitNames+" FROM visits INDEXED BY visits_call"+ofOpenCalls, centre)
				return err
			},
			func() (err error) {
				open.Parts, err = readRows(ctx, q, partFields, "SELECT "+partNames+" FROM parts INDEXED BY parts_call"+ofOpenCalls, centre)
				return err
			},
			func() (err error) {
				open.Sessions, err = readRows(ctx, q, sessionFields, "SELECT "+sessionNames+" FROM sessions INDEXED BY sessions_open WHERE centre = ? AND to_at = 0 ORDER BY seq", centre)
				return err
			},
			func() (err error) {
				open.Intervals, err = readRows(ctx, q, intervalFields, "SELECT "+intervalNames+" FROM intervals INDEXED BY intervals_open WHERE centre = ? AND to_at = 0 ORDER BY seq", centre)
				return err
			},
			func() (err error) {
				open.Groups, err = readRows(ctx, q, groupFields, "SELECT "+groupNames+" FROM group_facts WHERE centre = ? AND removed = 0 ORDER BY id", centre)
				return err
			},
		)
	})
	return open, err
}
