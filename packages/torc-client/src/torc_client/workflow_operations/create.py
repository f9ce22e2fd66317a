"""A workflow out of a plain list of commands."""

from collections.abc import Awaitable, Callable, Iterable, Sequence

from torc_client.api.records import JobModel, JobsModel, ResourceRequirementsModel, WorkflowModel
from torc_client.client import TorcClient, current_user
from torc_client.errors import TorcError
from torc_client.workflow_operations.initialize import initialize

# Jobs in one request: large enough that round trips do not count, small enough for every server.
BATCH_JOBS = 10_000


async def create_from_commands(
    client: TorcClient,
    name: str,
    commands: Iterable[str],
    *,
    description: str | None = None,
    requirements: ResourceRequirementsModel | None = None,
) -> int:
    """Create a workflow with a job for each command, ready to run; returns its id.

    `requirements` says what each job needs; without it, the server's default. Creation is all or nothing: when
    something fails the workflow is deleted, and the TorcError raised.
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
    """Create a workflow with the jobs that `make_jobs` makes for its id, ready to run; returns the id.

    All of it or nothing, as above; `make_jobs` may create on the server what its jobs need.
    """
    workflow = await client.workflows.create_workflow(
        WorkflowModel(name=name, user=current_user(), description=description)
    )
    workflow_id = created_id(workflow.id)
    try:
        requirements_id = None
        if requirements is not None:
            requirements.workflow_id = workflow_id
            requirements_id = (await client.resource_requirements.create_resource_requirements(requirements)).id
        jobs = await make_jobs(workflow_id)
        for job in jobs:
            job.resource_requirements_id = requirements_id
        for begin in range(0, len(jobs), BATCH_JOBS):
            await client.jobs.create_jobs(JobsModel(jobs=list(jobs[begin : begin + BATCH_JOBS])))
        await initialize(client, workflow_id)
    except BaseException:
        await client.workflows.delete_workflow(workflow_id)
        raise
    return workflow_id


def created_id(id: int | None) -> int:
    """Return the id that the server gave a new record; raises TorcError if it gave none."""
    if id is None:
        raise TorcError("The server created a record without telling its id.")
    return id
