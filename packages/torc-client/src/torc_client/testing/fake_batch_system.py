"""A batch system that runs nothing: it stores requests, and answers as a test says."""

import shlex
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from torc_client.batch.profile import Partition
from torc_client.batch.schedulers import BatchScheduler
from torc_client.batch.system import (
    AllocationId,
    AllocationRequest,
    AllocationState,
    NoAnswerError,
    RejectedError,
    Seen,
)
from torc_client.batch.systems import Support
from torc_client.client import TorcClient
from torc_client.errors import TorcError

TYPE = "fake"


@dataclass
class FakeBatchSystem:
    """A batch system, and the schedulers of workflows for it.

    `refusal` is the reason with which it refuses requests. A number of `silences` requests get no answer; it has them
    all the same, unless it `loses` them. `on_submit` is called with the script of each request before the answer.
    """

    schedulers: dict[int, BatchScheduler] = field(default_factory=dict)
    refusal: str = ""
    absence: str = ""
    silences: int = 0
    loses: bool = False
    on_submit: Callable[[Path], None] = lambda _script: None
    name: str = TYPE
    title: str = "Fake"
    marks: dict[str, str] = field(default_factory=dict)
    """The request of each mark."""
    allocations: dict[AllocationId, Seen] = field(default_factory=dict)
    canceled: list[AllocationId] = field(default_factory=list)
    made: list[AllocationRequest] = field(default_factory=list)
    known_partitions: list[Partition] = field(default_factory=list)

    def support(self) -> Support:
        """Return what `systems.register` needs."""
        return Support(self, _Schedulers(self.schedulers))

    def require(self) -> None:
        """Raise RejectedError if the test says so."""
        if self.absence:
            raise RejectedError(self.absence)

    def cluster(self) -> str:
        """Return no name: there is only one."""
        return ""

    def own_address(self) -> str:
        """Return a loopback address: the nodes are this machine."""
        return "127.0.0.1"

    def partitions(self) -> Sequence[Partition]:
        """Return the partitions of the test."""
        return self.known_partitions

    def script(self, request: AllocationRequest) -> str:
        """Return a script of bash."""
        self.made.append(request)
        lines = ["#!/bin/bash", f"# {request.count} {request.mark}", *request.prologue]
        return "\n".join([*lines, f"exec {shlex.join(request.command)}", ""])

    def submit(self, script: Path, mark: str) -> str:
        """Store the request of a script."""
        count = int(script.read_text().splitlines()[1].split()[1])
        self.on_submit(script)
        if self.refusal:
            raise RejectedError(self.refusal)
        is_silent, self.silences = self.silences > 0, max(0, self.silences - 1)
        request_id = str(len(self.marks) + 100)
        if not (is_silent and self.loses):
            self.marks[mark] = request_id
            numbers: Iterable[int | None] = range(1, count + 1) if count > 1 else [None]
            self.allocations |= {
                AllocationId(request_id, number): Seen(AllocationState.QUEUED, "WAITING", "Busy") for number in numbers
            }
        if is_silent:
            raise NoAnswerError("it is silent")
        return request_id

    def marked(self, mark: str) -> str | None:
        """Return the request with this mark."""
        return self.marks.get(mark)

    def seen(self, requests: Sequence[str]) -> Mapping[AllocationId, Seen]:
        """Return the allocations of requests."""
        return {each: seen for each, seen in self.allocations.items() if each.request in requests}

    def cancel(self, allocations: Sequence[AllocationId]) -> None:
        """End allocations."""
        self.canceled += allocations
        for each in self.allocations:
            if each in allocations or AllocationId(each.request) in allocations:
                self.allocations[each] = Seen(AllocationState.ENDED, "CANCELED")


@dataclass(frozen=True)
class _Schedulers:
    schedulers: Mapping[int, BatchScheduler]

    async def one(self, client: TorcClient, scheduler_id: int) -> BatchScheduler:
        del client
        if scheduler_id not in self.schedulers:
            raise TorcError(f"The test has no scheduler {scheduler_id}.")
        return self.schedulers[scheduler_id]

    async def of_workflow(self, client: TorcClient, workflow_id: int) -> list[BatchScheduler]:
        del client
        return [each for each in self.schedulers.values() if each.workflow_id == workflow_id]
