"""Actions of a workflow: runners carry them out after a number of triggers. The server counts and assigns them.

A node with a lease can own an action until it reports the end. If the node is lost or stops before, the action becomes
pending again, so that another node carries it out from the beginning. Other claims count as the end: clients of other
projects never report one.

A trigger is counted in the transaction that causes it. Between two initializations of the workflow each job counts
once for an action, even if it ends or becomes ready more often.
"""

import json
import sqlite3
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from torc_server.engine.action_rules import JOB_TRIGGERS, TriggerType, bad_config, require_config
from torc_server.engine.claiming.leases import require_node
from torc_server.engine.errors import Conflict, NotFound, Stale
from torc_server.engine.ids import ActionId, JobId, NodeId, WorkflowId
from torc_server.engine.job_row import JobStatement
from torc_server.engine.signals import ActionsBecamePending
from torc_server.store.statement import Statement
from torc_server.store.transaction import Transaction

COUNT_FROM_NOW = Statement("""
INSERT INTO workflow_action_job (job_id, action_id) SELECT DISTINCT value, :action_id FROM json_each(:job_ids)
""")


COUNT_PRESENT = JobStatement("""
UPDATE workflow_action_job SET counted = 1
WHERE action_id = :action_id AND job_id IN (
    SELECT job.id FROM workflow_action_job AS followed CROSS JOIN job ON job.id = followed.job_id
    WHERE followed.action_id = :action_id
    AND (job.status {IS_COMPLETE} OR :trigger_type = 'on_jobs_ready' AND job.status IN ({READY}, {PENDING}, {RUNNING}))
)
""")
SUM_COUNTED = Statement("""
UPDATE workflow_action SET trigger_count = :counted WHERE id = :action_id
RETURNING trigger_count >= required_triggers AS is_pending, workflow_id
""")


def count_from_now(tx: Transaction, action_id: ActionId, trigger_type: str, job_ids: Sequence[int]) -> None:
    """Count triggers of the named jobs for a new action, at once those that occurred. Emits ActionsBecamePending."""
    if trigger_type not in JOB_TRIGGERS:
        return
    tx.execute(COUNT_FROM_NOW, {"action_id": action_id, "job_ids": json.dumps(job_ids)})
    if counted := tx.execute(COUNT_PRESENT, {"action_id": action_id, "trigger_type": trigger_type}):
        (row,) = tx.rows(SUM_COUNTED, {"action_id": action_id, "counted": counted})
        if row["is_pending"]:
            tx.emit(ActionsBecamePending(WorkflowId(row["workflow_id"])))


ANY_ACTION = Statement("SELECT 1 FROM workflow_action WHERE workflow_id = :workflow_id LIMIT 1", hot=True)
COUNT_JOBS = Statement(
    """
UPDATE workflow_action SET trigger_count = trigger_count + happened.jobs
FROM (
    SELECT followed.action_id AS action_id, COUNT(*) AS jobs
    FROM json_each(:jobs) AS change
    CROSS JOIN workflow_action_job AS followed ON followed.job_id = change.value
    WHERE followed.counted = 0
    GROUP BY followed.action_id
) AS happened
WHERE workflow_action.id = happened.action_id AND workflow_action.trigger_type = :trigger_type
RETURNING executed = 0 AND trigger_count >= required_triggers AS is_pending
""",
    hot=True,
)
MARK_COUNTED = Statement(
    """
UPDATE workflow_action_job SET counted = 1
WHERE counted = 0 AND job_id IN (SELECT value FROM json_each(:jobs))
AND (SELECT trigger_type FROM workflow_action WHERE workflow_action.id = workflow_action_job.action_id) = :trigger_type
""",
    hot=True,
)


# At least one trigger is required: an action whose jobs were all canceled is not due.
REQUIRE_LESS = Statement("""
UPDATE workflow_action SET required_triggers = MAX(1, required_triggers - gone.jobs)
FROM (
    SELECT followed.action_id AS action_id, COUNT(*) AS jobs
    FROM json_each(:jobs) AS change
    CROSS JOIN workflow_action_job AS followed ON followed.job_id = change.value
    WHERE followed.counted = 0
    GROUP BY followed.action_id
) AS gone
WHERE workflow_action.id = gone.action_id AND workflow_action.trigger_type = 'on_jobs_ready'
RETURNING executed = 0 AND trigger_count >= required_triggers AS is_pending
""")


