"""The limit on the open file descriptors of the runner, which needs one or more for each job that runs."""

import functools
import resource
from contextlib import suppress

_KIND = resource.RLIMIT_NOFILE


@functools.cache
def _inherited() -> int:
    """Return the soft limit with which this process was started. The first call decides."""
    return resource.getrlimit(_KIND)[0]


def raise_limit() -> None:
    """Raise the soft limit to the hard one."""
    _inherited()
    hard = resource.getrlimit(_KIND)[1]
    with suppress(OSError, ValueError):  # a kernel with a lower maximum refuses it
        resource.setrlimit(_KIND, (hard, hard))


def restore_limit(pid: int) -> None:
    """Give a child that was just started the soft limit with which this process was started.

    Programs that use `select`, or that close all descriptors up to the limit, need the usual one. posix_spawn cannot
    set it, and this process cannot lower its own meanwhile: it could not pass on descriptors above the limit.
    """
    soft, hard = resource.getrlimit(_KIND)
    if soft != _inherited():
        with suppress(OSError):  # the child has ended
            resource.prlimit(pid, _KIND, (_inherited(), hard))
