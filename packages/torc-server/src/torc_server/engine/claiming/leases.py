"""Leases of compute nodes: when a lease expires, the jobs of the node become ready for other nodes.

Only nodes that were registered with a lease can lose it. `background/leases.py` measures with the monotonic clock of
the server how long a node has been silent; this module contains the consequences.
"""

import sqlite3
from collections.abc import Collection
from datetime import datetime
from typing import Any

from torc_server.engine import events
from torc_server.engine.errors import NotFound, RuleBroken, Stale
from torc_server.engine.fencing import note_fence
from torc_server.engine.ids import AttemptId, JobId, NodeId, WorkflowId
from torc_server.engine.job_row import JobStatement
from torc_server.engine.signals import ActionsBecamePending, JobsBecameReady, LeaseChanged, NodeHeard, Severity
from torc_server.engine.states import Cause
from torc_server.engine.workflow_locks import is_locked, require_unlocked
from torc_server.store.statement import Statement
from torc_server.store.transaction import Transaction

SHORTEST_LEASE_SECONDS = 1.0
# The lease that runners choose by default. It is used for a node that has none.
USUAL_LEASE_SECONDS = 300.0
# The maximum number of jobs that the event of a lost node lists. Its `job_count` counts all of them.
JOBS_NAMED = 100

NODE = Statement("SELECT * FROM compute_node WHERE id = :node_id", hot=True)


def require_lease(lease_seconds: float | None) -> None:
    """Raise RuleBroken for a lease that is too short to be renewed."""
    if lease_seconds is not None and lease_seconds < SHORTEST_LEASE_SECONDS:
        raise RuleBroken(
            f"lease_seconds must be at least {SHORTEST_LEASE_SECONDS:g}; omit it for a node without a lease",
            field="lease_seconds",
            value=lease_seconds,
        )


def change_lease(tx: Transaction, node_id: NodeId, lease_seconds: float | None, *, is_active: bool) -> None:
    """Set the length of a node's lease. If the node stops, make the jobs ready that it claimed and did not start.

    Its unfinished actions become pending. Emits LeaseChanged, JobsBecameReady, ActionsBecamePending.
    """
    tx.emit(LeaseChanged(node_id, lease_seconds if is_active else None))
    if not is_active and lease_seconds is not None:
        _give_back(tx, node_id, with_running=False)


def require_held(node_id: NodeId, lease_seconds: float | None, *, is_active: bool) -> None:
    """Raise Stale for a node with a lease that has stopped or whose lease has expired."""
    if lease_seconds is not None and not is_active:
        raise Stale(_lease_over(node_id))


def _lease_over(node_id: int) -> str:
    return (
        f"Compute node {node_id} has stopped, or its lease has expired and its jobs were returned to the queue;"
        " stop its jobs and register a new compute node"
    )


def require_node(tx: Transaction, workflow_id: WorkflowId, node_id: NodeId) -> sqlite3.Row:
    """Return the row of an active node of this workflow and renew its lease.

    Raises RuleBroken, Stale. Emits NodeHeard.
    """
    node = tx.row(NODE, {"node_id": node_id})
    if node is None or node["workflow_id"] != workflow_id:
        raise RuleBroken(
            f"Workflow {workflow_id} has no compute node {node_id}; register it first",
            field="compute_node_id",
            value=node_id,
        )
    require_held(node_id, node["lease_seconds"], is_active=node["is_active"])
    tx.emit(NodeHeard(node_id))
    return node


def require_exists(tx: Transaction, node_id: NodeId) -> sqlite3.Row:
    """Return the row of a node. Raises NotFound."""
    node = tx.row(NODE, {"node_id": node_id})
    if node is None:
        raise NotFound(f"There is no compute node {node_id}")
    return node


def heartbeat(tx: Transaction, node_id: NodeId) -> float | None:
    """Renew the lease of a node and return its length in seconds; None without a lease.

    Raises NotFound; Stale for a node that is no longer active. Emits NodeHeard. Writes nothing.
    """
    node = require_exists(tx, node_id)
    if not node["is_active"]:
        raise Stale(_lease_over(node_id))
    tx.emit(NodeHeard(node_id))
    lease_seconds: float | None = node["lease_seconds"]
    return lease_seconds


