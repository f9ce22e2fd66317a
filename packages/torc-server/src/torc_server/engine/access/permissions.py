"""Who may do what: one table of audiences, and the relations that decide whether a caller belongs to one.

A guard finds what the caller is to the workflow, the group or the user that an operation is about (`Relation`), in one
statement, and `accepts` looks that up in `AUDIENCES`. No other module decides about access.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, Flag, auto

from torc_server.engine.errors import Forbidden, NotFound, RuleBroken
from torc_server.engine.ids import GroupId, TokenId, WorkflowId
from torc_server.store.statement import Statement
from torc_server.store.transaction import Transaction

# The name of callers without authentication. They own no workflows and are in no group.
ANONYMOUS = "anonymous"


class Relation(Flag):
    """What a caller is to the workflow, the group or the user that an operation is about."""

    NONE = 0
    USER = auto()  # an authenticated user
    OWNER = auto()  # the owner of the workflow
    MEMBER = auto()  # a member of an access group of the workflow
    SUPERVISOR = auto()  # a system administrator, unless the server runs with admins-see-own-only
    GROUP_MEMBER = auto()
    GROUP_ADMIN = auto()
    SAME_USER = auto()
    SYSTEM_ADMIN = auto()


class Audience(Enum):
    """Who may call an operation on a server that enforces access. Shown in the document and checked by tests."""

    EVERYBODY = "everybody"
    USERS = "authenticated users"
    WORKFLOW = "the owner of the workflow, the members of its access groups and system administrators"
    SHARERS = (
        "the owner of the workflow, admins of the access group who may use the workflow, and system administrators"
    )
    GROUP_MEMBERS = "members of the access group and system administrators"
    GROUP_ADMINS = "admins of the access group and system administrators"
    SAME_USER = "the user and system administrators"
    SYSTEM_ADMINS = "system administrators"


# A caller belongs to an audience who has all relations of one of its entries.
AUDIENCES: Mapping[Audience, tuple[Relation, ...]] = {
    Audience.EVERYBODY: (Relation.NONE,),
    Audience.USERS: (Relation.USER,),
    Audience.WORKFLOW: (Relation.OWNER, Relation.MEMBER, Relation.SUPERVISOR),
    Audience.SHARERS: (Relation.OWNER, Relation.MEMBER | Relation.GROUP_ADMIN, Relation.SYSTEM_ADMIN),
    Audience.GROUP_MEMBERS: (Relation.GROUP_MEMBER, Relation.SYSTEM_ADMIN),
    Audience.GROUP_ADMINS: (Relation.GROUP_ADMIN, Relation.SYSTEM_ADMIN),
    Audience.SAME_USER: (Relation.SAME_USER, Relation.SYSTEM_ADMIN),
    Audience.SYSTEM_ADMINS: (Relation.SYSTEM_ADMIN,),
}


def accepts(audience: Audience, relations: Relation) -> bool:
    """Whether a caller with these relations belongs to the audience."""
    return any(entry & relations == entry for entry in AUDIENCES[audience])


@dataclass(frozen=True, slots=True)
class TokenScope:
    """The token of a request, and the only workflow that it is valid for."""

    token_id: TokenId
    workflow_id: WorkflowId


@dataclass(frozen=True, slots=True)
class Caller:
    """The user of a request, and the settings of the server about access.

    `enforced`: whether the server enforces access. `admins_see_all`: whether system administrators may use every
    workflow. `token`: the request has a token, whose limits hold also if the server does not enforce access.
    """

    user: str | None
    enforced: bool = True
    admins_see_all: bool = True
    token: TokenScope | None = None

    @property
    def name(self) -> str | None:
        """The user; None for a caller without authentication."""
        return None if self.user == ANONYMOUS else self.user


_IS_SYSTEM_ADMIN = """EXISTS (
    SELECT 1 FROM user_group_membership AS system JOIN access_group ON access_group.id = system.group_id
    WHERE system.user_name = :user AND access_group.is_system = 1 AND access_group.name = 'admin'
)"""
IS_SYSTEM_ADMIN = Statement(f"SELECT {_IS_SYSTEM_ADMIN}", hot=True)
OF_WORKFLOW = Statement(
    f"""
SELECT user, user = :user AS is_owner, EXISTS (
    SELECT 1 FROM user_group_membership JOIN workflow_access_group AS link
        ON link.workflow_id = workflow.id AND link.group_id = user_group_membership.group_id
    WHERE user_group_membership.user_name = :user
) AS is_member, {_IS_SYSTEM_ADMIN} AS is_system_admin
FROM workflow WHERE id = :workflow_id
""",  # noqa: S608 - a constant
    hot=True,
)
OF_GROUP = Statement(
    f"""
