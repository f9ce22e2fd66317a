"""The allocations of a workflow that the server knows, by their ids in Slurm."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from torc_client.client import TorcClient
from torc_client.paging import iterate

SLURM = "slurm"


@dataclass(frozen=True, slots=True)
class SlurmAllocations:
    """The job ids in Slurm, in order; that of an array once. `by_request` has the scheduled compute nodes of each."""

    by_request: Mapping[str, Sequence[int]]

    @property
    def requests(self) -> list[str]:
        """The job ids."""
        return list(self.by_request)

    @property
    def count(self) -> int:
        """The number of allocations."""
        return sum(len(ids) for ids in self.by_request.values())


async def allocations_of(client: TorcClient, workflow_id: int) -> SlurmAllocations:
    """Return the allocations of a workflow that Slurm has accepted."""
    found: dict[str, list[int]] = {}
    async for node in iterate(client.scheduled_compute_nodes.list_scheduled_compute_nodes, workflow_id=workflow_id):
        # While a submission is under way, its allocations have no id in Slurm.
        if node.scheduler_type == SLURM and node.scheduler_id and node.scheduler_id > 0:
            found.setdefault(str(node.scheduler_id), []).append(node.id or 0)
    return SlurmAllocations(dict(sorted(found.items(), key=lambda each: int(each[0]))))
