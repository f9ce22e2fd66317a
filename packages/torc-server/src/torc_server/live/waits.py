"""Requests that wait or stream, and their end when their user may no longer make them. Belongs to one event loop."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Sequence
from contextlib import asynccontextmanager

from torc_server.engine.errors import EngineError
from torc_server.engine.signals import AccessChanged
from torc_server.store.errors import StoreError

# Checks the access of a request. Raises EngineError.
Check = Callable[[], Awaitable[object]]


class _Wait:
    """A request that waits: its task, its authenticated user, and the check of its access."""

    __slots__ = ("_task", "check", "reason", "user")

    def __init__(self, task: "asyncio.Task[object] | None", user: str | None, check: Check) -> None:
        self._task = task
        self.user = user
        self.check = check
        self.reason: Exception | None = None

    def end(self, reason: Exception) -> None:
        """Make the request raise an exception."""
        if self.reason is None and self._task is not None:
            self.reason = reason
            self._task.cancel()

    def withdraw_cancellation(self) -> None:
        """Undo the cancellation of `end`, which was delivered."""
        if self._task is not None:
            self._task.uncancel()


class Waits:
    """All requests that wait."""

    def __init__(self) -> None:
        self._all: set[_Wait] = set()
        self._checking: asyncio.Task[None] | None = None
        self._check_again = False

    def __len__(self) -> int:
        """Return the number of requests that wait."""
        return len(self._all)

    @asynccontextmanager
    async def entered(self, user: str | None, check: Check) -> AsyncIterator[None]:
        """Take part with the current task. Raises the reason if the request is ended in the block.

        `user` is the name that a password proved, or None.
        """
        wait = _Wait(asyncio.current_task(), user, check)
        self._all.add(wait)
        try:
            yield
            if wait.reason is not None:
                await asyncio.sleep(0)  # the cancellation is delivered here
        except asyncio.CancelledError:
            if wait.reason is None:
                raise
            wait.withdraw_cancellation()
            raise wait.reason from None
        finally:
            self._all.discard(wait)

    def deliver(self, signals: Sequence[object]) -> None:
        """Handle the signals of a commit. The writer calls it on the event loop."""
        if self._all and any(isinstance(signal, AccessChanged) for signal in signals):
            self._check_again = True
            if self._checking is None or self._checking.done():
                self._checking = asyncio.get_running_loop().create_task(self._check())

    def end_users(self, users: Collection[str], reason: Exception) -> None:
        """End the requests of these users."""
        for wait in list(self._all):
            if wait.user in users:
                wait.end(reason)

    def close(self) -> None:
        """End the checks."""
        if self._checking is not None:
            self._checking.cancel()

    async def _check(self) -> None:
        """Check the access of all requests, one after the other; many changes are one check."""
        while self._check_again:
            self._check_again = False
            for wait in list(self._all):
                try:
                    await wait.check()
                except EngineError as error:
                    wait.end(error)
                except StoreError:
                    continue  # a request is not ended because the database cannot be read
