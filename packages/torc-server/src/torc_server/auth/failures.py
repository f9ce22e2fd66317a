"""Wrong passwords, counted by user and by address, and how long the next attempt has to wait for them."""

import hashlib
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

# So many wrong passwords cost nothing: people mistype, and behind one address there can be many of them.
FREE_PER_USER = 5
FREE_PER_ADDRESS = 20
# From there on the wait doubles with each, up to the longest.
FIRST_DELAY_SECONDS = 0.25
LONGEST_DELAY_SECONDS = 4.0
# After this time without another one they are forgotten.
FORGOTTEN_AFTER_SECONDS = 300.0
# So many users and so many addresses are kept; the ones that failed longest ago make room.
KEPT_MAX = 10_000


@dataclass(frozen=True, slots=True)
class _Tally:
    count: int
    last: float


class Failures:
    """The failures of one kind of key. Keys are kept as digests, so that a long one takes no more room."""

    def __init__(self, free: int, clock: Callable[[], float]) -> None:
        self._free = free
        self._clock = clock
        self._tallies: OrderedDict[bytes, _Tally] = OrderedDict()

    def __len__(self) -> int:
        """How many keys are kept."""
        return len(self._tallies)

    def note(self, key: str) -> None:
        """Count one more failure."""
        digest = _digest(key)
        self._tallies[digest] = _Tally(self._count(digest) + 1, self._clock())
        self._tallies.move_to_end(digest)
        if len(self._tallies) > KEPT_MAX:
            self._tallies.popitem(last=False)

    def forget(self, key: str) -> None:
        """Start anew."""
        self._tallies.pop(_digest(key), None)

    def delay_seconds(self, key: str) -> float:
        """How long the next attempt has to wait."""
        beyond = self._count(_digest(key)) - self._free
        if beyond <= 0:
            return 0.0
        # The exponent is held small, since the count is not.
        return float(min(FIRST_DELAY_SECONDS * 2 ** min(beyond - 1, 10), LONGEST_DELAY_SECONDS))

    def _count(self, digest: bytes) -> int:
        tally = self._tallies.get(digest)
        if tally is None or self._clock() - tally.last > FORGOTTEN_AFTER_SECONDS:
            return 0
        return tally.count


def _digest(key: str) -> bytes:
    return hashlib.blake2b(key.encode("utf-8", "surrogateescape"), digest_size=16).digest()
