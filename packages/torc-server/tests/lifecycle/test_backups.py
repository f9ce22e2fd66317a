"""Automatic backups of the server."""

import asyncio
import contextlib
import logging
import sqlite3
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from torc_server.background.backups import BackupPlan, keep_backing_up
from torc_server.engine.invariants import check
from torc_server.store.backup import BackupHistory
from torc_server.store.inspection import inspect
from torc_server.store.migrate import migrate
from torc_server.store.writer import Writer

BEGAN = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


class Days:
    """A clock that moves by sleeping, and ends the work after a number of sleeps."""

    def __init__(self, sleeps: int) -> None:
        self.moment = BEGAN
        self.left = sleeps
        self.slept: list[float] = []

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        if len(self.slept) > self.left:
            raise asyncio.CancelledError
        self.moment += timedelta(seconds=seconds)

    def now(self) -> datetime:
        return self.moment


@pytest.fixture
def plan(tmp_path: Path) -> BackupPlan:
    migrate(tmp_path / "torc.db")
    return BackupPlan(tmp_path / "torc.db", tmp_path / "backups", 3600.0, keep=2)


async def run(plan: BackupPlan, sleeps: int, **more: object) -> tuple[Days, BackupHistory]:
    days, history = Days(sleeps), BackupHistory()
    with contextlib.suppress(asyncio.CancelledError):
        await keep_backing_up(plan, history, sleep=days.sleep, now=days.now, **more)  # type: ignore[arg-type]
    return days, history


def names(plan: BackupPlan) -> list[str]:
    return sorted(path.name for path in plan.folder.iterdir())


async def test_the_first_backup_is_made_at_start_and_the_newest_are_kept(plan: BackupPlan):
    days, history = await run(plan, 4)
    assert days.slept == [0, 3600, 3600, 3600, 3600]
    assert names(plan) == ["torc-20260102T050405Z.db", "torc-20260102T060405Z.db"]
    assert all(inspect(path, check).problems == () for path in plan.folder.iterdir())
    assert (history.succeeded, history.failed) == (4, 0)
    assert history.last_success_seconds == (BEGAN + timedelta(hours=3)).timestamp()
    assert history.last_size_bytes == (plan.folder / "torc-20260102T060405Z.db").stat().st_size


async def test_a_restart_waits_for_the_rest_of_the_interval(plan: BackupPlan):
    plan.folder.mkdir()
    plan.file_at(BEGAN - timedelta(minutes=50)).touch()
    assert (await run(plan, 0))[0].slept == [600]
    plan.file_at(BEGAN - timedelta(minutes=50)).rename(plan.file_at(BEGAN - timedelta(days=9)))
    assert (await run(plan, 0))[0].slept == [0]


async def test_other_files_stay_and_unfinished_backups_are_removed(plan: BackupPlan):
    plan.folder.mkdir()
    for name in ("notes.db", "torc-by-hand.db", "torc-20200101T000000Z.db.old", "other-20200101T000000Z.db"):
        (plan.folder / name).touch()
    (plan.folder / "torc-20200101T000000Z.db.77.unfinished").touch()
    (plan.folder / "torc-20200101T000000Z.db.77.unfinished-journal").touch()
    await run(plan, 3)
    assert names(plan) == [
        "notes.db",
        "other-20200101T000000Z.db",
        "torc-20200101T000000Z.db.old",
        "torc-20260102T040405Z.db",
        "torc-20260102T050405Z.db",
        "torc-by-hand.db",
    ]


def a_file_in_the_way(plan: BackupPlan) -> None:
    plan.folder.write_text("in the way")


def no_database(plan: BackupPlan) -> None:
    plan.database.unlink()


@pytest.mark.parametrize(("breaks", "said"), [(a_file_in_the_way, "File exists"), (no_database, "No such file")])
async def test_failures_are_logged_counted_and_retried_soon(
    plan: BackupPlan, caplog: pytest.LogCaptureFixture, breaks: Callable[[BackupPlan], None], said: str
):
    breaks(plan)
    with caplog.at_level(logging.WARNING):
        days, history = await run(plan, 2)
    assert days.slept == [0, 600, 600]
    assert (history.succeeded, history.failed, history.last_success_seconds) == (0, 2, None)
    assert [record.message for record in caplog.records] == ["backup failed"] * 2
    assert said in caplog.records[0].fields["reason"]  # type: ignore[attr-defined]


async def test_an_exclusively_locked_database_is_copied_by_the_writer(plan: BackupPlan):
    writer = Writer(plan.database, lambda _: None, alone=True)
    writer.start()
    try:
        _, history = await run(plan, 1, writer=writer)
    finally:
        await writer.close()
    assert (history.succeeded, history.failed) == (1, 0)
    (path,) = plan.folder.iterdir()
    assert inspect(path, check).problems == ()


async def test_a_violated_invariant_is_logged_and_the_backup_kept(plan: BackupPlan, caplog: pytest.LogCaptureFixture):
    with contextlib.closing(sqlite3.connect(plan.database)) as connection:
        connection.execute("INSERT INTO file (workflow_id, name, path) VALUES (9, 'n', 'p')")
        connection.commit()
    _, history = await run(plan, 1)
    assert history.succeeded == 1
    assert [record.message for record in caplog.records if record.levelno == logging.WARNING] == [
        "the database violates an invariant"
    ]
