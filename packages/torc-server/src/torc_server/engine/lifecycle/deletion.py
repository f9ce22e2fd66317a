"""Deleting a huge workflow bit by bit, after it was hidden. What is left at the end goes with its row."""

from torc_server.engine.ids import WorkflowId
from torc_server.store.statement import Statement
from torc_server.store.transaction import Transaction

# Jobs first, which take their links, results and places in sets along; then what they were linked to.
TAKE = (
    Statement("DELETE FROM job WHERE id IN (SELECT id FROM job WHERE workflow_id = :workflow_id LIMIT :rows)"),
    Statement("""
DELETE FROM dependency_set WHERE id IN (SELECT id FROM dependency_set WHERE workflow_id = :workflow_id LIMIT :rows)
"""),
    Statement("DELETE FROM file WHERE id IN (SELECT id FROM file WHERE workflow_id = :workflow_id LIMIT :rows)"),
    Statement("""
DELETE FROM user_data WHERE id IN (SELECT id FROM user_data WHERE workflow_id = :workflow_id LIMIT :rows)
"""),
    Statement("DELETE FROM event WHERE id IN (SELECT id FROM event WHERE workflow_id = :workflow_id LIMIT :rows)"),
    Statement("""
DELETE FROM claim_reply
WHERE claim_key IN (SELECT claim_key FROM claim_reply WHERE workflow_id = :workflow_id LIMIT :rows)
"""),
    Statement("""
DELETE FROM compute_node WHERE id IN (SELECT id FROM compute_node WHERE workflow_id = :workflow_id LIMIT :rows)
"""),
    Statement("""
DELETE FROM resource_requirements
WHERE id IN (SELECT id FROM resource_requirements WHERE workflow_id = :workflow_id LIMIT :rows)
"""),
)
DELETE = Statement("DELETE FROM workflow WHERE id = :workflow_id")


def take_away(tx: Transaction, workflow_id: WorkflowId, rows: int) -> bool:
    """Delete some of what a workflow has; False when only little is left."""
    return any(tx.execute(statement, {"workflow_id": workflow_id, "rows": rows}) for statement in TAKE)


def delete_rest(tx: Transaction, workflow_id: WorkflowId) -> None:
    """Delete the workflow's own row with what is left."""
    tx.execute(DELETE, {"workflow_id": workflow_id})
