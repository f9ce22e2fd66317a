"""Every statement of the server prepares against the schema, and statements of the main path scan no table."""

import importlib
import json
import pkgutil
import re
import sqlite3
import subprocess
import sys
from collections import Counter, defaultdict
from pathlib import Path

import pytest

import torc_server
from torc_server.api.groups import GROUPS_OF_USER, GROUPS_OF_WORKFLOW
from torc_server.engine.access.permissions import ACCESSIBLE_WORKFLOWS
from torc_server.engine.workflow_locks import COPIED_TABLES
from torc_server.store.earlier import complete_schema
from torc_server.store.statement import Statement

MODULES = sorted(each.name for each in pkgutil.walk_packages(torc_server.__path__, "torc_server."))
for module in MODULES:
    importlib.import_module(module)

# Queries that conditions continue.
BEGINNINGS = {
    ACCESSIBLE_WORKFLOWS: "SELECT 1 FROM workflow WHERE ",
    GROUPS_OF_USER: "SELECT 1 FROM access_group WHERE ",
    GROUPS_OF_WORKFLOW: "SELECT 1 FROM access_group WHERE ",
}
VERBS = ("SELECT", "INSERT", "UPDATE", "DELETE", "WITH")
# Statements of other tests are here too if their modules were collected before, except for their PRAGMAs.
STATEMENTS = [each for each in Statement.declared if each.split()[0] != "PRAGMA"]

# Rows that a statement of the main path may scan, none of which is stored: the elements of a list in its parameters,
# a row of constants, the rows of a subquery, and these results of a subquery or of WITH.
UNSTORED = re.compile(r"SCAN (\w+ VIRTUAL TABLE INDEX 1:|CONSTANT ROW|\(subquery-\d+\))")
RESULTS = ("finished", "happened", "opened", "step")
# A list in the parameters: `json_each(:name)`, with or without another name.
LIST = re.compile(r"json_each\(:\w+\)(?: AS (\w+))?")

DECLARED_BY_THE_SERVER = """
import importlib, json, sys
from torc_server.store.statement import Statement
for module in sys.argv[1:]:
    importlib.import_module(module)
json.dump(Statement.declared, sys.stdout)
"""


def bad_steps(database: sqlite3.Connection, statement: str) -> list[str]:
    """Return the steps of the query plan that a statement of the main path must not have."""
    plan = database.execute(f"EXPLAIN QUERY PLAN {statement}", defaultdict(lambda: None)).fetchall()
    steps = [str(step["detail"]) for step in plan]
    # `json_each(...) AS name`, `(SELECT ...) AS name`, or `name (columns) AS (...)` after WITH; never `table AS name`.
    allowed = {f"SCAN {name}" for name in RESULTS if not re.search(rf"\w AS {name}\b", statement)}
    return [
        step
        for step in steps
        if (step.startswith("SCAN ") and step not in allowed and not UNSTORED.fullmatch(step)) or "AUTOMATIC" in step
    ]


def repeated_lists(database: sqlite3.Connection, statement: str) -> list[str]:
    """Return the steps that walk a list of the parameters once for each row of another step: that is quadratic."""
    lists = {f"SCAN {name or 'json_each'} VIRTUAL TABLE INDEX 1:" for name in LIST.findall(statement)}
    plan = database.execute(f"EXPLAIN QUERY PLAN {statement}", defaultdict(lambda: None)).fetchall()
    details = {step["id"]: str(step["detail"]) for step in plan}
    with_loops: set[int] = set()
    found = []
    for step in plan:
        detail, parent = details[step["id"]], step["parent"]
        if detail in lists and (parent in with_loops or details.get(parent, "").startswith("CORRELATED")):
            found.append(detail)
        if detail.startswith(("SCAN ", "SEARCH ")):
            with_loops.add(parent)
    return found


