"""Ids of rows: the last one of a table, and lists of ids as one parameter of a statement."""

from collections.abc import Sequence

from torc_server.store.statement import Statement
from torc_server.store.transaction import Transaction

LAST_ID = Statement("SELECT seq FROM sqlite_sequence WHERE name = :table")


def last_id(tx: Transaction, table: str) -> int:
    """Return the highest id that the table has used, also for a deleted row, or 0 if there was no row yet."""
    return int(tx.value(LAST_ID, {"table": table}) or 0)


def json_numbers(numbers: Sequence[int] | Sequence[list[int]]) -> str:
    """Encode a list of integers, or of lists of them, for ``json_each``. Faster than the json module."""
    return str(numbers if isinstance(numbers, list) else list(numbers))
