"""A network between programs and their server, which a test can cut."""

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import Self

from torc_client.testing import SwallowingProxy


class Network:
    """A `SwallowingProxy` for tests without an event loop. Use it as a context manager."""

    def __init__(self, target: str) -> None:
        self._target = target
        self._loop = asyncio.new_event_loop()
        self._started: Future[SwallowingProxy] = Future()
        self._over = asyncio.Event()
        self._thread = threading.Thread(target=self._run)

    @property
    def url(self) -> str:
        """The URL of the server for clients in this network."""
        return self._started.result().url

    def cut(self) -> None:
        """Drop all packets from now on."""
        self._call(self._started.result().cut)

    def mend(self) -> None:
        """Let new connections pass. Connections that were open stay silent."""
        self._call(self._started.result().mend)

    def __enter__(self) -> Self:
        self._thread.start()
        self._started.result()
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._over.set)
        self._thread.join()

    def _call(self, function: Callable[[], None]) -> None:
        async def call() -> None:
            function()

        asyncio.run_coroutine_threadsafe(call(), self._loop).result()

    def _run(self) -> None:
        with asyncio.Runner(loop_factory=lambda: self._loop) as runner:
            runner.run(self._serve())

    async def _serve(self) -> None:
        async with SwallowingProxy(self._target) as proxy:
            self._started.set_result(proxy)
            await self._over.wait()
