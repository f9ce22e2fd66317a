-- An operation on a huge workflow that is done in many short transactions. While its row is here, nobody else writes
-- to the workflow. Before `is_decided` nothing of it was done, and it can be dropped; after it, it is carried through.
CREATE TABLE long_operation (
    workflow_id INTEGER PRIMARY KEY REFERENCES workflow (id) ON DELETE CASCADE,
    operation TEXT NOT NULL,
    is_deletion INTEGER NOT NULL,
    is_decided INTEGER NOT NULL
);
-- What it changes, as rows of one table that come, go or become others (JSON). A change that was carried out
-- goes in the same transaction.
CREATE TABLE long_operation_change (
    id INTEGER PRIMARY KEY,
    workflow_id INTEGER NOT NULL REFERENCES workflow (id) ON DELETE CASCADE,
    change TEXT NOT NULL
);
CREATE INDEX long_operation_change_workflow ON long_operation_change (workflow_id, id);
