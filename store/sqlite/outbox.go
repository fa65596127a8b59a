package sqlite

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"bandeau/directory"
	"bandeau/store"
)

// mailTable ties the mails to their table. Their bodies are kept apart from the
// columns, so that no list can carry them.
func mailTable() *table[directory.Mail] {
	return &table[directory.Mail]{
		name:  "outbox",
		order: "created_at",
		meta:  func(m *directory.Mail) *directory.Meta { return &m.Meta },
		columns: func(m *directory.Mail) []column {
			return []column{
				{"about", optional[directory.ID]{&m.About}},
				{"about_role", &m.AboutRole},
				{"recipient", &m.To},
				{"recipient_name", &m.ToName},
				{"subject", &m.Subject},
				{"state", &m.State},
				{"attempts", &m.Attempts},
				{"last_error", &m.LastError},
				{"next_attempt", instant{&m.NextAttempt}},
				{"sent_at", instant{&m.SentAt}},
			}
		},
	}
}

// outbox keeps the mails.
type outbox struct{ p repository[directory.Mail] }

// bodies are the sealed columns of a mail.
func (o outbox) bodies(m *directory.Mail) (text, html sealed) {
	owner := func(part string) func() string {
		return func() string { return "mail/" + string(m.Centre) + "/" + string(m.ID) + "/" + part }
	}
	return sealed{o.p.r.box, &m.Text, owner("text")}, sealed{o.p.r.box, &m.HTML, owner("html")}
}

// Create stores a mail to be sent.
func (o outbox) Create(ctx context.Context, m directory.Mail) (directory.Mail, error) {
	var stored directory.Mail
	err := o.p.r.write(ctx, func(q querier) error {
		var err error
		if stored, err = (repository[directory.Mail]{o.p.r.within(q), o.p.t}).Create(ctx, m); err != nil {
			return err
		}
		text, html := o.bodies(&m)
		_, err = q.ExecContext(ctx, "UPDATE outbox SET body_text = ?, body_html = ? WHERE centre = ? AND id = ?", text, html, m.Centre, m.ID)
		return err
	})
	return stored, err
}

// Get returns a mail without its body.
func (o outbox) Get(ctx context.Context, centre, id directory.ID) (directory.Mail, error) {
	return o.p.Get(ctx, centre, id)
}

// List returns a page of mails, without their bodies, in the order they were made.
func (o outbox) List(ctx context.Context, centre directory.ID, page store.Page) (store.Listing[directory.Mail], error) {
	return o.p.List(ctx, centre, page)
}

// Claim returns the mails that are due, with their bodies.
func (o outbox) Claim(ctx context.Context, now time.Time, lease time.Duration, limit int) ([]directory.Mail, error) {
	var claimed []directory.Mail
	err := o.p.r.write(ctx, func(q querier) error {
		due, _, err := o.p.query(ctx, q, "", "WHERE state = ? AND coalesce(next_attempt, 0) <= ? ORDER BY next_attempt, created_at, id LIMIT ?",
			directory.MailWaiting, notZero(now), limit)
		if err != nil {
			return err
		}
		for i := range due {
			m := &due[i]
			m.Attempts++
			m.NextAttempt = now.Add(lease).UTC().Truncate(time.Millisecond)
			m.UpdatedAt = now.UTC().Truncate(time.Millisecond)
			m.Revision++
			text, html := o.bodies(m)
			err := q.QueryRowContext(ctx, `UPDATE outbox SET attempts = ?, next_attempt = ?, updated_at = ?, revision = ?
				WHERE centre = ? AND id = ? RETURNING body_text, body_html`,
				m.Attempts, instant{&m.NextAttempt}, instant{&m.UpdatedAt}, m.Revision, m.Centre, m.ID).Scan(text, html)
			if err != nil {
				return err
			}
		}
		claimed = due
		return nil
	})
	if err != nil {
		return nil, o.p.fail("claim", "", err)
	}
	return claimed, nil
}

// NextDue returns the instant of the earliest attempt.
func (o outbox) NextDue(ctx context.Context) (time.Time, bool, error) {
	var at sql.NullInt64
	err := o.p.r.view(ctx, func(q querier) error {
		return q.QueryRowContext(ctx, "SELECT min(coalesce(next_attempt, 0)) FROM outbox WHERE state = ?", directory.MailWaiting).Scan(&at)
	})
	if err != nil {
		return time.Time{}, false, fmt.Errorf("sqlite: next mail: %w", err)
	}
	return time.UnixMilli(at.Int64).UTC(), at.Valid, nil
}

// MarkSent notes the delivery and forgets the body.
func (o outbox) MarkSent(ctx context.Context, centre, id directory.ID, at time.Time) error {
	return o.mark(ctx, id, `UPDATE outbox SET state = ?, sent_at = ?, updated_at = ?, revision = revision + 1, last_error = '',
		next_attempt = NULL, body_text = NULL, body_html = NULL WHERE centre = ? AND id = ?`,
		directory.MailSent, notZero(at), notZero(at), centre, id)
}

// MarkFailed notes a failed attempt.
func (o outbox) MarkFailed(ctx context.Context, centre, id directory.ID, at time.Time, lastError string, next time.Time, giveUp bool) error {
	if giveUp {
		return o.mark(ctx, id, `UPDATE outbox SET state = ?, last_error = ?, updated_at = ?, revision = revision + 1,
			next_attempt = NULL, body_text = NULL, body_html = NULL WHERE centre = ? AND id = ?`,
			directory.MailFailed, lastError, notZero(at), centre, id)
	}
	return o.mark(ctx, id, `UPDATE outbox SET last_error = ?, updated_at = ?, revision = revision + 1, next_attempt = ?
		WHERE centre = ? AND id = ?`, lastError, notZero(at), notZero(next), centre, id)
}

func (o outbox) mark(ctx context.Context, id directory.ID, query string, args ...any) error {
	n, err := o.p.r.exec(ctx, "change mail", query, args...)
	if err == nil && n == 0 {
		err = o.p.fail("change", id, store.ErrNotFound)
	}
	return err
}

// Withdraw gives up the waiting mails about a subject.
func (o outbox) Withdraw(ctx context.Context, centre, about directory.ID, at time.Time) error {
	_, err := o.p.r.exec(ctx, "withdraw mails", `UPDATE outbox SET state = ?, last_error = 'replaced by a newer mail', updated_at = ?,
		revision = revision + 1, next_attempt = NULL, body_text = NULL, body_html = NULL
		WHERE centre = ? AND about = ? AND state = ?`,
		directory.MailFailed, notZero(at), centre, about, directory.MailWaiting)
	return err
}

// SetPasswordState notes where the password of a subject stands.
func (o outbox) SetPasswordState(ctx context.Context, centre, subject directory.ID, state directory.PasswordState) error {
	for _, table := range []string{"operators", "users"} {
		if _, err := o.p.r.exec(ctx, "note password state", "UPDATE "+table+" SET password_state = ? WHERE centre = ? AND id = ?",
			state, centre, subject); err != nil {
			return err
		}
	}
	return nil
}
