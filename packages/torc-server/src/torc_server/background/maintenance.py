"""Maintenance of the database: keeps its write-ahead log small."""

import asyncio
import contextlib
import logging
import sqlite3
from collections.abc import Awaitable, Callable
from pathlib import Path

from torc_server.store.errors import as_store_error
from torc_server.store.sqlite_files import open_to_write

logger = logging.getLogger(__name__)

Sleep = Callable[[float], Awaitable[None]]

# SQLite checkpoints the log every thousand pages, but cannot truncate it during reads. So the size is checked at this
# interval, and a large log is truncated.
LOOK_EVERY_SECONDS = 60.0
WAL_LARGE_BYTES = 64 * 1024 * 1024

# Writers wait while the log is truncated, so the checkpoint does not wait for readers longer than this.
PATIENCE_MS = 200


async def keep_wal_small(database: Path, *, sleep: Sleep = asyncio.sleep) -> None:
    """Truncate the write-ahead log when it is large. Runs until it is canceled."""
    while True:
        await sleep(LOOK_EVERY_SECONDS)
        if wal_bytes(database) > WAL_LARGE_BYTES:
            done = await asyncio.to_thread(checkpoint, database)
            logger.info("write-ahead log", extra={"fields": {"shortened": done, "bytes": wal_bytes(database)}})


def wal_bytes(database: Path) -> int:
    """Return the size of the write-ahead log; 0 if there is none."""
    try:
        return database.with_name(database.name + "-wal").stat().st_size
    except FileNotFoundError:
        return 0


def checkpoint(database: Path) -> bool:
    """Copy the write-ahead log into the database and truncate it. Return False if readers prevented it.

    Raises StoreDamaged.
    """
    with contextlib.closing(open_to_write(database)) as connection:
        connection.execute(f"PRAGMA busy_timeout = {PATIENCE_MS}")
        try:
            blocked: int = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
        except sqlite3.OperationalError:
            return False
        except sqlite3.DatabaseError as error:
            raise as_store_error(error) or error from error
    return blocked == 0
