"""Opening SQLite files the way this server wants them."""

import sqlite3
from pathlib import Path
from urllib.parse import quote

# How long to wait for another process that holds the file.
PATIENCE_SECONDS = 30.0
CACHED_STATEMENTS = 512


def open_to_write(path: Path) -> sqlite3.Connection:
    """Open an existing database for its one writer: durable at each commit."""
    connection = sqlite3.connect(
        uri_of(path, "rw"),
        uri=True,
        timeout=PATIENCE_SECONDS,
        isolation_level=None,
        cached_statements=CACHED_STATEMENTS,
        check_same_thread=False,
    )
    try:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA cache_size = -65536")
    except BaseException:
        connection.close()
        raise
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
    connection.row_factory = sqlite3.Row
    return connection


def uri_of(path: Path, mode: str) -> str:
    """Write the file as a URI, whatever characters its name has."""
    return f"file:{quote(str(path.absolute()))}?mode={mode}"
