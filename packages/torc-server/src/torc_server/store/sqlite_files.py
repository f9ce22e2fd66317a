"""Opening SQLite files the way this server wants them."""

import sqlite3
from pathlib import Path
from urllib.parse import quote

from torc_server.store import functions

# How long to wait for another process that holds the file.
PATIENCE_SECONDS = 30.0
CACHED_STATEMENTS = 512


# Where one connection does it all, nobody else shortens the log.
LOG_KEPT_BYTES = 64 * 1024**2


def open_to_write(path: Path, *, alone: bool = False) -> sqlite3.Connection:
    """Open an existing database for its one writer: durable at each commit.

    Where it is to be had alone, no other process can read it, nor can another connection of this one.
    """
    connection = sqlite3.connect(
        uri_of(path, "rw"),
        uri=True,
        timeout=PATIENCE_SECONDS,
        isolation_level=None,
        cached_statements=CACHED_STATEMENTS,
        check_same_thread=False,
    )
    try:
        if alone:
            # Before the first look at the log: then it needs no shared memory.
            connection.execute("PRAGMA locking_mode = EXCLUSIVE")
            connection.execute(f"PRAGMA journal_size_limit = {LOG_KEPT_BYTES}")
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA cache_size = -24576")
        if alone:
            # Held from the first transaction on: who else has it shall be known now.
            connection.execute("BEGIN IMMEDIATE")
            connection.execute("COMMIT")
    except BaseException:
        connection.close()
        raise
    functions.register(connection)
    connection.row_factory = sqlite3.Row
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
    """Write the file as a URI, whatever characters its name has."""
    return f"file:{quote(str(path.absolute()))}?mode={mode}"
