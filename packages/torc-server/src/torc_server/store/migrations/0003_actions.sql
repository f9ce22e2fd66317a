-- What is to be done when something has happened so many times.
CREATE TABLE workflow_action (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    workflow_id INTEGER NOT NULL REFERENCES workflow (id) ON DELETE CASCADE,
    trigger_type TEXT NOT NULL,
    action_type TEXT NOT NULL,
    action_config TEXT NOT NULL,
    -- As it was given: null, an empty list and a list mean different things.
    job_ids TEXT,
    trigger_count INTEGER NOT NULL DEFAULT 0,
    required_triggers INTEGER NOT NULL DEFAULT 1,
    executed INTEGER NOT NULL DEFAULT 0,
    executed_at TEXT,
    executed_by INTEGER REFERENCES compute_node (id) ON DELETE SET NULL,
    persistent INTEGER NOT NULL DEFAULT 0,
    is_recovery INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX workflow_action_workflow ON workflow_action (workflow_id, trigger_type);
CREATE INDEX workflow_action_node ON workflow_action (executed_by) WHERE executed_by IS NOT NULL;

-- The jobs that an action counts: each once, until the workflow is initialized again.
CREATE TABLE workflow_action_job (
    job_id INTEGER NOT NULL REFERENCES job (id) ON DELETE CASCADE,
    action_id INTEGER NOT NULL REFERENCES workflow_action (id) ON DELETE CASCADE,
    counted INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (job_id, action_id)
) WITHOUT ROWID;
CREATE INDEX workflow_action_job_action ON workflow_action_job (action_id);

-- What runners do about jobs that fail. The rules are the runners' to read.
CREATE TABLE failure_handler (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    workflow_id INTEGER NOT NULL REFERENCES workflow (id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    rules TEXT NOT NULL
);
CREATE INDEX failure_handler_workflow ON failure_handler (workflow_id);
CREATE INDEX job_failure_handler ON job (failure_handler_id) WHERE failure_handler_id IS NOT NULL;
CREATE TRIGGER failure_handler_deleted AFTER DELETE ON failure_handler
BEGIN
    UPDATE job SET failure_handler_id = NULL WHERE failure_handler_id = OLD.id;
END;
