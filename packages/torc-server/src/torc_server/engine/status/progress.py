"""The progress of a workflow: counts of its jobs, whether it is complete, and a summary."""

from dataclasses import dataclass
from datetime import datetime

from torc_server.engine.ids import RunId, WorkflowId
from torc_server.engine.job_row import JobStatement
from torc_server.engine.signals import WorkflowCompleted
from torc_server.engine.states import JobStatus
from torc_server.engine.status.times import times_of
from torc_server.engine.workflows import workflow_row
from torc_server.store.statement import Statement
from torc_server.store.transaction import Transaction

# Neither complete nor disabled. The statuses are listed, so that each is one lookup in the index.
ANY_LEFT = JobStatement(
    """
SELECT 1 FROM job WHERE workflow_id = :workflow_id
AND status IN ({UNINITIALIZED}, {BLOCKED}, {READY}, {PENDING}, {RUNNING}, {PENDING_FAILED}) LIMIT 1
""",
    hot=True,
)
ANY_INITIALIZED = JobStatement(
    """
SELECT 1 FROM job WHERE workflow_id = :workflow_id AND status IN (
    {BLOCKED}, {READY}, {PENDING}, {RUNNING}, {COMPLETED}, {FAILED}, {CANCELED}, {TERMINATED}, {PENDING_FAILED}
) LIMIT 1
""",
    hot=True,
)


@dataclass(frozen=True, slots=True)
class WorkflowProgress:
    """Whether the workflow is canceled or complete, and its run. A canceled workflow counts as complete.

    `fences` is the number of times that attempts were fenced, see `engine/fencing.py`.
    """

    is_canceled: bool
    is_complete: bool
    run_id: RunId
    fences: int = 0


def no_jobs_left(tx: Transaction, workflow_id: WorkflowId) -> bool:
    """Whether every job is complete or disabled; true for a workflow without jobs."""
    return tx.value(ANY_LEFT, {"workflow_id": workflow_id}) is None


def is_complete(tx: Transaction, workflow_id: WorkflowId) -> WorkflowProgress:
    """Return whether the workflow is complete. Raises NotFound."""
    workflow = workflow_row(tx, workflow_id)
    is_canceled = bool(workflow["is_canceled"])
    return WorkflowProgress(
        is_canceled, is_canceled or no_jobs_left(tx, workflow_id), RunId(workflow["run_id"]), workflow["fences"]
    )


def is_uninitialized(tx: Transaction, workflow_id: WorkflowId) -> bool:
    """Whether every job is uninitialized or disabled; true for a workflow without jobs. Raises NotFound."""
    workflow_row(tx, workflow_id)
    return tx.value(ANY_INITIALIZED, {"workflow_id": workflow_id}) is None


def emit_if_over(tx: Transaction, workflow_id: WorkflowId) -> None:
    """Emit WorkflowCompleted if no job is left. Call this after a job ended, was disabled or was deleted."""
    if no_jobs_left(tx, workflow_id):
        tx.emit(WorkflowCompleted(workflow_id))


@dataclass(frozen=True, slots=True)
class ScheduledNodes:
    """The numbers of active allocations, and of those that are pending or being submitted."""

    active: int
    pending: int


def scheduled_nodes(tx: Transaction, workflow_id: WorkflowId) -> ScheduledNodes:
    """Count the allocations of the workflow that have not ended."""
    row = tx.row(COUNT_SCHEDULED_NODES, {"workflow_id": workflow_id})
    return ScheduledNodes(row["active"], row["pending"]) if row else ScheduledNodes(0, 0)


@dataclass(frozen=True, slots=True)
class Summary:
    """A summary of a workflow. `total_exec_time_minutes` counts current results only."""

    workflow_id: WorkflowId
    workflow_name: str
    workflow_user: str
    total_jobs: int
    jobs_by_status: dict[str, int]
    active_compute_nodes: int
    active_scheduled_nodes: int
    pending_scheduled_nodes: int
    is_canceled: bool
    is_complete: bool
    total_exec_time_minutes: float
    walltime_seconds: float | None


