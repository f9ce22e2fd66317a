"""Functions for SQL statements."""

import hashlib
import sqlite3

SEPARATOR = "\x1f"


def _digest(text: str, *lists: str | None) -> bytes:
    parts = [text, *(",".join(sorted(each.split(","))) if each else "" for each in lists)]
    return hashlib.sha256(SEPARATOR.join(parts).encode()).digest()


def register(connection: sqlite3.Connection) -> None:
    """Add the functions to a connection.

    ``digest(text, list, ...)``: SHA-256 of a text and of comma-separated lists in any order.
    """
    connection.create_function("digest", -1, _digest, deterministic=True)
