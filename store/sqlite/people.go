package sqlite

import (
	"context"
	"database/sql"

	"bandeau/directory"
	"bandeau/store"
)

// operatorTable ties operators to their table.
func operatorTable() *table[directory.Operator] {
	return &table[directory.Operator]{
		name:    "operators",
		order:   "lower(full_name)",
		meta:    func(o *directory.Operator) *directory.Meta { return &o.Meta },
		columns: operatorColumns,
		search:  func(o *directory.Operator) string { return o.Login + "\n" + o.FullName + "\n" + o.Email },
		conflicts: map[string]string{
			"subjects_login": "login", "operators_email": "email", "inbound_numbers.number": "directNumber",
		},
		before: func(ctx context.Context, q querier, o *directory.Operator, created bool) error {
			return writeSubject(ctx, q, o.Meta, o.Login, true, created)
		},
		after: func(ctx context.Context, q querier, o *directory.Operator, _ bool) error {
			_, err := q.ExecContext(ctx, "DELETE FROM inbound_numbers WHERE centre = ? AND operator = ?", o.Centre, o.ID)
			if err != nil || o.DirectNumber == "" {
				return err
			}
			_, err = q.ExecContext(ctx, "INSERT INTO inbound_numbers (number, centre, operator) VALUES (?, ?, ?)",
				o.DirectNumber, o.Centre, o.ID)
			return err
		},
		users: func(ctx context.Context, q querier, centre, id directory.ID) ([]store.Use, error) {
			return queryUses(ctx, q, `SELECT 'number', id, number FROM numbers
				WHERE centre = ?1 AND (destination_operator = ?2 OR overflow_operator = ?2) ORDER BY number`, centre, id)
		},
		deleted: deleteSubject,
	}
}

func operatorColumns(o *directory.Operator) []column {
	return []column{
		{"enabled", &o.Enabled},
		{"password_state", &o.PasswordState},
		{"login", &o.Login},
		{"language", &o.Language},
		{"full_name", &o.FullName},
		{"caller_id_mode", &o.CallerID.Mode},
		{"caller_id_number", &o.CallerID.Number},
		{"direct_number", optional[string]{&o.DirectNumber}},
		{"screen_pop_window", &o.ScreenPop.Window},
		{"screen_pop_incoming_url", &o.ScreenPop.IncomingURL},
		{"screen_pop_outgoing_url", &o.ScreenPop.OutgoingURL},
		{"show_waiting", &o.ShowWaiting},
		{"show_numbers_in_history", &o.ShowNumbersInHistory},
		{"email", &o.Email},
		{"always_connected", &o.AlwaysConnected},
		{"record", &o.Record},
		{"phone_kind", &o.Phone.Kind},
		{"phone_number", &o.Phone.Number},
		{"phone_account", optional[directory.ID]{&o.Phone.Account}},
		{"phone_confirm", &o.Phone.Confirm},
		{"phone_fallback", &o.Phone.Fallback},
		{"ask_phone_at_login", &o.AskPhoneAtLogin},
		{"wrap_up_seconds", &o.WrapUpSeconds},
		{"ring_seconds", &o.RingSeconds},
		{"retry_seconds", &o.RetrySeconds},
		{"idle_logout_minutes", &o.IdleLogoutMinutes},
		{"missed_logout_count", &o.MissedLogoutCount},
		{"silence_logout", &o.SilenceLogout},
		{"allow_outgoing", &o.AllowOutgoing},
		{"allow_phone_change", &o.AllowPhoneChange},
		{"logout_at", &o.LogoutAt},
		{"persistent_session", &o.PersistentSession},
		{"pause_at_login", &o.PauseAtLogin},
		{"dial_country", &o.DialCountry},
	}
}

