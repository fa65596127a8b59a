package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math"

	"bandeau/acd"
	"bandeau/journal"
	"bandeau/report"
	"bandeau/store"
)

// keptCheckpoints is how many checkpoints of a centre are kept: the last, and
// some to fall back on.
const keptCheckpoints = 3

const (
	advanceJournal = "UPDATE journals SET seq = ? WHERE centre = ? AND seq = ?"
	beginJournal   = "INSERT INTO journals (centre, seq) VALUES (?, ?)"
	insertEvent    = `INSERT INTO events (centre, seq, at, type, version, call_id, operator, data)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?)`
)

// hotQueries are the statements of an append.
func hotQueries() []string {
	return []string{
		advanceJournal, beginJournal, insertEvent,
		upsertCall(), upsertVisit(), upsertPart(), upsertSession(), upsertInterval(), upsertGroup(),
	}
}

// AppendEvents writes entries and rows in one transaction.
func (db *DB) AppendEvents(ctx context.Context, centre string, entries []journal.Entry, rows report.Rows) error {
	if len(entries) == 0 {
		return errors.New("sqlite: append without events")
	}
	for i, e := range entries {
		if e.Seq != entries[0].Seq+uint64(i) || e.Seq == 0 {
			return fmt.Errorf("sqlite: append: %w: %d in place %d", journal.ErrSequence, e.Seq, i)
		}
	}
	return inTx(ctx, db.writer, func(tx *sql.Tx) error {
		if err := db.advance(ctx, tx, centre, entries[0].Seq-1, entries[len(entries)-1].Seq); err != nil {
			return err
		}
		insert := tx.StmtContext(ctx, db.hot[insertEvent])
		defer func() { _ = insert.Close() }()
		for _, e := range entries {
			_, err := insert.ExecContext(ctx, centre, e.Seq, int64(e.At), e.Type, e.Version,
				optional[acd.CallID]{&e.Call}, optional[acd.OperatorID]{&e.Operator}, e.Data)
			if err != nil {
				return fmt.Errorf("sqlite: append event %d: %w", e.Seq, err)
			}
		}
		return db.writeRows(ctx, tx, centre, rows)
	})
}

// advance moves the end of the journal from one event to another, if it is
// still there.
func (db *DB) advance(ctx context.Context, tx *sql.Tx, centre string, from, to uint64) error {
	query, args := advanceJournal, []any{to, centre, from}
	if from == 0 {
		query, args = beginJournal, []any{centre, to}
	}
	stmt := tx.StmtContext(ctx, db.hot[query])
	defer func() { _ = stmt.Close() }()
	result, err := stmt.ExecContext(ctx, args...)
	if err != nil {
		if _, begun := errors.AsType[*store.ConflictError](translate(err, nil)); begun {
			return fmt.Errorf("sqlite: append: %w: the journal has begun", journal.ErrSequence)
		}
		return fmt.Errorf("sqlite: append: %w", err)
	}
	n, err := result.RowsAffected()
	if err != nil {
		return fmt.Errorf("sqlite: append: %w", err)
	}
	if n != 1 {
		return fmt.Errorf("sqlite: append: %w: event %d is not the last", journal.ErrSequence, from)
	}
	return nil
}

// LastSeq returns the sequence number of the last entry.
func (db *DB) LastSeq(ctx context.Context, centre string) (uint64, error) {
	var seq uint64
	err := db.reader.QueryRowContext(ctx, "SELECT seq FROM journals WHERE centre = ?", centre).Scan(&seq)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return 0, fmt.Errorf("sqlite: last event: %w", err)
	}
	return seq, nil
}

const selectEvents = "SELECT seq, at, type, version, call_id, operator, data FROM events WHERE centre = ? "

func scanEntry(rows *sql.Rows) (journal.Entry, error) {
	var e journal.Entry
	err := rows.Scan(&e.Seq, &e.At, &e.Type, &e.Version, optional[acd.CallID]{&e.Call}, optional[acd.OperatorID]{&e.Operator}, &e.Data)
	return e, err
}

// ReadEvents returns up to limit entries that follow after.
func (db *DB) ReadEvents(ctx context.Context, centre string, after uint64, limit int) ([]journal.Entry, error) {
	return scanAll(ctx, db.reader, scanEntry, selectEvents+"AND seq > ? ORDER BY seq LIMIT ?", centre, after, limit)
}

// CallEvents returns the entries about a call.
func (db *DB) CallEvents(ctx context.Context, centre string, call acd.CallID) ([]journal.Entry, error) {
	return scanAll(ctx, db.reader, scanEntry, selectEvents+"AND call_id = ? ORDER BY seq", centre, call)
}

// SaveCheckpoint keeps a state and forgets all but the last few.
func (db *DB) SaveCheckpoint(ctx context.Context, centre string, seq uint64, data []byte) error {
	return inTx(ctx, db.writer, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `INSERT INTO checkpoints (centre, seq, data) VALUES (?, ?, ?)
			ON CONFLICT (centre, seq) DO UPDATE SET data = excluded.data`, centre, seq, data)
		if err != nil {
			return fmt.Errorf("sqlite: save checkpoint: %w", err)
		}
		_, err = tx.ExecContext(ctx, `DELETE FROM checkpoints WHERE centre = ?1 AND seq NOT IN
			(SELECT seq FROM checkpoints WHERE centre = ?1 ORDER BY seq DESC LIMIT ?2)`, centre, keptCheckpoints)
		if err != nil {
			return fmt.Errorf("sqlite: save checkpoint: %w", err)
		}
		return nil
	})
}

// LatestCheckpoint returns the newest checkpoint at or before an event.
func (db *DB) LatestCheckpoint(ctx context.Context, centre string, atMost uint64) (uint64, []byte, error) {
	var seq uint64
	var data []byte
	err := db.reader.QueryRowContext(ctx, "SELECT seq, data FROM checkpoints WHERE centre = ? AND seq <= ? ORDER BY seq DESC LIMIT 1",
		centre, min(atMost, math.MaxInt64)).Scan(&seq, &data)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return 0, nil, journal.ErrNoCheckpoint
	case err != nil:
		return 0, nil, fmt.Errorf("sqlite: read checkpoint: %w", err)
	}
	return seq, data, nil
}
