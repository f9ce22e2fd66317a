"""Change the priority and the resource requirements of several jobs."""

import asyncio
from collections.abc import Sequence

import msgspec

from torc_client.answers import id_of
from torc_client.api.records import CorrectRequirementsRequest, JobModel, RequirementsCorrection
from torc_client.client import TorcClient
from torc_client.errors import TorcError
from torc_client.paging import iterate

_AT_ONCE = 8
# Ids of one request: they are words of a filter in an address.
_IDS_OF_A_REQUEST = 500


class OwnRequirements(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Amounts that only the selected jobs get. Absent ones stay as they are."""

    memory: str | None = None
    runtime: str | None = None
    num_cpus: int | None = None


async def jobs_with_ids(client: TorcClient, ids: Sequence[int]) -> list[JobModel]:
    """Return the jobs, which must be of one workflow. Raises TorcError."""
    first = await client.jobs.get_job(ids[0])
    found: dict[int, JobModel] = {}
    for start in range(0, len(ids), _IDS_OF_A_REQUEST):
        words = f"id={','.join(map(str, ids[start : start + _IDS_OF_A_REQUEST]))}"
        async for job in iterate(client.jobs.list_jobs, workflow_id=first.workflow_id, filter=words):
            found[id_of(job)] = job
    if missing := [one for one in ids if one not in found]:
        shown = ", ".join(map(str, missing[:5]))
        raise TorcError(f"Workflow {first.workflow_id} has no job {shown}.", "Change jobs of one workflow at a time.")
    return [found[one] for one in ids]


async def give_requirements(
    client: TorcClient, workflow_id: int, jobs: Sequence[JobModel], wanted: OwnRequirements
) -> None:
    """Give all of the jobs corrected copies of their requirements, or none of them. Other jobs are unchanged."""
    users: dict[int, list[int]] = {}
    for job in jobs:
        if job.resource_requirements_id is not None:
            users.setdefault(job.resource_requirements_id, []).append(id_of(job))
    corrections = [
        RequirementsCorrection(
            resource_requirements_id=needs_id,
            memory=wanted.memory,
            runtime=wanted.runtime,
            num_cpus=wanted.num_cpus,
            job_ids=job_ids,
        )
        for needs_id, job_ids in users.items()
    ]
    await client.workflows.correct_resource_requirements(
        workflow_id, CorrectRequirementsRequest(corrections=corrections)
    )


async def update_each(
    client: TorcClient, jobs: Sequence[JobModel], *, priority: int | None, requirements_id: int | None
) -> None:
    """Change the jobs one by one. Raises TorcError at the first that cannot be changed."""
    free = asyncio.Semaphore(_AT_ONCE)

    async def update(job: JobModel) -> None:
        async with free:
            change = JobModel(
                workflow_id=job.workflow_id,
                name=job.name,
                command=job.command,
                priority=priority,
                resource_requirements_id=requirements_id,
            )
            await client.jobs.update_job(id_of(job), change)

    async with asyncio.TaskGroup() as group:
        for job in jobs:
            group.create_task(update(job))
