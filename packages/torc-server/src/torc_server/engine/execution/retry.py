"""Retry a job: begin its next attempt."""

from datetime import datetime

from torc_server.engine import events
from torc_server.engine.errors import RuleBroken
from torc_server.engine.execution.reopen import reopen
from torc_server.engine.fencing import note_fence
from torc_server.engine.ids import AttemptId, JobId, RunId, WorkflowId
from torc_server.engine.job_row import JobStatement
from torc_server.engine.jobs import job_row
from torc_server.engine.signals import JobsBecameReady
from torc_server.engine.states import ACTIVE, COMPLETE, Cause, JobStatus, require
from torc_server.engine.workflows import require_run
from torc_server.store.transaction import Transaction

NEXT_ATTEMPT = {
    cause: JobStatement(
        """
UPDATE job SET status = {TO}, {NEXT_ATTEMPT}, {CLEAR_FAILURE}, {CLEAR_PLACEMENT},
    origin = CASE WHEN origin = 'spawn' THEN origin ELSE 'retry' END
WHERE id = :job_id AND status IN {FROM}
""",
        cause=cause,
    )
    for cause in (Cause.RETRY, Cause.RETRY_AT_ONCE)
}


def retry(tx: Transaction, job_id: JobId, run_id: RunId, *, max_retries: int, now: datetime) -> None:
    """Make a running or failed job ready for its next attempt. Dependents canceled by its failure become blocked.

    Raises NotFound; RuleBroken for another run, another status, or if no attempt is left. Emits JobsBecameReady and
    AttemptsFenced, and records the event.
    """
    job = job_row(tx, job_id)
    workflow_id = WorkflowId(job["workflow_id"])
    require_run(tx, workflow_id, run_id)
    require(Cause.RETRY, JobStatus(job["status"]), job["name"])
    if job["attempt_id"] >= max_retries:
        raise RuleBroken(
            f"Job {job['name']!r} made attempt {job['attempt_id']} of {max_retries}; no retry is left",
            field="max_retries",
            value=max_retries,
        )
    begin_attempt(
        tx,
        workflow_id,
        job_id,
        job["name"],
        cause=Cause.RETRY,
        given_up=AttemptId(job["attempt_id"]),
        run_id=run_id,
        now=now,
    )
    if job["status"] in ACTIVE:
        note_fence(tx, workflow_id)
    if job["status"] in COMPLETE:
        reopen(tx, [(job_id, bool(job["ended_badly"]))])


def begin_attempt(
    tx: Transaction,
    workflow_id: WorkflowId,
    job_id: JobId,
    name: str,
    *,
    cause: Cause,
    given_up: AttemptId,
    run_id: RunId,
    now: datetime,
) -> None:
    """Make a job ready for the attempt after `given_up`. Emits JobsBecameReady, and records the event."""
    tx.execute(NEXT_ATTEMPT[cause], {"job_id": job_id})
    events.record(tx, workflow_id, events.job_retried_event(job_id, name, given_up, run_id), now=now)
    tx.emit(JobsBecameReady(workflow_id))
