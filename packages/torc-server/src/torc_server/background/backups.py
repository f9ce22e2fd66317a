"""Periodic backups of the database. The server keeps the newest ones."""

import asyncio
import logging
import re
import threading
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from torc_server.engine import invariants
from torc_server.store.backup import PAGES_A_STEP, Backup, BackupHistory, Copy, back_up, copy_beside
from torc_server.store.copying import IsStopping, copy_connection
from torc_server.store.errors import StoreError
from torc_server.store.writer import Writer

logger = logging.getLogger(__name__)

Sleep = Callable[[float], Awaitable[None]]
Now = Callable[[], datetime]

STAMP = "%Y%m%dT%H%M%SZ"
# After a failed backup the server tries again after at most this time.
LONGEST_WAIT_AFTER_FAILURE_SECONDS = 600.0


@dataclass(frozen=True, slots=True)
class BackupPlan:
    """The database, the folder of its backups, the interval between them, and the number to keep."""

    database: Path
    folder: Path
    interval_seconds: float
    keep: int

    def file_at(self, moment: datetime) -> Path:
        """Return the path of the backup that is made at `moment`."""
        return self.folder / f"{self.database.stem}-{moment.astimezone(UTC).strftime(STAMP)}.db"

    def made(self) -> list[tuple[datetime, Path]]:
        """List the backups in the folder with their times, oldest first. Files with other names are ignored."""
        pattern = re.compile(re.escape(self.database.stem) + r"-([0-9]{8}T[0-9]{6}Z)\.db")
        found = [(pattern.fullmatch(path.name), path) for path in self.folder.iterdir()]
        return sorted(
            (datetime.strptime(match[1], STAMP).replace(tzinfo=UTC), path) for match, path in found if match is not None
        )


def _utc_now() -> datetime:
    return datetime.now(UTC)


async def keep_backing_up(
    plan: BackupPlan,
    history: BackupHistory,
    *,
    writer: Writer | None = None,
    sleep: Sleep = asyncio.sleep,
    now: Now = _utc_now,
) -> None:
    """Make a backup each time the newest one is older than the interval. Runs until it is canceled.

    A failed backup is logged, counted and tried again. `writer` is given if its connection has exclusive access to the
    database. Then the copy is made on that connection, and other writes wait until it is complete.
    """
    wait_seconds = await asyncio.to_thread(_until_due, plan, now())
    while True:
        await sleep(wait_seconds)
        wait_seconds = plan.interval_seconds
        try:
            made = await _make(plan, now(), writer)
        except (StoreError, OSError) as error:
            history.failed += 1
            wait_seconds = min(wait_seconds, LONGEST_WAIT_AFTER_FAILURE_SECONDS)
            logger.warning("backup failed", extra={"fields": {"reason": str(error), "next_seconds": wait_seconds}})
            continue
        history.succeeded += 1
        history.last_success_seconds = now().timestamp()
        history.last_size_bytes = made.size_bytes
        logger.info("backup made", extra={"fields": {"path": str(made.path), "bytes": made.size_bytes}})
        for sentence in made.broken:
            logger.warning("the database violates an invariant", extra={"fields": {"promise": sentence}})


async def _make(plan: BackupPlan, moment: datetime, writer: Writer | None) -> Backup:
    """Make one backup in a thread. Cancellation ends the thread after its current step."""
    stop = threading.Event()
    copy = copy_of_open(plan.database, writer, asyncio.get_running_loop(), stop.is_set)

    def work() -> Backup:
        plan.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        # Files of a server that was killed. A database has one server, so no other process writes them.
        for left in plan.folder.glob(f"{plan.database.stem}-*.db.*.unfinished*"):
            left.unlink(missing_ok=True)
        made = back_up(
            plan.database,
            plan.file_at(moment),
            invariants.check_any,
            overwrite=True,
            copy=copy,
            is_stopping=stop.is_set,
        )
        for _, path in plan.made()[: -plan.keep]:
            path.unlink()
        return made

    try:
        return await asyncio.to_thread(work)
    finally:
        stop.set()


def copy_of_open(
    database: Path, writer: Writer | None, loop: asyncio.AbstractEventLoop, is_stopping: IsStopping
) -> Copy:
    """Return a function that copies the database of this server: through `writer` if only its connection can read it.

    It never opens the file except through SQLite, see `require_usable`.
    """
    return copy_beside(database, is_stopping) if writer is None else copy_through(writer, loop, is_stopping)


def copy_through(writer: Writer, loop: asyncio.AbstractEventLoop, is_stopping: IsStopping) -> Copy:
    """Return a function that copies a database on the connection of its writer."""

    def copy(target: Path) -> None:
        asyncio.run_coroutine_threadsafe(
            writer.outside_transaction(
                lambda connection: copy_connection(
                    connection, target, pages_a_step=PAGES_A_STEP, is_stopping=is_stopping
                )
            ),
            loop,
        ).result()

    return copy


def _until_due(plan: BackupPlan, moment: datetime) -> float:
    """Return the seconds until the next backup is due; 0 if there is none yet."""
    try:
        made = plan.made()
    except OSError:
        return 0.0
    if not made:
        return 0.0
    return max(plan.interval_seconds - (moment - made[-1][0]).total_seconds(), 0.0)