def count_jobs(
    tx: Transaction,
    workflow_id: WorkflowId,
    *,
    ended: Sequence[JobId] = (),
    ready: Sequence[JobId] = (),
    canceled: Sequence[JobId] = (),
) -> None:
    """Count jobs that just ended, and jobs that became ready thereby. Do not wait for `canceled` ones to become ready.

    Costs one index lookup in a workflow without actions. Emits ActionsBecamePending.
    """
    if tx.value(ANY_ACTION, {"workflow_id": workflow_id}) is None:
        return
    became_pending = False
    for trigger_type, job_ids in ((TriggerType.JOBS_COMPLETE, ended), (TriggerType.JOBS_READY, ready)):
        if job_ids:
            which = {"jobs": json.dumps(job_ids), "trigger_type": trigger_type}
            touched = tx.rows(COUNT_JOBS, which)
            if touched:
                tx.execute(MARK_COUNTED, which)
            became_pending |= any(row["is_pending"] for row in touched)
    if canceled:
        became_pending |= any(row["is_pending"] for row in tx.rows(REQUIRE_LESS, {"jobs": json.dumps(canceled)}))
    if became_pending:
        tx.emit(ActionsBecamePending(workflow_id))


# A counted job stays counted, and at least one trigger is required: an action whose jobs are all gone is not due.
REQUIRE_ONE_LESS = Statement("""
UPDATE workflow_action SET required_triggers = required_triggers - 1
WHERE required_triggers > 1 AND id IN (
    SELECT action_id FROM workflow_action_job WHERE job_id = :job_id AND counted = 0
)
RETURNING executed = 0 AND trigger_count >= required_triggers AS is_pending
""")


def forget_job(tx: Transaction, workflow_id: WorkflowId, job_id: JobId) -> None:
    """Stop waiting for the trigger of a job that is to be deleted. Emits ActionsBecamePending."""
    if any(row["is_pending"] for row in tx.rows(REQUIRE_ONE_LESS, {"job_id": job_id})):
        tx.emit(ActionsBecamePending(workflow_id))


COUNT_COMPLETION = Statement(
    """
UPDATE workflow_action SET trigger_count = trigger_count + 1
WHERE workflow_id = :workflow_id AND trigger_type = 'on_workflow_complete' AND trigger_count < required_triggers
RETURNING id
""",
    hot=True,
)


def count_completion(tx: Transaction, workflow_id: WorkflowId) -> None:
    """Count the completion of the workflow. Emits ActionsBecamePending."""
    if tx.rows(COUNT_COMPLETION, {"workflow_id": workflow_id}):
        tx.emit(ActionsBecamePending(workflow_id))


DROP_RECOVERY = Statement("DELETE FROM workflow_action WHERE workflow_id = :workflow_id AND is_recovery = 1")
# Complete jobs count for both triggers; jobs that are ready, pending or running count for on_jobs_ready.
PRESET_JOBS = JobStatement("""
UPDATE workflow_action_job SET counted = (
    SELECT job.status {IS_COMPLETE} OR (
        job.status IN ({READY}, {PENDING}, {RUNNING}) AND workflow_action.trigger_type = 'on_jobs_ready'
    )
    FROM workflow_action, job
    WHERE workflow_action.id = workflow_action_job.action_id AND job.id = workflow_action_job.job_id
)
WHERE action_id IN (SELECT id FROM workflow_action WHERE workflow_id = :workflow_id)
""")
# Jobs that an initialization did not begin again: they are complete, or run on.
STILL_EXECUTED = JobStatement("""
SELECT id FROM workflow_action WHERE workflow_id = :workflow_id AND executed = 1 AND (
    trigger_type = 'on_workflow_start'
    OR trigger_type IN ('on_jobs_ready', 'on_jobs_complete') AND required_triggers <= (
        SELECT COUNT(*) FROM workflow_action_job AS followed CROSS JOIN job ON job.id = followed.job_id
        WHERE followed.action_id = workflow_action.id AND (
            job.status {IS_COMPLETE} OR job.status IN {ACTIVE} AND workflow_action.trigger_type = 'on_jobs_ready'
        )
    )
)
""")
PRESET = Statement("""
UPDATE workflow_action SET executed = executed AND id IN (SELECT value FROM json_each(:kept)),
executed_by = CASE WHEN id IN (SELECT value FROM json_each(:kept)) THEN executed_by END, required_triggers = CASE
    -- Jobs that were counted may have been deleted since.
    WHEN EXISTS (SELECT 1 FROM workflow_action_job AS followed WHERE followed.action_id = workflow_action.id)
    THEN (SELECT COUNT(*) FROM workflow_action_job AS followed WHERE followed.action_id = workflow_action.id)
    ELSE required_triggers
END, trigger_count = CASE
    WHEN trigger_type = 'on_workflow_start' THEN 1
    WHEN trigger_type IN ('on_worker_start', 'on_worker_complete') THEN required_triggers
    ELSE (
        SELECT COUNT(*) FROM workflow_action_job AS followed
        WHERE followed.action_id = workflow_action.id AND followed.counted = 1
    )
END
WHERE workflow_id = :workflow_id
RETURNING executed = 0 AND trigger_count >= required_triggers AND owner_node_id IS NULL AS is_pending
""")


