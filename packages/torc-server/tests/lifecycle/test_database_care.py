"""The files of servers: backups, a second server, a full disk, a removed database."""

import contextlib
import json
import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from support import needs

LOCAL = ("run", "--host", "127.0.0.1", "--port", 0)


def make_workflow(server: Any, **more: Any) -> tuple[int, str]:
    answer: tuple[int, str] = server.ask(
        "/workflows", method="POST", body=json.dumps({"name": "w", "user": "u", **more})
    )
    return answer


def message(text: str) -> str:
    return str(json.loads(text)["error"]["message"])


def torc(starter: Any, *arguments: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "torc_server", *map(str, arguments)],
        cwd=starter.folder, env=starter.environment(), capture_output=True, text=True, check=False,
    )  # fmt: skip


def wait_for_line(server: Any, word: str) -> str:
    for line in server.process.stderr:
        if word in line:
            return str(line)
    pytest.fail(f"the server ended without a word of {word}")


def test_a_second_server_names_the_first_and_the_first_continues(starter):
    server = starter.start(*LOCAL)
    before = starter.contents()
    said = starter.refused(*LOCAL)
    assert f"torc.db is in use by another torc-server, process {server.process.pid}: stop that one" in said
    assert starter.contents().keys() == before.keys()
    assert make_workflow(server)[0] == 200
    assert server.end()[0] == 0


@pytest.mark.parametrize("locking", ["normal", "exclusive"])
def test_the_server_makes_a_usable_backup_at_start(starter, locking: str):
    server = starter.start(*LOCAL, "--backup-dir", "backups", "--database-locking", locking)
    line = wait_for_line(server, "backup made")
    assert f"path={Path('backups') / 'torc-'}" in line
    assert make_workflow(server)[0] == 200
    assert server.end()[0] == 0
    (backup,) = (starter.folder / "backups").iterdir()
    assert torc(starter, "db", "check", "--database", backup).returncode == 0
    assert starter.start(*LOCAL, "--database", backup).ask("/workflows")[0] == 200


def test_backup_check_and_export_beside_a_running_server(starter):
    server = starter.start(*LOCAL)
    assert make_workflow(server)[0] == 200
    assert torc(starter, "db", "backup", "copy.db").returncode == 0
    assert torc(starter, "db", "check").returncode == 0
    assert torc(starter, "db", "export", "--workflow-id", 1).stdout.count("\n") == 3
    refused = torc(starter, "db", "migrate")
    assert (refused.returncode, f"process {server.process.pid}" in refused.stderr) == (1, True)
    assert make_workflow(server)[0] == 200
    assert server.end()[0] == 0
    with closing(sqlite3.connect(starter.folder / "copy.db")) as copy:
        assert copy.execute("SELECT COUNT(*) FROM workflow").fetchone() == (1,)


def test_no_other_process_reads_an_exclusively_locked_database(starter):
    server = starter.start(*LOCAL, "--database-locking", "exclusive")
    assert make_workflow(server)[0] == 200
    assert json.loads(server.ask("/workflows/1")[1])["name"] == "w"
    assert not (starter.folder / "torc.db-shm").exists()
    other = sqlite3.connect(starter.folder / "torc.db", timeout=0)
    with closing(other), pytest.raises(sqlite3.OperationalError, match="locked"):
        other.execute("SELECT * FROM workflow")
    assert server.end(signal.SIGKILL)[0] == -signal.SIGKILL
    server = starter.start(*LOCAL, "--database-locking", "normal")
    assert server.ask("/workflows/1")[0] == 200


def test_a_removed_database_is_an_error_until_it_is_back(starter):
    server = starter.start(*LOCAL)
    assert make_workflow(server)[0] == 200
    path = starter.folder / "torc.db"
    path.rename(starter.folder / "elsewhere")
    for status, text in (server.ask("/workflows/1"), make_workflow(server)):
        assert status == 503
        assert "torc.db was removed or replaced while the server was running" in message(text)
    assert not path.exists()
    (starter.folder / "elsewhere").rename(path)
    assert server.ask("/workflows/1")[0] == 200
    assert make_workflow(server)[0] == 200
    assert server.end()[0] == 0


def test_another_database_at_the_path_is_not_used(starter):
    server = starter.start(*LOCAL)
    assert make_workflow(server)[0] == 200
    path = starter.folder / "torc.db"
    path.unlink()
    assert make_workflow(server)[0] == 503
    path.write_bytes(b"somebody else's")
    assert make_workflow(server)[0] == 503
    assert server.end()[0] == 0
    assert path.read_bytes() == b"somebody else's"


