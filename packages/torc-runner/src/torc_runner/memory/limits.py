"""Holds jobs to the memory that they require: measures what they use, and reports jobs that exceed it.

If jobs have control groups, the kernel kills such jobs itself, and this module reports that.
"""

import asyncio
from collections.abc import Callable

from msgspec import Struct
from msgspec.structs import replace

from torc_runner.machine.capacity import BYTES_PER_GB
from torc_runner.machine.job import ClaimedJob, JobId
from torc_runner.machine.usage import UsageSummary
from torc_runner.memory.job_groups import JobGroup, JobGroups
from torc_runner.memory.oom_kills import OomKills, counting_files
from torc_runner.sampling.process_trees import Usage, shared_out_bytes
from torc_runner.sampling.sampler import Look, Sampler

_LOOK_SECONDS = 1.0
_SELDOM_SECONDS = 5.0
"""If no job is limited: then only the kernel's counts are read."""


class _Limited(Struct, eq=False):
    """One attempt with a memory limit."""

    job: ClaimedJob
    limit_bytes: int
    group: JobGroup | None = None
    taken_bytes: int = 0
    is_being_measured: bool = False


class MemoryEnd(Struct, frozen=True):
    """What is known about the memory of an attempt that has ended."""

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
        self._interval_seconds = _LOOK_SECONDS if is_on else _SELDOM_SECONDS
        self._oom_kills = oom_kills or OomKills(counting_files(), 1.0 + self._interval_seconds)
        self._held: dict[JobId, _Limited] = {}

    def listen(self, sampler: Sampler, on_excess: Callable[[ClaimedJob, int], None]) -> None:
        """Let the sampler look regularly. `on_excess` is called with a job that exceeds its memory, and its bytes."""
        self._on_excess = on_excess
        sampler.listen(self._interval_seconds, self.heed)

    def starting(self, job: ClaimedJob, arguments: list[str]) -> list[str]:
        """Note that a job is about to start. Return the arguments of the command to start for it."""
        if not self._is_on or job.memory_limit_bytes is None:
            return arguments
        held = self._held[job.job_id] = _Limited(job, job.memory_limit_bytes)
        if self._groups is not None:
            held.group = self._groups.make(job.job_id, job.attempt_id, held.limit_bytes)
        return arguments if held.group is None else held.group.entered_by(arguments)

    def ended(self, job: ClaimedJob, exit_code: int, now: float) -> MemoryEnd:
        """Note that a job's command has ended or could not be started. Return what is known about its memory."""
        held = self._held.pop(job.job_id, None)
        end = _UNEVENTFUL if held is None or not held.taken_bytes else MemoryEnd(peak_memory_bytes=held.taken_bytes)
        if held is not None and held.group is not None and self._groups is not None:
            seen = held.group.end()
            self._groups.discard(held.group)
            end = MemoryEnd(
                is_oom_killed=seen.is_oom_killed and exit_code != 0, peak_memory_bytes=seen.peak_memory_bytes
            )
        if not end.is_oom_killed and self._oom_kills.explain(exit_code, now):
            end = replace(end, is_oom_killed=True)
        return end

    def heed(self, look: Look) -> None:
        """Compare what the jobs use with their limits."""
        self._oom_kills.look(look.at_seconds)
        if self._groups is not None:
            self._groups.tidy()
        for job_id, usage in look.usages.items():
            held = self._held.get(job_id)
            if held is not None and usage.rss_bytes > held.limit_bytes and not held.is_being_measured:
                held.is_being_measured = True
                task = asyncio.get_running_loop().create_task(self._measure(held, usage))
                self._tasks.add(task)
                task.add_done_callback(self._tasks.discard)

    def close(self) -> None:
        """Measure no longer."""
        for task in self._tasks:
            task.cancel()

    async def _measure(self, held: _Limited, usage: Usage) -> None:
        """Measure again without counting shared pages more than once, and report a job that exceeds its limit."""
        taken_bytes = await asyncio.to_thread(shared_out_bytes, usage)
        if taken_bytes <= held.limit_bytes:
            held.is_being_measured = False
        elif self._held.get(held.job.job_id) is held:
            held.taken_bytes = taken_bytes
            self._on_excess(held.job, taken_bytes)


def explanation(job: ClaimedJob, taken_bytes: int | None) -> str:
    """Describe why a job was killed, and the remedy."""
    limit_bytes = job.memory_limit_bytes
    took = "memory ran out" if taken_bytes is None else f"it took {taken_bytes / BYTES_PER_GB:.3g} GiB of memory"
    may = "" if limit_bytes is None else f", and required {limit_bytes / BYTES_PER_GB:.3g} GiB"
    return f"{took}{may}: raise the memory of its resource requirements"
