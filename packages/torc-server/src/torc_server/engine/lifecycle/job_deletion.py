"""Delete jobs. Jobs that depend on a deleted job no longer wait for it; pending and running jobs are not deleted.

A deleted job that a runner still executes would work on unnoticed, and its result would be refused.
"""

from torc_server.engine import actions
from torc_server.engine.claiming.reservations import release
from torc_server.engine.dependencies import graph
from torc_server.engine.errors import Conflict
from torc_server.engine.execution.release import release_opened
from torc_server.engine.ids import JobId, WorkflowId
from torc_server.engine.job_row import JobStatement
from torc_server.engine.signals import JobsBecameReady
from torc_server.engine.states import JobStatus
from torc_server.store.transaction import Transaction

# The jobs of a workflow, or one job, that a runner holds. The names are for the message.
ACTIVE_JOBS = JobStatement("""
SELECT name, status, COUNT(*) OVER () AS jobs FROM job
WHERE workflow_id = :workflow_id AND status IN {ACTIVE} AND (:job_id IS NULL OR id = :job_id)
ORDER BY id LIMIT 1
""")

IS_READY = JobStatement("SELECT 1 FROM job WHERE id = :job_id AND status = {READY}")


def forget_job(tx: Transaction, workflow_id: WorkflowId, job_id: JobId) -> None:
    """Release the dependents of a job before it is deleted, and the node that is reserved for it.

    Raises Conflict for a pending or running job. Counts triggers of actions. Emits JobsBecameReady, also if the job is
    ready: a node may keep resources for it and hold other jobs back.
    """
    _require_inactive(tx, workflow_id, job_id)
    opened = graph.forget_job(tx, job_id)
    actions.forget_job(tx, workflow_id, job_id)
    if opened:
        release_opened(tx, workflow_id, opened)
    if tx.value(IS_READY, {"job_id": job_id}):
        release(tx, workflow_id, [job_id], None)
        tx.emit(JobsBecameReady(workflow_id))


def forget_all_jobs(tx: Transaction, workflow_id: WorkflowId) -> None:
    """Remove all jobs of a workflow from the graph before they are deleted.

    Raises Conflict if one of them is pending or running.
    """
    _require_inactive(tx, workflow_id, None)
    graph.forget_all_jobs(tx, workflow_id)


def _require_inactive(tx: Transaction, workflow_id: WorkflowId, job_id: JobId | None) -> None:
    active = tx.row(ACTIVE_JOBS, {"workflow_id": workflow_id, "job_id": job_id})
    if active is None:
        return
    status = JobStatus(active["status"]).word
    more = f" and {active['jobs'] - 1} more are active" if active["jobs"] > 1 else ""
    raise Conflict(
        f"Job {active['name']!r} is {status}{more}, and cannot be deleted; wait for its end, or cancel the workflow"
        f" first: torc workflows cancel {workflow_id}"
    )
