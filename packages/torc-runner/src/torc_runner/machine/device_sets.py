"""Which GPUs and CPUs are whose: pure bookkeeping. Nothing is given to two jobs at once."""

from bisect import insort
from collections.abc import Iterable

from msgspec import Struct


class DeviceSet(Struct, frozen=True):
    """What one job has for itself."""

    gpu_ids: tuple[str, ...] = ()
    cpu_ids: tuple[int, ...] = ()
    """The CPUs that it is bound to; none where it is not bound."""


UNBOUND = DeviceSet()


class DeviceSets:
    """The GPUs and CPUs of a node by name, as far as they are shared out by name."""

    def __init__(
        self, gpu_ids: Iterable[str] = (), cpu_ids: Iterable[int] = (), *, cpus_per_job: int | None = None
    ) -> None:
        """Share these out. CPUs: `cpus_per_job` to each job, 0 for as many as it needs; None binds no job."""
        self._gpu_ids = [*gpu_ids]
        self._order = {name: number for number, name in enumerate(self._gpu_ids)}
        self._cpu_ids = sorted(cpu_ids)
        self._cpus_per_job = cpus_per_job
        self._is_idle = not self._gpu_ids and cpus_per_job is None

    def most_jobs(self) -> int | None:
        """How many jobs may be bound to CPUs that are free; None where that limits nothing."""
        return len(self._cpu_ids) // self._cpus_per_job if self._cpus_per_job else None

    def fits(self, num_cpus: int) -> bool:
        """Whether a job that needs so many could be bound to CPUs now. GPUs are counted elsewhere, with all else."""
        return self._is_idle or self._bound(num_cpus) <= len(self._cpu_ids)

    def take(self, num_cpus: int, num_gpus: int) -> DeviceSet:
        """Give a job what it needs, the lowest numbers first."""
        if self._is_idle:
            return UNBOUND
        num_bound = self._bound(num_cpus)
        devices = DeviceSet(tuple(self._gpu_ids[:num_gpus]), tuple(self._cpu_ids[:num_bound]))
        del self._gpu_ids[:num_gpus], self._cpu_ids[:num_bound]
        return devices

    def give_back(self, devices: DeviceSet) -> None:
        """Take back what a job had."""
        if devices is UNBOUND:
            return
        for gpu_id in devices.gpu_ids:
            insort(self._gpu_ids, gpu_id, key=self._order.__getitem__)
        for cpu_id in devices.cpu_ids:
            insort(self._cpu_ids, cpu_id)

    def _bound(self, num_cpus: int) -> int:
        return 0 if self._cpus_per_job is None else self._cpus_per_job or num_cpus
