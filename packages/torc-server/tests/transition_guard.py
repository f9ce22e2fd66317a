"""A database connection that refuses changes of a job's status which the table of transitions does not list."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest import mock

from torc_server.engine.job_row import JobStatement
from torc_server.engine.states import Cause, JobStatus, is_allowed
from torc_server.store import sqlite_files
from torc_server.store.changes import ReplayStatement
from torc_server.store.statement import Statement

TRIGGER = """
CREATE TEMP TRIGGER IF NOT EXISTS refuse_unlisted_transition BEFORE UPDATE OF status ON main.job
WHEN NEW.status <> OLD.status AND NOT is_transition_allowed(OLD.status, NEW.status)
BEGIN SELECT RAISE(ABORT, 'this transition is not in the table'); END
"""


class GuardedConnection(sqlite3.Connection):
    """Checks each change of a status against the row of the statement's cause.

    Statements of tests are plain text, and may do anything.
    """

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._statement: object = None
        self._refusal: str | None = None
        self._has_trigger = False
        self.create_function("is_transition_allowed", 2, self._is_allowed)

    def guard(self) -> None:
        """Add the trigger if the schema is there already. A TEMP trigger is not stored in the database."""
        if not self._has_trigger and super().execute("SELECT 1 FROM main.sqlite_schema WHERE name = 'job'").fetchone():
            super().execute(TRIGGER)
            self._has_trigger = True

    def execute(self, sql: str, parameters: Any = (), /) -> sqlite3.Cursor:
        if sql.startswith("BEGIN"):
            self.guard()
        return self._checked(super().execute, sql, parameters)

    def executemany(self, sql: str, parameters: Any, /) -> sqlite3.Cursor:
        return self._checked(super().executemany, sql, parameters)

    def _checked(self, execute: Any, sql: str, parameters: Any) -> sqlite3.Cursor:
        self._statement, self._refusal = sql, None
        try:
            cursor: sqlite3.Cursor = execute(sql, parameters)
        except sqlite3.IntegrityError as error:
            if self._refusal is None:
                raise
            raise AssertionError(self._refusal) from error
        return cursor

    def _is_allowed(self, old: int, new: int) -> bool:
        match self._statement:
            case JobStatement(cause=Cause() as cause):
                pass
            case ReplayStatement():  # the steps were checked when they ran on the copy
                return True
            case JobStatement():
                self._refusal = f"a statement that changes statuses has no cause: {self._statement}"
                return False
            case Statement():  # the update of a record
                cause = Cause.DISABLE
            case _:
                return True
        if not is_allowed(cause, JobStatus(old), JobStatus(new)):
            self._refusal = f"{cause} may not change {JobStatus(old).word} to {JobStatus(new).word}"
        return self._refusal is None


@contextmanager
def guarded_transitions() -> Iterator[None]:
    """Make the store open guarded connections."""
    with mock.patch.object(sqlite_files, "WRITING_CONNECTION", GuardedConnection):
        yield
