"""Choose between few large allocations and many small ones. Pure.

A group of jobs needs a number of units: nodes, or as many nodes as one job requires. A large allocation has one wait
and starts when all of its nodes are free. Small ones start one by one.
"""

from dataclasses import dataclass
from enum import StrEnum

from torc_client.batch.planning import Group
from torc_client.text import count, duration

# Pending nodes for each node of a partition, below which large allocations start soon.
CALM = 0.5
BUSY = 2.0
MOST_OF_CHUNK = 8
# The part of the idle nodes that large allocations may leave idle.
LEFT_IDLE = 0.2
# The wait of the last small allocation is that of the first one, times their number up to this one.
MOST_WAITS = 10


class AllocationShape(StrEnum):
    """The kind of allocations."""

    SINGLE = "single"
    MANY_SMALL = "many-small"
    CHUNKS = "chunks"


@dataclass(frozen=True, slots=True)
class PartitionLoad:
    """The nodes of a partition, and the allocations that wait for nodes of it."""

    partition: str
    total_nodes: int
    idle_nodes: int
    pending_allocations: int
    pending_nodes: int

    @property
    def pressure(self) -> float:
        """Pending nodes for each node of the partition."""
        return self.pending_nodes / self.total_nodes if self.total_nodes else 0.0


@dataclass(frozen=True, slots=True)
class Waits:
    """The seconds until Slurm would start one allocation with all nodes, and the first small one."""

    large_seconds: float
    small_seconds: float


@dataclass(frozen=True, slots=True)
class Advice:
    """How many allocations to request for a group, and of how many nodes each."""

    shape: AllocationShape
    allocations: int
    nodes: int
    reason: str


def advised(group: Group, load: PartitionLoad | None, waits: Waits | None = None) -> Advice:
    """Return the allocations for a group that was planned with as many allocations as it needs nodes.

    Without `load`, the state of the cluster is not known. `waits` decide instead of the idle nodes.
    """
    if group.allocations <= 1:
        can = "can" if group.job_nodes > 1 else "alone can"
        return _advice(AllocationShape.SINGLE, group, 1, f"{count('node', group.job_nodes)} {can} do the work")
    if largest(group) <= 1:
        return _small(group, f"partition {group.partition.name} allows no larger allocations")
    is_too_large = load is not None and load.total_nodes < group.allocations * group.job_nodes
    if waits is not None and not is_too_large:
        return _by_waits(group, waits)
    if load is None:
        return _small(group, "the state of the cluster is not known, and small allocations start one by one")
    return _by_load(group, load)


def largest(group: Group) -> int:
    """Return the largest number of units that one allocation may have."""
    limit = group.partition.most_nodes
    return group.allocations if limit is None else max(1, min(group.allocations, limit // group.job_nodes))


def _by_load(group: Group, load: PartitionLoad) -> Advice:
    needed, width = group.allocations, group.job_nodes
    idle, total = load.idle_nodes // width, needed * width
    if idle >= needed and load.pressure < CALM:
        return _advice(AllocationShape.SINGLE, group, needed, f"{load.idle_nodes} idle nodes are enough for {total}")
    if load.pressure > BUSY:
        return _small(group, f"{load.pending_nodes} nodes of {load.total_nodes} are requested by others")
    if 3 * idle < needed + 2:
        return _small(group, f"{load.idle_nodes} idle nodes are few for {total}")
    most = max(2, min(idle // 2, MOST_OF_CHUNK, needed // 2))
    size = next((each for each in range(most, 1, -1) if idle % each <= LEFT_IDLE * idle), 1)
    if size == 1:
        return _small(group, f"larger allocations would not fill the {load.idle_nodes} idle nodes")
    return _advice(AllocationShape.CHUNKS, group, size, f"{load.idle_nodes} idle nodes are a part of {total}")


def _by_waits(group: Group, waits: Waits) -> Advice:
    last_small = waits.small_seconds * min(group.allocations, MOST_WAITS)
    large, small = duration(waits.large_seconds), duration(last_small)
    if waits.large_seconds <= last_small:
        reason = f"Slurm would start it in {large}, and the last of the small ones in about {small}"
        return _advice(AllocationShape.SINGLE, group, group.allocations, reason)
    return _small(group, f"the last of them would start in about {small}, one large allocation in {large}")


def _small(group: Group, reason: str) -> Advice:
    return Advice(AllocationShape.MANY_SMALL, group.allocations, group.job_nodes, reason)


def _advice(shape: AllocationShape, group: Group, size: int, reason: str) -> Advice:
    size = min(size, largest(group))
    return Advice(shape, -(-group.allocations // size), size * group.job_nodes, reason)
