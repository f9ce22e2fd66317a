"""How an attempt ended, out of what the process and its files show: pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from torc_client.api.enums import JobStatus

COULD_NOT_START: Final = 127
"""Return code of a job whose command could not be started."""

MISSING_OUTPUT: Final = 1
"""Return code of a job that exited with 0 and left out a declared output file."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the service is told about an attempt."""

    status: JobStatus
    return_code: int


def settle(exit_code: int, *, was_terminated: bool, missing_files: Sequence[Path]) -> Outcome:
    """Judge an attempt.

    `exit_code` is negative for a signal. Exit 0 after the runner sent TERM still counts as completed: the job made
    use of its grace.
    """
    if exit_code == 0:
        if missing_files:
            return Outcome(JobStatus.FAILED, MISSING_OUTPUT)
        return Outcome(JobStatus.COMPLETED, 0)
    if was_terminated:
        return Outcome(JobStatus.TERMINATED, exit_code)
    return Outcome(JobStatus.FAILED, exit_code)
