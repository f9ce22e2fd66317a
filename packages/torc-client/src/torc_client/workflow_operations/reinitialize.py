"""Begin a new run of what changed, and leave the rest as it ended."""

from torc_client.api.records import TaskModel
from torc_client.client import TorcClient
from torc_client.workflow_operations.file_times import remember_times
from torc_client.workflow_operations.files import check_files
from torc_client.workflow_operations.initialize import require_data, require_inputs
from torc_client.workflow_operations.rerun import RunAgain
from torc_client.workflow_operations.reset_jobs import reset


async def reinitialize(
    client: TorcClient, workflow_id: int, plan: RunAgain, *, force: bool = False, as_task: bool = False
) -> TaskModel | None:
    """Make the jobs of `plan` ready to run again, those that wait for others behind them.

    `force` goes on without input files or data, and while jobs are running: what these do then no longer counts.
    `as_task` lets the server do the last and longest step on its own, and returns its task.
    Raises InputsMissing, TorcError, UnprocessableError (archived, or jobs are running), NotFoundError, ForbiddenError.
    """
    if not force:
        require_inputs(await check_files(client, workflow_id))
        await require_data(client, workflow_id)
    if not plan.jobs and not (await client.workflows.get_workflow_status(workflow_id)).is_canceled:
        # No new run of nothing.
        return None
    await client.workflows.reset_workflow_status(workflow_id, force=force)
    begun = {each.job_id for each in plan.jobs if each.status != "uninitialized"}
    await reset(client, workflow_id, [one for one in plan.roots if one in begun], force=force)
    await remember_times(client, workflow_id)
    begin = client.workflows.initialize_jobs_as_task if as_task else client.workflows.initialize_jobs
    answer = await begin(workflow_id, only_uninitialized=True, clear_ephemeral_user_data=False)
    return answer if isinstance(answer, TaskModel) else None
