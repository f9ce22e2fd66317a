"""The state of a workflow at the end of a workflow run."""

import dataclasses

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from torc_client.answers import id_of
from torc_client.api.enums import JobStatus
from torc_client.api.records import JobStatusCounts, WorkflowStatusResponse
from torc_client.client import TorcClient
from torc_client.errors import ApiError, ServerUnreachableError, TorcError
from torc_client.job_statuses import COMPLETE, UNSUCCESSFUL, count_in
from torc_client.overview.failed_jobs import UnsuccessfulJobs, read_failed_jobs
from torc_client.paging import iterate
from torc_client.runner_exit_code import RunnerExitCode
from torc_client.workflow_operations.partial_run import PartialRun
from torc_runner.machine.instructions import ExitReason

MAX_LINES = 200
"""Larger workflows list only the jobs that did not succeed, up to this number."""

# In this order the counts are shown.
_ORDER = (
    JobStatus.COMPLETED, JobStatus.FAILED, JobStatus.TERMINATED, JobStatus.CANCELED, JobStatus.PENDING_FAILED,
    JobStatus.RUNNING, JobStatus.PENDING, JobStatus.READY, JobStatus.BLOCKED, JobStatus.UNINITIALIZED,
    JobStatus.DISABLED,
)  # fmt: skip


_ENDED = frozenset({*COMPLETE, JobStatus.PENDING_FAILED})


class Line(Struct, frozen=True):
    """One job of the results table."""

    job_id: int
    name: str
    status: JobStatus
    return_code: int | None
    exec_seconds: float | None


class Summary(Struct, frozen=True):
    """The state of a workflow, and why the runner left it."""

    workflow_id: int
    workflow_name: str
    run_id: int
    exit_reason: ExitReason
    is_complete: bool
    total_jobs: int
    counts: dict[str, int]
    """Jobs by status, without statuses that do not occur."""
    jobs: list[Line]
    is_partial: bool
    """Whether `jobs` is incomplete."""
    failed: UnsuccessfulJobs = UnsuccessfulJobs(0)
    """The first jobs that did not succeed, with the reasons."""

    part: PartialRun | None = None
    """The jobs that the run was for, and that are counted here. None for all jobs."""

    num_ran: int | None = None
    """Jobs with a result of this run. None if it is not known."""

    num_ran_here: int | None = None
    """The jobs among them that this runner ran. None if it is not known."""

    why_not_here: tuple[str, ...] = ()
    """Why the ready jobs that do not fit this node cannot run here."""

    @property
    def exit_code(self) -> RunnerExitCode:
        """0 every job succeeded, 3 finished with failed or canceled jobs, 4 stopped before the end."""
        if self.exit_reason is ExitReason.CANCELED:
            return RunnerExitCode.FINISHED_WITH_FAILURES
        if self.exit_reason is ExitReason.STOPPED or not self.is_complete:
            return RunnerExitCode.STOPPED
        succeeded = self.counts.get("completed", 0) + self.counts.get("disabled", 0)
        return RunnerExitCode.SUCCEEDED if succeeded == self.total_jobs else RunnerExitCode.FINISHED_WITH_FAILURES


class StoppedWithoutServerError(TorcError):
    """The runner was asked to stop, and cannot read the state of the workflow, because the server does not answer."""

    def __init__(self, workflow_id: int, failure: ServerUnreachableError) -> None:
        super().__init__(
            f"Stopped before the end; the state of workflow {workflow_id} is not known. {failure.message}",
            f"When the server answers again, `torc run {workflow_id}` with the same output folder sends the results"
            " that were left and continues.",
        )


async def sum_up(
    client: TorcClient,
    workflow_id: int,
    run_id: int,
    exit_reason: ExitReason,
    part: PartialRun | None = None,
) -> Summary:
    """Read the state of the workflow, or of some jobs of it, from the server. Raises TorcError."""
    status = await client.workflows.get_workflow_status(workflow_id)
    if part is not None:
        status = await _of_jobs(client, status, part.needed)
    is_small = status.total_jobs <= MAX_LINES
    wanted = (None,) if is_small else UNSUCCESSFUL
    jobs = [
        job
        for which in wanted
        async for job in iterate(
            client.jobs.list_jobs,
            workflow_id=workflow_id,
            status=which,
            sort_by="id",
            limit=MAX_LINES if part is None else None,
        )
        if part is None or job.id in part.needed
    ]
    results = {
        (result.job_id, result.attempt_id): result
        for which in wanted
        async for result in iterate(
            client.results.list_results,
            workflow_id=workflow_id,
            run_id=run_id,
            status=which,
            limit=MAX_LINES if part is None else None,
        )
    }
    lines = []
    for job in jobs[:MAX_LINES]:
        # The result of an earlier attempt says nothing about a job that runs again.
        result = results.get((id_of(job), job.attempt_id or 1)) if job.status in _ENDED else None
        lines.append(
            Line(
                job_id=id_of(job),
                name=job.name,
                status=job.status or JobStatus.UNINITIALIZED,
                return_code=result.return_code if result else None,
                exec_seconds=round(result.exec_time_minutes * 60, 3) if result else None,
            )
        )
    return Summary(
        workflow_id=workflow_id,
        workflow_name=status.workflow_name,
        run_id=run_id,
        exit_reason=exit_reason,
        is_complete=status.is_complete,
        total_jobs=status.total_jobs,
        counts=_counts(status.jobs_by_status),
        jobs=lines,
        is_partial=not is_small,
        failed=await _failed(client, status, exit_reason, part),
        part=part,
        num_ran=len({job_id for job_id, _ in results}) if is_small and part is None else None,
    )


async def _of_jobs(
    client: TorcClient, status: WorkflowStatusResponse, job_ids: frozenset[int]
) -> WorkflowStatusResponse:
    """Return the state of a workflow as if it had only these jobs."""
    counts = JobStatusCounts(**dict.fromkeys(JobStatus, 0))
    async for job in iterate(client.jobs.list_jobs, workflow_id=status.workflow_id):
        if job.id in job_ids:
            name = (job.status or JobStatus.UNINITIALIZED).value
            setattr(counts, name, getattr(counts, name) + 1)
    ended = count_in(counts, (*COMPLETE, JobStatus.DISABLED))
    total = count_in(counts, JobStatus)
    return replace(status, jobs_by_status=counts, total_jobs=total, is_complete=ended == total)


async def _failed(
    client: TorcClient,
    status: WorkflowStatusResponse,
    exit_reason: ExitReason,
    part: PartialRun | None,
) -> UnsuccessfulJobs:
    """Read why jobs failed, unless the runner was asked to stop: then it must end soon."""
    if exit_reason is ExitReason.STOPPED or status.is_canceled:
        return UnsuccessfulJobs(status.workflow_id)
    try:
        found = await read_failed_jobs(client, status.workflow_id, status.jobs_by_status)
    except ApiError:  # an older server
        return UnsuccessfulJobs(status.workflow_id)
    if part is None:
        return found
    return dataclasses.replace(found, jobs=tuple(each for each in found.jobs if each.job_id in part.needed))


def _counts(by_status: JobStatusCounts) -> dict[str, int]:
    counts = {name: count for name, count in msgspec.to_builtins(by_status).items() if count}
    return dict(sorted(counts.items(), key=lambda count: _ORDER.index(JobStatus(count[0]))))
