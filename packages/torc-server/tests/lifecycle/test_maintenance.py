import asyncio
import contextlib
import sqlite3
from pathlib import Path

import pytest

from torc_server.background import maintenance
from torc_server.background.maintenance import checkpoint, keep_wal_small, wal_bytes
from torc_server.store.migrate import migrate


@pytest.fixture
def database(tmp_path: Path) -> Path:
    path = tmp_path / "torc.db"
    migrate(path)
    return path


@contextlib.contextmanager
def grown(database: Path):
    """An open connection with pages in the log."""
    with contextlib.closing(sqlite3.connect(database, isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA wal_autocheckpoint = 0")
        connection.execute("CREATE TABLE grown (a)")
        assert wal_bytes(database) > 0
        yield connection


def test_a_checkpoint_truncates_the_log(database: Path):
    with grown(database):
        assert checkpoint(database)
        assert wal_bytes(database) == 0


def test_a_checkpoint_does_not_wait_for_a_reader(database: Path):
    with grown(database) as connection, contextlib.closing(sqlite3.connect(database)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT * FROM grown").fetchall()
        connection.execute("INSERT INTO grown VALUES (1)")
        assert not checkpoint(database)
        assert reader.execute("SELECT * FROM grown").fetchall() == []
        reader.rollback()
        assert checkpoint(database)
        assert reader.execute("SELECT * FROM grown").fetchall() == [(1,)]


def test_a_missing_log_is_not_an_error(tmp_path: Path):
    assert wal_bytes(tmp_path / "absent.db") == 0


async def test_only_a_large_log_is_truncated(database: Path, monkeypatch: pytest.MonkeyPatch):
    looks = 0
    sizes: list[int] = []

    async def sleep(_: float) -> None:
        nonlocal looks
        sizes.append(wal_bytes(database))
        looks += 1
        if looks == 2:
            monkeypatch.setattr(maintenance, "WAL_LARGE_BYTES", 0)
        if looks == 3:
            raise asyncio.CancelledError

    with grown(database), contextlib.suppress(asyncio.CancelledError):
        await keep_wal_small(database, sleep=sleep)
    assert sizes[0] == sizes[1] > 0
    assert sizes[2] == 0
