"""Damage of the database that is found while the server runs. After the first sign nothing is written any more.

A write into a damaged file can destroy what a backup or a repair could have saved. A file beside the database remembers
the damage, so that the next start reads the whole database before it accepts it.
"""

import contextlib
import logging
import os
import sqlite3
import threading
from pathlib import Path

from torc_server.store.errors import REMEDY, StoreDamaged, as_store_error

logger = logging.getLogger(__name__)


def mark_of(database: Path) -> Path:
    """Return the path of the file that says that a database was found damaged."""
    return Path(f"{os.path.realpath(database)}.damaged")


class Damage:
    """Whether the database of a server was found damaged. Threads share it."""

    def __init__(self, database: Path) -> None:
        self._database = database
        self._lock = threading.Lock()
        self.found: StoreDamaged | None = None

    def notice(self, error: BaseException | None) -> None:
        """Remember an error if it shows damage. The first one is logged and marked beside the database."""
        with self._lock:
            if not isinstance(error, StoreDamaged) or self.found is not None:
                return
            self.found = StoreDamaged(f"{error}. Nothing is written until then")
        logger.error("writes are refused from now on: %s", self.found, extra={"fields": {"path": str(self._database)}})
        # The disk of a damaged database may not accept files either.
        with contextlib.suppress(OSError):
            mark_of(self._database).write_text(f"{self.found}\n")

    def require_none(self) -> None:
        """Raise StoreDamaged if damage was found."""
        if self.found is not None:
            raise self.found


def failure_of(error: BaseException, connection: sqlite3.Connection) -> StoreDamaged | None:
    """Return the damage that an error of a statement shows; None if it shows none."""
    failure = as_store_error(error)
    if isinstance(failure, StoreDamaged):
        return failure
    # The statements are tested, so an unknown table means another content of the file, or a defect of the server.
    if failure is None and isinstance(error, sqlite3.OperationalError) and _has_no_schema(connection):
        return StoreDamaged(f"The database has lost its tables ({error}): {REMEDY}")
    return None


def _has_no_schema(connection: sqlite3.Connection) -> bool:
    try:
        found = connection.execute("SELECT COUNT(*) FROM sqlite_master WHERE name IN ('schema_migration', 'job')")
        return bool(found.fetchone()[0] < 2)
    except sqlite3.Error:
        return False
