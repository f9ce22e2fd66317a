"""A TCP proxy that can swallow all bytes and keep its connections open, like a network that drops packets."""

import asyncio
from contextlib import suppress
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

_PIECE_BYTES = 65536


class SwallowingProxy:
    """A proxy in front of the server at `target`, a URL. Use it as an async context manager.

    After `cut`, nothing passes: open connections stay open, new ones are accepted, and all bytes are lost. After `mend`
    new connections pass, and the open ones stay silent.
    """

    def __init__(self, target: str) -> None:
        parts = urlsplit(target)
        self._host, self._port, self._path = parts.hostname, parts.port, parts.path
        self._server: asyncio.Server | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._is_cut = False
        self._is_dead = asyncio.Event()
        """Set for the connections that were open at the last cut."""
        self._num_accepted = 0
        self._accepted_one = asyncio.Condition()

    @property
    def url(self) -> str:
        """The URL for clients."""
        assert self._server is not None  # noqa: S101 - the proxy has started
        return f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}{self._path}"

    def cut(self) -> None:
        """Swallow all bytes from now on."""
        self._is_cut = True
        self._is_dead.set()
        self._is_dead = asyncio.Event()

    def mend(self) -> None:
        """Let new connections pass again."""
        self._is_cut = False

    async def swallowed(self, count: int) -> None:
        """Wait until this number of further connections was accepted."""
        goal = self._num_accepted + count
        async with self._accepted_one:
            await self._accepted_one.wait_for(lambda: self._num_accepted >= goal)

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._accepted, "127.0.0.1", 0)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._server is not None  # noqa: S101 - the proxy has started
        self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _accepted(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None  # noqa: S101 - asyncio calls this in a task
        self._tasks.add(task)
        is_dead = self._is_dead
        async with self._accepted_one:
            self._num_accepted += 1
            self._accepted_one.notify_all()
        try:
            if self._is_cut:
                await _swallow(reader)
                return
            onward_reader, onward_writer = await asyncio.open_connection(self._host, self._port)
            try:
                await asyncio.gather(
                    _pass(reader, onward_writer, is_dead), _pass(onward_reader, writer, is_dead), return_exceptions=True
                )
            finally:
                onward_writer.close()
        except asyncio.CancelledError:
            pass  # the proxy ends
        finally:
            self._tasks.discard(task)
            writer.close()


async def _pass(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, is_dead: asyncio.Event) -> None:
    while piece := await reader.read(_PIECE_BYTES):
        if not is_dead.is_set():
            writer.write(piece)
            await writer.drain()
    if is_dead.is_set():
        await asyncio.Event().wait()  # the end of a connection is swallowed too
    with suppress(OSError):
        writer.write_eof()


async def _swallow(reader: asyncio.StreamReader) -> None:
    while await reader.read(_PIECE_BYTES):
        pass
