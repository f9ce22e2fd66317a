"""Take jobs out of a workflow that have not begun."""

import json
from collections.abc import Sequence

from torc_server.engine.ids import JobId, RunId, WorkflowId
from torc_server.engine.job_row import JobStatement
from torc_server.engine.jobs import not_of_workflow
from torc_server.engine.signals import JobsBecameReady
from torc_server.engine.states import Cause, JobStatus, require
from torc_server.engine.status.progress import emit_if_over
from torc_server.engine.workflows import require_known_run
from torc_server.store.transaction import Transaction

NAMED_JOBS = JobStatement("""
SELECT job.id, job.name, job.status FROM json_each(:jobs) AS named
CROSS JOIN job ON job.id = named.value WHERE job.workflow_id = :workflow_id
""")
DISABLE = JobStatement(
    """
UPDATE job SET status = {TO}, {CLEAR_FAILURE}, {CLEAR_PLACEMENT}
WHERE id IN (SELECT value FROM json_each(:jobs)) AND status IN {FROM}
""",
    cause=Cause.DISABLE_LISTED,
)


def disable_jobs(
    tx: Transaction, workflow_id: WorkflowId, job_ids: Sequence[JobId], known_run_id: RunId | None = None
) -> int:
    """Disable uninitialized, blocked and ready jobs, and return the number of those that were not disabled before.

    Nothing changes if one of them cannot be disabled. Raises NotFound; Conflict if the workflow is not in the known
    run; RuleBroken for a job that the workflow does not have or that has begun. Emits JobsBecameReady and
    WorkflowCompleted.
    """
    require_known_run(tx, workflow_id, known_run_id)
    rows = tx.rows(NAMED_JOBS, {"jobs": json.dumps(sorted(set(job_ids))), "workflow_id": workflow_id})
    missing = set(job_ids) - {row["id"] for row in rows}
    if missing:
        raise not_of_workflow(workflow_id, min(missing))
    enabled = [row for row in rows if row["status"] != JobStatus.DISABLED]
    for row in enabled:
        require(Cause.DISABLE_LISTED, JobStatus(row["status"]), row["name"])
    tx.execute(DISABLE, {"jobs": json.dumps([row["id"] for row in enabled])})
    if any(row["status"] == JobStatus.READY for row in enabled):
        # They may have held other jobs back.
        tx.emit(JobsBecameReady(workflow_id))
    if enabled:
        emit_if_over(tx, workflow_id)
    return len(enabled)