def begin_counting(tx: Transaction, workflow_id: WorkflowId, *, anew: bool) -> None:
    """Restart counting after the jobs are initialized: count the start, and the current status of each job.

    Actions are due again. If the jobs are not initialized `anew`, an action that was carried out stays so if its
    trigger is the start, or if enough of its jobs did not begin again. Deletes actions that were added for a recovery.
    Emits ActionsBecamePending.
    """
    which = {"workflow_id": workflow_id}
    if tx.value(ANY_ACTION, which) is None:
        return
    tx.execute(DROP_RECOVERY, which)
    tx.execute(PRESET_JOBS, which)
    kept = [] if anew else [row["id"] for row in tx.rows(STILL_EXECUTED, which)]
    if any(row["is_pending"] for row in tx.rows(PRESET, {**which, "kept": json.dumps(kept)})):
        tx.emit(ActionsBecamePending(workflow_id))


ACTIONS = Statement("SELECT id FROM workflow_action WHERE workflow_id = :workflow_id ORDER BY id", hot=True)
PENDING_ACTIONS = Statement(
    """
SELECT id FROM workflow_action
WHERE workflow_id = :workflow_id AND executed = 0 AND owner_node_id IS NULL AND trigger_count >= required_triggers
AND (:trigger_types IS NULL OR trigger_type IN (SELECT value FROM json_each(:trigger_types)))
ORDER BY id
""",
    hot=True,
)


def action_ids(tx: Transaction, workflow_id: WorkflowId) -> list[ActionId]:
    """Return the actions of a workflow, the oldest first."""
    return [ActionId(row["id"]) for row in tx.rows(ACTIONS, {"workflow_id": workflow_id})]


def pending_action_ids(
    tx: Transaction, workflow_id: WorkflowId, trigger_types: Sequence[str] | None = None
) -> list[ActionId]:
    """Return the pending actions, all or those with one of `trigger_types`."""
    named = None if trigger_types is None else json.dumps(trigger_types)
    rows = tx.rows(PENDING_ACTIONS, {"workflow_id": workflow_id, "trigger_types": named})
    return [ActionId(row["id"]) for row in rows]


# Actions that one runner claims. Every runner carries out actions with a worker trigger, and needs no signal for them.
ANY_PENDING_ACTION = Statement(
    """
SELECT 1 FROM workflow_action
WHERE workflow_id = :workflow_id AND executed = 0 AND owner_node_id IS NULL AND trigger_count >= required_triggers
AND persistent = 0
AND trigger_type NOT IN ('on_worker_start', 'on_worker_complete')
LIMIT 1
""",
    hot=True,
)


def has_pending_actions(tx: Transaction, workflow_id: WorkflowId) -> bool:
    """Whether the workflow has a pending action that the next runner can claim."""
    return tx.value(ANY_PENDING_ACTION, {"workflow_id": workflow_id}) is not None


