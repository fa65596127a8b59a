-- The journal of each centre, and the rows that follow from its events. They
-- are written together and belong to no record: history outlives the records.

-- The last event of a centre: an append advances it from exactly the event it
-- follows, so that two writers can not both go on.
CREATE TABLE journals (
    centre TEXT PRIMARY KEY,
    seq    INTEGER NOT NULL
);

CREATE TABLE events (
    centre   TEXT NOT NULL,
    seq      INTEGER NOT NULL,
    at       INTEGER NOT NULL,
    type     TEXT NOT NULL,
    version  INTEGER NOT NULL,
    call_id  TEXT,
    operator TEXT,
    data     BLOB NOT NULL, -- JSON object
    PRIMARY KEY (centre, seq)
) WITHOUT ROWID;
CREATE INDEX events_call ON events (centre, call_id, seq) WHERE call_id IS NOT NULL;

CREATE TABLE checkpoints (
    centre TEXT NOT NULL,
    seq    INTEGER NOT NULL,
    data   BLOB NOT NULL,
    PRIMARY KEY (centre, seq)
);

CREATE TABLE calls (
    centre           TEXT NOT NULL,
    id               TEXT NOT NULL,
    direction        INTEGER NOT NULL,
    state            INTEGER NOT NULL,
    caller           TEXT NOT NULL,
    caller_name      TEXT NOT NULL,
    called           TEXT NOT NULL,
    service          TEXT NOT NULL,
    group_id         TEXT NOT NULL,
    group_name       TEXT NOT NULL,
    operator         TEXT NOT NULL,
    operator_name    TEXT NOT NULL,
    arrived_at       INTEGER NOT NULL,
    answered_at      INTEGER NOT NULL,
    ended_at         INTEGER NOT NULL,
    outcome          INTEGER NOT NULL,
    ended_by         INTEGER NOT NULL,
    cause            TEXT NOT NULL,
    recording        INTEGER NOT NULL,
    recording_reason TEXT NOT NULL,
    tags             TEXT, -- JSON list
    note             TEXT NOT NULL,
    emergency        INTEGER NOT NULL,
    open             INTEGER NOT NULL,
    PRIMARY KEY (centre, id)
);
CREATE INDEX calls_arrived ON calls (centre, arrived_at, id);
CREATE INDEX calls_caller ON calls (centre, caller, arrived_at, id);
CREATE INDEX calls_called ON calls (centre, called, arrived_at, id);
CREATE INDEX calls_open ON calls (centre) WHERE open = 1;

CREATE TABLE visits (
    centre        TEXT NOT NULL,
    seq           INTEGER NOT NULL,
    call_id       TEXT NOT NULL,
    group_id      TEXT NOT NULL,
    group_name    TEXT NOT NULL,
    from_at       INTEGER NOT NULL,
    to_at         INTEGER NOT NULL,
    how           INTEGER NOT NULL,
    entry_cause   TEXT NOT NULL,
    exit_cause    TEXT NOT NULL,
    level_seconds INTEGER NOT NULL,
    in_level      INTEGER NOT NULL,
    PRIMARY KEY (centre, seq)
);
CREATE INDEX visits_call ON visits (centre, call_id);
CREATE INDEX visits_from ON visits (centre, from_at);

CREATE TABLE parts (
    centre      TEXT NOT NULL,
    seq         INTEGER NOT NULL,
    call_id     TEXT NOT NULL,
    leg         INTEGER NOT NULL,
    operator    TEXT NOT NULL,
    name        TEXT NOT NULL,
    group_id    TEXT NOT NULL,
    mine        TEXT NOT NULL,
    offered_at  INTEGER NOT NULL,
    answered_at INTEGER NOT NULL,
    ended_at    INTEGER NOT NULL,
    outcome     INTEGER NOT NULL,
    status      INTEGER NOT NULL,
    PRIMARY KEY (centre, seq)
);
CREATE INDEX parts_call ON parts (centre, call_id);
CREATE INDEX parts_offered ON parts (centre, offered_at);
CREATE INDEX parts_history ON parts (centre, operator, seq) WHERE mine <> '';

CREATE TABLE sessions (
    centre   TEXT NOT NULL,
    seq      INTEGER NOT NULL,
    session  TEXT NOT NULL,
    operator TEXT NOT NULL,
    name     TEXT NOT NULL,
    from_at  INTEGER NOT NULL,
    to_at    INTEGER NOT NULL, -- 0 while it lasts
    reason   INTEGER NOT NULL,
    by_kind  INTEGER NOT NULL,
    by_id    TEXT NOT NULL,
    PRIMARY KEY (centre, seq)
);
CREATE INDEX sessions_time ON sessions (centre, operator, from_at);
CREATE INDEX sessions_open ON sessions (centre) WHERE to_at = 0;

CREATE TABLE intervals (
    centre     TEXT NOT NULL,
    seq        INTEGER NOT NULL,
    login      INTEGER NOT NULL, -- seq of the session
    operator   TEXT NOT NULL,
    name       TEXT NOT NULL,
    presence   INTEGER NOT NULL,
    pause_type TEXT NOT NULL,
    activity   INTEGER NOT NULL,
    call_id    TEXT NOT NULL,
    group_id   TEXT NOT NULL,
    from_at    INTEGER NOT NULL,
    to_at      INTEGER NOT NULL, -- 0 while it lasts
    cause      TEXT NOT NULL,
    by_kind    INTEGER NOT NULL,
    by_id      TEXT NOT NULL,
    PRIMARY KEY (centre, seq)
);
CREATE INDEX intervals_time ON intervals (centre, operator, from_at);
CREATE INDEX intervals_open ON intervals (centre) WHERE to_at = 0;

-- What the rows need to know of groups, kept for the names of removed ones.
CREATE TABLE group_facts (
    centre                TEXT NOT NULL,
    id                    TEXT NOT NULL,
    name                  TEXT NOT NULL,
    service_level_seconds INTEGER NOT NULL,
    removed               INTEGER NOT NULL,
    PRIMARY KEY (centre, id)
);
