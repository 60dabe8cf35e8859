-- Residents and households in the order of their addresses as one walks (domain.addresses).

DROP INDEX residents_in_order;
CREATE INDEX residents_in_order ON residents (address_order, household_id, relation_to_head, place);
CREATE INDEX residents_of_group ON residents (village_group, address_order, household_id, relation_to_head, place);

ALTER TABLE households ADD COLUMN address_order TEXT NOT NULL DEFAULT '';
UPDATE households SET address_order = address_order(village_group, address);
DROP INDEX households_in_order;
CREATE INDEX households_in_order ON households (address_order, place);
