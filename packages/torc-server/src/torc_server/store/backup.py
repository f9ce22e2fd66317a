"""Consistent copies of a database in use, inspected before they get their name."""

import contextlib
import os
import shutil
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from torc_server.store.copying import IsStopping, copy_connection, go_on, remove, sync
from torc_server.store.errors import StoreError, as_store_error
from torc_server.store.inspection import Promises, inspect
from torc_server.store.integrity import require_usable
from torc_server.store.sqlite_files import open_to_read

# Small steps, so that the writer can use the disk in between, and an interrupt is noticed.
PAGES_A_STEP = 4096

# Copies the database to a new file; the usual one is `copy_beside`.
Copy = Callable[[Path], None]


@dataclass(frozen=True, slots=True)
class Backup:
    """A finished backup: its path, its size, and violated invariants of the data (those of the original)."""

    path: Path
    size_bytes: int
    broken: tuple[str, ...]


@dataclass(slots=True)
class BackupHistory:
    """The state of automatic backups. Times are seconds since the epoch (UTC)."""

    succeeded: int = 0
    failed: int = 0
    last_success_seconds: float | None = None
    last_size_bytes: int = 0


def back_up(
    database: Path,
    target: Path,
    promises: Promises,
    *,
    overwrite: bool = False,
    overwrite_flag: str = "--force",
    copy: Copy | None = None,
    is_stopping: IsStopping = go_on,
) -> Backup:
    """Copy a database, also one that a server is using, to `target`. The server continues to work.

    The copy is written under another name, synced to the disk, opened and read; only a complete one gets its name.
    Raises StoreError, and then leaves an existing file unchanged. With `copy` only the copy is inspected: where only
    `copy` can read the database, and in the process of the server, see `require_usable`.
    """
    if copy is None:
        require_usable(database, to_write=False)
        copy = copy_beside(database, is_stopping)
    if not target.parent.is_dir():
        raise StoreError(f"{target.parent} does not exist: create that folder first")
    if os.path.lexists(target):
        if target.is_dir():
            raise StoreError(f"{target} is a folder: name the file that the backup becomes")
        if target.exists() and target.samefile(database):
            raise StoreError(f"{target} is the database itself: choose another file for its backup")
        if not overwrite:
            raise StoreError(f"{target} already exists and was not changed; {overwrite_flag} replaces it")
    _require_room(database, target.parent)
    unfinished = target.with_name(f"{target.name}.{os.getpid()}.unfinished")
    try:
        copy(unfinished)
        found = inspect(unfinished, promises, is_stopping)
        if found.is_damaged:
            raise StoreError(
                f"The copy is damaged and was removed ({found.problems[0]}): look at the database with "
                "`torc-server db check`"
            )
        size_bytes = unfinished.stat().st_size
        unfinished.replace(target)
        sync(target.parent)
    except sqlite3.Error as error:
        raise as_store_error(error) or StoreError(f"{database} cannot be copied: {error}") from error
    except OSError as error:
        raise StoreError(f"The backup cannot be written to {target}: {error.strerror}") from error
    finally:
        remove(unfinished)
    return Backup(target, size_bytes, found.problems)


def copy_beside(database: Path, is_stopping: IsStopping = go_on) -> Copy:
    """Return a function that copies a database through a separate reading connection."""

    def copy(target: Path) -> None:
        with contextlib.closing(open_to_read(database)) as source:
            # Within a transaction, a write of the server does not restart the copy.
            source.execute("BEGIN")
            source.execute("SELECT COUNT(*) FROM schema_migration").fetchone()
            copy_connection(source, target, pages_a_step=PAGES_A_STEP, is_stopping=is_stopping)

    return copy


def _require_room(database: Path, folder: Path) -> None:
    """Refuse a copy that does not fit on the disk, which may be the disk of the database."""
    needed_bytes = database.stat().st_size
    free_bytes = shutil.disk_usage(folder).free
    if free_bytes < needed_bytes:
        raise StoreError(
            f"The disk of {folder} has {free_bytes} bytes left, but the backup needs {needed_bytes}: free space, or "
            "choose another folder"
        )
