-- Requests for allocations. A submission is recorded before the batch system is called: `mark` finds it there if the
-- answer is lost. The action is not a foreign key, because actions of a recovery are deleted.
CREATE TABLE submission (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    workflow_id INTEGER NOT NULL REFERENCES workflow (id) ON DELETE CASCADE,
    scheduler_config_id INTEGER NOT NULL,
    scheduler_type TEXT NOT NULL,
    action_id INTEGER,
    num_allocations INTEGER NOT NULL,
    folder TEXT NOT NULL,
    mark TEXT NOT NULL UNIQUE,
    status TEXT NOT NULL CHECK (status IN ('submitting', 'accepted', 'rejected')),
    scheduler_id INTEGER,
    is_array INTEGER,
    reason TEXT,
    created_at TEXT NOT NULL
);
CREATE INDEX submission_workflow ON submission (workflow_id);

-- `task` is the number in a job array, `starts_at` the estimate of the batch system.
ALTER TABLE scheduled_compute_node ADD COLUMN submission_id INTEGER REFERENCES submission (id) ON DELETE SET NULL;
ALTER TABLE scheduled_compute_node ADD COLUMN task INTEGER;
ALTER TABLE scheduled_compute_node ADD COLUMN folder TEXT;
ALTER TABLE scheduled_compute_node ADD COLUMN reason TEXT;
ALTER TABLE scheduled_compute_node ADD COLUMN starts_at TEXT;
CREATE INDEX scheduled_compute_node_submission ON scheduled_compute_node (submission_id)
WHERE submission_id IS NOT NULL;
