-- A node with free resources that do not suffice for a job of high priority keeps them for it: the job, and when the
-- running jobs are expected to leave enough. It counts while the job is ready and the node is active.
ALTER TABLE compute_node ADD COLUMN reserved_job_id INTEGER;
ALTER TABLE compute_node ADD COLUMN reserved_start_ms INTEGER;
CREATE INDEX compute_node_reserved_job ON compute_node (reserved_job_id) WHERE reserved_job_id IS NOT NULL;
