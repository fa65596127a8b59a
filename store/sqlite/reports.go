package sqlite

import (
	"context"
	"database/sql"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"bandeau/acd"
	"bandeau/report"
	"bandeau/store"
)

// Bounds of a page of calls.
const (
	defaultCalls = 100
	maxCalls     = 500
)

// Call returns a call.
func (db *DB) Call(ctx context.Context, centre string, id acd.CallID) (report.Call, error) {
	var c report.Call
	err := db.reader.QueryRowContext(ctx, "SELECT "+callNames+" FROM calls WHERE centre = ? AND id = ?", centre, id).Scan(callFields(&c)...)
	return c, notFound("read call", err)
}

// callCursor is the place in the list of calls after which the next page begins.
type callCursor struct {
	At acd.Instant
	ID acd.CallID
}

// Calls returns one page of calls, newest first.
func (db *DB) Calls(ctx context.Context, centre string, q report.CallQuery) (report.CallPage, error) {
	where, args, err := callConditions(centre, q)
	if err != nil {
		return report.CallPage{}, err
	}
	limit := q.Limit
	if limit <= 0 {
		limit = defaultCalls
	}
	limit = min(limit, maxCalls)
	found, err := readRows(ctx, db.reader, callFields, selectCalls(where, &args, q.Number)+newestCalls, append(args, limit+1)...)
	if err != nil || len(found) <= limit {
		return report.CallPage{Calls: found}, err
	}
	found = found[:limit]
	last := found[limit-1]
	next, err := encodeCursor(callCursor{At: last.ArrivedAt, ID: last.ID})
	return report.CallPage{Calls: found, Next: next}, err
}

const newestCalls = " ORDER BY arrived_at DESC, id DESC LIMIT ?"

// selectCalls asks for the calls that meet a condition. Those of a number are
// asked for as its caller's and as its called one's, so that each of the two is
// read from its index, newest first: an OR of both reads every call there is.
func selectCalls(where string, args *[]any, number string) string {
	query := "SELECT " + callNames + " FROM calls WHERE " + where
	if number == "" {
		return query
	}
	common := *args
	*args = slices.Concat(common, []any{number}, common, []any{number, number})
	return query + " AND caller = ? UNION ALL " + query + " AND called = ? AND caller <> ?"
}

// callConditions is the condition of a query for calls, with its arguments; the
// number is selectCalls' part.
func callConditions(centre string, q report.CallQuery) (string, []any, error) {
	conditions, args := []string{"centre = ?"}, []any{centre}
	and := func(condition string, values ...any) {
		conditions, args = append(conditions, condition), append(args, values...)
	}
	if q.From != 0 {
		and("arrived_at >= ?", q.From)
	}
	if q.To != 0 {
		and("arrived_at < ?", q.To)
	}
	if q.Direction != 0 {
		and("direction = ?", q.Direction)
	}
	if q.Outcome != acd.OutcomeNone {
		and("outcome = ?", q.Outcome)
	}
	if q.Operator != "" {
		and(operatorCondition, centre, q.Operator, centre, q.Operator)
	}
	if q.Group != "" {
		and(groupCondition, jsonIDs([]acd.GroupID{q.Group}), jsonIDs([]acd.GroupID{q.Group}))
	}
	if q.Groups != nil {
		and(groupCondition, jsonIDs(q.Groups), jsonIDs(q.Groups))
	}
	if q.Cursor != "" {
		var after callCursor
		raw, err := base64.RawURLEncoding.DecodeString(q.Cursor)
		if err != nil || json.Unmarshal(raw, &after) != nil || after.ID == "" {
			return "", nil, store.ErrBadCursor
		}
		and("(arrived_at, id) < (?, ?)", after.At, after.ID)
	}
	return strings.Join(conditions, " AND "), args, nil
}

// operatorCondition keeps the calls an operator had a part in, or is offered
// now. It names the centre again: a subquery that leans on the call before it
// would be carried out for every call.
const operatorCondition = `id IN (SELECT call_id FROM parts WHERE centre = ? AND operator = ? AND mine <> ''
	UNION ALL SELECT id FROM calls WHERE centre = ? AND open = 1 AND operator = ?)`

