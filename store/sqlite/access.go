package sqlite

import (
	"context"
	"fmt"
	"time"

	"bandeau/directory"
	"bandeau/store"
)

// logins finds who a login belongs to.
type logins struct{ r *records }

// Find returns the subject of a login.
func (l logins) Find(ctx context.Context, centre directory.ID, login string) (store.Login, error) {
	found := store.Login{Centre: centre}
	err := l.r.view(ctx, func(q querier) error {
		return q.QueryRowContext(ctx, "SELECT id, operator FROM subjects WHERE centre = ? AND lower(login) = lower(?)", centre, login).
			Scan(&found.Subject, &found.Operator)
	})
	return found, notFound("find login", err)
}

// credentials keeps the passwords' hashes.
type credentials struct{ r *records }

// Get returns the credential of a subject.
func (c credentials) Get(ctx context.Context, centre, subject directory.ID) (directory.Credential, error) {
	found := directory.Credential{Subject: subject}
	err := c.r.view(ctx, func(q querier) error {
		return q.QueryRowContext(ctx, `SELECT hash, must_change, expires_at, updated_at FROM credentials
			WHERE centre = ? AND subject = ?`, centre, subject).
			Scan(&found.Hash, &found.MustChange, instant{&found.ExpiresAt}, instant{&found.UpdatedAt})
	})
	return found, notFound("read credential", err)
}

// Put stores the credential of a subject, which replaces the one before.
func (c credentials) Put(ctx context.Context, centre directory.ID, v directory.Credential) error {
	_, err := c.r.exec(ctx, "store credential", `INSERT INTO credentials (centre, subject, hash, must_change, expires_at, updated_at)
		VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (centre, subject) DO UPDATE SET hash = excluded.hash,
		must_change = excluded.must_change, expires_at = excluded.expires_at, updated_at = excluded.updated_at`,
		centre, v.Subject, v.Hash.Reveal(), v.MustChange, instant{&v.ExpiresAt}, notZero(v.UpdatedAt))
	return err
}

// webSessions keeps the web sessions.
type webSessions struct{ r *records }

// Create stores a session.
func (w webSessions) Create(ctx context.Context, s directory.Session) error {
	n, err := w.r.exec(ctx, "store web session", `INSERT INTO web_sessions
		(hash, centre, subject, role, must_change, created_at, last_request_at)
		SELECT ?, centre, id, ?, ?, ?, ? FROM subjects WHERE centre = ? AND id = ?`,
		s.Hash, s.Role, s.MustChangePassword, notZero(s.CreatedAt), notZero(s.LastRequestAt), s.Centre, s.Subject)
	if err == nil && n == 0 {
		err = fmt.Errorf("sqlite: store web session: %w", store.ErrDangling)
	}
	return err
}

// Get returns a session.
func (w webSessions) Get(ctx context.Context, hash []byte) (directory.Session, error) {
	s := directory.Session{Hash: hash}
	err := w.r.view(ctx, func(q querier) error {
		return q.QueryRowContext(ctx, `SELECT centre, subject, role, must_change, created_at, last_request_at
			FROM web_sessions WHERE hash = ?`, hash).
			Scan(&s.Centre, &s.Subject, &s.Role, &s.MustChangePassword, instant{&s.CreatedAt}, instant{&s.LastRequestAt})
	})
	return s, notFound("read web session", err)
}

// Touch notes a request; the clock never takes a session back.
func (w webSessions) Touch(ctx context.Context, hash []byte, at time.Time) error {
	return w.change(ctx, "UPDATE web_sessions SET last_request_at = max(last_request_at, ?) WHERE hash = ?", notZero(at), hash)
}

// Update replaces what may change of a session.
func (w webSessions) Update(ctx context.Context, s directory.Session) error {
	return w.change(ctx, "UPDATE web_sessions SET must_change = ?, last_request_at = ? WHERE hash = ?",
		s.MustChangePassword, notZero(s.LastRequestAt), s.Hash)
}

// change changes one session.
func (w webSessions) change(ctx context.Context, query string, args ...any) error {
	n, err := w.r.exec(ctx, "change web session", query, args...)
	if err == nil && n == 0 {
		err = fmt.Errorf("sqlite: change web session: %w", store.ErrNotFound)
	}
	return err
}

// Delete ends a session.
func (w webSessions) Delete(ctx context.Context, hash []byte) error {
	_, err := w.r.exec(ctx, "delete web session", "DELETE FROM web_sessions WHERE hash = ?", hash)
	return err
}

// DeleteOf ends the sessions of a subject but one.
func (w webSessions) DeleteOf(ctx context.Context, centre, subject directory.ID, except []byte) error {
	if except == nil {
		except = []byte{}
	}
	_, err := w.r.exec(ctx, "delete web sessions", "DELETE FROM web_sessions WHERE centre = ? AND subject = ? AND hash <> ?",
		centre, subject, except)
	return err
}

// DeleteIdle ends the sessions without a request for too long.
func (w webSessions) DeleteIdle(ctx context.Context, operators, users time.Time) error {
	_, err := w.r.exec(ctx, "delete idle web sessions", `DELETE FROM web_sessions
		WHERE last_request_at <= CASE WHEN role = ? THEN ? ELSE ? END`,
		directory.RoleOperator, notZero(operators), notZero(users))
	return err
}
