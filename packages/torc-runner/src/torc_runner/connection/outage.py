"""Repeats calls while the server is away. Jobs continue meanwhile. Every call made here is safe to repeat."""

import asyncio
import random
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from typing import TypeVar

from torc_client.client import TorcClient
from torc_client.errors import (
    ForbiddenError,
    ServerError,
    ServerUnreachableError,
    TokenRefusedError,
    UnauthorizedError,
)
from torc_client.time_limits import LONGEST_PAUSE_SECONDS
from torc_runner.inbox import Inbox
from torc_runner.log import logger
from torc_runner.machine.events import Event, ServerAway, ServerBack
from torc_runner.stop_requests import StopRequests

Answer = TypeVar("Answer")
_Failure = ServerUnreachableError | ServerError | UnauthorizedError | ForbiddenError
_FAILURES = (ServerUnreachableError, ServerError)
_REFUSALS = (UnauthorizedError, ForbiddenError)

_FIRST_PAUSE_SECONDS = 0.05

_FAULT_SECONDS = 30.0
"""Calls to a server that answers with an internal error are repeated for this time."""

_PASSING_STATUSES = {502, 503, 504, 507}
"""Errors that are likely to pass: stopping, busy, disk full."""

_AWAY = "Server away: jobs continue, results are kept until it is back."
_REFUSED = (
    "Server refuses the credentials of this runner: jobs continue, results are kept. If the password was changed, stop"
    " this runner, set TORC_PASSWORD to the new one, and run the workflow again with the same output folder: this sends"
    " the results."
)
_REFUSED_BEARER = (
    "Server refuses the token of this runner: jobs continue, and their results are kept in the output folder. Run the"
    " workflow again with the same output folder: this sends the results."
)

HASTY_SECONDS = 5.0
"""A runner that was asked to stop waits for this time for the answers to its sign-off, and to its summary."""


class Outages:
    """Repeats calls for up to `limit_seconds`. Posts ServerAway and ServerBack to `inbox`.

    There is no limit while `is_needed` returns true: then work would be lost by giving up. The time counts from the
    first failure after that. With `had_access` the server has accepted the credentials before, so that their refusal is
    an outage too: a password was changed, or access was taken away, while jobs run. A token that was refused is not
    accepted later: such calls are repeated only while `is_needed` returns true. After one of `stops` no call is
    repeated.
    """

    def __init__(
        self,
        limit_seconds: float,
        inbox: Inbox | None = None,
        is_needed: Callable[[], bool] = lambda: False,
        *,
        had_access: bool = False,
        stops: StopRequests | None = None,
    ) -> None:
        self._stops = stops
        self._is_needed = is_needed
        self._outlasted: tuple[type[_Failure], ...] = (*_FAILURES, *_REFUSALS) if had_access else _FAILURES
        self._limit_seconds = limit_seconds
        self._inbox = inbox
        self._ends_pause = asyncio.Event()
        """Set when the server is back, and at a request to stop."""
        if stops is not None:
            stops.subscribe(self._ends_pause)
        self.failure: _Failure | None = None
        """The error of the last call, if the server is away."""

    @property
    def is_away(self) -> bool:
        """Whether the last call was not answered."""
        return self.failure is not None

    def look_again(self) -> None:
        """End the pause of calls whose token is refused, if no job needs them any more: they then raise."""
        if isinstance(self.failure, TokenRefusedError) and not self._is_needed():
            self._ends_pause.set()

    async def outlast(self, call: Callable[[], Awaitable[Answer]]) -> Answer:
        """Call until it succeeds, and return the answer. All calls are repeated as soon as one has succeeded.

        After the limit it raises the error of the last call. It raises any other error at once.
        """
        clock = asyncio.get_running_loop()
        deadline = None
        pause_seconds = _FIRST_PAUSE_SECONDS
        while True:
            try:
                answer = await call()
            except self._outlasted as error:
                now = clock.time()
                is_needed = _passes(error) and self._is_needed()
                if deadline is None or is_needed:
                    deadline = now + self._limit_of(error)
                if is_needed:
                    self._ends_pause.clear()
                if isinstance(error, TokenRefusedError) and not is_needed:
                    self._away(error)
                    raise
                if (now >= deadline and not is_needed) or (self._stops is not None and self._stops.count > 0):
                    raise
                self._away(error)
                longest_seconds = LONGEST_PAUSE_SECONDS if is_needed else min(LONGEST_PAUSE_SECONDS, deadline - now)
                pause_seconds = min(2 * pause_seconds, longest_seconds)
            else:
                self._back()
                return answer
            with suppress(TimeoutError):
                async with asyncio.timeout(pause_seconds * random.uniform(0.5, 1.0)):  # noqa: S311  spreads runners
                    await self._ends_pause.wait()

    def _limit_of(self, error: _Failure) -> float:
        return self._limit_seconds if _passes(error) else min(_FAULT_SECONDS, self._limit_seconds)

    def _away(self, error: _Failure) -> None:
        was_away, self.failure = self.is_away, error
        if not was_away:
            self._ends_pause.clear()
            logger.warning("%s %s", _words_of(error), error)
            self._post(ServerAway())

    def _post(self, event: Event) -> None:
        if self._inbox is not None:
            self._inbox.post(event)

    def _back(self) -> None:
        if self.is_away:
            self.failure = None
            self._ends_pause.set()
            logger.warning("Server back")
            self._post(ServerBack())


@asynccontextmanager
async def answered_within(limit_seconds: float | None, client: TorcClient) -> AsyncIterator[None]:
    """Limit the time of the calls in the body. Raises ServerUnreachableError after it. None for no limit."""
    try:
        async with asyncio.timeout(limit_seconds):
            yield
    except TimeoutError as error:
        raise ServerUnreachableError(client.url, "it did not answer in time.") from error


def _words_of(error: _Failure) -> str:
    if isinstance(error, TokenRefusedError):
        return _REFUSED_BEARER
    return _REFUSED if isinstance(error, _REFUSALS) else _AWAY


def _passes(error: _Failure) -> bool:
    """Whether the error is likely to pass without any action here."""
    return not isinstance(error, ServerError) or error.status in _PASSING_STATUSES
