"""A database that is in memory while a server works on it, and on a disk afterwards."""

import asyncio
import contextlib
import logging
import os
import shutil
import sqlite3
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path

from torc_client.errors import TorcError

_log = logging.getLogger(__name__)
# Files of this file system are memory.
_MEMORY = Path("/dev/shm")  # noqa: S108 - a directory of our own is made in it


@contextlib.asynccontextmanager
async def memory_database(kept: Path, interval_seconds: float | None) -> AsyncIterator[Path]:
    """Give the path of a new database in memory; at the end of the block it is at `kept`.

    It is copied there every `interval_seconds`, too, so that no more is lost with the machine; None: not before the
    end. Raises TorcError where `kept` is there already, where it cannot be written (what is in memory stays then),
    and on a machine without such memory.
    """
    folder = _new_folder(kept)
    database = folder / kept.name
    over = asyncio.Event()
    snapshots = asyncio.create_task(_copy_now_and_then(database, kept, interval_seconds, over))
    try:
        yield database
    finally:
        over.set()
        await snapshots
        try:
            _copy(database, kept)
        except (OSError, sqlite3.Error) as error:
            raise TorcError(
                f"The database cannot be kept in {kept}: {error}.",
                f"It is still in memory, until the machine is started again: copy {folder} to a disk.",
            ) from error
        shutil.rmtree(folder)


def _new_folder(kept: Path) -> Path:
    if not _MEMORY.is_dir():
        raise TorcError(f"This machine has no {_MEMORY}.", "Leave out --in-memory.")
    if kept.exists():
        raise TorcError(f"{kept} is there already.", "Name another --db; or leave out --in-memory to go on with it.")
    return Path(tempfile.mkdtemp(prefix="torc-", dir=_MEMORY))


async def _copy_now_and_then(database: Path, kept: Path, interval_seconds: float | None, over: asyncio.Event) -> None:
    while True:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(interval_seconds):
                await over.wait()
                return
        try:
            await asyncio.to_thread(_copy, database, kept)
        except (OSError, sqlite3.Error) as error:
            _log.warning("No snapshot of the database in %s: %s", kept, error)


def _copy(database: Path, kept: Path) -> None:
    """Put a whole copy in the place of the last one; a server that works on the database goes on meanwhile."""
    if not database.exists():
        return
    part = kept.with_name(f"{kept.name}.part")
    part.unlink(missing_ok=True)
    os.close(os.open(part, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    try:
        with contextlib.closing(sqlite3.connect(database)) as source, contextlib.closing(sqlite3.connect(part)) as copy:
            source.backup(copy)
        part.replace(kept)
    finally:
        part.unlink(missing_ok=True)
