"""Start a new run of the jobs that changed, and leave the others unchanged."""

from torc_client.api.records import TaskModel
from torc_client.client import TorcClient
from torc_client.workflow_operations.file_times import store_file_times
from torc_client.workflow_operations.files import check_files
from torc_client.workflow_operations.initialize import require_data, require_inputs
from torc_client.workflow_operations.rerun import RerunPlan
from torc_client.workflow_operations.reset_jobs import reset_jobs


async def reinitialize(
    client: TorcClient, workflow_id: int, plan: RerunPlan, *, force: bool = False, as_task: bool = False
) -> TaskModel | None:
    """Reset the jobs of `plan`, make those ready that depend on none of the others, and lift a cancellation.

    With `force` this is done even if input files or data are missing or jobs are running; the results of those jobs
    are then ignored. With `as_task` the server does the last and longest step in the background, and its task is
    returned.
    Raises InputFilesMissingError, TorcError, UnprocessableError (archived, or jobs are running), NotFoundError,
    ForbiddenError.
    """
    if not force:
        require_inputs(await check_files(client, workflow_id))
        await require_data(client, workflow_id)
    if not plan.jobs and not plan.was_canceled:
        # A run without jobs is not started.
        return None
    await client.workflows.reset_workflow_status(workflow_id, force=force)
    initialized = {each.job_id for each in plan.jobs if each.status != "uninitialized"}
    await reset_jobs(client, workflow_id, [root for root in plan.roots if root in initialized], force=force)
    await store_file_times(client, workflow_id)
    begin = client.workflows.initialize_jobs_as_task if as_task else client.workflows.initialize_jobs
    answer = await begin(workflow_id, only_uninitialized=True, clear_ephemeral_user_data=False)
    return answer if isinstance(answer, TaskModel) else None