SELECT (SELECT role FROM user_group_membership WHERE user_name = :user AND group_id = :group_id) AS role,
       {_IS_SYSTEM_ADMIN} AS is_system_admin
""",  # noqa: S608 - a constant
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


def _held(relations: Mapping[Relation, object]) -> Relation:
    held = Relation.NONE
    for relation, holds in relations.items():
        if holds:
            held |= relation
    return held


def relations_to_server(tx: Transaction, caller: Caller) -> Relation:
    """Return what the caller is, apart from any record."""
    is_admin = tx.value(IS_SYSTEM_ADMIN, {"user": caller.name})
    return _held(
        {
            Relation.USER: caller.name is not None,
            Relation.SYSTEM_ADMIN: is_admin,
            Relation.SUPERVISOR: is_admin and caller.admins_see_all,
        }
    )


def relations_to_user(tx: Transaction, caller: Caller, user: str) -> Relation:
    """Return what the caller is to a user, who need not exist."""
    return relations_to_server(tx, caller) | _held({Relation.SAME_USER: caller.name == user})


def relations_to_group(tx: Transaction, caller: Caller, group_id: GroupId) -> Relation:
    """Return what the caller is to a group. No caller is a member of a group that does not exist."""
    row = tx.row(OF_GROUP, {"user": caller.name, "group_id": group_id})
    assert row is not None  # noqa: S101 - the query has one row
    return _held(
        {
            Relation.GROUP_MEMBER: row["role"] is not None,
            Relation.GROUP_ADMIN: row["role"] == "admin",
            Relation.SYSTEM_ADMIN: row["is_system_admin"],
        }
    )


def relations_to_workflow(tx: Transaction, caller: Caller, workflow_id: WorkflowId) -> Relation | None:
    """Return what the caller is to a workflow; None for a missing workflow."""
    row = tx.row(OF_WORKFLOW, {"workflow_id": workflow_id, "user": caller.name})
    if row is None:
        return None
    return _held(
        {
            Relation.OWNER: row["is_owner"],
            Relation.MEMBER: row["is_member"],
            Relation.SYSTEM_ADMIN: row["is_system_admin"],
            Relation.SUPERVISOR: row["is_system_admin"] and caller.admins_see_all,
        }
    )


# The operations that a runner needs. Each is about one workflow, or about none. Those that delete records, or change a
# workflow, its jobs, its access or its tokens, are not among them.
TOKEN_OPERATIONS = frozenset(
    """
    ping get_version
    get_workflow get_workflow_status is_workflow_complete is_workflow_uninitialized explain_workflow
    get_ready_job_requirements get_active_task_for_workflow get_task
    claim_jobs_based_on_resources claim_next_jobs report_and_claim start_job batch_start_jobs complete_job
    batch_complete_jobs retry_job create_result create_slurm_stats create_event
    get_job list_jobs list_job_ids list_job_dependencies list_job_file_relationships list_job_user_data_relationships
    get_running_jobs get_slurm_job_correlations get_result list_results list_slurm_stats get_file list_files
    get_user_data list_user_data list_required_existing_files list_missing_user_data
    get_resource_requirements list_resource_requirements get_failure_handler list_failure_handlers
    create_compute_node update_compute_node heartbeat_compute_node give_up_compute_node get_compute_node
    list_compute_nodes list_output_requests deliver_output_piece
    get_local_scheduler list_local_schedulers get_slurm_scheduler list_slurm_schedulers
    get_workflow_actions get_pending_actions get_action claim_action complete_action
    create_submission accept_submission reject_submission get_submission list_submissions
    get_scheduled_compute_node list_scheduled_compute_nodes update_scheduled_compute_node
    """.split()  # noqa: SIM905 - one name a line would be a page
)


def require_operation(caller: Caller, operation: str) -> None:
    """Raise Forbidden if the caller has a token, and the operation is not one that a runner needs."""
    if caller.token is not None and operation not in TOKEN_OPERATIONS:
        raise Forbidden(
            f"A token may not do this ({operation}), only what a runner needs; use your user name and password"
        )


def require_own_workflow(caller: Caller, workflow_id: WorkflowId) -> None:
    """Raise Forbidden if the caller has the token of another workflow."""
    if caller.token is not None and caller.token.workflow_id != workflow_id:
        raise Forbidden(
            f"This token is for workflow {caller.token.workflow_id} only, not for workflow {workflow_id}; use your user"
            " name and password"
        )


def may_use(tx: Transaction, caller: Caller, workflow_id: WorkflowId) -> bool:
    """Whether the caller may use the workflow. False for a missing workflow."""
    if caller.token is not None and caller.token.workflow_id != workflow_id:
        return False
    relations = relations_to_workflow(tx, caller, workflow_id)
    return relations is not None and accepts(Audience.WORKFLOW, relations)


def require_authenticated(caller: Caller) -> str:
    """Return the user. Raises Forbidden for a caller without authentication."""
    if caller.name is None:
        raise Forbidden("This needs an authenticated user; send your user name and password")
    return caller.name


def require_system_admin(tx: Transaction, caller: Caller, *, remedy: str = "") -> None:
    """Raise Forbidden for a user who is not a system administrator. `remedy` is what such a user can do instead."""
    if not accepts(Audience.SYSTEM_ADMINS, relations_to_server(tx, caller)):
        raise Forbidden(f"Only system administrators may do this; the server's setting admin_users lists them{remedy}")


def require_same_user(tx: Transaction, caller: Caller, user: str) -> None:
    """Raise Forbidden, with `enforced`, unless the caller is the user or a system administrator."""
    if caller.enforced and not accepts(Audience.SAME_USER, relations_to_user(tx, caller, user)):
        raise Forbidden(f"Only {user!r} and system administrators may see this; ask for your own user name")


def require_workflow(tx: Transaction, caller: Caller, workflow_id: WorkflowId) -> Relation:
    """Raise NotFound for a missing workflow and, with `enforced`, Forbidden for a user without access.

    Return what the caller is to the workflow, if the server enforces access.
    """
    require_own_workflow(caller, workflow_id)
    if not caller.enforced:
        if tx.value(IS_THERE, {"workflow_id": workflow_id}) is None:
            raise _missing(workflow_id)
        return Relation.NONE
    relations = relations_to_workflow(tx, caller, workflow_id)
    if relations is None:
        raise _missing(workflow_id)
    if not accepts(Audience.WORKFLOW, relations):
        raise _no_access(caller, workflow_id)
    return relations


def _missing(workflow_id: WorkflowId) -> NotFound:
    return NotFound(f"There is no workflow {workflow_id}")


def _no_access(caller: Caller, workflow_id: WorkflowId) -> Forbidden:
    who = "An unauthenticated user" if caller.name is None else f"User {caller.user!r}"
    return Forbidden(
        f"{who} has no access to workflow {workflow_id}; ask its owner to share it with one of your access groups"
    )


def require_sharer(tx: Transaction, caller: Caller, workflow_id: WorkflowId, group_id: GroupId) -> None:
    """Raise Forbidden, with `enforced`, for a caller who may not change the access of the group to the workflow.

    The error is the same for groups that do not exist, unless the caller may share the workflow with every group.
    Raises NotFound for a missing workflow.
    """
    if not caller.enforced:
        require_workflow(tx, caller, workflow_id)
        return
    relations = relations_to_workflow(tx, caller, workflow_id)
    if relations is None:
        raise _missing(workflow_id)
    if accepts(Audience.SHARERS, relations | relations_to_group(tx, caller, group_id)):
        return
    if not accepts(Audience.WORKFLOW, relations):
        raise _no_access(caller, workflow_id)
    raise Forbidden(
        f"Only the owner of workflow {workflow_id} and those of its users who are admins of access group {group_id} may"
        " change the access of the group to the workflow"
    )


def require_group_member(tx: Transaction, caller: Caller, group_id: GroupId) -> None:
    """Raise Forbidden, with `enforced`, unless the caller is a member of the group or a system administrator.

    The error is the same for groups that do not exist.
    """
    if caller.enforced and not accepts(Audience.GROUP_MEMBERS, relations_to_group(tx, caller, group_id)):
        raise Forbidden(f"Only members of access group {group_id} and system administrators may see it")


def require_group_admin(tx: Transaction, caller: Caller, group_id: GroupId) -> None:
    """Raise Forbidden, with `enforced`, unless the caller is an admin of the group or a system administrator.

    The error is the same for groups that do not exist.
    """
    if caller.enforced and not accepts(Audience.GROUP_ADMINS, relations_to_group(tx, caller, group_id)):
        raise Forbidden(f"Only admins of access group {group_id} and system administrators may change its members")


OWNER = Statement("SELECT user FROM workflow WHERE id = :workflow_id")


def require_handing_over(tx: Transaction, caller: Caller, workflow_id: WorkflowId, *, to: str) -> None:
    """Raise Forbidden if the caller may not change the owner, and RuleBroken if `to` cannot be an owner.

    A user could make another one run commands by giving them a workflow that they did not ask for.
    """
    if not caller.enforced or tx.value(OWNER, {"workflow_id": workflow_id}) == to:
        return
    if not accepts(Audience.SYSTEM_ADMINS, relations_to_server(tx, caller)):
        raise Forbidden(
            f"Only system administrators can change the owner of workflow {workflow_id}; leave user unchanged, and"
            " share the workflow with an access group"
        )
    if not to or to == ANONYMOUS:
        raise RuleBroken(f"{to!r} is not a valid owner of a workflow; use the name of a user", field="user", value=to)
