-- A station that was restored goes on as a new generation, from an entry of an earlier one; both stay.
ALTER TABLE streams ADD COLUMN generation TEXT NOT NULL DEFAULT '';
ALTER TABLE streams ADD COLUMN base INTEGER REFERENCES streams (place);
ALTER TABLE streams ADD COLUMN base_number INTEGER NOT NULL DEFAULT 0;
UPDATE streams SET generation = coalesce(
    (SELECT generation FROM marks WHERE marks.stream = streams.name AND marks.name = 'taken'), '');

-- Every signing key that another station ever had here. What was taken under a key before it ended stays valid.
CREATE TABLE station_keys (
    key_id         TEXT PRIMARY KEY,
    station_id     TEXT NOT NULL,
    signing_public BLOB NOT NULL,
    ended          TEXT NOT NULL,      -- '' while it is valid, else why: rotated, revoked, lost
    reason         TEXT NOT NULL,
    ended_on       TEXT NOT NULL,      -- a label
    generation     TEXT NOT NULL,      -- up to which entry of the station's stream its bundles count
    number         INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX station_keys_of ON station_keys (station_id);
INSERT INTO station_keys
    SELECT key_id, id, signing_public, CASE WHEN revoked THEN 'revoked' ELSE '' END, revoked_reason, '', '', 0
    FROM stations WHERE relation <> 'self';