// groupCondition keeps the calls that visited one of some groups, or were
// placed for it.
const groupCondition = `(group_id IN (SELECT value FROM json_each(?)) OR EXISTS (SELECT 1 FROM visits
	WHERE visits.centre = calls.centre AND visits.call_id = calls.id AND visits.group_id IN (SELECT value FROM json_each(?))))`

func jsonIDs(ids []acd.GroupID) string {
	text, err := json.Marshal(ids)
	if err != nil {
		panic("sqlite: texts have no JSON form: " + err.Error())
	}
	return string(text)
}

// CallGroups returns the groups a call visited or was placed for.
func (db *DB) CallGroups(ctx context.Context, centre string, id acd.CallID) ([]acd.GroupID, error) {
	return scanAll(ctx, db.reader, func(rows *sql.Rows) (acd.GroupID, error) {
		var group acd.GroupID
		err := rows.Scan(&group)
		return group, err
	}, `SELECT group_id FROM visits WHERE centre = ?1 AND call_id = ?2
		UNION SELECT group_id FROM calls WHERE centre = ?1 AND id = ?2 AND group_id <> '' ORDER BY 1`, centre, id)
}

// CallParts returns the operators' parts in a call.
func (db *DB) CallParts(ctx context.Context, centre string, id acd.CallID) ([]report.Part, error) {
	return readRows(ctx, db.reader, partFields, "SELECT "+partNames+" FROM parts WHERE centre = ? AND call_id = ? ORDER BY seq", centre, id)
}

// CallVisits returns a call's visits to groups.
func (db *DB) CallVisits(ctx context.Context, centre string, id acd.CallID) ([]report.Visit, error) {
	return readRows(ctx, db.reader, visitFields, "SELECT "+visitNames+" FROM visits WHERE centre = ? AND call_id = ? ORDER BY seq", centre, id)
}

// longestVisit is how long before a time a visit that reaches into it is looked
// for; what began earlier would be sought among all there are.
const longestVisit = 24 * time.Hour

// Visits returns the visits to groups that touch a time.
func (db *DB) Visits(ctx context.Context, centre string, groups []acd.GroupID, from, to acd.Instant) ([]report.Visit, error) {
	query, args := touchingVisits(centre, groups, from, to)
	return readRows(ctx, db.reader, visitFields, query, args...)
}

func touchingVisits(centre string, groups []acd.GroupID, from, to acd.Instant) (string, []any) {
	query := "SELECT " + visitNames + ` FROM visits WHERE centre = ? AND from_at >= ? AND from_at < ?
		AND (from_at >= ? OR to_at = 0 OR to_at > ?)`
	args := []any{centre, from.Add(-longestVisit), to, from, from}
	if groups != nil {
		query += " AND +group_id IN (SELECT value FROM json_each(?))" // not an index of groups: a day is less
		args = append(args, jsonIDs(groups))
	}
	return query + " ORDER BY seq", args
}

// History returns an operator's last parts.
func (db *DB) History(ctx context.Context, centre string, operator acd.OperatorID, limit int) ([]report.HistoryItem, error) {
	return scanAll(ctx, db.reader, func(rows *sql.Rows) (report.HistoryItem, error) {
		var item report.HistoryItem
		err := rows.Scan(append(callFields(&item.Call), partFields(&item.Part)...)...)
		return item, err
	}, "SELECT "+qualified("c", callNames)+", "+qualified("p", partNames)+` FROM parts p
		JOIN calls c ON c.centre = p.centre AND c.id = p.call_id
		WHERE p.centre = ? AND p.operator = ? AND p.mine <> '' ORDER BY p.seq DESC LIMIT ?`, centre, operator, limit)
}

// qualified puts the name of a table before each column.
func qualified(table, names string) string {
	return table + "." + strings.ReplaceAll(names, ", ", ", "+table+".")
}

