-- Who sent what waits: what was lost by a restore may come back from several stations, and each is told what became of it.

CREATE TABLE held_from (
    revision_id TEXT NOT NULL,
    station_id  TEXT NOT NULL,
    PRIMARY KEY (revision_id, station_id)
) STRICT, WITHOUT ROWID;
INSERT INTO held_from SELECT revision_id, station_id FROM held;
