"""The resources of a node, the part that is in use, and the number of jobs that may be claimed. Pure."""

from msgspec import Struct

from torc_client.defaults import BYTES_PER_GB
from torc_runner.machine.device_sets import UNBOUND, DeviceSet, DeviceSets


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


class Capacity:
    """The resources of the nodes, or, with `max_parallel_jobs`, this number of slots that fit any job.

    As in the packing of the server, jobs for one node share the nodes as one pool, and a job for several nodes has
    them for itself.
    """

    def __init__(
        self, total: Resources, max_parallel_jobs: int | None = None, device_sets: DeviceSets | None = None
    ) -> None:
        self.total = total
        self._device_sets = device_sets or DeviceSets()
        self.max_parallel_jobs = max_parallel_jobs
        self.num_held = 0
        self._shared_nodes = total.num_nodes
        """The nodes that no job has for itself."""
        self._used = Resources(0, 0)
        """Of the pool."""

    @property
    def by_resources(self) -> bool:
        """Whether jobs are claimed by their resources."""
        return self.max_parallel_jobs is None

    def fits(self, needs: Resources) -> bool:
        """Whether a job could start now."""
        if self.max_parallel_jobs is not None:
            return self.num_held < self.max_parallel_jobs and self._device_sets.fits(needs.num_cpus)
        total = self.total
        is_larger_than_node = (
            needs.num_cpus > total.num_cpus
            or needs.memory_bytes > total.memory_bytes
            or needs.num_gpus > total.num_gpus
        )
        if is_larger_than_node or not self._device_sets.fits(needs.num_cpus):
            return False
        if needs.num_nodes > 1:
            return needs.num_nodes <= self._empty_nodes()
        pool = self._pool()
        return (
            self._shared_nodes > 0
            and needs.num_cpus <= pool.num_cpus
            and needs.memory_bytes <= pool.memory_bytes
            and needs.num_gpus <= pool.num_gpus
        )

    @property
    def free(self) -> Resources:
        """What can be offered: the empty nodes, or what is left of the others, at most one node."""
        empty, total, pool = self._empty_nodes(), self.total, self._pool()
        if empty > 0:
            return Resources(total.num_cpus, total.memory_bytes, total.num_gpus, empty)
        return Resources(
            num_cpus=min(total.num_cpus, pool.num_cpus),
            memory_bytes=min(total.memory_bytes, pool.memory_bytes),
            num_gpus=min(total.num_gpus, pool.num_gpus),
            num_nodes=min(1, self._shared_nodes),
        )

    def _pool(self) -> Resources:
        """Return what jobs for one node have left."""
        total, used, nodes = self.total, self._used, self._shared_nodes
        return Resources(
            num_cpus=nodes * total.num_cpus - used.num_cpus,
            memory_bytes=nodes * total.memory_bytes - used.memory_bytes,
            num_gpus=nodes * total.num_gpus - used.num_gpus,
        )

    def _empty_nodes(self) -> int:
        """Return the number of nodes that the jobs for one node do not occupy."""
        total, used = self.total, self._used
        parts = (
            (used.num_cpus, total.num_cpus),
            (used.memory_bytes, total.memory_bytes),
            (used.num_gpus, total.num_gpus),
        )
        return self._shared_nodes - max((-(-part // of_node) for part, of_node in parts if of_node > 0), default=0)

    def _use(self, needs: Resources, sign: int) -> None:
        self.num_held += sign
        if needs.num_nodes > 1:
            self._shared_nodes -= sign * needs.num_nodes
            return
        used = self._used
        self._used = Resources(
            num_cpus=used.num_cpus + sign * needs.num_cpus,
            memory_bytes=used.memory_bytes + sign * needs.memory_bytes,
            num_gpus=used.num_gpus + sign * needs.num_gpus,
        )

    def take(self, needs: Resources) -> DeviceSet:
        """Reserve what a job needs. Return its own devices."""
        self._use(needs, 1)
        return self._device_sets.take(needs.num_cpus, needs.num_gpus)

    def release(self, needs: Resources, devices: DeviceSet = UNBOUND) -> None:
        """Free the resources of a job."""
        self._use(needs, -1)
        self._device_sets.release(devices)

    def most_jobs(self) -> int:
        """The number of jobs that may be claimed now. 0 if the node is full."""
        if self.max_parallel_jobs is None:
            free = self.free
            counted = free.num_nodes * free.num_cpus
        else:
            counted = self.max_parallel_jobs - self.num_held
        bound = self._device_sets.most_jobs()
        return max(0, counted if bound is None else min(counted, bound))
