"""Delete a huge workflow in steps, after it was marked deleted."""

from torc_server.engine.ids import WorkflowId
from torc_server.store.statement import Statement
from torc_server.store.transaction import Transaction

# Jobs first: their dependencies, results and memberships in sets are deleted with them. Then the other records.
DELETE_SOME_ROWS = (
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
DELETE_WORKFLOW = Statement("DELETE FROM workflow WHERE id = :workflow_id")


def delete_some(tx: Transaction, workflow_id: WorkflowId, rows: int) -> bool:
    """Delete up to `rows` records of a workflow. False if none of the large tables has any left."""
    return any(tx.execute(statement, {"workflow_id": workflow_id, "rows": rows}) for statement in DELETE_SOME_ROWS)


def delete_rest(tx: Transaction, workflow_id: WorkflowId) -> None:
    """Delete the row of the workflow, and the remaining records with it."""
    tx.execute(DELETE_WORKFLOW, {"workflow_id": workflow_id})
