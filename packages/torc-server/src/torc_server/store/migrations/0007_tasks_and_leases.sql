-- Long operations that go on after their request was answered.
CREATE TABLE task (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    workflow_id INTEGER NOT NULL REFERENCES workflow (id) ON DELETE CASCADE,
    operation TEXT NOT NULL,
    arguments TEXT NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('queued', 'running', 'succeeded', 'failed')),
    created_at_ms INTEGER NOT NULL,
    started_at_ms INTEGER,
    finished_at_ms INTEGER,
    error TEXT
);
CREATE INDEX task_workflow ON task (workflow_id);
-- At most one unfinished task a workflow.
CREATE UNIQUE INDEX task_unfinished ON task (workflow_id) WHERE status IN ('queued', 'running');
CREATE INDEX task_queued ON task (id) WHERE status = 'queued';

-- A node with a lease gives its jobs back when nothing was heard of it for so long; NULL: it is never given up.
ALTER TABLE compute_node ADD COLUMN lease_seconds REAL;
CREATE INDEX compute_node_leased ON compute_node (id) WHERE is_active AND lease_seconds IS NOT NULL;
-- Who claimed the job and has not started it yet, where the claim said so.
ALTER TABLE job ADD COLUMN claimed_by_node_id INTEGER;
CREATE INDEX job_claimed_by ON job (claimed_by_node_id) WHERE claimed_by_node_id IS NOT NULL;
