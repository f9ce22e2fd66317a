"""Long-polls: requests that wait for a change of a workflow and are woken by the signals of a commit.

Requests that would get the same answer form a queue. A signal wakes one request of each queue. If it gets an answer, it
wakes two more. If not, it waits again and wakes no other, since the others would get none either. So a signal costs one
query for ten thousand idle runners, and all of them are served in a few rounds if there are many jobs. Only if the
answer says that others may differ, it wakes the next one that has not asked since the signal.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Hashable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from torc_server.api.operation import NothingYet
from torc_server.engine.signals import WorkflowSignal

# Number of requests that are woken by one that got an answer.
WOKEN_BY_SUCCESS = 2

Ask = Callable[[], Awaitable[Any]]


class _Queue:
    """The queue of requests that would get the same answer."""

    def __init__(self, woken_by: tuple[type[Any], ...]) -> None:
        self.woken_by = woken_by
        # Each with the number of signals when it asked last. The first one has waited longest.
        self.parked: deque[tuple[asyncio.Future[None], int]] = deque()
        # Number of signals, to notice a signal that arrives while a request runs.
        self.signals = 0
        self.members = 0

    def wake(self, count: int) -> None:
        """Wake the first `count` waiting requests."""
        while count > 0 and self.parked:
            future, _ = self.parked.popleft()
            if not future.done():
                future.set_result(None)
                count -= 1

    def pass_on(self) -> None:
        """Wake the next request that has not asked since the last signal."""
        while self.parked and self.parked[0][0].done():
            self.parked.popleft()
        if self.parked and self.parked[0][1] < self.signals:
            self.wake(1)


class LongPolls:
    """All waiting requests. Belongs to one event loop."""

    def __init__(self) -> None:
        self._queues: dict[int, dict[Hashable, _Queue]] = {}
        self._is_closed = False

    def deliver(self, signals: Sequence[object]) -> None:
        """Handle the signals of a commit. The writer calls it on the event loop."""
        changes: dict[int, set[type[Any]]] = {}
        for signal in signals:
            if isinstance(signal, WorkflowSignal):
                changes.setdefault(signal.workflow_id, set()).add(type(signal))
        for workflow_id, types in changes.items():
            for queue in self._queues.get(workflow_id, {}).values():
                if not types.isdisjoint(queue.woken_by):
                    queue.signals += 1
                    queue.wake(1)

    @property
    def parked(self) -> int:
        """Number of waiting requests."""
        return sum(len(queue.parked) for queues in self._queues.values() for queue in queues.values())

    def close(self) -> None:
        """Answer all waiting requests now. Later ones do not wait."""
        self._is_closed = True
        for queues in self._queues.values():
            for queue in queues.values():
                queue.wake(len(queue.parked))

    async def until_something(
        self, ask: Ask, *, workflow_id: int, key: Hashable, woken_by: tuple[type[Any], ...], seconds: float
    ) -> Any:
        """Call `ask` until it returns an answer, the time is over, or the server stops. Return the last answer."""
        with self._enter_queue(workflow_id, key, woken_by) as queue:
            loop = asyncio.get_running_loop()
            deadline = loop.time() + seconds
            was_woken = False
            while True:
                seen = queue.signals
                try:
                    answer = await ask()
                except BaseException:
                    if was_woken:  # a request that fails leaves the signal to the next
                        queue.wake(1)
                    raise
                if not isinstance(answer, NothingYet):
                    queue.wake(WOKEN_BY_SUCCESS)
                    return answer
                if self._is_closed:
                    return answer
                if was_woken and answer.others_may_differ:
                    queue.pass_on()
                if queue.signals == seen:
                    was_woken = await _park(queue, seen, deadline - loop.time())
                    if not was_woken:
                        return answer

    @contextmanager
    def _enter_queue(self, workflow_id: int, key: Hashable, woken_by: tuple[type[Any], ...]) -> Iterator[_Queue]:
        """Enter the queue of a key. The last request that leaves removes the queue."""
        queues = self._queues.setdefault(workflow_id, {})
        queue = queues.setdefault(key, _Queue(woken_by))
        queue.members += 1
        try:
            yield queue
        finally:
            queue.members -= 1
            if queue.members == 0:
                queues.pop(key, None)
                if not queues:
                    self._queues.pop(workflow_id, None)


async def _park(queue: _Queue, seen: int, seconds: float) -> bool:
    """Wait at the end of the queue to be woken. `seen` is the number of signals. Return False if the time is over."""
    future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
    queue.parked.append((future, seen))
    try:
        async with asyncio.timeout(max(seconds, 0)):
            await future
    except TimeoutError:
        return future.done() and not future.cancelled()
    except BaseException:
        if future.done() and not future.cancelled():
            queue.wake(1)
        raise
    finally:
        if (future, seen) in queue.parked:
            queue.parked.remove((future, seen))
    return True
