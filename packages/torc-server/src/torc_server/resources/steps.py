"""Work in a thread that can be ended between two of its steps, such as the decoding of a large body."""

import contextlib
from collections.abc import Iterator
from contextvars import ContextVar


class WorkEnded(Exception):  # noqa: N818 - named after the event
    """The caller no longer needs the result."""


class Work:
    """Work that may be ended from another thread."""

    def __init__(self) -> None:
        self.is_ended = False

    def end(self) -> None:
        """End the work at its next step."""
        self.is_ended = True


# Each thread has a context of its own.
_current: ContextVar[Work | None] = ContextVar("work", default=None)


@contextlib.contextmanager
def working(work: Work) -> Iterator[None]:
    """Make `step` in this thread end the block when `work` is ended."""
    token = _current.set(work)
    try:
        yield
    finally:
        _current.reset(token)


def step() -> None:
    """Mark the end of a step. Raises WorkEnded if the work of this thread is ended."""
    work = _current.get()
    if work is not None and work.is_ended:
        raise WorkEnded
