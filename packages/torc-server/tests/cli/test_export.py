"""``torc-server export``: copies workflows to a new database."""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from torc_server.cli.db import db
from torc_server.cli.export import export
from torc_server.store.migrate import migrate, migrations


@pytest.fixture
def database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Three workflows with a job each, of two users; the third is shared with a group."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    path = tmp_path / "torc.db"
    migrate(path)
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript("""
            INSERT INTO workflow (name, user, timestamp)
                VALUES ('first', 'ada', 't'), ('second', 'grace', 't'), ('third', 'grace', 't');
            INSERT INTO resource_requirements (workflow_id, name, memory_bytes, runtime_seconds)
                SELECT id, 'small', 1, 1 FROM workflow;
            INSERT INTO job (workflow_id, name, command, resource_requirements_id)
                SELECT workflow_id, 'job', 'true', id FROM resource_requirements;
            INSERT INTO access_group (name, created_at) VALUES ('lab', 't'), ('idle', 't');
            INSERT INTO user_group_membership (group_id, user_name, created_at) VALUES (1, 'ada', 't'), (2, 'ada', 't');
            INSERT INTO workflow_access_group VALUES (3, 1, 't');
        """)
    return path


def torc(*arguments: object) -> Result:
    return CliRunner().invoke(export, [str(each) for each in arguments])


def column(path: Path, query: str) -> list[Any]:
    with closing(sqlite3.connect(path)) as connection:
        return [row[0] for row in connection.execute(query)]


@pytest.mark.parametrize(
    ("which", "kept"),
    [
        (("2",), [2]),
        (("--user", "grace"), [2, 3]),
        (("--access-group", "lab"), [3]),
        (("--access-group", "1"), [3]),
        (("1", "--access-group", "lab"), [1, 3]),
    ],
)
def test_selected_workflows_and_their_records_keep_their_ids(database: Path, which: tuple[str, ...], kept: list[int]):
    done = torc(*which, "--output", "part.db")
    assert done.exit_code == 0, done.output
    assert f"part.db: {len(kept)} workflow" in done.stdout
    part = Path("part.db")
    assert column(part, "SELECT id FROM workflow ORDER BY id") == kept
    assert column(part, "SELECT workflow_id FROM job ORDER BY 1") == kept
    assert column(part, "SELECT name FROM access_group") == []
    assert column(database, "SELECT COUNT(*) FROM workflow") == [3]
    assert CliRunner().invoke(db, ["check", "--database", "part.db"]).exit_code == 0


def test_a_group_whose_name_is_a_number_comes_before_the_group_with_this_id(database: Path):
    with closing(sqlite3.connect(database)) as connection, connection:
        connection.execute("INSERT INTO access_group (name, created_at) VALUES ('1', 't')")
        connection.execute("INSERT INTO workflow_access_group VALUES (2, 3, 't')")
    assert torc("--access-group", "1", "--output", "part.db").exit_code == 0
    assert column(Path("part.db"), "SELECT id FROM workflow") == [2]


def test_access_groups_are_exported_with_the_option(database: Path):
    assert torc("3", "--preserve-access-groups", "-o", "part.db", "-d", database).exit_code == 0
    assert column(Path("part.db"), "SELECT name FROM access_group") == ["lab"]
    assert column(Path("part.db"), "SELECT user_name FROM user_group_membership") == ["ada"]
    assert column(Path("part.db"), "SELECT workflow_id FROM workflow_access_group") == [3]


def test_tokens_are_not_exported(database: Path):
    with closing(sqlite3.connect(database)) as connection, connection:
        connection.execute("""
            INSERT INTO token (workflow_id, user, is_login, digest, created_at, expires_at)
            VALUES (3, 'grace', 1, x'00', 't', 't')
        """)
    assert torc("3", "-o", "part.db").exit_code == 0
    assert column(Path("part.db"), "SELECT COUNT(*) FROM token") == [0]
    assert column(database, "SELECT COUNT(*) FROM token") == [1]


def test_no_vacuum_leaves_a_larger_file(database: Path):
    with closing(sqlite3.connect(database)) as connection:
        connection.execute("UPDATE workflow SET description = ? WHERE id = 1", ("x" * 1_000_000,))
        connection.commit()
    torc("2", "-o", "compact.db")
    torc("2", "-o", "large.db", "--no-vacuum")
    assert Path("compact.db").stat().st_size < 1_000_000 < Path("large.db").stat().st_size


def test_an_existing_file_is_replaced_only_with_overwrite(database: Path):
    Path("part.db").write_text("precious")
    refused = torc("2", "-o", "part.db")
    assert (refused.exit_code, Path("part.db").read_text()) == (1, "precious")
    assert "--overwrite replaces it" in refused.stderr
    assert torc("2", "-o", "part.db", "--overwrite").exit_code == 0
    assert column(Path("part.db"), "SELECT id FROM workflow") == [2]


@pytest.mark.parametrize(
    ("which", "code", "message"),
    [
        ((), 2, "No workflow is selected."),
        (("2", "9"), 1, "has no workflow 9; nothing was written"),
        (("--user", "nobody"), 1, "has no workflow of these users and groups; nothing was written"),
    ],
)
def test_an_invalid_selection_writes_nothing(database: Path, which: tuple[str, ...], code: int, message: str):
    refused = torc(*which, "-o", "part.db")
    assert (refused.exit_code, Path("part.db").exists()) == (code, False)
    assert message in refused.stderr


def test_an_older_database_is_refused(tmp_path: Path, database: Path):
    older = tmp_path / "older.db"
    migrate(older, steps=migrations()[:-1])
    refused = torc("1", "-o", "part.db", "-d", older)
    assert refused.exit_code == 1
    assert "run `torc-server db migrate` first" in refused.stderr
