-- Everything of a node. Identifiers are opaque texts; instants are
-- milliseconds since the Unix epoch, UTC; booleans are 0 and 1; an absent text
-- that must not collide or refer is NULL, any other is ''. Every record belongs
-- to a centre and is known by (centre, id), so that no reference can leave it.

CREATE TABLE centres (
    id               TEXT PRIMARY KEY,
    centre           TEXT NOT NULL, -- the same, so that it is kept like any other record
    created_at       INTEGER NOT NULL,
    updated_at       INTEGER NOT NULL,
    revision         INTEGER NOT NULL,
    name             TEXT NOT NULL UNIQUE,
    language         TEXT NOT NULL,
    time_zone        TEXT NOT NULL,
    dial_country     TEXT NOT NULL,
    main_number      TEXT NOT NULL,
    recording_notice INTEGER NOT NULL
);

-- Who can log in: operators and users. Their logins are unique together; what
-- hangs on a subject (password, web sessions, mails) goes with it.
CREATE TABLE subjects (
    centre   TEXT NOT NULL REFERENCES centres (id),
    id       TEXT NOT NULL,
    operator INTEGER NOT NULL,
    login    TEXT NOT NULL,
    PRIMARY KEY (centre, id)
);
CREATE UNIQUE INDEX subjects_login ON subjects (centre, lower(login));

CREATE TABLE phones (
    centre     TEXT NOT NULL REFERENCES centres (id),
    id         TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    revision   INTEGER NOT NULL,
    label      TEXT NOT NULL,
    username   TEXT NOT NULL,
    number     TEXT,
    PRIMARY KEY (centre, id)
);
CREATE UNIQUE INDEX phones_username ON phones (lower(username));
CREATE UNIQUE INDEX phones_number ON phones (centre, number);

CREATE TABLE phone_secrets (
    centre   TEXT NOT NULL,
    phone    TEXT NOT NULL,
    password BLOB NOT NULL, -- sealed
    PRIMARY KEY (centre, phone),
    FOREIGN KEY (centre, phone) REFERENCES phones (centre, id) ON DELETE CASCADE
);

CREATE TABLE operators (
    centre                  TEXT NOT NULL REFERENCES centres (id),
    id                      TEXT NOT NULL,
    created_at              INTEGER NOT NULL,
    updated_at              INTEGER NOT NULL,
    revision                INTEGER NOT NULL,
    search                  TEXT NOT NULL, -- login, name and e-mail in lower case
    enabled                 INTEGER NOT NULL,
    password_state          TEXT NOT NULL,
    login                   TEXT NOT NULL,
    language                TEXT NOT NULL,
    full_name               TEXT NOT NULL,
    caller_id_mode          TEXT NOT NULL,
    caller_id_number        TEXT NOT NULL,
    direct_number           TEXT,
    screen_pop_window       TEXT NOT NULL,
    screen_pop_incoming_url TEXT NOT NULL,
    screen_pop_outgoing_url TEXT NOT NULL,
    show_waiting            INTEGER NOT NULL,
    show_numbers_in_history INTEGER NOT NULL,
    email                   TEXT NOT NULL,
    always_connected        INTEGER NOT NULL,
    record                  INTEGER NOT NULL,
    phone_kind              TEXT NOT NULL,
    phone_number            TEXT NOT NULL,
    phone_account           TEXT,
    phone_confirm           INTEGER NOT NULL,
    ask_phone_at_login      INTEGER NOT NULL,
    wrap_up_seconds         INTEGER,
    ring_seconds            INTEGER NOT NULL,
    retry_seconds           INTEGER NOT NULL,
    idle_logout_minutes     INTEGER,
    missed_logout_count     INTEGER,
    silence_logout          INTEGER NOT NULL,
    allow_outgoing          INTEGER NOT NULL,
    allow_phone_change      INTEGER NOT NULL,
    logout_at               TEXT NOT NULL,
    persistent_session      INTEGER NOT NULL,
    pause_at_login          INTEGER NOT NULL,
    dial_country            TEXT NOT NULL,
    PRIMARY KEY (centre, id),
    FOREIGN KEY (centre, id) REFERENCES subjects (centre, id),
    FOREIGN KEY (centre, phone_account) REFERENCES phones (centre, id)
);
CREATE UNIQUE INDEX operators_email ON operators (centre, lower(email));
CREATE INDEX operators_phone ON operators (centre, phone_account);

