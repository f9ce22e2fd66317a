"""Keeping the write-ahead log of the database small."""

import asyncio
import contextlib
import logging
import sqlite3
from collections.abc import Awaitable, Callable
from pathlib import Path

from torc_server.store.sqlite_files import open_to_write

logger = logging.getLogger(__name__)

Sleep = Callable[[float], Awaitable[None]]

# SQLite itself carries the log over every thousand pages, but cannot shorten it while somebody reads. So this is
# looked at now and then, and done something about when it has grown.
LOOK_EVERY_SECONDS = 60.0
WAL_LARGE_BYTES = 64 * 1024 * 1024

# Writers wait while the log is shortened, so readers in the way are not waited for.
PATIENCE_MS = 200


async def keep_wal_small(database: Path, *, sleep: Sleep = asyncio.sleep) -> None:
    """Shorten the write-ahead log whenever it is found large. Runs until it is canceled."""
    while True:
        await sleep(LOOK_EVERY_SECONDS)
        if wal_bytes(database) > WAL_LARGE_BYTES:
            done = await asyncio.to_thread(checkpoint, database)
            logger.info("write-ahead log", extra={"fields": {"shortened": done, "bytes": wal_bytes(database)}})


def wal_bytes(database: Path) -> int:
    """Tell the size of the write-ahead log; 0 where there is none."""
    try:
        return database.with_name(database.name + "-wal").stat().st_size
    except FileNotFoundError:
        return 0


def checkpoint(database: Path) -> bool:
    """Carry the write-ahead log over into the database and cut it to nothing; False when readers were in the way."""
    with contextlib.closing(open_to_write(database)) as connection:
        connection.execute(f"PRAGMA busy_timeout = {PATIENCE_MS}")
        try:
            blocked: int = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
        except sqlite3.OperationalError:
            return False
    return blocked == 0
