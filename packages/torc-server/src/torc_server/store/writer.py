"""The one writer: a thread that owns the only writing connection, and group commit.

Requests hand it units of work. It takes all that wait, runs them in one transaction, each in a savepoint of its own,
commits once, and only then answers them and hands on what they told. So an answer is durable, and the price of a
durable commit is shared by all that waited for it.
"""

import asyncio
import contextlib
import queue
import sqlite3
import threading
import time
from collections.abc import Callable, Sequence
from enum import Enum, auto
from pathlib import Path
from typing import Any, Generic, TypeVar

from torc_server.store.errors import StoreError, as_store_error
from torc_server.store.failpoint import Crash, Failpoint
from torc_server.store.identity import FileIdentity
from torc_server.store.sqlite_files import open_to_write
from torc_server.store.transaction import Transaction

T = TypeVar("T")

# More units than this wait for the next commit, so that none waits for too long.
LARGEST_BATCH = 512

# Told of each batch: how many units it had, and how long its commit took in seconds.
Observe = Callable[[int, float], None]


def observe_nothing(units: int, commit_seconds: float) -> None:
    """Take no interest in batches."""


class _Kind(Enum):
    """What a unit does: it writes, it only reads, or it wants the bare connection between transactions."""

    WRITE = auto()
    READ = auto()
    BARE = auto()


class _Waiting(Generic[T]):
    """A unit of work, and where its caller waits for the answer."""

    __slots__ = ("error", "future", "kind", "result", "unit")

    def __init__(self, kind: _Kind, unit: Callable[[Any], T], future: "asyncio.Future[T]") -> None:
        self.kind = kind
        self.unit = unit
        self.future = future
        self.result: Any = None
        self.error: BaseException | None = None

    def settle(self) -> None:
        """Answer the caller; to be called on the caller's loop."""
        if self.future.done():  # the caller went away
            return
        if self.error is None:
            self.future.set_result(self.result)
        else:
            self.future.set_exception(self.error)


