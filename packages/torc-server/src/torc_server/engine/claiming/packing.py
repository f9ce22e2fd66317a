"""Compute which jobs fit an offer. No SQL."""

from dataclasses import dataclass
from enum import Enum

from torc_server.engine.labels import NO_LABELS, NodeLabels


class SortMethod(Enum):
    """The order of jobs with equal priority. The value is used in requests."""

    GPUS_RUNTIME_MEMORY = "gpus_runtime_memory"
    GPUS_MEMORY_RUNTIME = "gpus_memory_runtime"
    NONE = "none"


Amounts = tuple[int, int, int]
"""CPUs, bytes of memory, GPUs."""


@dataclass(frozen=True, slots=True)
class NodesAlike:
    """`count` nodes of the same size with the same free resources. A node is idle if all of it is free.

    With `only_whole`, they run jobs for several nodes only.
    """

    count: int
    size: Amounts
    free: Amounts
    only_whole: bool = False

    @property
    def is_idle(self) -> bool:
        """Whether no job runs on them."""
        return self.free == self.size


@dataclass(frozen=True, slots=True)
class NodeOffer:
    """The free resources of each of `num_nodes` equal nodes. Without `time_limit_seconds`, time is unlimited.

    `nodes` says what is free of each node, if the nodes differ in that. Then the other members are those of the largest
    nodes while all of them are idle: no job that needs more can ever run there.
    """

    num_cpus: int
    memory_bytes: int
    num_gpus: int = 0
    num_nodes: int = 1
    time_limit_seconds: int | None = None
    scheduler_config_id: int | None = None
    labels: NodeLabels = NO_LABELS
    nodes: tuple[NodesAlike, ...] = ()


# An unlimited offer, for jobs that do not run at the same time.
UNLIMITED = NodeOffer(num_cpus=2**63 - 1, memory_bytes=2**63 - 1, num_gpus=2**63 - 1, num_nodes=2**63 - 1)


@dataclass(frozen=True, slots=True)
class ReadyClass:
    """Ready jobs with the same labels and priority that need the same of each of their nodes. `first_job_id` is one.

    `set_number` is the position of their labels in the sets that the claim may take.
    """

    set_number: int
    labels: str | None
    priority: int
    num_gpus: int
    runtime_seconds: int
    memory_bytes: int
    num_cpus: int
    num_nodes: int
    first_job_id: int

    @property
    def position(self) -> tuple[int, ...]:
        """What distinguishes the class, in the order in which claims find classes."""
        return (
            *(self.priority, self.num_gpus, self.runtime_seconds),
            *(self.memory_bytes, self.num_cpus, self.num_nodes),
        )


def in_order(classes: list[ReadyClass], sort_method: SortMethod) -> list[ReadyClass]:
    """Sort by priority, then by `sort_method` and CPUs with the largest needs first, then by age."""

    def key(ready: ReadyClass) -> tuple[int, ...]:
        demand: tuple[int, ...] = ()
        if sort_method is SortMethod.GPUS_RUNTIME_MEMORY:
            demand = (-ready.num_gpus, -ready.runtime_seconds, -ready.memory_bytes, -ready.num_cpus)
        elif sort_method is SortMethod.GPUS_MEMORY_RUNTIME:
            demand = (-ready.num_gpus, -ready.memory_bytes, -ready.runtime_seconds, -ready.num_cpus)
        return (-ready.priority, *demand, ready.first_job_id)

    return sorted(classes, key=key)


class Remaining:
    """The resources of an offer, and the number of jobs, that are still available.

    Jobs for one node share nodes, whose resources are one pool: an offer does not say which node runs a job. A job for
    several nodes has them for itself.
    """

    def __init__(self, offer: NodeOffer, limit: int) -> None:
        self.jobs = limit
        self._nodes = offer.num_nodes
        self._of_node = (offer.num_cpus, offer.memory_bytes, offer.num_gpus)
        self._used: tuple[int, ...] = (0, 0, 0)

    keeps_nodes_free = False

    @property
    def free(self) -> Amounts:
        """What is left of the resources of all nodes."""
        cpus, memory_bytes, gpus = (
            self._nodes * of_node - used for of_node, used in zip(self._of_node, self._used, strict=True)
        )
        return (cpus, memory_bytes, gpus)

    def offers_enough(self, ready: ReadyClass) -> bool:
        """Whether the offer fits a job of this class. Only classes that fit are asked about."""
        del ready
        return True

    def for_jobs_of(self, ready: ReadyClass) -> int:
        """Return the number of jobs of this class that still fit. Each fits its nodes, if these are empty."""
        if ready.num_nodes > 1:
            return max(0, min(self.jobs, (self._nodes - self._shared_nodes()) // ready.num_nodes))
        if self._nodes < 1:
            return 0
        pool = (self._nodes * of_node - used for of_node, used in zip(self._of_node, self._used, strict=True))
        shares = zip(pool, needs_of(ready), strict=True)
        return max(0, min((self.jobs, *(left // needed for left, needed in shares if needed > 0))))

    def take(self, ready: ReadyClass, count: int) -> None:
        """Subtract the resources of `count` jobs of the class."""
        self.jobs -= count
        if ready.num_nodes > 1:
            self._nodes -= count * ready.num_nodes
        else:
            self._used = tuple(used + count * needed for used, needed in zip(self._used, needs_of(ready), strict=True))

    def _shared_nodes(self) -> int:
        """The number of nodes that the jobs for one node occupy."""
        parts = zip(self._used, self._of_node, strict=True)
        return max((-(-used // of_node) for used, of_node in parts if of_node > 0), default=0)


def needs_of(ready: ReadyClass) -> Amounts:
    """Return what a job of the class needs of each of its nodes."""
    return (ready.num_cpus, ready.memory_bytes, ready.num_gpus)
