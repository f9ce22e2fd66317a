"""What this node has, what is taken, and what may be asked for: pure bookkeeping."""

import re

from msgspec import Struct

from torc_runner.machine.device_sets import UNBOUND, DeviceSet, DeviceSets

BYTES_PER_GB = 1024**3
"""The contract's "GB" of nodes and claims is binary."""

_MEMORY = re.compile(r"\s*([0-9]+)([kmgt]?)\s*", re.IGNORECASE)
_FACTORS = {"": 1, "k": 1024, "m": 1024**2, "g": 1024**3, "t": 1024**4}


def parse_memory_bytes(text: str) -> int:
    """Turn a memory string of the contract (`512m`, `2g`, bare bytes) into bytes; ValueError when it is none."""
    match = _MEMORY.fullmatch(text)
    if match is None:
        raise ValueError(f"{text!r} is no amount of memory: write digits and at most one of k, m, g, t, for example 2g")
    return int(match[1]) * _FACTORS[match[2].lower()]


class Resources(Struct, frozen=True):
    """An amount of what jobs need: of a whole node, of what is free, or of one job."""

    num_cpus: int
    memory_bytes: int
    num_gpus: int = 0
    num_nodes: int = 1

    @property
    def memory_gb(self) -> float:
        """Memory in binary gigabytes, as the service wants it."""
        return self.memory_bytes / BYTES_PER_GB


class Capacity:
    """A node's resources, or, with `max_parallel_jobs`, so many equal slots whatever the jobs ask for.

    A node is not taken up by the jobs that run on it, so `num_nodes` never changes.
    """

    def __init__(
        self, total: Resources, max_parallel_jobs: int | None = None, device_sets: DeviceSets | None = None
    ) -> None:
        self.total = total
        self._device_sets = device_sets or DeviceSets()
        self.max_parallel_jobs = max_parallel_jobs
        self.free = total
        self.num_held = 0

    @property
    def by_resources(self) -> bool:
        """Whether jobs are chosen by what they need."""
        return self.max_parallel_jobs is None

    def fits(self, needs: Resources) -> bool:
        """Whether a job could start now."""
        if self.max_parallel_jobs is not None:
            return self.num_held < self.max_parallel_jobs and self._device_sets.fits(needs.num_cpus)
        free = self.free
        return (
            needs.num_cpus <= free.num_cpus
            and needs.memory_bytes <= free.memory_bytes
            and needs.num_gpus <= free.num_gpus
            and needs.num_nodes <= free.num_nodes
            and self._device_sets.fits(needs.num_cpus)
        )

    def take(self, needs: Resources) -> DeviceSet:
        """Set aside what a job needs, and say what it has for itself."""
        self.num_held += 1
        self.free = Resources(
            num_cpus=self.free.num_cpus - needs.num_cpus,
            memory_bytes=self.free.memory_bytes - needs.memory_bytes,
            num_gpus=self.free.num_gpus - needs.num_gpus,
            num_nodes=self.total.num_nodes,
        )
        return self._device_sets.take(needs.num_cpus, needs.num_gpus)

    def give_back(self, needs: Resources, devices: DeviceSet = UNBOUND) -> None:
        """Return what a job had."""
        self.num_held -= 1
        self.free = Resources(
            num_cpus=self.free.num_cpus + needs.num_cpus,
            memory_bytes=self.free.memory_bytes + needs.memory_bytes,
            num_gpus=self.free.num_gpus + needs.num_gpus,
            num_nodes=self.total.num_nodes,
        )
        self._device_sets.give_back(devices)

    def most_jobs(self) -> int:
        """How many jobs may be asked for now; 0 means that there is no room."""
        counted = self.free.num_cpus if self.max_parallel_jobs is None else self.max_parallel_jobs - self.num_held
        bound = self._device_sets.most_jobs()
        return max(0, counted if bound is None else min(counted, bound))
