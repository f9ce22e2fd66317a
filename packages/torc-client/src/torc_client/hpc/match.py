"""Which partition suits what a job needs. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass

from torc_client.hpc.profile import Partition

# Up to here a job leaves so much of a node free that it had better share one.
_SMALL_CPUS = 26
_SMALL_MEMORY_MB = 60_000


@dataclass(frozen=True, slots=True)
class Need:
    """What a job needs of a node."""

    num_cpus: int = 1
    memory_mb: float = 0
    walltime_seconds: float = 0
    num_gpus: int = 0

    @property
    def is_small(self) -> bool:
        """Whether it leaves most of a node free."""
        return self.num_cpus <= _SMALL_CPUS and self.memory_mb <= _SMALL_MEMORY_MB


@dataclass(frozen=True, slots=True)
class Match:
    """A partition, and why a job cannot run there; nothing where it can."""

    partition: Partition
    misfit: str


def ranked(partitions: Iterable[Partition], need: Need) -> list[Match]:
    """Return all partitions, the best first and those that do not fit last.

    Of those that fit: GPU nodes only go first where GPUs are needed; small jobs rather share a node; then come
    partitions that need not be asked for by name, and of them the one that is just enough.
    """
    matches = [Match(partition, misfit(partition, need)) for partition in partitions]
    return sorted(matches, key=lambda match: (bool(match.misfit), *_order(match.partition, need)))


def misfit(partition: Partition, need: Need) -> str:
    """Say why a job does not fit on a node of a partition; nothing where it does."""
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