LEASED = Statement("SELECT id, lease_seconds FROM compute_node WHERE is_active AND lease_seconds IS NOT NULL")


def leases(tx: Transaction) -> dict[NodeId, float]:
    """Return the leases of the active nodes, in seconds."""
    return {NodeId(row["id"]): row["lease_seconds"] for row in tx.rows(LEASED)}


STOP = Statement(
    "UPDATE compute_node SET is_active = 0 WHERE id = :node_id AND is_active AND lease_seconds IS NOT NULL"
)


def give_up(tx: Transaction, node_id: NodeId, *, now: datetime, is_known_dead: bool = False) -> int | None:
    """End the lease of a node and make its jobs ready for their next attempt. Return the number of jobs.

    Reports of the returned attempts are refused as stale, except successes while no node has claimed the next attempt.
    `is_known_dead`: the node was reported to run no jobs before its lease expired. Returns None for a node that is
    deleted, stopped, or has no lease. Raises WorkflowLocked, and NotFound during a deletion of the workflow. Emits
    JobsBecameReady and LeaseChanged, and records the event.
    """
    if not tx.execute(STOP, {"node_id": node_id}):
        return None
    node = tx.rows(NODE, {"node_id": node_id})[0]
    workflow_id = WorkflowId(node["workflow_id"])
    require_unlocked(tx, workflow_id, writes=True)
    tx.emit(LeaseChanged(node_id, None))
    jobs = _give_back(tx, node_id, with_running=True)
    data = _lost(node, jobs, is_known_dead=is_known_dead)
    events.record(tx, workflow_id, data, now=now)
    events.announce(tx, workflow_id, "compute_node_lost", Severity.WARNING, data)
    return len(jobs)


def abandon(tx: Transaction, node_id: NodeId) -> None:
    """Make the jobs of a node ready before its record is deleted. Emits JobsBecameReady."""
    _give_back(tx, node_id, with_running=True)


LEASED_OF_WORKFLOW = Statement("""
SELECT id FROM compute_node WHERE workflow_id = :workflow_id AND is_active AND lease_seconds IS NOT NULL
""")


def abandon_all(tx: Transaction, workflow_id: WorkflowId) -> None:
    """Make the jobs of all nodes of a workflow with a lease ready. Emits JobsBecameReady."""
    for row in tx.rows(LEASED_OF_WORKFLOW, {"workflow_id": workflow_id}):
        abandon(tx, NodeId(row["id"]))


# Jobs that run on the node, and pending jobs that it claimed.
GIVE_BACK = JobStatement(
    """
UPDATE job SET status = {TO}, {NEXT_ATTEMPT}, active_compute_node_id = NULL, claimed_by_node_id = NULL,
    compute_node_id = NULL, start_time = NULL, lost_by_node_id = :node_id
WHERE id IN (
    SELECT id FROM job WHERE active_compute_node_id = :node_id AND status = {RUNNING} AND :with_running
    UNION ALL
    SELECT id FROM job WHERE claimed_by_node_id = :node_id AND status = {PENDING}
)
AND status IN {FROM}
RETURNING id, workflow_id, name, attempt_id
""",
    hot=True,
    cause=Cause.GIVE_BACK,
)


# Jobs of nodes that are deleted or have stopped, and running jobs without a node. Nodes that were never registered are
# those of clients of 0.12, which may still run. The tally has the few workflows in which jobs may be active.
WITHOUT_NODE = JobStatement("""
SELECT job.id, job.workflow_id, job.attempt_id, COALESCE(node.lease_seconds, :usual_seconds) AS lease_seconds
FROM (SELECT workflow_id FROM job_tally GROUP BY workflow_id HAVING SUM(ready_or_running) > 0) AS lively
CROSS JOIN job ON job.workflow_id = lively.workflow_id AND job.status IN {ACTIVE}
LEFT JOIN compute_node AS node
    ON node.id = COALESCE(job.active_compute_node_id, job.claimed_by_node_id, job.compute_node_id)
WHERE COALESCE(node.is_active, 0) = 0 AND (job.status = {RUNNING} OR job.claimed_by_node_id IS NOT NULL)
AND COALESCE(job.compute_node_id, 0) <= COALESCE((SELECT seq FROM sqlite_sequence WHERE name = 'compute_node'), 0)
""")
HEAL = JobStatement(
    """
UPDATE job SET status = {TO}, {NEXT_ATTEMPT}, {CLEAR_PLACEMENT}
WHERE id = :job_id AND attempt_id = :attempt_id AND status IN {FROM}
""",
    cause=Cause.GIVE_BACK,
)


