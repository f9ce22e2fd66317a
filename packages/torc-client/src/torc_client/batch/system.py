"""What Torc needs of a batch system. Only implementations of `BatchSystem` know one.

An allocation has an id in the batch system. Several allocations that are requested together have an id in common and a
number each.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Protocol


class AllocationState(StrEnum):
    """What a batch system reports about an allocation."""

    QUEUED = "queued"
    RUNNING = "running"
    ENDING = "ending"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class AllocationId:
    """The id of a request for allocations, and the number of one of them; None if it was requested alone."""

    request: str
    number: int | None = None

    def __str__(self) -> str:
        return self.request if self.number is None else f"{self.request}_{self.number}"

    @classmethod
    def parsed(cls, text: str) -> "AllocationId":
        """Return the id that `str` wrote."""
        request, _, number = text.partition("_")
        return cls(request, int(number) if number else None)


@dataclass(frozen=True, slots=True)
class Seen:
    """An allocation as the batch system reports it. `word` is its own state, `reason` why it waits or ended so."""

    state: AllocationState
    word: str
    reason: str = ""
    starts_at: str = ""


@dataclass(frozen=True, slots=True)
class AllocationRequest:
    """A number of equal allocations, and the command that runs in each.

    `options` are long options without dashes, in the order in which they are written; `extra` are further options as
    text, which override them. `mark` is a unique text by which the request is found again. The command runs in
    `folder`, an absolute path. Its output is beside the script, in files with these names; `%j` in a name is replaced
    with the id of the allocation.
    """

    name: str
    mark: str
    options: Mapping[str, str]
    folder: Path
    output: str
    error: str
    command: Sequence[str]
    count: int = 1
    extra: str = ""
    prologue: Sequence[str] = ()
    one_command_per_node: bool = False
    mpi: str | None = None
    one_at_a_time: bool = False


class BatchError(Exception):
    """The batch system did not do what was asked. The text has its own words."""


class RejectedError(BatchError):
    """The batch system refused a request. A repetition would be refused too."""


class NoAnswerError(BatchError):
    """The batch system did not answer, so it is not known whether it did what was asked."""


class BatchSystem(Protocol):
    """A batch system. Methods block, and raise BatchError."""

    name: str

    def script(self, request: AllocationRequest) -> str:
        """Return the text that `submit` needs. Raises ValueError for values that it cannot contain."""

    def submit(self, script: Path, mark: str) -> str:
        """Request the allocations of a script, once, and return the id of the request."""

    def seen(self, requests: Sequence[str]) -> Mapping[AllocationId, Seen]:
        """Return all allocations of requests that the batch system still knows."""

    def cancel(self, allocations: Sequence[AllocationId]) -> None:
        """End allocations, or take them out of the queue."""
