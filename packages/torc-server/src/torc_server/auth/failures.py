"""Counts of wrong passwords by user and by address, and the time of the next check that follows from them."""

import hashlib
import math
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

# Numbers of wrong passwords without a consequence: users mistype, and many users can share an address.
FREE_PER_PAIR = 5
FREE_PER_USER = 20
FREE_PER_ADDRESS = 10
# Each further wrong password doubles the time until the next check, up to the longest.
FIRST_DELAY_SECONDS = 0.25
LONGEST_DELAY_SECONDS = 4.0
# After this time without a further wrong password the count starts again at 0.
FORGOTTEN_AFTER_SECONDS = 300.0
# Largest number of keys for which counts are kept; those with the oldest failure are removed first.
KEPT_MAX = 10_000


@dataclass(frozen=True, slots=True)
class _Tally:
    """The number of failures, and the times of the last one and of the last check that `wait_seconds` allowed."""

    count: int
    last: float
    allowed: float


class Failures:
    """Counts of failures by key. Keys are kept as digests, so that the size of an entry is bounded."""

    def __init__(self, free: int, clock: Callable[[], float]) -> None:
        self._free = free
        self._clock = clock
        self._tallies: OrderedDict[bytes, _Tally] = OrderedDict()

    def __len__(self) -> int:
        """Return the number of keys that are kept."""
        return len(self._tallies)

    def note(self, key: str) -> None:
        """Count one more failure."""
        self._store(_digest(key), more=1)

    def take_back(self, key: str) -> None:
        """Count one failure less: a check that was counted in advance succeeded."""
        digest = _digest(key)
        if self._count(digest) > 1:
            self._store(digest, more=-1)
        else:
            self._tallies.pop(digest, None)

    def forget(self, key: str) -> None:
        """Reset the count of `key`."""
        self._tallies.pop(_digest(key), None)

    def count(self, key: str) -> int:
        """Return the number of failures of `key`."""
        return self._count(_digest(key))

    def is_beyond(self, key: str) -> bool:
        """Whether `key` has as many failures as are without a consequence, or more."""
        return self._count(_digest(key)) >= self._free

    def wait_seconds(self, key: str) -> float:
        """Return the time until the next check of `key` is allowed. 0 allows this one, and delays the next."""
        digest = _digest(key)
        beyond = self._count(digest) - self._free
        if beyond < 0:
            return 0.0
        # The exponent is bounded, because the count is not.
        delay = float(min(FIRST_DELAY_SECONDS * 2 ** min(beyond, 10), LONGEST_DELAY_SECONDS))
        now = self._clock()
        wait = self._tallies[digest].allowed + delay - now
        if wait > 0:
            return wait
        self._store(digest, allowed=now)
        return 0.0

    def _store(self, digest: bytes, *, more: int = 0, allowed: float | None = None) -> None:
        now = self._clock()
        count = self._count(digest)
        if allowed is None:
            allowed = self._tallies[digest].allowed if count else -math.inf
        self._tallies[digest] = _Tally(count + more, now, allowed)
        self._tallies.move_to_end(digest)
        if len(self._tallies) > KEPT_MAX:
            self._tallies.popitem(last=False)

    def _count(self, digest: bytes) -> int:
        tally = self._tallies.get(digest)
        if tally is None or self._clock() - tally.last > FORGOTTEN_AFTER_SECONDS:
            return 0
        return tally.count


def _digest(key: str) -> bytes:
    return hashlib.blake2b(key.encode("utf-8", "surrogateescape"), digest_size=16).digest()
