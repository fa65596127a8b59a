-- How browsers heard their calls: the last of what each measured, and the worst.
CREATE TABLE call_quality (
    centre                TEXT NOT NULL,
    call                  TEXT NOT NULL,
    owner                 TEXT NOT NULL, -- an operator, or user: and a user
    last_loss             REAL NOT NULL, -- per cent
    last_jitter_ms        INTEGER NOT NULL,
    last_round_trip_ms    INTEGER NOT NULL,
    worst_loss            REAL NOT NULL,
    worst_jitter_ms       INTEGER NOT NULL,
    worst_round_trip_ms   INTEGER NOT NULL,
    PRIMARY KEY (centre, call, owner)
) WITHOUT ROWID;
