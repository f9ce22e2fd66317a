"""The size of the temporary files of SQLite, which no setting of it limits."""

import time
from pathlib import Path

MOST_TEMPORARY_BYTES = 256 * 1024**2
_SECONDS_BETWEEN_LOOKS = 0.05
# SQLite deletes its temporary files right after it opened them: only their descriptors know them.
_DESCRIPTORS = Path("/proc/self/fd")
_NAME = "/etilqs_"


class TemporaryFiles:
    """Whether the temporary files of this process have become too large since this object was made."""

    def __init__(self) -> None:
        self._before = temporary_bytes()
        self._next_look = time.monotonic() + _SECONDS_BETWEEN_LOOKS
        self._are_too_large = False

    def are_too_large(self) -> bool:
        """Whether they were too large at the last look. Looks are rare enough to be called in each step."""
        now = time.monotonic()
        if not self._are_too_large and now >= self._next_look:
            self._are_too_large = temporary_bytes() - self._before > MOST_TEMPORARY_BYTES
            self._next_look = now + _SECONDS_BETWEEN_LOOKS
        return self._are_too_large


def temporary_bytes() -> int:
    """Return the size of all temporary files of SQLite that this process has open."""
    total = 0
    for path in _DESCRIPTORS.iterdir():
        try:
            if _NAME in str(path.readlink()):
                total += path.stat().st_size
        except OSError:  # closed by another thread
            continue
    return total
