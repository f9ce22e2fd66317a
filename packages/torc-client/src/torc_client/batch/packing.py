"""How many nodes jobs need, and how long they take on them. Pure.

Jobs of one size run on a node in waves: as many at a time as fit on it, each wave as long as the run time that the jobs
require. Waves of different sizes follow one another. A runner packs better than this, so the numbers are upper bounds.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from torc_client.batch.profile import Partition


@dataclass(frozen=True, slots=True)
class Size:
    """What a job requires. CPUs, memory (MB of 2**20 bytes) and GPUs are per node."""

    num_cpus: int
    memory_mb: int
    num_gpus: int
    num_nodes: int
    runtime_seconds: int


@dataclass(frozen=True, slots=True)
class Load:
    """A number of jobs of one size."""

    size: Size
    count: int


def counted(sizes: Iterable[Size]) -> tuple[Load, ...]:
    """Return the number of jobs of each size."""
    return tuple(Load(size, count) for size, count in Counter(sizes).items())


def jobs_at_a_time(partition: Partition, size: Size) -> int:
    """Return how many jobs of a size run on a node at the same time. A job of several nodes has its nodes alone."""
    if size.num_nodes > 1:
        return 1
    limits = [partition.cpus_per_node // size.num_cpus]
    limits += [partition.memory_mb // size.memory_mb] if size.memory_mb else []
    limits += [partition.gpus_per_node // size.num_gpus] if size.num_gpus else []
    return max(1, min(limits))


def waves(partition: Partition, load: Load) -> int:
    """Return how many waves the jobs are on one node."""
    return -(-load.count // jobs_at_a_time(partition, load.size))


def nodes_needed(partition: Partition, loads: Iterable[Load], usable_seconds: int) -> int:
    """Return the number of nodes on which all jobs end within the time. Each job must fit into it.

    Long waves are placed first, each on the fullest node that has the time (first fit decreasing).
    """
    free = Counter[int]()
    for load in _longest_first(loads):
        left = waves(partition, load)
        runtime = load.size.runtime_seconds
        for seconds in sorted(seconds for seconds in free if seconds >= runtime):
            each = seconds // runtime
            used = min(free[seconds], -(-left // each))
            for taken, nodes in _spread(left, each, used):
                free[seconds] -= nodes
                free[seconds - taken * runtime] += nodes
                left -= taken * nodes
            free = +free
            if not left:
                break
        each = usable_seconds // runtime
        for taken, nodes in _spread(left, each, -(-left // each)):
            free[usable_seconds - taken * runtime] += nodes
    return free.total()


def seconds_needed(partition: Partition, loads: Iterable[Load], nodes: int) -> int:
    """Return the time in which all jobs end on a number of nodes (or groups of nodes for jobs of several nodes)."""
    busy = Counter({0: nodes})
    for load in _longest_first(loads):
        every, more = divmod(waves(partition, load), nodes)
        runtime = load.size.runtime_seconds
        following = Counter[int]()
        for seconds in sorted(busy):
            extra = min(more, busy[seconds])
            more -= extra
            following[seconds + (every + 1) * runtime] += extra
            following[seconds + every * runtime] += busy[seconds] - extra
        busy = +following
    return max(busy)


def _longest_first(loads: Iterable[Load]) -> Sequence[Load]:
    return sorted(loads, key=lambda load: -load.size.runtime_seconds)


def _spread(left: int, each: int, nodes: int) -> list[tuple[int, int]]:
    """Place at most `left` waves on nodes with time for `each`: pairs of waves on a node, and number of such nodes."""
    full, rest = divmod(left, each)
    if full >= nodes:
        return [(each, nodes)] if nodes else []
    return [pair for pair in ((each, full), (rest, 1)) if pair[0] and pair[1]]