def jobs_without_node(tx: Transaction) -> dict[tuple[JobId, AttemptId], float]:
    """Return the attempts of pending and running jobs that have no active node, with the time of a lease in seconds."""
    rows = tx.rows(WITHOUT_NODE, {"usual_seconds": USUAL_LEASE_SECONDS})
    return {(JobId(row["id"]), AttemptId(row["attempt_id"])): row["lease_seconds"] for row in rows}


def heal(tx: Transaction, attempts: Collection[tuple[JobId, AttemptId]]) -> list[JobId]:
    """Make those jobs ready that still have no active node, and return them. Other runners may run them then.

    Skips workflows that are locked. Emits JobsBecameReady, AttemptsFenced.
    """
    healed: list[JobId] = []
    for row in tx.rows(WITHOUT_NODE, {"usual_seconds": USUAL_LEASE_SECONDS}):
        job_id, workflow_id = JobId(row["id"]), WorkflowId(row["workflow_id"])
        if (job_id, row["attempt_id"]) not in attempts or is_locked(tx, workflow_id):
            continue
        tx.execute(HEAL, {"job_id": job_id, "attempt_id": row["attempt_id"]})
        healed.append(job_id)
        note_fence(tx, workflow_id)
        tx.emit(JobsBecameReady(workflow_id))
    return healed


# Actions that the node has not carried out to the end. Another node claims them again.
RELEASE_ACTIONS = Statement(
    """
UPDATE workflow_action SET executed = 0, executed_by = NULL, owner_node_id = NULL
WHERE owner_node_id = :node_id
RETURNING workflow_id
""",
    hot=True,
)


def _give_back(tx: Transaction, node_id: NodeId, *, with_running: bool) -> list[sqlite3.Row]:
    """Make the jobs ready that the node claimed and, with `with_running`, the jobs that run on it.

    Its unfinished actions become pending.
    """
    actions = tx.rows(RELEASE_ACTIONS, {"node_id": node_id})
    if actions:
        tx.emit(ActionsBecamePending(WorkflowId(actions[0]["workflow_id"])))
    jobs = tx.rows(GIVE_BACK, {"node_id": node_id, "with_running": with_running})
    if jobs:
        tx.emit(JobsBecameReady(WorkflowId(jobs[0]["workflow_id"])))
    return jobs


def _lost(node: sqlite3.Row, jobs: list[sqlite3.Row], *, is_known_dead: bool) -> dict[str, Any]:
    """Return the event of a lost node. Jobs with the most attempts come first: they may cause the loss of nodes."""
    most_tried = sorted(jobs, key=lambda job: (-job["attempt_id"], job["id"]))
    name = f"compute node {node['id']} on {node['hostname'][: events.LONGEST_NAME]}"
    expired = f"The lease of {name} expired after {node['lease_seconds']:g} seconds"
    reported = f"{name} was reported to run no more jobs".replace("compute", "Compute", 1)
    attempts = f", up to attempt {most_tried[0]['attempt_id']}" if most_tried else ""
    return {
        "category": "compute_node_lost",
        "compute_node_id": node["id"],
        "hostname": node["hostname"][: events.LONGEST_NAME],
        "lease_seconds": node["lease_seconds"],
        "job_count": len(jobs),
        "jobs": [
            {
                "job_id": job["id"],
                "job_name": job["name"][: events.LONGEST_NAME],
                "previous_attempt": job["attempt_id"] - 1,
                "new_attempt": job["attempt_id"],
            }
            for job in most_tried[:JOBS_NAMED]
        ],
        "message": f"{reported if is_known_dead else expired}; {len(jobs)} of its jobs are ready again{attempts}",
    }
