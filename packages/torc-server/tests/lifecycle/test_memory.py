"""A database in memory: only requested snapshots are on the disk."""

import re
import signal
import sqlite3
from contextlib import closing
from pathlib import Path

LOCAL = ("run", "--host", "127.0.0.1", "--port", 0, "--database", ":memory:")


def create(server, name: str) -> None:
    assert server.ask("/workflows", method="POST", body=f'{{"name": "{name}", "user": "u"}}')[0] == 200


def snapshot(server) -> Path:
    server.process.send_signal(signal.SIGUSR1)
    name, _, path = server.process.stdout.readline().strip().partition("=")
    assert name == "TORC_SNAPSHOT_DONE"
    return Path(path)


def names(path: Path) -> list[str]:
    with closing(sqlite3.connect(path)) as connection:
        return [row[0] for row in connection.execute("SELECT name FROM workflow ORDER BY id")]


def test_the_database_ends_with_its_server(starter):
    server = starter.start(*LOCAL)
    create(server, "one")
    assert "one" in server.ask("/workflows")[1]
    code, _, err = server.end()
    assert code == 0
    assert "in memory and ends with this server" in err
    assert starter.contents() == {}
    folder = re.search(r"database=(/dev/shm/\S+)/torc.db", err)
    assert folder is not None
    assert not Path(folder[1]).exists()


def test_a_signal_writes_a_snapshot(starter):
    server = starter.start(*LOCAL)
    create(server, "one")
    path = snapshot(server)
    assert path == starter.folder / "torc-server-snapshot.db"
    assert names(path) == ["one"]
    assert server.end()[0] == 0
    again = starter.start("run", "--host", "127.0.0.1", "--port", 0, "--database", path)
    assert "one" in again.ask("/workflows")[1]
    assert again.end()[0] == 0


def test_older_snapshots_are_kept_up_to_a_number(starter):
    more = {"TORC_SERVER_SNAPSHOT_PATH": "kept.db", "TORC_SERVER_SNAPSHOT_KEEP": "2"}
    server = starter.start(*LOCAL, env=starter.environment(**more))
    for name in ("one", "two", "three"):
        create(server, name)
        snapshot(server)
    assert server.end()[0] == 0
    kept = {path.name: names(path) for path in starter.folder.iterdir()}
    assert kept == {"kept.db": ["one", "two", "three"], "kept.db.1": ["one", "two"]}


def test_a_failed_snapshot_is_logged_and_the_server_continues(starter):
    server = starter.start(*LOCAL, "--snapshot-path", "absent/kept.db")
    server.process.send_signal(signal.SIGUSR1)
    create(server, "one")
    code, out, err = server.end()
    assert (code, out) == (0, "")
    assert "no snapshot was made" in err
    assert "absent does not exist" in err


def test_a_service_keeps_its_database_in_a_file(starter):
    process = starter.popen("service", "install", "--user", "--dry-run", "--database", ":memory:")
    _, err = process.communicate()
    assert process.returncode == 2
    assert "the path of a file" in err
