"""``torc-server db``: backups, checks, migrations and exports, in this process."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from torc_server.cli.db import db
from torc_server.cli.export import export
from torc_server.store.lock import DatabaseLock
from torc_server.store.migrate import migrate, migrations, newest_schema


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    return tmp_path


@pytest.fixture
def database(here: Path) -> Path:
    """Two workflows; the second has a job that needs a file."""
    path = here / "torc.db"
    migrate(path)
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript("""
            INSERT INTO workflow (name, user, timestamp) VALUES ('first', 'u', 't'), ('second', 'u', 't');
            INSERT INTO file (workflow_id, name, path) VALUES (2, 'in', '/in');
            INSERT INTO resource_requirements (workflow_id, name, memory_bytes, runtime_seconds)
                VALUES (2, 'small', 1, 1);
            INSERT INTO job (workflow_id, name, command, resource_requirements_id) VALUES (2, 'one', 'true', 1);
            INSERT INTO job_input_file VALUES (1, 1);
        """)
    return path


def torc(*arguments: object) -> Result:
    return CliRunner().invoke(db, [str(each) for each in arguments])


def test_backup_prints_path_and_size(database: Path, here: Path):
    done = torc("backup", "--database", database, "copy.db")
    assert done.exit_code == 0, done.output
    assert done.stdout == f"copy.db: {(here / 'copy.db').stat().st_size} bytes, checked without errors\n"
    assert torc("check", "--database", "copy.db").exit_code == 0


def test_the_default_database_is_that_of_the_server(database: Path, here: Path):
    (here / "torc.toml").write_text(f"[server]\ndatabase = '{database}'\n")
    assert torc("check").stdout == f"{database}: no errors, schema {newest_schema()}\n"


def test_backup_replaces_only_when_forced(database: Path, here: Path):
    (here / "copy.db").write_text("precious")
    refused = torc("backup", "copy.db")
    assert refused.exit_code == 1
    assert refused.stderr == "Error: copy.db already exists and was not changed; --force replaces it\n"
    assert torc("backup", "copy.db", "--force").exit_code == 0


def test_check_prints_each_error(database: Path):
    with closing(sqlite3.connect(database)) as connection:
        connection.execute("UPDATE job SET ended_badly = 1")
        connection.commit()
    found = torc("check", "--database", database)
    assert found.exit_code == 1
    assert (
        found.stdout == f"{database}: broken invariant: only failed, canceled and terminated jobs block dependents: 1\n"
    )


def test_check_refuses_a_file_that_is_not_a_database(here: Path):
    (here / "notes").write_text("precious")
    found = torc("check", "--database", "notes")
    assert found.exit_code == 1
    assert "notes is not a SQLite database" in found.stderr


@pytest.mark.parametrize("command", ["check", "migrate", "export"])
def test_a_missing_database_is_reported_and_not_created(here: Path, command: str):
    missing = torc(command, "--database", here / "absent.db")
    assert missing.exit_code == 1
    assert "absent.db" in missing.stderr
    assert list(here.iterdir()) == []


@pytest.fixture
def older(here: Path) -> Path:
    path = here / "older.db"
    migrate(path, steps=migrations()[:-1])
    return path


def test_migrate_keeps_a_backup(older: Path):
    kept = f"{older}.before-schema-{newest_schema()}"
    looked = torc("migrate", "--database", older, "--dry-run")
    assert looked.exit_code == 0
    assert f"the backup would be {kept}. Nothing was changed" in looked.stdout
    assert migrations()[-1].name in looked.stdout
    assert not Path(kept).exists()
    done = torc("migrate", "--database", older)
    assert done.stdout == f"{older} now has schema {newest_schema()}; the backup is {kept}\n"
    assert Path(kept).exists()
    assert torc("migrate", "--database", older).stdout.startswith(f"{older} already has the newest schema")


def test_migrate_is_refused_while_a_server_runs(older: Path):
    with DatabaseLock(older):
        refused = torc("migrate", "--database", older)
    assert refused.exit_code == 1
    assert "in use by another torc-server" in refused.stderr


def test_export_refuses_an_older_database(older: Path):
    refused = torc("export", "--database", older)
    assert refused.exit_code == 1
    assert "run `torc-server db migrate` first" in refused.stderr


def kinds(records: list[dict[str, object]]) -> list[str]:
    return [str(record["kind"]) for record in records]


def test_export_prints_one_record_per_line(database: Path):
    done = torc("export", "--database", database)
    assert done.exit_code == 0, done.output
    records = [json.loads(line) for line in done.stdout.splitlines()]
    assert records[0] == {"kind": "export", "record": {"form": 1, "schema": newest_schema(), "workflow_id": None}}
    assert kinds(records)[1:3] == ["workflow", "workflow"]
    assert kinds(records)[3:] == ["file", "job", "resource_requirements"]
    (job,) = [record["record"] for record in records if record["kind"] == "job"]
    assert (job["name"], job["status"], job["input_file_ids"]) == ("one", "uninitialized", [1])
    assert torc("export", "--database", database).stdout == done.stdout


def test_export_of_one_workflow_to_a_file_as_one_document(database: Path, here: Path):
    done = torc("export", "--workflow-id", 2, "--format", "json", "--output", "out.json")
    assert (done.exit_code, done.stdout) == (0, "")
    records = json.loads((here / "out.json").read_text())
    assert kinds(records) == ["export", "workflow", "file", "job", "resource_requirements"]
    assert records[1]["record"]["name"] == "second"
    refused = torc("export", "--output", "out.json")
    assert refused.exit_code == 1
    assert "out.json already exists" in refused.stderr


def test_export_of_an_unknown_workflow_creates_no_file(database: Path, here: Path):
    refused = torc("export", "--workflow-id", 9, "--output", "out.json")
    assert (refused.exit_code, refused.stderr) == (1, "Error: There is no workflow 9\n")
    assert not (here / "out.json").exists()


def test_a_locked_database_is_reported_with_the_way_to_back_it_up(database: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("torc_server.store.sqlite_files.PATIENCE_SECONDS", 0)
    with closing(sqlite3.connect(database, isolation_level=None)) as alone:
        alone.execute("PRAGMA locking_mode = EXCLUSIVE")
        alone.execute("UPDATE job SET name = 'two'")
        refused = torc("backup", "--database", database, "copy.db")
    assert refused.exit_code == 1
    assert "let the server make backups (--backup-dir)" in refused.stderr


NAMED_TWICE = "link.db has 2 names (hard links), and use by two of them would lose data: keep one name"


@pytest.mark.parametrize(
    "command",
    [("check",), ("id",), ("id", "--renew"), ("export",), ("migrate",), ("backup", "copy.db")],
    ids=" ".join,
)
def test_a_database_with_several_names_is_refused(database: Path, here: Path, command: tuple[str, ...]):
    (here / "link.db").hardlink_to(database)
    refused = torc(*command, "--database", "link.db")
    assert (refused.exit_code, NAMED_TWICE in refused.stderr) == (1, True)
    assert sorted(path.name for path in here.glob("*.db*")) == ["link.db", "torc.db"]


def test_a_carved_export_of_a_database_with_several_names_is_refused(database: Path, here: Path):
    (here / "link.db").hardlink_to(database)
    refused = CliRunner().invoke(export, ["--database", "link.db", "-o", "copy.db", "1"])
    assert (refused.exit_code, NAMED_TWICE in refused.stderr) == (1, True)


@pytest.mark.parametrize("command", [("check",), ("export",), ("migrate",)], ids=" ".join)
def test_commands_name_a_server_that_uses_another_path_of_the_file(
    database: Path, here: Path, command: tuple[str, ...]
):
    with DatabaseLock(database):
        assert torc("check").exit_code == 0
        database.rename(here / "moved.db")
        refused = torc(*command, "--database", "moved.db")
    assert (refused.exit_code, "is in use by a torc-server under another path" in refused.stderr) == (1, True)
