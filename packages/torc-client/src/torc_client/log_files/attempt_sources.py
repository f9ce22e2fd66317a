"""Where the logs of a job are: on this disk, where the records of its compute node lead, or with its runner."""

import asyncio
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from torc_client.answers import id_of
from torc_client.api.enums import JobStatus, OutputStream, StdioMode
from torc_client.api.records import (
    ComputeNodeModel,
    ExecutionConfig,
    JobModel,
    ResultModel,
    StdioConfig,
    WorkflowModel,
)
from torc_client.client import TorcClient
from torc_client.errors import ApiError, NotFoundError, TorcError
from torc_client.log_files.attempt_logs import OF_JOB, LogKind, open_logs, refusal
from torc_client.log_files.confined import OpenLog
from torc_client.log_files.job_attempts import UNDERWAY, has_begun
from torc_client.log_files.job_logs import NOT_BEGUN, USUAL_FOLDER
from torc_client.log_files.names import AttemptId
from torc_client.log_files.relayed_log import RelayedLog, open_relayed

MOST_RESULTS = 100
_STREAMS = {LogKind.STDOUT: OutputStream.STDOUT, LogKind.STDERR: OutputStream.STDERR}


@dataclass(frozen=True)
class LoggedAttempt:
    """An attempt of a job in a run. Without a result it is the current one."""

    run_id: int
    attempt_id: int
    status: JobStatus
    compute_node_id: int | None
    result: ResultModel | None = None

    @property
    def is_over(self) -> bool:
        """Whether it writes no more output."""
        return self.status not in UNDERWAY


@dataclass(frozen=True)
class LogSource:
    """An open log, and the others of the same attempt. The holder closes it."""

    kind: LogKind
    kinds: tuple[LogKind, ...]
    log: OpenLog | RelayedLog
    place: str

    @property
    def is_relayed(self) -> bool:
        """Whether the runner reads the log, through the server."""
        return isinstance(self.log, RelayedLog)

    def close(self) -> None:
        """Close the file."""
        if isinstance(self.log, OpenLog):
            self.log.close()


def attempts_of(job: JobModel, workflow: WorkflowModel, results: list[ResultModel]) -> list[LoggedAttempt]:
    """Return the attempts of a job in all runs, the newest first."""
    attempts = [
        LoggedAttempt(one.run_id, one.attempt_id or 1, one.status, one.compute_node_id, one)
        for one in sorted(results, key=lambda one: (one.run_id, one.attempt_id or 1), reverse=True)
    ]
    current = (workflow.run_id or 0, job.attempt_id or 1)
    if has_begun(job) and current not in {(one.run_id, one.attempt_id) for one in attempts}:
        attempts.insert(0, LoggedAttempt(*current, job.status or JobStatus.RUNNING, job.compute_node_id))
    return attempts


def chosen_attempt(attempts: list[LoggedAttempt], run: str | None, attempt: str | None) -> LoggedAttempt | None:
    """Return the attempt with these numbers, or the newest one that fits; None if there is none."""
    return next(
        (
            one
            for one in attempts
            if (not run or str(one.run_id) == run) and (not attempt or str(one.attempt_id) == attempt)
        ),
        None,
    )


@dataclass(frozen=True)
class JobHistory:
    """A job with its workflow and attempts, and the attempt that a page is about."""

    job: JobModel
    workflow: WorkflowModel
    attempts: list[LoggedAttempt]
    chosen: LoggedAttempt | None


async def load_history(client: TorcClient, job_id: int, query: Mapping[str, str]) -> JobHistory:
    """Read a job and its attempts. `query` has the run and the attempt; the newest if it has none."""
    job = await client.jobs.get_job(job_id, include_dependencies=False)
    workflow, found = await asyncio.gather(
        client.workflows.get_workflow(job.workflow_id),
        client.results.list_results(workflow_id=job.workflow_id, job_id=job_id, all_runs=True, limit=MOST_RESULTS),
    )
    attempts = attempts_of(job, workflow, list(found.items))
    return JobHistory(job, workflow, attempts, chosen_attempt(attempts, query.get("run"), query.get("attempt")))


async def node_of(client: TorcClient, attempt: LoggedAttempt) -> ComputeNodeModel | None:
    """Return the compute node of an attempt; None if it was deleted."""
    if attempt.compute_node_id is None:
        return None
    try:
        return await client.compute_nodes.get_compute_node(attempt.compute_node_id)
    except NotFoundError:
        return None


async def open_source(
    client: TorcClient, history: JobHistory, kind: str, more_folders: Sequence[Path] = ()
) -> LogSource:
    """Open a log of the chosen attempt. An empty `kind` is the most useful one. Raises TorcError with what to do.

    It is searched in the folders that the records name, then in `more_folders`, then requested from its runner.
    """
    job, attempt, workflow = history.job, history.chosen, history.workflow
    if attempt is None:
        unknown = "The job has no such attempt."
        raise TorcError(unknown if history.attempts else "The job has not run yet, so it has no output.")
    node = await node_of(client, attempt)
    name = AttemptId(job.workflow_id, id_of(job), attempt.run_id, attempt.attempt_id)
    folders = [*folders_of(node, workflow), *(folder.absolute() for folder in more_folders)]
    why = ""
    for folder in folders:
        found, why = await asyncio.to_thread(_open_here, folder, name, node)
        if _has(found, kind):
            return _choose(found, attempt, kind)
        for log in found.values():
            log.close()
    if attempt.attempt_id == (job.attempt_id or 1):
        try:
            return await _open_there(client, id_of(job), attempt, kind)
        except ApiError as error:
            if error.status not in {404, 409, 501}:
                raise
            why = why or error.message
    raise _not_kept(workflow, job, attempt, kind) or _absent(job, attempt, node, folders, why)


