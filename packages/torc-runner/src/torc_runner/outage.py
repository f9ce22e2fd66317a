"""Outlast a service that is away: jobs go on, calls are repeated. Every call made here is safe to repeat."""

import asyncio
import random
from collections.abc import Awaitable, Callable
from typing import TypeVar

from torc_client.errors import ServerFault, ServerUnreachable
from torc_runner.events import Event, ServerAway, ServerBack
from torc_runner.log import logger

Answer = TypeVar("Answer")

_FIRST_PAUSE_SECONDS = 0.1
_LONGEST_PAUSE_SECONDS = 2.0

_FAULT_SECONDS = 30.0
"""A service that answers, but with a fault of its own, will hardly do better for being asked longer."""

_PASSING_STATUSES = {502, 503, 504, 507}
"""Faults that somebody sees to: stopping, busy, disk full."""


class Outages:
    """Repeats calls for up to `limit_seconds` and tells when the service went away and came back."""

    def __init__(self, limit_seconds: float, tell: Callable[[Event], None]) -> None:
        self._limit_seconds = limit_seconds
        self._tell = tell
        self._is_away = False

    async def outlast(self, call: Callable[[], Awaitable[Answer]]) -> Answer:
        """Return what `call` returns, however often it takes.

        Raises ServerUnreachable or ServerFault once the limit is over, and at once what is a refusal.
        """
        clock = asyncio.get_running_loop()
        deadline: float | None = None
        pause_seconds = _FIRST_PAUSE_SECONDS
        while True:
            try:
                answer = await call()
            except (ServerUnreachable, ServerFault) as error:
                deadline = deadline or clock.time() + self._limit_of(error)
                if clock.time() >= deadline:
                    raise
                self._away(error)
            else:
                self._back()
                return answer
            await asyncio.sleep(pause_seconds * random.uniform(0.5, 1.0))  # noqa: S311  spreads runners, hides nothing
            pause_seconds = min(2 * pause_seconds, _LONGEST_PAUSE_SECONDS)

    def _limit_of(self, error: ServerUnreachable | ServerFault) -> float:
        passes = isinstance(error, ServerUnreachable) or error.status in _PASSING_STATUSES
        return self._limit_seconds if passes else min(_FAULT_SECONDS, self._limit_seconds)

    def _away(self, error: Exception) -> None:
        if not self._is_away:
            self._is_away = True
            logger.warning("Server away: jobs go on, results are kept until it is back. %s", error)
            self._tell(ServerAway())

    def _back(self) -> None:
        if self._is_away:
            self._is_away = False
            logger.info("Server back")
            self._tell(ServerBack())
