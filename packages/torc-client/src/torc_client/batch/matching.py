"""Find the partitions that fit the requirements of a job. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass

from torc_client.batch.profile import Partition

# A job that uses at most this much of a node should share the node.
_SMALL_CPUS = 26
_SMALL_MEMORY_MB = 60_000
_TESTS = "debug"


@dataclass(frozen=True, slots=True)
class Need:
    """The requirements of a job. CPUs, memory (MB of 2**20 bytes) and GPUs are per node."""

    num_cpus: int = 1
    memory_mb: float = 0
    walltime_seconds: float = 0
    num_gpus: int = 0
    num_nodes: int = 1

    @property
    def is_small(self) -> bool:
        """Whether most of a node stays free."""
        return self.num_cpus <= _SMALL_CPUS and self.memory_mb <= _SMALL_MEMORY_MB and self.num_nodes == 1


@dataclass(frozen=True, slots=True)
class Match:
    """A partition, and why a job cannot run there; empty if it can."""

    partition: Partition
    misfit: str


def ranked(partitions: Iterable[Partition], need: Need) -> list[Match]:
    """Return all partitions, the best first and those that do not fit last.

    Partitions for tests (with `debug` in the name) come after the others. A job with GPUs prefers nodes with GPUs, a
    small job without GPUs shared nodes without GPUs, any other job nodes without GPUs; in each case, partitions that do
    not have to be requested by name come first, and of these the one with the least memory, then the shortest time.
    """
    matches = [Match(partition, misfit(partition, need)) for partition in partitions]
    return sorted(matches, key=lambda match: (bool(match.misfit), *_order(match.partition, need)))


def best(partitions: Iterable[Partition], need: Need) -> Partition | None:
    """Return the partition for a job, or None if none fits."""
    first = next(iter(ranked(partitions, need)), None)
    return first.partition if first is not None and not first.misfit else None


def nearest(partitions: Iterable[Partition], need: Need) -> Match | None:
    """Return the partition that lacks least for a job: in fewest respects, and of these in the smallest proportion."""
    matches = [match for match in ranked(partitions, need) if match.misfit]
    return min(matches, key=lambda match: _lack(match, need), default=None)


def _lack(match: Match, need: Need) -> tuple[int, float]:
    partition = match.partition
    pairs = [
        (need.num_cpus, partition.cpus_per_node),
        (need.memory_mb, partition.memory_mb),
        (need.walltime_seconds, partition.max_walltime_secs),
        (need.num_gpus, partition.gpus_per_node),
        (need.num_nodes, partition.most_nodes or need.num_nodes),
    ]
    proportions = [wanted / has if has else float("inf") for wanted, has in pairs if wanted > has]
    return match.misfit.count(",") + 1, max(proportions, default=1.0)


def misfit(partition: Partition, need: Need) -> str:
    """Return why a job does not fit on the nodes of a partition; empty if it does."""
    reasons = []
    if need.num_cpus > partition.cpus_per_node:
        reasons.append(f"{partition.cpus_per_node} CPUs a node")
    if need.memory_mb > partition.memory_mb:
        reasons.append(f"{partition.memory_mb} MB a node")
    if need.walltime_seconds > partition.max_walltime_secs:
        reasons.append("too short")
    if need.num_gpus > partition.gpus_per_node:
        reasons.append(f"{partition.gpus_per_node} GPUs a node" if partition.gpus_per_node else "no GPUs")
    if partition.most_nodes is not None and need.num_nodes > partition.most_nodes:
        reasons.append(f"at most {partition.most_nodes} nodes")
    if partition.min_nodes > need.num_nodes:
        reasons.append(f"at least {partition.min_nodes} nodes")
    return ", ".join(reasons)


def _order(partition: Partition, need: Need) -> tuple[bool, int, int, int, str]:
    return (
        _TESTS in partition.name.lower(),
        _tier(partition, need),
        partition.memory_mb,
        partition.max_walltime_secs,
        partition.name,
    )


def _tier(partition: Partition, need: Need) -> int:
    """Return how well the kind of a partition suits a job: 0 is best."""
    by_name, has_gpus = partition.requires_explicit_request, bool(partition.gpus_per_node)
    if need.num_gpus:
        return int(by_name)
    if need.is_small and partition.shared and not by_name and not has_gpus:
        return 0
    if not by_name:
        return 2 if has_gpus else 1
    return 4 if has_gpus else 3
