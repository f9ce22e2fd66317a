"""Apply corrections to resource requirements."""

from collections.abc import Iterable, Sequence

import msgspec

from torc_client.api.records import JobModel, ResourceRequirementsModel
from torc_client.client import TorcClient
from torc_client.recovery.corrections import Adjustment
from torc_client.recovery.outcomes import DEFAULT_NAME


async def apply_adjustments(client: TorcClient, workflow_id: int, adjustments: Iterable[Adjustment]) -> int:
    """Change the records and return how many were changed. Raises TorcError.

    The default record is not changed, as other jobs may use it: the adjusted jobs get a new record.
    """
    changed: dict[int, ResourceRequirementsModel] = {}
    for each in adjustments:
        record_id = each.resource_requirements_id
        record = changed.get(record_id)
        if record is None:
            record = await client.resource_requirements.get_resource_requirements(record_id)
        changed[record_id] = _adjusted(record, each)
        if record.name == DEFAULT_NAME:
            await _create_record(client, workflow_id, changed[record_id], each.job_ids)
        else:
            await client.resource_requirements.update_resource_requirements(record_id, changed[record_id])
    return len(changed)


def _adjusted(record: ResourceRequirementsModel, adjustment: Adjustment) -> ResourceRequirementsModel:
    return msgspec.structs.replace(
        record,
        memory=adjustment.new_memory or record.memory,
        runtime=adjustment.new_runtime or record.runtime,
        num_cpus=adjustment.new_cpus or record.num_cpus,
    )


async def _create_record(
    client: TorcClient, workflow_id: int, requirements: ResourceRequirementsModel, job_ids: Sequence[int]
) -> None:
    """Create a record named after the first of the jobs, and assign it to all of them."""
    record = msgspec.structs.replace(requirements, id=None, workflow_id=workflow_id, name=f"corrected_{job_ids[0]}")
    created = await client.resource_requirements.create_resource_requirements(record)
    for job_id in job_ids:
        job = await client.jobs.get_job(job_id)
        changed = JobModel(
            workflow_id=workflow_id, name=job.name, command=job.command, resource_requirements_id=created.id
        )
        await client.jobs.update_job(job_id, changed)
