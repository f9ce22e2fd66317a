"""A claimed job starts on a node."""

from datetime import datetime

from torc_server.engine import events
from torc_server.engine.ids import JobId, NodeId, RunId, WorkflowId
from torc_server.engine.jobs import job_row
from torc_server.engine.states import Cause, JobStatus, require
from torc_server.engine.workflows import require_run
from torc_server.store.statement import Statement
from torc_server.store.transaction import Transaction

# A node that nobody registered is taken down as the place of the job, but cannot be its active node.
START = Statement(
    """
UPDATE job SET status = 4, compute_node_id = :node_id, start_time = :start_time, active_compute_node_id = (
    SELECT id FROM compute_node WHERE compute_node.id = :node_id AND compute_node.workflow_id = job.workflow_id
)
WHERE id = :job_id
""",
    hot=True,
)


def start(tx: Transaction, job_id: JobId, run_id: RunId, node_id: NodeId, *, now: datetime) -> None:
    """Make a pending job running on a node. The same call again, by the node where it runs, changes nothing.

    Raises NotFound; RuleBroken for another run or a job that is not pending.
    """
    job = job_row(tx, job_id)
    require_run(tx, WorkflowId(job["workflow_id"]), run_id)
    status = JobStatus(job["status"])
    if status is JobStatus.RUNNING and job["compute_node_id"] == node_id:
        return
    require(Cause.START, status, job["name"])
    tx.execute(START, {"job_id": job_id, "node_id": node_id, "start_time": now.isoformat()})
    workflow_id = WorkflowId(job["workflow_id"])
    events.job_started(tx, workflow_id, job_id, job["name"], node_id=node_id, run_id=run_id)
