"""May this user use this workflow: its owner may, and the members of its access groups. As a predicate and for lists.

System administrators have no share in it: they look after groups, not after other people's workflows.
"""

from torc_server.engine.errors import Forbidden, NotFound, RuleBroken
from torc_server.engine.ids import WorkflowId
from torc_server.store.statement import Statement
from torc_server.store.transaction import Transaction

# A user of this name is nobody in particular: it owns nothing and belongs to no group.
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
# For the WHERE of a query over `workflow`; bind :identity to the user name, or to NULL for nobody.
ACCESSIBLE_WORKFLOWS = Statement("""workflow.id IN (
    SELECT owned.id FROM workflow AS owned WHERE owned.user = :identity
    UNION ALL
    SELECT link.workflow_id FROM user_group_membership AS member
        JOIN workflow_access_group AS link ON link.group_id = member.group_id
    WHERE member.user_name = :identity
)""")


def somebody(user: str | None) -> str | None:
    """Give the user, or None for one that is nobody in particular."""
    return None if user == ANONYMOUS else user


def require_somebody(user: str | None) -> str:
    """Give the user; raises Forbidden for nobody."""
    name = somebody(user)
    if name is None:
        raise Forbidden("This needs to know who you are: send your user name and password")
    return name


def may_use(tx: Transaction, user: str | None, workflow_id: WorkflowId) -> bool:
    """Whether the user owns the workflow or belongs to one of its groups; nobody may use a missing one."""
    row = tx.row(OWNER_AND_ACCESS, {"workflow_id": workflow_id, "user": somebody(user)})
    return row is not None and bool(row["is_owner"] or row["is_member"])


def is_owner(tx: Transaction, user: str | None, workflow_id: WorkflowId) -> bool:
    """Whether the workflow is the user's own."""
    row = tx.row(OWNER_AND_ACCESS, {"workflow_id": workflow_id, "user": somebody(user)})
    return row is not None and bool(row["is_owner"])


def require_workflow(tx: Transaction, user: str | None, workflow_id: WorkflowId, *, enforce: bool) -> None:
    """Let the user pass; raises NotFound for a missing workflow and, with `enforce`, Forbidden for one not theirs."""
    if tx.value(IS_THERE, {"workflow_id": workflow_id}) is None:
        raise NotFound(f"There is no workflow {workflow_id}")
    if enforce and not may_use(tx, user, workflow_id):
        who = "Nobody in particular" if somebody(user) is None else f"User {user!r}"
        raise Forbidden(
            f"{who} has no access to workflow {workflow_id}; its owner can share it with an access group of yours"
        )


def require_handing_over(tx: Transaction, user: str | None, workflow_id: WorkflowId, *, to: str) -> None:
    """Let the owner give the workflow to somebody else; raises Forbidden for others, RuleBroken for nobody."""
    row = tx.row(OWNER_AND_ACCESS, {"workflow_id": workflow_id, "user": somebody(user)})
    if row is None or row["user"] == to:
        return
    if not row["is_owner"]:
        raise Forbidden(f"Only the owner of workflow {workflow_id} can give it to another user; leave user as it is")
    if not to or somebody(to) is None:
        raise RuleBroken(f"{to!r} is nobody whom workflow {workflow_id} could belong to", field="user", value=to)
