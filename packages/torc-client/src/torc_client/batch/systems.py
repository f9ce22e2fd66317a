"""The batch systems, by the scheduler type that actions and scheduled compute nodes have.

Only this module and `batch/slurm/` know which ones there are. `register` adds another.
"""

from collections.abc import Callable
from dataclasses import dataclass

from torc_client.batch.profile import Profile
from torc_client.batch.schedulers import SchedulerRecords
from torc_client.batch.slurm import cluster, overview
from torc_client.batch.slurm.schedulers import SlurmSchedulerRecords
from torc_client.batch.slurm.slurm import Slurm
from torc_client.batch.system import BatchSystem, PartitionNodes, QueuedJob
from torc_client.errors import TorcError


@dataclass(frozen=True, slots=True)
class Support:
    """What Torc needs to use a batch system."""

    system: BatchSystem
    schedulers: SchedulerRecords


def _slurm() -> Support:
    return Support(Slurm(), SlurmSchedulerRecords())


_SUPPORTED: dict[str, Callable[[], Support]] = {"slurm": _slurm}


def register(scheduler_type: str, make: Callable[[], Support]) -> None:
    """Add or replace a batch system. `make` is called each time that it is needed."""
    _SUPPORTED[scheduler_type] = make


def scheduler_types() -> list[str]:
    """Return the scheduler types of batch systems. `local` is none of them."""
    return sorted(_SUPPORTED)


def support_for(scheduler_type: str) -> Support:
    """Return the batch system of a scheduler type, and what reads its schedulers. Raises TorcError."""
    make = _SUPPORTED.get(scheduler_type)
    if make is None:
        known = ", ".join(scheduler_types())
        raise TorcError(f"{scheduler_type!r} is not a batch system that Torc knows; it knows {known}.")
    return make()


def system_named(scheduler_type: str) -> BatchSystem:
    """Return the batch system of a scheduler type. Raises TorcError if there is none."""
    return support_for(scheduler_type).system


LIVE_CLUSTER = cluster.NAME
"""The name of the profile that `live_profile` returns."""


def live_profile() -> Profile:
    """Return the profile of the cluster of this machine, as its batch system reports it. Raises BatchError."""
    return cluster.live_profile()


def own_queue(time_limit_seconds: float) -> list[QueuedJob]:
    """Return the jobs of this user in the queue of this machine's batch system. Raises BatchError."""
    return overview.own_queue(time_limit_seconds)


def partition_nodes(time_limit_seconds: float) -> dict[str, PartitionNodes]:
    """Return the numbers of nodes of each partition of this machine's cluster. Raises BatchError."""
    return overview.partition_nodes(time_limit_seconds)
