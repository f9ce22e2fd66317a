"""The writer: a thread with the only connection that writes, and group commit.

Requests queue units of work. The writer runs all queued units in one transaction, each in its own savepoint, and
commits once. Then it sets their results and emits their signals. A result is therefore durable, and the units share the
cost of the commit.
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

from torc_server.store.damage import Damage, failure_of
from torc_server.store.errors import StoreError, as_store_error
from torc_server.store.failpoint import Crash, Failpoint
from torc_server.store.identity import FileIdentity
from torc_server.store.reading import INSTRUCTIONS_BETWEEN_LOOKS, Reading, ReadingThread
from torc_server.store.sqlite_files import open_to_write
from torc_server.store.transaction import Transaction

T = TypeVar("T")

# Further units are left for the next commit, so that a commit does not take too long.
LARGEST_BATCH = 512

# Time for the queued units at `close`, and for those that are interrupted after it.
CLOSE_SECONDS, INTERRUPT_SECONDS = 1.0, 0.5
INTERRUPT_AGAIN_SECONDS = 0.02

# Called for each batch with its number of units and the seconds that its commit took.
Observe = Callable[[int, float], None]


def observe_nothing(units: int, commit_seconds: float) -> None:
    """Ignore the batch."""


class _TaskType(Enum):
    """Whether a unit writes, only reads, or uses the connection outside a transaction."""

    WRITE = auto()
    READ = auto()
    ISOLATED = auto()


class WriteTask(Generic[T]):
    """A queued unit of work and the future of its result."""

    __slots__ = ("error", "future", "result", "task_type", "unit")

    def __init__(self, task_type: _TaskType, unit: Callable[[Any], T], future: "asyncio.Future[T]") -> None:
        self.task_type = task_type
        self.unit = unit
        self.future = future
        self.result: Any = None
        self.error: BaseException | None = None

    def settle(self) -> None:
        """Set the result of the future. Call it on the event loop of the caller."""
        if self.future.done():  # the caller was canceled
            return
        if self.error is None:
            self.future.set_result(self.result)
        else:
            self.future.set_exception(self.error)


class Writer:
    """Runs units of work one after the other and commits them durably.

    `on_commit` is called with the signals of the units after the commit, on the event loop that called `start`.
    `observe` is called on the writer's thread. If `alone` is true, no other connection can read the database, and
    reads run on this connection too.
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
        self.damage = Damage(self._path)
        self._on_commit = on_commit
        self._alone = alone
        self._observe = observe
        self._reading = ReadingThread()
        self._crash = Crash()
        self._failure: StoreError | None = None
        self._queue: queue.SimpleQueue[WriteTask[Any] | None] = queue.SimpleQueue()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None
        self._is_closed = False
        # Set when units are no longer run, because the time of `close` is over.
        self._is_ending = threading.Event()
        self._connection: sqlite3.Connection | None = None

    def start(self) -> None:
        """Open the database, which must exist and be migrated. Call it on the event loop. Raises StoreError."""
        self._loop = asyncio.get_running_loop()
        try:
            connection = open_to_write(self._path, alone=self._alone)
        except sqlite3.Error as error:
            raise as_store_error(error) or StoreError(f"{self._path} cannot be opened: {error}") from error
        if self._alone:
            connection.set_progress_handler(self._reading.must_end, INSTRUCTIONS_BETWEEN_LOOKS)
        self._connection = connection
        arguments = (connection, FileIdentity(self._path))
        self._thread = threading.Thread(target=self._work, args=arguments, name="torc-writer", daemon=True)
        self._thread.start()

    def run(self, unit: Callable[[Transaction], T]) -> "asyncio.Future[T]":
        """Queue a unit of work and return the future of its result, which is set after the commit.

        An error of the unit is set as the exception of the future and rolls back this unit only. The exception is a
        StoreError if the database cannot be written. A unit whose future is canceled before it starts is not run.
        Raises StoreError after `close`.
        """
        return self._put(_TaskType.WRITE, unit)

    def read(self, unit: Callable[[Transaction], T], reading: Reading | None = None) -> "asyncio.Future[T]":
        """Run a unit of work that only reads, on the writer's connection. Raises StoreError.

        With exclusive use, `reading` can end it.
        """
        begun = Reading() if reading is None else reading
        return self._put(_TaskType.READ, lambda connection: self._reading.run(connection, unit, begun))

    async def outside_transaction(self, unit: Callable[[sqlite3.Connection], T]) -> T:
        """Run a unit on the connection outside a transaction. Other units wait for it. Raises StoreError."""
        return await self._put(_TaskType.ISOLATED, unit)

    @property
    def waiting(self) -> int:
        """Number of queued units."""
        return self._queue.qsize()

    @property
    def failure(self) -> StoreError | None:
        """Why the last change was not committed, or None if it was. Damage lasts until the server is restarted."""
        return self.damage.found or self._failure

    def _put(self, task_type: _TaskType, unit: Callable[[Any], T]) -> "asyncio.Future[T]":
        if self._is_closed or self._loop is None:
            raise _stopping()
        answer: asyncio.Future[T] = self._loop.create_future()
        self._queue.put(WriteTask(task_type, unit, answer))
        return answer

    async def close(self) -> None:
        """Run the queued units, set their results, and close the database. It takes at most two seconds.

        Units that are not complete after CLOSE_SECONDS fail with StoreError and change nothing.
        """
        self._is_closed = True
        thread, self._thread = self._thread, None
        if thread is not None:
            self._queue.put(None)
            await asyncio.to_thread(self._end, thread)
            await asyncio.sleep(0)  # lets this loop set the last results

    def _end(self, thread: threading.Thread) -> None:
        """Wait for the thread, and interrupt its unit if it takes too long.

        A unit between two statements cannot be interrupted. Then the thread is left: it ends with the process, and
        SQLite discards its transaction.
        """
        thread.join(CLOSE_SECONDS)
        self._is_ending.set()
        last = time.monotonic() + INTERRUPT_SECONDS
        while thread.is_alive() and time.monotonic() < last:
            if self._connection is not None:
                with contextlib.suppress(sqlite3.ProgrammingError):  # closed in the meantime
                    self._connection.interrupt()
            thread.join(INTERRUPT_AGAIN_SECONDS)

    def _work(self, connection: sqlite3.Connection, identity: FileIdentity) -> None:
        """Run batches until the queue is closed. This is the main function of the thread."""
        is_open = True
        with contextlib.closing(connection):
            while is_open:
                batch, is_open = self._take()
                for task in batch:
                    if task.task_type is _TaskType.READ:
                        self._run_alone(connection, identity, task)
                        self._deliver([task], [])
                writes = [task for task in batch if task.task_type is _TaskType.WRITE]
                if writes:
                    self._deliver(writes, self._write(connection, identity, writes))
                for task in batch:
                    if task.task_type is _TaskType.ISOLATED:
                        self._run_alone(connection, identity, task)
                        self._deliver([task], [])

    def _write(
        self, connection: sqlite3.Connection, identity: FileIdentity, batch: list[WriteTask[Any]]
    ) -> list[object]:
        """Run a batch in one transaction and store results and errors in its tasks. Returns the signals."""
        signals: list[object] = []
        try:
            self.damage.require_none()
            identity.require_same()
            changes = connection.total_changes
            connection.execute("BEGIN IMMEDIATE")
            for task in batch:
                if self._is_ending.is_set():
                    task.error = _stopping()
                else:
                    signals += _run_in_savepoint(connection, task)
            self._crash.at(Failpoint.BEFORE_COMMIT)
            began = time.perf_counter()
            connection.execute("COMMIT")
            self._observe(len(batch), time.perf_counter() - began)
        except BaseException as error:  # noqa: BLE001 - the thread must not end
            # A transaction that was rolled back has no signals and no results.
            with contextlib.suppress(sqlite3.Error):
                connection.execute("ROLLBACK")
            failure = (
                _stopping()
                if _is_interrupted(error)
                else failure_of(error, connection) or as_store_error(error) or error
            )
            self.damage.notice(failure)
            self._failure = failure if isinstance(failure, StoreError) else self._failure
            for task in batch:
                task.error = failure
            return []
        if connection.total_changes != changes:  # a batch without changes succeeds on a full disk
            self._failure = None
        self._crash.at(Failpoint.BEFORE_REPLY)
        return signals

    def _take(self) -> tuple[list[WriteTask[Any]], bool]:
        """Wait for tasks and return all queued ones, and whether the queue is still open."""
        batch: list[WriteTask[Any]] = []
        task = self._queue.get()
        while task is not None:
            if not task.future.cancelled():
                batch.append(task)
            if len(batch) == LARGEST_BATCH:
                return batch, True
            try:
                task = self._queue.get_nowait()
            except queue.Empty:
                return batch, True
        return batch, False

    def _run_alone(self, connection: sqlite3.Connection, identity: FileIdentity, task: WriteTask[Any]) -> None:
        """Run a unit that shares no transaction, and store its result or error in the task."""
        try:
            identity.require_same()
            task.result = task.unit(connection)
        except BaseException as error:  # noqa: BLE001 - the caller gets every error of its unit
            task.error = failure_of(error, connection) or as_store_error(error) or error
            self.damage.notice(task.error)

    def _deliver(self, batch: list[WriteTask[Any]], signals: list[object]) -> None:
        def set_results() -> None:
            for task in batch:
                task.settle()
            if signals:
                self._on_commit(signals)

        # A closed event loop has no callers left.
        if batch and self._loop is not None:
            with contextlib.suppress(RuntimeError):
                self._loop.call_soon_threadsafe(set_results)


def _is_interrupted(error: BaseException) -> bool:
    return getattr(error, "sqlite_errorcode", None) == sqlite3.SQLITE_INTERRUPT


def _stopping() -> StoreError:
    return StoreError("The server is stopping and accepts no further requests; try again when it is back")


def _run_in_savepoint(connection: sqlite3.Connection, task: WriteTask[Any]) -> list[object]:
    """Run one unit. Its error rolls back this unit only. Raises sqlite3.Error if the whole transaction is lost."""
    transaction = Transaction(connection)
    connection.execute("SAVEPOINT unit")
    try:
        task.result = task.unit(transaction)
    except BaseException as error:  # the caller gets every error of its unit
        if _is_interrupted(error) or (failure_of(error, connection) or as_store_error(error)) is not None:
            raise  # SQLite may have rolled back the transaction, and the disk may be full
        connection.execute("ROLLBACK TO unit")
        connection.execute("RELEASE unit")
        task.error = error
        return []
    connection.execute("RELEASE unit")
    return transaction.signals
