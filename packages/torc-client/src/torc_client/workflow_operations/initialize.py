"""Make a workflow ready to run from its beginning."""

from torc_client.client import TorcClient
from torc_client.errors import TorcError
from torc_client.workflow_operations.file_times import remember_times
from torc_client.workflow_operations.files import FileCheck, check_files

_MISSING_SHOWN = 5


class InputsMissing(TorcError):  # noqa: N818 - named after what happened
    """Files that jobs read and no job writes are not there."""


async def initialize(client: TorcClient, workflow_id: int, *, force: bool = False) -> list[str]:
    """Begin a new run: forget how jobs ended, advance the run, find out what is ready.

    Gives the paths of files that are there and that jobs will write over. `force` begins also without the input files
    and data, and while jobs are running. The server advances the run.
    Raises InputsMissing, TorcError (data), NotFoundError, ForbiddenError, UnprocessableError (archived, or jobs are
    running).
    """
    check = await check_files(client, workflow_id)
    if not force:
        require_inputs(check)
        await require_data(client, workflow_id)
    await client.workflows.reset_workflow_status(workflow_id, force=force)
    await client.workflows.reset_job_status(workflow_id, failed_only=False)
    await remember_times(client, workflow_id)
    await client.workflows.initialize_jobs(workflow_id, only_uninitialized=False, clear_ephemeral_user_data=False)
    return check.existing_output_files


def require_inputs(check: FileCheck) -> None:
    """Raise InputsMissing, with their paths, where files are not there that jobs read and no job writes."""
    missing = check.missing_input_files
    if missing:
        more = f" and {len(missing) - _MISSING_SHOWN} more" if len(missing) > _MISSING_SHOWN else ""
        raise InputsMissing(
            f"Input files of workflow {check.workflow_id} are missing: {', '.join(missing[:_MISSING_SHOWN])}{more}.",
            "Make them (relative paths count from the current directory), or give --force.",
        )


async def require_data(client: TorcClient, workflow_id: int) -> None:
    """Raise TorcError, with the ids, where user data is empty that jobs read and no job writes."""
    missing = (await client.workflows.list_missing_user_data(workflow_id)).user_data
    if missing:
        raise TorcError(
            f"User data that jobs read is empty, and no job makes it: {', '.join(map(str, missing[:_MISSING_SHOWN]))}.",
            "Fill it with `torc user-data update ID --data JSON`, or give --force.",
        )


async def start_over(client: TorcClient, workflow_id: int, *, failed_only: bool, force: bool) -> int:
    """Give jobs back the status uninitialized; returns how many. `failed_only` leaves those that succeeded alone.

    Raises NotFoundError, ForbiddenError, UnprocessableError (archived, or jobs are running and not `force`).
    """
    await client.workflows.reset_workflow_status(workflow_id, force=force)
    return (await client.workflows.reset_job_status(workflow_id, failed_only=failed_only)).updated_count


async def ensure_initialized(client: TorcClient, workflow_id: int, *, force: bool = False) -> bool:
    """Initialize a workflow none of whose jobs was ever started; says whether that was needed."""
    needed = (await client.workflows.is_workflow_uninitialized(workflow_id)).is_uninitialized
    if needed:
        await initialize(client, workflow_id, force=force)
    return needed
