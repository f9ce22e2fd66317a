"""Which output files a command left as they were, and whether they are older than what they follow."""

import stat
from collections.abc import Iterable, Mapping
from pathlib import Path

from msgspec import Struct

from torc_runner.launch.outputs_before import FileState, read_attributes_again, state_of

CLOCK_TOLERANCE_SECONDS = 5.0
"""The clocks of the server and of the file system may differ by this time."""


class InputTime(Struct, frozen=True):
    """An input file and the modification time of its content, in seconds since the epoch."""

    path: Path
    changed_at: float


def unchanged(before: Mapping[Path, FileState]) -> dict[Path, FileState]:
    """Return the files whose state is the same as before."""
    left = {path: state for path, state in before.items() if state_of(path) == state}
    for path in left:
        read_attributes_again(path)
    return {path: state for path, state in left.items() if state_of(path) == state}


def is_older_than_workflow(state: FileState, created_at: float | None) -> bool:
    """Whether a file existed before the workflow was created. `created_at` is by the clock of the server."""
    return created_at is not None and state.changed_at < created_at - CLOCK_TOLERANCE_SECONDS


def newest_of(paths: Iterable[Path]) -> InputTime | None:
    """Return the regular file that was changed last. None if there is none."""
    times = [InputTime(path, at) for path in paths if (at := _modified_at(path)) is not None]
    return max(times, key=lambda each: each.changed_at, default=None)


def _modified_at(path: Path) -> float | None:
    try:
        found = path.stat()
    except (OSError, ValueError):
        return None
    return found.st_mtime if stat.S_ISREG(found.st_mode) else None
