"""A profile of the whole run: which functions took how much CPU time, on every thread of the server.

Made by yappi, which is only there where it was asked for (``torc-server[profile]``): it sees all threads, and tells
time on a CPU from time that was waited. Its files are those of the standard library's ``pstats``.
"""

import contextlib
import importlib
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

logger = logging.getLogger(__name__)


class ProfileError(Exception):
    """No profile can be made; the message says what to do."""


class Profile:
    """What was measured since the start."""

    def __init__(self, profiler: Any, path: Path) -> None:
        self._profiler = profiler
        self._path = path

    def write(self) -> None:
        """Replace the file by what was measured so far."""
        whole = self._path.with_name(f"{self._path.name}.part")
        try:
            self._profiler.get_func_stats().save(str(whole), type="pstat")
            whole.replace(self._path)
        except OSError as error:
            logger.error("the profile cannot be written to %s: %s", self._path, error.strerror)  # noqa: TRY400 - it says all
        else:
            logger.info("profile written", extra={"fields": {"file": str(self._path)}})


@contextlib.contextmanager
def profiled(path: Path) -> Iterator[Profile]:
    """Measure what happens in the block, on the threads that begin in it too, and write it at the end.

    Raises ProfileError where yappi is missing, or the file cannot be made.
    """
    try:
        profiler = importlib.import_module("yappi")
    except ImportError:
        raise ProfileError("--profile needs yappi: pip install 'torc-server[profile]'") from None
    try:
        path.touch()
    except OSError as error:
        raise ProfileError(f"cannot write the profile to {path}: {error.strerror}; choose another file") from error
    profiler.set_clock_type("cpu")
    profiler.start(builtins=True)
    profile = Profile(profiler, path)
    try:
        yield profile
    finally:
        profiler.stop()
        profile.write()
        profiler.clear_stats()
