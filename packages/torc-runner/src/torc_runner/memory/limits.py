"""Holds jobs to the memory that they require: measures what they use, and reports jobs that exceed it.

If jobs have control groups, the kernel kills such jobs itself, and this module reports that.
"""

import asyncio
from collections.abc import Callable, Iterable

from msgspec import Struct
from msgspec.structs import replace

from torc_client.text import size
from torc_runner.machine.job import ClaimedJob, JobId
from torc_runner.machine.usage import UsageSummary
from torc_runner.memory.job_groups import JobGroup, JobGroups
from torc_runner.memory.oom_kills import OomKills, counting_files
from torc_runner.sampling.process_trees import Usage, proportional_bytes
from torc_runner.sampling.sampler import Sample, Sampler

_INTERVAL_SECONDS = 1.0
_UNLIMITED_INTERVAL_SECONDS = 5.0
"""The interval if no job is limited: then only the counts of the kernel are read."""


class _Limited(Struct, eq=False):
    """One attempt with a memory limit."""

    job: ClaimedJob
    limit_bytes: int
    group: JobGroup | None = None
    taken_bytes: int = 0
    is_being_measured: bool = False


class MemoryEnd(Struct, frozen=True):
    """The memory of an ended attempt, as far as it is known."""

    is_oom_killed: bool = False
    """Whether the kernel killed it."""
    peak_memory_bytes: int | None = None
    """Set if it exceeded its limit, or if the kernel measured it."""

    def added_to(self, used: UsageSummary | None) -> UsageSummary | None:
        """Return `used` with a peak that is at least this one."""
        if self.peak_memory_bytes is None:
            return used
        used = used or UsageSummary()
        return replace(used, peak_memory_bytes=max(self.peak_memory_bytes, used.peak_memory_bytes or 0))


_UNEVENTFUL = MemoryEnd()


class MemoryLimits:
    """The memory limits of one runner's jobs."""

    def __init__(self, groups: JobGroups | None, *, is_on: bool, oom_kills: OomKills | None = None) -> None:
        self._on_excess: Callable[[ClaimedJob, int], None] = lambda *_: None
        self._tasks: set[asyncio.Task[None]] = set()
        self._groups = groups
        self._is_on = is_on
        self._interval_seconds = _INTERVAL_SECONDS if is_on else _UNLIMITED_INTERVAL_SECONDS
        self._oom_kills = oom_kills or OomKills(counting_files(), 1.0 + self._interval_seconds)
        self._limited: dict[JobId, _Limited] = {}

    def subscribe(self, sampler: Sampler, on_excess: Callable[[ClaimedJob, int], None]) -> None:
        """Subscribe to samples. `on_excess` is called with a job that exceeds its memory, and its bytes."""
        self._on_excess = on_excess
        sampler.subscribe(self._interval_seconds, self.observe)

    def limit_of(self, job: ClaimedJob) -> int | None:
        """Return the memory above which a job is killed. None if it may have all."""
        return job.memory_limit_bytes if self._is_on else None

    def starting(self, job: ClaimedJob, arguments: list[str]) -> list[str]:
        """Note that a job is about to start. Return the arguments of the command to start for it."""
        limit_bytes = self.limit_of(job)
        if limit_bytes is None:
            return arguments
        limited = self._limited[job.job_id] = _Limited(job, limit_bytes)
        if self._groups is not None:
            limited.group = self._groups.make(job.job_id, job.attempt_id, limited.limit_bytes)
        return arguments if limited.group is None else limited.group.entered_by(arguments)

    def ended(self, job: ClaimedJob, exit_code: int, now: float) -> MemoryEnd:
        """Note that a job's command has ended or could not be started. Return what is known about its memory."""
        limited = self._limited.pop(job.job_id, None)
        end = (
            _UNEVENTFUL
            if limited is None or not limited.taken_bytes
            else MemoryEnd(peak_memory_bytes=limited.taken_bytes)
        )
        if limited is not None and limited.group is not None and self._groups is not None:
            seen = limited.group.end()
            self._groups.discard(limited.group)
            end = MemoryEnd(
                is_oom_killed=seen.is_oom_killed and exit_code != 0, peak_memory_bytes=seen.peak_memory_bytes
            )
        if not end.is_oom_killed and self._oom_kills.explain(exit_code, now):
            end = replace(end, is_oom_killed=True)
        return end

    def group_folders(self, job_ids: Iterable[JobId]) -> tuple[str, ...]:
        """Return the folders of the control groups of running jobs, as far as these have groups."""
        limited = [self._limited[job_id] for job_id in job_ids if job_id in self._limited]
        return tuple(str(each.group.folder) for each in limited if each.group is not None)

    def observe(self, sample: Sample) -> None:
        """Compare the memory of jobs with their limits."""
        self._oom_kills.update(sample.at_seconds)
        if self._groups is not None:
            self._groups.tidy()
        for job_id, usage in sample.usages.items():
            limited = self._limited.get(job_id)
            if limited is not None and usage.memory_bytes > limited.limit_bytes and not limited.is_being_measured:
                limited.is_being_measured = True
                task = asyncio.get_running_loop().create_task(self._measure(limited, usage))
                self._tasks.add(task)
                task.add_done_callback(self._tasks.discard)

    def close(self) -> None:
        """Cancel open measurements."""
        for task in self._tasks:
            task.cancel()

    async def _measure(self, limited: _Limited, usage: Usage) -> None:
        """Measure again with shared pages counted once, and report the job if it exceeds its limit."""
        taken_bytes = await asyncio.to_thread(proportional_bytes, usage)
        if taken_bytes <= limited.limit_bytes:
            limited.is_being_measured = False
        elif self._limited.get(limited.job.job_id) is limited:
            limited.taken_bytes = taken_bytes
            self._on_excess(limited.job, taken_bytes)


def explanation(job: ClaimedJob, taken_bytes: int | None) -> str:
    """Describe why a job was killed for its memory, and the remedy."""
    limit_bytes = job.memory_limit_bytes
    took = "memory ran out" if taken_bytes is None else f"it took {size(taken_bytes)} of memory"
    required_bytes = job.needs.memory_bytes
    if limit_bytes is None:
        limit = ""
    elif required_bytes < limit_bytes:  # the lowest limit
        limit = f"; it requires {size(required_bytes)}, and no job below {size(limit_bytes)} is killed"
    else:
        limit = f"; its limit is {size(limit_bytes)}"
    return f"{took}{limit}: raise the memory of its resource requirements"
