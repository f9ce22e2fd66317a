"""Access groups, their members, and the workflows that they can use."""

from collections.abc import Mapping
from typing import Any

from msgspec import Raw

from torc_server.api import access
from torc_server.api.generic import ID
from torc_server.api.of_one import WORKFLOW_ID
from torc_server.api.operation import Call, Effect, Operation, Parameter, operation
from torc_server.api.paging import limit_of
from torc_server.engine.access import groups
from torc_server.engine.access.permissions import Caller, may_use
from torc_server.engine.ids import GroupId, WorkflowId
from torc_server.engine.signals import AccessChanged
from torc_server.resources import lists, records
from torc_server.resources.access_group import (
    ACCESS_GROUP,
    MEMBERSHIP,
    AccessGroupModel,
    UserGroupMembershipModel,
    WorkflowAccessGroupModel,
)
from torc_server.resources.fields import Boolean, Integer, Record, Text
from torc_server.resources.json_fields import Many, Part
from torc_server.resources.lists import Selection
from torc_server.resources.resource import Resource
from torc_server.store.statement import Statement
from torc_server.store.transaction import Transaction

TAG = "access_control"
GROUP_ID = Integer("The access group.", required=True)
USER_NAME = Text("The user.", required=True)
PAGING = (
    Parameter("offset", Integer("Number of records to skip.", nullable=False, default=0)),
    Parameter("limit", Integer(f"Maximum number of records, at most {lists.MAX_LIMIT}.", nullable=False)),
)


class AccessCheckResponse(Record):
    """Whether a user has access to a workflow if the server enforces access."""

    has_access = Boolean("Whether the user may use it.", required=True)
    user_name = Text("The user.", required=True)
    workflow_id = Integer("The workflow.", required=True)
    reason = Text("The reason.")


class ListAccessGroupsResponse(Record):
    """A page of a list of access groups."""

    items = Many(Part(AccessGroupModel), "The groups, by name.", required=True)
    offset = Integer("Number of skipped records.", required=True)
    limit = Integer("The requested maximum.", required=True)
    total_count = Integer("Number of records in all.", required=True)
    has_more = Boolean("Whether there are more records.", required=True)


class ListUserGroupMembershipsResponse(Record):
    """A page of a list of an access group's members."""

    items = Many(Part(UserGroupMembershipModel), "The members, by user name.", required=True)
    offset = Integer("Number of skipped records.", required=True)
    limit = Integer("The requested maximum.", required=True)
    total_count = Integer("Number of records in all.", required=True)
    has_more = Boolean("Whether there are more records.", required=True)


def _page(
    tx: Transaction, call: Call, resource: Resource, condition: str | None, sort_by: str, **parameters: Any
) -> dict[str, Any]:
    selection = Selection(
        conditions=() if condition is None else (condition,),
        parameters=parameters,
        sort_by=sort_by,
        offset=call.query["offset"],
        limit=limit_of(call, default=lists.MAX_LIMIT),
    )
    part = lists.excerpt(tx, resource, selection)
    return part.in_envelope({"limit": part.limit})


@operation(
    "check_workflow_access",
    "GET",
    "/access_check/{workflow_id}/{user_name}",
    tag=TAG,
    effect=Effect.READ,
    guard=access.user_in_path,
    answer=AccessCheckResponse,
    path_fields={"workflow_id": WORKFLOW_ID, "user_name": USER_NAME},
    errors=(400, 403),
)
def check_workflow_access(tx: Transaction, call: Call) -> dict[str, Any]:
    """Return whether a user may use a workflow: as its owner, by one of its access groups or as an administrator.

    No user has access to a workflow that does not exist.
    """
    user, workflow_id = call.path["user_name"], call.path["workflow_id"]
    may = may_use(tx, Caller(user, admins_see_all=not call.admins_see_own_only), WorkflowId(workflow_id))
    reason = (
        f"{user} owns workflow {workflow_id}, belongs to one of its access groups, or is a system administrator"
        if may
        else f"{user} neither owns workflow {workflow_id} nor belongs to any of its access groups"
    )
    return {"has_access": may, "user_name": user, "workflow_id": workflow_id, "reason": reason}


