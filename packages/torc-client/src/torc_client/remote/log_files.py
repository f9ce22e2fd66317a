"""Collect and delete the logs of all workers of a workflow."""

from collections.abc import Sequence
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from torc_client.errors import TorcError
from torc_client.remote.address import WorkerAddress
from torc_client.remote.agent.bootstrap import agent_script
from torc_client.remote.agent.output_files import DeleteFilesRequest, DeleteFilesResult, PackRequest
from torc_client.remote.calling import RemoteAgents
from torc_client.remote.collecting import Collected, collect
from torc_client.remote.lines import failure, failure_of
from torc_client.remote.ssh import HostOutcome
from torc_client.text import count, size

DELETE_SECONDS = 540.0
"""The time that a deletion may take, in addition to that of every call."""


class WorkerLogs(Struct, kw_only=True, frozen=True):
    """One worker after its logs were collected or deleted."""

    worker: str
    is_done: bool
    output_dir: str = ""
    archive: str | None = None
    files: int = 0
    size_bytes: int = 0
    deleted_files: int | None = None
    """None where nothing was to be deleted."""
    kept_files: list[str] = []
    """Files that changed after they were collected."""
    kept_journals: list[str] = []
    """Journals, which may have results that the server does not have."""
    detail: str = ""
    hint: str = ""


class LogCollector:
    """Collects and deletes logs. `output_dir` is None for the folder of each worker's last start."""

    def __init__(self, agents: RemoteAgents, output_dir: str | None) -> None:
        self._agents = agents
        self._output_dir = output_dir

    async def collect(self, worker: WorkerAddress, folder: Path, *, deletes: bool) -> WorkerLogs:
        """Collect the logs of a worker into a folder here, and delete there what was collected. Raises TorcError."""
        request = self._agents.request(PackRequest, worker, output_dir=self._output_dir)
        collected = await collect(worker, request, agent_script(self._agents.program), folder)
        logs = WorkerLogs(
            worker=worker.text,
            is_done=True,
            output_dir=collected.output_dir,
            archive=None if collected.path is None else str(collected.path),
            files=len(collected.files),
            size_bytes=collected.size_bytes,
        )
        if not deletes:
            return logs
        try:
            return self._with_deleted(logs, await self._delete(worker, collected))
        except TorcError as error:
            detail, hint = failure_of(worker, error)
            return replace(
                logs,
                is_done=False,
                detail=f"its logs are in {logs.archive}, and were not deleted there: {detail}",
                hint=hint,
            )

    async def delete(self, worker: WorkerAddress) -> WorkerLogs:
        """Delete the logs of a worker. Raises TorcError."""
        result = await self._delete(worker, None)
        return self._with_deleted(WorkerLogs(worker=worker.text, is_done=True, output_dir=result.output_dir), result)

    async def _delete(self, worker: WorkerAddress, collected: Collected | None) -> DeleteFilesResult:
        request = self._agents.request(
            DeleteFilesRequest,
            worker,
            output_dir=self._output_dir if collected is None else collected.output_dir,
            only=None if collected is None else collected.files,
        )
        return await self._agents.result(worker, request, DeleteFilesResult, seconds=DELETE_SECONDS)

    @staticmethod
    def _with_deleted(logs: WorkerLogs, result: DeleteFilesResult) -> WorkerLogs:
        return replace(
            logs,
            deleted_files=result.files,
            size_bytes=logs.size_bytes if logs.archive else result.size_bytes,
            kept_files=result.changed,
            kept_journals=result.journals,
        )


def logs_of(ended: HostOutcome[WorkerLogs]) -> WorkerLogs:
    """Return the result of one worker."""
    if ended.value is not None:
        return ended.value
    detail, hint = failure_of(ended.address, ended.error)
    return WorkerLogs(worker=ended.address.text, is_done=False, detail=detail, hint=hint)


def lines_of(logs: WorkerLogs, workflow_id: int) -> Sequence[str]:
    """Return the lines that report one worker."""
    if not logs.is_done:
        return failure(logs.worker, logs.detail, logs.hint)
    parts = []
    if logs.archive is not None:
        parts.append(f"{count('file', logs.files)} in {logs.archive} ({size(logs.size_bytes)})")
    if logs.deleted_files:
        freed = "" if logs.archive else f" ({size(logs.size_bytes)})"
        parts.append(f"{count('file', logs.deleted_files)} deleted in {logs.output_dir}{freed}")
    if logs.kept_files:
        parts.append(f"{count('file', len(logs.kept_files))} kept, because of changes after the collection")
    if logs.kept_journals:
        parts.append(f"{count('journal', len(logs.kept_journals))} kept, which may have results that were not sent")
    return [f"  [OK] {logs.worker}: {'; '.join(parts) or f'no files of workflow {workflow_id} in {logs.output_dir}'}"]
