"""Which files the jobs of this runner print to: of those that run, and of the latest that ended."""

import asyncio
from collections import OrderedDict
from dataclasses import dataclass

from torc_runner.launch.environment import Surroundings
from torc_runner.launch.stdio import StdioFiles
from torc_runner.machine.job import ClaimedJob, JobId

_MOST_ENDED = 10_000


@dataclass(frozen=True, slots=True)
class Printing:
    """The files of an attempt, and whether it may still write to them."""

    files: StdioFiles
    is_running: bool


class Printed:
    """Remembers the attempts that were started here."""

    def __init__(self, around: Surroundings) -> None:
        self._around = around
        self.begun = asyncio.Event()
        """Set once anything was started."""
        self._running: dict[JobId, ClaimedJob] = {}
        self._ended: OrderedDict[tuple[JobId, int], ClaimedJob] = OrderedDict()

    def started(self, job: ClaimedJob) -> None:
        """Note that an attempt may print from now on."""
        self._running[job.job_id] = job
        self.begun.set()

    def ended(self, job: ClaimedJob) -> None:
        """Note that an attempt prints no more."""
        self._running.pop(job.job_id, None)
        self._ended[job.job_id, job.attempt_id] = job
        if len(self._ended) > _MOST_ENDED:
            self._ended.popitem(last=False)

    def find(self, job_id: int, attempt_id: int) -> Printing | None:
        """Give the files of an attempt; None for one that did not run here, or is forgotten."""
        running = self._running.get(JobId(job_id))
        is_running = running is not None and running.attempt_id == attempt_id
        job = running if is_running else self._ended.get((JobId(job_id), attempt_id))
        return None if job is None else Printing(self._around.files_of(job), is_running)
