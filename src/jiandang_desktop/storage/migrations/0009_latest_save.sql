-- The latest time under which something was saved: one before it is doubtful (ports.vault.LATEST_SAVE).

INSERT OR IGNORE INTO settings (name, value)
SELECT 'latest_save', '"' || max(at) || '"' FROM audit HAVING count(*) > 0;
