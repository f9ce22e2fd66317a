"""The exit codes of `torc run`. The page docs/reference/exit-statuses.md is made from this."""

from enum import IntEnum
from typing import Self


class RunnerExitCode(IntEnum):
    """How a runner ended, with a `meaning` for the documentation. Scripts rely on these numbers."""

    meaning: str

    SUCCEEDED = 0, "Every job succeeded."
    FINISHED_WITH_FAILURES = 3, "The workflow ended with failed or canceled jobs."
    STOPPED = 4, "The runner stopped before the end: Ctrl-C, its time was over, or no job that is left can run there."
    ERROR = 1, "An error."
    USAGE = 2, "The command line is invalid."

    def __new__(cls, value: int, meaning: str) -> Self:
        """Create a member from its exit code and meaning."""
        member = int.__new__(cls, value)
        member._value_ = value
        member.meaning = meaning
        return member
