"""Replace the planned allocations of a workflow: supersede actions that request nodes, and bind jobs to schedulers."""

import json
from collections.abc import Collection, Sequence
from datetime import datetime

from torc_server.engine.errors import Conflict, NotFound
from torc_server.engine.ids import ActionId, JobId, WorkflowId
from torc_server.engine.signals import JobsBecameReady
from torc_server.store.statement import Statement
from torc_server.store.transaction import Transaction

_IDS_SHOWN = 5

BIND = Statement("""
UPDATE job SET scheduler_id = :scheduler_id
WHERE workflow_id = :workflow_id AND id IN (SELECT value FROM json_each(:jobs))
""")


def bind_jobs(tx: Transaction, workflow_id: WorkflowId, scheduler_id: int, job_ids: Collection[JobId]) -> None:
    """Let nodes of a scheduler run these jobs first. Raises NotFound for a job that the workflow does not have.

    Emits JobsBecameReady: nodes of other schedulers no longer keep resources for them.
    """
    which = {"scheduler_id": scheduler_id, "workflow_id": workflow_id, "jobs": json.dumps(sorted(set(job_ids)))}
    if tx.execute(BIND, which) != len(set(job_ids)):
        raise NotFound(f"Workflow {workflow_id} does not have all of the jobs {_shown(sorted(set(job_ids)))}")
    tx.emit(JobsBecameReady(workflow_id))


OPEN = Statement("""
SELECT id FROM workflow_action WHERE workflow_id = :workflow_id AND id IN (SELECT value FROM json_each(:actions))
AND executed = 0 AND owner_node_id IS NULL
""")
# They come back with an initialization of all jobs, which drops the actions that were added for a recovery.
CLOSE = Statement("""
UPDATE workflow_action SET executed = 1, executed_at = :now
WHERE is_recovery = 0 AND id IN (SELECT value FROM json_each(:actions))
""")
DROP = Statement("""
DELETE FROM workflow_action
WHERE (is_recovery = 1 OR :drops_all) AND id IN (SELECT value FROM json_each(:actions))
""")


def supersede_actions(
    tx: Transaction, workflow_id: WorkflowId, action_ids: Sequence[ActionId], *, is_recovery: bool, now: datetime
) -> None:
    """Make sure that these actions are not carried out.

    In a recovery they count as carried out until the jobs are initialized again; actions of an earlier recovery, and
    without `is_recovery` all of them, are deleted. Raises Conflict if one was carried out or deleted in the meantime.
    """
    which = {"workflow_id": workflow_id, "actions": json.dumps(action_ids)}
    gone = sorted(set(action_ids) - {row["id"] for row in tx.rows(OPEN, which)})
    if gone:
        raise Conflict(
            f"Workflow {workflow_id} has no open action {_shown(gone)}: another command has carried it out or"
            " deleted it; nothing was changed"
        )
    tx.execute(DROP, {**which, "drops_all": not is_recovery})
    tx.execute(CLOSE, {**which, "now": now.isoformat()})


def _shown(ids: Sequence[int]) -> str:
    return ", ".join(map(str, ids[:_IDS_SHOWN])) + ", ..." * (len(ids) > _IDS_SHOWN)
