"""Backups and inspections of a database in use, and refused targets."""

import os
import sqlite3
import threading
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from torc_server.engine.invariants import check
from torc_server.store import backup, inspection
from torc_server.store.backup import back_up
from torc_server.store.errors import StoreBusy, StoreError
from torc_server.store.inspection import inspect
from torc_server.store.migrate import migrate, newest_schema
from torc_server.store.sqlite_files import open_to_write

ADD = "INSERT INTO workflow (name, user, timestamp) VALUES ('{}', 'u', 't')"


def names(path: Path) -> list[str]:
    with closing(sqlite3.connect(path)) as connection:
        return [row[0] for row in connection.execute("SELECT name FROM workflow ORDER BY id")]


def files(folder: Path) -> list[str]:
    return sorted(each.name for each in folder.iterdir())


def test_a_backup_is_a_complete_database(path: Path, tmp_path: Path):
    with closing(open_to_write(path)) as writer:
        writer.execute(ADD.format("one"))
        made = back_up(path, tmp_path / "copy.db", check)
    assert (made.path, made.broken) == (tmp_path / "copy.db", ())
    assert made.size_bytes == made.path.stat().st_size
    assert files(tmp_path) == ["copy.db", "torc.db"]
    assert names(made.path) == ["one"]
    migrate(made.path)
    assert inspect(made.path, check).problems == ()


def test_only_the_user_can_read_a_backup_under_every_umask(path: Path, tmp_path: Path):
    before = os.umask(0)
    try:
        made = back_up(path, tmp_path / "copy.db", check)
    finally:
        os.umask(before)
    assert made.path.stat().st_mode & 0o777 == 0o600