// userTable ties users to their table.
func userTable() *table[directory.User] {
	return &table[directory.User]{
		name:  "users",
		order: "lower(name)",
		meta:  func(u *directory.User) *directory.Meta { return &u.Meta },
		columns: func(u *directory.User) []column {
			return []column{
				{"login", &u.Login},
				{"name", &u.Name},
				{"email", &u.Email},
				{"language", &u.Language},
				{"role", &u.Role},
				{"all_groups", everything{&u.Groups}},
				{"right_detail", &u.Rights.OperatorDetail},
				{"right_listen", &u.Rights.Listen},
				{"password_state", &u.PasswordState},
			}
		},
		search:    func(u *directory.User) string { return u.Login + "\n" + u.Name + "\n" + u.Email },
		conflicts: map[string]string{"subjects_login": "login", "user_groups.group_id": "groups"},
		before: func(ctx context.Context, q querier, u *directory.User, created bool) error {
			return writeSubject(ctx, q, u.Meta, u.Login, false, created)
		},
		after:   writeUserGroups,
		load:    loadUserGroups,
		deleted: deleteUser,
	}
}

func writeUserGroups(ctx context.Context, q querier, u *directory.User, _ bool) error {
	if _, err := q.ExecContext(ctx, "DELETE FROM user_groups WHERE centre = ? AND user_id = ?", u.Centre, u.ID); err != nil {
		return err
	}
	for i, group := range u.Groups {
		_, err := q.ExecContext(ctx, "INSERT INTO user_groups (centre, user_id, group_id, position) VALUES (?, ?, ?, ?)",
			u.Centre, u.ID, group, i)
		if err != nil {
			return err
		}
	}
	return nil
}

func loadUserGroups(ctx context.Context, q querier, centre directory.ID, users []*directory.User) error {
	byID := map[directory.ID]*directory.User{}
	for _, u := range users {
		byID[u.ID] = u
	}
	query, args := "SELECT user_id, group_id FROM user_groups WHERE centre = ?", []any{centre}
	if len(users) == 1 {
		query, args = query+" AND user_id = ?", append(args, users[0].ID)
	}
	_, err := scanAll(ctx, q, func(rows *sql.Rows) (struct{}, error) {
		var user, group directory.ID
		err := rows.Scan(&user, &group)
		if u := byID[user]; u != nil {
			u.Groups = append(u.Groups, group)
		}
		return struct{}{}, err
	}, query+" ORDER BY user_id, position", args...)
	return err
}

// writeSubject keeps who a login belongs to. It comes before the record's own
// row, which refers to it; an update of a record that is gone finds no subject
// and changes nothing.
func writeSubject(ctx context.Context, q querier, m directory.Meta, login string, operator, created bool) error {
	if created {
		_, err := q.ExecContext(ctx, "INSERT INTO subjects (centre, id, operator, login) VALUES (?, ?, ?, ?)",
			m.Centre, m.ID, operator, login)
		return err
	}
	_, err := q.ExecContext(ctx, "UPDATE subjects SET login = ? WHERE centre = ? AND id = ? AND operator = ?",
		login, m.Centre, m.ID, operator)
	return err
}

// deleteUser removes what belongs to a user, his web sessions at once.
func deleteUser(ctx context.Context, q querier, centre, id directory.ID) error {
	if _, err := q.ExecContext(ctx, "DELETE FROM web_sessions WHERE centre = ? AND subject = ?", centre, id); err != nil {
		return err
	}
	return deleteSubject(ctx, q, centre, id)
}

// deleteSubject removes the subject of a deleted record and with it, by
// cascade, its password and mails. An operator's web session ends with his
// session on the floor, which may wait for a call.
func deleteSubject(ctx context.Context, q querier, centre, id directory.ID) error {
	_, err := q.ExecContext(ctx, "DELETE FROM subjects WHERE centre = ? AND id = ?", centre, id)
	return err
}

// tokenTable ties tokens to their table.
func tokenTable() *table[directory.Token] {
	return &table[directory.Token]{
		name:  "tokens",
		order: "lower(name)",
		meta:  func(t *directory.Token) *directory.Meta { return &t.Meta },
		columns: func(t *directory.Token) []column {
			return []column{
				{"name", &t.Name},
				{"role", &t.Role},
				{"expires_at", instant{&t.ExpiresAt}},
				{"made_by", optional[directory.ID]{&t.MadeBy}},
				{"hash", &t.Hash},
			}
		},
		conflicts: map[string]string{"tokens.hash": "hash"},
	}
}

// tokens keeps programs' tokens.
type tokens struct{ repository[directory.Token] }

// ByHash returns the token of a hash.
func (t tokens) ByHash(ctx context.Context, hash []byte) (directory.Token, error) {
	return t.one(ctx, "WHERE hash = ?", hash)
}
