"""What Torc needs of a batch system. Only implementations of `BatchSystem` know one.

An allocation has an id in the batch system. Several allocations that are requested together have an id in common and a
number each.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Protocol

from torc_client.batch.profile import Partition


class AllocationState(StrEnum):
    """What a batch system reports about an allocation."""

    QUEUED = "queued"
    RUNNING = "running"
    ENDING = "ending"
    ENDED = "ended"


class Outcome(StrEnum):
    """How an allocation ended, in the words that the server stores as the status of its record."""

    COMPLETE = "complete"
    CANCELED = "canceled"
    FAILED = "failed"


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
    """An allocation as the batch system reports it.

    `word` is its own state, `reason` why it waits, or ended so. `starts_at` is its estimate of the start, as ISO 8601.
    `mark` is the one of the request, empty if it has none, and None if the batch system has not kept it. `outcome` is
    how it ended. `remedy` is set if it cannot start by itself: what to do, as an imperative.
    """

    state: AllocationState
    word: str
    reason: str = ""
    starts_at: str = ""
    mark: str | None = None
    outcome: Outcome = Outcome.COMPLETE
    remedy: str = ""


@dataclass(frozen=True, slots=True)
class AllocationRequest:
    """A number of equal allocations, and the command that runs in each.

    `options` are options without dashes, in the order in which they are written, and an option with an empty value is a
    switch; `extra` are further options as text, which override them. `mark` is a unique text by which the request is
    found again. The command runs in `folder`, an absolute path. Its output is beside the script, in files with these
    names; `%j` in a name is replaced with the id of the allocation. The command gets USR1 `warning_seconds` before the
    end of the allocation.
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
    warning_seconds: int | None = None


@dataclass(frozen=True, slots=True)
class QueuedJob:
    """A job of this user in the queue, in the words of the batch system. `reason` is why it waits, or where it runs."""

    id: str
    name: str
    partition: str
    state: str
    reason: str
    start: str
    left: str
    nodes: str


@dataclass(frozen=True, slots=True)
class PartitionNodes:
    """The numbers of nodes of a partition, and whether it is up."""

    name: str
    is_up: bool
    allocated: int
    idle: int
    other: int
    total: int


class BatchError(Exception):
    """The batch system did not do what was asked. The text has its own words."""


class RejectedError(BatchError):
    """The batch system refused a request. A repetition would be refused too."""


class NotHereError(BatchError):
    """This machine has no commands of the batch system."""


class NoAnswerError(BatchError):
    """The batch system did not answer, so it is not known whether it did what was asked."""


class BatchSystem(Protocol):
    """A batch system. Methods block, and raise BatchError. `title` is its name in messages."""

    name: str
    title: str

    def require(self) -> None:
        """Raise RejectedError, with the reason, if no allocations can be requested from this machine."""

    def own_address(self) -> str | None:
        """Return the address of this machine in the network of the nodes, or None if it is not known.

        It is a loopback address if all nodes are on this machine.
        """

    def partitions(self) -> Sequence[Partition]:
        """Return the partitions of the cluster, with their limits; nothing if they are not known."""

    def cluster(self) -> str:
        """Return the name of the cluster that this machine reaches, empty if it has none.

        Another cluster can give the same ids to other allocations.
        """

    def script(self, request: AllocationRequest) -> str:
        """Return the text that `submit` needs. Raises ValueError for values that it cannot contain."""

    def submit(self, script: Path, mark: str) -> str:
        """Request the allocations of a script, once, and return the id of the request."""

    def seen(self, requests: Sequence[str]) -> Mapping[AllocationId, Seen]:
        """Return all allocations of requests that the batch system still knows."""

    def marked(self, mark: str) -> str | None:
        """Return the id of the request with a mark, or None if the batch system knows none."""

    def cancel(self, allocations: Sequence[AllocationId]) -> None:
        """End allocations, or take them out of the queue."""
