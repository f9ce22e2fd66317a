"""The guards of operations. A guard runs in the transaction of the operation, before its function.

A missing workflow, group or record is 404 for every caller. Permissions are checked if the server enforces access.
"""

from functools import lru_cache, partial

from torc_server.api.operation import Audience, Call, Guard
from torc_server.engine.access import groups
from torc_server.engine.access.permissions import may_use, require_authenticated, require_workflow
from torc_server.engine.errors import NotFound
from torc_server.engine.ids import GroupId, WorkflowId
from torc_server.engine.workflow_locks import require_unlocked
from torc_server.resources import records
from torc_server.resources.resource import Resource
from torc_server.store.transaction import Transaction


@partial(Guard, Audience.EVERYBODY)
def open_to_all(tx: Transaction, call: Call) -> None:
    """Accept every caller: the operation belongs to no workflow, or answers only what the caller may see."""


@partial(Guard, Audience.USERS)
def authenticated(tx: Transaction, call: Call) -> None:
    """Guard the creation of a record that belongs to the caller, who must be an authenticated user."""
    del tx
    if call.enforce_access:
        require_authenticated(call.identity.user)


def _require(tx: Transaction, call: Call, workflow_id: int) -> None:
    require_workflow(tx, call.identity.user, WorkflowId(workflow_id), enforce=call.enforce_access)
    require_unlocked(tx, WorkflowId(workflow_id), writes=call.writes)


@partial(Guard, Audience.WORKFLOW)
def workflow_in_path(tx: Transaction, call: Call) -> None:
    """Guard ``/workflows/{id}`` and the paths below it."""
    _require(tx, call, call.path["id"])


@partial(Guard, Audience.WORKFLOW)
def workflow_in_query(tx: Transaction, call: Call) -> None:
    """Guard lists and deletions of a workflow's records.

    Without enforcement, a missing workflow has no records. With enforcement, a workflow that the caller may not use is
    reported as missing.
    """
    workflow_id = call.query["workflow_id"]
    if call.enforce_access and not may_use(tx, call.identity.user, WorkflowId(workflow_id)):
        raise NotFound(f"There is no workflow {workflow_id} that you may use")
    require_unlocked(tx, WorkflowId(workflow_id), writes=call.writes)


@partial(Guard, Audience.WORKFLOW)
def workflow_in_body(tx: Transaction, call: Call) -> None:
    """Guard the creation of a record."""
    _require(tx, call, call.body["workflow_id"])


def workflows_in_bodies(member: str) -> Guard:
    """Guard the creation of many records: the list `member` of the body."""

    def check(tx: Transaction, call: Call) -> None:
        for workflow_id in sorted({each["workflow_id"] for each in call.body[member]}):
            _require(tx, call, workflow_id)

    return Guard(Audience.WORKFLOW, check)


@lru_cache(maxsize=64)
def through(resource: Resource) -> Guard:
    """Guard operations on a record: the record must exist, and the caller must have access to its workflow."""

    def check(tx: Transaction, call: Call) -> None:
        workflow_id = records.workflow_of(tx, resource, call.path["id"])
        if call.enforce_access:  # a record that exists has a workflow that exists
            _require(tx, call, workflow_id)
        else:
            require_unlocked(tx, workflow_id, writes=call.writes)

    return Guard(Audience.WORKFLOW, check)


@partial(Guard, Audience.SYSTEM_ADMINS)
def system_admins(tx: Transaction, call: Call) -> None:
    """Guard the administration of access groups."""
    if call.enforce_access:
        groups.require_system_admin(tx, call.identity.user)


@partial(Guard, Audience.SYSTEM_ADMINS)
def system_admins_if_users_prove_themselves(tx: Transaction, call: Call) -> None:
    """Guard the administration of the server: also without enforcement, if the server requires passwords."""
    if call.enforce_access or call.require_auth:
        groups.require_system_admin(tx, call.identity.user)


@partial(Guard, Audience.GROUP_ADMINS)
def group_admins(tx: Transaction, call: Call) -> None:
    """Guard the members of the group in the path. Those of the system's own group are changed by settings only."""
    group = groups.require_group(tx, GroupId(call.path["id"]))
    if call.enforce_access or call.require_auth:
        groups.refuse_system_group(group)
    if call.enforce_access:
        groups.require_group_admin(tx, call.identity.user, group)


def _require_sharer(tx: Transaction, call: Call, group_id: int) -> None:
    """Guard the link between a workflow and a group. Both must exist."""
    workflow_id = call.workflow_id
    require_workflow(tx, None, workflow_id, enforce=False)
    require_unlocked(tx, workflow_id, writes=call.writes)
    group = groups.require_group(tx, GroupId(group_id))
    if call.enforce_access:
        groups.require_sharer(tx, call.identity.user, workflow_id, group)


@partial(Guard, Audience.SHARERS)
def sharers_with_group_in_path(tx: Transaction, call: Call) -> None:
    """Guard ``/workflows/{id}/access_groups/{group_id}``."""
    _require_sharer(tx, call, call.path["group_id"])


@partial(Guard, Audience.SHARERS)
def sharers_with_group_in_body(tx: Transaction, call: Call) -> None:
    """Guard the same link with the group in the body."""
    _require_sharer(tx, call, call.body["group_id"])
