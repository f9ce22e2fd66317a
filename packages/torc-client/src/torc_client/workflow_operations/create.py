"""Create a workflow from a list of commands or jobs."""

from collections.abc import Awaitable, Callable, Iterable, Sequence
from functools import partial

import msgspec

from torc_client.api.records import JobModel, ResourceRequirementsModel, WorkflowModel
from torc_client.bulk_create import create_all_or_nothing, create_jobs
from torc_client.client import TorcClient, current_user
from torc_client.workflow_operations.initialize import initialize


async def create_from_commands(
    client: TorcClient,
    name: str,
    commands: Iterable[str],
    *,
    description: str | None = None,
    requirements: ResourceRequirementsModel | None = None,
) -> int:
    """Create a workflow with one job per command, ready to run, and return its id.

    `requirements` are those of each job; by default, the server's default requirements. If creation fails or is
    interrupted, the workflow is deleted and the error is raised. Raises TorcError.
    """

    async def jobs(workflow_id: int) -> list[JobModel]:
        return [
            JobModel(workflow_id=workflow_id, name=f"job{n}", command=command)
            for n, command in enumerate(commands, start=1)
        ]

    return await create_ready(client, name, jobs, description=description, requirements=requirements)


async def create_ready(
    client: TorcClient,
    name: str,
    make_jobs: Callable[[int], Awaitable[Sequence[JobModel]]],
    *,
    description: str | None = None,
    requirements: ResourceRequirementsModel | None = None,
) -> int:
    """Create a workflow with the jobs that `make_jobs` returns for its id, ready to run, and return the id.

    `make_jobs` may create records on the server that its jobs need. If creation fails or is interrupted, the workflow
    is deleted and the error is raised. Raises TorcError.
    """

    async def fill(workflow_id: int) -> None:
        requirements_id = None
        if requirements is not None:
            record = msgspec.structs.replace(requirements, workflow_id=workflow_id)
            requirements_id = (await client.resource_requirements.create_resource_requirements(record)).id
        jobs = await make_jobs(workflow_id)
        for job in jobs:
            job.resource_requirements_id = requirements_id
        await create_jobs(client, jobs)

    workflow = WorkflowModel(name=name, user=current_user(), description=description)
    return await create_all_or_nothing(client, workflow, fill, after=partial(initialize, client))
