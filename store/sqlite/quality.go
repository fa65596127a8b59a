package sqlite

import (
	"context"
	"database/sql"

	"bandeau/acd"
	"bandeau/directory"
	"bandeau/store"
)

// qualities keeps how browsers heard their calls.
type qualities struct{ r *records }

// Save stores what a browser measured in a call, in place of what was stored.
func (q qualities) Save(ctx context.Context, v store.Quality) error {
	_, err := q.r.exec(ctx, "save quality", `INSERT OR REPLACE INTO call_quality (centre, call, owner,
		last_loss, last_jitter_ms, last_round_trip_ms, worst_loss, worst_jitter_ms, worst_round_trip_ms)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`, v.Centre, v.Call, v.Owner,
		v.Last.LossPercent, v.Last.Jitter.Milliseconds(), v.Last.RoundTrip.Milliseconds(),
		v.Worst.LossPercent, v.Worst.Jitter.Milliseconds(), v.Worst.RoundTrip.Milliseconds())
	return err
}

// OfCall returns what the browsers of a call measured, by owner.
func (q qualities) OfCall(ctx context.Context, centre directory.ID, call acd.CallID) ([]store.Quality, error) {
	var all []store.Quality
	err := q.r.view(ctx, func(db querier) (err error) {
		all, err = scanAll(ctx, db, scanQuality, `SELECT centre, call, owner, last_loss, last_jitter_ms, last_round_trip_ms,
			worst_loss, worst_jitter_ms, worst_round_trip_ms FROM call_quality WHERE centre = ? AND call = ? ORDER BY owner`,
			centre, call)
		return err
	})
	return all, err
}

func scanQuality(rows *sql.Rows) (store.Quality, error) {
	var v store.Quality
	err := rows.Scan(&v.Centre, &v.Call, &v.Owner,
		&v.Last.LossPercent, milliseconds{&v.Last.Jitter}, milliseconds{&v.Last.RoundTrip},
		&v.Worst.LossPercent, milliseconds{&v.Worst.Jitter}, milliseconds{&v.Worst.RoundTrip})
	return v, err
}
