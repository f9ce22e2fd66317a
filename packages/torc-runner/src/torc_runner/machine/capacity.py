"""The resources of a node, the part that is in use, and the number of jobs that may be claimed. Pure."""

from msgspec import Struct

from torc_client.defaults import BYTES_PER_GB
from torc_runner.machine.device_sets import UNBOUND, DeviceSet, DeviceSets


class Resources(Struct, frozen=True):
    """Resources of a node, of its free part, or of one job."""

    num_cpus: int
    memory_bytes: int
    num_gpus: int = 0
    num_nodes: int = 1

    @property
    def memory_gb(self) -> float:
        """Memory in binary gigabytes, the unit of the server."""
        return self.memory_bytes / BYTES_PER_GB


class Capacity:
    """A node's resources, or, with `max_parallel_jobs`, this number of slots that fit any job.

    Jobs do not use up `num_nodes`.
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
        """Whether jobs are claimed by their resources."""
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
        """Reserve what a job needs. Return its own devices."""
        self.num_held += 1
        self.free = Resources(
            num_cpus=self.free.num_cpus - needs.num_cpus,
            memory_bytes=self.free.memory_bytes - needs.memory_bytes,
            num_gpus=self.free.num_gpus - needs.num_gpus,
            num_nodes=self.total.num_nodes,
        )
        return self._device_sets.take(needs.num_cpus, needs.num_gpus)

    def release(self, needs: Resources, devices: DeviceSet = UNBOUND) -> None:
        """Free the resources of a job."""
        self.num_held -= 1
        self.free = Resources(
            num_cpus=self.free.num_cpus + needs.num_cpus,
            memory_bytes=self.free.memory_bytes + needs.memory_bytes,
            num_gpus=self.free.num_gpus + needs.num_gpus,
            num_nodes=self.total.num_nodes,
        )
        self._device_sets.release(devices)

    def most_jobs(self) -> int:
        """The number of jobs that may be claimed now. 0 if the node is full."""
        counted = self.free.num_cpus if self.max_parallel_jobs is None else self.max_parallel_jobs - self.num_held
        bound = self._device_sets.most_jobs()
        return max(0, counted if bound is None else min(counted, bound))
