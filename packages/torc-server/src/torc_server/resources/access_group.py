"""Access groups and their members."""

from collections.abc import Sequence
from datetime import datetime

from torc_server.engine.access.permissions import ANONYMOUS
from torc_server.engine.errors import RuleBroken
from torc_server.engine.timestamps import timestamp
from torc_server.resources.fields import Column, Integer, Record, Text, Timestamp
from torc_server.resources.resource import Body, Generic, Names, Resource
from torc_server.store.transaction import Transaction

NUM_MEMBERS = "(SELECT count(*) FROM user_group_membership AS one WHERE one.group_id = access_group.id)"
NUM_WORKFLOWS = "(SELECT count(*) FROM workflow_access_group AS link WHERE link.group_id = access_group.id)"

CREATED_AT = Timestamp("Time of creation, UTC.", read_only=True)


class AccessGroupModel(Record):
    """A group of users who share workflows."""

    id = Integer("Set by the server.", read_only=True)
    name = Text("Name, unique among access groups.", required=True)
    description = Text("Purpose of the group.")
    created_at = CREATED_AT
    num_members = Integer("Number of its members.", read_only=True, extension=True, column=Column(sql=NUM_MEMBERS))
    num_workflows = Integer(
        "Number of workflows that it can use.", read_only=True, extension=True, column=Column(sql=NUM_WORKFLOWS)
    )


class WorkflowAccessGroupModel(Record):
    """A link that lets the members of an access group use a workflow."""

    workflow_id = Integer("The workflow. The id in the path is used, not this one.", required=True)
    group_id = Integer("The group.", required=True)
    created_at = CREATED_AT


class UserGroupMembershipModel(Record):
    """The membership of a user in an access group."""

    id = Integer("Set by the server.", read_only=True)
    group_id = Integer("The group. The id in the path is used, not this one.", required=True, fixed=True)
    user_name = Text("Name of the user.", required=True, fixed=True)
    role = Text(
        "`admin` may add and remove members of the group; any other word means an ordinary member.",
        nullable=False,
        default="member",
        default_shown=False,
        promised=True,
    )
    created_at = CREATED_AT


def stamp_new_group(tx: Transaction, bodies: Sequence[Body], now: datetime) -> Sequence[Body]:
    """Add the time of creation. Raises RuleBroken for a group without a name."""
    del tx
    return [{**body, "name": _not_empty(body, "name"), "created_at": timestamp(now)} for body in bodies]


def stamp_new_membership(tx: Transaction, bodies: Sequence[Body], now: datetime) -> Sequence[Body]:
    """Add the time of creation. Raises RuleBroken for the name of anonymous users."""
    del tx
    for body in bodies:
        if _not_empty(body, "user_name") == ANONYMOUS:
            raise RuleBroken(
                f"{ANONYMOUS!r} is the name of users who are not authenticated, and cannot be a member; "
                "use the name of a user",
                field="user_name",
                value=ANONYMOUS,
            )
    return [{**body, "created_at": timestamp(now)} for body in bodies]


def _not_empty(body: Body, name: str) -> str:
    value: str = body[name]
    if not value.strip():
        raise RuleBroken(f"{name} must not be empty", field=name, value=value)
    return value


ACCESS_GROUP = Resource(
    table="access_group",
    path="access_groups",
    names=Names(one="access_group", many="access_groups", delete_one="delete_access_group", delete_all=""),
    schema=AccessGroupModel,
    noun="access group",
    operations=Generic(0),
    belongs_to_workflow=False,
    prepare_new=stamp_new_group,
)
MEMBERSHIP = Resource(
    table="user_group_membership",
    path="members",
    names=Names(one="membership", many="memberships", delete_one="", delete_all=""),
    schema=UserGroupMembershipModel,
    noun="membership",
    operations=Generic(0),
    belongs_to_workflow=False,
    prepare_new=stamp_new_membership,
)
