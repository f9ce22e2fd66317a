"""Release jobs that a node returns: claimed and chained jobs that it will not run, and jobs whose end was refused."""

import json
from collections.abc import Sequence

from torc_server.engine.ids import AttemptId, JobId, NodeId, RunId, WorkflowId
from torc_server.engine.job_row import JobStatement
from torc_server.engine.signals import JobsBecameReady
from torc_server.engine.states import Cause
from torc_server.store.transaction import Transaction

UNCLAIM = JobStatement(
    """
UPDATE job SET status = {TO}, claimed_by_node_id = NULL
WHERE workflow_id = :workflow_id AND status IN {FROM}
AND (claimed_by_node_id = :node_id OR claimed_by_node_id IS NULL)
AND EXISTS (SELECT 1 FROM workflow WHERE id = :workflow_id AND run_id = :run_id)
AND (id, attempt_id) IN (
    SELECT json_extract(value, '$[0]'), json_extract(value, '$[1]') FROM json_each(:unclaimed)
)
""",
    hot=True,
    cause=Cause.UNCLAIM,
)
# The attempt has run, so it is not used again.
RETURN_RUNNING = JobStatement(
    """
UPDATE job SET status = {TO}, {NEXT_ATTEMPT}, {CLEAR_PLACEMENT}
WHERE workflow_id = :workflow_id AND status = {RUNNING} AND active_compute_node_id = :node_id
AND EXISTS (SELECT 1 FROM workflow WHERE id = :workflow_id AND run_id = :run_id)
AND (id, attempt_id) IN (
    SELECT json_extract(value, '$[0]'), json_extract(value, '$[1]') FROM json_each(:unclaimed)
)
""",
    hot=True,
    cause=Cause.GIVE_BACK,
)
# No node has started the attempt, so that its number can be used.
RETURN_CHAINED = JobStatement(
    """
UPDATE job SET chained_node_id = NULL
WHERE workflow_id = :workflow_id AND chained_node_id = :node_id
AND EXISTS (SELECT 1 FROM workflow WHERE id = :workflow_id AND run_id = :run_id)
AND (id, attempt_id) IN (
    SELECT json_extract(value, '$[0]'), json_extract(value, '$[1]') FROM json_each(:unclaimed)
)
""",
    hot=True,
)


def unclaim(
    tx: Transaction,
    workflow_id: WorkflowId,
    run_id: RunId,
    attempts: Sequence[tuple[JobId, AttemptId]],
    *,
    node_id: NodeId,
) -> int:
    """Make the jobs ready that are still at these attempts and that `node_id` claimed or runs.

    Chained jobs among them keep their status and are no longer held by the node.

    A call may arrive late or twice, and a job that was returned keeps its attempt number, so another node may have
    claimed it since. Jobs that were claimed without a node are returned by any node. Returns the number of jobs that
    became ready. If `run_id` is not the current run, no job changes: its attempts belong to other nodes. Emits
    JobsBecameReady.
    """
    if not attempts:
        return 0
    which = {
        "workflow_id": workflow_id,
        "run_id": run_id,
        "node_id": node_id,
        "unclaimed": json.dumps([list(each) for each in attempts]),
    }
    tx.execute(RETURN_CHAINED, which)
    count = tx.execute(UNCLAIM, which) + tx.execute(RETURN_RUNNING, which)
    if count:
        tx.emit(JobsBecameReady(workflow_id))
    return count
