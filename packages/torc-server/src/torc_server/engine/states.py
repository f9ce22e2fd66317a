"""The states of a job and every transition between them. Nothing else decides."""

from enum import IntEnum


class JobStatus(IntEnum):
    """A job's status. The number is stored; `word` goes over the wire."""

    UNINITIALIZED = 0
    BLOCKED = 1
    READY = 2
    PENDING = 3
    RUNNING = 4
    COMPLETED = 5
    FAILED = 6
    CANCELED = 7
    TERMINATED = 8
    DISABLED = 9
    PENDING_FAILED = 10

    @property
    def word(self) -> str:
        """The status as clients write it."""
        return self.name.lower()
