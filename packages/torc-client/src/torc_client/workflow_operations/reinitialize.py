"""Start a new run of the jobs that changed, and leave the others unchanged."""

from pathlib import Path

from torc_client.api.enums import JobScope
from torc_client.api.records import RestartJobsRequest, TaskModel
from torc_client.client import TorcClient
from torc_client.workflow_operations.file_times import HERE, changed_file_times
from torc_client.workflow_operations.files import check_files
from torc_client.workflow_operations.initialize import require_data, require_inputs
from torc_client.workflow_operations.rerun import RerunPlan


async def reinitialize(
    client: TorcClient,
    workflow_id: int,
    plan: RerunPlan,
    *,
    force: bool = False,
    as_task: bool = False,
    folder: Path = HERE,
) -> TaskModel | None:
    """Reset the jobs of `plan`, make those ready that depend on none of the others, and lift a cancellation.

    With `force` this is done even if input files or data are missing or jobs are running; the results of those jobs
    are then ignored. With `as_task` the server does the last and longest step in the background, and its task is
    returned. Relative paths start at `folder`.
    Raises InputFilesMissingError, TorcError, UnprocessableError (archived, or jobs are running), NotFoundError,
    ForbiddenError.
    """
    if not force:
        require_inputs(await check_files(client, workflow_id, folder=folder), is_rerun=True)
        await require_data(client, workflow_id, is_rerun=True)
    if not plan.jobs and not plan.was_canceled:
        # A run without jobs is not started.
        return None
    initialized = {each.job_id for each in plan.jobs if each.status != "uninitialized"}
    request = RestartJobsRequest(
        scope=JobScope.LISTED,
        job_ids=[root for root in plan.roots if root in initialized],
        force=force,
        file_times=await changed_file_times(client, workflow_id, folder),
    )
    begin = client.workflows.restart_jobs_as_task if as_task else client.workflows.restart_jobs
    answer = await begin(workflow_id, request)
    return answer if isinstance(answer, TaskModel) else None
