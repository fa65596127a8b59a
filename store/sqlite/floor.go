package sqlite

import (
	"context"
	"database/sql"

	"bandeau/directory"
	"bandeau/store"
)

// centreTable ties centres to their table.
func centreTable() *table[directory.Centre] {
	return &table[directory.Centre]{
		name:  "centres",
		order: "lower(name)",
		meta:  func(c *directory.Centre) *directory.Meta { return &c.Meta },
		columns: func(c *directory.Centre) []column {
			return []column{
				{"name", &c.Name},
				{"language", &c.Language},
				{"time_zone", &c.TimeZone},
				{"dial_country", &c.DialCountry},
				{"main_number", &c.MainNumber},
				{"recording_notice", &c.RecordingNotice},
				{"show_listening", &c.ShowListening},
			}
		},
		conflicts: map[string]string{"centres.name": "name"},
	}
}

// centres keeps the centres. A centre belongs to none: in its table the column
// centre repeats its own identifier, so that it is kept like any other record.
type centres struct {
	r repository[directory.Centre]
}

// Create stores a new centre.
func (c centres) Create(ctx context.Context, centre directory.Centre) (directory.Centre, error) {
	centre.Centre = centre.ID
	stored, err := c.r.Create(ctx, centre)
	stored.Centre = ""
	return stored, err
}

// Get returns a centre.
func (c centres) Get(ctx context.Context, id directory.ID) (directory.Centre, error) {
	centre, err := c.r.Get(ctx, id, id)
	centre.Centre = ""
	return centre, err
}

// ByName returns the centre of a name.
func (c centres) ByName(ctx context.Context, name string) (directory.Centre, error) {
	centre, err := c.r.one(ctx, "WHERE name = ?", name)
	centre.Centre = ""
	return centre, err
}

// List returns the centres by name.
func (c centres) List(ctx context.Context) ([]directory.Centre, error) {
	var all []directory.Centre
	err := c.r.r.view(ctx, func(q querier) (err error) {
		all, _, err = c.r.query(ctx, q, "", "ORDER BY lower(name), id")
		return err
	})
	if err != nil {
		return nil, c.r.fail("list", "", err)
	}
	for i := range all {
		all[i].Centre = ""
	}
	return all, nil
}

// Update stores a changed centre.
func (c centres) Update(ctx context.Context, centre directory.Centre) (directory.Centre, error) {
	centre.Centre = centre.ID
	stored, err := c.r.Update(ctx, centre)
	stored.Centre = ""
	return stored, err
}

// groupTable ties groups to their table.
func groupTable() *table[directory.Group] {
	return &table[directory.Group]{
		name:      "groups",
		order:     "lower(name)",
		meta:      func(g *directory.Group) *directory.Meta { return &g.Meta },
		columns:   groupColumns,
		conflicts: map[string]string{"group_members.operator": "members"},
		after:     writeGroup,
		load:      loadGroups,
		users: func(ctx context.Context, q querier, centre, id directory.ID) ([]store.Use, error) {
			return queryUses(ctx, q, `SELECT 'number', id, number AS name FROM numbers
				WHERE centre = ?1 AND (destination_group = ?2 OR overflow_group = ?2)
				UNION SELECT 'number', n.id, n.number FROM hours_exits e
				JOIN numbers n ON n.centre = e.centre AND n.id = e.number_id WHERE e.centre = ?1 AND e.to_group = ?2
				UNION SELECT 'group', id, name FROM groups WHERE centre = ?1 AND overflow_group = ?2 AND id <> ?2
				UNION SELECT 'group', g.id, g.name FROM hours_exits e
				JOIN groups g ON g.centre = e.centre AND g.id = e.group_id
				WHERE e.centre = ?1 AND e.to_group = ?2 AND g.id <> ?2 ORDER BY 1, 3`, centre, id)
		},
	}
}

