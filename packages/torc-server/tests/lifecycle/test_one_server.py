"""One server for each database file, by whatever path it is opened."""

import json
import os
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from support import needs

LOCAL = ("run", "--host", "127.0.0.1", "--port", 0)
OPEN_AND_CLOSE = "import sqlite3, sys; c = sqlite3.connect(sys.argv[1]); c.execute('SELECT * FROM workflow'); c.close()"


def make_workflow(server: Any) -> int:
    status: int = server.ask("/workflows", method="POST", body=json.dumps({"name": "w", "user": "u"}))[0]
    return status


def count(path: Path) -> int:
    with closing(sqlite3.connect(path)) as connection:
        return int(connection.execute("SELECT COUNT(*) FROM workflow").fetchone()[0])


@pytest.fixture
def running(starter: Any) -> Any:
    """A server with a database that has been written once."""
    server = starter.start(*LOCAL)
    assert make_workflow(server) == 200
    return server


def test_a_hard_link_of_a_database_in_use_is_refused(starter: Any, running: Any) -> None:
    link = starter.folder / "link.db"
    os.link(starter.folder / "torc.db", link)
    expected = f"{link} has 2 names (hard links), and use by two of them would lose data: keep one name"
    assert expected in starter.refused(*LOCAL, "--database", link)
    # The first server is not affected.
    assert make_workflow(running) == 200
    assert running.end()[0] == 0
    assert "torc.db has 2 names (hard links)" in starter.refused(*LOCAL)
    link.unlink()
    assert count(starter.folder / "torc.db") == 2


def test_a_moved_database_in_use_is_refused_at_its_new_path(starter: Any, running: Any) -> None:
    path, moved = starter.folder / "torc.db", starter.folder / "moved.db"
    path.rename(moved)
    expected = f"{moved} is in use by a torc-server under another path of the same file"
    assert expected in starter.refused(*LOCAL, "--database", moved)
    moved.rename(path)
    assert make_workflow(running) == 200
    assert running.end(signal.SIGKILL)[0] == -signal.SIGKILL
    path.with_name("torc.db.lock").unlink()
    assert starter.start(*LOCAL).ask("/workflows/2")[0] == 200


def test_a_bind_mount_of_a_database_in_use_is_refused(starter: Any, running: Any) -> None:
    other = starter.folder / "other.db"
    other.touch(mode=0o600)
    script = 'mount --bind torc.db other.db && exec "$0" -m torc_server run --port 0 --database other.db'
    inside = ["unshare", "--user", "--map-root-user", "--mount", "sh", "-c"]
    if os.geteuid() == 0:
        inside = ["unshare", "--mount", "sh", "-c"]
    where: dict[str, Any] = {"cwd": starter.folder, "env": starter.environment(), "capture_output": True, "text": True}
    if subprocess.run([*inside, "mount --bind torc.db other.db"], check=False, **where).returncode != 0:
        needs.skip_without("mount namespaces")
    refused = subprocess.run([*inside, script, sys.executable], check=False, timeout=60, **where)
    assert refused.returncode == 1
    assert "is in use by a torc-server under another path of the same file" in refused.stderr
    assert make_workflow(running) == 200


def test_a_symbolic_link_of_a_database_in_use_is_refused(starter: Any, running: Any) -> None:
    link = starter.folder / "link.db"
    link.symlink_to("torc.db")
    assert f"in use by another torc-server, process {running.process.pid}" in starter.refused(
        *LOCAL, "--database", link
    )


def test_a_server_that_makes_backups_keeps_its_log_of_writes(starter: Any) -> None:
    path = starter.folder / "torc.db"
    server = starter.start(*LOCAL, "--backup-dir", "backups")
    assert any("backup made" in line for line in server.process.stderr)
    # Another program opens and closes the database. The last one to close it removes the log, which is in use.
    subprocess.run([sys.executable, "-c", OPEN_AND_CLOSE, path], check=True)
    assert make_workflow(server) == 200
    assert server.end(signal.SIGKILL)[0] == -signal.SIGKILL
    assert count(path) == 1


def test_an_empty_file_is_a_new_database_of_one_server(starter: Any) -> None:
    (starter.folder / "torc.db").touch()
    first = starter.start(*LOCAL)
    assert first.ask("/workflows")[0] == 200
    assert "in use by another torc-server" in starter.refused(*LOCAL)
    (starter.folder / "link.db").hardlink_to(starter.folder / "torc.db")
    assert "link.db has 2 names" in starter.refused(*LOCAL, "--database", "link.db")
