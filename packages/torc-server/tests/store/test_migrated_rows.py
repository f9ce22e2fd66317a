"""What migrations do with the rows of older databases."""

import sqlite3
from contextlib import closing
from pathlib import Path

from torc_server.store.migrate import migrate, migrations


def before(path: Path, name: str, *statements: str) -> Path:
    """Create a database as it was before the migration with this name, with these rows."""
    steps = [each for each in migrations() if each.name < name]
    migrate(path, steps=steps)
    with closing(sqlite3.connect(path)) as connection, connection:
        for statement in statements:
            connection.execute(statement)
    return path


def rows(path: Path, query: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute(query).fetchall()


WORKFLOWS = """
INSERT INTO workflow (id, name, user, timestamp, env) VALUES
(1, 'with', 'u', 't', '{"A": "1", "B": "2"}'), (2, 'without', 'u', 't', NULL), (3, 'empty', 'u', 't', '{}')
"""
NEEDS = """
INSERT INTO resource_requirements (id, workflow_id, name, num_cpus, num_gpus, num_nodes, memory, memory_bytes, runtime,
    runtime_seconds)
VALUES (1, 1, 'default', 3, 1, 2, '1k', 1024, 'PT5S', 5)
"""
JOBS = """
INSERT INTO job (name, command, resource_requirements_id, workflow_id, env) VALUES
('own', 'c', 1, 1, '{"B": "own"}'), ('none', 'c', 1, 1, NULL), ('empty', 'c', 1, 1, '{}'),
('alone', 'c', 1, 2, '{"C": "3"}'), ('bare', 'c', 1, 2, '{}'), ('bare too', 'c', 1, 3, NULL)
"""


def test_jobs_get_the_variables_that_runners_merged_before(tmp_path):
    path = before(tmp_path / "torc.db", "0027_env_of_jobs", WORKFLOWS, NEEDS, JOBS)
    migrate(path)
    assert rows(path, "SELECT name, env FROM job ORDER BY id") == [
        ("own", '{"A":"1","B":"own"}'), ("none", '{"A":"1","B":"2"}'), ("empty", '{"A":"1","B":"2"}'),
        ("alone", '{"C": "3"}'), ("bare", None), ("bare too", None),
    ]  # fmt: skip
    assert rows(path, "SELECT env FROM workflow ORDER BY id") == [('{"A": "1", "B": "2"}',), (None,), (None,)]


def test_jobs_get_the_needs_of_their_requirements(tmp_path):
    path = before(tmp_path / "torc.db", "0026_needs_of_jobs", WORKFLOWS, NEEDS, JOBS)
    migrate(path)
    query = "SELECT DISTINCT needs_cpus, needs_gpus, needs_nodes, needs_memory_bytes, needs_runtime_seconds FROM job"
    assert rows(path, query) == [(3, 1, 2, 1024, 5)]


RECORDS = """
INSERT INTO user_data (id, workflow_id, name, data) VALUES
(1, 1, '__torc_lineage__a__g000001', '1'), (2, 1, '__torc_lineage__a__g000001', '2'), (3, 1, 'u', '3'),
(4, 1, 'u', '4'), (5, 2, '__torc_lineage__a__g000001', '5'), (6, 1, '__torc_lineage__a__g000001', '6')
"""


def test_repeated_names_of_lineage_records_get_other_names_and_keep_their_data(tmp_path):
    path = before(tmp_path / "torc.db", "0025_lineage_names", WORKFLOWS, RECORDS)
    migrate(path)
    name = "__torc_lineage__a__g000001"
    assert rows(path, "SELECT name, data FROM user_data ORDER BY id") == [
        (name, "1"), (f"{name}__2", "2"), ("u", "3"), ("u", "4"), (name, "5"), (f"{name}__6", "6"),
    ]  # fmt: skip
