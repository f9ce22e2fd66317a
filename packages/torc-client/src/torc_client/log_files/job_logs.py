"""Find the output files of a job, wherever its runner keeps them."""

import socket
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from torc_client.answers import id_of, run_id_of
from torc_client.api.enums import JobStatus
from torc_client.api.records import ComputeNodeModel, JobModel
from torc_client.client import TorcClient
from torc_client.errors import NotFoundError, TorcError
from torc_client.log_files.names import AttemptId, stdio_paths
from torc_client.paging import iterate

USUAL_FOLDER = Path("torc_output")
UNDERWAY = frozenset({JobStatus.PENDING, JobStatus.RUNNING})
NOT_BEGUN = frozenset({JobStatus.UNINITIALIZED, JobStatus.BLOCKED, JobStatus.READY})


class OutputNotFoundError(TorcError):
    """A job has output files, but this machine does not see them.

    `is_gone` is true if they were on this machine, and their runner has ended: no runner can provide them.
    """

    def __init__(self, message: str, hint: str | None = None, *, is_gone: bool = False) -> None:
        super().__init__(message, hint)
        self.is_gone = is_gone


class Stream(StrEnum):
    """An output stream of a job; BOTH if one file has both."""

    STDOUT = "stdout"
    STDERR = "stderr"
    BOTH = "stdout and stderr"


@dataclass(frozen=True, slots=True)
class JobOutput:
    """The existing output files of one attempt."""

    attempt: AttemptId
    paths: Mapping[Stream, Path]
    folder: Path
    """The output folder that has them."""

    def only(self, stream: Stream | None) -> Mapping[Stream, Path]:
        """Return the files of a stream; None for all."""
        return {each: path for each, path in self.paths.items() if stream in {None, each} or each is Stream.BOTH}


async def find_output(client: TorcClient, job: JobModel, output_dir: Path | None) -> JobOutput:
    """Find the output of the latest attempt: in `output_dir`, else in the folder of its node, else in the default.

    It is the latest attempt that the server has: a folder can also have files of another database with the same ids.
    Raises OutputNotFoundError with the location of the files, and TorcError for a job that has not started.
    """
    attempt, node = await _latest_attempt(client, job), await _node(client, job)
    folders = [output_dir] if output_dir is not None else _folders(node)
    if attempt is None:
        raise _not_here(job, node, folders, has_run=False)
    for folder in folders:
        if paths := _existing(folder, attempt):
            return JobOutput(attempt, paths, folder)
    raise _not_here(job, node, folders, has_run=True)


def has_begun(job: JobModel) -> bool:
    """Return whether the current attempt of a job has started, as far as the job without its results shows it."""
    # A job that was canceled while it ran has no result.
    return job.status in UNDERWAY or (job.status is JobStatus.CANCELED and job.start_time is not None)


async def _latest_attempt(client: TorcClient, job: JobModel) -> AttemptId | None:
    """Return the current attempt of a job that has begun it, else the attempt of its latest result, if any."""
    job_id = id_of(job)
    if has_begun(job):
        run_id = run_id_of(await client.workflows.get_workflow_status(job.workflow_id))
        return AttemptId(job.workflow_id, job_id, run_id, job.attempt_id or 1)
    results = iterate(client.results.list_results, workflow_id=job.workflow_id, job_id=job_id, all_runs=True)
    attempts = [AttemptId(one.workflow_id, one.job_id, one.run_id, one.attempt_id or 1) async for one in results]
    return max(attempts, default=None)


def _folders(node: ComputeNodeModel | None) -> list[Path]:
    reported = [Path(node.output_dir)] if node is not None and node.output_dir else []
    return [*dict.fromkeys([*reported, USUAL_FOLDER.absolute()])]


def _existing(folder: Path, attempt: AttemptId) -> dict[Stream, Path]:
    paths = stdio_paths(folder, attempt)
    if paths.stdout == paths.stderr:
        return {Stream.BOTH: paths.stdout}
    both = {Stream.STDOUT: paths.stdout, Stream.STDERR: paths.stderr}
    return {stream: path for stream, path in both.items() if path.exists()}


async def _node(client: TorcClient, job: JobModel) -> ComputeNodeModel | None:
    """Return the node of the job's last attempt, if it is known and was not deleted."""
    if job.compute_node_id is None:
        return None
    try:
        return await client.compute_nodes.get_compute_node(job.compute_node_id)
    except NotFoundError:
        return None


def _not_here(job: JobModel, node: ComputeNodeModel | None, folders: list[Path], *, has_run: bool) -> TorcError:
    if job.status in NOT_BEGUN and not has_run:
        return TorcError(
            f"Job {job.id} has not run yet (it is {job.status}), so there is no output of it.",
            f"`torc logs tail {job.id}` waits for it.",
        )
    if job.status is JobStatus.CANCELED and job.compute_node_id is None:
        return TorcError(
            f"Job {job.id} was canceled before it ran, so there is no output of it.",
            f"`torc workflows diagnose {job.workflow_id}` shows which jobs failed.",
        )
    where = " or ".join(str(folder) for folder in folders)
    cause = f"No output of job {job.id} is in {where} on this machine"
    if node is None:
        return OutputNotFoundError(f"{cause}.", "Name its runner's output folder with --output-dir.")
    where_there = f", in {node.output_dir}" if node.output_dir else ""
    if isinstance(node.scheduler, dict) and node.scheduler.get("remote_worker"):
        return OutputNotFoundError(
            f"{cause}; it ran on {node.hostname}{where_there}.",
            f"Copy the logs of remote workers here: torc remote collect-logs {job.workflow_id}",
        )
    if node.output_dir and not node.is_active and node.hostname == socket.gethostname():
        return OutputNotFoundError(
            f"No output of job {job.id} is in {where}: its files were moved or deleted.",
            "Name the folder that has them with --output-dir. A spec can also disable output files (stdio).",
            is_gone=True,
        )
    return OutputNotFoundError(
        f"{cause}; it ran on {node.hostname}.",
        "Look there, or name the folder with --output-dir. A spec can also disable output files (stdio).",
    )
