"""Make a workflow ready to run from its beginning."""

from torc_client.client import TorcClient


async def initialize(client: TorcClient, workflow_id: int, *, force: bool = False) -> None:
    """Begin a new run: forget how jobs ended, advance the run, find out what is ready.

    `force` begins also while jobs are running or pending. The server advances the run in reset_status.
    Raises NotFound, Forbidden, RuleBroken (archived, or jobs are running).
    """
    await client.workflows.reset_workflow_status(workflow_id, force=force)
    await client.workflows.reset_job_status(workflow_id, failed_only=False)
    await client.workflows.initialize_jobs(workflow_id, only_uninitialized=False, clear_ephemeral_user_data=False)


async def start_over(client: TorcClient, workflow_id: int, *, failed_only: bool, force: bool) -> int:
    """Give jobs back the status uninitialized; returns how many. `failed_only` leaves those that succeeded alone.

    Raises NotFound, Forbidden, RuleBroken (archived, or jobs are running and not `force`).
    """
    await client.workflows.reset_workflow_status(workflow_id, force=force)
    return (await client.workflows.reset_job_status(workflow_id, failed_only=failed_only)).updated_count


async def ensure_initialized(client: TorcClient, workflow_id: int) -> bool:
    """Initialize a workflow none of whose jobs was ever started; says whether that was needed."""
    needed = (await client.workflows.is_workflow_uninitialized(workflow_id)).is_uninitialized
    if needed:
        await initialize(client, workflow_id)
    return needed
