"""Start claimed and chained jobs on a node."""

import json
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from torc_server.engine import events
from torc_server.engine.claiming.leases import require_held
from torc_server.engine.errors import EngineError, Stale
from torc_server.engine.execution.chained import not_chained, succeeded_on_node
from torc_server.engine.ids import AttemptId, JobId, NodeId, RunId, WorkflowId
from torc_server.engine.job_row import JobStatement
from torc_server.engine.jobs import not_of_workflow, workflow_of_job
from torc_server.engine.signals import NodeHeard
from torc_server.engine.states import Cause, JobStatus, require
from torc_server.engine.workflows import other_run, run_of
from torc_server.store.row_ids import json_numbers
from torc_server.store.statement import Statement
from torc_server.store.transaction import Transaction


@dataclass(frozen=True, slots=True)
class Start:
    """A start of a job on a node."""

    job_id: JobId
    run_id: RunId
    node_id: NodeId
    predecessor_id: JobId | None = None
    """Of a chained job: the job whose success on the same node makes this one ready without a claim."""
    attempt_id: AttemptId | None = None
    """The attempt that started; a start of another attempt than the job's is refused. None: the current one."""
    start_time: datetime | None = field(default=None, compare=False)
    """When the runner started it, with a UTC offset. The time of the call is used if this is absent or later."""


JOBS = Statement(
    """
SELECT job.id, job.workflow_id, job.name, job.status, job.attempt_id, job.compute_node_id, job.claimed_by_node_id
FROM json_each(:asked) AS asked CROSS JOIN job ON job.id = asked.value
""",
    hot=True,
)
NODES = Statement(
    """
SELECT compute_node.id, compute_node.workflow_id, compute_node.lease_seconds, compute_node.is_active
FROM json_each(:asked) AS asked CROSS JOIN compute_node ON compute_node.id = asked.value
""",
    hot=True,
)
# `jobs` is [[job id, start time], ...]. An unregistered node is stored as the job's node, but not as its active node.
START = {
    cause: JobStatement(
        """
UPDATE job SET status = {TO}, claimed_by_node_id = NULL, lost_by_node_id = NULL, chained_node_id = NULL,
    compute_node_id = :node_id,
    start_time = json_extract(started.value, '$[1]'), active_compute_node_id = :active_node_id
FROM json_each(:jobs) AS started
WHERE job.id = json_extract(started.value, '$[0]') AND job.status IN {FROM}
""",
        hot=True,
        cause=cause,
    )
    for cause in (Cause.START, Cause.START_CHAINED)
}


def start(tx: Transaction, job_id: JobId, run_id: RunId, node_id: NodeId, *, now: datetime) -> None:
    """Change a pending job to running on a node. A repeated call by the same node changes nothing.

    Raises NotFound; RuleBroken for another run or a job that is not pending; Stale for a node whose lease expired and
    for a job that another node claimed. Emits NodeHeard.
    """
    workflow_id = workflow_of_job(tx, job_id)
    (refusal,) = start_jobs(tx, workflow_id, [Start(job_id, run_id, node_id)], now=now)
    if refusal is not None:
        raise refusal


