"""Reset jobs and all jobs that depend on them."""

from collections import defaultdict, deque
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

from torc_client.api.enums import JobStatus
from torc_client.api.records import JobModel
from torc_client.client import TorcClient
from torc_client.defaults import MAX_LIMIT
from torc_client.errors import TorcError
from torc_client.job_statuses import ACTIVE, count_in
from torc_client.paging import iterate
from torc_client.workflow_operations.file_times import HERE
from torc_client.workflow_operations.temp_files import find_writers


@dataclass(frozen=True, slots=True)
class JobReset:
    """A job to reset, and the reason."""

    job_id: int
    name: str
    status: str
    reason: str


async def plan_reset(
    client: TorcClient, workflow_id: int, chosen: Mapping[int, str], folder: Path = HERE
) -> list[JobReset]:
    """Return the jobs that are reset with those of `chosen` (their ids, each with the reason), sorted by id.

    All direct and indirect dependents are reset too, unless they are uninitialized, and the jobs that write temporary
    files which one of all these needs and which do not exist. Relative paths start at `folder`. Raises TorcError,
    NotFoundError.
    """
    jobs = {job.id: job async for job in iterate(client.jobs.list_jobs, workflow_id=workflow_id) if job.id is not None}
    absent = [str(job_id) for job_id in chosen if job_id not in jobs]
    if absent:
        raise TorcError(f"Workflow {workflow_id} has no job {', '.join(absent)}.", "`torc jobs list` shows the ids.")
    dependents: dict[int, list[int]] = defaultdict(list)
    # The server computes the whole list again for each page.
    async for each in iterate(client.workflows.list_job_dependencies, id=workflow_id, page_size=MAX_LIMIT):
        dependents[each.depends_on_job_id].append(each.job_id)
    chosen = {**await find_writers(client, workflow_id, chosen.keys(), folder), **chosen}
    reasons = dict(chosen)
    queue = deque(chosen)
    while queue:
        parent = queue.popleft()
        for dependent in dependents[parent]:
            if dependent not in reasons and dependent in jobs:
                reasons[dependent] = f"depends on job {parent}"
                queue.append(dependent)
    return [
        JobReset(job_id, jobs[job_id].name, _status(jobs[job_id]).value, reasons[job_id])
        for job_id in sorted(reasons)
        if job_id in chosen or _status(jobs[job_id]) is not JobStatus.UNINITIALIZED
    ]


def _status(job: JobModel) -> JobStatus:
    return job.status or JobStatus.UNINITIALIZED


async def how_to_run(client: TorcClient, workflow_id: int, num_jobs: int, run: str) -> str:
    """Return the beginning of a sentence with the command that runs jobs that were reset and are not ready yet.

    `run` is the command that starts a runner. Runners make uninitialized jobs ready only when they start. A new run,
    which `--reinit` begins and which active runners join, is refused while jobs run.
    """
    them = "it" if num_jobs == 1 else "them"
    status = await client.workflows.get_workflow_status(workflow_id)
    if not status.active_compute_nodes:
        return f"The next runner makes {them} ready: {run}"
    reinit = f"torc jobs reset-status --workflow-id {workflow_id} --status uninitialized --reinit"
    if count_in(status.jobs_by_status, ACTIVE):
        return (
            f"The active runners do not run {them}. When no job runs, make {them} ready: {reinit}. Now, another runner "
            f"makes {them} ready: {run}"
        )
    return f"The active runners do not run {them}. Make {them} ready: {reinit}"


async def canceled_again(client: TorcClient, workflow_id: int, job_ids: Collection[int]) -> list[int]:
    """Return the jobs that an initialization canceled at once, because a job before them did not succeed."""
    found = iterate(client.jobs.list_jobs, workflow_id=workflow_id, status=JobStatus.CANCELED)
    return [job.id async for job in found if job.id is not None and job.id in job_ids]