def folders_of(node: ComputeNodeModel | None, workflow: WorkflowModel) -> list[Path]:
    """Return the output folders that the records name."""
    folders = [Path(node.output_dir)] if node is not None and node.output_dir else []
    if workflow.submission_directory:
        folders.append(Path(workflow.submission_directory) / USUAL_FOLDER)
    return [folder for folder in folders if folder.is_absolute()]


def _open_here(folder: Path, name: AttemptId, node: ComputeNodeModel | None) -> tuple[dict[LogKind, OpenLog], str]:
    found = open_logs(folder, name, node)
    why = "" if OF_JOB & found.keys() else refusal(folder, name, node, found)
    return found, why


def _has(found: Collection[LogKind], kind: str) -> bool:
    """Whether there is the log that was asked for, or any of the job if none was. One file can have both streams."""
    if not kind:
        return bool(OF_JOB & set(found))
    return kind in found or (kind in _STREAMS and LogKind.COMBINED in found)


def _choose(found: Mapping[LogKind, OpenLog], attempt: LoggedAttempt, kind: str) -> LogSource:
    if kind in found:
        chosen = LogKind(kind)
    elif kind:
        chosen = LogKind.COMBINED
    else:
        chosen = _best({one: log.size_bytes for one, log in found.items()}, attempt)
    for one, log in found.items():
        if one is not chosen:
            log.close()
    log = found[chosen]
    return LogSource(chosen, tuple(found), log, str(log.path))


def _best(sizes: Mapping[LogKind, int], attempt: LoggedAttempt) -> LogKind:
    """Return the log with the reason of a failure, or else the output; an empty one only if all are empty."""
    order = list(LogKind)
    if attempt.status in {JobStatus.FAILED, JobStatus.TERMINATED, JobStatus.PENDING_FAILED}:
        order.sort(key=lambda one: one is not LogKind.STDERR)
    present = [one for one in order if one in sizes]
    return next((one for one in present if sizes[one]), present[0])


async def _open_there(client: TorcClient, job_id: int, attempt: LoggedAttempt, kind: str) -> LogSource:
    opened = await asyncio.gather(
        *(open_relayed(client, job_id, stream, attempt.attempt_id) for stream in _STREAMS.values()),
        return_exceptions=True,
    )
    found = {one: log for one, log in zip(_STREAMS, opened, strict=True) if isinstance(log, RelayedLog)}
    if not found:
        raise next(one for one in opened if isinstance(one, BaseException))
    first = next(iter(found.values()))
    if first.is_both:
        return LogSource(LogKind.COMBINED, (LogKind.COMBINED,), first, f"{first.hostname}:{first.path}")
    if kind and kind not in found:
        raise TorcError(f"There is no {kind} of this attempt.")
    chosen = next((one for one in found if one == kind), None)
    if chosen is None:
        chosen = _best({one: log.size_bytes for one, log in found.items()}, attempt)
    log = found[chosen]
    return LogSource(chosen, tuple(found), log, f"{log.hostname}:{log.path}")


_KEEP = "To keep it, change stdio in the execution_config of the spec."


def _not_kept(workflow: WorkflowModel, job: JobModel, attempt: LoggedAttempt, kind: str) -> TorcError | None:
    """Return that the spec says not to keep the output, if it does."""
    config = workflow.execution_config or ExecutionConfig()
    rule = (config.job_stdio_overrides or {}).get(job.name) or config.stdio or StdioConfig()
    mode = rule.mode or StdioMode.SEPARATE
    if mode is StdioMode.NONE or (mode, kind) in _LEFT_OUT:
        what = "The output of this job" if mode is StdioMode.NONE else f"The {kind} of this job"
        return TorcError(f"{what} is not kept: stdio has the mode {mode.value}.", _KEEP)
    if rule.delete_on_success and attempt.status is JobStatus.COMPLETED:
        return TorcError("The output was deleted because the job succeeded: stdio has delete_on_success.", _KEEP)
    return None


_LEFT_OUT = {(StdioMode.NO_STDOUT, LogKind.STDOUT.value), (StdioMode.NO_STDERR, LogKind.STDERR.value)}


def _absent(
    job: JobModel, attempt: LoggedAttempt, node: ComputeNodeModel | None, folders: list[Path], why: str
) -> TorcError:
    if job.status in NOT_BEGUN and attempt.result is None:
        return TorcError("The job has not run yet, so it has no output.")
    where = f"It ran on {node.hostname}. " if node is not None else ""
    looked = " or ".join(str(folder) for folder in folders)
    here = (
        f"There is no output of this attempt in {looked} on this machine." if looked else "Its node recorded no folder."
    )
    return TorcError(
        " ".join(part for part in (where + here, _sentence(why)) if part),
        f"On a machine that has the files: torc logs show {job.id}",
    )


def _sentence(text: str) -> str:
    return f"{text}." if text[-1:].isalnum() else text
