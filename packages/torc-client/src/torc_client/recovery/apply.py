"""Let records of requirements say what was decided."""

from collections.abc import Iterable, Sequence

import msgspec

from torc_client.api.records import JobModel, ResourceRequirementsModel
from torc_client.client import TorcClient
from torc_client.recovery.corrections import Adjustment
from torc_client.recovery.outcomes import DEFAULT_NAME


async def adjust(client: TorcClient, workflow_id: int, adjustments: Iterable[Adjustment]) -> int:
    """Change the records; returns how many. Raises TorcError.

    The default record stays as it is, for the other jobs that name none: jobs that had it get one of their own.
    """
    changed: dict[int, ResourceRequirementsModel] = {}
    for each in adjustments:
        record_id = each.resource_requirements_id
        record = changed.get(record_id)
        if record is None:
            record = await client.resource_requirements.get_resource_requirements(record_id)
        changed[record_id] = _changed(record, each)
        if record.name == DEFAULT_NAME:
            await _replace(client, workflow_id, changed[record_id], each.job_ids)
        else:
            await client.resource_requirements.update_resource_requirements(record_id, changed[record_id])
    return len(changed)


def _changed(record: ResourceRequirementsModel, each: Adjustment) -> ResourceRequirementsModel:
    return msgspec.structs.replace(
        record,
        memory=each.new_memory or record.memory,
        runtime=each.new_runtime or record.runtime,
        num_cpus=each.new_cpus or record.num_cpus,
    )


async def _replace(
    client: TorcClient, workflow_id: int, wished: ResourceRequirementsModel, job_ids: Sequence[int]
) -> None:
    """Give jobs a record of their own, named after the first of them."""
    record = msgspec.structs.replace(wished, id=None, workflow_id=workflow_id, name=f"corrected_{job_ids[0]}")
    made = await client.resource_requirements.create_resource_requirements(record)
    for job_id in job_ids:
        job = await client.jobs.get_job(job_id)
        changed = JobModel(
            workflow_id=workflow_id, name=job.name, command=job.command, resource_requirements_id=made.id
        )
        await client.jobs.update_job(job_id, changed)
