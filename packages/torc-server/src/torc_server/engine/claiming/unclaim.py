"""Make claimed jobs ready again that their node will not run. Their attempts have not begun."""

import json
from collections.abc import Sequence

from torc_server.engine.ids import AttemptId, JobId, RunId, WorkflowId
from torc_server.engine.job_row import JobStatement
from torc_server.engine.signals import JobsBecameReady
from torc_server.engine.states import Cause
from torc_server.store.transaction import Transaction

UNCLAIM = JobStatement(
    """
UPDATE job SET status = {TO}, claimed_by_node_id = NULL
WHERE workflow_id = :workflow_id AND status IN {FROM}
AND EXISTS (SELECT 1 FROM workflow WHERE id = :workflow_id AND run_id = :run_id)
AND EXISTS (
    SELECT 1 FROM json_each(:unclaimed) AS back
    WHERE json_extract(back.value, '$[0]') = job.id AND json_extract(back.value, '$[1]') = job.attempt_id
) AND id IN (SELECT json_extract(value, '$[0]') FROM json_each(:unclaimed))
""",
    hot=True,
    cause=Cause.UNCLAIM,
)


def unclaim(
    tx: Transaction, workflow_id: WorkflowId, run_id: RunId, attempts: Sequence[tuple[JobId, AttemptId]]
) -> int:
    """Make the pending jobs ready that are still at these attempts, and return their number. Others do not change.

    If `run_id` is not the current run, no job changes: its attempts belong to other nodes. Emits JobsBecameReady.
    """
    if not attempts:
        return 0
    count = tx.execute(
        UNCLAIM,
        {
            "workflow_id": workflow_id,
            "run_id": run_id,
            "unclaimed": json.dumps([list(each) for each in attempts]),
        },
    )
    if count:
        tx.emit(JobsBecameReady(workflow_id))
    return count
