"""Read what is needed to plan the allocations of a stored workflow again, and store the new plan."""

from datetime import datetime

from torc_client.answers import id_of
from torc_client.api.records import ReplannedScheduler
from torc_client.batch.generation import CannotGenerateError
from torc_client.batch.profile import Profile
from torc_client.batch.regeneration import Regenerated, Regeneration, StoredWorkflow, regenerate
from torc_client.client import TorcClient
from torc_client.errors import TorcError
from torc_client.paging import iterate

_IDS_SHOWN = 5


def plan_of(stored: StoredWorkflow, profile: Profile, how: Regeneration) -> Regenerated:
    """Plan allocations for the jobs of a workflow that have not run. Raises TorcError."""
    missing = sorted(how.included_job_ids - {id_of(job) for job in stored.jobs})
    if missing:
        shown = ", ".join(map(str, missing[:_IDS_SHOWN]))
        raise TorcError(f"Workflow {stored.workflow.id} does not have all of the jobs {shown}.")
    try:
        return regenerate(stored, profile, how, datetime.now().astimezone())
    except CannotGenerateError as error:
        raise TorcError(*error.args) from error


async def stored_workflow(client: TorcClient, workflow_id: int) -> StoredWorkflow:
    """Fetch a workflow with its jobs, requirements, schedulers and actions. Raises TorcError."""
    # A run that begins while the rest is read refuses the plan.
    workflow = await client.workflows.get_workflow(workflow_id)
    actions = await client.workflow_actions.get_workflow_actions(workflow_id)
    jobs = iterate(client.jobs.list_jobs, include_relationships=True, workflow_id=workflow_id)
    requirements = iterate(client.resource_requirements.list_resource_requirements, workflow_id=workflow_id)
    schedulers = iterate(client.slurm_schedulers.list_slurm_schedulers, workflow_id=workflow_id)
    return StoredWorkflow(
        workflow=workflow,
        jobs=[job async for job in jobs],
        requirements=[each async for each in requirements],
        schedulers=[each async for each in schedulers],
        actions=actions,
    )


async def store_plan(client: TorcClient, made: Regenerated) -> list[ReplannedScheduler]:
    """Store a plan: all of it or nothing. Without planned allocations, nothing is sent.

    Raises ConflictError if another command has started a run or carried out an action since the workflow was read;
    TorcError.
    """
    if not made.planned:
        return []
    return (await client.workflows.replan_allocations(made.workflow_id, made.request())).schedulers
