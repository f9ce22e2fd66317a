"""What the server lets the user of this dashboard do with access groups: the groups of the user, and those of all."""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass

from torc_client.api.records import AccessGroupModel, UserGroupMembershipModel, WorkflowModel
from torc_client.client import TorcClient, current_user
from torc_client.errors import ForbiddenError

# A page shows no more groups, members or workflows.
MOST_ROWS = 500
# The group of system administrators. Only the settings of the server change its members.
SYSTEM_GROUP = "admin"
ADMIN = "admin"


@dataclass(frozen=True)
class KnownGroups:
    """The groups that the user may see.

    `mine` is None if the server does not know the user, `every` if only system administrators may list all groups.
    """

    mine: tuple[AccessGroupModel, ...] | None
    every: tuple[AccessGroupModel, ...] | None
    total: int

    @property
    def others(self) -> tuple[AccessGroupModel, ...]:
        """The groups to which the user does not belong."""
        known = {group.id for group in self.mine or ()}
        return tuple(group for group in self.every or () if group.id not in known)

    @property
    def is_enforced(self) -> bool:
        """Whether the server restricts access. On one that does not, every user may list all groups."""
        return self.every is None or any(group.name == SYSTEM_GROUP for group in self.mine or ())

    def named(self, name: str) -> AccessGroupModel | None:
        """Return the group of this name; None if it is not known."""
        return next((group for group in (*(self.mine or ()), *self.others) if group.name == name), None)


async def read_groups(client: TorcClient) -> KnownGroups:
    """Request the groups of the user, and those of all: two calls."""
    mine, every = await asyncio.gather(_mine(client), _every(client, MOST_ROWS))
    if every is None:
        return KnownGroups(mine, None, len(mine or ()))
    groups, total = every
    return KnownGroups(mine, groups, total)


async def names_of_mine(client: TorcClient) -> tuple[str, ...]:
    """Request the names of the groups of the user; none if the server does not know the user."""
    return tuple(group.name for group in await _mine(client) or ())


async def may_manage_all(client: TorcClient) -> bool:
    """Whether the user may change every group: as a system administrator, or because access is not restricted."""
    return await _every(client, 1) is not None


async def _mine(client: TorcClient) -> tuple[AccessGroupModel, ...] | None:
    try:
        return tuple((await client.access_control.list_user_groups(current_user(), limit=MOST_ROWS)).items)
    except ForbiddenError:
        return None


async def _every(client: TorcClient, limit: int) -> tuple[tuple[AccessGroupModel, ...], int] | None:
    try:
        found = await client.access_control.list_access_groups(limit=limit)
    except ForbiddenError:
        return None
    return tuple(found.items), found.total_count


@dataclass(frozen=True)
class GroupRights:
    """What the user may do with one group. `is_system`: the server manages its members."""

    user: str
    manages_all: bool
    is_admin: bool
    is_system: bool

    @property
    def may_change_members(self) -> bool:
        """Whether the user may add and remove members."""
        return (self.manages_all or self.is_admin) and not self.is_system

    def may_share(self, workflow: WorkflowModel) -> bool:
        """Whether the user may share the workflow with the group, and stop that. The user can see the workflow."""
        return self.manages_all or self.is_admin or workflow.user == self.user


def rights_of(
    group: AccessGroupModel, members: Iterable[UserGroupMembershipModel], *, manages_all: bool
) -> GroupRights:
    """Return what the user may do with a group that has these members."""
    user = current_user()
    is_admin = any(one.user_name == user and one.role == ADMIN for one in members)
    return GroupRights(user, manages_all, is_admin, group.name == SYSTEM_GROUP)
