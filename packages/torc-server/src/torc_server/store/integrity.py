"""Check that a file is a complete and readable Torc database, without changing it."""

import contextlib
import os
import shlex
import sqlite3
import stat
from pathlib import Path

from torc_server.store.damage import mark_of
from torc_server.store.errors import StoreBusy, StoreError, as_store_error
from torc_server.store.lock import require_one_path
from torc_server.store.sqlite_files import open_to_read

# "Torc" in ASCII, in the header field of SQLite for the application id.
APPLICATION_ID = 0x546F7263
_MAGIC = b"SQLite format 3\0"
_HEADER_BYTES = 100
# Suffixes of files beside a database that was in use: its id, its log, and the mark of damage.
_TRACES = (".id", "-wal", ".damaged")
# The versions of the file format at these bytes: a file that uses a write-ahead log has 2.
_FORMAT = slice(18, 20)
_WITHOUT_LOG = b"\1\1"
# Files up to this size are read completely at start; larger ones by `torc-server db check`, and at the start after a
# server found damage.
READ_THROUGH_BYTES = 64 * 1024**2


def require_usable(path: Path, *, to_write: bool = True) -> None:
    """Refuse a file that is not a complete database of Torc. Raises StoreError with the reason.

    For reading the file need not be writable. Do not call it for the database that this process has open, as it opens
    and closes the file, which releases the locks of SQLite.
    """
    size_bytes = _require_file(path)
    require_one_path(path)
    _require_header(path, size_bytes, to_write=to_write)
    try:
        with contextlib.closing(open_to_read(path)) as connection:
            _require_ours(path, connection)
            if mark_of(path).exists():
                _require_whole(path, connection, check="integrity_check")
            elif size_bytes <= READ_THROUGH_BYTES:
                _require_whole(path, connection, check="quick_check")
    except sqlite3.Error as error:
        busy = as_store_error(error)
        if isinstance(busy, StoreBusy):
            raise busy from error
        raise _damaged(path, str(error)) from error


def is_unused(path: Path) -> bool:
    """Whether the file is empty, belongs to this user, and was never a database: a server makes it one.

    A file that lost its content has traces of its server or of SQLite beside it, or belongs to another user.
    """
    try:
        found = path.stat()
    except OSError:
        return False
    is_empty = stat.S_ISREG(found.st_mode) and found.st_size == 0 and found.st_uid == os.geteuid()
    beside = Path(os.path.realpath(path))
    return is_empty and not any(beside.with_name(beside.name + suffix).exists() for suffix in _TRACES)


def _require_file(path: Path) -> int:
    try:
        found = path.stat()
    except OSError as error:
        raise StoreError(f"{path} cannot be read: {error.strerror}") from error
    if not stat.S_ISREG(found.st_mode):
        raise StoreError(f"{path} is not a file: name a database file with --database")
    if found.st_size == 0:
        raise StoreError(
            f"{path} is empty (0 bytes), not a database: restore it from a backup, or remove it to start again"
        )
    return found.st_size


def _require_header(path: Path, size_bytes: int, *, to_write: bool) -> None:
    try:
        with path.open("rb") as file:
            header = file.read(_HEADER_BYTES)
        if to_write:
            with path.open("r+b"):
                pass
    except OSError as error:
        purpose = "reading and writing" if to_write else "reading"
        raise StoreError(f"{path} cannot be opened for {purpose}: {error.strerror}") from error
    if not header.startswith(_MAGIC):
        raise StoreError(f"{path} is not a SQLite database, or its beginning is damaged; it was left unchanged")
    page_bytes = int.from_bytes(header[16:18], "big")
    page_bytes = 65536 if page_bytes == 1 else page_bytes
    pages = int.from_bytes(header[28:32], "big")
    # A write-ahead log may contain the rest, if the process was killed while it copied the log into the file.
    log = Path(f"{os.path.realpath(path)}-wal")
    has_log = log.exists()
    if has_log and log.stat().st_size and header[_FORMAT] == _WITHOUT_LOG:
        # SQLite sets the format of a file before it creates a log. It would add this log to a backup, which has none.
        index = log.with_name(f"{log.name.removesuffix('wal')}shm")
        raise StoreError(
            f"{path} was replaced, for example by a backup, but {log.name} belongs to the file that was there before "
            f"and would change the new one: remove {log} and {index}, or put the earlier file back. "
            "Both were left unchanged"
        )
    if len(header) < _HEADER_BYTES or (size_bytes < pages * page_bytes and not has_log):
        raise StoreError(
            f"{path} is cut short: {size_bytes} bytes where its header promises {pages * page_bytes}; "
            "restore it from a backup. It was left unchanged"
        )


def _require_ours(path: Path, connection: sqlite3.Connection) -> None:
    owner = connection.execute("PRAGMA application_id").fetchone()[0]
    if owner != APPLICATION_ID and is_of_earlier_torc(connection):
        raise StoreError(
            f"{path} is a database of Torc 0.12 to 1.0; it was left unchanged. Take it over with "
            f"`torc-server db import {shlex.quote(str(path))} --into NEW.db`"
        )
    if owner != APPLICATION_ID:
        raise StoreError(f"{path} is a SQLite database, but not one of Torc; it was left unchanged")


def is_of_earlier_torc(connection: sqlite3.Connection) -> bool:
    """Whether a database is one of Torc 0.12 to 1.0, which has another schema."""
    found = connection.execute(
        "SELECT COUNT(*) FROM sqlite_master WHERE type = 'table' AND name IN ('_sqlx_migrations', 'workflow', 'job')"
    )
    return bool(found.fetchone()[0] == 3)


def _require_whole(path: Path, connection: sqlite3.Connection, *, check: str) -> None:
    verdict = connection.execute(f"PRAGMA {check}(1)").fetchone()[0]
    if verdict != "ok":
        raise _damaged(path, verdict)


def _damaged(path: Path, verdict: str) -> StoreError:
    first_line = verdict.strip().splitlines()[-1] if verdict.strip() else "unknown damage"
    return StoreError(f"{path} is damaged ({first_line}); restore it from a backup. It was left unchanged")
