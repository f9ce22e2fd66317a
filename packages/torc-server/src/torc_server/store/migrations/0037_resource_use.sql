-- Changes of stored results, by blocks of 8192 ids (id >> 13): what was computed from the block before is stale.
CREATE TABLE result_change (
    workflow_id INTEGER NOT NULL REFERENCES workflow (id) ON DELETE CASCADE,
    block INTEGER NOT NULL,
    number INTEGER NOT NULL,
    PRIMARY KEY (workflow_id, block)
) WITHOUT ROWID;
CREATE TRIGGER result_changed AFTER UPDATE ON result
BEGIN
    INSERT INTO result_change VALUES (NEW.workflow_id, NEW.id >> 13, 1) ON CONFLICT DO UPDATE SET number = number + 1;
END;
