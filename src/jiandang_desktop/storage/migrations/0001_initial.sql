-- The first schema. Journal, audit log and revisions are the truth; projections can be made again from them.

CREATE TABLE settings (
    name  TEXT PRIMARY KEY,
    value TEXT NOT NULL                -- JSON
) STRICT, WITHOUT ROWID;

CREATE TABLE staff (
    id       TEXT PRIMARY KEY,
    name     TEXT NOT NULL,
    roles    TEXT NOT NULL,            -- JSON list
    disabled INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE own_keys (
    place           INTEGER PRIMARY KEY,
    key_id          TEXT NOT NULL UNIQUE,
    signing_seed    BLOB NOT NULL,
    identity_secret TEXT NOT NULL
) STRICT;

CREATE TABLE stations (
    id             TEXT PRIMARY KEY,
    name           TEXT NOT NULL,
    level          TEXT NOT NULL,
    division_code  TEXT NOT NULL,
    key_id         TEXT NOT NULL,
    signing_public BLOB NOT NULL,
    recipient      TEXT NOT NULL,
    certificate    BLOB NOT NULL,
    relation       TEXT NOT NULL,
    revoked        INTEGER NOT NULL,
    revoked_reason TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX stations_by_key ON stations (key_id);

-- What is kept for ever.

CREATE TABLE revisions (
    place         INTEGER PRIMARY KEY, -- order of arrival here
    id            BLOB NOT NULL UNIQUE,
    record_id     TEXT NOT NULL,
    form_id       TEXT NOT NULL,
    form_version  INTEGER NOT NULL,
    subject_id    TEXT NOT NULL,
    station_id    TEXT NOT NULL,
    bundle_digest TEXT NOT NULL,       -- '' where made here
    number        INTEGER NOT NULL,    -- in the own upward stream, else 0
    body          BLOB NOT NULL        -- canonical JSON, packed
) STRICT;
CREATE INDEX revisions_of_record ON revisions (record_id, place);
CREATE INDEX revisions_of_subject ON revisions (subject_id, number);

CREATE TABLE revision_parents (
    parent BLOB NOT NULL,
    child  INTEGER NOT NULL REFERENCES revisions (place),
    PRIMARY KEY (parent, child)
) STRICT, WITHOUT ROWID;

CREATE TABLE streams (
    place INTEGER PRIMARY KEY,
    name  TEXT NOT NULL UNIQUE
) STRICT;

CREATE TABLE journal (
    stream   INTEGER NOT NULL REFERENCES streams (place),
    number   INTEGER NOT NULL,
    kind     TEXT NOT NULL,
    hash     BLOB NOT NULL,
    revision INTEGER REFERENCES revisions (place),
    body     BLOB,                     -- packed; only where the entry is not a stored revision
    PRIMARY KEY (stream, number),
    CHECK ((revision IS NULL) <> (body IS NULL))
) STRICT, WITHOUT ROWID;

CREATE TABLE audit (
    number     INTEGER PRIMARY KEY,
    at         TEXT NOT NULL,
    staff_id   TEXT NOT NULL,
    action     TEXT NOT NULL,
    subject_id TEXT NOT NULL,
    detail     TEXT NOT NULL,          -- JSON: ids and counts
    heads      TEXT NOT NULL,          -- JSON: streams that this unit of work moved, with number and hash
    hash       BLOB NOT NULL           -- over all of the above and the hash before
) STRICT;

CREATE TABLE marks (
    stream     TEXT NOT NULL,
    name       TEXT NOT NULL,
    generation TEXT NOT NULL,
    number     INTEGER NOT NULL,
    hash       TEXT NOT NULL,
    PRIMARY KEY (stream, name)
) STRICT, WITHOUT ROWID;

CREATE TABLE bundles (
    place      INTEGER PRIMARY KEY,
    digest     TEXT NOT NULL UNIQUE,
    direction  TEXT NOT NULL,
    kind       TEXT NOT NULL,
    peer       TEXT NOT NULL,
    stream     TEXT NOT NULL,
    generation TEXT NOT NULL,
    first      INTEGER NOT NULL,
    last       INTEGER NOT NULL,
    head       TEXT NOT NULL,
    file_name  TEXT NOT NULL,
    made_at    TEXT NOT NULL,
    state      TEXT NOT NULL,
    summary    TEXT NOT NULL,          -- JSON
    receipt    BLOB
) STRICT;

CREATE TABLE held (
    place         INTEGER PRIMARY KEY,
    revision_id   TEXT NOT NULL UNIQUE,
    station_id    TEXT NOT NULL,
    outcome       TEXT NOT NULL,
    reason        TEXT NOT NULL,
    bundle_digest TEXT NOT NULL,
    body          BLOB NOT NULL        -- packed
) STRICT;

CREATE TABLE verdicts (
    revision_id BLOB PRIMARY KEY,
    verdict     TEXT NOT NULL,
    reason      TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX verdicts_by_verdict ON verdicts (verdict);

CREATE TABLE drafts (
    id         TEXT PRIMARY KEY,
    staff_id   TEXT NOT NULL,
    form_id    TEXT NOT NULL,
    subject_id TEXT NOT NULL,
    record_id  TEXT NOT NULL,          -- '' for a new record
    answers    TEXT NOT NULL,          -- JSON
    place      TEXT NOT NULL,
    saved_at   TEXT NOT NULL,
    UNIQUE (staff_id, form_id, subject_id, record_id)
) STRICT;

-- Projections.

CREATE TABLE records (
    record_id  TEXT PRIMARY KEY,
    form_id    TEXT NOT NULL,
    subject_id TEXT NOT NULL,
    current    INTEGER NOT NULL REFERENCES revisions (place),
    heads      TEXT NOT NULL,          -- JSON list of revision ids, the current one first
    complete   INTEGER NOT NULL,
    event_date TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX records_of_subject ON records (subject_id, form_id, event_date);
CREATE INDEX records_by_current ON records (current);

CREATE TABLE residents (
    place            INTEGER PRIMARY KEY, -- place of the resident's first revision
    id               TEXT NOT NULL UNIQUE,
    household_id     TEXT NOT NULL,
    name             TEXT NOT NULL,
    folded_name      TEXT NOT NULL,
    sex              TEXT NOT NULL,
    birth_date       TEXT NOT NULL,
    id_type          TEXT NOT NULL,
    id_no            TEXT NOT NULL,
    phone            TEXT NOT NULL,
    record_code      TEXT NOT NULL,
    card_token       TEXT NOT NULL,
    relation_to_head TEXT NOT NULL,
    village_group    TEXT NOT NULL,
    address          TEXT NOT NULL,
    status           TEXT NOT NULL,
    station_id       TEXT NOT NULL,       -- the station that registered the resident
    established      INTEGER NOT NULL,
    last_number      INTEGER NOT NULL
) STRICT;
CREATE INDEX residents_in_order ON residents (village_group, address, household_id, relation_to_head, place);
CREATE INDEX residents_of_household ON residents (household_id, relation_to_head);
CREATE INDEX residents_by_name ON residents (folded_name);
CREATE INDEX residents_by_id_no ON residents (id_no);
CREATE INDEX residents_by_number ON residents (last_number);
CREATE INDEX residents_by_token ON residents (card_token);

CREATE TABLE households (
    place         INTEGER PRIMARY KEY,
    id            TEXT NOT NULL UNIQUE,
    address       TEXT NOT NULL,
    village_group TEXT NOT NULL,
    door          TEXT NOT NULL,
    phone         TEXT NOT NULL,
    station_id    TEXT NOT NULL
) STRICT;
CREATE INDEX households_in_order ON households (village_group, address, place);

CREATE TABLE search_terms (
    term     TEXT NOT NULL,
    resident INTEGER NOT NULL,
    PRIMARY KEY (term, resident)
) STRICT, WITHOUT ROWID;

-- Every record code that was ever issued; a code goes to whoever had it first.
CREATE TABLE record_codes (
    digits   INTEGER NOT NULL,            -- length of the code: schemes share beginnings
    code     TEXT NOT NULL,
    resident INTEGER NOT NULL,
    PRIMARY KEY (digits, code)
) STRICT, WITHOUT ROWID;
