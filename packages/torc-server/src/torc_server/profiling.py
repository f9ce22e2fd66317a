"""A profile of the whole run: the CPU time of each function, on all threads of the server.

It is made by yappi, an optional dependency (``torc-server[profile]``). yappi measures all threads, and distinguishes
CPU time from waiting. The files have the format of ``pstats`` in the standard library.
"""

import contextlib
import importlib
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from torc_server.edge.output_files import append_to, unfinished_file
from torc_server.start_errors import CannotStart

logger = logging.getLogger(__name__)


class ProfileError(CannotStart):
    """A profile cannot be made. The message has the remedy."""


class Profile:
    """The measurements since the start of the profiler."""

    def __init__(self, profiler: Any, path: Path) -> None:
        self._profiler = profiler
        self._path = path

    def write(self) -> None:
        """Replace the file by the measurements so far."""
        try:
            with unfinished_file(self._path) as whole:
                self._profiler.get_func_stats().save(str(whole), type="pstat")
        except OSError as error:
            logger.error("the profile cannot be written to %s: %s", self._path, error.strerror)  # noqa: TRY400 - expected
        else:
            logger.info("profile written", extra={"fields": {"file": str(self._path)}})


@contextlib.contextmanager
def profiled(path: Path) -> Iterator[Profile]:
    """Profile the block, and the threads that start in it, and write the file at the end.

    Raises ProfileError if yappi is missing or the file cannot be created.
    """
    try:
        profiler = importlib.import_module("yappi")
    except ImportError:
        raise ProfileError("--profile needs yappi: pip install 'torc-server[profile]'") from None
    try:
        append_to(path).close()
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
