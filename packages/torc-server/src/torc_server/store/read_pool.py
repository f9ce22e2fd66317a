"""Read-only connections. Each unit of work runs in one read transaction, so that it sees one state.

A read is ended when its caller leaves and after a time limit. Callers get fair turns: see `FairTurns`.
"""

import asyncio
import sqlite3
import time
from collections.abc import Awaitable, Callable, Hashable
from pathlib import Path
from types import TracebackType
from typing import Any, Protocol, Self, TypeVar

import aiosqlite

from torc_server.store.damage import Damage
from torc_server.store.errors import StoreError, as_store_error
from torc_server.store.fair_turns import FairTurns
from torc_server.store.identity import FileIdentity
from torc_server.store.reading import INSTRUCTIONS_BETWEEN_LOOKS, Reading, ReadingThread
from torc_server.store.sqlite_files import open_to_read
from torc_server.store.transaction import Transaction
from torc_server.store.writer import Writer

T = TypeVar("T")
Unit = Callable[[Transaction], T]

READERS = 4
# The longest read. On the connection of the writer, writes wait for it.
LONGEST_READ_SECONDS = 30.0
LONGEST_READ_OF_WRITER_SECONDS = 10.0
# While a caller without a read in progress waits, reads of this age are ended: those of a caller with several reads,
# and those of a caller with one.
SPARED_ONE_OF_SEVERAL_SECONDS = 1.0
SPARED_SECONDS = 5.0

CALLER_LEFT = "The caller left before the answer"
OTHERS_WAIT = (
    "The read was ended because other callers waited for it: send fewer large reads at the same time, ask for less, or "
    "try again later"
)


class Reader(Protocol):
    """Runs one unit of work at a time that only reads."""

    def read(self, unit: Unit[T], reading: Reading) -> Awaitable[T]:
        """Run the unit in a read transaction."""


class ReadingConnection(aiosqlite.Connection):
    """An aiosqlite connection that runs a unit of work on its thread in one call."""

    def __init__(self, path: Path, identity: FileIdentity) -> None:
        super().__init__(self._open, iter_chunk_size=64)
        self._path = path
        self._identity = identity
        self._reading = ReadingThread()

    def _open(self) -> sqlite3.Connection:
        connection = open_to_read(self._path)
        connection.set_progress_handler(self._reading.must_end, INSTRUCTIONS_BETWEEN_LOOKS)
        return connection

    async def read(self, unit: Unit[T], reading: Reading) -> T:
        """Run the unit in a read transaction."""
        answer: T = await self._execute(self._in_transaction, unit, reading)  # type: ignore[no-untyped-call]
        return answer

    def _in_transaction(self, unit: Unit[T], reading: Reading) -> T:
        self._identity.require_same()
        return self._reading.run(self._conn, unit, reading)


