"""The id of a database survives restarts and renames; each copy gets one of its own."""

import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from torc_server.store import database_id
from torc_server.store.backup import back_up
from torc_server.store.database_id import open_database_id, openings_path
from torc_server.store.migrate import migrate

CIFS = 0xFF534D42


@pytest.fixture
def database(tmp_path: Path) -> Path:
    path = tmp_path / "torc.db"
    migrate(path)
    return path


def id_of(path: Path) -> str:
    """Open the database as a server does."""
    migrate(path)
    return open_database_id(path).id


def back_up_with_torc(database: Path, target: Path) -> None:
    back_up(database, target, lambda _: [])


def copy(database: Path, target: Path) -> None:
    shutil.copyfile(database, target)


def copy_all(database: Path, target: Path) -> None:
    """Copy the database with the file beside it."""
    shutil.copyfile(database, target)
    if openings_path(database).exists():
        shutil.copyfile(openings_path(database), openings_path(target))


def test_databases_have_different_ids(database: Path, tmp_path: Path):
    migrate(tmp_path / "other.db")
    assert id_of(database) != id_of(tmp_path / "other.db")


def test_a_restart_keeps_the_id(database: Path):
    first = id_of(database)
    assert [id_of(database) for _ in range(3)] == [first] * 3


def test_a_renamed_or_moved_file_keeps_its_id(database: Path, tmp_path: Path):
    first = id_of(database)
    (tmp_path / "elsewhere").mkdir()
    moved = database.rename(tmp_path / "elsewhere" / "new.db")
    assert id_of(moved) == first
    link = tmp_path / "link.db"
    link.symlink_to(moved)
    assert id_of(link) == first


def test_a_lost_file_beside_the_database_does_not_matter(database: Path):
    first = id_of(database)
    openings_path(database).unlink()
    assert id_of(database) == first


def die_at(monkeypatch: pytest.MonkeyPatch, database: Path, *, whole_writes: int, is_written: bool) -> None:
    """Open the database, and die before or after a write of the file beside it."""
    write, writes = database_id._write, 0

    def write_and_die(path: Path, openings: database_id.Openings) -> bool:
        nonlocal writes
        writes += 1
        if writes <= whole_writes or is_written:
            write(path, openings)
        if writes > whole_writes:
            raise KeyboardInterrupt
        return True

    monkeypatch.setattr(database_id, "_write", write_and_die)
    with pytest.raises(KeyboardInterrupt):
        open_database_id(database)
    monkeypatch.undo()


@pytest.mark.parametrize("whole_writes", [0, 1])
@pytest.mark.parametrize("is_written", [False, True])
def test_a_server_that_was_killed_while_it_opened_the_database_changes_nothing(
    database: Path, monkeypatch: pytest.MonkeyPatch, *, whole_writes: int, is_written: bool
):
    first = id_of(database)
    die_at(monkeypatch, database, whole_writes=whole_writes, is_written=is_written)
    assert id_of(database) == first


@pytest.mark.parametrize("is_written", [False, True])
def test_a_server_that_was_killed_while_it_opened_a_restored_database_does_not_keep_the_id(
    database: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, is_written: bool
):
    first = id_of(database)
    copy(database, tmp_path / "backup.db")
    assert id_of(database) == first
    copy(tmp_path / "backup.db", database)
    die_at(monkeypatch, database, whole_writes=0, is_written=is_written)
    assert id_of(database) != first


def test_a_directory_without_room_for_the_file_beside_keeps_the_id(database: Path):
    openings_path(database).mkdir()
    assert id_of(database) == id_of(database)


@pytest.mark.parametrize("make_copy", [back_up_with_torc, copy, copy_all])
def test_a_copy_gets_an_id_of_its_own(database: Path, tmp_path: Path, make_copy: Callable[[Path, Path], None]):
    first = id_of(database)
    make_copy(database, tmp_path / "copy.db")
    second = id_of(tmp_path / "copy.db")
    assert second != first
    assert (id_of(database), id_of(tmp_path / "copy.db")) == (first, second)


@pytest.mark.parametrize("make_copy", [back_up_with_torc, copy])
@pytest.mark.parametrize("restore", [shutil.copyfile, shutil.move])
def test_each_restored_state_gets_a_new_id(
    database: Path, tmp_path: Path, make_copy: Callable[[Path, Path], None], restore: Callable[[Path, Path], object]
):
    ids = [id_of(database)]
    make_copy(database, tmp_path / "backup.db")
    ids.append(id_of(database))
    assert ids[0] == ids[1]
    for number in range(2):
        shutil.copyfile(tmp_path / "backup.db", tmp_path / f"{number}.db")
        restore(tmp_path / f"{number}.db", database)
        ids.append(id_of(database))
    assert len({*ids}) == 3


def test_the_copy_before_a_migration_gets_an_id_of_its_own(database: Path, tmp_path: Path):
    first = id_of(database)
    with closing(sqlite3.connect(database)) as connection:
        connection.execute("DELETE FROM schema_migration WHERE name = '0015_stale_claims'")
        connection.commit()
    migrate(database)
    assert id_of(database) == first
    (kept,) = tmp_path.glob("torc.db.before-schema-*")
    assert id_of(kept) != first


def test_another_inode_means_nothing_where_inodes_are_not_stable(database: Path, tmp_path: Path):
    first = open_database_id(database, ask=lambda _: CIFS).id
    shutil.copyfile(database, tmp_path / "new")
    (tmp_path / "new").replace(database)
    assert open_database_id(database, ask=lambda _: CIFS).id == first


def test_a_file_that_is_renamed_to_the_path_of_another_database_keeps_its_id(database: Path, tmp_path: Path):
    other = tmp_path / "other.db"
    migrate(other)
    first, second = id_of(database), id_of(other)
    database.rename(tmp_path / "put away.db")
    other.rename(database)
    assert (id_of(database), id_of(tmp_path / "put away.db")) == (second, first)


def test_keeping_and_renewing_can_be_ordered(database: Path, tmp_path: Path):
    first = id_of(database)
    shutil.copyfile(database, tmp_path / "moved.db")
    assert open_database_id(tmp_path / "moved.db", keeps=True).id == first
    assert id_of(tmp_path / "moved.db") == first
    renewed = open_database_id(database, renews=True).id
    assert renewed != first
    assert id_of(database) == renewed


def test_the_file_beside_the_database_is_private(database: Path):
    id_of(database)
    assert openings_path(database).stat().st_mode & 0o777 == 0o600
