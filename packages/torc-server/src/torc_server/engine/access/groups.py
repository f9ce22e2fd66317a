"""Access groups: their members, their admins, and the workflows that they have access to."""

import json
import sqlite3
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from torc_server.engine.errors import Conflict, Forbidden, NotFound, RuleBroken
from torc_server.engine.ids import GroupId, WorkflowId
from torc_server.engine.signals import AccessChanged
from torc_server.engine.timestamps import timestamp
from torc_server.store.statement import Statement
from torc_server.store.transaction import Transaction

# The group of system administrators. The settings determine its members.
SYSTEM_GROUP = "admin"
SYSTEM_GROUP_DESCRIPTION = "System administrators"

GROUP = Statement("SELECT id, name, is_system FROM access_group WHERE id = :group_id", hot=True)


def require_group(tx: Transaction, group_id: GroupId) -> sqlite3.Row:
    """Return the row of a group. Raises NotFound."""
    group = tx.row(GROUP, {"group_id": group_id})
    if group is None:
        raise NotFound(f"There is no access group {group_id}")
    return group


def refuse_system_group(group: sqlite3.Row) -> None:
    """Raise Forbidden for a change of the group of system administrators."""
    if group["is_system"]:
        raise Forbidden(
            f"The access group {group['name']!r} is managed by the server; change its members with the setting"
            " admin_users"
        )


MEMBERSHIP = Statement("SELECT id FROM user_group_membership WHERE group_id = :group_id AND user_name = :user_name")


def membership_id(tx: Transaction, group_id: GroupId, user_name: str) -> int:
    """Return the id of the membership of a user. Raises NotFound."""
    membership = tx.value(MEMBERSHIP, {"group_id": group_id, "user_name": user_name})
    if membership is None:
        raise NotFound(f"User {user_name!r} is not a member of access group {group_id}")
    return int(membership)


LINK = Statement("""
INSERT INTO workflow_access_group (workflow_id, group_id, created_at) VALUES (:workflow_id, :group_id, :created_at)
ON CONFLICT DO NOTHING
""")
LINKED = Statement("""
SELECT workflow_id, group_id, created_at FROM workflow_access_group
WHERE workflow_id = :workflow_id AND group_id = :group_id
""")
UNLINK = Statement("DELETE FROM workflow_access_group WHERE workflow_id = :workflow_id AND group_id = :group_id")
GROUP_OF_NAME = Statement("SELECT id FROM access_group WHERE name = :name")


def link(tx: Transaction, workflow_id: WorkflowId, group_id: GroupId, *, now: datetime) -> dict[str, Any]:
    """Share a workflow with a group and return the link. Raises Conflict if it is already shared with the group."""
    row = {"workflow_id": workflow_id, "group_id": group_id, "created_at": timestamp(now)}
    if tx.execute(LINK, row) == 0:
        raise Conflict(f"Workflow {workflow_id} is already shared with access group {group_id}")
    return row


def unlink(tx: Transaction, workflow_id: WorkflowId, group_id: GroupId) -> dict[str, Any]:
    """Stop sharing a workflow with a group and return the deleted link. Raises NotFound if there is no link."""
    key = {"workflow_id": workflow_id, "group_id": group_id}
    row = tx.row(LINKED, key)
    if row is None:
        raise NotFound(f"Workflow {workflow_id} is not shared with access group {group_id}")
    tx.execute(UNLINK, key)
    tx.emit(AccessChanged())
    return dict(row)


def link_by_names(tx: Transaction, workflow_id: WorkflowId, names: Iterable[str], *, now: datetime) -> None:
    """Share a new workflow with the groups of these names. Raises RuleBroken for an unknown name."""
    for name in dict.fromkeys(names):
        group_id = tx.value(GROUP_OF_NAME, {"name": name})
        if group_id is None:
            raise RuleBroken(
                f"Unknown access group {name!r}; correct the name, or create the group first",
                field="access_groups",
                value=name,
            )
        link(tx, workflow_id, group_id, now=now)


SYSTEM_GROUP_ID = Statement("SELECT id FROM access_group WHERE name = 'admin' AND is_system = 1")
MAKE_SYSTEM_GROUP = Statement("""
INSERT INTO access_group (name, description, created_at, is_system) VALUES (:name, :description, :created_at, 1)
ON CONFLICT (name) DO UPDATE SET is_system = 1
""")
MISSING_ADMINS = Statement("""
SELECT value FROM json_each(:users) WHERE value NOT IN (
    SELECT user_name FROM user_group_membership WHERE group_id = :group_id AND role = 'admin'
)
""")
ADD_ADMIN = Statement("""
INSERT INTO user_group_membership (group_id, user_name, role, created_at)
VALUES (:group_id, :user, 'admin', :created_at)
ON CONFLICT (user_name, group_id) DO UPDATE SET role = 'admin'
""")
KEEP_ADMINS = Statement("""
DELETE FROM user_group_membership
WHERE group_id = :group_id AND user_name NOT IN (SELECT value FROM json_each(:users))
""")


def appoint_system_admins(tx: Transaction, users: Iterable[str], *, now: datetime) -> None:
    """Make exactly these users the system administrators, as the settings require."""
    created_at = timestamp(now)
    if tx.value(SYSTEM_GROUP_ID) is None:
        group = {"name": SYSTEM_GROUP, "description": SYSTEM_GROUP_DESCRIPTION, "created_at": created_at}
        tx.execute(MAKE_SYSTEM_GROUP, group)
    wanted = {"group_id": tx.value(SYSTEM_GROUP_ID), "users": json.dumps(list(dict.fromkeys(users)))}
    tx.execute(KEEP_ADMINS, wanted)
    for (user,) in tx.rows(MISSING_ADMINS, wanted):
        tx.execute(ADD_ADMIN, {"group_id": wanted["group_id"], "user": user, "created_at": created_at})
