"""Declarations agree with tables, and SQLite accepts every statement composed of them."""

import itertools
import sqlite3
from datetime import UTC, datetime

import pytest

from torc_server.api.table import RESOURCES
from torc_server.engine.errors import RuleBroken
from torc_server.resources import lists, records
from torc_server.resources.fields import UNSET
from torc_server.resources.generation import Generation
from torc_server.resources.json_sql import View
from torc_server.resources.lists import Selection
from torc_server.resources.resource import OF_WORKFLOW, Resource
from torc_server.store.transaction import Transaction

# Columns that no record shows: the engine's own bookkeeping, and numbers beside their texts.
BEHIND_THE_RECORDS = {
    "workflow": {"draft_changed_at", "draft_highest_ids", "fences", "has_detected_need_to_run_completion_script"},
    "resource_requirements": {"memory_bytes", "runtime_seconds"},
    "task": {"arguments"},
    "token": {"digest", "is_login"},
    "access_group": {"is_system"},
    "compute_node": {"reserved_job_id", "reserved_start_ms"},
    "workflow_action": {"owner_node_id"},
    "job": {
        "active_compute_node_id",
        "canceled_by_cascade",
        "claimed_by_node_id",
        "current_result_id",
        "ended_badly",
        "group_id",
        "input_hash",
        "chained_node_id",
        "lost_by_node_id",
        "needs_cpus",
        "needs_gpus",
        "needs_memory_bytes",
        "needs_nodes",
        "needs_runtime_seconds",
        "spent_run_id",
        "waiting_on",
    },
}
VIEWS = [View(relations=relations, generation=each) for relations in (False, True) for each in Generation]


@pytest.mark.parametrize("resource", RESOURCES, ids=lambda each: each.table)
def test_columns_equal_members(resource: Resource, database: sqlite3.Connection) -> None:
    columns = {row["name"]: row for row in database.execute(f"PRAGMA table_info({resource.table})")}
    stored = {name: each for name, each in resource.members.items() if each.column.is_stored}
    assert set(stored) == set(columns) - BEHIND_THE_RECORDS.get(resource.table, set())
    for name, member in stored.items():
        if columns[name]["notnull"]:
            # What the table insists on is required, has a default, or is set by the server or a rule of its own.
            is_set = name == "resource_requirements_id" or member.read_only
            assert member.required or member.default is not UNSET or is_set, name


@pytest.mark.parametrize("resource", RESOURCES, ids=lambda each: each.table)
def test_every_filter_and_sort_key_is_sql(resource: Resource, tx: Transaction) -> None:
    parameters = {"workflow_id": 1, **{each.name: 1 for each in resource.filters}}
    for each, view in itertools.product(resource.filters, VIEWS):
        selection = Selection(conditions=(each.condition,), parameters=parameters)
        assert lists.page(tx, resource, selection, view)["total_count"] == 0
    for name, member in resource.members.items():
        selection = Selection((), {}, sort_by=name, reverse=True)
        if member.column.is_sortable:
            assert bytes(lists.page(tx, resource, selection)["items"]) == b"[]"
        else:
            with pytest.raises(RuleBroken, match="must be one of"):
                lists.page(tx, resource, selection)


@pytest.mark.parametrize("resource", [each for each in RESOURCES if each.tallies], ids=lambda each: each.table)
def test_stored_counts_are_read_instead_of_counting_rows(
    resource: Resource, tx: Transaction, database: sqlite3.Connection
) -> None:
    statements: list[str] = []
    conditions = {each.name: each.condition for each in resource.filters}
    parameters = {"workflow_id": 1, **{each.name: 1 for each in resource.filters}}
    database.set_trace_callback(statements.append)
    for filters in resource.tallies:
        narrowed = (conditions[name] for name in filters - OF_WORKFLOW)
        selection = Selection((f"{resource.table}.workflow_id = :workflow_id", *narrowed), parameters, filters)
        assert lists.page(tx, resource, selection)["total_count"] == 0
    database.set_trace_callback(None)
    assert statements
    assert not any(text.startswith("SELECT COUNT(*)") for text in statements)


def test_a_list_of_one_workflow_scans_no_table(tx: Transaction, database: sqlite3.Connection) -> None:
    statements: list[str] = []
    database.set_trace_callback(statements.append)
    for resource in RESOURCES:
        if resource.belongs_to_workflow:
            condition = f"{resource.table}.workflow_id = :workflow_id"
            lists.page(tx, resource, Selection((condition,), {"workflow_id": 1}))
    database.set_trace_callback(None)
    for text in statements:
        plan = [row["detail"] for row in database.execute(f"EXPLAIN QUERY PLAN {text}")]
        # The ids that were chosen for the page are not a table.
        assert not any(detail.startswith("SCAN") and detail != "SCAN chosen" for detail in plan), (text, plan)


@pytest.mark.parametrize("number", [0.1, 1 / 3, 1700000000.123456, 5.0, -2.5e-7, 123456789012345.67])
def test_numbers_are_stored_exactly(tx: Transaction, number: float) -> None:
    now = datetime.now(UTC)
    workflow, file = (next(each for each in RESOURCES if each.table == table) for table in ("workflow", "file"))
    (workflow_id,) = records.create(tx, workflow, [{"name": "w", "user": "u"}], now)
    body = {"workflow_id": workflow_id, "name": "f", "path": "p", "st_mtime": number}
    (file_id,) = records.create(tx, file, [body], now)
    assert records.stored(tx, file, file_id)["st_mtime"] == number
