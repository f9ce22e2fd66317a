"""Reset single jobs and all jobs that depend on them."""

import asyncio
from collections import defaultdict, deque
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from torc_client.answers import run_id_of
from torc_client.api.enums import JobStatus
from torc_client.api.records import JobModel
from torc_client.client import TorcClient
from torc_client.errors import TorcError
from torc_client.job_statuses import ACTIVE
from torc_client.paging import iterate

# The server commits concurrent requests together.
_CONCURRENT_REQUESTS = 32


@dataclass(frozen=True, slots=True)
class JobReset:
    """A job to reset, and the reason."""

    job_id: int
    name: str
    status: str
    reason: str


async def plan_reset(client: TorcClient, workflow_id: int, chosen: Mapping[int, str]) -> list[JobReset]:
    """Return the jobs that are reset with those of `chosen` (their ids, each with the reason), sorted by id.

    All direct and indirect dependents are reset too, unless they are uninitialized. Raises TorcError, NotFoundError.
    """
    jobs = {job.id: job async for job in iterate(client.jobs.list_jobs, workflow_id=workflow_id) if job.id is not None}
    absent = [str(job_id) for job_id in chosen if job_id not in jobs]
    if absent:
        raise TorcError(f"Workflow {workflow_id} has no job {', '.join(absent)}.", "`torc jobs list` shows the ids.")
    dependents: dict[int, list[int]] = defaultdict(list)
    async for each in iterate(client.workflows.list_job_dependencies, id=workflow_id):
        dependents[each.depends_on_job_id].append(each.job_id)
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


async def reset_jobs(client: TorcClient, workflow_id: int, job_ids: Collection[int], *, force: bool = False) -> None:
    """Set jobs to uninitialized; `force` includes pending and running jobs. Raises TorcError, NotFoundError."""
    if not force:
        await _refuse_active(client, workflow_id, job_ids)
    run_id = run_id_of(await client.workflows.get_workflow(workflow_id))
    limit = asyncio.Semaphore(_CONCURRENT_REQUESTS)

    async def reset(job_id: int) -> None:
        async with limit:
            await client.jobs.manage_status_change(job_id, JobStatus.UNINITIALIZED, run_id)

    await asyncio.gather(*map(reset, job_ids))


async def canceled_again(client: TorcClient, workflow_id: int, job_ids: Collection[int]) -> list[int]:
    """Return the jobs that an initialization canceled at once, because a job before them did not succeed."""
    found = iterate(client.jobs.list_jobs, workflow_id=workflow_id, status=JobStatus.CANCELED)
    return [job.id async for job in found if job.id is not None and job.id in job_ids]


async def _refuse_active(client: TorcClient, workflow_id: int, job_ids: Collection[int]) -> None:
    wanted = set(job_ids)
    for status in ACTIVE:
        found = iterate(client.jobs.list_jobs, workflow_id=workflow_id, status=status)
        active = [job.id async for job in found if job.id in wanted]
        if active:
            raise TorcError(
                f"Jobs are {status.value}: {_listed(active)}; nothing was changed.",
                "Wait for their end, cancel the workflow, or use --force, which ignores the results of these jobs.",
            )


def _listed(ids: Iterable[object]) -> str:
    return ", ".join(map(str, ids))
