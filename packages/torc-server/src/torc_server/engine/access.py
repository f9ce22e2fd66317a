"""May this user use this workflow: the owner may. As a predicate, and as a condition for lists."""

from torc_server.engine.errors import Forbidden, NotFound
from torc_server.engine.ids import WorkflowId
from torc_server.store.statement import Statement
from torc_server.store.transaction import Transaction

OWNER = Statement("SELECT user FROM workflow WHERE id = :workflow_id", hot=True)
# For the WHERE of a query over `workflow`; bind :identity to the user name, or to NULL for nobody.
ACCESSIBLE_WORKFLOWS = Statement("workflow.user = :identity")


def may_use(tx: Transaction, user: str | None, workflow_id: WorkflowId) -> bool:
    """Whether the user owns the workflow; nobody owns a missing one."""
    return user is not None and tx.value(OWNER, {"workflow_id": workflow_id}) == user


def require_workflow(tx: Transaction, user: str | None, workflow_id: WorkflowId, *, enforce: bool) -> None:
    """Let the user pass; raises NotFound for a missing workflow and, with `enforce`, Forbidden for one not theirs."""
    owner = tx.value(OWNER, {"workflow_id": workflow_id})
    if owner is None:
        raise NotFound(f"There is no workflow {workflow_id}")
    if enforce and owner != user:
        raise Forbidden(f"User {user!r} has no access to workflow {workflow_id}; its owner is {owner!r}")