// OperatorCounts returns the figures of the parts that began in a time.
func (db *DB) OperatorCounts(ctx context.Context, centre string, from, to acd.Instant) (map[acd.OperatorID]report.OperatorCounts, error) {
	counts := map[acd.OperatorID]report.OperatorCounts{}
	_, err := scanAll(ctx, db.reader, func(rows *sql.Rows) (struct{}, error) {
		var id acd.OperatorID
		var c report.OperatorCounts
		err := rows.Scan(&id, &c.In, &c.Out, &c.Missed, millis{&c.Talk}, &c.Talked)
		counts[id] = c
		return struct{}{}, err
	}, `SELECT operator, sum(mine = 'answered'), sum(mine = 'out'), sum(mine = 'missed'),
		sum(CASE WHEN answered_at > 0 AND ended_at > 0 THEN ended_at - answered_at ELSE 0 END),
		sum(answered_at > 0 AND ended_at > 0)
		FROM parts WHERE centre = ? AND offered_at >= ? AND offered_at < ? GROUP BY operator`, centre, from, to)
	return counts, err
}

// GroupCounts returns the figures of the visits that began in a time.
func (db *DB) GroupCounts(ctx context.Context, centre string, from, to acd.Instant) (map[acd.GroupID]report.GroupCounts, error) {
	counts := map[acd.GroupID]report.GroupCounts{}
	err := db.view(ctx, func(q querier) error {
		_, err := scanAll(ctx, q, func(rows *sql.Rows) (struct{}, error) {
			var id acd.GroupID
			var c report.GroupCounts
			scanErr := rows.Scan(&id, &c.Offered, &c.Answered, &c.Abandoned, &c.Overflowed, &c.Waiting, &c.InLevel, millis{&c.Wait})
			counts[id] = c
			return struct{}{}, scanErr
		}, fmt.Sprintf(`SELECT group_id, count(*), sum(how = %d), sum(how = %d), sum(how = %d), sum(how = 0), sum(in_level),
			sum(CASE WHEN how = %d THEN to_at - from_at ELSE 0 END)
			FROM visits WHERE centre = ? AND from_at >= ? AND from_at < ? GROUP BY group_id`,
			acd.LeftAnswered, acd.LeftAbandoned, acd.LeftOverflowed, acd.LeftAnswered), centre, from, to)
		if err != nil {
			return err
		}
		_, err = scanAll(ctx, q, func(rows *sql.Rows) (struct{}, error) {
			var id acd.GroupID
			var talk time.Duration
			var talked int
			scanErr := rows.Scan(&id, millis{&talk}, &talked)
			c := counts[id]
			c.Talk, c.Talked = talk, talked
			counts[id] = c
			return struct{}{}, scanErr
		}, `SELECT group_id, sum(ended_at - answered_at), count(*) FROM parts WHERE centre = ? AND offered_at >= ?
			AND offered_at < ? AND group_id <> '' AND mine = 'answered' AND answered_at > 0 AND ended_at > 0 GROUP BY group_id`,
			centre, from, to)
		return err
	})
	return counts, err
}

// millis reads a sum of milliseconds.
type millis struct{ d *time.Duration }

// Scan implements sql.Scanner.
func (m millis) Scan(src any) error {
	ms, ok := src.(int64)
	if !ok {
		return fmt.Errorf("a sum of milliseconds is kept as %T", src)
	}
	*m.d = time.Duration(ms) * time.Millisecond
	return nil
}

// touching selects the rows of a table that touch a time, of one operator or
// all. Those of one operator do not overlap: of what began before the time only
// the last may reach into it, and the index leads there.
func touching(table, names string, operator acd.OperatorID) string {
	query := "SELECT " + names + " FROM " + table + " WHERE centre = ?1 AND from_at < ?4 AND (to_at = 0 OR to_at > ?3)"
	if operator == "" {
		return query + " AND ?2 = '' ORDER BY seq"
	}
	return query + " AND operator = ?2 AND from_at >= coalesce((SELECT max(from_at) FROM " + table +
		" WHERE centre = ?1 AND operator = ?2 AND from_at <= ?3), ?3) ORDER BY seq"
}

// Sessions returns the floor sessions that touch a time.
func (db *DB) Sessions(ctx context.Context, centre string, operator acd.OperatorID, from, to acd.Instant) ([]report.Session, error) {
	return readRows(ctx, db.reader, sessionFields, touching("sessions", sessionNames, operator), centre, operator, from, to)
}

// Intervals returns the intervals that touch a time.
func (db *DB) Intervals(ctx context.Context, centre string, operator acd.OperatorID, from, to acd.Instant) ([]report.Interval, error) {
	return readRows(ctx, db.reader, intervalFields, touching("intervals", intervalNames, operator), centre, operator, from, to)
}
