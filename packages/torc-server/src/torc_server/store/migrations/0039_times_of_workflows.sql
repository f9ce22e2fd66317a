-- The first start of a workflow is one look into an index.
CREATE INDEX job_start ON job (workflow_id, start_time) WHERE start_time IS NOT NULL;
