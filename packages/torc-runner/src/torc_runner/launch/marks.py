"""Marks that every process of a job inherits, different for each launch of a runner. Imports only the library.

A mark is the soft limit of RLIMIT_RTTIME: the limit applies only to real-time processes, and the value is so high that
it limits nothing. Descendants inherit resource limits. `env -i`, `setsid` and the death of the parent, which remove
other signs of the job, do not change them.
"""

import binascii
import resource
from collections.abc import Iterator
from contextlib import contextmanager

_BASE = 1 << 62
_NUMBER_BITS = 32
_NUMBERS = (1 << _NUMBER_BITS) - 1
_RUNNERS = (1 << 30) - 1


class Marks:
    """The marks of one runner. `marker` is the environment entry that names the runner in its jobs."""

    def __init__(self, marker: bytes) -> None:
        self._runner = _BASE | (binascii.crc32(marker) & _RUNNERS) << _NUMBER_BITS

    def of(self, number: int) -> int:
        """Return the mark of the launch with this number, which starts at 1."""
        return self._runner | number & _NUMBERS

    def number_of(self, pid: int) -> int:
        """Return the number of the launch that a process belongs to; 0 if it has no mark of this runner."""
        mark = _read(pid)
        return mark & _NUMBERS if mark & ~_NUMBERS == self._runner else 0


@contextmanager
def marked(mark: int) -> Iterator[None]:
    """Mark the children that are started in the body. A system that refuses such a limit starts them without."""
    soft, hard = resource.getrlimit(resource.RLIMIT_RTTIME)
    try:
        resource.setrlimit(resource.RLIMIT_RTTIME, (mark, hard))
    except (ValueError, OSError):
        yield
        return
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_RTTIME, (soft, hard))


def _read(pid: int) -> int:
    try:
        return resource.prlimit(pid, resource.RLIMIT_RTTIME)[0]
    except OSError:  # the process has ended, or belongs to another user
        return 0
