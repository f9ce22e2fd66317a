"""Functions that SQL statements of ours can call."""

import hashlib
import sqlite3

SEPARATOR = "\x1f"


def _digest(text: str, *lists: str | None) -> bytes:
    parts = [text, *(",".join(sorted(each.split(","))) if each else "" for each in lists)]
    return hashlib.sha256(SEPARATOR.join(parts).encode()).digest()


def register(connection: sqlite3.Connection) -> None:
    """Add our functions to a connection.

    ``digest(text, list, ...)``: SHA-256 of a text and of lists, which are words with commas between them in any order.
    """
    connection.create_function("digest", -1, _digest, deterministic=True)
