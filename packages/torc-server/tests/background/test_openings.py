"""Marks of openings: a copy that was made while the server worked is recognized when it is restored."""

import asyncio
import contextlib
import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path

import pytest

from server_builders import Stage
from torc_server.background.openings import MARK_EVERY_SECONDS, OpeningMarks
from torc_server.store import database_id
from torc_server.store.database_id import Openings, open_database_id, openings_path
from torc_server.store.migrate import migrate
from torc_server.store.statement import Statement
from torc_server.store.writer import Writer

CHANGE = Statement("INSERT INTO workflow (name, user, timestamp) VALUES ('a', 'ada', '2026-01-01')")


class Running:
    """A database that a server uses."""

    def __init__(self, path: Path) -> None:
        self.path = path
        migrate(path)
        opened = open_database_id(path)
        self.id = opened.id
        self.stage = Stage()
        self.marks = OpeningMarks(path, opened.opened, sleep=self.stage.sleep)
        self.writer = Writer(path, lambda _: None)
        self.writer.start()
        self.work = asyncio.create_task(self.marks.work(self.writer))

    async def change(self) -> None:
        await self.writer.run(lambda tx: tx.execute(CHANGE))

    def copy(self) -> Path:
        target = self.path.with_name("copy.db")
        with closing(sqlite3.connect(self.path)) as source, closing(sqlite3.connect(target)) as copy:
            source.backup(copy)
        return target

    async def die(self) -> None:
        self.work.cancel()
        with contextlib.suppress(asyncio.CancelledError, KeyboardInterrupt):
            await self.work
        await self.writer.close()

    def id_after_restoring(self, copy: Path) -> str:
        """Write a copy into the file of the database, as `cp` does, and open it."""
        self.path.write_bytes(copy.read_bytes())
        return open_database_id(self.path).id


@pytest.fixture
async def running(tmp_path: Path) -> AsyncIterator[Running]:
    running = Running(tmp_path / "torc.db")
    yield running
    await running.die()


async def test_a_copy_of_an_earlier_minute_gets_a_new_id_when_it_is_restored(running: Running) -> None:
    copy = running.copy()
    await running.change()
    await running.stage.jump(MARK_EVERY_SECONDS)
    await running.die()
    assert open_database_id(running.path).id == running.id
    assert running.id_after_restoring(copy) != running.id


async def test_an_unchanged_database_is_not_written(running: Running) -> None:
    await running.change()
    await running.stage.jump(MARK_EVERY_SECONDS)
    beside = openings_path(running.path).read_bytes()
    await running.stage.jump(MARK_EVERY_SECONDS)
    assert openings_path(running.path).read_bytes() == beside


async def test_a_directory_that_cannot_be_written_keeps_the_id(running: Running) -> None:
    openings_path(running.path).unlink()
    openings_path(running.path).mkdir()
    await running.change()
    await running.marks.mark(running.writer)
    await running.die()
    assert open_database_id(running.path).id == running.id


@pytest.mark.parametrize("whole_writes", [0, 1])
async def test_a_server_that_is_killed_while_it_marks_changes_nothing(
    running: Running, monkeypatch: pytest.MonkeyPatch, whole_writes: int
) -> None:
    write, written = database_id._write, 0

    def die(path: Path, openings: Openings) -> bool:
        nonlocal written
        if written == whole_writes:
            raise RuntimeError
        written += 1
        return write(path, openings)

    await running.change()
    monkeypatch.setattr(database_id, "_write", die)
    with pytest.raises(RuntimeError):
        await running.marks.mark(running.writer)
    monkeypatch.undo()
    await running.die()
    assert open_database_id(running.path).id == running.id
