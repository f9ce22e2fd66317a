"""The guards of operations. A guard runs in the transaction of the operation, before its function.

A missing workflow or record is 404 for every caller, a missing group only for callers who may see every group.
Permissions are checked if the server enforces access; engine/access/permissions.py has the table of who may do what.
"""

import shlex
from functools import lru_cache, partial

from torc_server.api.operation import Call, Guard
from torc_server.engine.access import groups, permissions
from torc_server.engine.access.permissions import Audience
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
        permissions.require_authenticated(call.caller)


def _require(tx: Transaction, call: Call, workflow_id: int) -> None:
    permissions.require_workflow(tx, call.caller, WorkflowId(workflow_id))
    require_unlocked(tx, WorkflowId(workflow_id), writes=call.writes)


@partial(Guard, Audience.WORKFLOW)
def workflow_in_path(tx: Transaction, call: Call) -> None:
    """Guard ``/workflows/{id}`` and the paths below it."""
    _require(tx, call, call.path["id"])


@partial(Guard, Audience.WORKFLOW)
def workflow_in_query(tx: Transaction, call: Call) -> None:
    """Guard lists and deletions of a workflow's records.

    With enforcement, a workflow that the caller may not use is reported as missing.
    """
    workflow_id = call.query["workflow_id"]
    if not call.enforce_access:
        permissions.require_workflow(tx, call.caller, WorkflowId(workflow_id))
    elif not permissions.may_use(tx, call.caller, WorkflowId(workflow_id)):
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
        permissions.require_own_workflow(call.caller, workflow_id)
        if call.enforce_access:  # a record that exists has a workflow that exists
            if resource.hides_foreign and not permissions.may_use(tx, call.caller, workflow_id):
                raise records.missing(resource, call.path["id"])
            _require(tx, call, workflow_id)
        else:
            require_unlocked(tx, workflow_id, writes=call.writes)

    return Guard(Audience.WORKFLOW, check)


@partial(Guard, Audience.SYSTEM_ADMINS)
def system_admins(tx: Transaction, call: Call) -> None:
    """Guard the administration of access groups."""
    if call.enforce_access:
        permissions.require_system_admin(tx, call.caller)


@partial(Guard, Audience.SYSTEM_ADMINS)
def system_admins_list_groups(tx: Transaction, call: Call) -> None:
    """Guard the list of all access groups. Other users can list their own."""
    if call.enforce_access:
        name = call.caller.name or "NAME"
        remedy = f". For your own groups, run: torc access-groups list-user-groups {shlex.quote(name)}"
        permissions.require_system_admin(tx, call.caller, remedy=remedy)


@partial(Guard, Audience.SYSTEM_ADMINS)
def system_admins_if_users_prove_themselves(tx: Transaction, call: Call) -> None:
    """Guard the administration of the server: also without enforcement, if the server requires passwords."""
    if call.enforce_access or call.require_auth:
        permissions.require_system_admin(tx, call.caller)


@partial(Guard, Audience.SAME_USER)
def user_in_path(tx: Transaction, call: Call) -> None:
    """Guard what concerns one user: the groups, and the access to a workflow."""
    permissions.require_same_user(tx, call.caller, call.path["user_name"])


@partial(Guard, Audience.GROUP_MEMBERS)
def group_members(tx: Transaction, call: Call) -> None:
    """Guard reading the group in the path."""
    group_id = GroupId(call.path["id"])
    permissions.require_group_member(tx, call.caller, group_id)
    groups.require_group(tx, group_id)


@partial(Guard, Audience.GROUP_ADMINS)
def group_admins(tx: Transaction, call: Call) -> None:
    """Guard the members of the group in the path. Those of the system's own group are changed by settings only."""
    group_id = GroupId(call.path["id"])
    permissions.require_group_admin(tx, call.caller, group_id)
    group = groups.require_group(tx, group_id)
    if call.enforce_access or call.require_auth:
        groups.refuse_system_group(group)


def _require_sharer(tx: Transaction, call: Call, group_id: int) -> None:
    """Guard the link between a workflow and a group. Both must exist."""
    permissions.require_sharer(tx, call.caller, call.workflow_id, GroupId(group_id))
    require_unlocked(tx, call.workflow_id, writes=call.writes)
    groups.require_group(tx, GroupId(group_id))


@partial(Guard, Audience.SHARERS)
def sharers_with_group_in_path(tx: Transaction, call: Call) -> None:
    """Guard ``/workflows/{id}/access_groups/{group_id}``."""
    _require_sharer(tx, call, call.path["group_id"])


@partial(Guard, Audience.SHARERS)
def sharers_with_group_in_body(tx: Transaction, call: Call) -> None:
    """Guard the same link with the group in the body."""
    _require_sharer(tx, call, call.body["group_id"])
