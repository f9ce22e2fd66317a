"""Inspect a database, which may be in use: damage, schema, and invariants of the data."""

import contextlib
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from torc_server.store.copying import Interrupted, IsStopping, go_on
from torc_server.store.errors import StoreError, as_store_error
from torc_server.store.integrity import require_usable
from torc_server.store.migrate import missing_steps
from torc_server.store.sqlite_files import open_to_read
from torc_server.store.transaction import Transaction

# Checks the invariants of the data; returns a message for each violated one.
Promises = Callable[[Transaction], list[str]]

MOST_SENTENCES = 20
INSTRUCTIONS_BETWEEN_LOOKS = 1_000_000


@dataclass(frozen=True, slots=True)
class Inspection:
    """The schema of the database, a message for each problem, and whether the file itself is damaged."""

    schema: int
    problems: tuple[str, ...]
    is_damaged: bool


def inspect(path: Path, promises: Promises, is_stopping: IsStopping = go_on) -> Inspection:
    """Inspect a database without changing it. Raises StoreError for a file that is not a Torc database."""
    require_usable(path, to_write=False)
    try:
        with contextlib.closing(open_to_read(path)) as connection:
            connection.set_progress_handler(is_stopping, INSTRUCTIONS_BETWEEN_LOOKS)
            connection.execute("BEGIN")
            schema: int = connection.execute("SELECT coalesce(max(number), 0) FROM schema_migration").fetchone()[0]
            found = _damage(connection)
            problems = found or _broken(connection, path, promises)
    except sqlite3.Error as error:
        if is_stopping():
            raise Interrupted("The inspection was interrupted") from error
        raise as_store_error(error) or StoreError(f"{path} is damaged ({error}): restore it from a backup") from error
    return Inspection(schema, tuple(problems), is_damaged=bool(found))


def _damage(connection: sqlite3.Connection) -> list[str]:
    try:
        found = [str(row[0]) for row in connection.execute(f"PRAGMA integrity_check({MOST_SENTENCES})")]
    except sqlite3.OperationalError:
        raise
    except sqlite3.DatabaseError as error:
        return [f"the file is damaged: {error}"]
    return [] if found == ["ok"] else [f"the file is damaged: {line}" for line in found]


def _broken(connection: sqlite3.Connection, path: Path, promises: Promises) -> list[str]:
    try:
        lacks = missing_steps(connection, path)
    except StoreError as error:
        return [str(error)]
    if lacks:
        # The invariants apply to the newest schema.
        return [f"its schema lacks {', '.join(lacks)}: `torc-server db migrate` adds it, as does starting the server"]
    return promises(Transaction(connection))
