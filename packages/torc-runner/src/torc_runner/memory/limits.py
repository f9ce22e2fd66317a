"""Holds jobs to the memory that they required: looks at what they take, and tells of those that take too much.

Where there are control groups for jobs, the kernel ends such jobs itself, and this tells of it.
"""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

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
"""Where nothing is limited, and the kernel's counts are all that is of interest."""


class _Held(Struct, eq=False):
    """One attempt that is held to a limit."""

    job: ClaimedJob
    limit_bytes: int
    group: JobGroup | None = None
    taken_bytes: int = 0
    is_being_dealt_with: bool = False


class MemoryEnd(Struct, frozen=True):
    """What is known of an attempt that is over."""

    is_oom_killed: bool = False
    """Whether the kernel ended it."""
    peak_memory_bytes: int | None = None
    """Where it took too much, or the kernel has kept count."""

    def added_to(self, used: UsageSummary | None) -> UsageSummary | None:
        """Let what was measured in other ways have no lower peak than this."""
        if self.peak_memory_bytes is None:
            return used
        used = used or UsageSummary()
        return replace(used, peak_memory_bytes=max(self.peak_memory_bytes, used.peak_memory_bytes or 0))


_UNEVENTFUL = MemoryEnd()


class MemoryLimits:
    """The limits of one runner's jobs. `tell` is called for a job that takes too much, with how much that is."""

    def __init__(
        self,
        tell: Callable[[ClaimedJob, int], None],
        begin: Callable[[Coroutine[Any, Any, None]], None],
        groups: JobGroups | None,
        *,
        is_on: bool,
        oom_kills: OomKills | None = None,
    ) -> None:
        self._tell = tell
        self._begin = begin
        self._groups = groups
        self._is_on = is_on
        self._interval_seconds = _LOOK_SECONDS if is_on else _SELDOM_SECONDS
        self._oom_kills = oom_kills or OomKills(counting_files(), 1.0 + self._interval_seconds)
        self._held: dict[JobId, _Held] = {}

    def listen(self, sampler: Sampler) -> None:
        """Let the sampler look as often as it takes."""
        sampler.listen(self._interval_seconds, self.heed)

    def starting(self, job: ClaimedJob, arguments: list[str]) -> list[str]:
        """Take in that a job is about to be started; give the arguments of the command that is to be started for it."""
        if not self._is_on or job.memory_limit_bytes is None:
            return arguments
        held = self._held[job.job_id] = _Held(job, job.memory_limit_bytes)
        if self._groups is not None:
            held.group = self._groups.make(job.job_id, job.attempt_id, held.limit_bytes)
        return arguments if held.group is None else held.group.entered_by(arguments)

    def ended(self, job: ClaimedJob, exit_code: int, now: float) -> MemoryEnd:
        """Take in that a job's command is over, or was not started; tell what that has to do with memory."""
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
        """Take in what the jobs take."""
        self._oom_kills.look(look.at_seconds)
        if self._groups is not None:
            self._groups.tidy()
        for job_id, usage in look.usages.items():
            held = self._held.get(job_id)
            if held is not None and usage.rss_bytes > held.limit_bytes and not held.is_being_dealt_with:
                held.is_being_dealt_with = True
                self._begin(self._weigh(held, usage))

    async def _weigh(self, held: _Held, usage: Usage) -> None:
        """Find out whether it is really too much: processes may share what each of them seems to have."""
        taken_bytes = await asyncio.to_thread(shared_out_bytes, usage)
        if taken_bytes <= held.limit_bytes:
            held.is_being_dealt_with = False
        elif self._held.get(held.job.job_id) is held:
            held.taken_bytes = taken_bytes
            self._tell(held.job, taken_bytes)


def explanation(job: ClaimedJob, taken_bytes: int | None) -> str:
    """Say for people what became of a job, and what helps."""
    limit_bytes = job.memory_limit_bytes
    took = "memory ran out" if taken_bytes is None else f"it took {taken_bytes / BYTES_PER_GB:.3g} GiB of memory"
    may = "" if limit_bytes is None else f", and required {limit_bytes / BYTES_PER_GB:.3g} GiB"
    return f"{took}{may}: raise the memory of its resource requirements"
