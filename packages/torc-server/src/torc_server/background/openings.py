"""Marks openings of the database while it changes, so that its earlier copies are recognized if they are restored."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

from torc_server.store.database_id import mark_opening
from torc_server.store.writer import Writer

Sleep = Callable[[float], Awaitable[None]]

# A copy that was made in this time before the death of a server is not recognized.
MARK_EVERY_SECONDS = 60.0


class OpeningMarks:
    """The openings of one database. `opened` is the text of the last one, None if the directory cannot be written."""

    def __init__(self, database: Path, opened: str | None, *, sleep: Sleep = asyncio.sleep) -> None:
        self._database = database
        self._opened = opened
        self._sleep = sleep
        self._seen = self._state()

    async def work(self, writer: Writer) -> None:
        """Mark openings until canceled. Raises StoreError; can be started again after it."""
        while True:
            await self._sleep(MARK_EVERY_SECONDS)
            await self.mark(writer)

    async def mark(self, writer: Writer) -> None:
        """Mark an opening if the database has changed since the last one. Raises StoreError."""
        if self._opened is not None and self._state() != self._seen:
            self._opened = await mark_opening(self._database, self._opened, writer.run)
            self._seen = self._state()

    def _state(self) -> list[tuple[int, int]]:
        """Return the sizes and times of the files of the database."""
        state = []
        for path in (self._database, self._database.with_name(f"{self._database.name}-wal")):
            try:
                found = path.stat()
            except OSError:
                continue
            state.append((found.st_size, found.st_mtime_ns))
        return state
