-- What lies on paper: the log of prints (the station's own, kept for ever), and every card token ever given out.

CREATE TABLE prints (
    place        INTEGER PRIMARY KEY,
    job          TEXT NOT NULL,        -- households printed in one go share it
    household_id TEXT NOT NULL,
    mode         TEXT NOT NULL,        -- all: the paper folder begins anew; new: pages were added or replaced
    at           TEXT NOT NULL,
    staff_id     TEXT NOT NULL,
    staff_name   TEXT NOT NULL,
    pages        INTEGER NOT NULL
) STRICT;
CREATE INDEX prints_of_household ON prints (household_id, place);

CREATE TABLE printed_sheets (
    print      INTEGER NOT NULL REFERENCES prints (place),
    number     INTEGER NOT NULL,       -- order within the print
    sheet      TEXT NOT NULL,          -- which sheet of the folder
    subject_id TEXT NOT NULL,
    form_id    TEXT NOT NULL,
    content    TEXT NOT NULL,          -- fingerprint of what was printed
    records    TEXT NOT NULL,          -- JSON: record id to revision id
    first      INTEGER NOT NULL,       -- page number in the paper folder, 0 for pages without one
    numbers    INTEGER NOT NULL,       -- page numbers that belong to the sheet
    pages      INTEGER NOT NULL,       -- 0: taken out of the folder
    PRIMARY KEY (print, number)
) STRICT, WITHOUT ROWID;

-- A projection. A token goes to whoever had it first.
CREATE TABLE card_tokens (
    token    TEXT PRIMARY KEY,
    resident INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

INSERT OR IGNORE INTO card_tokens (token, resident)
    SELECT token, resident FROM (
        SELECT json_extract(body_text(v.body), '$.answers.card_token') AS token, s.place AS resident, v.place AS place
        FROM revisions v JOIN residents s ON s.id = v.subject_id
        WHERE v.form_id = 'resident' AND v.record_id = v.subject_id
    ) WHERE typeof(token) = 'text' AND token <> '' ORDER BY place;
