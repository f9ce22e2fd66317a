"""One read in progress, which can be ended while SQLite works on it."""

import math
import sqlite3
import time
from collections.abc import Callable
from functools import partial
from typing import TypeVar

from torc_server.store.damage import failure_of
from torc_server.store.errors import ReadEnded
from torc_server.store.given_statement import run_given
from torc_server.store.transaction import Transaction

T = TypeVar("T")

# SQLite asks this often whether to end a read: every few milliseconds.
INSTRUCTIONS_BETWEEN_LOOKS = 200_000


class Reading:
    """A read that has begun, and whether it must end.

    The thread of the read looks at it, and the event loop ends it. A read never ends another one, because each has
    its own object.
    """

    __slots__ = ("_ends_at", "_limit_seconds", "began_at", "ended")

    def __init__(self, limit_seconds: float = math.inf) -> None:
        self._limit_seconds = limit_seconds
        self.began_at = self._ends_at = math.inf
        self.ended: ReadEnded | None = None

    def begin(self) -> None:
        """Start the clock. Called on the thread of the read. Raises ReadEnded if it was ended before."""
        if self.ended is not None:
            raise self.ended
        self.began_at = time.monotonic()
        self._ends_at = self.began_at + self._limit_seconds

    def end(self, reason: str) -> None:
        """End the read soon, with an error that has this message. The first reason counts."""
        if self.ended is None:
            self.ended = ReadEnded(reason)

    def must_end(self) -> bool:
        """Whether the read must end now. SQLite calls it during a statement."""
        if self.ended is None and time.monotonic() >= self._ends_at:
            self.end(
                f"The read took longer than {self._limit_seconds:g} seconds and was ended: ask for less, with a "
                "filter, a smaller limit or offset, or without sort_by"
            )
        return self.ended is not None


class ReadingThread:
    """Runs units of work that only read on one connection, one at a time. Used on the thread of the connection."""

    def __init__(self) -> None:
        self._now: Reading | None = None

    def must_end(self) -> bool:
        """Whether the current read must end. It is the progress handler of the connection."""
        return self._now is not None and self._now.must_end()

    def run(self, connection: sqlite3.Connection, unit: Callable[[Transaction], T], reading: Reading) -> T:
        """Run a unit in a transaction that is rolled back. Raises ReadEnded and the errors of the unit."""
        reading.begin()
        self._now = reading
        connection.execute("BEGIN")
        try:
            given = partial(run_given, connection, must_end=self.must_end, looks=INSTRUCTIONS_BETWEEN_LOOKS)
            return unit(Transaction(connection, given))
        except sqlite3.DatabaseError as error:
            failure = reading.ended or failure_of(error, connection)
            if failure is not None:
                raise failure from error
            raise
        finally:
            self._now = None
            connection.execute("ROLLBACK")  # nothing was written
