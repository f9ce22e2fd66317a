"""Counts of wrong passwords by user and by address, and the delay of the next check that follows from them."""

import hashlib
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

# Numbers of wrong passwords without a delay: users mistype, and many users can share an address.
FREE_PER_USER = 5
FREE_PER_ADDRESS = 20
# Each further wrong password doubles the delay, up to the longest.
FIRST_DELAY_SECONDS = 0.25
LONGEST_DELAY_SECONDS = 4.0
# After this time without a further wrong password the count starts again at 0.
FORGOTTEN_AFTER_SECONDS = 300.0
# Largest number of keys for which counts are kept; those with the oldest failure are removed first.
KEPT_MAX = 10_000


@dataclass(frozen=True, slots=True)
class _Tally:
    count: int
    last: float


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
        digest = _digest(key)
        self._tallies[digest] = _Tally(self._count(digest) + 1, self._clock())
        self._tallies.move_to_end(digest)
        if len(self._tallies) > KEPT_MAX:
            self._tallies.popitem(last=False)

    def forget(self, key: str) -> None:
        """Reset the count of `key`."""
        self._tallies.pop(_digest(key), None)

    def delay_seconds(self, key: str) -> float:
        """Return the delay of the next check of `key`."""
        beyond = self._count(_digest(key)) - self._free
        if beyond <= 0:
            return 0.0
        # The exponent is bounded, because the count is not.
        return float(min(FIRST_DELAY_SECONDS * 2 ** min(beyond - 1, 10), LONGEST_DELAY_SECONDS))

    def _count(self, digest: bytes) -> int:
        tally = self._tallies.get(digest)
        if tally is None or self._clock() - tally.last > FORGOTTEN_AFTER_SECONDS:
            return 0
        return tally.count


def _digest(key: str) -> bytes:
    return hashlib.blake2b(key.encode("utf-8", "surrogateescape"), digest_size=16).digest()
