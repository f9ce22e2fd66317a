"""Gate 5: the columns of each table are the ones that its resource declares."""

import sqlite3
from collections.abc import Iterator

import pytest

from torc_server.api.table import RESOURCES
from torc_server.resources.resource import Resource
from torc_server.store.migrate import migrate


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[sqlite3.Connection]:
    path = tmp_path_factory.mktemp("schema") / "torc.db"
    migrate(path)
    connection = sqlite3.connect(path)
    yield connection
    connection.close()


# Columns that are not members: counters, data for claims, and values derived from a member.
INNER: dict[str, set[str]] = {
    "workflow": {"draft_changed_at", "draft_highest_ids", "fences", "has_detected_need_to_run_completion_script"},
    "job": {
        "active_compute_node_id",
        "canceled_by_cascade",
        "chained_node_id",
        "claimed_by_node_id",
        "current_result_id",
        "ended_badly",
        "group_id",
        "input_hash",
        "lost_by_node_id",
        "needs_cpus",
        "needs_gpus",
        "needs_memory_bytes",
        "needs_nodes",
        "needs_runtime_seconds",
        "spent_run_id",
        "waiting_on",
    },
    "compute_node": {"reserved_job_id", "reserved_start_ms"},
    "resource_requirements": {"memory_bytes", "runtime_seconds"},
    "task": {"arguments"},
    "token": {"digest", "is_login"},
    "workflow_action": {"owner_node_id"},
    "access_group": {"is_system"},
}


@pytest.mark.parametrize("resource", RESOURCES, ids=lambda resource: resource.table)
def test_columns_are_the_stored_members_of_the_resource(database: sqlite3.Connection, resource: Resource):
    columns = {name for (name,) in database.execute("SELECT name FROM pragma_table_info(?)", [resource.table])}
    stored = {name for name, member in resource.members.items() if member.column.is_stored}
    assert stored <= columns, "members that have no column"
    assert columns - stored == INNER.get(resource.table, set()), "columns that are not members"


@pytest.mark.parametrize("resource", RESOURCES, ids=lambda resource: resource.table)
def test_columns_of_required_members_are_not_null(database: sqlite3.Connection, resource: Resource):
    rows = database.execute('SELECT name FROM pragma_table_info(?) WHERE "notnull" OR pk', [resource.table])
    not_null = {name for (name,) in rows}
    required = {name for name, member in resource.members.items() if member.column.is_stored and member.required}
    assert required <= not_null
