-- What a node's runner was started with, a JSON list; NULL: nothing.
ALTER TABLE compute_node ADD COLUMN labels TEXT;
-- Claims find jobs of each label for themselves: however many wait for a label, nobody without it passes over them.
DROP INDEX job_ready;
DROP INDEX job_ready_in_order;
CREATE INDEX job_ready ON job (workflow_id, priority DESC, resource_requirements_id, scheduler_id, id)
WHERE status = 2 AND label IS NULL;
CREATE INDEX job_ready_in_order ON job (workflow_id, priority DESC, id) WHERE status = 2 AND label IS NULL;
CREATE INDEX job_ready_by_label ON job (
    workflow_id, label, priority DESC, resource_requirements_id, scheduler_id, id
) WHERE status = 2 AND label IS NOT NULL;
