"""Threads for checking passwords, and the queue before them."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor


class Overloaded(Exception):  # noqa: N818 - a state of the server, not a fault
    """Too many credentials wait to be checked; the caller should come back later."""


class Lane:
    """A few threads with a bounded queue, of which one address gets no more than its share."""

    def __init__(self, name: str, *, threads: int, waiting_max: int, per_address_max: int) -> None:
        self.pool = ThreadPoolExecutor(threads, thread_name_prefix=f"torc-bcrypt-{name}")
        self._waiting_max = waiting_max
        self._per_address_max = per_address_max
        self._waiting = 0
        self._by_address: Counter[str] = Counter()

    def enter(self, address: str) -> None:
        """Take a place in the queue; raises Overloaded where there is none left."""
        if self._waiting >= self._waiting_max or self._by_address.get(address, 0) >= self._per_address_max:
            raise Overloaded
        self._waiting += 1
        self._by_address[address] += 1

    def leave(self, address: str) -> None:
        """Give the place to somebody else."""
        self._waiting -= 1
        self._by_address[address] -= 1
        if not self._by_address[address]:
            del self._by_address[address]

    def close(self) -> None:
        """Let the threads end; checks that have not begun are dropped."""
        self.pool.shutdown(wait=False, cancel_futures=True)
