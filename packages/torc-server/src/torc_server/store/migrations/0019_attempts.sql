-- An attempt number is not used twice in a run: `spent_run_id` is the latest run in which the current attempt ended.
ALTER TABLE job ADD COLUMN spent_run_id INTEGER;
UPDATE job SET spent_run_id = (
    SELECT MAX(run_id) FROM result WHERE result.job_id = job.id AND result.attempt_id = job.attempt_id
);
-- Jobs that were canceled with their workflow have no result, and their attempts may still be reported.
UPDATE job SET spent_run_id = (SELECT run_id FROM workflow WHERE workflow.id = job.workflow_id)
WHERE status = 7 AND canceled_by_cascade = 0 AND spent_run_id IS NULL;
-- Jobs that can run and have a result for their run and attempt could never report their end.
UPDATE job SET attempt_id = attempt_id + 1, spent_run_id = NULL
WHERE status BETWEEN 1 AND 3
AND spent_run_id >= (SELECT run_id FROM workflow WHERE workflow.id = job.workflow_id);

-- Failures of earlier runs, and jobs that were canceled with their workflow, block dependents as well.
UPDATE job SET ended_badly = 1
WHERE status BETWEEN 6 AND 8 AND ended_badly = 0 AND COALESCE(
    (SELECT return_code FROM result WHERE result.id = job.current_result_id), status = 7
) <> 0;
UPDATE dependency_set SET bad = counted.bad
FROM (
    SELECT member.set_id AS set_id, SUM(job.ended_badly) AS bad
    FROM dependency_set_member AS member JOIN job ON job.id = member.job_id
    GROUP BY member.set_id
) AS counted
WHERE dependency_set.id = counted.set_id AND dependency_set.bad <> counted.bad;

-- Grows when attempts that may still run are fenced. Runners compare it to learn that they must look.
ALTER TABLE workflow ADD COLUMN fences INTEGER NOT NULL DEFAULT 0;
