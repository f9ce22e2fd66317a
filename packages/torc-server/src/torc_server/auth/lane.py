"""Threads that check passwords, with a bounded queue in order of precedence."""

import asyncio
import heapq
import itertools
import os
import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

# The smallest is checked first.
Precedence = tuple[int, ...]
FIRST = 0


class Overloaded(Exception):  # noqa: N818 - a state of the server, not a fault
    """Too many credentials are waiting to be checked. The caller should retry later."""


class Throttled(Exception):  # noqa: N818 - an answer of the server, not a fault
    """Too many wrong passwords. This one was not checked; `seconds` is the time after which another one may be."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"try again in {seconds:g} seconds")
        self.seconds = seconds


@dataclass(slots=True, order=True)
class _Place:
    """A place in the queue."""

    precedence: Precedence
    number: int
    turn: asyncio.Future[None] = field(compare=False)
    address: str = field(compare=False)


class Lane:
    """Threads with a bounded queue: at most `waiting_max` checks, and `per_address_max` of one address.

    `kept_threads` are free for checks whose precedence begins with FIRST, so that these never wait for others in
    progress. The kernel gives the threads the CPU time that `niceness` leaves them: 0 an equal share, 19 what the other
    threads of the server do not use.
    """

    def __init__(
        self,
        name: str,
        *,
        threads: int,
        waiting_max: int,
        per_address_max: int,
        kept_threads: int = 0,
        niceness: int = 0,
    ) -> None:
        self._pool = ThreadPoolExecutor(
            threads, thread_name_prefix=f"torc-bcrypt-{name}", initializer=_be_nice, initargs=(niceness,)
        )
        self._free = threads
        self._kept = kept_threads
        self._waiting_max = waiting_max
        self._per_address_max = per_address_max
        self._queue: list[_Place] = []
        self._numbers = itertools.count()
        self._by_address: Counter[str] = Counter()

    async def run(self, check: Callable[[], bool], *, precedence: Precedence, address: str) -> bool:
        """Run a check on a thread when its turn comes. Raises Overloaded.

        A full queue, or a full share of the address, drops its last place if the new one precedes it.
        """
        if self._may_begin(precedence):
            self._free -= 1
        else:
            await self._wait(precedence, address)
        try:
            return await asyncio.get_running_loop().run_in_executor(self._pool, check)
        finally:
            self._pass_on()

    def close(self) -> None:
        """End the threads. Checks that have not begun are dropped."""
        self._pool.shutdown(wait=False, cancel_futures=True)

    async def _wait(self, precedence: Precedence, address: str) -> None:
        place = _Place(precedence, next(self._numbers), asyncio.get_running_loop().create_future(), address)
        if self._by_address[address] >= self._per_address_max:
            self._drop_behind(place, [each for each in self._queue if each.address == address])
        elif len(self._queue) >= self._waiting_max:
            self._drop_behind(place, self._queue)
        heapq.heappush(self._queue, place)
        self._by_address[address] += 1
        try:
            await place.turn
        except asyncio.CancelledError:
            if place.turn.done() and not place.turn.cancelled():
                self._pass_on()
            elif place in self._queue:
                self._remove(place)
            raise

    def _drop_behind(self, place: _Place, places: list[_Place]) -> None:
        last = max(places)
        if last < place:
            raise Overloaded
        self._remove(last)
        last.turn.set_exception(Overloaded())

    def _remove(self, place: _Place) -> None:
        self._queue.remove(place)
        heapq.heapify(self._queue)
        self._leave(place)

    def _leave(self, place: _Place) -> None:
        self._by_address[place.address] -= 1
        if not self._by_address[place.address]:
            del self._by_address[place.address]

    def _may_begin(self, precedence: Precedence) -> bool:
        return self._free > (0 if precedence[0] == FIRST else self._kept)

    def _pass_on(self) -> None:
        """Give the thread of a finished check to the first in the queue, if it is not kept for others."""
        self._free += 1
        if self._queue and self._may_begin(self._queue[0].precedence):
            self._free -= 1
            place = heapq.heappop(self._queue)
            self._leave(place)
            place.turn.set_result(None)


def _be_nice(niceness: int) -> None:
    """Lower the priority of the calling thread. On Linux each thread has its own (setpriority(2), Notes)."""
    if niceness:
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), niceness)
