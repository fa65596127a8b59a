package sqlite

import (
	"context"
	"database/sql"
	"fmt"
	"net/netip"
	"time"

	"bandeau/directory"
	"bandeau/store"
)

// phoneTable ties Centrex phones to their table.
func phoneTable() *table[directory.Phone] {
	return &table[directory.Phone]{
		name:  "phones",
		order: "lower(label)",
		meta:  func(p *directory.Phone) *directory.Meta { return &p.Meta },
		columns: func(p *directory.Phone) []column {
			return []column{
				{"label", &p.Label},
				{"username", &p.Username},
				{"number", optional[string]{&p.Number}},
			}
		},
		conflicts: map[string]string{"phones_username": "username", "phones.number": "number"},
		users: func(ctx context.Context, q querier, centre, id directory.ID) ([]store.Use, error) {
			return queryUses(ctx, q, `SELECT 'operator', id, full_name FROM operators
				WHERE centre = ? AND phone_account = ? ORDER BY full_name`, centre, id)
		},
		deleted: func(ctx context.Context, q querier, _, id directory.ID) error {
			_, err := q.ExecContext(ctx, "DELETE FROM bindings WHERE account = ?", id)
			return err
		},
	}
}

// phones keeps the Centrex phones.
type phones struct{ repository[directory.Phone] }

// ByUsername returns the phone of a SIP user name.
func (p phones) ByUsername(ctx context.Context, username string) (directory.Phone, error) {
	return p.one(ctx, "WHERE lower(username) = lower(?)", username)
}

// SetSecret stores the password of a phone.
func (p phones) SetSecret(ctx context.Context, centre directory.ID, s directory.PhoneSecret) error {
	_, err := p.r.exec(ctx, "store phone password", `INSERT INTO phone_secrets (centre, phone, password) VALUES (?, ?, ?)
		ON CONFLICT (centre, phone) DO UPDATE SET password = excluded.password`,
		centre, s.Phone, p.sealed(centre, s.Phone, &s.Password))
	return err
}

// sealed is the column of a phone's password.
func (p phones) sealed(centre, phone directory.ID, password *directory.Secret) sealed {
	return sealed{p.r.box, password, func() string { return "phone/" + string(centre) + "/" + string(phone) }}
}

// Accounts returns every phone of the node with its password.
func (p phones) Accounts(ctx context.Context) ([]store.PhoneAccount, error) {
	var accounts []store.PhoneAccount
	err := p.r.view(ctx, func(q querier) error {
		all, _, err := p.query(ctx, q, "", "ORDER BY centre, id")
		if err != nil {
			return err
		}
		passwords := map[[2]directory.ID]directory.Secret{}
		_, err = scanAll(ctx, q, func(rows *sql.Rows) (struct{}, error) {
			var centre, phone directory.ID
			var text []byte
			if scanErr := rows.Scan(&centre, &phone, &text); scanErr != nil {
				return struct{}{}, scanErr
			}
			var password directory.Secret
			openErr := p.sealed(centre, phone, &password).Scan(text)
			passwords[[2]directory.ID{centre, phone}] = password
			return struct{}{}, openErr
		}, "SELECT centre, phone, password FROM phone_secrets")
		for _, phone := range all {
			accounts = append(accounts, store.PhoneAccount{Phone: phone, Password: passwords[[2]directory.ID{phone.Centre, phone.ID}]})
		}
		return err
	})
	if err != nil {
		return nil, p.fail("list", "", err)
	}
	return accounts, nil
}

