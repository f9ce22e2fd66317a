"""What recovery asks of a cluster's scheduler. Whoever speaks to one gives an implementation."""

from collections.abc import Collection
from typing import Protocol

from torc_client.errors import TorcError


class Scheduler(Protocol):
    """A scheduler such as Slurm, as seen from where its commands are."""

    async def living(self, scheduler_ids: Collection[int]) -> set[int]:
        """Tell which of these allocations still wait or run. Raises TorcError."""
        ...

    async def provide(self, workflow_id: int) -> int:
        """Ask for nodes for the jobs that are ready; returns how many allocations. Raises TorcError."""
        ...


class SchedulerMissing(TorcError):  # noqa: N818 - named after what happened
    """Something would have to be asked of Slurm, and this version cannot."""


class NoScheduler:
    """Where no scheduler can be asked: says so, and what to do instead."""

    async def living(self, scheduler_ids: Collection[int]) -> set[int]:
        """Raise SchedulerMissing where there is something to ask."""
        if scheduler_ids:
            told = ", ".join(map(str, sorted(scheduler_ids)[:5]))
            raise SchedulerMissing(
                f"Slurm would have to say whether its allocations {told} still exist, and this version cannot ask it.",
                "Look with `squeue`; for each that is gone: torc scheduled-compute-nodes update ID --status complete",
            )
        return set()

    async def provide(self, workflow_id: int) -> int:
        """Raise SchedulerMissing."""
        raise SchedulerMissing(
            f"Slurm would have to give nodes to workflow {workflow_id}, and this version cannot ask it.",
            f"Start a runner on a node that you have: torc run {workflow_id}",
        )