@operation(
    "list_access_groups",
    "GET",
    "/access_groups",
    tag=TAG,
    effect=Effect.READ,
    guard=access.system_admins_list_groups,
    answer=ListAccessGroupsResponse,
    query=PAGING,
    errors=(400, 403),
)
def list_access_groups(tx: Transaction, call: Call) -> dict[str, Any]:
    """List all access groups, by name."""
    return _page(tx, call, ACCESS_GROUP, None, "name")


@operation(
    "create_access_group",
    "POST",
    "/access_groups",
    tag=TAG,
    effect=Effect.WRITE,
    guard=access.system_admins,
    answer=AccessGroupModel,
    body=AccessGroupModel,
    errors=(400, 403, 409, 422),
)
def create_access_group(tx: Transaction, call: Call) -> Raw:
    """Create an access group."""
    (group_id,) = records.create(tx, ACCESS_GROUP, [call.body], call.now)
    return records.one(tx, ACCESS_GROUP, group_id)


@operation(
    "get_access_group",
    "GET",
    "/access_groups/{id}",
    tag=TAG,
    effect=Effect.READ,
    guard=access.group_members,
    answer=AccessGroupModel,
    path_fields=ID,
    errors=(400, 403, 404),
)
def get_access_group(tx: Transaction, call: Call) -> Raw:
    """Get an access group."""
    return records.one(tx, ACCESS_GROUP, call.path["id"])


@operation(
    "delete_access_group",
    "DELETE",
    "/access_groups/{id}",
    tag=TAG,
    effect=Effect.WRITE,
    guard=access.system_admins,
    answer=AccessGroupModel,
    path_fields=ID,
    errors=(400, 403, 404),
)
def delete_access_group(tx: Transaction, call: Call) -> Raw:
    """Delete an access group with its memberships and its links to workflows, and return it.

    The system's own group cannot be deleted.
    """
    groups.refuse_system_group(groups.require_group(tx, GroupId(call.path["id"])))
    tx.emit(AccessChanged())
    return records.delete(tx, ACCESS_GROUP, call.path["id"])


@operation(
    "list_group_members",
    "GET",
    "/access_groups/{id}/members",
    tag=TAG,
    effect=Effect.READ,
    guard=access.group_members,
    answer=ListUserGroupMembershipsResponse,
    path_fields={"id": GROUP_ID},
    query=PAGING,
    errors=(400, 403, 404),
)
def list_group_members(tx: Transaction, call: Call) -> dict[str, Any]:
    """List the members of an access group, by user name."""
    return _page(tx, call, MEMBERSHIP, "group_id = :group_id", "user_name", group_id=call.path["id"])


@operation(
    "add_user_to_group",
    "POST",
    "/access_groups/{id}/members",
    tag=TAG,
    effect=Effect.WRITE,
    guard=access.group_admins,
    answer=UserGroupMembershipModel,
    body=UserGroupMembershipModel,
    path_fields={"id": GROUP_ID},
    errors=(400, 403, 404, 409, 422),
)
def add_user_to_group(tx: Transaction, call: Call) -> Raw:
    """Add a user to an access group."""
    (membership_id,) = records.create(tx, MEMBERSHIP, [{**call.body, "group_id": call.path["id"]}], call.now)
    return records.one(tx, MEMBERSHIP, membership_id)


@operation(
    "remove_user_from_group",
    "DELETE",
    "/access_groups/{id}/members/{user_name}",
    tag=TAG,
    effect=Effect.WRITE,
    guard=access.group_admins,
    answer=UserGroupMembershipModel,
    path_fields={"id": GROUP_ID, "user_name": USER_NAME},
    errors=(400, 403, 404),
)
def remove_user_from_group(tx: Transaction, call: Call) -> Raw:
    """Remove a user from an access group, and return the membership."""
    membership_id = groups.membership_id(tx, GroupId(call.path["id"]), call.path["user_name"])
    tx.emit(AccessChanged())
    return records.delete(tx, MEMBERSHIP, membership_id)


