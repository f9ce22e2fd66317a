"""A database that is in memory while a server uses it, and on a disk after that."""

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
# Files of this file system are in memory.
_MEMORY = Path("/dev/shm")  # noqa: S108 - a new directory is made in it


@contextlib.asynccontextmanager
async def memory_database(kept: Path, interval_seconds: float | None) -> AsyncIterator[Path]:
    """Yield the path of a new database in memory, and copy it to `kept` at the end of the block.

    With `interval_seconds`, it is also copied at this interval, which limits the loss if the machine fails. Raises
    TorcError if `kept` exists already, if it cannot be written (the database stays in memory), and on a machine
    without /dev/shm.
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
                f"The database cannot be saved in {kept}: {error}.",
                f"It is in memory until the machine is restarted: copy {folder} to a disk.",
            ) from error
        shutil.rmtree(folder)


def _new_folder(kept: Path) -> Path:
    if not _MEMORY.is_dir():
        raise TorcError(f"This machine has no {_MEMORY}.", "Omit --in-memory.")
    if kept.exists():
        raise TorcError(f"{kept} exists already.", "Choose another --db, or omit --in-memory to use this file.")
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
    """Replace the last copy by a new one. The server can use the database during the copy."""
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