class Writer:
    """Runs units of work, one after the other, durably.

    `on_commit` gets what the units told, after the commit, on the loop that called `start`; `observe` is called on the
    writer's thread. `alone`: no other connection reads the database, so reads come here too.
    """

    def __init__(
        self,
        path: Path | str,
        on_commit: Callable[[Sequence[object]], None],
        *,
        alone: bool = False,
        observe: Observe = observe_nothing,
    ) -> None:
        self._path = Path(path)
        self._on_commit = on_commit
        self._alone = alone
        self._observe = observe
        self._crash = Crash()
        self._failure: StoreError | None = None
        self._queue: queue.SimpleQueue[_Waiting[Any] | None] = queue.SimpleQueue()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None
        self._is_closed = False

    def start(self) -> None:
        """Open the database, which must exist and be migrated; to be called on the event loop. Raises StoreError."""
        self._loop = asyncio.get_running_loop()
        try:
            connection = open_to_write(self._path, alone=self._alone)
        except sqlite3.Error as error:
            raise as_store_error(error) or StoreError(f"{self._path} cannot be opened: {error}") from error
        arguments = (connection, FileIdentity(self._path))
        self._thread = threading.Thread(target=self._work, args=arguments, name="torc-writer", daemon=True)
        self._thread.start()

    def run(self, unit: Callable[[Transaction], T]) -> "asyncio.Future[T]":
        """Run a unit of work; its answer comes once that is durable.

        What the unit raises comes out there, and undoes this unit only; so does a StoreError when the database cannot
        be written now. Whoever leaves before it began takes it along. Raises StoreError after close.
        """
        return self._put(_Kind.WRITE, unit)

    def read(self, unit: Callable[[Transaction], T]) -> "asyncio.Future[T]":
        """Run a unit of work that only reads, on the writer's connection. Raises StoreError."""
        return self._put(_Kind.READ, unit)

    async def between(self, unit: Callable[[sqlite3.Connection], T]) -> T:
        """Run what needs the connection without a transaction; all others wait meanwhile. Raises StoreError."""
        return await self._put(_Kind.BARE, unit)

    @property
    def waiting(self) -> int:
        """How many units wait for their turn."""
        return self._queue.qsize()

    @property
    def failure(self) -> StoreError | None:
        """Why the last change could not be committed; None where it could."""
        return self._failure

    def _put(self, kind: _Kind, unit: Callable[[Any], T]) -> "asyncio.Future[T]":
        if self._is_closed or self._loop is None:
            raise StoreError("The server is stopping and takes no more work")
        answer: asyncio.Future[T] = self._loop.create_future()
        self._queue.put(_Waiting(kind, unit, answer))
        return answer

    async def close(self) -> None:
        """Finish what waits, answer it, and close the database."""
        self._is_closed = True
        thread, self._thread = self._thread, None
        if thread is not None:
            self._queue.put(None)
            await asyncio.to_thread(thread.join)
            await asyncio.sleep(0)  # the last answers were handed to this loop: let them arrive

    def _work(self, connection: sqlite3.Connection, identity: FileIdentity) -> None:
        """Work off batch after batch until the queue ends: the life of the thread."""
        is_open = True
        with contextlib.closing(connection):
            while is_open:
                batch, is_open = self._take()
                for waiting in batch:
                    if waiting.kind is _Kind.READ:
                        _run_alone(connection, identity, waiting)
                        self._hand_over([waiting], [])
                writes = [waiting for waiting in batch if waiting.kind is _Kind.WRITE]
                if writes:
                    self._hand_over(writes, self._write(connection, identity, writes))
                for waiting in batch:
                    if waiting.kind is _Kind.BARE:
                        _run_alone(connection, identity, waiting)
                        self._hand_over([waiting], [])

    def _write(
        self, connection: sqlite3.Connection, identity: FileIdentity, batch: list[_Waiting[Any]]
    ) -> list[object]:
        """Run a batch in one transaction, note answers and errors in it, and give what is to be told."""
        signals: list[object] = []
        try:
            identity.require_same()
            changes = connection.total_changes
            connection.execute("BEGIN IMMEDIATE")
            for waiting in batch:
                signals += _run_in_savepoint(connection, waiting)
            self._crash.at(Failpoint.BEFORE_COMMIT)
            began = time.perf_counter()
            connection.execute("COMMIT")
            self._observe(len(batch), time.perf_counter() - began)
        except BaseException as error:  # noqa: BLE001 - whatever it was, the thread goes on
            # Of a transaction that did not stand, nothing is told and nobody gets an answer.
            with contextlib.suppress(sqlite3.Error):
                connection.execute("ROLLBACK")
            failure = as_store_error(error) or error
            self._failure = failure if isinstance(failure, StoreError) else self._failure
            for waiting in batch:
                waiting.error = failure
            return []
        if connection.total_changes != changes:  # what changes nothing finds room on a full disk
            self._failure = None
        self._crash.at(Failpoint.BEFORE_REPLY)
        return signals

    def _take(self) -> tuple[list[_Waiting[Any]], bool]:
        """Wait for work and take all there is; also whether more can come."""
        batch: list[_Waiting[Any]] = []
        waiting = self._queue.get()
        while waiting is not None:
            if not waiting.future.cancelled():
                batch.append(waiting)
            if len(batch) == LARGEST_BATCH:
                return batch, True
            try:
                waiting = self._queue.get_nowait()
            except queue.Empty:
                return batch, True
        return batch, False

    def _hand_over(self, batch: list[_Waiting[Any]], signals: list[object]) -> None:
        def arrive() -> None:
            for waiting in batch:
                waiting.settle()
            if signals:
                self._on_commit(signals)

        # Where the loop is gone, nobody is left to be told.
        if batch and self._loop is not None:
            with contextlib.suppress(RuntimeError):
                self._loop.call_soon_threadsafe(arrive)


def _run_alone(connection: sqlite3.Connection, identity: FileIdentity, waiting: _Waiting[Any]) -> None:
    """Run a unit that shares no transaction, and note its answer or error."""
    try:
        identity.require_same()
        if waiting.kind is _Kind.BARE:
            waiting.result = waiting.unit(connection)
            return
        connection.execute("BEGIN")
        try:
            waiting.result = waiting.unit(Transaction(connection))
        finally:
            connection.execute("ROLLBACK")  # nothing was written
    except BaseException as error:  # noqa: BLE001 - whatever a unit raises belongs to its caller
        waiting.error = as_store_error(error) or error


def _run_in_savepoint(connection: sqlite3.Connection, waiting: _Waiting[Any]) -> list[object]:
    """Run one unit; its error undoes it alone. Raises sqlite3.Error when the whole transaction is lost."""
    transaction = Transaction(connection)
    connection.execute("SAVEPOINT unit")
    try:
        waiting.result = waiting.unit(transaction)
    except BaseException as error:  # whatever a unit raises belongs to its caller
        if isinstance(error, sqlite3.Error) and as_store_error(error) is not None:
            raise  # SQLite may have rolled everything back, and what fits on the disk is no longer certain
        connection.execute("ROLLBACK TO unit")
        connection.execute("RELEASE unit")
        waiting.error = error
        return []
    connection.execute("RELEASE unit")
    return transaction.signals