-- The groups. A destination column holds the kind; the generated columns make
-- the identifier beside it a reference of that kind.
CREATE TABLE groups (
    centre                      TEXT NOT NULL REFERENCES centres (id),
    id                          TEXT NOT NULL,
    created_at                  INTEGER NOT NULL,
    updated_at                  INTEGER NOT NULL,
    revision                    INTEGER NOT NULL,
    name                        TEXT NOT NULL,
    colour                      TEXT NOT NULL,
    strategy                    TEXT NOT NULL,
    priority                    INTEGER NOT NULL,
    wrap_up_seconds             INTEGER NOT NULL,
    outgoing_number             TEXT NOT NULL,
    transfer_number             TEXT NOT NULL,
    record_inbound              INTEGER NOT NULL,
    record_outbound             INTEGER NOT NULL,
    operator_may_stop_recording INTEGER NOT NULL,
    operator_may_keep_recording INTEGER NOT NULL,
    max_waiting                 INTEGER,
    max_wait_seconds            INTEGER,
    overflow_type               TEXT NOT NULL,
    overflow_id                 TEXT NOT NULL,
    overflow_number             TEXT NOT NULL,
    when_nobody                 TEXT NOT NULL,
    service_level_seconds       INTEGER NOT NULL,
    service_level_percent       INTEGER NOT NULL,
    overflow_group TEXT GENERATED ALWAYS AS (CASE WHEN overflow_type = 'group' THEN overflow_id END) STORED,
    PRIMARY KEY (centre, id),
    FOREIGN KEY (centre, overflow_group) REFERENCES groups (centre, id)
);
CREATE INDEX groups_overflow ON groups (centre, overflow_group);

CREATE TABLE group_members (
    centre    TEXT NOT NULL,
    group_id  TEXT NOT NULL,
    operator  TEXT NOT NULL,
    position  INTEGER NOT NULL,
    level     INTEGER NOT NULL,
    suspended INTEGER NOT NULL,
    PRIMARY KEY (centre, group_id, operator),
    FOREIGN KEY (centre, group_id) REFERENCES groups (centre, id) ON DELETE CASCADE,
    FOREIGN KEY (centre, operator) REFERENCES operators (centre, id) ON DELETE CASCADE
);
CREATE INDEX group_members_operator ON group_members (centre, operator);

CREATE TABLE pause_types (
    centre      TEXT NOT NULL REFERENCES centres (id),
    id          TEXT NOT NULL,
    created_at  INTEGER NOT NULL,
    updated_at  INTEGER NOT NULL,
    revision    INTEGER NOT NULL,
    name_fr     TEXT NOT NULL,
    name_en     TEXT NOT NULL,
    name_it     TEXT NOT NULL,
    name_es     TEXT NOT NULL,
    colour      TEXT NOT NULL,
    position    INTEGER NOT NULL,
    max_minutes INTEGER,
    productive  INTEGER NOT NULL,
    login       INTEGER NOT NULL,
    PRIMARY KEY (centre, id)
);
CREATE UNIQUE INDEX pause_types_login ON pause_types (centre) WHERE login = 1;

