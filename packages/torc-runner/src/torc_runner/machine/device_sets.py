"""The GPUs and CPUs that are assigned to jobs by name. Pure.

No device is assigned to two jobs at once. A GPU that jobs share is in the list of GPUs once for each share.
"""

from bisect import insort
from collections import Counter
from collections.abc import Iterable

from msgspec import Struct


class DeviceSet(Struct, frozen=True):
    """The devices of one job."""

    gpu_ids: tuple[str, ...] = ()
    cpu_ids: tuple[int, ...] = ()
    """The CPUs that it is bound to. Empty if it is not bound."""


UNBOUND = DeviceSet()


class DeviceSets:
    """The GPUs and CPUs of a node that are assigned by name."""

    def __init__(
        self, gpu_ids: Iterable[str] = (), cpu_ids: Iterable[int] = (), *, cpus_per_job: int | None = None
    ) -> None:
        """Assign these. `cpus_per_job` CPUs to each job, 0 for as many as it needs; None binds no job."""
        self._gpu_ids = [*gpu_ids]
        self._order = {name: number for number, name in enumerate(self._gpu_ids)}
        self._cpu_ids = sorted(cpu_ids)
        self._cpus_per_job = cpus_per_job
        self._is_idle = not self._gpu_ids and cpus_per_job is None

    def most_jobs(self) -> int | None:
        """The number of jobs that could be bound to free CPUs. None if CPUs are not the limit."""
        return len(self._cpu_ids) // self._cpus_per_job if self._cpus_per_job else None

    def fits(self, num_cpus: int) -> bool:
        """Whether a job that needs `num_cpus` could be bound to CPUs now. `Capacity` counts GPUs."""
        return self._is_idle or self._bound(num_cpus) <= len(self._cpu_ids)

    def take(self, num_cpus: int, num_gpus: int) -> DeviceSet:
        """Assign a job the devices that it needs, the lowest numbers first."""
        if self._is_idle:
            return UNBOUND
        num_bound = self._bound(num_cpus)
        devices = DeviceSet(self._take_gpus(num_gpus), tuple(self._cpu_ids[:num_bound]))
        del self._cpu_ids[:num_bound]
        return devices

    def _take_gpus(self, count: int) -> tuple[str, ...]:
        """Return shares of the one GPU that has the fewest free ones of those that have enough, else the first ones."""
        free = Counter(self._gpu_ids)
        enough = [name for name in free if free[name] >= count] if count else []
        first = self._gpu_ids.index(min(enough, key=free.__getitem__)) if enough else 0
        taken = tuple(self._gpu_ids[first : first + count])
        del self._gpu_ids[first : first + count]
        return taken

    def release(self, devices: DeviceSet) -> None:
        """Free the devices of a job."""
        if devices is UNBOUND:
            return
        for gpu_id in devices.gpu_ids:
            insort(self._gpu_ids, gpu_id, key=self._order.__getitem__)
        for cpu_id in devices.cpu_ids:
            insort(self._cpu_ids, cpu_id)

    def _bound(self, num_cpus: int) -> int:
        return 0 if self._cpus_per_job is None else self._cpus_per_job or num_cpus
