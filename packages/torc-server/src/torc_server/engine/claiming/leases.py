"""Nodes that may be silent for so long and no longer: when one is given up, its jobs are ready for others.

Only nodes that asked for a lease are ever given up. How long a node was silent is measured by the server's own
monotonic clock, outside; here is what it means.
"""

import sqlite3
from datetime import datetime
from typing import Any

from torc_server.engine import events
from torc_server.engine.errors import NotFound, RuleBroken, Stale
from torc_server.engine.ids import NodeId, WorkflowId
from torc_server.engine.job_row import JobStatement
from torc_server.engine.signals import JobsBecameReady, LeaseChanged, NodeHeard, Severity
from torc_server.engine.states import Cause
from torc_server.engine.workflow_locks import require_unlocked
from torc_server.store.statement import Statement
from torc_server.store.transaction import Transaction

SHORTEST_LEASE_SECONDS = 1.0
# Jobs that the event of a lost node names; it counts them all.
JOBS_NAMED = 100

NODE = Statement("SELECT * FROM compute_node WHERE id = :node_id", hot=True)


def require_lease(lease_seconds: float | None) -> None:
    """Refuse a lease that is over before anybody can renew it; raises RuleBroken."""
    if lease_seconds is not None and lease_seconds < SHORTEST_LEASE_SECONDS:
        raise RuleBroken(
            f"lease_seconds must be at least {SHORTEST_LEASE_SECONDS:g}; leave it out for a node that is to stay",
            field="lease_seconds",
            value=lease_seconds,
        )


def change_lease(tx: Transaction, node_id: NodeId, lease_seconds: float | None, *, is_active: bool) -> None:
    """Tell how long the node may be silent from now on. One that stops gives back what it claimed and never started.

    Tells LeaseChanged, JobsBecameReady.
    """
    tx.emit(LeaseChanged(node_id, lease_seconds if is_active else None))
    if not is_active and lease_seconds is not None:
        _give_back(tx, node_id, with_running=False)


def require_held(node_id: NodeId, lease_seconds: float | None, *, is_active: bool) -> None:
    """Refuse a node with a lease that has stopped, or was given up; raises Stale."""
    if lease_seconds is not None and not is_active:
        raise Stale(_gone(node_id))


def _gone(node_id: int) -> str:
    return (
        f"Compute node {node_id} has stopped, or was given up after its lease ran out: its jobs are others' now;"
        " end them, and register a new node to go on"
    )


def require_node(tx: Transaction, workflow_id: WorkflowId, node_id: NodeId) -> None:
    """Let a node of the workflow act, which renews its lease. Raises RuleBroken for an unknown one, Stale. Tells."""
    node = tx.row(NODE, {"node_id": node_id})
    if node is None or node["workflow_id"] != workflow_id:
        raise RuleBroken(
            f"Workflow {workflow_id} has no compute node {node_id}: register it first",
            field="compute_node_id",
            value=node_id,
        )
    require_held(node_id, node["lease_seconds"], is_active=node["is_active"])
    tx.emit(NodeHeard(node_id))


def require_exists(tx: Transaction, node_id: NodeId) -> sqlite3.Row:
    """Give the row of a node; raises NotFound."""
    node = tx.row(NODE, {"node_id": node_id})
    if node is None:
        raise NotFound(f"There is no compute node {node_id}")
    return node


def heartbeat(tx: Transaction, node_id: NodeId) -> float | None:
    """Renew a node's lease by nothing but a sign of life, and give its length in seconds; None without a lease.

    Raises NotFound; Stale for a node that is no longer active. Tells NodeHeard. Writes nothing.
    """
    node = require_exists(tx, node_id)
    if not node["is_active"]:
        raise Stale(_gone(node_id))
    tx.emit(NodeHeard(node_id))
    lease_seconds: float | None = node["lease_seconds"]
    return lease_seconds


LEASED = Statement("SELECT id, lease_seconds FROM compute_node WHERE is_active AND lease_seconds IS NOT NULL")


def leases(tx: Transaction) -> dict[NodeId, float]:
    """Give the leases, in seconds, of the nodes that are active."""
    return {NodeId(row["id"]): row["lease_seconds"] for row in tx.rows(LEASED)}


STOP = Statement(
    "UPDATE compute_node SET is_active = 0 WHERE id = :node_id AND is_active AND lease_seconds IS NOT NULL"
)


def give_up(tx: Transaction, node_id: NodeId, *, now: datetime, is_known_dead: bool = False) -> int | None:
    """Give up a node that was silent for longer than its lease; its jobs get their next attempt elsewhere.

    `is_known_dead` is for one of which somebody knows, before its lease is over, that it runs nothing any more.
    Reports of the attempts that were given back are refused as stale. Gives how many jobs there were; None for a
    node that is gone, stopped, or has no lease. Raises WorkflowLocked, and NotFound during a deletion of the workflow.
    Emits JobsBecameReady and LeaseChanged, and records the event.
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
    """Give the jobs of a node back whose record is about to go. Tells JobsBecameReady."""
    _give_back(tx, node_id, with_running=True)


LEASED_OF_WORKFLOW = Statement("""
SELECT id FROM compute_node WHERE workflow_id = :workflow_id AND is_active AND lease_seconds IS NOT NULL
""")


def abandon_all(tx: Transaction, workflow_id: WorkflowId) -> None:
    """Give back the jobs of all nodes of a workflow that have a lease. Tells JobsBecameReady."""
    for row in tx.rows(LEASED_OF_WORKFLOW, {"workflow_id": workflow_id}):
        abandon(tx, NodeId(row["id"]))


# Jobs that run on the node, and pending jobs that it claimed.
GIVE_BACK = JobStatement(
    """
UPDATE job SET status = {TO}, attempt_id = attempt_id + 1,
    {CLEAR_PLACEMENT}
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


def _give_back(tx: Transaction, node_id: NodeId, *, with_running: bool) -> list[sqlite3.Row]:
    """Make the jobs ready that the node claimed and, `with_running`, those that run there."""
    jobs = tx.rows(GIVE_BACK, {"node_id": node_id, "with_running": with_running})
    if jobs:
        tx.emit(JobsBecameReady(WorkflowId(jobs[0]["workflow_id"])))
    return jobs


def _lost(node: sqlite3.Row, jobs: list[sqlite3.Row], *, is_known_dead: bool) -> dict[str, Any]:
    """Make the event of a lost node. What has been tried most often comes first: it may be what kills nodes."""
    most_tried = sorted(jobs, key=lambda job: (-job["attempt_id"], job["id"]))
    name = f"compute node {node['id']} on {node['hostname'][: events.LONGEST_NAME]}"
    silence = f"Nothing was heard of {name} for {node['lease_seconds']:g} seconds"
    told = f"{name} was reported to run nothing any more".replace("compute", "Compute", 1)
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
        "message": f"{told if is_known_dead else silence}; {len(jobs)} of its jobs are ready again{attempts}",
    }
