"""Resource requirements that a command creates for its jobs."""

from msgspec.structs import replace

from torc_client.answers import id_of
from torc_client.api.records import ResourceRequirementsModel
from torc_client.client import TorcClient
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