def start_jobs(
    tx: Transaction, workflow_id: WorkflowId, starts: Sequence[Start], *, now: datetime
) -> list[EngineError | None]:
    """Change pending jobs to running. Each start is judged separately; returns for each its error, or None.

    Raises NotFound for the workflow. Emits NodeHeard.
    """
    current_run = run_of(tx, workflow_id)
    asked = json_numbers([each.job_id for each in starts])
    jobs = {row["id"]: row for row in tx.rows(JOBS, {"asked": asked})}
    asked = json_numbers(list({each.node_id for each in starts}))
    nodes = {row["id"]: row for row in tx.rows(NODES, {"asked": asked})}
    chained = [(each.predecessor_id, each.node_id) for each in starts if each.predecessor_id is not None]
    succeeded = succeeded_on_node(tx, current_run, chained)
    refusals: list[EngineError | None] = []
    running: dict[JobId, Start] = {}
    for each in starts:
        job, node = jobs.get(each.job_id), nodes.get(each.node_id)
        if each.job_id in running:
            # The job occurs twice in one call; the second start is judged after the first.
            refusals.append(_refusal_of_second(running[each.job_id], each, jobs[each.job_id]["name"]))
            continue
        try:
            if job is None or job["workflow_id"] != workflow_id:
                raise not_of_workflow(workflow_id, each.job_id)
            if each.run_id != current_run:
                raise other_run(workflow_id, current_run, each.run_id)
            is_new = _judge(job, node, each, succeeded)
        except EngineError as error:
            refusals.append(error)
        else:
            refusals.append(None)
            if is_new:
                running[each.job_id] = each
    for node_id in nodes:
        tx.emit(NodeHeard(NodeId(node_id)))
    for cause, some in _by_cause(running, jobs).items():
        _store(tx, workflow_id, some, nodes, cause=cause, now=now)
    for job_id, each in running.items():
        events.announce_job_started(
            tx, workflow_id, job_id, jobs[job_id]["name"], node_id=each.node_id, run_id=each.run_id
        )
    return refusals


def _judge(job: sqlite3.Row, node: sqlite3.Row | None, start: Start, succeeded: set[tuple[JobId, NodeId]]) -> bool:
    """Whether the start is to be stored; False for a repeated start. Raises what is wrong.

    `succeeded` has the predecessors of chained jobs that succeeded, with the node where they ran.
    """
    if node is not None:
        # Other nodes may have claimed the job after the lease expired.
        require_held(start.node_id, node["lease_seconds"], is_active=node["is_active"])
    status, claimant = JobStatus(job["status"]), job["claimed_by_node_id"]
    if status is JobStatus.PENDING and claimant not in (None, start.node_id):
        raise Stale(f"Job {job['name']!r} was claimed by compute node {claimant}, not {start.node_id}; do not start it")
    if start.attempt_id not in (None, job["attempt_id"]):
        raise Stale(f"Job {job['name']!r} is at attempt {job['attempt_id']}, not {start.attempt_id}; stop this attempt")
    if status is JobStatus.RUNNING and job["compute_node_id"] == start.node_id:
        return False
    if start.predecessor_id is None or status is not JobStatus.READY:
        require(Cause.START, status, job["name"])
    elif (start.predecessor_id, start.node_id) not in succeeded:
        raise not_chained(start.predecessor_id, start.node_id)
    return True


def _refusal_of_second(first: Start, second: Start, job_name: str) -> EngineError | None:
    if first == second:
        return None
    try:
        require(Cause.START, JobStatus.RUNNING, job_name)
    except EngineError as error:
        return error
    return None


def _by_cause(running: Mapping[JobId, Start], jobs: Mapping[int, sqlite3.Row]) -> dict[Cause, dict[JobId, Start]]:
    """Separate claimed jobs from chained jobs, which are ready."""
    starts: dict[Cause, dict[JobId, Start]] = {}
    for job_id, each in running.items():
        cause = Cause.START_CHAINED if jobs[job_id]["status"] == JobStatus.READY else Cause.START
        starts.setdefault(cause, {})[job_id] = each
    return starts


def _store(
    tx: Transaction,
    workflow_id: WorkflowId,
    running: Mapping[JobId, Start],
    nodes: Mapping[int, sqlite3.Row],
    *,
    cause: Cause,
    now: datetime,
) -> None:
    by_node: dict[NodeId, list[tuple[JobId, str]]] = {}
    for job_id, each in running.items():
        started_at = now if each.start_time is None else min(each.start_time, now)
        by_node.setdefault(each.node_id, []).append((job_id, started_at.astimezone(UTC).isoformat()))
    for node_id, jobs in by_node.items():
        is_of_workflow = node_id in nodes and nodes[node_id]["workflow_id"] == workflow_id
        tx.execute(
            START[cause],
            {
                "jobs": json.dumps(jobs),
                "node_id": node_id,
                "active_node_id": node_id if is_of_workflow else None,
            },
        )
