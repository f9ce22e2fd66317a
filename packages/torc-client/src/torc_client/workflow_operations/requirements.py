"""Resource requirements that a command creates for its jobs."""

from msgspec.structs import replace

from torc_client.answers import id_of
from torc_client.api.records import JobModel, ResourceRequirementsModel
from torc_client.client import TorcClient
from torc_client.defaults import REQUIREMENTS_NAME
from torc_client.paging import iterate


async def provide_requirements(client: TorcClient, wanted: ResourceRequirementsModel) -> int:
    """Return the id of requirements with this name and these amounts, and create them if there are none.

    A command that was killed before it used its requirements has left some, which its repetition uses.
    """
    found = iterate(
        client.resource_requirements.list_resource_requirements, workflow_id=wanted.workflow_id, name=wanted.name
    )
    async for record in found:
        if replace(record, id=None) == replace(wanted, id=None):
            return id_of(record)
    return id_of(await client.resource_requirements.create_resource_requirements(wanted))


async def requirements_with_runtime(client: TorcClient, job: JobModel, needs_id: int, runtime: str) -> int:
    """Return the id of a job's requirements with another runtime: its own, changed, or a copy if others use them."""
    subject = client.resource_requirements
    needs = await subject.get_resource_requirements(needs_id)
    if needs.name != REQUIREMENTS_NAME and not await _are_shared(client, job, needs_id):
        await subject.update_resource_requirements(needs_id, replace(needs, runtime=runtime))
        return needs_id
    name = f"{needs.name} for job {job.id}, {runtime}"
    return await provide_requirements(client, replace(needs, id=None, name=name, runtime=runtime))


async def _are_shared(client: TorcClient, job: JobModel, needs_id: int) -> bool:
    async for other in iterate(client.jobs.list_jobs, workflow_id=job.workflow_id):
        if other.resource_requirements_id == needs_id and other.id != job.id:
            return True
    return False
