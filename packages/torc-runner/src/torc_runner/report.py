"""Tell the service how jobs started and ended. Each call may be repeated until it is answered."""

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from torc_client.api.records import FileModel, ResultModel
from torc_client.client import TorcClient
from torc_client.errors import ApiError, ServerFault
from torc_client.paging import iterate
from torc_runner import log
from torc_runner.instructions import Report
from torc_runner.job import ClaimedJob
from torc_runner.launch.environment import Surroundings
from torc_runner.outage import Outages
from torc_runner.outcome import Outcome, settle


@dataclass(frozen=True, slots=True)
class _Looked:
    """A declared output file, and when it was last changed: None when it is not there."""

    record: FileModel
    changed_at: float | None


class Reports:
    """What one runner tells the service about its jobs."""

    def __init__(self, client: TorcClient, around: Surroundings, outages: Outages) -> None:
        self._client = client
        self._around = around
        self._outages = outages

    async def start(self, job: ClaimedJob) -> bool:
        """Say that a job runs here from now on; False when the service does not let it. Raises TorcError."""
        try:
            await self._outages.outlast(
                lambda: self._client.jobs.start_job(job.job_id, self._around.run_id, self._around.compute_node_id)
            )
        except ServerFault:
            raise
        except ApiError as error:
            log.job_trouble(self._around, job, "Job not started", error.message)
            return False
        return True

    async def report(self, ended: Report) -> Outcome:
        """Judge an attempt, look for its output files, and report it. A refusal is logged. Raises TorcError."""
        job = ended.job
        completion_time = datetime.now(UTC).isoformat()
        looked = await self._look_for_outputs(job) if ended.exit_code == 0 and job.has_output_files else []
        missing = [Path(file.record.path) for file in looked if file.changed_at is None]
        if missing:
            log.job_trouble(self._around, job, "Job output missing", ", ".join(map(str, missing)))
        outcome = settle(ended.exit_code, was_terminated=ended.was_terminated, missing_files=missing)
        result = ResultModel(
            workflow_id=self._around.workflow_id,
            job_id=job.job_id,
            run_id=self._around.run_id,
            attempt_id=job.attempt_id,
            compute_node_id=self._around.compute_node_id,
            return_code=outcome.return_code,
            exec_time_minutes=ended.exec_seconds / 60,
            completion_time=completion_time,
            status=outcome.status,
        )
        log.job_completed(self._around, job, outcome.status, outcome.return_code, ended.exec_seconds)
        try:
            await self._store_times(looked)
            await self._outages.outlast(
                lambda: self._client.jobs.complete_job(job.job_id, outcome.status, self._around.run_id, result)
            )
        except ServerFault:
            raise
        except ApiError as error:  # canceled meanwhile, or completed by somebody else
            log.job_trouble(self._around, job, "Job result refused", error.message)
        return outcome

    async def give_back(self, job: ClaimedJob) -> None:
        """Make a claimed job that has not run ready again, for other runners. A refusal is logged. Raises TorcError.

        The service knows no way back from a claim but a start and a retry, so the job's next attempt has a new number.
        """
        jobs, run_id = self._client.jobs, self._around.run_id
        if not await self.start(job):
            return
        try:
            await self._outages.outlast(lambda: jobs.retry_job(job.job_id, run_id, max_retries=job.attempt_id + 1))
        except ServerFault:
            raise
        except ApiError as error:
            log.job_trouble(self._around, job, "Job not given back", error.message)

    async def _look_for_outputs(self, job: ClaimedJob) -> list[_Looked]:
        async def records() -> list[FileModel]:
            pages = iterate(
                self._client.files.list_files,
                workflow_id=self._around.workflow_id,
                produced_by_job_id=job.job_id,
            )
            return [record async for record in pages]

        files = await self._outages.outlast(records)
        return await asyncio.to_thread(lambda: [_Looked(file, _changed_at(Path(file.path))) for file in files])

    async def _store_times(self, looked: list[_Looked]) -> None:
        for file in looked:
            record, changed_at = file.record, file.changed_at
            if changed_at is None or record.id is None or record.st_mtime == changed_at:
                continue
            await self._store_time(record, record.id, changed_at)

    async def _store_time(self, record: FileModel, file_id: int, changed_at: float) -> None:
        changed = FileModel(workflow_id=record.workflow_id, name=record.name, path=record.path, st_mtime=changed_at)
        await self._outages.outlast(lambda: self._client.files.update_file(file_id, changed))


def _changed_at(path: Path) -> float | None:
    try:
        return path.stat().st_mtime
    except (OSError, ValueError):
        return None