# The tally has one number for ready, pending and running jobs (2 to 4). The few pending and running jobs are counted.
COUNT_BY_STATUS = JobStatement("""
WITH counted AS (
    SELECT TOTAL(uninitialized) AS "0", TOTAL(blocked) AS "1", TOTAL(ready_or_running) AS ready_or_active,
        TOTAL(completed) AS "5", TOTAL(failed) AS "6", TOTAL(canceled) AS "7", TOTAL(terminated) AS "8",
        TOTAL(disabled) AS "9", TOTAL(pending_failed) AS "10"
    FROM job_tally WHERE :workflow_id IS NULL OR workflow_id = :workflow_id
), busy AS (
    SELECT COUNT(*) FILTER (WHERE job.status = {PENDING}) AS "3",
        COUNT(*) FILTER (WHERE job.status = {RUNNING}) AS "4"
    FROM (
        SELECT workflow_id FROM job_tally WHERE :workflow_id IS NULL OR workflow_id = :workflow_id
        GROUP BY workflow_id HAVING SUM(ready_or_running) > 0
    ) AS lively CROSS JOIN job ON job.workflow_id = lively.workflow_id AND job.status IN {ACTIVE}
)
SELECT "0", "1", ready_or_active - "3" - "4" AS "2", "3", "4", "5", "6", "7", "8", "9", "10" FROM counted, busy
""")
COUNT_NODES = Statement("SELECT COUNT(*) FROM compute_node WHERE workflow_id = :workflow_id AND is_active")
COUNT_SCHEDULED_NODES = Statement("""
SELECT COUNT(*) FILTER (WHERE status = 'active') AS active, COUNT(*) FILTER (WHERE status <> 'active') AS pending
FROM scheduled_compute_node WHERE workflow_id = :workflow_id AND status IN ('active', 'pending', 'submitting')
""")


def count_by_status(tx: Transaction) -> dict[str, int]:
    """Count the jobs of all workflows by the word of their status, with 0 for a status without jobs."""
    return {status.word: count for status, count in job_counts(tx, None).items()}


def job_counts(tx: Transaction, workflow_id: WorkflowId | None) -> dict[JobStatus, int]:
    """Count the jobs of a workflow, or of all workflows, by status, with 0 for a status without jobs."""
    row = tx.row(COUNT_BY_STATUS, {"workflow_id": workflow_id})
    return {status: int(row[str(int(status))]) if row else 0 for status in JobStatus}


def summary(tx: Transaction, workflow_id: WorkflowId) -> Summary:
    """Return the summary of a workflow. Raises NotFound."""
    workflow = workflow_row(tx, workflow_id)
    which = {"workflow_id": workflow_id}
    counts = {status.word: count for status, count in job_counts(tx, workflow_id).items()}
    scheduled = scheduled_nodes(tx, workflow_id)
    times = times_of(tx, workflow_id)
    completion = is_complete(tx, workflow_id)
    return Summary(
        workflow_id=workflow_id,
        workflow_name=workflow["name"],
        workflow_user=workflow["user"],
        total_jobs=sum(counts.values()),
        jobs_by_status=counts,
        active_compute_nodes=tx.value(COUNT_NODES, which),
        active_scheduled_nodes=scheduled.active,
        pending_scheduled_nodes=scheduled.pending,
        is_canceled=completion.is_canceled,
        is_complete=completion.is_complete,
        total_exec_time_minutes=times.minutes,
        walltime_seconds=_seconds_between(times.first_start, times.last_completion),
    )


def _seconds_between(start: str | None, end: str | None) -> float | None:
    """Return the seconds between two times that clients sent; None if they cannot be compared."""
    try:
        seconds = (datetime.fromisoformat(end or "") - datetime.fromisoformat(start or "")).total_seconds()
    except (ValueError, TypeError):  # an invalid time, or only one of them with a time zone
        return None
    return max(seconds, 0.0)
