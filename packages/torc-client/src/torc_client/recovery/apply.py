"""Convert adjustments to corrections of resource requirements, which the server makes together."""

from collections.abc import Iterable

from torc_client.api.records import CorrectRequirementsRequest, RequirementsCorrection
from torc_client.client import TorcClient
from torc_client.recovery.corrections import Adjustment
from torc_client.recovery.outcomes import DEFAULT_NAME


def corrections_of(adjustments: Iterable[Adjustment]) -> list[RequirementsCorrection]:
    """Return the corrections for the server.

    The default record is not changed, as other jobs may use it: the adjusted jobs get a corrected copy.
    """
    return [
        RequirementsCorrection(
            resource_requirements_id=each.resource_requirements_id,
            memory=each.new_memory,
            runtime=each.new_runtime,
            num_cpus=each.new_cpus,
            job_ids=each.job_ids if each.name == DEFAULT_NAME else [],
        )
        for each in adjustments
    ]


async def apply_adjustments(client: TorcClient, workflow_id: int, adjustments: Iterable[Adjustment]) -> int:
    """Change all of the records or none, and return how many were changed. Raises TorcError."""
    corrections = corrections_of(adjustments)
    if corrections:
        request = CorrectRequirementsRequest(corrections=corrections)
        await client.workflows.correct_resource_requirements(workflow_id, request)
    return len({each.resource_requirements_id for each in corrections})
