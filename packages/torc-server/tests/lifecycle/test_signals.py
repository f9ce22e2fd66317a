"""Signals of the operating system: SIGUSR1 copies the database, and others do not end the server."""

import json
import signal
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

LOCAL = ("run", "--host", "127.0.0.1", "--port", 0)
HARMLESS = ["SIGUSR2", "SIGALRM", "SIGVTALRM", "SIGPROF", "SIGIO", "SIGPWR", "SIGPIPE", "SIGWINCH", "SIGCHLD"]


def create(server: Any, name: str) -> None:
    assert server.ask("/workflows", method="POST", body=json.dumps({"name": name, "user": "u"}))[0] == 200


def snapshot(server: Any) -> Path:
    server.process.send_signal(signal.SIGUSR1)
    name, _, path = server.process.stdout.readline().strip().partition("=")
    assert name == "TORC_SNAPSHOT_DONE", server.process.poll()
    return Path(path)


def names(path: Path) -> list[str]:
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        return [row[0] for row in connection.execute("SELECT name FROM workflow ORDER BY id")]


@pytest.mark.parametrize("locking", ["normal", "exclusive"])
def test_a_signal_copies_the_database_of_a_running_server(starter: Any, locking: str) -> None:
    server = starter.start(*LOCAL, "--database", "jobs.db", "--database-locking", locking)
    create(server, "one")
    path = snapshot(server)
    assert path == starter.folder / "torc-server-snapshot.db"
    assert names(path) == ["one"]
    create(server, "two")
    snapshot(server)
    assert server.end()[0] == 0
    assert names(path) == ["one", "two"]
    assert names(path.with_name(f"{path.name}.1")) == ["one"]
    assert names(starter.folder / "jobs.db") == ["one", "two"]


@pytest.mark.parametrize("database", ["copy.db", "copy.db.1"])
def test_a_snapshot_never_replaces_the_database(starter: Any, database: str) -> None:
    server = starter.start(*LOCAL, "--database", database, "--snapshot-path", "copy.db")
    server.process.send_signal(signal.SIGUSR1)
    create(server, "one")
    while "no snapshot was made" not in (line := server.process.stderr.readline()):
        assert line
    assert "is the database itself: name another file with --snapshot-path" in line
    assert server.end()[0] == 0
    assert names(starter.folder / database) == ["one"]


def test_other_signals_are_logged_and_the_server_continues(starter: Any) -> None:
    server = starter.start(*LOCAL)
    for name in HARMLESS:
        server.process.send_signal(signal.Signals[name])
        assert server.ask("/ping")[0] == 200
    code, _, err = server.end()
    assert code == 0
    assert [name for name in HARMLESS if f"{name} was ignored" in err] == HARMLESS[:6]
