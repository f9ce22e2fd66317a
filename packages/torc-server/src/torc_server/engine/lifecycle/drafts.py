"""Drafts: workflows whose creation was interrupted, so that it never ends."""

from datetime import datetime, timedelta

from torc_server.engine.errors import NotFound
from torc_server.engine.ids import WorkflowId
from torc_server.engine.timestamps import timestamp
from torc_server.store.statement import Statement
from torc_server.store.transaction import Transaction

# No creation pauses for a day. The description of `is_draft` names the time.
KEPT = timedelta(hours=24)

# Each request of a creation adds rows. Their ids grow, so the sum of the highest ones changes with each request.
NOTE_CHANGES = Statement("""
UPDATE workflow INDEXED BY workflow_draft SET draft_changed_at = :now, draft_highest_ids = found.highest_ids
FROM (
    SELECT draft.id, (SELECT COALESCE(SUM(highest), 0) FROM (
        SELECT MAX(id) AS highest FROM resource_requirements WHERE workflow_id = draft.id
        UNION ALL SELECT MAX(id) AS highest FROM file WHERE workflow_id = draft.id
        UNION ALL SELECT MAX(id) AS highest FROM user_data WHERE workflow_id = draft.id
        UNION ALL SELECT MAX(id) AS highest FROM failure_handler WHERE workflow_id = draft.id
        UNION ALL SELECT MAX(id) AS highest FROM local_scheduler WHERE workflow_id = draft.id
        UNION ALL SELECT MAX(id) AS highest FROM slurm_scheduler WHERE workflow_id = draft.id
        UNION ALL SELECT MAX(id) AS highest FROM workflow_action WHERE workflow_id = draft.id
        UNION ALL SELECT MAX(id) AS highest FROM job WHERE workflow_id = draft.id
        UNION ALL SELECT MAX(id) AS highest FROM ro_crate_entity WHERE workflow_id = draft.id
    )) AS highest_ids FROM workflow AS draft INDEXED BY workflow_draft WHERE draft.is_draft
) AS found
WHERE workflow.is_draft AND found.id = workflow.id AND workflow.draft_highest_ids IS NOT found.highest_ids
""")
ABANDONED = Statement("""
SELECT id FROM workflow INDEXED BY workflow_draft WHERE is_draft AND draft_changed_at < :before ORDER BY timestamp, id
""")
IS_DRAFT = Statement("SELECT 1 FROM workflow WHERE id = :workflow_id AND is_draft")


def abandoned_drafts(tx: Transaction, *, now: datetime) -> list[WorkflowId]:
    """Return the drafts to which nothing was added for long, the oldest first. Call it regularly."""
    tx.execute(NOTE_CHANGES, {"now": timestamp(now)})
    return [WorkflowId(row["id"]) for row in tx.rows(ABANDONED, {"before": timestamp(now - KEPT)})]


def require_draft(tx: Transaction, workflow_id: WorkflowId) -> None:
    """Raise NotFound unless the workflow is still a draft."""
    if tx.value(IS_DRAFT, {"workflow_id": workflow_id}) is None:
        raise NotFound(f"There is no draft {workflow_id}")
