package sqlite

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"fmt"
	"time"

	"bandeau/directory"
	"bandeau/store"
)

// soundTable ties uploaded sounds to their table.
func soundTable() *table[directory.Sound] {
	return &table[directory.Sound]{
		name:  "sounds",
		order: "lower(name)",
		meta:  func(s *directory.Sound) *directory.Meta { return &s.Meta },
		columns: func(s *directory.Sound) []column {
			return []column{
				{"name", &s.Name},
				{"source_format", &s.Format},
				{"duration_ms", milliseconds{&s.Duration}},
				{"bytes", &s.Bytes},
			}
		},
		conflicts: map[string]string{"sounds.name": "name"},
		users: func(ctx context.Context, q querier, centre, id directory.ID) ([]store.Use, error) {
			return queryUses(ctx, q, `SELECT DISTINCT 'group', g.id, g.name FROM group_sounds s
				JOIN groups g ON g.centre = s.centre AND g.id = s.group_id
				WHERE s.centre = ? AND s.sound = ? ORDER BY g.name, g.id`, centre, id)
		},
	}
}

// milliseconds keeps a duration.
type milliseconds struct{ d *time.Duration }

// Value implements driver.Valuer.
func (m milliseconds) Value() (driver.Value, error) { return m.d.Milliseconds(), nil }

// Scan implements sql.Scanner.
func (m milliseconds) Scan(src any) error {
	ms, ok := src.(int64)
	if !ok {
		return fmt.Errorf("a duration is kept as %T", src)
	}
	*m.d = time.Duration(ms) * time.Millisecond
	return nil
}

// groupSounds are the fields of a group that name a sound, by purpose.
func groupSounds(g *directory.Group) map[string]*directory.ID {
	return map[string]*directory.ID{
		"holdMusic": &g.HoldMusic, "welcome": &g.Announcements.Welcome, "periodic": &g.Announcements.Periodic,
	}
}

func writeGroupSounds(ctx context.Context, q querier, g *directory.Group) error {
	if _, err := q.ExecContext(ctx, "DELETE FROM group_sounds WHERE centre = ? AND group_id = ?", g.Centre, g.ID); err != nil {
		return err
	}
	for purpose, sound := range groupSounds(g) {
		if *sound == "" {
			continue
		}
		_, err := q.ExecContext(ctx, "INSERT INTO group_sounds (centre, group_id, purpose, sound) VALUES (?, ?, ?, ?)",
			g.Centre, g.ID, purpose, *sound)
		if err != nil {
			return err
		}
	}
	return nil
}

func loadGroupSounds(ctx context.Context, q querier, centre directory.ID, groups map[directory.ID]*directory.Group) error {
	_, err := scanAll(ctx, q, func(rows *sql.Rows) (struct{}, error) {
		var group, sound directory.ID
		var purpose string
		err := rows.Scan(&group, &purpose, &sound)
		if g := groups[group]; err == nil && g != nil {
			field, known := groupSounds(g)[purpose]
			if !known {
				return struct{}{}, fmt.Errorf("group %s has a sound for %q", group, purpose)
			}
			*field = sound
		}
		return struct{}{}, err
	}, "SELECT group_id, purpose, sound FROM group_sounds WHERE centre = ?", centre)
	return err
}