func groupColumns(g *directory.Group) []column {
	return []column{
		{"name", &g.Name},
		{"colour", &g.Colour},
		{"strategy", &g.Strategy},
		{"priority", &g.Priority},
		{"wrap_up_seconds", &g.WrapUpSeconds},
		{"outgoing_number", &g.OutgoingNumber},
		{"transfer_number", &g.TransferNumber},
		{"record_inbound", &g.Record.Inbound},
		{"record_outbound", &g.Record.Outbound},
		{"operator_may_stop_recording", &g.OperatorMayStopRecording},
		{"operator_may_keep_recording", &g.OperatorMayKeepRecording},
		{"pick_up", &g.PickUp},
		{"max_waiting", &g.MaxWaiting},
		{"max_wait_seconds", &g.MaxWaitSeconds},
		{"overflow_type", &g.Overflow.Type},
		{"overflow_id", &g.Overflow.ID},
		{"overflow_number", &g.Overflow.Number},
		{"when_nobody", &g.WhenNobody},
		{"service_level_seconds", &g.ServiceLevel.Seconds},
		{"service_level_percent", &g.ServiceLevel.Percent},
		{"announce_position", &g.Announcements.Position},
		{"announce_wait", &g.Announcements.EstimatedWait},
		{"announce_every", &g.Announcements.EverySeconds},
		{"opening_hours", opening{&g.Hours}},
	}
}

// writeGroup writes what belongs to a group beside its row.
func writeGroup(ctx context.Context, q querier, g *directory.Group, _ bool) error {
	if err := writeMembers(ctx, q, g); err != nil {
		return err
	}
	if err := writeGroupSounds(ctx, q, g); err != nil {
		return err
	}
	return hoursOfGroup.write(ctx, q, g.Centre, g.ID, g.Hours)
}

// loadGroups reads it.
func loadGroups(ctx context.Context, q querier, centre directory.ID, groups []*directory.Group) error {
	byID := map[directory.ID]*directory.Group{}
	for _, g := range groups {
		byID[g.ID] = g
	}
	if err := loadMembers(ctx, q, centre, groups, byID); err != nil {
		return err
	}
	if err := loadGroupSounds(ctx, q, centre, byID); err != nil {
		return err
	}
	return hoursOfGroup.load(ctx, q, centre, func(id directory.ID) *directory.Hours {
		if g := byID[id]; g != nil {
			return g.Hours
		}
		return nil
	})
}

func writeMembers(ctx context.Context, q querier, g *directory.Group) error {
	if _, err := q.ExecContext(ctx, "DELETE FROM group_members WHERE centre = ? AND group_id = ?", g.Centre, g.ID); err != nil {
		return err
	}
	for _, m := range g.Members {
		_, err := q.ExecContext(ctx, `INSERT INTO group_members (centre, group_id, operator, position, level, suspended)
			VALUES (?, ?, ?, ?, ?, ?)`, g.Centre, g.ID, m.Operator, m.Order, m.Level, m.Suspended)
		if err != nil {
			return err
		}
	}
	return nil
}

func loadMembers(
	ctx context.Context, q querier, centre directory.ID, groups []*directory.Group, byID map[directory.ID]*directory.Group,
) error {
	query, args := "SELECT group_id, operator, position, level, suspended FROM group_members WHERE centre = ?", []any{centre}
	if len(groups) == 1 {
		query, args = query+" AND group_id = ?", append(args, groups[0].ID)
	}
	_, err := scanAll(ctx, q, func(rows *sql.Rows) (struct{}, error) {
		var group directory.ID
		var m directory.Member
		err := rows.Scan(&group, &m.Operator, &m.Order, &m.Level, &m.Suspended)
		if g := byID[group]; g != nil {
			g.Members = append(g.Members, m)
		}
		return struct{}{}, err
	}, query+" ORDER BY group_id, position, operator", args...)
	return err
}

