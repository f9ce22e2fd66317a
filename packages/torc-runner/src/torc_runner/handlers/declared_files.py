"""The output files that jobs declare: whether they exist and were written, and their modification times."""

import asyncio
from collections.abc import Mapping, Sequence
from pathlib import Path

from torc_client.client import TorcClient
from torc_client.errors import TorcError
from torc_client.log_files.unchanged_outputs import NOT_WRITTEN
from torc_runner import log
from torc_runner.handlers.unchanged_outputs import is_older_than_workflow, newest_of, unchanged
from torc_runner.launch.outputs_before import FileState, OutputsBefore, read_attributes_again
from torc_runner.launch.stdio import leave_note
from torc_runner.machine.events import Inspected
from torc_runner.machine.job import ClaimedJob, FileTime
from torc_runner.run_context import RunContext

_FIX = "or set unchanged_outputs: accept in the execution_config of the spec"


class DeclaredFiles:
    """Inspects the declared output files of jobs that ended with 0."""

    def __init__(self, client: TorcClient, context: RunContext, before: OutputsBefore) -> None:
        self._client = client
        self._context = context
        self._before = before
        self._input_paths: dict[int, Path] = {}
        """Paths of input files that were asked for, by the id of the file."""

    async def inspect(self, job: ClaimedJob) -> Inspected:
        """Return the files of a job that are missing or out of date, and the modification times of the others."""
        changed_at = await asyncio.to_thread(lambda: [_changed_at(file.path) for file in job.output_files])
        inspected = [*zip(job.output_files, changed_at, strict=True)]
        missing = tuple(file.path for file, at in inspected if at is None)
        note = ""
        if missing:
            names = ", ".join(map(str, missing))
            log.job_trouble(self._context, job, "Job output missing", missing_files=names)
            note = self._note(job, f"but its output files are missing: {names}")
        outdated = await self._outdated(job, self._before.take(job.job_id))
        if outdated:
            note = self._report(job, [f"output {path} {what} and {NOT_WRITTEN}" for path, what in outdated.items()])
        times = tuple(
            FileTime(file.file_id, at) for file, at in inspected if at is not None and file.path not in outdated
        )
        return Inspected(job.job_id, missing, times, tuple(outdated), note)

    async def _outdated(self, job: ClaimedJob, before: Mapping[Path, FileState]) -> Mapping[Path, str]:
        """Return the output files that the command left as they were although they are older than what they follow.

        Each has what is wrong with it.

        The server is asked for the input files only if a file was left as it was. What is not known is accepted.
        """
        if not before:
            return {}
        left = await asyncio.to_thread(unchanged, before)
        outdated = [path for path in left if is_older_than_workflow(left[path], self._context.workflow_created_at)]
        reasons = dict.fromkeys(outdated, "was there before the workflow")
        newest = None
        if len(outdated) < len(left):
            newest = await asyncio.to_thread(newest_of, await self._inputs_of(job))
        if newest is not None:
            older = [path for path in left if path not in reasons and left[path].changed_at < newest.changed_at]
            reasons |= dict.fromkeys(older, f"is older than the input {newest.path}")
        return reasons

    async def _inputs_of(self, job: ClaimedJob) -> Sequence[Path]:
        """Return the input files of a job that it does not write itself."""
        own = {file.file_id for file in job.output_files}
        try:
            ids = [
                each for each in (await self._client.jobs.get_job(job.job_id)).input_file_ids or [] if each not in own
            ]
            for file_id in ids:
                if file_id not in self._input_paths:
                    self._input_paths[file_id] = Path((await self._client.files.get_file(file_id)).path)
        except TorcError:
            return []
        return [self._input_paths[file_id] for file_id in ids]

    def _report(self, job: ClaimedJob, reasons: Sequence[str]) -> str:
        """Write all reasons into one line of the log of the job, since its last line is shown as the reason."""
        for reason in reasons:
            log.job_trouble(self._context, job, "Job output unchanged", reason=reason)
        files = "it" if len(reasons) == 1 else "them"
        return self._note(job, f"but its {', its '.join(reasons)}: delete {files}, {_FIX}")

    def _note(self, job: ClaimedJob, text: str) -> str:
        """Write what is wrong into the log of the job, and return it."""
        note = f"the job ended with 0, {text}"
        leave_note(self._context.files_of(job), f"torc-runner: {note}")
        return note


def _changed_at(path: Path) -> float | None:
    try:
        return path.stat().st_mtime
    except (OSError, ValueError):
        pass
    read_attributes_again(path.parent)
    try:
        return path.stat().st_mtime
    except (OSError, ValueError):
        return None
