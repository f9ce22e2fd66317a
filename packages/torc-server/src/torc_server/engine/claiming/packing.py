"""What fits into an offer. Knows no SQL."""

from dataclasses import dataclass
from enum import Enum


class SortMethod(Enum):
    """Which of the jobs with the same priority come first; the value is the word on the wire."""

    GPUS_RUNTIME_MEMORY = "gpus_runtime_memory"
    GPUS_MEMORY_RUNTIME = "gpus_memory_runtime"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class NodeOffer:
    """What a node has to give, in all. No time limit means no end."""

    num_cpus: int
    memory_bytes: int
    num_gpus: int = 0
    num_nodes: int = 1
    time_limit_seconds: int | None = None
    scheduler_config_id: int | None = None
    labels: tuple[str, ...] = ()
    """Jobs with one of these labels may run there, besides those without any."""


# Room for any number of jobs that do not run at the same time.
UNLIMITED = NodeOffer(num_cpus=2**63 - 1, memory_bytes=2**63 - 1, num_gpus=2**63 - 1, num_nodes=2**63 - 1)


@dataclass(frozen=True, slots=True)
class ReadyClass:
    """Ready jobs that are alike: of one priority, with one record of requirements. `first_job_id` is the oldest."""

    priority: int
    requirements_id: int
    first_job_id: int
    num_cpus: int
    memory_bytes: int
    num_gpus: int
    num_nodes: int
    runtime_seconds: int


def in_order(classes: list[ReadyClass], sort_method: SortMethod) -> list[ReadyClass]:
    """Order by priority, then as the method says, the most demanding first, then by age."""

    def key(ready: ReadyClass) -> tuple[int, ...]:
        demand: tuple[int, ...] = ()
        if sort_method is SortMethod.GPUS_RUNTIME_MEMORY:
            demand = (-ready.num_gpus, -ready.runtime_seconds, -ready.memory_bytes)
        elif sort_method is SortMethod.GPUS_MEMORY_RUNTIME:
            demand = (-ready.num_gpus, -ready.memory_bytes, -ready.runtime_seconds)
        return (-ready.priority, *demand, ready.first_job_id)

    return sorted(classes, key=key)


class Room:
    """What is left of an offer, and of the number of jobs that were asked for."""

    def __init__(self, offer: NodeOffer, limit: int) -> None:
        self.jobs = limit
        self._cpus = offer.num_cpus
        self._memory_bytes = offer.memory_bytes
        self._gpus = offer.num_gpus
        self._nodes = offer.num_nodes

    def for_jobs_of(self, ready: ReadyClass) -> int:
        """How many jobs of this class still fit."""
        # Jobs of one node share it; only those of several use nodes up.
        nodes = ready.num_nodes if ready.num_nodes > 1 else 0
        parts = (
            (self._cpus, ready.num_cpus),
            (self._memory_bytes, ready.memory_bytes),
            (self._gpus, ready.num_gpus),
            (self._nodes, nodes),
        )
        return max(0, min(self.jobs, *(left // needed for left, needed in parts if needed > 0)))

    def take(self, ready: ReadyClass, count: int) -> None:
        """Give room to this many jobs of the class."""
        self.jobs -= count
        self._cpus -= count * ready.num_cpus
        self._memory_bytes -= count * ready.memory_bytes
        self._gpus -= count * ready.num_gpus
        if ready.num_nodes > 1:
            self._nodes -= count * ready.num_nodes
