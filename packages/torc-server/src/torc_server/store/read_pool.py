"""Read-only connections. Each unit of work runs in one read transaction, so that it sees one state."""

import asyncio
import sqlite3
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Self, TypeVar

import aiosqlite

from torc_server.store.errors import StoreError, as_store_error
from torc_server.store.identity import FileIdentity
from torc_server.store.sqlite_files import open_to_read
from torc_server.store.transaction import Transaction
from torc_server.store.writer import Writer

T = TypeVar("T")


class ReadingConnection(aiosqlite.Connection):
    """An aiosqlite connection that runs a unit of work on its thread in one call."""

    async def read(self, unit: Callable[[Transaction], T], identity: FileIdentity) -> T:
        """Run the unit in a read transaction."""
        answer: T = await self._execute(self._in_transaction, unit, identity)  # type: ignore[no-untyped-call]
        return answer

    def _in_transaction(self, unit: Callable[[Transaction], T], identity: FileIdentity) -> T:
        identity.require_same()
        connection: sqlite3.Connection = self._conn
        connection.execute("BEGIN")
        try:
            return unit(Transaction(connection))
        finally:
            connection.execute("ROLLBACK")  # nothing was written


class ReadPool:
    """A pool of reading connections to an existing database.

    If the writer uses the database exclusively, the pool is empty, and units run on the writer.
    """

    def __init__(self, path: Path | str, *, size: int = 4, through: Writer | None = None) -> None:
        self._path = Path(path)
        self._through = through
        self._identity: FileIdentity | None = None
        self._size = size
        self._is_closed = False
        self._all: list[ReadingConnection] = []
        self._free: asyncio.LifoQueue[ReadingConnection] = asyncio.LifoQueue()

    async def start(self) -> None:
        """Open the connections; raises StoreError."""
        if self._through is not None:
            return
        self._identity = FileIdentity(self._path)
        try:
            # Opened here first: an aiosqlite thread whose opening fails outlives the call.
            await asyncio.to_thread(lambda: open_to_read(self._path).close())
            for _ in range(self._size):
                connection = ReadingConnection(lambda: open_to_read(self._path), iter_chunk_size=64)
                self._all.append(await connection)  # type: ignore[arg-type]  # awaiting it returns itself
                self._free.put_nowait(connection)
        except sqlite3.Error as error:
            await self.close()
            raise as_store_error(error) or StoreError(f"{self._path} cannot be opened: {error}") from error

    async def run(self, unit: Callable[[Transaction], T]) -> T:
        """Run a unit of work that only reads. Raises StoreError if the file cannot be read."""
        if self._through is not None and not self._is_closed:
            return await self._through.read(unit)
        if self._is_closed or self._identity is None:
            raise StoreError("The server is stopping and answers no further requests")
        connection = await self._free.get()
        try:
            # Shielded: the thread continues when the caller is canceled, and the connection is free only then.
            work = asyncio.create_task(connection.read(unit, self._identity))
            work.add_done_callback(lambda done: self._give_back(connection, done))
        except BaseException:
            self._free.put_nowait(connection)
            raise
        try:
            return await asyncio.shield(work)
        except sqlite3.DatabaseError as error:
            failure = as_store_error(error)
            if failure is None:
                raise
            raise failure from error

    def _give_back(self, connection: ReadingConnection, work: asyncio.Task[T]) -> None:
        if not work.cancelled():
            work.exception()  # retrieved here too, in case the caller was canceled
        self._free.put_nowait(connection)

    async def close(self) -> None:
        """Close the connections after their current work."""
        self._is_closed = True
        while self._all:
            await self._all.pop().close()

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()
