"""Errors of the database, each with a message for the operator of the server.

The tree::

    StoreError        the file cannot be used as it is
    ├── StoreFull     writes fail now: no space, no permission, a failing disk
    ├── StoreBusy     another process holds the file
    ├── StoreGone     the file was removed or replaced while the server was running
    ├── StoreDamaged  the content of the file is not a valid database
    └── ReadEnded     a read took too long, or other callers waited for it
"""

import sqlite3


class StoreError(Exception):
    """The database cannot be used; the message has the reason and a remedy."""


class StoreFull(StoreError):  # noqa: N818 - named after the state
    """Writes fail now. Reads work, and writes work again after the cause is removed."""


class StoreBusy(StoreError):  # noqa: N818 - named after the state
    """Another process holds the database."""


class StoreGone(StoreError):  # noqa: N818 - named after the state
    """Another file, or none, is at the path of the database. The server recovers when the file is back."""


class StoreDamaged(StoreError):  # noqa: N818 - named after the state
    """The content of the file is damaged. Nothing is written until the server is restarted with a whole one."""


class ReadEnded(StoreError):  # noqa: N818 - named after the state
    """A read was ended before it had an answer. The database is not the reason."""


_NOT_WRITABLE = {sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN}
_DAMAGED = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}
# Errors of the disk that last: the file system is damaged, a page fails its checksum, or the file has lost its end.
_LOST = {sqlite3.SQLITE_IOERR_CORRUPTFS, sqlite3.SQLITE_IOERR_SHORT_READ, sqlite3.SQLITE_IOERR | (32 << 8)}
REMEDY = "stop the server, look at it with `torc-server db check`, and restore it from a backup"
_HELD = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}


def as_store_error(error: BaseException) -> StoreError | None:
    """Convert an error of SQLite about the file to a StoreError; None for other errors."""
    if not isinstance(error, sqlite3.Error):
        return None
    exact = getattr(error, "sqlite_errorcode", 0)
    if exact == sqlite3.SQLITE_READONLY_DBMOVED:
        return StoreGone("The database file was removed or replaced while the server was running: put it back")
    code = exact & 0xFF
    if code in _DAMAGED or exact in _LOST:
        return StoreDamaged(f"The database is damaged ({error}): {REMEDY}")
    if code in _NOT_WRITABLE:
        return StoreFull(f"The database cannot be written ({error}): check the space and permissions of its disk")
    if code in _HELD:
        return StoreBusy(f"Another process holds the database ({error}): try again")
    return None