class ReadPool:
    """A pool of reading connections to an existing database.

    If the writer uses the database exclusively, the pool has no connections, and units run on the writer.
    """

    def __init__(
        self,
        path: Path | str,
        *,
        size: int = READERS,
        through: Writer | None = None,
        limit_seconds: float | None = None,
        damage: Damage | None = None,
    ) -> None:
        self._path = Path(path)
        self._damage = Damage(self._path) if damage is None else damage
        self._through = through
        # The writer runs one read at a time, so the others wait for their turns and not in its queue.
        self._size = size if through is None else 1
        longest = LONGEST_READ_SECONDS if through is None else LONGEST_READ_OF_WRITER_SECONDS
        self._limit_seconds = longest if limit_seconds is None else limit_seconds
        self._is_closed = True
        self._connections: list[ReadingConnection] = []
        self._free: list[Reader] = []
        self._turns = FairTurns(self._size)
        self._in_progress: dict[Reading, Hashable] = {}
        self._works: set[asyncio.Future[Any]] = set()
        self._making_room: asyncio.TimerHandle | None = None

    async def start(self) -> None:
        """Open the connections; raises StoreError."""
        if self._through is not None:
            self._free = [self._through] * self._size
        else:
            await self._connect()
        self._is_closed = False

    async def _connect(self) -> None:
        identity = FileIdentity(self._path)
        try:
            # Opened here first: an aiosqlite thread whose opening fails outlives the call.
            await asyncio.to_thread(lambda: open_to_read(self._path).close())
            for _ in range(self._size):
                connection = ReadingConnection(self._path, identity)
                self._connections.append(await connection)  # type: ignore[arg-type]  # awaiting it returns itself
        except sqlite3.Error as error:
            await self.close()
            raise as_store_error(error) or StoreError(f"{self._path} cannot be opened: {error}") from error
        self._free = list(self._connections)

    async def run(self, unit: Unit[T], *, caller: Hashable = None, kind: Hashable = None) -> T:
        """Run a unit of work that only reads, when it is the turn of the caller and of this kind of reads.

        A unit whose caller is canceled is ended. Raises StoreError if the file cannot be read, and ReadEnded if the
        unit takes too long.
        """
        turn = self._turns.begin(caller, kind)
        if turn is not None:
            await self._wait_for(turn, caller, kind)
        try:
            reading, work = self._begin(unit, caller)
        except BaseException:
            self._turns.end(caller)
            raise
        try:
            # Shielded: the thread is free only when the unit has ended.
            return await asyncio.shield(work)
        except asyncio.CancelledError:
            reading.end(CALLER_LEFT)
            raise
        except StoreError as error:
            self._damage.notice(error)
            raise
        except sqlite3.DatabaseError as error:
            failure = as_store_error(error)
            if failure is None:
                raise
            raise failure from error

    def _begin(self, unit: Unit[T], caller: Hashable) -> "tuple[Reading, asyncio.Future[T]]":
        if self._is_closed:
            raise StoreError("The server is stopping and answers no further requests; try again when it is back")
        reader, reading = self._free.pop(), Reading(self._limit_seconds)
        try:
            work = asyncio.ensure_future(reader.read(unit, reading))
        except BaseException:
            self._free.append(reader)
            raise
        self._in_progress[reading] = caller
        self._works.add(work)

        def give_back(done: "asyncio.Future[T]") -> None:
            if not done.cancelled():
                done.exception()  # retrieved here too, in case the caller was canceled
            self._works.discard(done)
            del self._in_progress[reading]
            self._free.append(reader)
            self._turns.end(caller)

        work.add_done_callback(give_back)
        return reading, work

    async def _wait_for(self, turn: "asyncio.Future[None]", caller: Hashable, kind: Hashable) -> None:
        self._make_room_later()
        try:
            await turn
        except BaseException:
            self._turns.leave(caller, kind, turn)
            raise

    def _make_room_later(self) -> None:
        if self._making_room is None and self._turns.keeps_others_waiting:
            loop = asyncio.get_running_loop()
            self._making_room = loop.call_later(SPARED_ONE_OF_SEVERAL_SECONDS, self._make_room)

    def _make_room(self) -> None:
        """End a read for the callers that wait without a read in progress, if one is old enough."""
        self._making_room = None
        if not self._turns.keeps_others_waiting:
            return
        now = time.monotonic()
        ages = {each: now - each.began_at for each in self._in_progress}
        if any(each.ended is not None for each in ages):  # its reader is free in a moment
            self._make_room_later()
            return
        several = [each for each in ages if self._turns.reads_of(self._in_progress[each]) > 1]
        for candidates, spared_seconds in ((several, SPARED_ONE_OF_SEVERAL_SECONDS), (list(ages), SPARED_SECONDS)):
            oldest = max(candidates, key=ages.__getitem__, default=None)
            if oldest is not None and ages[oldest] >= spared_seconds:
                oldest.end(OTHERS_WAIT)
                break
        self._make_room_later()

    async def close(self) -> None:
        """End the reads in progress, and close the connections."""
        self._is_closed = True
        if self._making_room is not None:
            self._making_room.cancel()
        for each in self._in_progress:
            each.end("The server is stopping")
        if self._connections:  # the writer ends its reads itself
            await asyncio.gather(*self._works, return_exceptions=True)
        while self._connections:
            await self._connections.pop().close()

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()
