"""The output files that jobs declare: whether they exist, and their modification times."""

import asyncio
from pathlib import Path

from torc_runner import log
from torc_runner.launch.stdio import leave_note
from torc_runner.machine.events import Inspected
from torc_runner.machine.job import ClaimedJob, FileTime
from torc_runner.run_context import RunContext


class DeclaredFiles:
    """Inspects the declared output files of jobs that ended with 0. The server is not asked."""

    def __init__(self, context: RunContext) -> None:
        self._context = context

    async def inspect(self, job: ClaimedJob) -> Inspected:
        """Return the missing files of a job, and the modification times of the others."""
        changed_at = await asyncio.to_thread(lambda: [_changed_at(file.path) for file in job.output_files])
        inspected = [*zip(job.output_files, changed_at, strict=True)]
        missing = tuple(file.path for file, at in inspected if at is None)
        if missing:
            names = ", ".join(map(str, missing))
            log.job_trouble(self._context, job, "Job output missing", missing_files=names)
            leave_note(
                self._context.files_of(job),
                f"torc-runner: the job ended with 0, but its output files are missing: {names}",
            )
        times = tuple(FileTime(file.file_id, at) for file, at in inspected if at is not None)
        return Inspected(job.job_id, missing, times)


def _changed_at(path: Path) -> float | None:
    try:
        return path.stat().st_mtime
    except (OSError, ValueError):
        return None
