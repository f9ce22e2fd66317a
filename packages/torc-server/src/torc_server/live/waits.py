"""Requests that wait or stream, and their end when their user may no longer make them. Belongs to one event loop."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Iterable, Sequence
from contextlib import asynccontextmanager

from torc_server.engine.errors import EngineError
from torc_server.engine.ids import WorkflowId
from torc_server.engine.signals import AccessChanged, TokensChanged
from torc_server.live.token_checks import TokenRefused
from torc_server.store.errors import StoreError

# Checks the access of a request. Raises EngineError, and TokenRefused for a token that is not valid any more.
Check = Callable[[], Awaitable[object]]


class _Wait:
    """A request that waits: its task, its authenticated user, the check of its access, the workflow of its token."""

    __slots__ = ("_task", "check", "reason", "token_of", "user")

    def __init__(
        self, task: "asyncio.Task[object] | None", user: str | None, check: Check, token_of: WorkflowId | None
    ) -> None:
        self._task = task
        self.user = user
        self.check = check
        self.token_of = token_of
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
    """All requests that wait. `enforces_access`: whether a user can lose access to a workflow."""

    def __init__(self, *, enforces_access: bool = True) -> None:
        self._enforces_access = enforces_access
        self._all: set[_Wait] = set()
        # Those that are checked next.
        self._due: set[_Wait] = set()
        self._checking: asyncio.Task[None] | None = None

    def __len__(self) -> int:
        """Return the number of requests that wait."""
        return len(self._all)

    @asynccontextmanager
    async def entered(
        self, user: str | None, check: Check, *, token_of: WorkflowId | None = None
    ) -> AsyncIterator[None]:
        """Take part with the current task. Raises the reason if the request is ended in the block.

        `user` is the name that a password proved, or None. `token_of` is the workflow of the token of the request.
        """
        wait = _Wait(asyncio.current_task(), user, check, token_of)
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
            self._due.discard(wait)

    def deliver(self, signals: Sequence[object]) -> None:
        """Handle the signals of a commit. The writer calls it on the event loop."""
        if not self._all:
            return
        for signal in signals:
            match signal:
                case AccessChanged() if self._enforces_access:
                    self._check(self._all)
                case TokensChanged(workflow_id):
                    self._check(wait for wait in self._all if wait.token_of == workflow_id)
                case _:
                    pass

    def check_tokens(self) -> None:
        """Check the requests with tokens: their users may have been removed."""
        self._check(wait for wait in self._all if wait.token_of is not None)

    def end_users(self, users: Collection[str], reason: Exception) -> None:
        """End the requests of these users."""
        for wait in list(self._all):
            if wait.user in users:
                wait.end(reason)

    def close(self) -> None:
        """End the checks."""
        if self._checking is not None:
            self._checking.cancel()

    def _check(self, waits: Iterable[_Wait]) -> None:
        """Check the access of requests, one after the other; many changes are one check."""
        self._due.update(waits)
        if self._due and (self._checking is None or self._checking.done()):
            self._checking = asyncio.get_running_loop().create_task(self._check_due())

    async def _check_due(self) -> None:
        while self._due:
            wait = self._due.pop()
            try:
                await wait.check()
            except (EngineError, TokenRefused) as error:
                wait.end(error)
            except StoreError:
                continue  # a request is not ended because the database cannot be read
