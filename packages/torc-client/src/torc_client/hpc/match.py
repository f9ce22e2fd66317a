"""Find the partitions that fit the requirements of a job. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass

from torc_client.hpc.profile import Partition

# A job that uses at most this share of a node should share the node.
_SMALL_CPUS = 26
_SMALL_MEMORY_MB = 60_000


@dataclass(frozen=True, slots=True)
class Need:
    """The requirements of a job on a node."""

    num_cpus: int = 1
    memory_mb: float = 0
    walltime_seconds: float = 0
    num_gpus: int = 0

    @property
    def is_small(self) -> bool:
        """Whether most of a node stays free."""
        return self.num_cpus <= _SMALL_CPUS and self.memory_mb <= _SMALL_MEMORY_MB


@dataclass(frozen=True, slots=True)
class Match:
    """A partition, and why a job cannot run there; empty if it can."""

    partition: Partition
    misfit: str


def ranked(partitions: Iterable[Partition], need: Need) -> list[Match]:
    """Return all partitions, the best first and those that do not fit last.

    Among those that fit, GPU nodes are first only if the job needs GPUs, and small jobs prefer shared nodes. Then
    partitions are preferred that do not have to be requested by name, and of these the smallest.
    """
    matches = [Match(partition, misfit(partition, need)) for partition in partitions]
    return sorted(matches, key=lambda match: (bool(match.misfit), *_order(match.partition, need)))


def misfit(partition: Partition, need: Need) -> str:
    """Return why a job does not fit on a node of a partition; empty if it does."""
    reasons = []
    if need.num_cpus > partition.cpus_per_node:
        reasons.append(f"{partition.cpus_per_node} CPUs a node")
    if need.memory_mb > partition.memory_mb:
        reasons.append(f"{partition.memory_mb} MB a node")
    if need.walltime_seconds > partition.max_walltime_secs:
        reasons.append("too short")
    if need.num_gpus > partition.gpus_per_node:
        reasons.append(f"{partition.gpus_per_node} GPUs a node" if partition.gpus_per_node else "no GPUs")
    return ", ".join(reasons)


def _order(partition: Partition, need: Need) -> tuple[bool, bool, bool, int, int, str]:
    wants_sharing = need.is_small and not need.num_gpus
    shares = wants_sharing and partition.shared
    return (
        bool(partition.gpus_per_node) != bool(need.num_gpus),
        wants_sharing and not partition.shared,
        partition.requires_explicit_request and not shares,
        partition.memory_mb,
        partition.max_walltime_secs,
        partition.name,
    )