CREATE TABLE numbers (
    centre             TEXT NOT NULL REFERENCES centres (id),
    id                 TEXT NOT NULL,
    created_at         INTEGER NOT NULL,
    updated_at         INTEGER NOT NULL,
    revision           INTEGER NOT NULL,
    number             TEXT NOT NULL,
    label              TEXT NOT NULL,
    destination_type   TEXT NOT NULL,
    destination_id     TEXT NOT NULL,
    destination_number TEXT NOT NULL,
    record             INTEGER NOT NULL,
    overflow_type      TEXT NOT NULL,
    overflow_id        TEXT NOT NULL,
    overflow_number    TEXT NOT NULL,
    answer             TEXT NOT NULL,
    destination_group    TEXT GENERATED ALWAYS AS (CASE WHEN destination_type = 'group' THEN destination_id END) STORED,
    destination_operator TEXT GENERATED ALWAYS AS (CASE WHEN destination_type = 'operator' THEN destination_id END) STORED,
    overflow_group       TEXT GENERATED ALWAYS AS (CASE WHEN overflow_type = 'group' THEN overflow_id END) STORED,
    overflow_operator    TEXT GENERATED ALWAYS AS (CASE WHEN overflow_type = 'operator' THEN overflow_id END) STORED,
    PRIMARY KEY (centre, id),
    FOREIGN KEY (centre, destination_group) REFERENCES groups (centre, id),
    FOREIGN KEY (centre, destination_operator) REFERENCES operators (centre, id),
    FOREIGN KEY (centre, overflow_group) REFERENCES groups (centre, id),
    FOREIGN KEY (centre, overflow_operator) REFERENCES operators (centre, id)
);

-- Every number calls may come in on, once on the node: of a service number or
-- an operator's direct number.
CREATE TABLE inbound_numbers (
    number    TEXT PRIMARY KEY,
    centre    TEXT NOT NULL,
    number_id TEXT,
    operator  TEXT,
    FOREIGN KEY (centre, number_id) REFERENCES numbers (centre, id) ON DELETE CASCADE,
    FOREIGN KEY (centre, operator) REFERENCES operators (centre, id) ON DELETE CASCADE
);
CREATE INDEX inbound_numbers_number ON inbound_numbers (centre, number_id);
CREATE INDEX inbound_numbers_operator ON inbound_numbers (centre, operator);

CREATE TABLE trunks (
    centre            TEXT NOT NULL REFERENCES centres (id),
    id                TEXT NOT NULL,
    created_at        INTEGER NOT NULL,
    updated_at        INTEGER NOT NULL,
    revision          INTEGER NOT NULL,
    name              TEXT NOT NULL,
    host              TEXT NOT NULL,
    port              INTEGER NOT NULL,
    transport         TEXT NOT NULL,
    sources           TEXT NOT NULL, -- JSON list
    username          TEXT NOT NULL,
    password          BLOB,          -- sealed
    digest            TEXT NOT NULL,
    register          INTEGER NOT NULL,
    max_calls         INTEGER,
    priority          INTEGER NOT NULL,
    codecs            TEXT NOT NULL, -- JSON list
    keepalive_seconds INTEGER NOT NULL,
    format            TEXT NOT NULL,
    forward_caller    INTEGER NOT NULL,
    enabled           INTEGER NOT NULL,
    PRIMARY KEY (centre, id)
);

CREATE TABLE users (
    centre         TEXT NOT NULL REFERENCES centres (id),
    id             TEXT NOT NULL,
    created_at     INTEGER NOT NULL,
    updated_at     INTEGER NOT NULL,
    revision       INTEGER NOT NULL,
    search         TEXT NOT NULL, -- login, name and e-mail in lower case
    login          TEXT NOT NULL,
    name           TEXT NOT NULL,
    email          TEXT NOT NULL,
    language       TEXT NOT NULL,
    role           TEXT NOT NULL,
    all_groups     INTEGER NOT NULL, -- else those of user_groups
    right_detail   INTEGER NOT NULL,
    right_listen   INTEGER NOT NULL,
    password_state TEXT NOT NULL,
    PRIMARY KEY (centre, id),
    FOREIGN KEY (centre, id) REFERENCES subjects (centre, id)
);