// trunkTable ties trunks to their table.
func trunkTable(box *store.Box) *table[directory.Trunk] {
	return &table[directory.Trunk]{
		name:  "trunks",
		order: "priority",
		meta:  func(t *directory.Trunk) *directory.Meta { return &t.Meta },
		columns: func(t *directory.Trunk) []column {
			return []column{
				{"name", &t.Name},
				{"host", &t.Host},
				{"port", &t.Port},
				{"transport", &t.Transport},
				{"sources", list[string]{&t.Sources}},
				{"username", &t.Username},
				{"password", sealed{box, &t.Password, func() string {
					return "trunk/" + string(t.Centre) + "/" + string(t.ID)
				}}},
				{"digest", &t.Digest},
				{"register", &t.Register},
				{"max_calls", &t.MaxCalls},
				{"priority", &t.Priority},
				{"codecs", list[directory.Codec]{&t.Codecs}},
				{"keepalive_seconds", &t.KeepaliveSeconds},
				{"format", &t.Format},
				{"forward_caller", &t.ForwardCaller},
				{"enabled", &t.Enabled},
			}
		},
	}
}

// trunks keeps the trunks.
type trunks struct{ repository[directory.Trunk] }

// All returns the trunks of every centre.
func (t trunks) All(ctx context.Context) ([]directory.Trunk, error) {
	var all []directory.Trunk
	err := t.r.view(ctx, func(q querier) (err error) {
		all, _, err = t.query(ctx, q, "", "ORDER BY centre, priority, id")
		return err
	})
	if err != nil {
		return nil, t.fail("list", "", err)
	}
	return all, nil
}

// bindings keeps the registrations.
type bindings struct{ r *records }

// Load returns every binding.
func (b bindings) Load(ctx context.Context) ([]store.Binding, error) {
	var all []store.Binding
	err := b.r.view(ctx, func(q querier) (err error) {
		all, err = scanAll(ctx, q, scanBinding, `SELECT account, contact, source, local, transport, call_id, cseq, q,
			expires, updated, user_agent, allow_talk FROM bindings ORDER BY account, contact`)
		return err
	})
	return all, err
}

func scanBinding(rows *sql.Rows) (store.Binding, error) {
	var b store.Binding
	var source, local string
	err := rows.Scan(&b.Account, &b.Contact, &source, &local, &b.Transport, &b.CallID, &b.CSeq, &b.Q,
		instant{&b.Expires}, instant{&b.Updated}, &b.UserAgent, &b.AllowTalk)
	if err != nil {
		return b, err
	}
	if b.Source, err = parseAddrPort(source); err != nil {
		return b, err
	}
	b.Local, err = parseAddrPort(local)
	return b, err
}

// parseAddrPort reads an address; the invalid one is kept as an empty text.
func parseAddrPort(text string) (netip.AddrPort, error) {
	if text == "" {
		return netip.AddrPort{}, nil
	}
	return netip.ParseAddrPort(text)
}

func addrPortText(a netip.AddrPort) string {
	if !a.IsValid() {
		return ""
	}
	return a.String()
}

// Save inserts or replaces a binding.
func (b bindings) Save(ctx context.Context, v store.Binding) error {
	_, err := b.r.exec(ctx, "save binding", `INSERT INTO bindings (account, contact, source, local, transport, call_id,
		cseq, q, expires, updated, user_agent, allow_talk) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (account, contact) DO UPDATE SET source = excluded.source, local = excluded.local,
		transport = excluded.transport, call_id = excluded.call_id, cseq = excluded.cseq, q = excluded.q,
		expires = excluded.expires, updated = excluded.updated, user_agent = excluded.user_agent,
		allow_talk = excluded.allow_talk`,
		v.Account, v.Contact, addrPortText(v.Source), addrPortText(v.Local), v.Transport, v.CallID, v.CSeq, v.Q,
		notZero(v.Expires), notZero(v.Updated), v.UserAgent, v.AllowTalk)
	return err
}

// notZero is an instant for a column that is never NULL.
func notZero(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMilli()
}

// Delete removes a binding.
func (b bindings) Delete(ctx context.Context, account, contact string) error {
	_, err := b.r.exec(ctx, "delete binding", "DELETE FROM bindings WHERE account = ? AND contact = ?", account, contact)
	if err != nil {
		return fmt.Errorf("%w (account %s)", err, account)
	}
	return nil
}
