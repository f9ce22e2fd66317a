"""What recovery needs from the scheduler of a cluster, such as Slurm."""

from collections.abc import Collection
from typing import Protocol

from torc_client.errors import TorcError


class Scheduler(Protocol):
    """A scheduler that can be asked from this machine."""

    async def living(self, scheduler_ids: Collection[int]) -> set[int]:
        """Return those of the allocations that are pending or running. Raises TorcError."""
        ...

    async def provide(self, workflow_id: int) -> int:
        """Request nodes for the ready jobs and return the number of allocations. Raises TorcError."""
        ...


class SchedulerMissingError(TorcError):
    """Slurm has to be asked, which this version cannot do."""


class NoScheduler:
    """Refuses every request to a scheduler, with what to do instead."""

    async def living(self, scheduler_ids: Collection[int]) -> set[int]:
        """Return nothing for no allocations. Raises SchedulerMissingError otherwise."""
        if scheduler_ids:
            shown = ", ".join(map(str, sorted(scheduler_ids)[:5]))
            raise SchedulerMissingError(
                f"Only Slurm knows whether its allocations {shown} still exist, and this version cannot ask it.",
                "Run `squeue`. For each one that has ended: torc scheduled-compute-nodes update ID --status complete",
            )
        return set()

    async def provide(self, workflow_id: int) -> int:
        """Raise SchedulerMissingError."""
        raise SchedulerMissingError(
            f"Workflow {workflow_id} needs nodes from Slurm, and this version cannot request them.",
            f"Start a runner on a node that you have: torc run {workflow_id}",
        )