def test_an_overwritten_database_is_reported_as_damaged(starter):
    server = starter.start(*LOCAL)
    assert make_workflow(server)[0] == 200
    assert server.end()[0] == 0
    server = starter.start(*LOCAL)
    path = starter.folder / "torc.db"
    with path.open("r+b") as file:
        file.write(os.urandom(path.stat().st_size))
    status, text = server.ask("/workflows")
    assert status == 503
    assert "`torc-server db check`" in message(text)
    server.end()


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of three megabytes."""
    folder = tmp_path / "small"
    folder.mkdir()
    if os.geteuid() != 0:
        needs.skip_without("root")
    mounted = subprocess.run(
        [needs.program("mount"), "-t", "tmpfs", "-o", "size=3m,mode=0700", "tmpfs", folder],
        capture_output=True,
        text=True,
        check=False,
    )
    if mounted.returncode != 0:
        needs.skip_without("small file systems")
    yield folder
    subprocess.run(["umount", "--lazy", folder], check=True)


def fill(file: Path) -> None:
    """Write to the file until its disk is full."""
    with contextlib.suppress(OSError), file.open("wb", buffering=0) as ballast:
        while ballast.write(bytes(4096)):
            pass


@pytest.mark.parametrize("locking", ["normal", "exclusive"])
def test_with_a_full_disk_writes_fail_reads_work_and_the_server_recovers(starter, small_disk: Path, locking: str):
    server = starter.start(*LOCAL, "--database", small_disk / "torc.db", "--database-locking", locking)
    assert make_workflow(server)[0] == 200
    ballast = small_disk / "ballast"
    fill(ballast)
    created = 1
    status, text = make_workflow(server, description="x" * 20000)
    while status == 200:  # the log has free space at first
        created += 1
        status, text = make_workflow(server, description="x" * 20000)
    assert status == 507
    assert "check the space and permissions of its disk" in message(text)
    assert json.loads(server.ask("/workflows/1")[1])["name"] == "w"
    assert json.loads(server.ask("/workflows")[1])["total_count"] == created
    ballast.unlink()
    assert make_workflow(server)[0] == 200
    assert json.loads(server.ask("/workflows")[1])["total_count"] == created + 1
    assert server.end()[0] == 0
    assert torc(starter, "db", "check", "--database", small_disk / "torc.db").returncode == 0


def test_writes_to_a_read_only_database_fail_and_the_server_recovers(starter):
    path = starter.folder / "torc.db"
    server = starter.start(*LOCAL)
    assert make_workflow(server)[0] == 200
    files = [path, path.with_name("torc.db-wal")]
    frozen = subprocess.run([needs.program("chattr"), "+i", *files], capture_output=True, text=True, check=False)
    if frozen.returncode != 0:
        needs.skip_without("files that cannot be changed")
    try:
        status, text = make_workflow(server)
        read = server.ask("/workflows/1")[0]
    finally:
        subprocess.run(["chattr", "-i", *files], check=True)
    assert (status, read) == (507, 200)
    assert "check the space and permissions of its disk" in message(text)
    assert make_workflow(server)[0] == 200
    assert server.end()[0] == 0


def test_a_copy_of_a_running_server_that_is_restored_after_its_end_gets_a_new_id(starter: Any) -> None:
    path, copy = starter.folder / "torc.db", starter.folder / "copy.db"

    def id_of(server: Any) -> str:
        return str(json.loads(server.ask("/version")[1])["database_id"])

    server = starter.start(*LOCAL, "--database", path)
    first = id_of(server)
    with closing(sqlite3.connect(path)) as source, closing(sqlite3.connect(copy)) as target:
        source.backup(target)
    assert make_workflow(server)[0] == 200
    server.end()
    path.write_bytes(copy.read_bytes())
    assert id_of(starter.start(*LOCAL, "--database", path)) != first


def test_a_backup_beside_the_log_of_a_killed_server_is_refused(starter: Any) -> None:
    path, log = starter.folder / "torc.db", starter.folder / "torc.db-wal"
    server = starter.start(*LOCAL)
    assert torc(starter, "db", "backup", "monday.db").returncode == 0
    assert make_workflow(server)[0] == 200
    server.end(signal.SIGKILL)
    path.write_bytes((starter.folder / "monday.db").read_bytes())
    before = path.read_bytes(), log.read_bytes()

    said = starter.refused(*LOCAL)
    assert f"remove {log} and {starter.folder / 'torc.db-shm'}" in said
    assert torc(starter, "db", "check").returncode == 1
    assert (path.read_bytes(), log.read_bytes()) == before

    log.unlink()
    (starter.folder / "torc.db-shm").unlink()
    status, text = starter.start(*LOCAL).ask("/workflows")
    assert (status, json.loads(text)["items"]) == (200, [])