GROUPS_OF_USER = Statement("id IN (SELECT group_id FROM user_group_membership WHERE user_name = :user_name)")
GROUPS_OF_WORKFLOW = Statement("id IN (SELECT group_id FROM workflow_access_group WHERE workflow_id = :workflow_id)")


@operation(
    "list_user_groups",
    "GET",
    "/users/{user_name}/groups",
    tag=TAG,
    effect=Effect.READ,
    guard=access.user_in_path,
    answer=ListAccessGroupsResponse,
    path_fields={"user_name": USER_NAME},
    query=PAGING,
    errors=(400, 403),
)
def list_user_groups(tx: Transaction, call: Call) -> dict[str, Any]:
    """List the access groups of a user, by name. An unknown user belongs to no group."""
    return _page(tx, call, ACCESS_GROUP, GROUPS_OF_USER, "name", user_name=call.path["user_name"])


@operation(
    "list_workflow_groups",
    "GET",
    "/workflows/{id}/access_groups",
    tag=TAG,
    effect=Effect.READ,
    guard=access.workflow_in_path,
    answer=ListAccessGroupsResponse,
    path_fields={"id": WORKFLOW_ID},
    query=PAGING,
    errors=(400, 403, 404),
)
def list_workflow_groups(tx: Transaction, call: Call) -> dict[str, Any]:
    """List the access groups that can use a workflow, by name."""
    return _page(tx, call, ACCESS_GROUP, GROUPS_OF_WORKFLOW, "name", workflow_id=call.path["id"])


LINK_FIELDS: Mapping[str, Integer] = {"id": WORKFLOW_ID, "group_id": GROUP_ID}


@operation(
    "add_workflow_to_group",
    "POST",
    "/workflows/{id}/access_groups/{group_id}",
    tag=TAG,
    effect=Effect.WRITE,
    guard=access.sharers_with_group_in_path,
    answer=WorkflowAccessGroupModel,
    path_fields=LINK_FIELDS,
    errors=(400, 403, 404, 409),
)
def add_workflow_to_group(tx: Transaction, call: Call) -> dict[str, Any]:
    """Let an access group use a workflow."""
    return groups.link(tx, call.workflow_id, GroupId(call.path["group_id"]), now=call.now)


# COMPAT 0.12: its document has this form, with the group in the body. Remove it when no client of 0.12 is left.
@operation(
    "add_workflow_to_group_by_body",
    "POST",
    "/workflows/{id}/access_groups",
    tag=TAG,
    effect=Effect.WRITE,
    guard=access.sharers_with_group_in_body,
    answer=WorkflowAccessGroupModel,
    body=WorkflowAccessGroupModel,
    path_fields={"id": WORKFLOW_ID},
    errors=(400, 403, 404, 409),
)
def add_workflow_to_group_by_body(tx: Transaction, call: Call) -> dict[str, Any]:
    """Let the access group in the body use a workflow."""
    return groups.link(tx, call.workflow_id, GroupId(call.body["group_id"]), now=call.now)


@operation(
    "remove_workflow_from_group",
    "DELETE",
    "/workflows/{id}/access_groups/{group_id}",
    tag=TAG,
    effect=Effect.WRITE,
    guard=access.sharers_with_group_in_path,
    answer=WorkflowAccessGroupModel,
    path_fields=LINK_FIELDS,
    errors=(400, 403, 404),
)
def remove_workflow_from_group(tx: Transaction, call: Call) -> dict[str, Any]:
    """Stop an access group from using a workflow, and return the removed link."""
    return groups.unlink(tx, call.workflow_id, GroupId(call.path["group_id"]))


GROUP_OPERATIONS: tuple[Operation, ...] = (
    check_workflow_access,
    list_access_groups,
    create_access_group,
    get_access_group,
    delete_access_group,
    list_group_members,
    add_user_to_group,
    remove_user_from_group,
    list_user_groups,
    list_workflow_groups,
    add_workflow_to_group,
    add_workflow_to_group_by_body,
    remove_workflow_from_group,
)
