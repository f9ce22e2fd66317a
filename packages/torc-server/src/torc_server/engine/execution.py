"""A claimed job starts on a node."""

import sqlite3
from datetime import datetime

from torc_server.engine import events
from torc_server.engine.errors import Stale
from torc_server.engine.following import require_ended_there
from torc_server.engine.ids import JobId, NodeId, RunId, WorkflowId
from torc_server.engine.jobs import job_row
from torc_server.engine.leases import NODE, require_held
from torc_server.engine.signals import NodeHeard
from torc_server.engine.states import Cause, JobStatus, require
from torc_server.engine.workflows import require_run
from torc_server.store.statement import Statement
from torc_server.store.transaction import Transaction

# A node that nobody registered is taken down as the place of the job, but cannot be its active node.
START = Statement(
    """
UPDATE job SET status = 4, claimed_by_node_id = NULL, compute_node_id = :node_id, start_time = :start_time,
    active_compute_node_id = (
        SELECT id FROM compute_node WHERE compute_node.id = :node_id AND compute_node.workflow_id = job.workflow_id
    )
WHERE id = :job_id
""",
    hot=True,
)


def start(
    tx: Transaction, job_id: JobId, run_id: RunId, node_id: NodeId, *, now: datetime, after: JobId | None = None
) -> None:
    """Make a pending job running on a node. The same call again, by the node where it runs, changes nothing.

    With `after`, a job that became ready by that job's success on the same node, which ran it at once.
    Raises NotFound; RuleBroken for another run or a job that is not pending; Stale for a node that was given up and
    for a job that another node claimed. Tells NodeHeard.
    """
    job = job_row(tx, job_id)
    require_run(tx, WorkflowId(job["workflow_id"]), run_id)
    status = JobStatus(job["status"])
    _require_claimant(tx, job, node_id)
    tx.tell(NodeHeard(node_id))
    if status is JobStatus.RUNNING and job["compute_node_id"] == node_id:
        return
    if after is not None and status is JobStatus.READY:
        require_ended_there(tx, after, run_id, node_id)
    else:
        require(Cause.START, status, job["name"])
    tx.execute(START, {"job_id": job_id, "node_id": node_id, "start_time": now.isoformat()})
    workflow_id = WorkflowId(job["workflow_id"])
    events.job_started(tx, workflow_id, job_id, job["name"], node_id=node_id, run_id=run_id)


def _require_claimant(tx: Transaction, job: sqlite3.Row, node_id: NodeId) -> None:
    """Refuse a node that lost the job to others while nothing was heard of it; raises Stale."""
    node = tx.row(NODE, {"node_id": node_id})
    if node is not None:
        require_held(node_id, node["lease_seconds"], is_active=node["is_active"])
    claimant = job["claimed_by_node_id"]
    if job["status"] == JobStatus.PENDING and claimant not in (None, node_id):
        raise Stale(f"Job {job['name']!r} was claimed by compute node {claimant}, not {node_id}: leave it to that one")
