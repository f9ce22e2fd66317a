"""Peaks and means of samples. Pure. CPU use is in percent of one CPU."""

from msgspec import Struct

from torc_runner.machine.usage import UsageSummary

_CLEARLY_MORE = 1.25
"""A peak that exceeds the inherited one by this factor is the job's own: the kernel counts pages with some error."""

_SHORTEST_INTERVAL_SECONDS = 0.1
"""CPU use between samples is over at least this time: Linux counts the CPU time of a process in steps of 10 ms."""


class Spent(Struct, frozen=True):
    """Resource usage of an ended job by `wait4`: of its first process and the processes that this reaped."""

    cpu_seconds: float
    peak_process_bytes: int
    """The memory of its largest process, with pages of mapped files.

    It is at least the peak of the runner when it started the job.
    """


class JobUsage:
    """The resource use of one attempt. Times are in seconds of one monotonic clock."""

    __slots__ = (
        "_began_at",
        "_cpu_seconds",
        "_inherited_bytes",
        "_limit_bytes",
        "_mapped_bytes",
        "_peak_bytes",
        "_peak_cpu_percent",
        "_sampled_at",
        "_sum_bytes",
        "num_samples",
    )

    def __init__(self, began_at: float, inherited_bytes: int, limit_bytes: int | None = None) -> None:
        """Begin at a time. `inherited_bytes` is the peak of the runner then, with which that of the job starts.

        The job is killed if it has more memory than `limit_bytes`.
        """
        self._inherited_bytes = inherited_bytes
        self._limit_bytes = limit_bytes
        self._mapped_bytes = 0
        self._began_at = began_at
        self._sampled_at = began_at
        self._cpu_seconds = 0.0
        self._peak_cpu_percent = 0.0
        self._peak_bytes: int | None = None
        self._sum_bytes = 0
        self.num_samples = 0

    def note_memory(self, memory_bytes: int, mapped_bytes: int) -> None:
        """Note the memory of its processes, and the mapped pages of the process that has most of them."""
        self._peak_bytes = max(self._peak_bytes or 0, memory_bytes)
        self._mapped_bytes = max(self._mapped_bytes, mapped_bytes)

    def add_sample(self, at: float, memory_bytes: int, cpu_seconds: float) -> float:
        """Add the memory and CPU time of its processes. Return the CPU use since the last sample.

        The CPU time of a process may disappear with it; then the result is 0.
        """
        passed_seconds = max(at - self._sampled_at, _SHORTEST_INTERVAL_SECONDS)
        percent = 100 * max(0.0, cpu_seconds - self._cpu_seconds) / passed_seconds
        self._sampled_at = at
        self._cpu_seconds = max(self._cpu_seconds, cpu_seconds)
        self._peak_cpu_percent = max(self._peak_cpu_percent, percent)
        self.note_memory(memory_bytes, 0)
        self._sum_bytes += memory_bytes
        self.num_samples += 1
        return percent

    def ended(self, at: float, spent: Spent) -> UsageSummary:
        """Return peaks and means.

        Without samples CPU use follows from `spent`, and so does the peak of memory if it can be believed; otherwise
        the memory is not known.
        """
        seconds = at - self._began_at
        cpu_seconds = max(self._cpu_seconds, spent.cpu_seconds)
        avg_cpu_percent = 100 * cpu_seconds / seconds if seconds > 0 else 0.0
        peaks = [each for each in (self._peak_bytes, self._believed_bytes(spent)) if each is not None]
        return UsageSummary(
            peak_memory_bytes=max(peaks, default=None),
            avg_memory_bytes=self._sum_bytes // self.num_samples if self.num_samples else None,
            peak_cpu_percent=max(self._peak_cpu_percent, avg_cpu_percent),
            avg_cpu_percent=avg_cpu_percent,
        )

    def _believed_bytes(self, spent: Spent) -> int | None:
        """Return the memory of the largest process as far as the system's number shows it. None if it does not.

        The number must be clearly more than the inherited one. It includes pages of mapped files: those that a sample
        showed are taken off. If still more remains than the limit, there were others, because the job was not killed.
        """
        if spent.peak_process_bytes <= _CLEARLY_MORE * self._inherited_bytes:
            return None
        own_bytes = max(0, spent.peak_process_bytes - self._mapped_bytes)
        return own_bytes if self._limit_bytes is None or own_bytes <= self._limit_bytes else None


class NodeUsage:
    """The resource use of a whole node."""

    def __init__(self) -> None:
        self.num_samples = 0
        self._peak_cpu_percent = 0.0
        self._sum_cpu_percent = 0.0
        self._peak_bytes = 0
        self._sum_bytes = 0

    def add_sample(self, cpu_percent: float, memory_bytes: int) -> None:
        """Add a sample."""
        self.num_samples += 1
        self._peak_cpu_percent = max(self._peak_cpu_percent, cpu_percent)
        self._sum_cpu_percent += cpu_percent
        self._peak_bytes = max(self._peak_bytes, memory_bytes)
        self._sum_bytes += memory_bytes

    def total(self) -> UsageSummary:
        """Return peaks and means."""
        if not self.num_samples:
            return UsageSummary()
        return UsageSummary(
            peak_memory_bytes=self._peak_bytes,
            avg_memory_bytes=self._sum_bytes // self.num_samples,
            peak_cpu_percent=self._peak_cpu_percent,
            avg_cpu_percent=self._sum_cpu_percent / self.num_samples,
        )
