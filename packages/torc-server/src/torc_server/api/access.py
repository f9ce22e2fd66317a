"""The ways an operation is guarded. A guard runs in the operation's own transaction, before its function.

A missing workflow, group or record is 404 for everybody; who may is asked where the server enforces access.
"""

from functools import lru_cache, partial

from torc_server.api.operation import Audience, Call, Guard
from torc_server.engine.access import groups
from torc_server.engine.access.permissions import may_use, require_somebody, require_workflow
from torc_server.engine.errors import NotFound
from torc_server.engine.ids import GroupId, WorkflowId
from torc_server.engine.workflow_locks import require_free
from torc_server.resources import records
from torc_server.resources.resource import Resource
from torc_server.store.transaction import Transaction


@partial(Guard, Audience.EVERYBODY)
def open_to_all(tx: Transaction, call: Call) -> None:
    """Let everybody through: the operation belongs to no workflow, or answers only what the caller may see."""


@partial(Guard, Audience.USERS)
def users(tx: Transaction, call: Call) -> None:
    """Guard what will belong to the caller, who must be somebody."""
    del tx
    if call.enforce_access:
        require_somebody(call.identity.user)


def _require(tx: Transaction, call: Call, workflow_id: int) -> None:
    require_workflow(tx, call.identity.user, WorkflowId(workflow_id), enforce=call.enforce_access)
    require_free(tx, WorkflowId(workflow_id), writes=call.writes)


@partial(Guard, Audience.WORKFLOW)
def workflow_in_path(tx: Transaction, call: Call) -> None:
    """Guard ``/workflows/{id}`` and what is below it."""
    _require(tx, call, call.path["id"])


@partial(Guard, Audience.WORKFLOW)
def workflow_in_query(tx: Transaction, call: Call) -> None:
    """Guard lists and deletions of a workflow's records; without enforcement a missing workflow just has none.

    With it, the workflow of somebody else is as missing as one that never was.
    """
    workflow_id = call.query["workflow_id"]
    if call.enforce_access and not may_use(tx, call.identity.user, WorkflowId(workflow_id)):
        raise NotFound(f"There is no workflow {workflow_id} that you may use")
    require_free(tx, WorkflowId(workflow_id), writes=call.writes)


@partial(Guard, Audience.WORKFLOW)
def workflow_in_body(tx: Transaction, call: Call) -> None:
    """Guard the creation of a record."""
    _require(tx, call, call.body["workflow_id"])


def workflows_in_bodies(member: str) -> Guard:
    """Guard the creation of many records, which the body has as a list under this member."""

    def check(tx: Transaction, call: Call) -> None:
        for workflow_id in sorted({each["workflow_id"] for each in call.body[member]}):
            _require(tx, call, workflow_id)

    return Guard(Audience.WORKFLOW, check)


@lru_cache(maxsize=64)
def through(resource: Resource) -> Guard:
    """Guard what is addressed by a record's id: the record must be there, and its workflow open to the caller."""

    def check(tx: Transaction, call: Call) -> None:
        workflow_id = records.workflow_of(tx, resource, call.path["id"])
        if call.enforce_access:  # a record that is there has a workflow that is there
            _require(tx, call, workflow_id)
        else:
            require_free(tx, workflow_id, writes=call.writes)

    return Guard(Audience.WORKFLOW, check)


@partial(Guard, Audience.SYSTEM_ADMINS)
def system_admins(tx: Transaction, call: Call) -> None:
    """Guard what concerns everybody's groups."""
    if call.enforce_access:
        groups.require_system_admin(tx, call.identity.user)


@partial(Guard, Audience.SYSTEM_ADMINS)
def system_admins_if_users_prove_themselves(tx: Transaction, call: Call) -> None:
    """Guard the server's own business: also without enforcement, once everybody has to give a password."""
    if call.enforce_access or call.require_auth:
        groups.require_system_admin(tx, call.identity.user)


@partial(Guard, Audience.GROUP_ADMINS)
def group_admins(tx: Transaction, call: Call) -> None:
    """Guard the membership of the group in the path. That of the system's own group is the settings' business."""
    group = groups.require_group(tx, GroupId(call.path["id"]))
    if call.enforce_access or call.require_auth:
        groups.refuse_system_group(group)
    if call.enforce_access:
        groups.require_group_admin(tx, call.identity.user, group)


def _require_sharer(tx: Transaction, call: Call, group_id: int) -> None:
    """Guard the link between a workflow and a group; both must be there."""
    workflow_id = call.workflow_id
    require_workflow(tx, None, workflow_id, enforce=False)
    require_free(tx, workflow_id, writes=call.writes)
    group = groups.require_group(tx, GroupId(group_id))
    if call.enforce_access:
        groups.require_sharer(tx, call.identity.user, workflow_id, group)


@partial(Guard, Audience.SHARERS)
def sharers_with_group_in_path(tx: Transaction, call: Call) -> None:
    """Guard ``/workflows/{id}/access_groups/{group_id}``."""
    _require_sharer(tx, call, call.path["group_id"])


@partial(Guard, Audience.SHARERS)
def sharers_with_group_in_body(tx: Transaction, call: Call) -> None:
    """Guard the same link where the body names the group."""
    _require_sharer(tx, call, call.body["group_id"])
