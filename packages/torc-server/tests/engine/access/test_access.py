"""Access of users to workflows."""

import sqlite3

import pytest

from torc_server.engine.access import groups
from torc_server.engine.access.permissions import ACCESSIBLE_WORKFLOWS, is_owner, may_use
from torc_server.engine.ids import GroupId, WorkflowId
from torc_server.resources import lists
from torc_server.resources.lists import Selection
from torc_server.resources.workflow import WORKFLOW
from torc_server.store.transaction import Transaction


@pytest.fixture
def shared(world, clock):
    """A workflow of ada, shared with a group of ben (a member) and eve (an admin); roy is a system administrator."""
    groups.appoint_system_admins(world.tx, ["roy"], now=clock.now)
    world.connection.execute("INSERT INTO access_group (id, name, created_at) VALUES (7, 'team', 't')")
    for user, role in (("ben", "member"), ("eve", "admin"), ("anonymous", "admin")):
        world.connection.execute(
            "INSERT INTO user_group_membership (group_id, user_name, role, created_at) VALUES (7, ?, ?, 't')",
            (user, role),
        )
    groups.link(world.tx, world.workflow_id, GroupId(7), now=clock.now)
    return world


@pytest.mark.parametrize(
    ("user", "owns", "may", "is_admin"),
    [
        ("ada", True, True, False),
        ("ben", False, True, False),
        ("eve", False, True, True),
        ("roy", False, False, False),
        ("ADA", False, False, False),
        ("", False, False, False),
        ("anonymous", False, False, False),
        (None, False, False, False),
    ],
)
def test_owners_members_and_admins(shared, user: str | None, owns: bool, may: bool, is_admin: bool):
    tx, workflow_id = shared.tx, shared.workflow_id
    assert is_owner(tx, user, workflow_id) is owns
    assert may_use(tx, user, workflow_id) is may
    assert groups.is_group_admin(tx, user, GroupId(7)) is is_admin
    assert groups.is_system_admin(tx, user) is (user == "roy")
    assert not may_use(tx, user, WorkflowId(99))


def test_an_existing_group_named_admin_becomes_the_group_of_system_administrators(world, clock):
    world.connection.execute("INSERT INTO access_group (id, name, created_at) VALUES (3, 'admin', 't')")
    world.connection.execute(
        "INSERT INTO user_group_membership (group_id, user_name, role, created_at) VALUES (3, 'eve', 'admin', 't')"
    )
    assert not groups.is_system_admin(world.tx, "eve")
    groups.appoint_system_admins(world.tx, ["roy"], now=clock.now)
    assert groups.is_system_admin(world.tx, "roy")
    assert not groups.is_system_admin(world.tx, "eve")


def test_a_member_named_by_the_settings_becomes_an_admin(world, clock):
    groups.appoint_system_admins(world.tx, ["roy"], now=clock.now)
    world.connection.execute("UPDATE user_group_membership SET role = 'member'")
    groups.appoint_system_admins(world.tx, ["roy"], now=clock.now)
    assert groups.is_group_admin(world.tx, "roy", GroupId(1))


def test_listing_accessible_workflows_scans_no_table(tx: Transaction, database: sqlite3.Connection):
    statements: list[str] = []
    database.set_trace_callback(statements.append)
    lists.page(tx, WORKFLOW, Selection((ACCESSIBLE_WORKFLOWS,), {"identity": "ada"}))
    database.set_trace_callback(None)
    for text in statements:
        plan = [row["detail"] for row in database.execute(f"EXPLAIN QUERY PLAN {text}")]
        tables = ("workflow", "member", "link", "owned", "access_group")
        assert not any(detail == f"SCAN {table}" for detail in plan for table in tables), (text, plan)
