-- Jobs have the environment variables of their workflow, which their own override. Runners merged them before.
UPDATE job SET env = json_patch(workflow.env, COALESCE(job.env, '{}')) FROM workflow
WHERE workflow.id = job.workflow_id AND workflow.env IS NOT NULL;
UPDATE job SET env = NULL WHERE env = '{}';
UPDATE workflow SET env = NULL WHERE env = '{}';
