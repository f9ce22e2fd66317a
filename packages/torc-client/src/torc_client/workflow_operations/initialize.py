"""Prepare a workflow to run from the start."""

from collections.abc import Collection, Sequence

from torc_client.answers import id_of
from torc_client.api.enums import JobScope
from torc_client.api.records import JobModel, RestartJobsRequest, StartRunRequest, TaskModel
from torc_client.client import TorcClient
from torc_client.errors import TorcError
from torc_client.workflow_operations.file_times import changed_file_times
from torc_client.workflow_operations.files import FileCheck, check_files

_MISSING_SHOWN = 5
_FORCE = "; or use --force."
_REPEAT = f"and repeat the command{_FORCE}"


class InputsMissingError(TorcError):
    """Jobs read files that do not exist or user data that is empty, and no job writes them."""


class InputFilesMissingError(InputsMissingError):
    """Files that jobs read and that no job writes do not exist."""


async def initialize(
    client: TorcClient,
    workflow_id: int,
    *,
    force: bool = False,
    only_if_uninitialized: bool = False,
    readers: Collection[JobModel] | None = None,
) -> list[str]:
    """Start a new run: reset all jobs, increment the run id, and find out which jobs are ready.

    Returns the paths of existing files that jobs will overwrite. With `force` the run starts even if input files or
    data are missing or jobs are running. With `only_if_uninitialized` the server starts it only if no other client has
    done so. With `readers`, only the inputs of these jobs, which have their relationships, must exist.
    Raises InputsMissingError, NotFoundError, ForbiddenError, UnprocessableError (archived, or
    jobs are running).
    """
    check = await _checked(client, workflow_id, force=force, readers=readers)
    request = StartRunRequest(file_times=await changed_file_times(client, workflow_id))
    await client.workflows.start_run(workflow_id, request, only_if_uninitialized=only_if_uninitialized, force=force)
    return check.existing_output_files


async def initialize_as_task(
    client: TorcClient, workflow_id: int, *, force: bool = False
) -> tuple[list[str], TaskModel]:
    """Start a new run like `initialize`, in the background: also return the task of the server.

    Raises the errors of `initialize`.
    """
    check = await _checked(client, workflow_id, force=force)
    request = RestartJobsRequest(
        scope=JobScope.ALL,
        begins_run=True,
        initializes=True,
        force=force,
        file_times=await changed_file_times(client, workflow_id),
    )
    return check.existing_output_files, await client.workflows.restart_jobs_as_task(workflow_id, request)


async def _checked(
    client: TorcClient, workflow_id: int, *, force: bool, readers: Collection[JobModel] | None = None
) -> FileCheck:
    """Look for the files of a workflow. Without `force`, raises the errors of `initialize` if inputs are missing."""
    check = await check_files(client, workflow_id, None if readers is None else {id_of(job) for job in readers})
    if not force:
        require_inputs(check)
        await require_data(client, workflow_id, readers=readers)
    return check


def require_inputs(check: FileCheck, *, is_rerun: bool = False, can_force: bool = True) -> None:
    """Raise InputFilesMissingError, with the paths, if input files are missing that no job writes, or not again.

    The hint is for a command that reruns some of the jobs if `is_rerun`, else for `torc run`. `can_force` is whether
    that command has the option --force.
    """
    missing = check.missing_input_files
    if missing:
        raise InputFilesMissingError(
            f"Input files of workflow {check.workflow_id} are missing: {_named(missing)}.",
            "Create them (relative paths start at the current directory), "
            + (
                (_REPEAT if can_force else "and repeat the command.")
                if is_rerun
                else f"then `torc run {check.workflow_id}`; or `torc init {check.workflow_id} --force`."
            ),
        )


def _named(paths: Sequence[str]) -> str:
    more = f" and {len(paths) - _MISSING_SHOWN} more" if len(paths) > _MISSING_SHOWN else ""
    return f"{', '.join(paths[:_MISSING_SHOWN])}{more}"


async def require_data(
    client: TorcClient, workflow_id: int, *, is_rerun: bool = False, readers: Collection[JobModel] | None = None
) -> None:
    """Raise InputsMissingError, with the ids, if user data is empty that jobs read and no job writes."""
    missing = (await client.workflows.list_missing_user_data(workflow_id)).user_data
    if missing and readers is not None:
        read = {data_id for job in readers for data_id in job.input_user_data_ids or ()}
        missing = [data_id for data_id in missing if data_id in read]
    if missing:
        raise InputsMissingError(
            f"User data is empty that jobs read and no job writes: {', '.join(map(str, missing[:_MISSING_SHOWN]))}.",
            "Set it with `torc user-data update ID --data JSON`, "
            + (_REPEAT if is_rerun else f"then `torc run {workflow_id}`; or `torc init {workflow_id} --force`."),
        )


async def require_inputs_of(client: TorcClient, workflow_id: int, job_ids: Collection[int]) -> None:
    """Raise InputFilesMissingError if files are missing that these jobs read and no job writes."""
    require_inputs(await check_files(client, workflow_id, job_ids), is_rerun=True)


async def ensure_initialized(client: TorcClient, workflow_id: int) -> None:
    """Initialize a workflow if none of its jobs was ever started. Of several clients at once, one initializes it.

    Raises the errors of `initialize`.
    """
    if (await client.workflows.is_workflow_uninitialized(workflow_id)).is_uninitialized:
        await initialize(client, workflow_id, only_if_uninitialized=True)
