"""Notices that a server no longer answers while requests wait for it, and then ends these requests."""

import asyncio
import errno
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from torc_client.time_limits import TimeLimits

_NOTICE_PAUSE_SECONDS = 30.0
"""The shortest time between two notices about slow answers."""

SILENT_ERRNOS = frozenset({errno.ETIMEDOUT, errno.EHOSTUNREACH, errno.ENETUNREACH})
"""Errors of a connection for which the machine of the server sent nothing."""


class ServerSilentError(Exception):
    """A server did not answer a probe. It has sent nothing since `since`, a time of the event loop."""

    def __init__(self, since: float, seconds: float, *, is_unsent: bool = False) -> None:
        super().__init__(f"no answer within {seconds:.0f} s")
        self.since = since
        self.seconds = seconds
        self.is_unsent = is_unsent
        """Whether the request was not sent, because the server did not answer the probe before it."""


class _Wait:
    """A request that waits for the server. `due_at` is the time until which the server may hold it open."""

    __slots__ = ("began_at", "due_at", "error", "limit")

    def __init__(self, now: float, held_seconds: float) -> None:
        self.began_at = now
        self.due_at = now + held_seconds
        self.limit = asyncio.timeout(None)
        self.error: ServerSilentError | None = None


class Liveness:
    """The liveness of one server, in one event loop.

    `probe` sends a ping and returns when anything comes back; it raises OSError if there is no connection. `on_away` is
    called when the server does not answer a probe, `on_back` when it answers again, and `on_slow` with the seconds for
    which an answer is overdue.
    """

    def __init__(
        self,
        limits: TimeLimits,
        probe: Callable[[], Awaitable[None]],
        *,
        on_away: Callable[[], None] = lambda: None,
        on_back: Callable[[], None] = lambda: None,
        on_slow: Callable[[float], None] = lambda _: None,
    ) -> None:
        self._limits = limits
        self._probe = probe
        self._on_away = on_away
        self._on_back = on_back
        self._on_slow = on_slow
        self._waits: set[_Wait] = set()
        self._heard_at = float("-inf")
        self._is_away = False
        self._no_notice_before = float("-inf")
        self._timer: asyncio.TimerHandle | None = None
        self._probing: asyncio.Task[None] | None = None
        self._reaching: asyncio.Task[ServerSilentError | OSError | None] | None = None

    @property
    def is_away(self) -> bool:
        """Whether the server has sent nothing since a probe or a connection failed."""
        return self._is_away

    @property
    def was_heard(self) -> bool:
        """Whether the server has ever sent anything."""
        return self._heard_at > float("-inf")

    def heard(self) -> None:
        """Note that the server sent something."""
        self._heard_at = asyncio.get_running_loop().time()
        if self._is_away:
            self._is_away = False
            self._on_back()

    def lost(self, since: float) -> bool:
        """Note that a connection was silent since then. Return whether the server is away: nothing else came from it.

        The next requests then wait for a probe that is answered.
        """
        self._is_away = self._is_away or self._heard_at < since
        return self._is_away

    @asynccontextmanager
    async def waiting(self, held_seconds: float = 0.0) -> AsyncIterator[None]:
        """Watch the server during the block, which waits for it. The server may hold an answer for `held_seconds`.

        Raises ServerSilentError when the server does not answer a probe.
        """
        now = asyncio.get_running_loop().time()
        wait = _Wait(now, held_seconds)
        self._waits.add(wait)
        self._schedule(now + self._limits.notice_seconds)
        is_requested = _cancellations()
        try:
            async with wait.limit:
                yield
        except TimeoutError as error:
            if wait.error is None:
                raise
            raise wait.error from error
        except asyncio.CancelledError as error:
            if is_requested():
                raise
            # Its connections were abandoned before it had one.
            raise ServerSilentError(now, asyncio.get_running_loop().time() - now, is_unsent=True) from error
        finally:
            self._waits.discard(wait)

    async def reached(self) -> None:
        """If the server is away, probe it first. Requests that wait at the same time share a probe.

        Raises ServerSilentError, or the OSError of the probe.
        """
        if not self._is_away:
            return
        if self._reaching is None or self._reaching.done():
            self._reaching = asyncio.create_task(self._reach())
        error = await asyncio.shield(self._reaching)
        if error is not None:
            raise error

    async def close(self) -> None:
        """Stop probing."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        for task in (self._probing, self._reaching):
            if task is not None and not task.done():
                task.cancel()
                await asyncio.wait({task})

    def _schedule(self, at: float) -> None:
        if self._timer is not None:
            if self._timer.when() <= at:
                return
            self._timer.cancel()
        self._timer = asyncio.get_running_loop().call_at(at, self._look)

    def _look(self) -> None:
        """Probe the server if it is silent, and report answers that are overdue."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if not self._waits:
            return
        now, limits = asyncio.get_running_loop().time(), self._limits
        due_at = min(wait.due_at for wait in self._waits)
        notice_at = max(due_at + limits.notice_seconds, self._no_notice_before)
        if now >= notice_at:
            self._no_notice_before = notice_at = now + _NOTICE_PAUSE_SECONDS
            self._on_slow(now - due_at)
        self._schedule(notice_at)
        if self._probing is None:
            after_seconds = limits.held_probe_after_seconds if now < due_at else limits.probe_after_seconds
            probe_at = self._silent_since() + after_seconds
            if now >= probe_at:
                self._probing = asyncio.create_task(self._check(now))
            else:
                self._schedule(probe_at)

    def _silent_since(self) -> float:
        return max(self._heard_at, min(wait.began_at for wait in self._waits))

    async def _check(self, began_at: float) -> None:
        """Probe the server. If it stays silent, end all requests that wait."""
        error = await self._probed(self._limits.probe_seconds)
        self._probing = None
        if error is None:
            self.heard()
        elif _is_silence(error) and self._heard_at < began_at and self._waits:
            self._end_waits()
        # Other errors come from the machine of the server: if its process has ended, the connections are broken.
        self._look()

    async def _probed(self, seconds: float) -> OSError | None:
        """Probe the server. Return the error, which is TimeoutError if nothing answers."""
        is_requested = _cancellations()
        try:
            async with asyncio.timeout(seconds):
                await self._probe()
        except OSError as error:
            return error
        except asyncio.CancelledError:
            if is_requested():
                raise
            return TimeoutError()  # its connections were abandoned
        return None

    def _end_waits(self) -> None:
        now, since = asyncio.get_running_loop().time(), self._silent_since()
        self._is_away = True
        for wait in self._waits:
            wait.error = ServerSilentError(since, now - since)
            wait.limit.reschedule(now)
        self._waits.clear()
        self._on_away()

    async def _reach(self) -> ServerSilentError | OSError | None:
        """Probe a server that is away. Return the error, which all waiting requests raise."""
        began_at, seconds = asyncio.get_running_loop().time(), self._limits.away_probe_seconds
        error = await self._probed(seconds)
        if error is None:
            self.heard()
        return ServerSilentError(began_at, seconds, is_unsent=True) if isinstance(error, TimeoutError) else error


def _cancellations() -> Callable[[], bool]:
    """Return a function that returns whether the current task was canceled since now.

    aiohttp cancels what waits for a name or a free connection when the connections are closed. The task that waits for
    it gets a CancelledError too, although nothing has canceled the task. Passed on, it would end the task silently.
    """
    task = asyncio.current_task()
    assert task is not None  # noqa: S101 - a coroutine runs in a task
    before = task.cancelling()
    return lambda: task.cancelling() > before


def _is_silence(error: OSError) -> bool:
    return isinstance(error, TimeoutError) or error.errno in SILENT_ERRNOS
