"""What can be wrong with the database, each with a sentence for the person who runs the server.

The tree::

    StoreError        the file cannot be used as it is
    ├── StoreFull     nothing can be written now: no space, no permission, a failing disk
    ├── StoreBusy     another process holds the file
    ├── StoreGone     the file was removed or replaced while the server was running
    └── StoreDamaged  what stands in the file is no database any more
"""

import sqlite3


class StoreError(Exception):
    """The database cannot be used; the message says why and what to do."""


class StoreFull(StoreError):  # noqa: N818 - named after what is so
    """Nothing can be written now. Reading goes on, and writing does once the cause is gone."""


class StoreBusy(StoreError):  # noqa: N818 - named after what is so
    """Another process holds the database."""


class StoreGone(StoreError):  # noqa: N818 - named after what is so
    """The file under the database's name is not the one that was opened. All goes on once it is back."""


class StoreDamaged(StoreError):  # noqa: N818 - named after what is so
    """The file holds what no database would."""


_NOT_WRITABLE = {sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN}
_DAMAGED = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}
_HELD = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}


def as_store_error(error: BaseException) -> StoreError | None:
    """Give the store's word for an error of SQLite about the file; None for an error about something else."""
    if not isinstance(error, sqlite3.Error):
        return None
    exact = getattr(error, "sqlite_errorcode", 0)
    if exact == sqlite3.SQLITE_READONLY_DBMOVED:
        return StoreGone("The database file was removed or replaced while the server was running: put it back")
    code = exact & 0xFF
    if code in _NOT_WRITABLE:
        return StoreFull(f"The database cannot be written ({error}): check the space and permissions of its disk")
    if code in _HELD:
        return StoreBusy(f"Another process holds the database ({error}): try again")
    if code in _DAMAGED:
        return StoreDamaged(
            f"The database is damaged ({error}): stop the server, look at it with `torc-server db check`, and restore "
            "it from a backup"
        )
    return None
