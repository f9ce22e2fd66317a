"""The output files of jobs as they were before the command started, so that a file that it did not write is found."""

import os
import stat
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from types import MappingProxyType

from msgspec import Struct

from torc_runner.machine.job import ClaimedJob, JobId

_NANOSECONDS = 1_000_000_000


class FileState(Struct, frozen=True):
    """The state of a regular file. Two states differ if the file, or a link to it, was written between them."""

    identity: tuple[int, ...]
    """Compared for equality only, so that the clock of the file system does not matter."""
    changed_at: float
    """The last change of its content, its attributes, or of the link to it, in seconds since the epoch.

    `cp -p` and `tar` set an old modification time, and leave the time of the attributes.
    """


_NONE: Mapping[Path, FileState] = MappingProxyType({})


class OutputsBefore:
    """The output files that existed when the commands of running jobs were started."""

    def __init__(self) -> None:
        self._of_job: dict[JobId, Mapping[Path, FileState]] = {}

    def note(self, job: ClaimedJob) -> None:
        """Note the output files of a job that is about to start."""
        states = {file.path: state_of(file.path) for file in job.output_files}
        self.forget(job.job_id)
        if there := {path: state for path, state in states.items() if state is not None}:
            self._of_job[job.job_id] = there

    def forget(self, job_id: JobId) -> None:
        """Forget the files of a job that has ended without success."""
        self._of_job.pop(job_id, None)

    def take(self, job_id: JobId) -> Mapping[Path, FileState]:
        """Return the files of a job that has ended, and forget them."""
        return self._of_job.pop(job_id, _NONE)


def state_of(path: Path) -> FileState | None:
    """Return the state of a regular file, through links. None for anything else.

    The times of a folder do not show that a file in it was written.
    """
    try:
        link, file = path.lstat(), path.stat()
    except (OSError, ValueError):
        return None
    if not stat.S_ISREG(file.st_mode):
        return None
    both = (link, file)
    values = ((each.st_dev, each.st_ino, each.st_size, each.st_mtime_ns, each.st_ctime_ns) for each in both)
    changed_at = max(time for each in both for time in (each.st_mtime_ns, each.st_ctime_ns))
    return FileState(tuple(value for each in values for value in each), changed_at / _NANOSECONDS)


def read_attributes_again(path: Path) -> None:
    """Open a file or a folder: on a network file system this reads its attributes, which may be cached, again.

    Another node may have written the file a moment ago.
    """
    with suppress(OSError, ValueError):
        os.close(os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC))