CREATE TABLE user_groups (
    centre   TEXT NOT NULL,
    user_id  TEXT NOT NULL,
    group_id TEXT NOT NULL,
    position INTEGER NOT NULL,
    PRIMARY KEY (centre, user_id, group_id),
    FOREIGN KEY (centre, user_id) REFERENCES users (centre, id) ON DELETE CASCADE,
    FOREIGN KEY (centre, group_id) REFERENCES groups (centre, id) ON DELETE CASCADE
);
CREATE INDEX user_groups_group ON user_groups (centre, group_id);

CREATE TABLE tokens (
    centre     TEXT NOT NULL REFERENCES centres (id),
    id         TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    revision   INTEGER NOT NULL,
    name       TEXT NOT NULL,
    role       TEXT NOT NULL,
    expires_at INTEGER NOT NULL,
    made_by    TEXT,
    hash       BLOB NOT NULL UNIQUE,
    PRIMARY KEY (centre, id),
    FOREIGN KEY (centre, made_by) REFERENCES users (centre, id) ON DELETE CASCADE
);
CREATE INDEX tokens_made_by ON tokens (centre, made_by);

CREATE TABLE credentials (
    centre      TEXT NOT NULL,
    subject     TEXT NOT NULL,
    hash        TEXT NOT NULL,
    must_change INTEGER NOT NULL,
    expires_at  INTEGER,
    updated_at  INTEGER NOT NULL,
    PRIMARY KEY (centre, subject),
    FOREIGN KEY (centre, subject) REFERENCES subjects (centre, id) ON DELETE CASCADE
);

CREATE TABLE web_sessions (
    hash            BLOB PRIMARY KEY,
    centre          TEXT NOT NULL,
    subject         TEXT NOT NULL,
    role            TEXT NOT NULL,
    must_change     INTEGER NOT NULL,
    created_at      INTEGER NOT NULL,
    last_request_at INTEGER NOT NULL
    -- No reference to subjects: an operator deleted during a call keeps his
    -- session until the call is over.
);
CREATE INDEX web_sessions_subject ON web_sessions (centre, subject);

CREATE TABLE outbox (
    centre       TEXT NOT NULL REFERENCES centres (id),
    id           TEXT NOT NULL,
    created_at   INTEGER NOT NULL,
    updated_at   INTEGER NOT NULL,
    revision     INTEGER NOT NULL,
    about        TEXT,
    about_role   TEXT NOT NULL,
    recipient    TEXT NOT NULL,
    recipient_name TEXT NOT NULL,
    subject      TEXT NOT NULL,
    body_text    BLOB, -- sealed, gone once sent
    body_html    BLOB, -- sealed, gone once sent
    state        TEXT NOT NULL,
    attempts     INTEGER NOT NULL,
    last_error   TEXT NOT NULL,
    next_attempt INTEGER,
    sent_at      INTEGER,
    PRIMARY KEY (centre, id),
    FOREIGN KEY (centre, about) REFERENCES subjects (centre, id) ON DELETE CASCADE
);
CREATE INDEX outbox_about ON outbox (centre, about);
CREATE INDEX outbox_due ON outbox (next_attempt) WHERE state = 'waiting';

-- Registrations of phones. They follow the registrar, not the phones' records.
CREATE TABLE bindings (
    account    TEXT NOT NULL,
    contact    TEXT NOT NULL,
    source     TEXT NOT NULL,
    local      TEXT NOT NULL,
    transport  TEXT NOT NULL,
    call_id    TEXT NOT NULL,
    cseq       INTEGER NOT NULL,
    q          INTEGER NOT NULL,
    expires    INTEGER NOT NULL,
    updated    INTEGER NOT NULL,
    user_agent TEXT NOT NULL,
    allow_talk INTEGER NOT NULL,
    PRIMARY KEY (account, contact)
);
