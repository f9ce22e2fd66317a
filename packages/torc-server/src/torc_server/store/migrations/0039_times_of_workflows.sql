-- The first start of a workflow is one look into an index.
CREATE INDEX job_start ON job (workflow_id, start_time) WHERE start_time IS NOT NULL;
-- Changes of the times of stored results: sums that were computed before are stale.
CREATE TABLE result_change (
    workflow_id INTEGER PRIMARY KEY REFERENCES workflow (id) ON DELETE CASCADE,
    number INTEGER NOT NULL
);
CREATE TRIGGER result_times_changed AFTER UPDATE OF exec_time_minutes, completion_time ON result
BEGIN
    INSERT INTO result_change VALUES (NEW.workflow_id, 1) ON CONFLICT DO UPDATE SET number = number + 1;
END;
