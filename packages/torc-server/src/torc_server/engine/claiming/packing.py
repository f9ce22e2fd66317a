"""Compute which jobs fit an offer. No SQL."""

from dataclasses import dataclass
from enum import Enum


class SortMethod(Enum):
    """The order of jobs with equal priority. The value is used in requests."""

    GPUS_RUNTIME_MEMORY = "gpus_runtime_memory"
    GPUS_MEMORY_RUNTIME = "gpus_memory_runtime"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class NodeOffer:
    """The total resources of a node that are free. Without `time_limit_seconds`, time is unlimited."""

    num_cpus: int
    memory_bytes: int
    num_gpus: int = 0
    num_nodes: int = 1
    time_limit_seconds: int | None = None
    scheduler_config_id: int | None = None
    labels: tuple[str, ...] = ()
    """The node runs jobs with one of these labels, and jobs without a label."""


# An unlimited offer, for jobs that do not run at the same time.
UNLIMITED = NodeOffer(num_cpus=2**63 - 1, memory_bytes=2**63 - 1, num_gpus=2**63 - 1, num_nodes=2**63 - 1)


@dataclass(frozen=True, slots=True)
class ReadyClass:
    """Ready jobs with the same priority and the same resource requirements. `first_job_id` is the oldest."""

    priority: int
    requirements_id: int
    first_job_id: int
    num_cpus: int
    memory_bytes: int
    num_gpus: int
    num_nodes: int
    runtime_seconds: int


def in_order(classes: list[ReadyClass], sort_method: SortMethod) -> list[ReadyClass]:
    """Sort by priority, then by `sort_method` with the largest requirements first, then by age."""

    def key(ready: ReadyClass) -> tuple[int, ...]:
        demand: tuple[int, ...] = ()
        if sort_method is SortMethod.GPUS_RUNTIME_MEMORY:
            demand = (-ready.num_gpus, -ready.runtime_seconds, -ready.memory_bytes)
        elif sort_method is SortMethod.GPUS_MEMORY_RUNTIME:
            demand = (-ready.num_gpus, -ready.memory_bytes, -ready.runtime_seconds)
        return (-ready.priority, *demand, ready.first_job_id)

    return sorted(classes, key=key)


class Remaining:
    """The resources of an offer, and the number of jobs, that are still available."""

    def __init__(self, offer: NodeOffer, limit: int) -> None:
        self.jobs = limit
        self._cpus = offer.num_cpus
        self._memory_bytes = offer.memory_bytes
        self._gpus = offer.num_gpus
        self._nodes = offer.num_nodes

    def for_jobs_of(self, ready: ReadyClass) -> int:
        """Return the number of jobs of this class that still fit."""
        # Jobs for one node share it. Only jobs for several nodes use up nodes.
        nodes = ready.num_nodes if ready.num_nodes > 1 else 0
        parts = (
            (self._cpus, ready.num_cpus),
            (self._memory_bytes, ready.memory_bytes),
            (self._gpus, ready.num_gpus),
            (self._nodes, nodes),
        )
        return max(0, min(self.jobs, *(left // needed for left, needed in parts if needed > 0)))

    def take(self, ready: ReadyClass, count: int) -> None:
        """Subtract the resources of `count` jobs of the class."""
        self.jobs -= count
        self._cpus -= count * ready.num_cpus
        self._memory_bytes -= count * ready.memory_bytes
        self._gpus -= count * ready.num_gpus
        if ready.num_nodes > 1:
            self._nodes -= count * ready.num_nodes
