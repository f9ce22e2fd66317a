"""Questions about an open log, answered in threads; a new question ends the one before."""

import asyncio
import contextlib
import threading
from collections.abc import Callable
from typing import Any, Final, TypeVar

from torc_client.errors import TorcError
from torc_client.log_files.confined import OpenLog
from torc_client.log_files.line_index import IndexCache
from torc_client.log_files.line_windows import Line, StoppedError, lines_from, never, start_of_lines_before
from torc_client.log_files.relayed_log import MOST_BYTES, RelayedLog
from torc_client.log_files.window_reading import LogQuestion, LogWindow, look

INDEXES: Final = IndexCache()
"""The numbers of lines of the logs that were shown last."""
WINDOW_LINES: Final = 500
_RELAYED_WAIT_SECONDS = 15.0
Answer = TypeVar("Answer")


class TextReading:
    """An open log. `close` waits for the threads that read it."""

    def __init__(self, log: OpenLog | RelayedLog) -> None:
        self.log = log
        self._index = INDEXES.of(log.identity)
        self._stop, self._closing = threading.Event(), threading.Event()
        self._reads: set[asyncio.Future[Any]] = set()

    @property
    def is_relayed(self) -> bool:
        """Whether the runner reads the log, through the server."""
        return isinstance(self.log, RelayedLog)

    def stop(self) -> None:
        """End the question that is being answered: it raises StoppedError."""
        self._stop.set()

    async def ask(self, question: LogQuestion, *, failed: bool = False) -> LogWindow:
        """Return a window of the log. Raises TorcError, and StoppedError if another question followed."""
        self.stop()
        stop = self._stop = threading.Event()
        return await self._in_thread(lambda: look(self.log, self._index, question, stop.is_set, failed=failed))

    async def lines_after(self, offset: int) -> list[Line]:
        """Return the lines from an offset. Raises TorcError."""
        return await self._in_thread(lambda: lines_from(self.log, offset, WINDOW_LINES))

    async def lines_before(self, offset: int) -> list[Line]:
        """Return the lines that end at an offset. Raises TorcError."""

        def read() -> list[Line]:
            start = start_of_lines_before(self.log, offset, WINDOW_LINES)
            return lines_from(self.log, start, WINDOW_LINES, never, until=offset)

        return await self._in_thread(read) if offset > 0 else []

    @property
    def can_count(self) -> bool:
        """Whether its lines can be counted: a large log is not read through the server for that."""
        return not isinstance(self.log, RelayedLog) or self.log.size_bytes <= MOST_BYTES

    async def count_lines(self, offset: int) -> tuple[int | None, int | None]:
        """Count all lines. Return the number of the line at an offset, and of all lines; None after `close`."""
        log, index = self.log, self._index

        def count() -> tuple[int | None, int | None]:
            index.count(log, self._closing.is_set)
            return index.number_at(log, offset), index.lines_in(log)

        return await self._in_thread(count)

    async def refresh(self) -> None:
        """Learn the current size. A runner is asked to answer as soon as there is more. Raises TorcError."""
        if isinstance(self.log, RelayedLog):
            await self.log.refresh(_RELAYED_WAIT_SECONDS)
        else:
            await self._in_thread(self.log.refresh)

    def is_replaced(self) -> bool:
        """Whether there is another file under the name of the log now. Reads the disk."""
        if not isinstance(self.log, OpenLog):
            return False
        try:
            found = self.log.path.lstat()
        except OSError:
            return False
        return (found.st_dev, found.st_ino) != self.log.identity

    async def close(self) -> None:
        """End all questions, and close the log when no thread reads it."""
        self.stop()
        self._closing.set()
        while self._reads:
            with contextlib.suppress(TorcError, StoppedError):
                await asyncio.shield(next(iter(self._reads)))
        if isinstance(self.log, OpenLog):
            self.log.close()

    async def _in_thread(self, read: Callable[[], Answer]) -> Answer:
        reading = asyncio.ensure_future(asyncio.to_thread(read))
        self._reads.add(reading)
        reading.add_done_callback(self._forget)
        return await asyncio.shield(reading)

    def _forget(self, reading: "asyncio.Future[Any]") -> None:
        self._reads.discard(reading)
        if not reading.cancelled():
            reading.exception()  # it is not awaited if its screen was closed
