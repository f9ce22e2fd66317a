"""Durable SQLite transactions per second of one writer on this file system."""

import sqlite3
import time
from pathlib import Path


def commits_a_second(directory: Path, count: int) -> float:
    """Insert one row in each transaction, with a write-ahead log and full synchronization."""
    connection = sqlite3.connect(directory / "commits.db", isolation_level=None)
    try:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("CREATE TABLE row (id INTEGER PRIMARY KEY, text TEXT)")
        start = time.perf_counter()
        for _ in range(count):
            connection.execute("INSERT INTO row (text) VALUES ('a row as long as a short one is')")
        return count / (time.perf_counter() - start)
    finally:
        connection.close()
