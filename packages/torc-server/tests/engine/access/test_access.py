"""Who may use a workflow, asked of the engine."""

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
    """Ada's workflow, open to a group of ben (a member) and eve (its admin); roy administers the system."""
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
    ("user", "owns", "may", "looks_after"),
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
def test_who_is_what(shared, user: str | None, owns: bool, may: bool, looks_after: bool):
    tx, workflow_id = shared.tx, shared.workflow_id
    assert is_owner(tx, user, workflow_id) is owns
    assert may_use(tx, user, workflow_id) is may
    assert groups.is_group_admin(tx, user, GroupId(7)) is looks_after
    assert groups.is_system_admin(tx, user) is (user == "roy")
    assert not may_use(tx, user, WorkflowId(99))


def test_a_group_that_was_called_admin_before_becomes_the_systems_own(world, clock):
    world.connection.execute("INSERT INTO access_group (id, name, created_at) VALUES (3, 'admin', 't')")
    world.connection.execute(
        "INSERT INTO user_group_membership (group_id, user_name, role, created_at) VALUES (3, 'eve', 'admin', 't')"
    )
    assert not groups.is_system_admin(world.tx, "eve")
    groups.appoint_system_admins(world.tx, ["roy"], now=clock.now)
    assert groups.is_system_admin(world.tx, "roy")
    assert not groups.is_system_admin(world.tx, "eve")


def test_an_administrator_who_was_a_mere_member_is_raised(world, clock):
    groups.appoint_system_admins(world.tx, ["roy"], now=clock.now)
    world.connection.execute("UPDATE user_group_membership SET role = 'member'")
    groups.appoint_system_admins(world.tx, ["roy"], now=clock.now)
    assert groups.is_group_admin(world.tx, "roy", GroupId(1))


def test_listing_what_is_accessible_scans_no_table(tx: Transaction, database: sqlite3.Connection):
    statements: list[str] = []
    database.set_trace_callback(statements.append)
    lists.page(tx, WORKFLOW, Selection((ACCESSIBLE_WORKFLOWS,), {"identity": "ada"}))
    database.set_trace_callback(None)
    for text in statements:
        plan = [row["detail"] for row in database.execute(f"EXPLAIN QUERY PLAN {text}")]
        tables = ("workflow", "member", "link", "owned", "access_group")
        assert not any(detail == f"SCAN {table}" for detail in plan for table in tables), (text, plan)
