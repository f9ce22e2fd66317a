"""Long-polls: requests that wait for news of a workflow, woken by the commit that made it.

Those that would get the same answer form a line. News wakes one of each line; one that finds something wakes two
more, one that finds nothing waits on and wakes nobody, since the others would find nothing either. So ten thousand
idle runners cost one question per piece of news, and all of them are served in a few rounds when there is much.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Hashable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from torc_server.api.operation import NothingYet

# How many more are woken by one that found something.
WOKEN_BY_SUCCESS = 2

Ask = Callable[[], Awaitable[Any]]


class _Line:
    """Requests that would all get the same answer."""

    def __init__(self, woken_by: tuple[type[Any], ...]) -> None:
        self.woken_by = woken_by
        self.parked: deque[asyncio.Future[None]] = deque()
        # Counts the news, so that what comes while somebody asks is not lost.
        self.news = 0
        self.members = 0

    def wake(self, how_many: int) -> None:
        """Wake the first that wait."""
        while how_many > 0 and self.parked:
            future = self.parked.popleft()
            if not future.done():
                future.set_result(None)
                how_many -= 1


class LongPolls:
    """All that wait. Belongs to one event loop."""

    def __init__(self) -> None:
        self._lines: dict[int, dict[Hashable, _Line]] = {}
        self._is_closed = False

    def deliver(self, signals: Sequence[object]) -> None:
        """Take the news of a commit; the writer calls it on the event loop."""
        news: dict[int, set[type[Any]]] = {}
        for signal in signals:
            workflow_id = getattr(signal, "workflow_id", None)
            if workflow_id is not None:
                news.setdefault(workflow_id, set()).add(type(signal))
        for workflow_id, kinds in news.items():
            for line in self._lines.get(workflow_id, {}).values():
                if not kinds.isdisjoint(line.woken_by):
                    line.news += 1
                    line.wake(1)

    @property
    def parked(self) -> int:
        """How many wait at this moment."""
        return sum(len(line.parked) for lines in self._lines.values() for line in lines.values())

    def close(self) -> None:
        """Send everybody home with what they have; from now on nobody waits."""
        self._is_closed = True
        for lines in self._lines.values():
            for line in lines.values():
                line.wake(len(line.parked))

    async def until_something(
        self, ask: Ask, *, workflow_id: int, key: Hashable, woken_by: tuple[type[Any], ...], seconds: float
    ) -> Any:
        """Ask until the answer is something, the time is up, or the server stops; give the last answer."""
        with self._in_line(workflow_id, key, woken_by) as line:
            loop = asyncio.get_running_loop()
            deadline = loop.time() + seconds
            was_woken = False
            while True:
                news = line.news
                try:
                    answer = await ask()
                except BaseException:
                    if was_woken:  # whoever goes without an answer leaves the news to the next
                        line.wake(1)
                    raise
                if not isinstance(answer, NothingYet):
                    line.wake(WOKEN_BY_SUCCESS)
                    return answer
                if self._is_closed:
                    return answer
                if line.news == news:
                    was_woken = await _park(line, deadline - loop.time())
                    if not was_woken:
                        return answer

    @contextmanager
    def _in_line(self, workflow_id: int, key: Hashable, woken_by: tuple[type[Any], ...]) -> Iterator[_Line]:
        """Stand in the line of a key; the last to leave takes it away."""
        lines = self._lines.setdefault(workflow_id, {})
        line = lines.setdefault(key, _Line(woken_by))
        line.members += 1
        try:
            yield line
        finally:
            line.members -= 1
            if line.members == 0:
                lines.pop(key, None)
                if not lines:
                    self._lines.pop(workflow_id, None)


async def _park(line: _Line, seconds: float) -> bool:
    """Wait to be woken, at the end of the line; False when the time is up."""
    future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
    line.parked.append(future)
    try:
        async with asyncio.timeout(max(seconds, 0)):
            await future
    except TimeoutError:
        return future.done() and not future.cancelled()
    except BaseException:
        if future.done() and not future.cancelled():
            line.wake(1)
        raise
    finally:
        if future in line.parked:
            line.parked.remove(future)
    return True
