"""Open SQLite files with the settings of this server."""

import sqlite3
from pathlib import Path
from urllib.parse import quote

from torc_server.store import functions

# The type of connections that write. Tests replace it by one that checks what is written.
WRITING_CONNECTION: type[sqlite3.Connection] = sqlite3.Connection
# How long to wait for another process that has locked the file.
PATIENCE_SECONDS = 30.0
CACHED_STATEMENTS = 512


# If there is one connection only, it must checkpoint the log itself.
LOG_KEPT_BYTES = 64 * 1024**2


def open_to_write(path: Path, *, alone: bool = False) -> sqlite3.Connection:
    """Open an existing database for its one writer: durable at each commit.

    With exclusive use neither another process nor another connection can read it.
    """
    connection = sqlite3.connect(
        uri_of(path, "rw"),
        uri=True,
        factory=WRITING_CONNECTION,
        timeout=PATIENCE_SECONDS,
        isolation_level=None,
        cached_statements=CACHED_STATEMENTS,
        check_same_thread=False,
    )
    try:
        if alone:
            # Before the first access to the log: then it needs no shared memory.
            connection.execute("PRAGMA locking_mode = EXCLUSIVE")
            connection.execute(f"PRAGMA journal_size_limit = {LOG_KEPT_BYTES}")
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA cache_size = -24576")
        if alone:
            # Locked from the first transaction on: find out now whether another process has it.
            connection.execute("BEGIN IMMEDIATE")
            connection.execute("COMMIT")
    except BaseException:
        connection.close()
        raise
    functions.register(connection)
    connection.row_factory = sqlite3.Row
    return connection


def open_scratch() -> sqlite3.Connection:
    """Open an empty database of its own, which SQLite moves from memory to a temporary file when it grows large."""
    connection = sqlite3.connect(
        "",
        uri=True,
        factory=WRITING_CONNECTION,
        timeout=PATIENCE_SECONDS,
        isolation_level=None,
        cached_statements=CACHED_STATEMENTS,
        check_same_thread=False,
    )
    functions.register(connection)
    return connection


def open_to_read(path: Path) -> sqlite3.Connection:
    """Open an existing database for a reader, which cannot change it."""
    connection = sqlite3.connect(
        uri_of(path, "ro"),
        uri=True,
        timeout=PATIENCE_SECONDS,
        isolation_level=None,
        cached_statements=CACHED_STATEMENTS,
        check_same_thread=False,
    )
    connection.execute("PRAGMA query_only = ON")
    functions.register(connection)
    connection.row_factory = sqlite3.Row
    return connection


def uri_of(path: Path, mode: str) -> str:
    """Return the path as a URI, with all special characters escaped."""
    return f"file:{quote(str(path.absolute()))}?mode={mode}"
