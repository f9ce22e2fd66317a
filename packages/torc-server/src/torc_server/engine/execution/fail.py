"""Decide that pending_failed jobs failed."""

import json
from collections.abc import Sequence

from torc_server.engine import events
from torc_server.engine.errors import RuleBroken
from torc_server.engine.execution.release import release
from torc_server.engine.ids import JobId, WorkflowId
from torc_server.engine.job_row import JobStatement
from torc_server.engine.jobs import not_of_workflow
from torc_server.engine.states import Cause, JobStatus, require
from torc_server.engine.workflows import workflow_row
from torc_server.store.transaction import Transaction

NAMED_JOBS = JobStatement("""
SELECT job.id, job.name, job.status FROM json_each(:jobs) AS named
CROSS JOIN job ON job.id = named.value WHERE job.workflow_id = :workflow_id
""")
PENDING_FAILED_JOBS = JobStatement(
    "SELECT id FROM job WHERE workflow_id = :workflow_id AND status = {PENDING_FAILED} ORDER BY id"
)
# The return code decides whether a failure blocks dependents. A status that was set by hand has no result.
FAIL = JobStatement(
    """
UPDATE job SET status = {TO}, canceled_by_cascade = 0, {CLEAR_NODE},
    ended_badly = COALESCE((SELECT return_code <> 0 FROM result WHERE result.id = job.current_result_id), 1)
WHERE id IN (SELECT value FROM json_each(:jobs)) AND status IN {FROM}
RETURNING id, name, ended_badly, (SELECT return_code FROM result WHERE result.id = job.current_result_id) AS return_code
""",
    cause=Cause.FAIL,
)
CHANGE_RESULTS = JobStatement("""
UPDATE result SET status = {FAILED}
WHERE status = {PENDING_FAILED}
AND id IN (SELECT current_result_id FROM job WHERE job.id IN (SELECT value FROM json_each(:jobs)))
""")


def fail_jobs(tx: Transaction, workflow_id: WorkflowId, job_ids: Sequence[JobId] | None) -> list[JobId]:
    """Make the named pending_failed jobs, or all of the workflow, failed, and release their dependents.

    Returns the jobs. Nothing changes if one of them cannot fail. Raises NotFound; RuleBroken for a job that the
    workflow does not have or that is not pending_failed. Emits JobsBecameReady and WorkflowCompleted, and announces the
    jobs.
    """
    workflow_row(tx, workflow_id)
    if job_ids is None:
        job_ids = [JobId(row["id"]) for row in tx.rows(PENDING_FAILED_JOBS, {"workflow_id": workflow_id})]
    else:
        job_ids = list(dict.fromkeys(job_ids))
        _require_pending_failed(tx, workflow_id, job_ids)
    if not job_ids:
        return []
    which = {"jobs": json.dumps(job_ids)}
    failed = tx.rows(FAIL, which)
    tx.execute(CHANGE_RESULTS, which)
    for row in failed:
        events.announce_job_ended(
            tx, workflow_id, row["id"], row["name"], JobStatus.FAILED, return_code=row["return_code"]
        )
    release(tx, workflow_id, [(JobId(row["id"]), bool(row["ended_badly"])) for row in failed])
    return job_ids


def _require_pending_failed(tx: Transaction, workflow_id: WorkflowId, job_ids: Sequence[JobId]) -> None:
    rows = tx.rows(NAMED_JOBS, {"jobs": json.dumps(job_ids), "workflow_id": workflow_id})
    found = {row["id"]: row for row in rows}
    for job_id in job_ids:
        if job_id not in found:
            raise not_of_workflow(workflow_id, job_id)
        status, name = JobStatus(found[job_id]["status"]), found[job_id]["name"]
        if status is JobStatus.FAILED:
            raise RuleBroken(f"Job {name!r} is failed already", field="job_ids", value=job_id)
        require(Cause.FAIL, status, name)
