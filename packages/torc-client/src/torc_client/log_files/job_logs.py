"""Find the output files of a job, wherever its runner keeps them."""

import socket
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from torc_client.api.enums import JobStatus
from torc_client.api.records import ComputeNodeModel, JobModel
from torc_client.client import TorcClient
from torc_client.errors import NotFoundError, TorcError
from torc_client.log_files.job_attempts import LAST, ChosenAttempt, WantedAttempt, choose_attempt
from torc_client.log_files.names import AttemptId, stdio_paths

USUAL_FOLDER = Path("torc_output")
NOT_BEGUN = frozenset({JobStatus.UNINITIALIZED, JobStatus.BLOCKED, JobStatus.READY})


class OutputNotFoundError(TorcError):
    """A job has output files, but this machine does not see them.

    `is_gone` is true if they were on this machine, and their runner has ended: no runner can provide them. `chosen` is
    the attempt, once it is known.
    """

    def __init__(self, message: str, hint: str | None = None, *, is_gone: bool = False) -> None:
        super().__init__(message, hint)
        self.is_gone = is_gone
        self.chosen: ChosenAttempt | None = None


class Stream(StrEnum):
    """An output stream of a job; BOTH if one file has both."""

    STDOUT = "stdout"
    STDERR = "stderr"
    BOTH = "stdout and stderr"


@dataclass(frozen=True, slots=True)
class JobOutput:
    """The existing output files of one attempt."""

    chosen: ChosenAttempt
    paths: Mapping[Stream, Path]
    folder: Path
    """The output folder that has them."""

    @property
    def attempt(self) -> AttemptId:
        """The attempt."""
        return self.chosen.attempt

    def only(self, stream: Stream | None) -> Mapping[Stream, Path]:
        """Return the files of a stream; None for all."""
        return {each: path for each, path in self.paths.items() if stream in {None, each} or each is Stream.BOTH}


async def find_output(
    client: TorcClient, job: JobModel, output_dir: Path | None, wanted: WantedAttempt = LAST
) -> JobOutput:
    """Find the output of an attempt: in `output_dir`, else in the folder of its node, else in the default.

    It is an attempt that the server has: a folder can also have files of another database with the same ids.
    Raises OutputNotFoundError with the location of the files, and TorcError for a job that has not started.
    """
    chosen = await choose_attempt(client, job, wanted)
    node = await _node(client, job.compute_node_id if chosen is None else chosen.compute_node_id)
    folders = [output_dir] if output_dir is not None else _folders(node)
    if chosen is None:
        raise _not_here(job, node, folders, has_run=False)
    for folder in folders:
        if paths := _existing(folder, chosen.attempt):
            return JobOutput(chosen, paths, folder)
    missing = _not_here(job, node, folders, has_run=True)
    if isinstance(missing, OutputNotFoundError):
        missing.chosen = chosen
    raise missing


def _folders(node: ComputeNodeModel | None) -> list[Path]:
    reported = [Path(node.output_dir)] if node is not None and node.output_dir else []
    return [*dict.fromkeys([*reported, USUAL_FOLDER.absolute()])]


def _existing(folder: Path, attempt: AttemptId) -> dict[Stream, Path]:
    paths = stdio_paths(folder, attempt)
    if paths.stdout == paths.stderr:
        return {Stream.BOTH: paths.stdout}
    both = {Stream.STDOUT: paths.stdout, Stream.STDERR: paths.stderr}
    return {stream: path for stream, path in both.items() if path.exists()}


async def _node(client: TorcClient, node_id: int | None) -> ComputeNodeModel | None:
    """Return the node of an attempt, if it is known and was not deleted."""
    if node_id is None:
        return None
    try:
        return await client.compute_nodes.get_compute_node(node_id)
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
            f"No output of job {job.id} is in {where}: its files were moved, deleted or never written.",
            "Name the folder that has them with --output-dir. A spec can also disable output files (stdio).",
            is_gone=True,
        )
    return OutputNotFoundError(
        f"{cause}; it ran on {node.hostname}.",
        "Look there, or name the folder with --output-dir. A spec can also disable output files (stdio).",
    )
