"""The server that the terminal interface starts and stops."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from torc_client.errors import TorcError
from torc_client.tui.settings import StartServer

if TYPE_CHECKING:
    from torc_client.managed_server import ManagedServer
    from torc_client.shared_server import SharedServer

_LINES_KEPT = 2000


def starter(database: Path, *, port: int | None = None, program: str | None = None) -> StartServer:
    """Return a function that starts a server for a database, or finds one that another command of the user started.

    With `port`, it also listens on this port of localhost.
    """
    kept = database.absolute()

    @asynccontextmanager
    async def start(on_line: Callable[[str], None]) -> "AsyncIterator[SharedServer | _Started]":
        from torc_client.managed_server import ServerOptions, managed_server
        from torc_client.shared_server import shared_server

        try:
            kept.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise TorcError(f"Cannot create {kept.parent}: {error.strerror}.", "Choose another database.") from error

        started: list[ManagedServer] = []

        @asynccontextmanager
        async def own(socket: Path | None) -> "AsyncIterator[ManagedServer]":
            host = None if port is None else "127.0.0.1"
            options = ServerOptions(kept, host=host, port=port or 0, program=program, socket=socket, on_line=on_line)
            async with managed_server(options) as server:
                started.append(server)
                yield server

        async with shared_server(kept, own, program=program) as server:
            on_line(f"{'Started a server' if server.is_own else 'Another command runs the server'} of {kept}.")
            yield _Started(server.url, started[-1].ended) if server.is_own and started else server

    return start


@dataclass(frozen=True, slots=True)
class _Started:
    """A server that was started: its URL, and what waits for its end."""

    url: str
    ended: Callable[[], Awaitable[object]]


class OwnServer:
    """The server that was started from here, if there is one, and the last lines that it printed."""

    def __init__(self, start: StartServer | None, on_lost: Callable[[], None] = lambda: None) -> None:
        """`on_lost` is called when the server has ended without being stopped."""
        self._start = start
        self._on_lost = on_lost
        self._task: asyncio.Task[None] | None = None
        self._stopping = asyncio.Event()
        self.lines: deque[str] = deque(maxlen=_LINES_KEPT)
        self.was_started = False

    @property
    def is_running(self) -> bool:
        """Whether a server runs that was started from here."""
        return self._task is not None and not self._task.done()

    async def start(self) -> str:
        """Start the server, and return its URL. Raises TorcError."""
        if self._start is None:
            raise TorcError("This program was started without a server to start.")
        if self.is_running:
            raise TorcError("The server runs already.", "If it does not answer: K stops it, then S starts it again.")
        ready: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        self._stopping = asyncio.Event()
        self._task = asyncio.create_task(self._run(self._start, ready))
        self._task.add_done_callback(self._ended)
        url = await ready
        self.was_started = True
        return url

    async def stop(self) -> None:
        """Stop the server, and wait until it has ended."""
        if self._task is not None:
            self._stopping.set()
            await asyncio.gather(self._task, return_exceptions=True)

    def _ended(self, task: asyncio.Task[None]) -> None:
        if self.was_started and not task.cancelled() and not self._stopping.is_set():
            self._on_lost()

    async def _until_stopped(self, ended: Callable[[], Awaitable[object]] | None) -> None:
        """Wait until the server is stopped, or has ended by itself: then it can be started again."""
        waits: list[asyncio.Future[Any]] = [asyncio.ensure_future(self._stopping.wait())]
        if ended is not None:
            waits.append(asyncio.ensure_future(ended()))
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for wait in waits:
                wait.cancel()

    async def _run(self, start: StartServer, ready: asyncio.Future[str]) -> None:
        try:
            async with start(self.lines.append) as server:
                ready.set_result(server.url)
                await self._until_stopped(getattr(server, "ended", None))
        except BaseException as error:
            if ready.done():
                raise
            ready.set_exception(error)