CLAIM = Statement(
    """
UPDATE workflow_action SET executed = NOT persistent, executed_at = :executed_at,
    executed_by = CASE WHEN persistent THEN executed_by ELSE :node_id END,
    owner_node_id = CASE WHEN persistent THEN NULL ELSE :owner_node_id END
WHERE id = :action_id AND workflow_id = :workflow_id
AND (persistent OR (NOT executed AND owner_node_id IS NULL) OR owner_node_id = :owner_node_id)
""",
    hot=True,
)
ACTION = Statement("SELECT * FROM workflow_action WHERE id = :action_id AND workflow_id = :workflow_id", hot=True)


def claim_action(
    tx: Transaction,
    workflow_id: WorkflowId,
    action_id: ActionId,
    node_id: NodeId | None,
    *,
    now: datetime,
    reports_end: bool = False,
) -> None:
    """Claim an action. A persistent action can be claimed by every node, other actions by one node.

    With `reports_end`, a node with a lease owns the action until `complete_action`, and can repeat the claim. The
    action need not be pending. Raises NotFound; Conflict for an action that is already claimed; RuleBroken for a
    compute node that the workflow does not have; Stale for a node whose lease expired. Emits NodeHeard.
    """
    which = {"workflow_id": workflow_id, "action_id": action_id}
    require_action(tx, workflow_id, action_id)
    has_lease = node_id is not None and require_node(tx, workflow_id, node_id)["lease_seconds"] is not None
    owner_node_id = node_id if reports_end and has_lease else None
    claim = {**which, "node_id": node_id, "owner_node_id": owner_node_id, "executed_at": now.isoformat()}
    if not tx.execute(CLAIM, claim):
        raise Conflict(f"Action {action_id} is already claimed", details={"claimed": False})


SET_CONFIG = Statement("UPDATE workflow_action SET action_config = :action_config WHERE id = :action_id")
DELETE_ACTION = Statement("DELETE FROM workflow_action WHERE id = :action_id")


def merge_config(tx: Transaction, workflow_id: WorkflowId, action_id: ActionId, changes: Any) -> dict[str, Any]:
    """Merge members into the configuration of an action, also an executed one. Raises NotFound and RuleBroken."""
    action = require_action(tx, workflow_id, action_id)
    if not isinstance(changes, dict) or not changes:
        raise bad_config("needs a JSON object with at least one member", changes)
    config = {**json.loads(action["action_config"]), **changes}
    require_config(action["action_type"], config)
    tx.execute(SET_CONFIG, {"action_id": action_id, "action_config": json.dumps(config)})
    return config


def delete_action(tx: Transaction, workflow_id: WorkflowId, action_id: ActionId) -> None:
    """Delete an action, also one that was carried out. Raises NotFound."""
    require_action(tx, workflow_id, action_id)
    tx.execute(DELETE_ACTION, {"action_id": action_id})


COMPLETE = Statement(
    """
UPDATE workflow_action SET owner_node_id = NULL WHERE id = :action_id AND owner_node_id = :node_id
RETURNING executed = 0 AND trigger_count >= required_triggers AS is_pending
""",
    hot=True,
)


def complete_action(tx: Transaction, workflow_id: WorkflowId, action_id: ActionId, node_id: NodeId) -> None:
    """End an action that the node owns, with any outcome. A repeated call changes nothing.

    The action is pending again if it became due in the meantime. Raises NotFound; Stale for an action of another node.
    Emits ActionsBecamePending.
    """
    ended = tx.rows(COMPLETE, {"action_id": action_id, "node_id": node_id})
    action = require_action(tx, workflow_id, action_id)
    if not ended and (action["owner_node_id"] is not None or action["executed_by"] != node_id):
        raise Stale(f"Compute node {node_id} does not carry out action {action_id}, or has lost it with its lease")
    if any(row["is_pending"] for row in ended):
        tx.emit(ActionsBecamePending(workflow_id))


def require_action(tx: Transaction, workflow_id: WorkflowId, action_id: ActionId) -> sqlite3.Row:
    """Return the row of an action. Raises NotFound."""
    action = tx.row(ACTION, {"workflow_id": workflow_id, "action_id": action_id})
    if action is None:
        raise NotFound(f"Workflow {workflow_id} has no action {action_id}")
    return action
