"""Write a copy of a database to a new file, and sync it to the disk."""

import contextlib
import os
import sqlite3
from collections.abc import Callable
from pathlib import Path

from torc_server.store.errors import StoreBusy, StoreError, as_store_error

# Returns whether the caller has canceled the copy.
IsStopping = Callable[[], bool]


class Interrupted(StoreError):  # noqa: N818 - named after the state
    """The work was stopped because the caller canceled it."""


def go_on() -> bool:
    """Never stop."""
    return False


def copy_connection(
    source: sqlite3.Connection, target: Path, *, pages_a_step: int = -1, is_stopping: IsStopping = go_on
) -> None:
    """Copy the database of a connection to a new file and sync it to the disk. Raises StoreError."""

    def look_up(_status: int, _remaining: int, _total: int) -> None:
        if is_stopping():
            raise Interrupted("The copy was interrupted")

    remove(target)
    # Created here with a private mode, so that no other user can read it.
    try:
        os.close(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))
        with contextlib.closing(sqlite3.connect(target, isolation_level=None)) as copy:
            source.backup(copy, pages=pages_a_step, progress=look_up, sleep=0)
            _mark_as_copy(copy)
            # A single file without a log can be read on a read-only disk.
            copy.execute("PRAGMA journal_mode = DELETE")
        sync(target)
    except (OSError, sqlite3.Error) as error:
        remove(target)
        if isinstance(as_store_error(error), StoreBusy):
            raise
        reason = getattr(error, "strerror", None) or error
        raise StoreError(f"The backup cannot be written to {target.parent}: {reason}") from error


def _mark_as_copy(copy: sqlite3.Connection) -> None:
    """Make the server that opens the copy give it an id of its own. Older schemas get one by their migration."""
    if copy.execute("SELECT 1 FROM sqlite_master WHERE name = 'database_id'").fetchone() is not None:
        copy.execute("UPDATE database_id SET is_copy = 1")


def sync(path: Path) -> None:
    """Sync a file, or the names in a folder, to the disk."""
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def remove(unfinished: Path) -> None:
    """Remove an unfinished database, with the files that SQLite created for it."""
    for suffix in ("", "-journal", "-wal", "-shm"):
        with contextlib.suppress(OSError):
            unfinished.with_name(unfinished.name + suffix).unlink()
