"""The schedulers of a workflow: what their allocations are like, as any batch system describes them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from torc_client.client import TorcClient


@dataclass(frozen=True, slots=True)
class NodeAmounts:
    """A node of an allocation. None is an amount that the scheduler does not set. Memory is in MB of 2**20 bytes."""

    num_cpus: int | None = None
    memory_mb: int | None = None
    num_gpus: int | None = None


@dataclass(frozen=True, slots=True)
class BatchScheduler:
    """The parameters of allocations. `options` are for `AllocationRequest`, with those of the whole workflow.

    `walltime_seconds` is None for a time limit that the batch system alone understands. With `one_at_a_time`, an
    allocation waits until the earlier ones have ended. `conflicts` are sentences, without full stops, about options
    that would override those of the submission.
    """

    id: int
    workflow_id: int
    scheduler_type: str
    name: str
    nodes: int = 1
    walltime_seconds: int | None = None
    node: NodeAmounts = field(default_factory=NodeAmounts)
    options: Mapping[str, str] = field(default_factory=dict)
    extra: str = ""
    one_at_a_time: bool = False
    conflicts: Sequence[str] = ()


class SchedulerRecords(Protocol):
    """The records on the server that describe the schedulers of one batch system. Methods raise TorcError."""

    async def one(self, client: TorcClient, scheduler_id: int) -> BatchScheduler:
        """Return a scheduler."""

    async def of_workflow(self, client: TorcClient, workflow_id: int) -> list[BatchScheduler]:
        """Return the schedulers of a workflow, the oldest first."""
