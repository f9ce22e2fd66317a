"""Access to workflows: the owner and the members of the workflow's access groups have access to it.

System administrators manage groups. They have no access to workflows of other users.
"""

from torc_server.engine.errors import Forbidden, NotFound, RuleBroken
from torc_server.engine.ids import WorkflowId
from torc_server.store.statement import Statement
from torc_server.store.transaction import Transaction

# The name of callers without authentication. They own no workflows and are in no group.
ANONYMOUS = "anonymous"

OWNER_AND_ACCESS = Statement(
    """
SELECT user, user = :user AS is_owner, EXISTS (
    SELECT 1 FROM user_group_membership JOIN workflow_access_group AS link
        ON link.workflow_id = workflow.id AND link.group_id = user_group_membership.group_id
    WHERE user_group_membership.user_name = :user
) AS is_member
FROM workflow WHERE id = :workflow_id
""",
    hot=True,
)
IS_THERE = Statement("SELECT 1 FROM workflow WHERE id = :workflow_id", hot=True)
# For the WHERE of a query over `workflow`. Bind :identity to the user, or to NULL for a caller without authentication.
ACCESSIBLE_WORKFLOWS = Statement("""workflow.id IN (
    SELECT owned.id FROM workflow AS owned WHERE owned.user = :identity
    UNION ALL
    SELECT link.workflow_id FROM user_group_membership AS member
        JOIN workflow_access_group AS link ON link.group_id = member.group_id
    WHERE member.user_name = :identity
)""")


def authenticated(user: str | None) -> str | None:
    """Return the user; None for a caller without authentication."""
    return None if user == ANONYMOUS else user


def require_authenticated(user: str | None) -> str:
    """Return the user. Raises Forbidden for a caller without authentication."""
    name = authenticated(user)
    if name is None:
        raise Forbidden("This needs an authenticated user; send your user name and password")
    return name


def may_use(tx: Transaction, user: str | None, workflow_id: WorkflowId) -> bool:
    """Whether the user owns the workflow or is a member of one of its groups. False for a missing workflow."""
    row = tx.row(OWNER_AND_ACCESS, {"workflow_id": workflow_id, "user": authenticated(user)})
    return row is not None and bool(row["is_owner"] or row["is_member"])


def is_owner(tx: Transaction, user: str | None, workflow_id: WorkflowId) -> bool:
    """Whether the user owns the workflow."""
    row = tx.row(OWNER_AND_ACCESS, {"workflow_id": workflow_id, "user": authenticated(user)})
    return row is not None and bool(row["is_owner"])


def require_workflow(tx: Transaction, user: str | None, workflow_id: WorkflowId, *, enforce: bool) -> None:
    """Raise NotFound for a missing workflow and, with `enforce`, Forbidden for a user without access."""
    if tx.value(IS_THERE, {"workflow_id": workflow_id}) is None:
        raise NotFound(f"There is no workflow {workflow_id}")
    if enforce and not may_use(tx, user, workflow_id):
        who = "An unauthenticated user" if authenticated(user) is None else f"User {user!r}"
        raise Forbidden(
            f"{who} has no access to workflow {workflow_id}; ask its owner to share it with one of your access groups"
        )


def require_handing_over(tx: Transaction, user: str | None, workflow_id: WorkflowId, *, to: str) -> None:
    """Raise Forbidden if the user may not change the owner, and RuleBroken if `to` cannot be an owner."""
    row = tx.row(OWNER_AND_ACCESS, {"workflow_id": workflow_id, "user": authenticated(user)})
    if row is None or row["user"] == to:
        return
    if not row["is_owner"]:
        raise Forbidden(f"Only the owner of workflow {workflow_id} can change its owner; leave user unchanged")
    if not to or authenticated(to) is None:
        raise RuleBroken(f"{to!r} is not a valid owner of a workflow; use the name of a user", field="user", value=to)
