-- The server remembers when the attempts of a run began and ended, and reads only new results. This counts the changes
-- after which it must read all of them again; new results are none.
CREATE TABLE timeline_change (
    workflow_id INTEGER PRIMARY KEY REFERENCES workflow (id) ON DELETE CASCADE,
    number INTEGER NOT NULL
);
-- (A workflow that is deleted keeps no note.)
CREATE TRIGGER timeline_result_changed
AFTER UPDATE OF run_id, attempt_id, job_id, compute_node_id, exec_time_minutes, completion_time, status ON result
BEGIN
    INSERT INTO timeline_change SELECT id, 1 FROM workflow WHERE id = OLD.workflow_id
    ON CONFLICT DO UPDATE SET number = number + 1;
END;
CREATE TRIGGER timeline_result_deleted AFTER DELETE ON result
BEGIN
    INSERT INTO timeline_change SELECT id, 1 FROM workflow WHERE id = OLD.workflow_id
    ON CONFLICT DO UPDATE SET number = number + 1;
END;
CREATE TRIGGER timeline_needs_changed AFTER UPDATE OF num_cpus, num_nodes ON resource_requirements
WHEN (OLD.num_cpus, OLD.num_nodes) IS NOT (NEW.num_cpus, NEW.num_nodes)
BEGIN
    INSERT INTO timeline_change SELECT id, 1 FROM workflow WHERE id = OLD.workflow_id
    ON CONFLICT DO UPDATE SET number = number + 1;
END;
