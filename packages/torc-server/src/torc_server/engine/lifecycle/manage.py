"""Set the status of a job by hand. Statuses of complete jobs need a result and cannot be set."""

import json
from datetime import datetime

from torc_server.engine.errors import RuleBroken
from torc_server.engine.execution.reopen import reopen
from torc_server.engine.fencing import note_fence
from torc_server.engine.ids import JobId, RunId, WorkflowId
from torc_server.engine.job_row import JobStatement
from torc_server.engine.jobs import job_row
from torc_server.engine.signals import JobsBecameReady
from torc_server.engine.states import ACTIVE, CAN_RUN, COMPLETE, Cause, JobStatus, require
from torc_server.engine.status.progress import emit_if_over
from torc_server.engine.workflows import require_run
from torc_server.store.transaction import Transaction

# Only running jobs have a node and a start time; a pending_failed job keeps the node where it ran.
SET_STATUS = JobStatement(
    """
UPDATE job SET status = :status, {CLEAR_FAILURE}, {CLEAR_NODE},
    attempt_id = attempt_id + :is_fenced + (NOT :is_fenced AND :can_run AND COALESCE(spent_run_id >= :run_id, 0))
        + (:status IN {ACTIVE} AND chained_node_id IS NOT NULL),
    chained_node_id = CASE WHEN :status NOT IN {ACTIVE} THEN chained_node_id END,
    spent_run_id = CASE WHEN NOT :is_fenced AND (spent_run_id < :run_id OR NOT :can_run) THEN spent_run_id END,
    compute_node_id = CASE WHEN :status IN ({RUNNING}, {PENDING_FAILED}) THEN compute_node_id END,
    start_time = CASE WHEN :status = {RUNNING} THEN :now WHEN :status = {PENDING_FAILED} THEN start_time END
WHERE id = :job_id
""",
    cause=Cause.MANAGE,
)
# Direct dependents that completed or failed; their inputs will be created again.
DONE_DEPENDENTS = JobStatement("""
SELECT DISTINCT job.id, job.ended_badly
FROM dependency_set_member AS member
CROSS JOIN job_dependency_set AS waiting ON waiting.set_id = member.set_id
CROSS JOIN job ON job.id = waiting.job_id
WHERE member.job_id = :job_id AND job.id <> :job_id AND job.status IN ({COMPLETED}, {FAILED})
""")
RESET = JobStatement(
    """
UPDATE job SET status = {TO}, {CLEAR_FAILURE}, {CLEAR_PLACEMENT}
WHERE id IN (SELECT value FROM json_each(:jobs)) AND status IN {FROM}
""",
    cause=Cause.RESET,
)


def set_status(tx: Transaction, job_id: JobId, status: JobStatus, run_id: RunId, *, now: datetime) -> None:
    """Set the status of a job. Its current status changes nothing, in every run.

    The attempt of a pending or running job is fenced, unless a pending job becomes running. A job that can run then,
    and whose attempt ended in this run, gets the next attempt number.
    If a complete job becomes uninitialized, its completed and failed direct dependents become uninitialized too.
    Dependents canceled by its failure become blocked again. Actions are not counted, and a job may become ready
    although its dependencies are incomplete. Raises NotFound; RuleBroken for a complete status and for another run.
    Emits AttemptsFenced, JobsBecameReady, WorkflowCompleted.
    """
    job = job_row(tx, job_id)
    if status in COMPLETE:
        raise RuleBroken(
            f"Job {job['name']!r} becomes {status.word} by a result; use complete_job",
            field="status",
            value=status.word,
        )
    if job["status"] == status:
        return
    workflow_id = WorkflowId(job["workflow_id"])
    require_run(tx, workflow_id, run_id)
    require(Cause.MANAGE, JobStatus(job["status"]), job["name"])
    is_start = (job["status"], status) == (JobStatus.PENDING, JobStatus.RUNNING)
    is_fenced = job["status"] in ACTIVE and not is_start
    tx.execute(
        SET_STATUS,
        {
            "job_id": job_id,
            "status": status,
            "run_id": run_id,
            "is_fenced": is_fenced,
            "can_run": status in CAN_RUN,
            "now": now.isoformat(),
        },
    )
    if is_fenced:
        note_fence(tx, workflow_id)
    if job["status"] in COMPLETE:
        reopened = [(job_id, bool(job["ended_badly"]))]
        if status is JobStatus.UNINITIALIZED:
            done = tx.rows(DONE_DEPENDENTS, {"job_id": job_id})
            tx.execute(RESET, {"jobs": json.dumps([row["id"] for row in done])})
            reopened += [(JobId(row["id"]), bool(row["ended_badly"])) for row in done]
        reopen(tx, reopened)
    if JobStatus.READY in {job["status"], status}:
        # Other jobs are no longer held back by a job that is not ready any more.
        tx.emit(JobsBecameReady(workflow_id))
    if status is JobStatus.DISABLED:
        emit_if_over(tx, workflow_id)
