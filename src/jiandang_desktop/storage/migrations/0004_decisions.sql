-- What the archive said in words; who was merged into whom; records with parallel revisions, found at once.

ALTER TABLE verdicts ADD COLUMN words TEXT NOT NULL DEFAULT '';

ALTER TABLE residents ADD COLUMN merged_into TEXT NOT NULL DEFAULT '';
CREATE INDEX residents_by_merge ON residents (merged_into);
CREATE INDEX residents_by_birth ON residents (birth_date, folded_name);
CREATE INDEX residents_by_address ON residents (address);

CREATE INDEX records_parallel ON records (record_id) WHERE instr(heads, ',') > 0;