// pauseTypeTable ties pause types to their table.
func pauseTypeTable() *table[directory.PauseType] {
	return &table[directory.PauseType]{
		name:  "pause_types",
		order: "position",
		meta:  func(p *directory.PauseType) *directory.Meta { return &p.Meta },
		columns: func(p *directory.PauseType) []column {
			return []column{
				{"name_fr", &p.Names.FR},
				{"name_en", &p.Names.EN},
				{"name_it", &p.Names.IT},
				{"name_es", &p.Names.ES},
				{"colour", &p.Colour},
				{"position", &p.Order},
				{"max_minutes", &p.MaxMinutes},
				{"productive", &p.Productive},
				{"login", &p.Login},
			}
		},
		conflicts: map[string]string{"pause_types.centre": "login"},
		before: func(ctx context.Context, q querier, p *directory.PauseType, _ bool) error {
			if !p.Login {
				return nil
			}
			_, err := q.ExecContext(ctx, `UPDATE pause_types SET login = 0, revision = revision + 1, updated_at = ?
				WHERE centre = ? AND id <> ? AND login = 1`, instant{&p.UpdatedAt}, p.Centre, p.ID)
			return err
		},
		users: func(ctx context.Context, q querier, centre, id directory.ID) ([]store.Use, error) {
			return queryUses(ctx, q, `SELECT 'login_pause', id, 'login pause' FROM pause_types
				WHERE centre = ? AND id = ? AND login = 1`, centre, id)
		},
	}
}

// numberTable ties service numbers to their table.
func numberTable() *table[directory.Number] {
	return &table[directory.Number]{
		name:  "numbers",
		order: "number",
		meta:  func(n *directory.Number) *directory.Meta { return &n.Meta },
		columns: func(n *directory.Number) []column {
			return []column{
				{"number", &n.Number},
				{"label", &n.Label},
				{"destination_type", &n.Destination.Type},
				{"destination_id", &n.Destination.ID},
				{"destination_number", &n.Destination.Number},
				{"record", &n.Record},
				{"overflow_type", &n.Overflow.Type},
				{"overflow_id", &n.Overflow.ID},
				{"overflow_number", &n.Overflow.Number},
				{"answer", &n.Answer},
				{"opening_hours", opening{&n.Hours}},
			}
		},
		conflicts: map[string]string{"inbound_numbers.number": "number"},
		after: func(ctx context.Context, q querier, n *directory.Number, _ bool) error {
			if _, err := q.ExecContext(ctx, "DELETE FROM inbound_numbers WHERE centre = ? AND number_id = ?", n.Centre, n.ID); err != nil {
				return err
			}
			_, err := q.ExecContext(ctx, "INSERT INTO inbound_numbers (number, centre, number_id) VALUES (?, ?, ?)",
				n.Number, n.Centre, n.ID)
			if err != nil {
				return err
			}
			return hoursOfNumber.write(ctx, q, n.Centre, n.ID, n.Hours)
		},
		load: func(ctx context.Context, q querier, centre directory.ID, numbers []*directory.Number) error {
			byID := map[directory.ID]*directory.Number{}
			for _, n := range numbers {
				byID[n.ID] = n
			}
			return hoursOfNumber.load(ctx, q, centre, func(id directory.ID) *directory.Hours {
				if n := byID[id]; n != nil {
					return n.Hours
				}
				return nil
			})
		},
		users: func(ctx context.Context, q querier, centre, id directory.ID) ([]store.Use, error) {
			return queryUses(ctx, q, `SELECT 'centre', c.id, c.name FROM centres c
				JOIN numbers n ON n.centre = c.id AND n.number = c.main_number WHERE n.centre = ?1 AND n.id = ?2
				UNION ALL SELECT 'operator', o.id, o.full_name FROM operators o
				JOIN numbers n ON n.centre = o.centre AND n.number = o.caller_id_number
				WHERE n.centre = ?1 AND n.id = ?2 AND o.caller_id_mode = 'service' ORDER BY 1, 3`, centre, id)
		},
	}
}

// numbers keeps the service numbers.
type numbers struct{ repository[directory.Number] }

// Inbound returns who a number of the node belongs to.
func (n numbers) Inbound(ctx context.Context, number string) (store.InboundNumber, error) {
	var in store.InboundNumber
	err := n.r.view(ctx, func(q querier) error {
		return q.QueryRowContext(ctx, "SELECT centre, number_id, operator FROM inbound_numbers WHERE number = ?", number).
			Scan(&in.Centre, optional[directory.ID]{&in.Number}, optional[directory.ID]{&in.Operator})
	})
	return in, notFound("find inbound number", err)
}
