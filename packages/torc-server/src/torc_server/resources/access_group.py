"""Access groups, and who belongs to them."""

from collections.abc import Sequence
from datetime import datetime

from torc_server.engine.access.permissions import ANONYMOUS
from torc_server.engine.errors import RuleBroken
from torc_server.engine.timestamps import timestamp
from torc_server.resources.fields import Integer, Record, Text, Timestamp
from torc_server.resources.resource import Body, Generic, Names, Resource
from torc_server.store.transaction import Transaction

CREATED_AT = Timestamp("When it was made, UTC.", read_only=True)


class AccessGroupModel(Record):
    """People who share workflows."""

    id = Integer("Set by the server.", read_only=True)
    name = Text("What people call it; no two have the same name.", required=True)
    description = Text("What it is for.")
    created_at = CREATED_AT


class WorkflowAccessGroupModel(Record):
    """That the members of an access group may use a workflow."""

    workflow_id = Integer("The workflow; the one in the path counts.", required=True)
    group_id = Integer("The group.", required=True)
    created_at = CREATED_AT


class UserGroupMembershipModel(Record):
    """That a user belongs to an access group."""

    id = Integer("Set by the server.", read_only=True)
    group_id = Integer("The group; the one in the path counts.", required=True, fixed=True)
    user_name = Text("The user.", required=True, fixed=True)
    role = Text(
        "`admin` may change who belongs to the group; every other word is a member.",
        nullable=False,
        default="member",
        default_shown=False,
        promised=True,
    )
    created_at = CREATED_AT


def stamp_new_group(tx: Transaction, bodies: Sequence[Body], now: datetime) -> Sequence[Body]:
    """Note when it was made; raises RuleBroken for a group without a name."""
    del tx
    return [{**body, "name": _not_empty(body, "name"), "created_at": timestamp(now)} for body in bodies]


def stamp_new_membership(tx: Transaction, bodies: Sequence[Body], now: datetime) -> Sequence[Body]:
    """Note when it began; raises RuleBroken for a user who is nobody in particular."""
    del tx
    for body in bodies:
        if _not_empty(body, "user_name") == ANONYMOUS:
            raise RuleBroken(
                f"{ANONYMOUS} stands for nobody and belongs to no group", field="user_name", value=ANONYMOUS
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