def test_every_module_is_imported():
    root = Path(torc_server.__path__[0])
    files = (path.relative_to(root.parent).with_suffix("").parts for path in root.rglob("*.py"))
    names = {".".join(parts[:-1] if parts[-1] == "__init__" else parts) for parts in files}
    assert {"torc_server", *MODULES} == names


def test_every_statement_of_the_server_is_checked():
    process = subprocess.run(
        [sys.executable, "-c", DECLARED_BY_THE_SERVER, *MODULES], capture_output=True, check=True, text=True
    )
    declared = Counter(json.loads(process.stdout))
    assert declared.total() > 200
    assert declared - Counter(map(str, STATEMENTS)) == Counter()


def test_virtual_tables_hold_parameters_only(database: sqlite3.Connection):
    schema = database.execute("SELECT name FROM sqlite_schema WHERE sql LIKE 'CREATE VIRTUAL%'").fetchall()
    assert schema == []


@pytest.fixture
def with_earlier(database: sqlite3.Connection) -> sqlite3.Connection:
    """The database, with an attached one of an earlier Torc."""
    database.execute("ATTACH ':memory:' AS earlier")
    complete_schema(database, "earlier")
    return database


@pytest.mark.parametrize("statement", STATEMENTS, ids=lambda statement: " ".join(statement.split()[:6]))
def test_statements_prepare_and_hot_ones_scan_no_table(statement: Statement, with_earlier: sqlite3.Connection):
    text = BEGINNINGS.get(statement, "") + statement
    assert text.split()[0] in VERBS
    found = bad_steps(with_earlier, text)
    assert not (statement.hot and found), found


def test_no_statement_walks_a_list_once_for_each_row(with_earlier: sqlite3.Connection):
    found = {each: repeated_lists(with_earlier, BEGINNINGS.get(each, "") + each) for each in STATEMENTS}
    assert {each: steps for each, steps in found.items() if steps} == {}


@pytest.mark.parametrize(
    "text",
    [
        "UPDATE file SET temp = 1 FROM json_each(:ids) AS one WHERE file.id = one.value AND file.workflow_id = 1",
        "SELECT id FROM job WHERE EXISTS (SELECT 1 FROM json_each(:jobs) WHERE value = job.id)",
    ],
)
def test_a_list_that_is_walked_once_for_each_row_is_found(text: str, database: sqlite3.Connection):
    assert len(repeated_lists(database, text)) == 1


@pytest.mark.parametrize(
    ("text", "step"),
    [
        ("SELECT * FROM job AS known", "SCAN known"),
        ("SELECT * FROM job AS step", "SCAN step"),
        ("SELECT * FROM event", "SCAN event"),
        ("SELECT * FROM job AS a JOIN job AS b ON a.command = b.command", "SCAN a"),
    ],
)
def test_a_scan_of_a_table_is_found_under_any_name(text: str, step: str, database: sqlite3.Connection):
    assert step in bad_steps(database, text)


# Columns of `job` that statements change, but no operation on a whole workflow: a retry, the end of a handler, and a
# change of resource requirements.
NOT_COPIED = {
    "origin", "failure_handler_id", "scheduler_id",
    "group_id", "needs_cpus", "needs_gpus", "needs_memory_bytes", "needs_nodes", "needs_runtime_seconds",
}  # fmt: skip


def test_every_column_of_job_that_statements_change_is_copied_for_long_operations(with_earlier: sqlite3.Connection):
    changed = set()
    database = with_earlier

    def record(action: int, table: str | None, column: str | None, *_: object) -> int:
        if action == sqlite3.SQLITE_UPDATE and table == "job":
            changed.add(column)
        return sqlite3.SQLITE_OK

    database.set_authorizer(record)
    for statement in STATEMENTS:
        if statement not in BEGINNINGS:
            database.execute(f"EXPLAIN {statement}", defaultdict(lambda: None))
    database.set_authorizer(None)
    (compared,) = (each.compared for each in COPIED_TABLES if each.table == "job")
    assert changed - NOT_COPIED == set(compared or ())
