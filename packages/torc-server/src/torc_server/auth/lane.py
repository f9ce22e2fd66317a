"""Threads that check passwords, with a bounded queue."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor


class Overloaded(Exception):  # noqa: N818 - a state of the server, not a fault
    """Too many credentials are waiting to be checked. The caller should retry later."""


class Lane:
    """Threads with a bounded queue: at most `waiting_max` checks, and `per_address_max` of one address."""

    def __init__(self, name: str, *, threads: int, waiting_max: int, per_address_max: int) -> None:
        self.pool = ThreadPoolExecutor(threads, thread_name_prefix=f"torc-bcrypt-{name}")
        self._waiting_max = waiting_max
        self._per_address_max = per_address_max
        self._waiting = 0
        self._by_address: Counter[str] = Counter()

    def enter(self, address: str) -> None:
        """Reserve a place in the queue. Raises Overloaded if the queue, or the share of `address`, is full."""
        if self._waiting >= self._waiting_max or self._by_address.get(address, 0) >= self._per_address_max:
            raise Overloaded
        self._waiting += 1
        self._by_address[address] += 1

    def leave(self, address: str) -> None:
        """Release the place that `enter` reserved."""
        self._waiting -= 1
        self._by_address[address] -= 1
        if not self._by_address[address]:
            del self._by_address[address]

    def close(self) -> None:
        """End the threads. Checks that have not begun are dropped."""
        self.pool.shutdown(wait=False, cancel_futures=True)
