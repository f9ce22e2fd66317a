"""The nodes of an allocation: which of them a job runs on, and what is left of each. Pure.

A job for one node runs on the fullest node that it fits, so that idle nodes stay free for jobs that need several. A job
for several nodes has them for itself. No node ever has more jobs than fit it.
"""

from collections import Counter
from collections.abc import Sequence

from msgspec import Struct

from torc_client.defaults import BYTES_PER_GB

NodeNumbers = tuple[int, ...]
"""The nodes of one job, by their position in the allocation."""


class Resources(Struct, frozen=True):
    """Resources of each of `num_nodes` nodes, of their free part, or of one job on each of its nodes."""

    num_cpus: int
    memory_bytes: int
    num_gpus: int = 0
    num_nodes: int = 1

    @property
    def memory_gb(self) -> float:
        """Memory in binary gigabytes, the unit of the server."""
        return self.memory_bytes / BYTES_PER_GB

    def fits(self, needs: "Resources") -> bool:
        """Whether each of these nodes has what a job needs of each of its nodes."""
        return (
            needs.num_cpus <= self.num_cpus
            and needs.memory_bytes <= self.memory_bytes
            and needs.num_gpus <= self.num_gpus
        )


NOTHING = Resources(0, 0, 0)


class NodesAlike(Struct, frozen=True):
    """Nodes of the same size with the same free resources. `size.num_nodes` is their number."""

    size: Resources
    free: Resources
    only_whole: bool = False
    """Whether they run jobs for several nodes only."""


class AllocatedNodes:
    """The nodes of one runner. With `first_only`, jobs for one node run on the first node.

    Then a job for several nodes has the first one and others: its process runs on the first.
    """

    def __init__(self, sizes: Sequence[Resources], *, first_only: bool = False) -> None:
        self._sizes = [*sizes]
        self._free = [*sizes]
        self._num_jobs = [0] * len(sizes)
        self._first_only = first_only and len(sizes) > 1
        self._shared = range(1 if self._first_only else len(sizes))
        """The nodes for jobs that need one."""

    def place(self, needs: Resources) -> NodeNumbers | None:
        """Return the nodes on which a job could start now. None if it fits nowhere."""
        if needs.num_nodes > 1:
            return self._place_on_several(needs)
        fitting = (number for number in self._shared if not self._is_full(number) and self._free[number].fits(needs))
        best = min(fitting, key=self._fullness, default=None)
        return None if best is None else (best,)

    def least_used(self) -> NodeNumbers:
        """Return the node that has the fewest jobs, whatever they need."""
        return (min(self._shared, key=self._num_jobs.__getitem__),)

    def take(self, numbers: NodeNumbers, needs: Resources) -> None:
        """Reserve what a job needs of these nodes: all of them, if it needs several."""
        for number in numbers:
            self._num_jobs[number] += 1
            free = self._free[number]
            self._free[number] = _TAKEN if needs.num_nodes > 1 else _less(free, needs)

    def release(self, numbers: NodeNumbers, needs: Resources) -> None:
        """Free what a job needed of these nodes."""
        for number in numbers:
            self._num_jobs[number] -= 1
            free = self._free[number]
            self._free[number] = self._sizes[number] if needs.num_nodes > 1 else _more(free, needs)

    def alike(self) -> tuple[NodesAlike, ...]:
        """Return all nodes with what is free of them, the fullest first."""
        is_first_idle = self._num_jobs[0] == 0
        counted: Counter[NodesAlike] = Counter()
        for number in sorted(range(len(self._sizes)), key=self._fullness):
            only_whole = number not in self._shared
            is_free = not self._is_full(number) and (is_first_idle or not only_whole)
            counted[NodesAlike(self._sizes[number], self._free[number] if is_free else NOTHING, only_whole)] += 1
        return tuple(
            NodesAlike(_many(group.size, count), group.free, group.only_whole) for group, count in counted.items()
        )

    def most_free(self) -> Resources:
        """Return the idle nodes, as one offer of equal ones; if there is none, what is left of the emptiest node."""
        idle = [self._sizes[number] for number in self._shared if self._num_jobs[number] == 0]
        if idle:
            return Resources(
                num_cpus=min(size.num_cpus for size in idle),
                memory_bytes=min(size.memory_bytes for size in idle),
                num_gpus=min(size.num_gpus for size in idle),
                num_nodes=len(idle),
            )
        free = self._free[max(self._shared, key=self._fullness)]
        return Resources(0, 0, num_nodes=0) if free is _TAKEN else free

    def free_cpus(self) -> int:
        """Return the sum of the free CPUs."""
        return sum(self._free[number].num_cpus for number in self._shared)

    def _place_on_several(self, needs: Resources) -> NodeNumbers | None:
        idle = [
            number
            for number in range(len(self._sizes))
            if self._num_jobs[number] == 0 and self._sizes[number].fits(needs)
        ]
        if len(idle) < needs.num_nodes or (self._first_only and idle[0] != 0):
            return None
        if self._first_only:
            return tuple(idle[: needs.num_nodes])
        return tuple(sorted(sorted(idle, key=self._fullness)[: needs.num_nodes]))

    def _is_full(self, number: int) -> bool:
        return self._free[number] is _TAKEN

    def _fullness(self, number: int) -> tuple[bool, int, int, int]:
        """Order nodes: the fullest first, and among idle ones the smallest."""
        free = self._free[number]
        return (self._num_jobs[number] == 0, free.num_gpus, free.num_cpus, free.memory_bytes)


_TAKEN = Resources(0, 0, 0, num_nodes=0)
"""The free part of a node that a job for several nodes has for itself."""


def _less(free: Resources, needs: Resources) -> Resources:
    return Resources(
        free.num_cpus - needs.num_cpus, free.memory_bytes - needs.memory_bytes, free.num_gpus - needs.num_gpus
    )


def _more(free: Resources, needs: Resources) -> Resources:
    return Resources(
        free.num_cpus + needs.num_cpus, free.memory_bytes + needs.memory_bytes, free.num_gpus + needs.num_gpus
    )


def _many(size: Resources, count: int) -> Resources:
    return Resources(size.num_cpus, size.memory_bytes, size.num_gpus, count)
