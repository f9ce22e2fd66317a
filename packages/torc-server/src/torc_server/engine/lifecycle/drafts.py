"""Drafts: workflows whose creation was interrupted, so that it never ends."""

from datetime import datetime, timedelta

from torc_server.engine.errors import NotFound
from torc_server.engine.ids import WorkflowId
from torc_server.engine.timestamps import timestamp
from torc_server.store.statement import Statement
from torc_server.store.transaction import Transaction

# No creation takes a day. The description of `is_draft` names the time.
KEPT = timedelta(hours=24)

ABANDONED = Statement("""
SELECT id FROM workflow INDEXED BY workflow_draft WHERE is_draft AND timestamp < :before ORDER BY timestamp, id
""")
IS_DRAFT = Statement("SELECT 1 FROM workflow WHERE id = :workflow_id AND is_draft")


def abandoned_drafts(tx: Transaction, *, now: datetime) -> list[WorkflowId]:
    """Return the drafts whose creation began long ago, the oldest first."""
    return [WorkflowId(row["id"]) for row in tx.rows(ABANDONED, {"before": timestamp(now - KEPT)})]


def require_draft(tx: Transaction, workflow_id: WorkflowId) -> None:
    """Raise NotFound unless the workflow is still a draft."""
    if tx.value(IS_DRAFT, {"workflow_id": workflow_id}) is None:
        raise NotFound(f"There is no draft {workflow_id}")
