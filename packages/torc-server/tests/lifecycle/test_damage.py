"""A database that is damaged while its server runs: nothing is written after the first sign."""

import json
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

LOCAL = ("run", "--host", "127.0.0.1", "--port", 0)


def damage(path: Path, table: str) -> None:
    """Overwrite the first page of a table."""
    with closing(sqlite3.connect(path)) as connection:
        page_bytes = connection.execute("PRAGMA page_size").fetchone()[0]
        page = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = ?", (table,)).fetchone()[0]
    with path.open("r+b") as file:
        file.seek((page - 1) * page_bytes)
        file.write(b"\xa5" * page_bytes)


def create(server: Any, where: str, **record: Any) -> tuple[int, str]:
    answer: tuple[int, str] = server.ask(where, method="POST", body=json.dumps(record))
    return answer


def readiness(server: Any) -> tuple[int, str]:
    connection = server.connection()
    connection.request("GET", "/readyz")
    answer = connection.getresponse()
    text = answer.read().decode()
    connection.close()
    return answer.status, text


def prepare(starter: Any) -> Path:
    """Create a database with a workflow and a file, and a copy of it."""
    server = starter.start(*LOCAL)
    assert create(server, "/workflows", name="w", user="u")[0] == 200
    assert create(server, "/files", workflow_id=1, name="f", path="f")[0] == 200
    assert server.end()[0] == 0
    path: Path = starter.folder / "torc.db"
    shutil.copy(path, starter.folder / "backup.db")
    return path


def test_after_the_first_sign_of_damage_nothing_is_written(starter: Any) -> None:
    path = prepare(starter)
    server = starter.start(*LOCAL)
    assert readiness(server) == (200, "ready\n")
    damage(path, "user_data")
    status, text = create(server, "/user_data", workflow_id=1, name="d")
    assert (status, "The database is damaged (" in text, "`torc-server db check`" in text) == (503, True, True)
    # The pages of these records are whole: they can be read, and are not written.
    status, text = create(server, "/workflows", name="x", user="u")
    assert (status, "restore it from a backup. Nothing is written until then" in text) == (503, True)
    assert server.ask("/workflows/1")[0] == 200
    assert json.loads(server.ask("/workflows")[1])["total_count"] == 1
    for _ in range(2):
        status, text = readiness(server)
        assert (status, "restore it from a backup" in text) == (503, True)
    code, _, log = server.end()
    assert code == 0
    (line,) = [line for line in log.splitlines() if "level=error" in line]
    assert "writes are refused from now on: The database is damaged" in line
    assert "Traceback" not in log


def test_damage_that_a_read_finds_ends_the_writes_too(starter: Any) -> None:
    path = prepare(starter)
    server = starter.start(*LOCAL)
    damage(path, "file")
    assert server.ask("/files/1")[0] == 503
    assert create(server, "/workflows", name="x", user="u")[0] == 503
    assert readiness(server)[0] == 503


def test_a_lost_schema_is_damage(starter: Any) -> None:
    path = prepare(starter)
    server = starter.start(*LOCAL)
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA writable_schema = ON")
        connection.execute("DELETE FROM sqlite_master")
        connection.execute("PRAGMA schema_version = 1000")  # other connections read it again
    status, text = create(server, "/workflows", name="x", user="u")
    assert (status, "The database has lost its tables (" in text) == (503, True)
    assert readiness(server)[0] == 503


def test_the_next_start_reads_a_database_that_was_found_damaged(starter: Any) -> None:
    path = prepare(starter)
    server = starter.start(*LOCAL)
    damage(path, "user_data")
    assert create(server, "/user_data", workflow_id=1, name="d")[0] == 503
    assert server.end()[0] == 0
    mark = starter.folder / "torc.db.damaged"
    assert "The database is damaged" in mark.read_text()
    assert "torc.db is damaged" in starter.refused(*LOCAL)
    shutil.copy(starter.folder / "backup.db", path)
    server = starter.start(*LOCAL)
    assert create(server, "/user_data", workflow_id=1, name="d")[0] == 200
    assert not mark.exists()
