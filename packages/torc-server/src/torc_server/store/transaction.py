"""The view of the database for a unit of work: it runs statements, returns rows and collects signals."""

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from torc_server.store.given import Found, StatementBounds
from torc_server.store.statement import Statement

RunGiven = Callable[[str, StatementBounds], Found]
"""Runs a statement of a caller within bounds."""

Parameters = Mapping[str, Any] | Sequence[Any]
"""Values by name, or by position for a statement that is built for any number of rows."""
NO_PARAMETERS: Parameters = {}


class Transaction:
    """One open transaction. The writer and the read pool begin and end it."""

    __slots__ = ("_connection", "_run_given", "signals")

    def __init__(self, connection: sqlite3.Connection, run_given: RunGiven | None = None) -> None:
        self._connection = connection
        self._run_given = run_given
        self.signals: list[object] = []

    def rows(self, statement: Statement, parameters: Parameters = NO_PARAMETERS) -> list[sqlite3.Row]:
        """Return all rows of the statement."""
        return self._connection.execute(statement, parameters).fetchall()

    def each(self, statement: Statement, parameters: Parameters = NO_PARAMETERS) -> Iterator[sqlite3.Row]:
        """Yield the rows of the statement one by one."""
        yield from self._connection.execute(statement, parameters)

    def row(self, statement: Statement, parameters: Parameters = NO_PARAMETERS) -> sqlite3.Row | None:
        """Return the first row, or None."""
        row: sqlite3.Row | None = self._connection.execute(statement, parameters).fetchone()
        return row

    def value(self, statement: Statement, parameters: Parameters = NO_PARAMETERS) -> Any:
        """Return the first column of the first row, or None without a row."""
        row = self.row(statement, parameters)
        return None if row is None else row[0]

    def execute(self, statement: Statement, parameters: Parameters = NO_PARAMETERS) -> int:
        """Run a statement and return the number of changed rows."""
        return self._connection.execute(statement, parameters).rowcount

    def insert(self, statement: Statement, parameters: Parameters = NO_PARAMETERS) -> int:
        """Run an INSERT of one row and return the id of the new row."""
        identity = self._connection.execute(statement, parameters).lastrowid
        assert identity is not None, "an INSERT has a row id"  # noqa: S101 - what sqlite3 promises, for the type checker
        return identity

    def execute_many(self, statement: Statement, parameters: Iterable[Parameters]) -> int:
        """Run a statement once for each set of parameters and return the total number of changed rows."""
        return self._connection.executemany(statement, parameters).rowcount

    def given(self, text: str, bounds: StatementBounds) -> Found:
        """Run a statement that a caller wrote. Only transactions that read accept one.

        Raises StatementRefused and StatementFailed.
        """
        if self._run_given is None:
            raise RuntimeError("a transaction that writes runs no statement of a caller")
        return self._run_given(text, bounds)

    def emit(self, signal: object) -> None:
        """Collect a signal. The writer emits it after the commit; the signals of a rolled-back unit are dropped."""
        self.signals.append(signal)
