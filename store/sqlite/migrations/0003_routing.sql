-- What callers hear while they wait, and when a group or a number is open.

-- Uploaded audio. The file lies beside the database, under the identifier.
CREATE TABLE sounds (
    centre        TEXT NOT NULL REFERENCES centres (id),
    id            TEXT NOT NULL,
    created_at    INTEGER NOT NULL,
    updated_at    INTEGER NOT NULL,
    revision      INTEGER NOT NULL,
    name          TEXT NOT NULL,
    source_format TEXT NOT NULL,
    duration_ms   INTEGER NOT NULL,
    bytes         INTEGER NOT NULL,
    PRIMARY KEY (centre, id)
);
CREATE UNIQUE INDEX sounds_name ON sounds (centre, name);

-- What a group plays. A reference can not be added to a table that exists, so
-- those of groups and numbers that came later stand in tables of their own.
CREATE TABLE group_sounds (
    centre   TEXT NOT NULL,
    group_id TEXT NOT NULL,
    purpose  TEXT NOT NULL CHECK (purpose IN ('holdMusic', 'welcome', 'periodic')),
    sound    TEXT NOT NULL,
    PRIMARY KEY (centre, group_id, purpose),
    FOREIGN KEY (centre, group_id) REFERENCES groups (centre, id) ON DELETE CASCADE,
    FOREIGN KEY (centre, sound) REFERENCES sounds (centre, id)
);
CREATE INDEX group_sounds_sound ON group_sounds (centre, sound);

-- The group that takes the calls of a group or a number while it is closed.
CREATE TABLE hours_exits (
    centre    TEXT NOT NULL,
    group_id  TEXT,
    number_id TEXT,
    to_group  TEXT NOT NULL,
    CHECK ((group_id IS NULL) <> (number_id IS NULL)),
    UNIQUE (centre, group_id),
    UNIQUE (centre, number_id),
    FOREIGN KEY (centre, group_id) REFERENCES groups (centre, id) ON DELETE CASCADE,
    FOREIGN KEY (centre, number_id) REFERENCES numbers (centre, id) ON DELETE CASCADE,
    FOREIGN KEY (centre, to_group) REFERENCES groups (centre, id)
);
CREATE INDEX hours_exits_to ON hours_exits (centre, to_group);

ALTER TABLE groups ADD COLUMN announce_position INTEGER NOT NULL DEFAULT 0;
ALTER TABLE groups ADD COLUMN announce_wait INTEGER NOT NULL DEFAULT 0;
ALTER TABLE groups ADD COLUMN announce_every INTEGER NOT NULL DEFAULT 60;
-- JSON, all but the group of the exit; NULL is always open.
ALTER TABLE groups ADD COLUMN opening_hours TEXT;
ALTER TABLE numbers ADD COLUMN opening_hours TEXT;
