"""Forget how single jobs ended, and all that depends on them."""

import asyncio
from collections import defaultdict, deque
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from torc_client.api.enums import JobStatus
from torc_client.api.records import JobModel
from torc_client.client import TorcClient
from torc_client.errors import TorcError
from torc_client.job_statuses import ACTIVE
from torc_client.paging import iterate

# So many requests at once: the server commits them together.
_AT_ONCE = 32


@dataclass(frozen=True, slots=True)
class Reset:
    """A job that begins again, and why."""

    job_id: int
    name: str
    status: str
    reason: str


async def plan_reset(client: TorcClient, workflow_id: int, chosen: Mapping[int, str]) -> list[Reset]:
    """Say which jobs begin again when those of `chosen` do (their ids, each with the reason), upwards by id.

    Jobs that wait for one of them begin again too, however far behind it, unless they never began.
    Raises NotFoundError.
    """
    jobs = {job.id: job async for job in iterate(client.jobs.list_jobs, workflow_id=workflow_id) if job.id is not None}
    absent = [str(one) for one in chosen if one not in jobs]
    if absent:
        raise TorcError(f"Workflow {workflow_id} has no job {', '.join(absent)}.", "`torc jobs list` shows the ids.")
    waiting: dict[int, list[int]] = defaultdict(list)
    async for each in iterate(client.workflows.list_job_dependencies, id=workflow_id):
        waiting[each.depends_on_job_id].append(each.job_id)
    reasons = dict(chosen)
    ahead = deque(chosen)
    while ahead:
        before = ahead.popleft()
        for behind in waiting[before]:
            if behind not in reasons and behind in jobs:
                reasons[behind] = f"waits for job {before}"
                ahead.append(behind)
    return [
        Reset(one, jobs[one].name, _status(jobs[one]).value, reasons[one])
        for one in sorted(reasons)
        if one in chosen or _status(jobs[one]) is not JobStatus.UNINITIALIZED
    ]


def _status(job: JobModel) -> JobStatus:
    return job.status or JobStatus.UNINITIALIZED


async def reset(client: TorcClient, workflow_id: int, job_ids: Collection[int], *, force: bool = False) -> None:
    """Make jobs uninitialized. `force` takes those that are at work too.

    Raises UnprocessableError, NotFoundError, TorcError.
    """
    if not force:
        await _refuse_at_work(client, workflow_id, job_ids)
    run_id = (await client.workflows.get_workflow(workflow_id)).run_id or 0
    limit = asyncio.Semaphore(_AT_ONCE)

    async def begin_again(job_id: int) -> None:
        async with limit:
            await client.jobs.manage_status_change(job_id, JobStatus.UNINITIALIZED, run_id)

    await asyncio.gather(*map(begin_again, job_ids))


async def _refuse_at_work(client: TorcClient, workflow_id: int, job_ids: Collection[int]) -> None:
    wanted = set(job_ids)
    for status in ACTIVE:
        found = iterate(client.jobs.list_jobs, workflow_id=workflow_id, status=status)
        at_work = [job.id async for job in found if job.id in wanted]
        if at_work:
            raise TorcError(
                f"Jobs are {status.value}: {_listed(at_work)}; nothing was changed.",
                "Wait for their end, cancel the workflow, or give --force: what they do then no longer counts.",
            )


def _listed(ids: Iterable[object]) -> str:
    return ", ".join(map(str, ids))
