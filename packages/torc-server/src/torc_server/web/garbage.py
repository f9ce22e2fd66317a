"""The garbage collector, which is switched off while large bodies are decoded."""

import contextlib
import gc
import threading
from collections.abc import Iterator

_lock = threading.Lock()
_users = 0


@contextlib.contextmanager
def without_collections() -> Iterator[None]:
    """Collect no garbage in the block. Several threads may be in it at once.

    A collection traverses all objects that were decoded so far and holds the interpreter's lock, for a quarter of a
    second with a hundred thousand records. It would find nothing: decoded values have no cycles.
    """
    global _users  # noqa: PLW0603 - the process has one collector
    with _lock:
        _users += 1
        gc.disable()
    try:
        yield
    finally:
        with _lock:
            _users -= 1
            if _users == 0:
                gc.enable()
