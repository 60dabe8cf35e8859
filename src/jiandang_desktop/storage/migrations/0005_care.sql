-- What the programmes ask for, worked out from the records; who looks after somebody, and addresses as one walks.

ALTER TABLE residents ADD COLUMN doctor TEXT NOT NULL DEFAULT '';
ALTER TABLE residents ADD COLUMN address_order TEXT NOT NULL DEFAULT '';
UPDATE residents SET
    address_order = address_order(village_group, address),
    doctor = coalesce((
        SELECT said FROM (
            SELECT json_extract(body_text(v.body), '$.answers.responsible_doctor') AS said
            FROM records r JOIN revisions v ON v.place = r.current WHERE r.record_id = residents.id
        ) WHERE typeof(said) = 'text'), '');
CREATE INDEX residents_as_walked ON residents (station_id, address_order, household_id, relation_to_head, place);

-- Two more projections. Ordered by the day from which a duty isn't to be done any more, so that what is alive on a day
-- lies together at the end.
CREATE TABLE duties (
    ends         TEXT NOT NULL,       -- the day it was done or lapsed, whichever is earlier
    resident     INTEGER NOT NULL,
    programme    TEXT NOT NULL,
    id           TEXT NOT NULL,
    known_from   TEXT NOT NULL,
    form_id      TEXT NOT NULL,
    sheet_column TEXT NOT NULL,
    opens        TEXT NOT NULL,
    target       TEXT NOT NULL,
    closes       TEXT NOT NULL,
    lapses       TEXT NOT NULL,
    short        INTEGER NOT NULL,    -- a window of weeks, not of the year
    yearly       INTEGER NOT NULL,    -- comes again each calendar year
    shared       INTEGER NOT NULL,    -- another programme asks for the same sheet of the year
    done_on      TEXT NOT NULL,
    done_by      TEXT NOT NULL,
    lost_on      TEXT NOT NULL,
    found_on     TEXT NOT NULL,
    reason       TEXT NOT NULL,
    called_by    TEXT NOT NULL,
    attempts     INTEGER NOT NULL,
    last_attempt TEXT NOT NULL,
    PRIMARY KEY (ends, resident, programme, id, known_from)
) STRICT, WITHOUT ROWID;
CREATE INDEX duties_of_resident ON duties (resident);

CREATE TABLE memberships (
    resident  INTEGER NOT NULL,
    number    INTEGER NOT NULL,       -- order in which the programmes tell them
    programme TEXT NOT NULL,
    state     TEXT NOT NULL,
    since     TEXT NOT NULL,
    opened_on TEXT NOT NULL,
    anchor    TEXT NOT NULL,
    reason    TEXT NOT NULL,
    record_id TEXT NOT NULL,
    until     TEXT NOT NULL,          -- the day from which it stood otherwise
    PRIMARY KEY (resident, number)
) STRICT, WITHOUT ROWID;
CREATE INDEX memberships_by_state ON memberships (state, programme, resident);

-- The records that set a limit or a number of days otherwise, found at once.
CREATE INDEX records_of_settings ON records (record_id) WHERE form_id = 'programme_settings';
