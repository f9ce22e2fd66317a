"""The output files of the attempts that this runner started."""

import asyncio
from collections import OrderedDict
from dataclasses import dataclass

from torc_runner.machine.job import ClaimedJob, JobId
from torc_runner.run_context import RunContext
from torc_runner.stdio_files import StdioFiles

_MAX_ENDED = 10_000
"""The number of ended attempts whose files can be found."""


@dataclass(frozen=True, slots=True)
class AttemptOutput:
    """The files of an attempt, and whether it may still write to them."""

    files: StdioFiles
    is_running: bool


class AttemptFiles:
    """The running attempts and the latest ended attempts of this runner."""

    def __init__(self, context: RunContext) -> None:
        self._context = context
        self.has_started = asyncio.Event()
        """Set when the first attempt was started."""
        self._running: dict[JobId, ClaimedJob] = {}
        self._ended: OrderedDict[tuple[JobId, int], ClaimedJob] = OrderedDict()

    def started(self, job: ClaimedJob) -> None:
        """Note that an attempt was started."""
        self._running[job.job_id] = job
        self.has_started.set()

    def ended(self, job: ClaimedJob) -> None:
        """Note that an attempt has ended."""
        self._running.pop(job.job_id, None)
        self._ended[job.job_id, job.attempt_id] = job
        if len(self._ended) > _MAX_ENDED:
            self._ended.popitem(last=False)

    def find(self, job_id: int, attempt_id: int) -> AttemptOutput | None:
        """Return the files of an attempt. None if it did not run here, or ended too long ago."""
        running = self._running.get(JobId(job_id))
        is_running = running is not None and running.attempt_id == attempt_id
        job = running if is_running else self._ended.get((JobId(job_id), attempt_id))
        return None if job is None else AttemptOutput(self._context.files_of(job), is_running)
