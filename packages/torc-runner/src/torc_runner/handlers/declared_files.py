"""The output files that jobs declare: whether they exist, and their modification times."""

import asyncio
from pathlib import Path

from msgspec import Struct

from torc_client.api.records import FileModel
from torc_client.client import TorcClient
from torc_client.errors import ApiError, ServerError
from torc_client.paging import iterate
from torc_runner import log
from torc_runner.connection.outage import Outages
from torc_runner.launch.stdio import leave_note
from torc_runner.machine.events import Inspected
from torc_runner.machine.job import ClaimedJob
from torc_runner.run_context import RunContext


class _InspectedFile(Struct, frozen=True):
    """A declared output file and its modification time; None for a missing file."""

    record: FileModel
    changed_at: float | None


class DeclaredFiles:
    """Inspects the declared output files of jobs that ended with 0."""

    def __init__(self, client: TorcClient, context: RunContext, outages: Outages) -> None:
        self._client = client
        self._context = context
        self._outages = outages

    async def inspect(self, job: ClaimedJob) -> Inspected:
        """Report the modification times of a job's files, and return the missing files. Raises TorcError."""

        async def records() -> list[FileModel]:
            pages = iterate(
                self._client.files.list_files,
                workflow_id=self._context.workflow_id,
                produced_by_job_id=job.job_id,
            )
            return [record async for record in pages]

        files = await self._outages.outlast(records)
        inspected = await asyncio.to_thread(
            lambda: [_InspectedFile(file, _changed_at(Path(file.path))) for file in files]
        )
        missing = tuple(Path(file.record.path) for file in inspected if file.changed_at is None)
        if missing:
            names = ", ".join(map(str, missing))
            log.job_trouble(self._context, job, "Job output missing", missing_files=names)
            leave_note(
                self._context.files_of(job),
                f"torc-runner: the job ended with 0, but its output files are missing: {names}",
            )
        await self._store_times(job, inspected)
        return Inspected(job.job_id, missing)

    async def _store_times(self, job: ClaimedJob, inspected: list[_InspectedFile]) -> None:
        try:
            for file in inspected:
                record, changed_at = file.record, file.changed_at
                if changed_at is not None and record.id is not None and record.st_mtime != changed_at:
                    await self._store_time(record, record.id, changed_at)
        except ServerError:
            raise
        except ApiError as error:
            log.job_trouble(self._context, job, "Job output not recorded", reason=error.message)

    async def _store_time(self, record: FileModel, file_id: int, changed_at: float) -> None:
        changed = FileModel(workflow_id=record.workflow_id, name=record.name, path=record.path, st_mtime=changed_at)
        await self._outages.outlast(lambda: self._client.files.update_file(file_id, changed))


def _changed_at(path: Path) -> float | None:
    try:
        return path.stat().st_mtime
    except (OSError, ValueError):
        return None