def test_a_backup_has_one_state_and_ends_while_others_write(
    path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(backup, "PAGES_A_STEP", 1)
    stop, written = threading.Event(), threading.Event()
    committed = []

    def write() -> None:
        with closing(open_to_write(path)) as writer:
            number = 0
            while not stop.is_set():
                number += 1
                writer.execute(ADD.format(number))
                committed.append(str(number))
                if number == 20:
                    written.set()

    thread = threading.Thread(target=write)
    thread.start()
    try:
        written.wait()
        before = len(committed)
        made = back_up(path, tmp_path / "copy.db", check)
    finally:
        stop.set()
        thread.join()
    found = names(made.path)
    assert len(found) >= before
    assert found == committed[: len(found)]


def taken(path: Path, folder: Path) -> Path:
    target = folder / "there"
    target.write_text("precious")
    return target


def test_an_existing_file_is_replaced_only_on_request(path: Path, tmp_path: Path):
    target = taken(path, tmp_path)
    with pytest.raises(StoreError, match="already exists and was not changed; --force replaces it"):
        back_up(path, target, check)
    assert target.read_text() == "precious"
    back_up(path, target, check, overwrite=True)
    assert names(target) == []


@pytest.mark.parametrize(
    ("target", "said"),
    [
        (lambda folder: folder / "no" / "copy.db", "no does not exist: create that folder first"),
        (lambda folder: folder, "is a folder: name the file"),
        (lambda folder: folder / "torc.db", "is the database itself"),
    ],
)
def test_an_unusable_target_is_refused(path: Path, tmp_path: Path, target: Callable[[Path], Path], said: str):
    before = path.read_bytes()
    with pytest.raises(StoreError, match=said):
        back_up(path, target(tmp_path), check, overwrite=True)
    assert path.read_bytes() == before


def test_a_link_to_the_database_is_refused_as_target(path: Path, tmp_path: Path):
    (tmp_path / "link").symlink_to(path)
    with pytest.raises(StoreError, match="is the database itself"):
        back_up(path, tmp_path / "link", check, overwrite=True)


def test_a_backup_of_a_missing_database_is_refused(tmp_path: Path):
    with pytest.raises(StoreError, match="cannot be read: No such file"):
        back_up(tmp_path / "torc.db", tmp_path / "copy.db", check)
    assert files(tmp_path) == []


def test_a_copy_that_does_not_fit_on_the_disk_is_refused(path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(backup.shutil, "disk_usage", lambda _: backup.shutil._ntuple_diskusage(10, 9, 1))
    with pytest.raises(StoreError, match="has 1 bytes left, but the backup needs"):
        back_up(path, tmp_path / "copy.db", check)
    assert files(tmp_path) == ["torc.db"]


def damaged(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        page = connection.execute("SELECT rootpage FROM sqlite_schema WHERE name = 'workflow_user'").fetchone()[0]
        size = connection.execute("PRAGMA page_size").fetchone()[0]
    with path.open("r+b") as file:
        file.seek((page - 1) * size)
        file.write(b"\x55" * size)


def test_a_damaged_copy_is_removed(path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    damaged(path)
    monkeypatch.setattr("torc_server.store.integrity.READ_THROUGH_BYTES", 0)
    with pytest.raises(StoreError, match="damaged"):
        back_up(path, tmp_path / "copy.db", check)
    assert files(tmp_path) == ["torc.db"]


def test_violated_invariants_are_reported_and_the_backup_is_kept(path: Path, tmp_path: Path):
    made = back_up(path, tmp_path / "copy.db", lambda _: ["one and one are three"])
    assert made.broken == ("one and one are three",)
    assert made.path.exists()


def test_an_exclusively_locked_database_is_not_copied(path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("torc_server.store.sqlite_files.PATIENCE_SECONDS", 0)
    with closing(sqlite3.connect(path, isolation_level=None)) as alone:
        alone.execute("PRAGMA locking_mode = EXCLUSIVE")
        alone.execute(ADD.format("one"))
        with pytest.raises(StoreBusy):
            back_up(path, tmp_path / "copy.db", check)
    assert "copy.db" not in files(tmp_path)


def test_an_inspection_reports_the_schema(path: Path):
    found = inspect(path, check)
    assert (found.schema, found.problems, found.is_damaged) == (newest_schema(), (), False)


def test_an_inspection_finds_damage_on_any_page(path: Path, monkeypatch: pytest.MonkeyPatch):
    damaged(path)
    monkeypatch.setattr("torc_server.store.integrity.READ_THROUGH_BYTES", 0)
    (problem, *_) = inspect(path, check).problems
    assert problem.startswith("the file is damaged: ")


def test_an_inspection_finds_dangling_references(path: Path):
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("INSERT INTO file (workflow_id, name, path) VALUES (9, 'n', 'p')")
        connection.commit()
    (problem,) = inspect(path, check).problems
    assert problem.startswith("broken invariant: foreign keys refer to existing rows: ")
    assert "file 1 to workflow" in problem


def test_an_inspection_reports_the_schema_of_a_newer_program(path: Path):
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("INSERT INTO schema_migration VALUES (9999, 'from the future', 'x')")
        connection.commit()
    (problem,) = inspect(path, check).problems
    assert "was made by a newer torc-server" in problem


def test_an_inspection_reports_missing_migrations(path: Path):
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("DELETE FROM schema_migration WHERE number = (SELECT max(number) FROM schema_migration)")
        connection.commit()
    (problem,) = inspect(path, check).problems
    assert "`torc-server db migrate` adds it" in problem


def test_a_read_only_database_is_inspected(path: Path):
    path.chmod(0o400)
    assert inspect(path, check).problems == ()


def test_a_canceled_backup_leaves_no_file(path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(inspection, "INSTRUCTIONS_BETWEEN_LOOKS", 1)
    for looks in range(2):
        left = iter([False] * looks)
        with pytest.raises(StoreError, match="interrupted"):
            back_up(path, tmp_path / "copy.db", check, is_stopping=lambda left=left: next(left, True))
    assert files(tmp_path) == ["torc.db"]
