"""Access of users to workflows."""

import sqlite3

import pytest

from torc_server.engine.access import groups
from torc_server.engine.access.permissions import (
    ACCESSIBLE_WORKFLOWS,
    AUDIENCES,
    Audience,
    Caller,
    Relation,
    accepts,
    may_use,
    relations_to_group,
    relations_to_server,
    relations_to_workflow,
)
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
        ("roy", False, True, False),
        ("ADA", False, False, False),
        ("", False, False, False),
        ("anonymous", False, False, False),
        (None, False, False, False),
    ],
)
def test_owners_members_and_admins(shared, user: str | None, owns: bool, may: bool, is_admin: bool):
    tx, workflow_id = shared.tx, shared.workflow_id
    caller = Caller(user)
    relations = relations_to_workflow(tx, caller, workflow_id)
    assert relations is not None
    assert (Relation.OWNER in relations) is owns
    assert may_use(tx, caller, workflow_id) is may
    assert (Relation.GROUP_ADMIN in relations_to_group(tx, caller, GroupId(7))) is is_admin
    assert _is_system_admin(tx, user) is (user == "roy")
    assert not may_use(tx, caller, WorkflowId(99))


def _is_system_admin(tx: Transaction, user: str | None) -> bool:
    return accepts(Audience.SYSTEM_ADMINS, relations_to_server(tx, Caller(user)))


def test_system_administrators_may_be_restricted_to_their_own_workflows(shared):
    assert may_use(shared.tx, Caller("roy"), shared.workflow_id)
    assert not may_use(shared.tx, Caller("roy", admins_see_all=False), shared.workflow_id)


def test_every_audience_is_in_the_table_and_every_relation_decides():
    assert set(AUDIENCES) == set(Audience)
    for audience in set(Audience) - {Audience.EVERYBODY}:
        assert not accepts(audience, Relation.NONE)
    used = Relation.NONE
    for entries in AUDIENCES.values():
        for entry in entries:
            used |= entry
    assert set(used) == set(Relation) - {Relation.NONE}


def test_an_existing_group_named_admin_becomes_the_group_of_system_administrators(world, clock):
    world.connection.execute("INSERT INTO access_group (id, name, created_at) VALUES (3, 'admin', 't')")
    world.connection.execute(
        "INSERT INTO user_group_membership (group_id, user_name, role, created_at) VALUES (3, 'eve', 'admin', 't')"
    )
    assert not _is_system_admin(world.tx, "eve")
    groups.appoint_system_admins(world.tx, ["roy"], now=clock.now)
    assert _is_system_admin(world.tx, "roy")
    assert not _is_system_admin(world.tx, "eve")


def test_a_member_named_by_the_settings_becomes_an_admin(world, clock):
    groups.appoint_system_admins(world.tx, ["roy"], now=clock.now)
    world.connection.execute("UPDATE user_group_membership SET role = 'member'")
    groups.appoint_system_admins(world.tx, ["roy"], now=clock.now)
    assert Relation.GROUP_ADMIN in relations_to_group(world.tx, Caller("roy"), GroupId(1))


def test_listing_accessible_workflows_scans_no_table(tx: Transaction, database: sqlite3.Connection):
    statements: list[str] = []
    database.set_trace_callback(statements.append)
    lists.page(tx, WORKFLOW, Selection((ACCESSIBLE_WORKFLOWS,), {"identity": "ada"}))
    database.set_trace_callback(None)
    for text in statements:
        plan = [row["detail"] for row in database.execute(f"EXPLAIN QUERY PLAN {text}")]
        tables = ("workflow", "member", "link", "owned", "access_group")
        assert not any(detail == f"SCAN {table}" for detail in plan for table in tables), (text, plan)
